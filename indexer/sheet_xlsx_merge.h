/* sheet_xlsx_merge.h - the merged areas of a sheet, and their values over its rows.
 *
 * The list of areas stands behind the rows it is about, so the part is unfolded once
 * before: the rows are passed over as bytes and only what stands around them is parsed
 * (about a tenth of the time of reading them); a part where that does not work out is
 * parsed whole. The columns, which stand before the rows, are read on the same way.
 *
 * Threads: one thread.
 */
#ifndef INDEXER_SHEET_XLSX_MERGE_H
#define INDEXER_SHEET_XLSX_MERGE_H

#include "indexer/sheet.h"
#include "indexer/sheet_xlsx_part.h"

#define XLSX_MAX_AREAS 500000            /* merged areas of a sheet */
#define XLSX_MAX_AREA_CELLS 65536u       /* a larger area is not repeated */
#define XLSX_MAX_HELD ((size_t)16 << 20) /* bytes of values held for later rows */
#define XLSX_LAST_ROW 1048576u           /* of a sheet */
#define XLSX_LAST_COLUMN 16384u

struct xlsx_area {
    uint32_t row, last_row; /* 1-based */
    uint16_t col, last_col; /* 0-based, below SHEET_MAX_COLUMNS */
};

struct xlsx_layout {
    struct xlsx_area *area; /* by row; larger than one cell */
    size_t nareas;
    bool hidden[SHEET_MAX_COLUMNS];
};
/* STATUS_CORRUPT, STATUS_LIMIT, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status xlsx_layout_read(struct xlsx_zip *z, int64_t entry,
                                        const char *part, struct xlsx_layout *out,
                                        struct err *err);
void xlsx_layout_done(struct xlsx_layout *l);

/* "AB12" -> column 27 (0-based) and row 12; either may be missing (col -1, row 0).
 * Returns the byte after it, or NULL when it is none or beyond a sheet's end. */
const char *xlsx_reference(const char *z, int32_t *col, uint32_t *row);

struct xlsx_cover;
/* l stays the caller's while the cover lives. STATUS_NOMEM. */
MUST_CHECK enum status xlsx_cover_new(const struct xlsx_layout *l,
                                      struct xlsx_cover **out, struct err *err);
void xlsx_cover_free(struct xlsx_cover *c);
/* Fills the empty cells that areas cover; *n: cells of the row. cell[*n…] are empty.
 * Rows must come in order: one that lies before an earlier one stays as it is. Where
 * areas overlap, the one that began first counts. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status xlsx_cover_row(struct xlsx_cover *c, uint32_t row,
                                      struct sheet_cell cell[SHEET_MAX_COLUMNS],
                                      size_t *n, struct err *err);

#endif
