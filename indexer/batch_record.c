/* One record without the batch that is taken back; declared in batch_undo.h. */
#include "core/date.h"
#include "indexer/batch_undo.h"
#include "indexer/decide_store.h"
#include "indexer/registry_sql.h"
#include "indexer/units.h"

#include <stdio.h>
#include <stdlib.h>

/* One line that the record was brought by. */
struct version {
    int64_t hash, batch, row_batch, at; /* at: when its batch ran */
    bool mine, stood;
    struct record rec;
};

struct versions {
    struct version *v; /* in order of arrival */
    size_t n, cap;
    size_t now; /* the one that stands, once played */
};

static void versions_done(struct versions *vs) {
    for (size_t i = 0; i < vs->n; i++) record_done(&vs->v[i].rec);
    free(vs->v);
}

static enum status version_of(struct undo *u, sqlite3_stmt *q, struct version *out,
                              struct err *err) {
    struct version v = {.hash = sqlite3_column_int64(q, 0),
                        .batch = sqlite3_column_int64(q, 1),
                        .row_batch = sqlite3_column_int64(q, 2),
                        .mine = sqlite3_column_int(q, 3) != 0,
                        .stood = sqlite3_column_int(q, 4) != 0};
    sqlite3_stmt *at = undo_sql(u, UNDO_BATCH_AT, err);
    if (!at) return STATUS_INTERNAL;
    sqlite3_bind_int64(at, 1, v.batch);
    bool row = false;
    enum status s = db_step(&u->b->r->db, at, &row, err);
    v.at = s == STATUS_OK && row ? sqlite3_column_int64(at, 0) : u->b->now;
    registry_reset(at);
    if (s == STATUS_OK) s = record_from_text(db_column(q, 5), &v.rec, err);
    if (s == STATUS_OK) *out = v;
    return s;
}

static enum status read_versions(struct undo *u, enum undo_sql which, uint32_t key,
                                 struct versions *vs, struct err *err) {
    sqlite3_stmt *q = undo_sql(u, which, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, u->id);
    sqlite3_bind_int64(q, 2, key);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->b->r->db, q, &row, err)) == STATUS_OK && row) {
        if (vs->n == vs->cap) {
            size_t cap = vs->cap ? vs->cap * 2 : 8;
            struct version *v = realloc(vs->v, cap * sizeof *v);
            if (!v) {
                s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
                break;
            }
            vs->v = v;
            vs->cap = cap;
        }
        s = version_of(u, q, &vs->v[vs->n], err);
        if (s != STATUS_OK) break;
        vs->n++;
    }
    registry_reset(q);
    return s;
}

static void swap(struct version *a, struct version *b) {
    struct version t = *a;
    *a = *b;
    *b = t;
}

/* The history numbers a version when it is replaced, and a late one when it comes: what
 * came late stands before the version that it came after. Brings them into the order of
 * arrival. */
static void order_by_arrival(struct versions *vs) {
    for (size_t from = 0, i = 0; i < vs->n; i++) {
        if (!vs->v[i].stood) continue;
        for (size_t k = i; k > from; k--) swap(&vs->v[k], &vs->v[k - 1]);
        from = i + 1;
    }
}

static enum status load_versions(struct undo *u, uint32_t key, struct versions *vs,
                                 struct err *err) {
    enum status s = read_versions(u, UNDO_HISTORY, key, vs, err);
    if (s == STATUS_OK) s = read_versions(u, UNDO_CURRENT, key, vs, err);
    if (s != STATUS_OK) return s;
    order_by_arrival(vs);
    size_t n = 0;
    for (size_t i = 0; i < vs->n; i++)
        if (vs->v[i].mine)
            record_done(&vs->v[i].rec);
        else
            vs->v[n++] = vs->v[i];
    vs->n = n;
    return STATUS_OK;
}

/* As decide.h compares a line with what stands. */
static bool is_older(const struct record *a, const struct record *b) {
    if (a->rev && b->rev && a->rev != b->rev) return a->rev < b->rev;
    return a->updated_at != INT64_MIN && b->updated_at != INT64_MIN &&
           a->updated_at < b->updated_at;
}

static enum status put_history(struct undo *u, uint32_t key, int64_t n,
                               const struct version *v, bool stood, struct err *err) {
    struct buf text = buf_init(0);
    enum status s = record_canonical_text(&v->rec, &text, err);
    sqlite3_stmt *q = s == STATUS_OK ? undo_sql(u, UNDO_HISTORY_PUT, err) : NULL;
    if (q) {
        sqlite3_bind_int64(q, 1, key);
        sqlite3_bind_int64(q, 2, n);
        sqlite3_bind_int64(q, 3, v->hash);
        sqlite3_bind_int64(q, 4, v->batch);
        sqlite3_bind_int64(q, 5, v->row_batch);
        sqlite3_bind_int(q, 6, stood);
        db_bind(q, 7, buf_str(&text));
        s = db_run(&u->b->r->db, q, err);
    } else if (s == STATUS_OK) {
        s = STATUS_INTERNAL;
    }
    buf_done(&text);
    return s;
}

static int64_t since(int64_t updated_at, int64_t at) {
    return updated_at > 0 ? updated_at : at;
}

/* The lines come once more in their order: history and numbers follow. */
static enum status play(struct undo *u, uint32_t key, struct versions *vs,
                        struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_HISTORY_CLEAR, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    enum status s = db_run(&u->b->r->db, q, err);
    struct registry_batch *b = u->b;
    size_t now = 0;
    if (s == STATUS_OK) s = registry_put_number(b, vs->v[0].rec.regno, key, 0, err);
    for (size_t i = 1; i < vs->n && s == STATUS_OK; i++) {
        const struct version *was = &vs->v[now], *v = &vs->v[i];
        bool late = is_older(&v->rec, &was->rec);
        bool renumbered = !str_eq(v->rec.regno, was->rec.regno);
        s = put_history(u, key, (int64_t)i, late ? v : was, !late, err);
        if (s == STATUS_OK && renumbered)
            s = registry_put_number(b, late ? v->rec.regno : was->rec.regno, key,
                                    late ? since(was->rec.updated_at, v->at)
                                         : since(v->rec.updated_at, v->at),
                                    err);
        if (s == STATUS_OK && renumbered && !late)
            s = registry_put_number(b, v->rec.regno, key, 0, err);
        if (!late) now = i;
    }
    vs->now = now;
    return s;
}

/* State, newest events and the arrival of the last line, from what events are left. */
static enum status fold(struct undo *u, uint32_t key, struct registry_head *h,
                        int64_t *line_seq, struct err *err) {
    struct db *db = &u->b->r->db;
    sqlite3_stmt *q = undo_sql(u, UNDO_EVENTS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    enum life_state state = LIFE_NONE;
    h->event_at = h->explicit_at = INT64_MIN;
    *line_seq = 0;
    bool row = false;
    enum status s;
    while ((s = db_step(db, q, &row, err)) == STATUS_OK && row) {
        int64_t at = sqlite3_column_int64(q, 0), seq = sqlite3_column_int64(q, 1);
        enum life_state to = (enum life_state)sqlite3_column_int(q, 2);
        enum life_kind kind = (enum life_kind)sqlite3_column_int(q, 3);
        if (kind != LIFE_ENTRY && !lifecycle_allows(state, to)) {
            sqlite3_stmt *entry = undo_sql(u, UNDO_EVENT_ENTRY, err);
            if (!entry) return STATUS_INTERNAL;
            sqlite3_bind_int64(entry, 1, key);
            sqlite3_bind_int64(entry, 2, at);
            sqlite3_bind_int64(entry, 3, seq);
            s = db_run(db, entry, err);
            if (s != STATUS_OK) break;
        }
        if (kind == LIFE_EXPLICIT)
            h->explicit_at = at;
        else if (seq > *line_seq)
            *line_seq = seq;
        h->event_at = at;
        state = to;
    }
    registry_reset(q);
    if (s == STATUS_OK && state != LIFE_NONE) h->state = state;
    return s;
}

static enum status set_text(json_t *doc, const char *key, struct str value,
                            struct err *err) {
    if (!value.n) {
        json_object_del(doc, key);
        return STATUS_OK;
    }
    if (json_object_set_new(doc, key, json_stringn(value.p, value.n)) != 0)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    return STATUS_OK;
}

static struct str text_at(const json_t *doc, const char *key) {
    return str_of(json_string_value(json_object_get(doc, key)));
}

/* What the line itself stated of state, consent and publicity. */
static enum status restore_own(struct undo *u, uint32_t key, const struct version *v,
                               json_t *doc, struct err *err) {
    static const char *const names[] = {"state", "consent", "publicity"};
    sqlite3_stmt *q = undo_sql(u, UNDO_OWN, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, v->hash);
    bool row = false;
    enum status s = db_step(&u->b->r->db, q, &row, err);
    for (int i = 0; row && i < 3 && s == STATUS_OK; i++)
        s = set_text(doc, names[i], db_column(q, i), err);
    registry_reset(q);
    return s;
}

/* Consent and publicity by the events that are left: later than the line's own instant,
 * or, when it has none, arrived after it. */
static enum status apply_marks(struct undo *u, uint32_t key, const struct version *v,
                               int64_t line_seq, json_t *doc, struct err *err) {
    bool dated = v->rec.updated_at != INT64_MIN;
    sqlite3_stmt *q = undo_sql(u, UNDO_MARKS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, dated ? v->rec.updated_at : v->at);
    sqlite3_bind_int64(q, 3, dated ? INT64_MAX : line_seq);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->b->r->db, q, &row, err)) == STATUS_OK && row) {
        struct str field = db_column(q, 0);
        s = set_text(doc, str_eq_z(field, "consent") ? "consent" : "publicity",
                     db_column(q, 1), err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}

/* A line that came too late said nothing of the state; now that it stands it does, unless
 * a later explicit event overrules it. */
static enum status late_event(struct undo *u, uint32_t key, const struct version *v,
                              enum life_state to, struct err *err) {
    const struct life_event ev = {
        v->rec.updated_at != INT64_MIN ? v->rec.updated_at : v->at, to, LIFE_IMPLIED};
    if (v->stood || to == LIFE_NONE) return STATUS_OK;
    sqlite3_stmt *q = undo_sql(u, UNDO_EXPLICIT_AFTER, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, ev.at);
    bool overruled = false;
    enum status s = db_step(&u->b->r->db, q, &overruled, err);
    registry_reset(q);
    if (s != STATUS_OK || overruled) return s;
    u->b->row_batch = v->row_batch ? v->row_batch : v->batch;
    s = registry_put_event(u->b, key, &ev, str_of(""), str_of(""), err);
    u->b->row_batch = 0;
    return s;
}

static enum status content(struct undo *u, uint32_t key, const struct version *v,
                           struct registry_head *h, json_t **out, struct err *err) {
    json_t *doc = json_copy(v->rec.json);
    if (!doc) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    int64_t line_seq = 0;
    enum status s = restore_own(u, key, v, doc, err);
    if (s == STATUS_OK) {
        struct str stated = text_at(doc, "state");
        if (lifecycle_state(stated) != LIFE_NONE) h->state = lifecycle_state(stated);
        /* Marks are about to change what stands here: another withdrawal asks for it. */
        s = registry_put_own(u->b, key, v->hash, stated, text_at(doc, "consent"),
                             text_at(doc, "publicity"), err);
        if (s == STATUS_OK) s = late_event(u, key, v, lifecycle_state(stated), err);
    }
    if (s == STATUS_OK) {
        s = fold(u, key, h, &line_seq, err);
    }
    if (s == STATUS_OK) s = apply_marks(u, key, v, line_seq, doc, err);
    if (s == STATUS_OK) s = set_text(doc, "state", str_of(lifecycle_name(h->state)), err);
    if (s == STATUS_OK)
        *out = doc;
    else
        json_decref(doc);
    return s;
}

/* Numbers that the record carries no more: who looks for one is told that it is gone. */
static enum status lose_numbers(struct undo *u, uint32_t key,
                                const struct registry_head *before, const json_t *old,
                                struct err *err) {
    size_t i;
    json_t *item;
    enum status s = STATUS_OK;
    if (!before->was_public) return s;
    json_array_foreach(old, i, item) {
        struct registry_holder holder = {0};
        struct str regno = str_of(json_string_value(item));
        s = registry_holder_of(u->b->r, regno, &holder, err);
        if (s != STATUS_OK) return s;
        if (holder.key) continue;
        sqlite3_stmt *q = registry_sql(u->b->r, SQL_LOSS_PUT, err);
        if (!q) return STATUS_INTERNAL;
        db_bind(q, 1, regno);
        sqlite3_bind_int64(q, 2, key);
        sqlite3_bind_int64(q, 3, u->b->now);
        db_bind(q, 4, str_of("withdrawn"));
        s = db_run(&u->b->r->db, q, err);
        if (s != STATUS_OK) return s;
    }
    return s;
}

static enum status take_numbers(struct undo *u, uint32_t key, json_t **out,
                                struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_NUMBERS, err);
    json_t *list = json_array();
    if (!q || !list) {
        json_decref(list);
        return q ? err_set(err, STATUS_NOMEM, NULL, "内存不足") : STATUS_INTERNAL;
    }
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->b->r->db, q, &row, err)) == STATUS_OK && row) {
        struct str regno = db_column(q, 0);
        json_array_append_new(list, json_stringn(regno.p, regno.n));
    }
    registry_reset(q);
    if (s == STATUS_OK && !(q = undo_sql(u, UNDO_NUMBERS_CLEAR, err)))
        s = STATUS_INTERNAL;
    if (s == STATUS_OK) {
        sqlite3_bind_int64(q, 1, key);
        s = db_run(&u->b->r->db, q, err);
    }
    if (s == STATUS_OK)
        *out = list;
    else
        json_decref(list);
    return s;
}

/* Stores what stands without the batch. */
static enum status restore(struct undo *u, uint32_t key, const struct versions *vs,
                           const struct registry_head *before, const struct record *was,
                           struct err *err) {
    const struct version *v = &vs->v[vs->now];
    struct registry_head h = *before;
    struct record now = {0};
    json_t *doc = NULL;
    bool collection = v->rec.kind == RECORD_COLLECTION;
    enum status s = content(u, key, v, &h, &doc, err);
    if (s == STATUS_OK) s = record_of(doc, &now, err);
    json_decref(doc);
    if (s == STATUS_OK) s = decide_dump(now.json, &u->d->text, err);
    if (s == STATUS_OK) s = identity_of(now.json, collection, u->d->mine, err);
    if (s != STATUS_OK) goto done;
    h.regno = str_dup(now.regno);
    if (!h.regno) {
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
        goto done;
    }
    h.rev = now.rev;
    h.updated_at = now.updated_at;
    h.line_hash = v->hash;
    s = registry_put_identity(u->b, key, u->d->theirs->hash, u->d->theirs->nhash, true,
                              err);
    if (s == STATUS_OK)
        s = registry_put_identity(u->b, key, u->d->mine->hash, u->d->mine->nhash, false,
                                  err);
    if (s == STATUS_OK) s = similar_forget(u->d->similar, key, err);
    struct decide_change c = {.key = key,
                              .before = before,
                              .was = was,
                              .h = &h,
                              .now = &now,
                              .json = buf_str(&u->d->text)};
    if (s == STATUS_OK) s = decide_store(u->d, &c, err);
    sqlite3_stmt *q = s == STATUS_OK ? undo_sql(u, UNDO_RECORD_BATCH, err) : NULL;
    if (q) {
        sqlite3_bind_int64(q, 1, key);
        sqlite3_bind_int64(q, 2, v->batch);
        sqlite3_bind_int64(q, 3, v->row_batch);
        s = db_run(&u->b->r->db, q, err);
    } else if (s == STATUS_OK) {
        s = STATUS_INTERNAL;
    }
    free(h.regno);
done:
    record_done(&now);
    return s;
}

/* An event of another batch, told once more. */
static enum status requeue_event(struct undo *u, sqlite3_stmt *q, const char *uid,
                                 const char *target, struct err *err) {
    char at[INSTANT_TEXT];
    struct str field = db_column(q, 2), by = db_column(q, 4), opinion = db_column(q, 5);
    struct str to =
        field.n ? db_column(q, 3)
                : str_of(lifecycle_name((enum life_state)sqlite3_column_int(q, 3)));
    int64_t batch = sqlite3_column_int64(q, 6);
    instant_text(sqlite3_column_int64(q, 0), at);
    json_t *o = json_pack("{s:s,s:s,s:s}", "kind", "event", "uid", uid, "at", at);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    const char *name = !field.n                     ? "to"
                       : str_eq_z(field, "consent") ? "consent"
                                                    : "publicity";
    enum status s = set_text(o, name, to, err);
    if (s == STATUS_OK) s = set_text(o, "by", by, err);
    if (s == STATUS_OK) s = set_text(o, "opinion", opinion, err);
    if (s == STATUS_OK) s = decide_dump(o, &u->d->text, err);
    json_decref(o);
    return s == STATUS_OK
               ? undo_requeue(u, batch, 0, buf_str(&u->d->text), target, "uid", err)
               : s;
}

static enum status requeue_events(struct undo *u, uint32_t key, const char *uid,
                                  const char *target, struct err *err) {
    sqlite3_stmt *q = undo_sql(u, UNDO_LEFT_EVENTS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    bool row = false;
    enum status s;
    while ((s = db_step(&u->b->r->db, q, &row, err)) == STATUS_OK && row) {
        s = requeue_event(u, q, uid, target, err);
        if (s != STATUS_OK) break;
    }
    registry_reset(q);
    return s;
}

static enum status requeue_rows(struct undo *u, uint32_t key, const char *target,
                                struct err *err) {
    struct undo_ids ids = {0};
    sqlite3_stmt *q = undo_sql(u, UNDO_LEFT_CONVERSIONS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    enum status s = undo_ids(u, q, &ids, err);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++) {
        bool row = false;
        if (!(q = undo_sql(u, UNDO_CONVERSION, err))) {
            s = STATUS_INTERNAL;
            break;
        }
        sqlite3_bind_int64(q, 1, u->id);
        sqlite3_bind_int64(q, 2, ids.v[i]);
        s = db_step(&u->b->r->db, q, &row, err);
        if (s == STATUS_OK && row)
            s = undo_requeue(u, sqlite3_column_int64(q, 6), 0, db_column(q, 4), target,
                             "uid", err);
        registry_reset(q);
    }
    free(ids.v);
    return s;
}

static enum status remove_record(struct undo *u, uint32_t key,
                                 const struct registry_head *h, const struct record *was,
                                 struct err *err) {
    char target[DECIDE_TARGET];
    decide_name_uid(str_of(h->uid), target);
    enum status s = requeue_events(u, key, h->uid, target, err);
    if (s == STATUS_OK) s = requeue_rows(u, key, target, err);
    if (s == STATUS_OK) s = units_apply(u->b, key, was, NULL, false, err);
    if (s == STATUS_OK)
        s = registry_erase(u->b, key, h, u->d->theirs->hash, u->d->theirs->nhash, err);
    return s == STATUS_OK ? similar_forget(u->d->similar, key, err) : s;
}

enum status undo_record(struct undo *u, uint32_t key, bool *kept, struct err *err) {
    struct versions vs = {0};
    struct registry_head h = {0};
    struct record was = {0};
    json_t *numbers = NULL;
    enum status s = registry_head_load(u->b->r, key, &h, err);
    if (s == STATUS_OK) s = decide_load(u->d, key, &was, err);
    if (s == STATUS_OK)
        s = identity_of(was.json, was.kind == RECORD_COLLECTION, u->d->theirs, err);
    if (s == STATUS_OK) s = load_versions(u, key, &vs, err);
    *kept = vs.n > 0;
    if (s == STATUS_OK && !*kept) {
        s = remove_record(u, key, &h, &was, err);
        u->n.removed++;
    } else if (s == STATUS_OK) {
        s = take_numbers(u, key, &numbers, err);
        if (s == STATUS_OK) s = play(u, key, &vs, err);
        if (s == STATUS_OK) s = restore(u, key, &vs, &h, &was, err);
        if (s == STATUS_OK) s = lose_numbers(u, key, &h, numbers, err);
        u->n.restored++;
    }
    json_decref(numbers);
    versions_done(&vs);
    record_done(&was);
    registry_head_done(&h);
    return s;
}
