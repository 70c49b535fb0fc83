#include "query/request.h"

#include "web/html.h"

#include <stdio.h>

#define FACETS_TEXT 512

static void put_number(struct buf *out, const char *name, uint32_t v) {
    char text[16];
    snprintf(text, sizeof text, "%u", v);
    html_put_query_param(out, name, str_of(text));
}

/* Is value k of filter i left out of the link? */
static bool is_dropped(const struct request_change *c, size_t i, struct str value) {
    if (c->drop_all_filters) return true;
    return c->drop_filter == (int)i + 1 &&
           (c->drop_value.n == 0 || str_eq(c->drop_value, value));
}

static void put_filters(const struct search_request *r, const struct request_change *c,
                        struct buf *out) {
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        const char *name = filter_name(i);
        const struct filter *f = r->where.filter[i];
        bool implied = r->state_implied && filter_facet(i) == FACET_STATE;
        bool add = c->add_filter && strcmp(c->add_filter, name) == 0;
        for (size_t k = 0; f && !implied && k < f->n; k++) {
            struct str v = f->value[k].text;
            /* One that is added keeps the order of values. */
            if (add && str_cmp(c->add_value, v) <= 0) {
                html_put_query_param(out, name, c->add_value);
                add = false;
                if (str_eq(c->add_value, v)) continue;
            }
            if (!is_dropped(c, i, v)) html_put_query_param(out, name, v);
        }
        if (add) html_put_query_param(out, name, c->add_value);
    }
}

static void put_facets(const struct search_request *r, struct buf *out) {
    char text[FACETS_TEXT] = "";
    size_t n = 0;
    for (int f = 0; f < FACET_COUNT; f++)
        if (r->facets >> f & 1)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? "," : "",
                                  facet_name((enum facet)f));
    if (n) html_put_query_param(out, "facets", str_of(text));
    if (r->facet_size != REQUEST_FACET_SIZE_DEFAULT)
        put_number(out, "facet_size", r->facet_size);
    if (!r->highlight) html_put_query_param(out, "highlight", str_of("0"));
}

static void put_paging(const struct search_request *r, const struct request_change *c,
                       struct buf *out) {
    bool moved = c->add_filter || c->drop_filter || c->drop_all_filters || c->sort ||
                 c->q || c->relax || c->expand;
    if (c->cursor.n)
        html_put_query_param(out, "cursor", c->cursor);
    else if (c->page > 1)
        put_number(out, "page", c->page);
    else if (c->page == 0 && !moved && r->has_cursor)
        html_put_query_param(out, "cursor", r->cursor_text);
    else if (c->page == 0 && !moved && r->page > 1)
        put_number(out, "page", r->page);
}

/* Left out when it is the default with, or without, a query. */
static void put_sort(const struct search_request *r, const struct request_change *c,
                     bool has_q, struct buf *out) {
    const char *name = r->sort_given ? request_sort_name(r->sort, r->descending) : "";
    if (c->sort) name = c->sort;
    if (*name && strcmp(name, has_q ? "relevance" : "-approved") != 0)
        html_put_query_param(out, "sort", str_of(name));
}

void request_url(const struct search_request *r, const char *path,
                 const struct request_change *change, struct buf *out) {
    static const struct request_change nothing;
    const struct request_change *c = change ? change : &nothing;
    struct buf url = buf_init(out->max);
    struct str q = c->q ? *c->q : r->q;
    buf_add_z(&url, path);
    if (q.n) html_put_query_param(&url, "q", q);
    put_filters(r, c, &url);
    put_sort(r, c, q.n > 0, &url);
    if (!c->results_only) {
        if (r->size != REQUEST_SIZE_DEFAULT) put_number(&url, "size", r->size);
        put_paging(r, c, &url);
        put_facets(r, &url);
    }
    if (c->relax ? c->relax[0] == '0' : !r->relax)
        html_put_query_param(&url, "relax", str_of("0"));
    if (c->expand ? c->expand[0] == '0' : !r->expand)
        html_put_query_param(&url, "expand", str_of("0"));
    buf_add_str(out, buf_str(&url));
    if (!out->failed) out->failed = url.failed;
    buf_done(&url);
}
