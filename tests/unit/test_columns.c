/* columns: what is put comes back; the bytes depend on the rows alone; damage is seen. */
#include "tests/unit/xset.h"

#include <fcntl.h>
#include <talloc.h>

#define expect(want, call)                                                               \
    do {                                                                                 \
        struct err err_ = {0};                                                           \
        struct err *err = &err_;                                                         \
        enum status s_ = (call);                                                         \
        if (s_ != (want)) fail_msg("%s: %s: %s", #call, status_name(s_), err->text);     \
    } while (0)

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

static const char *in_dir(const char *name) {
    static char path[PATH_MAX];
    return xset_path(path, dir, name);
}

static const struct str KEYWORDS_1[] = {{"瓦斯", 6}, {"煤", 3}, {"瓦斯", 6}, {"", 0}};
static const struct str KEYWORDS_2[] = {{"水", 3}};
static const struct str YEAR_1[] = {{"2024", 4}}, YEAR_2[] = {{"2023", 4}};

static const uint32_t HAN[] = {0x7164, 0x77FF, 0x74E6};

static struct columns_row row_of(uint32_t docid, const char *uid, const char *key) {
    struct columns_row r = {.docid = docid,
                            .doclen = docid * 10,
                            .text_at = 16 + docid,
                            .text_len = 1,
                            .date = {20240100 + (int32_t)docid, 0},
                            .uid = str_of(uid),
                            .title_key = str_of(key)};
    r.facet[FACET_KEYWORD].value = docid % 2 ? KEYWORDS_1 : KEYWORDS_2;
    r.facet[FACET_KEYWORD].n = docid % 2 ? 4 : 1;
    r.facet[FACET_YEAR].value = docid % 2 ? YEAR_1 : YEAR_2;
    r.facet[FACET_YEAR].n = docid == 4 ? 0 : 1;
    r.han = HAN + docid % 2;
    r.nhan = 2;
    return r;
}

static void put(struct columns_builder *b, uint32_t docid, const char *uid,
                const char *key) {
    struct columns_row r = row_of(docid, uid, key);
    ok(columns_builder_put(b, &r, err));
}

static void write_three(const char *name) {
    struct columns_builder *b;
    ok(columns_builder_new(NULL, &b, err));
    put(b, 3, "U-2", "b");
    put(b, 1, "U-3", "a");
    put(b, 4, "U-1", "b");
    ok(columns_builder_write(b, in_dir(name), 7, "text-1", 100, err));
    columns_builder_free(b);
}

static void rows_come_back(void **unused) {
    (void)unused;
    struct columns c;
    write_three("columns-7");
    ok(columns_open(in_dir("columns-7"), &c, err));
    assert_int_equal(c.size, 5);
    assert_int_equal(c.live_count, 3);
    assert_int_equal(c.revision, 7);
    assert_string_equal(c.text_name, "text-1");
    assert_int_equal(c.text_end, 100);
    assert_false(columns_is_live(&c, 0));
    assert_true(columns_is_live(&c, 1));
    assert_false(columns_is_live(&c, 2));
    assert_false(columns_is_live(&c, 5));
    assert_true(str_eq_z(columns_uid(&c, 3), "U-2"));
    assert_int_equal(columns_uid(&c, 2).n, 0);
    assert_int_equal(columns_uid(&c, 99).n, 0);
    assert_int_equal(c.doclen[3], 30);
    assert_int_equal(c.text_at[3], 19);
    assert_int_equal(c.date[DATE_APPROVED][4], 20240104);
    /* Ranks: uids U-1 (4), U-2 (3), U-3 (1); titles a (1), then b twice (4, 3). */
    assert_int_equal(c.uid_rank[4], 1);
    assert_int_equal(c.uid_rank[3], 2);
    assert_int_equal(c.uid_rank[1], 3);
    assert_int_equal(c.title_rank[1], 1);
    assert_int_equal(c.title_rank[3], 2);
    assert_int_equal(c.title_rank[4], 2);
    assert_int_equal(c.title_count, 3);
    assert_int_equal(c.title_order[1], 4);
    const struct columns_facet *k = &c.facet[FACET_KEYWORD];
    assert_true(k->multi);
    assert_int_equal(k->nvalues, 3);
    assert_int_equal(k->start[2] - k->start[1], 2); /* twice 瓦斯 and an empty one */
    assert_true(str_eq_z(columns_value(k, columns_ord(k, k->start[1])), "煤"));
    assert_int_equal(columns_find(k, str_of("瓦斯")), 3);
    assert_int_equal(columns_find(k, str_of("瓦")), 0);
    assert_int_equal(columns_ord(&c.facet[FACET_YEAR], 4), 0);
    assert_int_equal(columns_find(&c.facet[FACET_PLAN], str_of("x")), 0);
    /* Characters: 煤 in 4, 矿 in all, 瓦 in 1 and 3. */
    struct columns_han_list l = columns_han_find(&c.han, 0x7164);
    assert_int_equal(columns_han_next(&l, 0), 4);
    assert_int_equal(columns_han_total(&c.han), 6);
    columns_close(&c);
    ok(columns_verify(in_dir("columns-7"), err));
}

static struct buf slurp(const char *path) {
    struct buf b = buf_init(0);
    FILE *f = fopen(path, "rb");
    char part[4096];
    assert_non_null(f);
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(&b, part, n);
    fclose(f);
    return b;
}

static void bytes_depend_on_rows_alone(void **unused) {
    (void)unused;
    struct columns base;
    struct columns_builder *b;
    write_three("columns-7");
    /* The same rows by another way: other values first, a removal, a base, a replacement.
     */
    ok(columns_builder_new(NULL, &b, err));
    put(b, 9, "U-9", "z");
    put(b, 4, "U-1", "b");
    put(b, 3, "U-7", "q");
    ok(columns_builder_write(b, in_dir("columns-1"), 1, "text-1", 100, err));
    columns_builder_free(b);
    ok(columns_open(in_dir("columns-1"), &base, err));
    ok(columns_builder_new(&base, &b, err));
    ok(columns_builder_remove(b, 9, err));
    ok(columns_builder_remove(b, 77, err));
    put(b, 1, "U-3", "a");
    put(b, 3, "U-2", "b");
    ok(columns_builder_write(b, in_dir("other"), 7, "text-1", 100, err));
    ok(columns_builder_write(b, in_dir("again"), 7, "text-1", 100, err));
    columns_builder_free(b);
    columns_close(&base);
    struct buf x = slurp(in_dir("columns-7")), y = slurp(in_dir("other")),
               z = slurp(in_dir("again"));
    assert_true(str_eq(buf_str(&x), buf_str(&y)));
    assert_true(str_eq(buf_str(&x), buf_str(&z)));
    buf_done(&x);
    buf_done(&y);
    buf_done(&z);
}

static void an_empty_set_is_a_set(void **unused) {
    (void)unused;
    struct columns_builder *b;
    struct columns c;
    ok(columns_builder_new(NULL, &b, err));
    ok(columns_builder_write(b, in_dir("empty"), 0, "text-1", 16, err));
    columns_builder_free(b);
    ok(columns_verify(in_dir("empty"), err));
    ok(columns_open(in_dir("empty"), &c, err));
    assert_int_equal(c.size, 1);
    assert_int_equal(c.live_count, 0);
    columns_close(&c);
}

/* 70,000 keywords need ordinals of four bytes, 300 units two. */
static void wide_ordinals_come_back(void **unused) {
    (void)unused;
    enum { ROWS = 7000, EACH = 10 };
    struct columns_builder *b;
    struct columns c;
    ok(columns_builder_new(NULL, &b, err));
    for (uint32_t d = 1; d <= ROWS; d++) {
        char uid[16], text[EACH][16], unit[16];
        struct str value[EACH], first;
        snprintf(uid, sizeof uid, "U%u", d);
        snprintf(unit, sizeof unit, "unit%u", d % 300);
        first = str_of(unit);
        for (uint32_t k = 0; k < EACH; k++) {
            snprintf(text[k], sizeof text[k], "k%u", (ROWS - d) * EACH + k);
            value[k] = str_of(text[k]);
        }
        struct columns_row r = {.docid = d, .uid = str_of(uid)};
        r.facet[FACET_KEYWORD].value = value;
        r.facet[FACET_KEYWORD].n = EACH;
        r.facet[FACET_FIRST_UNIT].value = &first;
        r.facet[FACET_FIRST_UNIT].n = 1;
        ok(columns_builder_put(b, &r, err));
    }
    ok(columns_builder_write(b, in_dir("wide"), 1, "t", 0, err));
    columns_builder_free(b);
    ok(columns_verify(in_dir("wide"), err));
    ok(columns_open(in_dir("wide"), &c, err));
    const struct columns_facet *k = &c.facet[FACET_KEYWORD],
                               *u = &c.facet[FACET_FIRST_UNIT];
    assert_int_equal(k->width, 4);
    assert_int_equal(k->nvalues, ROWS * EACH);
    assert_int_equal(u->width, 2);
    assert_int_equal(c.title_count, 0);
    for (uint32_t d = 1; d <= ROWS; d += 501) {
        char want[16];
        snprintf(want, sizeof want, "k%u", (ROWS - d) * EACH + 3);
        uint32_t ord = columns_find(k, str_of(want)), found = 0;
        for (uint32_t i = k->start[d]; i < k->start[d + 1]; i++)
            found += columns_ord(k, i) == ord;
        assert_int_equal(found, 1);
        snprintf(want, sizeof want, "unit%u", d % 300);
        assert_true(str_eq_z(columns_value(u, columns_ord(u, d)), want));
    }
    columns_close(&c);
}

static void limits_are_refused(void **unused) {
    (void)unused;
    struct columns_builder *b;
    struct columns_row r = row_of(1, "U-1", "a");
    ok(columns_builder_new(NULL, &b, err));
    r.docid = 0;
    expect(STATUS_INVALID, columns_builder_put(b, &r, err));
    r.docid = COLUMNS_MAX_DOCID + 1;
    expect(STATUS_LIMIT, columns_builder_put(b, &r, err));
    expect(STATUS_LIMIT, columns_builder_remove(b, COLUMNS_MAX_DOCID + 1, err));
    r = row_of(1, "", "a");
    expect(STATUS_INVALID, columns_builder_put(b, &r, err));
    r = row_of(1, "U-1", "a");
    r.facet[FACET_YEAR].n = 2;
    expect(STATUS_LIMIT, columns_builder_put(b, &r, err));
    r = row_of(1, "U-1", "a");
    r.text_at = 100;
    ok(columns_builder_put(b, &r, err));
    expect(STATUS_INVALID, columns_builder_write(b, in_dir("x"), 1, "text-1", 100, err));
    r = row_of(1, "U-1", "a");
    ok(columns_builder_put(b, &r, err));
    r = row_of(2, "U-1", "a");
    ok(columns_builder_put(b, &r, err));
    expect(STATUS_CONFLICT, columns_builder_write(b, in_dir("x"), 1, "text-1", 100, err));
    ok(columns_builder_remove(b, 2, err));
    expect(STATUS_IO, columns_builder_write(b, in_dir("no/x"), 1, "text-1", 100, err));
    char name[COLUMNS_NAME_MAX + 1];
    memset(name, 'n', sizeof name);
    name[COLUMNS_NAME_MAX] = 0;
    expect(STATUS_LIMIT, columns_builder_write(b, in_dir("x"), 1, name, 100, err));
    assert_int_equal(access(in_dir("x"), F_OK), -1);
    assert_int_equal(access(in_dir("x.tmp"), F_OK), -1);
    columns_builder_free(b);
}

static void write_file(const char *name, struct str s) {
    FILE *f = fopen(in_dir(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
    fclose(f);
}

/* Every byte turned over: open says so, or lets nothing through that is unsafe to read
 * (the sanitizers watch), and verify always says so. */
static void damage_is_seen(void **unused) {
    (void)unused;
    struct columns c;
    write_three("columns-7");
    struct buf whole = slurp(in_dir("columns-7"));
    expect(STATUS_NOT_FOUND, columns_open(in_dir("missing"), &c, err));
    for (size_t n = 0; n < whole.n; n += n < 64 ? 7 : 251) {
        write_file("cut", str_slice(whole.p, n));
        expect(STATUS_CORRUPT, columns_open(in_dir("cut"), &c, err));
    }
    for (size_t i = 0; i < whole.n; i += 3) {
        whole.p[i] = (char)(whole.p[i] ^ 0xFF);
        write_file("bad", buf_str(&whole));
        whole.p[i] = (char)(whole.p[i] ^ 0xFF);
        expect(STATUS_CORRUPT, columns_verify(in_dir("bad"), err));
        if (columns_open(in_dir("bad"), &c, NULL) != STATUS_OK) continue;
        for (uint32_t d = 0; d < c.size; d++) {
            const struct columns_facet *k = &c.facet[FACET_KEYWORD];
            for (uint32_t j = k->start[d]; j < k->start[d + 1]; j++)
                assert_true(columns_value(k, columns_ord(k, j)).n < whole.n);
            assert_true(columns_uid(&c, d).n < whole.n);
            assert_true(c.text_at[d] + c.text_len[d] <= c.text_end);
        }
        columns_close(&c);
    }
    buf_done(&whole);
}

static void rows_travel_as_bytes(void **unused) {
    (void)unused;
    struct buf b = buf_init(0);
    struct columns_row one = row_of(1, "U-1", "a"), two = row_of(4, "U-4", ""), got;
    one.text_at = UINT64_C(0x123456789);
    one.date[1] = -5;
    columns_row_write(&one, &b);
    size_t first = b.n;
    columns_row_write(&two, &b);
    ok(buf_check(&b, "rows", err));
    void *ctx = talloc_new(NULL);
    struct str in = buf_str(&b);
    ok(columns_row_read(ctx, &in, &got, err));
    assert_int_equal(got.docid, 1);
    assert_int_equal(got.doclen, 10);
    assert_true(got.text_at == UINT64_C(0x123456789));
    assert_int_equal(got.date[1], -5);
    assert_true(str_eq_z(got.uid, "U-1") && str_eq_z(got.title_key, "a"));
    assert_int_equal(got.facet[FACET_KEYWORD].n, 4);
    assert_true(str_eq_z(got.facet[FACET_KEYWORD].value[1], "煤"));
    assert_int_equal(got.facet[FACET_PLAN].n, 0);
    ok(columns_row_read(ctx, &in, &got, err));
    assert_int_equal(got.docid, 4);
    assert_int_equal(in.n, 0);
    for (size_t n = 0; n < first; n++) {
        in = str_slice(b.p, n);
        expect(STATUS_CORRUPT, columns_row_read(ctx, &in, &got, err));
        assert_int_equal(in.n, n);
    }
    talloc_free(ctx);
    buf_done(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back),
        cmocka_unit_test(bytes_depend_on_rows_alone),
        cmocka_unit_test(an_empty_set_is_a_set),
        cmocka_unit_test(wide_ordinals_come_back),
        cmocka_unit_test(limits_are_refused),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(rows_travel_as_bytes),
    };
    return cmocka_run_group_tests_name("columns", tests, make_dir, remove_dir);
}
