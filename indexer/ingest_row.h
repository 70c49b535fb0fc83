/* ingest_row.h - one prepared row: decide, keep what was refused, retry what waited for
 * it.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_INGEST_ROW_H
#define INDEXER_INGEST_ROW_H

#include "indexer/decide.h"
#include "indexer/ingest_prepare.h"

struct ingest_rows {
    struct registry_batch *b;
    struct decide d;
    const struct validate_options *valid;
    const char *source;        /* file as it was named */
    const unsigned char *file; /* its hash */
};

/* Decides the row inside the batch. *out: its one outcome. STATUS_OK for every outcome;
 * others are failures of the system. The row stays the caller's. */
MUST_CHECK enum status ingest_row(struct ingest_rows *in, struct prepared_row *row,
                                  struct decision *out, struct err *err);

/* Something new stands under by->target and by->number: rows of the quarantine that
 * waited for it are retried. */
MUST_CHECK enum status ingest_row_wake(struct ingest_rows *in, const struct decision *by,
                                       struct err *err);
/* Retries one row of the quarantine, what it says and what waits for it. A row whose text
 * was not kept stays as it is. */
MUST_CHECK enum status ingest_row_retry(struct ingest_rows *in, int64_t id,
                                        struct err *err);

#endif
