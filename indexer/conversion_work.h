/* conversion_work.h - what settling and linking by hand share: statements, links. Private
 * to conversion_match.c and conversion_pin.c.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_CONVERSION_WORK_H
#define INDEXER_CONVERSION_WORK_H

#include "indexer/conversion_terms.h"
#include "indexer/decide.h"

enum match_sql {
    M_ACTIVE,
    M_DIRTY,
    M_DIRTY_KEY,
    M_DIRTY_HASH,
    M_DIRTY_DONE,
    M_TERM_ANY,
    M_TERM_CLEAR,
    M_TERM_PUT,
    M_IP_CLEAR,
    M_IP_PUT,
    M_IP_FIND,
    M_TITLE_FIND,
    M_CHANGED,
    M_RECORDS,
    M_RECORD,
    M_CANDIDATE_CLEAR,
    M_CANDIDATE_PUT,
    M_SET,
    M_LINK_LIST,
    M_LINK_DROP,
    M_LINK_PUT,
    M_FLAG,
    M_CONTRACT,
    M_MANUAL_TARGET,
    M_DIRTY_ONE,
    M_FORGET,
    M_FORGET_PAST,
    M_FORGET_TITLE,
    M_FORGET_TITLE_PAST,
    M_COUNT
};

struct match {
    struct registry_batch *b;
    struct db *db;
    sqlite3_stmt *q[M_COUNT];
    struct conversion_terms contract, record; /* scratch */
};

MUST_CHECK enum status match_init(struct match *m, struct registry_batch *b,
                                  struct err *err);
void match_done(struct match *m);

/* The statement, reset, its bindings gone; NULL with *err set. */
sqlite3_stmt *match_sql(struct match *m, enum match_sql which, struct err *err);
/* Runs one without result; a and b are bound as far as it has parameters. */
MUST_CHECK enum status match_run(struct match *m, enum match_sql which, int64_t a,
                                 int64_t b, struct err *err);

MUST_CHECK enum status match_set_class(struct match *m, int64_t id, const char *class,
                                       struct err *err);
MUST_CHECK enum status match_drop_links(struct match *m, struct str no, struct err *err);
/* key 0: open until the target arrives. */
MUST_CHECK enum status match_put_link(struct match *m, struct str no, int64_t n,
                                      struct str target, int64_t key, int64_t share,
                                      const char *class, struct err *err);
/* Is the one link to key (0: no link) of this class all there is? */
MUST_CHECK enum status match_link_stands(struct match *m, struct str no, int64_t key,
                                         const char *class, bool *stands,
                                         struct err *err);

#endif
