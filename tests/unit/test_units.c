/* The unit register: what becomes one unit, under which name, and that neither the order
 * of arrival nor undone decisions leave a trace. Codes are made up; their check digits
 * are right unless said otherwise. */
#include "indexer/units_edit.h"
#include "indexer/units_list.h"
#include "tests/unit/xstore.h"

#define UNI "12140000405747241J"
#define FIRM "91140000111111111R"
#define WRONG "12140000405747241X" /* check digit fails */

/* One registration: uid, its first unit's name and code, consent, revision. */
static void add_line(struct buf *b, const char *uid, const char *name, const char *code,
                     const char *consent, int rev) {
    buf_add_f(b,
              "{\"kind\":\"registration\",\"schema\":1,\"uid\":\"%s\",\"rev\":%d,"
              "\"updated_at\":\"2016-01-0%dT00:00:00+08:00\",\"registry\":\"140000\","
              "\"state\":\"approved\",\"consent\":\"%s\",\"publicity\":\"closed\","
              "\"secrecy\":\"非密\",\"approved_on\":\"2015-12-1%d\",\"stat_year\":2015,"
              "\"category\":\"A\",\"title\":\"%s%s%s\",\"abstract\":\"略\",\"units\":["
              "{\"name\":\"%s\"%s%s%s}]}\n",
              uid, rev, rev, consent, rev, uid, uid, uid, name,
              code ? ",\"uscc\":\"" : "", code ? code : "", code ? "\"" : "");
}

static void bring(struct xstore *x, const char *uid, const char *name, const char *code) {
    struct buf b = buf_init(0);
    add_line(&b, uid, name, code, "yes", 1);
    struct ingest_report r = xstore_ingest(x, uid, b.p, b.n);
    assert_int_equal(r.outcome[OUTCOME_ADDED], 1);
    ingest_report_done(&r);
    buf_done(&b);
}

static void bring_rev(struct xstore *x, const char *uid, const char *name,
                      const char *code, const char *consent, int rev) {
    struct buf b = buf_init(0);
    add_line(&b, uid, name, code, consent, rev);
    struct ingest_report r = xstore_ingest(x, uid, b.p, b.n);
    assert_int_equal(r.outcome[OUTCOME_HELD] + r.outcome[OUTCOME_REJECTED], 0);
    ingest_report_done(&r);
    buf_done(&b);
}

static void add_finding(void *arg, const char *text) {
    buf_add_f(arg, "%s\n", text);
}

/* What every record's first unit counts as, "uid=name", and that the register agrees with
 * the records. The caller frees. */
static enum status add_counted(void *arg, const struct registry_row *row,
                               struct err *err) {
    struct str name = {"", 0};
    const json_t *list = row->record.counted ? row->record.counted
                                             : json_object_get(row->record.json, "units");
    (void)err;
    name = str_of(json_string_value(json_object_get(json_array_get(list, 0), "name")));
    buf_add_f(arg, "%.*s=%.*s ", (int)row->record.uid.n, row->record.uid.p, (int)name.n,
              name.p);
    return STATUS_OK;
}

static void expect(struct xstore *x, const char *want) {
    struct buf got = buf_init(0), findings = buf_init(0);
    struct err err = {0};
    must_(registry_each(&x->reg, 1, UINT32_MAX, add_counted, &got, &err), &err, "each");
    if (strcmp(buf_z(&got), want) != 0) fail_msg("%s\nwant\n%s", buf_z(&got), want);
    must_(units_verify(&x->reg, 10, add_finding, &findings, &err), &err, "verify");
    if (findings.n) fail_msg("%s", findings.p);
    buf_done(&got);
    buf_done(&findings);
}

/* All of the register but ids and times. */
static char *digest(struct xstore *x) {
    char *units = xstore_rows(
        x, "SELECT u.norm, u.uscc, u.as_name, u.as_type, u.as_region,"
           " (SELECT group_concat(k) FROM (SELECT norm || uscc AS k FROM unit m"
           "  WHERE m.merged_into = u.merged_into ORDER BY 1)),"
           " (SELECT group_concat(k) FROM (SELECT name || origin || uses || visible AS k"
           "  FROM unit_name n WHERE n.unit = u.id ORDER BY 1))"
           " FROM unit u ORDER BY 1, 2");
    char *cells = xstore_rows(x, "SELECT * FROM aggregate ORDER BY cube, year, d1, d2");
    struct buf all = buf_init(0);
    buf_add_f(&all, "%s%s", units, cells);
    free(units);
    free(cells);
    return all.p;
}

static void test_one_unit(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, "A", "太原理工大学", UNI);
    bring(&x, "B", "太原理工大学", UNI);
    expect(&x, "A=太原理工大学 B=太原理工大学 ");
    xstore_expect(&x, "SELECT count(*) FROM unit_merge", "0\n");
    /* the same code under another name */
    bring(&x, "C", "太原理工", UNI);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 ");
    /* the same name without code, spelled otherwise */
    bring(&x, "D", "太原 理工大学（盖章）", NULL);
    bring(&x, "E", "太原理工", NULL);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 D=太原理工大学 "
               "E=太原理工大学 ");
    xstore_expect(&x, "SELECT reason, count(*), undone_at FROM unit_merge GROUP BY 1",
                  "name|2|0\nuscc|1|0\n");
    /* 有限公司 and 有限责任公司 stay two; a wrong check digit is no code */
    bring(&x, "F", "山西晋机有限公司", WRONG);
    bring(&x, "G", "山西晋机有限责任公司", WRONG);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 D=太原理工大学 "
               "E=太原理工大学 F=山西晋机有限公司 G=山西晋机有限责任公司 ");
    xstore_close(&x);
}

static void test_two_codes(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, "A", "第一中学", NULL);
    bring(&x, "B", "第一中学", UNI);
    xstore_expect(&x, "SELECT count(DISTINCT merged_into) FROM unit", "1\n");
    /* a second code: nobody knows which the one without code is */
    bring(&x, "C", "第一中学", FIRM);
    xstore_expect(&x, "SELECT count(DISTINCT merged_into) FROM unit", "3\n");
    xstore_expect(&x, "SELECT count(*) FROM unit_merge", "0\n");
    expect(&x, "A=第一中学 B=第一中学 C=第一中学 ");
    int64_t unit = 0;
    struct err err = {0};
    assert_int_equal(units_find(&x.reg, str_of(FIRM), &unit, &err), STATUS_OK);
    assert_int_equal(units_find(&x.reg, str_of("第二中学"), &unit, &err),
                     STATUS_NOT_FOUND);
    xstore_close(&x);
}

/* Every order of the lines, each a file of its own or all in one, ends the same. */
static void test_order(void **state) {
    (void)state;
    static const struct {
        const char *uid, *name, *code, *consent;
        int rev;
    } line[] = {
        {"A", "太原理工大学", UNI, "yes", 1},  {"B", "太原理工", UNI, "yes", 1},
        {"C", "太原理工大学", NULL, "yes", 1}, {"D", "太原理工", FIRM, "no", 1},
        {"A", "太原 理工大学", UNI, "yes", 2},
    };
    enum { N = ARRAY_LEN(line) };
    size_t order[N] = {0, 1, 2, 3, 4};
    char *first = NULL;
    int orders = 0;
    for (;;) {
        for (int single = 0; single < 2; single++) {
            struct xstore x;
            struct buf all = buf_init(0);
            xstore_open(&x);
            for (size_t i = 0; i < N; i++) {
                size_t k = order[i];
                if (single)
                    bring_rev(&x, line[k].uid, line[k].name, line[k].code,
                              line[k].consent, line[k].rev);
                else
                    add_line(&all, line[k].uid, line[k].name, line[k].code,
                             line[k].consent, line[k].rev);
            }
            if (!single) {
                struct ingest_report r = xstore_ingest(&x, "all", all.p, all.n);
                ingest_report_done(&r);
            }
            char *got = digest(&x);
            if (!first)
                first = got;
            else if (strcmp(first, got) != 0)
                fail_msg("order %zu%zu%zu%zu%zu gives\n%sthe first gave\n%s", order[0],
                         order[1], order[2], order[3], order[4], got, first);
            if (got != first) free(got);
            buf_done(&all);
            xstore_close(&x);
        }
        orders++;
        /* the next permutation in order */
        size_t i = N - 1;
        while (i > 0 && order[i - 1] > order[i]) i--;
        if (i == 0) break;
        size_t j = N - 1;
        while (order[j] < order[i - 1]) j--;
        size_t t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
        for (size_t a = i, z = N - 1; a < z; a++, z--) {
            t = order[a];
            order[a] = order[z];
            order[z] = t;
        }
    }
    assert_int_equal(orders, 120);
    free(first);
}

/* A name goes when the last record that carries it does. */
static void test_goes(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, "A", "太原理工大学", UNI);
    bring(&x, "B", "太原理工", UNI);
    bring(&x, "C", "太原理工", UNI);
    expect(&x, "A=太原理工 B=太原理工 C=太原理工 ");
    bring_rev(&x, "B", "太原理工大学", UNI, "yes", 2);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 ");
    bring_rev(&x, "C", "太原理工大学", UNI, "yes", 2);
    xstore_expect(&x, "SELECT norm, uses FROM unit JOIN unit_name ON unit = id",
                  "太原理工大学|3\n");
    xstore_expect(&x, "SELECT count(*) FROM unit_merge", "0\n");
    /* erased with what nobody else carries */
    bring(&x, "D", "金丝雀研究所", NULL);
    bring(&x, "E", "太原理工", UNI);
    char line[512];
    snprintf(line, sizeof line,
             "{\"kind\":\"registration\",\"uid\":\"D\",\"secrecy\":\"秘密\","
             "\"title\":\"x\"}\n");
    struct ingest_report r = xstore_ingest(&x, "secret", line, strlen(line));
    assert_int_equal(r.outcome[OUTCOME_REJECTED], 1);
    ingest_report_done(&r);
    assert_false(xstore_holds(&x, "金丝雀研究所"));
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 E=太原理工大学 ");
    xstore_close(&x);
}

/* What only hidden records write never becomes the name of public ones. */
static void test_hidden_names(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring_rev(&x, "A", "内部称呼", UNI, "no", 1);
    bring_rev(&x, "B", "内部称呼", UNI, "no", 1);
    expect(&x, "A=内部称呼 B=内部称呼 ");
    bring(&x, "C", "太原理工大学", UNI);
    /* keys of hidden records come later */
    expect(&x, "C=太原理工大学 A=太原理工大学 B=太原理工大学 ");
    bring_rev(&x, "C", "太原理工大学", UNI, "no", 2);
    expect(&x, "C=内部称呼 A=内部称呼 B=内部称呼 ");
    xstore_close(&x);
}

/* ---- decisions of a person -----------------------------------------------------------
 */

static void begin(struct xstore *x, struct registry_batch *b) {
    struct registry_source from = {.path = "unit", .actor = "张", .now = XSTORE_NOW};
    struct err err = {0};
    must_(registry_batch_begin(&x->reg, &from, b, &err), &err, "begin");
}

static void end(struct registry_batch *b) {
    struct err err = {0};
    int64_t revision = 0, before = b->revision;
    must_(registry_batch_commit(b, "{}", "unit", false, &revision, &err), &err, "commit");
    assert_int_equal(revision, before);
}

static int64_t unit_of(struct xstore *x, const char *id) {
    int64_t unit = 0;
    struct err err = {0};
    must_(units_find(&x->reg, str_of(id), &unit, &err), &err, id);
    return unit;
}

static void undo(struct xstore *x, int64_t merge) {
    struct registry_batch b;
    struct err err = {0};
    begin(x, &b);
    must_(units_unmerge(&b, merge, "张", &err), &err, "unmerge");
    end(&b);
}

static void test_merge_undone(void **state) {
    (void)state;
    struct xstore x;
    struct registry_batch b;
    struct err err = {0};
    xstore_open(&x);
    bring(&x, "A", "太原理工大学", UNI);
    bring(&x, "B", "太原工学院", NULL);
    bring(&x, "C", "太原理工大学", NULL);
    char *before = digest(&x);
    begin(&x, &b);
    must_(units_merge(&b, unit_of(&x, "太原工学院"), unit_of(&x, UNI), "张", &err), &err,
          "merge");
    assert_int_equal(
        units_merge(&b, unit_of(&x, UNI), unit_of(&x, "太原理工大学"), "张", &err),
        STATUS_CONFLICT);
    end(&b);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 ");
    xstore_expect(&x, "SELECT count(*) FROM change WHERE revision = 4", "1\n");
    undo(&x, 2);
    char *after = digest(&x);
    assert_string_equal(before, after);
    free(after);
    begin(&x, &b);
    assert_int_equal(units_unmerge(&b, 2, "张", &err), STATUS_CONFLICT);
    assert_int_equal(units_unmerge(&b, 99, "张", &err), STATUS_NOT_FOUND);
    registry_batch_abort(&b);
    /* an automatic one stays undone, also when more records come */
    undo(&x, 1);
    xstore_expect(&x, "SELECT count(DISTINCT merged_into) FROM unit", "3\n");
    bring(&x, "D", "太原理工大学", NULL);
    bring(&x, "E", "太原理工大学", UNI);
    xstore_expect(&x, "SELECT count(DISTINCT merged_into) FROM unit", "3\n");
    xstore_expect(&x, "SELECT reason, undone_by FROM unit_merge ORDER BY id",
                  "name|张\nmerge|张\n");
    json_t *merges = NULL;
    must_(units_list_merges(&x.reg, 10, &merges, &err), &err, "list");
    assert_int_equal(json_array_size(merges), 2);
    json_decref(merges);
    free(before);
    xstore_close(&x);
}

static void test_names_over_time(void **state) {
    (void)state;
    struct xstore x;
    struct registry_batch b;
    struct err err = {0};
    xstore_open(&x);
    bring(&x, "A", "太原工学院", NULL);
    bring(&x, "B", "太原工学院", UNI);
    bring(&x, "C", "理工", NULL);
    bring(&x, "D", "北方机械厂", FIRM);
    bring(&x, "E", "北方机械厂", NULL);
    char *before = digest(&x);
    begin(&x, &b);
    must_(units_rename(&b, unit_of(&x, "太原工学院"), str_of("太原理工大学"), 19970501,
                       "张", &err),
          &err, "rename");
    end(&b);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=理工 D=北方机械厂 E=北方机械厂 ");
    begin(&x, &b);
    must_(units_alias(&b, unit_of(&x, "太原理工大学"), str_of("理工"), "张", &err), &err,
          "alias");
    /* a name of another unit is no short form */
    assert_int_equal(units_alias(&b, unit_of(&x, UNI), str_of("北方机械厂"), "张", &err),
                     STATUS_CONFLICT);
    /* nor a code that comes with it later another unit's */
    end(&b);
    bring(&x, "F", "理工", FIRM);
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 D=北方机械厂 E=北方机械厂 "
               "F=北方机械厂 ");
    /* renamed again, and back */
    begin(&x, &b);
    must_(units_rename(&b, unit_of(&x, UNI), str_of("山西大学"), 20200101, "张", &err),
          &err, "rename");
    end(&b);
    begin(&x, &b);
    must_(
        units_rename(&b, unit_of(&x, UNI), str_of("太原理工大学"), 20210101, "张", &err),
        &err, "rename");
    assert_int_equal(
        units_rename(&b, unit_of(&x, UNI), str_of("太原工学院 "), 0, "", &err),
        STATUS_OK);
    registry_batch_abort(&b);
    expect(&x,
           "A=山西大学 B=山西大学 C=山西大学 D=北方机械厂 E=北方机械厂 F=北方机械厂 ");
    json_t *unit = NULL;
    must_(units_show(&x.reg, unit_of(&x, UNI), &unit, &err), &err, "show");
    assert_string_equal(json_string_value(json_object_get(unit, "name")), "山西大学");
    assert_int_equal(json_integer_value(json_object_get(unit, "uses")), 3);
    json_decref(unit);
    bring_rev(&x, "F", "理工", NULL, "yes", 2);
    bring_rev(&x, "F", "北方机械厂", NULL, "yes", 3);
    /* all taken back, the last one first */
    char *open =
        xstore_rows(&x, "SELECT id FROM unit_merge WHERE actor <> '' AND undone_at = 0"
                        " ORDER BY id DESC");
    for (char *p = open; *p; p = strchr(p, '\n') + 1) undo(&x, strtoll(p, NULL, 10));
    expect(&x,
           "A=太原工学院 B=太原工学院 C=理工 D=北方机械厂 E=北方机械厂 F=北方机械厂 ");
    bring_rev(&x, "F", "另一单位", NULL, "yes", 4);
    char *after = xstore_rows(&x, "SELECT DISTINCT as_name FROM unit JOIN unit_name ON"
                                  " unit = id ORDER BY 1");
    assert_string_equal(after, "北方机械厂\n另一单位\n太原工学院\n理工\n");
    free(open);
    free(after);
    free(before);
    xstore_close(&x);
}

static enum status import(struct xstore *x, const char *text, struct err *err) {
    struct registry_batch b;
    int64_t lines = 0, revision = 0;
    begin(x, &b);
    FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(f);
    enum status s = units_import(&b, "list.tsv", f, "张", &lines, err);
    fclose(f);
    if (s == STATUS_OK)
        s = registry_batch_commit(&b, "{}", "unit", false, &revision, err);
    registry_batch_abort(&b);
    return s;
}

static void test_import(void **state) {
    (void)state;
    struct xstore x;
    struct err err = {0};
    xstore_open(&x);
    bring(&x, "A", "太原工学院", NULL);
    bring(&x, "B", "理工大", NULL);
    bring(&x, "C", "太原理工大学", NULL);
    bring(&x, "D", "晋中市第一医院", NULL);
    static const char list[] =
        "\xef\xbb\xbf名称\t信用代码\t属性\t地区\t简称\t曾用名\r\n"
        "太原理工大学\t" UNI
        "\t高等院校\t太原市\t理工大；太原理工\t太原工学院@1997-05\r\n"
        "\r\n"
        "晋中市第一医院\t\t行政事业单位\t晋中市\r\n";
    must_(import(&x, list, &err), &err, "import");
    expect(&x, "A=太原理工大学 B=太原理工大学 C=太原理工大学 D=晋中市第一医院 ");
    xstore_expect(&x, "SELECT DISTINCT as_name, as_type, as_region FROM unit ORDER BY 1",
                  "太原理工大学|大专院校|140100\n晋中市第一医院|医疗机构|140700\n");
    /* again: the same */
    char *before = digest(&x);
    must_(import(&x, list, &err), &err, "import");
    char *after = digest(&x);
    assert_string_equal(before, after);
    free(before);
    free(after);
    /* what is wrong is named, and nothing of its file is taken */
    static const struct {
        const char *text, *field;
        long line;
    } bad[] = {
        {"名称\t颜色\n", "", 1},
        {"信用代码\n", "", 1},
        {"名称\t名称\n", "", 1},
        {"名称\t信用代码\n甲\t\n乙\t" WRONG "\n", "信用代码", 3},
        {"名称\t属性\n甲\t火箭\n", "属性", 2},
        {"名称\t地区\n甲\t火星\n", "地区", 2},
        {"名称\t曾用名\n甲\t乙@去年\n", "曾用名", 2},
        {"名称\t属性\n\t企业\n", "名称", 2},
        {"名称\n甲\n\xff\xfe\n", "", 3},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(import(&x, bad[i].text, &err), STATUS_INVALID);
        assert_string_equal(err.field, bad[i].field);
        assert_int_equal(err.line, bad[i].line);
        assert_string_equal(err.file, "list.tsv");
    }
    xstore_expect(&x, "SELECT count(*) FROM unit WHERE norm IN ('甲', '乙')", "0\n");
    xstore_close(&x);
}

/* A registry from before the register is read at the first batch. */
static void test_filled_later(void **state) {
    (void)state;
    struct xstore x;
    struct err err = {0};
    xstore_open(&x);
    bring(&x, "A", "太原理工大学", UNI);
    bring(&x, "B", "太原 理工大学", NULL);
    char *want = digest(&x);
    must_(db_exec(&x.reg.db,
                  "DELETE FROM unit; DELETE FROM unit_name; DELETE FROM unit_merge;"
                  "DELETE FROM meta WHERE name = 'units'",
                  &err),
          &err, "empty");
    units_reset(x.reg.units);
    expect(&x, "A=太原理工大学 B=太原 理工大学 ");
    struct registry_batch b;
    int64_t revision = 0;
    begin(&x, &b);
    must_(registry_batch_commit(&b, "{}", "unit", false, &revision, &err), &err,
          "commit");
    char *got = digest(&x);
    assert_string_equal(want, got);
    expect(&x, "A=太原理工大学 B=太原理工大学 ");
    free(want);
    free(got);
    xstore_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_unit),        cmocka_unit_test(test_two_codes),
        cmocka_unit_test(test_order),           cmocka_unit_test(test_goes),
        cmocka_unit_test(test_hidden_names),    cmocka_unit_test(test_merge_undone),
        cmocka_unit_test(test_names_over_time), cmocka_unit_test(test_import),
        cmocka_unit_test(test_filled_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
