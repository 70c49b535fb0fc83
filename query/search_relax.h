/* search_relax.h - widening a plain query that finds too little. Private to search*.c. */
#ifndef QUERY_SEARCH_RELAX_H
#define QUERY_SEARCH_RELAX_H

#include "query/search.h"

/* Counts a plan. */
typedef enum status (*search_count_fn)(void *arg, const struct xindex_node *plan,
                                       uint32_t *total, struct err *err);

/* Keywords of the records that a plan matches, all of them with their counts; *columns:
 * of the same revision, valid until the next search. */
typedef enum status (*search_keywords_fn)(void *arg, const struct xindex_node *plan,
                                          const struct xindex_facet_counts **out,
                                          const struct columns **columns,
                                          struct err *err);

/* What is decided does not depend on filters, so that a filter only ever narrows what
 * its facet counts promised; what is told of does. */
struct search_relaxing {
    const struct qlang_query *query;
    struct qlang_node *pasted;   /* qlang_pasted: instead of the query's words; or NULL */
    struct xindex_node *strict;  /* the planned query */
    uint32_t strict_total;       /* without filters */
    search_count_fn count;       /* without filters */
    search_count_fn told;        /* under the request's filters; NULL: there are none */
    search_keywords_fn keywords; /* without filters */
    void *arg;
};

/* Rules of search.h; relaxed->strict_total is left 0. *plan and *relaxed are written only
 * when a step was taken. */
MUST_CHECK enum status search_relax(void *ctx, const struct search_relaxing *from,
                                    struct xindex_node **plan,
                                    struct search_relaxed *relaxed, struct err *err);

#endif
