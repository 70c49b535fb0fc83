/* expand.h - widening the words of a query by synonyms and variants (core/synonym.h).
 *
 * A word that was typed without quotes becomes word OR alternatives; so does text after a
 * field name (units' short forms only there and in queries without field). Quoted text,
 * words with a star, sides of NEAR and what stands behind a minus stay as they are. The
 * expanded tree is a plain query tree: qlang_print shows it, and parsing what it prints
 * gives it again, without a second expansion.
 * A word that has the form of a number (patent number, unified social credit code,
 * standard number) is looked for in the field of such numbers too.
 *
 * Each expansion can be taken back by itself: `without` is the query with the word in
 * quotes. expand=0 takes all back.
 *
 * Threads: pure after synonym_load.
 */
#ifndef QUERY_EXPAND_H
#define QUERY_EXPAND_H

#include "query/qlang.h"

#define EXPAND_MAX 16 /* expanded words of one query; further words stay as they are */
#define EXPAND_MAX_ADDED 6

struct expansion {
    struct str text;  /* the word as typed */
    const char *kind; /* synonym_kind_name of the first, or "number" */
    size_t n;
    struct str added[EXPAND_MAX_ADDED]; /* as understood prints them */
    struct str without;                 /* q with this word in quotes; n = 0: cannot be */
};

struct expansion_list {
    size_t n;
    struct expansion v[EXPAND_MAX];
};

/* Rewrites query->root in place (new nodes are talloc children of query); query->plain
 * stays. `q` is the text that was parsed. STATUS_NOMEM. Queries that would pass
 * QLANG_MAX_LEAVES are not expanded any further. */
MUST_CHECK enum status expand_query(struct qlang_query *query, struct str q,
                                    struct expansion_list *out, struct err *err);

#endif
