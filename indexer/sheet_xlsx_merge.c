#include "indexer/sheet_xlsx_merge.h"

#include <stdlib.h>

/* What a column is covered by, and the value held for an area that begins in it. */
struct column {
    int32_t area; /* -1: none */
    struct sheet_cell value;
    char *text;
};

struct xlsx_cover {
    const struct xlsx_layout *layout;
    size_t next;         /* area that has not begun */
    size_t width;        /* columns from here on are uncovered */
    uint32_t row, until; /* last row seen; last row of what covers */
    size_t held;
    struct column column[SHEET_MAX_COLUMNS];
};

const char *xlsx_reference(const char *z, int32_t *col, uint32_t *row) {
    uint32_t c = 0, r = 0;
    const char *p = z;
    for (; (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'; p++) {
        c = c * 26 + (uint32_t)((*p | 0x20) - 'a') + 1;
        if (c > XLSX_LAST_COLUMN) return NULL;
    }
    for (; *p >= '0' && *p <= '9'; p++) {
        r = r * 10 + (uint32_t)(*p - '0');
        if (r > XLSX_LAST_ROW) return NULL;
    }
    *col = (int32_t)c - 1;
    *row = r;
    return p;
}

enum status xlsx_cover_new(const struct xlsx_layout *l, struct xlsx_cover **out,
                           struct err *err) {
    struct xlsx_cover *c = calloc(1, sizeof *c);
    if (!c) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    c->layout = l;
    for (size_t i = 0; i < SHEET_MAX_COLUMNS; i++) c->column[i].area = -1;
    *out = c;
    return STATUS_OK;
}

static void drop_value(struct xlsx_cover *c, struct column *k) {
    if (k->text) c->held -= k->value.text.n;
    free(k->text);
    k->text = NULL;
    k->value = (struct sheet_cell){.kind = CELL_EMPTY};
}

void xlsx_cover_free(struct xlsx_cover *c) {
    if (!c) return;
    for (size_t i = 0; i < SHEET_MAX_COLUMNS; i++) free(c->column[i].text);
    free(c);
}

static const struct xlsx_area *area_of(const struct xlsx_cover *c, size_t col) {
    return c->column[col].area < 0 ? NULL : &c->layout->area[c->column[col].area];
}

static bool covered(const struct xlsx_cover *c, size_t col, uint32_t row) {
    const struct xlsx_area *a = area_of(c, col);
    return a && a->last_row >= row;
}

/* Areas that begin in this row take the columns that no older area holds. */
static void begin(struct xlsx_cover *c, uint32_t row) {
    const struct xlsx_layout *l = c->layout;
    for (; c->next < l->nareas && l->area[c->next].row <= row; c->next++) {
        const struct xlsx_area *a = &l->area[c->next];
        /* Without its first row an area has no value; inside another it is a mistake. */
        if (a->row < row || covered(c, a->col, row)) continue;
        for (size_t col = a->col; col <= a->last_col; col++) {
            if (covered(c, col, row)) continue;
            drop_value(c, &c->column[col]);
            c->column[col].area = (int32_t)c->next;
        }
        if (a->last_col >= c->width) c->width = a->last_col + 1u;
        if (a->last_row > c->until) c->until = a->last_row;
    }
}

static enum status hold(struct xlsx_cover *c, struct column *k,
                        const struct sheet_cell *cell, struct err *err) {
    if (cell->kind == CELL_EMPTY) return STATUS_OK;
    if (c->held + cell->text.n > XLSX_MAX_HELD)
        return err_set(err, STATUS_LIMIT, "E_FILE",
                       "合并单元格里的文字合计超过 %d MB，不予读取",
                       (int)(XLSX_MAX_HELD >> 20));
    char *p = malloc(cell->text.n + 1);
    if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    memcpy(p, cell->text.p, cell->text.n);
    k->text = p;
    k->value = *cell;
    k->value.text.p = p;
    c->held += cell->text.n;
    return STATUS_OK;
}

enum status xlsx_cover_row(struct xlsx_cover *c, uint32_t row,
                           struct sheet_cell cell[SHEET_MAX_COLUMNS], size_t *n,
                           struct err *err) {
    if (row <= c->row) return STATUS_OK;
    c->row = row;
    if (c->next < c->layout->nareas && c->layout->area[c->next].row <= row) begin(c, row);
    if (row > c->until) return STATUS_OK;
    for (size_t i = 0; i < c->width; i++) {
        const struct xlsx_area *a = area_of(c, i);
        struct column *k = &c->column[i];
        if (!a) continue;
        if (a->last_row < row) {
            drop_value(c, k);
            k->area = -1;
            continue;
        }
        if (a->row == row && a->col == i) {
            if (a->last_row > row) {
                enum status s = hold(c, k, &cell[i], err);
                if (s != STATUS_OK) return s;
            }
            continue;
        }
        const struct sheet_cell *from =
            a->row == row ? &cell[a->col] : &c->column[a->col].value;
        if (cell[i].kind != CELL_EMPTY || from->kind == CELL_EMPTY) continue;
        cell[i].kind = from->kind;
        cell[i].text = from->text;
        cell[i].merged = true;
        if (i >= *n) *n = i + 1;
    }
    return STATUS_OK;
}
