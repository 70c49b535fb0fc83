/* direct_form.h - the ways in which one and the same number is written.
 *
 * A patent number stands in registrations as ZL201410000000.1, CN201410000000.1,
 * 2014100000001 …, a standard's as GB/T 1051-2024 or GBT1051-2024. An index of tokens
 * holds each as it was written; so a number that was typed is looked up in every form.
 *
 *   kind       field          recognised
 *   patent     ip[].no        12 or 8 digits (application numbers, ZC 0006-2003), with or
 *                             without ZL or CN, blanks, dot and check character; any
 *                             other word of letters and 6 or more digits as it stands
 *   standard   standards[].no letters, perhaps with / and figures (GB/T, DB14/T, T/SX),
 *                             a number, perhaps the year
 *   uscc       units[].uscc   18 characters of GB 32100-2015 (core/uscc.h)
 *
 * Threads: pure.
 * Not: does not say whether such a number exists.
 */
#ifndef QUERY_DIRECT_FORM_H
#define QUERY_DIRECT_FORM_H

#include "core/str.h"

#define DIRECT_FORMS_MAX 12
#define DIRECT_FORM_BYTES 64 /* of a number as typed; longer ones are none */

enum direct_number { DIRECT_PATENT, DIRECT_STANDARD, DIRECT_USCC, DIRECT_NUMBERS };

struct direct_number_row {
    const char *kind; /* "patent" */
    const char *path; /* of the field, field.h */
    const char *name; /* of the field in a query */
    const char *zh;   /* what a reader calls it */
};
const struct direct_number_row *direct_number_row(enum direct_number n);

struct direct_forms {
    enum direct_number number;
    size_t n;
    char v[DIRECT_FORMS_MAX][DIRECT_FORM_BYTES + 8]; /* matching text, distinct */
};

/* The forms of `norm` (matching text of a whole query). False: it is no number. */
bool direct_forms_of(struct str norm, struct direct_forms *out);

#endif
