/* batch.h - what was brought in, file by file, and taking one back.
 *
 * Each file is one batch; so is each step by hand and each withdrawal, so that every
 * change of the registry has its row in `batch`.
 *
 * batch_withdraw takes a batch back in one revision, as if it had never come:
 *  - A record that only this batch brought is erased; numbers that had been public answer
 *    410 from now on.
 *  - A record that it revised goes back to the best of the other batches' versions, by
 *    the rule of revisions that held when they came. What a later batch said of a
 *    record stays.
 *  - Its events, and its changes of consent and publicity, are deleted (the audit table
 *    keeps who took back what and when); the state is what the newest of the remaining
 *    events says. A later event that followed only by way of a deleted one keeps standing
 *    as an entry, which may go anywhere (lifecycle.h).
 *  - Its contracts, receipts and so on go back to the version before, or away.
 *  - What another batch brought too (`again`) stays, as that batch's.
 *  - Events, payments and statuses of other batches about something that is gone now, and
 *    rows of other batches that had been released by this one, wait in the quarantine
 *    (again) and apply when their target comes. Rows that had been refused because of a
 *    record that is gone are tried again at once.
 *  - Its own rows in the quarantine are closed and lose their text.
 *  - Its file may come in again and counts as new then.
 * What the batch erased for its classification stays erased.
 *
 * Source: record.md, "Each file is one batch"; interface.md, `batch`.
 * Threads: as the registry.
 * Not: does not publish (publish.h).
 */
#ifndef INDEXER_BATCH_H
#define INDEXER_BATCH_H

#include "indexer/registry.h"
#include "indexer/validate.h"

struct batch_info {
    int64_t id, bytes, at, revision; /* revision of the registry when it ended */
    struct str path, kind, profile, encoding, actor, counts; /* during the call */
    char hash[33];                                           /* xxh128 in hex */
    int64_t withdrawn_at, withdrawn_by;                      /* 0: it stands */
};
typedef enum status (*batch_fn)(void *arg, const struct batch_info *b, struct err *err);

/* Calls fn for every batch, newest first; for the one with that id (STATUS_NOT_FOUND). A
 * status other than OK stops the walk and is returned. */
MUST_CHECK enum status batch_each(struct registry *r, batch_fn fn, void *arg,
                                  struct err *err);
MUST_CHECK enum status batch_one(struct registry *r, int64_t id, batch_fn fn, void *arg,
                                 struct err *err);
/* The batch as JSON for `--json`; NULL: out of memory. The caller owns it. */
json_t *batch_json(const struct batch_info *b);
/* Its rows in the quarantine by code: {"open":{"E_DUP":2},"closed":{}}. */
MUST_CHECK enum status batch_quarantine(struct registry *r, int64_t id, json_t **out,
                                        struct err *err);

struct batch_withdrawal {
    int64_t id;
    const char *actor, *opinion; /* opinion may be NULL; both go into the audit table */
    int64_t now;
    const struct validate_options *valid; /* for rows that are tried again */
};
struct batch_undone {
    int64_t removed;     /* records erased */
    int64_t restored;    /* records that are as the other batches have them */
    int64_t conversions; /* contracts, receipts and so on taken away or put back */
    int64_t waiting;     /* rows of other batches that wait again */
    int64_t closed;      /* own rows of the quarantine */
    int64_t revision;
};
/* STATUS_NOT_FOUND; STATUS_CONFLICT: taken back before, is no file nor step (a
 * withdrawal, a change of the unit register, a link by hand), or a number that a record
 * would go back to belongs to another one by now (E_REGNO, both named; nothing is
 * changed). */
MUST_CHECK enum status batch_withdraw(struct registry *r,
                                      const struct batch_withdrawal *w,
                                      struct batch_undone *out, struct err *err);

#endif
