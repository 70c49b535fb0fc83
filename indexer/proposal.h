/* proposal.h - which field each column of a table file probably is, and how well its
 * values fit: what `chengguo profile FILE` prints and writes as an INI.
 *
 * When a profile fits the header, its mapping is shown. Otherwise each header is looked
 * up in all profiles of one kind, the kind that knows most of them; what none knows is
 * compared by edit distance, and left open.
 *
 * Threads: a proposal belongs to one thread.
 */
#ifndef INDEXER_PROPOSAL_H
#define INDEXER_PROPOSAL_H

#include "indexer/source.h"

#define PROPOSAL_ROWS 1000

struct proposed {
    char header[PROFILE_HEADER];
    char path[80];              /* "units[0].name"; "" = open */
    char label[80];             /* of the field */
    char profile[PROFILE_NAME]; /* whose name for it this is */
    char like[PROFILE_HEADER];  /* the closest known header, "" */
    char like_path[80];         /* and its field */
    bool ignored;               /* carries nothing: 序号 */
    int64_t filled, fits;       /* of the rows looked at */
};

struct proposal {
    char *profile; /* that fits as it is, or NULL */
    char *sheet;   /* or NULL */
    enum validate_kind kind;
    int64_t row;  /* of the header */
    int64_t rows; /* looked at */
    struct proposed *column;
    size_t n;
};

/* Looks at the first table of the file. STATUS_INVALID: no table; what source_open says.
 */
MUST_CHECK enum status proposal_make(int fd, const struct source_options *opt,
                                     struct proposal *out, struct err *err);
void proposal_done(struct proposal *p);
/* A profile to start from: out->failed when it got too long. */
void proposal_ini(const struct proposal *p, const char *file, struct buf *out);

#endif
