/* words.h - titles, abstracts and keywords from the vocabulary of vocab.h.
 *
 * words_open cuts the vocabulary into lists once; words_make fills patterns. The texts of
 * one record depend on nothing but the random sequence given.
 *
 * Threads: constant after words_open. Ownership: words_close; a struct gen_text is the
 * caller's and reused from record to record.
 */
#ifndef GEN_WORDS_H
#define GEN_WORDS_H

#include "core/str.h"
#include "tests/bench/gen/rng.h"

enum category { CATEGORY_APPLIED, CATEGORY_THEORY, CATEGORY_SOFT, CATEGORY_COUNT };
enum { KEYWORDS_MAX = 7, KEYWORD_BYTES = 192 };

struct gen_text {
    struct buf title, abstract, points, metrics, prospects, project;
    char keywords[KEYWORDS_MAX][KEYWORD_BYTES];
    int keyword_count;
};
void gen_text_init(struct gen_text *t);
void gen_text_clear(struct gen_text *t);
void gen_text_done(struct gen_text *t);
/* Adds a keyword unless it is there, too long, or the list is full. */
void gen_text_keyword(struct gen_text *t, struct str k);

struct words;
MUST_CHECK enum status words_open(struct words **out, struct err *err);
void words_close(struct words *w);
/* A field of knowledge for the category, by share. */
int words_field(struct rng *r, enum category c);
/* Fills *out. `place`: the first unit's place, for running text. */
void words_make(const struct words *w, struct rng *r, enum category c, int field,
                const char *place, struct gen_text *out);

/* Appends `in` with some characters in their traditional form; only characters of a small
 * table change, each 1:1, so that folding gives `in` again. */
void words_traditional(struct str in, struct buf *out);
/* Appends `in` with ASCII letters, digits and % in their full-width forms. */
void words_full_width(struct str in, struct buf *out);

#endif
