#include "indexer/codec.h"
#include "core/utf8.h"

#define REPLACEMENT 0xFFFDu

enum status codec_open(enum encoding e, struct codec *c, struct err *err) {
    struct codec made = {e, NULL};
    if (e == ENCODING_GB18030) {
        enum status st = gb18030_open(&made.gb, err);
        if (st != STATUS_OK) return st;
    }
    *c = made;
    return STATUS_OK;
}

void codec_close(struct codec *c) {
    gb18030_close(c->gb);
    c->gb = NULL;
}

/* Unicode 15, table 3-7: bytes behind a lead byte, and the range of the first of them. */
size_t codec_utf8_bad_length(const char *z, size_t n, bool *cut) {
    const unsigned char *p = (const unsigned char *)z;
    unsigned char c = p[0];
    size_t more = c >= 0xC2 && c <= 0xDF   ? 1
                  : (c & 0xF0) == 0xE0     ? 2
                  : c >= 0xF0 && c <= 0xF4 ? 3
                                           : 0;
    unsigned char lo = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    size_t k = 1;
    while (k < n && k <= more && p[k] >= lo && p[k] <= hi) {
        k++;
        lo = 0x80;
        hi = 0xBF;
    }
    *cut = more && k == n && k <= more;
    return k;
}

static size_t decode_utf8(const char *p, size_t n, bool final, char *out, size_t *nout,
                          bool *bad) {
    size_t k = utf8_bad_at(str_slice(p, n));
    memcpy(out, p, k);
    *nout = k;
    *bad = false;
    if (k == n) return n;
    bool cut;
    size_t skip = codec_utf8_bad_length(p + k, n - k, &cut);
    if (cut && !final) return k;
    *nout = k + utf8_put(REPLACEMENT, out + k);
    *bad = true;
    return k + skip;
}

static size_t decode_utf16(const char *z, size_t n, bool big, bool final, char *out,
                           size_t *nout, bool *bad) {
    const unsigned char *p = (const unsigned char *)z;
    size_t i = 0, o = 0, lo = big;
    *bad = false;
    for (; n - i >= 2; i += 2) {
        uint32_t u = p[i + lo] | (uint32_t)p[i + 1 - lo] << 8;
        if (u >= 0xD800 && u < 0xDC00 && n - i < 4 && !final) break;
        if (u >= 0xD800 && u < 0xDC00 && n - i >= 4) {
            uint32_t v = p[i + 2 + lo] | (uint32_t)p[i + 3 - lo] << 8;
            if (v >= 0xDC00 && v < 0xE000) {
                u = 0x10000 + ((u - 0xD800) << 10 | (v - 0xDC00));
                i += 2;
            }
        }
        *bad = u >= 0xD800 && u < 0xE000;
        o += utf8_put(*bad ? REPLACEMENT : u, out + o);
        if (*bad) {
            i += 2;
            break;
        }
    }
    if (!*bad && final && n - i == 1) {
        o += utf8_put(REPLACEMENT, out + o);
        i++;
        *bad = true;
    }
    *nout = o;
    return i;
}

size_t codec_decode(const struct codec *c, const char *p, size_t n, bool final, char *out,
                    size_t *nout, bool *bad) {
    switch (c->e) {
        case ENCODING_UTF16LE:
        case ENCODING_UTF16BE:
            return decode_utf16(p, n, c->e == ENCODING_UTF16BE, final, out, nout, bad);
        case ENCODING_GB18030:
            return gb18030_decode(c->gb, (const unsigned char *)p, n, final, out, nout,
                                  bad);
        case ENCODING_UTF8:
        case ENCODING_COUNT:
            break;
    }
    return decode_utf8(p, n, final, out, nout, bad);
}
