/* Events: moves of the life cycle, consent, publicity. Declared in decide.h. */
#include "indexer/decide.h"
#include "indexer/decide_store.h"
#include "indexer/registry_sql.h"

#include <stdlib.h>

struct step {
    const struct event_row *ev;
    uint32_t key;
    struct registry_head head;
    struct record was;
    bool moves, known_move; /* the event names a state; it stands there already */
    enum life_state after;
};

static void bind_or_null(sqlite3_stmt *q, int i, struct str s) {
    if (s.n)
        db_bind(q, i, s);
    else
        sqlite3_bind_null(q, i);
}

/* Of a statement that gives the row's arrival; one that stands there is brought again. */
static enum status has_row(struct decide *d, const struct step *st, enum again kind,
                           sqlite3_stmt *q, bool *has, struct err *err) {
    enum status s = db_step(&d->b->r->db, q, has, err);
    int64_t seq = s == STATUS_OK && *has ? sqlite3_column_int64(q, 0) : 0;
    registry_reset(q);
    return s == STATUS_OK && *has ? registry_put_again(d->b, kind, st->key, seq, err) : s;
}

/* Does the very same event stand there? */
static enum status has_event(struct decide *d, const struct step *st, enum life_state to,
                             bool *has, struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_EVENT_HAS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, st->key);
    sqlite3_bind_int64(q, 2, st->ev->at);
    sqlite3_bind_int(q, 3, (int)to);
    sqlite3_bind_int(q, 4, LIFE_EXPLICIT);
    bind_or_null(q, 5, st->ev->by);
    bind_or_null(q, 6, st->ev->opinion);
    return has_row(d, st, AGAIN_EVENT, q, has, err);
}

/* Stores a change of consent or publicity unless it stands there. */
static enum status put_mark(struct decide *d, const struct step *st, const char *field,
                            struct str value, bool *fresh, struct err *err) {
    if (!value.n) return STATUS_OK;
    bool has = false;
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_MARK_HAS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, st->key);
    sqlite3_bind_int64(q, 2, st->ev->at);
    db_bind(q, 3, str_of(field));
    db_bind(q, 4, value);
    bind_or_null(q, 5, st->ev->by);
    bind_or_null(q, 6, st->ev->opinion);
    enum status s = has_row(d, st, AGAIN_MARK, q, &has, err);
    if (s != STATUS_OK || has) return s;
    if (!(q = registry_sql(d->b->r, SQL_MARK_INSERT, err))) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, st->key);
    sqlite3_bind_int64(q, 2, st->ev->at);
    sqlite3_bind_int64(q, 3, d->b->arrival++);
    db_bind(q, 4, str_of(field));
    db_bind(q, 5, value);
    sqlite3_bind_int64(q, 6, d->b->id);
    bind_or_null(q, 7, st->ev->by);
    bind_or_null(q, 8, st->ev->opinion);
    sqlite3_bind_int64(q, 9, d->b->row_batch);
    *fresh = true;
    return db_run(&d->b->r->db, q, err);
}

static enum status judge_move(struct decide *d, struct step *st, struct decision *out,
                              bool *fine, struct err *err) {
    enum life_state to = lifecycle_state(st->ev->to);
    st->after = st->head.state;
    *fine = true;
    if (to == LIFE_NONE) return STATUS_OK;
    enum status s = has_event(d, st, to, &st->known_move, err);
    if (s != STATUS_OK || st->known_move) return s;
    st->moves = true;
    struct life_event ev = {st->ev->at, to, LIFE_EXPLICIT};
    struct err why;
    s = decide_fold(d, st->key, &st->head, &ev, &st->after, fine, &why, err);
    if (s != STATUS_OK) return s;
    if (!*fine) {
        decide_refuse(out, OUTCOME_REJECTED, "E_STATE", "to", "%s", why.text);
        out->waiting = WAITING_STATE;
        return STATUS_OK;
    }
    if (st->after == st->head.state) return STATUS_OK;
    return decide_judge(d, st->key, str_of(st->head.regno), st->was.json, st->after, out,
                        fine, err);
}

/* Stores the event, and the record when its state, consent or publicity is another. */
static enum status carry_out(struct decide *d, struct step *st, struct decision *out,
                             struct err *err) {
    struct registry_head h = st->head;
    bool fresh = false, marked = false;
    enum status s = STATUS_OK;
    if (st->moves) {
        struct life_event ev = {st->ev->at, lifecycle_state(st->ev->to), LIFE_EXPLICIT};
        s = registry_put_event(d->b, st->key, &ev, st->ev->by, st->ev->opinion, err);
        if (ev.at > h.event_at) h.event_at = ev.at;
        if (ev.at > h.explicit_at) h.explicit_at = ev.at;
        h.state = st->after;
        fresh = true;
    }
    if (s == STATUS_OK) s = put_mark(d, st, "consent", st->ev->consent, &fresh, err);
    if (s == STATUS_OK) s = put_mark(d, st, "publicity", st->ev->publicity, &fresh, err);
    if (s != STATUS_OK || !fresh) return s;
    json_t *doc = json_copy(st->was.json);
    if (!doc ||
        json_object_set_new(doc, "state", json_string(lifecycle_name(h.state))) != 0) {
        json_decref(doc);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    struct record now = {0};
    s = registry_put_own(d->b, st->key, h.line_hash, st->was.state, st->was.consent,
                         st->was.publicity, err);
    if (s == STATUS_OK)
        s = decide_marks(d, st->key, doc, h.updated_at, INT64_MIN, &marked, err);
    if (s == STATUS_OK) s = record_of(doc, &now, err);
    if (s == STATUS_OK && h.state == st->head.state &&
        str_eq(now.consent, st->was.consent) &&
        str_eq(now.publicity, st->was.publicity)) {
        /* The same state, but perhaps left approved at another time. */
        s = decide_settle(d, st->key, &st->head, &h, &now, err);
        if (s == STATUS_OK) s = registry_put_head(d->b, st->key, &h, err);
        if (s == STATUS_OK && h.lost_at != st->head.lost_at)
            s = registry_touch(d->b, st->key, err);
    } else if (s == STATUS_OK) {
        s = decide_dump(doc, &d->text, err);
        struct decide_change c = {.key = st->key,
                                  .before = &st->head,
                                  .was = &st->was,
                                  .h = &h,
                                  .now = &now,
                                  .json = buf_str(&d->text)};
        if (s == STATUS_OK) s = decide_store(d, &c, err);
        out->outcome = decide_outcome(st->head.registered, h.registered);
    }
    out->applied = true;
    record_done(&now);
    json_decref(doc);
    return s;
}

enum status decide_event(struct decide *d, const struct event_row *ev,
                         struct decision *out, struct err *err) {
    struct decision dec = {.outcome = OUTCOME_UNCHANGED};
    struct step st = {.ev = ev};
    enum status s = decide_target(d, ev->uid, ev->regno, &st.key, dec.target, err);
    if (s != STATUS_OK) return s;
    if (!st.key) {
        decide_refuse(&dec, OUTCOME_HELD, "H_ORPHAN", ev->uid.n ? "uid" : "regno",
                      "还没有 %.100s 这项成果，收到后自动处理", dec.target + 2);
        dec.waiting = WAITING_TARGET;
        *out = dec;
        return STATUS_OK;
    }
    s = registry_head_load(d->b->r, st.key, &st.head, err);
    if (s != STATUS_OK) return s;
    bool fine = true;
    decide_name_uid(str_of(st.head.uid), dec.target);
    dec.key = st.key;
    s = decide_load(d, st.key, &st.was, err);
    if (s == STATUS_OK) s = judge_move(d, &st, &dec, &fine, err);
    if (s == STATUS_OK && fine) s = carry_out(d, &st, &dec, err);
    record_done(&st.was);
    registry_head_done(&st.head);
    if (s == STATUS_OK) *out = dec;
    return s;
}
