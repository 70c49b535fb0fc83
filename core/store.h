/* store.h - where things lie in a store, who may write, and who may see what.
 *
 *   STORE/registry.db   the system of record, private
 *   STORE/lock          flock'd by the one writer
 *   STORE/public/       index/ text-G columns-N data.db: all that the public daemon opens
 *   STORE/internal/     its twin for the monitoring centre
 *   STORE/cache/        rendered charts, safe to delete
 *
 * Threads: constant after store_open.
 */
#ifndef CORE_STORE_H
#define CORE_STORE_H

#include "core/record.h"

#include <limits.h>

C_API_BEGIN

enum audience { AUDIENCE_PUBLIC, AUDIENCE_INTERNAL, AUDIENCE_COUNT };

/* An audience is a row of this table: which records, which fields, which suppression. */
struct audience_row {
    const char *name;   /* "public" */
    const char *folder; /* below the store */
    bool all_records;   /* else only those that record_visibility lets through */
    enum tier tier;     /* the most private tier it may read */
    bool suppress;      /* small cells of money tables */
};
const struct audience_row *audience_row(enum audience a);
/* -1 when unknown. */
int audience_by_name(struct str name);

struct store {
    char dir[PATH_MAX - 64];
    int lock_fd; /* -1 unless opened for writing */
};

/* For reading: the folder must exist and look like a store (STATUS_NOT_FOUND otherwise,
 * with how to make one). For writing: created when missing, and the lock is taken
 * (STATUS_BUSY names the holder's pid). A file in its place, or a folder that holds other
 * things and no registry.db: STATUS_CORRUPT. */
MUST_CHECK enum status store_open(const char *dir, bool write, struct store *out,
                                  struct err *err);
void store_close(struct store *s);
/* "STORE/sub" into out; STATUS_LIMIT when too long. */
MUST_CHECK enum status store_path(const struct store *s, const char *sub, char *out,
                                  size_t size, struct err *err);
/* Path of an audience's set, of a file in it (name NULL: the folder). */
MUST_CHECK enum status store_set_path(const struct store *s, enum audience a,
                                      const char *name, char *out, size_t size,
                                      struct err *err);

C_API_END
#endif
