#include "core/analyse.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

#define ROUNDS 3000

static struct terms *set;

static int new_set(void **state) {
    (void)state;
    return terms_new(&set, NULL) == STATUS_OK ? 0 : -1;
}

static int free_set(void **state) {
    (void)state;
    terms_free(set);
    return 0;
}

static void add(const char *norm, const char *prefix, uint32_t wdf) {
    assert_int_equal(terms_add(set, str_of(norm), prefix, wdf, NULL), STATUS_OK);
}

/* "term:wdf term:wdf …" of all that the set holds. */
static void expect(const char *want) {
    const struct term *terms;
    size_t n;
    struct buf b = buf_init(0);
    assert_int_equal(terms_sorted(set, &terms, &n, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add_str(&b, terms[i].text);
        buf_add_f(&b, ":%u", (unsigned)terms[i].wdf);
    }
    assert_string_equal(buf_z(&b), want);
    buf_done(&b);
}

/* The characters in order of arrival, named ones after an X. */
static void expect_chars(const char *want) {
    const uint32_t *key;
    size_t n;
    struct buf b = buf_init(0);
    terms_chars(set, &key, &n);
    assert_non_null(key);
    for (size_t i = 0; i < n; i++) {
        char z[4];
        if (i) buf_add_char(&b, ' ');
        if (key[i] & ANALYSE_NAMED) buf_add_char(&b, 'X');
        buf_add(&b, z, utf8_put(key[i] & ~ANALYSE_NAMED, z));
    }
    assert_string_equal(buf_z(&b), want);
    buf_done(&b);
}

static void counts_bigrams_and_tokens(void **state) {
    (void)state;
    terms_clear(set);
    expect("");
    expect_chars("");
    assert_int_equal(terms_length(set), 0);
    add("瓦斯", "", 1);
    expect("瓦斯:1");
    add("瓦瓦瓦", "", 1); /* another value: no bigram across */
    expect("瓦斯:1 瓦瓦:2");
    expect_chars("瓦 斯");
    assert_int_equal(terms_length(set), 8); /* characters count in the length */
    terms_clear(set);
    add("3d-var 3d 煤-煤 b煤é", "", 2);
    expect("3d:4 b:2 var:2 é:2");
    expect_chars("煤");
    terms_clear(set);
    add("煤，矿", "", 1);
    add("《》-- ", "", 1);
    add("", "", 1);
    expect("");
    expect_chars("煤 矿");
    terms_clear(set);
    expect_chars("");
}

static void one_character_has_a_key(void **state) {
    (void)state;
    static const struct {
        const char *term;
        uint32_t key;
    } cases[] = {{"煤", 0x7164},  {"X煤", ANALYSE_NAMED | 0x7164},
                 {"𠀀", 0x20000}, {"〇", 0x3007},
                 {"煤矿", 0},     {"X煤矿", 0},
                 {"a", 0},        {"X", 0},
                 {"Xa", 0},       {"", 0},
                 {"XX煤", 0},     {"煤a", 0},
                 {"é", 0},        {"Q煤", 0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(terms_char_key(str_of(cases[i].term)), cases[i].key);
}

static void restricted_fields_carry_their_prefix(void **state) {
    (void)state;
    terms_clear(set);
    add("煤矿 lng", "X", 1);
    add("煤", "", 1);
    expect("Xlng:1 X煤矿:1");
    expect_chars("X煤 X矿 煤");
    assert_int_equal(terms_length(set), 5);
    terms_clear(set);
    add("煤 lng", "X", 0);
    expect("Xlng:0");
    expect_chars("X煤");
    assert_int_equal(terms_length(set), 0);
    struct err err;
    assert_int_equal(terms_add(set, str_of("煤"), "0123456789ABCDEF", 1, NULL),
                     STATUS_OK);
    assert_int_equal(terms_add(set, str_of("煤"), "0123456789ABCDEFG", 1, &err),
                     STATUS_LIMIT);
}

static void long_tokens_are_cut_at_a_border(void **state) {
    (void)state;
    char token[100];
    memset(token, 'a', sizeof token);
    token[99] = 0;
    terms_clear(set);
    add(token, "0123456789ABCDEF", 1);
    const struct term *terms;
    size_t n;
    assert_int_equal(terms_sorted(set, &terms, &n, NULL), STATUS_OK);
    assert_int_equal(n, 1);
    assert_int_equal(terms[0].text.n, 16 + ANALYSE_MAX_TOKEN);
    memcpy(token + 63, "é", 2);
    terms_clear(set);
    add(token, "", 1);
    assert_int_equal(terms_sorted(set, &terms, &n, NULL), STATUS_OK);
    assert_int_equal(n, 1);
    assert_int_equal(terms[0].text.n, 63);
}

static void ready_terms_are_checked(void **state) {
    (void)state;
    char large[ANALYSE_MAX_TERM + 1];
    memset(large, 'Q', sizeof large);
    terms_clear(set);
    static const char *bad[] = {"", "Qa\nb", "\x7F", "Q\x1F"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(terms_add_one(set, str_of(bad[i]), 1, NULL), STATUS_LIMIT);
    assert_int_equal(terms_add_one(set, str_slice("a\0b", 3), 1, NULL), STATUS_LIMIT);
    assert_int_equal(terms_add_one(set, str_slice(large, sizeof large), 1, NULL),
                     STATUS_LIMIT);
    expect("");
    assert_int_equal(terms_add_one(set, str_slice(large, ANALYSE_MAX_TERM), 0, NULL),
                     STATUS_OK);
    terms_clear(set);
    /* A ready term and an analysed one that read alike are one term. */
    add("瓦斯", "", 1);
    static const char *good[] = {"瓦斯", "瓦", "Q9142025Y0123", "瓦斯抽", "瓦a"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        assert_int_equal(terms_add_one(set, str_of(good[i]), 2, NULL), STATUS_OK);
    expect("Q9142025Y0123:2 瓦:2 瓦a:2 瓦斯:3 瓦斯抽:2");
    expect_chars("瓦 斯");
    assert_int_equal(terms_length(set), 13);
}

static void counts_stop_at_their_maximum(void **state) {
    (void)state;
    terms_clear(set);
    add("煤", "", UINT32_MAX - 1);
    add("煤 煤 a", "", 1);
    add("a", "", UINT32_MAX);
    expect("a:4294967295");
    assert_int_equal(terms_length(set), UINT32_MAX);
}

/* More distinct terms than the first table holds, twice: growing, clearing, order. */
static void many_terms(void **state) {
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct buf b = buf_init(0);
        terms_clear(set);
        for (uint32_t i = 0; i < 20000; i++) {
            char z[4];
            buf_add(&b, z, utf8_put(0x4E00 + i, z));
            if (i % 4 == 0) buf_add_f(&b, "t%u", (unsigned)i);
        }
        assert_int_equal(terms_add(set, buf_str(&b), "", 1, NULL), STATUS_OK);
        const struct term *terms;
        size_t n;
        assert_int_equal(terms_sorted(set, &terms, &n, NULL), STATUS_OK);
        assert_int_equal(n, 15000 - 1 + 5000);
        const uint32_t *key;
        size_t nkeys;
        terms_chars(set, &key, &nkeys);
        assert_int_equal(nkeys, 20000);
        for (size_t i = 1; i < n; i++)
            assert_true(str_cmp(terms[i - 1].text, terms[i].text) < 0);
        buf_done(&b);
    }
    terms_clear(set);
    add("煤", "", 1);
    expect_chars("煤");
}

/* "term term …" and whether the literal is exact. */
static void expect_literal(const char *norm, const char *prefix, const char *want,
                           bool exact) {
    void *ctx = talloc_new(NULL);
    struct literal lit = {0};
    struct buf b = buf_init(0);
    assert_int_equal(analyse_literal(ctx, str_of(norm), prefix, &lit, NULL), STATUS_OK);
    for (size_t i = 0; i < lit.n; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add_str(&b, lit.terms[i]);
        assert_int_equal(strlen(lit.terms[i].p), lit.terms[i].n);
    }
    assert_string_equal(buf_z(&b), want);
    assert_int_equal(lit.exact, exact);
    buf_done(&b);
    talloc_free(ctx);
}

static void literals(void **state) {
    (void)state;
    expect_literal("瓦斯", "", "瓦斯", true);
    expect_literal("泵", "", "泵", true);
    expect_literal("lng", "", "lng", true);
    expect_literal("瓦斯抽采", "", "瓦斯 斯抽 抽采", false);
    expect_literal("瓦瓦瓦", "", "瓦瓦", false);
    expect_literal("3d-var", "", "3d var", false);
    expect_literal("(瓦斯)", "", "瓦斯", false);
    expect_literal("lng-", "", "lng", false);
    expect_literal("lng lng", "", "lng", false);
    expect_literal("泵-泵", "", "泵", false);
    expect_literal("煤b煤矿c泵", "", "煤 b 煤矿 c 泵", false);
    expect_literal("煤b煤", "", "煤 b", false);
    expect_literal("瓦斯", "X", "X瓦斯", true);
    expect_literal("泵lng", "XA", "XA泵 XAlng", false);

    char token[ANALYSE_MAX_TOKEN + 2], cut[ANALYSE_MAX_TOKEN + 1];
    memset(token, 'a', sizeof token);
    memset(cut, 'a', sizeof cut);
    token[ANALYSE_MAX_TOKEN + 1] = cut[ANALYSE_MAX_TOKEN] = 0;
    expect_literal(cut, "", cut, true);
    expect_literal(token, "", cut, false);
}

static void literals_that_cannot_be_searched(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    struct literal lit = {.n = 77};
    static const char *bad[] = {"", "-", "《》", " ,. "};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(analyse_literal(ctx, str_of(bad[i]), "", &lit, NULL),
                         STATUS_INVALID);
    char *large = talloc_size(ctx, ANALYSE_MAX_LITERAL + 1);
    memset(large, 'a', ANALYSE_MAX_LITERAL + 1);
    assert_int_equal(
        analyse_literal(ctx, str_slice(large, ANALYSE_MAX_LITERAL + 1), "", &lit, NULL),
        STATUS_LIMIT);
    assert_int_equal(analyse_literal(ctx, str_of("a"), "0123456789ABCDEFG", &lit, NULL),
                     STATUS_LIMIT);
    assert_int_equal(lit.n, 77);
    talloc_free(large);
    assert_int_equal(talloc_total_blocks(ctx), 1); /* nothing left behind */
    talloc_free(ctx);
}

/* --- the set and literals against slow readings of the same sentences ----------------
 */

static uint64_t seed = 20260120;
static uint32_t any_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % n);
}

static void random_norm(struct buf *b, uint32_t max_cp) {
    static const char *alphabet[] = {"煤", "矿", "a", "b",  "-", " ",
                                     "瓦", "𠀀", "é", "〇", "1"};
    uint32_t kinds = 2 + any_below(ARRAY_LEN(alphabet) - 1);
    for (uint32_t n = any_below(max_cp + 1); n > 0; n--)
        buf_add_z(b, alphabet[any_below(kinds)]);
}

static uint32_t cp_at(struct str s, size_t at, size_t *next) {
    uint32_t cp;
    *next = (size_t)(utf8_next(s.p + at, s.p + s.n, &cp) - s.p);
    return cp;
}

/* How often `term` is a term of `s`, by trying each slice. */
static uint32_t ref_count(struct str s, struct str term) {
    uint32_t n = 0;
    for (size_t a = 0, b; a < s.n; a = b) {
        uint32_t first = cp_at(s, a, &b);
        if (s.n - a < term.n || memcmp(s.p + a, term.p, term.n) != 0) continue;
        n += text_is_han(first) || text_is_whole(s, a, a + term.n);
    }
    return n;
}

static void random_values_are_counted_right(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    for (int i = 0; i < ROUNDS; i++) {
        const struct term *terms;
        size_t n;
        uint64_t sum = 0;
        buf_clear(&b);
        random_norm(&b, 40);
        terms_clear(set);
        assert_int_equal(terms_add(set, buf_str(&b), "", 1, NULL), STATUS_OK);
        assert_int_equal(terms_sorted(set, &terms, &n, NULL), STATUS_OK);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(terms[k].wdf, ref_count(buf_str(&b), terms[k].text));
            sum += terms[k].wdf;
            assert_true(k == 0 || str_cmp(terms[k - 1].text, terms[k].text) < 0);
        }
        /* Nothing is missing: one term a pair, a token; each character in the set, once,
         * and in the length as often as it stands there. */
        uint64_t want = 0, chars = 0;
        const uint32_t *key;
        size_t nkeys;
        terms_chars(set, &key, &nkeys);
        for (size_t k = 0; k < nkeys; k++) {
            char z[4];
            uint32_t times = ref_count(buf_str(&b), str_slice(z, utf8_put(key[k], z)));
            assert_true(times > 0);
            chars += times;
        }
        bool han_before = false, word_before = false;
        for (size_t at = 0, next; at < b.n; at = next) {
            uint32_t cp = cp_at(buf_str(&b), at, &next);
            bool han = text_is_han(cp), word = text_is_word(cp);
            want += (uint64_t)(han && han_before) + (uint64_t)(word && !word_before);
            chars -= han;
            han_before = han;
            word_before = word;
        }
        assert_int_equal(sum, want);
        assert_int_equal(chars, 0);
        assert_int_equal(terms_length(set), sum + text_count_han(buf_str(&b)));
    }
    buf_done(&b);
}

/* A record that holds a literal has all its terms; if the literal is exact, a record with
 * the term holds it. */
static void literals_lose_nothing(void **state) {
    (void)state;
    struct buf text = buf_init(0), needle = buf_init(0);
    int found = 0, exact = 0;
    for (int i = 0; i < ROUNDS; i++) {
        void *ctx = talloc_new(NULL);
        struct literal lit;
        buf_clear(&text);
        buf_clear(&needle);
        random_norm(&text, 30);
        random_norm(&needle, 4);
        enum status s = analyse_literal(ctx, buf_str(&needle), "", &lit, NULL);
        assert_int_equal(s, text_is_searchable(buf_str(&needle)) ? STATUS_OK
                                                                 : STATUS_INVALID);
        if (s == STATUS_OK) {
            bool all = true,
                 there = text_find(buf_str(&text), buf_str(&needle), 0) != SIZE_MAX;
            for (size_t k = 0; k < lit.n; k++)
                all = all && ref_count(buf_str(&text), lit.terms[k]) > 0;
            assert_true(all || !there);
            assert_true(!lit.exact || all == there);
            found += there;
            exact += lit.exact;
        }
        talloc_free(ctx);
    }
    assert_in_range(found, ROUNDS / 20, ROUNDS);
    assert_in_range(exact, ROUNDS / 20, ROUNDS);
    buf_done(&text);
    buf_done(&needle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_bigrams_and_tokens),
        cmocka_unit_test(one_character_has_a_key),
        cmocka_unit_test(restricted_fields_carry_their_prefix),
        cmocka_unit_test(long_tokens_are_cut_at_a_border),
        cmocka_unit_test(ready_terms_are_checked),
        cmocka_unit_test(counts_stop_at_their_maximum),
        cmocka_unit_test(many_terms),
        cmocka_unit_test(literals),
        cmocka_unit_test(literals_that_cannot_be_searched),
        cmocka_unit_test(random_values_are_counted_right),
        cmocka_unit_test(literals_lose_nothing),
    };
    return cmocka_run_group_tests_name("analyse", tests, new_set, free_set);
}
