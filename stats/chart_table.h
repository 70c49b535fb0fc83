/* chart_table.h - the table that a chart draws, and its twin of numbers.
 *
 * Threads: as the struct db. Not: does not describe or draw (chart.h, chart_run.h).
 */
#ifndef STATS_CHART_TABLE_H
#define STATS_CHART_TABLE_H

#include "stats/chart_catalogue.h"
#include "stats/cube.h"

C_API_BEGIN

/* The table of chart `row`: as many years as the chart shows, only the measures that it
 * draws. `options` as for cube_table, whose years and measures are not looked at. Every
 * status of cube_table. */
MUST_CHECK enum status chart_table(struct db *db, const struct chart_row *row,
                                   const struct cube_options *options, void *ctx,
                                   struct table **out, struct err *err);

/* Appends the numbers that the chart of this table draws, and no others, as the CSV of
 * table_csv.h. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status chart_csv(const struct table *t, const struct chart_row *row,
                                 struct buf *out, struct err *err);

C_API_END
#endif
