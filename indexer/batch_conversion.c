/* Conversion rows of a batch that is taken back; declared in batch_undo.h. */
#include "indexer/batch_undo.h"
#include "indexer/registry_sql.h"

#include <stdlib.h>
#include <xxhash.h>

/* A row of `conversion`, copied: others are changed while it is looked at. */
struct row {
    json_t *json;
    char *kind, *ident, *contract_no, *supersedes;
    bool mine;
    int64_t batch; /* that brought it */
};

static void row_done(struct row *r) {
    json_decref(r->json);
    free(r->kind);
    free(r->ident);
    free(r->contract_no);
    free(r->supersedes);
    *r = (struct row){0};
}

static enum status load(struct undo *u, int64_t id, struct row *out, struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_CONVERSION, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, u->id);
    sqlite3_bind_int64(q, 2, id);
    bool row = false;
    struct row r = {0};
    enum status s = db_step(&u->b->r->db, q, &row, err);
    if (s == STATUS_OK && row) {
        struct str json = db_column(q, 4);
        r = (struct row){.kind = str_dup(db_column(q, 0)),
                         .ident = str_dup(db_column(q, 1)),
                         .contract_no = str_dup(db_column(q, 2)),
                         .supersedes = str_dup(db_column(q, 3)),
                         .json = json_loadb(json.n ? json.p : "", json.n, 0, NULL),
                         .mine = sqlite3_column_int(q, 5) != 0,
                         .batch = sqlite3_column_int64(q, 6)};
        if (!r.kind || !r.ident || !r.contract_no || !r.supersedes)
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
        else if (!r.json)
            s = err_set(err, STATUS_CORRUPT, NULL, "登记库第 %lld 号转化事件不是 JSON",
                        (long long)id);
    }
    registry_reset(q);
    if (s == STATUS_OK)
        *out = r;
    else
        row_done(&r);
    return s;
}

static enum status run(struct undo *u, enum undo_sql which, int64_t a, int64_t b,
                       struct err *err) {
    sqlite3_stmt *q = undo_sql(u, which, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, a);
    if (sqlite3_bind_parameter_count(q) > 1) sqlite3_bind_int64(q, 2, b);
    return db_run(&u->b->r->db, q, err);
}

static enum status delete (struct undo *u, int64_t id, struct err *err) {
    enum status s = run(u, UNDO_CONVERSION_HISTORY_CLEAR, id, 0, err);
    return s == STATUS_OK ? run(u, UNDO_CONVERSION_DELETE, id, 0, err) : s;
}

/* A receipt or reward without a number is known by the place that it came from. */
static int64_t line_of(const char *ident) {
    const char *colon = ident[0] == '@' ? strrchr(ident, ':') : NULL;
    return colon ? strtoll(colon + 1, NULL, 10) : 0;
}

/* The contract is gone: payments that other batches brought wait for it. */
static enum status requeue_payments(struct undo *u, const char *contract_no,
                                    struct err *err) {
    char target[DECIDE_TARGET];
    struct undo_ids ids = {0};
    sqlite3_stmt *q = undo_sql(u, UNDO_PAYMENTS, err);
    if (!q) return STATUS_INTERNAL;
    decide_name_contract(str_of(contract_no), target);
    db_bind(q, 1, str_of(contract_no));
    enum status s = undo_ids(u, q, &ids, err);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++) {
        struct row r = {0};
        s = load(u, ids.v[i], &r, err);
        if (s == STATUS_OK && r.ident && !r.mine) {
            char *raw = json_dumps(r.json, JSON_COMPACT | JSON_SORT_KEYS);
            s = raw ? undo_requeue(u, r.batch, line_of(r.ident), str_of(raw), target,
                                   "contract_no", err)
                    : err_set(err, STATUS_NOMEM, NULL, "内存不足");
            free(raw);
        }
        if (s == STATUS_OK) s = delete (u, ids.v[i], err);
        row_done(&r);
    }
    free(ids.v);
    return s;
}

/* The newest version that is left, or nothing. */
static enum status restore(struct undo *u, int64_t id, bool *left, struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_CONVERSION_BEFORE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    enum status s = db_step(&u->b->r->db, q, left, err);
    int64_t n = 0;
    json_t *doc = NULL;
    if (s == STATUS_OK && *left) {
        struct str json = db_column(q, 1);
        n = sqlite3_column_int64(q, 0);
        doc = json_loadb(json.n ? json.p : "", json.n, 0, NULL);
    }
    registry_reset(q);
    if (s != STATUS_OK || !*left) return s;
    if (!doc)
        return err_set(err, STATUS_CORRUPT, NULL, "登记库第 %lld 号转化事件不是 JSON",
                       (long long)id);
    const char *status = json_string_value(json_object_get(doc, "status"));
    const char *old = json_string_value(json_object_get(doc, "supersedes"));
    bool voided = status && strcmp(status, "void") == 0;
    if ((q = undo_sql(u, UNDO_CONVERSION_RESTORE, err))) {
        sqlite3_bind_int64(q, 1, id);
        sqlite3_bind_int64(q, 2, n);
        db_bind(q, 3, str_of(voided ? "void" : "valid"));
        if (old) db_bind(q, 4, str_of(old));
        s = db_run(&u->b->r->db, q, err);
    } else {
        s = STATUS_INTERNAL;
    }
    json_decref(doc);
    return s == STATUS_OK ? run(u, UNDO_CONVERSION_HISTORY_DROP_ONE, id, n, err) : s;
}

/* Which contracts are superseded follows from those that stand now; links follow the
 * stored text at the end of the batch (conversion_match.h). */
static enum status settle_contract(struct undo *u, const struct row *was,
                                   const struct row *now, struct err *err) {
    const char *who[] = {was->contract_no, was->supersedes, now->supersedes};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(who) && s == STATUS_OK; i++) {
        if (!who[i] || !who[i][0]) continue;
        sqlite3_stmt *q = registry_sql(u->b->r, SQL_CONVERSION_SUPERSEDE, err);
        if (!q) return STATUS_INTERNAL;
        db_bind(q, 1, str_of(who[i]));
        s = db_run(&u->b->r->db, q, err);
    }
    return s;
}

static enum status undo_one(struct undo *u, int64_t id, struct err *err) {
    struct row was = {0}, now = {0};
    bool left = true;
    enum status s = load(u, id, &was, err);
    /* Payments go with their contract before their own turn. */
    if (s != STATUS_OK || !was.kind) {
        row_done(&was);
        return s;
    }
    s = run(u, UNDO_CONVERSION_HISTORY_DROP, u->id, id, err);
    if (s == STATUS_OK && was.mine) {
        bool contract = strcmp(was.kind, "contract") == 0;
        s = restore(u, id, &left, err);
        if (s == STATUS_OK && !left) s = delete (u, id, err);
        if (s == STATUS_OK && !left && contract)
            s = requeue_payments(u, was.contract_no, err);
        if (s == STATUS_OK && left) s = load(u, id, &now, err);
        if (s == STATUS_OK && contract) s = settle_contract(u, &was, &now, err);
        u->n.conversions++;
        u->b->changed = true;
    }
    row_done(&now);
    row_done(&was);
    return s;
}

/* Versions of the row that another batch brought too become that batch's. */
static enum status hand_on(struct undo *u, int64_t id, struct err *err) {
    struct db *db = &u->b->r->db;
    sqlite3_stmt *q = undo_sql(u, UNDO_CONVERSION_MINE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, u->id);
    sqlite3_bind_int64(q, 2, id);
    bool row = false;
    enum status s;
    while ((s = db_step(db, q, &row, err)) == STATUS_OK && row) {
        struct str json = db_column(q, 1);
        sqlite3_stmt *up = undo_sql(u,
                                    sqlite3_column_int(q, 0) ? UNDO_CONVERSION_HAND_PAST
                                                             : UNDO_CONVERSION_HAND,
                                    err);
        if (!up) {
            s = STATUS_INTERNAL;
            break;
        }
        sqlite3_bind_int64(up, 1, id);
        sqlite3_bind_int64(up, 2, (int64_t)XXH3_64bits(json.p, json.n));
        if (sqlite3_column_int(q, 0))
            sqlite3_bind_int64(up, 3, sqlite3_column_int64(q, 0));
        s = db_run(db, up, err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}

enum status undo_conversions(struct undo *u, struct err *err) {
    struct undo_ids ids = {0};
    sqlite3_stmt *q = undo_sql(u, UNDO_CONVERSIONS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, u->id);
    enum status s = undo_ids(u, q, &ids, err);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++) {
        s = hand_on(u, ids.v[i], err);
        if (s == STATUS_OK) s = undo_one(u, ids.v[i], err);
    }
    free(ids.v);
    return s;
}
