#include "query/question.h"
#include "tests/unit/xset.h"

static void stripped(const char *norm, const char *want) {
    struct buf b = buf_init(0);
    question_strip(str_of(norm), &b);
    assert_false(b.failed);
    assert_string_equal(buf_z(&b), want);
    buf_done(&b);
}

static void words_of_asking_go(void **state) {
    (void)state;
    stripped("如何治理瓦斯", " 治理瓦斯");
    stripped("煤层气是否可以液化吗", "煤层气  液化 ");
    stripped("哪些单位研究lng", " 单位研究lng");
    stripped("请问谁应该负责", "   负责");
    stripped("如何", " ");
}

/* 什么时候 is one word, not 什么 with 时候 left over. */
static void the_longest_word_goes(void **state) {
    (void)state;
    stripped("什么时候投产", " 投产");
    stripped("为什么塌陷", " 塌陷");
    stripped("什么设备", " 设备");
    stripped("怎么样", " ");
    stripped("怎么办理", " 理");
    stripped("哪一台", " 台");
    stripped("何时何地", "  地");
    stripped("多少多久", "  ");
}

static void nothing_else_changes(void **state) {
    (void)state;
    static const char *const same[] = {
        "",         "瓦斯抽采", "3d-var 同化", "《公羊传》(校注),a",
        "为了煤矿", "能力",     "多孔介质",    "\xf0\xa0\x80\x80钍"};
    for (size_t i = 0; i < ARRAY_LEN(same); i++) stripped(same[i], same[i]);
}

/* The text goes behind what the buffer holds; bytes cut in the middle stay as they are.
 */
static void text_is_appended(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "前");
    question_strip(str_of("吗"), &b);
    question_strip(str_slice("如何", 4), &b);
    assert_false(b.failed);
    assert_memory_equal(b.p, "前 \xe5\xa6\x82\xe4", 8);
    assert_int_equal(b.n, 8);
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_asking_go),
        cmocka_unit_test(the_longest_word_goes),
        cmocka_unit_test(nothing_else_changes),
        cmocka_unit_test(text_is_appended),
    };
    return cmocka_run_group_tests_name("question", tests, NULL, NULL);
}
