/* conversion_check: every match computed again without what is remembered for matching.
 * Declared in conversion_match.h. */
#include "indexer/conversion_terms.h"
#include "indexer/decide.h"

#include <stdio.h>
#include <stdlib.h>

/* A contract without declared achievements, and what the walk over the records finds. */
struct open_contract {
    int64_t id;
    bool manual;
    int64_t ip[2], title[2]; /* keys of the first two that fit */
    int nip, ntitle;
};

struct term {
    int64_t hash;
    size_t contract; /* index */
    bool ip;
};

struct recount {
    struct registry *r;
    conversion_finding_fn fn;
    void *arg;
    struct open_contract *contract;
    struct term *term;
    size_t ncontract, nterm, contract_cap, term_cap;
    struct conversion_terms terms; /* scratch */
    bool kept;                     /* ip_number is kept */
    int64_t numbers;               /* rows that it should have */
    sqlite3_stmt *has_number, *has_term;
};

static void PRINTF_LIKE(2, 3) say(struct recount *w, const char *fmt, ...) {
    char text[320];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    w->fn(w->arg, text);
}

static bool grow(void **v, size_t *cap, size_t n, size_t size) {
    if (n < *cap) return true;
    size_t want = *cap ? *cap * 2 : 64;
    void *p = realloc(*v, want * size);
    if (!p) return false;
    *v = p;
    *cap = want;
    return true;
}

static enum status add_term(struct recount *w, int64_t hash, bool ip, struct err *err) {
    for (size_t i = w->nterm; i-- > 0 && w->term[i].contract == w->ncontract - 1;)
        if (w->term[i].hash == hash && w->term[i].ip == ip) return STATUS_OK;
    if (!grow((void **)&w->term, &w->term_cap, w->nterm, sizeof *w->term))
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    w->term[w->nterm++] = (struct term){hash, w->ncontract - 1, ip};
    sqlite3_reset(w->has_term);
    sqlite3_bind_int64(w->has_term, 1, hash);
    sqlite3_bind_int64(w->has_term, 2, w->contract[w->ncontract - 1].id);
    bool row = false;
    enum status s = db_step(&w->r->db, w->has_term, &row, err);
    sqlite3_reset(w->has_term);
    if (s == STATUS_OK && !row)
        say(w, "第 %lld 号合同的匹配词没有记下",
            (long long)w->contract[w->ncontract - 1].id);
    return s;
}

static enum status add_contract(struct recount *w, sqlite3_stmt *q, struct err *err) {
    json_error_t at;
    struct str text = db_column(q, 2);
    if (!grow((void **)&w->contract, &w->contract_cap, w->ncontract, sizeof *w->contract))
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    w->contract[w->ncontract++] = (struct open_contract){
        .id = sqlite3_column_int64(q, 0), .manual = str_eq_z(db_column(q, 1), "manual")};
    json_t *doc = json_loadb(text.p ? text.p : "", text.n, 0, &at);
    if (!doc) {
        say(w, "第 %lld 号合同的正文不是 JSON", (long long)sqlite3_column_int64(q, 0));
        return STATUS_OK;
    }
    enum status s = conversion_terms_contract(&w->terms, doc, err);
    json_decref(doc);
    const struct conversion_terms *t = &w->terms;
    for (size_t i = 0; i < t->nip && s == STATUS_OK; i++)
        s = add_term(w, t->ip_hash[i], true, err);
    for (size_t i = 0; i < t->id->nhash && s == STATUS_OK; i++)
        s = add_term(w, t->id->hash[i], false, err);
    return s;
}

static int by_hash(const void *a, const void *b) {
    const struct term *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static enum status load_contracts(struct recount *w, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s =
        db_prepare(&w->r->db,
                   "SELECT id, match, json FROM conversion WHERE kind = 'contract'"
                   " AND coalesce(json_array_length(json, '$.achievements'), 0) = 0"
                   " ORDER BY id",
                   &q, err);
    bool row = false;
    while (s == STATUS_OK && (s = db_step(&w->r->db, q, &row, err)) == STATUS_OK && row)
        s = add_contract(w, q, err);
    sqlite3_finalize(q);
    if (s == STATUS_OK && w->nterm) qsort(w->term, w->nterm, sizeof *w->term, by_hash);
    return s;
}

static void fits(int64_t keys[2], int *n, int64_t key) {
    for (int i = 0; i < *n && i < 2; i++)
        if (keys[i] == key) return;
    if (*n < 2) keys[*n] = key;
    ++*n;
}

static void look_up(struct recount *w, int64_t hash, bool ip, int64_t key) {
    size_t lo = 0, hi = w->nterm;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (w->term[mid].hash < hash)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < w->nterm && w->term[lo].hash == hash; lo++) {
        struct open_contract *c = &w->contract[w->term[lo].contract];
        if (w->term[lo].ip != ip) continue;
        if (ip)
            fits(c->ip, &c->nip, key);
        else
            fits(c->title, &c->ntitle, key);
    }
}

static enum status check_number(struct recount *w, int64_t hash, uint32_t key,
                                struct err *err) {
    sqlite3_reset(w->has_number);
    sqlite3_bind_int64(w->has_number, 1, hash);
    sqlite3_bind_int64(w->has_number, 2, key);
    bool row = false;
    enum status s = db_step(&w->r->db, w->has_number, &row, err);
    sqlite3_reset(w->has_number);
    if (s == STATUS_OK && !row) say(w, "第 %u 号记录的知识产权号没有记下", key);
    w->numbers++;
    return s;
}

static enum status visit(void *arg, const struct registry_row *row, struct err *err) {
    struct recount *w = arg;
    if (!record_is_registered(&row->record)) return STATUS_OK;
    enum status s = conversion_terms_record(&w->terms, row->record.json, err);
    const struct conversion_terms *t = &w->terms;
    for (size_t i = 0; i < t->nip && s == STATUS_OK; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++) again |= t->ip_hash[k] == t->ip_hash[i];
        if (again) continue;
        look_up(w, t->ip_hash[i], true, row->key);
        if (w->kept) s = check_number(w, t->ip_hash[i], row->key, err);
    }
    for (size_t i = 0; i < t->id->nhash && s == STATUS_OK; i++)
        look_up(w, t->id->hash[i], false, row->key);
    return s;
}

/* What the contract's row and links say against what was counted. */
static enum status compare(struct recount *w, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(
        &w->r->db,
        "SELECT c.match, count(l.n), coalesce(min(l.key), 0), coalesce(min(l.match), ''),"
        " (SELECT count(*) FROM conversion_candidate d WHERE d.id = c.id), c.contract_no"
        " FROM conversion c LEFT JOIN conversion_link l ON l.contract_no = c.contract_no"
        " WHERE c.id = ?1 GROUP BY c.id",
        &q, err);
    for (size_t i = 0; i < w->ncontract && s == STATUS_OK; i++) {
        const struct open_contract *c = &w->contract[i];
        bool row = false;
        if (c->manual) continue;
        int n = c->nip ? c->nip : c->ntitle;
        const char *class = n != 1 ? "none" : c->nip ? "ip" : "title";
        int64_t key = n != 1 ? 0 : c->nip ? c->ip[0] : c->title[0];
        sqlite3_reset(q);
        sqlite3_bind_int64(q, 1, c->id);
        s = db_step(&w->r->db, q, &row, err);
        if (s != STATUS_OK || !row) continue;
        bool good = str_eq_z(db_column(q, 0), class) &&
                    sqlite3_column_int(q, 1) == (key != 0) &&
                    sqlite3_column_int64(q, 2) == key &&
                    (!key || str_eq_z(db_column(q, 3), class)) &&
                    sqlite3_column_int(q, 4) == (n > 2 ? 2 : n);
        struct str no = db_column(q, 5);
        if (!good)
            say(w, "合同 %.*s 的匹配与重算的（%s）不符", (int)(no.n < 100 ? no.n : 100),
                no.p, class);
    }
    sqlite3_finalize(q);
    return s;
}

/* Findings that one statement each counts. */
static enum status check_links(struct recount *w, struct err *err) {
    static const struct {
        const char *sql, *sentence;
    } rules[] = {
        {"SELECT count(*) FROM conversion_dirty", "合同没有匹配完"},
        {"SELECT count(*) FROM conversion_link l WHERE l.key IS NOT NULL AND NOT EXISTS"
         " (SELECT 1 FROM record r WHERE r.key = l.key)",
         "合同关联指向没有的记录"},
        {"SELECT count(*) FROM conversion_link l WHERE l.key IS NULL AND EXISTS (SELECT 1"
         " FROM record r WHERE l.target = 'u:' || r.uid)",
         "合同关联没有连上已有的成果"},
        {"SELECT count(*) FROM conversion_link l WHERE l.key IS NULL AND EXISTS (SELECT 1"
         " FROM number n JOIN record r ON r.key = n.key WHERE l.target = 'r:' || "
         "n.regno)",
         "合同关联没有连上已有的登记号"},
        {"SELECT count(*) FROM conversion_link l WHERE NOT EXISTS (SELECT 1 FROM"
         " conversion c WHERE c.kind = 'contract' AND c.contract_no = l.contract_no)",
         "关联没有合同"},
        {"SELECT count(*) FROM conversion c WHERE kind = 'contract' AND"
         " json_array_length(json, '$.achievements') > 0 AND (match <> 'declared' OR"
         "  json_array_length(json, '$.achievements') <> (SELECT count(*) FROM"
         "  conversion_link l WHERE l.contract_no = c.contract_no AND l.match = "
         "'declared'))",
         "合同的关联与它写明的成果不符"},
        {"SELECT count(*) FROM conversion_term t JOIN conversion c ON c.id = t.id"
         " WHERE json_array_length(c.json, '$.achievements') > 0",
         "匹配词属于写明了成果的合同"},
    };
    enum status s = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(rules) && s == STATUS_OK; i++) {
        int64_t n = 0;
        s = db_int(&w->r->db, rules[i].sql, &n, err);
        if (s == STATUS_OK && n) say(w, "%s：%lld 处", rules[i].sentence, (long long)n);
    }
    return s;
}

static enum status check_numbers(struct recount *w, struct err *err) {
    int64_t n = 0;
    enum status s = db_int(&w->r->db, "SELECT count(*) FROM ip_number", &n, err);
    if (s == STATUS_OK && n != w->numbers)
        say(w, "记下了 %lld 个知识产权号，应有 %lld 个", (long long)n,
            (long long)w->numbers);
    if (s == STATUS_OK)
        s = db_int(&w->r->db, "SELECT count(*) FROM conversion_term", &n, err);
    if (s == STATUS_OK && n != (int64_t)w->nterm)
        say(w, "记下了 %lld 个匹配词，应有 %zu 个", (long long)n, w->nterm);
    return s;
}

enum status conversion_check(struct registry *r, conversion_finding_fn fn, void *arg,
                             struct err *err) {
    struct recount w = {.r = r, .fn = fn, .arg = arg};
    uint32_t end = 0, count = 0;
    int64_t kept = 0;
    enum status s = conversion_terms_init(&w.terms, err);
    if (s != STATUS_OK) return s;
    s = db_int(&r->db, "SELECT count(*) FROM meta WHERE name = 'conversion_ip'", &kept,
               err);
    w.kept = kept != 0;
    if (s == STATUS_OK)
        s = db_prepare(&r->db, "SELECT 1 FROM ip_number WHERE hash = ?1 AND key = ?2",
                       &w.has_number, err);
    if (s == STATUS_OK)
        s = db_prepare(&r->db,
                       "SELECT 1 FROM conversion_term WHERE hash = ?1 AND id = ?2",
                       &w.has_term, err);
    if (s == STATUS_OK) s = load_contracts(&w, err);
    if (s == STATUS_OK) s = registry_extent(r, &end, &count, err);
    if (s == STATUS_OK && (w.kept || w.nterm))
        s = registry_each(r, 1, end, visit, &w, err);
    if (s == STATUS_OK) s = compare(&w, err);
    if (s == STATUS_OK) s = check_links(&w, err);
    if (s == STATUS_OK) s = check_numbers(&w, err);
    sqlite3_finalize(w.has_number);
    sqlite3_finalize(w.has_term);
    conversion_terms_done(&w.terms);
    free(w.contract);
    free(w.term);
    return s;
}
