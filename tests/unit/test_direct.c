/* test_direct.c - direct answers over a store that lost and renumbered records, and the
 * forms in which numbers are written. */
#include "query/direct.h"

#include "core/synonym.h"
#include "indexer/publish.h"
#include "query/direct_form.h"
#include "tests/unit/xstore.h"

#include <jansson.h>
#include <talloc.h>

#define LATER INT64_C(1767312000) /* 2026-01-02T00:00:00Z */

/* A registration of 2025: uid and number end in %1$s, members of %4$s besides. */
#define LINE                                                                             \
    "{\"kind\":\"registration\",\"schema\":1,\"uid\":\"D-%1$s\",\"rev\":%2$d,"           \
    "\"updated_at\":\"2025-12-0%2$dT00:00:00+08:00\",\"registry\":\"140000\","           \
    "\"state\":\"approved\",\"consent\":\"yes\",\"publicity\":\"closed\","               \
    "\"secrecy\":\"非密\",\"regno\":\"9142025Y%3$s\",\"approved_on\":\"2025-11-03\","  \
    "\"stat_year\":2025,\"category\":\"A\",%4$s}\n"

static const struct {
    const char *uid, *regno, *more;
} first[] = {
    {"1", "0001",
     "\"title\":\"低透气性煤层瓦斯抽采成套装备\",\"units\":[{\"name\":"
     "\"山西甲等矿业大学\","
     "\"uscc\":\"12141023100000008T\",\"type\":\"大专院校\",\"region\":\"140100\"}],"
     "\"ip\":[{\"kind\":\"发明专利\",\"no\":\"ZL202310000000.0\",\"core\":true},"
     "{\"kind\":\"软件著作权\",\"no\":\"2021SR0000001\"}]"},
    {"2", "0002",
     "\"title\":\"C60混凝土配合比\",\"units\":[{\"name\":\"山西甲等矿业大学\","
     "\"uscc\":\"12141023100000008T\",\"type\":\"大专院校\",\"region\":\"140100\"}],"
     "\"ip\":[{\"kind\":\"发明专利\",\"no\":\"2023100000000\"}],"
     "\"standards\":[{\"level\":\"国家\",\"no\":\"GB/T 1051-2024\"}]"},
    {"3", "0003",
     "\"title\":\"C60混凝土配合比的优化\",\"units\":[{\"name\":\"山西甲等矿院\","
     "\"uscc\":\"12141023100000008T\",\"type\":\"大专院校\",\"region\":\"140100\"}],"
     "\"standards\":[{\"level\":\"地方\",\"no\":\"DB14/T1063-2019\"}]"},
    {"4", "0004",
     "\"title\":\"旋耕机\",\"units\":[{\"name\":\"山西乙等机械（集团）有限公司\","
     "\"type\":"
     "\"企业\",\"region\":\"140100\"},{\"name\":\"SX Motor 研究所\",\"type\":\"企业\","
     "\"region\":\"140100\"}]"},
    {"5", "0005",
     "\"title\":\"旋耕机\",\"units\":[{\"name\":\"山西丙等农具厂\",\"type\":\"企业\","
     "\"region\":\"140100\"}]"},
    {"6", "0006",
     "\"title\":\"要撤销的成果\",\"units\":[{\"name\":\"山西丁等试验厂\",\"type\":"
     "\"企业\","
     "\"region\":\"140100\"}],\"ip\":[{\"kind\":\"发明专利\",\"no\":\"ZL202399999999.9\"}"
     "]"},
    {"8", "0008",
     "\"title\":\"煤的热解\",\"units\":[{\"name\":\"中国科学院山西己等化学研究所\","
     "\"type\":\"独立科研机构\",\"region\":\"140100\"}]"},
    {"7", "0007",
     "\"title\":\"要改号的成果\",\"units\":[{\"name\":\"山西戊等试验厂\",\"type\":"
     "\"企业\","
     "\"region\":\"140100\"}]"},
};

static const char second[] =
    "{\"kind\":\"event\",\"uid\":\"D-6\",\"to\":\"unapproved\",\"at\":\"2026-01-01\","
    "\"by\":\"厅\"}\n";

struct set {
    struct xstore x;
    struct xindex_reader *reader;
    struct db data;
    void *ctx;
};

static void ok_(enum status s, const struct err *err, const char *what) {
    if (s != STATUS_OK) fail_msg("%s: %s: %s", what, status_name(s), err->text);
}
#define ok(call)                                                                         \
    do {                                                                                 \
        struct err err_ = {0};                                                           \
        struct err *err = &err_;                                                         \
        ok_((call), err, #call);                                                         \
    } while (0)

static void bring(struct set *s, const char *name, const struct buf *lines) {
    struct publish_options opt = {.processes = 1};
    struct ingest_report r = xstore_ingest(&s->x, name, buf_z(lines), lines->n);
    assert_int_equal(r.outcome[OUTCOME_REJECTED] + r.outcome[OUTCOME_HELD], 0);
    ingest_report_done(&r);
    ok(publish_update(&s->x.store, &s->x.reg, &opt, err));
}

static int set_up(void **state) {
    struct set *s = calloc(1, sizeof *s);
    struct buf b = buf_init(0);
    char dir[PATH_MAX];
    assert_non_null(s);
    ok(synonym_load(NULL, err));
    xstore_open(&s->x);
    for (size_t i = 0; i < ARRAY_LEN(first); i++)
        buf_add_f(&b, LINE, first[i].uid, 1, first[i].regno, first[i].more);
    bring(s, "a.jsonl", &b);
    buf_clear(&b);
    buf_add_z(&b, second);
    buf_add_f(&b, LINE, first[7].uid, 2, "9007", first[7].more);
    bring(s, "b.jsonl", &b);
    buf_done(&b);
    snprintf(dir, sizeof dir, "%s/public", s->x.dir);
    ok(xindex_reader_open(dir, &s->reader, err));
    ok(pubdata_open(dir, &s->data, err));
    s->ctx = talloc_new(NULL);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    struct set *s = *state;
    talloc_free(s->ctx);
    db_close(&s->data);
    xindex_reader_close(s->reader);
    xstore_close(&s->x);
    free(s);
    return 0;
}

static struct search_request *request(struct set *s, struct search_param p) {
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *r = NULL;
    ok(request_parse(s->ctx, &p, 1, AUDIENCE_PUBLIC, &r, suggestion, err));
    return r;
}

static struct direct_list find(struct set *s, const char *q, bool data) {
    struct direct_list list = {0};
    struct search_request *req =
        request(s, (struct search_param){str_of("q"), str_of(q)});
    ok(direct_find(s->ctx, s->reader, data ? &s->data : NULL, req, 0, &list, err));
    return list;
}

/* "kind text total; …" */
static const char *told(struct set *s, const struct direct_list *list) {
    char *text = talloc_strdup(s->ctx, "");
    for (size_t i = 0; i < list->n; i++)
        text = talloc_asprintf_append(text, "%s%s %.*s %u", i ? "; " : "",
                                      list->v[i].kind, (int)list->v[i].text.n,
                                      list->v[i].text.p, list->v[i].total);
    return text;
}

/* The total of the search that an answer links to is the answer's. */
static void follow(struct set *s, const struct direct_answer *a) {
    static const char *const names[] = {"q", "unit"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char start[32], plain[512];
        snprintf(start, sizeof start, "/search?%s=", names[i]);
        if (!str_starts(a->url, str_of(start))) continue;
        size_t n = 0;
        for (size_t at = strlen(start); at < a->url.n && n + 1 < sizeof plain; at++) {
            unsigned code = (unsigned char)a->url.p[at];
            if (code == '%') {
                assert_int_equal(sscanf(a->url.p + at + 1, "%2x", &code), 1);
                at += 2;
            }
            plain[n++] = (char)code;
        }
        struct search_result *r = NULL;
        struct search_request *req =
            request(s, (struct search_param){str_of(names[i]), str_slice(plain, n)});
        ok(search_run(s->ctx, s->reader, req, 0, &r, err));
        assert_int_equal(r->total, a->total);
        return;
    }
    assert_true(a->url.n == 0 || str_starts(a->url, str_of("/achievement/")));
}

static void names_what_the_query_names(void **state) {
    struct set *s = *state;
    static const struct {
        const char *q, *told;
    } cases[] = {
        {"9142025Y0001", "regno 9142025Y0001 1"},
        {" ９１４２０２５ｙ０００１ ", "regno 9142025Y0001 1"},
        {"9142025 y 0001", "regno 9142025Y0001 1"},
        {"914-2025-Y-0001", "regno 9142025Y0001 1"},
        {"\"9142025Y0001\"", "regno 9142025Y0001 1"},
        {"“9142025Y0001”", "regno 9142025Y0001 1"},
        {"d-1", "regno D-1 1"},
        {"9142025Y9999", ""},
        {"9142025Y0006", "regno 9142025Y0006 0"},
        {"9142025y0006", "regno 9142025Y0006 0"},
        {"9142025Y0007", "regno 9142025Y0007 1"},
        {"ZL202310000000.0", "patent ZL202310000000.0 2"},
        {"zl 2023 1000 0000.0", "patent ZL202310000000.0 2"},
        {"2023100000000", "patent ZL202310000000.0 2"},
        {"202310000000", "patent ZL202310000000.0 1"},
        {"CN202310000000.0", "patent ZL202310000000.0 2"},
        {"2021sr0000001", "patent 2021SR0000001 1"},
        {"ZL202399999999.9", ""},
        {"GB/T 1051-2024", "standard GB/T 1051-2024 1"},
        {"gbt1051—2024", "standard GB/T 1051-2024 1"},
        {"GB/T 1051", "standard GB/T 1051-2024 1"},
        {"DB14/T 1063-2019", "standard DB14/T1063-2019 1"},
        {"GB/T 1052-2024", ""},
        {"12141023100000007T", "uscc 12141023100000007T 0"},
        {"12141023100000008t", "uscc 12141023100000008T 3"},
        {"１２１４１０２３１０００００００８Ｔ", "uscc 12141023100000008T 3"},
        {"91140100100521671B", ""},
        {"山西甲等矿业大学", "unit 山西甲等矿业大学 3"},
        {"山西甲等礦業大學", "unit 山西甲等矿业大学 3"},
        {"山西甲等矿院", "unit 山西甲等矿业大学 3"},
        {"山西乙等机械(集团)有限公司", "unit 山西乙等机械（集团）有限公司 1"},
        {"sx motor研究所", "unit SX Motor 研究所 1"},
        {"山西丁等试验厂", ""},
        {"山西甲等矿业", ""},
        {"中科院山西己等化学研究所", "unit 中国科学院山西己等化学研究所 1"},
        {"C60混凝土配合比", "title C60混凝土配合比 1"},
        {"c60 混凝土配合比", "title C60混凝土配合比 1"},
        {"旋耕机", "title 旋耕机 1; title 旋耕机 1"},
        {"要撤销的成果", ""},
        {"混凝土", ""},
        {"混凝土 配合比", ""},
        {"标题:旋耕机", ""},
        {"-旋耕机", ""},
        {"5G 3D-Var 100", ""},
        {"《》", ""},
        {"\"\"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct direct_list list = find(s, cases[i].q, true);
        const char *got = told(s, &list);
        if (strcmp(got, cases[i].told) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].q, got, cases[i].told);
        for (size_t k = 0; k < list.n; k++) {
            assert_true(list.v[k].note.n > 0);
            follow(s, &list.v[k]);
        }
    }
}

static void tells_where_numbers_went(void **state) {
    struct set *s = *state;
    struct direct_list gone = find(s, "9142025Y0006", true);
    assert_string_equal(gone.v[0].url.p, "/achievement/9142025Y0006");
    assert_non_null(strstr(gone.v[0].note.p, "撤销登记"));
    assert_non_null(strstr(gone.v[0].note.p, "2026-01-01"));
    /* Nothing of the record but its number. */
    assert_null(strstr(gone.v[0].note.p, "要撤销"));
    struct direct_list moved = find(s, "9142025Y0007", true);
    assert_string_equal(moved.v[0].url.p, "/achievement/9142025Y9007");
    assert_non_null(strstr(moved.v[0].note.p, "9142025Y9007"));
    assert_int_equal(find(s, "9142025Y0006", false).n, 0);
    struct direct_list wrong = find(s, "12141023100000007T", true);
    assert_int_equal(wrong.v[0].url.n, 0);
    assert_non_null(strstr(wrong.v[0].note.p, "校验码不符"));
}

static void stands_on_the_first_page_only(void **state) {
    struct set *s = *state;
    struct search_request *req =
        request(s, (struct search_param){str_of("q"), str_of("9142025Y0001")});
    struct direct_list list = {0};
    struct search_result *r = NULL;
    ok(direct_search(s->ctx, s->reader, NULL, req, 0, &r, err));
    assert_int_equal(r->direct->n, 1);
    assert_int_equal(r->total, 1);
    req->page = 2;
    ok(direct_find(s->ctx, s->reader, NULL, req, 0, &list, err));
    assert_int_equal(list.n, 0);
    /* A deadline that has passed takes the note, not the answer. */
    req->page = 1;
    req->q = str_of("山西甲等矿院");
    ok(direct_find(s->ctx, s->reader, NULL, req, 1, &list, err));
}

static void writes_numbers_in_every_way(void **state) {
    (void)state;
    static const struct {
        const char *norm;
        int number; /* -1: none */
        const char *has;
    } cases[] = {
        {"zl201410000000.x", DIRECT_PATENT, "zl201410000000x"},
        {"cn201410000000.1", DIRECT_PATENT, "zl201410000000.1"},
        {"zl 2014 1000 0000.1", DIRECT_PATENT, "201410000000"},
        {"98100000.5", DIRECT_PATENT, "zl98100000.5"},
        {"981000005", DIRECT_PATENT, "98100000"},
        {"cn101234567b", DIRECT_PATENT, "cn101234567b"},
        {"cnd20174444516", DIRECT_PATENT, "cnd20174444516"},
        {"gb/t 1051-2024", DIRECT_STANDARD, "gbt1051-2024"},
        {"gbt1051", DIRECT_STANDARD, "gb/t 1051"},
        {"gb/t 20801.3-2020", DIRECT_STANDARD, "gb/t20801.3-2020"},
        {"db14/t 1063-2019", DIRECT_STANDARD, "db14/t1063-2019"},
        {"t/sx 1020-2018", DIRECT_STANDARD, "t/sx1020-2018"},
        {"iso 9001:2015", DIRECT_STANDARD, "iso9001:2015"},
        {"12141023100000008t", DIRECT_USCC, "12141023100000008t"},
        {"201410000000.1.2", -1, NULL},
        {"煤矿瓦斯", -1, NULL},
        {"5g", -1, NULL},
        {"2020-12", -1, NULL},
        {"3d-var", -1, NULL},
        {"gb/t", -1, NULL},
        {"-", -1, NULL},
        {"1234567", DIRECT_PATENT, "1234567"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct direct_forms f = {0};
        bool is = direct_forms_of(str_of(cases[i].norm), &f), has = false;
        for (size_t k = 0; is && cases[i].has && k < f.n; k++)
            has |= strcmp(f.v[k], cases[i].has) == 0;
        if (is != (cases[i].number >= 0) || (is && (int)f.number != cases[i].number) ||
            (is && !has))
            fail_msg("%s: %d, number %d, %zu forms", cases[i].norm, is, (int)f.number,
                     f.n);
    }
    char longest[DIRECT_FORM_BYTES + 2];
    struct direct_forms f;
    for (size_t n = 1; n < sizeof longest; n++) {
        memset(longest, '9', n);
        bool is = direct_forms_of(str_slice(longest, n), &f);
        assert_true(!is || (n <= DIRECT_FORM_BYTES && f.n <= DIRECT_FORMS_MAX));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_the_query_names),
        cmocka_unit_test(tells_where_numbers_went),
        cmocka_unit_test(stands_on_the_first_page_only),
        cmocka_unit_test(writes_numbers_in_every_way),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
