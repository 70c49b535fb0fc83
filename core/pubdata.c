#include "core/pubdata.h"

#include <limits.h>
#include <stdio.h>

static const char schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE loss(regno TEXT PRIMARY KEY, to_regno TEXT NOT NULL,"
    " reason TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX loss_at ON loss(at);"
    "CREATE TABLE private(key INTEGER PRIMARY KEY, json TEXT NOT NULL);";

static enum status file_of(const char *set_dir, char *out, size_t size, struct err *err) {
    int n = snprintf(out, size, "%s/" PUBDATA_FILE, set_dir);
    if (n < 0 || (size_t)n >= size)
        return err_set(err, STATUS_LIMIT, "limit", "路径太长：%s", set_dir);
    return STATUS_OK;
}

enum status pubdata_open(const char *set_dir, struct db *out, struct err *err) {
    char path[PATH_MAX];
    enum status s = file_of(set_dir, path, sizeof path, err);
    if (s != STATUS_OK) return s;
    return db_open(path, DB_READ, false, PUBDATA_APPLICATION_ID, out, err);
}

enum status pubdata_create(const char *set_dir, const char *aggregates, struct db *out,
                           struct err *err) {
    char path[PATH_MAX];
    enum status s = file_of(set_dir, path, sizeof path, err);
    if (s != STATUS_OK) return s;
    struct db db;
    s = db_open(path, DB_CREATE, false, PUBDATA_APPLICATION_ID, &db, err);
    if (s != STATUS_OK) return s;
    struct buf sql = buf_init(1 << 20);
    buf_add_z(&sql, schema);
    buf_add_z(&sql, aggregates);
    s = buf_check(&sql, "schema", err);
    if (s == STATUS_OK) {
        struct db_migration m = {1, buf_z(&sql)};
        s = db_migrate(&db, PUBDATA_APPLICATION_ID, &m, 1, err);
    }
    buf_done(&sql);
    if (s != STATUS_OK) {
        db_close(&db);
        return s;
    }
    *out = db;
    return STATUS_OK;
}

enum status pubdata_revision(struct db *db, int64_t *seq, char as_of[32],
                             struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum status s = db_prepare(db,
                               "SELECT (SELECT value FROM meta WHERE key='seq'),"
                               " (SELECT value FROM meta WHERE key='as_of')",
                               &st, err);
    if (s == STATUS_OK) s = db_step(db, st, &row, err);
    if (s == STATUS_OK) {
        *seq = row ? sqlite3_column_int64(st, 0) : 0;
        struct str at = db_column(st, 1);
        snprintf(as_of, 32, "%.*s", (int)at.n, at.n ? at.p : "");
    }
    sqlite3_finalize(st);
    return s;
}

/* One statement with up to four bound values; a NULL text is not bound. */
static enum status run(struct db *db, const char *sql, const struct str *text, size_t n,
                       int64_t number, struct err *err) {
    sqlite3_stmt *st = NULL;
    enum status s = db_prepare(db, sql, &st, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < n; i++) db_bind(st, (int)i + 1, text[i]);
    if (sqlite3_bind_parameter_count(st) > (int)n)
        sqlite3_bind_int64(st, (int)n + 1, number);
    s = db_run(db, st, err);
    sqlite3_finalize(st);
    return s;
}

enum status pubdata_set_revision(struct db *db, int64_t seq, const char *as_of,
                                 struct err *err) {
    struct str at = str_of(as_of);
    enum status s =
        run(db, "INSERT OR REPLACE INTO meta VALUES('as_of', ?)", &at, 1, 0, err);
    if (s == STATUS_OK)
        s = run(db, "INSERT OR REPLACE INTO meta VALUES('seq', ?)", NULL, 0, seq, err);
    return s;
}

enum status pubdata_loss_of(struct db *db, struct str regno, struct pubdata_loss *out,
                            struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum status s =
        db_prepare(db, "SELECT to_regno, reason, at FROM loss WHERE regno=?", &st, err);
    if (s != STATUS_OK) return s;
    db_bind(st, 1, regno);
    s = db_step(db, st, &row, err);
    if (s == STATUS_OK && row) {
        struct str to = db_column(st, 0), reason = db_column(st, 1);
        snprintf(out->to_regno, sizeof out->to_regno, "%.*s", (int)to.n,
                 to.n ? to.p : "");
        snprintf(out->reason, sizeof out->reason, "%.*s", (int)reason.n,
                 reason.n ? reason.p : "");
        out->at = sqlite3_column_int64(st, 2);
    } else if (s == STATUS_OK) {
        s = err_set(err, STATUS_NOT_FOUND, "not_found", "没有这个登记号");
    }
    sqlite3_finalize(st);
    return s;
}

enum status pubdata_losses(struct db *db, int64_t limit, pubdata_loss_fn fn, void *arg,
                           int64_t *total, struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum status s =
        db_int(db, "SELECT count(*) FROM loss WHERE to_regno = ''", total, err);
    if (s == STATUS_OK)
        s = db_prepare(db,
                       "SELECT regno, reason, at FROM loss WHERE to_regno = ''"
                       " ORDER BY at DESC, regno LIMIT ?",
                       &st, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(st, 1, limit);
    while ((s = db_step(db, st, &row, err)) == STATUS_OK && row) {
        s = fn(arg, db_column(st, 0), db_column(st, 1), sqlite3_column_int64(st, 2), err);
        if (s != STATUS_OK) break;
    }
    sqlite3_finalize(st);
    return s;
}

enum status pubdata_private(struct db *db, uint32_t key, struct buf *out,
                            struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum status s = db_prepare(db, "SELECT json FROM private WHERE key=?", &st, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(st, 1, key);
    s = db_step(db, st, &row, err);
    if (s == STATUS_OK && row) {
        buf_add_str(out, db_column(st, 0));
        s = buf_check(out, "record", err);
    } else if (s == STATUS_OK) {
        s = err_set(err, STATUS_NOT_FOUND, "not_found", "没有这条记录");
    }
    sqlite3_finalize(st);
    return s;
}

enum status pubdata_clear_losses(struct db *db, struct err *err) {
    return db_exec(db, "DELETE FROM loss", err);
}

enum status pubdata_add_loss(struct db *db, struct str regno, struct str to_regno,
                             struct str reason, int64_t at, struct err *err) {
    struct str text[] = {regno, to_regno, reason};
    return run(db, "INSERT OR REPLACE INTO loss VALUES(?, ?, ?, ?)", text, 3, at, err);
}

enum status pubdata_set_private(struct db *db, uint32_t key, struct str json,
                                struct err *err) {
    if (json.n == 0) return run(db, "DELETE FROM private WHERE key=?", NULL, 0, key, err);
    return run(db, "INSERT OR REPLACE INTO private(json, key) VALUES(?, ?)", &json, 1,
               key, err);
}
