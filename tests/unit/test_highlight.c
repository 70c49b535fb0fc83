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
        cmocka_unit_test(snippets_show_the_densest_passage),
        cmocka_unit_test(html_is_the_text_again),
    };
    return cmocka_run_group_tests_name("highlight", tests, load_codes, NULL);
}
