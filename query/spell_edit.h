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
#define SPELL_EDITS 32      /* best changes kept */
#define SPELL_NOT_THERE UINT32_MAX
#define SPELL_GUESS 1000

/* More likely slips first: changes of one kind are tried before those of the next. */
enum spell_kind {
    SPELL_SOUND, /* a character of the same sound, one twice, neighbours exchanged */
    SPELL_NEAR,  /* a character of nearly the same sound */
    SPELL_MISSING,
    SPELL_EXTRA,
    SPELL_OTHER,
    SPELL_KINDS
};

struct spell_char {
    uint32_t cp;    /* of the matching text */
    uint32_t norm;  /* its offset there */
    uint32_t typed; /* offset of what it stands for in the word as typed, */
    uint32_t end;   /* and where that ends */
    uint32_t pair;  /* records with it and the next one, both Han; or SPELL_NOT_THERE */
    bool chance;    /* no more of them than by chance */
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
    bool there;       /* the registry has it: then only its sound makes it a slip */
};

/* Characters [a, b) of a word become `text`. */
struct spell_edit {
    const struct spell_word *word;
    size_t a, b, n;
    char text[SPELL_EDIT_BYTES];
    enum spell_kind kind;
    uint32_t bound; /* no more records can hold the changed word */
    uint64_t guess; /* so many may, times SPELL_GUESS: the order of trying */
};

struct spell_list {
    struct xindex_reader *reader;
    void *ctx; /* of what is needed while candidates are looked for */
    spell_find_fn find;
    void *arg;
    struct err *err;
    unsigned walks, tries; /* done */
    size_t n;
    struct spell_edit best[SPELL_EDITS]; /* by kind, then guess, then text */
};

/* Are so few pairs, of the records that have both characters, no more than chance? */
bool spell_is_chance(const struct spell_list *l, uint32_t a, uint32_t b, uint32_t pairs);

/* Keeps the edit if it is among the best; bounds below the word's need are left out. */
void spell_keep(struct spell_list *l, const struct spell_edit *e);

/* The search, counted; when SPELL_TRIES are done, or the query is too much for one,
 * nothing is found. STATUS_NOMEM and those of find. */
MUST_CHECK enum status spell_find(struct spell_list *l, struct str q, bool filtered,
                                  struct spell_found *out);

/* The rarest pair or token of the word but for the pairs [lo, hi) and the token `skip`
 * (SIZE_MAX: none). */
uint32_t spell_rest(const struct spell_word *w, size_t lo, size_t hi, size_t skip);
struct str spell_slice(const struct spell_word *w, size_t a, size_t b);

/* Look for changes of the word's Han pairs, of its Latin tokens, and for whole words that
 * are read alike. STATUS_NOMEM and those of find and xindex.h. */
MUST_CHECK enum status spell_han(struct spell_list *l, const struct spell_word *w);
MUST_CHECK enum status spell_latin(struct spell_list *l, const struct spell_word *w);
MUST_CHECK enum status spell_whole(struct spell_list *l, const struct spell_word *w);

/* Same sound, nearly the same, or SPELL_OTHER: two Han characters. */
enum spell_kind spell_sound(uint32_t a, uint32_t b);
/* Words that bind others (的, 与): next to any word, so never what was meant. */
bool spell_is_particle(uint32_t cp);

/* ---- record texts ----------------------------------------------------------------- */

#define SPELL_TALLY 64

/* Characters beside a text. */
struct spell_tally {
    uint32_t seen; /* places, also those without a character */
    size_t n;      /* distinct Han characters */
    uint32_t cp[SPELL_TALLY], count[SPELL_TALLY];
};

/* What stands before and after `needle` in the records found. */
void spell_around(const struct xindex_reader *r, const struct spell_found *found,
                  struct str needle, struct spell_tally *before,
                  struct spell_tally *after);
/* Is there hardly anything else beside it than one character? Then it is a piece of a
 * longer word. */
bool spell_is_piece(const struct xindex_reader *r, const struct spell_found *found,
                    struct str needle);

#endif
