/* audit.h - who ran what on this store: one row for every command that changed it.
 *
 * A batch writes its own row when it commits (registry_batch_commit); commands that
 * change the store outside of a batch call audit_note. The detail says on what: file
 * names, uids, numbers, options. Never titles, people or other fields of a record, nor
 * anything of a refused row. Rows are never deleted.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_AUDIT_H
#define INDEXER_AUDIT_H

#include "indexer/registry.h"

#define AUDIT_MAX_LIMIT 1000000

struct audit_row {
    int64_t id, at;
    struct str actor, command, detail; /* during the call */
    int64_t batch, revision;           /* 0: none */
};
typedef enum status (*audit_fn)(void *arg, const struct audit_row *row, struct err *err);

/* Newest first, at most `limit` rows. A status other than OK stops the walk. */
MUST_CHECK enum status audit_each(struct registry *r, int64_t limit, audit_fn fn,
                                  void *arg, struct err *err);

/* One row, in the transaction that is open or in its own. */
MUST_CHECK enum status audit_note(struct registry *r, int64_t now, const char *actor,
                                  const char *command, const char *detail,
                                  struct err *err);

#endif
