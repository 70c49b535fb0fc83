/* profile_value.h - what stands in a cell, as the JSON value that the validator reads.
 *
 * Office notations become canonical ones; nothing is invented: what cannot be read as the
 * field wants it goes on as it stands, as text, so that E_FIELD quotes it.
 *
 * - Everywhere: blanks at both ends go, and an apostrophe that an office program put
 *   before a number or formula to make it text.
 * - Dates: 2025年1月5日, 2025年1月, 2025.1.5, 2025/1/5, 2025-1-5, 20250105, 202501,
 *   full-width digits, a time of day behind (dropped unless the field is an instant:
 *   Beijing time). Years of two digits, and a number 2025.1 in a workbook
 *   (January or October?) stay as they are. A whole number of five digits is Excel's
 *   serial where the profile says in which system (1900 or 1904).
 * - Money: thousands marks in groups of three, ¥, a sign or brackets, a unit behind the
 *   number (元, 万元, 亿元) before the header's, before the profile's. A number of a
 *   workbook is rounded to 15 digits, as office programs show it.
 * - Integers: thousands marks, ".0", 年 年度 and counters (家 个 人 项 …) behind.
 * - Short codes and numbers (phones, registration numbers): full-width to half-width,
 *   ".0" and an exponent that loses nothing undone (1.3812345678E+10).
 * - NUL, which JSON text may not hold, becomes U+0001; the validator replaces both.
 *
 * Threads: pure.
 * Source: record.md "Office files".
 */
#ifndef INDEXER_PROFILE_VALUE_H
#define INDEXER_PROFILE_VALUE_H

#include "core/field.h"
#include "indexer/sheet.h"

#define PROFILE_MAX_SPLIT 501 /* values of one cell; the validator refuses so many */

struct value_rule {
    const struct field *f; /* NULL: unknown key, text as it stands */
    const char *unit;      /* of money without its own: 元, 万元, 亿元, or another */
    int serial;            /* 1900, 1904; 0: a serial is no date */
};

/* One bit each: what was done to a value that a report should mention. */
enum { VALUE_SERIAL = 1 };

/* A JSON string of the text. */
void value_put_text(struct buf *out, struct str s);
/* The value as JSON. `s` is trimmed (value_trim) and not empty. Returns VALUE_ bits. */
unsigned value_put(struct buf *out, const struct value_rule *rule, struct str s,
                   enum cell_kind kind);
/* The same, every value of a list: `[…]` when the field is a list. */
unsigned value_put_list(struct buf *out, const struct value_rule *rule, struct str s,
                        enum cell_kind kind);

/* Blanks of all kinds at both ends, and the office apostrophe. */
struct str value_trim(struct str s);
/* Does the cell say that there is nothing: 无 / — and the like, where the field's type
 * has no use for such a word? */
bool value_is_nothing(const struct value_rule *rule, struct str s);

/* Splits at 、；;，,/ and line ends that stand outside brackets; a comma between digits
 * (1,3-丁二烯) and the slash of numbers (GB/T 1) are none. Blank parts go. A coded value
 * that the list holds as it stands stays whole (农、林、牧、渔业). Returns how many; the
 * last holds all the rest when there are more than max. */
size_t value_split(const struct field *f, struct str s, struct str *out, size_t max);

/* Would the validator take the value? For proposals; text fits when not too long. */
bool value_fits(const struct value_rule *rule, struct str s, enum cell_kind kind);

#endif
