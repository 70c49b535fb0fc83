#include "indexer/step.h"
#include "core/date.h"
#include "core/utf8.h"
#include "indexer/decide_store.h"
#include "indexer/ingest_row.h"
#include "indexer/quarantine.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define CHINA_SECONDS (8 * 3600) /* dates of approval are those of China */

/* What each step says to the life cycle; NULL: nothing of that. */
static const struct {
    enum life_state to;
    const char *consent, *publicity;
} steps[STEP_COUNT] = {
    [STEP_APPROVE] = {LIFE_APPROVED, NULL, NULL},
    [STEP_UNAPPROVE] = {LIFE_UNAPPROVED, NULL, NULL},
    [STEP_CANCEL] = {LIFE_CANCELLED, NULL, NULL},
    [STEP_OBJECT] = {LIFE_NONE, NULL, "objected"},
    [STEP_OBJECT_END] = {LIFE_NONE, NULL, "closed"},
    [STEP_CONSENT_YES] = {LIFE_NONE, "yes", NULL},
    [STEP_CONSENT_NO] = {LIFE_NONE, "no", NULL},
};

struct step {
    const struct step_request *q;
    struct ingest_rows rows;
    uint32_t key;
    struct registry_head head;
    struct record was;
    int64_t at;
    struct step_result out;
};

static enum status find(struct step *st, struct err *err) {
    char target[DECIDE_TARGET], number[REGNO_BYTES];
    struct str id = str_trim(st->q->id);
    struct decide *d = &st->rows.d;
    enum status s = decide_target(d, id, str_of(""), &st->key, target, err);
    if (s == STATUS_OK && !st->key) {
        size_t n = validate_regno(id, number);
        s = decide_target(d, str_of(""), str_slice(number, n), &st->key, target, err);
    }
    if (s == STATUS_OK && !st->key)
        s = err_set(err, STATUS_NOT_FOUND, NULL, "没有登记号或 uid 为 %.*s 的记录",
                    (int)utf8_clip(id, 80), id.n ? id.p : "");
    if (s == STATUS_OK) s = registry_head_load(d->b->r, st->key, &st->head, err);
    if (s == STATUS_OK) s = decide_load(d, st->key, &st->was, err);
    return s;
}

/* A refusal becomes the command's error. */
static enum status refused(const struct decision *dec, struct err *err) {
    if (dec->outcome != OUTCOME_REJECTED && dec->outcome != OUTCOME_HELD)
        return STATUS_OK;
    err_set(err, STATUS_CONFLICT, dec->why.code, "%s", dec->why.text);
    err_place(err, NULL, 0, dec->why.field);
    return STATUS_CONFLICT;
}

static enum status set(json_t *doc, const char *key, json_t *value, struct err *err) {
    return json_object_set_new(doc, key, value) == 0
               ? STATUS_OK
               : err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

/* What an approved record must have, put into a copy of its content. */
static enum status approved_content(struct step *st, json_t *doc, struct err *err) {
    char number[REGNO_BYTES], day[DATE_TEXT];
    const char *regno = st->q->regno;
    enum status s = STATUS_OK;
    if (!regno && !st->was.regno.n)
        return err_set(err, STATUS_USAGE, NULL, "%.80s 还没有登记号，请用 --regno 给出",
                       st->head.uid);
    if (regno && validate_regno(str_of(regno), number) == 0)
        return err_set(err, STATUS_USAGE, NULL, "--regno 不能是空的");
    if (regno) s = set(doc, "regno", json_string(number), err);
    if (s == STATUS_OK && !st->was.approved_on) {
        int32_t on = instant_date(st->at + CHINA_SECONDS);
        s = set(doc, "approved_on", json_string(date_text(on, day)), err);
    }
    if (s == STATUS_OK && st->was.paper_pending)
        s = set(doc, "paper_pending", json_false(), err);
    return s == STATUS_OK ? set(doc, "state", json_string("approved"), err) : s;
}

/* Number, date, year, papers: a new version of the content where one of them changes. */
static enum status amend(struct step *st, struct err *err) {
    struct record now = {0};
    struct decision dec = {0};
    json_t *doc = json_copy(st->was.json);
    warnings_init(&st->out.warnings);
    enum status s = doc ? approved_content(st, doc, err)
                        : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK)
        s = validate_registration(doc, st->q->valid, &now, &st->out.warnings, err);
    json_decref(doc);
    if (s != STATUS_OK) return s;
    /* The move itself is the event's. */
    s = set(now.json, "state", json_string(lifecycle_name(st->head.state)), err);
    if (s == STATUS_OK && !json_equal(now.json, st->was.json)) {
        s = decide_amend(&st->rows.d, st->key, now.json, LIFE_APPROVED, st->at, &dec,
                         err);
        if (s == STATUS_OK) s = refused(&dec, err);
        st->out.changed = s == STATUS_OK;
    }
    record_done(&now);
    return s;
}

static bool stands_so(const struct step *st, const struct record *rec,
                      enum life_state state) {
    enum life_state to = steps[st->q->kind].to;
    const char *consent = steps[st->q->kind].consent;
    const char *publicity = steps[st->q->kind].publicity;
    return (to == LIFE_NONE || state == to) &&
           (!consent || str_eq_z(rec->consent, consent)) &&
           (!publicity || str_eq_z(rec->publicity, publicity));
}

/* An end without a beginning would close what never ran. */
static enum status check_objection(const struct step *st, struct err *err) {
    if (st->q->kind != STEP_OBJECT_END || str_eq_z(st->was.publicity, "objected") ||
        str_eq_z(st->was.publicity, "closed"))
        return STATUS_OK;
    return err_set(err, STATUS_CONFLICT, "E_STATE", "%.80s 没有正在处理的异议",
                   st->head.uid);
}

static enum status move(struct step *st, struct err *err) {
    const struct step_request *q = st->q;
    if (stands_so(st, &st->was, st->head.state)) return STATUS_OK;
    struct event_row ev = {.uid = st->was.uid,
                           .to = str_of(lifecycle_name(steps[q->kind].to)),
                           .consent = str_of(steps[q->kind].consent),
                           .publicity = str_of(steps[q->kind].publicity),
                           .at = st->at,
                           .by = str_of(q->by),
                           .opinion = str_of(q->opinion)};
    struct decision dec = {0};
    enum status s = decide_event(&st->rows.d, &ev, &dec, err);
    if (s == STATUS_OK) s = refused(&dec, err);
    if (s == STATUS_OK) st->out.changed = true;
    return s;
}

static void put(char *out, size_t size, struct str s) {
    snprintf(out, size, "%.*s", (int)utf8_clip(s, size - 1), s.n ? s.p : "");
}

/* What stands now; a step that changed nothing was overruled by something later. */
static enum status look(struct step *st, struct err *err) {
    struct registry_head h;
    struct record rec = {0};
    enum status s = registry_head_load(st->rows.b->r, st->key, &h, err);
    if (s != STATUS_OK) return s;
    s = decide_load(&st->rows.d, st->key, &rec, err);
    if (s == STATUS_OK && !stands_so(st, &rec, h.state)) {
        char at[INSTANT_TEXT];
        s = err_set(err, STATUS_CONFLICT, NULL,
                    "%s 之后已有事件或更新，这一步不起作用，没有写入；"
                    "请核对 --at",
                    instant_text(st->at, at));
    }
    if (s == STATUS_OK) {
        put(st->out.uid, sizeof st->out.uid, str_of(h.uid));
        put(st->out.regno, sizeof st->out.regno, str_of(h.regno));
        put(st->out.consent, sizeof st->out.consent, rec.consent);
        put(st->out.publicity, sizeof st->out.publicity, rec.publicity);
        st->out.state = lifecycle_name(h.state);
        st->out.label = lifecycle_label(h.state);
    }
    record_done(&rec);
    registry_head_done(&h);
    return s;
}

static enum status wake(struct step *st, struct err *err) {
    struct decision by = {.key = st->key, .applied = true};
    decide_name_uid(str_of(st->out.uid), by.target);
    decide_name_regno(str_of(st->out.regno), by.number);
    return ingest_row_wake(&st->rows, &by, err);
}

static enum status run(struct step *st, struct err *err) {
    const struct step_request *q = st->q;
    enum status s = find(st, err);
    if (s != STATUS_OK) return s;
    st->at = q->at;
    if (st->at == INT64_MIN) {
        st->at = q->now > st->head.event_at ? q->now : st->head.event_at;
        /* a change of consent or publicity holds when it is later than the line */
        if (st->at <= st->head.updated_at) st->at = st->head.updated_at + 1;
    }
    s = check_objection(st, err);
    if (s == STATUS_OK && q->kind == STEP_APPROVE) s = amend(st, err);
    if (s == STATUS_OK) s = move(st, err);
    if (s == STATUS_OK) s = look(st, err);
    if (s == STATUS_OK && st->out.changed) s = wake(st, err);
    return s;
}

enum status step_run(struct registry *r, const struct step_request *q,
                     struct step_result *out, struct err *err) {
    struct registry_source src = {
        .path = q->audit, .actor = q->actor, .now = q->now, .kind = "step"};
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(q->audit, strlen(q->audit)));
    memcpy(src.hash, hash.digest, sizeof src.hash);
    struct registry_batch b;
    enum status s = registry_batch_begin(r, &src, &b, err);
    if (s != STATUS_OK) return s;
    struct step st = {
        .q = q,
        .rows = {.b = &b, .source = q->audit, .file = src.hash, .valid = q->valid}};
    b.repeat = false; /* the same step again is another step */
    s = quarantine_any(&b, &b.waiting, err);
    if (s == STATUS_OK) s = decide_init(&st.rows.d, &b, err);
    if (s == STATUS_OK) {
        s = run(&st, err);
        decide_done(&st.rows.d);
    }
    record_done(&st.was);
    registry_head_done(&st.head);
    if (s == STATUS_OK && st.out.changed)
        s = registry_batch_commit(&b, "{}", "record", false, &st.out.revision, err);
    registry_batch_abort(&b);
    int64_t at = 0;
    if (s == STATUS_OK && !st.out.changed)
        s = registry_revision(r, &st.out.revision, &at, err);
    if (s == STATUS_OK) *out = st.out;
    return s;
}
