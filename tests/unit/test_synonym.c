/* The table of synonyms: how its rows are read, where a term counts, and that every row
 * of the built-in table is sound. */
#include "core/synonym.h"
#include "core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <talloc.h>

#define FOUND_MAX 512

/* A file with this content, to be removed by the caller. */
static void put_file(char path[], const char *text) {
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static enum status load_text(const char *text, struct err *err) {
    char path[] = "/tmp/chengguo-synonym-XXXXXX";
    put_file(path, text);
    enum status s = synonym_load(path, err);
    unlink(path);
    return s;
}

static void a_wrong_row_is_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *part;
        long line;
    } cases[] = {
        {"abbrev\tXX1 | 甲乙\t测试\n", "没有这种类别", 1},
        {"# 注\n\nold\t甲乙 | 乙甲\n", "三栏", 3},
        {"old\t甲乙\t测试\n", "至少要有两个词", 1},
        {"old\t甲乙 | \t测试\n", "空的词", 1},
        {"old\t甲乙 > ※\t测试\n", "空的词", 1},
        {"old\t甲乙 | 甲 乙\t测试\n", "没有分别", 1},
        {"old\tＬＮＧ | lng\t测试\n", "没有分别", 1},
        {"old\t甲乙 > 甲乙\t测试\n", "两边有同一个词", 1},
        {"old\t甲乙 | 说\"丙\"\t测试\n", "没有字母", 1},
        {"old\t甲乙 | \xFF\t测试\n", "UTF-8", 1},
        {"old\t甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 | 辛\t测试\n", "超过 6 个", 1},
        {"old\t甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 | 辛 | 壬 | 癸 | 子 | 丑 | 寅 | 卯 | 辰 "
         "| "
         "巳 | 午\t测试\n",
         "一行里的词太多", 1},
        {"old\t甲乙 | "
         "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\t测"
         "试\n",
         "词太长", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err err;
        assert_int_equal(load_text(cases[i].text, &err), STATUS_INVALID);
        if (!strstr(err.text, cases[i].part))
            fail_msg("row %zu: “%s”, not “%s”", i, err.text, cases[i].part);
        assert_int_equal(err.line, cases[i].line);
        assert_true(strncmp(err.file, "/tmp/chengguo-synonym-", 22) == 0);
    }
    assert_string_equal(synonym_version(), "");
    assert_true(synonym_fingerprint() == 0);
}

static void a_file_that_cannot_be_read_is_an_error(void **state) {
    (void)state;
    struct err err;
    assert_int_equal(synonym_load("/nonexistent/synonyms.tsv", &err), STATUS_IO);
    assert_string_equal(err.file, "/nonexistent/synonyms.tsv");
    struct synonym *s;
    size_t n = 1;
    assert_int_equal(synonym_find(NULL, str_of("lng"), &s, &n, &err), STATUS_OK);
    assert_int_equal(n, 0);
}

static void own_rows_are_read_after_the_table(void **state) {
    (void)state;
    struct err err;
    uint64_t built_in;
    /* BOM, CRLF, Chinese names of the kinds; one relation that the table has already. */
    enum status s = load_text("\xEF\xBB\xBF# 自己的\r\n"
                              "缩写\t试缩写 | SSX甲\t测试\r\n"
                              "abbreviation\tLNG | 液化天然气\t已有的不算错\r\n"
                              "old\t=试旧名 > 试新名甲 | 试新名乙\t测试\r\n"
                              "old\t+砄 | 试单字\t测试\r\n"
                              "old\t砉 | 试独字\t测试\r\n"
                              "variant\t试短 | 试段\t测试\r\n"
                              "none\t试短路\t测试\r\n"
                              "variant\t试取消 | 试曲消\t测试\r\n"
                              "none\t试取消 | 试曲消\t测试\r\n"
                              "unit\t试院所 > 试验研究院所\t测试\r\n"
                              "unit\t试院 > 试验研究院\t测试\r\n"
                              "unit\t试学院所 > 试验学院研究所\t测试\r\n"
                              "sign\tsyk | 试千\t测试\r\n",
                              &err);
    if (s != STATUS_OK) fail_msg("%s:%ld %s", err.file, err.line, err.text);
    built_in = synonym_fingerprint();
    assert_true(built_in != 0);
    /* Later calls do nothing. */
    assert_int_equal(synonym_load(NULL, &err), STATUS_OK);
    assert_true(synonym_fingerprint() == built_in);
    assert_true(strlen(synonym_version()) >= 10);
}

/* "alternative[unit]|…" of a word. */
static const char *found(const char *word, char out[FOUND_MAX]) {
    struct synonym *syn = NULL;
    struct err err;
    size_t n = 0;
    void *ctx = talloc_new(NULL);
    assert_int_equal(synonym_find(ctx, str_of(word), &syn, &n, &err), STATUS_OK);
    assert_true(n <= SYNONYM_MAX_ALTERNATIVES);
    out[0] = 0;
    for (size_t i = 0; i < n; i++)
        snprintf(out + strlen(out), FOUND_MAX - strlen(out), "%s%.*s%s", i ? "|" : "",
                 (int)syn[i].alternative.n, syn[i].alternative.p,
                 syn[i].unit_only ? "[unit]" : "");
    talloc_free(ctx);
    return out;
}

static void terms_count_where_the_rules_say(void **state) {
    (void)state;
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"试缩写", "SSX甲"},
        {"ssx甲", "试缩写"},
        {"大试缩写法", "大SSX甲法"},
        {"assx甲", ""}, /* inside a token */
        {"试旧名", "试新名甲|试新名乙"},
        {"大试旧名", ""}, /* a whole word only */
        {"试新名甲", ""}, /* one way */
        {"砄", "试单字"},
        {"大砄", "大试单字"},
        {"砉", "试独字"},
        {"大砉", ""}, /* a single character, not marked */
        {"试短", "试段"},
        {"大试短", "大试段"},
        {"大试短路", ""}, /* a longer term hides it */
        {"试取消", ""},   /* taken back */
        {"试院所", "试验研究院所[unit]"},
        {"试院所一室", "试验研究院所一室[unit]"},
        {"大试院所", ""}, /* a unit's name begins with it */
        {"试院", "试验研究院[unit]"},
        {"试院一室", ""}, /* too short for a part */
        {"10syk", "10试千"},
        {"10试千", "10syk"},
        {"3.5syk型", "3.5试千型"},
        {"syk", ""}, /* only after a number */
        {"试千", ""},
        {"10sykx", ""},
        {"o10试千", ""}, /* a formula, no number */
        {"大试学院所", "大试验学院研究所[unit]"},
        {"lng", "液化天然气"},
        {"lng砄", "液化天然气砄|lng试单字|液化天然气试单字"},
        {"lng/cad", ""},
        {"lng-砄", "lng-试单字"},
        {"lng2", ""},
        {"lng储罐", "液化天然气储罐"},
        {"砄试短lng", "试单字试短lng|砄试段lng|砄试短液化天然气|试单字试段lng|"
                      "试单字试短液化天然气|砄试段液化天然气"},
        {"", ""},
        {"瓦斯", ""},
    };
    char text[FOUND_MAX];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (strcmp(found(cases[i].word, text), cases[i].want) != 0)
            fail_msg("%s: “%s”, not “%s”", cases[i].word, text, cases[i].want);
}

static void a_long_word_is_left_alone(void **state) {
    (void)state;
    char word[SYNONYM_MAX_WORD + 8], text[FOUND_MAX];
    memset(word, '/', sizeof word);
    memcpy(word, "砄", 3);
    word[SYNONYM_MAX_WORD] = 0;
    assert_true(strlen(found(word, text)) > 0);
    word[SYNONYM_MAX_WORD] = '/';
    word[SYNONYM_MAX_WORD + 1] = 0;
    assert_string_equal(found(word, text), "");
}

/* Every term is its own matching text, and leads to other words than itself. */
static void the_table_is_sound(void **state) {
    (void)state;
    size_t terms = 0, links = 0, alternatives = 0;
    struct str term;
    for (; (term = synonym_term(terms, &alternatives)).n; terms++) {
        struct buf norm = buf_init(0);
        struct synonym *syn = NULL;
        struct err err;
        size_t n = 0;
        assert_int_equal(text_normalise(term, &norm, NULL, &err), STATUS_OK);
        assert_true(str_eq(buf_str(&norm), term));
        void *ctx = talloc_new(NULL);
        assert_int_equal(synonym_find(ctx, term, &syn, &n, &err), STATUS_OK);
        for (size_t i = 0; i < n; i++) {
            buf_clear(&norm);
            assert_int_equal(text_normalise(syn[i].alternative, &norm, NULL, &err),
                             STATUS_OK);
            assert_true(text_is_searchable(buf_str(&norm)));
            assert_false(str_eq(buf_str(&norm), term));
            assert_true(syn[i].unit_only == (syn[i].kind == SYNONYM_UNIT));
        }
        links += n;
        talloc_free(ctx);
        buf_done(&norm);
    }
    assert_true(terms > 800);
    assert_true(links > 800);
}

static void kinds_have_names(void **state) {
    (void)state;
    for (int k = 0; k < SYNONYM_KINDS; k++) {
        assert_true(strlen(synonym_kind_name((enum synonym_kind)k)) > 0);
        assert_true(strlen(synonym_kind_label((enum synonym_kind)k)) > 0);
    }
    assert_string_equal(synonym_kind_name(SYNONYM_ABBREVIATION), "abbreviation");
}

int main(void) {
    /* In this order: what fails leaves nothing loaded, what loads stays. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_row_is_named),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
        cmocka_unit_test(own_rows_are_read_after_the_table),
        cmocka_unit_test(terms_count_where_the_rules_say),
        cmocka_unit_test(a_long_word_is_left_alone),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
