/* CSV files as rows: each case is bytes, and the rows they become. */
#include "indexer/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include <cmocka.h>

static int file_of(const char *p, size_t n) {
    int fd = memfd_create("sheet", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    return fd;
}

static const char *fault_name(enum sheet_fault f) {
    switch (f) {
        case SHEET_FINE:
            return "";
        case SHEET_TOO_LONG:
            return "!long";
        case SHEET_ENCODING:
            return "!encoding";
        case SHEET_QUOTE:
            return "!quote";
    }
    return "?";
}

/* "line: cell|cell !fault@column" for each row, " ?" behind a doubtful one; a line end in
 * a cell is shown as ⏎, NUL as ␀. */
static void show(struct sheet *s, struct buf *out) {
    for (;;) {
        struct sheet_row row;
        struct err err;
        bool more;
        if (sheet_next(s, &row, &more, &err) != STATUS_OK) fail_msg("%s", err.text);
        if (!more) break;
        buf_add_f(out, "%lld: ", (long long)row.row);
        assert_null(row.sheet);
        assert_false(row.hidden);
        for (size_t i = 0; i < row.n; i++) {
            struct sheet_cell c = row.cell[i];
            assert_int_equal(c.kind, c.text.n ? CELL_TEXT : CELL_EMPTY);
            assert_false(c.hidden || c.merged);
            if (i) buf_add_char(out, '|');
            for (size_t k = 0; k < c.text.n; k++)
                if (c.text.p[k] == '\n')
                    buf_add_z(out, "⏎");
                else if (c.text.p[k] == 0)
                    buf_add_z(out, "␀");
                else
                    buf_add_char(out, c.text.p[k]);
        }
        buf_add_z(out, fault_name(row.fault));
        if (row.fault) buf_add_f(out, "@%lld", (long long)row.fault_at);
        if (row.doubtful) buf_add_z(out, " ?");
        buf_add_char(out, '\n');
        XXH128_canonical_t c;
        XXH128_canonicalFromHash(&c, XXH3_128bits(row.raw.p, row.raw.n));
        assert_memory_equal(c.digest, row.hash, 16);
    }
}

static const struct {
    const char *what, *bytes;
    size_t n;
    const char *rows;
} cases[] = {
#define CASE(what, bytes, rows)                                                          \
    { what, bytes, sizeof(bytes) - 1, rows }
    CASE("nothing", "", ""),
    CASE("plain", "a,b,c\n1,2,3\n", "1: a|b|c\n2: 1|2|3\n"),
    CASE("no line end behind the last row", "a,b\n1,2", "1: a|b\n2: 1|2\n"),
    CASE("mixed line ends", "a,b\r\n1,2\r3,4\n5,6\r\n",
         "1: a|b\n2: 1|2\n3: 3|4\n4: 5|6\n"),
    CASE("CR alone at the end", "a,b\r", "1: a|b\n"),
    CASE("blank lines are rows", "a,b\n\n\r\n1,2\n", "1: a|b\n2: \n3: \n4: 1|2\n"),
    CASE("blank first line", "\na,b\n", "1: \n2: a|b\n"),
    CASE("trailing empty cells", "a,b,,\n,,\n,x,\n", "1: a|b\n2: \n3: |x\n"),
    CASE("blanks belong to the cell", " a , b\n\"  \", \n", "1:  a | b\n2:   | \n"),
    CASE("quotes", "\"a\"\"b\",\"\",\"c,d\"\n", "1: a\"b||c,d\n"),
    CASE("lines in a cell", "a,\"x\ny\r\nz\rw\",b\n1,2,3\n",
         "1: a|x⏎y⏎z⏎w|b\n5: 1|2|3\n"),
    CASE("blank lines in a cell", "\"\n\n\",b\n1,2\n", "1: ⏎⏎|b\n4: 1|2\n"),
    CASE("a quote inside a cell is a character", "12\" pipe,b\"\n1,2\n",
         "1: 12\" pipe|b\"\n2: 1|2\n"),
    CASE("two quotes inside a cell", "a\"\"b,c\n", "1: a\"\"b|c\n"),
    CASE("text behind a closing quote", "a,\"智慧矿山\"关键技术,b\n1,2,3\n",
         "1: a|\"智慧矿山\"关键技术|b!quote@2\n2: 1|2|3\n"),
    CASE("a quote never closed", "a,b\n1,\"x\n2,y\n3,z\n",
         "1: a|b\n2: 1|\"x!quote@2 ?\n3: 2|y ?\n4: 3|z ?\n"),
    CASE("closed by the next row's", "1,\"x,p\n2,\"y\",q\n3,z,r\n",
         "1: 1|\"x|p!quote@2 ?\n2: 2|y|q ?\n3: 3|z|r\n"),
    CASE("never closed, then lines in a cell", "1,\"x\n2,\"y\nz\",q\n3,z,r\n",
         "1: 1|\"x!quote@2 ?\n2: 2|y⏎z|q ?\n4: 3|z|r\n"),
    CASE("a quote as the last byte", "1,2\n3,\"", "1: 1|2\n2: 3|\"!quote@2\n"),
    CASE("only a quote", "\"", "1: \"!quote@1\n"),
    CASE("quotes closed at the end", "1,\"2\"", "1: 1|2\n"),
    CASE("tabs", "a\tb,c\n1\t2\n", "1: a|b,c\n2: 1|2\n"),
    CASE("semicolons", "a;b\n1;2,5\n3;4,5\n", "1: a|b\n2: 1|2,5\n3: 3|4,5\n"),
    CASE("a title before the header", "汇总表\n\n序号,名称;别名\n1,甲;乙\n",
         "1: 汇总表\n2: \n3: 序号|名称;别名\n4: 1|甲;乙\n"),
    CASE("separators in quotes do not count", "\"a;b;c;d\",x\n\"e;f;g;h\",y\n",
         "1: a;b;c;d|x\n2: e;f;g;h|y\n"),
    CASE("sep=", "sep=;\na,b;c\n1,2;3\n", "1: sep=\n2: a,b|c\n3: 1,2|3\n"),
    CASE("one column", "a\nb\n", "1: a\n2: b\n"),
    CASE("a mark", "\xEF\xBB\xBF名称,b\n", "1: 名称|b\n"),
    CASE("NUL bytes", "a\0b,c\n\0,\n", "1: a␀b|c\n2: ␀\n"),
    CASE("GB18030", "\xC3\xFB\xB3\xC6,\xC3\xBA\n\x95\x32\x82\x36,\x80\n",
         "1: 名称|煤\n2: 𠀀|€\n"),
    CASE("bad bytes", "名称,单位,c\n煤,\xE7\x9F,x\n矿,井,y\n",
         "1: 名称|单位|c\n2: 煤|\xEF\xBF\xBD|x!encoding@2\n3: 矿|井|y\n"),
    CASE("bad bytes in lines of a cell", "名称,单位,长治\n煤,\"矿\n\xFF\xFE井\",x\n",
         "1: 名称|单位|长治\n2: 煤|矿⏎\xEF\xBF\xBD\xEF\xBF\xBD井|x!encoding@2\n"),
    CASE("bad bytes and a wrong quote", "名称,单位长治太原\n\xFF,\"煤\n矿,y\n",
         "1: 名称|单位长治太原\n2: \xEF\xBF\xBD|\"煤!encoding@1 ?\n3: 矿|y ?\n"),
    CASE("UTF-16LE with a mark", "\xFF\xFE\x0D\x54,\0b\0\r\0\n\0\x01\x4E,\0\n\0",
         "1: 名|b\n2: 丁\n"),
    CASE("UTF-16BE with a mark", "\xFE\xFF\x54\x0D\0,\0b\0\r\0\n", "1: 名|b\n"),
    CASE("an odd byte at the end of UTF-16",
         "\xFF\xFE"
         "a\0,\0b\0\n\0x",
         "1: a|b\n2: \xEF\xBF\xBD!encoding@1\n"),
#undef CASE
};

static void files_become_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fd = file_of(cases[i].bytes, cases[i].n);
        struct sheet_csv_options opt = {0};
        struct sheet *s;
        struct err err;
        if (sheet_open_csv(fd, &opt, &s, &err) != STATUS_OK)
            fail_msg("%s: %s", cases[i].what, err.text);
        struct buf out = buf_init(0);
        show(s, &out);
        if (strcmp(buf_z(&out), cases[i].rows) != 0)
            fail_msg("%s:\n%s-- expected:\n%s", cases[i].what, buf_z(&out),
                     cases[i].rows);
        assert_int_equal(sheet_at(s), cases[i].n);
        buf_done(&out);
        sheet_close(s);
        close(fd);
    }
}

static struct sheet *open_csv(int fd, const char *encoding) {
    struct sheet_csv_options opt = {.encoding = encoding};
    struct sheet *s = NULL;
    struct err err;
    if (sheet_open_csv(fd, &opt, &s, &err) != STATUS_OK) fail_msg("%s", err.text);
    return s;
}

static bool next(struct sheet *s, struct sheet_row *row) {
    struct err err;
    bool more = false;
    if (sheet_next(s, row, &more, &err) != STATUS_OK) fail_msg("%s", err.text);
    return more;
}

static void fill(struct buf *b, const char *unit, size_t times) {
    for (size_t i = 0; i < times; i++) buf_add_z(b, unit);
}

/* raw is the row's bytes in the file, whatever the encoding, without mark and line end.
 */
static void raw_is_what_stands_in_the_file(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *raw[3];
        size_t nraw[3];
    } files[] = {
#define RAW(b, x, y, z)                                                                  \
    {                                                                                    \
        b, sizeof(b) - 1, {x, y, z}, {                                                   \
            sizeof(x) - 1, sizeof(y) - 1, sizeof(z) - 1                                  \
        }                                                                                \
    }
        RAW("\xEF\xBB\xBF煤,b\r\n\"x\ny\",2\r3,\xFF", "煤,b", "\"x\ny\",2", "3,\xFF"),
        RAW("\xC3\xBA,b\n\"x\r\n\xC3\xBA\"\n\xD0\xF2,\xFFz\n", "\xC3\xBA,b",
            "\"x\r\n\xC3\xBA\"", "\xD0\xF2,\xFFz"),
        RAW("\xFF\xFE\x64\x71\r\0\n\0\"\0\n\0\"\0\r\0a\0\0\xD8,\0\n\0", "\x64\x71",
            "\"\0\n\0\"\0", "a\0\0\xD8,\0"),
#undef RAW
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        int fd = file_of(files[i].bytes, files[i].n);
        struct sheet *s = open_csv(fd, NULL);
        struct sheet_row row;
        for (size_t r = 0; r < 3; r++) {
            assert_true(next(s, &row));
            assert_true(str_eq(row.raw, str_slice(files[i].raw[r], files[i].nraw[r])));
            assert_int_equal(row.fault, r == 2 ? SHEET_ENCODING : SHEET_FINE);
        }
        assert_false(next(s, &row));
        assert_int_equal(sheet_csv_bad(s), 1);
        sheet_close(s);
        close(fd);
    }
}

static void a_cell_too_long(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "a,");
    fill(&b, "煤", SHEET_MAX_CELL / 3 + 1);
    size_t first = b.n;
    buf_add_z(&b, ",c\n1,");
    fill(&b, "x", SHEET_MAX_CELL);
    buf_add_z(&b, ",3\n");
    int fd = file_of(b.p, b.n);
    struct sheet *s = open_csv(fd, NULL);
    struct sheet_row row;
    assert_true(next(s, &row));
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, 2);
    assert_int_equal(row.n, 3);
    assert_int_equal(row.cell[1].text.n, SHEET_MAX_CELL / 3 * 3);
    assert_true(str_eq_z(row.cell[2].text, "c"));
    assert_int_equal(row.raw.n, first + 2);
    assert_true(next(s, &row));
    assert_int_equal(row.fault, SHEET_FINE);
    assert_int_equal(row.cell[1].text.n, SHEET_MAX_CELL);
    assert_false(next(s, &row));
    sheet_close(s);
    close(fd);
    buf_done(&b);
}

static void too_many_columns(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    fill(&b, "x,", SHEET_MAX_COLUMNS - 1);
    buf_add_z(&b, "last,,,\n");
    fill(&b, "x,", SHEET_MAX_COLUMNS);
    buf_add_z(&b, ",more\n1,2\n");
    int fd = file_of(b.p, b.n);
    struct sheet *s = open_csv(fd, NULL);
    struct sheet_row row;
    assert_true(next(s, &row));
    assert_int_equal(row.fault, SHEET_FINE);
    assert_int_equal(row.n, SHEET_MAX_COLUMNS);
    assert_true(str_eq_z(row.cell[SHEET_MAX_COLUMNS - 1].text, "last"));
    assert_true(next(s, &row));
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, SHEET_MAX_COLUMNS + 2);
    assert_int_equal(row.n, SHEET_MAX_COLUMNS);
    assert_true(next(s, &row));
    assert_int_equal(row.n, 2);
    assert_false(next(s, &row));
    sheet_close(s);
    close(fd);
    buf_done(&b);
}

/* One line of 20 MiB, quoted or not: its beginning comes out, the next row is whole, and
 * lines that differ behind the limit have different hashes. */
static void a_line_too_long(void **state) {
    (void)state;
    unsigned char hash[2][2][16];
    for (int quoted = 0; quoted < 2; quoted++)
        for (int end = 0; end < 2; end++) {
            struct buf b = buf_init(0);
            buf_add_z(&b, quoted ? "a,b\n1,\"" : "a,b\n1,");
            fill(&b, "0123456789abcdef", ((size_t)20 << 20) / 16);
            buf_add_z(&b, end ? "x\r\n" : "y\r\n");
            buf_add_z(&b, "2,煤\n");
            int fd = file_of(b.p, b.n);
            struct sheet *s = open_csv(fd, NULL);
            struct sheet_row row;
            assert_true(next(s, &row));
            assert_true(next(s, &row));
            assert_int_equal(row.row, 2);
            assert_int_equal(row.fault, SHEET_TOO_LONG);
            assert_int_equal(row.fault_at, 2);
            assert_int_equal(row.n, 2);
            assert_int_equal(row.cell[1].text.n, SHEET_MAX_CELL);
            assert_memory_equal(row.cell[1].text.p, "0123456789abcdef", 16);
            assert_int_equal(row.raw.n, SHEET_MAX_ROW);
            assert_memory_equal(row.raw.p, b.p + 4, SHEET_MAX_ROW);
            memcpy(hash[quoted][end], row.hash, 16);
            assert_true(next(s, &row));
            assert_int_equal(row.row, 3);
            assert_int_equal(row.fault, SHEET_FINE);
            assert_true(str_eq_z(row.cell[1].text, "煤"));
            assert_false(next(s, &row));
            sheet_close(s);
            close(fd);
            buf_done(&b);
        }
    assert_memory_not_equal(hash[0][0], hash[0][1], 16);
    assert_memory_not_equal(hash[1][0], hash[1][1], 16);
}

/* A stray quote and no other for 9 MiB: one row is faulty, no other. */
static void a_stray_quote_costs_one_row(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "序号,名称\n1,\"煤\n");
    int64_t rows = 2;
    for (; b.n < (size_t)9 << 20; rows++) buf_add_f(&b, "%06lld,矿\r\n", (long long)rows);
    int fd = file_of(b.p, b.n);
    struct sheet *s = open_csv(fd, NULL);
    struct sheet_row row;
    int64_t line = 0;
    while (next(s, &row)) {
        line++;
        assert_int_equal(row.row, line);
        assert_int_equal(row.n, 2);
        assert_int_equal(row.fault, line == 2 ? SHEET_QUOTE : SHEET_FINE);
        if (line > 2) assert_int_equal(strtol(row.cell[0].text.p, NULL, 10), line - 1);
    }
    assert_int_equal(line, rows);
    sheet_close(s);
    close(fd);
    buf_done(&b);
}

/* Every line closes a cell and opens the next: as a row they never end, and each would
 * be read again and again. Past CSV_MAX_REREAD each line is judged alone, even where a
 * cell of two lines is right. */
static void reading_again_is_bounded(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    size_t lines = 0;
    for (; b.n < SHEET_MAX_ROW + (1u << 20); lines++) {
        fill(&b, "x", 50000);
        buf_add_z(&b, "\",\"y\n");
    }
    buf_add_z(&b, "1,\"p\nq\"\n");
    int fd = file_of(b.p, b.n);
    struct sheet *s = open_csv(fd, "utf-8");
    struct sheet_row row;
    size_t faulty = 0, n = 0;
    while (next(s, &row)) {
        n++;
        faulty += row.fault == SHEET_QUOTE;
        assert_int_equal(row.row, n);
        assert_int_equal(row.raw.n, n <= lines ? 50004 : n == lines + 1 ? 4 : 2);
    }
    assert_int_equal(n, lines + 2);
    assert_int_equal(faulty, lines + 1);
    sheet_close(s);
    close(fd);
    buf_done(&b);
}

static void too_many_rows(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    fill(&b, "\n", SHEET_MAX_ROWS + 1);
    int fd = file_of(b.p, b.n);
    struct sheet *s = open_csv(fd, "utf-8");
    struct sheet_row row;
    struct err err;
    bool more;
    for (int64_t i = 0; i < SHEET_MAX_ROWS; i++) assert_true(next(s, &row));
    assert_int_equal(sheet_next(s, &row, &more, &err), STATUS_LIMIT);
    assert_non_null(strstr(err.text, "2000000"));
    sheet_close(s);
    close(fd);
    buf_done(&b);
}

static void options(void **state) {
    (void)state;
    int fd = file_of("a;b,c\td\n", 8);
    static const struct {
        const char *encoding;
        char separator;
        enum status st;
        size_t cells;
    } given[] = {
        {NULL, ',', STATUS_OK, 2},      {NULL, ';', STATUS_OK, 2},
        {NULL, '\t', STATUS_OK, 2},     {"GBK", 0, STATUS_OK, 2},
        {NULL, '|', STATUS_USAGE, 0},   {NULL, 'a', STATUS_USAGE, 0},
        {"latin1", 0, STATUS_USAGE, 0}, {"", 0, STATUS_USAGE, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(given); i++) {
        struct sheet_csv_options opt = {given[i].encoding, given[i].separator, NULL};
        struct sheet *s = NULL;
        struct sheet_row row;
        struct err err;
        assert_int_equal(sheet_open_csv(fd, &opt, &s, &err), given[i].st);
        if (given[i].st != STATUS_OK) {
            assert_null(s);
            continue;
        }
        assert_true(next(s, &row));
        assert_int_equal(row.n, given[i].cells);
        if (given[i].separator)
            assert_int_equal(sheet_csv_separator(s), given[i].separator);
        if (given[i].encoding) assert_string_equal(sheet_csv_encoding(s), "GB18030");
        sheet_close(s);
    }
    close(fd);
    /* "utf-16" goes by the mark. */
    fd = file_of("\xFE\xFF\0a", 4);
    struct sheet *s = open_csv(fd, "utf-16");
    assert_string_equal(sheet_csv_encoding(s), "UTF-16BE");
    sheet_close(s);
    close(fd);
    struct sheet_csv_options opt = {0};
    struct err err;
    assert_int_equal(sheet_open_csv(-1, &opt, &s, &err), STATUS_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_become_rows),
        cmocka_unit_test(raw_is_what_stands_in_the_file),
        cmocka_unit_test(a_cell_too_long),
        cmocka_unit_test(too_many_columns),
        cmocka_unit_test(a_line_too_long),
        cmocka_unit_test(a_stray_quote_costs_one_row),
        cmocka_unit_test(reading_again_is_bounded),
        cmocka_unit_test(too_many_rows),
        cmocka_unit_test(options),
    };
    return cmocka_run_group_tests_name("sheet_csv", tests, NULL, NULL);
}
