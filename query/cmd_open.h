/* cmd_open.h - the audience's set behind a reading command. Private to query/cmd_*.c. */
#ifndef QUERY_CMD_OPEN_H
#define QUERY_CMD_OPEN_H

#include "core/cli.h"
#include "core/store.h"
#include "core/xindex/xindex.h"

#include <limits.h>

/* "public" (also for NULL) or "internal" to *a. STATUS_USAGE with the names. */
MUST_CHECK enum status cmd_audience(const char *name, enum audience *a, struct err *err);

/* Opens the store's set of the audience for reading; its folder into set_dir.
 * STATUS_NOT_FOUND says how to make a store; those of xindex_reader_open. */
MUST_CHECK enum status cmd_open_set(const struct cli *cli, enum audience a,
                                    char set_dir[PATH_MAX], struct xindex_reader **out,
                                    struct err *err);

#endif
