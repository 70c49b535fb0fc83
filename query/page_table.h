/* page_table.h - a struct table as the table page's head, body, flags and notes, and what
 * table and chart pages have in common. Private to page_stats.c and page_charts.c. */
#ifndef QUERY_PAGE_TABLE_H
#define QUERY_PAGE_TABLE_H

#include "query/view.h"
#include "stats/cube.h"

/* Sets caption, head, body, flags, notes. */
void page_table_put(struct call *c, struct view *v, const struct table *t);

/* Sets code, subtitle, years, editions, definition, base_label, edition_label, source,
 * cite and permalink; `path` is the page's ("/stats/T01"), `year` what was asked (n = 0:
 * nothing). */
void page_table_about(struct call *c, struct view *v, const struct table *t,
                      const char *id, const char *title, const char *path,
                      struct str year);

/* Reads year and edition of the request. */
MUST_CHECK enum status page_table_options(const struct call *c, struct cube_options *out,
                                          struct err *err);
/* What an ETag of a table or chart covers besides the revision: id, parameters, and the
 * year in China, which decides what is provisional. */
const char *page_table_canonical(struct call *c, const char *id);
/* data.db and its revision. */
MUST_CHECK enum status page_table_data(struct call *c, struct db **data,
                                       int64_t *revision, struct err *err);

#endif
