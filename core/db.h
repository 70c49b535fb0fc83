/* db.h - SQLite opened one way, with migrations, prepared statements and plain errors.
 *
 * Threads: a struct db belongs to one thread.
 * Not: knows no table; each schema is a list of migrations that its owner passes in.
 */
#ifndef CORE_DB_H
#define CORE_DB_H

#include "core/str.h"

#include <sqlite3.h>

C_API_BEGIN

struct db {
    sqlite3 *h;
    char path[512]; /* for messages */
};

enum db_mode {
    DB_READ,  /* must exist; query_only */
    DB_WRITE, /* must exist */
    DB_CREATE /* created when missing */
};

struct db_migration {
    int version;     /* 1, 2, … ; PRAGMA user_version after it ran */
    const char *sql; /* several statements */
};

/* Opens with foreign keys, secure_delete, busy_timeout 5 s; wal: WAL and synchronous=FULL
 * (registry.db), else rollback journal (data.db, so that one file can be shipped).
 * application_id guards against foreign files: 0 on a new file, set by db_migrate.
 * STATUS_NOT_FOUND, STATUS_CORRUPT (not SQLite, or another application's), STATUS_IO. */
MUST_CHECK enum status db_open(const char *path, enum db_mode mode, bool wal,
                               int32_t application_id, struct db *out, struct err *err);
void db_close(struct db *db);
/* Brings the schema to the newest version, each step in its own transaction. A version
 * above the newest known one (written by a newer program) is STATUS_CORRUPT and says so.
 */
MUST_CHECK enum status db_migrate(struct db *db, int32_t application_id,
                                  const struct db_migration *m, size_t n,
                                  struct err *err);
/* Runs statements without results. */
MUST_CHECK enum status db_exec(struct db *db, const char *sql, struct err *err);
MUST_CHECK enum status db_prepare(struct db *db, const char *sql, sqlite3_stmt **out,
                                  struct err *err);
/* Steps: *row says whether a row is there. SQLITE_BUSY is STATUS_BUSY, SQLITE_CORRUPT and
 * SQLITE_NOTADB are STATUS_CORRUPT, SQLITE_FULL is STATUS_IO, constraint STATUS_CONFLICT.
 */
MUST_CHECK enum status db_step(struct db *db, sqlite3_stmt *st, bool *row,
                               struct err *err);
/* Steps a statement that must give no row, then resets it and clears its bindings. */
MUST_CHECK enum status db_run(struct db *db, sqlite3_stmt *st, struct err *err);
/* One integer of a query without parameters (0 when it is NULL or there is no row). */
MUST_CHECK enum status db_int(struct db *db, const char *sql, int64_t *out,
                              struct err *err);
/* Column as a slice, valid until the next step. NULL gives an empty slice. */
struct str db_column(sqlite3_stmt *st, int i);
/* Binds a slice as text (static: not copied; it must live until the step). */
void db_bind(sqlite3_stmt *st, int i, struct str s);
/* Maps the connection's last error to err. */
enum status db_error(struct db *db, struct err *err);

C_API_END
#endif
