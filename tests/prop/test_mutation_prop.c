/* Nothing is lost, whatever a file looks like: files of the test set and tables of every
 * kind of office, with bytes turned, parts cut out, doubled and exchanged, go through the
 * readers and the decisions. Each is refused as a whole with a sentence, or every row
 * that the reader gave is a row with one outcome or an ignored one with its reason.
 *
 * CHENGGUO_MUTATIONS: how many files (default 1000), CHENGGUO_SEED: the first seed. */
#include "indexer/source.h"
#include "tests/prop/draw.h"
#include "tests/unit/xlsx_make.h"
#include "tests/unit/xstore.h"

#include <glob.h>
#include <sys/stat.h>

#define MAX_SEEDS 96
#define SEED_BYTES 24000 /* of a long file only so many are taken */

enum form { FORM_JSONL, FORM_CSV, FORM_XLSX };

struct file {
    enum form form;
    char *p;
    size_t n;
};

static struct file seeds[MAX_SEEDS];
static size_t nseeds;

static size_t below(uint64_t *s, size_t n) {
    return n ? (size_t)(draw_next(s) % n) : 0;
}

static void add(enum form form, const char *p, size_t n) {
    assert_true(nseeds < MAX_SEEDS);
    if (n > SEED_BYTES) n = SEED_BYTES;
    char *copy = malloc(n + 1);
    assert_non_null(copy);
    memcpy(copy, p, n);
    copy[n] = 0;
    seeds[nseeds++] = (struct file){form, copy, n};
}

static void add_file(const char *path) {
    static char bytes[SEED_BYTES];
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("cannot read %s", path);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    add(FORM_JSONL, bytes, n);
}

/* Tables: cells by '|', rows by newline; "\n" in a cell is written '~'. */
static const char *const tables[] = {
    "成果名称|批准登记号|批准登记日期|成果类别|成果密级|第一完成单位|完成人|关键词|"
    "净利润\n"
    "煤层气井筒修复装置|9142015Y0001|2015-12-11|应用技术成果|非密|太原第一试验厂|"
    "甲某、乙某|"
    "井筒；修复|12.5\n"
    "合计|2|||||||\n"
    "矿井水处理方法|9142015Y0002|2015年12月|应用技术|非密|太原第二试验厂|"
    "丙某（组长），丁某|"
    "矿井水|1,250.00\n"
    "涉密装置|9142015Y0003|20151213|应用技术成果|秘密|太原第三试验厂|戊某||\n"
    "煤层气井筒修复装置|9142015Y0004|42350|应用技术成果|非密|太原第一试验厂|甲某||\n",
    "山西省成果登记项目汇总表\n推荐单位：太原市科学技术局（盖章）|||"
    "推荐日期：2025年1月5日\n"
    "序号|项目名称|第一完成单位|第一完成人|联系方式\n"
    "1|瓦斯抽采钻孔封孔技术|太原理工大学|张某|13800000000\n"
    "2|煤矸石~制砖|山西大学|李某|0351-7010000\n3||||\n…||||\n填表人：王某||||\n",
    "合同登记编号|合同类别|签订日期|成交金额（万元）|技术交易额（万元）|卖方|买方|"
    "成果登记号|"
    "知识产权号\n"
    "2025140100000001|技术许可|2025-12-01|125|120|太原理工大学|某公司|9142015Y0001|\n"
    "2025140100000002|技术开发|2025/12/3|1,200.5||太原第二试验厂|某\"集团\"公司||"
    "ZL201510000001.1\n"
    "2025140100000003|赠送|昨天|多|||||\n",
};

static void table_csv(const char *t, char separator, struct buf *out) {
    const char *cell = t;
    for (const char *p = t;; p++) {
        if (*p && *p != '|' && *p != '\n') continue;
        bool quote = memchr(cell, ',', (size_t)(p - cell)) != NULL ||
                     memchr(cell, '"', (size_t)(p - cell)) != NULL ||
                     memchr(cell, '~', (size_t)(p - cell)) != NULL;
        if (quote) buf_add_char(out, '"');
        for (const char *c = cell; c < p; c++) {
            if (*c == '"') buf_add_char(out, '"');
            buf_add_char(out, *c == '~' ? '\n' : *c);
        }
        if (quote) buf_add_char(out, '"');
        if (!*p) return;
        if (*p == '|')
            buf_add_char(out, separator);
        else
            buf_add_z(out, "\r\n");
        cell = p + 1;
    }
}

static void utf16(struct str s, struct buf *out) {
    buf_add(out, "\xff\xfe", 2);
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        unsigned cp = c;
        if (c >= 0xE0) {
            cp = (unsigned)(c & 15) << 12 |
                 (unsigned)((unsigned char)s.p[i + 1] & 63) << 6 |
                 ((unsigned char)s.p[i + 2] & 63);
            i += 3;
        } else {
            i++;
        }
        buf_add_char(out, (char)(cp & 255));
        buf_add_char(out, (char)(cp >> 8));
    }
}

static void xml_text(struct buf *out, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] == '<' || p[i] == '&')
            buf_add_f(out, "&#%d;", p[i]);
        else
            buf_add_char(out, p[i]);
}

static void cell_xml(struct buf *out, int column, int row, const char *cell, size_t n) {
    if (n == 0 || column > 25) return;
    if (n < 9 && strspn(cell, "0123456789.") == n) {
        buf_add_f(out, "<c r=\"%c%d\"><v>%.*s</v></c>", 'A' + column, row, (int)n, cell);
        return;
    }
    buf_add_f(out, "<c r=\"%c%d\" t=\"inlineStr\"><is><t>", 'A' + column, row);
    xml_text(out, cell, n);
    buf_add_z(out, "</t></is></c>");
}

static void table_xml(struct str t, struct buf *out) {
    const char *cell = t.p, *end = t.p + t.n;
    int row = 1, column = 0;
    buf_add_z(out,
              XLSX_HEAD "<worksheet xmlns=\"" XLSX_MAIN "\"><sheetData><row r=\"1\">");
    for (const char *p = t.p; p < end; p++) {
        if (*p != '|' && *p != '\n') continue;
        cell_xml(out, column++, row, cell, (size_t)(p - cell));
        if (*p == '\n') {
            row++;
            column = 0;
            buf_add_f(out, "</row><row r=\"%d\">", row);
        }
        cell = p + 1;
    }
    buf_add_z(out, "</row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/>"
                   "</mergeCells></worksheet>");
}

static int load(void **state) {
    (void)state;
    glob_t g;
    assert_int_equal(glob("tests/cases/ingest/*/input.jsonl", 0, NULL, &g), 0);
    for (size_t i = 0; i < g.gl_pathc; i++) add_file(g.gl_pathv[i]);
    globfree(&g);
    add_file("data/sample/registrations.jsonl");
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        struct buf csv = buf_init(0), tsv = buf_init(0), wide = buf_init(0);
        table_csv(tables[i], ',', &csv);
        table_csv(tables[i], '\t', &tsv);
        utf16(buf_str(&tsv), &wide);
        /* twice: tables are few beside the cases of JSON Lines */
        for (int twice = 0; twice < 2; twice++) {
            add(FORM_CSV, csv.p, csv.n);
            add(FORM_CSV, tsv.p, tsv.n);
            add(FORM_CSV, wide.p, wide.n);
            for (int k = 0; k < 3; k++) add(FORM_XLSX, tables[i], strlen(tables[i]));
        }
        buf_done(&csv);
        buf_done(&tsv);
        buf_done(&wide);
    }
    return 0;
}

static int unload(void **state) {
    (void)state;
    for (size_t i = 0; i < nseeds; i++) free(seeds[i].p);
    return 0;
}

static void put_at(struct buf *b, size_t at, size_t drop, const char *p, size_t n) {
    struct buf out = buf_init(0);
    buf_add(&out, b->p, at);
    buf_add(&out, p, n);
    buf_add(&out, b->p + at + drop, b->n - at - drop);
    assert_false(out.failed);
    buf_done(b);
    *b = out;
}

/* The line (or row of XML) around `at`. */
static void line_at(const struct buf *b, size_t at, char end, size_t *from, size_t *to) {
    *from = *to = at;
    while (*from > 0 && b->p[*from - 1] != end) --*from;
    while (*to < b->n && b->p[*to] != end) ++*to;
    if (*to < b->n) ++*to;
}

static void mutate(struct buf *b, char end, uint64_t *s) {
    static const char *const words[] = {
        "\"",
        ",",
        "\t",
        "\n",
        "\r",
        "{",
        "}",
        "[]",
        "null",
        "\\u0000",
        "\xff",
        "\xe6\xb0",
        "密级：秘密",
        "\"secrecy\":\"机密\",",
        "机密★5年",
        "99999999999999999999",
        "-0.001",
        "2025-13-45",
        "&#0;",
        "&amp;",
        "<c t=\"s\"><v>9</v></c>",
        "</row>",
        "合计",
        "　",
    };
    if (b->n == 0) return;
    size_t at = below(s, b->n), n = 1 + below(s, b->n - at < 200 ? b->n - at : 200);
    size_t from, to, from2, to2;
    switch (below(s, 9)) {
        case 0:
            b->p[at] = (char)(b->p[at] ^ (1 << below(s, 8)));
            break;
        case 1:
            b->p[at] = (char)below(s, 256);
            break;
        case 2:
            if (below(s, 4) == 0) b->n = at;
            break;
        case 3:
            put_at(b, at, n > b->n - at ? b->n - at : n, "", 0);
            break;
        case 4: {
            char *copy = malloc(n);
            assert_non_null(copy);
            if (n > b->n - at) n = b->n - at;
            memcpy(copy, b->p + at, n);
            put_at(b, below(s, b->n + 1), 0, copy, n);
            free(copy);
            break;
        }
        case 5: { /* exchange two lines */
            line_at(b, at, end, &from, &to);
            line_at(b, below(s, b->n), end, &from2, &to2);
            if (to > from2) break;
            struct buf out = buf_init(0);
            buf_add(&out, b->p, from);
            buf_add(&out, b->p + from2, to2 - from2);
            buf_add(&out, b->p + to, from2 - to);
            buf_add(&out, b->p + from, to - from);
            buf_add(&out, b->p + to2, b->n - to2);
            buf_done(b);
            *b = out;
            break;
        }
        case 6: /* a line twice */
            line_at(b, at, end, &from, &to);
            if (to > from) {
                char *copy = malloc(to - from);
                assert_non_null(copy);
                memcpy(copy, b->p + from, to - from);
                put_at(b, to, 0, copy, to - from);
                free(copy);
            }
            break;
        case 7: /* a line less */
            line_at(b, at, end, &from, &to);
            put_at(b, from, to - from, "", 0);
            break;
        default: {
            const char *w = words[below(s, ARRAY_LEN(words))];
            put_at(b, at, 0, w, strlen(w));
        }
    }
}

/* A workbook, mutated in its table, in the XML of its sheet or in its bytes. */
static void make_book(struct buf *b, uint64_t *s) {
    struct buf xml = buf_init(0);
    size_t where = below(s, 8), times = 1 + below(s, 3);
    for (size_t i = 0; where > 2 && i < times; i++) mutate(b, '\n', s);
    table_xml(buf_str(b), &xml);
    for (size_t i = 0; (where == 1 || where == 2) && i < times; i++) mutate(&xml, '>', s);
    struct xlsx_make m = {.sheet = xml.n ? xml.p : "", .sheet_bytes = xml.n};
    int fd = xlsx_make(&m);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    buf_clear(b);
    assert_true(buf_reserve(b, (size_t)st.st_size + 1));
    assert_true(pread(fd, b->p, (size_t)st.st_size, 0) == st.st_size);
    b->n = (size_t)st.st_size;
    close(fd);
    for (size_t i = 0; where == 0 && i < times; i++) mutate(b, '\n', s);
    buf_done(&xml);
}

/* The file as it goes in; the caller closes it. */
static int make(const struct file *seed, uint64_t *s) {
    struct buf b = buf_init(0);
    buf_add(&b, seed->p, seed->n);
    if (seed->form == FORM_XLSX)
        make_book(&b, s);
    else
        for (size_t i = 0, times = 1 + below(s, 4); i < times; i++) mutate(&b, '\n', s);
    int fd = memfd_create("mutated", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, b.n ? b.p : "", b.n) == (ssize_t)b.n);
    assert_true(lseek(fd, 0, SEEK_SET) == 0);
    buf_done(&b);
    return fd;
}

struct count {
    int64_t rows, ignored;
};

/* What the reader gives. */
static enum status read_all(int fd, const char *name, struct count *c, struct err *err) {
    struct source_options opt = {.path = name};
    struct source *src = NULL;
    struct source_row row;
    bool more = true;
    enum status s = source_open(fd, &opt, &src, err);
    if (s != STATUS_OK) return s;
    while ((s = source_next(src, &row, &more, err)) == STATUS_OK && more) {
        if (row.fault == SOURCE_BLANK)
            c->ignored++;
        else
            c->rows++;
    }
    source_close(src);
    return s;
}

static bool refuses(enum status s) {
    return s == STATUS_INVALID || s == STATUS_LIMIT || s == STATUS_CORRUPT;
}

static void every_row_has_one_outcome(void **state) {
    (void)state;
    static const char *const names[] = {"m.jsonl", "m.csv", "m.xlsx"};
    const char *files = getenv("CHENGGUO_MUTATIONS"), *first = getenv("CHENGGUO_SEED");
    uint64_t from = first ? strtoull(first, NULL, 10) : 1;
    uint64_t n = files ? strtoull(files, NULL, 10) : 1000;
    struct xstore x;
    xstore_open(&x);
    /* something to collide with */
    struct ingest_report report =
        xstore_ingest(&x, "first.jsonl", seeds[0].p, seeds[0].n);
    ingest_report_done(&report);
    for (size_t i = 0; i < nseeds; i++) {
        if (seeds[i].form != FORM_CSV || i % 2) continue;
        report = xstore_ingest(&x, "first.csv", seeds[i].p, seeds[i].n);
        ingest_report_done(&report);
    }
    char *before = xstore_digest(&x);
    int64_t taken[3] = {0}, rows[3] = {0}, accepted = 0;
    for (uint64_t seed = from; seed < from + n; seed++) {
        uint64_t s = seed;
        const struct file *f = &seeds[below(&s, nseeds)];
        const char *name = names[f->form];
        int fd = make(f, &s);
        struct count c = {0};
        struct err err = {.text = ""}, again = {.text = ""};
        enum status r = read_all(fd, name, &c, &again);
        struct ingest_options opt = {
            .path = name, .fd = fd, .actor = "test", .now = XSTORE_NOW, .dry_run = true};
        assert_true(lseek(fd, 0, SEEK_SET) == 0);
        enum status st = ingest_file(&x.reg, &opt, &report, &err);
        close(fd);
        if (st != STATUS_OK) {
            if (!refuses(st) || r != st || err.text[0] == 0)
                fail_msg("seed %llu: %s (%s), reading alone: %s (%s)",
                         (unsigned long long)seed, status_name(st), err.text,
                         status_name(r), again.text);
            continue;
        }
        int64_t sum = 0;
        for (int o = 0; o < OUTCOME_COUNT; o++) sum += report.outcome[o];
        int64_t ignored = report.ignored ? (int64_t)json_array_size(report.ignored) : 0;
        if (r != STATUS_OK || sum != report.read || report.read != c.rows ||
            (ignored != c.ignored && ignored < INGEST_MAX_IGNORED))
            fail_msg("seed %llu: reader %s, %lld rows and %lld ignored; read %lld, "
                     "outcomes %lld, ignored %lld",
                     (unsigned long long)seed, status_name(r), (long long)c.rows,
                     (long long)c.ignored, (long long)report.read, (long long)sum,
                     (long long)ignored);
        taken[f->form]++;
        rows[f->form] += report.read;
        accepted += report.outcome[OUTCOME_ADDED] + report.outcome[OUTCOME_SKIPPED] +
                    report.outcome[OUTCOME_UPDATED];
        ingest_report_done(&report);
    }
    char *after = xstore_digest(&x);
    assert_string_equal(before, after);
    free(before);
    free(after);
    xstore_close(&x);
    print_message("%llu files; taken: %lld JSON Lines (%lld rows), %lld CSV (%lld), %lld "
                  "XLSX (%lld); %lld rows accepted\n",
                  (unsigned long long)n, (long long)taken[0], (long long)rows[0],
                  (long long)taken[1], (long long)rows[1], (long long)taken[2],
                  (long long)rows[2], (long long)accepted);
    if (n >= 500)
        for (int k = 0; k < 3; k++)
            assert_true(taken[k] > (int64_t)n / 50 && rows[k] > taken[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_one_outcome),
    };
    return cmocka_run_group_tests_name("mutation", tests, load, unload);
}
