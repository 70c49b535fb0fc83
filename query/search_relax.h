/* search_relax.h - widening a plain query that finds too little. Private to search*.c. */
#ifndef QUERY_SEARCH_RELAX_H
#define QUERY_SEARCH_RELAX_H

#include "query/search.h"

/* Counts a plan under the request's filters. */
typedef enum status (*search_count_fn)(void *arg, const struct xindex_node *plan,
                                       uint32_t *total, struct err *err);

/* Rules of search.h. `pasted` (qlang_pasted), or NULL, is taken instead of the query's
 * words. `strict` is the planned query, which matches strict_total records.
 * *plan and *relaxed are written only when a step was taken. */
MUST_CHECK enum status search_relax(void *ctx, const struct qlang_query *query,
                                    struct qlang_node *pasted, struct xindex_node *strict,
                                    uint32_t strict_total, search_count_fn count,
                                    void *arg, struct xindex_node **plan,
                                    struct search_relaxed *relaxed, struct err *err);

#endif
