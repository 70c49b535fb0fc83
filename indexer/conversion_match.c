#include "indexer/conversion_match.h"
#include "indexer/conversion_work.h"

/* The next key of M_CHANGED or M_RECORDS; 0: there is none. */
static enum status next_key(struct match *m, enum match_sql which, int64_t *key,
                            struct err *err) {
    sqlite3_stmt *q = match_sql(m, which, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, m->b->revision);
    sqlite3_bind_int64(q, 2, *key);
    bool row = false;
    enum status s = db_step(m->db, q, &row, err);
    if (s == STATUS_OK) *key = row ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_reset(q);
    return s;
}

static enum status parse(struct str text, json_t **out, struct err *err) {
    json_error_t at;
    json_t *doc = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &at);
    if (!doc && json_error_code(&at) == json_error_out_of_memory)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (!doc) return err_set(err, STATUS_CORRUPT, NULL, "登记库中的正文不是 JSON");
    *out = doc;
    return STATUS_OK;
}

static enum status terms_of_record(struct match *m, struct str text, struct err *err) {
    json_t *doc = NULL;
    enum status s = parse(text, &doc, err);
    if (s == STATUS_OK) s = conversion_terms_record(&m->record, doc, err);
    json_decref(doc);
    return s;
}

/* ---- achievements --------------------------------------------------------------------
 */

/* Terms of a registered achievement into m->record; *there: it is one. */
static enum status load_record(struct match *m, int64_t key, bool *there,
                               struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_RECORD, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    enum status s = db_step(m->db, q, there, err);
    if (s == STATUS_OK && *there) s = terms_of_record(m, db_column(q, 0), err);
    sqlite3_reset(q);
    return s;
}

/* Contracts that might be about the record now are dirty; its numbers are remembered. */
static enum status note_record(struct match *m, int64_t key, struct err *err) {
    bool there = false;
    enum status s = match_run(m, M_IP_CLEAR, key, 0, err);
    if (s == STATUS_OK) s = load_record(m, key, &there, err);
    if (s != STATUS_OK || !there) return s;
    const struct conversion_terms *t = &m->record;
    for (size_t i = 0; i < t->nip && s == STATUS_OK; i++) {
        s = match_run(m, M_IP_PUT, t->ip_hash[i], key, err);
        if (s == STATUS_OK) s = match_run(m, M_DIRTY_HASH, t->ip_hash[i], 0, err);
    }
    for (size_t i = 0; i < t->id->nhash && s == STATUS_OK; i++)
        s = match_run(m, M_DIRTY_HASH, t->id->hash[i], 0, err);
    return s;
}

static enum status each_key(struct match *m, enum match_sql which, struct err *err) {
    int64_t key = 0;
    enum status s = next_key(m, which, &key, err);
    while (s == STATUS_OK && key) {
        s = match_run(m, M_DIRTY_KEY, key, 0, err);
        if (s == STATUS_OK) s = note_record(m, key, err);
        if (s == STATUS_OK) s = next_key(m, which, &key, err);
    }
    return s;
}

/* Once there is a contract to match, the numbers of all records are remembered, and from
 * then on those of every record that changes. */
static enum status note_records(struct match *m, bool kept, struct err *err) {
    if (kept) return each_key(m, M_CHANGED, err);
    sqlite3_stmt *q = match_sql(m, M_TERM_ANY, err);
    if (!q) return STATUS_INTERNAL;
    bool row = false;
    enum status s = db_step(m->db, q, &row, err);
    bool any = s == STATUS_OK && row && sqlite3_column_int(q, 0);
    sqlite3_reset(q);
    if (s != STATUS_OK || !any) return s;
    s = match_run(m, M_FLAG, 0, 0, err);
    return s == STATUS_OK ? each_key(m, M_RECORDS, err) : s;
}

/* ---- contracts -----------------------------------------------------------------------
 */

struct contract {
    int64_t id;
    struct buf no, match; /* copies: the row's own text does not last */
    json_t *json;
};

static void contract_done(struct contract *c) {
    buf_done(&c->no);
    buf_done(&c->match);
    json_decref(c->json);
    c->json = NULL;
}

/* The next dirty contract after `after`; id 0: none. */
static enum status next_dirty(struct match *m, int64_t after, struct contract *out,
                              struct err *err) {
    struct contract c = {.no = buf_init(0), .match = buf_init(0)};
    sqlite3_stmt *q = match_sql(m, M_DIRTY, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, after);
    bool row = false;
    enum status s = db_step(m->db, q, &row, err);
    if (s == STATUS_OK && row) {
        c.id = sqlite3_column_int64(q, 0);
        buf_add_str(&c.no, db_column(q, 1));
        buf_add_str(&c.match, db_column(q, 2));
        s = buf_check(&c.no, "合同编号", err);
        if (s == STATUS_OK) s = buf_check(&c.match, "匹配方式", err);
        if (s == STATUS_OK) s = parse(db_column(q, 3), &c.json, err);
    }
    sqlite3_reset(q);
    if (s == STATUS_OK)
        *out = c;
    else
        contract_done(&c);
    return s;
}

static struct str text_of(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

static bool declares(const struct contract *c) {
    return json_array_size(json_object_get(c->json, "achievements")) > 0;
}

/* What it is matched by, remembered; a declaring contract is matched by nothing. */
static enum status note_contract(struct match *m, const struct contract *c,
                                 struct err *err) {
    enum status s = match_run(m, M_TERM_CLEAR, c->id, 0, err);
    if (s != STATUS_OK || declares(c)) return s;
    s = conversion_terms_contract(&m->contract, c->json, err);
    const struct conversion_terms *t = &m->contract;
    for (size_t i = 0; i < t->nip && s == STATUS_OK; i++)
        s = match_run(m, M_TERM_PUT, t->ip_hash[i], c->id, err);
    for (size_t i = 0; i < t->id->nhash && s == STATUS_OK; i++)
        s = match_run(m, M_TERM_PUT, t->id->hash[i], c->id, err);
    return s;
}

static enum status each_dirty(struct match *m,
                              enum status (*fn)(struct match *, const struct contract *,
                                                struct err *),
                              struct err *err) {
    struct contract c = {.id = 0};
    enum status s = STATUS_OK;
    int64_t after = 0;
    for (;;) {
        s = next_dirty(m, after, &c, err);
        if (s != STATUS_OK || !c.id) return s;
        after = c.id;
        s = fn(m, &c, err);
        contract_done(&c);
        if (s != STATUS_OK) return s;
    }
}

/* Two that fit are as good as many. */
struct found {
    int64_t key[2];
    size_t n;
};

/* Records under a hash that really share the number (or title and unit). */
static enum status find_by(struct match *m, enum match_sql which, int64_t hash,
                           struct found *f, struct err *err) {
    enum status s = STATUS_OK;
    bool row = true;
    for (int64_t after = 0; row && f->n < ARRAY_LEN(f->key) && s == STATUS_OK;) {
        sqlite3_stmt *q = match_sql(m, which, err);
        if (!q) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, hash);
        sqlite3_bind_int64(q, 2, after);
        s = db_step(m->db, q, &row, err);
        if (s == STATUS_OK && row) {
            after = sqlite3_column_int64(q, 0);
            s = terms_of_record(m, db_column(q, 1), err);
        }
        sqlite3_reset(q);
        if (s != STATUS_OK || !row) continue;
        bool fits = which == M_IP_FIND
                        ? conversion_terms_share_ip(&m->contract, &m->record)
                        : conversion_terms_share_title(&m->contract, &m->record);
        if (fits && !(f->n == 1 && f->key[0] == after)) f->key[f->n++] = after;
    }
    return s;
}

static enum status search(struct match *m, struct found *f, const char **class,
                          struct err *err) {
    const struct conversion_terms *t = &m->contract;
    enum status s = STATUS_OK;
    f->n = 0;
    for (size_t i = 0; i < t->nip && s == STATUS_OK; i++)
        s = find_by(m, M_IP_FIND, t->ip_hash[i], f, err);
    *class = f->n == 1 ? "ip" : "none";
    if (f->n) return s;
    for (size_t i = 0; i < t->id->nhash && s == STATUS_OK; i++)
        s = find_by(m, M_TITLE_FIND, t->id->hash[i], f, err);
    if (f->n == 1) *class = "title";
    return s;
}

/* A share in canonical form, "1" or "0.25", in units of 10^-9. */
static int64_t share_of(struct str s) {
    int64_t v = 0, unit = SHARE_ONE / 10;
    if (s.n < 2 || s.p[0] != '0') return SHARE_ONE;
    for (size_t i = 2; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, unit /= 10)
        v += (s.p[i] - '0') * unit;
    return v;
}

/* The links that the contract itself names, open where nobody holds the name. */
static enum status link_declared(struct match *m, const struct contract *c,
                                 struct err *err) {
    const json_t *list = json_object_get(c->json, "achievements");
    size_t n = json_array_size(list);
    struct str no = buf_str(&c->no);
    enum status s = match_drop_links(m, no, err);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        const json_t *a = json_array_get(list, i);
        struct str uid = text_of(a, "uid"), regno = text_of(a, "regno");
        struct registry_holder holder = {0};
        char target[DECIDE_TARGET];
        if (uid.n) {
            decide_name_uid(uid, target);
            s = registry_key_of_uid(m->b->r, uid, &holder.key, err);
        } else {
            decide_name_regno(regno, target);
            s = registry_holder_of(m->b->r, regno, &holder, err);
        }
        if (s == STATUS_OK)
            s = match_put_link(m, no, (int64_t)i, str_of(target), holder.key,
                               share_of(text_of(a, "share")), "declared", err);
    }
    return s == STATUS_OK ? match_set_class(m, c->id, "declared", err) : s;
}

static enum status settle_one(struct match *m, const struct contract *c,
                              struct err *err) {
    struct str no = buf_str(&c->no);
    enum status s = match_run(m, M_CANDIDATE_CLEAR, c->id, 0, err);
    if (s != STATUS_OK) return s;
    if (declares(c)) return link_declared(m, c, err);
    if (str_eq_z(buf_str(&c->match), "manual")) return STATUS_OK;
    struct found f = {.n = 0};
    const char *class = "none";
    bool stands = false;
    s = conversion_terms_contract(&m->contract, c->json, err);
    if (s == STATUS_OK) s = search(m, &f, &class, err);
    for (size_t i = 0; i < f.n && s == STATUS_OK; i++)
        s = match_run(m, M_CANDIDATE_PUT, c->id, f.key[i], err);
    int64_t key = f.n == 1 ? f.key[0] : 0;
    if (s == STATUS_OK) s = match_link_stands(m, no, key, class, &stands, err);
    if (s == STATUS_OK && !stands) s = match_drop_links(m, no, err);
    if (s == STATUS_OK && !stands && key)
        s = match_put_link(m, no, 0, str_of(""), key, SHARE_ONE, class, err);
    return s == STATUS_OK ? match_set_class(m, c->id, class, err) : s;
}

enum status conversion_settle(struct registry_batch *b, struct err *err) {
    struct match m;
    enum status s = match_init(&m, b, err);
    if (s != STATUS_OK) return s;
    sqlite3_stmt *q = match_sql(&m, M_ACTIVE, err);
    bool row = false;
    s = q ? db_step(m.db, q, &row, err) : STATUS_INTERNAL;
    bool dirty = s == STATUS_OK && row && sqlite3_column_int(q, 0);
    bool kept = s == STATUS_OK && row && sqlite3_column_int(q, 1);
    if (q) sqlite3_reset(q);
    if (s == STATUS_OK && dirty) s = each_dirty(&m, note_contract, err);
    if (s == STATUS_OK && (dirty || kept)) s = note_records(&m, kept, err);
    if (s == STATUS_OK && (dirty || kept)) s = each_dirty(&m, settle_one, err);
    if (s == STATUS_OK && (dirty || kept)) s = match_run(&m, M_DIRTY_DONE, 0, 0, err);
    match_done(&m);
    return s;
}
