/* units_edit.h - what a person says of units: merges, short forms, renames, an imported
 * list. Each works inside a batch; the commit brings the register and every record that
 * carries one of the names up (units.h). Whatever changes something sets b->changed.
 *
 * A unit is named by one row of the register: any name or code of it will do.
 * Threads: as the registry.
 */
#ifndef INDEXER_UNITS_EDIT_H
#define INDEXER_UNITS_EDIT_H

#include "indexer/units.h"

#include <stdio.h>

#define UNITS_NAME_BYTES 600 /* of a name that is declared */
#define UNITS_MAX_NAMES 64   /* short forms, or former names, of one imported line */

/* The row of a number ("12"), a credit code or a name. A name that several units carry,
 * told apart by their codes only, is STATUS_CONFLICT and says which. STATUS_NOT_FOUND. */
MUST_CHECK enum status units_find(struct registry *r, struct str id, int64_t *unit,
                                  struct err *err);

/* `unit` counts as `into`. STATUS_CONFLICT when they are one already. */
MUST_CHECK enum status units_merge(struct registry_batch *b, int64_t unit, int64_t into,
                                   const char *actor, struct err *err);
/* Takes a merge back, with the names that it declared; automatic ones then stay away.
 * STATUS_NOT_FOUND; STATUS_CONFLICT when it is undone already. */
MUST_CHECK enum status units_unmerge(struct registry_batch *b, int64_t merge,
                                     const char *actor, struct err *err);
/* A short form. STATUS_CONFLICT when it is a name of another unit already; nothing when
 * it is one of this. */
MUST_CHECK enum status units_alias(struct registry_batch *b, int64_t unit,
                                   struct str name, const char *actor, struct err *err);
/* The name that counts now becomes a former one on that day (0: not known), `name` takes
 * its place. STATUS_CONFLICT when it is the name already. */
MUST_CHECK enum status units_rename(struct registry_batch *b, int64_t unit,
                                    struct str name, int32_t on, const char *actor,
                                    struct err *err);

/* One line of an imported list. Empty parts say nothing. */
struct units_declared {
    struct str name, uscc;   /* uscc: valid */
    struct str type, region; /* canonical codes */
    struct str alias[UNITS_MAX_NAMES];
    size_t nalias;
    struct units_former {
        struct str name;
        int32_t until; /* 0: not known */
    } former[UNITS_MAX_NAMES];
    size_t nformer;
};
/* Declares name (current), type, region, short forms and former names; what stands so
 * already is no change. STATUS_CONFLICT as above. */
MUST_CHECK enum status units_declare(struct registry_batch *b,
                                     const struct units_declared *d, const char *actor,
                                     struct err *err);

/* Reads a list (tab-separated, UTF-8, header line) and declares every line. Nothing is
 * declared unless all are well-formed: errors name file, line and column. *lines: read.
 */
MUST_CHECK enum status units_import(struct registry_batch *b, const char *path, FILE *f,
                                    const char *actor, int64_t *lines, struct err *err);

#endif
