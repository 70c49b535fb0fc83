/* Sorting ids by their strings: the bytes that all share are skipped, the next eight are
 * compared as one number, and only ties look at the strings. */
#include "core/columns_builder.h"

#include <stdlib.h>

struct item {
    uint64_t prefix;
    uint32_t id;
};

struct order {
    const struct columns_arena *bytes;
    const struct columns_span *span;
    const uint32_t *tie;
};

static int cmp_item(const void *x, const void *y, void *arg) {
    const struct item *a = x, *b = y;
    const struct order *o = arg;
    if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
    int c = str_cmp(columns_span_str(o->bytes, o->span[a->id]),
                    columns_span_str(o->bytes, o->span[b->id]));
    if (c == 0 && o->tie)
        c = (o->tie[a->id] > o->tie[b->id]) - (o->tie[a->id] < o->tie[b->id]);
    return c;
}

static size_t shared(const struct order *o, const uint32_t *ids, size_t n) {
    struct str first = columns_span_str(o->bytes, o->span[ids[0]]);
    size_t most = first.n;
    for (size_t i = 1; i < n && most > 0; i++) {
        struct str s = columns_span_str(o->bytes, o->span[ids[i]]);
        size_t k = 0;
        while (k < most && k < s.n && s.p[k] == first.p[k]) k++;
        most = k;
    }
    return most;
}

static uint64_t eight(struct str s, size_t at) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v = v << 8 | (at + i < s.n ? (unsigned char)s.p[at + i] : 0);
    return v;
}

bool columns_sort(const struct columns_arena *bytes, const struct columns_span *span,
                  const uint32_t *tie, uint32_t *ids, size_t n) {
    if (n < 2) return true;
    struct order o = {bytes, span, tie};
    struct item *item = malloc(n * sizeof *item);
    if (!item) return false;
    size_t skip = shared(&o, ids, n);
    for (size_t i = 0; i < n; i++)
        item[i] =
            (struct item){eight(columns_span_str(bytes, span[ids[i]]), skip), ids[i]};
    qsort_r(item, n, sizeof *item, cmp_item, &o);
    for (size_t i = 0; i < n; i++) ids[i] = item[i].id;
    free(item);
    return true;
}
