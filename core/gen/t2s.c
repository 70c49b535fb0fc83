/* t2s.c - build-time tool: prints the table behind matching text (core/text_class.h).
 *
 * For every code point: which code point it becomes by steps 1 to 3 of core/text.h when
 * that is exactly one, the class of the result, and whether it can be judged without its
 * neighbours. Everything comes from ICU's data: NFKC_Casefold, "Traditional-Simplified",
 * general categories, scripts.
 *
 * The transliterator is taken one code point at a time, so it is no function of context
 * here, and is followed to its end: it maps 薴 to 苧, but also 苧 to 苎 and 苎 to 苧. A
 * circle stands for its smallest member, otherwise normalising twice would undo itself.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>
#include <unicode/utrans.h>

#include "core/text_class.h"

#define CODE_POINTS 0x110000
#define BLOCK ((size_t)1 << TEXT_BLOCK_BITS)
#define PAGES (CODE_POINTS / BLOCK)

static const UNormalizer2 *nfkc;
static UChar32 simplified[CODE_POINTS];
static uint32_t entry[CODE_POINTS];
static uint16_t page[PAGES];

static void check(UErrorCode e, const char *what) {
    if (U_SUCCESS(e)) return;
    fprintf(stderr, "t2s: %s: %s\n", what, u_errorName(e));
    exit(1);
}

/* The only code point of s, or -1 when there are none or several. */
static UChar32 only(const UChar *s, int32_t n) {
    if (n == 1) return s[0];
    return n == 2 && U16_IS_LEAD(s[0]) ? U16_GET_SUPPLEMENTARY(s[0], s[1]) : -1;
}

static void read_transliterator(void) {
    for (UChar32 c = 0; c < CODE_POINTS; c++) simplified[c] = c;
    UErrorCode e = U_ZERO_ERROR;
    UTransliterator *t =
        utrans_openU(u"Traditional-Simplified", -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    check(e, "Traditional-Simplified");
    USet *source = utrans_getSourceSet(t, false, NULL, &e);
    check(e, "source set");
    for (int32_t k = 0; k < uset_size(source); k++) {
        UChar32 c = uset_charAt(source, k);
        if (c < 0) continue; /* a string: context, of no use here */
        UChar s[32];
        int32_t n = 0, limit;
        U16_APPEND_UNSAFE(s, n, c);
        limit = n;
        utrans_transUChars(t, s, &n, 32, 0, &limit, &e);
        check(e, "transliterate");
        UChar32 to = only(s, n);
        if (to >= 0) simplified[c] = to;
    }
    uset_close(source);
    utrans_close(t);
}

static UChar32 simplify(UChar32 c) {
    UChar32 end = c;
    for (int steps = 0; steps < 8 && simplified[end] != end; steps++)
        end = simplified[end];
    UChar32 least = end;
    for (UChar32 k = simplified[end]; k != end; k = simplified[k])
        least = k < least ? k : least;
    return least;
}

/* Steps 2 and 3. U+301C and U+3030 are dashes to Unicode; the first is a tilde to us. */
static UChar32 unify(UChar32 c) {
    if (c == 0x301C || c == 0x223C) return '~';
    if (c == 0x2212 || u_charType(c) == U_DASH_PUNCTUATION) return '-';
    return c == 0xD7 ? 'x' : simplify(c);
}

static uint32_t class_of(UChar32 c) {
    UErrorCode e = U_ZERO_ERROR;
    if (u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR) return TEXT_SPACE;
    if (uscript_getScript(c, &e) == USCRIPT_HAN || c == 0x3007) return TEXT_HAN;
    return U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK) ? TEXT_WORD : 0;
}

static uint32_t entry_of(UChar32 c) {
    UErrorCode e = U_ZERO_ERROR;
    UChar in[2], out[64];
    int32_t n = 0;
    if (U_IS_SURROGATE((uint32_t)c)) return 0;
    U16_APPEND_UNSAFE(in, n, c);
    n = unorm2_normalize(nfkc, in, n, out, 64, &e);
    check(e, "normalise");
    if (n == 0) return TEXT_NOTHING | TEXT_JOINS | TEXT_SEVERAL;
    if (!unorm2_hasBoundaryBefore(nfkc, c)) return TEXT_JOINS | class_of(c);
    UChar32 to = only(out, n);
    if (to < 0) return TEXT_SEVERAL | class_of(c);
    to = unify(to);
    return (uint32_t)(to ^ c) << TEXT_FLAG_BITS | class_of(to);
}

int main(void) {
    UErrorCode e = U_ZERO_ERROR;
    nfkc = unorm2_getNFKCCasefoldInstance(&e);
    check(e, "NFKC_Casefold");
    read_transliterator();
    for (UChar32 c = 0; c < CODE_POINTS; c++) entry[c] = entry_of(c);

    /* Equal blocks are kept once: first[] holds the page that first had each. */
    static size_t first[PAGES];
    size_t blocks = 0;
    for (size_t p = 0; p < PAGES; p++) {
        size_t k = 0;
        while (k < blocks && memcmp(&entry[first[k] * BLOCK], &entry[p * BLOCK],
                                    BLOCK * sizeof entry[0]) != 0)
            k++;
        if (k == blocks) first[blocks++] = p;
        page[p] = (uint16_t)k;
    }
    printf("/* Made by core/gen/t2s.c from ICU %s, Unicode %s. */\n", U_ICU_VERSION,
           U_UNICODE_VERSION);
    printf("const uint16_t text_page[%zu] = {", PAGES);
    for (size_t p = 0; p < PAGES; p++)
        printf("%s%u,", p % 24 ? "" : "\n", (unsigned)page[p]);
    printf("\n};\nconst uint32_t text_block[%zu][%zu] = {", blocks, BLOCK);
    for (size_t k = 0; k < blocks; k++) {
        printf("\n{");
        for (size_t i = 0; i < BLOCK; i++)
            printf("%s0x%X,", i && i % 16 == 0 ? "\n" : "",
                   (unsigned)entry[first[k] * BLOCK + i]);
        printf("},");
    }
    printf("\n};\n");
    return ferror(stdout) || fflush(stdout) != 0;
}
