/* page_list.h - the list of tables or of charts: a page, or an array of {id, title}.
 *
 * Threads: as the call.
 */
#ifndef QUERY_PAGE_LIST_H
#define QUERY_PAGE_LIST_H

#include "query/handlers.h"
#include "query/view.h"

/* One line of the list; the texts live as long as the call. */
struct list_entry {
    const char *id, *title;
    const char *note;                 /* what it is */
    const char *twin_label, *twin_id; /* its chart or table, NULL: none */
};

struct list_page {
    const char *name;          /* of the template, and the path: "stats" is /stats */
    enum page_section section; /* for the navigation */
    const char *twin_name;     /* path of the twins */
    const char *heading, *lead;
};

/* Answers in the face that was asked for. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status page_list(struct call *c, const struct list_page *page,
                                 const struct list_entry *entry, size_t n,
                                 struct response *r, struct err *err);

#endif
