/* spell_edit.h - the words of a query and the one-step changes of them. Private to
 * spell*.c.
 *
 * Threads: a struct spell_list belongs to one.
 */
#ifndef QUERY_SPELL_EDIT_H
#define QUERY_SPELL_EDIT_H

#include "core/text.h"
#include "query/spell.h"

#define SPELL_CHARS 32      /* characters of a word that is looked at */
#define SPELL_LETTERS 24    /* of a Latin token that is looked at */
#define SPELL_EDIT_BYTES 64 /* of what takes the place of a part of a word */
#define SPELL_EDITS 24      /* best changes kept */
#define SPELL_NOT_THERE UINT32_MAX

/* Better evidence first: offers of one kind are looked for before those of the next. */
enum spell_kind {
    SPELL_SOUND, /* same sound, doubled, or exchanged neighbours */
    SPELL_NEAR,  /* nearly the same sound */
    SPELL_OTHER,
    SPELL_KINDS
};

struct spell_char {
    uint32_t cp;    /* of the matching text */
    uint32_t norm;  /* its offset there */
    uint32_t typed; /* offset of what it stands for in the word as typed, */
    uint32_t end;   /* and where that ends */
    uint32_t pair;  /* records with it and the next one, both Han; or SPELL_NOT_THERE */
    uint32_t token; /* records with the token that starts here; or SPELL_NOT_THERE */
};

struct spell_word {
    size_t at;        /* in the query */
    struct str typed; /* slice of the query */
    struct str norm;  /* its matching text */
    size_t n;         /* characters of norm */
    struct spell_char c[SPELL_CHARS];
    uint32_t weakest; /* the rarest pair or token: no more records can hold the word */
    uint32_t need;    /* so many must hold a changed one */
};

/* Characters [a, b) of a word become `text`. */
struct spell_edit {
    const struct spell_word *word;
    size_t a, b, n;
    char text[SPELL_EDIT_BYTES];
    enum spell_kind kind;
    uint32_t bound; /* no more records can hold the changed word */
};

struct spell_list {
    struct xindex_reader *reader;
    void *ctx; /* of what is needed while candidates are looked for */
    struct err *err;
    unsigned walks; /* done */
    size_t n;
    struct spell_edit best[SPELL_EDITS]; /* by kind, then bound, then text */
};

/* Keeps the edit if it is among the best; bounds below the word's need are left out. */
void spell_keep(struct spell_list *l, const struct spell_edit *e);

/* The rarest pair or token of the word but those of characters [lo, hi). */
uint32_t spell_rest(const struct spell_word *w, size_t lo, size_t hi);

/* Looks for changes of the word's Han pairs, or of its Latin tokens. STATUS_NOMEM and
 * those of xindex.h. */
MUST_CHECK enum status spell_han(struct spell_list *l, const struct spell_word *w);
MUST_CHECK enum status spell_latin(struct spell_list *l, const struct spell_word *w);

#endif
