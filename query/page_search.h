/* page_search.h - the parts of the search page. Private to page_search*.c. */
#ifndef QUERY_PAGE_SEARCH_H
#define QUERY_PAGE_SEARCH_H

#include "query/search.h"
#include "query/view.h"

#define PAGE_SEARCH_FACET_SIZE 10  /* values of a facet that a page lists */
#define PAGE_SEARCH_FACET_MORE 100 /* after 显示更多 */
#define PAGE_SEARCH_FACETS_OPEN 3  /* groups that stand open at first */

struct page_search {
    struct call *call;
    const struct search_request *req; /* as asked */
    const struct search_result *res;
    struct view *view;
};

/* "/search?…" with the change, on the request's memory. */
const char *page_search_url(const struct page_search *p,
                            const struct request_change *change);
/* The facets that the page shows when none are asked for. */
uint32_t page_search_facet_mask(enum audience a);
/* Sets facet_groups. */
void page_search_facets(struct page_search *p);

#endif
