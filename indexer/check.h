/* check.h - are registry, index, text, columns and tables consistent?
 *
 * Shallow: every file opens, belongs to this store's revision, and counts agree.
 * Deep: besides, SQLite's and Xapian's own checks, checksums, every record's document,
 * text and columns recomputed and compared, every aggregate recomputed from the records,
 * every contract matched again (conversion_match.h), and what near duplicates are found
 * by computed again (similar.h).
 *
 * Threads: one; works beside a writer that does not publish meanwhile (the command takes
 * the store's lock).
 */
#ifndef INDEXER_CHECK_H
#define INDEXER_CHECK_H

#include "indexer/registry.h"

#define CHECK_MAX_FINDINGS 100

struct check_report {
    int64_t records; /* in the registry */
    int64_t documents[AUDIENCE_COUNT];
    int64_t revision;
    size_t nfindings; /* may exceed what is kept */
    struct err finding[CHECK_MAX_FINDINGS];
};

/* STATUS_OK also when there are findings; another status when checking itself failed. */
MUST_CHECK enum status check_store(const struct store *s, struct registry *r, bool deep,
                                   struct check_report *out, struct err *err);

#endif
