/* chart_cache.h - pictures of charts, drawn once and kept by content.
 *
 * A picture lies in STORE/cache under the hash of its description, format and width, so
 * that it never grows old: another revision or program version has another name. The
 * folder is bounded (CHART_CACHE_FILES, CHART_CACHE_BYTES, the longest unused go first)
 * and may be deleted at any time; where it cannot be written, charts are drawn each time.
 * At most CHART_CACHE_DRAWING drawing programs run at once; a further request waits
 * CHART_CACHE_WAIT_MS for its turn.
 *
 * Threads: one cache is shared by all threads; a mutex guards its list.
 */
#ifndef QUERY_CHART_CACHE_H
#define QUERY_CHART_CACHE_H

#include "query/metrics.h"
#include "stats/chart_run.h"

#define CHART_CACHE_FILES 512
#define CHART_CACHE_BYTES ((int64_t)64 << 20)
#define CHART_CACHE_DRAWING 2
#define CHART_CACHE_WAIT_MS 3000

struct chart_cache;

/* `dir` is made when the first picture is kept; what lies there already is taken over.
 * STATUS_NOMEM. */
MUST_CHECK enum status chart_cache_open(const char *dir, struct chart_cache **out,
                                        struct err *err);
void chart_cache_close(struct chart_cache *c); /* NULL is allowed */

/* Appends the picture of `desc`, from the cache or drawn by `program`. Besides the errors
 * of chart_run_draw: STATUS_BUSY "busy" when too many are being drawn. A program that
 * died, took too long or cannot be started is STATUS_DEADLINE "draw". */
MUST_CHECK enum status chart_cache_get(struct chart_cache *c, const char *program,
                                       const json_t *desc, enum chart_format format,
                                       int width, struct metrics *m, struct buf *out,
                                       struct err *err);

#endif
