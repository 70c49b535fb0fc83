/* page_hit.h - one hit as the pages show it, for search and home. Private to page_*.c. */
#ifndef QUERY_PAGE_HIT_H
#define QUERY_PAGE_HIT_H

#include "query/search.h"
#include "query/view.h"

/* Appends the hit (web/pages.h "hit") to the list. */
void page_hit_add(struct call *c, struct view *v, json_t *list,
                  const struct search_hit *hit);

#endif
