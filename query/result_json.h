/* result_json.h - the /search.json document of interface.md.
 *
 * Written straight into the buffer; the hits' own JSON is copied from the index
 * (recdoc.h). title_html and snippet_html are null with highlight=0, score is null
 * unless relevance decides the order, page is null with a cursor.
 *
 * Threads: no state.
 */
#ifndef QUERY_RESULT_JSON_H
#define QUERY_RESULT_JSON_H

#include "query/search.h"

/* Appends the document. `path` is that of the links ("/search.json"). STATUS_NOMEM,
 * STATUS_LIMIT. */
MUST_CHECK enum status result_json(const struct search_result *r, const char *path,
                                   struct buf *out, struct err *err);

/* The URL of the next page into *out: by page up to REQUEST_DEPTH_MAX, else by cursor;
 * nothing when no page follows. */
void result_next_url(const struct search_result *r, const char *path, struct buf *out);

#endif
