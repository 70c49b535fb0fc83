#include "query/request.h"

#include "core/cli.h"
#include "core/utf8.h"

#include <stdio.h>
#include <talloc.h>

#define SHOWN_BYTES 60 /* of a wrong value in a message */
#define NUMBER_DIGITS 9

enum param {
    PARAM_Q,
    PARAM_SORT,
    PARAM_SIZE,
    PARAM_PAGE,
    PARAM_CURSOR,
    PARAM_FACETS,
    PARAM_FACET_SIZE,
    PARAM_HIGHLIGHT,
    PARAM_RELAX,
    PARAM_EXPAND,
    PARAM_COUNT
};

static const char *const param_name[PARAM_COUNT] = {
    [PARAM_Q] = "q",
    [PARAM_SORT] = "sort",
    [PARAM_SIZE] = "size",
    [PARAM_PAGE] = "page",
    [PARAM_CURSOR] = "cursor",
    [PARAM_FACETS] = "facets",
    [PARAM_FACET_SIZE] = "facet_size",
    [PARAM_HIGHLIGHT] = "highlight",
    [PARAM_RELAX] = "relax",
    [PARAM_EXPAND] = "expand",
};

static const struct {
    const char *name;
    enum xindex_sort sort;
    bool descending;
} sorts[] = {
    {"relevance", XINDEX_BY_RELEVANCE, false}, {"approved", XINDEX_BY_APPROVED, false},
    {"-approved", XINDEX_BY_APPROVED, true},   {"achieved", XINDEX_BY_ACHIEVED, false},
    {"-achieved", XINDEX_BY_ACHIEVED, true},   {"title", XINDEX_BY_TITLE, false},
    {"-title", XINDEX_BY_TITLE, true},
};

const char *request_sort_name(enum xindex_sort sort, bool descending) {
    for (size_t i = 1; i < ARRAY_LEN(sorts); i++)
        if (sorts[i].sort == sort && sorts[i].descending == descending)
            return sorts[i].name;
    return sorts[0].name;
}

bool request_sort_by_name(struct str name, enum xindex_sort *sort, bool *descending) {
    for (size_t i = 0; i < ARRAY_LEN(sorts); i++)
        if (str_eq_z(name, sorts[i].name)) {
            *sort = sorts[i].sort;
            *descending = sorts[i].descending;
            return true;
        }
    return false;
}

struct reading {
    struct search_request *r;
    bool seen[PARAM_COUNT];
    char *suggestion;
    struct err *err;
};

static enum status refuse(struct reading *rd, enum status s, const char *code,
                          const char *field, const char *text) {
    s = err_set(rd->err, s, code, "%s", text);
    err_place(rd->err, NULL, 0, field);
    return s;
}

static enum status bad_value(struct reading *rd, enum param p, struct str value,
                             const char *want) {
    char text[256];
    snprintf(text, sizeof text, "参数 %s 不能是“%.*s”；%s", param_name[p],
             (int)utf8_clip(value, SHOWN_BYTES), value.p, want);
    return refuse(rd, STATUS_INVALID, "invalid_value", param_name[p], text);
}

static enum status read_number(struct reading *rd, enum param p, struct str value,
                               uint32_t lo, uint32_t hi, uint32_t *out) {
    uint64_t v = 0;
    bool ok = value.n <= NUMBER_DIGITS;
    for (size_t i = 0; ok && i < value.n; i++) {
        ok = value.p[i] >= '0' && value.p[i] <= '9';
        v = v * 10 + (uint64_t)(value.p[i] - '0');
    }
    if (!ok || v < lo || v > hi) {
        char want[64];
        snprintf(want, sizeof want, "请写 %u 到 %u 之间的整数", lo, hi);
        return bad_value(rd, p, value, want);
    }
    *out = (uint32_t)v;
    return STATUS_OK;
}

static enum status read_flag(struct reading *rd, enum param p, struct str value,
                             bool *out) {
    if (!str_eq_z(value, "0") && !str_eq_z(value, "1"))
        return bad_value(rd, p, value, "请写 0 或 1");
    *out = value.p[0] == '1';
    return STATUS_OK;
}

static bool facet_allowed(int f, enum audience a) {
    return f >= 0 && (a == AUDIENCE_INTERNAL || !facet_is_internal((enum facet)f));
}

static void suggest_facet(struct reading *rd, struct str name) {
    const char *names[FACET_COUNT];
    size_t n = 0;
    for (int f = 0; f < FACET_COUNT; f++)
        if (facet_allowed(f, rd->r->audience)) names[n++] = facet_name((enum facet)f);
    const char *near = cli_closest(name, names, n);
    snprintf(rd->suggestion, FILTER_SUGGESTION_MAX, "%s", near ? near : "");
}

static enum status read_facets(struct reading *rd, struct str value) {
    uint32_t mask = 0;
    if (str_eq_z(value, "all")) {
        for (int f = 0; f < FACET_COUNT; f++)
            if (facet_allowed(f, rd->r->audience)) mask |= UINT32_C(1) << f;
        rd->r->facets = mask;
        return STATUS_OK;
    }
    for (size_t at = 0; at <= value.n;) {
        const char *comma =
            at < value.n ? memchr(value.p + at, ',', value.n - at) : (const char *)NULL;
        size_t end = comma ? (size_t)(comma - value.p) : value.n;
        struct str name = str_trim(str_slice(value.p + at, end - at));
        int f = facet_by_name(name);
        if (!facet_allowed(f, rd->r->audience)) {
            suggest_facet(rd, name);
            return bad_value(rd, PARAM_FACETS, name, "请写分面名，用逗号隔开，或 all");
        }
        mask |= UINT32_C(1) << f;
        at = end + 1;
    }
    rd->r->facets = mask;
    return STATUS_OK;
}

static struct str copied(const void *ctx, struct str s) {
    char *p = talloc_zero_size(ctx, s.n + 1);
    if (p && s.n) memcpy(p, s.p, s.n);
    return str_slice(p, p ? s.n : 0);
}

static enum status read_param(struct reading *rd, enum param p, struct str value) {
    struct search_request *r = rd->r;
    switch (p) {
        case PARAM_Q:
            r->q = copied(r, value);
            return r->q.p ? STATUS_OK
                          : refuse(rd, STATUS_NOMEM, NULL, "q", "内存不足：检索参数");
        case PARAM_SORT:
            r->sort_given = request_sort_by_name(value, &r->sort, &r->descending);
            if (r->sort_given) return STATUS_OK;
            return bad_value(rd, p, value,
                             "可用 relevance、approved、-approved、achieved、-achieved、"
                             "title、-title");
        case PARAM_SIZE:
            return read_number(rd, p, value, 0, REQUEST_SIZE_MAX, &r->size);
        case PARAM_PAGE:
            return read_number(rd, p, value, 1, 999999999, &r->page);
        case PARAM_CURSOR:
            r->has_cursor = true;
            r->cursor_text = copied(r, value);
            return cursor_decode(r, value, &r->cursor, rd->err);
        case PARAM_FACETS:
            return read_facets(rd, value);
        case PARAM_FACET_SIZE:
            return read_number(rd, p, value, 1, REQUEST_FACET_SIZE_MAX, &r->facet_size);
        case PARAM_HIGHLIGHT:
            return read_flag(rd, p, value, &r->highlight);
        case PARAM_RELAX:
            return read_flag(rd, p, value, &r->relax);
        case PARAM_EXPAND:
            return read_flag(rd, p, value, &r->expand);
        case PARAM_COUNT:
            break;
    }
    return STATUS_INTERNAL;
}

static enum status unknown(struct reading *rd, struct str name) {
    const char *names[PARAM_COUNT + FILTER_COUNT];
    char text[256], field[64];
    size_t n = 0;
    for (size_t i = 0; i < PARAM_COUNT; i++) names[n++] = param_name[i];
    for (size_t i = 0; i < FILTER_COUNT; i++)
        if (filter_by_name(str_of(filter_name(i)), rd->r->audience) >= 0)
            names[n++] = filter_name(i);
    const char *near = cli_closest(name, names, n);
    snprintf(rd->suggestion, FILTER_SUGGESTION_MAX, "%s", near ? near : "");
    snprintf(field, sizeof field, "%.*s", (int)utf8_clip(name, sizeof field - 1), name.p);
    snprintf(text, sizeof text, "没有参数 %s%s%s%s", field, near ? "，是不是 " : "",
             near ? near : "", near ? "？" : "");
    return refuse(rd, STATUS_INVALID, "unknown_parameter", field, text);
}

static enum status read_pair(struct reading *rd, struct str name, struct str value) {
    if (utf8_bad_at(name) != name.n)
        return refuse(rd, STATUS_INVALID, "invalid_utf8", "", "参数名不是合法的 UTF-8");
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        if (!str_eq_z(name, param_name[i])) continue;
        if (utf8_bad_at(value) != value.n)
            return refuse(rd, STATUS_INVALID, "invalid_utf8", param_name[i],
                          "参数值不是合法的 UTF-8");
        if ((value = str_trim(value)).n == 0) return STATUS_OK;
        if (rd->seen[i])
            return refuse(rd, STATUS_INVALID, "repeated_parameter", param_name[i],
                          "这个参数只能给一次");
        rd->seen[i] = true;
        return read_param(rd, (enum param)i, value);
    }
    int f = filter_by_name(name, rd->r->audience);
    if (f < 0) return unknown(rd, name);
    if (utf8_bad_at(value) != value.n)
        return refuse(rd, STATUS_INVALID, "invalid_utf8", filter_name((size_t)f),
                      "参数值不是合法的 UTF-8");
    return filter_add(rd->r, &rd->r->where, (size_t)f, value, rd->suggestion, rd->err);
}

/* Rules between parameters. */
static enum status settle(struct reading *rd) {
    struct search_request *r = rd->r;
    if (!r->sort_given) {
        r->sort = r->q.n ? XINDEX_BY_RELEVANCE : XINDEX_BY_APPROVED;
        r->descending = r->sort == XINDEX_BY_APPROVED;
    }
    if (r->has_cursor && rd->seen[PARAM_PAGE])
        return refuse(rd, STATUS_INVALID, "invalid_value", "page",
                      "page 和 cursor 只能给一个");
    if (r->has_cursor &&
        (r->cursor.sort != r->sort || r->cursor.descending != r->descending))
        return refuse(rd, STATUS_INVALID, "invalid_cursor", "cursor",
                      "cursor 属于另一种排序；请从第一页重新检索");
    bool relevance = r->sort == XINDEX_BY_RELEVANCE;
    uint64_t end =
        r->has_cursor ? (uint64_t)r->cursor.rank + r->size : (uint64_t)r->page * r->size;
    if (end > REQUEST_DEPTH_MAX && (!r->has_cursor || relevance))
        return refuse(rd, STATUS_LIMIT, "too_deep", r->has_cursor ? "cursor" : "page",
                      "翻页和按相关度排序最多到第 10,000 项；请缩小范围，"
                      "或按日期、标题排序用 cursor 继续");
    if (r->audience == AUDIENCE_INTERNAL) {
        size_t state = filter_of_facet(FACET_STATE);
        if (!r->where.filter[state]) {
            r->state_implied = true;
            return filter_add(r, &r->where, state, str_of("approved"), rd->suggestion,
                              rd->err);
        }
    }
    return STATUS_OK;
}

enum status request_parse(void *ctx, const struct search_param *param, size_t n,
                          enum audience audience, struct search_request **out,
                          char *suggestion, struct err *err) {
    suggestion[0] = 0;
    struct search_request *r = talloc_zero(ctx, struct search_request);
    if (!r) return err_set(err, STATUS_NOMEM, NULL, "内存不足：检索参数");
    r->audience = audience;
    r->size = REQUEST_SIZE_DEFAULT;
    r->page = 1;
    r->facet_size = REQUEST_FACET_SIZE_DEFAULT;
    r->highlight = r->relax = r->expand = true;
    struct reading rd = {.r = r, .suggestion = suggestion, .err = err};
    enum status s = STATUS_OK;
    if (n > REQUEST_MAX_PARAMS)
        s = refuse(&rd, STATUS_LIMIT, "too_many_parameters", "", "参数太多");
    for (size_t i = 0; s == STATUS_OK && i < n; i++)
        s = read_pair(&rd, param[i].name, param[i].value);
    if (s == STATUS_OK) s = settle(&rd);
    if (s != STATUS_OK) {
        talloc_free(r);
        return s;
    }
    *out = r;
    return STATUS_OK;
}
