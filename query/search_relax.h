/* search_relax.h - widening a plain query that finds too little. Private to search*.c. */
#ifndef QUERY_SEARCH_RELAX_H
#define QUERY_SEARCH_RELAX_H

#include "query/search.h"

/* Counts a plan under the request's filters. */
typedef enum status (*search_count_fn)(void *arg, const struct xindex_node *plan,
                                       uint32_t *total, struct err *err);

/* Keywords of the records that a plan matches under the request's filters, all of them
 * with their counts; *columns: of the same revision, valid until the next search. */
typedef enum status (*search_keywords_fn)(void *arg, const struct xindex_node *plan,
                                          const struct xindex_facet_counts **out,
                                          const struct columns **columns,
                                          struct err *err);

struct search_relaxing {
    const struct qlang_query *query;
    struct qlang_node *pasted;  /* qlang_pasted: instead of the query's words; or NULL */
    struct xindex_node *strict; /* the planned query */
    uint32_t strict_total;
    search_count_fn count;
    search_keywords_fn keywords;
    void *arg;
};

/* Rules of search.h. *plan and *relaxed are written only when a step was taken. */
MUST_CHECK enum status search_relax(void *ctx, const struct search_relaxing *from,
                                    struct xindex_node **plan,
                                    struct search_relaxed *relaxed, struct err *err);

#endif
