#include "query/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <talloc.h>

static void check_round_trip(const struct cursor *c) {
    struct buf b = buf_init(0);
    void *ctx = talloc_new(NULL);
    struct cursor got;
    assert_int_equal(cursor_encode(c, &b, NULL), STATUS_OK);
    assert_true(b.n <= CURSOR_MAX_TOKEN);
    for (size_t i = 0; i < b.n; i++)
        assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789-_",
                               b.p[i]));
    assert_int_equal(cursor_decode(ctx, buf_str(&b), &got, NULL), STATUS_OK);
    assert_int_equal(got.revision, c->revision);
    assert_int_equal(got.sort, c->sort);
    assert_int_equal(got.descending, c->descending);
    assert_int_equal(got.rank, c->rank);
    assert_int_equal(got.date, c->date);
    assert_true(str_eq(got.key, c->key));
    assert_true(str_eq(got.uid, c->uid));
    talloc_free(ctx);
    buf_done(&b);
}

static void tokens_come_back_whole(void **state) {
    (void)state;
    char key[CURSOR_MAX_KEY];
    memset(key, 0xFE, sizeof key);
    struct cursor c = {.revision = 42,
                       .sort = XINDEX_BY_APPROVED,
                       .descending = true,
                       .rank = 20,
                       .date = 20251103,
                       .uid = str_of("SX-2025-000123")};
    check_round_trip(&c);
    c = (struct cursor){.revision = INT64_MAX, .rank = UINT32_MAX, .date = INT32_MIN};
    check_round_trip(&c);
    for (size_t n = 0; n <= 9; n++) {
        c = (struct cursor){.sort = XINDEX_BY_TITLE, .key = str_slice(key, n)};
        check_round_trip(&c);
    }
    c.key = str_slice(key, sizeof key);
    c.uid = str_slice(key, CURSOR_MAX_UID);
    check_round_trip(&c);
}

static void keys_that_are_too_long_are_refused(void **state) {
    (void)state;
    static const char key[CURSOR_MAX_KEY + 1];
    struct buf b = buf_init(0);
    struct cursor c = {.key = str_slice(key, sizeof key)};
    assert_int_equal(cursor_encode(&c, &b, NULL), STATUS_LIMIT);
    c = (struct cursor){.uid = str_slice(key, CURSOR_MAX_UID + 1)};
    assert_int_equal(cursor_encode(&c, &b, NULL), STATUS_LIMIT);
    assert_int_equal(b.n, 0);
}

static void refuse(void *ctx, struct str token) {
    struct err err;
    struct cursor c;
    assert_int_equal(cursor_decode(ctx, token, &c, &err), STATUS_INVALID);
    assert_string_equal(err.code, "invalid_cursor");
    assert_string_equal(err.field, "cursor");
}

static void damaged_tokens_are_refused(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    struct buf b = buf_init(0);
    struct cursor c = {.revision = 42,
                       .sort = XINDEX_BY_TITLE,
                       .key = str_of("key"),
                       .uid = str_of("SX-1")};
    assert_int_equal(cursor_encode(&c, &b, NULL), STATUS_OK);
    for (size_t i = 0; i < b.n; i++) { /* every single changed character */
        char old = b.p[i];
        b.p[i] = old == 'A' ? 'B' : 'A';
        refuse(ctx, buf_str(&b));
        b.p[i] = old;
    }
    for (size_t n = 0; n < b.n; n++) /* every cut */
        refuse(ctx, str_slice(b.p, n));
    buf_add_char(&b, 'A');
    refuse(ctx, buf_str(&b));
    static const char *const bad[] = {"", "=", "AAAA", "中文", "a b", "AQ=="};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) refuse(ctx, str_of(bad[i]));
    refuse(ctx, str_slice("\0\0\0\0", 4));
    buf_done(&b);
    talloc_free(ctx);
}

static void random_tokens_never_decode_wildly(void **state) {
    (void)state;
    void *ctx = talloc_new(NULL);
    uint64_t s = 20260120;
    for (int round = 0; round < 20000; round++) {
        char t[64];
        size_t n = 0;
        for (; n < sizeof t; n++) {
            s = s * 6364136223846793005u + 1442695040888963407u;
            t[n] = (char)(s >> 56);
        }
        refuse(ctx, str_slice(t, n));
        talloc_free_children(ctx);
    }
    talloc_free(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_back_whole),
        cmocka_unit_test(keys_that_are_too_long_are_refused),
        cmocka_unit_test(damaged_tokens_are_refused),
        cmocka_unit_test(random_tokens_never_decode_wildly),
    };
    return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
