/* sheet_xlsx_book.h - what a workbook consists of: its sheets in order, the parts that
 * hold strings and styles, its date system, and the number format of each style.
 *
 * Parts are found by relationships, else by content types, else by the names that Excel
 * gives. Chart, dialog and macro sheets are left out.
 * Source: ECMA-376 part 1, 12 and 18.2, 18.8; part 2, 9 (relationships), in the
 * transitional and the strict form.
 *
 * Threads: one thread.
 */
#ifndef INDEXER_SHEET_XLSX_BOOK_H
#define INDEXER_SHEET_XLSX_BOOK_H

#include "indexer/sheet_xlsx_part.h"
#include "indexer/sheet_xlsx_text.h"

#define XLSX_MAX_SHEETS 1000
#define XLSX_MAX_RELATIONS 4000 /* of the package or the workbook */
#define XLSX_MAX_STYLES 65536u  /* cell formats, and custom number formats */
#define XLSX_SHEET_NAME 256     /* bytes of a sheet's name; Excel allows 31 characters */

struct xlsx_book_sheet {
    char name[XLSX_SHEET_NAME];
    char part[XLSX_PART_NAME];
    int64_t entry;
    bool hidden; /* or very hidden */
};

struct xlsx_book {
    struct xlsx_book_sheet *sheet;
    size_t nsheets;
    bool date1904;
    char strings[XLSX_PART_NAME], styles[XLSX_PART_NAME];
    int64_t strings_entry, styles_entry; /* -1: none */
    uint8_t *format;                     /* enum xlsx_format by style */
    size_t nformats;
};

/* STATUS_INVALID E_FILE: no workbook, or one without a sheet of cells; STATUS_CORRUPT,
 * STATUS_LIMIT, STATUS_IO, STATUS_NOMEM as the modules below. */
MUST_CHECK enum status xlsx_book_open(struct xlsx_zip *z, struct xlsx_book *out,
                                      struct err *err);
void xlsx_book_done(struct xlsx_book *b);

/* sheet_xlsx_style.c: the formats of the styles part (all plain without one). */
MUST_CHECK enum status xlsx_styles_read(struct xlsx_zip *z, struct xlsx_book *b,
                                        struct err *err);
static inline enum xlsx_format xlsx_book_format(const struct xlsx_book *b, size_t style) {
    return style < b->nformats ? (enum xlsx_format)b->format[style] : XLSX_PLAIN;
}

#endif
