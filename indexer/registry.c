#include "indexer/registry.h"
#include "indexer/registry_schema.h"
#include "indexer/registry_sql.h"
#include "indexer/units.h"

#include <stdlib.h>

/* Reading and deciding touch the B-trees of identity and number at random places; this
 * much cache holds them for a nation's year. */
#define CACHE_PRAGMA "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=8000;"

enum status registry_open(const struct store *s, bool write, struct registry *out,
                          struct err *err) {
    char path[PATH_MAX] = ":memory:";
    enum status st = s ? store_path(s, "registry.db", path, sizeof path, err) : STATUS_OK;
    if (st != STATUS_OK) return st;
    struct registry r = {.st = calloc(1, sizeof *r.st)};
    if (!r.st) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    st = db_open(path, write ? DB_CREATE : DB_READ, true, REGISTRY_APPLICATION_ID, &r.db,
                 err);
    if (st != STATUS_OK) {
        free(r.st);
        return st;
    }
    struct db_migration m[REGISTRY_MIGRATIONS];
    registry_migrations(m);
    if (write)
        st = db_migrate(&r.db, REGISTRY_APPLICATION_ID, m, ARRAY_LEN(m), err);
    else {
        int64_t version = 0;
        st = db_int(&r.db, "PRAGMA user_version", &version, err);
        if (st == STATUS_OK && version != m[ARRAY_LEN(m) - 1].version)
            st = err_set(
                err, STATUS_CORRUPT, NULL,
                "登记库的结构版本是 %lld，本程序需要 %d；请用本程序写入一次使其升级，"
                "或升级程序",
                (long long)version, m[ARRAY_LEN(m) - 1].version);
    }
    if (st == STATUS_OK) st = db_exec(&r.db, CACHE_PRAGMA, err);
    if (st != STATUS_OK) {
        db_close(&r.db);
        free(r.st);
        return st;
    }
    r.units = units_new(&r.db);
    if (!r.units) {
        db_close(&r.db);
        free(r.st);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    *out = r;
    return STATUS_OK;
}

void registry_close(struct registry *r) {
    units_free(r->units);
    r->units = NULL;
    if (r->st)
        for (size_t i = 0; i < SQL_COUNT; i++) sqlite3_finalize(r->st->q[i]);
    free(r->st);
    r->st = NULL;
    db_close(&r->db);
}

enum status registry_revision(struct registry *r, int64_t *revision, int64_t *at,
                              struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_REVISION, err);
    bool row = false;
    enum status s = q ? db_step(&r->db, q, &row, err) : STATUS_INTERNAL;
    if (s == STATUS_OK) {
        *revision = row ? sqlite3_column_int64(q, 0) : 0;
        *at = row ? sqlite3_column_int64(q, 1) : 0;
    }
    if (q) registry_reset(q);
    return s;
}

void registry_row_done(struct registry_row *row) {
    record_done(&row->record);
}

/* Columns json, was_public, lost_at from `at` on. */
static enum status row_of(struct registry *r, sqlite3_stmt *q, int at, uint32_t key,
                          struct registry_row *out, struct err *err) {
    struct registry_row row = {.key = key, .text = db_column(q, at)};
    enum status s = record_from_text(row.text, &row.record, err);
    if (s == STATUS_OK) {
        s = units_count(r->units, &row.record, err);
        if (s != STATUS_OK) record_done(&row.record);
    }
    if (s != STATUS_OK) {
        err_prefix(err, "登记库中第 %u 号记录", key);
        return s;
    }
    row.was_public = sqlite3_column_int(q, at + 1) != 0;
    row.lost_at = sqlite3_column_int64(q, at + 2);
    *out = row;
    return STATUS_OK;
}

enum status registry_load(struct registry *r, uint32_t key, struct registry_row *out,
                          struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_LOAD, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "登记库中没有第 %u 号记录", key);
    if (s == STATUS_OK) s = row_of(r, q, 0, key, out, err);
    if (s == STATUS_OK) out->text = str_slice(NULL, 0); /* goes with the statement */
    registry_reset(q);
    return s;
}

static enum status find_by(struct registry *r, enum registry_sql which, struct str id,
                           uint32_t *key, bool *found, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, which, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, id);
    enum status s = db_step(&r->db, q, found, err);
    if (s == STATUS_OK && *found) *key = (uint32_t)sqlite3_column_int64(q, 0);
    registry_reset(q);
    return s;
}

enum status registry_find(struct registry *r, struct str id, uint32_t *key,
                          struct err *err) {
    bool found = false;
    enum status s = find_by(r, SQL_BY_UID, id, key, &found, err);
    if (s == STATUS_OK && !found) s = find_by(r, SQL_BY_NUMBER, id, key, &found, err);
    if (s == STATUS_OK && !found)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "没有登记号或 uid 为 %.*s 的记录",
                    (int)(id.n < 80 ? id.n : 80), id.n ? id.p : "");
    return s;
}

enum status registry_each(struct registry *r, uint32_t from, uint32_t to,
                          registry_row_fn fn, void *arg, struct err *err) {
    /* Its own statement: the callback may use the registry, even walk it again. */
    sqlite3_stmt *q = registry_sql(r, SQL_RANGE, err);
    if (!q) return STATUS_INTERNAL;
    r->st->q[SQL_RANGE] = NULL;
    sqlite3_bind_int64(q, 1, from);
    sqlite3_bind_int64(q, 2, to);
    enum status s;
    for (;;) {
        bool more = false;
        s = db_step(&r->db, q, &more, err);
        if (s != STATUS_OK || !more) break;
        struct registry_row row;
        s = row_of(r, q, 1, (uint32_t)sqlite3_column_int64(q, 0), &row, err);
        if (s != STATUS_OK) break;
        s = fn(arg, &row, err);
        registry_row_done(&row);
        if (s != STATUS_OK) break;
    }
    sqlite3_finalize(q);
    return s;
}

enum status registry_extent(struct registry *r, uint32_t *end, uint32_t *count,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_EXTENT, err);
    bool row = false;
    enum status s = q ? db_step(&r->db, q, &row, err) : STATUS_INTERNAL;
    if (s == STATUS_OK) {
        *end = (uint32_t)sqlite3_column_int64(q, 0);
        *count = (uint32_t)sqlite3_column_int64(q, 1);
    }
    if (q) registry_reset(q);
    return s;
}

enum status registry_changes(struct registry *r, int64_t since, int64_t upto,
                             registry_change_fn fn, void *arg, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_CHANGES, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, since);
    sqlite3_bind_int64(q, 2, upto);
    enum status s;
    bool more = false;
    while ((s = db_step(&r->db, q, &more, err)) == STATUS_OK && more) {
        s = fn(arg, (uint32_t)sqlite3_column_int64(q, 0), sqlite3_column_int(q, 1) != 0,
               err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}

enum status registry_change_count(struct registry *r, int64_t since, int64_t *n,
                                  struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_CHANGE_COUNT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, since);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK) *n = sqlite3_column_int64(q, 0);
    registry_reset(q);
    return s;
}

enum status registry_losses(struct registry *r, registry_loss_fn fn, void *arg,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_LOSSES, err);
    if (!q) return STATUS_INTERNAL;
    enum status s;
    bool more = false;
    while ((s = db_step(&r->db, q, &more, err)) == STATUS_OK && more) {
        struct registry_loss loss = {db_column(q, 0), db_column(q, 1),
                                     sqlite3_column_int64(q, 2), db_column(q, 3)};
        s = fn(arg, &loss, err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}
