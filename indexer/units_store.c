#include "indexer/units_store.h"

#include "indexer/decide_identity.h"

#include <stdlib.h>
#include <talloc.h>

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

static enum status view_set(struct unit_view *out, int64_t id, struct str name,
                            struct str type, struct str region, struct err *err) {
    struct unit_view v = {id, strndup(name.n ? name.p : "", name.n),
                          strndup(type.n ? type.p : "", type.n),
                          strndup(region.n ? region.p : "", region.n)};
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
    return view_set(out, from->id, str_of(from->name), str_of(from->type),
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
        s = view_set(out, sqlite3_column_int64(q, 0), db_column(q, 1), db_column(q, 2),
                     db_column(q, 3), err);
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
static enum status note_change(struct units *u, int64_t id, bool fresh,
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
        if (s == STATUS_OK) s = note_change(u, found, true, NULL, err);
        if (s == STATUS_OK) s = units_list_add(&u->dirty, found, err);
    }
    if (s == STATUS_OK) *id = found;
    return s;
}

static enum status asks(struct units *u, enum units_sql which, int64_t id, bool *yes,
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

static enum status neighbours(struct units *u, int64_t id, struct units_list *out,
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
    if (s == STATUS_OK) s = asks(u, UQ_NAME_ANY, id, &any, err);
    if (s == STATUS_OK && !any && !forget) s = asks(u, UQ_PERSON_ANY, id, &any, err);
    if (s != STATUS_OK || any) return s;
    s = neighbours(u, id, &u->dirty, err);
    if (s == STATUS_OK) s = run(u, UQ_MERGES_DELETE, id, err);
    if (s == STATUS_OK) s = run(u, UQ_DELETE, id, err);
    *removed = s == STATUS_OK;
    return s;
}

/* ---- joined units ------------------------------------------------------------------ */

/* Sorts the list and drops what stands twice or in `without`, which is sorted. */
static void tidy(struct units_list *l, const struct units_list *without) {
    size_t n = 0;
    if (l->n) qsort(l->v, l->n, sizeof *l->v, units_by_id);
    for (size_t i = 0; i < l->n; i++) {
        int64_t id = l->v[i];
        if (n && l->v[n - 1] == id) continue;
        if (without && without->n &&
            bsearch(&id, without->v, without->n, sizeof id, units_by_id))
            continue;
        l->v[n++] = id;
    }
    l->n = n;
}

enum status units_joined(struct units *u, int64_t id, struct units_list *out,
                         struct err *err) {
    struct units_list met = {0}, edge = {0}, next = {0};
    enum status s = units_list_add(&edge, id, err);
    while (edge.n && s == STATUS_OK) {
        next.n = 0;
        for (size_t i = 0; i < edge.n && s == STATUS_OK; i++) {
            s = units_list_add(&met, edge.v[i], err);
            if (s == STATUS_OK) s = neighbours(u, edge.v[i], &next, err);
        }
        tidy(&met, NULL);
        tidy(&next, &met);
        struct units_list swap = edge;
        edge = next;
        next = swap;
    }
    free(edge.v);
    free(next.v);
    if (s == STATUS_OK)
        *out = met;
    else
        free(met.v);
    return s;
}

/* A name of a joined unit while the one that counts is chosen. */
struct choice {
    const char *norm, *name;
    enum { SEEN, CURRENT, STANDS_BACK } origin;
    int64_t uses, visible, from, merge;
};

static int shorter(const char *a, const char *b) {
    size_t x = strlen(a), y = strlen(b);
    return x != y ? (x < y ? -1 : 1) : strcmp(a, b);
}

static int by_norm(const void *pa, const void *pb) {
    const struct choice *a = pa, *b = pb;
    int c = strcmp(a->norm, b->norm);
    return c ? c : shorter(a->name, b->name);
}

static bool more_used(const struct choice *a, const struct choice *b) {
    return a->visible != b->visible ? a->visible > b->visible : a->uses > b->uses;
}

/* The best name among sorted choices; back: those that stand back may be taken too. */
static const struct choice *best_seen(const struct choice *c, size_t n, bool back) {
    const struct choice *best = NULL;
    struct choice sum = {0};
    for (size_t i = 0, end; i < n; i = end) {
        struct choice group = {.norm = c[i].norm};
        const struct choice *name = &c[i];
        bool stands_back = false;
        for (end = i; end < n && strcmp(c[end].norm, c[i].norm) == 0; end++) {
            group.uses += c[end].uses;
            group.visible += c[end].visible;
            stands_back |= c[end].origin == STANDS_BACK;
            if (more_used(&c[end], name)) name = &c[end];
        }
        if (stands_back && !back) continue;
        if (!best || more_used(&group, &sum) ||
            (!more_used(&sum, &group) && shorter(group.norm, sum.norm) < 0)) {
            best = name;
            sum = group;
        }
    }
    return best;
}

/* Of two declared names: since later, declared later. */
static bool later(const struct choice *a, const struct choice *b) {
    if (a->from != b->from) return a->from > b->from;
    if (a->merge != b->merge) return a->merge > b->merge;
    return shorter(a->name, b->name) < 0;
}

static const struct choice *best_name(struct choice *c, size_t n) {
    const struct choice *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (c[i].origin == CURRENT && (!best || later(&c[i], best))) best = &c[i];
    if (best) return best;
    qsort(c, n, sizeof *c, by_norm);
    best = best_seen(c, n, false);
    return best ? best : best_seen(c, n, true);
}

static enum status add_choices(struct units *u, int64_t id, void *ctx, struct choice **c,
                               size_t *n, struct err *err) {
    sqlite3_stmt *q = units_sql(u, UQ_MEMBER_NAMES, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->db, q, &row, err)) == STATUS_OK && row) {
        struct str norm = db_column(q, 0), name = db_column(q, 1),
                   origin = db_column(q, 2);
        *c = talloc_realloc(ctx, *c, struct choice, (unsigned)*n + 1);
        if (!*c) break;
        struct choice x = {talloc_strndup(ctx, norm.p, norm.n),
                           talloc_strndup(ctx, name.p, name.n),
                           str_eq_z(origin, "seen")      ? SEEN
                           : str_eq_z(origin, "current") ? CURRENT
                                                         : STANDS_BACK,
                           sqlite3_column_int64(q, 3),
                           sqlite3_column_int64(q, 4),
                           sqlite3_column_int64(q, 5),
                           sqlite3_column_int64(q, 6)};
        if (!x.norm || !x.name) break;
        (*c)[(*n)++] = x;
    }
    sqlite3_reset(q);
    return s == STATUS_OK && row ? no_memory(err) : s;
}

/* A declared type or region: of the row that has the name that counts, else of the first
 * row by name that has one. */
struct declared {
    const char *norm, *value;
    bool own;
};

static enum status offer(struct declared *d, void *ctx, struct str norm, struct str value,
                         bool own, struct err *err) {
    bool better = !d->norm        ? true
                  : own != d->own ? own
                                  : str_cmp(norm, str_of(d->norm)) < 0;
    if (!value.n || !better) return STATUS_OK;
    *d = (struct declared){talloc_strndup(ctx, norm.p, norm.n),
                           talloc_strndup(ctx, value.p, value.n), own};
    return d->norm && d->value ? STATUS_OK : no_memory(err);
}

static enum status add_declared(struct units *u, int64_t id, void *ctx, const char *norm,
                                struct declared *type, struct declared *region,
                                struct err *err) {
    sqlite3_stmt *q = units_sql(u, UQ_MEMBER, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    bool row = false;
    enum status s = db_step(&u->db, q, &row, err);
    if (s == STATUS_OK && row) {
        struct str mine = db_column(q, 0);
        bool own = norm && str_eq_z(mine, norm);
        s = offer(type, ctx, mine, db_column(q, 2), own, err);
        if (s == STATUS_OK) s = offer(region, ctx, mine, db_column(q, 3), own, err);
    }
    sqlite3_reset(q);
    return s;
}

enum status units_work_out(struct units *u, const struct units_list *joined,
                           struct unit_view *out, struct err *err) {
    void *ctx = talloc_new(NULL);
    struct choice *c = NULL;
    size_t n = 0;
    struct declared type = {0}, region = {0};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < joined->n && s == STATUS_OK; i++)
        s = add_choices(u, joined->v[i], ctx, &c, &n, err);
    const struct choice *name = s == STATUS_OK && n ? best_name(c, n) : NULL;
    for (size_t i = 0; i < joined->n && s == STATUS_OK; i++)
        s = add_declared(u, joined->v[i], ctx, name ? name->norm : NULL, &type, &region,
                         err);
    if (s == STATUS_OK)
        s = view_set(out, joined->v[0], str_of(name ? name->name : ""),
                     str_of(type.value), str_of(region.value), err);
    talloc_free(ctx);
    return s;
}

static enum status store_view(struct units *u, int64_t id, const struct unit_view *v,
                              struct err *err) {
    sqlite3_stmt *q = units_sql(u, UQ_MEMBER, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    bool row = false, same_root = false;
    struct unit_view have = {0};
    enum status s = db_step(&u->db, q, &row, err);
    if (s == STATUS_OK && row) {
        same_root = sqlite3_column_int64(q, 4) == v->id;
        s = view_set(&have, id, db_column(q, 5), db_column(q, 6), db_column(q, 7), err);
    }
    sqlite3_reset(q);
    bool equal = s == STATUS_OK && unit_view_eq(&have, v);
    if (s == STATUS_OK && row && !equal) s = note_change(u, id, false, &have, err);
    if (s == STATUS_OK && row && !(equal && same_root)) {
        if (!(q = units_sql(u, UQ_SET_COUNTED, err))) s = STATUS_INTERNAL;
        if (s == STATUS_OK) {
            sqlite3_bind_int64(q, 1, id);
            sqlite3_bind_int64(q, 2, v->id);
            db_bind(q, 3, str_of(v->name));
            db_bind(q, 4, str_of(v->type));
            db_bind(q, 5, str_of(v->region));
            s = db_run(&u->db, q, err);
        }
    }
    unit_view_done(&have);
    return s;
}

/* The joined unit of dirty row i; the dirty rows among its own are done with it. */
static enum status clean_one(struct units *u, size_t i, bool *done, struct err *err) {
    const struct units_list *dirty = &u->dirty;
    struct units_list joined = {0};
    struct unit_view v = {0};
    bool there = false;
    enum status s = asks(u, UQ_VIEW_OF, dirty->v[i], &there, err);
    if (s != STATUS_OK || !there) return s;
    s = units_joined(u, dirty->v[i], &joined, err);
    if (s == STATUS_OK) s = units_work_out(u, &joined, &v, err);
    for (size_t k = 0; k < joined.n && s == STATUS_OK; k++) {
        const int64_t *same =
            bsearch(&joined.v[k], dirty->v, dirty->n, sizeof *dirty->v, units_by_id);
        if (same) done[same - dirty->v] = true;
        s = store_view(u, joined.v[k], &v, err);
    }
    unit_view_done(&v);
    free(joined.v);
    return s;
}

enum status units_clean(struct units *u, struct err *err) {
    tidy(&u->dirty, NULL);
    bool *done = calloc(u->dirty.n + 1, sizeof *done);
    if (!done) return no_memory(err);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < u->dirty.n && s == STATUS_OK; i++)
        if (!done[i]) s = clean_one(u, i, done, err);
    free(done);
    u->dirty.n = 0;
    return s;
}

/* ---- automatic merges -------------------------------------------------------------- */

/* The row's standing automatic merge becomes one into `into` (0: none). */
static enum status set_auto(struct registry_batch *b, int64_t id, const char *reason,
                            int64_t into, struct err *err) {
    struct units *u = b->r->units;
    sqlite3_stmt *q = units_sql(u, UQ_AUTO_OF, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    db_bind(q, 2, str_of(reason));
    bool row = false;
    enum status s = db_step(&u->db, q, &row, err);
    int64_t merge = row ? sqlite3_column_int64(q, 0) : 0;
    int64_t have = row ? sqlite3_column_int64(q, 1) : 0;
    sqlite3_reset(q);
    if (s != STATUS_OK || have == into) return s;
    q = units_sql(u, !into ? UQ_AUTO_DELETE : merge ? UQ_AUTO_SET : UQ_AUTO_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, merge ? merge : id);
    if (into) sqlite3_bind_int64(q, 2, into);
    if (into && !merge) {
        db_bind(q, 3, str_of(reason));
        sqlite3_bind_int64(q, 4, b->now);
    }
    s = db_run(&u->db, q, err);
    if (s == STATUS_OK) s = units_list_add(&u->dirty, id, err);
    if (s == STATUS_OK && have) s = units_list_add(&u->dirty, have, err);
    return s;
}

enum status units_auto_code(struct registry_batch *b, struct str uscc, struct err *err) {
    struct units *u = b->r->units;
    if (!uscc.n) return STATUS_OK;
    sqlite3_stmt *q = units_sql(u, UQ_OF_CODE, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, uscc);
    struct units_list ids = {0};
    bool row = false;
    enum status s;
    while ((s = db_step(&u->db, q, &row, err)) == STATUS_OK && row)
        if ((s = units_list_add(&ids, sqlite3_column_int64(q, 0), err)) != STATUS_OK)
            break;
    sqlite3_reset(q);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++)
        s = set_auto(b, ids.v[i], "uscc", i ? ids.v[0] : 0, err);
    free(ids.v);
    return s;
}

enum status units_auto_name(struct registry_batch *b, struct str norm, struct err *err) {
    struct units *u = b->r->units;
    sqlite3_stmt *q = units_sql(u, UQ_OF_NORM, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, norm);
    int64_t plain = 0, coded = 0;
    size_t codes = 0;
    bool row = false, apart = false;
    enum status s;
    while ((s = db_step(&u->db, q, &row, err)) == STATUS_OK && row) {
        if (db_column(q, 1).n) {
            coded = sqlite3_column_int64(q, 0);
            codes++;
        } else {
            plain = sqlite3_column_int64(q, 0);
            apart = sqlite3_column_int(q, 2) != 0;
        }
    }
    sqlite3_reset(q);
    if (s != STATUS_OK || !plain) return s;
    return set_auto(b, plain, "name", codes == 1 && !apart ? coded : 0, err);
}
