/* pubdata.h - data.db of a published set: what search does not answer.
 *
 *   meta(key, value)         seq, as_of
 *   loss(regno, …)           numbers that answer 301 or 410 (record.md)
 *   private(key, json)       internal set only: the record with every tier
 *   aggregate tables         stats/aggregate.h; created with the schema passed in
 *
 * The public daemon opens it read-only; the indexer writes it in one transaction a
 * revision.
 *
 * Threads: as struct db.
 */
#ifndef CORE_PUBDATA_H
#define CORE_PUBDATA_H

#include "core/db.h"

C_API_BEGIN

#define PUBDATA_APPLICATION_ID 0x43475044 /* "CGPD" */
#define PUBDATA_FILE "data.db"

/* Opens SET/data.db for reading. STATUS_NOT_FOUND, STATUS_CORRUPT, STATUS_IO. */
MUST_CHECK enum status pubdata_open(const char *set_dir, struct db *out, struct err *err);
/* Creates or opens it for writing; `aggregates` is aggregate_schema(). */
MUST_CHECK enum status pubdata_create(const char *set_dir, const char *aggregates,
                                      struct db *out, struct err *err);

/* Revision and instant ("2026-01-20T08:00:00Z", room for 32) of what is in it; revision 0
 * before the first. */
MUST_CHECK enum status pubdata_revision(struct db *db, int64_t *seq, char as_of[32],
                                        struct err *err);
MUST_CHECK enum status pubdata_set_revision(struct db *db, int64_t seq, const char *as_of,
                                            struct err *err);

#define PUBDATA_REGNO_MAX 128

struct pubdata_loss {
    char to_regno[PUBDATA_REGNO_MAX]; /* 301 to this number; "" = 410 */
    char reason[24];                  /* withdrawn, objected, consent */
    int64_t at;
};
/* STATUS_NOT_FOUND when the number was never public. */
MUST_CHECK enum status pubdata_loss_of(struct db *db, struct str regno,
                                       struct pubdata_loss *out, struct err *err);
/* Calls fn for the numbers that answer 410, newest loss first, at most `limit` (< 0:
 * all); *total: how many there are. The slices are the callback's only during the call.
 */
typedef enum status (*pubdata_loss_fn)(void *arg, struct str regno, struct str reason,
                                       int64_t at, struct err *err);
MUST_CHECK enum status pubdata_losses(struct db *db, int64_t limit, pubdata_loss_fn fn,
                                      void *arg, int64_t *total, struct err *err);
/* Appends the internal JSON of a record. STATUS_NOT_FOUND. */
MUST_CHECK enum status pubdata_private(struct db *db, uint32_t key, struct buf *out,
                                       struct err *err);

/* Writers, inside the caller's transaction. */
MUST_CHECK enum status pubdata_clear_losses(struct db *db, struct err *err);
MUST_CHECK enum status pubdata_add_loss(struct db *db, struct str regno,
                                        struct str to_regno, struct str reason,
                                        int64_t at, struct err *err);
/* json empty: the row is removed. */
MUST_CHECK enum status pubdata_set_private(struct db *db, uint32_t key, struct str json,
                                           struct err *err);

C_API_END
#endif
