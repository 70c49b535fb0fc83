/* Escaping by destination: what each destination could be broken with stays text. */
#include "web/html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void put_fn(struct buf *, struct str);

static void check(put_fn *put, struct str in, const char *want) {
    struct buf b = buf_init(0);
    put(&b, in);
    assert_false(b.failed);
    assert_string_equal(buf_z(&b), want);
    assert_int_equal(b.n, strlen(want));
    buf_done(&b);
}

static void text_keeps_quotes_and_escapes_markup(void **state) {
    (void)state;
    check(html_put_text, str_of(""), "");
    check(html_put_text, str_of("煤矿瓦斯"), "煤矿瓦斯");
    check(html_put_text, str_of("a<b>&\"c'"), "a&lt;b&gt;&amp;\"c'");
    check(html_put_text, str_of("<"), "&lt;");
    check(html_put_text, str_of("&lt;"), "&amp;lt;");
}

static void attribute_escapes_both_quotes(void **state) {
    (void)state;
    check(html_put_attribute, str_of("\" onload='x' <&>"),
          "&quot; onload=&#39;x&#39; &lt;&amp;&gt;");
}

static void forbidden_controls_are_dropped(void **state) {
    (void)state;
    check(html_put_text, str_slice("a\0b\x1F\x7F\tc\n", 8), "ab\tc\n");
    check(html_put_attribute, str_slice("\0", 1), "");
}

static void path_segment_cannot_leave_its_segment(void **state) {
    (void)state;
    check(html_put_path_segment, str_of("9142025Y0123"), "9142025Y0123");
    check(html_put_path_segment, str_of("a/b?c#d%e"), "a%2Fb%3Fc%23d%25e");
    check(html_put_path_segment, str_of(".."), "%2E%2E");
    check(html_put_path_segment, str_of("."), "%2E");
    check(html_put_path_segment, str_of("..."), "...");
    check(html_put_path_segment, str_of("晋"), "%E6%99%8B");
}

static void query_value_holds_no_separator(void **state) {
    (void)state;
    check(html_put_query_value, str_of("瓦斯 A&B=C+D"),
          "%E7%93%A6%E6%96%AF%20A%26B%3DC%2BD");
    check(html_put_query_value, str_of("2021..2025_a-b~"), "2021..2025_a-b~");
    check(html_put_query_value, str_of("\"'<>"), "%22%27%3C%3E");
}

static void params_are_joined(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "/search");
    html_put_query_param(&b, "q", str_of("a b"));
    html_put_query_param(&b, "year", str_of("2025"));
    html_put_query_param(&b, "unit", str_of("?&"));
    assert_string_equal(buf_z(&b), "/search?q=a%20b&year=2025&unit=%3F%26");
    buf_done(&b);

    html_put_query_param(&b, "q", str_of("x"));
    assert_string_equal(buf_z(&b), "?q=x");
    buf_done(&b);
}

static void a_full_buffer_fails_once_and_for_all(void **state) {
    (void)state;
    struct buf b = buf_init(6);
    html_put_text(&b, str_of("ab<<"));
    assert_true(b.failed);
    html_put_text(&b, str_of("c"));
    assert_true(b.n <= 6);
    assert_int_equal(buf_check(&b, "x", NULL), STATUS_LIMIT);
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_keeps_quotes_and_escapes_markup),
        cmocka_unit_test(attribute_escapes_both_quotes),
        cmocka_unit_test(forbidden_controls_are_dropped),
        cmocka_unit_test(path_segment_cannot_leave_its_segment),
        cmocka_unit_test(query_value_holds_no_separator),
        cmocka_unit_test(params_are_joined),
        cmocka_unit_test(a_full_buffer_fails_once_and_for_all),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
