/* cube_data.h - the counts behind one table, dense, with all their totals.
 *
 * Index of a category: its place in dim[d].code; dim[d].n is the total. Years run from
 * first_year; the years before the shown ones are there for growth.
 *
 * Threads: as the struct db. Not: computes nothing but sums.
 */
#ifndef STATS_CUBE_DATA_H
#define STATS_CUBE_DATA_H

#include "core/db.h"
#include "core/field.h"
#include "stats/catalogue.h"

C_API_BEGIN

struct cube_count {
    int64_t records, visible;
};

struct cube_dim {
    const struct field *field;
    size_t n;
    struct str *code; /* in order of presentation; terminated */
};

struct cube_data {
    struct catalogue_cube cube;
    int first_year, nyears;
    struct cube_dim dim[CATALOGUE_MAX_DIMS]; /* n = 0 for one that the cube lacks */
    struct cube_count *count;
    int64_t without_year; /* records whose year is missing */
};

/* First and last year that have data, 0 and 0 when there are none. */
MUST_CHECK enum status cube_data_extent(struct db *db, const char *cube, int *first,
                                        int *last, struct err *err);

/* Loads years first..first + nyears - 1 into *out, under `ctx`. A category is kept when
 * it occurs from year `shown` on, or belongs to a list of at most whole_list entries.
 * STATUS_LIMIT above TABLE_MAX_CELLS, STATUS_INTERNAL for an unknown dimension. */
MUST_CHECK enum status cube_data_load(struct db *db, const struct catalogue_cube *cube,
                                      int first, int nyears, int shown, size_t whole_list,
                                      void *ctx, struct cube_data *out, struct err *err);

/* The counts of a year and of category i of the first and j of the second dimension
 * (dim[].n: total). A year outside is a bug. */
const struct cube_count *cube_data_at(const struct cube_data *d, int year, size_t i,
                                      size_t j);

C_API_END
#endif
