/* chart.h - a table and a catalogue row become a chart description.
 *
 * The description is all that the drawing program knows of a chart. It is JSON, version
 * CHART_VERSION; unknown keys are errors, so that a typing mistake never vanishes.
 *
 *   version   1
 *   id        "C01"          letters, digits, '.', '-'; prefix of the ids inside the SVG
 *   kind      "column-stack"
 *   width     800            default picture width in px, 360..1920
 *   title, subtitle          what; measure, unit, place, period
 *   desc                     what a reader who cannot see is told: kind, range, extremes
 *   as_of     "2026-01-20T08:00:00Z"
 *   unit      "项"
 *   integer   true           only whole numbers are possible (no tick at 0.5)
 *   x         [{"label":"2025","note":"截至11-20","provisional":true,"break":false}]
 *   series    [{"label":"应用技术成果","color":"#0072B2","points":[POINT…]}]  base first
 *   total     {"label":"合计","points":[POINT…]}                 optional
 *   panel     {"label":"合计较上年增减（%）","points":[POINT…]}   optional
 *   notes     ["…"]          printed above the footer
 *   footer    "数据来源：… · 截至 … · 口径 … · 版本 …"
 *
 *   POINT     {"value":1234|null, "mark":":", "tip":"2025年 应用技术成果：1,234项",
 *              "link":"/search?…"|null}
 *             one per x; `mark` is what stands where a value is null (": – c", or 未满
 *             for the change of an incomplete year), else "".
 *             The tip holds every digit; `value` only places the mark.
 *
 * A series past CHART_MAX_SERIES is added up into a grey 其他. A year whose total is
 * provisional is hatched and dated with the table's as-of day in China (UTC+8).
 *
 * Threads: pure.
 * Not: does not compute statistics, lay out or draw.
 */
#ifndef STATS_CHART_H
#define STATS_CHART_H

#include "stats/chart_catalogue.h"
#include "stats/table.h"

#include <jansson.h>

C_API_BEGIN

#define CHART_VERSION 1
#define CHART_WIDTH_MIN 360
#define CHART_WIDTH_MAX 1920
#define CHART_WIDTH_DEFAULT 800
#define CHART_MAX_SERIES 6 /* coloured ones; 其他 and 未填 are grey and come besides */

/* Describes table `t` as chart `row`, for a picture `width` px wide (0 = default). The
 * caller owns *out (json_decref). STATUS_INVALID when the table lacks a dimension or
 * measure that the row names, STATUS_USAGE for a width out of range, STATUS_NOMEM. A
 * table without any number is described: its picture says that there are no data. */
MUST_CHECK enum status chart_describe(const struct table *t, const struct chart_row *row,
                                      int width, json_t **out, struct err *err);

C_API_END
#endif
