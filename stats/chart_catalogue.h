/* chart_catalogue.h - which charts there are: one row of data each.
 *
 * A row says which table a chart draws, which dimension goes where, and in which kind.
 * A new chart is a new row; a new kind is a new row of layout.c's table of kinds.
 * Ids are those of the monitoring list C01–C14 and the portal list P1.1–P5.6.
 *
 * Threads: constant data.
 * Not: does not hold numbers, colours (chart_color.h) or geometry (layout.h).
 */
#ifndef STATS_CHART_CATALOGUE_H
#define STATS_CHART_CATALOGUE_H

#include "core/base.h"

C_API_BEGIN

struct chart_row {
    const char *id;         /* "C01" */
    const char *title;      /* 登记成果趋势 */
    const char *kind;       /* a kind of layout.h: "column-stack" */
    const char *kind_label; /* how a sentence names the kind: 堆叠柱形图 */
    const char *table;      /* id of the table it draws: "T02" */
    const char *x_dim;      /* dimension along the x axis: "year" */
    const char *x_suffix;   /* said behind an x label in sentences: 年, or "" */
    int x_max;              /* the last x_max categories of x are drawn */
    bool x_sorted;          /* order x by code (years); else the table's order */
    const char
        *series_dim;     /* dimension of the coloured parts; its id names the colours */
    const char *measure; /* category of "measure" that is drawn: "n" */
    const char *panel_measure; /* small panel below, of the total series; or NULL */
    const char *panel_title;   /* 合计较上年增减（%） */
};

/* The row with this id ("C01", case as printed), or NULL. */
const struct chart_row *chart_find(const char *id);

/* All rows in their order of presentation; *n is their number. */
const struct chart_row *chart_list(size_t *n);

C_API_END
#endif
