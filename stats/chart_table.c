#include "stats/chart_table.h"

#include "stats/table_csv.h"

#include <string.h>

enum status chart_table(struct db *db, const struct chart_row *row,
                        const struct cube_options *options, void *ctx, struct table **out,
                        struct err *err) {
    const struct catalogue_row *table = NULL;
    enum status s = catalogue_require(str_of(row->table), &table, err);
    if (s != STATUS_OK) return s;
    struct cube_options o = *options;
    o.years = row->x_max;
    o.measure = row->measure;
    o.measure2 = row->panel_measure;
    return cube_table(db, table, &o, ctx, out, err);
}

/* Is this x category among the last x_max, in the order in which the chart has them? */
static bool is_shown(const struct table_dim *x, const struct chart_row *row, size_t at) {
    int later = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (i == at || strcmp(x->cat[i].code, "_T") == 0) continue;
        int c = row->x_sorted ? strcmp(x->cat[i].code, x->cat[at].code) : 0;
        later += c > 0 || (c == 0 && i > at);
    }
    return row->x_max <= 0 || later < row->x_max;
}

static bool is_drawn(void *arg, const struct table *t, const size_t *index) {
    const struct chart_row *row = arg;
    bool total = true, panel = false;
    for (size_t d = 0; d < t->ndim; d++) {
        const struct table_dim *dim = &t->dim[d];
        const char *code = dim->cat[index[d]].code;
        bool is_total = strcmp(code, "_T") == 0;
        if (strcmp(dim->id, "measure") == 0) {
            panel = row->panel_measure && strcmp(code, row->panel_measure) == 0;
            if (!panel && strcmp(code, row->measure) != 0) return false;
        } else if (strcmp(dim->id, row->x_dim) == 0) {
            if (is_total || !is_shown(dim, row, index[d])) return false;
        } else if (strcmp(dim->id, row->series_dim) == 0) {
            total = is_total;
        } else if (!is_total && dim->n > 1) {
            return false;
        }
    }
    return total || !panel;
}

enum status chart_csv(const struct table *t, const struct chart_row *row, struct buf *out,
                      struct err *err) {
    return table_csv_some(t, is_drawn, (void *)(uintptr_t)row, out, err);
}
