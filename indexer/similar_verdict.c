#include "indexer/similar_verdict.h"
#include "indexer/registry_sql.h"

#include <stdio.h>

/* Stands in `other` for a row with a classification marking. */
#define MARKING "H_MARKING"

#define ROW_NAME 40
/* "h:" and the 32 hexadecimal digits of a row's xxh128. */
static void row_name(const unsigned char hash[16], char out[ROW_NAME]) {
    snprintf(out, ROW_NAME, "h:");
    for (size_t i = 0; i < 16; i++) snprintf(out + 2 + 2 * i, 3, "%02x", hash[i]);
}

enum status verdict_of(struct registry *r, struct str mine, struct str other,
                       enum verdict *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_VERDICT_GET, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, mine);
    db_bind(q, 2, other);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK)
        *out = !row                       ? VERDICT_NONE
               : sqlite3_column_int(q, 0) ? VERDICT_SAME
                                          : VERDICT_DIFFERENT;
    registry_reset(q);
    return s;
}

enum status verdict_same_as(struct registry *r, struct str mine, uint32_t *key,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_VERDICT_SAME, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, mine);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK) *key = row ? (uint32_t)sqlite3_column_int64(q, 0) : 0;
    registry_reset(q);
    return s;
}

enum status verdict_of_row(struct registry *r, const unsigned char hash[16],
                           enum verdict *out, struct err *err) {
    char name[ROW_NAME];
    row_name(hash, name);
    return verdict_of(r, str_of(name), str_of(MARKING), out, err);
}

static enum status drop(struct registry_batch *b, struct str mine, struct str other,
                        struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_VERDICT_DROP, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, mine);
    db_bind(q, 2, other);
    return db_run(&b->r->db, q, err);
}

enum status verdict_put(struct registry_batch *b, struct str mine, struct str other,
                        enum verdict v, const struct verdict_by *by, struct err *err) {
    enum status s = drop(b, mine, other, err);
    if (s == STATUS_OK) s = drop(b, other, mine, err);
    if (s != STATUS_OK || v == VERDICT_NONE) return s;
    sqlite3_stmt *q = registry_sql(b->r, SQL_VERDICT_PUT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, mine);
    db_bind(q, 2, other);
    sqlite3_bind_int(q, 3, v == VERDICT_SAME);
    sqlite3_bind_int64(q, 4, b->now);
    db_bind(q, 5, by->actor);
    db_bind(q, 6, by->note.n ? by->note : str_of(""));
    return db_run(&b->r->db, q, err);
}

enum status verdict_put_row(struct registry_batch *b, const unsigned char hash[16],
                            enum verdict v, const struct verdict_by *by,
                            struct err *err) {
    char name[ROW_NAME];
    row_name(hash, name);
    return verdict_put(b, str_of(name), str_of(MARKING), v, by, err);
}

enum status verdict_forget(struct registry_batch *b, struct str uid, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_VERDICT_FORGET, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, uid);
    return db_run(&b->r->db, q, err);
}
