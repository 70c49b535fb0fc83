#include "query/search_facets.h"

#include <stdlib.h>
#include <talloc.h>

static int by_count(const void *a, const void *b) {
    const struct search_facet_value *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return str_cmp(x->value, y->value);
}

static bool lists(const struct search_facet *f, struct str value) {
    for (size_t i = 0; i < f->n; i++)
        if (str_eq(f->value[i].value, value)) return true;
    return false;
}

/* Is the value one that the filter names, as a code or within a range of years? */
static bool is_selected(const struct filter *f, struct str value) {
    for (size_t i = 0; f && i < f->n; i++) {
        const struct filter_value *v = &f->value[i];
        if (!v->range && str_eq(v->text, value)) return true;
        int32_t year, last;
        bool wrong;
        if (v->range && qlang_range(value, true, &year, &last, &wrong) && v->lo <= year &&
            year <= v->hi)
            return true;
    }
    return false;
}

static enum status one_facet(void *ctx, const struct search_request *req,
                             const struct xindex_facet_counts *c,
                             search_count_value_fn count_one, void *arg,
                             struct search_facet *out, struct err *err) {
    size_t index = filter_of_facet((enum facet)c->facet);
    const struct filter *chosen = req->where.filter[index];
    size_t room = c->n + (chosen ? chosen->n : 0) + 1;
    struct search_facet f = {.facet = (enum facet)c->facet};
    f.value = talloc_zero_array(ctx, struct search_facet_value, (unsigned)room);
    if (!f.value) return err_set(err, STATUS_NOMEM, NULL, "内存不足：分面");
    uint64_t shown = 0;
    for (size_t i = 0; i < c->n; i++) {
        struct str v = c->count[i].value;
        shown += c->count[i].n;
        f.value[f.n++] =
            (struct search_facet_value){v, filter_facet_label((enum facet)c->facet, v),
                                        c->count[i].n, is_selected(chosen, v)};
    }
    f.other_values = c->values - (uint32_t)c->n;
    f.other_count = c->sum - shown;
    for (size_t i = 0; chosen && i < chosen->n; i++) {
        const struct filter_value *one = &chosen->value[i];
        struct str v = one->text;
        uint32_t n = 0;
        /* A range names its years only where they have records; a year stands for itself.
         */
        if ((one->range && one->lo != one->hi) || lists(&f, v)) continue;
        enum status s = count_one(arg, index, v, &n, err);
        if (s != STATUS_OK) return s;
        f.value[f.n++] = (struct search_facet_value){
            v, filter_facet_label((enum facet)c->facet, v), n, true};
    }
    qsort(f.value, f.n, sizeof f.value[0], by_count);
    *out = f;
    return STATUS_OK;
}

enum status search_facets(void *ctx, const struct search_request *req,
                          const struct xindex_result *counts,
                          search_count_value_fn count_one, void *arg,
                          struct search_facet **out, struct err *err) {
    struct search_facet *all =
        talloc_zero_array(ctx, struct search_facet, (unsigned)counts->nfacets + 1);
    if (!all) return err_set(err, STATUS_NOMEM, NULL, "内存不足：分面");
    for (size_t i = 0; i < counts->nfacets; i++) {
        enum status s =
            one_facet(all, req, &counts->facets[i], count_one, arg, &all[i], err);
        if (s != STATUS_OK) return s;
    }
    *out = all;
    return STATUS_OK;
}
