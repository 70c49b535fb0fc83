/* shard.h - what a child process of a bulk build makes of one key range, and its files.
 *
 * In DIR (STORE/build.tmp), for range n ("00017"):
 *   n.c/ n.c.text n.c.rows n.c.han   documents that are the same in both sets
 *   n.i/ n.i.text n.i.rows n.i.han   all documents of the range for the internal set,
 *                            made only where too many differ
 *   n.left                   keys (uint32) that the shards do not serve, put afterwards
 *   n.private                (uint32 key, uint32 bytes, JSON) for the internal data.db
 * Texts are addressed from 0 within their file; rows are columns_row_write's bytes,
 * han is columns_han_write's block of their characters.
 *
 * Threads: one process each.
 */
#ifndef INDEXER_SHARD_H
#define INDEXER_SHARD_H

#include "core/store.h"
#include "indexer/workers.h"

#include <stdio.h>

/* Above this many differing documents in a range, the internal set gets its own shard. */
#define SHARD_LEFT_MAX 500

struct shard_plan {
    const struct store *store;
    const char *dir;
    uint32_t range; /* keys in a range: n*range+1 … (n+1)*range */
};

/* worker_fn: makes range `job`. */
enum status shard_make(void *arg, size_t job, struct worker *w, struct err *err);

enum shard_part { SHARD_COMMON, SHARD_INTERNAL };

/* Path of a file of range n: part "c" or "i" with suffix "", ".text", ".rows", ".han"; or
 * "left", "private". */
void shard_path(const char *dir, size_t n, const char *name, char *out, size_t size);
/* Which part serves the audience in range n; false when none does (no documents). */
bool shard_serves(const char *dir, size_t n, enum audience a, enum shard_part *out);

#endif
