/* qlang.h - the query language of interface.md: text in, tree out, and back.
 *
 *   query  := clause ("OR" clause)*                 lowest
 *   clause := part (["AND"] part)*                  side by side = AND
 *   part   := ["-"] near
 *   near   := item ("NEAR" ["/" n] item)*           operands are words or quoted strings
 *   item   := word | word "*" | quoted | field ":" (value | "(" query ")") | "(" query
 * ")"
 *
 * Operators are whole upper-case words. Outside quotes （）“”：－｜＊, full-width
 * operator words and the ideographic space count like their ASCII forms; ｜, and |
 * standing alone, mean OR. A quoted string ends at the quote of its own kind ("…" or
 * “…”). `-` is an operator only at the start of a word; inside it is text (3D-Var).
 * `field:` is one only when the field table knows the name and the audience may see it;
 * else it is text. A field of codes, years or dates takes one value (code or label) or a
 * range `a..b`, and is a condition; a value that its list does not know is text, with a
 * notice. Other fields take text, always literal.
 *
 * The tree is canonical: AND and OR are flat and have two or more children, double
 * negation is gone, a tree without anything that can be searched is QLANG_NOTHING. So
 * qlang_print is an inverse: parsing what it prints gives an equal tree (tested).
 *
 * A malformed query (unbalanced quote or parenthesis, operator without operand, empty
 * group or field) is read literally: operator characters separate, operator words are
 * words; a notice says so. A word or quoted string without letter, digit or Han character
 * is left out with a notice.
 *
 * Threads: pure after codes_load.
 * Not: no terms, no index; that is plan.h.
 */
#ifndef QUERY_QLANG_H
#define QUERY_QLANG_H

#include "core/field.h"
#include "core/store.h"
#include "core/str.h"

#define QLANG_MAX_BYTES ((size_t)4096)
#define QLANG_MAX_LEAVES 64
#define QLANG_MAX_DEPTH 16
#define QLANG_MAX_NOTICES 8
#define QLANG_LITERAL_HAN 8 /* an unquoted run with more Han characters is a sentence */
#define QLANG_NEAR_DEFAULT 10
#define QLANG_NEAR_MAX 1000

enum qlang_kind {
    QLANG_NOTHING,  /* matches nothing: no part of the query can be searched */
    QLANG_AND,      /* child[0 .. n) */
    QLANG_OR,       /* child[0 .. n) */
    QLANG_NOT,      /* child[0] */
    QLANG_PHRASE,   /* text, literally */
    QLANG_SENTENCE, /* text: literally, or half of its bigrams; never with a field */
    QLANG_PREFIX,   /* words that begin with text */
    QLANG_NEAR,     /* child[0], child[1] (phrases) at most gap characters apart */
    QLANG_CODE,     /* field has code `text` (canonical) */
    QLANG_RANGE     /* lo <= field <= hi */
};

struct qlang_node {
    enum qlang_kind kind;
    struct qlang_node **child;
    size_t n;
    const struct field *field; /* NULL = all searched fields */
    struct str text;           /* as typed, trimmed; CODE: the canonical code; OR that
                                * expand.h made: the word that it stands for */
    struct str norm;           /* PHRASE, SENTENCE, PREFIX: its matching text */
    bool quoted;               /* PHRASE: typed in quotes, or printed so */
    uint32_t gap;              /* NEAR */
    int32_t lo, hi;            /* RANGE: years, or YYYYMMDD; open ends INT32_MIN/MAX */
};

struct qlang_query {
    struct qlang_node *root; /* NULL: an empty query, every record */
    bool plain;              /* words only, well-formed: may be relaxed */
    bool literal;            /* malformed: read literally */
    struct str q;            /* what was parsed; texts as typed are slices of it */
    size_t nnotices;
    const char *notice[QLANG_MAX_NOTICES]; /* Chinese sentences */
};

/* Parses q; everything hangs off *out, a talloc child of ctx. STATUS_LIMIT
 * ("query_too_long", "query_too_complex"), STATUS_INVALID ("invalid_utf8";
 * "invalid_range" for an upside-down range), STATUS_NOMEM; err->field is "q". */
MUST_CHECK enum status qlang_parse(void *ctx, struct str q, enum audience audience,
                                   struct qlang_query **out, struct err *err);

/* A title with brackets and quotes in it, pasted as it is (意义(下),
 * 筑起"打防管控"四位一体), is a query with operators, which may find little. *out is then
 * its whole text as one sentence or phrase, for relaxing, a talloc child of ctx; NULL for
 * a query in which brackets or quotes touch no text, or with any other operator. q was
 * parsed before. STATUS_NOMEM. */
MUST_CHECK enum status qlang_pasted(void *ctx, struct str q, enum audience audience,
                                    struct qlang_node **out, struct err *err);

/* Canonical text of the tree ("瓦斯 AND 抽采"); nothing for NULL. Chinese field names. */
void qlang_print(const struct qlang_node *root, struct buf *out);

/* Same tree? Texts are compared as typed. */
bool qlang_equal(const struct qlang_node *a, const struct qlang_node *b);

/* "YYYY", "YYYY-MM", "YYYY-MM-DD", "a..b", "a..", "..b" (full-width forms too) of a year
 * or date field to its first and last day (year). False when it is none of these.
 * *upside_down: both ends are well-formed, but in the wrong order. Shared with filters.
 */
bool qlang_range(struct str text, bool year, int32_t *lo, int32_t *hi, bool *upside_down);
/* The reverse: "2021..2025", "2025-03-01..", "2025". */
void qlang_range_print(int32_t lo, int32_t hi, bool year, struct buf *out);

#endif
