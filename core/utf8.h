/* utf8.h - UTF-8 checking, decoding, encoding. RFC 3629: no surrogates, no overlong
 * forms, nothing above U+10FFFF. Text is checked once at the boundary; inside it is
 * valid. Threads: no state. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include "core/str.h"

C_API_BEGIN

/* Offset of the first ill-formed byte, or s.n when all is well-formed. */
size_t utf8_bad_at(struct str s);

/* Decodes one code point of valid UTF-8 at p (p < end) and returns the byte after it. */
static inline const char *utf8_next(const char *p, const char *end, uint32_t *cp) {
    unsigned char c = (unsigned char)*p++;
    if (c < 0x80) return *cp = c, p;
    int more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    uint32_t v = c & (0x3Fu >> more);
    for (; more > 0 && p < end; more--) v = v << 6 | ((unsigned char)*p++ & 0x3Fu);
    *cp = v;
    return p;
}

/* Writes cp to out (room for 4) and returns the number of bytes. */
static inline size_t utf8_put(uint32_t cp, char *out) {
    if (cp < 0x80) return out[0] = (char)cp, (size_t)1;
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Makes any text (a file's name, somebody's input) fit to be stored, printed and told:
 * every byte that is no UTF-8, and every control character, becomes one '?'. */
void utf8_make_shown(char *z);

/* Number of code points of valid UTF-8. */
size_t utf8_length(struct str s);
/* Columns that valid UTF-8 takes on a terminal: 2 for wide and full-width characters
 * (Unicode's East Asian Width), 0 for combining marks. */
size_t utf8_width(struct str s);

/* Length of the longest prefix of at most max_bytes that ends at a character border: for
 * cutting valid UTF-8. */
static inline size_t utf8_clip(struct str s, size_t max_bytes) {
    if (s.n <= max_bytes) return s.n;
    size_t n = max_bytes;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return n;
}

C_API_END
#endif
