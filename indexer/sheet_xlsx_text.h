/* sheet_xlsx_text.h - stored values of a workbook as the text an office program shows.
 *
 * Source: ECMA-376 part 1: 18.17.4 (dates), 18.8.30 (number formats, built-in ids with
 * those of East Asia), 22.9.2.19 (ST_Xstring, _xHHHH_).
 *
 * Threads: pure.
 */
#ifndef INDEXER_SHEET_XLSX_TEXT_H
#define INDEXER_SHEET_XLSX_TEXT_H

#include "indexer/sheet.h"

#define XLSX_VALUE_TEXT 64 /* room for a number or a date */

/* Undoes _xHHHH_ (but not half of a surrogate pair) and makes line ends LF, in place;
 * returns the new length, never more than n. */
size_t xlsx_text_fix(char *p, size_t n);

/* How sheet.h says numbers look. A number of up to 15 digits is given back as it stands;
 * a whole one keeps all its digits, as far as the file or the double has them; a broken
 * one is rounded to 15 digits as Excel does, so that 0.1+0.2 is 0.3. *text lies in v or
 * out. False: v is no number. */
bool xlsx_number(struct str v, char out[XLSX_VALUE_TEXT], struct str *text);

enum xlsx_format {
    XLSX_PLAIN,
    XLSX_DATE,   /* shows a year, month or day */
    XLSX_TIME,   /* shows hours, minutes or seconds only */
    XLSX_ELAPSED /* [h]:mm: a duration */
};
enum xlsx_format xlsx_format_builtin(unsigned id);
enum xlsx_format xlsx_format_code(const char *code); /* a custom format's first section */

/* A serial number shown by such a format: "2025-01-05", with " 08:30:00" when it has a
 * time of day, kind CELL_DATE; a time or duration alone "08:30:00", CELL_TEXT.
 * False: it cannot be one (then it is a number); outputs untouched. */
bool xlsx_date(struct str v, enum xlsx_format f, bool date1904, char out[XLSX_VALUE_TEXT],
               struct str *text, enum cell_kind *kind);
/* A cell of type d: ISO 8601 into the same form (fractions of a second and the zone are
 * dropped). False: it is none. */
bool xlsx_iso_date(struct str v, char out[XLSX_VALUE_TEXT], struct str *text);

#endif
