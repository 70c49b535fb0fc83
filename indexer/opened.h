/* opened.h - a store opened for a command: its folder, its registry, its lock.
 *
 * Threads: one thread. Not: prints only progress on a terminal.
 */
#ifndef INDEXER_OPENED_H
#define INDEXER_OPENED_H

#include "core/cli.h"
#include "indexer/registry.h"
#include "indexer/validate.h"
#include "indexer/windows.h"

struct opened {
    struct store store;
    struct registry registry;
    struct windows *windows; /* owned */
};

/* Opens the store, its registry and the window table. The store must be there
 * (STATUS_NOT_FOUND): no command but ingest makes one. write: takes the lock
 * (STATUS_BUSY), and publishes what an earlier run committed and did not publish. */
MUST_CHECK enum status opened_open(const struct cli *cli, bool write, struct opened *out,
                                   struct err *err);
void opened_close(struct opened *o);

/* What rows that name nothing else are validated with: registry, windows. */
struct validate_options opened_valid(const struct cli *cli, const struct opened *o);

/* Publishes what the registry holds; rebuild: a new generation, so that nothing of what
 * is gone stays in any byte of the sets. */
MUST_CHECK enum status opened_publish(const struct cli *cli, struct opened *o,
                                      bool rebuild, struct err *err);

/* Who runs this: `by`, else $USER (if it is UTF-8), else "". */
const char *opened_actor(const char *by);

/* May words of a person (by, opinion, note; NULL: none) be kept in events and the audit?
 * STATUS_USAGE: no UTF-8, or control characters; STATUS_INVALID E_CLASSIFIED: they carry
 * a classification marking. option: what to call them. */
MUST_CHECK enum status opened_check_words(const char *option, const char *words,
                                          struct err *err);

/* Prints an object or array in one line on stdout and drops it. STATUS_NOMEM (NULL),
 * STATUS_IO. */
MUST_CHECK enum status opened_print(json_t *json, struct err *err);

#endif
