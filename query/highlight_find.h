/* highlight_find.h - the places of a text that a highlight set marks. Private to
 * query/highlight*.c. Threads: as highlight.h. */
#ifndef QUERY_HIGHLIGHT_FIND_H
#define QUERY_HIGHLIGHT_FIND_H

#include "query/highlight.h"

struct highlight_span {
    size_t from, to; /* original bytes */
    size_t part;     /* what stands there: spans of one text share it */
};

/* A needle, or a piece of one. */
struct highlight_part {
    size_t needle, at, n; /* n bytes of the needle from `at` on */
    uint32_t weight;      /* longer ones are rarer */
};

struct highlight_spans {
    size_t n, nparts;
    struct highlight_span v[HIGHLIGHT_MAX_SPANS]; /* by place */
    struct highlight_part part[HIGHLIGHT_MAX_SPANS];
};

/* The spans of the first HIGHLIGHT_TEXT_MAX bytes of the text. STATUS_NOMEM,
 * STATUS_INVALID (not UTF-8), STATUS_LIMIT (hundreds of combining marks). */
MUST_CHECK enum status highlight_find(const struct highlight_set *set, char tag,
                                      struct str text, struct highlight_work *work,
                                      struct highlight_spans *out, struct err *err);

#endif
