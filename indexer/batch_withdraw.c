/* Taking a batch back; declared in batch.h. */
#include "core/utf8.h"
#include "indexer/batch_undo.h"
#include "indexer/conversion.h"
#include "indexer/ingest_row.h"
#include "indexer/quarantine.h"
#include "indexer/registry_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

/* What the batch brought, itself or by a row that waited. */
#define MINE "(batch = ?1 OR row_batch = ?1)"

static const char *const texts[UNDO_COUNT] = {
    [UNDO_KEYS] =
        "SELECT key FROM record WHERE " MINE " UNION SELECT key FROM history WHERE " MINE
        " UNION SELECT key FROM event WHERE " MINE
        " UNION SELECT key FROM mark WHERE " MINE " ORDER BY key",
    [UNDO_HISTORY] = "SELECT line_hash, batch, row_batch, " MINE ", stood, json"
                     " FROM history WHERE key = ?2 ORDER BY n",
    [UNDO_CURRENT] = "SELECT r.line_hash, r.batch, r.row_batch,"
                     " (r.batch = ?1 OR r.row_batch = ?1), 1, t.json"
                     " FROM record r JOIN record_text t USING(key) WHERE r.key = ?2",
    [UNDO_HISTORY_CLEAR] = "DELETE FROM history WHERE key = ?1",
    [UNDO_HISTORY_PUT] =
        "INSERT INTO history(key, n, line_hash, batch, row_batch, stood, json)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [UNDO_BATCH_AT] = "SELECT at FROM batch WHERE id = ?1",
    [UNDO_OWN] = "SELECT state, consent, publicity FROM own WHERE key = ?1"
                 " AND line_hash = ?2",
    [UNDO_EVENTS] = "SELECT at, seq, state, kind FROM event WHERE key = ?1"
                    " ORDER BY at, seq",
    [UNDO_EVENT_ENTRY] =
        "UPDATE event SET kind = 0 WHERE key = ?1 AND at = ?2 AND seq = ?3",
    [UNDO_EXPLICIT_AFTER] =
        "SELECT 1 FROM event WHERE key = ?1 AND kind = 2 AND at > ?2 LIMIT 1",
    [UNDO_MARKS] =
        "SELECT field, value FROM mark WHERE key = ?1 AND (at > ?2 OR seq > ?3)"
        " ORDER BY at, seq",
    [UNDO_NUMBERS] = "SELECT regno FROM number WHERE key = ?1",
    [UNDO_NUMBERS_CLEAR] = "DELETE FROM number WHERE key = ?1",
    [UNDO_RECORD_BATCH] = "UPDATE record SET batch = ?2, row_batch = ?3 WHERE key = ?1",
    [UNDO_REQUEUE] =
        "INSERT INTO quarantine(batch, source, line, row_hash, outcome, code, field,"
        " message, raw, target, waiting) SELECT id, path, ?2, ?3, ?4, 'H_ORPHAN', ?5, ?6,"
        " ?7, ?8, ?9 FROM batch WHERE id = ?1",
    [UNDO_LEFT_EVENTS] =
        "SELECT at, seq, '', state, actor, opinion, CASE row_batch WHEN 0 THEN batch ELSE"
        "  row_batch END FROM event WHERE key = ?1 AND kind = 2 UNION ALL "
        "SELECT at, seq, field, value, actor, opinion, CASE row_batch WHEN 0 THEN batch"
        "  ELSE row_batch END FROM mark WHERE key = ?1 ORDER BY 1, 2",
    [UNDO_LEFT_CONVERSIONS] = "SELECT id FROM conversion WHERE key = ?1",
    [UNDO_CONVERSIONS] =
        "SELECT id FROM conversion WHERE " MINE
        " UNION SELECT id FROM conversion_history WHERE " MINE " ORDER BY 1",
    [UNDO_CONVERSION] = "SELECT kind, ident, contract_no, supersedes, json, " MINE ","
                        " CASE row_batch WHEN 0 THEN batch ELSE row_batch END"
                        " FROM conversion WHERE id = ?2",
    [UNDO_CONVERSION_HISTORY_DROP] =
        "DELETE FROM conversion_history WHERE id = ?2 AND " MINE,
    [UNDO_CONVERSION_BEFORE] =
        "SELECT n, json FROM conversion_history WHERE id = ?1 ORDER BY n DESC LIMIT 1",
    [UNDO_CONVERSION_RESTORE] =
        "UPDATE conversion SET status = ?3, supersedes = ?4, json = h.json,"
        " batch = h.batch, row_batch = h.row_batch FROM conversion_history h"
        " WHERE conversion.id = ?1 AND h.id = ?1 AND h.n = ?2",
    [UNDO_CONVERSION_HISTORY_DROP_ONE] =
        "DELETE FROM conversion_history WHERE id = ?1 AND n = ?2",
    [UNDO_CONVERSION_HISTORY_CLEAR] = "DELETE FROM conversion_history WHERE id = ?1",
    [UNDO_CONVERSION_DELETE] = "DELETE FROM conversion WHERE id = ?1",
    [UNDO_CONVERSION_MINE] =
        "SELECT 0, json FROM conversion WHERE id = ?2 AND " MINE
        " UNION ALL SELECT n, json FROM conversion_history WHERE id = ?2 AND " MINE,
    [UNDO_CONVERSION_HAND] = "UPDATE conversion SET row_batch = 0, batch = a.batch FROM"
                             " (SELECT min(batch) AS batch FROM again WHERE kind = 3 AND "
                             "key = ?1 AND n = ?2) a"
                             " WHERE id = ?1 AND a.batch IS NOT NULL",
    [UNDO_CONVERSION_HAND_PAST] =
        "UPDATE conversion_history SET row_batch = 0, batch = a.batch FROM"
        " (SELECT min(batch) AS batch FROM again WHERE kind = 3 AND key = ?1 AND n = ?2) "
        "a"
        " WHERE id = ?1 AND conversion_history.n = ?3 AND a.batch IS NOT NULL",
    [UNDO_PAYMENTS] = "SELECT id FROM conversion WHERE contract_no = ?1"
                      " AND kind IN ('receipt', 'reward')",
    [UNDO_REFUSED] = "SELECT id FROM quarantine WHERE other = ?1 AND raw IS NOT NULL"
                     " AND resolved_batch IS NULL ORDER BY id",
};

sqlite3_stmt *undo_sql(struct undo *u, enum undo_sql which, struct err *err) {
    sqlite3_stmt **q = &u->q[which];
    if (!*q) {
        if (db_prepare(&u->b->r->db, texts[which], q, err) != STATUS_OK) return NULL;
    } else {
        registry_reset(*q);
    }
    return *q;
}

enum status undo_ids(struct undo *u, sqlite3_stmt *q, struct undo_ids *out,
                     struct err *err) {
    struct undo_ids ids = {0};
    bool row = false;
    enum status s;
    while ((s = db_step(&u->b->r->db, q, &row, err)) == STATUS_OK && row) {
        if (ids.n == ids.cap) {
            size_t cap = ids.cap ? ids.cap * 2 : 64;
            int64_t *v = realloc(ids.v, cap * sizeof *v);
            if (!v) {
                s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
                break;
            }
            ids.v = v;
            ids.cap = cap;
        }
        ids.v[ids.n++] = sqlite3_column_int64(q, 0);
    }
    registry_reset(q);
    if (s == STATUS_OK)
        *out = ids;
    else
        free(ids.v);
    return s;
}

enum status undo_requeue(struct undo *u, int64_t batch, int64_t line, struct str raw,
                         const char *target, const char *field, struct err *err) {
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(raw.p, raw.n));
    char message[160];
    snprintf(message, sizeof message,
             "带来其目标的第 %lld 批已撤回；目标再次收到后自动处理", (long long)u->id);
    sqlite3_stmt *q = undo_sql(u, UNDO_REQUEUE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, batch);
    sqlite3_bind_int64(q, 2, line);
    sqlite3_bind_blob(q, 3, hash.digest, sizeof hash.digest, SQLITE_STATIC);
    sqlite3_bind_int(q, 4, OUTCOME_HELD);
    db_bind(q, 5, str_of(field));
    db_bind(q, 6, str_of(message));
    sqlite3_bind_blob64(q, 7, raw.p, raw.n, SQLITE_STATIC);
    db_bind(q, 8, str_of(target));
    sqlite3_bind_int(q, 9, WAITING_TARGET);
    u->n.waiting++;
    u->b->waiting = true;
    return db_run(&u->b->r->db, q, err);
}

/* Runs a statement whose first parameter is the batch that is taken back. */
static enum status run(struct undo *u, const char *sql, int64_t *changed,
                       struct err *err) {
    sqlite3_stmt *q = NULL;
    struct db *db = &u->b->r->db;
    enum status s = db_prepare(db, sql, &q, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, u->id);
    if (sqlite3_bind_parameter_count(q) > 1) sqlite3_bind_int64(q, 2, u->b->id);
    if (sqlite3_bind_parameter_count(q) > 2) sqlite3_bind_int(q, 3, OUTCOME_WITHDRAWN);
    s = db_run(db, q, err);
    if (s == STATUS_OK && changed) *changed = sqlite3_changes64(db->h);
    sqlite3_finalize(q);
    return s;
}

/* What other batches brought too becomes the first of them's. */
#define HAND_ON(table, kind, key, n)                                                     \
    "UPDATE " table                                                                      \
    " SET row_batch = 0, batch = (SELECT min(a.batch) FROM again a WHERE"                \
    "  a.kind = " kind " AND a.key = " table "." key " AND a.n = " table "." n ")"       \
    " WHERE " MINE " AND EXISTS(SELECT 1 FROM again a WHERE a.kind = " kind              \
    "  AND a.key = " table "." key " AND a.n = " table "." n ")"

static enum status hand_on(struct undo *u, struct err *err) {
    static const char *const steps[] = {
        "DELETE FROM again WHERE batch = ?1",
        HAND_ON("record", "0", "key", "line_hash"),
        HAND_ON("history", "0", "key", "line_hash"),
        HAND_ON("event", "1", "key", "seq"),
        HAND_ON("mark", "2", "key", "seq"),
    };
    enum status s = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(steps) && s == STATUS_OK; i++)
        s = run(u, steps[i], NULL, err);
    return s;
}

/* A number that a record went back to may have been given to another one meanwhile. */
static enum status check_number(struct undo *u, uint32_t key, struct err *err) {
    struct registry_head h, other;
    uint32_t rival = 0;
    enum status s = registry_head_load(u->b->r, key, &h, err);
    if (s != STATUS_OK) return s;
    if (h.regno[0] && !lifecycle_freed_number(h.state))
        s = registry_rival(u->b->r, str_of(h.regno), key, &rival, err);
    if (s == STATUS_OK && rival) s = registry_head_load(u->b->r, rival, &other, err);
    if (s == STATUS_OK && rival) {
        s = err_set(err, STATUS_CONFLICT, "E_REGNO",
                    "撤回后 %.80s 将恢复登记号 %.64s，但它现在属于 %.80s；"
                    "请先更正后者或撤回带来它的批次",
                    h.uid, h.regno, other.uid);
        registry_head_done(&other);
    }
    registry_head_done(&h);
    return s;
}

/* The record stands: rows that wait for it, or for another state of it, may go now. */
static enum status wake(struct undo *u, struct ingest_rows *rows, uint32_t key,
                        struct err *err) {
    struct registry_head h;
    enum status s = registry_head_load(u->b->r, key, &h, err);
    if (s != STATUS_OK) return s;
    struct decision by = {.key = key, .applied = true};
    decide_name_uid(str_of(h.uid), by.target);
    decide_name_regno(str_of(h.regno), by.number);
    registry_head_done(&h);
    return ingest_row_wake(rows, &by, err);
}

/* Rows that were refused because of a record that is gone now. */
static enum status retry_refused(struct undo *u, struct ingest_rows *rows, uint32_t key,
                                 struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_REFUSED, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    struct undo_ids ids = {0};
    enum status s = undo_ids(u, q, &ids, err);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++)
        s = ingest_row_retry(rows, ids.v[i], err);
    free(ids.v);
    return s;
}

static enum status undo_records(struct undo *u, struct ingest_rows *rows,
                                struct err *err) {
    static const char *const drop[] = {"DELETE FROM event WHERE " MINE,
                                       "DELETE FROM mark WHERE " MINE};
    struct undo_ids keys = {0};
    sqlite3_stmt *q = undo_sql(u, UNDO_KEYS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, u->id);
    enum status s = undo_ids(u, q, &keys, err);
    bool *kept = calloc(keys.n + 1, sizeof *kept);
    if (s == STATUS_OK && !kept) {
        err_set(err, STATUS_NOMEM, NULL, "内存不足");
        s = STATUS_NOMEM;
    }
    for (size_t i = 0; i < ARRAY_LEN(drop) && s == STATUS_OK; i++)
        s = run(u, drop[i], NULL, err);
    for (size_t i = 0; i < keys.n && s == STATUS_OK; i++)
        s = undo_record(u, (uint32_t)keys.v[i], &kept[i], err);
    /* Only now: two records may have exchanged their numbers. */
    for (size_t i = 0; i < keys.n && s == STATUS_OK; i++)
        if (kept[i]) s = check_number(u, (uint32_t)keys.v[i], err);
    for (size_t i = 0; i < keys.n && s == STATUS_OK; i++)
        s = kept[i] ? wake(u, rows, (uint32_t)keys.v[i], err)
                    : retry_refused(u, rows, (uint32_t)keys.v[i], err);
    free(kept);
    free(keys.v);
    return s;
}

/* Own rows are closed; rows of others that this batch released wait again. */
static enum status undo_quarantine(struct undo *u, struct err *err) {
    int64_t closed = 0, waiting = 0;
    enum status s = run(u,
                        "UPDATE quarantine SET waiting = 0, resolved_batch = ?2,"
                        " resolved_outcome = ?3 WHERE batch = ?1"
                        " AND resolved_batch IS NULL",
                        &closed, err);
    if (s == STATUS_OK)
        s = run(u, "UPDATE quarantine SET raw = NULL WHERE batch = ?1", NULL, err);
    if (s == STATUS_OK)
        s = run(u,
                "UPDATE quarantine SET resolved_batch = NULL, resolved_outcome = NULL,"
                " waiting = CASE code WHEN 'H_ORPHAN' THEN 1 WHEN 'E_STATE' THEN 2 ELSE 0"
                " END WHERE resolved_batch = ?1 AND batch <> ?1 AND raw IS NOT NULL",
                &waiting, err);
    u->n.closed += closed;
    u->n.waiting += waiting;
    u->b->waiting |= waiting > 0;
    return s;
}

static enum status undo_all(struct undo *u, struct ingest_rows *rows, struct err *err) {
    enum status s = quarantine_any(u->b, &u->b->waiting, err);
    if (s == STATUS_OK) s = conversion_any_open(u->b, &u->b->open_links, err);
    if (s == STATUS_OK) s = hand_on(u, err);
    if (s == STATUS_OK) s = undo_conversions(u, err);
    if (s == STATUS_OK) s = undo_quarantine(u, err);
    if (s == STATUS_OK) s = undo_records(u, rows, err);
    if (s == STATUS_OK)
        s = run(u,
                "UPDATE batch SET withdrawn_by = ?2, withdrawn_at ="
                " (SELECT at FROM batch WHERE id = ?2) WHERE id = ?1",
                NULL, err);
    return s;
}

struct subject {
    char path[256], kind[32];
    bool withdrawn;
};

static enum status read_subject(void *arg, const struct batch_info *b, struct err *err) {
    struct subject *x = arg;
    (void)err;
    snprintf(x->path, sizeof x->path, "%.*s", (int)utf8_clip(b->path, 200), b->path.p);
    x->withdrawn = b->withdrawn_at != 0;
    snprintf(x->kind, sizeof x->kind, "%.*s", (int)utf8_clip(b->kind, 31),
             b->kind.n ? b->kind.p : "");
    return STATUS_OK;
}

/* Batches that are no files: what they did is undone in their own way. */
static enum status check_subject(const struct subject *x, int64_t id, struct err *err) {
    static const struct {
        const char *kind, *instead;
    } others[] = {
        {"withdraw", "本身是一次撤回；要恢复，请把原来的文件再导入一次"},
        {"unit", "是对单位名册的改动；请用 unit 命令改回"},
        {"link", "是合同与成果的人工关联；请用 conversion 命令改回"},
    };
    if (x->withdrawn)
        return err_set(err, STATUS_CONFLICT, NULL, "第 %lld 批已经撤回", (long long)id);
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (strcmp(x->kind, others[i].kind) == 0)
            return err_set(err, STATUS_CONFLICT, NULL, "第 %lld 批%s", (long long)id,
                           others[i].instead);
    return STATUS_OK;
}

static enum status commit(struct undo *u, struct err *err) {
    char counts[256];
    snprintf(
        counts, sizeof counts,
        "{\"withdraws\":%lld,\"removed\":%lld,\"restored\":%lld,\"conversions\":%lld,"
        "\"waiting\":%lld,\"closed\":%lld}",
        (long long)u->id, (long long)u->n.removed, (long long)u->n.restored,
        (long long)u->n.conversions, (long long)u->n.waiting, (long long)u->n.closed);
    return registry_batch_commit(u->b, counts, "batch withdraw", false, &u->n.revision,
                                 err);
}

enum status batch_withdraw(struct registry *r, const struct batch_withdrawal *w,
                           struct batch_undone *out, struct err *err) {
    struct subject subject = {.path = ""};
    char path[1024];
    enum status s = batch_one(r, w->id, read_subject, &subject, err);
    if (s != STATUS_OK) return s;
    s = check_subject(&subject, w->id, err);
    if (s != STATUS_OK) return s;
    struct str opinion = str_of(w->opinion);
    snprintf(path, sizeof path, "撤回第 %lld 批 %s%s%.*s", (long long)w->id, subject.path,
             opinion.n ? "：" : "", (int)utf8_clip(opinion, 400),
             opinion.n ? opinion.p : "");
    struct registry_source src = {
        .path = path, .actor = w->actor, .now = w->now, .kind = "withdraw"};
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(path, strlen(path)));
    memcpy(src.hash, hash.digest, sizeof src.hash);
    struct registry_batch b;
    s = registry_batch_begin(r, &src, &b, err);
    if (s != STATUS_OK) return s;
    struct ingest_rows rows = {
        .b = &b, .source = path, .file = src.hash, .valid = w->valid};
    struct undo u = {.b = &b, .d = &rows.d, .id = w->id};
    b.repeat = false; /* rows that are tried again belong to other files */
    s = decide_init(&rows.d, &b, err);
    if (s == STATUS_OK) {
        s = undo_all(&u, &rows, err);
        decide_done(&rows.d);
    }
    for (size_t i = 0; i < UNDO_COUNT; i++) sqlite3_finalize(u.q[i]);
    if (s == STATUS_OK) s = commit(&u, err);
    registry_batch_abort(&b);
    if (s == STATUS_OK) *out = u.n;
    return s;
}
