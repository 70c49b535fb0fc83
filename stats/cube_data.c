#include "stats/cube_data.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

enum status cube_data_extent(struct db *db, const char *cube, int *first, int *last,
                             struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    /* SQLite sorts numbers before text, so that 'none' stays out. */
    enum status s = db_prepare(db,
                               "SELECT min(year), max(year) FROM aggregate"
                               " WHERE cube = ?1 AND year < 'none' AND records > 0",
                               &st, err);
    if (s == STATUS_OK) {
        db_bind(st, 1, str_of(cube));
        s = db_step(db, st, &row, err);
    }
    if (s == STATUS_OK) {
        *first = row ? sqlite3_column_int(st, 0) : 0;
        *last = row ? sqlite3_column_int(st, 1) : 0;
    }
    sqlite3_finalize(st);
    return s;
}

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "制表时内存不足");
}

/* --- categories -----------------------------------------------------------------------
 */

static enum status add_code(void *ctx, struct cube_dim *d, struct str code,
                            struct err *err) {
    for (size_t i = 0; i < d->n; i++)
        if (str_eq(d->code[i], code)) return STATUS_OK;
    if (d->n >= TABLE_MAX_CELLS)
        return err_set(err, STATUS_LIMIT, "limit", "统计表的类目太多");
    struct str *list = talloc_realloc(ctx, d->code, struct str, (unsigned)d->n + 1);
    if (!list) return no_memory(err);
    d->code = list;
    list[d->n] = str_slice(talloc_strndup(ctx, code.n ? code.p : "", code.n), code.n);
    if (!list[d->n].p) return no_memory(err);
    d->n++;
    return STATUS_OK;
}

/* 其他 and then "none" after everything, also after what no list knows. */
static int last_rank(struct str code) {
    return str_eq_z(code, "none") ? 2 : str_eq_z(code, "其他") ? 1 : 0;
}

static int by_list_order(const void *a, const void *b, void *arg) {
    const struct field *f = arg;
    struct str x = *(const struct str *)a, y = *(const struct str *)b;
    int rx = last_rank(x), ry = last_rank(y);
    if (rx != ry) return rx - ry;
    size_t ox = f->list == CODES_NONE ? 0 : codes_order(f->list, x);
    size_t oy = f->list == CODES_NONE ? 0 : codes_order(f->list, y);
    if (ox != oy) return ox < oy ? -1 : 1;
    return str_cmp(x, y);
}

static enum status find_codes(struct db *db, struct cube_data *c, size_t which, int shown,
                              size_t whole_list, void *ctx, struct err *err) {
    struct cube_dim *d = &c->dim[which];
    size_t listed = d->field->list == CODES_NONE ? 0 : codes_count(d->field->list);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < listed && listed <= whole_list && s == STATUS_OK; i++)
        s = add_code(ctx, d, str_of(codes_at(d->field->list, i)), err);
    sqlite3_stmt *st = NULL;
    if (s == STATUS_OK)
        s = db_prepare(db,
                       which == 0 ? "SELECT DISTINCT d1 FROM aggregate WHERE cube = ?1"
                                    " AND year BETWEEN ?2 AND ?3"
                                  : "SELECT DISTINCT d2 FROM aggregate WHERE cube = ?1"
                                    " AND year BETWEEN ?2 AND ?3",
                       &st, err);
    if (s == STATUS_OK) {
        db_bind(st, 1, str_of(c->cube.id));
        sqlite3_bind_int(st, 2, shown);
        sqlite3_bind_int(st, 3, c->first_year + c->nyears - 1);
    }
    bool row = false;
    while (s == STATUS_OK && (s = db_step(db, st, &row, err)) == STATUS_OK && row)
        s = add_code(ctx, d, db_column(st, 0), err);
    sqlite3_finalize(st);
    if (s == STATUS_OK && d->n > 1)
        qsort_r(d->code, d->n, sizeof *d->code, by_list_order,
                (void *)(uintptr_t)d->field);
    return s;
}

/* --- counts ---------------------------------------------------------------------------
 */

static size_t place(const struct cube_data *d, int year, size_t i, size_t j) {
    return ((size_t)(year - d->first_year) * (d->dim[0].n + 1) + i) * (d->dim[1].n + 1) +
           j;
}

const struct cube_count *cube_data_at(const struct cube_data *d, int year, size_t i,
                                      size_t j) {
    assert(year >= d->first_year && year < d->first_year + d->nyears);
    assert(i <= d->dim[0].n && j <= d->dim[1].n);
    return &d->count[place(d, year, i, j)];
}

static size_t code_index(const struct cube_dim *d, struct str code) {
    size_t i = 0;
    while (i < d->n && !str_eq(d->code[i], code)) i++;
    return i;
}

/* Adds one row to its cell and to the totals that hold it. A category that no shown year
 * has only counts in the totals. */
static void add_row(struct cube_data *c, sqlite3_stmt *st) {
    int year = sqlite3_column_int(st, 0);
    size_t at[2], total[2];
    for (int d = 0; d < 2; d++) {
        at[d] = code_index(&c->dim[d], db_column(st, 1 + d));
        total[d] = c->dim[d].n;
    }
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            if ((a && at[0] == total[0]) || (b && at[1] == total[1])) continue;
            struct cube_count *n =
                &c->count[place(c, year, a ? at[0] : total[0], b ? at[1] : total[1])];
            n->records += sqlite3_column_int64(st, 3);
            n->visible += sqlite3_column_int64(st, 4);
        }
}

static enum status load_counts(struct db *db, struct cube_data *c, struct err *err) {
    sqlite3_stmt *st = NULL;
    enum status s = db_prepare(db,
                               "SELECT year, d1, d2, records, visible FROM aggregate"
                               " WHERE cube = ?1 AND year BETWEEN ?2 AND ?3",
                               &st, err);
    if (s == STATUS_OK) {
        db_bind(st, 1, str_of(c->cube.id));
        sqlite3_bind_int(st, 2, c->first_year);
        sqlite3_bind_int(st, 3, c->first_year + c->nyears - 1);
    }
    bool row = false;
    while (s == STATUS_OK && (s = db_step(db, st, &row, err)) == STATUS_OK && row)
        add_row(c, st);
    sqlite3_finalize(st);
    if (s != STATUS_OK) return s;
    s = db_prepare(db,
                   "SELECT ifnull(sum(records), 0) FROM aggregate"
                   " WHERE cube = ?1 AND year = 'none'",
                   &st, err);
    if (s != STATUS_OK) return s;
    db_bind(st, 1, str_of(c->cube.id));
    s = db_step(db, st, &row, err);
    if (s == STATUS_OK) c->without_year = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return s;
}

enum status cube_data_load(struct db *db, const struct catalogue_cube *cube, int first,
                           int nyears, int shown, size_t whole_list, void *ctx,
                           struct cube_data *out, struct err *err) {
    struct cube_data c = {.cube = *cube, .first_year = first, .nyears = nyears};
    for (size_t d = 0; d < cube->ndim; d++) {
        c.dim[d].field = field_by_name(str_of(cube->dims[d]));
        if (!c.dim[d].field)
            return err_set(err, STATUS_INTERNAL, NULL, "cube %s: no field %s", cube->id,
                           cube->dims[d]);
        enum status s = find_codes(db, &c, d, shown, whole_list, ctx, err);
        if (s != STATUS_OK) return s;
    }
    size_t plane = (c.dim[0].n + 1) * (c.dim[1].n + 1);
    if (plane > TABLE_MAX_CELLS / (size_t)nyears)
        return err_set(err, STATUS_LIMIT, "limit", "统计表最多 %d 格", TABLE_MAX_CELLS);
    c.count =
        talloc_zero_array(ctx, struct cube_count, (unsigned)(plane * (size_t)nyears));
    if (!c.count) return no_memory(err);
    enum status s = load_counts(db, &c, err);
    if (s == STATUS_OK) *out = c;
    return s;
}
