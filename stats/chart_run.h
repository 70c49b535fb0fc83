/* chart_run.h - runs chengguo-draw on a chart description and takes its picture.
 *
 * The child gets the description on stdin and answers on stdout; it is killed when its
 * time is over, when it says too much, or when anything here fails. It never outlives
 * the call.
 *
 * Threads: safe to call from many threads at once (own socket pair, pipes and child; no
 * SIGPIPE is raised). The process must not ignore SIGCHLD nor reap foreign children.
 * The child inherits the environment, all signals at their defaults and unblocked.
 * Not: does not cache and does not limit how many run at once; the daemon does.
 */
#ifndef STATS_CHART_RUN_H
#define STATS_CHART_RUN_H

#include "core/err.h"
#include "core/str.h"

#include <jansson.h>

C_API_BEGIN

enum chart_format { CHART_SVG, CHART_PNG, CHART_PDF };

#define CHART_RUN_TIMEOUT_MS 10000
#define CHART_RUN_OUTPUT_BYTES ((size_t)32 << 20)

/* "svg", "png", "pdf"; and back: false for anything else. */
const char *chart_format_name(enum chart_format f);
MUST_CHECK bool chart_format_parse(const char *name, enum chart_format *out);

/* Draws `desc` with the program at path `program` (no search in PATH), `width` px wide
 * (0 = as described), PNG pixels = width × scale (1..3). Appends the picture to *out,
 * which is cut back to its former length on failure.
 * STATUS_INVALID  the description is refused (its sentence names the JSON path)
 * STATUS_NOT_FOUND  no such program;  STATUS_IO  it could not be started or spoken to
 * STATUS_DEADLINE  it took too long, or died of a signal (503; code "draw")
 * STATUS_LIMIT  the picture is larger than CHART_RUN_OUTPUT_BYTES, or than out->max
 * STATUS_NOMEM, STATUS_INTERNAL (it failed by itself; its sentence). */
MUST_CHECK enum status chart_run_draw(const char *program, const json_t *desc,
                                      enum chart_format format, int width, int scale,
                                      struct buf *out, struct err *err);

/* The same with a time limit of one's own. */
MUST_CHECK enum status chart_run_draw_within(const char *program, const json_t *desc,
                                             enum chart_format format, int width,
                                             int scale, int timeout_ms, struct buf *out,
                                             struct err *err);

C_API_END
#endif
