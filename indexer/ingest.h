/* ingest.h - one file is one batch is one transaction.
 *
 *   file -> source (lines, or rows by a profile) -> validate
 *        -> decide (identity, duplicates, life cycle) -> registry.db -> outcome counts
 *
 * Every row gets exactly one outcome; their sum is the number read (record.md).
 *
 * Threads: as the registry; reads ahead in a thread of its own (ingest_pipe.h).
 * Not: does not publish.
 */
#ifndef INDEXER_INGEST_H
#define INDEXER_INGEST_H

#include "indexer/registry.h"

enum outcome {
    OUTCOME_ADDED,
    OUTCOME_UPDATED,
    OUTCOME_UNCHANGED,
    OUTCOME_WITHDRAWN,
    OUTCOME_SKIPPED,
    OUTCOME_HELD,
    OUTCOME_REJECTED,
    OUTCOME_COUNT
};
const char *outcome_name(enum outcome o);

#define INGEST_MAX_CODES 64
#define INGEST_MAX_IGNORED 1000 /* entries of the list of ignored lines */

struct ingest_report {
    int64_t read;
    int64_t outcome[OUTCOME_COUNT];
    struct ingest_tally {
        char code[24];
        int64_t n;
    } codes[INGEST_MAX_CODES], warnings[INGEST_MAX_CODES];
    size_t ncodes, nwarnings;
    json_t *ignored;  /* array of {"file","line","reason"}, of workbooks "sheet" too;
                       * owned, NULL = none */
    int64_t nignored; /* all of them, also beyond the list */
    json_t *files; /* array of {"path","kind","profile","encoding",…}; owned or NULL */
    int64_t revision; /* of the registry after the batch */
    double seconds;
};
void ingest_report_done(struct ingest_report *r);
/* Adds another file's report; the revision is the later one's. */
void ingest_report_add(struct ingest_report *to, const struct ingest_report *r);
/* The object of `ingest --json` (interface.md); the caller owns it, NULL: no memory. */
json_t *ingest_report_json(const struct ingest_report *r);

struct ingest_options {
    const char *path;        /* for messages; "-" = stdin */
    int fd;                  /* open for reading; NULL path never */
    const char *profile;     /* source.h; NULL: found out */
    const char *encoding;    /* source.h; NULL: found out */
    const char *profiles;    /* folder of own profiles, NULL: none */
    const char *reject_file; /* NULL, or where rejected and held rows are appended, one
                              * JSON object each; of what may not be kept only the place
                              * and hash */
    const char *registry;    /* default registry code, NULL = 140000 */
    struct windows *windows; /* registration windows (windows.h), NULL: none */
    const char *actor;       /* who runs this, for the audit table */
    int64_t now;
    bool dry_run; /* everything but the commit */
    void (*progress)(void *arg, int64_t rows, int64_t bytes, int64_t total_bytes);
    void *progress_arg;
    /* called for every rejected or held row (for talk on stderr); may be NULL */
    void (*problem)(void *arg, enum outcome o, const struct err *err);
    void *problem_arg;
    const volatile int *stop; /* set by a signal: STATUS_INTERRUPTED, nothing changed */
};

/* Brings one file in. On failure nothing is changed. STATUS_OK also when rows were
 * rejected or held (the caller looks at the report). STATUS_IO (unreadable, full disk),
 * STATUS_INTERRUPTED, STATUS_CORRUPT; what source_open says of files that are not taken.
 */
MUST_CHECK enum status ingest_file(struct registry *r, const struct ingest_options *opt,
                                   struct ingest_report *out, struct err *err);

#endif
