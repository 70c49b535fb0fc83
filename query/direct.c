/* direct.c - the query made ready, the parts in their order, and what they share. */
#include "query/direct.h"

#include "query/direct_part.h"
#include "web/html.h"

#include <stdio.h>
#include <talloc.h>

#define ATTEMPTS 3
#define NAMED_BYTES 2048 /* of a query that may be a name or title */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：直接答案");
}

static struct str copy(void *ctx, const char *p, size_t n) {
    struct str s = {talloc_strndup(ctx, p, n), 0};
    if (s.p) s.n = n;
    return s;
}

enum status direct_add(struct direct_work *w, const char *kind, struct str text,
                       const char *note, const char *url, uint32_t total,
                       struct err *err) {
    if (w->out->n == DIRECT_MAX) return STATUS_OK;
    struct direct_answer a = {.kind = kind, .total = total};
    a.text = copy(w->ctx, text.n ? text.p : "", text.n);
    a.note = copy(w->ctx, note ? note : "", note ? strlen(note) : 0);
    a.url = copy(w->ctx, url ? url : "", url ? strlen(url) : 0);
    if (!note || !a.text.p || !a.note.p || !a.url.p) return out_of_memory(err);
    w->out->v[w->out->n++] = a;
    return STATUS_OK;
}

enum status direct_link(struct direct_work *w, const char *name, struct str value,
                        uint32_t size, const char **url, struct search_result **out,
                        struct err *err) {
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_param p = {str_of(name), value};
    struct search_request *req;
    enum status s = request_parse(w->tmp, &p, 1, w->req->audience, &req, suggestion, err);
    if (s != STATUS_OK) return s;
    req->size = size;
    req->highlight = false;
    s = search_run(w->tmp, w->reader, req, w->deadline_ns, out, err);
    if (s != STATUS_OK) return s;
    struct buf b = buf_init(0);
    buf_add_z(&b, "/search");
    html_put_query_param(&b, name, value);
    *url = b.failed ? NULL : talloc_strndup(w->tmp, buf_z(&b), b.n);
    buf_done(&b);
    return *url ? STATUS_OK : out_of_memory(err);
}

enum status direct_add_unit(struct direct_work *w, const char *kind, struct str text,
                            const char *before, struct str name, struct err *err) {
    struct search_result *res;
    const char *url;
    enum status s = direct_link(w, "unit", name, 0, &url, &res, err);
    if (s != STATUS_OK || res->total == 0) return s;
    const char *note = talloc_asprintf(w->tmp, "%s“%.*s”有 %u 项成果。", before,
                                       (int)name.n, name.p, res->total);
    return direct_add(w, kind, text, note, url, res->total, err);
}

enum status direct_may_occur(struct direct_work *w, struct str norm,
                             const struct field *field, uint32_t most, bool *out,
                             struct err *err) {
    struct literal l;
    uint32_t least = UINT32_MAX, n;
    const char *prefix = field->flags & FIELD_SEARCHED ? "" : "X";
    enum status s = analyse_literal(w->tmp, norm, prefix, &l, err);
    if (s == STATUS_INVALID || s == STATUS_LIMIT) {
        *out = false;
        return STATUS_OK;
    }
    for (size_t i = 0; s == STATUS_OK && i < l.n && least > 0; i++) {
        s = xindex_term_count(w->reader, l.terms[i], &n, err);
        if (s == STATUS_OK && n < least) least = n;
    }
    if (s == STATUS_OK) *out = least > 0 && least <= most;
    return s;
}

struct str direct_text(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

struct str direct_unit_name(const json_t *hit, size_t i) {
    const json_t *as = json_object_get(hit, "units_as");
    const json_t *v = json_array_get(as ? as : json_object_get(hit, "units"), i);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

/* "…", “…” or ＂…＂ around the whole. */
static struct str unquoted(struct str q) {
    static const char *const pair[][2] = {{"\"", "\""}, {"“", "”"}, {"＂", "＂"}};
    q = str_trim(q);
    for (size_t i = 0; i < ARRAY_LEN(pair); i++) {
        size_t a = strlen(pair[i][0]), b = strlen(pair[i][1]);
        if (q.n > a + b && memcmp(q.p, pair[i][0], a) == 0 &&
            memcmp(q.p + q.n - b, pair[i][1], b) == 0)
            return str_trim(str_slice(q.p + a, q.n - a - b));
    }
    return q;
}

static bool take(struct str *s, const char *start, const char *end) {
    size_t a = strlen(start), b = strlen(end);
    if (s->n <= a + b || memcmp(s->p, start, a) != 0 ||
        memcmp(s->p + s->n - b, end, b) != 0)
        return false;
    *s = str_trim(str_slice(s->p + a, s->n - a - b));
    return true;
}

/* A number as it is copied from a page or letter: without what it is called, and without
 * the punctuation behind it. */
static struct str without_label(struct str q) {
    static const char *const label[] = {"成果登记号",       "登记编号", "登记号",
                                        "专利号",           "标准号",   "编号",
                                        "统一社会信用代码", "信用代码"};
    static const char *const stop[] = {"。", "，", "；", "、", ".", ",", ";"};
    static const char *const colon[] = {"：", ":", "为", "是"};
    while (q.n) {
        size_t before = q.n;
        for (size_t i = 0; i < ARRAY_LEN(stop); i++) take(&q, "", stop[i]);
        if (q.n == before) break;
    }
    if (take(&q, "第", "号")) return q;
    for (size_t i = 0; i < ARRAY_LEN(label); i++)
        if (take(&q, label[i], "")) break;
    for (size_t i = 0; i < ARRAY_LEN(colon); i++)
        if (take(&q, colon[i], "")) break;
    return q;
}

static enum status find_number(struct direct_work *w, struct err *err) {
    enum status s = direct_by_regno(w, err);
    return s == STATUS_OK && w->out->n == 0 ? direct_by_number(w, err) : s;
}

/* The most telling first; a number is no name. */
static enum status find(struct direct_work *w, struct err *err) {
    enum status s = find_number(w, err);
    struct str bare = without_label(w->typed);
    if (s == STATUS_OK && w->out->n == 0 && bare.n < w->typed.n) {
        struct direct_work other = *w;
        struct buf norm = buf_init(0);
        bool fits = text_normalise(bare, &norm, NULL, NULL) == STATUS_OK;
        other.typed = bare;
        other.norm = buf_str(&norm);
        if (fits && text_is_searchable(other.norm)) s = find_number(&other, err);
        buf_done(&norm);
    }
    if (s != STATUS_OK || w->out->n) return s;
    s = direct_by_unit(w, err);
    return s == STATUS_OK ? direct_by_title(w, err) : s;
}

enum status direct_find(void *ctx, struct xindex_reader *reader, struct db *data,
                        const struct search_request *req, int64_t deadline_ns,
                        struct direct_list *out, struct err *err) {
    struct direct_list list = {0};
    struct direct_work w = {.ctx = ctx,
                            .reader = reader,
                            .data = data,
                            .req = req,
                            .deadline_ns = deadline_ns,
                            .typed = unquoted(req->q),
                            .out = &list};
    struct buf norm = buf_init(0);
    enum status s = STATUS_OK;
    bool asked =
        req->page == 1 && !req->has_cursor && w.typed.n && w.typed.n <= NAMED_BYTES;
    if (asked && !(w.tmp = talloc_new(ctx))) s = out_of_memory(err);
    if (asked && s == STATUS_OK &&
        text_normalise(w.typed, &norm, NULL, NULL) == STATUS_OK) {
        w.norm = buf_str(&norm);
        if (text_is_searchable(w.norm)) s = find(&w, err);
    }
    buf_done(&norm);
    talloc_free(w.tmp);
    if (s == STATUS_DEADLINE) s = STATUS_OK;
    if (s == STATUS_OK) *out = list;
    return s;
}

enum status direct_search(void *ctx, struct xindex_reader *reader, struct db *data,
                          const struct search_request *req, int64_t deadline_ns,
                          struct search_result **out, struct err *err) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct search_result *r;
        enum status s = search_run(ctx, reader, req, deadline_ns, &r, err);
        if (s != STATUS_OK) return s;
        struct direct_list *list = talloc_zero(r, struct direct_list);
        if (!list) return out_of_memory(err);
        s = direct_find(r, reader, data, req, deadline_ns, list, err);
        if (s != STATUS_OK) return s;
        if (xindex_reader_revision(reader) == r->revision) {
            r->direct = list;
            *out = r;
            return STATUS_OK;
        }
        talloc_free(r);
    }
    return err_set(err, STATUS_STALE, "stale", "数据正在更新，请稍后再试");
}
