/* table_text.h - a table for a terminal: aligned, also with Chinese characters, which
 * take two columns.
 *
 * The first dimension is the rows (with more than three dimensions: all but the last
 * two), the others are the columns, one heading line each. A count of which the public
 * may open fewer says so: 377（可查 370）. Below stand the marks that occur, the notes,
 * the definition, and whose data of which day and edition it is.
 *
 * Threads: pure. Not: no colours, no wrapping to a width.
 */
#ifndef STATS_TABLE_TEXT_H
#define STATS_TABLE_TEXT_H

#include "stats/table.h"

C_API_BEGIN

/* Appends to *out. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status table_text(const struct table *t, struct buf *out,
                                  struct err *err);

C_API_END
#endif
