/* cube.h - a catalogue row and a database become a table.
 *
 * Reads the cube of the row (aggregate.h) from data.db, in one transaction, and computes
 * its measures from unrounded values:
 *   n       registered achievements; `value` = `records`
 *   share   n / the same year's total
 *   growth  (n - n of the year before) / n of the year before; not applicable where that
 *           is 0 or lies before the data
 *   cagr5   fifth root of n / n five years before, less 1; numerator and denominator are
 *           these two counts; not applicable as above
 * Rates carry numerator and denominator; their records, visible and link are those of the
 * achievements counted this year.
 *
 * Years: the last is the one asked for; as many before it as the row says, fewer where
 * the data begin later. A year before the first with data is not available (":"), one
 * after it without any is a true zero. A year that is not over (by `now`, in China's
 * time) is provisional.
 * Categories stand in list order, all of a short list and of others those that occur;
 * 其他 and 未填 where they occur; the total "_T" last.
 * Links are search URLs ("/search?year=2025&category=A"). Collections have years too, so
 * a cell over all categories names every category. What a public search finds is
 * `visible`.
 *
 * Threads: as the struct db. Not: no rounding for print, no layout, no editions but live.
 */
#ifndef STATS_CUBE_H
#define STATS_CUBE_H

#include "core/db.h"
#include "core/store.h"
#include "stats/catalogue.h"
#include "stats/table.h"

C_API_BEGIN

#define CUBE_MAX_YEARS 40
#define CUBE_WHOLE_LIST 20 /* lists up to this long are shown whole */

/* All strings are copied into the table. */
struct cube_options {
    int year;             /* last year shown; 0: the last complete one with data */
    int years;            /* how many at most; 0: as the row says */
    const char *measure;  /* only this measure, and */
    const char *measure2; /* this one; both NULL: all of the row */
    const char *edition;  /* NULL = "live" */
    enum audience audience;
    const char *place;  /* 山西省; NULL: not said */
    const char *source; /* whose data: 山西省科学技术厅; NULL: not said */
    int64_t revision;   /* of the data, and */
    const char *as_of;  /* its instant; NULL: both from data.db */
    int64_t now;        /* seconds since 1970 */
};

/* The table, under the talloc context `ctx` (NULL allowed).
 * STATUS_NOT_FOUND  "unknown_edition" (field edition); "no_data": nothing registered yet,
 *                   or no data for the year (field year; the sentence says which have)
 * STATUS_INVALID    "invalid_value": a year or number of years out of range
 * STATUS_LIMIT      more than TABLE_MAX_CELLS
 * STATUS_CORRUPT, STATUS_BUSY, STATUS_IO, STATUS_NOMEM */
MUST_CHECK enum status cube_table(struct db *db, const struct catalogue_row *row,
                                  const struct cube_options *options, void *ctx,
                                  struct table **out, struct err *err);

/* Four digits within date.h's years. STATUS_INVALID "invalid_value", field year. */
MUST_CHECK enum status cube_parse_year(struct str text, int *out, struct err *err);

C_API_END
#endif
