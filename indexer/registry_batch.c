/* Begin, commit and abort of a batch; declared in registry_write.h. */
#include "core/utf8.h"
#include "indexer/conversion_match.h"
#include "indexer/registry_sql.h"
#include "indexer/units.h"

static const char *const key_names[] = {"key_next_0", "key_end_0", "key_next_1",
                                        "key_end_1", "key_block"};

static enum status meta_get(struct registry *r, const char *name, int64_t fallback,
                            int64_t *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_META_GET, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(name));
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK) *out = row ? sqlite3_column_int64(q, 0) : fallback;
    registry_reset(q);
    return s;
}

static enum status meta_put(struct registry *r, const char *name, int64_t v,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_META_PUT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(name));
    sqlite3_bind_int64(q, 2, v);
    return db_run(&r->db, q, err);
}

static enum status load_counters(struct registry_batch *b, struct err *err) {
    static const int64_t start[] = {1, REGISTRY_KEY_BLOCK + 1, REGISTRY_KEY_BLOCK + 1,
                                    2 * REGISTRY_KEY_BLOCK + 1, 2};
    int64_t v[ARRAY_LEN(key_names)] = {0};
    enum status s = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(key_names) && s == STATUS_OK; i++) {
        s = meta_get(b->r, key_names[i], start[i], &v[i], err);
        if (s == STATUS_OK && (v[i] < 0 || v[i] > UINT32_MAX))
            s = err_set(err, STATUS_CORRUPT, NULL, "登记库的编号计数 %s 无效",
                        key_names[i]);
    }
    b->key_next[0] = (uint32_t)v[0];
    b->key_end[0] = (uint32_t)v[1];
    b->key_next[1] = (uint32_t)v[2];
    b->key_end[1] = (uint32_t)v[3];
    b->key_block = (uint32_t)v[4];
    if (s == STATUS_OK) s = meta_get(b->r, "arrival", 1, &b->arrival, err);
    return s;
}

static enum status save_counters(struct registry_batch *b, struct err *err) {
    const int64_t v[] = {b->key_next[0], b->key_end[0], b->key_next[1], b->key_end[1],
                         b->key_block};
    enum status s = meta_put(b->r, "arrival", b->arrival, err);
    for (size_t i = 0; i < ARRAY_LEN(v) && b->keys_used && s == STATUS_OK; i++)
        s = meta_put(b->r, key_names[i], v[i], err);
    return s;
}

/* A name as it is shown: file names are any bytes, and lists of batches are JSON. */
static enum status bind_shown(sqlite3_stmt *q, int at, const char *z, struct err *err) {
    char *copy = strdup(z);
    if (!copy) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    utf8_make_shown(copy);
    sqlite3_bind_text(q, at, copy, -1, free);
    return STATUS_OK;
}

static enum status open_batch(struct registry_batch *b, const struct registry_source *src,
                              struct err *err) {
    struct registry *r = b->r;
    int64_t at = 0;
    enum status s = registry_revision(r, &b->revision, &at, err);
    b->revision++;
    if (s == STATUS_OK) s = load_counters(b, err);
    sqlite3_stmt *q = s == STATUS_OK ? registry_sql(r, SQL_BATCH_SEEN, err) : NULL;
    if (!q) return s == STATUS_OK ? STATUS_INTERNAL : s;
    sqlite3_bind_blob(q, 1, src->hash, sizeof src->hash, SQLITE_STATIC);
    s = db_step(&r->db, q, &b->repeat, err);
    registry_reset(q);
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(r, SQL_BATCH_INSERT, err))) return STATUS_INTERNAL;
    s = bind_shown(q, 1, src->path, err);
    if (s == STATUS_OK) s = bind_shown(q, 4, src->actor, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_blob(q, 2, src->hash, sizeof src->hash, SQLITE_STATIC);
    sqlite3_bind_int64(q, 3, src->bytes);
    sqlite3_bind_int64(q, 5, src->now);
    db_bind(q, 6, str_of(src->kind ? src->kind : "jsonl"));
    db_bind(q, 7, str_of(src->profile ? src->profile : ""));
    db_bind(q, 8, str_of(src->encoding ? src->encoding : "UTF-8"));
    s = db_run(&r->db, q, err);
    b->id = sqlite3_last_insert_rowid(r->db.h);
    return s;
}

enum status registry_batch_begin(struct registry *r, const struct registry_source *src,
                                 struct registry_batch *out, struct err *err) {
    struct registry_batch b = {.r = r, .now = src->now};
    enum status s = aggregate_new(&b.agg, err);
    if (s != STATUS_OK) return s;
    s = db_exec(&r->db, "BEGIN IMMEDIATE", err);
    if (s == STATUS_OK) s = open_batch(&b, src, err);
    if (s == STATUS_OK) s = units_begin(&b, err);
    if (s != STATUS_OK) {
        registry_batch_abort(&b);
        return s;
    }
    *out = b;
    return STATUS_OK;
}

void registry_batch_abort(struct registry_batch *b) {
    aggregate_free(b->agg);
    b->agg = NULL;
    units_reset(b->r->units);
    for (size_t i = 0; i < SQL_COUNT; i++)
        if (b->r->st->q[i]) sqlite3_reset(b->r->st->q[i]);
    if (!sqlite3_get_autocommit(b->r->db.h))
        sqlite3_exec(b->r->db.h, "ROLLBACK", NULL, NULL, NULL);
}

static enum status finish(struct registry_batch *b, const char *counts,
                          const char *command, struct err *err) {
    struct registry *r = b->r;
    sqlite3_stmt *q;
    enum status s = units_settle(b, err);
    if (s == STATUS_OK && b->changed) s = conversion_settle(b, err);
    if (s == STATUS_OK) s = aggregate_flush(b->agg, &r->db, err);
    if (s == STATUS_OK) s = save_counters(b, err);
    if (s == STATUS_OK && b->changed) {
        if (!(q = registry_sql(r, SQL_REVISION_INSERT, err))) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, b->revision);
        sqlite3_bind_int64(q, 2, b->now);
        sqlite3_bind_int64(q, 3, b->id);
        s = db_run(&r->db, q, err);
    }
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(r, SQL_BATCH_FINISH, err))) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, b->id);
    sqlite3_bind_int64(q, 2, b->revision - !b->changed);
    db_bind(q, 3, str_of(counts));
    s = db_run(&r->db, q, err);
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(r, SQL_AUDIT_INSERT, err))) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, b->now);
    db_bind(q, 2, str_of(command));
    sqlite3_bind_int64(q, 3, b->id);
    return db_run(&r->db, q, err);
}

enum status registry_batch_commit(struct registry_batch *b, const char *counts,
                                  const char *command, bool dry, int64_t *revision,
                                  struct err *err) {
    enum status s = finish(b, counts, command, err);
    if (s == STATUS_OK && !dry) s = db_exec(&b->r->db, "COMMIT", err);
    /* secure_delete overwrites the pages; their old images still stand in the WAL. Should
     * this fail, the batch stands all the same and closing the registry does it. */
    if (s == STATUS_OK && !dry && b->erased)
        sqlite3_exec(b->r->db.h, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    if (s == STATUS_OK) *revision = b->revision - !(b->changed && !dry);
    registry_batch_abort(b);
    return s;
}
