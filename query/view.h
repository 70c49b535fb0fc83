/* view.h - building the views of web/pages.h and rendering them into a response.
 *
 * A view collects failures: any value that could not be made sets `failed`, and the
 * render then says STATUS_NOMEM. So a page is built without a check a line.
 *
 * Threads: as struct call.
 */
#ifndef QUERY_VIEW_H
#define QUERY_VIEW_H

#include "query/route.h"

struct view {
    json_t *j; /* owned until view_render */
    bool failed;
};

/* The shared part of every page (page_view_new). */
struct view view_open(struct call *c, enum page_section section, const char *title,
                      const char *q, int64_t revision, const char *as_of);
/* Sets obj[key], taking `value`; a NULL value is a failure. */
void view_set(struct view *v, json_t *obj, const char *key, json_t *value);
/* Appends to a list, taking `value`. */
void view_add(struct view *v, json_t *list, json_t *value);
/* Sets a text of the view itself; NULL = null. */
void view_text(struct view *v, const char *key, const char *text);
/* A new empty list at obj[key]; borrowed. */
json_t *view_list(struct view *v, json_t *obj, const char *key);

/* New values. view_str: null for an empty slice. */
json_t *view_str(struct str s);
json_t *view_link(const char *label, const char *url);
json_t *view_item(struct str text, const char *url); /* url NULL = null */
json_t *view_choice(const char *label, const char *url, bool current);
json_t *view_download(const char *label, const char *url, const char *note);
json_t *view_count(int64_t n); /* "12,345" */

/* "/search?NAME=VALUE" on the request's memory. */
const char *view_search_url(struct call *c, const char *name, struct str value);
/* A buffer's text on the request's memory; the buffer is freed. */
const char *view_keep(struct call *c, struct buf *b);

/* Renders the template into the response and drops the view. STATUS_NOMEM, and those of
 * template_render. */
MUST_CHECK enum status view_render(struct call *c, struct view *v, const char *name,
                                   struct response *r, struct err *err);

#endif
