/* registry.h - registry.db, the system of record: every revision of every record, events,
 * conversion events, batches, quarantine, change log, aggregates.
 *
 * The schema stands at the top of registry_schema.c. Everything else (index, text,
 * columns, data.db) is derived from here and can be rebuilt (design.md, Store). A batch
 * is one transaction that writes records, events, aggregates and a `change` row per
 * touched record, and ends with revision N.
 *
 * Threads: one thread; one writer by the store's lock.
 */
#ifndef INDEXER_REGISTRY_H
#define INDEXER_REGISTRY_H

#include "core/db.h"
#include "core/record.h"
#include "core/store.h"

#define REGISTRY_APPLICATION_ID 0x43475247 /* "CGRG" */

struct registry {
    struct db db;
    struct registry_statements *st; /* prepared once */
    struct units *units;            /* how units count; rows come with it applied */
};

/* Opens STORE/registry.db; write: created and migrated. STATUS_NOT_FOUND, STATUS_CORRUPT
 * (damaged, foreign, newer schema), STATUS_BUSY, STATUS_IO. s NULL (with write): an empty
 * registry in memory, for trying a file without a store. */
MUST_CHECK enum status registry_open(const struct store *s, bool write,
                                     struct registry *out, struct err *err);
void registry_close(struct registry *r);

/* Newest committed revision (0 = nothing yet) and when it was made. */
MUST_CHECK enum status registry_revision(struct registry *r, int64_t *revision,
                                         int64_t *at, struct err *err);

/* One stored record with what publishing must know besides its content; its units count
 * as the unit register says (record.h, counted). */
struct registry_row {
    uint32_t key; /* the docid */
    struct record record;
    struct str text; /* in registry_each: its canonical JSON, during the call */
    bool was_public; /* the public could open it once */
    int64_t lost_at; /* when visibility was lost, 0 = not */
};
void registry_row_done(struct registry_row *row);

/* STATUS_NOT_FOUND. */
MUST_CHECK enum status registry_load(struct registry *r, uint32_t key,
                                     struct registry_row *out, struct err *err);
/* Key by uid or, failing that, by the registered record's current regno.
 * STATUS_NOT_FOUND. */
MUST_CHECK enum status registry_find(struct registry *r, struct str id, uint32_t *key,
                                     struct err *err);

/* Calls fn for every record with from <= key < to in key order; the row is the callback's
 * only during the call. A status other than OK stops the walk and is returned. */
typedef enum status (*registry_row_fn)(void *arg, const struct registry_row *row,
                                       struct err *err);
MUST_CHECK enum status registry_each(struct registry *r, uint32_t from, uint32_t to,
                                     registry_row_fn fn, void *arg, struct err *err);
/* Smallest key above all keys in use, and the number of records. */
MUST_CHECK enum status registry_extent(struct registry *r, uint32_t *end, uint32_t *count,
                                       struct err *err);

/* Calls fn once for every key touched in revisions (since, upto]; erased: the record is
 * no longer there (classified afterwards, or erased by command). Keys come ascending. */
typedef enum status (*registry_change_fn)(void *arg, uint32_t key, bool erased,
                                          struct err *err);
MUST_CHECK enum status registry_changes(struct registry *r, int64_t since, int64_t upto,
                                        registry_change_fn fn, void *arg,
                                        struct err *err);
/* How many keys that are (to choose between update in place and bulk build). */
MUST_CHECK enum status registry_change_count(struct registry *r, int64_t since,
                                             int64_t *n, struct err *err);

/* Numbers that answer other than 200 to the public: redirects of changed numbers and
 * losses of visibility, newest first. */
struct registry_loss {
    struct str regno;
    struct str to_regno; /* 301: the record's current number; empty = 410 */
    int64_t at;
    struct str reason; /* withdrawn, objected, consent */
};
typedef enum status (*registry_loss_fn)(void *arg, const struct registry_loss *loss,
                                        struct err *err);
MUST_CHECK enum status registry_losses(struct registry *r, registry_loss_fn fn, void *arg,
                                       struct err *err);

#endif
