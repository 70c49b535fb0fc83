/* ingest_pipe.h - reads and prepares the rows of a source ahead, in a thread of its own,
 * so that parsing and validating on one core goes on beside deciding and storing on the
 * other (measured: each takes about half of the time). Rows come out in their order.
 *
 * Threads: open, next and close belong to one thread. Between open and close the source
 * and the options belong to the pipe.
 */
#ifndef INDEXER_INGEST_PIPE_H
#define INDEXER_INGEST_PIPE_H

#include "indexer/ingest_prepare.h"

struct ingest_pipe;

/* STATUS_NOMEM, STATUS_IO (no thread). */
MUST_CHECK enum status ingest_pipe_open(struct source *src,
                                        const struct validate_options *valid,
                                        struct ingest_pipe **out, struct err *err);
/* *row = NULL at the end; the row is the caller's until the next call. What the source
 * reports (source_next) comes after the rows before it. */
MUST_CHECK enum status ingest_pipe_next(struct ingest_pipe *p, struct prepared_row **row,
                                        struct err *err);
/* Stops the thread, wherever it is, and frees; NULL is fine. */
void ingest_pipe_close(struct ingest_pipe *p);

#endif
