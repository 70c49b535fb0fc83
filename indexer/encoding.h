/* encoding.h - bytes of a text file in whatever encoding, as UTF-8, strictly.
 *
 * UTF-8 (with or without BOM), UTF-16 (LE, BE, with BOM or built like it) and GB18030
 * (GB 18030-2005 with 4-byte characters; GBK and GB2312 are inside it). Found out by BOM,
 * then strict UTF-8, then strict GB18030, over the whole file; when none fits, by which
 * has fewer bad bytes.
 *
 * Threads: a decoder belongs to one thread.
 */
#ifndef INDEXER_ENCODING_H
#define INDEXER_ENCODING_H

#include "core/str.h"

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_GB18030,
    ENCODING_COUNT
};
const char *encoding_name(enum encoding e); /* "UTF-8", "UTF-16LE", "GB18030" */
/* By name, case and hyphens aside; gbk, gb2312, cp936 are GB18030, utf16 looks for the
 * mark. -1: unknown. */
int encoding_by_name(struct str name);

/* Reads all of the file by pread. *bom: bytes of the mark to skip. *bad: how many
 * sequences do not decode (0 = strict). STATUS_IO, STATUS_INTERRUPTED by *stop. */
MUST_CHECK enum status encoding_find(int fd, const volatile int *stop, enum encoding *out,
                                     size_t *bom, int64_t *bad, struct err *err);

struct decoder; /* of one file */
MUST_CHECK enum status decoder_open(int fd, enum encoding e, size_t bom,
                                    struct decoder **out, struct err *err);
void decoder_close(struct decoder *d);
/* The next piece of the file as UTF-8 (valid until the next call; n = 0 at the end). A
 * piece holds whole characters. What does not decode comes out as U+FFFD, and the piece
 * ends right after it with *bad = true, so that the caller knows where. */
MUST_CHECK enum status decoder_next(struct decoder *d, struct str *out, bool *bad,
                                    struct err *err);
int64_t decoder_at(const struct decoder *d); /* bytes of the file behind what came out */

#endif
