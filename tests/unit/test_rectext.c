/* rectext: the file, finding literals in values, NEAR. */
#include "tests/unit/xset.h"

#define expect(want, call)                                                               \
    do {                                                                                 \
        struct err err_ = {0};                                                           \
        struct err *err = &err_;                                                         \
        enum status s_ = (call);                                                         \
        if (s_ != (want)) fail_msg("%s: %s: %s", #call, status_name(s_), err->text);     \
    } while (0)

#define ALL UINT32_MAX
#define TAG(n) (1u << (n))

static char dir[PATH_MAX];

static int make_dir(void **unused) {
    (void)unused;
    xset_make_dir(dir);
    return 0;
}

static int remove_dir(void **unused) {
    (void)unused;
    xset_remove_dir(dir);
    return 0;
}

static void the_file_grows_and_is_cut_back(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    uint64_t end, first, second;
    struct rectext t;
    xset_path(path, dir, "text-1");
    expect(STATUS_NOT_FOUND, rectext_open(path, 0, &t, err));
    expect(STATUS_NOT_FOUND, rectext_append(path, 16, str_of("x"), false, &end, err));
    ok(rectext_create(path, &first, err));
    ok(rectext_append(path, first, str_of("\1abc"), true, &second, err));
    assert_int_equal(second, first + 4);
    ok(rectext_append(path, second, str_of("\1left over"), false, &end, err));
    ok(rectext_create(path, &end, err));
    assert_int_equal(end, second + 10);
    /* An interrupted run's tail goes; what was there before stays. */
    ok(rectext_append(path, second, str_of("\2de"), true, &end, err));
    assert_int_equal(end, second + 3);
    ok(rectext_open(path, end, &t, err));
    assert_int_equal(t.n, end);
    assert_memory_equal(t.p + first, "\1abc\2de", 7);
    rectext_close(&t);
    expect(STATUS_CORRUPT, rectext_open(path, end + 1, &t, err));
    expect(STATUS_CORRUPT, rectext_append(path, end + 1, str_of("x"), false, &end, err));
    expect(STATUS_CORRUPT, rectext_append(path, 3, str_of("x"), false, &end, err));
}

static void a_foreign_file_is_refused(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct rectext t;
    uint64_t end;
    xset_path(path, dir, "foreign");
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("this is no text file of ours", f);
    fclose(f);
    expect(STATUS_CORRUPT, rectext_open(path, 0, &t, err));
    expect(STATUS_CORRUPT, rectext_create(path, &end, err));
    expect(STATUS_CORRUPT, rectext_open(dir, 0, &t, err));
}

/* Long enough that every way of looking is taken: blocks of sixteen and the rest. */
#define FILL "填充文字很长很长很长很长很长很长很长很长很长"
static const char RECORD[] =
    "\1煤矿瓦斯抽采\2瓦斯\2co2 laser\5" FILL "abc3d-var与太原理工大学" FILL "瓦斯尾";

static size_t at_of(const char *needle, uint32_t tags, size_t from) {
    return rectext_find(str_of(RECORD), str_of(needle), tags, from);
}

static void literals_are_found_in_values(void **unused) {
    (void)unused;
    assert_int_equal(at_of("瓦斯", ALL, 0), 7);
    assert_int_equal(at_of("瓦斯", TAG(2), 0), 20);
    assert_int_equal(at_of("瓦斯", ALL, 8), 20);
    size_t last = strlen(RECORD) - strlen("瓦斯尾");
    assert_int_equal(at_of("瓦斯", TAG(5), 0), last);
    assert_int_equal(at_of("瓦斯", TAG(7), 0), SIZE_MAX);
    assert_int_equal(at_of("瓦斯", 0, 0), SIZE_MAX);
    assert_int_equal(at_of("瓦斯尾", ALL, last), last);
    assert_int_equal(at_of("瓦斯", ALL, last + 1), SIZE_MAX);
    assert_int_equal(at_of("瓦斯", ALL, 1 << 20), SIZE_MAX);
    assert_int_equal(at_of("", ALL, 0), SIZE_MAX);
    /* Nothing matches across values. */
    assert_int_equal(at_of("采瓦", ALL, 0), SIZE_MAX);
    /* A token is not cut, Han text is. */
    assert_int_equal(at_of("co", ALL, 0), SIZE_MAX);
    assert_int_equal(at_of("o2", ALL, 0), SIZE_MAX);
    assert_true(at_of("co2", TAG(2), 0) != SIZE_MAX);
    assert_true(at_of("laser", TAG(2), 0) != SIZE_MAX);
    assert_int_equal(at_of("c3d", ALL, 0), SIZE_MAX);
    assert_true(at_of("abc3d-var", TAG(5), 0) != SIZE_MAX);
    assert_true(at_of("-var与太", TAG(5), 0) != SIZE_MAX);
    assert_int_equal(at_of("va", ALL, 0), SIZE_MAX);
    assert_true(at_of("理工大", TAG(5), 0) != SIZE_MAX);
    assert_true(at_of("长" FILL "abc", TAG(5), 0) == SIZE_MAX);
    assert_true(at_of(FILL "abc3d", TAG(5), 0) != SIZE_MAX);
}

/* The same as the plain search of text.h, at every place and length. */
static void finding_agrees_with_text_find(void **unused) {
    (void)unused;
    struct str r = str_of(RECORD);
    for (size_t a = 0; a < r.n; a++)
        for (size_t n = 1; n < 40 && a + n <= r.n; n++) {
            struct str needle = str_slice(r.p + a, n);
            if (((unsigned char)needle.p[0] & 0xC0) == 0x80 ||
                (a + n < r.n && ((unsigned char)r.p[a + n] & 0xC0) == 0x80))
                continue;
            assert_int_equal(rectext_find(r, needle, ALL, 0), text_find(r, needle, 0));
            assert_int_equal(rectext_find(r, needle, ALL, a / 2),
                             text_find(r, needle, a / 2));
        }
}

static void values_are_walked(void **unused) {
    (void)unused;
    static const char tags[] = {1, 2, 2, 5};
    struct str v;
    char tag;
    size_t pos = 0, n = 0;
    for (; rectext_next(str_of(RECORD), &pos, &tag, &v); n++) {
        assert_int_equal(tag, tags[n]);
        if (n == 2) assert_true(str_eq_z(v, "co2 laser"));
    }
    assert_int_equal(n, 4);
    pos = 0;
    assert_false(rectext_next(str_of(""), &pos, &tag, &v));
    assert_int_equal(rectext_value_at(str_of(RECORD), 20, &v), 2);
    assert_true(str_eq_z(v, "瓦斯"));
    assert_int_equal(rectext_value_at(str_of(RECORD), 19, &v), 2);
    assert_int_equal(rectext_value_at(str_of(RECORD), strlen(RECORD) - 1, &v), 5);
    assert_int_equal(rectext_value_at(str_of(RECORD), strlen(RECORD), &v), 0);
    assert_int_equal(v.n, 0);
}

static bool near(const char *record, const char *a, const char *b, uint32_t gap) {
    return rectext_near(str_of(record), str_of(a), str_of(b), gap, TAG(1));
}

/* Long gaps take another way; both must agree wherever the gap decides nothing. */
static void near_takes_any_gap(void **unused) {
    (void)unused;
    static const char *const RECORDS[] = {"\1甲乙",     "\1乙丙甲丁",   "\1甲\1乙",
                                          "\2甲乙\1甲", "\1瓦斯斯甲乙", "\1ab甲 b乙"};
    static const char *const NEEDLES[] = {"甲", "乙", "斯", "瓦斯", "b", "ab"};
    for (size_t r = 0; r < ARRAY_LEN(RECORDS); r++)
        for (size_t a = 0; a < ARRAY_LEN(NEEDLES); a++)
            for (size_t b = 0; b < ARRAY_LEN(NEEDLES); b++)
                assert_int_equal(near(RECORDS[r], NEEDLES[a], NEEDLES[b], 20),
                                 near(RECORDS[r], NEEDLES[a], NEEDLES[b], 1000));
    assert_true(near("\1甲" FILL FILL "乙", "甲", "乙", 44));
    assert_false(near("\1甲" FILL FILL "乙", "甲", "乙", 43));
    assert_true(near("\1乙" FILL FILL FILL FILL FILL FILL "甲", "甲", "乙", 132));
    assert_false(near("\1乙" FILL FILL FILL FILL FILL FILL "甲", "甲", "乙", 131));
}

static void near_counts_characters(void **unused) {
    (void)unused;
    assert_true(near("\1甲中间乙", "甲", "乙", 2));
    assert_false(near("\1甲中间乙", "甲", "乙", 1));
    assert_true(near("\1乙中间甲", "甲", "乙", 2));
    assert_true(near("\1甲乙", "甲", "乙", 0));
    assert_false(near("\1甲\1乙", "甲", "乙", 10));
    assert_false(near("\2甲乙", "甲", "乙", 10));
    assert_true(near("\1甲很远很远的乙\1甲乙", "甲", "乙", 0));
    /* The nearest pair counts, not the first. */
    assert_true(near("\1甲很远很远甲x乙", "甲", "乙", 1));
    assert_true(near("\1乙甲很远很远的乙", "甲", "乙", 0));
    /* Not overlapping, not cutting a token. */
    assert_false(near("\1瓦斯", "瓦斯", "斯", 5));
    assert_true(near("\1瓦斯斯", "瓦斯", "斯", 0));
    assert_false(near("\1甲", "甲", "甲", 5));
    assert_true(near("\1甲甲", "甲", "甲", 0));
    assert_false(near("\1ab甲", "a", "甲", 5));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_file_grows_and_is_cut_back),
        cmocka_unit_test(a_foreign_file_is_refused),
        cmocka_unit_test(literals_are_found_in_values),
        cmocka_unit_test(finding_agrees_with_text_find),
        cmocka_unit_test(values_are_walked),
        cmocka_unit_test(near_counts_characters),
        cmocka_unit_test(near_takes_any_gap),
    };
    return cmocka_run_group_tests_name("rectext", tests, make_dir, remove_dir);
}
