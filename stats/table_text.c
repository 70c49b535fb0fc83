#include "stats/table_text.h"

#include "core/utf8.h"
#include "stats/chart_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define TEXT_MAX_BYTES ((size_t)64 << 20)
#define GAP 2 /* columns between columns */

static const char *or_empty(const char *z) {
    return z ? z : "";
}

static size_t width_z(const char *z) {
    return utf8_width(str_of(or_empty(z)));
}

static void put(struct buf *out, const char *z, size_t width, bool right) {
    size_t w = width_z(z), pad = width > w ? width - w : 0;
    if (right)
        for (size_t i = 0; i < pad; i++) buf_add_char(out, ' ');
    buf_add_z(out, or_empty(z));
    if (!right)
        for (size_t i = 0; i < pad; i++) buf_add_char(out, ' ');
}

static void cell_words(const struct table_cell *c, enum table_unit unit, char *out,
                       size_t size) {
    char plain[40], number[CHART_NUMBER_TEXT];
    chart_number_grouped(table_cell_text(c, plain, sizeof plain), number, sizeof number);
    const char *mark = table_status_mark(c->status);
    bool is_number = strcmp(plain, mark) != 0;
    int n = snprintf(out, size, "%s%s", number, is_number ? mark : "");
    if (is_number && unit == TABLE_COUNT && c->visible < c->records && n > 0)
        snprintf(out + n, size - (size_t)n, "（可查 %" PRId64 "）", c->visible);
}

/* How the dimensions are laid out: dims[0..nrow) are rows, the others columns. */
struct layout {
    const struct table *t;
    size_t nrow_dims, nrows, ncols;
    size_t head[TABLE_MAX_DIMS]; /* width of each row heading */
    size_t *width;               /* of each column */
};

/* Category of dimension d at row or column `at`. */
static size_t category_at(const struct table *t, size_t from, size_t to, size_t d,
                          size_t at) {
    for (size_t k = to; k-- > from;) {
        if (k == d) return at % t->dim[k].n;
        at /= t->dim[k].n;
    }
    return 0;
}

/* Does a new category of column dimension d begin at this column? */
static bool begins(const struct layout *l, size_t d, size_t col) {
    size_t span = 1;
    for (size_t k = d + 1; k < l->t->ndim; k++) span *= l->t->dim[k].n;
    return col % span == 0;
}

static const char *column_label(const struct layout *l, size_t d, size_t col) {
    return l->t->dim[d].cat[category_at(l->t, l->nrow_dims, l->t->ndim, d, col)].label;
}

static enum table_unit unit_at(const struct layout *l, size_t col) {
    size_t last = l->t->ndim - 1;
    return l->t->dim[last].cat[col % l->t->dim[last].n].unit;
}

static void measure(struct layout *l) {
    const struct table *t = l->t;
    for (size_t d = 0; d < l->nrow_dims; d++) {
        l->head[d] = width_z(t->dim[d].label);
        for (size_t i = 0; i < t->dim[d].n; i++) {
            size_t w = width_z(t->dim[d].cat[i].label);
            l->head[d] = w > l->head[d] ? w : l->head[d];
        }
    }
    for (size_t c = 0; c < l->ncols; c++) {
        for (size_t d = l->nrow_dims; d < t->ndim; d++) {
            size_t w = begins(l, d, c) ? width_z(column_label(l, d, c)) : 0;
            l->width[c] = w > l->width[c] ? w : l->width[c];
        }
        for (size_t r = 0; r < l->nrows; r++) {
            char text[128];
            cell_words(&t->cell[r * l->ncols + c], unit_at(l, c), text, sizeof text);
            size_t w = width_z(text);
            l->width[c] = w > l->width[c] ? w : l->width[c];
        }
    }
}

static void gap(struct buf *out) {
    for (int i = 0; i < GAP; i++) buf_add_char(out, ' ');
}

/* Ends a line without blanks at its end. */
static void end_line(struct buf *out) {
    while (out->n && out->p[out->n - 1] == ' ') out->p[--out->n] = 0;
    buf_add_char(out, '\n');
}

static void put_grid(const struct layout *l, struct buf *out) {
    const struct table *t = l->t;
    size_t all = 0;
    for (size_t d = l->nrow_dims; d < t->ndim; d++) {
        for (size_t h = 0; h < l->nrow_dims; h++) {
            if (h) gap(out);
            put(out, d + 1 == t->ndim ? t->dim[h].label : "", l->head[h], false);
        }
        for (size_t c = 0; c < l->ncols; c++) {
            gap(out);
            put(out, begins(l, d, c) ? column_label(l, d, c) : "", l->width[c],
                d + 1 == t->ndim);
        }
        end_line(out);
    }
    for (size_t h = 0; h < l->nrow_dims; h++) all += l->head[h] + (h ? GAP : 0);
    for (size_t c = 0; c < l->ncols; c++) all += l->width[c] + GAP;
    for (size_t i = 0; i < all; i++) buf_add_char(out, '-');
    end_line(out);
    for (size_t r = 0; r < l->nrows; r++) {
        for (size_t h = 0; h < l->nrow_dims; h++) {
            if (h) gap(out);
            put(out, t->dim[h].cat[category_at(t, 0, l->nrow_dims, h, r)].label,
                l->head[h], false);
        }
        for (size_t c = 0; c < l->ncols; c++) {
            char text[128];
            cell_words(&t->cell[r * l->ncols + c], unit_at(l, c), text, sizeof text);
            gap(out);
            put(out, text, l->width[c], true);
        }
        end_line(out);
    }
}

static void put_above(const struct table *t, struct buf *out) {
    buf_add_f(out, "%s %s\n%s", or_empty(t->id), or_empty(t->title),
              or_empty(t->measure));
    if (t->unit && t->unit[0]) buf_add_f(out, "（%s）", t->unit);
    if (t->place && t->place[0]) buf_add_f(out, " · %s", t->place);
    buf_add_f(out, " · %s\n\n", or_empty(t->base_label));
}

static void put_below(const struct table *t, struct buf *out) {
    bool seen[TABLE_REVISED + 1] = {false};
    buf_add_char(out, '\n');
    for (size_t i = 0; i < t->ncell; i++) seen[t->cell[i].status] = true;
    for (int s = TABLE_VALUE + 1; s <= TABLE_REVISED; s++)
        if (seen[s])
            buf_add_f(out, "%s  %s\n", table_status_mark((enum table_status)s),
                      table_status_label((enum table_status)s));
    for (size_t i = 0; i < t->nnotes; i++)
        buf_add_f(out, "注%zu：%s\n", i + 1, or_empty(t->notes[i]));
    buf_add_f(out, "指标解释：%s\n", or_empty(t->definition));
    if (t->source && t->source[0]) buf_add_f(out, "数据来源：%s\n", t->source);
    buf_add_f(out, "版本：%s · 修订 %" PRId64 " · 截至 %s\n", or_empty(t->edition),
              t->revision, or_empty(t->as_of));
}

enum status table_text(const struct table *t, struct buf *out, struct err *err) {
    struct layout l = {.t = t, .nrow_dims = t->ndim > 3 ? t->ndim - 2 : 1};
    l.nrows = l.ncols = 1;
    for (size_t d = 0; d < t->ndim; d++) {
        if (d < l.nrow_dims)
            l.nrows *= t->dim[d].n;
        else
            l.ncols *= t->dim[d].n;
    }
    l.width = talloc_zero_array(NULL, size_t, (unsigned)(l.ncols + 1));
    if (!l.width) return err_set(err, STATUS_NOMEM, NULL, "制表时内存不足");
    struct buf text = buf_init(TEXT_MAX_BYTES);
    measure(&l);
    put_above(t, &text);
    put_grid(&l, &text);
    put_below(t, &text);
    talloc_free(l.width);
    enum status s = buf_check(&text, "table", err);
    if (s == STATUS_OK) {
        buf_add_str(out, buf_str(&text));
        s = buf_check(out, "table", err);
    }
    buf_done(&text);
    return s;
}
