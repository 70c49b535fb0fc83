#include "indexer/decide.h"
#include "core/utf8.h"
#include "indexer/conversion_match.h"
#include "indexer/decide_store.h"
#include "indexer/quarantine.h"
#include "indexer/registry_sql.h"
#include "indexer/similar_verdict.h"
#include "indexer/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

/* Of records with the same title and a common unit, this many are looked at when a line
 * without uid asks which of them it is. */
#define MAX_CANDIDATES 256

/* What a registration line and the record that it belongs to are, while it is judged. */
struct line {
    json_t *doc;
    struct record rec; /* of doc, as it came */
    bool collection;
    uint32_t key; /* 0: new */
    struct registry_head head;
    struct record was; /* stored content, when key */
    int64_t hash;      /* of the canonical line */
    bool moves;        /* it carries an event */
    struct life_event ev;
    enum life_state after;
    bool same_identity;
    bool same_likeness; /* the stored likeness is this one */
};

enum status decide_init(struct decide *d, struct registry_batch *b, struct err *err) {
    struct decide x = {.b = b,
                       .mine = identity_new(),
                       .theirs = identity_new(),
                       .similar = similar_new(b->r),
                       .like = likeness_new()};
    if (!x.mine || !x.theirs || !x.similar || !x.like) {
        decide_done(&x);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    x.text = buf_init(0);
    *d = x;
    return STATUS_OK;
}

void decide_done(struct decide *d) {
    identity_free(d->mine);
    identity_free(d->theirs);
    d->mine = d->theirs = NULL;
    similar_free(d->similar);
    likeness_free(d->like);
    d->similar = NULL;
    d->like = NULL;
    buf_done(&d->text);
}

static void set_target(char out[DECIDE_TARGET], const char *prefix, struct str id) {
    size_t n = utf8_clip(id, DECIDE_TARGET - 3);
    out[0] = 0;
    if (n) snprintf(out, DECIDE_TARGET, "%s:%.*s", prefix, (int)n, id.p);
}

void decide_name_uid(struct str uid, char target[DECIDE_TARGET]) {
    set_target(target, "u", uid);
}

void decide_name_regno(struct str regno, char target[DECIDE_TARGET]) {
    set_target(target, "r", regno);
}

void decide_name_contract(struct str contract_no, char target[DECIDE_TARGET]) {
    set_target(target, "c", contract_no);
}

void decide_name_hash(int64_t hash, char target[DECIDE_TARGET]) {
    snprintf(target, DECIDE_TARGET, "i:%016llx", (unsigned long long)hash);
}

/* A stored record like d->mine. Duplicate: its unit list holds the first unit; else: same
 * first unit and same registry (the identity of lines without uid). */
static enum status find_like(struct decide *d, bool collection, bool duplicate,
                             struct str registry, uint32_t self, uint32_t *key,
                             struct err *err) {
    uint32_t found = 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < d->mine->nfirst && !found && s == STATUS_OK; i++) {
        sqlite3_stmt *q = registry_sql(d->b->r, SQL_IDENTITY_FIND, err);
        if (!q) return STATUS_INTERNAL;
        sqlite3_bind_int64(q, 1, d->mine->hash[i]);
        bool row = false;
        int seen = 0;
        while (!found && seen++ < MAX_CANDIDATES &&
               (s = db_step(&d->b->r->db, q, &row, err)) == STATUS_OK && row) {
            uint32_t k = (uint32_t)sqlite3_column_int64(q, 0);
            struct record other;
            if (k == self) continue;
            s = decide_load(d, k, &other, err);
            if (s != STATUS_OK) break;
            s = identity_of(other.json, collection, d->theirs, err);
            if (s == STATUS_OK && (duplicate ? identity_within(d->mine, d->theirs)
                                             : identity_same(d->mine, d->theirs) &&
                                                   str_eq(other.registry, registry)))
                found = k;
            record_done(&other);
            if (s != STATUS_OK) break;
        }
        registry_reset(q);
    }
    if (s == STATUS_OK) *key = found;
    return s;
}

static enum status key_of(struct decide *d, struct str uid, struct str regno,
                          struct str registry, bool collection, uint32_t *key,
                          struct err *err) {
    *key = 0;
    if (uid.n) return registry_key_of_uid(d->b->r, uid, key, err);
    struct registry_holder holder = {0};
    enum status s =
        regno.n ? registry_holder_of(d->b->r, regno, &holder, err) : STATUS_OK;
    if (s == STATUS_OK && (holder.registered || holder.live))
        *key = holder.key;
    else if (s == STATUS_OK && d->mine->nfirst)
        s = find_like(d, collection, false, registry, 0, key, err);
    return s;
}

/* A uid for a line without one: its record's, or one that is not taken. */
static enum status give_uid(struct decide *d, struct line *l, struct err *err) {
    char made[IDENTITY_UID];
    const char *uid = made;
    enum status s = STATUS_OK;
    if (l->key) {
        uid = l->head.uid;
    } else {
        uint32_t taken = 1;
        for (int n = 1; taken && s == STATUS_OK; n++) {
            identity_uid(d->mine, l->rec.registry, n, made);
            s = registry_key_of_uid(d->b->r, str_of(made), &taken, err);
        }
    }
    if (s != STATUS_OK) return s;
    if (json_object_set_new(l->doc, "uid", json_string(uid)) != 0)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    struct record again;
    s = record_of(l->doc, &again, err);
    if (s == STATUS_OK) {
        record_done(&l->rec);
        l->rec = again;
    }
    return s;
}

/* <0: the line is older than the stored revision. */
static int compare_revision(const struct record *rec, const struct registry_head *h) {
    if (rec->rev && h->rev && rec->rev != h->rev) return rec->rev < h->rev ? -1 : 1;
    if (rec->updated_at != INT64_MIN && h->updated_at != INT64_MIN &&
        rec->updated_at != h->updated_at)
        return rec->updated_at < h->updated_at ? -1 : 1;
    return 0;
}

static enum status history_has(struct decide *d, uint32_t key, int64_t hash, bool *has,
                               struct err *err) {
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_HISTORY_HAS, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int64(q, 2, hash);
    enum status s = db_step(&d->b->r->db, q, has, err);
    registry_reset(q);
    return s;
}

/* An older revision tells only about the past: see decide.h. */
static enum status note_older(struct decide *d, struct line *l, struct decision *out,
                              struct err *err) {
    bool known = false;
    enum status s = history_has(d, l->key, l->hash, &known, err);
    if (s == STATUS_OK && known)
        return registry_put_again_line(d->b, l->key, l->hash, l->rec.updated_at, err);
    if (s != STATUS_OK) return s;
    struct registry_head h = l->head;
    sqlite3_stmt *q = registry_sql(d->b->r, SQL_HISTORY_ADD, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, l->key);
    sqlite3_bind_int64(q, 2, l->hash);
    sqlite3_bind_int64(q, 3, d->b->id);
    db_bind(q, 4, buf_str(&d->text));
    sqlite3_bind_int64(q, 5, d->b->row_batch);
    s = db_run(&d->b->r->db, q, err);
    bool number = l->rec.regno.n && !str_eq_z(l->rec.regno, h.regno);
    if (s == STATUS_OK && number)
        s = registry_put_number(d->b, l->rec.regno, l->key,
                                h.updated_at > 0 ? h.updated_at : d->b->now, err);
    bool shown = !h.was_public && record_visibility(&l->rec) != VISIBLE_NO;
    if (s == STATUS_OK && shown) {
        h.was_public = true;
        s = decide_settle(d, l->key, &l->head, &h, &l->was, err);
        if (s == STATUS_OK) s = registry_put_head(d->b, l->key, &h, err);
    }
    if (s == STATUS_OK && (number || shown)) s = registry_touch(d->b, l->key, err);
    out->applied = number;
    return s;
}

/* The event that the line implies, and the state that follows from it. */
static enum status judge_state(struct decide *d, struct line *l, struct decision *out,
                               bool *fine, struct err *err) {
    enum life_state to = lifecycle_state(l->rec.state);
    *fine = true;
    if (!l->key) {
        l->moves = true;
        l->after = to == LIFE_NONE ? LIFE_DRAFT : to;
        l->ev = (struct life_event){l->rec.updated_at, l->after, LIFE_ENTRY};
        return STATUS_OK;
    }
    const struct registry_head *h = &l->head;
    l->after = h->state;
    if (to == LIFE_NONE) return STATUS_OK;
    int64_t at = l->rec.updated_at;
    if (at == INT64_MIN) at = d->b->now > h->event_at ? d->b->now : h->event_at;
    if (at < h->explicit_at) {
        out->old_state = to != h->state;
        return STATUS_OK;
    }
    l->moves = true;
    l->ev = (struct life_event){at, to, LIFE_IMPLIED};
    struct err why;
    enum status s = decide_fold(d, l->key, h, &l->ev, &l->after, fine, &why, err);
    if (s != STATUS_OK || *fine) return s;
    decide_refuse(out, OUTCOME_REJECTED, "E_STATE", "state", "%s", why.text);
    out->waiting = WAITING_STATE;
    return STATUS_OK;
}

/* A new record that a person found the same as a stored one. */
static enum status judge_verdict(struct decide *d, struct line *l, struct decision *out,
                                 bool *fine, struct err *err) {
    uint32_t other = 0;
    if (l->key) return STATUS_OK;
    enum status s = verdict_same_as(d->b->r, l->rec.uid, &other, err);
    if (s != STATUS_OK || !other) return s;
    struct registry_head h;
    s = registry_head_load(d->b->r, other, &h, err);
    if (s != STATUS_OK) return s;
    *fine = false;
    decide_refuse(out, OUTCOME_REJECTED, "E_DUP", "title",
                  "与 %.80s%s%.64s 重复：审核认定是同一成果", h.uid,
                  h.regno[0] ? " / " : "", h.regno);
    out->other = other;
    registry_head_done(&h);
    return STATUS_OK;
}

static enum status judge_duplicate(struct decide *d, struct line *l, struct decision *out,
                                   bool *fine, struct err *err) {
    uint32_t other = 0;
    *fine = true;
    if (l->same_identity) return STATUS_OK;
    enum status s = find_like(d, l->collection, true, str_of(""), l->key, &other, err);
    if (s == STATUS_OK && !other) return judge_verdict(d, l, out, fine, err);
    if (s != STATUS_OK) return s;
    struct registry_head h;
    s = registry_head_load(d->b->r, other, &h, err);
    if (s != STATUS_OK) return s;
    *fine = false;
    decide_refuse(out, OUTCOME_REJECTED, "E_DUP", "title",
                  "与 %.80s%s%.64s 重复：名称相同，第一完成单位相同或在其完成单位之中",
                  h.uid, h.regno[0] ? " / " : "", h.regno);
    out->other = other;
    registry_head_done(&h);
    return STATUS_OK;
}

static enum status hold_similar(struct decide *d, const struct similar_hit *hit,
                                struct decision *out, struct err *err) {
    struct registry_head h;
    enum status s = registry_head_load(d->b->r, hit->key, &h, err);
    if (s != STATUS_OK) return s;
    char why[128];
    similar_words(hit, why, sizeof why);
    decide_refuse(out, OUTCOME_HELD, "H_SIMILAR", "title",
                  "与 %.80s%s%.64s 疑似重复（%s）；请用 review 命令核对", h.uid,
                  h.regno[0] ? " / " : "", h.regno, why);
    out->other = hit->key;
    registry_head_done(&h);
    return STATUS_OK;
}

/* The first near duplicate that nobody has found different. */
static enum status judge_similar(struct decide *d, struct line *l, struct decision *out,
                                 bool *fine, struct err *err) {
    struct similar_hits hits = {.n = 0};
    enum status s = likeness_of(l->doc, d->mine, l->collection, d->like, err);
    if (s == STATUS_OK && l->key)
        s = similar_stands(d->similar, l->key, d->like, &l->same_likeness, err);
    if (s == STATUS_NOT_FOUND) s = STATUS_OK;
    if (s == STATUS_OK && !l->same_likeness)
        s = similar_find(d->similar, d->like, l->key, &hits, err);
    for (size_t i = 0; i < hits.n && *fine && s == STATUS_OK; i++) {
        struct registry_head h;
        enum verdict v = VERDICT_NONE;
        s = registry_head_load(d->b->r, hits.v[i].key, &h, err);
        if (s != STATUS_OK) break;
        s = verdict_of(d->b->r, l->rec.uid, str_of(h.uid), &v, err);
        registry_head_done(&h);
        if (s != STATUS_OK || v == VERDICT_DIFFERENT) continue;
        *fine = false;
        s = hold_similar(d, &hits.v[i], out, err);
    }
    return s;
}

/* The first unit must lie in the registry's province, unless the work was planned there:
 * by the first two digits of GB/T 2260. A unit without region is not judged. */
static void judge_area(const struct decide *d, const struct line *l, struct decision *out,
                       bool *fine) {
    const json_t *unit = json_array_get(json_object_get(l->doc, "units"), 0);
    const char *region = json_string_value(json_object_get(unit, "region"));
    const char *home = json_string_value(json_object_get(l->doc, "registry"));
    const char *source = json_string_value(json_object_get(l->doc, "source"));
    if (!d->home_only || !region || !home || strlen(region) < 2 || strlen(home) < 2 ||
        strncmp(region, home, 2) == 0 || (source && strcmp(source, "地方计划") == 0))
        return;
    *fine = false;
    decide_refuse(out, OUTCOME_REJECTED, "E_OUT_OF_AREA", "units[0].region",
                  "第一完成单位在%s（%.12s），不在登记机构 %.12s 所辖省份，也不是地方计划"
                  "项目",
                  codes_label(CODES_REGION, str_of(region)), region, home);
}

static enum status judge(struct decide *d, struct line *l, bool marking,
                         struct decision *out, bool *fine, struct err *err) {
    enum status s = judge_state(d, l, out, fine, err);
    if (s == STATUS_OK && *fine)
        s = decide_judge(d, l->key, l->rec.regno, l->doc, l->after, out, fine, err);
    if (s == STATUS_OK && *fine) s = judge_duplicate(d, l, out, fine, err);
    if (s == STATUS_OK && *fine) judge_area(d, l, out, fine);
    if (s == STATUS_OK && *fine && marking) {
        decide_hold_marking(out);
        *fine = false;
    }
    if (s == STATUS_OK && *fine) s = judge_similar(d, l, out, fine, err);
    return s;
}

static enum status store_numbers(struct decide *d, struct line *l, struct err *err) {
    struct str was = str_of(l->key ? l->head.regno : "");
    enum status s = STATUS_OK;
    if (was.n && !str_eq(was, l->rec.regno))
        s = registry_put_number(d->b, was, l->key,
                                l->rec.updated_at > 0 ? l->rec.updated_at : d->b->now,
                                err);
    return s;
}

/* The stored content carries the state that the events fold to. */
static enum status rewrite_state(struct decide *d, struct line *l, struct err *err) {
    if (json_object_set_new(l->doc, "state", json_string(lifecycle_name(l->after))) != 0)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    struct record again;
    enum status s = record_of(l->doc, &again, err);
    if (s != STATUS_OK) return s;
    record_done(&l->rec);
    l->rec = again;
    return decide_dump(l->doc, &d->text, err);
}

/* Codes of state, consent and publicity are shorter by far. */
#define OWN_TEXT 32
static void own_text(struct str code, char out[OWN_TEXT]) {
    snprintf(out, OWN_TEXT, "%.*s", (int)code.n, code.n ? code.p : "");
}

/* Everything is judged: carries the line out. */
static enum status carry_out(struct decide *d, struct line *l, struct decision *out,
                             struct err *err) {
    struct registry_head h = {.uid = NULL};
    bool insert = l->key == 0;
    if (!insert) h = l->head;
    uint32_t key = l->key;
    enum status s = STATUS_OK;
    bool changed = false, rewritten = false;
    char own[3][OWN_TEXT]; /* what the line stated, before it is rewritten */
    own_text(l->rec.state, own[0]);
    own_text(l->rec.consent, own[1]);
    own_text(l->rec.publicity, own[2]);
    if (!insert)
        s = decide_marks(d, key, l->doc, l->rec.updated_at, d->b->now, &changed, err);
    rewritten = changed || !str_eq_z(l->rec.state, lifecycle_name(l->after));
    if (s == STATUS_OK && rewritten) s = rewrite_state(d, l, err);
    if (s == STATUS_OK && insert)
        s = registry_key_new(d->b, record_visibility(&l->rec) == VISIBLE_FULL ? 0 : 1,
                             &key, err);
    if (s == STATUS_OK && rewritten)
        s = registry_put_own(d->b, key, l->hash, str_of(own[0]), str_of(own[1]),
                             str_of(own[2]), err);
    if (s != STATUS_OK) return s;
    char *uid = str_dup(l->rec.uid);
    char *regno = str_dup(l->rec.regno);
    if (!uid || !regno) {
        free(uid);
        free(regno);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    h.uid = uid;
    h.regno = regno;
    h.state = l->after;
    h.rev = l->rec.rev;
    h.updated_at = l->rec.updated_at;
    h.line_hash = l->hash;
    if (insert) h.event_at = h.explicit_at = INT64_MIN;
    if (l->moves) {
        s = registry_put_event(d->b, key, &l->ev, str_of(""), str_of(""), err);
        if (l->ev.at > h.event_at) h.event_at = l->ev.at;
    }
    bool renumbered = insert || !str_eq_z(l->rec.regno, l->head.regno);
    if (s == STATUS_OK && renumbered && !insert) s = store_numbers(d, l, err);
    if (s == STATUS_OK && renumbered)
        s = registry_put_number(d->b, l->rec.regno, key, 0, err);
    if (s == STATUS_OK && !insert && !l->same_identity)
        s = registry_put_identity(d->b, key, d->theirs->hash, d->theirs->nhash, true,
                                  err);
    if (s == STATUS_OK && (insert || !l->same_identity))
        s = registry_put_identity(d->b, key, d->mine->hash, d->mine->nhash, false, err);
    struct decide_change c = {.key = key,
                              .before = insert ? NULL : &l->head,
                              .was = insert ? NULL : &l->was,
                              .h = &h,
                              .now = &l->rec,
                              .json = buf_str(&d->text),
                              .keep = !insert};
    if (s == STATUS_OK) s = decide_store(d, &c, err);
    if (s == STATUS_OK && !l->same_likeness)
        s = similar_put(d->similar, key, d->like, err);
    out->outcome = decide_outcome(!insert && l->head.registered, h.registered);
    out->key = key;
    out->applied = true;
    free(uid);
    free(regno);
    return s;
}

/* Is it the line last accepted, or one that the same file brought before, or older? */
static enum status judge_known(struct decide *d, struct line *l, struct decision *out,
                               bool *settled, struct err *err) {
    *settled = true;
    out->outcome = OUTCOME_UNCHANGED;
    out->key = l->key;
    enum status s = STATUS_OK;
    bool before = l->hash == l->head.line_hash;
    if (!before && d->b->repeat) s = history_has(d, l->key, l->hash, &before, err);
    if (s == STATUS_OK && before)
        return registry_put_again_line(d->b, l->key, l->hash, l->rec.updated_at, err);
    if (s != STATUS_OK) return s;
    s = decide_load(d, l->key, &l->was, err);
    if (s != STATUS_OK) return s;
    if (compare_revision(&l->rec, &l->head) < 0) return note_older(d, l, out, err);
    s = identity_of(l->was.json, l->collection, d->theirs, err);
    l->same_identity = s == STATUS_OK && identity_equal(d->mine, d->theirs);
    *settled = false;
    return s;
}

static enum status decide_line(struct decide *d, struct line *l, bool marking,
                               struct decision *out, struct err *err) {
    enum status s = identity_of(l->doc, l->collection, d->mine, err);
    if (s == STATUS_OK)
        s = key_of(d, l->rec.uid, l->rec.regno, l->rec.registry, l->collection, &l->key,
                   err);
    if (s == STATUS_OK && l->key) s = registry_head_load(d->b->r, l->key, &l->head, err);
    if (s == STATUS_OK && !l->rec.uid.n) s = give_uid(d, l, err);
    if (s == STATUS_OK) s = decide_dump(l->doc, &d->text, err);
    if (s != STATUS_OK) return s;
    set_target(out->target, "u", l->rec.uid);
    set_target(out->number, "r", l->rec.regno);
    l->hash = (int64_t)XXH3_64bits(d->text.p, d->text.n);
    bool settled = false, fine = true;
    if (l->key) s = judge_known(d, l, out, &settled, err);
    if (s != STATUS_OK || settled) return s;
    s = judge(d, l, marking, out, &fine, err);
    if (s != STATUS_OK || !fine) return s;
    /* judge_duplicate may have loaded another record's identity over the stored one. */
    if (l->key && !l->same_identity)
        s = identity_of(l->was.json, l->collection, d->theirs, err);
    return s == STATUS_OK ? carry_out(d, l, out, err) : s;
}

enum status decide_registration(struct decide *d, json_t *doc, bool marking,
                                struct decision *out, struct err *err) {
    struct line l = {.doc = doc};
    struct decision dec = {.secret = marking};
    enum status s = record_of(doc, &l.rec, err);
    if (s != STATUS_OK) return s;
    l.collection = l.rec.kind == RECORD_COLLECTION;
    s = decide_line(d, &l, marking, &dec, err);
    record_done(&l.rec);
    record_done(&l.was);
    registry_head_done(&l.head);
    if (s == STATUS_OK) *out = dec;
    return s;
}

enum status decide_target(struct decide *d, struct str uid, struct str regno,
                          uint32_t *key, char target[DECIDE_TARGET], struct err *err) {
    if (uid.n) {
        set_target(target, "u", uid);
        return registry_key_of_uid(d->b->r, uid, key, err);
    }
    set_target(target, "r", regno);
    struct registry_holder holder = {0};
    enum status s = registry_holder_of(d->b->r, regno, &holder, err);
    if (s == STATUS_OK) *key = holder.key;
    return s;
}

static struct str text_at(const json_t *doc, const char *key) {
    const json_t *v = json_object_get(doc, key);
    return json_is_string(v)
               ? str_trim(str_slice(json_string_value(v), json_string_length(v)))
               : str_of("");
}

enum status decide_name(struct decide *d, const json_t *doc, char target[DECIDE_TARGET],
                        struct err *err) {
    struct str contract = text_at(doc, "contract_no");
    char number[REGNO_BYTES];
    struct str uid = text_at(doc, "uid");
    struct str regno = str_slice(number, validate_regno(text_at(doc, "regno"), number));
    target[0] = 0;
    if (contract.n || uid.n || regno.n) {
        set_target(target,
                   contract.n ? "c"
                   : uid.n    ? "u"
                              : "r",
                   contract.n ? contract
                   : uid.n    ? uid
                              : regno);
        return STATUS_OK;
    }
    enum status s =
        identity_of(doc, str_eq_z(text_at(doc, "kind"), "collection"), d->mine, err);
    if (s == STATUS_OK && d->mine->nhash) decide_name_hash(d->mine->hash[0], target);
    return s;
}

/* Rows about the same thing that were refused while it was open, and what a person said
 * of them. Rows without uid stand under the one that was derived for them. d->mine is the
 * identity of doc. */
static enum status forget_refused(struct decide *d, const json_t *doc,
                                  struct str registry, struct err *err) {
    char target[DECIDE_TARGET], made[IDENTITY_UID];
    struct str uid = text_at(doc, "uid");
    identity_uid(d->mine, registry, 1, made);
    enum status s = decide_name(d, doc, target, err);
    if (s == STATUS_OK) s = quarantine_wipe(d->b, target, err);
    decide_name_uid(str_of(made), target);
    if (s == STATUS_OK && !uid.n) s = quarantine_wipe(d->b, target, err);
    return s == STATUS_OK ? verdict_forget(d->b, uid.n ? uid : str_of(made), err) : s;
}

enum status decide_erase(struct decide *d, const json_t *doc, const char *registry,
                         bool *found, struct err *err) {
    bool collection = str_eq_z(text_at(doc, "kind"), "collection");
    uint32_t key = 0;
    struct record was;
    struct registry_head h;
    char number[REGNO_BYTES];
    struct str own = text_at(doc, "registry");
    struct str regno = str_slice(number, validate_regno(text_at(doc, "regno"), number));
    enum status s = identity_of(doc, collection, d->mine, err);
    if (s == STATUS_OK)
        s = key_of(d, text_at(doc, "uid"), regno, own.n ? own : str_of(registry),
                   collection, &key, err);
    *found = false;
    if (s == STATUS_OK) s = forget_refused(d, doc, own.n ? own : str_of(registry), err);
    if (s != STATUS_OK || !key) return s;
    s = registry_head_load(d->b->r, key, &h, err);
    if (s != STATUS_OK) return s;
    s = decide_load(d, key, &was, err);
    if (s == STATUS_OK) {
        s = identity_of(was.json, was.kind == RECORD_COLLECTION, d->theirs, err);
        if (s == STATUS_OK) s = units_apply(d->b, key, &was, NULL, true, err);
        if (s == STATUS_OK) s = quarantine_forget(d->b, key, &was, d->theirs, err);
        if (s == STATUS_OK) s = conversion_forget(d->b, key, d->theirs, err);
        if (s == STATUS_OK)
            s = registry_erase(d->b, key, &h, d->theirs->hash, d->theirs->nhash, err);
        if (s == STATUS_OK) s = similar_forget(d->similar, key, err);
        record_done(&was);
    }
    registry_head_done(&h);
    *found = s == STATUS_OK;
    return s;
}
