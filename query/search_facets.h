/* search_facets.h - counts of the index to facets of an answer. Private to search*.c. */
#ifndef QUERY_SEARCH_FACETS_H
#define QUERY_SEARCH_FACETS_H

#include "query/search.h"

/* Labels, selected flags and what facet_size left out. A selected value that the counts
 * do not show (no record, or a level above the one that is counted) is listed with its
 * own exact count, taken by a search with `count_one`. STATUS_NOMEM and its errors. */
typedef enum status (*search_count_value_fn)(void *arg, size_t filter, struct str value,
                                             uint32_t *total, struct err *err);

MUST_CHECK enum status search_facets(void *ctx, const struct search_request *req,
                                     const struct xindex_result *counts,
                                     search_count_value_fn count_one, void *arg,
                                     struct search_facet **out, struct err *err);

#endif
