/* plan.h - query tree (qlang.h) to index tree (xindex.h).
 *
 * - A phrase is a LITERAL: its terms, then its matching text in one value of the asked
 *   fields. Without a field: all searched fields. A field that is searched by name only
 *   has terms with the prefix "X" (docmap.h).
 * - A sentence is OR of its literal (boosted, so that literal hits come first) and
 *   ATLEAST half (rounded up) of its distinct Han bigrams (interface.md).
 * - Of alternatives in quotes behind a word without them, each weighs at most a little
 *   less than the word.
 * - NEAR looks in the fields that both sides allow; without any it matches nothing.
 * - A code or range is a column condition.
 *
 * Threads: pure.
 */
#ifndef QUERY_PLAN_H
#define QUERY_PLAN_H

#include "core/xindex/xindex.h"
#include "query/qlang.h"

/* Added to the score of a sentence's literal hits: more than any BM25 sum reaches. */
#define PLAN_LITERAL_BOOST 10000.0F
#define PLAN_AS_TYPED 6.0F    /* what a word gains beside other names of it */
#define PLAN_OTHER_NAME 0.8F  /* what another name of a word weighs at most */
#define PLAN_SENTENCE_SHARE 2 /* half of its bigrams */
/* The plan of a sentence is an OR of its literal and its bigrams, or just a literal. */
enum { PLAN_SENTENCE_LITERAL, PLAN_SENTENCE_BIGRAMS };

/* Plans `root` under the talloc context; NULL (every document) stays NULL. STATUS_NOMEM,
 * STATUS_INVALID. The plan borrows the texts of the query tree. */
MUST_CHECK enum status plan_build(void *ctx, const struct qlang_node *root,
                                  struct xindex_node **out, struct err *err);

/* An inner node over ready children; NULL when memory is out. */
struct xindex_node *plan_join(void *ctx, enum xindex_op op, struct xindex_node *a,
                              struct xindex_node *b);

/* What a relaxed query asks for: one XINDEX_ATLEAST over the Han bigrams and the tokens
 * of the words (words of asking left out, question.h), whichever of `n` words holds them;
 * share > 0: from 1/share of them on, 0: any. NULL (in *out) when they have no two. The
 * words are phrases, sentences, or an OR whose first child is the word as typed.
 * STATUS_NOMEM. */
MUST_CHECK enum status plan_parts(void *ctx, struct qlang_node *const *word, size_t n,
                                  unsigned share, struct xindex_node **out,
                                  struct err *err);

#endif
