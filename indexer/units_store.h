/* units_store.h - rows of the unit register: statements, joined units, automatic merges.
 * Private to units*.c.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_UNITS_STORE_H
#define INDEXER_UNITS_STORE_H

#include "indexer/units.h"

enum units_sql {
    UQ_VIEW,
    UQ_VIEW_OF,
    UQ_INSERT,
    UQ_DELETE,
    UQ_NAME_ADD,
    UQ_NAME_DROP_UNUSED,
    UQ_NAME_ANY,
    UQ_PERSON_ANY,
    UQ_MERGES_DELETE,
    UQ_NEIGHBOURS,
    UQ_MEMBER_NAMES,
    UQ_MEMBER,
    UQ_SET_COUNTED,
    UQ_OF_CODE,
    UQ_OF_NORM,
    UQ_AUTO_OF,
    UQ_AUTO_SET,
    UQ_AUTO_INSERT,
    UQ_AUTO_DELETE,
    UQ_COUNT
};

/* How a unit counts. Strings are owned by the holder. */
struct unit_view {
    int64_t id; /* of the row; 0: unknown */
    char *name, *type, *region;
};
void unit_view_done(struct unit_view *v);
bool unit_view_eq(const struct unit_view *a, const struct unit_view *b);
/* Into *out, which is done first. STATUS_NOMEM. */
MUST_CHECK enum status unit_view_copy(const struct unit_view *from, struct unit_view *out,
                                      struct err *err);

/* Units whose answer a batch changes, and what it was before. */
struct units_change {
    int64_t id;
    bool fresh; /* not there before */
    struct unit_view before;
};

struct units_list {
    int64_t *v;
    size_t n, cap;
};
MUST_CHECK enum status units_list_add(struct units_list *l, int64_t id, struct err *err);

int units_by_id(const void *a, const void *b); /* for qsort and bsearch of a list */

struct units_seen;  /* units.c */
struct units_sight; /* units.c */

struct units {
    struct db db; /* the registry's handle, borrowed */
    sqlite3_stmt *q[UQ_COUNT];
    /* Open addressing, linear probing: slot = index of an entry + 1, 0 = free. */
    uint32_t *slot;
    size_t nslot, nseen, room;
    struct units_seen *seen;
    struct units_sight *sight; /* which records carry names that are new in this batch */
    size_t nsight, sight_room;
    bool many; /* too many to remember: every record is looked at */
    /* while the batch is settled */
    bool settling;
    struct units_list dirty;     /* rows whose joined unit is worked out anew */
    struct units_change *change; /* by id, ascending */
    size_t nchange, change_room;
    bool old_changed; /* a row that was there before counts otherwise */
    struct buf scratch;
};

/* The statement, reset and without bindings; NULL with *err set. */
sqlite3_stmt *units_sql(struct units *u, enum units_sql which, struct err *err);

/* Of rows (units_store.c), for units_joined.c: */
MUST_CHECK enum status units_view_set(struct unit_view *out, int64_t id, struct str name,
                                      struct str type, struct str region,
                                      struct err *err);
/* Does the query about a row give anything? */
MUST_CHECK enum status units_asks(struct units *u, enum units_sql which, int64_t id,
                                  bool *yes, struct err *err);
/* Rows that a standing merge joins with it, appended. */
MUST_CHECK enum status units_neighbours(struct units *u, int64_t id,
                                        struct units_list *out, struct err *err);
/* Remembers what a row said before the batch (NULL: it was not there); the first word
 * stays. */
MUST_CHECK enum status units_note_change(struct units *u, int64_t id, bool fresh,
                                         const struct unit_view *before, struct err *err);

/* The row of a pair: *out is done first and has id 0 where there is none. */
MUST_CHECK enum status units_row(struct units *u, struct str norm, struct str uscc,
                                 struct unit_view *out, struct err *err);
/* That row, made when missing (then fresh and dirty). */
MUST_CHECK enum status units_row_make(struct units *u, struct str norm, struct str uscc,
                                      int64_t *id, struct err *err);
/* Removes the row when nothing speaks for it: no name, and no decision of a person
 * (unless `forget`). Its neighbours become dirty. */
MUST_CHECK enum status units_row_sweep(struct units *u, int64_t id, bool forget,
                                       bool *removed, struct err *err);
/* Rows joined with id by standing merges, itself included, ascending. */
MUST_CHECK enum status units_joined(struct units *u, int64_t id, struct units_list *out,
                                    struct err *err);
/* What rows that are joined count as; id of *out is the least of them. */
MUST_CHECK enum status units_work_out(struct units *u, const struct units_list *joined,
                                      struct unit_view *out, struct err *err);
/* Works out every dirty row's joined unit and stores it; notes what changes. */
MUST_CHECK enum status units_clean(struct units *u, struct err *err);
/* Automatic merges of the rows with a code, and with a name, as they must be. */
MUST_CHECK enum status units_auto_code(struct registry_batch *b, struct str uscc,
                                       struct err *err);
MUST_CHECK enum status units_auto_name(struct registry_batch *b, struct str norm,
                                       struct err *err);
/* NULL: the row's answer is what it was before the batch. */
const struct units_change *units_change_of(const struct units *u, int64_t id);

/* The name as it is shown: without blanks at its ends and a trailing （盖章）. */
struct str units_shown(struct str name);

#endif
