#include "indexer/batch.h"
#include "core/date.h"

#include <stdio.h>

#define COLUMNS                                                                          \
    "SELECT id, path, file_hash, bytes, actor, at, coalesce(revision, 0), counts, kind," \
    " profile, encoding, withdrawn_at, withdrawn_by FROM batch"

static enum status walk(struct registry *r, const char *sql, int64_t id, batch_fn fn,
                        void *arg, int64_t *n, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(&r->db, sql, &q, err);
    if (s != STATUS_OK) return s;
    if (id) sqlite3_bind_int64(q, 1, id);
    bool row = false;
    while ((s = db_step(&r->db, q, &row, err)) == STATUS_OK && row) {
        struct batch_info b = {.id = sqlite3_column_int64(q, 0),
                               .path = db_column(q, 1),
                               .bytes = sqlite3_column_int64(q, 3),
                               .actor = db_column(q, 4),
                               .at = sqlite3_column_int64(q, 5),
                               .revision = sqlite3_column_int64(q, 6),
                               .counts = db_column(q, 7),
                               .kind = db_column(q, 8),
                               .profile = db_column(q, 9),
                               .encoding = db_column(q, 10),
                               .withdrawn_at = sqlite3_column_int64(q, 11),
                               .withdrawn_by = sqlite3_column_int64(q, 12)};
        const unsigned char *hash = sqlite3_column_blob(q, 2);
        int bytes = sqlite3_column_bytes(q, 2);
        for (int i = 0; i < bytes && i < 16; i++)
            snprintf(b.hash + 2 * i, 3, "%02x", hash[i]);
        s = fn(arg, &b, err);
        if (s != STATUS_OK) break;
        ++*n;
    }
    sqlite3_finalize(q);
    return s;
}

enum status batch_each(struct registry *r, batch_fn fn, void *arg, struct err *err) {
    int64_t n = 0;
    return walk(r, COLUMNS " ORDER BY id DESC", 0, fn, arg, &n, err);
}

enum status batch_one(struct registry *r, int64_t id, batch_fn fn, void *arg,
                      struct err *err) {
    int64_t n = 0;
    enum status s = walk(r, COLUMNS " WHERE id = ?1", id, fn, arg, &n, err);
    if (s == STATUS_OK && n == 0)
        s = err_set(err, STATUS_NOT_FOUND, NULL,
                    "没有第 %lld 批；用 batch list 查看全部批次", (long long)id);
    return s;
}

static json_t *text(struct str s) {
    return json_stringn(s.n ? s.p : "", s.n);
}

static json_t *instant(int64_t at) {
    char out[INSTANT_TEXT];
    return at ? json_string(instant_text(at, out)) : json_null();
}

json_t *batch_json(const struct batch_info *b) {
    json_t *counts = json_loadb(b->counts.n ? b->counts.p : "", b->counts.n, 0, NULL);
    if (!counts) counts = json_object();
    json_object_del(counts,
                    "ignored"); /* as long as the file may be; not kept for this */
    return json_pack("{s:I,s:o,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o}", "id", b->id,
                     "path", text(b->path), "kind", text(b->kind), "hash", b->hash,
                     "bytes", b->bytes, "profile", text(b->profile), "encoding",
                     text(b->encoding), "actor", text(b->actor), "at", instant(b->at),
                     "revision", b->revision, "counts", counts, "withdrawn_at",
                     instant(b->withdrawn_at), "withdrawn_by",
                     b->withdrawn_by ? json_integer(b->withdrawn_by) : json_null());
}

enum status batch_quarantine(struct registry *r, int64_t id, json_t **out,
                             struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s =
        db_prepare(&r->db,
                   "SELECT code, resolved_batch IS NOT NULL, count(*) FROM quarantine"
                   " WHERE batch = ?1 GROUP BY 1, 2 ORDER BY 1",
                   &q, err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, id);
    json_t *open = json_object(), *closed = json_object();
    bool row = false;
    while (open && closed && (s = db_step(&r->db, q, &row, err)) == STATUS_OK && row) {
        struct str code = db_column(q, 0);
        json_object_setn_new(sqlite3_column_int(q, 1) ? closed : open,
                             code.n ? code.p : "", code.n,
                             json_integer(sqlite3_column_int64(q, 2)));
    }
    sqlite3_finalize(q);
    json_t *o = json_pack("{s:o,s:o}", "open", open, "closed", closed);
    if (s == STATUS_OK && !o) s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK)
        *out = o;
    else
        json_decref(o);
    return s;
}
