/* pubset.h - one published set as the indexer sees it: its marks, files and small steps.
 *
 * Shared by publish.c (update in place), bulk.c (build anew) and check.c.
 * Threads: none; the caller holds the store's lock.
 */
#ifndef INDEXER_PUBSET_H
#define INDEXER_PUBSET_H

#include "core/pubdata.h"
#include "core/xindex/xindex.h"
#include "indexer/docmap.h"
#include "indexer/registry.h"

#define PUBSET_TEXT                                                                      \
    "text-1" /* a generation's text file; rebuild starts a new generation */
/* Columns files older than this are removed: no request runs as long. */
#define PUBSET_GRACE_S 60

/* Where a set stands. seq -1: there is no usable set. */
struct pubset_marks {
    int64_t index_seq;
    int64_t data_seq;
    char columns[COLUMNS_NAME_MAX];
    bool suggested; /* the index's revision has its suggestions */
};
/* A missing or half-made set gives -1 marks and STATUS_OK; a damaged one STATUS_CORRUPT.
 */
MUST_CHECK enum status pubset_marks(const char *set_dir, struct pubset_marks *out,
                                    struct err *err);

/* Writes the metadata of revision seq and commits: the atomic switch for search. */
MUST_CHECK enum status pubset_commit_index(struct xindex_writer *w, int64_t seq,
                                           const char *as_of, const char *columns,
                                           struct err *err);

/* Copies losses and aggregates from the registry, sets the revision; the caller has begun
 * the transaction and commits. */
MUST_CHECK enum status pubset_fill_data(struct db *data, struct registry *r, int64_t seq,
                                        const char *as_of, struct err *err);

/* The internal set's full JSON of a record. */
MUST_CHECK enum status pubset_private_json(const struct record *r, struct buf *out,
                                           struct err *err);

/* Writes suggest-SEQ beside columns-SEQ, from the file of revision base->revision and the
 * docids put or removed since; base NULL, or its file not usable: from nothing. The texts
 * of `base` stand in the same text file. As suggest_write, and STATUS_CORRUPT. */
MUST_CHECK enum status pubset_write_suggest(const char *set_dir, int64_t seq,
                                            const struct columns *base,
                                            const uint32_t *changed, size_t nchanged,
                                            struct err *err);

/* Removes columns and suggest files of older revisions past the grace period, and
 * leftovers. */
void pubset_sweep(const char *set_dir, const char *current_columns, int64_t now);

#endif
