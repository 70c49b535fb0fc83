#include "stats/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

enum status table_new(const void *parent, size_t ndim, const size_t *sizes,
                      struct table **out, struct err *err) {
    if (ndim == 0 || ndim > TABLE_MAX_DIMS)
        return err_set(err, STATUS_LIMIT, "limit",
                       "a table has 1 to %d dimensions, not %zu", TABLE_MAX_DIMS, ndim);
    size_t ncell = 1;
    for (size_t d = 0; d < ndim; d++) {
        if (sizes[d] > TABLE_MAX_CELLS || ncell * sizes[d] > TABLE_MAX_CELLS)
            return err_set(err, STATUS_LIMIT, "limit", "a table has at most %d cells",
                           TABLE_MAX_CELLS);
        ncell *= sizes[d];
    }
    struct table *t = talloc_zero(parent, struct table);
    if (!t) return err_set(err, STATUS_NOMEM, NULL, "out of memory for a table");
    t->ndim = ndim;
    t->ncell = ncell;
    t->cell = talloc_zero_array(t, struct table_cell, (unsigned)ncell);
    bool whole = t->cell != NULL;
    for (size_t d = 0; d < ndim && whole; d++) {
        t->dim[d].n = sizes[d];
        t->dim[d].cat = talloc_zero_array(t, struct table_category, (unsigned)sizes[d]);
        whole = t->dim[d].cat != NULL;
    }
    if (!whole) {
        talloc_free(t);
        return err_set(err, STATUS_NOMEM, NULL, "out of memory for a table of %zu cells",
                       ncell);
    }
    for (size_t i = 0; i < ncell; i++) t->cell[i].status = TABLE_MISSING;
    *out = t;
    return STATUS_OK;
}

struct table_cell *table_at(const struct table *t, const size_t *index) {
    size_t at = 0;
    for (size_t d = 0; d < t->ndim; d++) {
        assert(index[d] < t->dim[d].n);
        at = at * t->dim[d].n + index[d];
    }
    return &t->cell[at];
}

size_t table_find_dim(const struct table *t, const char *id) {
    for (size_t d = 0; d < t->ndim; d++)
        if (t->dim[d].id && strcmp(t->dim[d].id, id) == 0) return d;
    return SIZE_MAX;
}

size_t table_find_category(const struct table_dim *d, const char *code) {
    for (size_t i = 0; i < d->n; i++)
        if (d->cat[i].code && strcmp(d->cat[i].code, code) == 0) return i;
    return SIZE_MAX;
}

const char *table_status_mark(enum table_status s) {
    switch (s) {
        case TABLE_VALUE:
            return "";
        case TABLE_MISSING:
            return ":";
        case TABLE_NOT_APPLICABLE:
            return "–";
        case TABLE_SUPPRESSED:
            return "c";
        case TABLE_PROVISIONAL:
            return "p";
        case TABLE_BREAK:
            return "b";
        case TABLE_REVISED:
            return "r";
    }
    return ":";
}

const char *table_status_label(enum table_status s) {
    switch (s) {
        case TABLE_VALUE:
            return "";
        case TABLE_MISSING:
            return "无数据，不是零";
        case TABLE_NOT_APPLICABLE:
            return "不适用";
        case TABLE_SUPPRESSED:
            return "为保护单个单位而不予公布";
        case TABLE_PROVISIONAL:
            return "暂定：该年度未满";
        case TABLE_BREAK:
            return "统计口径有变，前后不可直接比较";
        case TABLE_REVISED:
            return "已修订，与公布过的数不同";
    }
    return "";
}

static bool holds_number(enum table_status s) {
    return s != TABLE_MISSING && s != TABLE_NOT_APPLICABLE && s != TABLE_SUPPRESSED;
}

const char *table_cell_text(const struct table_cell *c, char *out, size_t size) {
    assert(c->decimals >= 0 && c->decimals <= 18);
    if (!holds_number(c->status)) {
        snprintf(out, size, "%s", table_status_mark(c->status));
        return out;
    }
    uint64_t scale = 1;
    for (int i = 0; i < c->decimals; i++) scale *= 10;
    /* INT64_MIN has no positive twin: negate as unsigned. */
    uint64_t u = c->units < 0 ? 0 - (uint64_t)c->units : (uint64_t)c->units;
    if (c->decimals == 0)
        snprintf(out, size, "%s%" PRIu64, c->units < 0 ? "-" : "", u);
    else
        snprintf(out, size, "%s%" PRIu64 ".%0*" PRIu64, c->units < 0 ? "-" : "",
                 u / scale, c->decimals, u % scale);
    return out;
}

const char *table_unit_words(const struct table *t, enum table_unit unit) {
    switch (unit) {
        case TABLE_COUNT:
            return t->unit ? t->unit : "";
        case TABLE_PERCENT:
            return "%";
        case TABLE_POINTS:
            return "百分点";
        case TABLE_FEN:
            return "元";
        case TABLE_DAYS:
            return "天";
    }
    return "";
}

int64_t table_percent(int64_t num, int64_t den, int decimals) {
    assert(den != 0 && decimals >= 0 && decimals <= 9);
    __extension__ typedef __int128 wide;
    wide scale = 100;
    for (int i = 0; i < decimals; i++) scale *= 10;
    wide n = (wide)num * scale, d = den;
    bool negative = (n < 0) != (d < 0);
    n = n < 0 ? -n : n;
    d = d < 0 ? -d : d;
    wide q = (2 * n + d) / (2 * d);
    if (q > INT64_MAX) q = INT64_MAX;
    return (int64_t)(negative ? -q : q);
}
