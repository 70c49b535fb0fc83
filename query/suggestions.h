/* suggestions.h - what a reader may be about to type, with where each leads.
 *
 * Registration numbers that begin so (SUGGESTIONS_REGNO characters and more, as typed or
 * in capitals, from the index), then the entries of suggest.h: keywords, units and people
 * lead to the search for exactly that value, a title to its record, or to the search for
 * it in quotes when several records have it. Texts are as the records write them.
 *
 * Threads: as the reader.
 */
#ifndef QUERY_SUGGESTIONS_H
#define QUERY_SUGGESTIONS_H

#include "core/xindex/xindex.h"

#define SUGGESTIONS_SIZE 10 /* unless asked otherwise; at most SUGGEST_MAX */
#define SUGGESTIONS_REGNO 4

struct suggestion {
    struct str text;
    const char *kind; /* "title", "keyword", "unit", "person", "regno" */
    uint32_t count;   /* records that have it */
    struct str url;
};

struct suggestions {
    int64_t revision;
    const char *as_of;
    size_t n;
    struct suggestion v[SUGGEST_MAX];
};

/* At most `max` for `q` (valid UTF-8), all of one revision, on the talloc context. A set
 * without suggestions (of an older program) has numbers only. STATUS_STALE (moved on
 * again and again), STATUS_CORRUPT, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status suggestions_find(void *ctx, struct xindex_reader *reader,
                                        struct str q, size_t max, struct suggestions *out,
                                        struct err *err);

#endif
