/* expand_number.h - the ways in which a number is written. Private to expand*.c.
 *
 * Recognised in matching text:
 * - patents: application numbers of 12 digits (1989-2003: 8) and a check digit, with or
 *   without ZL or CN, the dot, the check digit after ZL (ZC 0006-2003); CN and a
 *   publication number with its kind (ZC 0007-2004). Without ZL, CN and dot the check
 *   digit must be right; software copyrights (2019SR0123456), CN with a letter and six
 *   or more digits;
 * - standards: prefix of a national, trade, group or local standard, number, year
 *   (GB/T 1.1-2020 and the list of trades' codes at its time); prefixes that could be
 *   anything want /T, /Z or a year;
 * - unified social credit codes, check character right (core/uscc.h).
 *
 * Threads: pure.
 */
#ifndef QUERY_EXPAND_NUMBER_H
#define QUERY_EXPAND_NUMBER_H

#include "core/field.h"

#define EXPAND_NUMBER_FORMS 6
#define EXPAND_NUMBER_TEXT 48

struct expand_form {
    const struct field *field; /* NULL: all searched fields */
    size_t n;
    char text[EXPAND_NUMBER_TEXT];
};

/* Is `word`, matching text, a number? Its forms; 0 when it is none. */
size_t expand_number(struct str word, struct expand_form out[EXPAND_NUMBER_FORMS]);

#endif
