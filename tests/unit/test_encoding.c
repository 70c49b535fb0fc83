/* Encodings: names, what is found in a file, and what comes out of it with its place. */
#include "indexer/encoding.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unicode/ucnv.h>
#include <unistd.h>

#include <cmocka.h>

static int file_of(const void *p, size_t n) {
    int fd = memfd_create("text", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    return fd;
}

static void names(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int e;
    } known[] = {
        {"UTF-8", ENCODING_UTF8},
        {"utf8", ENCODING_UTF8},
        {"utf-16", ENCODING_UTF16LE},
        {"UTF_16BE", ENCODING_UTF16BE},
        {"gbk", ENCODING_GB18030},
        {"GB2312", ENCODING_GB18030},
        {"gb-18030", ENCODING_GB18030},
        {"CP936", ENCODING_GB18030},
        {"latin1", -1},
        {"", -1},
        {"utf-8 and more than that", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        assert_int_equal(encoding_by_name(str_of(known[i].name)), known[i].e);
    for (int e = 0; e < ENCODING_COUNT; e++)
        assert_int_equal(encoding_by_name(str_of(encoding_name((enum encoding)e))), e);
}

/* The pieces of a file joined, each fault as <byte place>; checks that pieces follow each
 * other without a gap and end where they may. */
static void decode(int fd, enum encoding e, size_t bom, struct buf *out) {
    struct decoder *d;
    struct err err;
    assert_int_equal(decoder_open(fd, e, bom, &d, &err), STATUS_OK);
    int64_t at = (int64_t)bom;
    for (;;) {
        struct str s;
        bool bad;
        assert_int_equal(decoder_at(d), at);
        assert_int_equal(decoder_next(d, &s, &bad, &err), STATUS_OK);
        if (s.n == 0) break;
        struct str raw = decoder_raw(d);
        assert_true(raw.n > 0 && raw.n <= DECODER_PIECE);
        char again[16];
        size_t some = raw.n < sizeof again ? raw.n : sizeof again;
        assert_int_equal(pread(fd, again, some, at), some);
        assert_memory_equal(again, raw.p, some);
        at += (int64_t)raw.n;
        assert_int_equal(utf8_bad_at(s), s.n);
        for (size_t i = 0; i + 1 < s.n; i++)
            assert_false(s.p[i] == '\n' || (s.p[i] == '\r' && s.p[i + 1] != '\n'));
        if (!bad) {
            buf_add_str(out, s);
            continue;
        }
        assert_true(s.n >= 3 && memcmp(s.p + s.n - 3, "\xEF\xBF\xBD", 3) == 0);
        buf_add(out, s.p, s.n - 3);
        buf_add_f(out, "<%lld>", (long long)at);
    }
    decoder_close(d);
}

#define BYTES(z) z, sizeof(z) - 1
static const struct {
    enum encoding e;
    const char *bytes;
    size_t n;
    size_t bom;
    int64_t bad;
    const char *text;
} cases[] = {
    {ENCODING_UTF8, BYTES(""), 0, 0, ""},
    {ENCODING_UTF8, BYTES("plain\n"), 0, 0, "plain\n"},
    {ENCODING_UTF8, BYTES("煤矿\r\n𠀀\r"), 0, 0, "煤矿\r\n𠀀\r"},
    {ENCODING_UTF8, BYTES("\xEF\xBB\xBF煤"), 3, 0, "煤"},
    {ENCODING_UTF8, BYTES("\xEF\xBB\xBF\xC3\xBA"), 3, 0, "ú"},
    {ENCODING_UTF8, BYTES("\xEF\xBB\xBF\xC3,\xFF"), 3, 2, "<4>,<6>"},
    /* Damaged UTF-8 stays UTF-8, though it reads as GB18030. */
    {ENCODING_UTF8,
     BYTES("煤矿瓦斯抽采钻孔封孔关键技术与装备太原理工大学煤矿瓦斯抽采钻孔封\xE7\x9F"
           "孔关键技术与装备太原"),
     0, 1,
     "煤矿瓦斯抽采钻孔封孔关键技术与装备太原理工大学煤矿瓦斯抽采钻孔封<98>孔关键"
     "技术与装备太原"},
    {ENCODING_GB18030, BYTES("\xC3\xBA\xBF\xF3\r\n"), 0, 0, "煤矿\r\n"},
    {ENCODING_GB18030, BYTES("\x95\x32\x82\x36\x81\x30\x81\x30\xA2\xE3\x80"), 0, 0,
     "𠀀\xC2\x80€€"},
    {ENCODING_GB18030, BYTES("\x84\x31\x95\x33\xC3\xBA"), 4, 0, "煤"},
    {ENCODING_GB18030, BYTES("\x84\x31\xA4\x37\xC3\xBA"), 0, 0, "\xEF\xBF\xBD煤"},
    /* Fewer faults than UTF-8 would have; an ASCII byte is never swallowed. */
    {ENCODING_GB18030, BYTES("\xC3\xBA\xBF\xF3,\xC3,\xBF\xF3\xC3\xBA\xBF\xF3"), 0, 1,
     "煤矿,<6>,矿煤矿"},
    {ENCODING_GB18030, BYTES("\xC3\xBA\xBF\xF3\xC3\xBA\xBF\xF3\xC3"), 0, 1,
     "煤矿煤矿<9>"},
    {ENCODING_GB18030, BYTES("\xC3\xBA\xBF\xF3\xC3\xBA\xBF\xF3\x81\x30\x81,"), 0, 2,
     "煤矿煤矿<9>0<11>,"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFE\x64\x71\n\0"), 2, 0, "煤\n"},
    {ENCODING_UTF16BE, BYTES("\xFE\xFF\x71\x64\0\n"), 2, 0, "煤\n"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFE\x40\xD8\x00\xDC\x0A\0"), 2, 0, "𠀀\n"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFE\x40\xD8\x0A\0\x00\xDC"), 2, 2, "<4>\n<8>"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFE\x40\xD8"), 2, 1, "<4>"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFEx\0y"), 2, 1, "x<5>"},
    /* Without a mark. 一 has a zero byte on the wrong side. */
    {ENCODING_UTF16LE, BYTES("1\0,\0\x64\x71\x00\x4E\r\0\n\0"), 0, 0, "1,煤一\r\n"},
    {ENCODING_UTF16BE, BYTES("\0001\0,\x71\x64\x4E\x00\0\r\0\n"), 0, 0, "1,煤一\r\n"},
    {ENCODING_UTF16LE, BYTES("a\0,\0b\0\n\0"), 0, 0, "a,b\n"},
    {ENCODING_UTF16LE, BYTES("\xFF\xFE\x0A\x4E\x0D\x54\x0A\0"), 2, 0, "上名\n"},
};

static void finds_and_decodes(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fd = file_of(cases[i].bytes, cases[i].n);
        enum encoding e = ENCODING_COUNT;
        size_t bom = 99;
        int64_t bad = -1;
        struct err err;
        assert_int_equal(encoding_find(fd, NULL, &e, &bom, &bad, &err), STATUS_OK);
        if (e != cases[i].e || bom != cases[i].bom || bad != cases[i].bad)
            fail_msg("case %zu: %s, mark %zu, %lld bad", i, encoding_name(e), bom,
                     (long long)bad);
        struct buf out = buf_init(0);
        decode(fd, e, bom, &out);
        if (strcmp(buf_z(&out), cases[i].text) != 0)
            fail_msg("case %zu: %s", i, buf_z(&out));
        buf_done(&out);
        close(fd);
    }
}

/* NULs in text of one byte a character do not make it UTF-16. */
static void nuls_are_not_utf16(void **state) {
    (void)state;
    static const struct {
        enum encoding e;
        const char *bytes;
        size_t n;
    } texts[] = {
        {ENCODING_UTF8, BYTES("a\0b,c\n\0,\n")},
        {ENCODING_UTF8, BYTES("a,b\n1,2\n\0\0\0\0\0\0\0\0")},
        {ENCODING_GB18030, BYTES("\xC3\xBA\0,b\r\n1,\0\0\xBF\xF3\r\n")},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int fd = file_of(texts[i].bytes, texts[i].n);
        enum encoding e;
        size_t bom;
        int64_t bad;
        struct err err;
        assert_int_equal(encoding_find(fd, NULL, &e, &bom, &bad, &err), STATUS_OK);
        assert_int_equal(e, texts[i].e);
        assert_int_equal(bad, 0);
        close(fd);
    }
}

static void marks(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        enum encoding asked, is;
        size_t bom;
    } files[] = {
        {BYTES("\xFE\xFF\0a"), ENCODING_UTF16LE, ENCODING_UTF16BE, 2},
        {BYTES("\xFF\xFE"
               "a\0"),
         ENCODING_UTF16BE, ENCODING_UTF16LE, 2},
        {BYTES("a\0"), ENCODING_UTF16LE, ENCODING_UTF16LE, 0},
        {BYTES("\xEF\xBB\xBF"
               "a"),
         ENCODING_UTF8, ENCODING_UTF8, 3},
        {BYTES("\xEF\xBB\xBF"
               "a"),
         ENCODING_GB18030, ENCODING_GB18030, 0},
        {BYTES("\xFF\xFE"
               "a\0"),
         ENCODING_GB18030, ENCODING_GB18030, 0},
        {BYTES(""), ENCODING_UTF8, ENCODING_UTF8, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        int fd = file_of(files[i].bytes, files[i].n);
        enum encoding e = files[i].asked;
        size_t bom = 99;
        struct err err;
        assert_int_equal(encoding_mark(fd, &e, &bom, &err), STATUS_OK);
        assert_int_equal(e, files[i].is);
        assert_int_equal(bom, files[i].bom);
        close(fd);
    }
}

/* Every code point that ICU writes in GB 18030 comes back from its bytes. */
static void gb18030_agrees_with_icu(void **state) {
    (void)state;
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cv = ucnv_open("gb18030", &e);
    assert_true(U_SUCCESS(e));
    ucnv_setFromUCallBack(cv, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
    struct buf bytes = buf_init(0), text = buf_init(0), got = buf_init(0);
    size_t count = 0;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp >= 0xD800 && cp < 0xE000) continue;
        UChar u[2];
        int32_t n = 0;
        U16_APPEND_UNSAFE(u, n, cp);
        char out[8];
        UErrorCode f = U_ZERO_ERROR;
        int32_t k = ucnv_fromUChars(cv, out, sizeof out, u, n, &f);
        if (f != U_ZERO_ERROR) continue;
        char z[4];
        buf_add(&bytes, out, (size_t)k);
        buf_add(&text, z, utf8_put(cp, z));
        count++;
    }
    ucnv_close(cv);
    assert_true(count > 1111000);
    int64_t bad = -1;
    struct err err;
    assert_int_equal(
        encoding_convert(ENCODING_GB18030, buf_str(&bytes), &got, &bad, &err), STATUS_OK);
    assert_int_equal(bad, 0);
    assert_true(str_eq(buf_str(&got), buf_str(&text)));
    buf_done(&bytes);
    buf_done(&text);
    buf_done(&got);
}

/* What is no GB 18030: one fault, and how many bytes it takes. */
static void gb18030_faults(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
        int64_t bad;
    } wrong[] = {
        {BYTES("\xFFx"), "\xEF\xBF\xBDx", 1},
        {BYTES("\x81\x7F"), "\xEF\xBF\xBD\x7F", 1},
        {BYTES("\x81\xFF"), "\xEF\xBF\xBD\xEF\xBF\xBD", 2},
        {BYTES("\x81\x30"),
         "\xEF\xBF\xBD"
         "0",
         1},
        {BYTES("\x81\x30\x81"),
         "\xEF\xBF\xBD"
         "0\xEF\xBF\xBD",
         2},
        {BYTES("\x81\x30\x81\x41"),
         "\xEF\xBF\xBD"
         "0丄",
         1},
        /* well-formed, but no character: in a gap, beyond U+10FFFF */
        {BYTES("\x85\x30\x81\x30x"), "\xEF\xBF\xBDx", 1},
        {BYTES("\xE3\x32\x9A\x36x"), "\xEF\xBF\xBDx", 1},
        {BYTES("\xE3\x32\x9A\x35"), "\xF4\x8F\xBF\xBF", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct buf out = buf_init(0);
        int64_t bad = -1;
        struct err err;
        assert_int_equal(encoding_convert(ENCODING_GB18030,
                                          str_slice(wrong[i].bytes, wrong[i].n), &out,
                                          &bad, &err),
                         STATUS_OK);
        if (bad != wrong[i].bad || strcmp(buf_z(&out), wrong[i].text) != 0)
            fail_msg("case %zu: %lld bad, %s", i, (long long)bad, buf_z(&out));
        buf_done(&out);
    }
}

/* Lines, CR LF, characters and faults at every place around the borders of pieces and of
 * the buffer. */
static void borders(void **state) {
    (void)state;
    static const struct {
        enum encoding e;
        const char *bytes;
        size_t n;
        const char *filler;
        size_t nfiller;
        const char *text;
    } at[] = {
        {ENCODING_UTF8, BYTES("\r\n𠀀\xE7\x9F,煤\r"), "x", 1, "\r\n𠀀<>,煤\r"},
        {ENCODING_GB18030, BYTES("\r\n\x95\x32\x82\x36\x81,\xC3\xBA\r"), "x", 1,
         "\r\n𠀀<>,煤\r"},
        {ENCODING_UTF16LE, BYTES("\r\0\n\0\x40\xD8\x00\xDC\x00\xDC,\0\x64\x71\r\0"),
         "x\0", 2, "\r\n𠀀<>,煤\r"},
    };
    static const size_t border[] = {DECODER_PIECE, DECODER_PIECE * 4};
    for (size_t i = 0; i < ARRAY_LEN(at); i++)
        for (size_t b = 0; b < ARRAY_LEN(border); b++)
            for (size_t back = 0; back < 24; back++) {
                size_t units = (border[b] - back * at[i].nfiller) / at[i].nfiller;
                struct buf bytes = buf_init(0), want = buf_init(0), out = buf_init(0);
                for (size_t k = 0; k < units; k++)
                    buf_add(&bytes, at[i].filler, at[i].nfiller);
                buf_add(&bytes, at[i].bytes, at[i].n);
                for (size_t k = 0; k < units; k++) buf_add_char(&want, 'x');
                int fd = file_of(bytes.p, bytes.n);
                decode(fd, at[i].e, 0, &out);
                const char *lt = strchr(buf_z(&out), '<'), *gt = strchr(buf_z(&out), '>');
                if (!lt) fail_msg("%zu %zu %zu: %zu %zu", i, b, back, units, out.n);
                buf_add(&want, at[i].text,
                        (size_t)(strchr(at[i].text, '<') - at[i].text));
                assert_memory_equal(out.p, want.p, want.n);
                assert_int_equal(lt - out.p, want.n);
                assert_string_equal(gt, strchr(at[i].text, '>'));
                close(fd);
                buf_done(&bytes);
                buf_done(&want);
                buf_done(&out);
            }
}

static void seeks(void **state) {
    (void)state;
    struct buf bytes = buf_init(0);
    for (int i = 0; i < 100000; i++) buf_add_f(&bytes, "%07d\n", i);
    int fd = file_of(bytes.p, bytes.n);
    struct decoder *d;
    struct err err;
    struct str s;
    bool bad;
    assert_int_equal(decoder_open(fd, ENCODING_UTF8, 0, &d, &err), STATUS_OK);
    static const int lines[] = {0, 5, 99999, 3, 50000, 50001, 49999, 80000, 20000, 99998};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        decoder_seek(d, (int64_t)lines[i] * 8);
        for (int k = lines[i]; k < 100000 && k < lines[i] + 40000; k++) {
            assert_int_equal(decoder_next(d, &s, &bad, &err), STATUS_OK);
            assert_int_equal(s.n, 8);
            char want[16];
            snprintf(want, sizeof want, "%07d\n", k);
            assert_memory_equal(s.p, want, 8);
        }
    }
    decoder_seek(d, (int64_t)bytes.n);
    assert_int_equal(decoder_next(d, &s, &bad, &err), STATUS_OK);
    assert_int_equal(s.n, 0);
    decoder_close(d);
    close(fd);
    buf_done(&bytes);
}

static void stops(void **state) {
    (void)state;
    int fd = file_of(BYTES("a,b\n"));
    const volatile int stop = 1;
    enum encoding e = ENCODING_COUNT;
    size_t bom;
    int64_t bad;
    struct err err;
    assert_int_equal(encoding_find(fd, &stop, &e, &bom, &bad, &err), STATUS_INTERRUPTED);
    assert_int_equal(e, ENCODING_COUNT);
    close(fd);
    assert_int_equal(encoding_find(-1, NULL, &e, &bom, &bad, &err), STATUS_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(finds_and_decodes),
        cmocka_unit_test(nuls_are_not_utf16),
        cmocka_unit_test(marks),
        cmocka_unit_test(gb18030_agrees_with_icu),
        cmocka_unit_test(gb18030_faults),
        cmocka_unit_test(borders),
        cmocka_unit_test(seeks),
        cmocka_unit_test(stops),
    };
    return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
