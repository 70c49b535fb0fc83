#include "query/record_doc.h"
#include "query/result_json.h"
#include "query/result_text.h"
#include "tests/unit/xrecords.h"

#define MAX_PAIRS 16
#define LONG_TITLE "煤矿瓦斯抽采钻孔封孔关键技术与装备研究"

static const struct xrecord records[] = {
    {LONG_TITLE, "针对低透气性煤层，提出“两堵一注”封孔工艺。<b>效果</b>显著。",
     "太原理工大学", "140105", "A", "2025-11-03", NULL, 2025},
    {"瓦斯抽采钻孔封孔装备", "封孔材料与瓦斯治理。", "太原理工大学", "140105", "A",
     "2025-03-01", NULL, 2025},
    {"矿井瓦斯涌出量预测", "采用GIS与3D-Var同化方法预测瓦斯。", "中北大学", "140110", "B",
     "2024-06-30", NULL, 2024},
    {"煤层气开发软科学研究", "面向煤层气产业的政策研究。", "晋城市科学技术局", "140502",
     "S", "2023-01-15", NULL, 2023},
    {"底物-酶相互作用", "对底物-酶复合物的研究。", "山西大学", "140106", "B",
     "2022-05-01", NULL, 2022},
    {"《公羊传》校注", "文献整理。", "山西大学", "140106", "S", NULL, NULL, 0},
    {"顶板支护技术", "锚杆支护。瓦斯与顶板协同治理。", "大同煤业", "140200", "A",
     "2025-11-03", NULL, 2025},
    {"小麦抗旱品种选育", "小麦抗旱新品种。", "山西农业大学", "140700", "A", "2021-09-09",
     NULL, 2021},
    {"小麦高产栽培技术", "小麦高产。", "山西农业大学", "140700", "A", "2021-09-10", NULL,
     2021},
    {"玉米高产栽培技术", "玉米高产。", "山西农业大学", "140700", "A", "2021-09-11", NULL,
     2021},
    {"谷子栽培", "谷子。", "山西农业大学", "140700", "A", "2020-02-02", NULL, 2020},
    {"大豆栽培", "大豆。", "山西农业大学", "140700", "A", "2020-02-03", NULL, 2020},
    {"高粱栽培", "高粱。", "山西农业大学", "140700", "A", "2020-02-04", NULL, 2020},
    {"燕麦栽培", "燕麦。", "山西农业大学", "140700", "A", "2020-02-05", NULL, 2020},
    {"荞麦栽培", "荞麦。", "山西农业大学", "140700", "A", "2020-02-06", NULL, 2020},
    {"马铃薯栽培", "马铃薯。", "山西农业大学", "140700", "A", "2020-02-07", NULL, 2020},
    {"苹果栽培", "苹果。", "山西农业大学", "140700", "A", "2020-02-08", NULL, 2020},
    {"被撤销的瓦斯项目", "瓦斯。", "中北大学", "140110", "A", "2025-01-01", "unapproved",
     2025},
};

struct set {
    char dir[PATH_MAX];
    struct xindex_reader *reader;
    void *ctx;
};

static void set_open(struct set *s, enum audience a) {
    xset_make_dir(s->dir);
    xrecords_publish(s->dir, a, 1, records, ARRAY_LEN(records));
    ok(xindex_reader_open(s->dir, &s->reader, err));
    s->ctx = talloc_new(NULL);
}

static void set_close(struct set *s) {
    talloc_free(s->ctx);
    xindex_reader_close(s->reader);
    xset_remove_dir(s->dir);
}

static int set_up(void **state) {
    struct set *s = calloc(1, sizeof *s);
    ok(codes_load(err));
    set_open(s, AUDIENCE_PUBLIC);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    set_close(*state);
    free(*state);
    return 0;
}

static struct search_request *request(struct set *s, const char *query, enum audience a) {
    struct search_param p[MAX_PAIRS];
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *r = NULL;
    size_t n = 0;
    for (const char *at = query; *at;) {
        const char *eq = strchr(at, '='), *end = strchrnul(at, '&');
        assert_true(eq && n < MAX_PAIRS);
        p[n++] = (struct search_param){str_slice(at, (size_t)(eq - at)),
                                       str_slice(eq + 1, (size_t)(end - eq) - 1)};
        at = *end ? end + 1 : end;
    }
    ok(request_parse(s->ctx, p, n, a, &r, suggestion, err));
    return r;
}

static struct search_result *search(struct set *s, const char *query) {
    struct search_result *r = NULL;
    ok(search_run(s->ctx, s->reader, request(s, query, AUDIENCE_PUBLIC), 0, &r, err));
    return r;
}

/* docids of the hits, "1,2,7". */
static const char *ids(struct set *s, const struct search_result *r) {
    char *text = talloc_strdup(s->ctx, "");
    for (size_t i = 0; i < r->nhits; i++)
        text = talloc_asprintf_append(text, "%s%u", i ? "," : "", r->hit[i].docid);
    return text;
}

static void finds_what_the_language_says(void **state) {
    struct set *s = *state;
    static const struct {
        const char *q, *ids;
    } cases[] = {
        {"瓦斯", "1,2,3,7"},
        {"瓦斯 封孔", "1,2"},
        {"瓦斯 -封孔", "3,7"},
        {"封孔 OR 小麦", "1,2,8,9"},
        {"(封孔 OR 小麦) 栽培", "9"},
        {"标题:瓦斯", "1,2,3"},
        {"摘要:瓦斯", "2,3,7"},
        {"3D-Var", "3"},
        {"3d", "3"},
        {"D-Var", ""},
        {"底物-酶", "5"},
        {"《公羊传》", "6"},
        {"\"两堵一注\"", "1"},
        {"单位:山西大学 类别:B", "5"},
        {"年度:2021..2022", "5,8,9,10"},
        {"年度:未填", "6"},
        {"登记日期:2025-03", "2"},
        {"登记号:9142025Y0004", "4"},
        {"9142025Y0004", "4"},
        {"地区:太原市 瓦斯", "1,2,3"},
        {"gi*", "3"},
        {"顶板 NEAR/1 支护", "7"},
        {"封孔 NEAR/2 瓦斯", ""},
        {"封孔 NEAR/3 瓦斯", "2"},
        {"项目编号:KX-2024-8 瓦斯", "1,2,3,7"},
        {"KX-2024-8", ""},
        {"-栽培 -瓦斯", "4,5,6,8"},
        {"没有的词", ""},
        {"\"+\"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *query = talloc_asprintf(s->ctx, "q=%s&sort=approved&relax=0", cases[i].q);
        struct search_result *r = search(s, query);
        uint32_t seen = 0, want = 0; /* as sets: the order is another test's */
        for (size_t k = 0; k < r->nhits; k++) seen |= 1u << r->hit[k].docid;
        for (const char *at = cases[i].ids; *at; at += strspn(at, ",")) {
            want |= 1u << strtoul(at, NULL, 10);
            at += strspn(at, "0123456789");
        }
        if (seen != want)
            fail_msg("%s finds %s, not %s", cases[i].q, ids(s, r), cases[i].ids);
        assert_int_equal(r->total, r->nhits);
    }
}

static void sentences_take_literal_hits_first(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "q=瓦斯抽采钻孔封孔关键技术&relax=0");
    assert_string_equal(ids(s, r), "1,2");
    assert_true(r->hit[0].score > r->hit[1].score);
    r = search(s, "q=\"瓦斯抽采钻孔封孔关键技术\"&relax=0");
    assert_string_equal(ids(s, r), "1");
}

static const struct search_facet *facet(const struct search_result *r, enum facet f) {
    for (size_t i = 0; i < r->nfacets; i++)
        if (r->facet[i].facet == f) return &r->facet[i];
    fail_msg("no facet %s", facet_name(f));
    return NULL;
}

/* "A:3*,B:1" with * for selected. */
static const char *counts(struct set *s, const struct search_facet *f) {
    char *text = talloc_strdup(s->ctx, "");
    for (size_t i = 0; i < f->n; i++)
        text = talloc_asprintf_append(text, "%s%.*s:%u%s", i ? "," : "",
                                      (int)f->value[i].value.n, f->value[i].value.p,
                                      f->value[i].count, f->value[i].selected ? "*" : "");
    return text;
}

static void facets_are_exact_and_disjunctive(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "q=瓦斯&facets=category,year,region&relax=0");
    assert_int_equal(r->total, 4);
    assert_string_equal(counts(s, facet(r, FACET_CATEGORY)), "A:3,B:1");
    assert_string_equal(counts(s, facet(r, FACET_YEAR)), "2025:3,2024:1");
    assert_string_equal(counts(s, facet(r, FACET_REGION)), "140100:3,140200:1");
    assert_true(str_eq_z(facet(r, FACET_REGION)->value[0].label, "太原市"));

    r = search(s, "q=瓦斯&facets=category,year&category=B&category=S&relax=0");
    assert_int_equal(r->total, 1);
    assert_string_equal(counts(s, facet(r, FACET_CATEGORY)), "A:3,B:1*,S:0*");
    assert_string_equal(counts(s, facet(r, FACET_YEAR)), "2024:1");

    r = search(s, "q=瓦斯&facets=year&year=2024..2025&relax=0");
    assert_string_equal(counts(s, facet(r, FACET_YEAR)), "2025:3*,2024:1*");

    /* The level above stays listed beside its parts. */
    r = search(s, "q=瓦斯&facets=year&year=2021&year=2024&year=1990..1995&relax=0");
    assert_string_equal(counts(s, facet(r, FACET_YEAR)), "2025:3,2024:1*,2021:0*");

    r = search(s, "q=瓦斯&facets=region&region=140100&relax=0");
    assert_string_equal(counts(s, facet(r, FACET_REGION)),
                        "140100:3*,140105:2,140110:1,140200:1");

    r = search(s, "facets=unit&facet_size=1");
    assert_int_equal(facet(r, FACET_UNIT)->n, 1);
    assert_int_equal(facet(r, FACET_UNIT)->value[0].count, 10);
    assert_int_equal(facet(r, FACET_UNIT)->other_values, 5);
    assert_int_equal(facet(r, FACET_UNIT)->other_count, 7);
}

static void filters_of_dates_may_hold_several_ranges(void **state) {
    struct set *s = *state;
    struct search_result *r =
        search(s, "approved=2025-11&approved=..2020-02-03&sort=approved");
    assert_string_equal(ids(s, r), "11,12,1,7");
    r = search(s, "q=栽培&approved=2020-02-05&approved=2020-02-07&sort=approved");
    assert_string_equal(ids(s, r), "14,16");
}

static void walk(struct set *s, const char *sort, const char *want) {
    char *all = talloc_strdup(s->ctx, "");
    char *query = talloc_asprintf(s->ctx, "sort=%s&size=3", sort);
    size_t pages = 0;
    for (bool more = true; more; pages++) {
        struct search_result *r = search(s, query);
        assert_int_equal(r->total, 17);
        all = talloc_asprintf_append(all, "%s%s", pages ? "," : "", ids(s, r));
        more = r->next_cursor.n > 0;
        assert_int_equal(more, r->more);
        query = talloc_asprintf(s->ctx, "sort=%s&size=3&cursor=%.*s", sort,
                                (int)r->next_cursor.n, r->next_cursor.p);
        assert_true(pages < 10);
    }
    assert_int_equal(pages, 6);
    if (want) assert_string_equal(all, want);
    query = talloc_asprintf(s->ctx, "sort=%s&size=100", sort);
    assert_string_equal(all, ids(s, search(s, query)));
}

static void cursors_and_pages_walk_the_whole_list(void **state) {
    struct set *s = *state;
    walk(s, "approved", "11,12,13,14,15,16,17,8,9,10,5,4,3,2,1,7,6");
    walk(s, "-approved", "1,7,2,3,4,5,10,9,8,17,16,15,14,13,12,11,6");
    walk(s, "achieved", NULL);
    walk(s, "title", NULL);
    walk(s, "-title", NULL);
    walk(s, "relevance", NULL);
    struct search_result *r = search(s, "sort=approved&size=3&page=6");
    assert_string_equal(ids(s, r), "7,6");
    assert_false(r->more);
    r = search(s, "sort=approved&size=3&page=7");
    assert_int_equal(r->nhits, 0);
    assert_int_equal(r->total, 17);
}

static void a_cursor_goes_on_in_another_revision(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "sort=approved&size=3");
    assert_string_equal(ids(s, r), "11,12,13");
    struct search_request *req =
        request(s,
                talloc_asprintf(s->ctx, "sort=approved&size=3&cursor=%.*s",
                                (int)r->next_cursor.n, r->next_cursor.p),
                AUDIENCE_PUBLIC);
    struct set later;
    xset_make_dir(later.dir);
    xrecords_publish(later.dir, AUDIENCE_PUBLIC, 2, records, 14);
    ok(xindex_reader_open(later.dir, &later.reader, err));
    ok(search_run(s->ctx, later.reader, req, 0, &r, err));
    assert_string_equal(ids(s, r), "14,8,9");
    assert_int_equal(r->nnotices, 1);
    assert_non_null(strstr(r->notice[0], "revision_changed"));
    xindex_reader_close(later.reader);
    xset_remove_dir(later.dir);
}

static void too_little_is_relaxed_by_dropping_words(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "q=栽培 马铃薯");
    assert_string_equal(r->relaxed.step, "drop_words");
    assert_int_equal(r->relaxed.strict_total, 1);
    assert_int_equal(r->relaxed.n, 1);
    assert_true(str_eq_z(r->relaxed.dropped[0].text, "马铃薯"));
    assert_int_equal(r->relaxed.dropped[0].total, 9);
    assert_int_equal(r->total, 9);
    assert_int_equal(r->hit[0].docid, 16);

    r = search(s, "q=栽培 马铃薯&relax=0");
    assert_null(r->relaxed.step);
    assert_int_equal(r->total, 1);
    r = search(s, "q=栽培 马铃薯&sort=title");
    assert_null(r->relaxed.step);
    r = search(s, "q=栽培 \"马铃薯\"");
    assert_null(r->relaxed.step);
    r = search(s, "q=没有的词 也没有的词");
    assert_null(r->relaxed.step);
    assert_int_equal(r->total, 0);
    /* Filters stay. */
    r = search(s, "q=栽培 马铃薯&year=2021");
    assert_int_equal(r->total, 2);
    assert_int_equal(r->relaxed.strict_total, 0);
    /* Two words must go. */
    r = search(s, "q=栽培 没有的词 也没有的词");
    assert_int_equal(r->relaxed.n, 2);
    assert_int_equal(r->total, 9);
}

static void ways_out_are_counted_when_nothing_matches(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "q=瓦斯&category=S&year=2025&relax=0");
    assert_int_equal(r->total, 0);
    assert_int_equal(r->nwithout, 2);
    assert_string_equal(filter_name(r->without_filter[0]), "category");
    assert_int_equal(r->without[0], 3);
    assert_int_equal(r->without[1], 0);
}

static void json_is_the_contract(void **state) {
    struct set *s = *state;
    static const char *const keys[] = {
        "revision",         "as_of",         "notices", "query",        "total",
        "took_ms",          "size",          "page",    "next",         "next_cursor",
        "suggestion",       "hits",          "facets",  "facets_other", "direct",
        "suggestion_total", "suggestion_url"};
    static const char *const hit_keys[] = {
        "regno",    "uid",         "title",        "title_html",     "snippet_html",
        "year",     "approved_on", "category",     "category_label", "unit",
        "units",    "region",      "region_label", "approver",       "publicity",
        "keywords", "score",       "url"};
    struct buf b = buf_init(0);
    ok(result_json(search(s, "q=瓦斯 \"封孔\"&size=1&highlight=1&facets=all&facet_size=1"
                             "&year=2025"),
                   "/search.json", &b, err));
    json_error_t why;
    json_t *j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &why);
    if (!j) fail_msg("%s: %s", why.text, buf_z(&b));
    assert_int_equal(json_object_size(j), ARRAY_LEN(keys));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (!json_object_get(j, keys[i])) fail_msg("no member %s", keys[i]);
    json_t *hit = json_array_get(json_object_get(j, "hits"), 0);
    assert_int_equal(json_object_size(hit), ARRAY_LEN(hit_keys));
    for (size_t i = 0; i < ARRAY_LEN(hit_keys); i++)
        if (!json_object_get(hit, hit_keys[i])) fail_msg("no member %s", hit_keys[i]);
    json_t *query = json_object_get(j, "query");
    assert_string_equal(json_string_value(json_object_get(query, "understood")),
                        "瓦斯 AND \"封孔\"");
    assert_true(json_is_null(json_object_get(query, "relaxed")));
    assert_true(json_is_array(json_object_get(query, "expanded")));
    char *where = json_dumps(json_object_get(query, "where"), JSON_COMPACT);
    assert_string_equal(where, "{\"year\":[\"2025\"]}");
    free(where);
    assert_int_equal(json_integer_value(json_object_get(j, "total")), 2);
    const char *next = json_string_value(json_object_get(j, "next"));
    assert_non_null(strstr(next, "/search.json?q="));
    assert_non_null(strstr(next, "&page=2&"));
    assert_true(json_is_number(json_object_get(hit, "score")));
    const char *html = json_string_value(json_object_get(hit, "title_html"));
    assert_non_null(strstr(html, "<mark>瓦斯</mark>"));
    json_decref(j);

    buf_clear(&b);
    ok(result_json(search(s, "q=没有的 词语&relax=1"), "/search.json", &b, err));
    j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &why);
    assert_non_null(j);
    assert_true(json_is_null(json_object_get(j, "next")));
    assert_int_equal(json_object_size(json_object_get(j, "facets")), 0);
    json_decref(j);
    buf_clear(&b);
    ok(result_json(search(s, "q=栽培 马铃薯&size=2"), "/search.json", &b, err));
    j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &why);
    assert_non_null(j);
    char *relaxed =
        json_dumps(json_object_get(json_object_get(j, "query"), "relaxed"), JSON_COMPACT);
    assert_string_equal(relaxed, "{\"step\":\"drop_words\",\"strict_total\":1,"
                                 "\"dropped\":[{\"text\":\"马铃薯\",\"total\":9}],"
                                 "\"associated\":[],\"loosened\":false}");
    free(relaxed);
    json_decref(j);
    buf_done(&b);
}

static void snippets_are_escaped(void **state) {
    struct set *s = *state;
    struct search_result *r = search(s, "q=两堵一注&highlight=1");
    assert_int_equal(r->nhits, 1);
    assert_non_null(strstr(r->hit[0].snippet_html.p, "“<mark>两堵一注</mark>”"));
    assert_non_null(strstr(r->hit[0].snippet_html.p, "&lt;b&gt;效果&lt;/b&gt;"));
}

static void records_are_found_by_number_and_uid(void **state) {
    struct set *s = *state;
    struct record_doc d;
    struct err err;
    static const char *const good[] = {"9142025Y0003", "U-003",
                                       " ９１４２０２５y０００３ ", "u-003"};
    static const char *const none[] = {"", "9142025Y9999", "9142025Y0018", "瓦斯", "%"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        json_t *j;
        assert_int_equal(record_doc_find(s->reader, s->ctx, str_of(good[i]), &d, &err),
                         STATUS_OK);
        assert_int_equal(d.docid, 3);
        assert_int_equal(record_doc_json(&d, &j, &err), STATUS_OK);
        assert_string_equal(json_string_value(json_object_get(j, "title")),
                            "矿井瓦斯涌出量预测");
        assert_non_null(json_object_get(j, "abstract"));
        assert_int_equal(json_integer_value(json_object_get(j, "year")), 2024);
        assert_string_equal(json_string_value(json_object_get(j, "category_label")),
                            "基础理论成果");
        assert_string_equal(json_string_value(json_object_get(j, "url")),
                            "/achievement/9142025Y0003");
        struct buf b = buf_init(0);
        assert_int_equal(result_text_record(j, &b, &err), STATUS_OK);
        assert_non_null(strstr(buf_z(&b), "矿井瓦斯涌出量预测"));
        assert_non_null(strstr(buf_z(&b), "成果类别：基础理论成果"));
        buf_done(&b);
        json_decref(j);
    }
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_int_equal(record_doc_find(s->reader, s->ctx, str_of(none[i]), &d, &err),
                         STATUS_NOT_FOUND);
    assert_int_equal(record_doc_find(s->reader, s->ctx, str_of("\xff"), &d, &err),
                     STATUS_INVALID);
}

static void text_is_for_a_terminal(void **state) {
    struct set *s = *state;
    struct buf b = buf_init(0);
    ok(result_text(search(s, "q=瓦斯&size=2&facets=category&relax=0"), &b, err));
    assert_true(str_starts(buf_str(&b), str_of("共 4 项，第 1–2 项")));
    assert_non_null(strstr(buf_z(&b), "应用技术成果"));
    assert_non_null(strstr(buf_z(&b), "--cursor "));
    buf_done(&b);
}

static void the_internal_audience_sees_approved_by_default(void **state) {
    (void)state;
    struct set s;
    struct search_result *r;
    set_open(&s, AUDIENCE_INTERNAL);
    ok(search_run(s.ctx, s.reader, request(&s, "q=瓦斯&relax=0", AUDIENCE_INTERNAL), 0,
                  &r, err));
    assert_int_equal(r->total, 4);
    ok(search_run(s.ctx, s.reader,
                  request(&s, "q=瓦斯&state=unapproved&relax=0", AUDIENCE_INTERNAL), 0,
                  &r, err));
    assert_string_equal(ids(&s, r), "18");
    ok(search_run(s.ctx, s.reader,
                  request(&s,
                          "q=瓦斯&state=unapproved&state=approved&facets=state&relax=0",
                          AUDIENCE_INTERNAL),
                  0, &r, err));
    assert_string_equal(counts(&s, facet(r, FACET_STATE)), "approved:4*,unapproved:1*");
    set_close(&s);
}

static void costs_are_refused_with_the_query_named(void **state) {
    struct set *s = *state;
    struct search_result *r = NULL;
    struct err err;
    struct buf b = buf_init(0);
    buf_add_z(&b, "q=");
    for (int i = 0; i < QLANG_MAX_LEAVES + 1; i++) buf_add_f(&b, "w%d ", i);
    assert_int_equal(search_run(s->ctx, s->reader, request(s, buf_z(&b), AUDIENCE_PUBLIC),
                                0, &r, &err),
                     STATUS_LIMIT);
    assert_string_equal(err.code, "query_too_complex");
    assert_string_equal(err.field, "q");
    buf_done(&b);
    assert_int_equal(search_run(s->ctx, s->reader,
                                request(s, "q=瓦斯&facets=all", AUDIENCE_PUBLIC), 1, &r,
                                &err),
                     STATUS_DEADLINE);
    assert_string_equal(err.code, "deadline");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_the_language_says),
        cmocka_unit_test(sentences_take_literal_hits_first),
        cmocka_unit_test(facets_are_exact_and_disjunctive),
        cmocka_unit_test(filters_of_dates_may_hold_several_ranges),
        cmocka_unit_test(cursors_and_pages_walk_the_whole_list),
        cmocka_unit_test(a_cursor_goes_on_in_another_revision),
        cmocka_unit_test(too_little_is_relaxed_by_dropping_words),
        cmocka_unit_test(ways_out_are_counted_when_nothing_matches),
        cmocka_unit_test(json_is_the_contract),
        cmocka_unit_test(snippets_are_escaped),
        cmocka_unit_test(records_are_found_by_number_and_uid),
        cmocka_unit_test(text_is_for_a_terminal),
        cmocka_unit_test(the_internal_audience_sees_approved_by_default),
        cmocka_unit_test(costs_are_refused_with_the_query_named),
    };
    return cmocka_run_group_tests_name("search", tests, set_up, tear_down);
}
