/* batch_undo.h - the parts of batch_withdraw: its statements, one record, the conversion
 * rows. Private to batch_*.c.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_BATCH_UNDO_H
#define INDEXER_BATCH_UNDO_H

#include "indexer/batch.h"
#include "indexer/decide.h"

enum undo_sql {
    UNDO_KEYS,
    UNDO_HISTORY,
    UNDO_CURRENT,
    UNDO_HISTORY_CLEAR,
    UNDO_HISTORY_PUT,
    UNDO_BATCH_AT,
    UNDO_OWN,
    UNDO_EVENTS,
    UNDO_EVENT_ENTRY,
    UNDO_EXPLICIT_AFTER,
    UNDO_MARKS,
    UNDO_NUMBERS,
    UNDO_NUMBERS_CLEAR,
    UNDO_RECORD_BATCH,
    UNDO_REQUEUE,
    UNDO_LEFT_EVENTS,
    UNDO_LEFT_CONVERSIONS,
    UNDO_CONVERSIONS,
    UNDO_CONVERSION,
    UNDO_CONVERSION_HISTORY_DROP,
    UNDO_CONVERSION_BEFORE,
    UNDO_CONVERSION_RESTORE,
    UNDO_CONVERSION_HISTORY_DROP_ONE,
    UNDO_CONVERSION_HISTORY_CLEAR,
    UNDO_CONVERSION_DELETE,
    UNDO_CONVERSION_MINE,
    UNDO_CONVERSION_HAND,
    UNDO_CONVERSION_HAND_PAST,
    UNDO_PAYMENTS,
    UNDO_REFUSED,
    UNDO_COUNT
};

struct undo {
    struct registry_batch *b;
    struct decide *d;
    int64_t id; /* of the batch that is taken back */
    struct batch_undone n;
    sqlite3_stmt *q[UNDO_COUNT];
};

/* The prepared statement, reset, its first parameter the batch's id where the statement
 * names ?1 so; NULL with *err set. */
sqlite3_stmt *undo_sql(struct undo *u, enum undo_sql which, struct err *err);

/* A list of keys or ids that a statement gives. */
struct undo_ids {
    int64_t *v;
    size_t n, cap;
};
MUST_CHECK enum status undo_ids(struct undo *u, sqlite3_stmt *q, struct undo_ids *out,
                                struct err *err);

/* One record as it is without the batch, whose events and marks are gone already.
 * *kept: it still stands. */
MUST_CHECK enum status undo_record(struct undo *u, uint32_t key, bool *kept,
                                   struct err *err);
/* All conversion rows of the batch. */
MUST_CHECK enum status undo_conversions(struct undo *u, struct err *err);

/* Something of another batch that has lost its target waits for it in the quarantine.
 * batch: that brought it; line: in its file, 0 = none. */
MUST_CHECK enum status undo_requeue(struct undo *u, int64_t batch, int64_t line,
                                    struct str raw, const char *target, const char *field,
                                    struct err *err);

#endif
