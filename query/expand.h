/* expand.h - widening the words of a query by synonyms and variants (core/synonym.h).
 *
 * A word that was typed without quotes becomes word OR alternatives; so does text after
 * the name of a field that holds running text. The alternatives stand in quotes, after
 * the word, those left out that the same OR has already. Short forms of units lead to
 * 单位:"…" where no field was named, and stay in fields of units.
 * A word that has the form of a number (expand_number.h) is looked for in the field of
 * such numbers too; a number that was typed in several words counts as one.
 * Quoted text, sentences, words with a star, sides of NEAR and what stands behind a minus
 * stay as they are.
 *
 * The expanded tree is a plain query tree: qlang_print shows it, and parsing and
 * expanding what it prints gives it again. Its new ORs have the word as `text`.
 *
 * Each expansion can be taken back by itself: `without` is the query with the word in
 * quotes. expand=0 takes all back.
 *
 * Threads: pure after synonym_load; before it only numbers are expanded.
 */
#ifndef QUERY_EXPAND_H
#define QUERY_EXPAND_H

#include "query/qlang.h"

#define EXPAND_MAX 16 /* words with alternatives in one query; further ones stay */
#define EXPAND_MAX_ADDED 6

struct expansion {
    struct str text;  /* the word as typed */
    const char *kind; /* synonym_kind_name of the first, or "number" */
    size_t n;
    struct str added[EXPAND_MAX_ADDED]; /* 液化天然气; in another field 单位:中国科学院 */
    struct str without;                 /* q with this word in quotes; n = 0: cannot be */
};

struct expansion_list {
    size_t n;
    struct expansion v[EXPAND_MAX];
};

/* How many of the additions a reader is shown: a number has one form for all. */
static inline size_t expansion_shown(const struct expansion *e) {
    return strcmp(e->kind, "number") == 0 && e->n > 1 ? 1 : e->n;
}

/* Rewrites query->root in place (new nodes are talloc children of query, texts of *out
 * too); query->plain stays. STATUS_NOMEM, STATUS_LIMIT. From the word on whose
 * alternatives would pass QLANG_MAX_LEAVES or QLANG_MAX_DEPTH nothing is expanded. */
MUST_CHECK enum status expand_query(struct qlang_query *query, struct expansion_list *out,
                                    struct err *err);

#endif
