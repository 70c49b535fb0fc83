/* ingest_row.h - one row of a file: parse, validate, decide, keep what was refused, retry
 * what waited for it.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_INGEST_ROW_H
#define INDEXER_INGEST_ROW_H

#include "indexer/decide.h"
#include "indexer/source_jsonl.h"

struct ingest_rows {
    struct registry_batch *b;
    struct decide d;
    struct validate_options valid;
    const char *source;        /* file as it was named */
    const unsigned char *file; /* its hash */
};

/* Decides the row inside the batch. *out: its one outcome; *w: its warnings. STATUS_OK
 * for every outcome; others are failures of the system. */
MUST_CHECK enum status ingest_row(struct ingest_rows *in, const struct source_row *row,
                                  struct decision *out, struct warnings *w,
                                  struct err *err);

#endif
