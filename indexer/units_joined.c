/* Joined units of units_store.h: which rows are one, what they count as, and the
 * automatic merges that follow from the rows. */
#include "indexer/units_store.h"

#include <stdlib.h>
#include <talloc.h>

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

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
            if (s == STATUS_OK) s = units_neighbours(u, edge.v[i], &next, err);
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
        s = units_view_set(out, joined->n ? joined->v[0] : 0,
                           str_of(name ? name->name : ""), str_of(type.value),
                           str_of(region.value), err);
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
        s = units_view_set(&have, id, db_column(q, 5), db_column(q, 6), db_column(q, 7),
                           err);
    }
    sqlite3_reset(q);
    bool equal = s == STATUS_OK && unit_view_eq(&have, v);
    if (s == STATUS_OK && row && !equal) s = units_note_change(u, id, false, &have, err);
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
    enum status s = units_asks(u, UQ_VIEW_OF, dirty->v[i], &there, err);
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
