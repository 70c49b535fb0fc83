#include "query/result_json.h"

#include "query/direct.h"
#include "query/json_out.h"

static void put_key(struct buf *out, const char *key) {
    buf_add_char(out, '"');
    buf_add_z(out, key);
    buf_add(out, "\":", 2);
}

static void put_uint(struct buf *out, uint64_t v) {
    char text[24];
    size_t at = sizeof text;
    do text[--at] = (char)('0' + v % 10);
    while ((v /= 10));
    buf_add(out, text + at, sizeof text - at);
}

void result_next_url(const struct search_result *r, const char *path, struct buf *out) {
    const struct search_request *req = r->request;
    uint64_t next_end = ((uint64_t)req->page + 1) * req->size;
    struct request_change c = {0};
    if (!r->more) return;
    if (!req->has_cursor && next_end <= REQUEST_DEPTH_MAX)
        c.page = req->page + 1;
    else if (r->next_cursor.n)
        c.cursor = r->next_cursor;
    else
        return;
    request_url(req, path, &c, out);
}

static void put_where(const struct search_request *req, struct buf *out) {
    bool any = false;
    buf_add_char(out, '{');
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        const struct filter *f = req->where.filter[i];
        if (!f || f->n == 0) continue;
        if (any) buf_add_char(out, ',');
        any = true;
        put_key(out, filter_name(i));
        for (size_t k = 0; k < f->n; k++) {
            buf_add_char(out, k ? ',' : '[');
            json_out_string(out, f->value[k].text);
        }
        buf_add_char(out, ']');
    }
    buf_add_char(out, '}');
}

static void put_relaxed(const struct search_relaxed *r, struct buf *out) {
    if (!r->step) {
        buf_add_z(out, "null");
        return;
    }
    buf_add_f(out, "{\"step\":\"%s\",\"strict_total\":%u,\"dropped\":[", r->step,
              r->strict_total);
    for (size_t i = 0; i < r->n; i++) {
        buf_add_z(out, i ? ",{\"text\":" : "{\"text\":");
        json_out_string(out, r->dropped[i].text);
        buf_add_f(out, ",\"total\":%u}", r->dropped[i].total);
    }
    buf_add_z(out, "],\"associated\":[");
    for (size_t i = 0; i < r->nassociated; i++) {
        buf_add_z(out, i ? ",{\"text\":" : "{\"text\":");
        json_out_string(out, r->associated[i].keyword);
        buf_add_f(out, ",\"together\":%u,\"count\":%u}", r->associated[i].together,
                  r->associated[i].count);
    }
    buf_add_f(out, "],\"loosened\":%s}", r->loosened ? "true" : "false");
}

static void put_expansion(const struct search_request *req, const struct expansion *e,
                          const char *path, struct buf *out) {
    struct buf url = buf_init(out->max);
    struct request_change c = {.q = &e->without};
    buf_add_z(out, "{\"text\":");
    json_out_string(out, e->text);
    buf_add_f(out, ",\"kind\":\"%s\",\"added\":[", e->kind);
    for (size_t i = 0; i < e->n; i++) {
        if (i) buf_add_char(out, ',');
        json_out_string(out, e->added[i]);
    }
    if (e->without.n) request_url(req, path, &c, &url);
    buf_add_z(out, "],\"remove\":");
    json_out_string_or_null(out, buf_str(&url));
    buf_add_char(out, '}');
    if (!out->failed) out->failed = url.failed;
    buf_done(&url);
}

static void put_query(const struct search_result *r, const char *path, struct buf *out) {
    const struct search_request *req = r->request;
    put_key(out, "query");
    buf_add_z(out, "{\"q\":");
    json_out_string_or_null(out, req->q);
    buf_add_z(out, ",\"understood\":");
    json_out_string_or_null(out, r->understood);
    buf_add_z(out, ",\"where\":");
    put_where(req, out);
    buf_add_f(out, ",\"sort\":\"%s\",\"relaxed\":",
              request_sort_name(req->sort, req->descending));
    put_relaxed(&r->relaxed, out);
    buf_add_z(out, ",\"expanded\":[");
    for (size_t i = 0; i < r->expanded.n; i++) {
        if (i) buf_add_char(out, ',');
        put_expansion(req, &r->expanded.v[i], path, out);
    }
    buf_add_z(out, "]}");
}

static void put_hits(const struct search_result *r, struct buf *out) {
    bool scored = r->request->sort == XINDEX_BY_RELEVANCE && r->understood.n;
    put_key(out, "hits");
    buf_add_char(out, '[');
    for (size_t i = 0; i < r->nhits; i++) {
        const struct search_hit *h = &r->hit[i];
        if (i) buf_add_char(out, ',');
        buf_add(out, h->hit.p, h->hit.n - 1); /* without the closing brace */
        if (h->hit.n > 2) buf_add_char(out, ',');
        buf_add_z(out, "\"title_html\":");
        json_out_string_or_null(out, h->title_html);
        buf_add_z(out, ",\"snippet_html\":");
        json_out_string_or_null(out, h->snippet_html);
        if (scored)
            buf_add_f(out, ",\"score\":%.6g}", h->score);
        else
            buf_add_z(out, ",\"score\":null}");
    }
    buf_add_char(out, ']');
}

static void put_facet(const struct search_facet *f, struct buf *out) {
    put_key(out, facet_name(f->facet));
    buf_add_char(out, '[');
    for (size_t i = 0; i < f->n; i++) {
        const struct search_facet_value *v = &f->value[i];
        buf_add_z(out, i ? ",{\"value\":" : "{\"value\":");
        json_out_string(out, v->value);
        buf_add_z(out, ",\"label\":");
        json_out_string(out, v->label);
        buf_add_z(out, ",\"count\":");
        put_uint(out, v->count);
        buf_add_z(out, v->selected ? ",\"selected\":true}" : ",\"selected\":false}");
    }
    buf_add_char(out, ']');
}

static void put_facets(const struct search_result *r, struct buf *out) {
    put_key(out, "facets");
    buf_add_char(out, '{');
    for (size_t i = 0; i < r->nfacets; i++) {
        if (i) buf_add_char(out, ',');
        put_facet(&r->facet[i], out);
    }
    buf_add_z(out, "},\"facets_other\":{");
    bool any = false;
    for (size_t i = 0; i < r->nfacets; i++) {
        const struct search_facet *f = &r->facet[i];
        if (f->other_values == 0) continue;
        if (any) buf_add_char(out, ',');
        any = true;
        put_key(out, facet_name(f->facet));
        buf_add_f(out, "{\"values\":%u,\"count\":%llu}", f->other_values,
                  (unsigned long long)f->other_count);
    }
    buf_add_char(out, '}');
}

static void put_suggestion(const struct search_result *r, const char *path,
                           struct buf *out) {
    buf_add_z(out, ",\"suggestion\":");
    json_out_string_or_null(out, r->suggestion);
    if (r->suggestion.n == 0) {
        buf_add_z(out, ",\"suggestion_total\":null,\"suggestion_url\":null,");
        return;
    }
    struct request_change c = {.q = &r->suggestion, .relax = search_promise(r)};
    struct buf url = buf_init(out->max);
    request_url(r->request, path, &c, &url);
    buf_add_f(out, ",\"suggestion_total\":%u,\"suggestion_url\":", r->suggestion_total);
    json_out_string(out, buf_str(&url));
    buf_add_char(out, ',');
    if (!out->failed) out->failed = url.failed;
    buf_done(&url);
}

static void put_paging(const struct search_result *r, const char *path, struct buf *out) {
    const struct search_request *req = r->request;
    buf_add_f(out, ",\"total\":%u,\"took_ms\":%.1f,\"size\":%u,\"page\":", r->total,
              (double)r->took_ns / 1e6, req->size);
    if (req->has_cursor)
        buf_add_z(out, "null");
    else
        put_uint(out, req->page);
    struct buf url = buf_init(out->max);
    result_next_url(r, path, &url);
    buf_add_z(out, ",\"next\":");
    json_out_string_or_null(out, buf_str(&url));
    buf_add_z(out, ",\"next_cursor\":");
    json_out_string_or_null(out, r->next_cursor);
    if (!out->failed) out->failed = url.failed;
    buf_done(&url);
}

static void put_direct(const struct direct_list *list, struct buf *out) {
    buf_add_z(out, ",\"direct\":[");
    for (size_t i = 0; list && i < list->n; i++) {
        const struct direct_answer *a = &list->v[i];
        buf_add_f(out, "%s{\"kind\":\"%s\",\"text\":", i ? "," : "", a->kind);
        json_out_string(out, a->text);
        buf_add_z(out, ",\"note\":");
        json_out_string(out, a->note);
        buf_add_z(out, ",\"url\":");
        json_out_string_or_null(out, a->url);
        buf_add_f(out, ",\"total\":%u}", a->total);
    }
    buf_add_char(out, ']');
}

enum status result_json(const struct search_result *r, const char *path, struct buf *out,
                        struct err *err) {
    buf_add_f(out, "{\"revision\":%lld,\"as_of\":", (long long)r->revision);
    json_out_string_or_null(out, str_of(r->as_of));
    buf_add_z(out, ",\"notices\":[");
    for (size_t i = 0; i < r->nnotices; i++) {
        if (i) buf_add_char(out, ',');
        json_out_string(out, str_of(r->notice[i]));
    }
    buf_add_z(out, "],");
    put_query(r, path, out);
    put_paging(r, path, out);
    put_suggestion(r, path, out);
    put_hits(r, out);
    buf_add_char(out, ',');
    put_facets(r, out);
    put_direct(r->direct, out);
    buf_add_char(out, '}');
    return buf_check(out, "检索结果", err);
}
