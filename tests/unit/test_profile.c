/* test_profile.c - profiles: headers, INI files, choosing, rows as JSON, and which rows
 * are none. Tables are given as cells, by a sheet of this file's own. */
#include "core/codes.h"
#include "indexer/grid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
/* after the above */
#include <cmocka.h>
#include <jansson.h>

#define COLUMNS 12
#define ROWS 24

/* ---------------------------------------------------------------------- a sheet of cells
 */

/* "a|b|c" a row; "^" before a cell: merged; "#": a number; "!": hidden; a row that begins
 * with "[name]" starts a sheet, with "~" is hidden, with "?" does not decode. */
struct fake {
    struct sheet sheet;
    const char *const *line;
    size_t at;
    struct sheet_cell cell[COLUMNS];
    char name[40];
};

static enum status fake_next(struct sheet *s, struct sheet_row *row, bool *more,
                             struct err *err) {
    struct fake *f = (struct fake *)s;
    (void)err;
    const char *p = f->line[f->at];
    *more = p != NULL;
    if (!p) return STATUS_OK;
    *row = (struct sheet_row){.row = (int64_t)++f->at};
    if (*p == '[') {
        const char *end = strchr(p, ']');
        snprintf(f->name, sizeof f->name, "%.*s", (int)(end - p - 1), p + 1);
        p = end + 1;
    }
    row->sheet = f->name[0] ? f->name : NULL;
    if (*p == '~') row->hidden = *p++ == '~';
    if (*p == '?') {
        p++;
        row->fault = SHEET_ENCODING;
        row->fault_at = 1;
    }
    for (size_t n = 0; *p || n == 0; n++) {
        struct sheet_cell *c = &f->cell[n];
        *c = (struct sheet_cell){.kind = CELL_TEXT};
        for (; *p == '^' || *p == '#' || *p == '!'; p++) {
            c->merged |= *p == '^';
            c->hidden |= *p == '!';
            if (*p == '#') c->kind = CELL_NUMBER;
        }
        size_t len = strcspn(p, "|");
        c->text = str_slice(p, len);
        p += len;
        if (len) row->n = n + 1;
        if (*p == '|' && p[1] == 0) break;
        if (*p == '|') p++;
    }
    row->cell = f->cell;
    row->raw = str_of(f->line[f->at - 1]);
    memset(row->hash, (int)f->at, sizeof row->hash);
    return STATUS_OK;
}
static int64_t fake_at(const struct sheet *s) {
    return (int64_t)((const struct fake *)s)->at;
}
static void fake_close(struct sheet *s) {
    free(s);
}
static struct sheet *fake_open(const char *const *lines) {
    static const struct sheet_ops ops = {fake_next, fake_at, fake_close};
    struct fake *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->sheet.ops = &ops;
    f->line = lines;
    return &f->sheet;
}

/* --------------------------------------------------------------------------- profiles */

static void headers_are_compared_without_trimmings(void **state) {
    (void)state;
    static const char *const rows[][4] = {
        /* header, full, bare, unit */
        {" 成果 名称＊ ", "成果名称", "成果名称", ""},
        {"合同金额（万元）", "合同金额(万元)", "合同金额", "万元"},
        {"合同金额\n（单位：亿元）", "合同金额(单位:亿元)", "合同金额", "亿元"},
        {"依托项目（基地、人才）类别", "依托项目(基地、人才)类别", "依托项目类别", ""},
        {"金额/万元", "金额/万元", "金额", "万元"},
        {"Units[0].Name：", "units[0].name", "units[0].name", ""},
        {"未闭（括号", "未闭(括号", "未闭(括号", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char norm[PROFILE_HEADER], unit[PROFILE_UNIT];
        profile_norm(str_of(rows[i][0]), false, norm, unit);
        assert_string_equal(norm, rows[i][1]);
        assert_string_equal(unit, rows[i][3]);
        profile_norm(str_of(rows[i][0]), true, norm, NULL);
        assert_string_equal(norm, rows[i][2]);
    }
}

static void wrong_profiles_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
        long line;
    } rows[] = {
        {"", "缺少 [profile] name", 0},
        {"[profile]\nname = a\n", "缺少 [profile] kind", 0},
        {"[profile]\nname = a\nkind = registration\n", "缺少 needs", 0},
        {"[profile]\nname = a b\n", "name 应为", 2},
        {"[profile]\nkind = thing\n", "kind 应为", 2},
        {"[profile]\nkid = registration\n", "是不是 kind", 2},
        {"[profile]\nkind = registration\n[columns]\ntitel = x\n", "titel", 4},
        {"[profile]\nkind = contract\n[columns]\ntitle = x\n", "contract 没有字段", 4},
        {"[profile]\nkind = registration\n[columns]\nunits[99].name = x\n", "units[99]",
         4},
        {"[columns]\nkind = 种类\n[profile]\nkind = event\n", "没有字段", 2},
        {"[profile]\nkind = registration\n[defaults]\nsecrecy = 内部\n", "只能是 非密",
         4},
        {"[profile]\nmoney_unit = 千元\n", "money_unit", 2},
        {"[profile]\nserial_dates = 1905\n", "serial_dates", 2},
        {"[profile]\nheader_lines = 9\n", "header_lines", 2},
        {"[profile]\nlabels = maybe\n", "labels 应为", 2},
        {"[other]\nx = y\n", "没有 [other]", 2},
        {"[profile]\nnothing here\n", "名称 = 值", 2},
        {"[profile]\ntitle = \xFF\n", "UTF-8", 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct profile *p = NULL;
        struct err err;
        if (profile_parse(str_of(rows[i].text), "own.ini", &p, &err) != STATUS_INVALID)
            fail_msg("taken: %s", rows[i].text);
        if (!strstr(err.text, rows[i].says) || err.line != rows[i].line)
            fail_msg("%s says %ld: %s", rows[i].text, err.line, err.text);
        assert_string_equal(err.file, "own.ini");
        assert_null(p);
    }
    char longer[400] = "[profile]\ntitle = ";
    memset(longer + strlen(longer), 'x', 300);
    struct profile *p = NULL;
    struct err err;
    assert_int_equal(profile_parse(str_of(longer), "own.ini", &p, &err), STATUS_INVALID);
    assert_int_equal(err.line, 2);
}

static void builtins_are_sound(void **state) {
    (void)state;
    struct profile_set set;
    struct err err;
    if (profile_builtins(&set, &err) != STATUS_OK) fail_msg("%s: %s", err.file, err.text);
    assert_int_equal(set.n, 11);
    for (size_t i = 0; i < set.n; i++) {
        const struct profile *p = set.p[i];
        char path[80];
        snprintf(path, sizeof path, "data/profiles/%s.ini", p->name);
        assert_int_equal(access(path, R_OK), 0);
        assert_true(p->nneeds >= 3);
        for (size_t k = 0; k < p->nnames; k++)
            for (size_t j = 0; j < k; j++)
                if (p->names[k].target == p->names[j].target &&
                    p->names[k].above == p->names[j].above &&
                    strcmp(p->names[k].norm, p->names[j].norm) == 0)
                    fail_msg("%s names %s twice", p->name, p->names[k].norm);
    }
    profile_set_done(&set);
    assert_int_equal(profile_choose("hebie", NULL, &set, &err), STATUS_NOT_FOUND);
    assert_non_null(strstr(err.text, "是不是 hebei"));
    assert_int_equal(profile_choose("hebei", NULL, &set, &err), STATUS_OK);
    assert_int_equal(set.n, 1);
    assert_string_equal(set.p[0]->name, "hebei");
    profile_set_done(&set);
    assert_int_equal(profile_choose("./no/such.ini", NULL, &set, &err), STATUS_IO);
}

/* ------------------------------------------------------------------------------- rows */

struct want {
    const char *profile; /* NULL: found out */
    const char *lines[ROWS];
    const char *rows[ROWS]; /* JSON text, or the reason why it is none */
};

static void check_rows(const struct want *w) {
    struct profile_set set;
    struct grid *g = NULL;
    struct err err;
    assert_int_equal(profile_choose(w->profile, NULL, &set, &err), STATUS_OK);
    if (grid_open(fake_open(w->lines), &set, w->profile != NULL, "t.csv", &g, &err) !=
        STATUS_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0;; i++) {
        struct grid_row row;
        bool more = false;
        if (grid_next(g, &row, &more, &err) != STATUS_OK) fail_msg("%s", err.text);
        if (!more) {
            assert_null(w->rows[i]);
            break;
        }
        assert_int_equal(row.row, i + 1);
        assert_non_null(w->rows[i]);
        struct str want = str_of(w->rows[i]),
                   got = row.ignored ? str_of(row.ignored) : row.text;
        if (!str_eq(got, want))
            fail_msg("row %zu: %.*s, not %s", i + 1, (int)got.n, got.p, w->rows[i]);
        if (row.ignored) continue;
        json_error_t at;
        json_t *doc = json_loadb(row.text.p, row.text.n, JSON_REJECT_DUPLICATES, &at);
        if (!doc) fail_msg("row %zu: %s", i + 1, at.text);
        json_decref(doc);
    }
    grid_close(g);
    profile_set_done(&set);
}

#define TITLE "表头以上的标题行"
#define HEAD "表头"

static void rows_become_json(void **state) {
    (void)state;
    static const struct want cases[] = {
        {"shanxi-summary",
         {"附件3", "推荐单位：某局||推荐日期：2023年5月", "",
          "序号|项目名称|第一完成单位|第一完成人|联系方式", "1|装置甲|某大学|张一|'0351",
          "2||||", "合计|2项|||", "…|…|…|…|…", "3|…|||",
          "序号|项目名称|第一完成单位|第一完成人|联系方式", "备注：一式两份",
          "填表人：某||审核人：某"},
         {TITLE, TITLE, "空行", HEAD,
          "{\"kind\":\"registration\",\"title\":\"装置甲\",\"units\":[{\"name\":"
          "\"某大学\"}],"
          "\"people\":[{\"name\":\"张一\",\"phone\":\"0351\"}],\"recommender\":{\"name\":"
          "\"某局\"},"
          "\"submitted_on\":\"2023-05\",\"registry\":\"140000\",\"secrecy\":\"非密\","
          "\"state\":\"submitted\",\"consent\":\"unknown\",\"category\":\"A\"}",
          "只有序号的空行", "合计行", "省略号行", "省略号行", "重复的表头", "表下的说明",
          "表下的说明"}},
        /* two lines joined; columns without a cell above; unknown columns kept; a list
         * beside the first of it */
        {"canonical",
         {"成果名称|第一完成单位|合作单位|第一完成人|||密级|我的列|我的列",
          "|||姓名|性别|文化程度|||", "某装置|甲大学|甲大学、乙院|张一|男|本科|非密|x|y"},
         {HEAD, HEAD,
          "{\"kind\":\"registration\",\"title\":\"某装置\",\"units\":[{\"name\":"
          "\"甲大学\"},"
          "{\"name\":\"乙院\"}],\"people\":[{\"name\":\"张一\",\"gender\":\"男\","
          "\"degree\":\"本科\"}],"
          "\"secrecy\":\"非密\",\"我的列\":\"x\",\"我的列（第 9 列）\":\"y\"}"}},
        /* lists side by side, one shorter; secrecy asked as yes or no; a second secrecy
         */
        {"canonical",
         {"title|units[].name|units[].type|people[].name|people[].degree|是否涉密|"
          "成果密级",
          "甲|一院、二院|企业|张、李、王|本科；硕士研究生|否|内部"},
         {HEAD, "{\"kind\":\"registration\",\"title\":\"甲\",\"units\":[{\"name\":"
                "\"一院\",\"type\":\"企业\"},"
                "{\"name\":\"二院\"}],\"people\":[{\"name\":\"张\",\"degree\":\"本科\"},{"
                "\"name\":\"李\","
                "\"degree\":\"硕士研究生\"},{\"name\":\"王\"}],\"secrecy\":\"非密\","
                "\"第 7 列\":{\"secrecy\":\"内部\"}}"}},
        /* the letter of the number gives the category; a value without a place */
        {"hebei",
         {"序号|成果名称|单位名称|主要人员|批准登记号|年度",
          "1|甲|某院|张|9132023J0001|2023年", "2|乙|某院|李|旧字1号|2023"},
         {HEAD,
          "{\"kind\":\"registration\",\"title\":\"甲\",\"units\":[{\"name\":\"某院\"}],"
          "\"people\":[{"
          "\"name\":\"张\"}],\"regno\":\"9132023J0001\",\"stat_year\":2023,\"registry\":"
          "\"130000\","
          "\"secrecy\":\"非密\",\"consent\":\"unknown\",\"category\":\"B\"}",
          "{\"kind\":\"registration\",\"title\":\"乙\",\"units\":[{\"name\":\"某院\"}],"
          "\"people\":[{"
          "\"name\":\"李\"}],\"regno\":\"旧字1号\",\"stat_year\":2023,\"registry\":"
          "\"130000\","
          "\"secrecy\":\"非密\",\"consent\":\"unknown\",\"category\":\"A\"}"}},
        /* a column that feeds two fields */
        {NULL,
         {"ID|成果名称|完成单位|完成人|省市|成果分布年份|登记号",
          "7|甲|某院、另院|张|北京市|2022|9112022Y1"},
         {HEAD,
          "{\"kind\":\"registration\",\"ID\":\"7\",\"title\":\"甲\",\"units\":[{"
          "\"region\":"
          "\"北京市\",\"name\":\"某院\"},{\"name\":\"另院\"}],\"people\":[{\"name\":"
          "\"张\"}],"
          "\"registry\":"
          "\"北京市\",\"stat_year\":2022,\"regno\":\"9112022Y1\",\"secrecy\":\"非密\","
          "\"consent\":\"unknown\",\"category\":\"A\"}"}},
        /* units in headers; a profile found for each sheet; a page of text is passed over
         */
        {NULL,
         {"[合同]合同登记编号|合同类别|签订日期|成交金额（万元）|卖方/名称",
          "1|许可|2025.1.2|1,000|甲", "[说明]本工作簿由登记机构填写",
          "[到账]合同登记编号|到账日期|到账金额", "1|20250301|5000元"},
         {HEAD,
          "{\"kind\":\"contract\",\"contract_no\":\"1\",\"type\":\"许可\",\"signed_on\":"
          "\"2025-01-02\","
          "\"amount_total\":{\"value\":\"1000\",\"unit\":\"万元\"},\"seller\":{\"name\":"
          "\"甲\"}}",
          "这张工作表没有表头，不是数据表", HEAD,
          "{\"kind\":\"receipt\",\"contract_no\":\"1\",\"received_on\":\"2025-03-01\","
          "\"amount\":"
          "\"5000\"}"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) check_rows(&cases[i]);
}

static void rows_that_only_look_like_notes_are_data(void **state) {
    (void)state;
    static const char *const lines[] = {
        "序号|项目名称|第一完成单位|第一完成人|联系方式",
        "1|合计|某大学|张|1", /* a title that is a word of sums */
        "2|说明书自动生成技术|某院|李|2",
        "3|注水井|某院|王|3",
        "合计产能提升技术|||", /* in the column of numbers */
        "|备注：甲|某院||",
        NULL};
    struct profile_set set;
    struct grid *g = NULL;
    struct err err;
    assert_int_equal(profile_choose("shanxi-summary", NULL, &set, &err), STATUS_OK);
    assert_int_equal(grid_open(fake_open(lines), &set, true, "t", &g, &err), STATUS_OK);
    size_t data = 0;
    for (;;) {
        struct grid_row row;
        bool more = false;
        assert_int_equal(grid_next(g, &row, &more, &err), STATUS_OK);
        if (!more) break;
        data += row.ignored == NULL;
    }
    assert_int_equal(data, 4); /* the line below the table stands in 序号 alone */
    grid_close(g);
    profile_set_done(&set);
}

static void merged_hidden_and_broken_cells(void **state) {
    (void)state;
    static const char *const lines[] = {
        "[表]成果名称|第一完成人|^第一完成人|!第一完成单位|成果密级",
        "^成果名称|姓名|性别|^!第一完成单位|^成果密级",
        "~甲|张|男|某院|非密",
        "?乙|李|女|某院|非密",
        "?丙|王|女|某院|内部",
        "?丁|赵|女|某院|",
        "?戊【机密】|赵|女|某院|非密",
        NULL};
    static const bool open[] = {false, true, false, false, false};
    struct profile_set set;
    struct grid *g = NULL;
    struct err err;
    struct grid_row row;
    bool more = true;
    assert_int_equal(profile_choose(NULL, NULL, &set, &err), STATUS_OK);
    assert_int_equal(grid_open(fake_open(lines), &set, false, "t", &g, &err), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(grid_next(g, &row, &more, &err), STATUS_OK);
        assert_string_equal(row.ignored, HEAD);
    }
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        assert_int_equal(grid_next(g, &row, &more, &err), STATUS_OK);
        assert_true(more);
        assert_null(row.ignored);
        assert_string_equal(row.sheet, "表");
        assert_int_equal(row.open, open[i]);
        assert_int_equal(row.fault, i ? SHEET_ENCODING : SHEET_FINE);
        if (i) assert_true(str_starts(row.text, str_of("?"))); /* the file's own bytes */
        assert_string_equal(grid_map_header(row.map, "people[0].gender"),
                            "第一完成人/性别");
        assert_string_equal(grid_map_header(row.map, "units[0].name"), "第一完成单位");
        assert_null(grid_map_header(row.map, "abstract"));
    }
    char notes[GRID_MAX_NOTES][GRID_NOTE];
    assert_int_equal(grid_notes(g, notes), 2);
    assert_non_null(strstr(notes[0], "隐藏的行"));
    assert_non_null(strstr(notes[1], "隐藏的列 1 列"));
    assert_string_equal(grid_profiles(g), "canonical");
    grid_close(g);
    profile_set_done(&set);
}

/* A gap in the units stays one: the first one counts. */
static void places_of_units_hold(void **state) {
    (void)state;
    static const struct want w = {
        "canonical",
        {"title|units[0].name|units[1].name|people[1].name|secrecy", "甲||二院|李|非密"},
        {HEAD,
         "{\"kind\":\"registration\",\"title\":\"甲\",\"units\":[{},{\"name\":\"二院\"}],"
         "\"people\":[{\"name\":\"李\"}],\"secrecy\":\"非密\"}"}};
    check_rows(&w);
}

static void foreign_tables_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *profile;
        const char *lines[4];
        const char *says[3];
    } cases[] = {
        {NULL,
         {"名字|单位名|电话", "甲|乙|1"},
         {"名字、单位名、电话", "chengguo profile", "像"}},
        {"hebei",
         {"成果名称|单位名称|年度", "甲|乙|2020"},
         {"“主要人员”、“批准登记号”", "hebei", "找到"}},
        {NULL, {"成果名称^单位", "甲^乙"}, {"分隔符", "成果名称", "没有导入"}},
        {NULL, {"[表]a|b|c|d", "1|2|3|4"}, {"工作表“表”", "", ""}},
        {NULL, {"只有一句话"}, {"只有一句话", "", ""}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct profile_set set;
        struct grid *g = NULL;
        struct err err;
        assert_int_equal(profile_choose(cases[i].profile, NULL, &set, &err), STATUS_OK);
        assert_int_equal(grid_open(fake_open(cases[i].lines), &set,
                                   cases[i].profile != NULL, "t.csv", &g, &err),
                         STATUS_INVALID);
        assert_string_equal(err.code, "E_PROFILE");
        for (size_t k = 0; k < 3; k++)
            if (!strstr(err.text, cases[i].says[k]))
                fail_msg("%s: not in %s", cases[i].says[k], err.text);
        profile_set_done(&set);
    }
}

static void a_tie_names_both(void **state) {
    (void)state;
    static const char text[] =
        "[profile]\nname = %c\nkind = registration\nneeds = 甲 | 乙\n"
        "[columns]\ntitle = 甲\nregno = 乙\n";
    static const char *const lines[] = {"甲|乙", "1|2", NULL};
    struct profile_set set = {.n = 2};
    struct grid *g = NULL;
    struct err err;
    for (int i = 0; i < 2; i++) {
        char one[200];
        snprintf(one, sizeof one, text, 'a' + i);
        assert_int_equal(profile_parse(str_of(one), "x", &set.p[i], &err), STATUS_OK);
    }
    assert_int_equal(grid_open(fake_open(lines), &set, false, "t", &g, &err),
                     STATUS_INVALID);
    assert_non_null(strstr(err.text, "样式 a 和 b"));
    profile_set_done(&set);
}

static int set_up(void **state) {
    (void)state;
    return codes_load(NULL) == STATUS_OK ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_compared_without_trimmings),
        cmocka_unit_test(wrong_profiles_are_refused),
        cmocka_unit_test(builtins_are_sound),
        cmocka_unit_test(rows_become_json),
        cmocka_unit_test(rows_that_only_look_like_notes_are_data),
        cmocka_unit_test(merged_hidden_and_broken_cells),
        cmocka_unit_test(places_of_units_hold),
        cmocka_unit_test(foreign_tables_are_refused),
        cmocka_unit_test(a_tie_names_both),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
