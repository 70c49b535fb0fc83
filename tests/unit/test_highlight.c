#include "core/utf8.h"
#include "query/highlight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

struct fixture {
    struct qlang_query *query;
    struct highlight_set set;
    struct highlight_work work;
    struct buf out;
};

static struct fixture start(const char *q) {
    struct fixture f = {.out = buf_init(0)};
    assert_int_equal(qlang_parse(NULL, str_of(q), AUDIENCE_PUBLIC, &f.query, NULL),
                     STATUS_OK);
    highlight_collect(f.query->root, &f.set);
    return f;
}

static void done(struct fixture *f) {
    talloc_free(f->query);
    highlight_work_done(&f->work);
    buf_done(&f->out);
}

static const char *whole(struct fixture *f, const char *path, const char *text) {
    char tag = field_by_path(str_of(path))->tag;
    buf_clear(&f->out);
    assert_int_equal(highlight_whole(&f->set, tag, str_of(text), &f->work, &f->out, NULL),
                     STATUS_OK);
    return buf_z(&f->out);
}

static void marks_what_was_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *q, *title, *want;
    } cases[] = {
        {"瓦斯 抽采", "煤矿瓦斯抽采技术", "煤矿<mark>瓦斯抽采</mark>技术"},
        {"瓦斯", "瓦斯与瓦斯", "<mark>瓦斯</mark>与<mark>瓦斯</mark>"},
        {"煤矿瓦斯", "煤 矿\n瓦斯治理", "<mark>煤 矿\n瓦斯</mark>治理"},
        {"煤矿", "煤礦安全", "<mark>煤礦</mark>安全"},
        {"gps", "ＧＰＳ与GPS，不是GPSX",
         "<mark>ＧＰＳ</mark>与<mark>GPS</mark>，不是GPSX"},
        {"m2", "面积5㎡", "面积5㎡"},
        {"5m2", "面积5㎡", "面积<mark>5㎡</mark>"},
        {"gps*", "GPSX与AGPS", "<mark>GPSX</mark>与AGPS"},
        {"-瓦斯 煤矿", "煤矿瓦斯", "<mark>煤矿</mark>瓦斯"},
        {"标题:瓦斯", "煤矿瓦斯", "煤矿<mark>瓦斯</mark>"},
        {"摘要:瓦斯", "煤矿瓦斯", "煤矿瓦斯"},
        {"年度:2025", "2025年", "2025年"},
        {"瓦斯 NEAR 抽采", "瓦斯的抽采", "<mark>瓦斯</mark>的<mark>抽采</mark>"},
        {"瓦斯 煤矿瓦斯 斯抽", "煤矿瓦斯抽采", "<mark>煤矿瓦斯抽</mark>采"},
        {"a&b <x>", "A&B和<x>", "<mark>A&amp;B</mark>和<mark>&lt;x&gt;</mark>"},
        {"煤矿瓦斯抽采钻孔封孔关键技术研究", "关于瓦斯抽采的钻孔与技术",
         "关于<mark>瓦斯抽采</mark>的<mark>钻孔</mark>与<mark>技术</mark>"},
        {"", "<b>&", "&lt;b&gt;&amp;"},
        {"瓦斯", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture f = start(cases[i].q);
        assert_string_equal(whole(&f, "title", cases[i].title), cases[i].want);
        done(&f);
    }
}

/* What was folded, dropped or put together on the way to matching text. */
static void marks_the_original(void **state) {
    (void)state;
    static const struct {
        const char *q, *title, *want;
    } cases[] = {
        {"矿井瓦斯预测", "論礦井瓦斯預測之法", "論<mark>礦井瓦斯預測</mark>之法"},
        {"發電", "水力发电站", "水力<mark>发电</mark>站"},
        {"file", "读ﬁle与ﬁles", "读<mark>ﬁle</mark>与ﬁles"},
        {"café", "Cafe\u0301与cafe", "<mark>Cafe\u0301</mark>与cafe"},
        {"lng", "ＬＮＧ接收站", "<mark>ＬＮＧ</mark>接收站"},
        {"co2", "CO₂与ＣＯ２", "<mark>CO₂</mark>与<mark>ＣＯ２</mark>"},
        {"-ii型", "ⅡＩ型与Ⅱ型", "ⅡＩ型与Ⅱ型"},
        {"ii型", "Ⅱ型", "<mark>Ⅱ型</mark>"},
        {"瓦斯", "瓦\u200b斯", "<mark>瓦\u200b斯</mark>"},
        {"煤矿瓦斯", "煤矿\u3000\n 瓦斯", "<mark>煤矿\u3000\n 瓦斯</mark>"},
        {"瓦斯", "甲\001瓦\002斯乙", "甲<mark>瓦斯</mark>乙"},
        {"煤层", "<煤 层>&", "&lt;<mark>煤 层</mark>&gt;&amp;"},
        {"平", "㍻十年", "<mark>㍻</mark>十年"}, /* whole characters only */
        {"瓦斯瓦", "瓦斯瓦斯瓦", "<mark>瓦斯瓦斯瓦</mark>"},
        {"𠮷野", "𠮷野家", "<mark>𠮷野</mark>家"},
        {"基于GPS定位的煤矿瓦斯监测系统", "ＧＰＳ与瓦斯监测",
         "<mark>ＧＰＳ</mark>与<mark>瓦斯监测</mark>"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture f = start(cases[i].q);
        assert_string_equal(whole(&f, "title", cases[i].title), cases[i].want);
        done(&f);
    }
}

/* A relaxed search: what is there of a word. */
static void marks_pieces_of_words_when_told(void **state) {
    (void)state;
    static const struct {
        const char *q, *title, *strict, *relaxed;
    } cases[] = {
        {"煤矿瓦斯抽采", "矿山瓦斯与煤礦安全", "矿山瓦斯与煤礦安全",
         "矿山<mark>瓦斯</mark>与<mark>煤礦</mark>安全"},
        {"瓦斯抽采", "瓦斯治理，瓦斯抽采", "瓦斯治理，<mark>瓦斯抽采</mark>",
         "瓦斯治理，<mark>瓦斯抽采</mark>"}, /* it is there as a whole */
        {"瓦斯", "瓦片斯文", "瓦片斯文", "瓦片斯文"},
        {"瓦斯灾", "瓦斯", "瓦斯", "<mark>瓦斯</mark>"},
        {"C60混凝土", "混凝土与C60", "混凝土与C60",
         "<mark>混凝土</mark>与<mark>C60</mark>"},
        {"gpsx", "gps", "gps", "gps"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture f = start(cases[i].q);
        assert_false(f.set.pieces);
        assert_string_equal(whole(&f, "title", cases[i].title), cases[i].strict);
        f.set.pieces = true;
        assert_string_equal(whole(&f, "title", cases[i].title), cases[i].relaxed);
        done(&f);
    }
}

/* Text of the HTML: <mark> gone, references resolved; anything else is a failure. */
static void plain(struct str html, struct buf *out) {
    static const char *const from[] = {"<mark>", "</mark>", "&lt;", "&gt;", "&amp;"};
    static const char *const to[] = {"", "", "<", ">", "&"};
    for (size_t i = 0; i < html.n;) {
        size_t k = 0;
        while (k < ARRAY_LEN(from) &&
               !str_starts(str_slice(html.p + i, html.n - i), str_of(from[k])))
            k++;
        if (k < ARRAY_LEN(from)) {
            buf_add_z(out, to[k]);
            i += strlen(from[k]);
        } else {
            assert_true(html.p[i] != '<' && html.p[i] != '>' && html.p[i] != '&');
            buf_add_char(out, html.p[i++]);
        }
    }
}

static void check_snippet(struct fixture *f, struct str text) {
    char tag = field_by_path(str_of("abstract"))->tag;
    struct buf p = buf_init(0);
    buf_clear(&f->out);
    assert_int_equal(highlight_snippet(&f->set, tag, text, &f->work, &f->out, NULL),
                     STATUS_OK);
    plain(buf_str(&f->out), &p);
    struct str s = buf_str(&p);
    if (utf8_length(text) <= HIGHLIGHT_SNIPPET_CHARS) {
        assert_true(str_eq(s, text));
    } else {
        struct str dots = str_of("…");
        bool cut = str_starts(s, dots);
        if (cut) s = str_slice(s.p + dots.n, s.n - dots.n);
        if (s.n >= dots.n && memcmp(s.p + s.n - dots.n, dots.p, dots.n) == 0)
            s.n -= dots.n;
        assert_true(utf8_bad_at(s) == s.n);
        assert_true(utf8_length(s) <= HIGHLIGHT_SNIPPET_CHARS);
        assert_non_null(memmem(text.p, text.n, s.p, s.n));
    }
    buf_done(&p);
}

static void snippets_show_the_densest_passage(void **state) {
    (void)state;
    struct buf text = buf_init(0);
    for (int i = 0; i < 100; i++) buf_add_z(&text, "前文");
    buf_add_z(&text, "此处有瓦斯。");
    for (int i = 0; i < 100; i++) buf_add_z(&text, "中间");
    buf_add_z(&text, "此处有瓦斯也有抽采。");
    for (int i = 0; i < 100; i++) buf_add_z(&text, "后文");
    struct fixture f = start("瓦斯 抽采");
    check_snippet(&f, buf_str(&text));
    assert_non_null(
        strstr(buf_z(&f.out), "有<mark>瓦斯</mark>也有<mark>抽采</mark>。后文"));
    assert_true(str_starts(buf_str(&f.out), str_of("…")));
    done(&f);
    f = start("没有");
    check_snippet(&f, buf_str(&text));
    assert_true(str_starts(buf_str(&f.out), str_of("前文")));
    done(&f);
    f = start("后文");
    check_snippet(&f, buf_str(&text));
    done(&f);
    buf_done(&text);
}

static const char *snippet(struct fixture *f, const char *text) {
    check_snippet(f, str_of(text));
    return buf_z(&f->out);
}

/* `n` times "填", then the text. */
static char *after(size_t n, const char *text) {
    struct buf b = buf_init(0);
    for (size_t i = 0; i < n; i++) buf_add_z(&b, "填");
    buf_add_z(&b, text);
    return b.p;
}

static char *between(size_t before, const char *text, size_t behind) {
    struct buf b = buf_init(0);
    char *head = after(before, text);
    buf_add_z(&b, head);
    free(head);
    for (size_t i = 0; i < behind; i++) buf_add_z(&b, "填");
    return b.p;
}

static void snippets_begin_with_a_sentence(void **state) {
    (void)state;
    static const struct {
        const char *text, *begins;
    } cases[] = {
        {"句一。本项目治理瓦斯", "…本项目治理<mark>瓦斯</mark>填"},
        {"句一！”本项目治理瓦斯", "…本项目治理<mark>瓦斯</mark>填"},
        {"句一；\n　　本项目治理瓦斯", "…本项目治理<mark>瓦斯</mark>填"},
        {"句一\n本项目治理瓦斯", "…本项目治理<mark>瓦斯</mark>填"},
        {"句一. 本项目治理瓦斯", "…本项目治理<mark>瓦斯</mark>填"},
        {"句一？瓦斯", "…<mark>瓦斯</mark>填"},
        {"句一。句二。治理瓦斯", "…治理<mark>瓦斯</mark>填"}, /* the nearest */
        {"3.5瓦斯", "…填填填填填填填填填填填填填填填填填3.5<mark>瓦斯</mark>填"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fixture f = start("瓦斯");
        char *text = between(150, cases[i].text, 200);
        const char *got = snippet(&f, text);
        if (!str_starts(str_of(got), str_of(cases[i].begins)))
            fail_msg("%s\nbegins\n%s", cases[i].begins, got);
        free(text);
        done(&f);
    }
}

/* What stands across the place where a snippet would be cut stays whole or goes. */
static void snippets_cut_no_token(void **state) {
    (void)state;
    static const char *const token[] = {"GPS",   "3D-Var", "Al2O3/TiO2", "12,345.67",
                                        "95%",   "5㎡",    "ＧＰＳ",     "e\u0301tude",
                                        "3.5nm", "10:30",  "H₂O",        "a_b+c",
                                        "PM2.5", "10.5℃",  "2025-11-03"};
    for (size_t i = 0; i < ARRAY_LEN(token); i++)
        for (size_t gap = 1; gap < 24; gap++) {
            struct fixture f = start("瓦斯");
            char *head = after(100, token[i]), *mid = between(gap, "瓦斯", 98 - gap);
            char *text = NULL;
            assert_true(asprintf(&text, "%s%s%s填%s", head, mid, token[i], mid) > 0);
            struct buf p = buf_init(0);
            plain(str_of(snippet(&f, text)), &p);
            /* all of the token, or nothing of it */
            size_t dots = strlen("…"), n = strlen(token[i]);
            struct str s = str_slice(p.p + dots, p.n - 2 * dots);
            for (size_t k = 0; k < s.n; k++) {
                bool han = str_starts(str_slice(s.p + k, s.n - k), str_of("填")) ||
                           str_starts(str_slice(s.p + k, s.n - k), str_of("瓦")) ||
                           str_starts(str_slice(s.p + k, s.n - k), str_of("斯"));
                if (han)
                    k += 2;
                else if (str_starts(str_slice(s.p + k, s.n - k), str_of(token[i])))
                    k += n - 1;
                else
                    fail_msg("%s is cut: %s", token[i], buf_z(&p));
            }
            buf_done(&p);
            free(head);
            free(mid);
            free(text);
            done(&f);
        }
}

static void longer_needles_count_more(void **state) {
    (void)state;
    struct fixture f = start("瓦 斯 抽采钻孔封孔");
    char *a = between(150, "瓦的斯", 200), *b = between(0, "抽采钻孔封孔", 200), *text;
    assert_true(asprintf(&text, "%s%s", a, b) > 0);
    assert_non_null(strstr(snippet(&f, text), "<mark>抽采钻孔封孔</mark>"));
    free(a);
    free(b);
    free(text);
    done(&f);
}

static void large_texts_are_bounded(void **state) {
    (void)state;
    struct buf text = buf_init(0);
    while (text.n + 10 < HIGHLIGHT_TEXT_MAX) buf_add_z(&text, "瓦斯，");
    struct fixture f = start("瓦斯");
    const char *html = whole(&f, "abstract", buf_z(&text));
    size_t marks = 0;
    for (const char *p = html; (p = strstr(p, "<mark>")); p++) marks++;
    assert_int_equal(marks, HIGHLIGHT_MAX_SPANS);
    check_snippet(&f, buf_str(&text));
    struct buf p = buf_init(0);
    plain(str_of(whole(&f, "abstract", buf_z(&text))), &p);
    assert_true(str_eq(buf_str(&p), buf_str(&text)));
    buf_clear(&text); /* beyond what is looked at, in the middle of a character */
    while (text.n < HIGHLIGHT_TEXT_MAX - 1) buf_add_z(&text, "填");
    buf_add_z(&text, "瓦斯");
    assert_null(strstr(whole(&f, "abstract", buf_z(&text)), "<mark>"));
    check_snippet(&f, buf_str(&text));
    buf_clear(&text); /* one token, longer than any snippet */
    while (text.n < HIGHLIGHT_TEXT_MAX) buf_add_z(&text, "a");
    check_snippet(&f, buf_str(&text));
    buf_done(&p);
    buf_done(&text);
    done(&f);
}

static uint64_t next(uint64_t *s) {
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}

static void html_is_the_text_again(void **state) {
    (void)state;
    static const char *const piece[] = {"煤矿", "瓦", "斯", "抽采", "GPS", "ＧＰＳ", " ",
                                        "　",   "㎡", "<",  "&",    "《",  "ﬁ",      "，",
                                        "礦",   "3D", "-",  "Var",  "\n",  "é",      "⑩"};
    static const char *const query[] = {
        "瓦斯 抽采", "gps*", "煤矿瓦斯抽采煤矿瓦斯抽采gps", "fi", "3D-Var",
        "m2 OR 10",  "é"};
    uint64_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        struct fixture f = start(query[next(&seed) % ARRAY_LEN(query)]);
        struct buf text = buf_init(0), p = buf_init(0);
        for (uint64_t n = next(&seed) % (round % 10 ? 30 : 300); n; n--)
            buf_add_z(&text, piece[next(&seed) % ARRAY_LEN(piece)]);
        plain(str_of(whole(&f, "title", buf_z(&text))), &p);
        assert_string_equal(buf_z(&p), buf_z(&text));
        check_snippet(&f, buf_str(&text));
        buf_done(&text);
        buf_done(&p);
        done(&f);
    }
}

static int load_codes(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_what_was_asked_for),
        cmocka_unit_test(marks_the_original),
        cmocka_unit_test(marks_pieces_of_words_when_told),
        cmocka_unit_test(snippets_show_the_densest_passage),
        cmocka_unit_test(snippets_begin_with_a_sentence),
        cmocka_unit_test(snippets_cut_no_token),
        cmocka_unit_test(longer_needles_count_more),
        cmocka_unit_test(large_texts_are_bounded),
        cmocka_unit_test(html_is_the_text_again),
    };
    return cmocka_run_group_tests_name("highlight", tests, load_codes, NULL);
}
