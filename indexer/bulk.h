/* bulk.h - both published sets built anew from registry.db, in parallel processes.
 *
 * Keys are cut into ranges of BULK_RANGE. A child process per range (as many at once as
 * `processes`) makes one or more index shards, the record texts and the column rows.
 * Where nearly all documents of a range are the same for both audiences one shard serves
 * both; the few others are put into each set after compaction. Then one process per set
 * joins texts and rows, compacts the shards (docids stay), writes columns, metadata and
 * data.db into SET.new, and the parent exchanges it with SET in one rename.
 *
 * Interrupted anywhere, the old sets stand; bulk_clean removes the leftovers.
 */
#ifndef INDEXER_BULK_H
#define INDEXER_BULK_H

#include "indexer/publish.h"

#define BULK_RANGE 10000u

/* STATUS_IO, STATUS_CORRUPT, STATUS_INTERRUPTED, STATUS_NOMEM. */
MUST_CHECK enum status bulk_build(const struct store *s, struct registry *r,
                                  const struct publish_options *opt, int64_t seq,
                                  const char *as_of, struct err *err);

/* Removes what an interrupted build left: unfinished shards and sets, and sets that were
 * exchanged already, which may hold what is withdrawn since. STATUS_IO. */
MUST_CHECK enum status bulk_clean(const struct store *s, struct err *err);

#endif
