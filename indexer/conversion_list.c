#include "indexer/conversion_list.h"
#include "indexer/validate.h"

#include <stdio.h>

const char *const conversion_classes[] = {"declared", "ip",   "title",
                                          "manual",   "none", NULL};

struct walk {
    struct db *db;
    sqlite3_stmt *contracts, *links;
};

static json_t *text(sqlite3_stmt *q, int i) {
    if (sqlite3_column_type(q, i) == SQLITE_NULL) return json_null();
    struct str s = db_column(q, i);
    return json_stringn(s.n ? s.p : "", s.n);
}

static json_t *share(int64_t v) {
    char out[16];
    int n = snprintf(out, sizeof out, "%d.%09d", v == SHARE_ONE, (int)(v % SHARE_ONE));
    while (n > 1 && out[n - 1] == '0') n--;
    if (out[n - 1] == '.') n--;
    return json_stringn(out, (size_t)n);
}

static enum status add_links(struct walk *w, json_t *links, struct err *err) {
    sqlite3_reset(w->links);
    db_bind(w->links, 1, db_column(w->contracts, 0));
    bool row = false;
    enum status s;
    while ((s = db_step(w->db, w->links, &row, err)) == STATUS_OK && row) {
        json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "uid", text(w->links, 0),
                              "regno", text(w->links, 1), "title", text(w->links, 2),
                              "target", text(w->links, 3), "share",
                              share(sqlite3_column_int64(w->links, 4)), "match",
                              text(w->links, 5));
        if (json_array_append_new(links, o) != 0) {
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
            break;
        }
    }
    sqlite3_reset(w->links);
    return s;
}

static enum status one(struct walk *w, conversion_fn fn, void *arg, struct err *err) {
    static const char *const keys[] = {
        "contract_no", "type", "signed_on", "amount_total", "status", "seller", "match"};
    json_t *o = json_object(), *links = json_array();
    bool bad = !o || !links;
    for (int i = 0; i < (int)ARRAY_LEN(keys) && !bad; i++)
        bad = json_object_set_new(o, keys[i], text(w->contracts, i)) != 0;
    bad = bad || json_object_set_new(o, "candidates",
                                     json_integer(sqlite3_column_int64(
                                         w->contracts, (int)ARRAY_LEN(keys)))) != 0;
    enum status s =
        bad ? err_set(err, STATUS_NOMEM, NULL, "内存不足") : add_links(w, links, err);
    if (s == STATUS_OK && json_object_set(o, "links", links) != 0)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK) s = fn(arg, o, err);
    json_decref(o);
    json_decref(links);
    return s;
}

enum status conversion_each(struct registry *r, const char *match, conversion_fn fn,
                            void *arg, struct err *err) {
    struct walk w = {.db = &r->db};
    enum status s = db_prepare(
        w.db,
        "SELECT contract_no, json_extract(json, '$.type'), json_extract(json,"
        " '$.signed_on'), json_extract(json, '$.amount_total'), status,"
        " json_extract(json, '$.seller.name'), match,"
        " (SELECT count(*) FROM conversion_candidate d WHERE d.id = c.id)"
        " FROM conversion c WHERE kind = 'contract' AND (?1 IS NULL OR match = ?1)"
        " ORDER BY contract_no",
        &w.contracts, err);
    if (s == STATUS_OK)
        s = db_prepare(w.db,
                       "SELECT r.uid, r.regno, json_extract(t.json, '$.title'),"
                       " nullif(l.target, ''), l.share, l.match FROM conversion_link l"
                       " LEFT JOIN record r ON r.key = l.key"
                       " LEFT JOIN record_text t ON t.key = l.key"
                       " WHERE l.contract_no = ?1 ORDER BY l.n",
                       &w.links, err);
    if (s == STATUS_OK && match) db_bind(w.contracts, 1, str_of(match));
    bool row = false;
    while (s == STATUS_OK && (s = db_step(w.db, w.contracts, &row, err)) == STATUS_OK &&
           row)
        s = one(&w, fn, arg, err);
    sqlite3_finalize(w.contracts);
    sqlite3_finalize(w.links);
    return s;
}
