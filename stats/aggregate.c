#include "stats/aggregate.h"

#include "core/utf8.h"
#include "stats/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <talloc.h>
#include <xxhash.h>

#define MAX_CUBES 128
#define VALUE_BYTES                                                                      \
    512 /* of a dimension's value; longer ones are cut between characters */
#define FIRST_SLOTS 256 /* power of two */

/* What the columns hold: aggregate.h. The check makes a wrong subtraction an error. */
static const char schema[] =
    "CREATE TABLE aggregate(cube TEXT NOT NULL, year NOT NULL, d1 TEXT NOT NULL,"
    " d2 TEXT NOT NULL, records INTEGER NOT NULL, visible INTEGER NOT NULL,"
    " PRIMARY KEY(cube, year, d1, d2),"
    " CHECK(records >= 0 AND visible BETWEEN 0 AND records)) WITHOUT ROWID;"
    "CREATE VIEW stat_year(year, records, visible) AS"
    " SELECT year, records, visible FROM aggregate WHERE cube = 'year';"
    "CREATE VIEW stat_year_category(year, category, records, visible) AS"
    " SELECT year, d1, records, visible FROM aggregate WHERE cube = 'year_category';";

const char *aggregate_schema(void) {
    return schema;
}

/* What identifies a cell; the values are the caller's or the cell's own. */
struct key {
    unsigned cube;
    int year;
    struct str d[CATALOGUE_MAX_DIMS];
};

struct cell {
    uint64_t hash;
    struct key key;
    int64_t records, visible;
};

struct cube {
    struct catalogue_cube what;
    const struct field *field[CATALOGUE_MAX_DIMS];
};

struct aggregate {
    size_t ncube;
    struct cube *cube;
    /* Open addressing with linear probing: slot = index of a cell + 1, 0 = free. */
    size_t nslot, ncell, room;
    uint32_t *slot;
    struct cell *cell;
    void *text; /* talloc parent of the cells' values */
};

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "统计汇总时内存不足");
}

/* --- the cubes and the cells ----------------------------------------------------------
 */

static enum status load_cubes(struct aggregate *a, struct err *err) {
    struct catalogue_cube what[MAX_CUBES];
    a->ncube = catalogue_cubes(what, MAX_CUBES);
    if (a->ncube > MAX_CUBES)
        return err_set(err, STATUS_INTERNAL, NULL, "more than %d cubes", MAX_CUBES);
    a->cube = talloc_zero_array(a, struct cube, (unsigned)a->ncube);
    if (!a->cube) return no_memory(err);
    for (size_t i = 0; i < a->ncube; i++) {
        a->cube[i].what = what[i];
        for (size_t d = 0; d < what[i].ndim; d++) {
            a->cube[i].field[d] = field_by_name(str_of(what[i].dims[d]));
            if (!a->cube[i].field[d])
                return err_set(err, STATUS_INTERNAL, NULL, "cube %s: no field %s",
                               what[i].id, what[i].dims[d]);
        }
    }
    return STATUS_OK;
}

static enum status forget(struct aggregate *a, struct err *err) {
    talloc_free(a->text);
    a->ncell = 0;
    memset(a->slot, 0, a->nslot * sizeof *a->slot);
    a->text = talloc_new(a);
    return a->text ? STATUS_OK : no_memory(err);
}

enum status aggregate_new(struct aggregate **out, struct err *err) {
    struct aggregate *a = talloc_zero(NULL, struct aggregate);
    if (!a) return no_memory(err);
    enum status s = load_cubes(a, err);
    if (s == STATUS_OK) {
        a->nslot = FIRST_SLOTS;
        a->slot = talloc_zero_array(a, uint32_t, FIRST_SLOTS);
        s = a->slot ? forget(a, err) : no_memory(err);
    }
    if (s != STATUS_OK) {
        talloc_free(a);
        return s;
    }
    *out = a;
    return STATUS_OK;
}

void aggregate_free(struct aggregate *a) {
    talloc_free(a);
}

static uint64_t key_hash(const struct key *k) {
    uint64_t h = (uint64_t)k->cube << 32 | (uint32_t)k->year;
    for (size_t d = 0; d < CATALOGUE_MAX_DIMS; d++)
        h = XXH3_64bits_withSeed(k->d[d].n ? k->d[d].p : "", k->d[d].n, h + d);
    return h;
}

static bool key_eq(const struct key *a, const struct key *b) {
    if (a->cube != b->cube || a->year != b->year) return false;
    for (size_t d = 0; d < CATALOGUE_MAX_DIMS; d++)
        if (!str_eq(a->d[d], b->d[d])) return false;
    return true;
}

/* The slot of a key, or the free one where it belongs. */
static uint32_t *find_slot(const struct aggregate *a, const struct key *k,
                           uint64_t hash) {
    for (size_t i = hash & (a->nslot - 1);; i = (i + 1) & (a->nslot - 1)) {
        if (a->slot[i] == 0) return &a->slot[i];
        const struct cell *c = &a->cell[a->slot[i] - 1];
        if (c->hash == hash && key_eq(&c->key, k)) return &a->slot[i];
    }
}

static enum status grow_slots(struct aggregate *a, struct err *err) {
    size_t n = a->nslot * 2;
    uint32_t *slot = n <= UINT32_MAX ? talloc_zero_array(a, uint32_t, (unsigned)n) : NULL;
    if (!slot) return no_memory(err);
    talloc_free(a->slot);
    a->slot = slot;
    a->nslot = n;
    for (size_t i = 0; i < a->ncell; i++)
        *find_slot(a, &a->cell[i].key, a->cell[i].hash) = (uint32_t)i + 1;
    return STATUS_OK;
}

static enum status grow_cells(struct aggregate *a, struct err *err) {
    size_t room = a->room ? a->room * 2 : FIRST_SLOTS;
    struct cell *cell = room <= UINT32_MAX / sizeof *cell
                            ? talloc_realloc(a, a->cell, struct cell, (unsigned)room)
                            : NULL;
    if (!cell) return no_memory(err);
    a->cell = cell;
    a->room = room;
    return STATUS_OK;
}

static enum status add(struct aggregate *a, const struct key *k, int64_t records,
                       int64_t visible, struct err *err) {
    uint64_t hash = key_hash(k);
    uint32_t *slot = find_slot(a, k, hash);
    if (*slot == 0) {
        if (a->ncell == a->room) {
            enum status s = grow_cells(a, err);
            if (s != STATUS_OK) return s;
        }
        if ((a->ncell + 1) * 4 > a->nslot * 3) {
            enum status s = grow_slots(a, err);
            if (s != STATUS_OK) return s;
            slot = find_slot(a, k, hash);
        }
        struct cell c = {hash, *k, 0, 0};
        for (size_t d = 0; d < CATALOGUE_MAX_DIMS; d++) {
            if (k->d[d].n == 0) continue;
            c.key.d[d].p = talloc_strndup(a->text, k->d[d].p, k->d[d].n);
            if (!c.key.d[d].p) return no_memory(err);
        }
        a->cell[a->ncell++] = c;
        *slot = (uint32_t)a->ncell;
    }
    struct cell *c = &a->cell[*slot - 1];
    c->records += records;
    c->visible += visible;
    return STATUS_OK;
}

/* --- contributions of a record --------------------------------------------------------
 */

static bool take_first(void *arg, struct str value) {
    struct str *out = arg;
    *out = str_slice(value.p, utf8_clip(value, VALUE_BYTES));
    return false;
}

static enum status contribute(struct aggregate *a, const struct record *r, int sign,
                              struct err *err) {
    if (!r || r->kind != RECORD_REGISTRATION || !record_is_registered(r))
        return STATUS_OK;
    int64_t visible = record_visibility(r) != VISIBLE_NO ? sign : 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < a->ncube && s == STATUS_OK; i++) {
        const struct cube *c = &a->cube[i];
        struct key k = {(unsigned)i, r->stat_year, {{NULL, 0}}};
        bool whole = true;
        for (size_t d = 0; d < c->what.ndim && whole; d++) {
            record_values(r, c->field[d], take_first, &k.d[d]);
            whole = k.d[d].n > 0; /* else its category does not have the field */
        }
        if (whole) s = add(a, &k, sign, visible, err);
    }
    return s;
}

enum status aggregate_apply(struct aggregate *a, const struct record *before,
                            const struct record *after, struct err *err) {
    enum status s = contribute(a, before, -1, err);
    return s == STATUS_OK ? contribute(a, after, 1, err) : s;
}

/* --- the database ---------------------------------------------------------------------
 */

static void bind_key(const struct aggregate *a, sqlite3_stmt *st, int at,
                     const struct key *k) {
    db_bind(st, at, str_of(a->cube[k->cube].what.id));
    if (k->year)
        sqlite3_bind_int(st, at + 1, k->year);
    else
        db_bind(st, at + 1, str_of("none"));
    for (int d = 0; d < CATALOGUE_MAX_DIMS; d++) db_bind(st, at + 2 + d, k->d[d]);
}

enum { WRITE_UPDATE, WRITE_INSERT, WRITE_DELETE, WRITE_COUNT };

static const char *const write_sql[WRITE_COUNT] = {
    "UPDATE aggregate SET records = records + ?1, visible = visible + ?2"
    " WHERE cube = ?3 AND year = ?4 AND d1 = ?5 AND d2 = ?6",
    "INSERT INTO aggregate(records, visible, cube, year, d1, d2)"
    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    "DELETE FROM aggregate WHERE cube = ?3 AND year = ?4 AND d1 = ?5 AND d2 = ?6"
    " AND records = ?1 AND visible = ?2",
};

static enum status run_write(const struct aggregate *a, struct db *db, sqlite3_stmt *st,
                             const struct cell *c, int64_t records, int64_t visible,
                             struct err *err) {
    sqlite3_bind_int64(st, 1, records);
    sqlite3_bind_int64(st, 2, visible);
    bind_key(a, st, 3, &c->key);
    return db_run(db, st, err);
}

static enum status write_cell(const struct aggregate *a, struct db *db,
                              sqlite3_stmt *const *st, const struct cell *c,
                              struct err *err) {
    if (c->records == 0 && c->visible == 0) return STATUS_OK;
    enum status s = run_write(a, db, st[WRITE_UPDATE], c, c->records, c->visible, err);
    if (s == STATUS_OK && sqlite3_changes(db->h) == 0)
        s = run_write(a, db, st[WRITE_INSERT], c, c->records, c->visible, err);
    if (s == STATUS_OK && c->records < 0)
        s = run_write(a, db, st[WRITE_DELETE], c, 0, 0, err);
    /* The table's own check: a cell would fall below zero. */
    if (s == STATUS_CONFLICT)
        s = err_set(err, STATUS_CORRUPT, "aggregate",
                    "统计汇总与登记记录不符（%s，%d 年）；请运行 chengguo check --deep",
                    a->cube[c->key.cube].what.id, c->key.year);
    return s;
}

enum status aggregate_flush(struct aggregate *a, struct db *db, struct err *err) {
    sqlite3_stmt *st[WRITE_COUNT] = {NULL};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < WRITE_COUNT && s == STATUS_OK; i++)
        s = db_prepare(db, write_sql[i], &st[i], err);
    for (size_t i = 0; i < a->ncell && s == STATUS_OK; i++)
        s = write_cell(a, db, st, &a->cell[i], err);
    for (size_t i = 0; i < WRITE_COUNT; i++) sqlite3_finalize(st[i]);
    return s == STATUS_OK ? forget(a, err) : s;
}

enum status aggregate_replace(struct aggregate *a, struct db *db, struct err *err) {
    enum status s = db_exec(db, "DELETE FROM aggregate", err);
    return s == STATUS_OK ? aggregate_flush(a, db, err) : s;
}

static enum status differs(const char *cube, int year, const struct str *d,
                           const int64_t have[2], const int64_t want[2],
                           struct err *err) {
    char at[16] = "none";
    if (year) snprintf(at, sizeof at, "%d", year);
    return err_set(err, STATUS_CORRUPT, "aggregate",
                   "统计汇总 %s 的 %s/%.*s/%.*s：库中为 %" PRId64 " 项（可查 %" PRId64
                   "），按登记记录应为 %" PRId64 " 项（可查 %" PRId64
                   "）；请运行 chengguo rebuild",
                   cube, at, (int)utf8_clip(d[0], 60), d[0].n ? d[0].p : "",
                   (int)utf8_clip(d[1], 60), d[1].n ? d[1].p : "", have[0], have[1],
                   want[0], want[1]);
}

/* One row of the database against the deltas; counts those that agree. */
static enum status compare_row(const struct aggregate *a, sqlite3_stmt *st,
                               size_t *agreed, struct err *err) {
    struct str cube = db_column(st, 0);
    struct key k = {0, sqlite3_column_int(st, 1), {db_column(st, 2), db_column(st, 3)}};
    int64_t have[2] = {sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5)};
    int64_t want[2] = {0, 0};
    while (k.cube < a->ncube && !str_eq_z(cube, a->cube[k.cube].what.id)) k.cube++;
    uint32_t slot = k.cube < a->ncube ? *find_slot(a, &k, key_hash(&k)) : 0;
    if (slot) {
        want[0] = a->cell[slot - 1].records;
        want[1] = a->cell[slot - 1].visible;
    }
    if (want[0] != have[0] || want[1] != have[1]) {
        char name[CATALOGUE_CUBE_ID];
        snprintf(name, sizeof name, "%.*s", (int)utf8_clip(cube, sizeof name - 1),
                 cube.n ? cube.p : "");
        return differs(name, k.year, k.d, have, want, err);
    }
    *agreed += have[0] != 0 || have[1] != 0;
    return STATUS_OK;
}

/* A cell of the deltas that the database lacks. */
static enum status find_missing(const struct aggregate *a, struct db *db,
                                struct err *err) {
    static const int64_t nothing[2] = {0, 0};
    sqlite3_stmt *st = NULL;
    enum status s = db_prepare(db,
                               "SELECT 1 FROM aggregate WHERE cube = ?1 AND year = ?2"
                               " AND d1 = ?3 AND d2 = ?4",
                               &st, err);
    for (size_t i = 0; i < a->ncell && s == STATUS_OK; i++) {
        const struct cell *c = &a->cell[i];
        int64_t want[2] = {c->records, c->visible};
        bool there = false;
        if (want[0] == 0 && want[1] == 0) continue;
        bind_key(a, st, 1, &c->key);
        s = db_step(db, st, &there, err);
        sqlite3_reset(st);
        if (s == STATUS_OK && !there)
            s = differs(a->cube[c->key.cube].what.id, c->key.year, c->key.d, nothing,
                        want, err);
    }
    sqlite3_finalize(st);
    return s;
}

enum status aggregate_compare(struct aggregate *a, struct db *db, struct err *err) {
    sqlite3_stmt *st = NULL;
    size_t agreed = 0, wanted = 0;
    for (size_t i = 0; i < a->ncell; i++)
        wanted += a->cell[i].records != 0 || a->cell[i].visible != 0;
    enum status s = db_prepare(db,
                               "SELECT cube, year, d1, d2, records, visible"
                               " FROM aggregate ORDER BY cube, year, d1, d2",
                               &st, err);
    bool row = false;
    while (s == STATUS_OK && (s = db_step(db, st, &row, err)) == STATUS_OK && row)
        s = compare_row(a, st, &agreed, err);
    sqlite3_finalize(st);
    if (s == STATUS_OK && agreed != wanted) s = find_missing(a, db, err);
    return s;
}

static enum status copy_row(sqlite3_stmt *from, struct db *dst, sqlite3_stmt *to,
                            struct err *err) {
    for (int i = 0; i < 6; i++)
        sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
    return db_run(dst, to, err);
}

enum status aggregate_copy(struct db *src, struct db *dst, struct err *err) {
    sqlite3_stmt *from = NULL, *to = NULL;
    enum status s = db_exec(dst, "DELETE FROM aggregate", err);
    if (s == STATUS_OK)
        s = db_prepare(src,
                       "SELECT cube, year, d1, d2, records, visible"
                       " FROM aggregate ORDER BY cube, year, d1, d2",
                       &from, err);
    if (s == STATUS_OK)
        s = db_prepare(dst,
                       "INSERT INTO aggregate(cube, year, d1, d2, records, visible)"
                       " VALUES(?, ?, ?, ?, ?, ?)",
                       &to, err);
    bool row = false;
    while (s == STATUS_OK && (s = db_step(src, from, &row, err)) == STATUS_OK && row)
        s = copy_row(from, dst, to, err);
    sqlite3_finalize(from);
    sqlite3_finalize(to);
    return s;
}
