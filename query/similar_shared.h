/* similar_shared.h - the words that a found record shares with the source. Private to
 * query/similar*.c.
 *
 * In this order: keywords of both; keywords of the one that stand in the text of the
 * other; words of the source, or the longest pieces of two or more Han characters of
 * them, by weight. None stands in another, and what too many records hold is left out
 * unless it is a keyword of both.
 *
 * Threads: pure.
 */
#ifndef QUERY_SIMILAR_SHARED_H
#define QUERY_SIMILAR_SHARED_H

#include "query/similar_source.h"

/* `text` is the found record's (rectext.h). Writes *n words, on ctx, into
 * out[SIMILAR_SHARED]. STATUS_NOMEM. */
MUST_CHECK enum status similar_shared(void *ctx, const struct similar_source *source,
                                      struct str text, struct str *out, size_t *n,
                                      struct err *err);

#endif
