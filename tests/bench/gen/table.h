/* table.h - the records once more as a CSV and an XLSX, as an office would send them.
 *
 * Columns carry names that the canonical profile knows; several values of a cell are
 * joined by ；. The XLSX has shared strings and real dates. Only first lines of records
 * come here: no revisions, events and faults.
 */
#ifndef GEN_TABLE_H
#define GEN_TABLE_H

#include "core/str.h"

struct table_out;
/* csv, xlsx: paths, either may be NULL. STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status table_open(const char *csv, const char *xlsx,
                                  struct table_out **out, struct err *err);
/* One registration as its canonical JSON line. STATUS_INVALID, STATUS_IO. */
MUST_CHECK enum status table_add(struct table_out *t, struct str line, struct err *err);
/* Writes what is left and frees; frees only when `whole` is false. t may be NULL. */
MUST_CHECK enum status table_close(struct table_out *t, bool whole, struct err *err);

#endif
