/* Each oddity of XLSX files is a row: the parts, and what comes out (xlsx_read.h says how
 * a row prints). What a hostile file may cost is in test_sheet_xlsx_limits.c. */
#include "tests/unit/xlsx_read.h"

#define STYLES(formats, xfs)                                                             \
    XLSX_HEAD                                                                            \
    "<styleSheet xmlns=\"" XLSX_MAIN "\"><numFmts>" formats                              \
    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>" xfs          \
    "</cellXfs></styleSheet>"

struct oddity {
    const char *name;
    const char *sheet, *strings, *styles;
    const char *want;
};

static const struct oddity oddities[] = {
    {"values of each kind",
     XLSX_ROWS(
         "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>1</v></c><c r=\"B1\"><v>12.5</v></c>"
         "<c r=\"C1\" t=\"b\"><v>1</v></c><c r=\"D1\" t=\"b\"><v>0</v></c>"
         "<c r=\"E1\" t=\"e\"><v>#N/A</v></c><c r=\"F1\" t=\"inlineStr\"><is><t>内</t>"
         "</is></c><c r=\"G1\" t=\"str\"><f>A1&amp;\"x\"</f><v>果</v></c>"
         "<c r=\"H1\" t=\"d\"><v>2025-01-05T00:00:00</v></c>"
         "<c r=\"I1\" t=\"d\"><v>2025-01-05T08:30:00Z</v></c>"
         "<c r=\"J1\" t=\"d\"><v>昨天</v></c><c r=\"K1\"><v>x1</v></c></row>"),
     SST("<si><t>甲</t></si><si><t>乙</t></si>"), NULL,
     "汇总 1: 乙|#12.5|?是|?否|!#N/A|内|果|@2025-01-05|@2025-01-05 08:30:00|昨天|x1\n"},
    {"rich text is joined, phonetic runs are left out",
     XLSX_ROWS(
         "<row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><r><t>内</t></r><r><rPr>"
         "<b/></rPr><t xml:space=\"preserve\"> 联</t></r><rPh sb=\"0\" eb=\"1\"><t>no"
         "</t></rPh></is></c></row>"),
     SST("<si><r><t>成</t></r><r><rPr><b/><t>no</t></rPr><t>果</t></r><rPh sb=\"0\" "
         "eb=\"2\"><t>chengguo</t></rPh><phoneticPr fontId=\"1\"/></si>"),
     NULL, "汇总 1: 成果|内 联\n"},
    {"escapes and line ends",
     XLSX_ROWS("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"str\"><v>a&#13;"
               "&#10;b&#13;c</v></c><c t=\"s\"><v>2</v></c></row>"),
     SST("<si><t>a_x000D_\nb_x000d_c</t></si><si><t>_x005F_x000D_ _x00zz_ _xD83D__xDE00_ "
         "_xD83D_ _x4E2D_ _</t></si><si><t/></si>"),
     NULL, "汇总 1: a\nb\nc|_x000D_ _x00zz_ 😀 _xD83D_ 中 _|a\nb\nc\n"},
    {"cells without places, empty cells, sparse rows",
     XLSX_ROWS(
         "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row r=\"5\"><c r=\"C5\">"
         "<v>3</v></c><c><v>4</v></c><c r=\"G5\" s=\"1\"/></row><row><c><v>6</v></c>"
         "</row>"),
     NULL, NULL, "汇总 1: #1||#3\n汇总 5: ||#3|#4\n汇总 6: #6\n"},
    {"rows and cells out of order",
     XLSX_ROWS("<row r=\"9\"><c r=\"C9\"><v>3</v></c><c r=\"A9\"><v>1</v></c></row>"
               "<row r=\"2\"><c r=\"b2\"><v>2</v></c></row>"),
     NULL, NULL, "汇总 9: #1||#3\n汇总 2: |#2\n"},
    {"hidden rows and columns",
     XLSX_SHEET(
         "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/><col min=\"5\" max=\"99999\" "
         "width=\"0\"/></cols><sheetData><row r=\"1\" hidden=\"true\"><c><v>1</v></c>"
         "<c><v>2</v></c><c/><c><v>4</v></c><c><v>5</v></c></row><row r=\"2\" ht=\"0\">"
         "<c><v>1</v></c></row></sheetData>"),
     NULL, NULL, "汇总 1(h): #1|~#2|~|#4|~#5\n汇总 2(h): #1\n"},
    {"merged areas",
     XLSX_SHEET(
         "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>题</v></c><c r=\"B1\"/>"
         "</row><row r=\"2\"><c r=\"A2\" t=\"str\"><v>甲</v></c><c r=\"B2\"><v>1</v>"
         "</c></row><row r=\"3\"><c r=\"B3\"><v>2</v></c></row><row r=\"4\"><c r=\"B4\">"
         "<v>3</v></c></row></sheetData><mergeCells count=\"2\"><mergeCell "
         "ref=\"A2:A3\"/><mergeCell ref=\"A1:C1\"/></mergeCells>"),
     NULL, NULL, "汇总 1: 题|^题|^题\n汇总 2: 甲|#1\n汇总 3: ^甲|#2\n汇总 4: |#3\n"},
    {"overlapping, huge, broken and backward areas",
     XLSX_SHEET(
         "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\">"
         "<c r=\"B2\"><v>2</v></c></row><row r=\"3\"><c r=\"C3\"><v>3</v></c></row>"
         "</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/><mergeCell "
         "ref=\"B1:C3\"/><mergeCell ref=\"B2:C3\"/><mergeCell "
         "ref=\"A1:XFD1048576\"/><mergeCell ref=\"A1\"/><mergeCell ref=\"\"/>"
         "<mergeCell ref=\"C3:A1\"/><mergeCell ref=\"ZZZZ1:A2\"/><mergeCell/>"
         "</mergeCells>"),
     NULL, NULL, "汇总 1: #1|^#1\n汇总 2: ^#1|#2\n汇总 3: ||#3\n"},
    {"an area that begins between the rows has no value",
     XLSX_SHEET("<sheetData><row r=\"3\"><c r=\"B3\"><v>3</v></c></row></sheetData>"
                "<mergeCells><mergeCell ref=\"A2:A4\"/></mergeCells>"),
     NULL, NULL, "汇总 3: |#3\n"},
    {"the word sheetData in cells, comments and CDATA",
     XLSX_SHEET(
         "<sheetData><!-- </sheetData> --><row><c t=\"str\"><v>sheetData</v></c>"
         "<c t=\"str\"><v><![CDATA[</sheetData>]]></v></c></row><row><c><v>1</v></c>"
         "</row></sheetData><mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>"),
     NULL, NULL, "汇总 1: sheetData|</sheetData>\n汇总 2: #1|^#1\n"},
    {"a prefix, the strict namespace, and extensions",
     XLSX_HEAD
     "<x:worksheet xmlns:x=\"" XLSX_STRICT "\" xmlns:y=\"urn:y\"><x:dimension "
     "ref=\"A1:A1\"/><x:sheetData><x:row r=\"1\" y:dy=\"0.2\"><x:c r=\"B1\" "
     "t=\"s\"><x:v>0</x:v></x:c><x:extLst><x:ext><x:c><x:v>9</x:v></x:c></x:ext>"
     "</x:extLst></x:row><x:row r=\"2\"><x:c r=\"A2\"><x:v>1</x:v></x:c></x:row>"
     "</x:sheetData ><x:mergeCells><x:mergeCell ref=\"A2:A9\"/>"
     "<x:mergeCell ref=\"B1:B2\"/></x:mergeCells></x:worksheet>",
     XLSX_HEAD "<x:sst xmlns:x=\"" XLSX_STRICT "\"><x:si><x:t>甲</x:t></x:si></x:sst>",
     NULL, "汇总 1: |甲\n汇总 2: #1|^甲\n"},
    {"no rows", XLSX_SHEET("<sheetData/>"), NULL, NULL, ""},
    {"not even a list of rows", XLSX_SHEET(""), NULL, NULL, ""},
    {"a part that is no worksheet",
     XLSX_HEAD
     "<chartsheet><sheetData><row><c><v>1</v></c></row></sheetData></chartsheet>",
     NULL, NULL, ""},
    {"numbers",
     XLSX_ROWS(
         "<row><c><v>1.38E+10</v></c><c><v>1253.0999999999999</v></c><c>"
         "<v>0.30000000000000004</v></c><c><v>007</v></c><c><v>-0</v></c><c>"
         "<v>1E-3</v></c><c><v>123456789012345678</v></c><c><v>1.2345678901234568E+17"
         "</v></c><c><v>1.50</v></c><c><v>-2.5e2</v></c><c><v>1e400</v></c><c>"
         "<v>nan</v></c><c><v>9007199254740991.0</v></c><c><v>1e-20</v></c><c><v> 5 "
         "</v></c><c><v>-0.5</v></c></row>"),
     NULL, NULL,
     "汇总 1: #13800000000|#1253.1|#0.3|#7|#0|#0.001|#123456789012345678|"
     "#1.2345678901234568E+17|#1.5|#-250|1e400|nan|#9007199254740991|#1E-20|#5|#-0.5\n"},
    {"dates by format",
     XLSX_ROWS(
         "<row><c s=\"1\"><v>45662</v></c><c s=\"2\"><v>45662.354166666664</v></c>"
         "<c s=\"3\"><v>45662</v></c><c s=\"4\"><v>45662</v></c><c s=\"5\"><v>45662</v>"
         "</c><c s=\"6\"><v>45662</v></c><c s=\"7\"><v>0.5</v></c><c s=\"8\">"
         "<v>1.104166666666667</v></c><c s=\"9\"><v>45662</v></c><c s=\"10\">"
         "<v>45662</v></c><c s=\"99\"><v>45662</v></c><c s=\"7\"><v>45662.5</v></c>"
         "<c s=\"11\"><v>45662</v></c></row>"),
     NULL,
     STYLES(
         "<numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;;@\"/>"
         "<numFmt numFmtId=\"177\" formatCode=\"0.00&quot;days&quot;\"/>"
         "<numFmt numFmtId=\"178\" formatCode=\"[$-804][DBNum1]yyyy年m月d日\"/>"
         "<numFmt numFmtId=\"179\" formatCode=\"[Red]0.00E+00\"/>"
         "<numFmt numFmtId=\"180\" formatCode=\"[h]:mm\"/>",
         "<xf/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"57\"/>"
         "<xf numFmtId=\"176\"/><xf numFmtId=\"177\"/><xf numFmtId=\"178\"/>"
         "<xf numFmtId=\"20\"/><xf numFmtId=\"180\"/><xf numFmtId=\"179\"/>"
         "<xf numFmtId=\"49\"/><xf numFmtId=\"31\"/>"),
     "汇总 1: @2025-01-05|@2025-01-05 "
     "08:30:00|@2025-01-05|@2025-01-05|#45662|@2025-01-05|"
     "12:00:00|26:30:00|#45662|#45662|#45662|@2025-01-05 12:00:00|@2025-01-05\n"},
    {"the leap day that never was, and numbers that are no day",
     XLSX_ROWS(
         "<row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c>"
         "<c s=\"1\"><v>61</v></c><c s=\"1\"><v>2958465</v></c><c s=\"1\"><v>2958466"
         "</v></c><c s=\"1\"><v>-1</v></c><c s=\"1\"><v>0</v></c><c s=\"1\">"
         "<v>45661.9999999</v></c><c s=\"1\"><v>20250105</v></c></row>"),
     NULL, STYLES("", "<xf/><xf numFmtId=\"14\"/>"),
     "汇总 1: "
     "@1900-01-01|@1900-02-28|@1900-02-29|@1900-03-01|@9999-12-31|#2958466|#-1|#0|"
     "@2025-01-05|#20250105\n"},
};

static void reads_oddities(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(oddities); i++) {
        const struct oddity *o = &oddities[i];
        for (int stored = 0; stored < 2; stored++)
            expect_fd(o->name,
                      xlsx_make(&(struct xlsx_make){.sheet = o->sheet,
                                                    .strings = o->strings,
                                                    .styles = o->styles,
                                                    .stored = stored}),
                      o->want);
    }
}

static const struct {
    const char *name;
    struct xlsx_make make;
    enum status want;
    const char *part, *text;
} refusals[] = {
    {"a string that is not there",
     {.sheet = XLSX_ROWS("<row r=\"7\"><c t=\"s\"><v>3</v></c></row>"),
      .strings = SST("<si><t>x</t></si>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "工作表“汇总”: 第 1 列的单元格引用了不存在的共享字符串（共 1 个）"},
    {"no strings at all",
     {.sheet = XLSX_ROWS("<row><c t=\"s\"><v>0</v></c></row>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "共 0 个"},
    {"a row beyond the sheet",
     {.sheet = XLSX_ROWS("<row r=\"1048577\"/>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "行号"},
    {"a cell beyond the sheet",
     {.sheet = XLSX_ROWS("<row><c r=\"XFE1\"/></row>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "位置不合法"},
    {"a sheet cut off",
     {.sheet = XLSX_HEAD "<worksheet><sheetData><row><c><v>1</v></c></row><ro"},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "没有写完"},
    {"tags that do not match",
     {.sheet = XLSX_ROWS("<row><c><v>1</c></v></row>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "不配对"},
    {"another encoding",
     {.sheet = "<?xml version=\"1.0\" encoding=\"GBK\"?><worksheet/>"},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "只认 UTF-8 和 UTF-16"},
    {"bytes that are no UTF-8",
     {.sheet = XLSX_ROWS("<row><c t=\"str\"><v>\xB3\xC9</v></c></row>")},
     STATUS_CORRUPT,
     "xl/worksheets/sheet1.xml",
     "不合法的字符"},
    {"entities that grow",
     {.sheet = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet/>"},
     STATUS_INVALID,
     "xl/worksheets/sheet1.xml",
     "DTD"},
    {"entities in the strings",
     {.sheet = XLSX_SHEET(""), .strings = "<!DOCTYPE sst><sst/>"},
     STATUS_INVALID,
     "xl/sharedStrings.xml",
     "DTD"},
    {"the part of a sheet is missing",
     {.sheet = XLSX_SHEET(""),
      .book = XLSX_HEAD "<workbook xmlns:r=\"" XLSX_REL "\"><sheets><sheet name=\"甲\" "
                        "r:id=\"rId9\"/><sheet name=\"乙\" r:id=\"rId8\"/></sheets>"
                        "</workbook>"},
     STATUS_CORRUPT,
     "xl/workbook.xml",
     "工作表“乙”的部件"},
    {"a workbook without sheets",
     {.sheet = XLSX_SHEET(""), .book = "<workbook><sheets/></workbook>"},
     STATUS_INVALID,
     NULL,
     "没有可读的工作表"},
};

static void refuses_with_part_and_place(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
        refuse_fd(refusals[i].name, xlsx_make(&refusals[i].make), refusals[i].want,
                  refusals[i].part, refusals[i].text);
}

/* ---- where parts are --------------------------------------------------------------- */

static void reads_all_sheets_in_the_order_of_the_book(void **state) {
    (void)state;
    static const char rels[] = XLSX_HEAD
        "<Relationships xmlns=\"" XLSX_RELS "\">"
        "<Relationship Id=\"a\" Type=\"http://purl.oclc.org/ooxml/officeDocument/"
        "relationships/worksheet\" Target=\"/data/one.xml\"/>"
        "<Relationship Id=\"b\" Type=\"" XLSX_REL "/worksheet\" "
        "Target=\"../data/./two.xml\"/>"
        "<Relationship Id=\"c\" Type=\"" XLSX_REL "/chartsheet\" "
        "Target=\"chart.xml\"/>"
        "<Relationship Id=\"d\" Type=\"" XLSX_REL "/sharedStrings\" "
        "Target=\"..\\data\\S.XML\"/>"
        "<Relationship Id=\"e\" Type=\"" XLSX_REL "/worksheet\" "
        "Target=\"http://example.cn/x\" TargetMode=\"External\"/>"
        "</Relationships>";
    static const char book[] =
        "<workbook xmlns:r=\"urn:r\"><workbookPr date1904=\"1\"/><sheets>"
        "<sheet name=\"二\" sheetId=\"1\" r:id=\"b\" state=\"veryHidden\"/>"
        "<sheet name=\"图\" sheetId=\"2\" r:id=\"c\"/>"
        "<sheet name=\"一\" sheetId=\"3\" r:id=\"a\" state=\"hidden\"/>"
        "<sheet name=\"又\" sheetId=\"4\" r:id=\"a\" state=\"visible\"/>"
        "</sheets></workbook>";
    static const struct xlsx_make_part part[] = {
        {"_rels/.rels",
         "<Relationships><Relationship Id=\"x\" Target=\"book/Book.xml\" "
         "Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
         "officeDocument\"/>"
         "</Relationships>",
         0, false},
        {"book/book.xml", book, 0, true},
        {"book/_rels/Book.xml.rels", rels, 0, false},
        {"data/one.xml",
         XLSX_ROWS("<row r=\"2\"><c t=\"s\"><v>0</v></c><c s=\"1\"><v>0</v></c></row>"),
         0, false},
        {"data\\two.xml", XLSX_ROWS("<row r=\"3\"><c><v>1</v></c></row>"), 0, false},
        {"book/chart.xml", "<chartsheet/>", 0, false},
        {"data/s.xml", SST("<si><t>甲</t></si>"), 0, false},
        {"book/styles.xml", STYLES("", "<xf/><xf numFmtId=\"14\"/>"), 0, false},
        {NULL, NULL, 0, false},
    };
    expect_fd("order", xlsx_make_zip(part),
              "二 3(h): #1\n一 2(h): 甲|@1904-01-01\n又 2: 甲|@1904-01-01\n");
}

static void finds_parts_by_content_type_and_by_usual_names(void **state) {
    (void)state;
    static const char book[] =
        "<workbook><sheets><sheet name=\"甲\"/><sheet name=\"图\"/></sheets></workbook>";
    struct xlsx_make_part part[] = {
        {"[Content_Types].xml",
         "<Types><Override PartName=\"/b/w.xml\" ContentType=\"application/vnd.ms-excel."
         "sheet.macroEnabled.main+xml\"/></Types>",
         0, false},
        {"b/w.xml", book, 0, false},
        {"b/worksheets/sheet1.xml", XLSX_ROWS("<row><c t=\"s\"><v>0</v></c></row>"), 0,
         false},
        {"b/sharedStrings.xml", SST("<si><t>串</t></si>"), 0, false},
        {NULL, NULL, 0, false},
    };
    expect_fd("types", xlsx_make_zip(part), "甲 1: 串\n");
    part[0].name = "other.xml";
    part[1].name = "xl/workbook.xml";
    part[2].name = "xl/worksheets/sheet1.xml";
    part[3].name = "xl/sharedStrings.xml";
    expect_fd("names", xlsx_make_zip(part), "甲 1: 串\n");
    part[1].name = "xl/other.xml";
    refuse_fd("no book", xlsx_make_zip(part), STATUS_INVALID, NULL, "没有工作簿部件");
}

static void names_sheet_part_and_row_of_a_fault(void **state) {
    (void)state;
    static const struct {
        const char *second;
        long line;
    } cases[] = {
        {"<worksheet><sheetData/></other>", 0},
        {XLSX_ROWS(
             "<row r=\"3\"><c><v>1</v></c></row><row r=\"8\"><c t=\"s\"/><c r=\"?\"/>"
             "</row>"),
         8},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct xlsx_make_part part[] = {
            {"xl/workbook.xml",
             "<workbook><sheets><sheet name=\"甲\"/><sheet "
             "name=\"乙\"/></sheets></workbook>",
             0, false},
            {"xl/worksheets/sheet1.xml", XLSX_ROWS("<row r=\"5\"><c><v>1</v></c></row>"),
             0, false},
            {"xl/worksheets/sheet2.xml", cases[i].second, 0, false},
            {NULL, NULL, 0, false},
        };
        struct buf out = buf_init(0);
        struct err err;
        assert_int_equal(read_fd(xlsx_make_zip(part), &out, &err), STATUS_CORRUPT);
        assert_int_equal(err.line, cases[i].line);
        assert_string_equal(err.field, "xl/worksheets/sheet2.xml");
        assert_non_null(strstr(err.text, "工作表“乙”"));
        assert_null(strstr(err.text, "甲"));
        buf_done(&out);
    }
}

/* What stands in cells may be classified: no message shows it. */
static void repeats_no_text_in_an_error(void **state) {
    (void)state;
    static const char *const rows[] = {
        "<row><c t=\"s\"><v>canary</v></c></row>",
        "<row><c r=\"canary\"/></row>",
        "<row r=\"canary\"/>",
        "<row><c t=\"str\"><v>canary</v></c><c t=\"str\">canary</row>",
        "<row><c t=\"str\"><v>canary&canary;</v></c></row>",
        "<row><canary/>"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char sheet[256];
        struct buf out = buf_init(0);
        struct err err;
        snprintf(sheet, sizeof sheet, "<worksheet><sheetData>%s</sheetData></worksheet>",
                 rows[i]);
        int fd = xlsx_make(&(struct xlsx_make){.sheet = sheet});
        assert_int_equal(read_fd(fd, &out, &err), STATUS_CORRUPT);
        if (strstr(err.text, "canary") || strstr(err.field, "canary"))
            fail_msg("%s: %s", rows[i], err.text);
        buf_done(&out);
    }
}

static void reads_utf16(void **state) {
    (void)state;
    static const char z[] =
        "<worksheet><sheetData><row><c><v>5</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>";
    for (int big = 0; big < 2; big++) {
        struct buf b = buf_init(0);
        buf_add(&b, big ? "\xFE\xFF" : "\xFF\xFE", 2);
        for (const char *p = z; *p; p++) {
            if (big) buf_add_char(&b, 0);
            buf_add_char(&b, *p);
            if (!big) buf_add_char(&b, 0);
        }
        expect_fd("utf16", sheet_of(&b), "汇总 1: #5|^#5\n");
    }
}

/* The same cells have the same hash wherever they stand; other kinds have another. */
static void hashes_kinds_and_texts(void **state) {
    (void)state;
    int fd = xlsx_make(&(struct xlsx_make){
        .sheet =
            XLSX_ROWS("<row r=\"1\"><c><v>1</v></c><c t=\"str\"><v>ab</v></c></row>"
                      "<row r=\"9\" hidden=\"1\"><c><v>1.0</v></c><c t=\"inlineStr\">"
                      "<is><t>ab</t></is></c><c/></row><row><c t=\"str\"><v>1</v></c>"
                      "<c t=\"str\"><v>ab</v></c></row><row><c t=\"str\"><v>1a</v></c>"
                      "<c t=\"str\"><v>b</v></c></row>")});
    unsigned char hash[4][16];
    struct sheet *sheet;
    struct sheet_row row;
    bool more;
    assert_int_equal(sheet_open_xlsx(fd, &sheet, NULL), STATUS_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(sheet_next(sheet, &row, &more, NULL), STATUS_OK);
        memcpy(hash[i], row.hash, 16);
    }
    sheet_close(sheet);
    close(fd);
    assert_memory_equal(hash[0], hash[1], 16);
    assert_memory_not_equal(hash[0], hash[2], 16);
    assert_memory_not_equal(hash[2], hash[3], 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_oddities),
        cmocka_unit_test(refuses_with_part_and_place),
        cmocka_unit_test(reads_all_sheets_in_the_order_of_the_book),
        cmocka_unit_test(finds_parts_by_content_type_and_by_usual_names),
        cmocka_unit_test(names_sheet_part_and_row_of_a_fault),
        cmocka_unit_test(repeats_no_text_in_an_error),
        cmocka_unit_test(reads_utf16),
        cmocka_unit_test(hashes_kinds_and_texts),
    };
    return cmocka_run_group_tests_name("sheet_xlsx", tests, NULL, NULL);
}
