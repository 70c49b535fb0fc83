/* Suggestions: what is found for which input, in which order; files that do not fit. */
#include "core/pinyin.h"
#include "core/suggest_file.h"
#include "tests/unit/suggest_set.h"

#include <xxhash.h>

static const struct sset_doc docs[] = {
    {1, "煤矿瓦斯抽采关键技术", {"瓦斯", "煤矿安全"}, {"太原理工大学"}, {"单田芳"}},
    {2, "煤矿瓦斯抽采关键技术", {"瓦斯", "5G通信"}, {"太原理工大学"}, {"王一"}},
    {3, "重庆长江大桥检测", {"ＣＯ２", "绿色施工"}, {"重庆大学"}, {"王一"}},
    {4, "镁合金挤压成形", {"瓦斯", "旅游"}, {"西安理工大学", "none"}, {"王一"}},
    {5, "太原", {"太原", "co2"}, {"先进材料研究所"}, {"仇大"}},
    {6, "长沙银行音乐厅的声学设计与施工方法研究", {"女工"}, {"太原科技大学"}, {"王一"}},
    {7, "", {"绿色施工"}, {"中北大学"}, {"王 一"}},
};

static int setup(void **state) {
    struct sset *x = calloc(1, sizeof *x);
    if (!x) return 1;
    sset_open(x);
    sset_publish(x, docs, ARRAY_LEN(docs), NULL, 0);
    *state = x;
    return 0;
}

static int teardown(void **state) {
    sset_close(*state);
    free(*state);
    return 0;
}

static const char kind_letter[] = {'t', 'k', 'u', 'p'};

/* "u太原理工大学2 …" */
static const char *answer(const struct sset *x, const char *input, size_t max) {
    static char text[4096];
    struct suggest_entry e[SUGGEST_MAX];
    size_t at = 0, n = suggest_find(x->s, str_of(input), max, e);
    *text = 0;
    for (size_t i = 0; i < n; i++) {
        struct str s = suggest_text(x->s, &e[i]);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%c%.*s%u", i ? " " : "",
                               kind_letter[e[i].kind], (int)s.n, s.p, e[i].count);
    }
    return text;
}

static void test_found(void **state) {
    static const char *const cases[][2] = {
        /* by text, in any width, case and script */
        {"太原理", "u太原理工大学2"},
        {"太原", "k太原1 u太原理工大学2 u太原科技大学1"},
        {"重慶", "u重庆大学1 t重庆长江大桥检测1"},
        {"５ｇ", "k5G通信1"},
        {"Co", "kco21"},
        /* full pinyin, the last syllable unfinished, apostrophes and spaces passed over
         */
        {"taiyuanl", "u太原理工大学2"},
        {"ｔａｉ yuan'l", "u太原理工大学2"},
        {"wasi", "k瓦斯3"},
        {"chongqingc", "t重庆长江大桥检测1"},
        {"changshayinhangyinyue", "t长沙银行音乐厅的声学设计与施工方法研究1"},
        {"xian", "u西安理工大学1 u先进材料研究所1"},
        {"5gtong", "k5G通信1"},
        /* names of people are read as names */
        {"shantian", "p单田芳1"},
        {"dantian", ""},
        {"stf", "p单田芳1"},
        {"qiud", "p仇大1"},
        /* ü as v, as u, as itself */
        {"lvse", "k绿色施工2"},
        {"luse", "k绿色施工2"},
        {"LÜse", "k绿色施工2"},
        {"nug", "k女工1"},
        {"nü", "k女工1"},
        /* initials */
        {"tylgd", "u太原理工大学2"},
        {"cqcj", "t重庆长江大桥检测1"},
        {"5gt", "k5G通信1"},
        {"zbdx", "u中北大学1"},
        {"zhbdx", "u中北大学1"},
        /* mixtures */
        {"太yuanl", "u太原理工大学2"},
        {"tylg大学", "u太原理工大学2"},
        {"taiyuanlg", "u太原理工大学2"},
        {"重qing大", "u重庆大学1"},
        {"煤kuangan", "k煤矿安全1"},
        {"zhongbdaxue", "u中北大学1"},
        {"shanx大学", ""},
        /* whole matches, then use, then length */
        {"w", "p王一4 k瓦斯3"},
        {"wy", "p王一4"},
        /* inside */
        {"理工大学", "u太原理工大学2 u西安理工大学1"},
        {"瓦斯抽采", "t煤矿瓦斯抽采关键技术2"},
        {"施工", "k绿色施工2 t长沙银行音乐厅的声学设计与施工方法研究1"},
        {"工", ""},
        {"学", ""},
        /* nothing to look for */
        {"", ""},
        {"   ", ""},
        {"'", ""},
        {"none", ""},
        {"x1", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *is = answer(*state, cases[i][0], SUGGEST_MAX);
        if (strcmp(is, cases[i][1]) != 0)
            fail_msg("“%s”: %s, not %s", cases[i][0], is, cases[i][1]);
    }
}

static void test_limits(void **state) {
    struct sset *x = *state;
    assert_string_equal(answer(x, "太", 1), "u太原理工大学2");
    assert_string_equal(answer(x, "太", 0), "");
    /* No input takes it beyond its bounds. */
    char *deep = malloc(100001);
    assert_non_null(deep);
    for (size_t n = 1; n <= 100000; n *= 10) {
        static const char *const piece[] = {"a", "lu", "zh", "太", "xian", "'"};
        for (size_t k = 0; k < ARRAY_LEN(piece); k++) {
            size_t at = 0, len = strlen(piece[k]);
            for (; at + len <= n; at += len) memcpy(deep + at, piece[k], len);
            deep[at] = 0;
            struct suggest_entry e[SUGGEST_MAX];
            assert_true(suggest_find(x->s, str_slice(deep, at), SUGGEST_MAX, e) <= 20);
            suggest_homophones(x->s, str_slice(deep, at), SUGGEST_MAX, e);
        }
    }
    free(deep);
}

static void test_exact(void **state) {
    const struct sset *x = *state;
    static const struct {
        enum suggest_kind kind;
        const char *norm;
        size_t n;
    } cases[] = {
        {SUGGEST_TITLE, "煤矿瓦斯抽采关键技术", 2},
        {SUGGEST_TITLE, "煤矿瓦斯", 0},
        {SUGGEST_TITLE, "太原", 1},
        {SUGGEST_KEYWORD, "太原", 1},
        {SUGGEST_UNIT, "太原", 0},
        {SUGGEST_UNIT, "太原理工大学", 1},
        {SUGGEST_KEYWORD, "co2", 2},
        {SUGGEST_PERSON, "王一", 2},
        {SUGGEST_UNIT, "none", 0},
        {SUGGEST_TITLE, "", 0},
    };
    uint32_t id[4];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(suggest_exact(x->s, cases[i].kind, str_of(cases[i].norm), 4, id),
                         cases[i].n);
    assert_int_equal(suggest_exact(x->s, SUGGEST_TITLE, str_of(cases[0].norm), 4, id), 2);
    assert_int_equal(id[0], 1);
    assert_int_equal(id[1], 2);
    assert_int_equal(suggest_exact(x->s, SUGGEST_TITLE, str_of(cases[0].norm), 1, id), 1);
}

static void test_homophones(void **state) {
    struct sset *x = *state;
    struct suggest_entry e[4];
    /* 挖斯 is read as 瓦斯 is, 通行 not as 通信. */
    assert_int_equal(suggest_homophones(x->s, str_of("挖斯"), 4, e), 1);
    assert_int_equal(e[0].kind, SUGGEST_KEYWORD);
    assert_true(str_eq_z(suggest_text(x->s, &e[0]), "瓦斯"));
    assert_int_equal(suggest_homophones(x->s, str_of("瓦斯"), 4, e), 0);
    assert_int_equal(suggest_homophones(x->s, str_of("瓦"), 4, e), 0);
    assert_int_equal(suggest_homophones(x->s, str_of("wasi"), 4, e), 0);
    assert_int_equal(suggest_homophones(x->s, str_of("5g通行"), 4, e), 0);
    assert_int_equal(suggest_homophones(x->s, str_of("5g同信"), 4, e), 1);
    assert_int_equal(suggest_homophones(x->s, str_of("5g同信"), 0, e), 0);
}

/* A record that goes takes its names along; one that comes brings them. */
static void test_updates(void **state) {
    struct sset *x = *state;
    uint32_t gone[] = {2, 5};
    struct sset_doc changed = {3, "太原新题", {"瓦斯"}, {"太原理工大学"}, {NULL}};
    sset_publish(x, &changed, 1, gone, ARRAY_LEN(gone));
    assert_string_equal(answer(x, "太原", 9), "u太原理工大学2 t太原新题1 u太原科技大学1");
    assert_string_equal(answer(x, "5g", 9), "");
    assert_string_equal(answer(x, "重庆", 9), "");
    assert_string_equal(answer(x, "煤矿瓦斯", 9), "t煤矿瓦斯抽采关键技术1");
    uint32_t all[] = {1, 3, 4, 6, 7};
    sset_publish(x, NULL, 0, all, ARRAY_LEN(all));
    assert_string_equal(answer(x, "太原", 9), "");
    sset_publish(x, docs, ARRAY_LEN(docs), NULL, 0);
    assert_string_equal(answer(x, "taiyuanl", 9), "u太原理工大学2");
}

/* ---- files ---------------------------------------------------------------------------
 */

static char *read_file(const char *path, size_t *n) {
    FILE *f = fopen(path, "rbe");
    assert_non_null(f);
    char *p = malloc((size_t)1 << 20);
    assert_non_null(p);
    *n = fread(p, 1, (size_t)1 << 20, f);
    fclose(f);
    return p;
}

static void write_file(const char *path, const char *p, size_t n) {
    FILE *f = fopen(path, "wbe");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static enum status open_bytes(const struct sset *x, const char *p, size_t n, bool deep) {
    char path[PATH_MAX];
    struct suggest *s;
    struct err err;
    write_file(xset_path(path, x->dir, "other"), p, n);
    enum status st = deep ? suggest_verify(path, &x->columns, &x->text, &err)
                          : suggest_open(path, &x->columns, &x->text, &s, &err);
    if (st == STATUS_OK && !deep) suggest_close(s);
    return st;
}

static void seal(char *p) {
    struct suggest_head h;
    memcpy(&h, p, sizeof h);
    h.checksum = XXH3_64bits(&h, offsetof(struct suggest_head, checksum));
    memcpy(p, &h, sizeof h);
}

static void test_files(void **state) {
    struct sset *x = *state;
    struct suggest *s;
    struct suggest_head h;
    struct err err;
    size_t n;
    char *p = read_file(x->path, &n), *copy = malloc(n);
    assert_non_null(copy);
    assert_int_equal(suggest_open("/nonexistent", &x->columns, &x->text, &s, &err),
                     STATUS_NOT_FOUND);
    assert_int_equal(open_bytes(x, p, n, false), STATUS_OK);
    assert_int_equal(open_bytes(x, p, n, true), STATUS_OK);
    for (size_t cut = 0; cut < n; cut += 7)
        assert_int_equal(open_bytes(x, p, cut, false), STATUS_CORRUPT);
    /* Made by another version or with another table: as good as missing. */
    memcpy(&h, p, sizeof h);
    h.version++;
    memcpy(copy, p, n);
    memcpy(copy, &h, sizeof h);
    assert_int_equal(open_bytes(x, copy, n, false), STATUS_NOT_FOUND);
    h.version--;
    h.pinyin++;
    memcpy(copy, &h, sizeof h);
    seal(copy);
    assert_int_equal(open_bytes(x, copy, n, false), STATUS_NOT_FOUND);
    h.pinyin--;
    h.revision++; /* of other columns */
    memcpy(copy, &h, sizeof h);
    seal(copy);
    assert_int_equal(open_bytes(x, copy, n, false), STATUS_CORRUPT);
    /* Any byte: what opens is safe to ask, and verifying finds it. */
    for (size_t i = 0; i < n; i++) {
        memcpy(copy, p, n);
        copy[i] = (char)(copy[i] ^ (1 << i % 8));
        assert_int_not_equal(open_bytes(x, copy, n, true), STATUS_OK);
        char path[PATH_MAX];
        if (suggest_open(xset_path(path, x->dir, "other"), &x->columns, &x->text, &s,
                         &err) != STATUS_OK)
            continue;
        struct sset damaged = *x;
        damaged.s = s;
        answer(&damaged, "太原", 5);
        answer(&damaged, "tai", 5);
        answer(&damaged, "ty大学", 5);
        answer(&damaged, "理工大学", 5);
        suggest_close(s);
    }
    free(p);
    free(copy);
}

/* The tag of titles that suggest.c looks for is the field table's. */
static void test_title_tag(void **state) {
    (void)state;
    size_t n;
    const struct field *f = field_table(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(f[i].path, "title") == 0)
            assert_int_equal(f[i].tag, SUGGEST_TITLE_TAG);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_found),   TEST(test_limits), TEST(test_exact),    TEST(test_homophones),
        TEST(test_updates), TEST(test_files),  TEST(test_title_tag)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
