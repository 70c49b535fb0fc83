/* warnings.h - what is accepted but should be looked at: counts by code, and the first
 * few in words.
 *
 * Source: record.md, the W_* row of "What every row becomes".
 * Threads: a struct warnings belongs to one thread.
 */
#ifndef INDEXER_WARNINGS_H
#define INDEXER_WARNINGS_H

#include "core/str.h"

enum warning {
    W_WINDOW,       /* stat_year is not the window's of achieved_on */
    W_USCC,         /* unified social credit code with a wrong check character */
    W_REGNO_LETTER, /* letter of the number against the category */
    W_SERIAL,       /* serial longer than four digits */
    W_LABEL,        /* unknown label: stored as 其他, raw text under `other` */
    W_STATE_OLD,    /* implied event older than the newest explicit one */
    W_OVERDUE,      /* later than the rules allow */
    W_UNKNOWN_KEY,  /* no such field: kept under `extra` */
    W_CATEGORY,     /* the category has no such field: kept under `extra` */
    W_LENGTH,       /* longer than the form allows */
    W_CONTROL,      /* control characters became spaces */
    W_DATES,        /* an end before its start */
    W_COUNT
};

#define WARNINGS_LISTED 16

struct warnings {
    uint32_t count[W_COUNT];
    size_t n; /* of list: at most WARNINGS_LISTED, the first */
    struct warning_item {
        enum warning code;
        char field[64];
        char text[200]; /* Chinese sentence */
    } list[WARNINGS_LISTED];
};

static inline void warnings_init(struct warnings *w) {
    memset(w->count, 0, sizeof w->count);
    w->n = 0;
}
/* Counts one; NULL w does nothing. */
void warnings_add(struct warnings *w, enum warning code, const char *field,
                  const char *fmt, ...) PRINTF_LIKE(4, 5);
const char *warning_name(enum warning code); /* "W_LABEL" */

#endif
