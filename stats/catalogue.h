/* catalogue.h - which statistical tables there are: one row of data each.
 *
 * A row says everything about a table that is not a number: what is counted, over which
 * base, along which dimensions, by which measures, how it is defined. The cubes that
 * aggregate.h keeps, the tables that cube.h makes, the faces and docs/indicators.md all
 * follow from the rows. A new table is a new row; a new dimension is a filter name of
 * core/field.h; a new measure is a row of the measure list and a case of cube.c.
 * Ids are those of the yearly reports' table list (T01 to T30).
 *
 * Threads: constant data.
 * Not: holds no number, reads no database.
 */
#ifndef STATS_CATALOGUE_H
#define STATS_CATALOGUE_H

#include "core/str.h"
#include "stats/table.h"

C_API_BEGIN

#define CATALOGUE_MAX_DIMS 2 /* of a table or cube, besides the year and the measure */
#define CATALOGUE_MAX_MEASURES 6 /* of a table */
#define CATALOGUE_CUBE_ID 64

struct catalogue_measure {
    const char *id;       /* category of the dimension "measure": "n" */
    const char *label;    /* 成果数 */
    const char *label_en; /* achievements */
    enum table_unit unit;
    const char *formula; /* in words: what is divided by what */
    const char *caption; /* what is said of it when it stands alone, or NULL */
};

struct catalogue_row {
    const char *id;         /* "T01" */
    const char *title;      /* 登记总量与五年趋势 */
    const char *title_en;   /* Registrations in total and over five years */
    const char *measure;    /* what is counted, in words: 登记成果数 */
    const char *unit;       /* 项 */
    const char *base;       /* "ALL", or "A": applied technology only */
    const char *base_label; /* 全部登记成果 */
    /* Dimensions in the order of the table, outermost first, by filter name; exactly one
     * is "year". The first is the rows, the others (and the measure) are the columns. */
    const char *dims[CATALOGUE_MAX_DIMS + 1];
    const char *measures[CATALOGUE_MAX_MEASURES]; /* NULL after the last */
    const char *definition;                       /* a sentence: what counts and when */
    const char *source;                           /* which published reports print it */
    const char *breaks; /* where its series breaks, or that it does not */
    int years;          /* years shown, the last one being the year asked for */
    int years_least;    /* shown even where the data begin later */
};

/* A set of dimensions whose cells are kept; the year is always one of them. */
struct catalogue_cube {
    char id[CATALOGUE_CUBE_ID]; /* "year", "year_category": dimensions joined by '_' */
    size_t ndim;                /* besides the year */
    const char *dims[CATALOGUE_MAX_DIMS];
};

/* All rows in their order; *n is their number. */
const struct catalogue_row *catalogue_list(size_t *n);
/* The row with this id ("T01", also "t01"), or NULL. */
const struct catalogue_row *catalogue_find(struct str id);
/* The same with STATUS_NOT_FOUND "unknown_table" and the closest id in the sentence. */
MUST_CHECK enum status catalogue_require(struct str id, const struct catalogue_row **out,
                                         struct err *err);

/* All measures, and one by id, or NULL. */
const struct catalogue_measure *catalogue_measures(size_t *n);
const struct catalogue_measure *catalogue_measure(const char *id);
bool catalogue_has_measure(const struct catalogue_row *row, const char *id);

/* The cube that a row is made from. */
struct catalogue_cube catalogue_cube_of(const struct catalogue_row *row);
/* The distinct cubes of all rows, in the order of the first row that needs each. Writes
 * at most max of them and returns how many there are. */
size_t catalogue_cubes(struct catalogue_cube *out, size_t max);

C_API_END
#endif
