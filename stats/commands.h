/* commands.h - the commands whose work lies in stats/. Each returns the exit code of
 * interface.md; data on stdout, talk on stderr.
 */
#ifndef STATS_COMMANDS_H
#define STATS_COMMANDS_H

#include "core/cli.h"
#include "core/db.h"
#include "core/store.h"
#include "stats/cube.h"

int cmd_stats(struct cli *cli);
int cmd_chart(struct cli *cli);

/* What both read: data.db of the audience's set, and the options that follow from the
 * configuration. STATUS_USAGE for an unknown audience and for a year that is none. */
struct stats_source {
    struct db db;
    struct cube_options options;
};
MUST_CHECK enum status stats_source_open(const struct cli *cli, const char *audience,
                                         const char *edition, const char *year,
                                         struct stats_source *out, struct err *err);
void stats_source_close(struct stats_source *s);

/* `out` to the file (NULL: stdout). A file is written whole or not at all. */
MUST_CHECK enum status stats_write(const struct buf *out, const char *path,
                                   struct err *err);
/* [{"id":…,"title":…}] or aligned lines, to stdout. */
struct stats_name {
    const char *id, *title;
};
int stats_print_names(const struct stats_name *names, size_t n, bool json);

#endif
