/* table_jsonstat.h - a table as a JSON-stat 2.0 dataset (json-stat.org/full).
 *
 * version, class, label, id, size, dimension, role (time: year, metric: measure), value
 * (row-major, null where there is none), status (object: position -> mark), updated,
 * source, note. Dimension ids are the filter names of the search, plus "measure"; the
 * total is the category "_T"; units stand with the categories of measure.
 * extension: records, visible, links, numerator, denominator (arrays as long as value;
 * null where there is none), edition, revision, base, definition; besides base_label,
 * measure, unit, place, and status.label, which says what the marks mean.
 *
 * Threads: pure.
 */
#ifndef STATS_TABLE_JSONSTAT_H
#define STATS_TABLE_JSONSTAT_H

#include "stats/table.h"

C_API_BEGIN

/* Appends the document to *out. STATUS_NOMEM (also for text that is not UTF-8),
 * STATUS_LIMIT. */
MUST_CHECK enum status table_jsonstat(const struct table *t, struct buf *out,
                                      struct err *err);

C_API_END
#endif
