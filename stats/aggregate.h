/* aggregate.h - exact reversible contributions of records to the statistical cubes.
 *
 * A cube is a set of dimensions that the catalogue's tables need (catalogue.h derives the
 * cubes from its rows). A record contributes (1 record, 1 or 0 visible) to one cell of
 * each cube while it is registered, and nothing otherwise; a change takes the old
 * contribution out and puts the new one in. Collections contribute nothing, nor does a
 * record to a cube of a field that its category does not have.
 *
 * Deltas are summed in memory and written by aggregate_flush inside the ingest
 * transaction, into the tables that aggregate_schema lists.
 *
 * Threads: as the struct db it works on.
 */
#ifndef STATS_AGGREGATE_H
#define STATS_AGGREGATE_H

#include "core/db.h"
#include "core/record.h"

C_API_BEGIN

/* CREATE statements for registry.db (a migration of its schema) and the same in data.db:
 *   aggregate(cube, year, d1, d2, records, visible)
 *     cube     id of catalogue.h; year: an integer, or 'none' where a record has none
 *     d1, d2   codes of the cube's dimensions in their order, 'none' where not filled in,
 *              '' where the cube has no such dimension
 *     records  registered achievements; visible: those that the public may open
 *   stat_<cube>(year, dimensions by their filter names…, records, visible)
 *     one view a cube, for people who open data.db with sqlite3 or pandas; stable. */
const char *aggregate_schema(void);

struct aggregate;

MUST_CHECK enum status aggregate_new(struct aggregate **out, struct err *err);
void aggregate_free(struct aggregate *a);

/* Old state (NULL: none) leaves, new state (NULL: none) enters. STATUS_NOMEM. */
MUST_CHECK enum status aggregate_apply(struct aggregate *a, const struct record *before,
                                       const struct record *after, struct err *err);
/* Adds the deltas to the database's tables (rows that reach 0 are deleted) and forgets
 * them. STATUS_CORRUPT where a cell would fall below zero: tables and records disagree.
 */
MUST_CHECK enum status aggregate_flush(struct aggregate *a, struct db *db,
                                       struct err *err);
/* Makes the database's tables hold exactly the deltas summed so far (which the caller fed
 * with every record) and forgets them: how a rebuild, or a newer catalogue with more
 * cubes, gets its tables. Inside the caller's transaction. */
MUST_CHECK enum status aggregate_replace(struct aggregate *a, struct db *db,
                                         struct err *err);
/* Compares the database's tables with the deltas summed so far in `a` (which the caller
 * fed with every record): STATUS_CORRUPT naming the first cell that differs. */
MUST_CHECK enum status aggregate_compare(struct aggregate *a, struct db *db,
                                         struct err *err);
/* Copies the tables from registry.db (src) to data.db (dst), replacing what is there. */
MUST_CHECK enum status aggregate_copy(struct db *src, struct db *dst, struct err *err);

C_API_END
#endif
