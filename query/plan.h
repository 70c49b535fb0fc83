/* plan.h - query tree (qlang.h) to index tree (xindex.h).
 *
 * - A phrase is a LITERAL: its terms, then its matching text in one value of the asked
 *   fields. Without a field: all searched fields. A field that is searched by name only
 *   has terms with the prefix "X" (docmap.h).
 * - A sentence is OR of its literal (boosted, so that literal hits come first) and
 *   ATLEAST half (rounded up) of its distinct Han bigrams (interface.md).
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
#define PLAN_SENTENCE_HALF 2

/* Plans `root` under the talloc context; NULL (every document) stays NULL. A record
 * matches a sentence from 1/share of its bigrams on (PLAN_SENTENCE_HALF, or more when the
 * query is relaxed). STATUS_NOMEM, STATUS_INVALID. The plan borrows the texts of the
 * query tree. */
MUST_CHECK enum status plan_build(void *ctx, const struct qlang_node *root,
                                  unsigned share, struct xindex_node **out,
                                  struct err *err);

/* An inner node over ready children; NULL when memory is out. */
struct xindex_node *plan_join(void *ctx, enum xindex_op op, struct xindex_node *a,
                              struct xindex_node *b);

#endif
