/* What a person says of a contract, and forgetting; declared in conversion_match.h. */
#include "indexer/conversion_work.h"

enum status conversion_forget(struct registry_batch *b, uint32_t key,
                              const struct identity *id, struct err *err) {
    struct match m;
    enum status s = match_init(&m, b, err);
    if (s != STATUS_OK) return s;
    s = match_run(&m, M_FORGET_PAST, key, 0, err);
    if (s == STATUS_OK) s = match_run(&m, M_FORGET, key, 0, err);
    for (size_t i = 0; i < id->nhash && s == STATUS_OK; i++) {
        s = match_run(&m, M_FORGET_TITLE_PAST, id->hash[i], 0, err);
        if (s == STATUS_OK) s = match_run(&m, M_FORGET_TITLE, id->hash[i], 0, err);
    }
    match_done(&m);
    return s;
}

struct pin {
    int64_t id;
    bool manual;
};

static enum status pin_find(struct match *m, struct str no, struct pin *out,
                            struct err *err) {
    sqlite3_stmt *q = match_sql(m, M_CONTRACT, err);
    if (!q) return STATUS_INTERNAL;
    db_bind(q, 1, no);
    bool row = false;
    enum status s = db_step(m->db, q, &row, err);
    int shown = (int)(no.n < 100 ? no.n : 100);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "没有合同 %.*s", shown, no.p);
    else if (s == STATUS_OK && sqlite3_column_int(q, 2) > 0)
        s = err_set(err, STATUS_CONFLICT, NULL,
                    "合同 %.*s 自己写明了成果；要改，请导入更正后的合同行", shown, no.p);
    if (s == STATUS_OK)
        *out =
            (struct pin){sqlite3_column_int64(q, 0), str_eq_z(db_column(q, 1), "manual")};
    sqlite3_reset(q);
    return s;
}

static enum status put_manual(struct match *m, struct str no, uint32_t key,
                              struct err *err) {
    struct buf target = buf_init(DECIDE_TARGET);
    sqlite3_stmt *q = match_sql(m, M_MANUAL_TARGET, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s = db_step(m->db, q, &row, err);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "登记库中没有第 %u 号记录", key);
    if (s == STATUS_OK) buf_add_str(&target, db_column(q, 0));
    sqlite3_reset(q);
    if (s == STATUS_OK) s = buf_check(&target, "来源标识", err);
    if (s == STATUS_OK)
        s = match_put_link(m, no, 0, buf_str(&target), key, SHARE_ONE, "manual", err);
    buf_done(&target);
    return s;
}

enum status conversion_pin(struct registry_batch *b, struct str contract_no, uint32_t key,
                           bool *changed, struct err *err) {
    struct match m;
    struct pin p;
    bool stands = false;
    enum status s = match_init(&m, b, err);
    if (s != STATUS_OK) return s;
    s = pin_find(&m, contract_no, &p, err);
    if (s == STATUS_OK)
        s = match_link_stands(&m, contract_no, key, "manual", &stands, err);
    bool same = s == STATUS_OK && p.manual && stands;
    if (s == STATUS_OK && !same) {
        s = match_drop_links(&m, contract_no, err);
        if (s == STATUS_OK && key) s = put_manual(&m, contract_no, key, err);
        if (s == STATUS_OK) s = match_set_class(&m, p.id, "manual", err);
        if (s == STATUS_OK) s = match_run(&m, M_CANDIDATE_CLEAR, p.id, 0, err);
        b->changed = true;
    }
    match_done(&m);
    if (s == STATUS_OK) *changed = !same;
    return s;
}

enum status conversion_unpin(struct registry_batch *b, struct str contract_no,
                             bool *changed, struct err *err) {
    struct match m;
    struct pin p;
    enum status s = match_init(&m, b, err);
    if (s != STATUS_OK) return s;
    s = pin_find(&m, contract_no, &p, err);
    bool was = s == STATUS_OK && p.manual;
    if (was) {
        s = match_drop_links(&m, contract_no, err);
        if (s == STATUS_OK) s = match_set_class(&m, p.id, "none", err);
        if (s == STATUS_OK) s = match_run(&m, M_DIRTY_ONE, p.id, 0, err);
        b->changed = true;
    }
    match_done(&m);
    if (s == STATUS_OK) *changed = was;
    return s;
}
