/* server.h - what all worker threads of the daemon share.
 *
 * Constant after server_open, but for the metrics (atomics), the chart cache (its own
 * mutex) and `stopping` (atomic).
 *
 * Threads: open and close in one thread; everything else reads.
 */
#ifndef QUERY_SERVER_H
#define QUERY_SERVER_H

#include "core/config.h"
#include "core/store.h"
#include "query/chart_cache.h"
#include "query/metrics.h"
#include "web/pages.h"
#include "web/template.h"

#define SERVER_SITE_LINES 6

struct server {
    const struct config *config;
    enum audience audience;
    char set_dir[PATH_MAX];
    char draw_program[PATH_MAX];
    struct asset_set *assets;
    struct template_set *templates;
    struct page_site site;
    struct page_line line[SERVER_SITE_LINES];
    char owner[CONFIG_TEXT + 32], contact[CONFIG_TEXT + 32], idcode[CONFIG_TEXT + 32];
    uint64_t seed; /* of every ETag: program version, language, site, audience */
    struct metrics metrics;
    struct chart_cache *charts;
    atomic_bool stopping;
};

/* Opens assets and templates and makes the shared parts; `store` need not hold a set yet.
 * `config` is borrowed. draw_program: chengguo-draw beside the running program.
 * STATUS_INVALID (templates), STATUS_NOMEM, STATUS_LIMIT (paths). */
MUST_CHECK enum status server_open(const struct config *config, const struct store *store,
                                   enum audience audience, const char *draw_program,
                                   struct server *out, struct err *err);
void server_close(struct server *s);

#endif
