#include "core/utf8.h"
#include "query/similar_shared.h"
#include "tests/unit/xrecords.h"

static const struct xrecord records[] = {
    {"煤矿瓦斯抽采钻孔封孔关键技术", "针对低透气性煤层，用GIS与3D-Var管理钻孔。",
     "太原理工大学", "140105", "A", "2025-11-03", NULL, 2025},
    {"煤礦瓦斯抽採鑽孔裝置", "用ＧＩＳ 和 3d-var 同化；煤 層鑽孔易塌。", "中北大学",
     "140110", "B", "2024-06-30", NULL, 2024},
    {"煤矿瓦斯抽采钻孔封孔关键技术", "针对低透气性煤层，用GIS与3D-Var管理钻孔。",
     "大同煤业", "140200", "A", "2025-11-03", NULL, 2025},
    {"小麦抗旱品种选育", "小麦抗旱新品种，2025年推广。", "山西农业大学", "140700", "A",
     "2021-09-09", NULL, 2021},
    {"小麦高产栽培", "小麦高产，2025年推广。", "山西农业大学", "140700", "A",
     "2021-09-10", NULL, 2021},
    {"泵", "qvz", "大同煤业", "140200", "A", "2021-09-10", NULL, 2021},
    {"被撤销的瓦斯抽采钻孔", "瓦斯抽采钻孔封孔。", "中北大学", "140110", "A",
     "2025-01-01", "unapproved", 2025},
};

struct set {
    char dir[PATH_MAX];
    struct xindex_reader *reader;
    void *ctx;
};

static int set_up(void **state) {
    struct set *s = calloc(1, sizeof *s);
    ok(codes_load(err));
    xset_make_dir(s->dir);
    xrecords_publish(s->dir, AUDIENCE_PUBLIC, 1, records, ARRAY_LEN(records));
    ok(xindex_reader_open(s->dir, &s->reader, err));
    s->ctx = talloc_new(NULL);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    struct set *s = *state;
    talloc_free(s->ctx);
    xindex_reader_close(s->reader);
    xset_remove_dir(s->dir);
    free(s);
    return 0;
}

static struct similar_result *to_record(struct set *s, uint32_t docid, uint32_t size) {
    struct similar_result *r = NULL;
    ok(similar_to_record(s->ctx, s->reader, docid, size, 0, &r, err));
    return r;
}

static struct similar_result *to_text(struct set *s, const char *text) {
    struct similar_result *r = NULL;
    ok(similar_to_text(s->ctx, s->reader, str_of(text), SIMILAR_SIZE, 0, &r, err));
    return r;
}

/* "3: 瓦斯 钻孔; 2: …" */
static const char *told(struct set *s, const struct similar_result *r) {
    char *text = talloc_strdup(s->ctx, "");
    for (size_t i = 0; i < r->nhits; i++) {
        const struct similar_hit *h = &r->hit[i];
        text = talloc_asprintf_append(text, "%s%u:", i ? "; " : "", h->hit.docid);
        for (size_t k = 0; k < h->nshared; k++)
            text = talloc_asprintf_append(text, " %.*s", (int)h->shared[k].n,
                                          h->shared[k].p);
    }
    return text;
}

static void finds_records_with_what_they_share(void **state) {
    struct set *s = *state;
    struct similar_result *r = to_record(s, 1, SIMILAR_SIZE);
    assert_int_equal(r->revision, 1);
    assert_non_null(r->as_of);
    assert_true(str_eq_z(r->regno, "9142025Y0001"));
    assert_true(str_eq_z(r->uid, "U-001"));
    assert_true(str_eq_z(r->title, records[0].title));
    /* its twin first; the withdrawn one, number 7, not at all */
    assert_true(r->nhits >= 2);
    assert_int_equal(r->hit[0].hit.docid, 3);
    assert_int_equal(r->hit[1].hit.docid, 2);
    for (size_t i = 0; i < r->nhits; i++) {
        assert_true(r->hit[i].hit.docid != 1 && r->hit[i].hit.docid != 7);
        assert_true(r->hit[i].hit.hit.n > 2 && r->hit[i].hit.title_html.n == 0);
        assert_true(i == 0 || r->hit[i].hit.score <= r->hit[i - 1].hit.score);
    }
    assert_string_equal(told(s, to_record(s, 1, 9)), told(s, to_record(s, 1, 9)));
    assert_int_equal(to_record(s, 1, 1)->nhits, 1);
    assert_true(to_record(s, 1, 1000)->nhits <= SIMILAR_SIZE_MAX);
}

static bool tells(const struct similar_hit *h, const char *word) {
    for (size_t i = 0; i < h->nshared; i++)
        if (str_eq_z(h->shared[i], word)) return true;
    return false;
}

/* The words are those of the record asked about, in its own script. */
static void words_stand_as_the_source_writes_them(void **state) {
    struct set *s = *state;
    struct similar_result *r = to_record(s, 1, 2);
    assert_true(tells(&r->hit[1], "GIS") && tells(&r->hit[1], "3D-Var"));
    assert_true(tells(&r->hit[1], "煤矿瓦斯抽采钻孔"));
    assert_true(tells(&r->hit[1], "矿业") && tells(&r->hit[1], "安全")); /* keywords */
    assert_true(str_eq_z(r->hit[1].shared[0], "矿业"));
    r = to_record(s, 2, 2);
    assert_true(tells(&r->hit[0], "ＧＩＳ") && tells(&r->hit[0], "3d-var"));
    assert_true(tells(&r->hit[0], "煤礦瓦斯抽採鑽孔"));
    assert_true(tells(&r->hit[0], "煤層")); /* without the blank in it */
}

static void no_word_stands_in_another(void **state) {
    struct set *s = *state;
    for (uint32_t docid = 1; docid <= 6; docid++) {
        struct similar_result *r = to_record(s, docid, SIMILAR_SIZE);
        for (size_t i = 0; i < r->nhits; i++)
            for (size_t a = 0; a < r->hit[i].nshared; a++)
                for (size_t b = 0; b < r->hit[i].nshared; b++) {
                    struct str x = r->hit[i].shared[a], y = r->hit[i].shared[b];
                    assert_true(utf8_bad_at(x) == x.n && x.n > 0);
                    assert_true(a == b || !memmem(x.p, x.n, y.p, y.n));
                }
    }
}

static void texts_find_records_too(void **state) {
    struct set *s = *state;
    struct similar_result *r = to_text(s, "請問 小麥 怎樣栽培？");
    assert_int_equal(r->title.n + r->uid.n + r->regno.n, 0);
    assert_true(r->nhits >= 1);
    assert_int_equal(r->hit[0].hit.docid, 5);
    assert_true(tells(&r->hit[0], "小麥") || tells(&r->hit[0], "栽培"));
    assert_int_equal(to_text(s, "泵")->hit[0].hit.docid, 6); /* a single character */
    assert_int_equal(to_text(s, "2025")->nhits,
                     2); /* digits, when there is nothing else */
    assert_int_equal(to_text(s, "查無此事")->nhits, 0);
    assert_int_equal(to_text(s, "查無此事")->revision, 1);
}

static enum status status_of_text(struct set *s, struct str text, struct err *err) {
    struct similar_result *r = NULL;
    return similar_to_text(s->ctx, s->reader, text, 5, 0, &r, err);
}

static void refuses_what_it_cannot_look_for(void **state) {
    struct set *s = *state;
    struct err err;
    static const char *const empty[] = {"", " \n\t", "。，", "－－", "\xE2\x80\x8B"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        assert_int_equal(status_of_text(s, str_of(empty[i]), &err), STATUS_INVALID);
        assert_string_equal(err.code, "invalid_value");
    }
    struct buf b = buf_init(0);
    for (size_t i = 0; i < SIMILAR_TEXT_MAX; i++) buf_add_char(&b, 'a');
    assert_int_equal(status_of_text(s, buf_str(&b), &err), STATUS_OK);
    buf_add_char(&b, 'a');
    assert_int_equal(status_of_text(s, buf_str(&b), &err), STATUS_LIMIT);
    assert_string_equal(err.code, "text_too_long");
    buf_clear(&b);
    buf_add_z(&b, "e");
    for (int i = 0; i < 1000; i++) buf_add_z(&b, "\xCC\x81");
    assert_int_equal(status_of_text(s, buf_str(&b), &err), STATUS_INVALID);
    buf_done(&b);
}

static void says_when_there_is_no_such_record(void **state) {
    struct set *s = *state;
    struct similar_result *r = NULL;
    struct err err;
    static const uint32_t none[] = {0, 7, 8, UINT32_MAX};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_int_equal(similar_to_record(s->ctx, s->reader, none[i], 5, 0, &r, &err),
                         STATUS_NOT_FOUND);
    assert_int_equal(similar_to_record(s->ctx, s->reader, 1, 5, 1, &r, &err),
                     STATUS_DEADLINE);
    assert_null(r);
}

/* ---- words without a dictionary --------------------------------------------------- */

#define MANY 400

/* A set in which 瓦斯, 抽采 and 钻孔 are often there, together and apart, and 技术 nearly
 * everywhere: enough to tell words from what only happens to stand side by side. */
static void publish_many(struct set *s) {
    static const char *const word[] = {"瓦斯", "抽采", "钻孔", "小麦", "栽培", "边坡"};
    struct xrecord *x = talloc_zero_array(s->ctx, struct xrecord, MANY);
    for (unsigned i = 0; i < MANY; i++)
        x[i] = (struct xrecord){
            talloc_asprintf(x, "%s的%s技术", word[i % 6], word[i / 6 % 6]),
            talloc_asprintf(x, "%s与%s", word[i / 36 % 6], word[(i + 2) % 6]),
            "某厂",
            "140100",
            "A",
            NULL,
            NULL,
            2025};
    x[0].title = "瓦斯抽采钻孔技术";
    x[0].abstract = "瓦斯抽采与XRD";
    x[1].title = "抽采钻孔瓦斯技术";
    x[1].abstract = "抽采的XRD";
    xset_make_dir(s->dir);
    xrecords_publish(s->dir, AUDIENCE_PUBLIC, 1, x, MANY);
    ok(xindex_reader_open(s->dir, &s->reader, err));
}

static void words_end_where_characters_do_not_cohere(void **state) {
    (void)state;
    struct set s = {.ctx = talloc_new(NULL)};
    publish_many(&s);
    struct similar_source *source = similar_source_new(s.ctx);
    ok(similar_source_add(source, SIMILAR_TITLE, str_of("瓦斯抽采鑽孔技術"), err));
    ok(similar_source_add(source, SIMILAR_BODY, str_of("小麦栽培和XRD、2025。X"), err));
    ok(similar_source_finish(source, s.reader, err));
    char *all = talloc_strdup(s.ctx, "");
    for (size_t i = 0; i < source->nword; i++)
        all = talloc_asprintf_append(all, "%.*s%s ", (int)source->word[i].norm.n,
                                     source->word[i].norm.p,
                                     source->word[i].telling ? "" : "-");
    assert_string_equal(all, "瓦斯- 抽采- 钻孔- 技术- 小麦- 栽培- xrd ");
    /* what everybody writes is not told; what few do is */
    struct similar_result *r = NULL;
    ok(similar_to_record(s.ctx, s.reader, 1, 3, 0, &r, err));
    assert_int_equal(r->hit[0].hit.docid, 2);
    assert_true(tells(&r->hit[0], "XRD") && !tells(&r->hit[0], "技术"));
    talloc_free(s.ctx);
    xindex_reader_close(s.reader);
    xset_remove_dir(s.dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_records_with_what_they_share, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(words_stand_as_the_source_writes_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_word_stands_in_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_find_records_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_it_cannot_look_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(says_when_there_is_no_such_record, set_up,
                                        tear_down),
        cmocka_unit_test(words_end_where_characters_do_not_cohere),
    };
    return cmocka_run_group_tests_name("similar_query", tests, NULL, NULL);
}
