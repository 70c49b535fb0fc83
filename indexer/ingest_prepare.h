/* ingest_prepare.h - a row of a file, parsed and validated: all that needs no registry,
 * so that it can run ahead in another thread.
 *
 * Threads: pure; a row belongs to one thread at a time.
 */
#ifndef INDEXER_INGEST_PREPARE_H
#define INDEXER_INGEST_PREPARE_H

#include "indexer/source.h"
#include "indexer/validate.h"

struct prepared_row {
    struct source_row src; /* text and hash: the caller's */
    int64_t at;            /* bytes of the file consumed so far */
    bool fine;             /* `as` is filled; else why says what is wrong */
    bool secret;           /* refused, and its text may not be kept */
    bool marking;          /* its text carries a classification marking */
    bool stated;           /* E_CLASSIFIED, and the row says so itself */
    struct err why;
    json_t *doc; /* as it was read, when refused after parsing; else NULL */
    struct warnings w;
    enum validate_kind kind;
    union {
        struct record record; /* registration, collection */
        struct event_row event;
        struct contract_row contract;
        struct receipt_row receipt;
        struct reward_row reward;
        struct app_status_row app_status;
        struct benefit_row benefit;
    } as;
};

/* src is set by the caller. STATUS_OK also for a row that is refused; STATUS_NOMEM. */
MUST_CHECK enum status prepare_row(struct prepared_row *row,
                                   const struct validate_options *valid, struct err *err);
void prepared_row_done(struct prepared_row *row);

#endif
