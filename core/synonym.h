/* synonym.h - the table of synonyms and variants, data/synonyms.tsv.
 *
 * A row is one relation: kind, the terms, its origin, parted by tabs. Kinds:
 *   abbreviation  LNG = 液化天然气        old       砼 = 混凝土, 电脑 = 计算机
 *   unit          中科院 -> 中国科学院    sign      μm, kV and their written-out names
 *   formula       CO2 = 二氧化碳          variant   两种写法 of one word (粘土 = 黏土)
 *   none          terms that are not to be exchanged; one term alone stands for itself
 *                 and hides the shorter terms in it (马达加斯加 hides 马达)
 * Terms: "a | b | c" hold for one another; "a | b > c | d" leads from each of the left to
 * each of the right. Before a term "=" says that it counts as a whole word only, "+" that
 * a single Han character counts as a part of a word too. '#' begins a comment. The terms
 * are kept as matching text. docs/synonyms.md tells the same to administrators.
 *
 * The table is embedded at build time; its version is on its first line. A file of an
 * administrator's own rows may be read after it; its rows of kind `none` take relations
 * of the table back.
 *
 * Threads: constant after synonym_load, which is safe to call from any thread.
 */
#ifndef CORE_SYNONYM_H
#define CORE_SYNONYM_H

#include "core/str.h"

C_API_BEGIN

#define SYNONYM_MAX_ALTERNATIVES 6     /* of one word */
#define SYNONYM_MAX_TERM ((size_t)96)  /* bytes of matching text */
#define SYNONYM_MAX_WORD ((size_t)128) /* bytes; longer words have no alternatives */
#define SYNONYM_MAX_FILE ((size_t)1 << 20)

enum synonym_kind {
    SYNONYM_ABBREVIATION,
    SYNONYM_OLD,
    SYNONYM_UNIT,
    SYNONYM_SIGN,
    SYNONYM_FORMULA,
    SYNONYM_VARIANT,
    SYNONYM_KINDS
};

struct synonym {
    struct str alternative; /* the whole word with the term exchanged, as the table writes
                             * it; what it keeps of the word is matching text */
    enum synonym_kind kind;
    bool unit_only; /* of kind unit: to be looked for in names of units only */
};

/* Loads the table, then the rows of `extra` (a path; NULL or "": none). The first call
 * that succeeds decides; later ones do nothing. STATUS_INVALID naming file and line of a
 * wrong row, STATUS_CORRUPT for one of the built-in table, STATUS_LIMIT past
 * SYNONYM_MAX_FILE, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status synonym_load(const char *extra, struct err *err);
/* Version of the built-in table ("2026-11-21"), and a hash of all rows, own ones too: two
 * programs with the same fingerprint expand alike. "" and 0 before synonym_load. */
const char *synonym_version(void);
uint64_t synonym_fingerprint(void);
const char *synonym_kind_name(enum synonym_kind k);  /* "abbreviation" */
const char *synonym_kind_label(enum synonym_kind k); /* 缩写 */

/* The alternatives of one word (matching text): where it is a term of the table, or holds
 * one as its longest at that place, left to right. A part counts
 * - of two or more Han characters anywhere, a single one where the table says so;
 * - where the term begins or ends with a letter or digit: a whole token, and what stands
 *   before and behind is Han or nothing;
 * - of kind unit: from three characters on at the beginning of the word, from four on
 *   anywhere;
 * - of kind sign: only right after a number (10μm, 110千伏), also within a token.
 * At most SYNONYM_MAX_ALTERNATIVES, texts under the talloc context; *n 0 when there are
 * none, or nothing is loaded. STATUS_NOMEM. */
MUST_CHECK enum status synonym_find(void *ctx, struct str norm, struct synonym **out,
                                    size_t *n, struct err *err);

/* The rows as loaded, for tests and tools: term i of the table (matching text), and its
 * number of alternatives; n = 0 past the last. */
struct str synonym_term(size_t i, size_t *alternatives);

C_API_END
#endif
