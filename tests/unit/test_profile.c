/* test_profile.c - profiles: values of cells, headers, INI files, choosing, rows as JSON,
 * and which rows are none. Tables are given as cells, by a sheet of this file's own. */
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

/* ---------------------------------------------------------------------------- values */

static const struct field *field_at(const char *path) {
    int index;
    struct str key;
    const struct field *f = profile_field(KIND_REGISTRATION, str_of(path), &index, &key);
    assert_non_null(f);
    return f;
}

static void check_value(const char *path, const char *unit, const char *cell,
                        enum cell_kind kind, const char *want) {
    struct buf out = buf_init(0);
    struct value_rule rule = {field_at(path), unit, 1900};
    value_put_list(&out, &rule, value_trim(str_of(cell)), kind);
    if (strcmp(buf_z(&out), want) != 0)
        fail_msg("%s of %s is %s, not %s", path, cell, buf_z(&out), want);
    buf_done(&out);
}

static void dates_are_read(void **state) {
    (void)state;
    static const char *const fine[][2] = {
        {"2025年1月5日", "2025-01-05"},
        {"2025年1月", "2025-01"},
        {"2025.1.5", "2025-01-05"},
        {"2025/1/5", "2025-01-05"},
        {"2025-1-5", "2025-01-05"},
        {"20250105", "2025-01-05"},
        {"202501", "2025-01"},
        {"2025.1", "2025-01"},
        {"２０２５年１月５日", "2025-01-05"},
        {"2025 年 1 月 5 日", "2025-01-05"},
        {"2025-01-05 10:12:00", "2025-01-05"},
        {"'2025-01-05", "2025-01-05"},
        {"45662", "2025-01-05"},
        {"2024-02-29", "2024-02-29"},
        {"　2025年12月31号 ", "2025-12-31"},
        {"2025/1/5 0:00", "2025-01-05"},
    };
    static const char *const left[] = {
        "25.1.5",   "2025",       "2025年13月", "2025-02-30", "1/5/2025",
        "2025年",   "二〇二五年", "2025.1.5起", "2025-1/5",   "99999",
        "2025-0-1", "20250132",   "12345.5",    "2025..1",    "约2025年1月",
    };
    char want[80];
    for (size_t i = 0; i < ARRAY_LEN(fine); i++) {
        snprintf(want, sizeof want, "\"%s\"", fine[i][1]);
        check_value("approved_on", "元", fine[i][0], CELL_TEXT, want);
    }
    for (size_t i = 0; i < ARRAY_LEN(left); i++) {
        snprintf(want, sizeof want, "\"%s\"", left[i]);
        check_value("approved_on", "元", left[i], CELL_TEXT, want);
    }
    /* January, or October with its zero lost? */
    check_value("approved_on", "元", "2025.1", CELL_NUMBER, "\"2025.1\"");
    check_value("approved_on", "元", "2025.3", CELL_NUMBER, "\"2025-03\"");
    check_value("updated_at", "元", "2025年1月5日", CELL_TEXT, "\"2025-01-05\"");
    check_value("updated_at", "元", "2025/1/5 9:30", CELL_TEXT,
                "\"2025-01-05T09:30:00+08:00\"");
    check_value("updated_at", "元", "2025-11-03T10:12:00+08:00", CELL_TEXT,
                "\"2025-11-03T10:12:00+08:00\"");
}

static void serials_follow_their_system(void **state) {
    (void)state;
    struct buf out = buf_init(0);
    struct value_rule rule = {field_at("approved_on"), "元", 1904};
    assert_int_equal(value_put(&out, &rule, str_of("44200"), CELL_NUMBER), VALUE_SERIAL);
    assert_string_equal(buf_z(&out), "\"2025-01-05\"");
    buf_clear(&out);
    rule.serial = 0;
    assert_int_equal(value_put(&out, &rule, str_of("45662"), CELL_NUMBER), 0);
    assert_string_equal(buf_z(&out), "\"45662\"");
    buf_done(&out);
}

static void money_is_read(void **state) {
    (void)state;
    static const struct {
        const char *unit, *cell;
        enum cell_kind kind;
        const char *want;
    } rows[] = {
        {"元", "1,234.50", CELL_TEXT, "\"1234.50\""},
        {"万元", "1，234.5", CELL_TEXT, "{\"value\":\"1234.5\",\"unit\":\"万元\"}"},
        {"万元", "12元", CELL_TEXT, "\"12\""},
        {"元", "３.５万元", CELL_TEXT, "{\"value\":\"3.5\",\"unit\":\"万元\"}"},
        {"元", "1.2亿", CELL_TEXT, "{\"value\":\"1.2\",\"unit\":\"亿元\"}"},
        {"元", "￥1,000", CELL_TEXT, "\"1000\""},
        {"元", "-5.25", CELL_TEXT, "\"-5.25\""},
        {"元", "（5.25）", CELL_TEXT, "\"-5.25\""},
        {"元", "0.30000000000000004", CELL_NUMBER, "\"0.3\""},
        {"元", "1234567890123.45", CELL_NUMBER, "\"1234567890123.45\""},
        {"千元", "5", CELL_TEXT, "{\"value\":\"5\",\"unit\":\"千元\"}"},
        /* left as they are, for E_FIELD to quote */
        {"元", "1,5", CELL_TEXT, "\"1,5\""},
        {"元", "12,34,567", CELL_TEXT, "\"12,34,567\""},
        {"元", "约100", CELL_TEXT, "\"约100\""},
        {"元", "100-200", CELL_TEXT, "\"100-200\""},
        {"元", "1.25E+06", CELL_TEXT, "\"1.25E+06\""},
        {"元", "5美元", CELL_TEXT, "\"5美元\""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_value("ask_amount", rows[i].unit, rows[i].cell, rows[i].kind, rows[i].want);
}

static void numbers_and_codes_are_read(void **state) {
    (void)state;
    check_value("stat_year", "元", "2023年度", CELL_TEXT, "2023");
    check_value("stat_year", "元", "２０２３", CELL_TEXT, "2023");
    check_value("stat_year", "元", "2023.0", CELL_TEXT, "2023");
    check_value("application.units", "元", "1,024 家", CELL_TEXT, "1024");
    check_value("application.units", "元", "-0", CELL_TEXT, "0");
    check_value("application.units", "元", "三家", CELL_TEXT, "\"三家\"");
    check_value("contact.phone", "元", "1.3812345678E+10", CELL_TEXT, "\"13812345678\"");
    check_value("contact.phone", "元", "1.38E+10", CELL_TEXT, "\"1.38E+10\"");
    check_value("contact.phone", "元", "13812345678.0", CELL_TEXT, "\"13812345678\"");
    check_value("contact.phone", "元", "'03510000000", CELL_TEXT, "\"03510000000\"");
    check_value("contact.phone", "元", "０３５１－０００", CELL_TEXT, "\"0351-000\"");
    check_value("title", "元", "３Ｄ“打印”\\n", CELL_TEXT, "\"３Ｄ“打印”\\\\n\"");
    struct buf out = buf_init(0);
    value_put_text(&out, str_slice("a\0b\"\n\t", 6));
    assert_string_equal(buf_z(&out), "\"a\\u0001b\\\"\\n\\u0009\"");
    buf_done(&out);
}

static void lists_are_split(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        {"keywords", "瓦斯、抽采；封孔;钻孔，煤,矿/井\n巷",
         "[\"瓦斯\",\"抽采\",\"封孔\",\"钻孔\",\"煤\",\"矿\",\"井\",\"巷\"]"},
        {"keywords", "膜（反渗透、纳滤），水[a,b]、",
         "[\"膜（反渗透、纳滤）\",\"水[a,b]\"]"},
        {"keywords", "1,3-丁二烯，2,4-D", "[\"1,3-丁二烯\",\"2,4-D\"]"},
        {"keywords", "（未闭、合", "[\"（未闭、合\"]"},
        {"industry", "农、林、牧、渔业", "[\"农、林、牧、渔业\"]"},
        {"industry", "农、林、牧、渔业；制造业、采矿业",
         "[\"农、林、牧、渔业\",\"制造业\",\"采矿业\"]"},
        {"keywords", "、；", "[]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_value(rows[i][0], "元", rows[i][1], CELL_TEXT, rows[i][2]);
    struct str part[3];
    assert_int_equal(
        value_split(field_at("standards[].no"), str_of("GB/T 1-2020、DB50/T 2"), part, 3),
        2);
    assert_int_equal(value_split(NULL, str_of("a、b、c、d"), part, 3), 3);
    assert_true(str_eq_z(part[2], "c、d"));
}

static void nothing_is_nothing(void **state) {
    (void)state;
    struct value_rule date = {field_at("approved_on"), "元", 0},
                      title = {field_at("title"), "元", 0},
                      regno = {field_at("regno"), "元", 0},
                      secrecy = {field_at("secrecy"), "元", 0};
    assert_true(value_is_nothing(&date, str_of("/")));
    assert_true(value_is_nothing(&regno, str_of("无")));
    assert_false(value_is_nothing(&title, str_of("无")));
    assert_false(value_is_nothing(&secrecy, str_of("无")));
}

static void what_fits_is_told(void **state) {
    (void)state;
    static const struct {
        const char *path, *cell;
        bool fits;
    } rows[] = {
        {"approved_on", "2025年1月", true},
        {"approved_on", "去年", false},
        {"ask_amount", "12万", true},
        {"ask_amount", "面议", false},
        {"category", "应用技术成果", true},
        {"category", "新药", false},
        {"fiscal", "是", true},
        {"fiscal", "可能", false},
        {"stat_year", "2023年", true},
        {"stat_year", "近年", false},
        {"industry", "制造业；采矿业", true},
        {"industry", "炼丹", false},
        {"title", "任何文字", true},
        {"approved_on", "无", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct value_rule rule = {field_at(rows[i].path), "元", 0};
        if (value_fits(&rule, str_of(rows[i].cell), CELL_TEXT) != rows[i].fits)
            fail_msg("%s: %s", rows[i].path, rows[i].cell);
    }
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
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(serials_follow_their_system),
        cmocka_unit_test(money_is_read),
        cmocka_unit_test(numbers_and_codes_are_read),
        cmocka_unit_test(lists_are_split),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(what_fits_is_told),
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
