/* qlang_lex.h - the query language's tokens. Private to qlang*.c.
 *
 * Works on valid UTF-8, in place: token texts are slices of the query. White space is
 * ASCII blanks and controls and the Unicode spaces. No allocation, no failure.
 */
#ifndef QUERY_QLANG_LEX_H
#define QUERY_QLANG_LEX_H

#include "query/qlang.h"

enum qlang_token_kind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_NOT,
    TOKEN_NEAR,
    TOKEN_FIELD,  /* field; what follows is its value */
    TOKEN_WORD,   /* text */
    TOKEN_PREFIX, /* text, without the star */
    TOKEN_QUOTED, /* text, between the quotes */
    TOKEN_BROKEN  /* a quote that is not closed */
};

struct qlang_token {
    enum qlang_token_kind kind;
    struct str text;
    const struct field *field;
    uint32_t gap;
};

struct qlang_lexer {
    struct str q;
    size_t at;
    enum audience audience;
    bool value; /* a field came last: no operators, no field in the next word */
};

struct qlang_lexer qlang_lex_start(struct str q, enum audience audience);
struct qlang_token qlang_lex_next(struct qlang_lexer *l);

/* The next run of characters that are neither space, parenthesis, quote nor ｜; an empty
 * slice at the end. For reading a malformed query literally. */
struct str qlang_lex_piece(struct qlang_lexer *l);

/* Would `text`, typed bare, be read as exactly one word with this text? */
bool qlang_lex_is_bare(struct str text, enum audience audience);

#endif
