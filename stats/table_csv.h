/* table_csv.h - a table as tidy CSV: one row a cell.
 *
 * Columns: the dimensions (their ids; the cells hold codes, the total is _T), value,
 * status, records, visible, link. UTF-8 with byte order mark, CRLF (RFC 4180). A value is
 * a plain decimal with all its digits (rates in per cent and money in yuan, with 2
 * decimals), empty where there is none; status is the mark (p, b, c, :, –), empty for a
 * plain value. A text cell that starts with = + - @, tab or CR gets a leading apostrophe,
 * so that no spreadsheet takes it for a formula. Links are paths on the site.
 *
 * Threads: pure.
 */
#ifndef STATS_TABLE_CSV_H
#define STATS_TABLE_CSV_H

#include "stats/table.h"

C_API_BEGIN

/* Appends to *out. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status table_csv(const struct table *t, struct buf *out, struct err *err);

/* Only the cells that `wanted` (index[0..ndim)) accepts, in the table's order. */
typedef bool (*table_csv_fn)(void *arg, const struct table *t, const size_t *index);
MUST_CHECK enum status table_csv_some(const struct table *t, table_csv_fn wanted,
                                      void *arg, struct buf *out, struct err *err);

C_API_END
#endif
