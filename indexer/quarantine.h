/* quarantine.h - rejected and held rows: kept, found again, retried, forgotten.
 *
 * Every rejected or held row stands here once, with its place, code and hash; its raw
 * text only when it may be kept (record.md "Classified means not stored"). Bringing the
 * same file in again adds nothing. A row that waits (for its target, or for another event
 * of the record) is retried when that arrives; what became of it then is written into the
 * row, while the count of its own batch stays as it was.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_QUARANTINE_H
#define INDEXER_QUARANTINE_H

#include "indexer/decide.h"

/* At most this many rows that failed for their state are retried for a record at each of
 * its moves. */
#define QUARANTINE_MAX_STATE 16
#define QUARANTINE_PAGE 256 /* rows of the quarantine in memory at once */

struct quarantine_place {
    const char *source;        /* file as it was named */
    int64_t line;              /* 1-based */
    const unsigned char *hash; /* xxh128 of the row's bytes, 16 */
    struct str raw;            /* the row; ignored when the decision says secret */
};

MUST_CHECK enum status quarantine_put(struct registry_batch *b,
                                      const struct quarantine_place *at,
                                      const struct decision *why, struct err *err);

struct quarantine_row {
    int64_t id, line, batch; /* batch that brought it */
    char *source, *raw;      /* owned */
    size_t nraw;
    enum waiting waiting;
    unsigned char file[16]; /* xxh128 of the file that it came in */
    unsigned char hash[16]; /* xxh128 of the row */
};
struct quarantine_rows {
    struct quarantine_row *v;
    size_t n, cap;
};
void quarantine_rows_done(struct quarantine_rows *rows);

/* Rows that wait under `target`, oldest first, with an id above `after`: at most one page
 * (QUARANTINE_MAX_STATE of those that failed for their state). */
MUST_CHECK enum status quarantine_waiting(struct registry_batch *b, const char *target,
                                          enum waiting kind, int64_t after,
                                          struct quarantine_rows *out, struct err *err);
/* The open row with that id, or none when it is closed or its text was not kept. */
MUST_CHECK enum status quarantine_row_by_id(struct registry_batch *b, int64_t id,
                                            struct quarantine_rows *out, struct err *err);
/* A retried row got another outcome: done, or refused for another reason. */
MUST_CHECK enum status quarantine_settle(struct registry_batch *b, int64_t id,
                                         const struct decision *now, struct err *err);

/* Is any row waiting at all? (asked once a batch) */
MUST_CHECK enum status quarantine_any(struct registry_batch *b, bool *any,
                                      struct err *err);

/* Drops the raw text of every row about the target. */
MUST_CHECK enum status quarantine_wipe(struct registry_batch *b, const char *target,
                                       struct err *err);
/* Drops the raw text of every row that is about the record, or was refused because of
 * it: the record is being erased. */
MUST_CHECK enum status quarantine_forget(struct registry_batch *b, uint32_t key,
                                         const struct record *was,
                                         const struct identity *id, struct err *err);

#endif
