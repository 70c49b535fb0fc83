/* lifecycle.h - states of a registration, allowed moves, and the fold of events.
 *
 * The state of a record is the fold of its events ordered by (at, arrival); events are
 * append-only. An entry event (the first sight of a record) may go anywhere; every other
 * one must be an allowed move. An event that names the state already reached is no move
 * and is always fine.
 *
 * Sources: record.md "event"; state table of the national registration rules (research
 * 3.2): draft … cancelled and what may follow each.
 * Threads: pure. Not: knows no database, no record.
 */
#ifndef INDEXER_LIFECYCLE_H
#define INDEXER_LIFECYCLE_H

#include "core/err.h"
#include "core/str.h"

enum life_state {
    LIFE_NONE, /* before the first event */
    LIFE_DRAFT,
    LIFE_SUBMITTED,
    LIFE_UNIT_REVIEW,
    LIFE_DESK_REVIEW,
    LIFE_PAPER_WAIT,
    LIFE_PAPER_OK,
    LIFE_APPROVED,
    LIFE_REJECTED,
    LIFE_RETURNED,
    LIFE_UNAPPROVED,
    LIFE_CANCELLED,
    LIFE_COUNT
};

/* LIFE_NONE for a word that names no state. */
enum life_state lifecycle_state(struct str name);
const char *lifecycle_name(enum life_state s);  /* "approved" */
const char *lifecycle_label(enum life_state s); /* 已批复（通过） */

/* May `to` follow `from`? Staying is no move and is allowed; from LIFE_NONE everything.
 */
bool lifecycle_allows(enum life_state from, enum life_state to);

/* What may follow `from`, for a sentence: “退回到未批复”、“注销”; "" when nothing may. */
#define LIFECYCLE_NEXT 256
const char *lifecycle_next(enum life_state from, char out[LIFECYCLE_NEXT]);

/* Has the record given its number back? (unapproved, cancelled: it may be issued again)
 */
bool lifecycle_freed_number(enum life_state s);

enum life_kind {
    LIFE_ENTRY,   /* state on first sight: may go anywhere */
    LIFE_IMPLIED, /* state carried by a later registration line */
    LIFE_EXPLICIT /* an event line or a step by hand */
};

struct life_event {
    int64_t at; /* seconds since 1970; INT64_MIN: before everything */
    enum life_state to;
    enum life_kind kind;
};

/* Folds n events, already in order, from `start`. STATUS_CONFLICT with code E_STATE and
 * a sentence (Chinese, it lists what may follow) for the first move that is not allowed;
 * *bad (may be NULL) is its index then. */
MUST_CHECK enum status lifecycle_fold(enum life_state start, const struct life_event *ev,
                                      size_t n, enum life_state *out, size_t *bad,
                                      struct err *err);

#endif
