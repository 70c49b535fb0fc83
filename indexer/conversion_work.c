#include "indexer/conversion_work.h"

#define FORGOTTEN "json_remove(json, '$.achievement_title', '$.ip_no')"
#define LINKED                                                                           \
    "SELECT c.id FROM conversion c JOIN conversion_link l USING(contract_no)"            \
    " WHERE l.key = ?1 AND c.kind = 'contract'"
#define SAME "SELECT id FROM conversion_term WHERE hash = ?1"

static const char *const texts[M_COUNT] = {
    [M_ACTIVE] = "SELECT EXISTS(SELECT 1 FROM conversion_dirty),"
                 " EXISTS(SELECT 1 FROM meta WHERE name = 'conversion_ip')",
    [M_DIRTY] = "SELECT d.id, c.contract_no, c.match, c.json FROM conversion_dirty d"
                " JOIN conversion c ON c.id = d.id WHERE d.id > ?1 ORDER BY d.id LIMIT 1",
    [M_DIRTY_KEY] = "INSERT OR IGNORE INTO conversion_dirty(id)"
                    " SELECT id FROM conversion_candidate WHERE key = ?1",
    [M_DIRTY_HASH] = "INSERT OR IGNORE INTO conversion_dirty(id)"
                     " SELECT id FROM conversion_term WHERE hash = ?1",
    [M_DIRTY_DONE] = "DELETE FROM conversion_dirty",
    [M_TERM_ANY] = "SELECT EXISTS(SELECT 1 FROM conversion_term)",
    [M_TERM_CLEAR] = "DELETE FROM conversion_term WHERE id = ?1",
    [M_TERM_PUT] = "INSERT OR IGNORE INTO conversion_term(hash, id) VALUES(?1, ?2)",
    [M_IP_CLEAR] = "DELETE FROM ip_number WHERE key = ?1",
    [M_IP_PUT] = "INSERT OR IGNORE INTO ip_number(hash, key) VALUES(?1, ?2)",
    [M_IP_FIND] = "SELECT n.key, t.json FROM ip_number n JOIN record_text t USING(key)"
                  " WHERE n.hash = ?1 AND n.key > ?2 ORDER BY n.key LIMIT 1",
    [M_TITLE_FIND] = "SELECT i.key, t.json FROM identity i JOIN record r ON r.key = i.key"
                     " JOIN record_text t ON t.key = i.key WHERE i.hash = ?1"
                     " AND i.key > ?2 AND r.registered ORDER BY i.key LIMIT 1",
    [M_CHANGED] = "SELECT key FROM change WHERE revision = ?1 AND key > ?2"
                  " ORDER BY key LIMIT 1",
    [M_RECORDS] = "SELECT key FROM record WHERE ?1 > 0 AND key > ?2 ORDER BY key LIMIT 1",
    [M_RECORD] = "SELECT t.json FROM record r JOIN record_text t USING(key)"
                 " WHERE r.key = ?1 AND r.registered",
    [M_CANDIDATE_CLEAR] = "DELETE FROM conversion_candidate WHERE id = ?1",
    [M_CANDIDATE_PUT] =
        "INSERT OR IGNORE INTO conversion_candidate(id, key) VALUES(?1, ?2)",
    [M_SET] = "UPDATE conversion SET match = ?2 WHERE id = ?1 AND match <> ?2",
    [M_LINK_LIST] =
        "SELECT key, match FROM conversion_link WHERE contract_no = ?1 ORDER BY n",
    [M_LINK_DROP] = "DELETE FROM conversion_link WHERE contract_no = ?1",
    [M_LINK_PUT] =
        "INSERT INTO conversion_link(contract_no, n, target, key, share, match)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [M_FLAG] = "INSERT INTO meta(name, value) VALUES('conversion_ip', 1)",
    [M_CONTRACT] = "SELECT id, match, json_array_length(json, '$.achievements')"
                   " FROM conversion WHERE kind = 'contract' AND ident = ?1",
    [M_MANUAL_TARGET] = "SELECT 'u:' || uid FROM record WHERE key = ?1",
    [M_DIRTY_ONE] = "INSERT OR IGNORE INTO conversion_dirty(id) VALUES(?1)",
    [M_FORGET] = "UPDATE conversion SET json = " FORGOTTEN " WHERE id IN (" LINKED ")",
    [M_FORGET_PAST] =
        "UPDATE conversion_history SET json = " FORGOTTEN " WHERE id IN (" LINKED ")",
    [M_FORGET_TITLE] =
        "UPDATE conversion SET json = " FORGOTTEN " WHERE id IN (" SAME ")",
    [M_FORGET_TITLE_PAST] =
        "UPDATE conversion_history SET json = " FORGOTTEN " WHERE id IN (" SAME ")",
};

enum status match_init(struct match *m, struct registry_batch *b, struct err *err) {
    *m = (struct match){.b = b, .db = &b->r->db};
    enum status s = conversion_terms_init(&m->contract, err);
    if (s != STATUS_OK) return s;
    s = conversion_terms_init(&m->record, err);
    if (s != STATUS_OK) conversion_terms_done(&m->contract);
    return s;
}

void match_done(struct match *m) {
    for (size_t i = 0; i < M_COUNT; i++) sqlite3_finalize(m->q[i]);
    conversion_terms_done(&m->contract);
    conversion_terms_done(&m->record);
}

sqlite3_stmt *match_sql(struct match *m, enum match_sql which, struct err *err) {
    sqlite3_stmt **q = &m->q[which];
    if (*q) {
        sqlite3_reset(*q);
        sqlite3_clear_bindings(*q);
    } else if (db_prepare(m->db, texts[which], q, err) != STATUS_OK) {
        return NULL;
    }
    return *q;
}

enum status match_run(struct match *m, enum match_sql which, int64_t a, int64_t b,
                      struct err *err) {
    sqlite3_stmt *q = match_sql(m, which, err);
    if (!q) return STATUS_INTERNAL;
    int n = sqlite3_bind_parameter_count(q);
    if (n > 0) sqlite3_bind_int64(q, 1, a);
    if (n > 1) sqlite3_bind_int64(q, 2, b);
    return db_run(m->db, q, err);
}

enum status match_put_link(struct match *m, struct str no, int64_t n, struct str target,
                           int64_t key, int64_t share, const char *class,
                           struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_LINK_PUT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, no);
    sqlite3_bind_int64(q, 2, n);
    db_bind(q, 3, target);
    if (key) sqlite3_bind_int64(q, 4, key);
    sqlite3_bind_int64(q, 5, share);
    db_bind(q, 6, str_of(class));
    return db_run(m->db, q, err);
}

enum status match_drop_links(struct match *m, struct str no, struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_LINK_DROP, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, no);
    return db_run(m->db, q, err);
}

enum status match_set_class(struct match *m, int64_t id, const char *class,
                            struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_SET, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    db_bind(q, 2, str_of(class));
    return db_run(m->db, q, err);
}

enum status match_link_stands(struct match *m, struct str no, int64_t key,
                              const char *class, bool *stands, struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_LINK_LIST, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, no);
    bool row = false, good = true;
    int n = 0;
    enum status s;
    while ((s = db_step(m->db, q, &row, err)) == STATUS_OK && row) {
        n++;
        good =
            good && sqlite3_column_int64(q, 0) == key && str_eq_z(db_column(q, 1), class);
    }
    sqlite3_reset(q);
    if (s == STATUS_OK) *stands = n == (key != 0) && good;
    return s;
}
