/* decide_store.h - what registrations and events share when a decision is carried out.
 * Private to decide*.c.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_DECIDE_STORE_H
#define INDEXER_DECIDE_STORE_H

#include "indexer/decide.h"

/* State after `ev` joins the events of the record (NULL head: no record yet). A move that
 * is not allowed comes back as *allowed = false with the sentence in *why. */
MUST_CHECK enum status decide_fold(struct decide *d, uint32_t key,
                                   const struct registry_head *h,
                                   const struct life_event *ev, enum life_state *after,
                                   bool *allowed, struct err *why, struct err *err);

/* Judges E_EVAL and E_REGNO for a record that will be in `after`. Fills *out and returns
 * with *fine = false when one applies. */
MUST_CHECK enum status decide_judge(struct decide *d, uint32_t key, struct str regno,
                                    const json_t *doc, enum life_state after,
                                    struct decision *out, bool *fine, struct err *err);

/* Stores doc as the record's content: head, text, change row, aggregates, losses.
 * `was` is the stored record before (NULL: new); `h` brings uid, regno, state, rev,
 * updated_at, event_at, explicit_at, line_hash and, for a known record, was_public and
 * lost_at as they were; the rest is filled in here. Events are already stored. */
struct decide_change {
    uint32_t key;
    const struct registry_head *before; /* NULL: new */
    const struct record *was;           /* NULL: new */
    struct registry_head *h;
    const struct record *now; /* of the new content, state included */
    struct str json;          /* its text */
    bool keep;                /* the replaced version goes into the history */
};
MUST_CHECK enum status decide_store(struct decide *d, const struct decide_change *c,
                                    struct err *err);

/* Settles visibility of a head whose registered and visible are set (see decide_store).
 */
MUST_CHECK enum status decide_settle(struct decide *d, uint32_t key,
                                     const struct registry_head *before,
                                     struct registry_head *h, const struct record *now,
                                     struct err *err);

/* The outcome of a change by registered before and after. */
enum outcome decide_outcome(bool before, bool after);

/* Canonical text of a JSON object into a buffer (cleared first). */
MUST_CHECK enum status decide_dump(const json_t *doc, struct buf *out, struct err *err);

/* Puts consent and publicity into doc as the newest events say that are later than the
 * line's `updated_at` (INT64_MIN: than `fallback`). *changed: doc is another one now. */
MUST_CHECK enum status decide_marks(struct decide *d, uint32_t key, json_t *doc,
                                    int64_t updated_at, int64_t fallback, bool *changed,
                                    struct err *err);

/* Loads the stored content of a record. */
MUST_CHECK enum status decide_load(struct decide *d, uint32_t key, struct record *out,
                                   struct err *err);

#endif
