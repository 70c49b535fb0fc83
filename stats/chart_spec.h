/* chart_spec.h - a chart description, read and checked.
 *
 * In:      JSON as chart.h documents it; hostile until it has passed here
 * Out:     struct chart_spec: every text valid UTF-8 of bounded length, every series with
 *          exactly one point per x, every number finite and |v| <= CHART_VALUE_MAX, every
 *          link a path on this site ("/…", never "//…" or a scheme)
 * Owns:    everything hangs off the spec's talloc context
 * Threads: pure
 * Not:     does not lay out; does not know which kinds exist (layout.h does)
 */
#ifndef STATS_CHART_SPEC_H
#define STATS_CHART_SPEC_H

#include "core/err.h"
#include "core/str.h"

C_API_BEGIN

#define CHART_INPUT_BYTES ((size_t)1 << 20)
#define CHART_SPEC_DEPTH 6
#define CHART_SPEC_X 60
#define CHART_SPEC_SERIES 8
#define CHART_SPEC_NOTES 32
#define CHART_TEXT_BYTES 4096
#define CHART_LABEL_BYTES 512
#define CHART_LINK_BYTES 16384
#define CHART_VALUE_MAX 1e15

struct chart_point {
    bool has_value;
    double value;
    const char *mark; /* stands where there is no value */
    const char *tip;  /* "" for none */
    const char *link; /* NULL for none */
};

struct chart_x {
    const char *label, *note;
    bool provisional, has_break;
};

struct chart_series {
    const char *label;
    uint32_t color;            /* 0xRRGGBB; 0 for total and panel */
    struct chart_point *point; /* one per x */
};

struct chart_spec {
    const char *id, *kind, *title, *subtitle, *desc, *as_of, *unit, *footer;
    int width;
    bool integer;
    size_t nx, nseries, nnotes;
    struct chart_x *x;
    struct chart_series *series;
    struct chart_series *total, *panel; /* NULL: none */
    const char **notes;
};

/* Reads `text` into a new spec under `parent`. STATUS_INVALID names the place by its JSON
 * path ("$.series[1].points[3].value：…") or by line and column where it is no JSON;
 * STATUS_LIMIT, STATUS_NOMEM. */
MUST_CHECK enum status chart_spec_read(const void *parent, struct str text,
                                       struct chart_spec **out, struct err *err);

C_API_END
#endif
