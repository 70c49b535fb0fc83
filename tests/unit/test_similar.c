/* What two registrations have in common: units under several names, projects, people,
 * core numbers; verdicts in both directions; listing and deciding. */
#include "indexer/similar.h"
#include "indexer/similar_verdict.h"
#include "tests/unit/xstore.h"

static struct likeness *like(const char *json, bool collection) {
    struct err err = {0};
    json_t *doc = json_loads(json, 0, NULL);
    struct identity *id = identity_new();
    struct likeness *l = likeness_new();
    assert_true(doc && id && l);
    must_(identity_of(doc, collection, id, &err), &err, "identity_of");
    must_(likeness_of(doc, id, collection, l, &err), &err, "likeness_of");
    identity_free(id);
    json_decref(doc);
    return l;
}

static void what_is_in_common(void **state) {
    (void)state;
#define UNIT(name) "{\"units\":[{\"name\":\"" name "\"}]}"
#define CODE(name, code) "{\"units\":[{\"name\":\"" name "\",\"uscc\":\"" code "\"}]}"
#define PROJECT(no) "{\"project_no\":\"" no "\"}"
#define IP(no, core) "{\"ip\":[{\"no\":\"" no "\",\"core\":" core "}]}"
#define PEOPLE(list) "{\"people\":[" list "]}"
#define P(name) "{\"name\":\"" name "\"}"
    static const struct {
        const char *a, *b;
        unsigned by;
    } cases[] = {
        {UNIT("太原钢铁有限公司"), UNIT("太原钢铁有限责任公司"), SIMILAR_UNIT},
        {UNIT("太原钢铁（集团）有限公司"), UNIT("太原钢铁集团股份有限公司"),
         SIMILAR_UNIT},
        {UNIT("太原钢铁有限公司（盖章）"), UNIT("太原鋼鐵 有限公司"), SIMILAR_UNIT},
        {UNIT("太原理工大学"), UNIT("太原理工大学矿业学院"), SIMILAR_UNIT},
        {UNIT("太原理工大学"), UNIT("太原科技大学"), 0},
        {UNIT("太原厂"), UNIT("太原厂二车间"), 0},
        {UNIT("试验基地12"), UNIT("试验基地123"), 0},
        {UNIT("中国科学院山西煤炭化学研究所"), UNIT("中科院山西煤炭化学研究所"),
         SIMILAR_UNIT},
        {UNIT("公司"), UNIT("公司"), SIMILAR_UNIT},
        {"{}", "{}", 0},
        {CODE("甲厂", "91350200MA2YJ1XR9G"), CODE("乙厂", "91350200MA2YJ1XR9G"),
         SIMILAR_UNIT},
        {CODE("甲厂", "91350200MA2YJ1XR9X"), CODE("乙厂", "91350200MA2YJ1XR9X"), 0},
        {PROJECT("2015-03-7"), PROJECT("２０１５０３７"), SIMILAR_PROJECT},
        {PROJECT("无"), PROJECT("无"), 0},
        {PROJECT("自选课题"), PROJECT("自选课题"), 0},
        {IP("ZL201510000001.7", "true"), IP("zl 2015 1000 0001.7", "true"), SIMILAR_IP},
        {IP("ZL201510000001.7", "true"), IP("2015100000017", "true"), SIMILAR_IP},
        {IP("ZL201510000001.7", "true"), IP("ZL201510000001.7", "false"), 0},
        {IP("申请中", "true"), IP("申请中", "true"), 0},
        {PEOPLE(P("甲") "," P("乙")), PEOPLE(P("乙") "," P("丙")), SIMILAR_PEOPLE},
        {PEOPLE(P("甲") "," P("乙") "," P("丙")), PEOPLE(P("丙") "," P("丁") "," P("戊")),
         0},
        {PEOPLE(P("甲") "," P("乙") "," P("丙")), PEOPLE(P("丙")), SIMILAR_PEOPLE},
        {PEOPLE(P("甲 乙")), PEOPLE(P("甲乙")), SIMILAR_PEOPLE},
        {PEOPLE(""), PEOPLE(""), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct likeness *a = like(cases[i].a, false), *b = like(cases[i].b, false);
        struct likeness *k = like(cases[i].b, true);
        unsigned percent = 7;
        if (similar_compare(a, b, &percent) != cases[i].by)
            fail_msg("%s | %s: %u", cases[i].a, cases[i].b,
                     similar_compare(a, b, &percent));
        assert_int_equal(percent, 0);
        assert_int_equal(similar_compare(b, a, &percent), cases[i].by);
        assert_int_equal(similar_compare(a, k, &percent), 0);
        assert_true(likeness_equal(a, a));
        likeness_free(a);
        likeness_free(b);
        likeness_free(k);
    }
}

static void what_makes_it_near(void **state) {
    (void)state;
    assert_false(similar_is_near(0));
    assert_false(similar_is_near(SIMILAR_TITLE));
    assert_false(similar_is_near(SIMILAR_UNIT | SIMILAR_PROJECT | SIMILAR_PEOPLE));
    assert_true(similar_is_near(SIMILAR_IP));
    assert_true(similar_is_near(SIMILAR_TITLE | SIMILAR_UNIT));
    assert_true(similar_is_near(SIMILAR_TITLE | SIMILAR_PROJECT));
    assert_true(similar_is_near(SIMILAR_TITLE | SIMILAR_PEOPLE));
    static const struct {
        struct similar_hit hit;
        const char *words;
    } cases[] = {
        {{1, SIMILAR_TITLE | SIMILAR_UNIT, 93}, "D4：名称相似 93%，第一完成单位相同"},
        {{1, SIMILAR_IP, 0}, "D3：核心知识产权号相同"},
        {{1, SIMILAR_IP | SIMILAR_PROJECT, 0}, "D3：核心知识产权号相同，项目编号相同"},
        {{1, SIMILAR_IP | SIMILAR_TITLE | SIMILAR_PEOPLE, 88},
         "D3、D4：核心知识产权号相同，名称相似 88%，完成人半数以上相同"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char words[128];
        similar_words(&cases[i].hit, words, sizeof words);
        assert_string_equal(words, cases[i].words);
    }
}

static void verdicts(void **state) {
    (void)state;
    struct xstore x;
    struct registry_batch b;
    struct err err = {0};
    xstore_open(&x);
    struct registry_source src = {
        .path = "review", .actor = "t", .now = XSTORE_NOW, .kind = "review"};
    must_(registry_batch_begin(&x.reg, &src, &b, &err), &err, "begin");
    const struct verdict_by by = {str_of("王"), str_of("")};
    const unsigned char hash[16] = {1, 2, 3}, other[16] = {1, 2, 4};
    enum verdict v = VERDICT_SAME;
    uint32_t key = 9;
    must_(verdict_of(&x.reg, str_of("A"), str_of("B"), &v, &err), &err, "of");
    assert_int_equal(v, VERDICT_NONE);
    must_(verdict_put(&b, str_of("A"), str_of("B"), VERDICT_SAME, &by, &err), &err,
          "put");
    must_(verdict_of(&x.reg, str_of("B"), str_of("A"), &v, &err), &err, "of");
    assert_int_equal(v, VERDICT_SAME);
    must_(verdict_same_as(&x.reg, str_of("A"), &key, &err), &err, "same_as");
    assert_int_equal(key, 0); /* B is not stored */
    must_(verdict_put(&b, str_of("B"), str_of("A"), VERDICT_DIFFERENT, &by, &err), &err,
          "put");
    must_(verdict_of(&x.reg, str_of("A"), str_of("B"), &v, &err), &err, "of");
    assert_int_equal(v, VERDICT_DIFFERENT);
    must_(verdict_put_row(&b, hash, VERDICT_SAME, &by, &err), &err, "put_row");
    must_(verdict_of_row(&x.reg, hash, &v, &err), &err, "of_row");
    assert_int_equal(v, VERDICT_SAME);
    must_(verdict_of_row(&x.reg, other, &v, &err), &err, "of_row");
    assert_int_equal(v, VERDICT_NONE);
    must_(verdict_forget(&b, str_of("A"), &err), &err, "forget");
    must_(verdict_of(&x.reg, str_of("A"), str_of("B"), &v, &err), &err, "of");
    assert_int_equal(v, VERDICT_NONE);
    registry_batch_abort(&b);
    xstore_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_common),
        cmocka_unit_test(what_makes_it_near),
        cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
