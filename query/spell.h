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
 * The rest of the query stays as it was typed. A word is changed only when the registry
 * hardly has it, whatever the filters, and when it was not expanded as a whole; a
 * sentence (qlang.h) is left alone, because a wrong character does not hide its hits.
 *
 * Candidates come from the registry itself: the bigrams of the index say which neighbours
 * occur, the suggestions (suggest.h) which words are read alike, a sample of record texts
 * what follows the rest of a word. A change must mend every pair of neighbours that is
 * rarer than the offer has to be; unless it keeps the sound, it must not break a pair
 * that is a SPELL_WEAK-th as frequent as the offer (门控机制 is no slip for 调控机制),
 * and the offer must be a word: what stands beside it in the records varies. Every offer
 * is counted by a search under the same filters, so its total is exact. Work is bounded:
 * at most SPELL_TRIES searches, SPELL_WALKS walks over SPELL_WALK_TERMS terms each.
 *
 * Threads: as the reader.
 */
#ifndef QUERY_SPELL_H
#define QUERY_SPELL_H

#include "core/xindex/xindex.h"
#include "query/expand.h"

#define SPELL_BELOW 3
#define SPELL_LEAST 5
#define SPELL_FACTOR 10
#define SPELL_WEAK 10
#define SPELL_TRIES 16
#define SPELL_WALKS 16
#define SPELL_WALK_TERMS 8192

struct spell_offer {
    struct str q; /* the whole query with the one word changed; n = 0: nothing to offer */
    uint32_t total;
};

#define SPELL_SAMPLE 32

struct spell_found {
    uint32_t total;
    size_t n; /* the first of them */
    uint32_t docid[SPELL_SAMPLE];
};

/* Which records match `q`, read and expanded as the request's own query is: under the
 * request's filters, or without any. */
typedef enum status (*spell_find_fn)(void *arg, struct str q, bool filtered,
                                     struct spell_found *out, struct err *err);

/* `q` is a plain query as typed, `known` what was expanded in it, `strict` how many
 * records it matches, `filtered`: the request has filters. STATUS_NOMEM and those of
 * find and xindex.h. */
MUST_CHECK enum status spell_offer(void *ctx, struct xindex_reader *reader, struct str q,
                                   const struct expansion_list *known, uint32_t strict,
                                   bool filtered, spell_find_fn find, void *arg,
                                   struct spell_offer *out, struct err *err);

#endif
