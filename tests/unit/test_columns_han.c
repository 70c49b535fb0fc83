/* Postings of single characters: built, merged, read, damaged; against plain sets. */
#include "core/columns.h"
#include "tests/unit/xset.h"

#define DOCIDS (3 * COLUMNS_HAN_WINDOW)
#define KEYS 12u
#define ROUNDS 40

static char dir[PATH_MAX];
static uint64_t state = 20261120;

static uint32_t rnd(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((state >> 33) % n);
}

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

static struct columns_han_builder *builder(void) {
    struct columns_han_builder *b;
    ok(columns_han_builder_new(&b, err));
    return b;
}

/* The block in memory, and a view of it. */
struct block {
    void *bytes;
    uint64_t n;
    struct columns_han han;
};

static struct block finish(struct columns_han_builder *b) {
    struct block k;
    ok(columns_han_builder_plan(b, &k.n, err));
    k.bytes = calloc(1, k.n);
    columns_han_builder_fill(b, k.bytes);
    const char *bad = columns_han_check(k.bytes, k.n, DOCIDS, &k.han);
    if (bad) fail_msg("%s", bad);
    return k;
}

static bool has(const struct columns_han *h, uint32_t key, uint32_t docid) {
    struct columns_han_list l = columns_han_find(h, key);
    return columns_han_next(&l, docid) == docid;
}

/* ---- by hand ---------------------------------------------------------------------- */

static void what_is_put_is_found(void **unused) {
    (void)unused;
    struct columns_han_builder *b = builder();
    static const uint32_t one[] = {0x7164, 0x77FF}, two[] = {0x77FF, 0x80007164u};
    ok(columns_han_builder_put(b, 20000, two, 2, err));
    ok(columns_han_builder_put(b, 7, one, 2, err));
    ok(columns_han_builder_put(b, 8, one, 0, err));
    struct block k = finish(b);
    assert_int_equal(k.han.nkeys, 3);
    assert_int_equal(columns_han_total(&k.han), 4);
    assert_int_equal(columns_han_find(&k.han, 0x77FF).n, 2);
    assert_int_equal(columns_han_find(&k.han, 0x7165).n, 0);
    assert_true(has(&k.han, 0x7164, 7) && !has(&k.han, 0x7164, 20000));
    assert_true(has(&k.han, 0x80007164u, 20000));
    struct columns_han_list l = columns_han_find(&k.han, 0x77FF);
    assert_int_equal(columns_han_next(&l, 0), 7);
    assert_int_equal(columns_han_next(&l, 8), 20000);
    assert_int_equal(columns_han_next(&l, 20001), UINT32_MAX);
    assert_int_equal(columns_han_next(&l, UINT32_MAX - 1), UINT32_MAX);
    uint64_t word[COLUMNS_HAN_WORDS] = {1};
    columns_han_add_window(&l, 0, word);
    assert_int_equal(word[0], 1 | 1 << 7);
    columns_han_add_window(&l, 2, word);
    assert_int_equal(word[0], 1 | 1 << 7);
    free(k.bytes);
    columns_han_builder_free(b);
}

static void a_record_has_what_was_put_last(void **unused) {
    (void)unused;
    static const uint32_t a[] = {1, 2}, c[] = {2, 3};
    struct columns_han_builder *b = builder(), *on = builder();
    ok(columns_han_builder_put(b, 5, a, 2, err));
    ok(columns_han_builder_put(b, 6, a, 2, err));
    ok(columns_han_builder_put(b, 7, a, 2, err));
    ok(columns_han_builder_put(b, 5, c, 2, err));
    ok(columns_han_builder_remove(b, 7, err));
    struct block k = finish(b);
    assert_true(!has(&k.han, 1, 5) && has(&k.han, 2, 5) && has(&k.han, 3, 5));
    assert_int_equal(columns_han_total(&k.han), 4);
    ok(columns_han_builder_add(on, &k.han, err));
    ok(columns_han_builder_put(on, 6, c, 2, err));
    ok(columns_han_builder_remove(on, 5, err));
    struct block next = finish(on);
    assert_int_equal(next.han.nkeys, 2); /* key 1 has gone */
    assert_int_equal(columns_han_total(&next.han), 2);
    assert_true(has(&next.han, 2, 6) && has(&next.han, 3, 6));
    free(next.bytes);
    free(k.bytes);
    columns_han_builder_free(on);
    columns_han_builder_free(b);
    b = builder();
    struct block none = finish(b);
    assert_int_equal(none.han.nkeys, 0);
    assert_int_equal(columns_han_total(&none.han), 0);
    assert_int_equal(columns_han_find(&none.han, 1).n, 0);
    assert_int_equal(columns_han_builder_put(b, COLUMNS_MAX_DOCID + 1, a, 2, NULL),
                     STATUS_LIMIT);
    free(none.bytes);
    columns_han_builder_free(b);
}

/* ---- at random -------------------------------------------------------------------- */

static uint8_t held[KEYS][DOCIDS]; /* the plain sets */

/* Key k stands in one record of 2^k, so that lists of both forms occur. */
static void put_random(struct columns_han_builder *b, uint32_t docid) {
    uint32_t key[KEYS], n = 0;
    for (uint32_t k = 0; k < KEYS; k++) {
        held[k][docid] = rnd(1u << k) == 0;
        if (held[k][docid]) key[n++] = 100 + k;
    }
    ok(columns_han_builder_put(b, docid, key, n, err));
}

static void drop(struct columns_han_builder *b, uint32_t docid) {
    for (uint32_t k = 0; k < KEYS; k++) held[k][docid] = 0;
    ok(columns_han_builder_remove(b, docid, err));
}

static void compare(const struct columns_han *h) {
    uint64_t total = 0;
    for (uint32_t k = 0; k < KEYS; k++) {
        struct columns_han_list l = columns_han_find(h, 100 + k);
        uint32_t n = 0, at = 0;
        for (uint32_t w = 0; w < DOCIDS / COLUMNS_HAN_WINDOW; w++) {
            uint64_t word[COLUMNS_HAN_WORDS] = {0};
            columns_han_add_window(&l, w, word);
            for (uint32_t i = 0; i < COLUMNS_HAN_WINDOW; i++) {
                uint32_t docid = w * COLUMNS_HAN_WINDOW + i;
                bool is = word[i / 64] >> (i % 64) & 1;
                if (is != held[k][docid]) fail_msg("key %u, record %u", k, docid);
                n += is;
                if (!is) continue;
                assert_int_equal(columns_han_next(&l, at), docid);
                at = docid + 1;
            }
        }
        assert_int_equal(l.n, n);
        assert_int_equal(columns_han_next(&l, at), UINT32_MAX);
        total += n;
    }
    assert_int_equal(columns_han_total(h), total);
}

/* Two shards that meet inside a window, and on top of them records put and removed. */
static void shards_and_changes_merge(void **unused) {
    (void)unused;
    char path[2][PATH_MAX];
    struct columns_han shard[2];
    static uint64_t live[DOCIDS / 64 + 1];
    memset(live, 0xFF, sizeof live);
    for (uint32_t half = 0; half < 2; half++) {
        struct columns_han_builder *b = builder();
        for (uint32_t i = 0; i < DOCIDS / 2; i++) put_random(b, half * (DOCIDS / 2) + i);
        ok(columns_han_write(b, xset_path(path[half], dir, half ? "1.han" : "0.han"),
                             err));
        columns_han_builder_free(b);
        ok(columns_han_open(path[half], &shard[half], err));
    }
    struct columns_han_builder *b = builder(), *other = builder();
    /* Their order does not matter. */
    ok(columns_han_builder_add(b, &shard[0], err));
    ok(columns_han_builder_add(b, &shard[1], err));
    ok(columns_han_builder_add(other, &shard[1], err));
    ok(columns_han_builder_add(other, &shard[0], err));
    struct block k = finish(b), twin = finish(other);
    compare(&k.han);
    assert_null(columns_han_verify(&k.han, live, DOCIDS));
    assert_int_equal(k.n, twin.n);
    assert_memory_equal(k.bytes, twin.bytes, k.n);
    live[rnd(DOCIDS) / 64] = 0;
    assert_non_null(columns_han_verify(&k.han, live, DOCIDS));
    for (int round = 0; round < ROUNDS; round++) {
        struct columns_han_builder *on = builder();
        ok(columns_han_builder_add(on, &k.han, err));
        for (uint32_t i = rnd(60); i > 0; i--)
            if (rnd(3))
                put_random(on, rnd(DOCIDS));
            else
                drop(on, rnd(DOCIDS));
        struct block next = finish(on);
        columns_han_builder_free(on);
        free(k.bytes);
        k = next;
        if (round % 8 == 0) compare(&k.han);
    }
    compare(&k.han);
    free(k.bytes);
    free(twin.bytes);
    columns_han_builder_free(b);
    columns_han_builder_free(other);
    for (int i = 0; i < 2; i++) columns_han_close(&shard[i]);
}

/* ---- damage ----------------------------------------------------------------------- */

/* Whatever byte is changed, the block is refused or read without harm (the sanitizer
 * watches), and never gives a docid beyond the set. */
static void damage_does_no_harm(void **unused) {
    (void)unused;
    struct columns_han_builder *b = builder();
    for (uint32_t i = 1; i < 2 * COLUMNS_HAN_WINDOW; i += 1 + i % 3) put_random(b, i);
    struct block k = finish(b);
    struct columns_han h;
    uint32_t refused = 0;
    size_t head = (size_t)((const char *)k.han.lists - (const char *)k.bytes);
    for (int i = 0; i < 4000; i++) {
        size_t at = rnd((uint32_t)(i % 2 ? head : k.n));
        char *byte = (char *)k.bytes + at, was = *byte;
        *byte = (char)rnd(256);
        if (columns_han_check(k.bytes, k.n, DOCIDS, &h)) {
            refused++;
        } else {
            struct columns_han_list l = columns_han_find(&h, 100 + rnd(KEYS));
            uint64_t word[COLUMNS_HAN_WORDS] = {0};
            for (uint32_t w = 0; w < 4; w++) columns_han_add_window(&l, w, word);
            uint32_t d = columns_han_next(&l, rnd(DOCIDS));
            assert_true(d == UINT32_MAX || d < DOCIDS + COLUMNS_HAN_WINDOW);
        }
        *byte = was;
    }
    assert_in_range(refused, 500, 4000);
    for (size_t n = 0; n < k.n; n += 1 + n / 8) /* cut short */
        assert_non_null(columns_han_check(k.bytes, n, DOCIDS, &h));
    assert_non_null(columns_han_check(k.bytes, k.n, COLUMNS_HAN_WINDOW / 2, &h));
    free(k.bytes);
    columns_han_builder_free(b);
}

static void bad_files_are_refused(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct columns_han h;
    assert_int_equal(columns_han_open(xset_path(path, dir, "none"), &h, NULL),
                     STATUS_NOT_FOUND);
    static const char *text[] = {"short", "a file of text that is no block of postings"};
    for (size_t i = 0; i < ARRAY_LEN(text); i++) {
        FILE *f = fopen(xset_path(path, dir, "bad"), "we");
        assert_non_null(f);
        fputs(text[i], f);
        assert_int_equal(fclose(f), 0);
        assert_int_equal(columns_han_open(path, &h, NULL), STATUS_CORRUPT);
    }
    struct columns_han_builder *b = builder();
    assert_int_equal(columns_han_write(b, xset_path(path, dir, "no/such"), NULL),
                     STATUS_IO);
    columns_han_builder_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found),
        cmocka_unit_test(a_record_has_what_was_put_last),
        cmocka_unit_test(shards_and_changes_merge),
        cmocka_unit_test(damage_does_no_harm),
        cmocka_unit_test(bad_files_are_refused),
    };
    return cmocka_run_group_tests_name("columns_han", tests, make_dir, remove_dir);
}
