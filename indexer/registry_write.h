/* registry_write.h - changes of registry.db inside one batch: records, events, numbers,
 * losses of visibility, erasure, the batch's own bookkeeping.
 *
 * A batch is one transaction. Everything here works inside it and leaves commit and
 * rollback to registry_batch_commit and registry_batch_abort. Nothing is decided here:
 * which row does what is decide.h's work.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_REGISTRY_WRITE_H
#define INDEXER_REGISTRY_WRITE_H

#include "indexer/lifecycle.h"
#include "indexer/registry.h"
#include "stats/aggregate.h"

/* Keys are given out in blocks of this many, each block to one class: 0 for records that
 * both audiences see alike at first sight, 1 for all others. A shard of the bulk build
 * that lies in blocks of class 0 is built once and serves both sets. Block 0 belongs to
 * class 0, block 1 to class 1, later ones to whichever needs one. */
#define REGISTRY_KEY_BLOCK 10000

struct registry_batch {
    struct registry *r;
    struct aggregate *agg; /* owned */
    int64_t id;            /* of the batch row */
    int64_t now;
    int64_t revision;  /* what the batch ends with when it changes anything */
    int64_t arrival;   /* of the next event */
    int64_t row_batch; /* while a quarantined row is retried: the batch that brought it */
    uint32_t key_next[2], key_end[2],
        key_block; /* next free key of a class; next block */
    bool repeat;   /* the same bytes were brought in before */
    bool changed;  /* at least one record, event or conversion row */
    bool erased;   /* at least one record was erased: the WAL is truncated too */
    bool keys_used;
    bool waiting;    /* some quarantined row waits for a target or a state */
    bool open_links; /* some contract names an achievement that is not known */
};

/* A short row of the table `record`; strings are the caller's or the statement's. */
struct registry_head {
    char *uid, *regno; /* owned, registry_head_done frees */
    enum life_state state;
    bool registered, visible, was_public;
    int64_t lost_at, rev, updated_at;
    int64_t event_at;    /* newest event */
    int64_t explicit_at; /* newest explicit one, INT64_MIN: none */
    int64_t line_hash;   /* xxh64 of the canonical line last accepted */
};

struct registry_source {
    const char *path;
    unsigned char hash[16]; /* xxh128 of the bytes */
    int64_t bytes;
    const char *actor;
    int64_t now;
    const char *kind;     /* of the file: "jsonl", "csv", …; NULL: jsonl */
    const char *profile;  /* names; NULL: none */
    const char *encoding; /* NULL: UTF-8 */
};

/* Begins the transaction. STATUS_BUSY, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status registry_batch_begin(struct registry *r,
                                            const struct registry_source *src,
                                            struct registry_batch *out, struct err *err);
/* Writes aggregates, revision (only when something changed), counts (a JSON text), audit
 * row; commits unless dry. *revision: of the registry afterwards. On failure the
 * transaction is rolled back. */
MUST_CHECK enum status registry_batch_commit(struct registry_batch *b, const char *counts,
                                             const char *command, bool dry,
                                             int64_t *revision, struct err *err);
/* Rolls back; harmless after commit. */
void registry_batch_abort(struct registry_batch *b);

/* STATUS_NOT_FOUND. */
MUST_CHECK enum status registry_head_load(struct registry *r, uint32_t key,
                                          struct registry_head *out, struct err *err);
void registry_head_done(struct registry_head *h);
/* *key = 0: none. By uid; by number (the best holder, whoever it is; *current: it carries
 * the number now; *live: and is registered or has not given it back). */
MUST_CHECK enum status registry_key_of_uid(struct registry *r, struct str uid,
                                           uint32_t *key, struct err *err);
struct registry_holder {
    uint32_t key; /* 0 = nobody ever carried it */
    bool current, registered, live;
};
MUST_CHECK enum status registry_holder_of(struct registry *r, struct str regno,
                                          struct registry_holder *out, struct err *err);
/* Key of a registered record other than `self` that carries the number now; 0 = none. */
MUST_CHECK enum status registry_rival(struct registry *r, struct str regno, uint32_t self,
                                      uint32_t *key, struct err *err);

/* Next free key of the class (0 or 1). STATUS_LIMIT when 2^32 are used up. */
MUST_CHECK enum status registry_key_new(struct registry_batch *b, int cls, uint32_t *key,
                                        struct err *err);
/* Inserts or (insert false) replaces head and text; `keep` first copies the replaced
 * version into the history. */
MUST_CHECK enum status registry_put(struct registry_batch *b, uint32_t key,
                                    const struct registry_head *h, struct str json,
                                    bool insert, bool keep, struct err *err);
/* Only the head. */
MUST_CHECK enum status registry_put_head(struct registry_batch *b, uint32_t key,
                                         const struct registry_head *h, struct err *err);
MUST_CHECK enum status registry_put_event(struct registry_batch *b, uint32_t key,
                                          const struct life_event *ev, struct str actor,
                                          struct str opinion, struct err *err);
/* former_at 0: the record carries it now. An empty number is nothing. */
MUST_CHECK enum status registry_put_number(struct registry_batch *b, struct str regno,
                                           uint32_t key, int64_t former_at,
                                           struct err *err);
/* What the line stated before events changed it in the stored JSON; the first word of a
 * line stays. Empty: it stated nothing. */
MUST_CHECK enum status registry_put_own(struct registry_batch *b, uint32_t key,
                                        int64_t line_hash, struct str state,
                                        struct str consent, struct str publicity,
                                        struct err *err);
/* The batch brought what stands already (table `again`): it would stay if the batch that
 * brought it first were taken back. */
enum again { AGAIN_LINE, AGAIN_EVENT, AGAIN_MARK, AGAIN_CONVERSION };
MUST_CHECK enum status registry_put_again(struct registry_batch *b, enum again kind,
                                          int64_t key, int64_t n, struct err *err);
/* The same of a line and the event that it implied at its updated_at. */
MUST_CHECK enum status registry_put_again_line(struct registry_batch *b, uint32_t key,
                                               int64_t line_hash, int64_t updated_at,
                                               struct err *err);
MUST_CHECK enum status registry_put_identity(struct registry_batch *b, uint32_t key,
                                             const int64_t *hash, size_t n, bool clear,
                                             struct err *err);
/* One row of the change log, and the batch makes a revision. */
MUST_CHECK enum status registry_touch(struct registry_batch *b, uint32_t key,
                                      struct err *err);

/* Settles what the public gets under the record's number after a change from `before`
 * (NULL: new) to h: losses, and the loss of another holder that this one replaces.
 * reason NULL: no loss to announce. */
MUST_CHECK enum status registry_settle_loss(struct registry_batch *b, uint32_t key,
                                            const struct registry_head *before,
                                            const struct registry_head *h,
                                            const char *reason, struct err *err);

/* Removes the record with every version, event, number and identity; its numbers become
 * losses when it had been public. Contracts keep standing without it. */
MUST_CHECK enum status registry_erase(struct registry_batch *b, uint32_t key,
                                      const struct registry_head *h, const int64_t *hash,
                                      size_t nhash, struct err *err);

#endif
