/* quarantine_review.h - a person decides on held and rejected rows.
 *
 * accept  H_SIMILAR, and E_DUP that a person had said: the two are different, which is
 *         remembered; the row is tried again, and may be held again for another record.
 *         H_MARKING: the marking is none; the hash of the row is remembered, so that the
 *         same bytes pass when they are sent again. Other codes are no matter of opinion:
 *         STATUS_CONFLICT.
 * reject  H_SIMILAR: the two are the same; the row is rejected as E_DUP, now and whenever
 *         it comes. H_MARKING: the row is classified; rejected as E_CLASSIFIED, now and
 *         whenever it comes. H_ORPHAN: waits no longer. Rows already rejected:
 *         STATUS_CONFLICT.
 * retry   the row is tried again as if it came now.
 *
 * All rows of one call are one batch (kind "review") with one row in the audit table; a
 * failure of one leaves everything as it was.
 *
 * Threads: as the registry. Not: does not publish (publish.h).
 */
#ifndef INDEXER_QUARANTINE_REVIEW_H
#define INDEXER_QUARANTINE_REVIEW_H

#include "indexer/quarantine_list.h"
#include "indexer/validate.h"

enum review_action { REVIEW_ACCEPT, REVIEW_REJECT, REVIEW_RETRY };

struct review {
    enum review_action action;
    const int64_t *ids;
    size_t n;
    const struct quarantine_filter *all; /* not NULL: instead of ids, with text kept */
    const char *actor, *note;            /* note may be NULL */
    int64_t now;
    const struct validate_options *valid;
};
struct review_result {
    int64_t rows, stored; /* stored: settled with an outcome that is no refusal */
    int64_t open;         /* still held or rejected */
    int64_t revision;
};

/* Calls fn for every row as it stands afterwards. STATUS_NOT_FOUND, STATUS_CONFLICT
 * (settled already, or an action that its code does not have). */
MUST_CHECK enum status quarantine_review(struct registry *r, const struct review *what,
                                         quarantine_view_fn fn, void *arg,
                                         struct review_result *out, struct err *err);

#endif
