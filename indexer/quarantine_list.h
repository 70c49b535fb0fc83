/* quarantine_list.h - what stands in the quarantine, for people to look through.
 *
 * Threads: as the registry. Not: changes nothing (quarantine_review.h does).
 */
#ifndef INDEXER_QUARANTINE_LIST_H
#define INDEXER_QUARANTINE_LIST_H

#include "indexer/ingest.h"

#define QUARANTINE_MAX_CODES 16

struct quarantine_view {
    int64_t id, batch, line, at; /* at: when its batch came */
    enum outcome outcome;        /* held or rejected */
    struct str source, code, field, message;
    struct str raw; /* empty and kept false: may not or need not be kept */
    bool kept;
    struct str target; /* "u:…" (decide.h), or empty */
    char hash[33];     /* of the row, hexadecimal */
    unsigned char row_hash[16];
    uint32_t other; /* record that it collides with, 0 = none */
    struct str other_uid, other_regno;
    int64_t resolved_batch; /* 0: open */
    enum outcome resolved;  /* what became of it then */
};
/* Strings are good during the call. */
typedef enum status (*quarantine_view_fn)(void *arg, const struct quarantine_view *v,
                                          struct err *err);

struct quarantine_filter {
    const char *const *codes; /* n of them; 0: all */
    size_t ncodes;
    bool held_only, closed; /* closed: also those that are settled */
    int64_t after;          /* ids above */
    int64_t limit;
};
/* In the order of ids. A status other than OK that fn gives stops the walk and is
 * returned. STATUS_USAGE: more than QUARANTINE_MAX_CODES codes. */
MUST_CHECK enum status quarantine_each(struct registry *r,
                                       const struct quarantine_filter *filter,
                                       quarantine_view_fn fn, void *arg, struct err *err);
/* STATUS_NOT_FOUND. */
MUST_CHECK enum status quarantine_one(struct registry *r, int64_t id,
                                      quarantine_view_fn fn, void *arg, struct err *err);

#endif
