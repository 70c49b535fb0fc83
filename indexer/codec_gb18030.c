/* GB 18030 by tables that ICU's converter fills once, because a call of the converter for
 * each line of a file costs more than the line. Declared in codec.h.
 *
 * Two bytes: lead 0x81-0xFE, trail 0x40-0x7E, 0x80-0xFE. Four: 0x81-0xFE 0x30-0x39 twice;
 * counted through, the first 39420 of them lie in the BMP, those from 189000 on are
 * U+10000 to U+10FFFF in order. */
#include "indexer/codec.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <unicode/ucnv.h>

#define LEADS 126u
#define TRAILS 190u
#define TWO (LEADS * TRAILS)
#define FOUR 39420u
#define PLANES 189000u
#define REPLACEMENT 0xFFFDu
#define EURO 0x20ACu

struct gb18030 {
    UChar two[TWO], four[FOUR]; /* REPLACEMENT: no character */
};

static size_t put_two(char *p) {
    size_t n = 0;
    for (unsigned lead = 0x81; lead <= 0xFE; lead++)
        for (unsigned trail = 0x40; trail <= 0xFE; trail++) {
            if (trail == 0x7F) continue;
            p[n++] = (char)lead;
            p[n++] = (char)trail;
        }
    return n;
}

static size_t put_four(char *p) {
    size_t n = 0;
    for (unsigned i = 0; i < FOUR; i++) {
        p[n++] = (char)(0x81 + i / 12600);
        p[n++] = (char)(0x30 + i / 1260 % 10);
        p[n++] = (char)(0x81 + i / 10 % 126);
        p[n++] = (char)(0x30 + i % 10);
    }
    return n;
}

/* Every sequence is one UTF-16 unit, or U+FFFD by ICU's own substitution. */
static bool ask(UConverter *cv, const char *in, size_t n, UChar *out, size_t count) {
    UErrorCode e = U_ZERO_ERROR;
    int32_t got = ucnv_toUChars(cv, out, (int32_t)count, in, (int32_t)n, &e);
    return U_SUCCESS(e) && got == (int32_t)count;
}

enum status gb18030_open(struct gb18030 **out, struct err *err) {
    struct gb18030 *gb = malloc(sizeof *gb);
    char *in = malloc((size_t)FOUR * 4);
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cv = ucnv_open("gb18030", &e);
    enum status st = STATUS_OK;
    if (!gb || !in)
        st = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    else if (!cv || U_FAILURE(e) || !ask(cv, in, put_two(in), gb->two, TWO) ||
             !ask(cv, in, put_four(in), gb->four, FOUR))
        st = err_set(err, STATUS_INTERNAL, NULL, "ICU 缺少 GB18030 转换表");
    if (cv) ucnv_close(cv);
    free(in);
    if (st == STATUS_OK)
        *out = gb;
    else
        free(gb);
    return st;
}

void gb18030_close(struct gb18030 *gb) {
    free(gb);
}

static bool is_lead(unsigned c) {
    return c >= 0x81 && c <= 0xFE;
}
static bool is_digit(unsigned c) {
    return c >= 0x30 && c <= 0x39;
}

/* One sequence that begins with a byte above 0x7F: its length and code point, REPLACEMENT
 * where there is none, 0 when the end of the input cuts it. */
static size_t take(const struct gb18030 *gb, const unsigned char *p, size_t n,
                   uint32_t *cp) {
    *cp = REPLACEMENT;
    if (p[0] == 0x80) return *cp = EURO, (size_t)1;
    if (!is_lead(p[0])) return 1;
    if (n < 2) return 0;
    unsigned b = p[1];
    if (b >= 0x40 && b != 0x7F && b != 0xFF) {
        *cp = gb->two[(p[0] - 0x81u) * TRAILS + (b - 0x40u) - (b > 0x7F)];
        /* A trail that is ASCII is not taken away by a lead that means nothing. */
        return *cp == REPLACEMENT && b < 0x80 ? 1 : 2;
    }
    if (!is_digit(b)) return 1;
    if (n < 3) return 0;
    if (!is_lead(p[2])) return 1;
    if (n < 4) return 0;
    if (!is_digit(p[3])) return 1;
    unsigned i =
        (((p[0] - 0x81u) * 10 + (b - 0x30u)) * 126 + (p[2] - 0x81u)) * 10 + p[3] - 0x30u;
    if (i < FOUR)
        *cp = gb->four[i];
    else if (i >= PLANES && i - PLANES < 0x100000)
        *cp = 0x10000 + (i - PLANES);
    return 4;
}

/* 0x84 0x31 0xA4 0x37 is U+FFFD itself, and no fault. */
static bool is_replacement(const unsigned char *p, size_t n) {
    return n == 4 && p[0] == 0x84 && p[1] == 0x31 && p[2] == 0xA4 && p[3] == 0x37;
}

size_t gb18030_decode(const struct gb18030 *gb, const unsigned char *p, size_t n,
                      bool final, char *out, size_t *nout, bool *bad) {
    size_t i = 0, o = 0;
    *bad = false;
    while (i < n) {
        if (p[i] < 0x80) {
            out[o++] = (char)p[i++];
            continue;
        }
        uint32_t cp;
        size_t k = take(gb, p + i, n - i, &cp);
        if (k == 0) {
            if (!final) break;
            k = 1;
        }
        o += utf8_put(cp, out + o);
        i += k;
        if (cp == REPLACEMENT && !is_replacement(p + i - k, k)) {
            *bad = true;
            break;
        }
    }
    *nout = o;
    return i;
}
