#include "indexer/decide_store.h"
#include "indexer/registry_sql.h"
#include "indexer/units.h"

#include <stdarg.h>
#include <stdio.h>

/* The canonical text of core/record.h: keys sorted, compact. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_SORT_KEYS)

void decide_refuse(struct decision *out, enum outcome o, const char *code,
                   const char *field, const char *fmt, ...) {
    char text[sizeof out->why.text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(&out->why, STATUS_INVALID, code, "%s", text);
    err_place(&out->why, NULL, 0, field);
    out->outcome = o;
}

void decide_hold_marking(struct decision *out) {
    decide_refuse(out, OUTCOME_HELD, "H_MARKING", "",
                  "文字中有密级标志，未保存内容；请核实定密后处理");
    out->secret = true;
}

enum status decide_dump(const json_t *doc, struct buf *out, struct err *err) {
    buf_clear(out);
    if (!buf_reserve(out, 4096)) return buf_check(out, "记录", err);
    size_t n = json_dumpb(doc, out->p, out->cap - 1, DUMP_FLAGS);
    if (n == 0) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (n > out->cap - 1) {
        if (!buf_reserve(out, n)) return buf_check(out, "记录", err);
        n = json_dumpb(doc, out->p, out->cap - 1, DUMP_FLAGS);
    }
    out->n = n;
    out->p[n] = 0;
    return STATUS_OK;
}

enum status decide_load(struct decide *d, uint32_t key, struct record *out,
                        struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_TEXT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s = db_step(&d->b->r->db, q, &row, err);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_CORRUPT, NULL, "登记库第 %u 号记录没有正文", key);
    if (s == STATUS_OK) s = record_from_text(db_column(q, 0), out, err);
    registry_reset(q);
    return s;
}

/* The state that stands just before `at`, and the events behind it. */
static enum status load_tail(struct decide *d, uint32_t key, int64_t at,
                             enum life_state *start, struct life_event *ev, size_t max,
                             size_t *n, struct err *err) {
    struct db *db = &d->b->r->db;
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_EVENT_BEFORE, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, at);
    bool row = false;
    enum status s = db_step(db, q, &row, err);
    *start =
        s == STATUS_OK && row ? (enum life_state)sqlite3_column_int(q, 0) : LIFE_NONE;
    registry_reset(q);
    if (s != STATUS_OK) return s;
    if (!(q = registry_sql(d->b->r, SQL_EVENT_TAIL, err))) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, at);
    size_t i = 0;
    while (i < max && (s = db_step(db, q, &row, err)) == STATUS_OK && row)
        ev[i++] = (struct life_event){sqlite3_column_int64(q, 0),
                                      (enum life_state)sqlite3_column_int(q, 1),
                                      (enum life_kind)sqlite3_column_int(q, 2)};
    registry_reset(q);
    *n = i;
    return s;
}

enum status decide_fold(struct decide *d, uint32_t key, const struct registry_head *h,
                        const struct life_event *ev, enum life_state *after,
                        bool *allowed, struct err *why, struct err *err) {
    *allowed = true;
    if (!h) {
        *after = ev->to;
        return STATUS_OK;
    }
    if (ev->at >= h->event_at) {
        *allowed = lifecycle_fold(h->state, ev, 1, after, NULL, why) == STATUS_OK;
        return STATUS_OK;
    }
    struct life_event tail[DECIDE_MAX_TAIL + 2];
    size_t n = 0;
    enum life_state start = LIFE_NONE;
    tail[0] = *ev;
    enum status s =
        load_tail(d, key, ev->at, &start, tail + 1, DECIDE_MAX_TAIL + 1, &n, err);
    if (s != STATUS_OK) return s;
    if (n > DECIDE_MAX_TAIL) {
        *allowed = false;
        err_set(why, STATUS_LIMIT, "E_STATE", "此后的事件超过 %d 件，不能再插入",
                DECIDE_MAX_TAIL);
        return STATUS_OK;
    }
    *allowed = lifecycle_fold(start, tail, n + 1, after, NULL, why) == STATUS_OK;
    return STATUS_OK;
}

enum status decide_marks(struct decide *d, uint32_t key, json_t *doc, int64_t updated_at,
                         int64_t fallback, bool *changed, struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_MARK_LIST, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, updated_at == INT64_MIN ? fallback : updated_at);
    *changed = false;
    bool row = false;
    enum status s;
    /* In order of time: the last one of each field stays. */
    while ((s = db_step(&d->b->r->db, q, &row, err)) == STATUS_OK && row) {
        struct str field = db_column(q, 0), value = db_column(q, 1);
        json_t *v = json_stringn(value.p, value.n);
        if (json_object_setn_new(doc, field.p, field.n, v) != 0) {
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
            break;
        }
        *changed = true;
    }
    registry_reset(q);
    return s;
}

static bool negative(const json_t *doc) {
    const char *c = json_string_value(
        json_object_get(json_object_get(doc, "evaluation"), "conclusion"));
    return c && strcmp(c, "negative") == 0;
}

enum status decide_judge(struct decide *d, uint32_t key, struct str regno,
                         const json_t *doc, enum life_state after, struct decision *out,
                         bool *fine, struct err *err) {
    *fine = false;
    if (after == LIFE_APPROVED && negative(doc)) {
        decide_refuse(out, OUTCOME_REJECTED, "E_EVAL", "evaluation.conclusion",
                      "评价结论不是肯定性意见，不能批准登记");
        return STATUS_OK;
    }
    uint32_t rival = 0;
    enum status s = STATUS_OK;
    if (regno.n && !lifecycle_freed_number(after))
        s = registry_rival(d->b->r, regno, key, &rival, err);
    if (s != STATUS_OK) return s;
    if (rival) {
        struct registry_head h;
        s = registry_head_load(d->b->r, rival, &h, err);
        if (s != STATUS_OK) return s;
        decide_refuse(out, OUTCOME_REJECTED, "E_REGNO", "regno",
                      "登记号 %.*s 已属于另一项已登记成果 %.80s",
                      (int)(regno.n < 64 ? regno.n : 64), regno.p, h.uid);
        out->other = rival;
        registry_head_done(&h);
        return STATUS_OK;
    }
    *fine = true;
    return STATUS_OK;
}

enum outcome decide_outcome(bool before, bool after) {
    if (before) return after ? OUTCOME_UPDATED : OUTCOME_WITHDRAWN;
    return after ? OUTCOME_ADDED : OUTCOME_SKIPPED;
}

/* When the record left the state approved for the last time. */
static enum status left_at(struct decide *d, uint32_t key, int64_t *out,
                           struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_EVENT_LEFT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    int64_t at = INT64_MIN;
    bool row = false;
    enum status s;
    while ((s = db_step(&d->b->r->db, q, &row, err)) == STATUS_OK && row &&
           sqlite3_column_int(q, 1) != LIFE_APPROVED)
        at = sqlite3_column_int64(q, 0);
    registry_reset(q);
    if (s == STATUS_OK) *out = at == INT64_MIN ? d->b->now : at;
    return s;
}

/* When consent or publicity took an approved record away: at the newest event that says
 * so, else with the line. */
static enum status hidden_at(struct decide *d, uint32_t key, int64_t updated_at,
                             int64_t *out, struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_MARK_LAST, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s = db_step(&d->b->r->db, q, &row, err);
    int64_t at = updated_at;
    if (s == STATUS_OK && row && sqlite3_column_type(q, 0) != SQLITE_NULL &&
        sqlite3_column_int64(q, 0) > at)
        at = sqlite3_column_int64(q, 0);
    registry_reset(q);
    if (s == STATUS_OK) *out = at == INT64_MIN ? d->b->now : at;
    return s;
}

/* Why the public lost it (record.md, "What the public sees"); NULL: no loss to announce
 * (a number that waits for its papers answers 404). */
static const char *loss_reason(const struct registry_head *h, const struct record *now) {
    if (h->visible || !h->was_public) return NULL;
    if (h->state != LIFE_APPROVED) return "withdrawn";
    if (now->paper_pending) return NULL;
    return str_eq_z(now->publicity, "objected") ? "objected" : "consent";
}

enum status decide_settle(struct decide *d, uint32_t key,
                          const struct registry_head *before, struct registry_head *h,
                          const struct record *now, struct err *err) {
    h->was_public |= h->visible;
    const char *reason = loss_reason(h, now);
    enum status s = STATUS_OK;
    if (h->visible || !h->was_public)
        h->lost_at = 0;
    else if (h->state != LIFE_APPROVED)
        s = left_at(d, key, &h->lost_at, err);
    else if (!h->lost_at)
        s = hidden_at(d, key, now->updated_at, &h->lost_at, err);
    if (s != STATUS_OK || (!before && !h->visible)) return s;
    return registry_settle_loss(d->b, key, before, h, reason, err);
}

enum status decide_store(struct decide *d, const struct decide_change *c,
                         struct err *err) {
    struct registry_head *h = c->h;
    h->registered = record_is_registered(c->now);
    h->visible = record_visibility(c->now) != VISIBLE_NO;
    enum status s = decide_settle(d, c->key, c->before, h, c->now, err);
    if (s == STATUS_OK)
        s = registry_put(d->b, c->key, h, c->json, !c->before, c->keep, err);
    if (s == STATUS_OK) s = units_apply(d->b, c->key, c->was, c->now, false, err);
    if (s == STATUS_OK) s = registry_touch(d->b, c->key, err);
    return s;
}
