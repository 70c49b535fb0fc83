/* table.h - the neutral table between SQL and every renderer.
 *
 * A table is a dense cube: dims[0..ndim) span cells in row-major order (the last
 * dimension runs fastest), exactly as JSON-stat lays out `value`. One dimension has id
 * "measure" (categories "n", "share", "growth", …); the total of another dimension is its
 * category
 * "_T". Every cell carries the achievements behind it and the search that lists them
 * (statistics.md rules 1, 6, 7, 8; design.md: every number is a link).
 *
 * In:      built by stats/cube.h from data.db or registry.db
 * Out:     read by the text, CSV, JSON-stat, page and chart renderers
 * Owns:    everything hangs off the table's talloc context; talloc_free(table) frees all
 * Threads: a table belongs to one thread; no shared state
 * Not:     does not compute, round for print, or query
 */
#ifndef STATS_TABLE_H
#define STATS_TABLE_H

#include "core/err.h"
#include "core/str.h"

C_API_BEGIN

#define TABLE_MAX_DIMS 6
#define TABLE_MAX_CELLS 1000000

/* What stands in a cell; the character is what every face prints (SDMX observation and
 * confidentiality codes as statistics.md rule 7 lists them). A value may be provisional,
 * a break or revised and still be a value. */
enum table_status {
    TABLE_VALUE = 0,      /* a number, including a true zero */
    TABLE_MISSING,        /* ":"  not available */
    TABLE_NOT_APPLICABLE, /* "–"  not applicable (growth of the first year) */
    TABLE_SUPPRESSED,     /* "c"  confidential */
    TABLE_PROVISIONAL,    /* "p"  a number; the year is not complete */
    TABLE_BREAK,          /* "b"  a number; the series breaks here */
    TABLE_REVISED         /* "r"  a number; differs from what was published */
};

enum table_unit {
    TABLE_COUNT,   /* 项: integer */
    TABLE_PERCENT, /* %: numerator / denominator × 100, 2 decimals half up */
    TABLE_POINTS,  /* 百分点 */
    TABLE_FEN,     /* money, integer fen; faces print yuan with 2 decimals or 万元 */
    TABLE_DAYS     /* 天: integer */
};

struct table_category {
    const char *code;     /* canonical code, "none", "其他" or "_T" */
    const char *label;    /* Chinese label */
    enum table_unit unit; /* meaningful for categories of "measure" */
};

struct table_dim {
    const char *id; /* filter name of interface.md ("year", "category"), or "measure" */
    const char *label; /* Chinese label */
    size_t n;
    struct table_category *cat;
};

struct table_cell {
    enum table_status status;
    /* Exact value: units × 10^-decimals. TABLE_COUNT and TABLE_DAYS: decimals 0;
     * TABLE_FEN: decimals 2 in yuan; TABLE_PERCENT and TABLE_POINTS: decimals 2. */
    int64_t units;
    int decimals;
    int64_t records;  /* achievements behind the cell, 0 when none */
    int64_t visible;  /* those of them that the public may open */
    const char *link; /* "/search?…", or NULL where no search lists them */
    bool has_ratio;   /* numerator and denominator are meaningful */
    int64_t numerator, denominator;
};

struct table {
    const char *id;      /* "T01" */
    const char *title;   /* 登记总量与五年趋势 */
    const char *measure; /* what is counted, in words: 登记成果数 */
    const char *unit;    /* 项 */
    const char *place;   /* 山西省, or the registry's configured name */
    const char *base;    /* "ALL" or "A", with base_label 全部登记成果 */
    const char *base_label;
    const char *definition; /* a sentence: what counts and when */
    const char *source;     /* whose data: footer of every face */
    const char *edition;    /* "live" or the edition's name */
    int64_t revision;       /* of the data behind the table */
    const char *as_of;      /* ISO 8601 instant, UTC: when that revision was made */
    size_t nnotes;
    const char **notes; /* footnotes, numbered from 1 */
    size_t ndim;
    struct table_dim dim[TABLE_MAX_DIMS];
    size_t ncell; /* product of dim[].n */
    struct table_cell *cell;
};

/* An empty table of these dimension sizes under `parent` (NULL allowed): all cells
 * TABLE_MISSING. STATUS_LIMIT above TABLE_MAX_CELLS or TABLE_MAX_DIMS, STATUS_NOMEM. */
MUST_CHECK enum status table_new(const void *parent, size_t ndim, const size_t *sizes,
                                 struct table **out, struct err *err);

/* The cell at index[0..ndim); an index out of range is a bug (assert). */
struct table_cell *table_at(const struct table *t, const size_t *index);

/* Index of the dimension / category with this id or code, or SIZE_MAX. */
size_t table_find_dim(const struct table *t, const char *id);
size_t table_find_category(const struct table_dim *d, const char *code);

/* "p", "b", "c", …; "" for a plain value. */
const char *table_status_mark(enum table_status s);
/* What the mark says, in words (暂定：该年度未满); "" for a plain value. */
const char *table_status_label(enum table_status s);

/* The number as a plain decimal ("1234", "12.34"), or the mark where the cell holds none;
 * into out (>= 40 bytes); returns out. No thousands separators: faces add theirs. */
const char *table_cell_text(const struct table_cell *c, char *out, size_t size);

/* What a measure of this unit is counted in, as faces print it: 项 (or what else the
 * table counts), %, 百分点, 元, 天. */
const char *table_unit_words(const struct table *t, enum table_unit unit);

/* num/den × 10^decimals × 100 as a percentage, rounded half up away from zero, exact in
 * 128-bit integers. den must not be 0. */
int64_t table_percent(int64_t num, int64_t den, int decimals);

C_API_END
#endif
