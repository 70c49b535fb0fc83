#include "indexer/quarantine.h"
#include "indexer/registry_sql.h"

#include <stdlib.h>

static enum status has(struct registry_batch *b, const struct quarantine_place *at,
                       const struct decision *why, bool *found, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_HAS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_blob(q, 1, at->hash, 16, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, at->line);
    db_bind(q, 3, str_of(at->source));
    db_bind(q, 4, str_of(why->why.code));
    enum status s = db_step(&b->r->db, q, found, err);
    registry_reset(q);
    return s;
}

enum status quarantine_put(struct registry_batch *b, const struct quarantine_place *at,
                           const struct decision *why, struct err *err) {
    bool found = false;
    enum status s = has(b, at, why, &found, err);
    if (s != STATUS_OK || found) return s;
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, b->id);
    db_bind(q, 2, str_of(at->source));
    sqlite3_bind_int64(q, 3, at->line);
    sqlite3_bind_blob(q, 4, at->hash, 16, SQLITE_STATIC);
    sqlite3_bind_int(q, 5, (int)why->outcome);
    db_bind(q, 6, str_of(why->why.code));
    db_bind(q, 7, str_of(why->why.field));
    db_bind(q, 8, str_of(why->why.text));
    if (why->secret)
        sqlite3_bind_null(q, 9);
    else
        sqlite3_bind_blob64(q, 9, at->raw.n ? at->raw.p : "", at->raw.n, SQLITE_STATIC);
    if (why->target[0] && !why->secret) db_bind(q, 10, str_of(why->target));
    sqlite3_bind_int(q, 11, why->secret ? WAITING_NOT : (int)why->waiting);
    if (why->other) sqlite3_bind_int64(q, 12, why->other);
    b->waiting |= why->waiting != WAITING_NOT;
    return db_run(&b->r->db, q, err);
}

void quarantine_rows_done(struct quarantine_rows *rows) {
    for (size_t i = 0; i < rows->n; i++) {
        free(rows->v[i].source);
        free(rows->v[i].raw);
    }
    free(rows->v);
    *rows = (struct quarantine_rows){0};
}

static bool add(struct quarantine_rows *rows, sqlite3_stmt *q) {
    if (rows->n == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 8;
        struct quarantine_row *v = realloc(rows->v, cap * sizeof *v);
        if (!v) return false;
        rows->v = v;
        rows->cap = cap;
    }
    struct str source = db_column(q, 1);
    struct quarantine_row row = {.id = sqlite3_column_int64(q, 0),
                                 .line = sqlite3_column_int64(q, 2),
                                 .nraw = (size_t)sqlite3_column_bytes(q, 3),
                                 .waiting = (enum waiting)sqlite3_column_int(q, 4)};
    const void *raw = sqlite3_column_blob(q, 3), *file = sqlite3_column_blob(q, 5);
    if (file && sqlite3_column_bytes(q, 5) == (int)sizeof row.file)
        memcpy(row.file, file, sizeof row.file);
    const void *hash = sqlite3_column_blob(q, 6);
    if (hash && sqlite3_column_bytes(q, 6) == (int)sizeof row.hash)
        memcpy(row.hash, hash, sizeof row.hash);
    row.batch = sqlite3_column_int64(q, 7);
    row.source = str_dup(source);
    row.raw = malloc(row.nraw + 1);
    if (!row.source || !row.raw) {
        free(row.source);
        free(row.raw);
        return false;
    }
    if (row.nraw) memcpy(row.raw, raw, row.nraw);
    row.raw[row.nraw] = 0;
    rows->v[rows->n++] = row;
    return true;
}

/* Steps the statement to its end and resets it. */
static enum status collect(struct registry_batch *b, sqlite3_stmt *q,
                           struct quarantine_rows *out, struct err *err) {
    struct quarantine_rows rows = {0};
    bool row = false;
    enum status s;
    while ((s = db_step(&b->r->db, q, &row, err)) == STATUS_OK && row)
        if (!add(&rows, q)) {
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
            break;
        }
    registry_reset(q);
    if (s == STATUS_OK)
        *out = rows;
    else
        quarantine_rows_done(&rows);
    return s;
}

enum status quarantine_waiting(struct registry_batch *b, const char *target,
                               enum waiting kind, int64_t after,
                               struct quarantine_rows *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_WAITING, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(target));
    sqlite3_bind_int(q, 2, (int)kind);
    sqlite3_bind_int64(q, 3, after);
    sqlite3_bind_int64(q, 4,
                       kind == WAITING_STATE ? QUARANTINE_MAX_STATE : QUARANTINE_PAGE);
    return collect(b, q, out, err);
}

enum status quarantine_row_by_id(struct registry_batch *b, int64_t id,
                                 struct quarantine_rows *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_ROW, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    return collect(b, q, out, err);
}

enum status quarantine_settle(struct registry_batch *b, int64_t id,
                              const struct decision *now, struct err *err) {
    bool refused = now->outcome == OUTCOME_REJECTED || now->outcome == OUTCOME_HELD;
    sqlite3_stmt *q =
        registry_sql(b->r, refused ? SQL_QUARANTINE_RECODE : SQL_QUARANTINE_RESOLVE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    if (refused) {
        sqlite3_bind_int(q, 2, (int)now->outcome);
        db_bind(q, 3, str_of(now->why.code));
        db_bind(q, 4, str_of(now->why.field));
        db_bind(q, 5, str_of(now->why.text));
        sqlite3_bind_int(q, 6, now->secret ? WAITING_NOT : (int)now->waiting);
        if (now->target[0] && !now->secret) db_bind(q, 7, str_of(now->target));
        if (now->other) sqlite3_bind_int64(q, 8, now->other);
        sqlite3_bind_int(q, 9, now->secret);
    } else {
        sqlite3_bind_int64(q, 2, b->id);
        sqlite3_bind_int(q, 3, (int)now->outcome);
    }
    return db_run(&b->r->db, q, err);
}

enum status quarantine_any(struct registry_batch *b, bool *any, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_ANY, err);
    if (!q) return STATUS_INTERNAL;
    bool row = false;
    enum status s = db_step(&b->r->db, q, &row, err);
    if (s == STATUS_OK) *any = row && sqlite3_column_int(q, 0) != 0;
    registry_reset(q);
    return s;
}

enum status quarantine_wipe(struct registry_batch *b, const char *target,
                            struct err *err) {
    if (!target[0]) return STATUS_OK;
    sqlite3_stmt *q = registry_sql(b->r, SQL_QUARANTINE_WIPE, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(target));
    return db_run(&b->r->db, q, err);
}

enum status quarantine_forget(struct registry_batch *b, uint32_t key,
                              const struct record *was, const struct identity *id,
                              struct err *err) {
    char target[DECIDE_TARGET];
    decide_name_uid(was->uid, target);
    enum status s = quarantine_wipe(b, target, err);
    if (s == STATUS_OK && was->regno.n) {
        decide_name_regno(was->regno, target);
        s = quarantine_wipe(b, target, err);
    }
    for (size_t i = 0; i < id->nhash && s == STATUS_OK; i++) {
        decide_name_hash(id->hash[i], target);
        s = quarantine_wipe(b, target, err);
    }
    static const enum registry_sql more[] = {SQL_QUARANTINE_WIPE_NUMBERS,
                                             SQL_QUARANTINE_WIPE_OTHER};
    for (size_t i = 0; i < ARRAY_LEN(more) && s == STATUS_OK; i++) {
        sqlite3_stmt *q = registry_sql(b->r, more[i], err);
        if (!q) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, key);
        s = db_run(&b->r->db, q, err);
    }
    return s;
}
