/* cmd_where.h - what --where and --by may say to stats and chart. Private to
 * stats/cmd_*.c. */
#ifndef STATS_CMD_WHERE_H
#define STATS_CMD_WHERE_H

#include "core/cli.h"

/* The tables are kept by year, so "year=2025" is the one filter they take: its value goes
 * to *year, which is left alone when there is none. STATUS_USAGE names what is wrong and
 * what is possible: another field, no '=', two different years, or any `by`. */
MUST_CHECK enum status cmd_where_year(const struct cli_list *where, const char *by,
                                      const char **year, struct err *err);

#endif
