/* spell.h - did you mean: a query that finds much, near one that finds little.
 *
 * Looked for only when a query of plain words matches fewer than SPELL_BELOW records as
 * it was typed; offered only when the other one matches at least SPELL_LEAST records and
 * SPELL_FACTOR times as many; never searched by itself. One word is changed by one step:
 *   - a character exchanged for one of the same sound, or for any other one;
 *   - a character too few, too many, or two neighbours exchanged;
 *   - the whole word for a keyword, unit or person of the same sound (wrong pick of an
 *     input method);
 *   - of a Latin word, one letter (Damerau-Levenshtein distance 1).
 * Candidates come from the registry itself: the bigrams of the index say which neighbours
 * occur, the suggestions (suggest.h) which words are read alike. Every offer is counted
 * by a search under the same filters, so its total is exact. Work is bounded: at most
 * SPELL_TRIES counts.
 *
 * Threads: as the reader.
 */
#ifndef QUERY_SPELL_H
#define QUERY_SPELL_H

#include "core/suggest.h"
#include "query/search_relax.h"

#define SPELL_BELOW 3
#define SPELL_LEAST 5
#define SPELL_FACTOR 10
#define SPELL_TRIES 12

struct spell_offer {
    struct str q; /* the whole query with the one word changed; n = 0: nothing to offer */
    uint32_t total;
};

/* `suggest` may be NULL (no file): homophones of whole words are then left out. `strict`
 * is how many records the query as typed matches. STATUS_NOMEM and those of count. */
MUST_CHECK enum status spell_offer(void *ctx, struct xindex_reader *reader,
                                   const struct suggest *suggest,
                                   const struct qlang_query *query, struct str q,
                                   uint32_t strict, search_count_fn count, void *arg,
                                   struct spell_offer *out, struct err *err);

#endif
