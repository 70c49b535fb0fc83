/* Highlighting against what can be said without it: the HTML of a text is the text again;
 * every marked character stands in a place of the matching text where a needle stands, or
 * a piece of one where pieces are marked; a needle that is there is marked. */
#include "core/utf8.h"
#include "query/highlight.h"
#include "tests/prop/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

#define ROUNDS 6000

static const char *const PIECE[] = {
    "瓦斯", "瓦", "斯",  "抽采", "煤礦", "煤矿", "鑽孔", "钻孔",   "的",     "。",
    "，",   " ",  "　",  "\n",   "GPS",  "ＧＰ", "3D",   "-",      "Var",    "3.5",
    "㎡",   "ﬁ",  "le",  "e",    "́",     "Ⅱ型",  "⑩",    "\u200b", "\u00ad", "㍻",
    "<b>",  "&",  "\"",  "x",    "×",    "µm",   "μm",   "𠮷",     "ﷺ",      "\u202e",
    "\x01", "；", "95%", "H₂O",  "é",    "成",   "平成", "一一一", "ＬＮＧ", "~"};

static const char *const WORD[] = {"瓦斯",
                                   "抽采",
                                   "煤矿瓦斯",
                                   "鑽孔",
                                   "gps",
                                   "3d-var",
                                   "3.5",
                                   "5m2",
                                   "fi",
                                   "fil*",
                                   "é",
                                   "ii型",
                                   "10",
                                   "平成",
                                   "平",
                                   "x",
                                   "μm",
                                   "𠮷",
                                   "h2o",
                                   "瓦斯瓦",
                                   "一一",
                                   "lng",
                                   "的",
                                   "煤矿",
                                   "gp*",
                                   "标题:瓦斯",
                                   "-抽采",
                                   "瓦斯 NEAR 抽采",
                                   "煤矿瓦斯抽采钻孔煤矿",
                                   "瓦斯抽采gps煤矿钻孔瓦斯",
                                   "ｇｐｓ"};

struct case_of {
    struct qlang_query *query;
    struct highlight_set set;
    char tag;
    struct buf text, html, plain, norm;
    struct text_map map;
    bool *marked, *meant; /* by byte of the text */
};

/* `marked`: which bytes of the text the HTML marks; plain: the HTML as text. */
static void read_html(struct case_of *c) {
    static const char *const from[] = {"<mark>", "</mark>", "&lt;", "&gt;", "&amp;"};
    static const char *const to[] = {"", "", "<", ">", "&"};
    struct str html = buf_str(&c->html);
    bool in = false;
    size_t t = 0;
    for (size_t i = 0; i < html.n;) {
        size_t k = 0;
        struct str rest = str_slice(html.p + i, html.n - i);
        while (k < ARRAY_LEN(from) && !str_starts(rest, str_of(from[k]))) k++;
        if (k < 2) {
            assert_true(in == (k == 1)); /* marks are never nested */
            in = k == 0;
            i += strlen(from[k]);
            continue;
        }
        char byte = k < ARRAY_LEN(from) ? *to[k] : html.p[i];
        assert_true(k < ARRAY_LEN(from) || !memchr("<>&", byte, 3));
        buf_add_char(&c->plain, byte);
        while (t < c->text.n && c->text.p[t] == 1)
            t++; /* a control character is dropped */
        c->marked[t++] = in;
        i += k < ARRAY_LEN(from) ? strlen(from[k]) : 1;
    }
    assert_false(in);
}

static bool is_text_again(const struct case_of *c) {
    size_t k = 0;
    for (size_t i = 0; i < c->text.n; i++) {
        if (c->text.p[i] == 1) continue;
        if (k == c->plain.n || c->plain.p[k++] != c->text.p[i]) return false;
    }
    return k == c->plain.n;
}

static void mean(struct case_of *c, size_t a, size_t b) {
    for (size_t i = c->map.from[a]; i < c->map.to[b - 1]; i++) c->meant[i] = true;
}

/* Every place of the slice in the matching text, the slow way. */
static bool mean_slice(struct case_of *c, struct str slice, bool whole) {
    struct str t = buf_str(&c->norm);
    bool any = false;
    for (size_t a = 0; slice.n && a + slice.n <= t.n; a++) {
        if (memcmp(t.p + a, slice.p, slice.n) != 0) continue;
        if (whole && !text_is_whole(t, a, a + slice.n)) continue;
        mean(c, a, a + slice.n);
        any = true;
    }
    return any;
}

static size_t step(struct str s, size_t at) {
    uint32_t cp;
    return (size_t)(utf8_next(s.p + at, s.p + s.n, &cp) - (s.p + at));
}

/* Every pair of Han characters and every token of the needle. */
static void mean_pieces(struct case_of *c, struct str needle) {
    for (size_t at = 0; at < needle.n; at += step(needle, at)) {
        size_t two = at + step(needle, at), end = two;
        if (two < needle.n) two += step(needle, two);
        struct str pair = str_slice(needle.p + at, two - at);
        if (text_count_han(pair) == 2) mean_slice(c, pair, false);
        uint32_t cp;
        utf8_next(needle.p + at, needle.p + needle.n, &cp);
        if (!text_is_word(cp) || !text_is_whole(needle, at, at)) continue;
        for (; end < needle.n && !text_is_whole(needle, end, end);)
            end += step(needle, end);
        mean_slice(c, str_slice(needle.p + at, end - at), true);
    }
}

/* A prefix: the whole word from there on. */
static void mean_prefix(struct case_of *c, struct str needle) {
    struct str t = buf_str(&c->norm);
    for (size_t a = 0; a + needle.n <= t.n; a++) {
        size_t b = a + needle.n;
        if (memcmp(t.p + a, needle.p, needle.n) != 0) continue;
        while (b < t.n && !text_is_whole(t, b, b)) b += step(t, b);
        if (text_is_whole(t, a, b)) mean(c, a, b);
    }
}

static void check_needle(struct case_of *c, const struct highlight_needle *n) {
    if (!(n->tags >> c->tag & 1)) return;
    if (n->kind == QLANG_PREFIX) {
        mean_prefix(c, n->norm);
        return;
    }
    bool there = mean_slice(c, n->norm, true);
    size_t at = text_find(buf_str(&c->norm), n->norm, 0);
    assert_int_equal(there, at != SIZE_MAX);
    if (there && n->kind == QLANG_PHRASE) /* marked where it stands first */
        for (size_t i = c->map.from[at]; i < c->map.to[at + n->norm.n - 1]; i++)
            assert_true(c->marked[i] || c->text.p[i] == 1);
    if (n->kind == QLANG_SENTENCE ||
        (c->set.pieces && !there && text_count_han(n->norm) >= 3))
        mean_pieces(c, n->norm);
}

static void draw_text(uint64_t *d, struct case_of *c, int most) {
    for (int n = draw_below(d, most); n; n--)
        buf_add_z(&c->text, PIECE[draw_below(d, (int)ARRAY_LEN(PIECE))]);
    buf_add_z(&c->text, "");
}

static void draw_query(uint64_t *d, struct case_of *c) {
    struct buf q = buf_init(0);
    for (int n = 1 + draw_below(d, 4); n; n--) {
        buf_add_z(&q, WORD[draw_below(d, (int)ARRAY_LEN(WORD))]);
        buf_add_char(&q, ' ');
    }
    assert_int_equal(qlang_parse(NULL, buf_str(&q), AUDIENCE_PUBLIC, &c->query, NULL),
                     STATUS_OK);
    highlight_collect(c->query->root, &c->set);
    c->set.pieces = draw_below(d, 2);
    buf_done(&q);
}

static void done(struct case_of *c) {
    talloc_free(c->query);
    buf_done(&c->text);
    buf_done(&c->html);
    buf_done(&c->plain);
    buf_done(&c->norm);
    text_map_done(&c->map);
    free(c->marked);
    free(c->meant);
}

static void marks_are_where_needles_are(void **state) {
    (void)state;
    uint64_t d = 11;
    struct highlight_work work = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct case_of c = {.text = buf_init(0),
                            .html = buf_init(0),
                            .plain = buf_init(0),
                            .norm = buf_init(0),
                            .tag = field_by_path(str_of("title"))->tag};
        draw_query(&d, &c);
        draw_text(&d, &c, round % 20 ? 12 : 80);
        c.marked = calloc(c.text.n + 1, sizeof *c.marked);
        c.meant = calloc(c.text.n + 1, sizeof *c.meant);
        assert_true(c.marked && c.meant);
        assert_int_equal(
            highlight_whole(&c.set, c.tag, buf_str(&c.text), &work, &c.html, NULL),
            STATUS_OK);
        assert_int_equal(text_normalise(buf_str(&c.text), &c.norm, &c.map, NULL),
                         STATUS_OK);
        read_html(&c);
        assert_true(is_text_again(&c));
        for (size_t i = 0; i < c.set.n; i++) check_needle(&c, &c.set.needle[i]);
        for (size_t i = 0; i < c.text.n; i++)
            if (c.marked[i] && !c.meant[i])
                fail_msg("round %d: byte %zu of %s is marked: %s", round, i,
                         buf_z(&c.text), buf_z(&c.html));
        done(&c);
    }
    highlight_work_done(&work);
}

/* A snippet is a slice of the text between …, in whole characters, not longer than it
 * may be, and shows a mark wherever the whole text has one. */
static void snippets_are_slices(void **state) {
    (void)state;
    uint64_t d = 12;
    struct highlight_work work = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct case_of c = {.text = buf_init(0),
                            .html = buf_init(0),
                            .plain = buf_init(0),
                            .norm = buf_init(0),
                            .tag = field_by_path(str_of("abstract"))->tag};
        draw_query(&d, &c);
        draw_text(&d, &c, 300);
        for (size_t i = 0; i < c.text.n; i++) /* so that every slice can be found */
            if (c.text.p[i] == 1) c.text.p[i] = '.';
        struct buf whole = buf_init(0);
        struct str text = buf_str(&c.text);
        assert_int_equal(highlight_whole(&c.set, c.tag, text, &work, &whole, NULL),
                         STATUS_OK);
        assert_int_equal(highlight_snippet(&c.set, c.tag, text, &work, &c.html, NULL),
                         STATUS_OK);
        c.marked = calloc(c.html.n + c.text.n + 1, sizeof *c.marked);
        assert_non_null(c.marked);
        read_html(&c);
        struct str s = buf_str(&c.plain), dots = str_of("…");
        if (utf8_length(text) > HIGHLIGHT_SNIPPET_CHARS) {
            if (str_starts(s, dots)) s = str_slice(s.p + dots.n, s.n - dots.n);
            if (s.n >= dots.n && memcmp(s.p + s.n - dots.n, dots.p, dots.n) == 0)
                s.n -= dots.n;
        }
        assert_true(utf8_bad_at(s) == s.n);
        assert_true(utf8_length(s) <= HIGHLIGHT_SNIPPET_CHARS);
        assert_true(s.n == 0 ? text.n == 0 : memmem(text.p, text.n, s.p, s.n) != NULL);
        assert_int_equal(strstr(buf_z(&whole), "<mark>") != NULL,
                         strstr(buf_z(&c.html), "<mark>") != NULL);
        buf_done(&whole);
        done(&c);
    }
    highlight_work_done(&work);
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_where_needles_are),
        cmocka_unit_test(snippets_are_slices),
    };
    return cmocka_run_group_tests_name("highlight_prop", tests, load_codes, NULL);
}
