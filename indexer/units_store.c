#include "indexer/units_store.h"

#include <stdlib.h>

#define SEAL_WIDE "（盖章）"
#define SEAL_NARROW "(盖章)"

static const char *const texts[UQ_COUNT] = {
    [UQ_VIEW] = "SELECT id, as_name, as_type, as_region FROM unit"
                " WHERE norm = ?1 AND uscc = ?2",
    [UQ_VIEW_OF] = "SELECT id, as_name, as_type, as_region FROM unit WHERE id = ?1",
    [UQ_INSERT] = "INSERT INTO unit(norm, uscc) VALUES(?1, ?2)",
    [UQ_DELETE] = "DELETE FROM unit WHERE id = ?1",
    [UQ_NAME_ADD] = "INSERT INTO unit_name(unit, name, origin, uses, visible)"
                    " VALUES(?1, ?2, 'seen', ?3, ?4) ON CONFLICT DO UPDATE"
                    " SET uses = uses + ?3, visible = visible + ?4",
    [UQ_NAME_DROP_UNUSED] =
        "DELETE FROM unit_name WHERE unit = ?1 AND origin = 'seen' AND uses <= 0",
    [UQ_NAME_ANY] = "SELECT 1 FROM unit_name WHERE unit = ?1 LIMIT 1",
    [UQ_PERSON_ANY] = "SELECT 1 FROM unit_merge WHERE (unit = ?1 OR into_unit = ?1)"
                      " AND (reason NOT IN ('uscc', 'name') OR undone_at > 0) LIMIT 1",
    [UQ_MERGES_DELETE] = "DELETE FROM unit_merge WHERE unit = ?1 OR into_unit = ?1",
    [UQ_NEIGHBOURS] =
        "SELECT into_unit FROM unit_merge WHERE unit = ?1 AND undone_at = 0"
        " UNION SELECT unit FROM unit_merge WHERE into_unit = ?1 AND undone_at = 0",
    [UQ_MEMBER_NAMES] =
        "SELECT u.norm, n.name, n.origin, n.uses, n.visible, n.valid_from, n.merge"
        " FROM unit u JOIN unit_name n ON n.unit = u.id WHERE u.id = ?1",
    [UQ_MEMBER] = "SELECT norm, uscc, type, region, merged_into, as_name, as_type,"
                  " as_region FROM unit WHERE id = ?1",
    [UQ_SET_COUNTED] = "UPDATE unit SET merged_into = ?2, as_name = ?3, as_type = ?4,"
                       " as_region = ?5 WHERE id = ?1",
    [UQ_OF_CODE] = "SELECT id FROM unit u WHERE uscc = ?1 AND NOT EXISTS"
                   " (SELECT 1 FROM unit_merge m WHERE m.unit = u.id"
                   "  AND m.reason = 'uscc' AND m.undone_at > 0) ORDER BY norm",
    /* Codes seen with the name, the empty one first; ?2: rows that a person declared a
     * short form, or took out of this merge, are not joined by name. */
    [UQ_OF_NORM] = "SELECT id, uscc, EXISTS(SELECT 1 FROM unit_merge m WHERE"
                   " m.unit = u.id AND ((m.reason = 'name' AND m.undone_at > 0)"
                   "  OR (m.reason = 'alias' AND m.undone_at = 0)))"
                   " FROM unit u WHERE norm = ?1 ORDER BY uscc LIMIT 3",
    [UQ_AUTO_OF] = "SELECT id, into_unit FROM unit_merge WHERE unit = ?1"
                   " AND reason = ?2 AND undone_at = 0",
    [UQ_AUTO_SET] = "UPDATE unit_merge SET into_unit = ?2 WHERE id = ?1",
    [UQ_AUTO_INSERT] = "INSERT INTO unit_merge(unit, into_unit, reason, at, actor)"
                       " VALUES(?1, ?2, ?3, ?4, '')",
    [UQ_AUTO_DELETE] = "DELETE FROM unit_merge WHERE id = ?1",
};

sqlite3_stmt *units_sql(struct units *u, enum units_sql which, struct err *err) {
    sqlite3_stmt **q = &u->q[which];
    if (!*q && db_prepare(&u->db, texts[which], q, err) != STATUS_OK) return NULL;
    sqlite3_reset(*q);
    sqlite3_clear_bindings(*q);
    return *q;
}

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

/* ---- small owned things ------------------------------------------------------------ */

void unit_view_done(struct unit_view *v) {
    free(v->name);
    free(v->type);
    free(v->region);
    *v = (struct unit_view){0};
}

static bool same(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool unit_view_eq(const struct unit_view *a, const struct unit_view *b) {
    return same(a->name, b->name) && same(a->type, b->type) && same(a->region, b->region);
}

enum status units_view_set(struct unit_view *out, int64_t id, struct str name,
                           struct str type, struct str region, struct err *err) {
    struct unit_view v = {id, str_dup(name), str_dup(type), str_dup(region)};
    if (!v.name || !v.type || !v.region) {
        unit_view_done(&v);
        return no_memory(err);
    }
    unit_view_done(out);
    *out = v;
    return STATUS_OK;
}

enum status unit_view_copy(const struct unit_view *from, struct unit_view *out,
                           struct err *err) {
    return units_view_set(out, from->id, str_of(from->name), str_of(from->type),
                          str_of(from->region), err);
}

enum status units_list_add(struct units_list *l, int64_t id, struct err *err) {
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 16;
        int64_t *v = realloc(l->v, cap * sizeof *v);
        if (!v) return no_memory(err);
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n++] = id;
    return STATUS_OK;
}

int units_by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

struct str units_shown(struct str name) {
    static const char *const seals[] = {SEAL_WIDE, SEAL_NARROW};
    struct str s = str_trim(name);
    for (size_t i = 0; i < ARRAY_LEN(seals); i++) {
        size_t n = strlen(seals[i]);
        if (s.n > n && memcmp(s.p + s.n - n, seals[i], n) == 0)
            return str_trim(str_slice(s.p, s.n - n));
    }
    return s;
}

/* ---- rows -------------------------------------------------------------------------- */

static enum status step_view(struct units *u, sqlite3_stmt *q, struct unit_view *out,
                             struct err *err) {
    bool row = false;
    enum status s = db_step(&u->db, q, &row, err);
    if (s == STATUS_OK && row)
        s = units_view_set(out, sqlite3_column_int64(q, 0), db_column(q, 1),
                           db_column(q, 2), db_column(q, 3), err);
    else
        unit_view_done(out);
    sqlite3_reset(q);
    return s;
}

enum status units_row(struct units *u, struct str norm, struct str uscc,
                      struct unit_view *out, struct err *err) {
    sqlite3_stmt *q = units_sql(u, UQ_VIEW, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, norm);
    db_bind(q, 2, uscc);
    return step_view(u, q, out, err);
}

static size_t change_place(const struct units *u, int64_t id) {
    size_t lo = 0, hi = u->nchange;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (u->change[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct units_change *units_change_of(const struct units *u, int64_t id) {
    size_t i = change_place(u, id);
    return i < u->nchange && u->change[i].id == id ? &u->change[i] : NULL;
}

/* Remembers what a row said before the batch; the first word stays. */
enum status units_note_change(struct units *u, int64_t id, bool fresh,
                              const struct unit_view *before, struct err *err) {
    size_t i = change_place(u, id);
    if (i < u->nchange && u->change[i].id == id) return STATUS_OK;
    if (u->nchange == u->change_room) {
        size_t room = u->change_room ? u->change_room * 2 : 64;
        struct units_change *p = realloc(u->change, room * sizeof *p);
        if (!p) return no_memory(err);
        u->change = p;
        u->change_room = room;
    }
    struct units_change c = {.id = id, .fresh = fresh};
    enum status s = before ? unit_view_copy(before, &c.before, err) : STATUS_OK;
    if (s != STATUS_OK) return s;
    memmove(u->change + i + 1, u->change + i, (u->nchange - i) * sizeof *u->change);
    u->change[i] = c;
    u->nchange++;
    if (!fresh) u->old_changed = true;
    return STATUS_OK;
}

enum status units_row_make(struct units *u, struct str norm, struct str uscc, int64_t *id,
                           struct err *err) {
    struct unit_view v = {0};
    enum status s = units_row(u, norm, uscc, &v, err);
    int64_t found = v.id;
    unit_view_done(&v);
    if (s == STATUS_OK && !found) {
        sqlite3_stmt *q = units_sql(u, UQ_INSERT, err);
        if (!q) return STATUS_INTERNAL;
        db_bind(q, 1, norm);
        db_bind(q, 2, uscc);
        s = db_run(&u->db, q, err);
        found = sqlite3_last_insert_rowid(u->db.h);
        if (s == STATUS_OK) s = units_note_change(u, found, true, NULL, err);
        if (s == STATUS_OK) s = units_list_add(&u->dirty, found, err);
    }
    if (s == STATUS_OK) *id = found;
    return s;
}

enum status units_asks(struct units *u, enum units_sql which, int64_t id, bool *yes,
                       struct err *err) {
    sqlite3_stmt *q = units_sql(u, which, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    enum status s = db_step(&u->db, q, yes, err);
    sqlite3_reset(q);
    return s;
}

static enum status run(struct units *u, enum units_sql which, int64_t id,
                       struct err *err) {
    sqlite3_stmt *q = units_sql(u, which, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    return db_run(&u->db, q, err);
}

enum status units_neighbours(struct units *u, int64_t id, struct units_list *out,
                             struct err *err) {
    sqlite3_stmt *q = units_sql(u, UQ_NEIGHBOURS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->db, q, &row, err)) == STATUS_OK && row)
        if ((s = units_list_add(out, sqlite3_column_int64(q, 0), err)) != STATUS_OK)
            break;
    sqlite3_reset(q);
    return s;
}

enum status units_row_sweep(struct units *u, int64_t id, bool forget, bool *removed,
                            struct err *err) {
    bool any = false;
    *removed = false;
    enum status s = run(u, UQ_NAME_DROP_UNUSED, id, err);
    if (s == STATUS_OK) s = units_asks(u, UQ_NAME_ANY, id, &any, err);
    if (s == STATUS_OK && !any && !forget)
        s = units_asks(u, UQ_PERSON_ANY, id, &any, err);
    if (s != STATUS_OK || any) return s;
    s = units_neighbours(u, id, &u->dirty, err);
    if (s == STATUS_OK) s = run(u, UQ_MERGES_DELETE, id, err);
    if (s == STATUS_OK) s = run(u, UQ_DELETE, id, err);
    *removed = s == STATUS_OK;
    return s;
}
