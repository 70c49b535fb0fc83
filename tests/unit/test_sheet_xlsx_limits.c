/* What a hostile or broken XLSX may cost, and that it is refused where it must be: sizes,
 * bombs, and the container. */
#include "tests/unit/xlsx_read.h"

/* ---- sizes ------------------------------------------------------------------------- */

static void marks_rows_that_are_too_wide(void **state) {
    (void)state;
    struct buf b = buf_init(0), want = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData><row>");
    many(&b, "<c><v>1</v></c>", SHEET_MAX_COLUMNS);
    many(&b, "<c s=\"1\"/>", 15000);
    buf_add_z(&b, "</row><row>");
    many(&b, "<c><v>1</v></c>", 1030);
    buf_add_z(&b, "</row></sheetData></worksheet>");
    for (int row = 1; row <= 2; row++) {
        buf_add_f(&want, "汇总 %d: #1", row);
        many(&want, "|#1", SHEET_MAX_COLUMNS - 1);
        buf_add_z(&want, row == 1 ? "\n" : " +1025\n");
    }
    expect_fd("wide", sheet_of(&b), buf_z(&want));
    buf_done(&want);
}

static void cuts_a_huge_cell_at_a_character(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData><row><c><v>1</v></c><c t=\"str\"><v>");
    many(&b, "成", SHEET_MAX_CELL / 3 + 10);
    buf_add_z(&b, "</v></c><c><v>2</v></c></row><row><c><v>");
    many(&b, "1", SHEET_MAX_CELL + 1);
    buf_add_z(&b, "</v></c><c><v>3</v></c></row></sheetData></worksheet>");
    int fd = sheet_of(&b);
    struct sheet *sheet;
    struct sheet_row row;
    bool more;
    assert_int_equal(sheet_open_xlsx(fd, &sheet, NULL), STATUS_OK);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, 2);
    assert_int_equal(row.n, 3);
    assert_int_equal(row.cell[1].text.n, SHEET_MAX_CELL / 3 * 3);
    assert_memory_equal(row.cell[1].text.p + row.cell[1].text.n - 3, "成", 3);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.fault, SHEET_TOO_LONG); /* half a number is none */
    assert_int_equal(row.cell[0].kind, CELL_EMPTY);
    assert_int_equal(row.cell[1].kind, CELL_NUMBER);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_false(more);
    sheet_close(sheet);
    close(fd);
}

/* Five cells that name the same string of 1 MB, and one string beyond that. */
static void bounds_a_row_of_long_shared_strings(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "<sst><si><t>");
    many(&b, "0123456789abcdef", SHEET_MAX_CELL / 16);
    buf_add_z(&b, "</t></si><si><t>");
    many(&b, "0123456789abcdef", SHEET_MAX_CELL / 16 + 1);
    buf_add_z(&b, "</t></si></sst>");
    int fd = xlsx_make(&(struct xlsx_make){
        .sheet =
            XLSX_ROWS("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c><c t=\"s\">"
                      "<v>0</v></c><c t=\"s\"><v>0</v></c><c t=\"s\"><v>0</v></c></row>"
                      "<row><c t=\"s\"><v>1</v></c></row>"),
        .strings = buf_z(&b)});
    buf_done(&b);
    struct sheet *sheet;
    struct sheet_row row;
    bool more;
    assert_int_equal(sheet_open_xlsx(fd, &sheet, NULL), STATUS_OK);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, 5);
    assert_int_equal(row.n, 4);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, 1);
    assert_int_equal(row.cell[0].text.n, SHEET_MAX_CELL);
    sheet_close(sheet);
    close(fd);
}

static void bounds_a_row_of_long_cells(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData><row>");
    for (int i = 0; i < 6; i++) {
        buf_add_z(&b, "<c t=\"str\"><v>");
        many(&b, "0123456789abcdef", SHEET_MAX_CELL / 16);
        buf_add_z(&b, "</v></c>");
    }
    buf_add_z(&b, "<c><v>1</v></c></row></sheetData></worksheet>");
    int fd = sheet_of(&b);
    struct sheet *sheet;
    struct sheet_row row;
    bool more;
    assert_int_equal(sheet_open_xlsx(fd, &sheet, NULL), STATUS_OK);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.fault, SHEET_TOO_LONG);
    assert_int_equal(row.fault_at, 5);
    assert_int_equal(row.n, 4);
    sheet_close(sheet);
    close(fd);
}

/* A small file that names four strings of 1 MB in every row, and one of too many rows. */
static void refuses_more_than_a_file_may_say(void **state) {
    (void)state;
    struct buf b = buf_init(0), text = buf_init(0);
    struct xlsx_make make = {.stored = true};
    buf_add_z(&text, "<sst><si><t>");
    many(&text, "0123456789abcdef", SHEET_MAX_CELL / 16);
    buf_add_z(&text, "</t></si></sst>");
    buf_add_z(&b, "<worksheet><sheetData>");
    for (int i = 0; i < 2050; i++) {
        buf_add_z(&b, "<row>");
        many(&b, "<c t=\"s\"><v>0</v></c>", 4);
        buf_add_z(&b, "</row>");
    }
    buf_add_z(&b, "</sheetData></worksheet>");
    make.sheet = buf_z(&b);
    make.strings = buf_z(&text);
    expect_limit(xlsx_make(&make), "8 GB");
    buf_clear(&b);
    buf_add_z(&b, "<worksheet><sheetData>");
    many(&b, "<row><c><v>1</v></c></row>", 1000001);
    buf_add_z(&b, "</sheetData></worksheet>");
    make.sheet = buf_z(&b);
    make.book = "<workbook xmlns:r=\"urn:r\"><sheets><sheet name=\"汇总\" r:id=\"rId1\"/>"
                "<sheet name=\"汇总\" r:id=\"rId1\"/></sheets></workbook>";
    expect_limit(xlsx_make(&make), "2000000 行");
    buf_done(&b);
    buf_done(&text);
}

static void refuses_bombs(void **state) {
    (void)state;
    struct buf b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData>");
    many(&b, "                                                                ", 1 << 20);
    buf_add_z(&b, "</sheetData></worksheet>");
    refuse_fd("spaces", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml",
              "压缩炸弹");
    b = buf_init(0);
    many(&b, "<worksheet>", 100);
    refuse_fd("depth", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml", "嵌套");
    b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData><row ");
    for (int i = 0; i < 2000; i++) buf_add_f(&b, "a%d=\"\" ", i);
    buf_add_z(&b, "/></sheetData></worksheet>");
    refuse_fd("names", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml", "名称");
    b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData>");
    for (int i = 0; i < 2000; i++) buf_add_f(&b, "<a%d:row/>", i);
    buf_add_z(&b, "</sheetData></worksheet>");
    refuse_fd("prefixes", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml", "名称");
    b = buf_init(0);
    buf_add_z(&b, "<worksheet><sheetData><row x=\"");
    many(&b, "0123456789abcdef", 65536);
    refuse_fd("tag", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml", "标签");
    b = buf_init(0);
    buf_add_z(&b, "<worksheet><mergeCells>");
    many(&b, "<mergeCell ref=\"A1:B2\"/>", 500001);
    buf_add_z(&b, "</mergeCells></worksheet>");
    refuse_fd("areas", sheet_of(&b), STATUS_LIMIT, "xl/worksheets/sheet1.xml", "合并");
    b = buf_init(0);
    buf_add_z(&b, XLSX_HEAD "<workbook><sheets>");
    many(&b, "<sheet name=\"x\" id=\"rId1\"/>", 1001);
    buf_add_z(&b, "</sheets></workbook>");
    refuse_fd("sheets",
              xlsx_make(&(struct xlsx_make){.sheet = XLSX_SHEET(""), .book = buf_z(&b)}),
              STATUS_LIMIT, "xl/workbook.xml", "工作表超过");
    buf_done(&b);
}

/* ---- the container ----------------------------------------------------------------- */

static size_t bytes_of(int fd, char *out, size_t size) {
    ssize_t n = pread(fd, out, size, 0);
    assert_true(n > 0 && (size_t)n < size);
    return (size_t)n;
}

static int file_of(const char *p, size_t n) {
    int fd;
    assert_int_equal(sheet_temp_file(&fd, NULL), STATUS_OK);
    assert_int_equal(sheet_temp_write(fd, p, n, NULL), STATUS_OK);
    return fd;
}

static const struct xlsx_make plain = {.sheet = XLSX_ROWS("<row><c t=\"str\"><v>found me"
                                                          "</v></c></row>"),
                                       .stored = true};

static void refuses_a_file_that_is_cut_off_anywhere(void **state) {
    (void)state;
    char bytes[8192];
    int fd = xlsx_make(&plain);
    size_t n = bytes_of(fd, bytes, sizeof bytes);
    close(fd);
    for (size_t cut = 0; cut < n; cut += 7) {
        struct buf out = buf_init(0);
        struct err err;
        enum status s = read_fd(file_of(bytes, cut), &out, &err);
        assert_int_equal(s, STATUS_CORRUPT);
        assert_int_equal(out.n, 0);
        buf_done(&out);
    }
}

static uint64_t number_at(const char *p, int n) {
    uint64_t v = 0;
    while (n-- > 0) v = v << 8 | (unsigned char)p[n];
    return v;
}

static void add_number(struct buf *b, uint64_t v, int n) {
    for (; n > 0; n--, v >>= 8) buf_add_char(b, (char)(v & 0xFF));
}

/* The end of the zip written the way of large files (APPNOTE 4.3.14 to 4.3.16); count 0:
 * as many parts as there are. */
static int make_zip64(uint64_t count) {
    char bytes[8192];
    int fd = xlsx_make(&plain);
    size_t n = bytes_of(fd, bytes, sizeof bytes), end = n - 22;
    close(fd);
    assert_memory_equal(bytes + end, "PK\5\6", 4);
    uint64_t entries = number_at(bytes + end + 10, 2),
             size = number_at(bytes + end + 12, 4),
             offset = number_at(bytes + end + 16, 4);
    if (count) entries = count;
    struct buf b = buf_init(0);
    buf_add(&b, bytes, end);
    buf_add(&b, "PK\6\6", 4);
    add_number(&b, 44, 8);
    add_number(&b, 45, 2);
    add_number(&b, 45, 2);
    add_number(&b, 0, 8);
    add_number(&b, entries, 8);
    add_number(&b, entries, 8);
    add_number(&b, size, 8);
    add_number(&b, offset, 8);
    buf_add(&b, "PK\6\7", 4);
    add_number(&b, 0, 4);
    add_number(&b, end, 8);
    add_number(&b, 1, 4);
    buf_add(&b, "PK\5\6\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0", 22);
    fd = file_of(b.p, b.n);
    buf_done(&b);
    return fd;
}

static void reads_zip64(void **state) {
    (void)state;
    expect_fd("zip64", make_zip64(0), "汇总 1: found me\n");
}

static void refuses_too_many_parts(void **state) {
    (void)state;
    refuse_fd("claimed", make_zip64(1000000), STATUS_LIMIT, NULL, "部件超过");
    struct xlsx_make_part *part = calloc(20002, sizeof *part);
    char(*name)[16] = calloc(20002, sizeof *name);
    assert_true(part && name);
    for (int i = 0; i <= 20000; i++) {
        snprintf(name[i], sizeof name[i], "%d", i);
        part[i] = (struct xlsx_make_part){name[i], "x", 1, true};
    }
    refuse_fd("made", xlsx_make_zip(part), STATUS_LIMIT, NULL, "部件超过");
    free(part);
    free(name);
}

static void refuses_a_wrong_checksum(void **state) {
    (void)state;
    char bytes[8192];
    int fd = xlsx_make(&plain);
    size_t n = bytes_of(fd, bytes, sizeof bytes);
    close(fd);
    char *hit = memmem(bytes, n, "found", 5);
    assert_non_null(hit);
    *hit = 'F';
    refuse_fd("crc", file_of(bytes, n), STATUS_CORRUPT, "xl/worksheets/sheet1.xml",
              "校验码");
}

static void refuses_an_encrypted_part(void **state) {
    (void)state;
    char bytes[8192];
    int fd = xlsx_make(&plain);
    size_t n = bytes_of(fd, bytes, sizeof bytes);
    close(fd);
    for (size_t i = 0; i + 10 < n; i++) /* the flag in both headers */
        if (memcmp(bytes + i, "PK\1\2", 4) == 0)
            bytes[i + 8] |= 1;
        else if (memcmp(bytes + i, "PK\3\4", 4) == 0)
            bytes[i + 6] |= 1;
    refuse_fd("password", file_of(bytes, n), STATUS_INVALID, "_rels/.rels", "密码");
}

/* Any byte of a small book changed: a status, and no crash, whatever it hits. */
static void survives_any_changed_byte(void **state) {
    (void)state;
    char bytes[8192];
    int fd = xlsx_make(&plain);
    size_t n = bytes_of(fd, bytes, sizeof bytes);
    close(fd);
    size_t refused = 0;
    for (size_t i = 0; i < n; i++) {
        struct buf out = buf_init(0);
        struct err err;
        bytes[i] ^= 0x55;
        enum status s = read_fd(file_of(bytes, n), &out, &err);
        bytes[i] ^= 0x55;
        if (s != STATUS_OK) refused++;
        buf_done(&out);
    }
    assert_true(refused > n / 2);
}

static void leaves_the_position_of_the_file(void **state) {
    (void)state;
    int fd = xlsx_make(&plain);
    struct sheet *sheet;
    struct sheet_row row;
    bool more;
    assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
    assert_int_equal(sheet_open_xlsx(fd, &sheet, NULL), STATUS_OK);
    assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
    assert_int_equal(row.raw.n, 0);
    sheet_close(sheet);
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 5);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_rows_that_are_too_wide),
        cmocka_unit_test(cuts_a_huge_cell_at_a_character),
        cmocka_unit_test(bounds_a_row_of_long_shared_strings),
        cmocka_unit_test(bounds_a_row_of_long_cells),
        cmocka_unit_test(refuses_more_than_a_file_may_say),
        cmocka_unit_test(refuses_bombs),
        cmocka_unit_test(refuses_a_file_that_is_cut_off_anywhere),
        cmocka_unit_test(reads_zip64),
        cmocka_unit_test(refuses_too_many_parts),
        cmocka_unit_test(refuses_a_wrong_checksum),
        cmocka_unit_test(refuses_an_encrypted_part),
        cmocka_unit_test(survives_any_changed_byte),
        cmocka_unit_test(leaves_the_position_of_the_file),
    };
    return cmocka_run_group_tests_name("sheet_xlsx_limits", tests, NULL, NULL);
}
