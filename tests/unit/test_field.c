/* test_field.c - the field table is consistent, and knows every filter of interface.md.
 */
#include "core/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void test_rows_are_consistent(void **state) {
    (void)state;
    size_t n;
    const struct field *t = field_table(&n);
    uint32_t tags = 0;
    assert_true(n > 100);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &t[i];
        char path[128];
        static const char *const joint[] = {"", ".", "[].", "[0]."};
        snprintf(path, sizeof path, "%s%s%s", f->outer ? f->outer : "", joint[f->shape],
                 f->key);
        assert_string_equal(path, f->path);
        assert_true((f->outer != NULL) == (f->shape != FIELD_PLAIN));
        assert_ptr_equal(field_by_path(str_of(f->path)), f);
        assert_true(f->zh && f->zh[0]);
        assert_true((f->categories & ~(unsigned)FOR_ANY) == 0 && f->categories);
        bool coded = f->type == FIELD_CODE || f->type == FIELD_CODE_LIST;
        if (f->type == FIELD_BOOL)
            assert_int_equal(f->list, CODES_YESNO);
        else
            assert_true(coded == (f->list != CODES_NONE));
        if (f->type == FIELD_TEXT || f->type == FIELD_TEXT_LIST || f->type == FIELD_INT ||
            f->type == FIELD_CODE_LIST || f->type == FIELD_MONEY_MAP)
            assert_true(f->max > 0);
        if (f->facet >= 0) {
            assert_non_null(f->name);
            assert_ptr_equal(field_of_facet((enum facet)f->facet), f);
        }
        bool text = (f->flags & (FIELD_SEARCHED | FIELD_BY_NAME)) != 0;
        assert_true(text ? f->tag >= 1 && f->tag <= 31 : f->tag == 0 || f->facet >= 0);
        if (f->tag) {
            assert_int_equal(tags >> f->tag & 1, 0);
            tags |= UINT32_C(1) << f->tag;
            assert_ptr_equal(field_of_tag(f->tag), f);
            assert_int_not_equal(f->tier, TIER_N);
        }
        if (f->shape == FIELD_FIRST) assert_true(f->flags & FIELD_FIRST_ONLY);
    }
}

static void test_every_filter_has_its_names(void **state) {
    (void)state;
    static const struct {
        const char *en, *zh;
    } filters[] = {
        {"category", "类别"},
        {"year", "年度"},
        {"year", "年份"},
        {"approved", "登记日期"},
        {"achieved", "取得日期"},
        {"form", "体现形式"},
        {"attribute", "成果属性"},
        {"stage", "所处阶段"},
        {"level", "水平"},
        {"maturity", "成熟度"},
        {"discipline", "学科"},
        {"industry", "行业"},
        {"hitech", "高新技术领域"},
        {"sei", "战略性新兴产业"},
        {"source", "课题来源"},
        {"plan", "国家科技计划"},
        {"evaluation", "评价方式"},
        {"status", "应用状态"},
        {"ip", "知识产权"},
        {"intent", "转化意向"},
        {"cooperation", "合作方式"},
        {"unit", "单位"},
        {"unit", "完成单位"},
        {"first_unit", "第一完成单位"},
        {"unit_type", "单位类型"},
        {"region", "地区"},
        {"recommender", "推荐单位"},
        {"person", "人员"},
        {"person", "完成人"},
        {"keyword", "关键词"},
        {"state", "状态"},
        {"consent", "同意公开"},
        {"publicity", "公示"},
        {"title", "标题"},
        {"title", "题名"},
        {"title", "成果名称"},
        {"abstract", "摘要"},
        {"abstract", "简介"},
        {"regno", "登记号"},
    };
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        const struct field *f = field_by_name(str_of(filters[i].en));
        assert_non_null(f);
        if (field_by_name(str_of(filters[i].zh)) != f)
            fail_msg("%s is not %s", filters[i].zh, filters[i].en);
    }
    assert_ptr_equal(field_by_name(str_of("TITLE")), field_by_name(str_of("title")));
    assert_null(field_by_name(str_of("")));
    assert_null(field_by_name(str_of("不存在")));
    assert_null(field_by_name(str_of("出生年月"))); /* private: no query reaches it */
}

static void test_no_name_means_two_fields(void **state) {
    (void)state;
    size_t n;
    const struct field *t = field_table(&n);
    for (size_t i = 0; i < n; i++) {
        if (t[i].facet < 0 && t[i].date < 0 && !t[i].tag) continue;
        const char *name;
        for (size_t k = 0; (name = field_query_name(&t[i], k)); k++)
            if (field_by_name(str_of(name)) != &t[i])
                fail_msg("%s leads away from %s", name, t[i].path);
    }
}

static void test_facets(void **state) {
    (void)state;
    for (int i = 0; i < FACET_COUNT; i++) {
        enum facet f = (enum facet)i;
        assert_non_null(field_of_facet(f));
        assert_int_equal(facet_by_name(str_of(facet_name(f))), i);
        assert_true(facet_label(f)[0]);
    }
    static const enum facet multi[] = {FACET_DISCIPLINE,  FACET_INDUSTRY, FACET_IP,
                                       FACET_COOPERATION, FACET_KEYWORD,  FACET_PERSON,
                                       FACET_UNIT};
    size_t found = 0;
    for (int i = 0; i < FACET_COUNT; i++) found += facet_is_multi((enum facet)i);
    assert_int_equal(found, ARRAY_LEN(multi));
    for (size_t i = 0; i < ARRAY_LEN(multi); i++) assert_true(facet_is_multi(multi[i]));
    assert_int_equal(facet_by_name(str_of("nothing")), -1);
    assert_string_equal(facet_label(FACET_CATEGORY), "成果类别");
    assert_true(facet_is_internal(FACET_STATE) && !facet_is_internal(FACET_YEAR));
    assert_non_null(field_of_date(DATE_APPROVED));
    assert_non_null(field_of_date(DATE_ACHIEVED));
}

static void test_searched_tags(void **state) {
    (void)state;
    assert_int_equal(field_searched_tags(), 0x3FE); /* tags 1..9 */
    assert_string_equal(field_of_tag(1)->path, "title");
    assert_string_equal(field_of_tag(6)->path, "abstract");
    assert_null(field_of_tag(0));
    assert_null(field_of_tag(31));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_consistent),
        cmocka_unit_test(test_every_filter_has_its_names),
        cmocka_unit_test(test_no_name_means_two_fields),
        cmocka_unit_test(test_facets),
        cmocka_unit_test(test_searched_tags),
    };
    return cmocka_run_group_tests_name("field", tests, NULL, NULL);
}
