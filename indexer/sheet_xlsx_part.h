/* sheet_xlsx_part.h - the zip container of a workbook: its parts by name, as bytes.
 *
 * Guards against what a hostile zip may cost: how many parts it has, how far one part and
 * all reads together may unfold, against the compressed bytes and in all. A part is
 * checked to its end (CRC, length) by whoever reads it until 0 bytes come.
 * Source: PKWARE APPNOTE 6.3; ECMA-376 part 2 (Open Packaging Conventions).
 *
 * Threads: one thread. The fd is read by pread and stays the caller's.
 */
#ifndef INDEXER_SHEET_XLSX_PART_H
#define INDEXER_SHEET_XLSX_PART_H

#include "core/str.h"

#define XLSX_MAX_FILE ((int64_t)1 << 30)       /* bytes of the workbook file */
#define XLSX_MAX_PARTS 20000                   /* entries of the zip */
#define XLSX_MAX_PART ((uint64_t)4 << 30)      /* bytes that a part unfolds to */
#define XLSX_MAX_UNFOLDED ((uint64_t)16 << 30) /* bytes of all reads together */
#define XLSX_MAX_RATIO 200u                    /* unfolded by compressed bytes… */
#define XLSX_RATIO_FREE ((uint64_t)32 << 20)   /* …looked at beyond so many bytes */
#define XLSX_PART_NAME 256                     /* bytes of a part's name with its NUL */

struct xlsx_zip;
/* STATUS_CORRUPT E_FILE: no whole zip; STATUS_LIMIT; STATUS_IO; STATUS_NOMEM. */
MUST_CHECK enum status xlsx_zip_open(int fd, struct xlsx_zip **out, struct err *err);
void xlsx_zip_close(struct xlsx_zip *z);

/* The entry of a part, or -1. Exactly so, else without regard to case and kind of slash
 * (part names are case-insensitive; some writers put back slashes). */
int64_t xlsx_zip_find(const struct xlsx_zip *z, const char *name);
uint64_t xlsx_zip_packed(const struct xlsx_zip *z, int64_t entry); /* bytes in the file */
uint64_t xlsx_zip_size(const struct xlsx_zip *z, int64_t entry);   /* as it claims */

struct xlsx_part;
/* name: for sentences, copied. STATUS_INVALID (encrypted, or packed in a way Excel does
 * not), STATUS_CORRUPT, STATUS_NOMEM. */
MUST_CHECK enum status xlsx_part_open(struct xlsx_zip *z, int64_t entry, const char *name,
                                      struct xlsx_part **out, struct err *err);
void xlsx_part_close(struct xlsx_part *p);
/* *got = 0 at the end, when length and CRC were right. STATUS_CORRUPT, STATUS_LIMIT,
 * STATUS_IO, with the part as field of err. */
MUST_CHECK enum status xlsx_part_read(struct xlsx_part *p, void *to, size_t n,
                                      size_t *got, struct err *err);
uint64_t xlsx_part_at(const struct xlsx_part *p); /* bytes that came out */

#endif
