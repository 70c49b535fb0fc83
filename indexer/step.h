/* step.h - one step of a record's life by hand: approve, unapprove, cancel, object,
 * consent.
 *
 * A step is a batch of its own (kind "step"): one transaction, one revision, one audit
 * row, and it can be taken back like any batch. The move goes the way of every event
 * (decide.h); nothing is stored when it is refused. Approving also gives the record what
 * an approved one must have: number and date where they are missing (the date is the day
 * of the step in China), another number where one is given (the old one leads on, 301),
 * and it ends paper_pending.
 *
 * Source: interface.md, `record`; record.md, "event".
 * Threads: as the registry. Not: does not publish.
 */
#ifndef INDEXER_STEP_H
#define INDEXER_STEP_H

#include "indexer/registry.h"
#include "indexer/validate.h"

enum step_kind {
    STEP_APPROVE,
    STEP_UNAPPROVE,
    STEP_CANCEL,
    STEP_OBJECT,
    STEP_OBJECT_END,
    STEP_CONSENT_YES,
    STEP_CONSENT_NO,
    STEP_COUNT
};

struct step_request {
    enum step_kind kind;
    struct str id;     /* uid, or a number as people type it */
    const char *regno; /* approve: number to give; NULL: the one it has */
    int64_t at;        /* INT64_MIN: now, but not before what is known of the record */
    const char *by, *opinion; /* of the event; may be NULL */
    const char *actor;        /* for the audit table */
    const char *audit; /* what ran, for the audit table: no content of the record */
    int64_t now;
    const struct validate_options *valid;
};

struct step_result {
    bool changed; /* false: it stood so already, nothing was written */
    char uid[256], regno[REGNO_BYTES];
    const char *state, *label; /* of the state afterwards */
    char consent[32], publicity[32];
    struct warnings warnings; /* of an approval that changed the record */
    int64_t revision;
};

/* STATUS_NOT_FOUND; STATUS_USAGE (approve without any number); STATUS_CONFLICT with the
 * code and sentence of the refusal (E_STATE, E_EVAL, E_REGNO), or because later events or
 * lines overrule a step dated before them; STATUS_INVALID (E_FIELD: a number that is
 * none). */
MUST_CHECK enum status step_run(struct registry *r, const struct step_request *q,
                                struct step_result *out, struct err *err);

#endif
