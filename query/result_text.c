#include "query/result_text.h"

#include "query/direct.h"

#include <stdio.h>

#define PATH_TEXT_MAX 128
#define MAX_DEPTH 6 /* of a record's JSON */

static void put_clean(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        buf_add_char(out, c < 0x20 || c == 0x7F ? ' ' : (char)c);
    }
}

static struct str text_of(const json_t *v) {
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

/* " · text" unless it is empty. */
static void put_part(struct buf *out, struct str s, const char *after, bool *first) {
    if (s.n == 0) return;
    buf_add_z(out, *first ? "    " : " · ");
    put_clean(out, s);
    buf_add_z(out, after);
    *first = false;
}

static enum status put_hit(const struct search_hit *h, uint32_t rank, struct buf *out,
                           struct err *err) {
    static const char *const parts[] = {"regno", "approved_on", "category_label", "unit",
                                        "region_label"};
    json_error_t why;
    json_t *j = json_loadb(h->hit.p, h->hit.n, 0, &why);
    if (!j)
        return err_set(err, STATUS_CORRUPT, "document",
                       "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    bool first = true;
    buf_add_f(out, "%3u. ", rank);
    put_clean(out, text_of(json_object_get(j, "title")));
    buf_add_char(out, '\n');
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        put_part(out, text_of(json_object_get(j, parts[i])), "", &first);
    const json_t *year = json_object_get(j, "year");
    if (json_is_integer(year)) {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(year));
        put_part(out, str_of(text), " 年度", &first);
    }
    buf_add_z(out, first ? "" : "\n");
    json_decref(j);
    return STATUS_OK;
}

static void put_direct(const struct direct_list *list, struct buf *out) {
    for (size_t i = 0; list && i < list->n; i++) {
        put_clean(out, list->v[i].note);
        buf_add_char(out, '\n');
    }
}

/* Of a sentence only literal hits stand first, all others are ranked together. */
static void put_relaxed(const struct search_relaxed *r, struct buf *out) {
    if (!r->step) return;
    if (r->strict_total == 0)
        buf_add_z(out, "没有完全符合的");
    else if (strcmp(r->step, "loosen_sentence") == 0)
        buf_add_f(out, "符合原检索式的 %u 项与其余的一起按相关度排列", r->strict_total);
    else
        buf_add_f(out, "完全符合 %u 项，排在最前", r->strict_total);
    buf_add_z(out, "；已放宽条件");
    for (size_t i = 0; i < r->n; i++) {
        buf_add_z(out, i ? "、“" : "，不再要求“");
        put_clean(out, r->dropped[i].text);
        buf_add_f(out, "”（%u 项）", r->dropped[i].total);
    }
    for (size_t i = 0; i < r->nassociated; i++) {
        buf_add_z(out, i ? "、“" : "，也列出常一起使用的关键词“");
        put_clean(out, r->associated[i].keyword);
        buf_add_z(out, "”");
    }
    if (r->loosened) buf_add_z(out, "，只要求出现其中的部分字词");
    buf_add_char(out, '\n');
}

static void put_expanded(const struct expansion_list *list, struct buf *out) {
    for (size_t i = 0; i < list->n; i++) {
        const struct expansion *e = &list->v[i];
        buf_add_z(out, "“");
        put_clean(out, e->text);
        buf_add_z(out, "”也查");
        size_t shown = expansion_shown(e);
        for (size_t k = 0; k < shown; k++) {
            buf_add_z(out, k ? "、“" : "“");
            put_clean(out, e->added[k]);
            buf_add_z(out, "”");
        }
        if (shown < e->n) buf_add_f(out, "等 %zu 种写法", e->n);
        buf_add_char(out, '\n');
    }
}

static void put_facet(const struct search_facet *f, struct buf *out) {
    buf_add_f(out, "\n%s\n", facet_label(f->facet));
    for (size_t i = 0; i < f->n; i++) {
        const struct search_facet_value *v = &f->value[i];
        buf_add_f(out, "%s %8u  ", v->selected ? " *" : "  ", v->count);
        put_clean(out, v->label);
        buf_add_char(out, '\n');
    }
    if (f->other_values)
        buf_add_f(out, "   %8llu  另有 %u 个值\n", (unsigned long long)f->other_count,
                  f->other_values);
}

enum status result_text(const struct search_result *r, struct buf *out, struct err *err) {
    buf_add_f(out, "共 %u 项", r->total);
    if (r->nhits)
        buf_add_f(out, "，第 %u–%zu 项", r->rank + 1, (size_t)r->rank + r->nhits);
    buf_add_f(out, "（%.1f 毫秒，数据截至 %s）\n", (double)r->took_ns / 1e6,
              r->as_of ? r->as_of : "");
    put_direct(r->direct, out);
    if (r->understood.n && !str_eq(r->understood, r->request->q)) {
        buf_add_z(out, "检索按此理解：");
        put_clean(out, r->understood);
        buf_add_char(out, '\n');
    }
    if (r->suggestion.n) {
        buf_add_z(out, "您要找的是不是：");
        put_clean(out, r->suggestion);
        buf_add_f(out, "（%u 项）\n", r->suggestion_total);
    }
    put_expanded(&r->expanded, out);
    put_relaxed(&r->relaxed, out);
    if (r->nhits) buf_add_char(out, '\n');
    for (size_t i = 0; i < r->nhits; i++) {
        enum status s = put_hit(&r->hit[i], r->rank + (uint32_t)i + 1, out, err);
        if (s != STATUS_OK) return s;
    }
    for (size_t i = 0; i < r->nfacets; i++) put_facet(&r->facet[i], out);
    if (r->next_cursor.n) {
        buf_add_z(out, "\n下一页：加上 --cursor ");
        buf_add_str(out, r->next_cursor);
        buf_add_char(out, '\n');
    }
    return buf_check(out, "检索结果", err);
}

/* ---- one record ------------------------------------------------------------------ */

static void put_scalar(const struct field *f, const json_t *v, struct buf *out) {
    if (json_is_string(v) && f && f->list != CODES_NONE)
        put_clean(out, str_of(codes_label(f->list, text_of(v))));
    else if (json_is_string(v))
        put_clean(out, text_of(v));
    else if (json_is_integer(v))
        buf_add_f(out, "%lld", (long long)json_integer_value(v));
    else if (json_is_boolean(v))
        buf_add_z(out, json_is_true(v) ? "是" : "否");
}

/* path + tail, cut where it would be too long: no known field is then found. */
static void join_path(char out[PATH_TEXT_MAX], const char *path, const char *dot,
                      const char *tail) {
    const char *const part[] = {path, dot, tail};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(part); i++)
        for (const char *p = part[i]; *p && n + 1 < PATH_TEXT_MAX; p++) out[n++] = *p;
    out[n] = 0;
}

static void put_label(const struct field *f, const char *path, struct buf *out) {
    buf_add_z(out, f ? f->zh : path);
    buf_add_z(out, "：");
}

static bool is_scalar(const json_t *v) {
    return json_is_string(v) || json_is_integer(v) || json_is_boolean(v);
}

/* An object in a list on one line: its name bare, then "label：value；…". */
static void put_row(const json_t *object, const char *path, struct buf *out) {
    const char *key;
    json_t *v;
    bool first = true;
    json_object_foreach((json_t *)(uintptr_t)object, key, v) {
        char sub[PATH_TEXT_MAX];
        join_path(sub, path, ".", key);
        const struct field *f = field_by_path(str_of(sub));
        if (!is_scalar(v)) continue;
        buf_add_z(out, first ? "" : "；");
        if (strcmp(key, "name") != 0 && strcmp(key, "title") != 0) put_label(f, key, out);
        put_scalar(f, v, out);
        first = false;
    }
}

static void put_list(const json_t *list, const char *path, struct buf *out) {
    char sub[PATH_TEXT_MAX];
    size_t i;
    json_t *v;
    join_path(sub, path, "[].", "name");
    const struct field *f = field_by_path(str_of(path));
    const struct field *named = f ? f : field_by_path(str_of(sub));
    join_path(sub, path, "[]", "");
    /* No field of the record: the names by which its units count (recdoc.h). */
    bool counted = strcmp(path, "units_as") == 0;
    put_label(named, counted ? "单位现用名称" : path, out);
    json_array_foreach(list, i, v) {
        if (is_scalar(v)) {
            buf_add_z(out, i ? "、" : "");
            put_scalar(f, v, out);
        } else {
            buf_add_z(out, "\n    ");
            put_row(v, sub, out);
        }
    }
    buf_add_char(out, '\n');
}

static void put_members(const json_t *object, const char *path, unsigned depth,
                        struct buf *out) {
    const char *key;
    json_t *v;
    if (depth == MAX_DEPTH) return;
    json_object_foreach((json_t *)(uintptr_t)object, key, v) {
        char sub[PATH_TEXT_MAX];
        join_path(sub, path, *path ? "." : "", key);
        const struct field *f = field_by_path(str_of(sub));
        if (json_is_object(v)) {
            put_members(v, sub, depth + 1, out);
        } else if (json_is_array(v) && json_array_size(v)) {
            put_list(v, sub, out);
        } else if (is_scalar(v) && (f || depth)) {
            put_label(f, sub, out);
            put_scalar(f, v, out);
            buf_add_char(out, '\n');
        }
    }
}

enum status result_text_record(const json_t *record, struct buf *out, struct err *err) {
    put_clean(out, text_of(json_object_get(record, "title")));
    buf_add_z(out, "\n\n");
    put_members(record, "", 0, out);
    return buf_check(out, "成果", err);
}
