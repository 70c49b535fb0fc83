/* handlers.h - the handlers of the route table: one page or endpoint each.
 *
 * A handler fills the response's type and body (status is 200 before), or returns an
 * error, which becomes a problem; a 304 is set by call_not_modified. Outputs of a handler
 * that fails are thrown away.
 *
 * Threads: as struct call.
 */
#ifndef QUERY_HANDLERS_H
#define QUERY_HANDLERS_H

#include "query/route.h"

typedef enum status (*route_handler)(struct call *c, struct response *r, struct err *err);

#define HANDLER(name)                                                                    \
    MUST_CHECK enum status name(struct call *c, struct response *r, struct err *err)

HANDLER(handle_healthz);
HANDLER(handle_readyz);
HANDLER(handle_metrics);
HANDLER(handle_asset);
HANDLER(handle_home);
HANDLER(handle_search);
HANDLER(handle_record);
HANDLER(handle_similar);
HANDLER(handle_similar_text);
HANDLER(handle_suggest);
HANDLER(handle_withdrawals);
HANDLER(handle_help);
HANDLER(handle_stats_list);
HANDLER(handle_stats_table);
HANDLER(handle_charts_list);
HANDLER(handle_chart);

/* The faces of /search and /achievement that are not pages or that are. */
HANDLER(api_search_json);
HANDLER(page_search);
HANDLER(page_record);

#undef HANDLER

#endif
