#include "indexer/quarantine_list.h"

#include <stdio.h>

#define COLUMNS                                                                          \
    "SELECT q.id, q.batch, q.line, b.at, q.outcome, q.source, q.code, q.field,"          \
    " q.message, q.raw, coalesce(q.target, ''), q.row_hash, coalesce(q.other, 0),"       \
    " coalesce(r.uid, ''), coalesce(r.regno, ''), coalesce(q.resolved_batch, 0),"        \
    " coalesce(q.resolved_outcome, 0) FROM quarantine q"                                 \
    " LEFT JOIN batch b ON b.id = q.batch LEFT JOIN record r ON r.key = q.other"

static void view_of(sqlite3_stmt *q, struct quarantine_view *out) {
    struct quarantine_view v = {.id = sqlite3_column_int64(q, 0),
                                .batch = sqlite3_column_int64(q, 1),
                                .line = sqlite3_column_int64(q, 2),
                                .at = sqlite3_column_int64(q, 3),
                                .outcome = (enum outcome)sqlite3_column_int(q, 4),
                                .source = db_column(q, 5),
                                .code = db_column(q, 6),
                                .field = db_column(q, 7),
                                .message = db_column(q, 8),
                                .kept = sqlite3_column_type(q, 9) != SQLITE_NULL,
                                .target = db_column(q, 10),
                                .other = (uint32_t)sqlite3_column_int64(q, 12),
                                .other_uid = db_column(q, 13),
                                .other_regno = db_column(q, 14),
                                .resolved_batch = sqlite3_column_int64(q, 15),
                                .resolved = (enum outcome)sqlite3_column_int(q, 16)};
    const void *raw = sqlite3_column_blob(q, 9), *hash = sqlite3_column_blob(q, 11);
    if (v.kept) v.raw = str_slice(raw ? raw : "", (size_t)sqlite3_column_bytes(q, 9));
    if (hash && sqlite3_column_bytes(q, 11) == (int)sizeof v.row_hash)
        memcpy(v.row_hash, hash, sizeof v.row_hash);
    for (size_t i = 0; i < sizeof v.row_hash; i++)
        snprintf(v.hash + 2 * i, 3, "%02x", v.row_hash[i]);
    *out = v;
}

static enum status walk(struct registry *r, sqlite3_stmt *q, quarantine_view_fn fn,
                        void *arg, int64_t *n, struct err *err) {
    bool row = false;
    enum status s;
    *n = 0;
    while ((s = db_step(&r->db, q, &row, err)) == STATUS_OK && row) {
        struct quarantine_view v;
        view_of(q, &v);
        s = fn(arg, &v, err);
        if (s != STATUS_OK) break;
        ++*n;
    }
    return s;
}

enum status quarantine_each(struct registry *r, const struct quarantine_filter *filter,
                            quarantine_view_fn fn, void *arg, struct err *err) {
    struct buf sql = buf_init(0);
    sqlite3_stmt *q = NULL;
    int64_t n = 0;
    if (filter->ncodes > QUARANTINE_MAX_CODES)
        return err_set(err, STATUS_USAGE, NULL, "--code 最多给 %d 次",
                       QUARANTINE_MAX_CODES);
    buf_add_z(&sql, COLUMNS " WHERE q.id > ?1");
    if (!filter->closed) buf_add_z(&sql, " AND q.resolved_batch IS NULL");
    if (filter->held_only) buf_add_f(&sql, " AND q.outcome = %d", OUTCOME_HELD);
    for (size_t i = 0; i < filter->ncodes; i++)
        buf_add_f(&sql, "%s?%zu", i ? ", " : " AND q.code IN (", i + 3);
    buf_add_z(&sql,
              filter->ncodes ? ") ORDER BY q.id LIMIT ?2" : " ORDER BY q.id LIMIT ?2");
    enum status s = buf_check(&sql, "查询", err);
    if (s == STATUS_OK) s = db_prepare(&r->db, buf_z(&sql), &q, err);
    if (s == STATUS_OK) {
        sqlite3_bind_int64(q, 1, filter->after);
        sqlite3_bind_int64(q, 2, filter->limit);
        for (size_t i = 0; i < filter->ncodes; i++)
            db_bind(q, (int)i + 3, str_of(filter->codes[i]));
        s = walk(r, q, fn, arg, &n, err);
        sqlite3_finalize(q);
    }
    buf_done(&sql);
    return s;
}

enum status quarantine_one(struct registry *r, int64_t id, quarantine_view_fn fn,
                           void *arg, struct err *err) {
    sqlite3_stmt *q = NULL;
    int64_t n = 0;
    enum status s = db_prepare(&r->db, COLUMNS " WHERE q.id = ?1", &q, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, id);
    s = walk(r, q, fn, arg, &n, err);
    sqlite3_finalize(q);
    if (s == STATUS_OK && n == 0)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "没有编号为 %lld 的待审行",
                    (long long)id);
    return s;
}
