/* context.h - what one worker thread owns: its reader of the index, its data.db, its
 * memory for one request, its compressor.
 *
 * The set is opened when a request first needs it, looked at again at each request, and
 * opened anew when its folder was exchanged. A set that is not there yet is
 * STATUS_NOT_FOUND; the next request tries again.
 *
 * Threads: a context belongs to one thread at a time.
 */
#ifndef QUERY_CONTEXT_H
#define QUERY_CONTEXT_H

#include "core/pubdata.h"
#include "core/xindex/xindex.h"
#include "query/server.h"

#include <sys/stat.h>
#include <zlib.h>

#define CONTEXT_ARENA_BYTES ((size_t)512 << 10)

struct context {
    struct server *server;
    struct xindex_reader *reader; /* NULL: not open */
    struct db data;               /* h NULL: not open */
    dev_t data_dev;
    ino_t data_ino;
    void *arena; /* talloc pool: one request's memory */
    z_stream deflate;
    bool deflate_ready;
};

MUST_CHECK enum status context_open(struct server *server, struct context *out,
                                    struct err *err);
void context_close(struct context *c);

/* The reader, open; `fresh`: brought to the newest revision first (a search does that by
 * itself). STATUS_NOT_FOUND while there is no set; those of xindex_reader_open. */
MUST_CHECK enum status context_reader(struct context *c, bool fresh,
                                      struct xindex_reader **out, struct err *err);
/* data.db of the set that stands in its place now. STATUS_NOT_FOUND as above. */
MUST_CHECK enum status context_data(struct context *c, struct db **out, struct err *err);

/* Appends `in` gzipped. False (out unchanged) when memory is out. */
MUST_CHECK bool context_gzip(struct context *c, struct str in, struct buf *out);

#endif
