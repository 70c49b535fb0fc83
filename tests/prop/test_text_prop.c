/* Matching text against a slow second reading of its rule: ICU over the whole string,
 * then one naive pass a step, over arrays of code points. */
#include "core/text.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include <cmocka.h>

#define MAX_CP 400
#define ROUNDS 6000

static UTransliterator *t2s;

static uint64_t seed = 20260120;
static uint32_t any_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % n);
}

/* --- the reference ----------------------------------------------------------------- */

struct cps {
    uint32_t at[32 * MAX_CP];
    size_t n;
};

static bool ref_han(uint32_t c) {
    UErrorCode e = U_ZERO_ERROR;
    return uscript_getScript((UChar32)c, &e) == USCRIPT_HAN || c == 0x3007;
}
static bool ref_word(uint32_t c) {
    return !ref_han(c) &&
           (U_GET_GC_MASK((UChar32)c) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}
static bool ref_space(uint32_t c) {
    return u_isUWhiteSpace((UChar32)c) || u_charType((UChar32)c) == U_CONTROL_CHAR;
}

static uint32_t ref_simplify(uint32_t c) {
    if (c == 0x85B4 || c == 0x82E7 || c == 0x82CE) return 0x82CE;
    /* Everything that the transliterator changes lies here; asking it is slow. */
    if (c < 0x3000 || c > 0x9FFF) return c;
    UChar s[8] = {(UChar)c};
    int32_t n = 1, limit = 1;
    UErrorCode e = U_ZERO_ERROR;
    utrans_transUChars(t2s, s, &n, 8, 0, &limit, &e);
    assert_true(U_SUCCESS(e) && n == 1);
    return s[0];
}

static uint32_t ref_unify(uint32_t c) {
    if (c == 0x301C || c == 0x223C || c == 0xFF5E) return '~';
    if (c == 0x2212 || u_charType((UChar32)c) == U_DASH_PUNCTUATION) return '-';
    return c;
}

static void ref_normalise(struct str in, struct buf *out) {
    static UChar u[8 * MAX_CP], v[64 * MAX_CP];
    static struct cps a;
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(u, ARRAY_LEN(u), &n, in.p, (int32_t)in.n, &e);
    for (int32_t i = 0; i < n; i++) u[i] = u[i] == 0xD7 ? 'x' : u[i];
    int32_t m =
        unorm2_normalize(unorm2_getNFKCCasefoldInstance(&e), u, n, v, ARRAY_LEN(v), &e);
    assert_true(U_SUCCESS(e));
    a.n = 0;
    for (int32_t i = 0; i < m;) {
        uint32_t c = v[i++];
        if (U16_IS_LEAD(c)) c = (uint32_t)U16_GET_SUPPLEMENTARY(c, v[i++]);
        a.at[a.n++] = ref_unify(ref_simplify(c));
    }
    size_t end = a.n, i = 0;
    while (end > 0 && ref_space(a.at[end - 1])) end--;
    while (i < end && ref_space(a.at[i])) i++;
    while (i < end) {
        if (ref_space(a.at[i])) {
            size_t j = i;
            while (ref_space(a.at[j])) j++;
            if (!ref_han(a.at[i - 1]) && !ref_han(a.at[j])) buf_add_char(out, ' ');
            i = j;
            continue;
        }
        char z[4];
        buf_add(out, z, utf8_put(a.at[i++], z));
    }
}

static size_t decode(struct str s, uint32_t *cp, size_t *offset) {
    size_t n = 0;
    for (const char *p = s.p, *end = p + s.n; p < end;) {
        offset[n] = (size_t)(p - s.p);
        p = utf8_next(p, end, &cp[n++]);
    }
    offset[n] = s.n;
    return n;
}

static size_t ref_find(struct str t, struct str needle, size_t at) {
    static uint32_t a[64 * MAX_CP], b[64 * MAX_CP];
    static size_t off[64 * MAX_CP + 1], unused[64 * MAX_CP + 1];
    size_t n = decode(t, a, off), m = decode(needle, b, unused);
    for (size_t i = 0; m > 0 && i + m <= n; i++) {
        if (off[i] < at || memcmp(a + i, b, m * sizeof *a) != 0) continue;
        bool cut_left = i > 0 && ref_word(a[i - 1]) && ref_word(a[i]);
        bool cut_right = i + m < n && ref_word(a[i + m - 1]) && ref_word(a[i + m]);
        if (!cut_left && !cut_right) return off[i];
    }
    return SIZE_MAX;
}

/* --- random text ---------------------------------------------------------------------
 */

/* Ranges that a record may hold, the awkward ones over-represented. */
static const struct {
    uint32_t from, to;
} ranges[] = {
    {'a', 'e'},         {'A', 'Z'},         {'0', '9'},         {' ', '/'},
    {' ', ' '},         {' ', ' '},         {0x4E00, 0x9FFF},   {0x4E00, 0x9FFF},
    {0x74E6, 0x74F0},   {0x9EA0, 0x9FA0},   {0x7D00, 0x7EFF},   {0x3400, 0x4DBF},
    {0x20000, 0x20100}, {0x2F00, 0x2FD5},   {0xF900, 0xFAFF},   {0x2F800, 0x2FA1D},
    {0x3000, 0x303F},   {0xFF00, 0xFFEF},   {0x3040, 0x30FF},   {0x3099, 0x309A},
    {0x1100, 0x11FF},   {0xAC00, 0xAC40},   {0x0300, 0x0345},   {0x00A0, 0x017F},
    {0x0370, 0x03FF},   {0x2000, 0x206F},   {0x2070, 0x209F},   {0x2100, 0x218F},
    {0x2200, 0x2250},   {0x2460, 0x24FF},   {0x3200, 0x33FF},   {0xFB00, 0xFB4F},
    {0xFDF0, 0xFDFF},   {0xFE00, 0xFE6F},   {0xE0100, 0xE01EF}, {0x0000, 0x001F},
    {0x007F, 0x009F},   {0x0900, 0x0DFF},   {0x0E00, 0x0FFF},   {0x1E00, 0x1FFF},
    {0xA640, 0xA69F},   {0x1D400, 0x1D7FF}, {0xE000, 0xE010},   {0x0080, 0xD7FF},
    {0xE000, 0x10FFFF}, {0xD7, 0xD7},       {0xB5, 0xB5},       {0x200B, 0x200D},
    {0xFEFF, 0xFEFF},   {0xAD, 0xAD},       {0x034F, 0x034F},   {0x85B4, 0x85B4},
};

static void add_cp(struct buf *b, uint32_t cp) {
    char z[4];
    buf_add(b, z, utf8_put(cp, z));
}

static void random_text(struct buf *b, uint32_t max_cp) {
    uint32_t n = any_below(max_cp + 1), only = any_below(3);
    size_t few[3];
    for (size_t i = 0; i < ARRAY_LEN(few); i++) few[i] = any_below(ARRAY_LEN(ranges));
    while (n-- > 0) {
        size_t k = only ? few[any_below(ARRAY_LEN(few))] : any_below(ARRAY_LEN(ranges));
        add_cp(b, ranges[k].from + any_below(ranges[k].to - ranges[k].from + 1));
    }
}

/* --- checks --------------------------------------------------------------------------
 */

static void show(const char *what, struct str s) {
    fprintf(stderr, "%s:", what);
    for (const char *p = s.p, *end = p + s.n; p < end;) {
        uint32_t c;
        p = utf8_next(p, end, &c);
        fprintf(stderr, " %X", (unsigned)c);
    }
    fputc('\n', stderr);
}

static void expect_same(struct str in, struct str got, struct str want, const char *why) {
    if (str_eq(got, want)) return;
    show("original", in);
    show("got", got);
    show("expected", want);
    fail_msg("%s", why);
}

static void check_map(struct str in, struct str norm, const struct text_map *m) {
    assert_int_equal(m->n, norm.n);
    for (size_t i = 0; i < m->n; i++) {
        assert_true(m->from[i] < m->to[i] && m->to[i] <= in.n);
        if (i > 0) assert_true(m->from[i] >= m->from[i - 1] && m->to[i] >= m->to[i - 1]);
        /* Both ends stand between characters of the original. */
        assert_true((in.p[m->from[i]] & 0xC0) != 0x80);
        assert_true(m->to[i] == in.n || (in.p[m->to[i]] & 0xC0) != 0x80);
    }
}

/* The original under a slice of the result has that slice in its own matching text. */
static void check_slice(struct str in, struct str norm, const struct text_map *m) {
    static uint32_t cp[64 * MAX_CP];
    static size_t off[64 * MAX_CP + 1];
    size_t n = decode(norm, cp, off);
    if (n == 0) return;
    size_t i = any_below((uint32_t)n), j = i + any_below((uint32_t)(n - i));
    if (cp[i] == ' ' || cp[j] == ' ') return;
    struct str slice = str_slice(norm.p + off[i], off[j + 1] - off[i]);
    uint32_t from = m->from[off[i]], to = m->to[off[j + 1] - 1];
    struct buf b = buf_init(0);
    assert_int_equal(text_normalise(str_slice(in.p + from, to - from), &b, NULL, NULL),
                     STATUS_OK);
    if (!memmem(b.p, b.n, slice.p, slice.n)) {
        show("original", in);
        show("slice", slice);
        show("again", buf_str(&b));
        fail_msg("the map points elsewhere");
    }
    buf_done(&b);
}

static void check_one(struct str in, struct text_map *map) {
    struct buf ref = buf_init(0), plain = buf_init(0), mapped = buf_init(0),
               twice = buf_init(0);
    ref_normalise(in, &ref);
    assert_int_equal(text_normalise(in, &plain, NULL, NULL), STATUS_OK);
    expect_same(in, buf_str(&plain), buf_str(&ref), "not the rule");
    assert_int_equal(utf8_bad_at(buf_str(&plain)), plain.n);
    buf_add_z(&mapped, "前");
    assert_int_equal(text_normalise(in, &mapped, map, NULL), STATUS_OK);
    assert_memory_equal(mapped.p, "前", 3);
    struct str norm = str_slice(mapped.p + 3, mapped.n - 3);
    expect_same(in, norm, buf_str(&ref), "another text with the map");
    check_map(in, norm, map);
    check_slice(in, norm, map);
    assert_int_equal(text_normalise(buf_str(&plain), &twice, NULL, NULL), STATUS_OK);
    expect_same(in, buf_str(&twice), buf_str(&plain), "not idempotent");
    buf_done(&ref);
    buf_done(&plain);
    buf_done(&mapped);
    buf_done(&twice);
}

static void every_code_point_alone_and_in_company(void **state) {
    (void)state;
    static const uint32_t after[] = {0,      0x308,   0x3099, 0x338,
                                     0x1161, 0xE0100, 0x20,   0x4E2D};
    struct text_map map = {0};
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        if (cp == 0xD800) cp = 0xE000;
        /* The planes behind the third are empty but for tags and private use. */
        if (cp > 0x323B0 && cp < 0xE0000) cp = 0xE0000;
        if (cp > 0xE0200 && cp % 4096) continue;
        bool dull = (cp >= 0xAC00 && cp < 0xD7A4) || cp >= 0x20000 ||
                    (cp >= 0x17000 && cp < 0x18D00) || (cp >= 0xE000 && cp < 0xF900);
        struct buf b = buf_init(0);
        /* Latin with each companion, the rest with one by turns. */
        size_t k = dull ? 0 : cp % ARRAY_LEN(after);
        for (size_t i = cp < 0x300 ? 0 : k; i < ARRAY_LEN(after);
             i += cp < 0x300 ? 1 : 99) {
            buf_clear(&b);
            add_cp(&b, cp);
            if (i) add_cp(&b, after[i]);
            if (!dull || cp % 16 == 0) check_one(buf_str(&b), &map);
        }
        struct buf norm = buf_init(0);
        buf_clear(&b);
        add_cp(&b, cp);
        assert_int_equal(text_normalise(buf_str(&b), &norm, NULL, NULL), STATUS_OK);
        if (str_eq(buf_str(&norm), buf_str(&b)) &&
            (text_is_han(cp) != ref_han(cp) || text_is_word(cp) != ref_word(cp)))
            fail_msg("class of U+%04X", (unsigned)cp);
        buf_done(&norm);
        buf_done(&b);
    }
    assert_false(text_is_han(0x110000) || text_is_word(UINT32_MAX));
    text_map_done(&map);
}

static void random_texts_follow_the_rule(void **state) {
    (void)state;
    struct text_map map = {0};
    struct buf b = buf_init(0);
    for (int i = 0; i < ROUNDS; i++) {
        buf_clear(&b);
        random_text(&b, i % 50 ? 24 : MAX_CP);
        check_one(buf_str(&b), &map);
    }
    buf_done(&b);
    text_map_done(&map);
}

static void random_bytes_are_refused_or_read(void **state) {
    (void)state;
    static const char likely[] = "a \xE4\xB8\xAD\xCC\x88\xF0\xA0\x80\x80\xC3\x97";
    struct text_map map = {0};
    struct buf out = buf_init(0);
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
        size_t n = any_below(48);
        char *s = malloc(n + 1); /* its own block: reading past it is seen */
        for (size_t k = 0; k < n; k++)
            s[k] = any_below(4) ? likely[any_below(sizeof likely - 1)]
                                : (char)any_below(256);
        struct str in = str_slice(s, n);
        buf_clear(&out);
        buf_add_z(&out, "kept");
        struct err err;
        bool good = utf8_bad_at(in) == n;
        enum status st = text_normalise(in, &out, i % 2 ? &map : NULL, &err);
        assert_int_equal(st, good ? STATUS_OK : STATUS_INVALID);
        if (!good) {
            refused++;
            assert_string_equal(out.p, "kept");
            assert_true(i % 2 == 0 || map.n == 0);
        }
        free(s);
    }
    assert_in_range(refused, ROUNDS / 4, ROUNDS - 1);
    buf_done(&out);
    text_map_done(&map);
}

/* Small alphabets, so that most needles occur and most occurrences touch a token. */
static void find_text(struct buf *b, uint32_t max_cp) {
    static const uint32_t alphabet[] = {'a',    'b',  'a',   '1',  ' ',     '-',   0x4E2D,
                                        0x56FD, 0xE9, 0x301, '\n', 0x20000, 0xAC00};
    uint32_t n = any_below(max_cp + 1), kinds = 2 + any_below(ARRAY_LEN(alphabet) - 1);
    for (uint32_t i = 0; i < n; i++) add_cp(b, alphabet[any_below(kinds)]);
}

static void find_is_the_brute_force_search(void **state) {
    (void)state;
    struct buf t = buf_init(0), needle = buf_init(0);
    int found = 0;
    for (int i = 0; i < 4 * ROUNDS; i++) {
        buf_clear(&t);
        buf_clear(&needle);
        find_text(&t, 40);
        find_text(&needle, 4);
        size_t at = 0;
        for (size_t last = 0; at != SIZE_MAX; last = at + 1) {
            size_t want = ref_find(buf_str(&t), buf_str(&needle), last);
            /* `at` is a character border: ask from the next one. */
            while (last < t.n && (t.p[last] & 0xC0) == 0x80) last++;
            at = text_find(buf_str(&t), buf_str(&needle), last);
            if (at != want) {
                show("text", buf_str(&t));
                show("needle", buf_str(&needle));
                fail_msg("found at %zd, expected %zd", (ssize_t)at, (ssize_t)want);
            }
            found += at != SIZE_MAX;
            if (at != SIZE_MAX)
                assert_true(text_is_whole(buf_str(&t), at, at + needle.n));
        }
    }
    assert_in_range(found, ROUNDS / 2, 100 * ROUNDS);
    buf_done(&t);
    buf_done(&needle);
}

static int open_reference(void **state) {
    (void)state;
    UErrorCode e = U_ZERO_ERROR;
    t2s = utrans_openU(u"Traditional-Simplified", -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    return U_SUCCESS(e) ? 0 : -1;
}

static int close_reference(void **state) {
    (void)state;
    utrans_close(t2s);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_alone_and_in_company),
        cmocka_unit_test(random_texts_follow_the_rule),
        cmocka_unit_test(random_bytes_are_refused_or_read),
        cmocka_unit_test(find_is_the_brute_force_search),
    };
    return cmocka_run_group_tests_name("text properties", tests, open_reference,
                                       close_reference);
}
