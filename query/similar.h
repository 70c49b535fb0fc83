/* similar.h - records that are like a record or like a pasted text, and why.
 *
 * The most telling terms of the text (by tf and idf; title and keywords count more) make
 * one search that asks for several of them; the answer says of each hit which words it
 * shares with the text: keywords that both have, then the longest pieces of Han text and
 * whole Latin words, telling ones first. Never the record itself; an exact copy of the
 * title is shown like any other. deadline_ns: CLOCK_MONOTONIC, 0 = none; STATUS_DEADLINE.
 *
 * Threads: as the reader.
 */
#ifndef QUERY_SIMILAR_H
#define QUERY_SIMILAR_H

#include "query/search.h"

#define SIMILAR_TERMS 40 /* of a query */
#define SIMILAR_SHARED 8 /* words told of a hit */
#define SIMILAR_SIZE 10  /* hits, unless asked otherwise */
#define SIMILAR_SIZE_MAX 50
#define SIMILAR_TEXT_MAX ((size_t)16 << 10) /* bytes of a pasted text */

struct similar_hit {
    struct search_hit hit; /* score, JSON lines; no highlighting */
    size_t nshared;
    struct str shared[SIMILAR_SHARED];
};

struct similar_result {
    int64_t revision;
    const char *as_of;
    struct str regno, uid, title; /* of the record asked about; n = 0 for a text */
    size_t nhits;
    struct similar_hit *hit;
};

/* Like the record of this docid. */
MUST_CHECK enum status similar_to_record(void *ctx, struct xindex_reader *reader,
                                         uint32_t docid, uint32_t size,
                                         int64_t deadline_ns, struct similar_result **out,
                                         struct err *err);
/* Like a text (valid UTF-8). STATUS_INVALID "invalid_value" when it holds nothing that
 * can be searched, STATUS_LIMIT "text_too_long". */
MUST_CHECK enum status similar_to_text(void *ctx, struct xindex_reader *reader,
                                       struct str text, uint32_t size,
                                       int64_t deadline_ns, struct similar_result **out,
                                       struct err *err);

#endif
