/* encoding.h - bytes of a text file in whatever encoding, as UTF-8, strictly.
 *
 * UTF-8 (with or without BOM), UTF-16 (LE, BE, with BOM or built like it) and GB18030
 * (GB 18030-2005 with 4-byte characters; GBK and GB2312 are inside it). Found out by BOM,
 * then strict UTF-8, then strict GB18030, over the whole file; when none fits, by which
 * has fewer bad bytes. UTF-8 with less than one bad sequence to ENCODING_DAMAGE good ones
 * of three bytes and more is UTF-8 before strict GB18030 is asked: damaged UTF-8 often
 * reads as GB18030 with wrong characters, and the reverse does not happen.
 *
 * GB18030 is ICU's converter, asked once for its tables: ICU is linked anyway and needs
 * no gconv modules beside the program as iconv does. Byte 0x80 alone is €, as Windows
 * writes it in code page 936.
 * Bad sequences are counted as Unicode 15 §3.9 says (maximal subparts): a bad lead byte
 * never takes a following ASCII character with it.
 *
 * Threads: a decoder belongs to one thread.
 */
#ifndef INDEXER_ENCODING_H
#define INDEXER_ENCODING_H

#include "core/str.h"

#define ENCODING_DAMAGE 20

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_GB18030,
    ENCODING_COUNT
};
const char *encoding_name(enum encoding e); /* "UTF-8", "UTF-16LE", "GB18030" */
/* By name, case and hyphens aside; gbk, gb2312, cp936 are GB18030, utf16 looks for the
 * mark (it is UTF-16LE here, see encoding_mark). -1: unknown. */
int encoding_by_name(struct str name);
/* Bytes of the mark of encoding *e at the beginning of the file, 0 without one. For
 * UTF-16 the mark decides between LE and BE and may change *e. STATUS_IO. */
MUST_CHECK enum status encoding_mark(int fd, enum encoding *e, size_t *bom,
                                     struct err *err);

/* By the first bytes of a file alone: its mark (*bom: its bytes), or being built like
 * UTF-16. -1: neither. */
int encoding_of_head(struct str head, size_t *bom);
/* Reads all of the file by pread. *bom: bytes of the mark to skip. *bad: how many
 * sequences do not decode (0 = strict). STATUS_IO, STATUS_INTERRUPTED by *stop. */
MUST_CHECK enum status encoding_find(int fd, const volatile int *stop, enum encoding *out,
                                     size_t *bom, int64_t *bad, struct err *err);

struct decoder; /* of one file */
MUST_CHECK enum status decoder_open(int fd, enum encoding e, size_t bom,
                                    struct decoder **out, struct err *err);
void decoder_close(struct decoder *d);
/* The next piece of the file as UTF-8 (valid until the next call; n = 0 at the end). A
 * piece holds whole characters and ends behind a line end (LF, CR, CRLF), or earlier: at
 * DECODER_PIECE bytes, and right after what does not decode, which comes out as U+FFFD
 * with *bad = true. So every line is whole pieces, and decoder_raw and decoder_at tell
 * its bytes. STATUS_IO. */
#define DECODER_PIECE ((size_t)64 << 10) /* bytes of the file in one piece */
MUST_CHECK enum status decoder_next(struct decoder *d, struct str *out, bool *bad,
                                    struct err *err);
int64_t decoder_at(const struct decoder *d); /* bytes of the file behind what came out */
/* The bytes of the file that the last piece was made of, valid as long as it. */
struct str decoder_raw(const struct decoder *d);
/* Goes on at a place that decoder_at gave. */
void decoder_seek(struct decoder *d, int64_t at);

/* A short text in memory, such as a name in a zip: appends its UTF-8 to out, U+FFFD for
 * what does not decode; *bad: how many. STATUS_NOMEM, STATUS_LIMIT (of out). */
MUST_CHECK enum status encoding_convert(enum encoding e, struct str bytes,
                                        struct buf *out, int64_t *bad, struct err *err);

#endif
