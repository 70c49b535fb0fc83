/* associate.h - keywords that the registry uses together with a query far more than
 * chance: a way to widen a search that finds little.
 *
 * Mined at the moment of the query from the records themselves, so nothing is stored and
 * a withdrawn record takes no part: the keywords of the records that match the query, by
 * Dunning's log-likelihood ratio G² against the whole set (Dunning 1993, "Accurate
 * methods for the statistics of surprise and coincidence"), 1 degree of freedom. A
 * keyword counts as associated when at least ASSOCIATE_LEAST matching records have it,
 * at least a share of ASSOCIATE_SHARE of them do, more than the rest of the set does, and
 * G² >= ASSOCIATE_G2 (p < 0.0001).
 * Keywords that the query holds already are left out: those that stand in one of its
 * words, and where it is one word, those that this word stands in (their records match as
 * it is). Spellings with the same matching text (LNG, ＬＮＧ) are one keyword.
 *
 * Cost: one pass over the keyword column, about 1 ms per million entries, and none when
 * no keyword has the share. Threads: pure.
 */
#ifndef QUERY_ASSOCIATE_H
#define QUERY_ASSOCIATE_H

#include "core/xindex/xindex.h"

#define ASSOCIATE_MAX 4
#define ASSOCIATE_LEAST 3
#define ASSOCIATE_SHARE 0.4
#define ASSOCIATE_G2 15.13
/* Values of the facet that are looked at, the most frequent first. A record has at most
 * 100 keywords, so at most 250 of one spelling can have the share. */
#define ASSOCIATE_LOOK 512

struct association {
    struct str keyword; /* as the matching records write it most; talloc on ctx */
    uint32_t together;  /* matching records that have it */
    uint32_t count;     /* records of the set that have it */
    double g2;
};

/* G² of the fourfold table of n records, of which a have the one thing, b the other and
 * `both` both; 0 for numbers that no table has. */
double associate_g2(uint64_t both, uint64_t a, uint64_t b, uint64_t n);

/* The strongest first: *n of them into out[ASSOCIATE_MAX]. `keywords` is the facet
 * FACET_KEYWORD of a search for the query without limit on values, `total` its matches;
 * `columns` those of the same revision. `query` is the matching text of the query's
 * words, to leave out what it says itself. STATUS_NOMEM. */
MUST_CHECK enum status associate(void *ctx, const struct columns *columns,
                                 const struct xindex_facet_counts *keywords,
                                 uint32_t total, const struct str *query, size_t nquery,
                                 struct association *out, size_t *n, struct err *err);

#endif
