#include "indexer/audit.h"

enum status audit_each(struct registry *r, int64_t limit, audit_fn fn, void *arg,
                       struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(
        &r->db,
        "SELECT a.id, a.at, a.actor, a.command, a.detail, coalesce(a.batch, 0),"
        " coalesce(v.n, 0) FROM audit a LEFT JOIN revision v ON v.batch = a.batch"
        " AND a.batch IS NOT NULL ORDER BY a.id DESC LIMIT ?1",
        &q, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, limit);
    bool more = false;
    while ((s = db_step(&r->db, q, &more, err)) == STATUS_OK && more) {
        const struct audit_row row = {.id = sqlite3_column_int64(q, 0),
                                      .at = sqlite3_column_int64(q, 1),
                                      .actor = db_column(q, 2),
                                      .command = db_column(q, 3),
                                      .detail = db_column(q, 4),
                                      .batch = sqlite3_column_int64(q, 5),
                                      .revision = sqlite3_column_int64(q, 6)};
        s = fn(arg, &row, err);
        if (s != STATUS_OK) break;
    }
    sqlite3_finalize(q);
    return s;
}

enum status audit_note(struct registry *r, int64_t now, const char *actor,
                       const char *command, const char *detail, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(
        &r->db, "INSERT INTO audit(at, actor, command, detail) VALUES(?1, ?2, ?3, ?4)",
        &q, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, now);
    db_bind(q, 2, str_of(actor ? actor : ""));
    db_bind(q, 3, str_of(command));
    db_bind(q, 4, str_of(detail ? detail : ""));
    s = db_run(&r->db, q, err);
    sqlite3_finalize(q);
    return s;
}
