/* help.h - the lines of data/help.tsv, which the build embeds: content of the page of
 * search help, and what its examples must find (tests/e2e/36-help.bats). The file's head
 * says what its lines are.
 *
 * Threads: constant data.
 */
#ifndef QUERY_HELP_H
#define QUERY_HELP_H

#include "core/str.h"

#define HELP_CELLS 5

enum help_kind {
    HELP_SECTION, /* cell: id, heading */
    HELP_TEXT,    /* paragraph */
    HELP_LINK,    /* path, label, note */
    HELP_EXAMPLE, /* query, parameters, understood, explanation, expectation */
    HELP_BAD      /* a line of none of these forms, in cell[0] */
};

struct help_line {
    enum help_kind kind;
    struct str cell[HELP_CELLS]; /* "-" is an empty cell: n = 0 */
};

/* The embedded file. */
struct str help_text(void);

/* Takes the next line that counts off *rest; false after the last. */
bool help_next(struct str *rest, struct help_line *out);

#endif
