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

/* "line: cell|cell !fault@column" for each row; a line end in a cell is shown as ⏎, NUL
 * as ␀. */
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
         "1: a|b\n2: 1|\"x!quote@2\n3: 2|y\n4: 3|z\n"),
    CASE("closed by the next row's", "1,\"x,p\n2,\"y\",q\n3,z,r\n",
         "1: 1|\"x|p!quote@2\n2: 2|y|q\n3: 3|z|r\n"),
    CASE("never closed, then lines in a cell", "1,\"x\n2,\"y\nz\",q\n3,z,r\n",
         "1: 1|\"x!quote@2\n2: 2|y⏎z|q\n4: 3|z|r\n"),
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
         "1: 名称|单位长治太原\n2: \xEF\xBF\xBD|\"煤!encoding@1\n3: 矿|y\n"),
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_become_rows),
    };
    return cmocka_run_group_tests_name("sheet_csv", tests, NULL, NULL);
}
