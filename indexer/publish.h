/* publish.h - registry.db to the published sets, by the revision protocol of design.md.
 *
 * publish_update applies changes after each set's own mark, in this order: append text,
 * write columns-N and suggest-N, fsync all; commit the index with seq=N and the columns'
 * name (the atomic switch for search); commit data.db with seq=N; remove old columns and
 * suggest files. Many changes are built anew instead: shards in parallel processes,
 * compacted, the whole folder exchanged by renameat2(RENAME_EXCHANGE). Whatever is
 * interrupted is finished by the next call, idempotently.
 *
 * Threads: one thread; the caller holds the store's lock. Forks worker processes.
 */
#ifndef INDEXER_PUBLISH_H
#define INDEXER_PUBLISH_H

#include "core/config.h"
#include "indexer/registry.h"

struct publish_options {
    int64_t bulk;      /* changed records from which a set is built anew; 0 = default */
    int64_t processes; /* 0 = one a core */
    bool rebuild;      /* build anew whatever the marks say */
    void (*progress)(void *arg, const char *stage, int64_t done, int64_t total);
    void *progress_arg;
    const volatile int *stop;
};

/* Brings both sets to the registry's newest revision. STATUS_IO, STATUS_CORRUPT,
 * STATUS_INTERRUPTED (the sets stay as they were). */
MUST_CHECK enum status publish_update(const struct store *s, struct registry *r,
                                      const struct publish_options *opt, struct err *err);

#endif
