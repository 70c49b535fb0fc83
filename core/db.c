#include "core/db.h"

#include <stdio.h>
#include <sys/stat.h>

#define BUSY_TIMEOUT_MS 5000

enum status db_error(struct db *db, struct err *err) {
    int rc = db->h ? sqlite3_errcode(db->h) : SQLITE_NOMEM;
    const char *msg = db->h ? sqlite3_errmsg(db->h) : "out of memory";
    enum status s = STATUS_IO;
    switch (rc & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            s = STATUS_BUSY;
            break;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            s = STATUS_CORRUPT;
            break;
        case SQLITE_CONSTRAINT:
            s = STATUS_CONFLICT;
            break;
        case SQLITE_NOMEM:
            s = STATUS_NOMEM;
            break;
        case SQLITE_TOOBIG:
            s = STATUS_LIMIT;
            break;
        case SQLITE_MISUSE:
        case SQLITE_RANGE:
        case SQLITE_ERROR:
            s = STATUS_INTERNAL;
            break;
        default:
            break;
    }
    err_set(err, s, NULL, "SQLite: %s", msg);
    err_place(err, db->path, 0, NULL);
    return s;
}

enum status db_exec(struct db *db, const char *sql, struct err *err) {
    if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK) return db_error(db, err);
    return STATUS_OK;
}

enum status db_prepare(struct db *db, const char *sql, sqlite3_stmt **out,
                       struct err *err) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) !=
        SQLITE_OK)
        return db_error(db, err);
    *out = st;
    return STATUS_OK;
}

enum status db_step(struct db *db, sqlite3_stmt *st, bool *row, struct err *err) {
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
        *row = rc == SQLITE_ROW;
        return STATUS_OK;
    }
    return db_error(db, err);
}

enum status db_run(struct db *db, sqlite3_stmt *st, struct err *err) {
    bool row = false;
    enum status s = db_step(db, st, &row, err);
    if (s == STATUS_OK && row)
        s = err_set(err, STATUS_INTERNAL, NULL, "statement gave a row: %s",
                    sqlite3_sql(st));
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return s;
}

enum status db_int(struct db *db, const char *sql, int64_t *out, struct err *err) {
    sqlite3_stmt *st = NULL;
    enum status s = db_prepare(db, sql, &st, err);
    if (s != STATUS_OK) return s;
    bool row = false;
    s = db_step(db, st, &row, err);
    if (s == STATUS_OK) *out = row ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return s;
}

struct str db_column(sqlite3_stmt *st, int i) {
    const char *p = (const char *)sqlite3_column_text(st, i);
    return str_slice(p, p ? (size_t)sqlite3_column_bytes(st, i) : 0);
}

void db_bind(sqlite3_stmt *st, int i, struct str s) {
    /* An empty slice may have no address; it is still text, not NULL. */
    sqlite3_bind_text64(st, i, s.p ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static enum status check_file(const char *path, enum db_mode mode, struct err *err) {
    struct stat st;
    if (stat(path, &st) != 0) {
        if (mode == DB_CREATE) return STATUS_OK;
        err_set(err, STATUS_NOT_FOUND, NULL, "数据库不存在");
        err_place(err, path, 0, NULL);
        return STATUS_NOT_FOUND;
    }
    if (!S_ISREG(st.st_mode)) {
        err_set(err, STATUS_CORRUPT, NULL, "不是普通文件，不能作为数据库打开");
        err_place(err, path, 0, NULL);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

static enum status check_application(struct db *db, int32_t application_id,
                                     struct err *err) {
    int64_t id = 0, tables = 0;
    enum status s = db_int(db, "PRAGMA application_id", &id, err);
    if (s == STATUS_OK)
        s = db_int(db, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (s != STATUS_OK) return s;
    if (id == application_id || (id == 0 && tables == 0)) return STATUS_OK;
    err_set(err, STATUS_CORRUPT, NULL,
            "这是别的程序的数据库（application_id %lld），不会改动它；请换一个目录",
            (long long)id);
    err_place(err, db->path, 0, NULL);
    return STATUS_CORRUPT;
}

enum status db_open(const char *path, enum db_mode mode, bool wal, int32_t application_id,
                    struct db *out, struct err *err) {
    enum status s = check_file(path, mode, err);
    if (s != STATUS_OK) return s;
    struct db db = {NULL, ""};
    snprintf(db.path, sizeof db.path, "%s", path);
    int flags = SQLITE_OPEN_NOMUTEX |
                (mode == DB_READ     ? SQLITE_OPEN_READONLY
                 : mode == DB_CREATE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                     : SQLITE_OPEN_READWRITE);
    if (sqlite3_open_v2(path, &db.h, flags, NULL) != SQLITE_OK) {
        s = db_error(&db, err);
        db_close(&db);
        return s;
    }
    sqlite3_extended_result_codes(db.h, 1);
    sqlite3_busy_timeout(db.h, BUSY_TIMEOUT_MS);
    /* A hostile or damaged file must not run code or corrupt memory through its schema.
     */
    sqlite3_db_config(db.h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db.h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    s = check_application(&db, application_id, err);
    if (s == STATUS_OK && mode != DB_READ)
        s = db_exec(&db,
                    wal ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                          "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
                        : "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"
                          "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
                    err);
    if (s == STATUS_OK && mode == DB_READ) s = db_exec(&db, "PRAGMA query_only=ON", err);
    if (s != STATUS_OK) {
        db_close(&db);
        return s;
    }
    *out = db;
    return STATUS_OK;
}

void db_close(struct db *db) {
    if (db->h) sqlite3_close_v2(db->h);
    db->h = NULL;
}

enum status db_migrate(struct db *db, int32_t application_id,
                       const struct db_migration *m, size_t n, struct err *err) {
    int64_t version = 0;
    enum status s = db_int(db, "PRAGMA user_version", &version, err);
    if (s != STATUS_OK) return s;
    if (n > 0 && version > m[n - 1].version) {
        err_set(
            err, STATUS_CORRUPT, NULL,
            "数据库由更新版本的程序写成（结构版本 %lld，本程序只认识到 %d）；请升级程序",
            (long long)version, m[n - 1].version);
        err_place(err, db->path, 0, NULL);
        return STATUS_CORRUPT;
    }
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        if (m[i].version <= version) continue;
        char pragma[96];
        snprintf(pragma, sizeof pragma,
                 "PRAGMA application_id=%d; PRAGMA user_version=%d;", (int)application_id,
                 m[i].version);
        s = db_exec(db, "BEGIN IMMEDIATE", err);
        if (s == STATUS_OK) s = db_exec(db, m[i].sql, err);
        if (s == STATUS_OK) s = db_exec(db, pragma, err);
        if (s == STATUS_OK) s = db_exec(db, "COMMIT", err);
        if (s != STATUS_OK) sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
    }
    return s;
}
