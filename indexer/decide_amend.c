/* A record's content changed by hand. Declared in decide.h. */
#include "indexer/decide.h"
#include "indexer/decide_store.h"

#include <stdlib.h>

struct amend {
    struct registry_head head;
    struct record was, now;
};

static enum status carry_out(struct decide *d, uint32_t key, struct amend *a, int64_t at,
                             struct err *err) {
    struct registry_head h = a->head;
    char *regno = str_dup(a->now.regno);
    if (!regno) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    h.regno = regno;
    bool renumbered = strcmp(regno, a->head.regno) != 0;
    enum status s = STATUS_OK;
    if (renumbered) s = registry_put_number(d->b, str_of(a->head.regno), key, at, err);
    if (s == STATUS_OK && renumbered)
        s = registry_put_number(d->b, a->now.regno, key, 0, err);
    if (s == STATUS_OK)
        s = registry_put_own(d->b, key, h.line_hash, a->was.state, a->was.consent,
                             a->was.publicity, err);
    if (s == STATUS_OK) s = decide_dump(a->now.json, &d->text, err);
    struct decide_change c = {.key = key,
                              .before = &a->head,
                              .was = &a->was,
                              .h = &h,
                              .now = &a->now,
                              .json = buf_str(&d->text),
                              .keep = true};
    if (s == STATUS_OK) s = decide_store(d, &c, err);
    free(regno);
    return s;
}

enum status decide_amend(struct decide *d, uint32_t key, json_t *doc,
                         enum life_state after, int64_t at, struct decision *out,
                         struct err *err) {
    struct amend a = {.head = {.uid = NULL}};
    struct decision dec = {.outcome = OUTCOME_UNCHANGED, .key = key};
    bool fine = false;
    enum status s = registry_head_load(d->b->r, key, &a.head, err);
    if (s == STATUS_OK) s = decide_load(d, key, &a.was, err);
    if (s == STATUS_OK) s = record_of(doc, &a.now, err);
    if (s == STATUS_OK)
        s = decide_judge(d, key, a.now.regno, doc, after, &dec, &fine, err);
    if (s == STATUS_OK && fine) {
        s = carry_out(d, key, &a, at, err);
        dec.outcome = OUTCOME_UPDATED;
        dec.applied = true;
        decide_name_uid(a.now.uid, dec.target);
        decide_name_regno(a.now.regno, dec.number);
    }
    record_done(&a.now);
    record_done(&a.was);
    registry_head_done(&a.head);
    if (s == STATUS_OK) *out = dec;
    return s;
}
