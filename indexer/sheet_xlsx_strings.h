/* sheet_xlsx_strings.h - the shared strings of a workbook, on disk.
 *
 * Texts and their addresses go to two nameless temporary files, which are mapped for
 * reading: memory stays free whatever their number, and a lookup is two loads.
 * Runs of rich text are joined; phonetic runs are left out.
 *
 * Threads: one writer, then any readers.
 */
#ifndef INDEXER_SHEET_XLSX_STRINGS_H
#define INDEXER_SHEET_XLSX_STRINGS_H

#include "indexer/sheet_xlsx_part.h"

#define XLSX_MAX_STRINGS ((size_t)64 << 20)

struct xlsx_strings {
    size_t n;
    const uint64_t *at; /* n + 1 addresses; the top bit of at[i]: string i was cut */
    const char *text;
    size_t text_bytes;
};

/* STATUS_CORRUPT, STATUS_LIMIT, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status xlsx_strings_read(struct xlsx_zip *z, int64_t entry,
                                         const char *part, struct xlsx_strings *out,
                                         struct err *err);
void xlsx_strings_done(struct xlsx_strings *s);

#define XLSX_STRING_CUT ((uint64_t)1 << 63)
/* i < n. *cut: it was longer than SHEET_MAX_CELL and is its beginning. */
static inline struct str xlsx_strings_get(const struct xlsx_strings *s, size_t i,
                                          bool *cut) {
    uint64_t from = s->at[i] & ~XLSX_STRING_CUT, to = s->at[i + 1] & ~XLSX_STRING_CUT;
    *cut = s->at[i] & XLSX_STRING_CUT;
    return str_slice(s->text + from, (size_t)(to - from));
}

#endif
