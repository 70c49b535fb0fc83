/* synonym.h - the table of synonyms and variants, data/synonyms.tsv.
 *
 * A row is one relation: kind, the terms, whether it holds both ways, its origin. Kinds:
 *   abbreviation  LNG = 液化天然气        old       砼 = 混凝土, 阀门 of older standards
 *   unit          中科院 -> 中国科学院    sign      ℃, μm, Ω and their written-out names
 *   formula       CO2 = 二氧化碳          variant   两种写法 of one word (粘土 = 黏土)
 * The terms are kept as matching text. The table is embedded at build time; its version
 * is on its first line and in `chengguo --version`.
 *
 * Threads: constant after synonym_load, which is safe to call from any thread.
 */
#ifndef CORE_SYNONYM_H
#define CORE_SYNONYM_H

#include "core/str.h"

C_API_BEGIN

#define SYNONYM_MAX_ALTERNATIVES 6 /* of one word */

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
    struct str alternative; /* matching text of the whole word with the term exchanged */
    struct str shown;       /* the same as it is written in the table */
    enum synonym_kind kind;
    bool unit_only; /* of kind unit: to be looked for in names of units only */
};

/* STATUS_CORRUPT naming the line, STATUS_NOMEM. */
MUST_CHECK enum status synonym_load(struct err *err);
const char *synonym_version(void);
const char *synonym_kind_name(enum synonym_kind k);  /* "abbreviation" */
const char *synonym_kind_label(enum synonym_kind k); /* 缩写 */

/* The alternatives of one word (matching text): where it is a term of the table, or where
 * it holds one as a whole token or, of two or more Han characters (砼 alone too), as the
 * longest term at its place. At most SYNONYM_MAX_ALTERNATIVES, texts under the talloc
 * context; *n 0 when there are none. STATUS_NOMEM. */
MUST_CHECK enum status synonym_find(void *ctx, struct str norm, struct synonym **out,
                                    size_t *n, struct err *err);

C_API_END
#endif
