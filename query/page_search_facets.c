#include "query/page_search.h"

#include <stdio.h>
#include <stdlib.h>

/* Long lists of names (units, people, keywords) come last: they help least. */
static const enum facet shown[] = {
    FACET_YEAR,   FACET_CATEGORY,   FACET_REGION,   FACET_UNIT_TYPE, FACET_HITECH,
    FACET_STAGE,  FACET_STATUS,     FACET_INDUSTRY, FACET_LEVEL,     FACET_INTENT,
    FACET_SOURCE, FACET_FIRST_UNIT, FACET_KEYWORD};

uint32_t page_search_facet_mask(enum audience a) {
    uint32_t mask = 0;
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) mask |= UINT32_C(1) << shown[i];
    if (a == AUDIENCE_INTERNAL)
        mask |= UINT32_C(1) << FACET_STATE | UINT32_C(1) << FACET_CONSENT |
                UINT32_C(1) << FACET_PUBLICITY;
    return mask;
}

/* A click takes a value in, or out again; one that a range holds takes the range out. */
static const char *toggle_url(const struct page_search *p, size_t filter,
                              const struct search_facet_value *value) {
    struct request_change c = {0};
    if (filter_has(&p->req->where, filter, value->value)) {
        c.drop_filter = (int)filter + 1;
        c.drop_value = value->value;
    } else if (value->selected) {
        c.drop_filter = (int)filter + 1;
    } else {
        c.add_filter = filter_name(filter);
        c.add_value = value->value;
    }
    return page_search_url(p, &c);
}

static void put_value(struct page_search *p, json_t *values, size_t filter,
                      const struct search_facet_value *value) {
    struct view *v = p->view;
    json_t *o = json_object();
    view_set(v, o, "label", view_str(value->label.n ? value->label : value->value));
    view_set(v, o, "count_text", view_count(value->count));
    view_set(v, o, "url", json_string(toggle_url(p, filter, value)));
    view_set(v, o, "selected", json_boolean(value->selected));
    view_set(v, o, "zero", json_boolean(value->count == 0));
    view_add(v, values, o);
}

/* The same page with this facet alone, and long. */
static const char *more_url(const struct page_search *p, enum facet facet) {
    struct search_request longer = *p->req;
    struct buf b = buf_init(0);
    longer.facets = UINT32_C(1) << facet;
    longer.facet_size = PAGE_SEARCH_FACET_MORE;
    request_url(&longer, "/search", NULL, &b);
    return view_keep(p->call, &b);
}

static int newest_first(const void *a, const void *b) {
    const struct search_facet_value *x = a, *y = b;
    return str_cmp(y->value, x->value);
}

static void put_group(struct page_search *p, json_t *groups, const struct search_facet *f,
                      bool open) {
    struct view *v = p->view;
    size_t filter = filter_of_facet(f->facet), selected = 0;
    char chosen[32], other[96], a[32], b[32];
    json_t *o = json_object();
    /* Years are read as a series; the answer is this page's alone, so it may be sorted.
     */
    if (f->facet == FACET_YEAR) qsort(f->value, f->n, sizeof f->value[0], newest_first);
    view_add(v, groups, o);
    view_set(v, o, "id", json_string(facet_name(f->facet)));
    view_set(v, o, "label", json_string(facet_label(f->facet)));
    json_t *values = view_list(v, o, "values");
    for (size_t i = 0; i < f->n; i++) {
        put_value(p, values, filter, &f->value[i]);
        selected += f->value[i].selected;
    }
    snprintf(chosen, sizeof chosen, "已选 %zu", selected);
    snprintf(other, sizeof other, "另有 %s 个值，%s 项",
             page_count(f->other_values, a, sizeof a),
             page_count((int64_t)f->other_count, b, sizeof b));
    view_set(v, o, "open", json_boolean(open || selected));
    view_set(v, o, "selected_text", selected ? json_string(chosen) : json_null());
    view_set(v, o, "other_text", f->other_values ? json_string(other) : json_null());
    bool can_grow = f->other_values && p->req->facet_size < PAGE_SEARCH_FACET_MORE;
    view_set(v, o, "more_url",
             can_grow ? json_string(more_url(p, f->facet)) : json_null());
}

static const struct search_facet *facet_of(const struct search_result *res,
                                           enum facet facet) {
    for (size_t i = 0; i < res->nfacets; i++)
        if (res->facet[i].facet == facet) return &res->facet[i];
    return NULL;
}

void page_search_facets(struct page_search *p) {
    json_t *groups = view_list(p->view, p->view->j, "facet_groups");
    uint32_t done = 0;
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const struct search_facet *f = facet_of(p->res, shown[i]);
        done |= UINT32_C(1) << shown[i];
        if (f && f->n) put_group(p, groups, f, n++ < PAGE_SEARCH_FACETS_OPEN);
    }
    for (size_t i = 0; i < p->res->nfacets; i++) {
        const struct search_facet *f = &p->res->facet[i];
        if (!(done >> f->facet & 1) && f->n)
            put_group(p, groups, f, n++ < PAGE_SEARCH_FACETS_OPEN);
    }
}
