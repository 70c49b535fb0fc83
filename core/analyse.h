/* analyse.h - normalised text to index terms; one analyser for index and query.
 *
 * Terms of a normalised value (text.h): every pair of neighbouring Han characters
 * (bigram), every token (maximal run of word characters). No positions: a phrase is an
 * AND of its terms, then the literal is looked for in the record's text. Terms never
 * cross a value. A single Han character is a term of queries only: a record has the set
 * of its characters besides (terms_chars), which is kept apart from the index's terms
 * (columns_han.h), because it would be a third of them. A token longer than
 * ANALYSE_MAX_TOKEN bytes is cut at a character border to that length (index and query
 * alike; the text check decides). Han and token terms never start with an upper-case
 * ASCII letter, so prefixes ("Q", "R", "X") never collide with them.
 *
 * Threads: a struct terms belongs to one thread.
 * Not: no stop words, no stemming, no weights beyond counting; knows no field.
 */
#ifndef CORE_ANALYSE_H
#define CORE_ANALYSE_H

#include "core/text.h"

C_API_BEGIN

#define ANALYSE_MAX_TOKEN 64      /* bytes */
#define ANALYSE_MAX_TERM 245      /* bytes, prefix included: Xapian's limit */
#define ANALYSE_MAX_PREFIX 16     /* bytes */
#define ANALYSE_MAX_LITERAL 16384 /* bytes of one literal of a query */

/* A multiset of terms, reused from record to record; clearing costs what it holds. */
struct terms;

struct term {
    struct str text; /* into the set's own memory, until the next add, clear or free */
    uint32_t wdf;    /* occurrences times wdf_inc, at most UINT32_MAX */
};

/* STATUS_NOMEM. The set is the caller's; free with terms_free (NULL is nothing). */
MUST_CHECK enum status terms_new(struct terms **out, struct err *err);
void terms_free(struct terms *t);
void terms_clear(struct terms *t);

/* Adds all terms of the normalised value `norm`, each with `prefix` before it, and its
 * Han characters to the set of plain (prefix "") or named ones (any other prefix; "X" is
 * the one in use). wdf_inc (may be 0: a term that only filters) is added per occurrence.
 * STATUS_NOMEM; STATUS_LIMIT for a prefix over ANALYSE_MAX_PREFIX. On failure some of
 * the terms may have been added: clear the set. */
MUST_CHECK enum status terms_add(struct terms *t, struct str norm, const char *prefix,
                                 uint32_t wdf_inc, struct err *err);
/* Adds one ready term: 1 to ANALYSE_MAX_TERM bytes without control characters, else
 * STATUS_LIMIT (one bad term loses a whole commit of the index). STATUS_NOMEM. */
MUST_CHECK enum status terms_add_one(struct terms *t, struct str term, uint32_t wdf_inc,
                                     struct err *err);
/* The distinct terms in bytewise order; array and texts are the set's, valid until the
 * next add, clear or free. STATUS_NOMEM. */
MUST_CHECK enum status terms_sorted(struct terms *t, const struct term **out, size_t *n,
                                    struct err *err);
/* The distinct Han characters as keys, in no order: the code point, with ANALYSE_NAMED
 * for one of a value that was added with a prefix. The array is the set's, valid until
 * the next add, clear or free. */
#define ANALYSE_NAMED UINT32_C(0x80000000)
void terms_chars(const struct terms *t, const uint32_t **out, size_t *n);
/* The key of a query term that is one Han character, alone or after "X"; else 0. */
uint32_t terms_char_key(struct str term);
/* Sum of wdf over all terms since clear, every Han character counted as one (at most
 * UINT32_MAX): the document length for BM25. */
uint32_t terms_length(const struct terms *t);

/* What a literal needs: all these terms in one record, and unless `exact`, the literal in
 * its text. A Han run of two or more gives its bigrams only; a lone Han character gives
 * itself; a token gives itself. exact: the literal is one single uncut term from end to
 * end ("瓦斯", "泵", "lng"), so that the term alone proves it and nothing is to verify.
 */
struct literal {
    struct str *terms; /* distinct, in order of first occurrence, each terminated */
    size_t n;
    bool exact;
};
/* Terms of the normalised literal, allocated under the talloc context `ctx`.
 * STATUS_INVALID when it has no letter, digit or Han character; STATUS_LIMIT past
 * ANALYSE_MAX_LITERAL or ANALYSE_MAX_PREFIX; STATUS_NOMEM. */
MUST_CHECK enum status analyse_literal(void *ctx, struct str norm, const char *prefix,
                                       struct literal *out, struct err *err);

C_API_END
#endif
