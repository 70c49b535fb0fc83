#include "core/utf8.h"

#include <unicode/uchar.h>

size_t utf8_bad_at(struct str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    const unsigned char *end = s.n ? p + s.n : p; /* an empty text may have no address */
    while (p < end) {
        unsigned char c = *p;
        if (c < 0x80) {
            p++;
            continue;
        }
        int more = c >= 0xC2 && c <= 0xDF   ? 1
                   : (c & 0xF0) == 0xE0     ? 2
                   : c >= 0xF0 && c <= 0xF4 ? 3
                                            : 0;
        if (!more || end - p <= more) break;
        /* The second byte's range excludes overlong forms, surrogates, > U+10FFFF. */
        unsigned char lo = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        unsigned char hi = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (p[1] < lo || p[1] > hi) break;
        bool ok = true;
        for (int k = 2; k <= more; k++) ok = ok && (p[k] & 0xC0) == 0x80;
        if (!ok) break;
        p += more + 1;
    }
    return (size_t)(p - (const unsigned char *)s.p);
}

void utf8_make_shown(char *z) {
    size_t n = strlen(z), bad;
    while ((bad = utf8_bad_at(str_slice(z, n))) < n) z[bad] = '?';
    for (; *z; z++)
        if ((unsigned char)*z < ' ' || *z == 0x7F) *z = '?';
}

size_t utf8_length(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

size_t utf8_width(struct str s) {
    size_t w = 0;
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        int ea = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
        int8_t type = u_charType((UChar32)cp);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
            type == U_FORMAT_CHAR)
            continue;
        w += ea == U_EA_WIDE || ea == U_EA_FULLWIDTH ? 2 : 1;
    }
    return w;
}
