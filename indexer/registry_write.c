#include "indexer/registry_write.h"
#include "indexer/registry_sql.h"

#include <stdio.h>
#include <stdlib.h>

void registry_head_done(struct registry_head *h) {
    free(h->uid);
    free(h->regno);
    h->uid = h->regno = NULL;
}

enum status registry_head_load(struct registry *r, uint32_t key,
                               struct registry_head *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_HEAD, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "登记库中没有第 %u 号记录", key);
    if (s == STATUS_OK) {
        struct registry_head h = {.uid = str_dup(db_column(q, 0)),
                                  .regno = str_dup(db_column(q, 1)),
                                  .state = (enum life_state)sqlite3_column_int(q, 2),
                                  .registered = sqlite3_column_int(q, 3) != 0,
                                  .visible = sqlite3_column_int(q, 4) != 0,
                                  .was_public = sqlite3_column_int(q, 5) != 0,
                                  .lost_at = sqlite3_column_int64(q, 6),
                                  .rev = sqlite3_column_int64(q, 7),
                                  .updated_at = sqlite3_column_int64(q, 8),
                                  .event_at = sqlite3_column_int64(q, 9),
                                  .explicit_at = sqlite3_column_int64(q, 10),
                                  .line_hash = sqlite3_column_int64(q, 11)};
        if ((unsigned)h.state >= LIFE_COUNT)
            s = err_set(err, STATUS_CORRUPT, NULL, "登记库第 %u 号记录的状态无效", key);
        else if (!h.uid || !h.regno)
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
        if (s == STATUS_OK)
            *out = h;
        else
            registry_head_done(&h);
    }
    registry_reset(q);
    return s;
}

enum status registry_key_of_uid(struct registry *r, struct str uid, uint32_t *key,
                                struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_KEY_OF_UID, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, uid);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK) *key = row ? (uint32_t)sqlite3_column_int64(q, 0) : 0;
    registry_reset(q);
    return s;
}

enum status registry_holder_of(struct registry *r, struct str regno,
                               struct registry_holder *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_HOLDERS, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, regno);
    bool row = false;
    enum status s = db_step(&r->db, q, &row, err);
    if (s == STATUS_OK) {
        struct registry_holder h = {0};
        if (row) {
            h.key = (uint32_t)sqlite3_column_int64(q, 0);
            h.current = sqlite3_column_int(q, 1) != 0;
            h.registered = h.current && sqlite3_column_int(q, 2) != 0;
            h.live = h.current && sqlite3_column_int(q, 3) != 0;
        }
        *out = h;
    }
    registry_reset(q);
    return s;
}

enum status registry_rival(struct registry *r, struct str regno, uint32_t self,
                           uint32_t *key, struct err *err) {
    sqlite3_stmt *q = registry_sql(r, SQL_HOLDERS, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, regno);
    uint32_t found = 0;
    bool row = false;
    enum status s;
    while ((s = db_step(&r->db, q, &row, err)) == STATUS_OK && row) {
        uint32_t k = (uint32_t)sqlite3_column_int64(q, 0);
        /* Registered holders come first: behind them there is no rival any more. */
        if (!sqlite3_column_int(q, 1) || !sqlite3_column_int(q, 2)) break;
        if (k != self) {
            found = k;
            break;
        }
    }
    if (s == STATUS_OK) *key = found;
    registry_reset(q);
    return s;
}

enum status registry_key_new(struct registry_batch *b, int cls, uint32_t *key,
                             struct err *err) {
    if (b->key_next[cls] == b->key_end[cls]) {
        if (b->key_block > UINT32_MAX / REGISTRY_KEY_BLOCK - 2)
            return err_set(err, STATUS_LIMIT, "limit", "登记库的编号已用尽");
        b->key_next[cls] = b->key_block * REGISTRY_KEY_BLOCK + 1;
        b->key_end[cls] = b->key_next[cls] + REGISTRY_KEY_BLOCK;
        b->key_block++;
    }
    *key = b->key_next[cls]++;
    b->keys_used = true;
    return STATUS_OK;
}

static enum status put_head(struct registry_batch *b, uint32_t key,
                            const struct registry_head *h, bool insert, bool line,
                            struct err *err) {
    sqlite3_stmt *q =
        registry_sql(b->r, insert ? SQL_RECORD_INSERT : SQL_RECORD_UPDATE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    db_bind(q, 2, str_of(h->uid));
    db_bind(q, 3, str_of(h->regno));
    sqlite3_bind_int(q, 4, (int)h->state);
    sqlite3_bind_int(q, 5, h->registered);
    sqlite3_bind_int(q, 6, h->visible);
    sqlite3_bind_int(q, 7, h->was_public);
    sqlite3_bind_int64(q, 8, h->lost_at);
    sqlite3_bind_int64(q, 9, h->rev);
    sqlite3_bind_int64(q, 10, h->updated_at);
    sqlite3_bind_int64(q, 11, h->event_at);
    sqlite3_bind_int64(q, 12, h->explicit_at);
    sqlite3_bind_int64(q, 13, h->line_hash);
    sqlite3_bind_int64(q, 14, b->id);
    sqlite3_bind_int64(q, 15, b->row_batch);
    if (!insert) sqlite3_bind_int(q, 16, line);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_head(struct registry_batch *b, uint32_t key,
                              const struct registry_head *h, struct err *err) {
    return put_head(b, key, h, false, false, err);
}

enum status registry_put(struct registry_batch *b, uint32_t key,
                         const struct registry_head *h, struct str json, bool insert,
                         bool keep, struct err *err) {
    sqlite3_stmt *q;
    enum status s = STATUS_OK;
    if (keep) {
        if (!(q = registry_sql(b->r, SQL_HISTORY_INSERT, err))) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, key);
        s = db_run(&b->r->db, q, err);
    }
    if (s == STATUS_OK) s = put_head(b, key, h, insert, keep, err);
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(b->r, insert ? SQL_TEXT_INSERT : SQL_TEXT_UPDATE, err)))
        return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    db_bind(q, 2, json);
    return db_run(&b->r->db, q, err);
}

static void bind_or_null(sqlite3_stmt *q, int i, struct str s) {
    if (s.n)
        db_bind(q, i, s);
    else
        sqlite3_bind_null(q, i);
}

enum status registry_put_event(struct registry_batch *b, uint32_t key,
                               const struct life_event *ev, struct str actor,
                               struct str opinion, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_EVENT_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, ev->at);
    sqlite3_bind_int64(q, 3, b->arrival++);
    sqlite3_bind_int(q, 4, (int)ev->to);
    sqlite3_bind_int(q, 5, (int)ev->kind);
    sqlite3_bind_int64(q, 6, b->id);
    bind_or_null(q, 7, actor);
    bind_or_null(q, 8, opinion);
    sqlite3_bind_int64(q, 9, b->row_batch);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_own(struct registry_batch *b, uint32_t key, int64_t line_hash,
                             struct str state, struct str consent, struct str publicity,
                             struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_OWN_PUT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, line_hash);
    bind_or_null(q, 3, state);
    bind_or_null(q, 4, consent);
    bind_or_null(q, 5, publicity);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_again(struct registry_batch *b, enum again kind, int64_t key,
                               int64_t n, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_AGAIN_PUT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int(q, 1, (int)kind);
    sqlite3_bind_int64(q, 2, key);
    sqlite3_bind_int64(q, 3, n);
    sqlite3_bind_int64(q, 4, b->row_batch ? b->row_batch : b->id);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_again_line(struct registry_batch *b, uint32_t key,
                                    int64_t line_hash, int64_t updated_at,
                                    struct err *err) {
    enum status s = registry_put_again(b, AGAIN_LINE, key, line_hash, err);
    sqlite3_stmt *q = s == STATUS_OK ? registry_sql(b->r, SQL_AGAIN_IMPLIED, err) : NULL;
    if (!q) return s == STATUS_OK ? STATUS_INTERNAL : s;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, updated_at);
    sqlite3_bind_int64(q, 3, b->row_batch ? b->row_batch : b->id);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_number(struct registry_batch *b, struct str regno, uint32_t key,
                                int64_t former_at, struct err *err) {
    if (!regno.n) return STATUS_OK;
    sqlite3_stmt *q = registry_sql(b->r, SQL_NUMBER_PUT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, regno);
    sqlite3_bind_int64(q, 2, key);
    sqlite3_bind_int64(q, 3, former_at);
    return db_run(&b->r->db, q, err);
}

enum status registry_put_identity(struct registry_batch *b, uint32_t key,
                                  const int64_t *hash, size_t n, bool clear,
                                  struct err *err) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        sqlite3_stmt *q =
            registry_sql(b->r, clear ? SQL_IDENTITY_CLEAR : SQL_IDENTITY_INSERT, err);
        if (!q) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, hash[i]);
        sqlite3_bind_int64(q, 2, key);
        s = db_run(&b->r->db, q, err);
    }
    return s;
}

enum status registry_touch(struct registry_batch *b, uint32_t key, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_CHANGE_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, b->revision);
    sqlite3_bind_int64(q, 2, key);
    b->changed = true;
    return db_run(&b->r->db, q, err);
}

static enum status loss_drop(struct registry_batch *b, const char *regno, uint32_t own,
                             struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, own ? SQL_LOSS_DROP_OWN : SQL_LOSS_DROP, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(regno));
    if (own) sqlite3_bind_int64(q, 2, own);
    return db_run(&b->r->db, q, err);
}

static enum status loss_put(struct registry_batch *b, struct str regno, uint32_t key,
                            int64_t at, const char *reason, struct err *err) {
    if (!regno.n) return STATUS_OK;
    sqlite3_stmt *q = registry_sql(b->r, SQL_LOSS_PUT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, regno);
    sqlite3_bind_int64(q, 2, key);
    sqlite3_bind_int64(q, 3, at);
    db_bind(q, 4, str_of(reason));
    return db_run(&b->r->db, q, err);
}

enum status registry_settle_loss(struct registry_batch *b, uint32_t key,
                                 const struct registry_head *before,
                                 const struct registry_head *h, const char *reason,
                                 struct err *err) {
    enum status s = STATUS_OK;
    if (before && before->was_public && before->regno[0] &&
        strcmp(before->regno, h->regno) != 0)
        s = loss_drop(b, before->regno, key, err);
    if (s != STATUS_OK || !h->regno[0]) return s;
    if (h->visible) return loss_drop(b, h->regno, 0, err);
    if (!h->was_public) return STATUS_OK;
    return reason ? loss_put(b, str_of(h->regno), key, h->lost_at, reason, err)
                  : loss_drop(b, h->regno, key, err);
}

static enum status erase_losses(struct registry_batch *b, uint32_t key,
                                const struct registry_head *h, struct err *err) {
    enum status s = loss_put(b, str_of(h->regno), key, b->now, "withdrawn", err);
    sqlite3_stmt *q = s == STATUS_OK ? registry_sql(b->r, SQL_NUMBER_LIST, err) : NULL;
    if (!q) return s == STATUS_OK ? STATUS_INTERNAL : s;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    while ((s = db_step(&b->r->db, q, &row, err)) == STATUS_OK && row) {
        s = loss_put(b, db_column(q, 0), key, b->now, "withdrawn", err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}

enum status registry_erase(struct registry_batch *b, uint32_t key,
                           const struct registry_head *h, const int64_t *hash,
                           size_t nhash, struct err *err) {
    static const enum registry_sql steps[] = {
        SQL_ERASE_NUMBER,     SQL_ERASE_TEXT,    SQL_ERASE_HISTORY,
        SQL_ERASE_EVENT,      SQL_ERASE_MARK,    SQL_ERASE_OWN,
        SQL_ERASE_AGAIN,      SQL_ERASE_LINK,    SQL_ERASE_CONVERSION_HISTORY,
        SQL_ERASE_CONVERSION, SQL_LIKENESS_DROP, SQL_ERASE_VERDICT,
        SQL_ERASE_RECORD,
    };
    enum status s = h->was_public ? erase_losses(b, key, h, err) : STATUS_OK;
    if (s == STATUS_OK) s = registry_put_identity(b, key, hash, nhash, true, err);
    for (size_t i = 0; i < ARRAY_LEN(steps) && s == STATUS_OK; i++) {
        sqlite3_stmt *q = registry_sql(b->r, steps[i], err);
        if (!q) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, key);
        s = db_run(&b->r->db, q, err);
    }
    if (s == STATUS_OK) s = registry_touch(b, key, err);
    b->erased = true;
    return s;
}
