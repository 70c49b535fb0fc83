#include "indexer/conversion.h"
#include "indexer/decide_store.h"
#include "indexer/registry_sql.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define IDENT 320 /* bytes of a natural key; contract numbers are shorter by far */

struct put {
    const char *kind;
    const char *ident;
    const char *origin;     /* NULL: the natural key is enough */
    struct str contract_no; /* empty: about an achievement */
    struct str supersedes;
    uint32_t key; /* 0: about a contract */
    const char *status;
    const json_t *json;
};

static enum status find(struct decide *d, const struct put *p, int64_t *id, bool *same,
                        struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_CONVERSION_FIND, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(p->kind));
    db_bind(q, 2, str_of(p->ident));
    bool row = false;
    enum status s = db_step(&d->b->r->db, q, &row, err);
    *id = s == STATUS_OK && row ? sqlite3_column_int64(q, 0) : 0;
    *same = *id && str_eq(db_column(q, 1), buf_str(&d->text));
    registry_reset(q);
    if (s != STATUS_OK || *id || !p->origin) return s;
    if (!(q = registry_sql(d->b->r, SQL_CONVERSION_BY_ORIGIN, err)))
        return STATUS_INTERNAL;
    db_bind(q, 1, str_of(p->origin));
    s = db_step(&d->b->r->db, q, same, err);
    *id = s == STATUS_OK && *same ? sqlite3_column_int64(q, 0) : 0;
    registry_reset(q);
    return s;
}

static enum status replaced_before(struct decide *d, int64_t id, bool *yes,
                                   struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_CONVERSION_HISTORY_HAS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    db_bind(q, 2, buf_str(&d->text));
    enum status s = db_step(&d->b->r->db, q, yes, err);
    registry_reset(q);
    return s;
}

static enum status insert(struct decide *d, const struct put *p, struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_CONVERSION_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(p->kind));
    db_bind(q, 2, str_of(p->ident));
    if (p->contract_no.n) db_bind(q, 3, p->contract_no);
    if (p->key) sqlite3_bind_int64(q, 4, p->key);
    db_bind(q, 5, str_of(p->status));
    sqlite3_bind_int64(q, 6, d->b->id);
    if (p->origin) db_bind(q, 7, str_of(p->origin));
    if (p->supersedes.n) db_bind(q, 8, p->supersedes);
    db_bind(q, 9, buf_str(&d->text));
    sqlite3_bind_int64(q, 10, d->b->row_batch);
    return db_run(&d->b->r->db, q, err);
}

static enum status replace(struct decide *d, const struct put *p, int64_t id,
                           struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_CONVERSION_HISTORY_INSERT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    enum status s = db_run(&d->b->r->db, q, err);
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(d->b->r, SQL_CONVERSION_UPDATE, err))) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, id);
    db_bind(q, 2, str_of(p->status));
    sqlite3_bind_int64(q, 3, d->b->id);
    if (p->supersedes.n) db_bind(q, 4, p->supersedes);
    db_bind(q, 5, buf_str(&d->text));
    sqlite3_bind_int64(q, 6, d->b->row_batch);
    return db_run(&d->b->r->db, q, err);
}

/* The row's text is in d->text afterwards. */
static enum status put(struct decide *d, const struct put *p, struct decision *out,
                       struct err *err) {
    int64_t id = 0;
    bool same = false;
    out->outcome = OUTCOME_UNCHANGED;
    out->key = p->key;
    enum status s = decide_dump(p->json, &d->text, err);
    if (s == STATUS_OK) s = find(d, p, &id, &same, err);
    if (s == STATUS_OK && id && !same && d->b->repeat)
        s = replaced_before(d, id, &same, err);
    if (s == STATUS_OK && same)
        return registry_put_again(d->b, AGAIN_CONVERSION, id,
                                  (int64_t)XXH3_64bits(d->text.p, d->text.n), err);
    if (s != STATUS_OK) return s;
    s = id ? replace(d, p, id, err) : insert(d, p, err);
    out->outcome = id ? OUTCOME_UPDATED : OUTCOME_ADDED;
    out->applied = true;
    d->b->changed = true;
    return s;
}

static enum status run_with(struct decide *d, enum registry_sql which, struct str arg,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, which, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, arg);
    return db_run(&d->b->r->db, q, err);
}

enum status conversion_contract(struct decide *d, const struct contract_row *c,
                                struct decision *out, struct err *err) {
    struct decision dec = {.outcome = OUTCOME_UNCHANGED};
    char ident[IDENT];
    snprintf(ident, sizeof ident, "%.*s", (int)c->contract_no.n, c->contract_no.p);
    decide_name_contract(c->contract_no, dec.target);
    struct put p = {.kind = "contract",
                    .ident = ident,
                    .contract_no = c->contract_no,
                    .supersedes = c->supersedes,
                    .status = c->voided ? "void" : "valid",
                    .json = c->json};
    enum status s = put(d, &p, &dec, err);
    if (s == STATUS_OK && dec.applied) {
        s = run_with(d, SQL_CONVERSION_SUPERSEDE, c->contract_no, err);
        if (s == STATUS_OK && c->supersedes.n)
            s = run_with(d, SQL_CONVERSION_SUPERSEDE, c->supersedes, err);
    }
    if (s == STATUS_OK) *out = dec;
    return s;
}

static enum status has_contract(struct decide *d, struct str contract_no, bool *has,
                                struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_CONVERSION_FIND, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of("contract"));
    db_bind(q, 2, contract_no);
    enum status s = db_step(&d->b->r->db, q, has, err);
    registry_reset(q);
    return s;
}

static void hex(const unsigned char *p, char out[33]) {
    for (int i = 0; i < 16; i++) snprintf(out + 2 * i, 3, "%02x", p[i]);
}

/* Receipts and rewards. */
static enum status payment(struct decide *d, const char *kind, struct str contract_no,
                           int64_t no, const json_t *json,
                           const struct conversion_place *at, struct decision *out,
                           struct err *err) {
    struct decision dec = {.outcome = OUTCOME_UNCHANGED};
    char ident[IDENT], origin[IDENT + 64], digest[33];
    bool known = false;
    decide_name_contract(contract_no, dec.target);
    enum status s = has_contract(d, contract_no, &known, err);
    if (s != STATUS_OK) return s;
    if (!known) {
        decide_refuse(&dec, OUTCOME_HELD, "H_ORPHAN", "contract_no",
                      "还没有合同 %.100s，收到后自动处理", dec.target + 2);
        dec.waiting = WAITING_TARGET;
        *out = dec;
        return STATUS_OK;
    }
    struct put p = {.kind = kind,
                    .ident = ident,
                    .contract_no = contract_no,
                    .status = "valid",
                    .json = json};
    if (no >= 0) {
        snprintf(ident, sizeof ident, "%.*s#%lld", (int)contract_no.n, contract_no.p,
                 (long long)no);
    } else {
        const char *base = strrchr(at->source, '/');
        hex(at->file, digest);
        snprintf(ident, sizeof ident, "@%s:%lld", digest, (long long)at->line);
        hex(at->row, digest);
        snprintf(origin, sizeof origin, "%s:%lld:%s:%.255s", kind, (long long)at->line,
                 digest, base ? base + 1 : at->source);
        p.origin = origin;
    }
    s = put(d, &p, &dec, err);
    if (s == STATUS_OK) *out = dec;
    return s;
}

enum status conversion_receipt(struct decide *d, const struct receipt_row *c,
                               const struct conversion_place *at, struct decision *out,
                               struct err *err) {
    return payment(d, "receipt", c->contract_no, c->no, c->json, at, out, err);
}

enum status conversion_reward(struct decide *d, const struct reward_row *c,
                              const struct conversion_place *at, struct decision *out,
                              struct err *err) {
    return payment(d, "reward", c->contract_no, c->no, c->json, at, out, err);
}

/* Statuses and benefits of an achievement: one per `when` (a day or a year). */
static enum status yearly(struct decide *d, const char *kind, struct str uid,
                          struct str regno, int when, const json_t *json,
                          struct decision *out, struct err *err) {
    struct decision dec = {.outcome = OUTCOME_UNCHANGED};
    uint32_t key = 0;
    char ident[IDENT];
    enum status s = decide_target(d, uid, regno, &key, dec.target, err);
    if (s != STATUS_OK) return s;
    if (!key) {
        decide_refuse(&dec, OUTCOME_HELD, "H_ORPHAN", uid.n ? "uid" : "regno",
                      "还没有 %.100s 这项成果，收到后自动处理", dec.target + 2);
        dec.waiting = WAITING_TARGET;
        *out = dec;
        return STATUS_OK;
    }
    snprintf(ident, sizeof ident, "%u@%d", key, when);
    struct put p = {
        .kind = kind, .ident = ident, .key = key, .status = "valid", .json = json};
    s = put(d, &p, &dec, err);
    if (s == STATUS_OK) *out = dec;
    return s;
}

enum status conversion_app_status(struct decide *d, const struct app_status_row *c,
                                  struct decision *out, struct err *err) {
    return yearly(d, "app_status", c->uid, c->regno, c->as_of, c->json, out, err);
}

enum status conversion_benefit(struct decide *d, const struct benefit_row *c,
                               struct decision *out, struct err *err) {
    return yearly(d, "benefit", c->uid, c->regno, c->year, c->json, out, err);
}

enum status conversion_link(struct registry_batch *b, const char *target, uint32_t key,
                            struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_LINK_RESOLVE, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, str_of(target));
    sqlite3_bind_int64(q, 2, key);
    return db_run(&b->r->db, q, err);
}

enum status conversion_any_open(struct registry_batch *b, bool *any, struct err *err) {
    sqlite3_stmt *q = registry_sql(b->r, SQL_LINK_OPEN, err);
    if (!q) return STATUS_INTERNAL;
    bool row = false;
    enum status s = db_step(&b->r->db, q, &row, err);
    if (s == STATUS_OK) *any = row && sqlite3_column_int(q, 0) != 0;
    registry_reset(q);
    return s;
}
