/* Did-you-mean over a small registry: each word stands in as many records as it says, in
 * changing company. */
#include "query/search.h"
#include "query/spell.h"
#include "tests/unit/xrecords.h"

#define MAX_RECORDS 400
#define MANY 12

static const struct {
    const char *word;
    unsigned n;
} words[] = {
    {"混凝土", MANY},   {"碳纤维", MANY},
    {"瓦斯抽采", MANY}, {"煤矿瓦斯抽采", MANY},
    {"焦煤", MANY},     {"焦炭", MANY},
    {"水利", MANY},     {"水力", 1},
    {"布氏杆菌", MANY}, {"Python", MANY},
    {"PLC", MANY},      {"超高压输电", MANY},
    {"特高压输电", 1},  {"量子点", SPELL_LEAST - 1},
    {"神经网络", MANY}, {"C60高强混凝土", MANY},
};

struct set {
    char dir[PATH_MAX];
    struct xindex_reader *reader;
    void *ctx;
};

static int set_up(void **state) {
    static const char *const before[] = {"新型", "矿用", "智能", "绿色", "高效", "大型"};
    static const char *const after[] = {"研究", "装备", "工艺", "方法", "机理"};
    static struct xrecord record[MAX_RECORDS];
    struct set *s = calloc(1, sizeof *s);
    size_t n = 0;
    ok(codes_load(err));
    s->ctx = talloc_new(NULL);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (unsigned k = 0; k < words[i].n; k++, n++) {
            assert_true(n < MAX_RECORDS);
            record[n] = (struct xrecord){
                talloc_asprintf(s->ctx, "%s%s%s", before[k % ARRAY_LEN(before)],
                                words[i].word, after[k % ARRAY_LEN(after)]),
                "摘要。",
                "太原理工大学",
                k % 2 ? "140105" : "140200",
                "A",
                "2025-11-03",
                NULL,
                k % 4 ? 2025 : 2024};
        }
    xset_make_dir(s->dir);
    xrecords_publish(s->dir, AUDIENCE_PUBLIC, 1, record, n);
    ok(xindex_reader_open(s->dir, &s->reader, err));
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

static struct search_result *ask(struct set *s, const char *q, const char *name,
                                 const char *value) {
    struct search_param p[] = {{str_of("q"), str_of(q)}, {str_of(name), str_of(value)}};
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *req = NULL;
    struct search_result *r = NULL;
    ok(request_parse(s->ctx, p, ARRAY_LEN(p), AUDIENCE_PUBLIC, &req, suggestion, err));
    ok(search_run(s->ctx, s->reader, req, 0, &r, err));
    return r;
}

static void offers(struct set *s, const char *q, const char *want, const char *name,
                   const char *value) {
    struct search_result *r = ask(s, q, name, value);
    if (!str_eq_z(r->suggestion, want ? want : ""))
        fail_msg("%s: offers “%.*s”, not “%s”", q, (int)r->suggestion.n, r->suggestion.p,
                 want ? want : "");
    if (!want) return;
    /* What is offered is what the offer finds. */
    char *offer = talloc_strndup(s->ctx, r->suggestion.p, r->suggestion.n);
    struct search_result *again = ask(s, offer, name, value);
    assert_int_equal(again->total, r->suggestion_total);
    assert_int_equal(again->suggestion.n, 0);
    assert_true(r->suggestion_total >= SPELL_LEAST);
}

static void slips_of_one_step_are_mended(void **state) {
    static const char *const cases[][2] = {
        {"混泥土", "混凝土"},               /* nearly the same sound */
        {"碳纤唯", "碳纤维"},               /* the same, at the end */
        {"卜氏杆菌", "布氏杆菌"},           /* at the beginning */
        {"瓦丝抽采", "瓦斯抽采"},           /* between */
        {"瓦絲抽採", "瓦斯抽採"},           /* the rest stays as it was typed */
        {"煤瓦斯抽采", "煤矿瓦斯抽采"},     /* missing */
        {"煤矿瓦瓦斯抽采", "煤矿瓦斯抽采"}, /* twice */
        {"混凝土土", "混凝土"},
        {"瓦抽斯采", "瓦斯抽采"},   /* exchanged */
        {"神经嗄网络", "神经网络"}, /* too many */
        {"神嗄网络", "神经网络"},   /* any other */
        {"碳纤嗄", "碳纤维"},
        {"嗄纤维", "碳纤维"},
        {"Pyhton", "Python"},
        {"PYTHN", "PYTHON"},
        {"pythons", "python"},
        {"PCL", "PLC"},
        {"C60高强混泥土", "C60高强混凝土"},
        {"水力", "水利"}, /* there, but twelve times rarer */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        offers(*state, cases[i][0], cases[i][1], "relax", i % 2 ? "0" : "1");
}

static void right_words_are_left_alone(void **state) {
    static const char *const cases[] = {
        "煤矿瓦斯抽", /* the beginning of one */
        "焦煤",
        "焦炭",
        "特高压输电", /* rare, and no slip for the frequent one */
        "量子嗄",     /* what is meant is too rare to be offered */
        "混凝土",
        "\"混泥土\"",
        "混泥土*",
        "标题:混泥土",
        "混泥土 OR 瓦丝抽采",
        "-混泥土",
        "没有的词",
        "嗄",
        "嗄嗄",
        "嗄嗄嗄嗄",
        "PL",
        "C61",
        "？！",
        "a b c d",
        "2025",
        "混泥土 碳纤唯", /* two slips */
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        offers(*state, cases[i], NULL, "relax", "0");
}

static void one_word_of_several_is_changed(void **state) {
    offers(*state, "新型  混泥土", NULL, "relax", "0"); /* two records: too few */
    offers(*state, "理工  混泥土", "理工  混凝土", "relax", "1");
    offers(*state, "混泥土　理工 大学", "混凝土　理工 大学", "relax", "0");
}

static void filters_count(void **state) {
    struct search_result *r = ask(*state, "混泥土", "region", "140105");
    assert_true(str_eq_z(r->suggestion, "混凝土"));
    assert_int_equal(r->suggestion_total, 12);
    offers(*state, "混泥土", "混凝土", "year", "2025");
    offers(*state, "混泥土", NULL, "year", "1999");
    /* A right word that the filter leaves nothing of is no slip. */
    offers(*state, "焦煤", NULL, "year", "1999");
    offers(*state, "混泥土", NULL, "sort", "-approved");
}

/* Cost is bounded whatever is typed. */
static void hostile_queries_get_an_answer(void **state) {
    struct set *s = *state;
    static const char *const parts[] = {
        "混泥土",   "Pyhton ", "煤 ", "瓦丝抽采瓦丝抽采 ", "嗄", "的\xF0\xA0\x80\x80",
        "e\xCC\x81"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct buf b = buf_init(0);
        for (int k = 0; k < 64; k++) buf_add_z(&b, parts[i]);
        struct search_result *r = ask(s, buf_z(&b), "relax", "0");
        assert_true(r->total < 1000);
        buf_done(&b);
    }
}

struct counted {
    unsigned asked;
    uint32_t total;
    enum status status;
};

static enum status count_asked(void *arg, struct str q, bool filtered,
                               struct spell_found *out, struct err *err) {
    struct counted *c = arg;
    (void)q, (void)filtered;
    c->asked++;
    *out = (struct spell_found){.total = c->total};
    if (c->status == STATUS_OK) return STATUS_OK;
    return err_set(err, c->status, "test", "as asked");
}

static void searches_are_bounded_and_their_errors_told(void **state) {
    struct set *s = *state;
    struct expansion_list known = {0};
    struct spell_offer offer;
    struct counted c = {.total = 0};
    struct str q = str_of("混泥土 瓦丝抽采 碳纤唯 神嗄网络 Pyhton PCL 卜氏杆菌 混土");
    ok(spell_offer(s->ctx, s->reader, q, &known, 0, false, count_asked, &c, &offer, err));
    assert_int_equal(offer.q.n, 0);
    assert_in_range(c.asked, 1, SPELL_TRIES);
    c = (struct counted){.status = STATUS_DEADLINE};
    struct err err = {0};
    assert_int_equal(spell_offer(s->ctx, s->reader, q, &known, 0, false, count_asked, &c,
                                 &offer, &err),
                     STATUS_DEADLINE);
    assert_int_equal(c.asked, 1);
    /* One that is too much for a search is no offer, and no failure. */
    c = (struct counted){.status = STATUS_LIMIT};
    assert_int_equal(spell_offer(s->ctx, s->reader, q, &known, 0, false, count_asked, &c,
                                 &offer, &err),
                     STATUS_OK);
    /* What an expansion knows is no slip. */
    known.n = 1;
    known.v[0] =
        (struct expansion){.text = str_of("混泥土"), .n = 1, .added = {str_of("砼")}};
    c = (struct counted){.total = 100};
    assert_int_equal(spell_offer(s->ctx, s->reader, known.v[0].text, &known, 0, false,
                                 count_asked, &c, &offer, &err),
                     STATUS_OK);
    assert_int_equal(c.asked + offer.q.n, 0);
    known.v[0].added[0] = str_of("砼土"); /* but for a part of it */
    assert_int_equal(spell_offer(s->ctx, s->reader, known.v[0].text, &known, 0, false,
                                 count_asked, &c, &offer, &err),
                     STATUS_OK);
    assert_true(str_eq_z(offer.q, "混凝土"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_of_one_step_are_mended),
        cmocka_unit_test(right_words_are_left_alone),
        cmocka_unit_test(one_word_of_several_is_changed),
        cmocka_unit_test(filters_count),
        cmocka_unit_test(hostile_queries_get_an_answer),
        cmocka_unit_test(searches_are_bounded_and_their_errors_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
