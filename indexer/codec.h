/* codec.h - decoding of bytes in memory: what encoding.c and decoder.c share.
 *
 * Threads: a codec is constant once open and may be shared.
 * Not: no files; used by encoding.c and decoder.c only, others go through encoding.h.
 */
#ifndef INDEXER_CODEC_H
#define INDEXER_CODEC_H

#include "indexer/encoding.h"

struct gb18030; /* tables of GB 18030, see codec_gb18030.c */

struct codec {
    enum encoding e;
    struct gb18030 *gb; /* GB18030 only */
};

MUST_CHECK enum status codec_open(enum encoding e, struct codec *c, struct err *err);
void codec_close(struct codec *c);

/* Most bytes of UTF-8 that n bytes of any encoding become. */
#define CODEC_ROOM(n) ((n)*3 + 3)

/* Decodes from p until the end or right behind the first sequence that does not decode
 * (U+FFFD, *bad = true). final: no byte follows p + n; otherwise a character cut off at
 * the end is left. Returns the bytes taken; *out has CODEC_ROOM(n), *nout: bytes written.
 */
size_t codec_decode(const struct codec *c, const char *p, size_t n, bool final, char *out,
                    size_t *nout, bool *bad);

/* Length of the ill-formed UTF-8 sequence at p (maximal subpart, 1 to 3), n > 0 bytes are
 * there. *cut: it is well-formed as far as it goes and only the end is missing. */
size_t codec_utf8_bad_length(const char *p, size_t n, bool *cut);

MUST_CHECK enum status gb18030_open(struct gb18030 **out, struct err *err);
void gb18030_close(struct gb18030 *gb);
size_t gb18030_decode(const struct gb18030 *gb, const unsigned char *p, size_t n,
                      bool final, char *out, size_t *nout, bool *bad);

#endif
