/* What a file is, by its content: texts and signatures as data, containers made here. */
#include "indexer/sniff.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

static int file_of(const void *p, size_t n) {
    int fd = memfd_create("file", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n);
    return fd;
}

/* Its kind; the refusal goes with the kind and is a whole sentence. */
static enum file_kind kind_of(int fd, const char *name, struct err *refusal) {
    enum file_kind kind = FILE_KIND_COUNT;
    struct err err = {0};
    assert_int_equal(sniff_file(fd, name, &kind, &err), STATUS_OK);
    memset(refusal, 0, sizeof *refusal);
    enum status st = sniff_refuse(fd, kind, refusal);
    bool taken = kind <= FILE_XLS;
    assert_int_equal(st, taken ? STATUS_OK : STATUS_INVALID);
    if (!taken) {
        assert_string_equal(refusal->code, "E_FILE");
        assert_true(strlen(refusal->text) > 30 && strlen(refusal->text) < 500);
        assert_int_equal(utf8_bad_at(str_of(refusal->text)), strlen(refusal->text));
    }
    /* The caller's position in the file is where it was. */
    assert_int_equal(lseek(fd, 0, SEEK_CUR), lseek(fd, 0, SEEK_END));
    return kind;
}

#define BYTES(z) z, sizeof(z) - 1
static const struct {
    enum file_kind kind;
    const char *bytes;
    size_t n;
} cases[] = {
    {FILE_EMPTY, BYTES("")},
    {FILE_EMPTY, BYTES("\xEF\xBB\xBF\r\n \n")},
    {FILE_EMPTY, BYTES("\xFF\xFE\n\0")},
    {FILE_JSONL, BYTES("{\"kind\":\"event\"}\n")},
    {FILE_JSONL, BYTES("\xEF\xBB\xBF\n  {\"kind\":1}")},
    {FILE_JSONL, BYTES("[{\"kind\":1}]")},
    {FILE_JSONL, BYTES("[\n  {\"kind\":1}\n]")},
    {FILE_JSONL, BYTES("{\0\"\0k\0\"\0:\0001\0}\0\n\0")},
    {FILE_JSONL, BYTES("oops\n{\"kind\":1}\n{\"kind\":2}\n")},
    {FILE_JSONL, BYTES("{\"kind\":\n[1,2]\n\"x\"\n{}\n")},
    {FILE_TEXT, BYTES("序号,成果名称\n1,煤\n")},
    {FILE_TEXT, BYTES("\xD0\xF2\xBA\xC5,\xC3\xFB\xB3\xC6\r\n1,\xC3\xBA\r\n")},
    {FILE_TEXT, BYTES("\xFF\xFE\x0D\x54,\0b\0\r\0\n\0")},
    {FILE_TEXT, BYTES("a\0b,c\n\0,\n")},
    {FILE_TEXT, BYTES("name,note\na,{x}\n{b},y\n")},
    {FILE_TEXT, BYTES("<重要>,b\n1,2\n")},
    {FILE_TEXT, BYTES("<a>,b\n1,2\n")},
    {FILE_TEXT, BYTES("[1] x,b\n1,2\n")},
    {FILE_TEXT, BYTES("BMW,b\n1,2,3,4,5\n")},
    {FILE_TEXT, BYTES("PK,b\n1,2,3,4,5\n")},
    {FILE_TEXT, BYTES("a,b\n1,2\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {FILE_PDF, BYTES("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")},
    {FILE_PDF, BYTES("\n\n%PDF-1.4\n")},
    {FILE_TEXT, BYTES("文件,说明\n一,开头是%PDF-1.4\n")},
    {FILE_HTML, BYTES("<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">")},
    {FILE_HTML, BYTES("\xEF\xBB\xBF  <!DOCTYPE HTML><html></html>")},
    {FILE_HTML, BYTES("<table border=1><tr><td>序号</td></tr></table>")},
    {FILE_HTML, BYTES("<?xml version=\"1.0\"?><html xmlns=\"x\"></html>")},
    {FILE_HTML, BYTES("\xFF\xFE<\0h\0t\0m\0l\0>\0")},
    {FILE_HTML, BYTES("MIME-Version: 1.0\nContent-Type: multipart/related; b=\"x\"\n")},
    {FILE_XML,
     BYTES("<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n"
           "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">")},
    {FILE_XML, BYTES("<records><r/></records>")},
    {FILE_RAR, BYTES("Rar!\x1A\x07\x01\0......")},
    {FILE_RAR, BYTES("7z\xBC\xAF\x27\x1C......")},
    {FILE_RAR, BYTES("\x1F\x8B\x08\0......")},
    {FILE_IMAGE, BYTES("\x89PNG\r\n\x1A\n......")},
    {FILE_IMAGE, BYTES("\xFF\xD8\xFF\xE0......")},
    {FILE_IMAGE, BYTES("BM\x12\0\0\0\0\0\0\0......\0\0")},
    {FILE_IMAGE, BYTES("RIFF....WEBPVP8 ")},
    {FILE_DOC, BYTES("{\\rtf1\\ansi}")},
    {FILE_BINARY, BYTES("\x7F"
                        "ELF\2\1\1\0")},
    {FILE_BINARY, BYTES("\x09\x08\x10\0\0\6\5\0")},
    {FILE_BINARY, BYTES("\0\1\0\0Standard Jet DB\0")},
    {FILE_BINARY, BYTES("\0\0\0\0\0\0\0\0")},
    {FILE_BINARY, BYTES("\1\2\3\4\5\6\7\x0E\x0Fxyz")},
    {FILE_BINARY, BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
    {FILE_ZIP, BYTES("PK\3\4 cut off here")},
    {FILE_XLSX, BYTES("PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0"
                      "[Content_Types].xml and cut off here")},
    {FILE_ZIP, BYTES("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
};

static void content_decides(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fd = file_of(cases[i].bytes, cases[i].n);
        struct err refusal;
        enum file_kind kind = kind_of(fd, "x.xls", &refusal);
        if (kind != cases[i].kind)
            fail_msg("case %zu: %s, not %s", i, sniff_kind_name(kind),
                     sniff_kind_name(cases[i].kind));
        close(fd);
    }
}

static void every_kind_has_a_name(void **state) {
    (void)state;
    for (int a = 0; a < FILE_KIND_COUNT; a++) {
        assert_true(strlen(sniff_kind_name((enum file_kind)a)) > 1);
        for (int b = 0; b < a; b++)
            assert_string_not_equal(sniff_kind_name((enum file_kind)a),
                                    sniff_kind_name((enum file_kind)b));
    }
    assert_string_equal(sniff_kind_name(FILE_KIND_COUNT), "?");
}

/* --- zips --------------------------------------------------------------------------- */

struct member {
    const char *name, *content;
};

/* A zip of the members; stored, so that a mimetype is readable as it stands. */
static int zip_of(const struct member *m, size_t n, const char *password) {
    zip_error_t e;
    zip_error_init(&e);
    zip_source_t *src = zip_source_buffer_create(NULL, 0, 0, &e);
    zip_t *z = zip_open_from_source(src, ZIP_TRUNCATE, &e);
    assert_non_null(z);
    zip_source_keep(src);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, m[i].content, strlen(m[i].content), 0);
        zip_int64_t at = zip_file_add(z, m[i].name, s, ZIP_FL_ENC_GUESS);
        assert_true(at >= 0);
        zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0);
        if (password)
            assert_int_equal(
                zip_file_set_encryption(z, (zip_uint64_t)at, ZIP_EM_AES_256, password),
                0);
    }
    assert_int_equal(zip_close(z), 0);
    static char bytes[1 << 20];
    assert_int_equal(zip_source_open(src), 0);
    zip_int64_t got = zip_source_read(src, bytes, sizeof bytes);
    assert_true(got > 0 && (size_t)got < sizeof bytes);
    zip_source_close(src);
    zip_source_free(src);
    zip_error_fini(&e);
    /* Names that libzip does not write. */
    for (char *p = bytes; (p = memmem(p, (size_t)(bytes + got - p), "<ESC>", 5));)
        memcpy(p, "\x1B[31m", 5);
    for (char *p = bytes; (p = memmem(p, (size_t)(bytes + got - p), "<LF>", 4));)
        memcpy(p, "\n\r\x7F\t", 4);
    return file_of(bytes, (size_t)got);
}

static void members_decide(void **state) {
    (void)state;
    static const struct {
        enum file_kind kind;
        const char *name, *password;
        struct member m[3];
    } zips[] = {
        {FILE_XLSX,
         "a.xlsx",
         NULL,
         {{"[Content_Types].xml", "x"}, {"xl/workbook.xml", "x"}}},
        {FILE_XLSX,
         "cgsbqy.zip",
         NULL,
         {{"_rels/.rels", "x"}, {"XL\\workbook.xml", "x"}, {"xl/workbook.xml", "x"}}},
        {FILE_XLSX,
         "a",
         NULL,
         {{"[Content_Types].xml", "x"},
          {"_rels/.rels", "x"},
          {"book/worksheets/s.xml", "x"}}},
        {FILE_XLSB,
         "a.xlsx",
         NULL,
         {{"[Content_Types].xml", "x"}, {"xl/workbook.bin", "x"}}},
        {FILE_DOCX,
         "a.xlsx",
         NULL,
         {{"[Content_Types].xml", "x"}, {"word/document.xml", "x"}}},
        {FILE_ODS,
         "a.xlsx",
         NULL,
         {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
          {"content.xml", "x"}}},
        {FILE_DOCX,
         "a.odt",
         NULL,
         {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "x"}}},
        {FILE_ZIP, "a.xlsx", NULL, {{"a.xlsx", "x"}}},
        {FILE_ZIP, "cgsb.zip", NULL, {{"a", "x"}}},
        {FILE_ZIP, "cgsb91.zip", NULL, {{"a", "x"}}},
        {FILE_ZIP, "cgsb9145.zip", NULL, {{"a", "x"}}},
        {FILE_ZIP, "cgsbqy.rar", NULL, {{"a", "x"}}},
        {FILE_ENCRYPTED, "a.zip", "secret", {{"a", "x"}}},
        {FILE_NATIONAL, "cgsbqy.zip", NULL, {{"a.mdb", "x"}}},
        {FILE_NATIONAL, "上报/CGSB914.ZIP", NULL, {{"a.mdb", "x"}}},
        {FILE_NATIONAL, "x/cgsbqy(1).zip", NULL, {{"a.mdb", "x"}}},
        {FILE_NATIONAL, "cgsbqy.zip", "secret", {{"a.mdb", "x"}}},
    };
    for (size_t i = 0; i < ARRAY_LEN(zips); i++) {
        size_t n = 0;
        while (n < 3 && zips[i].m[n].name) n++;
        int fd = zip_of(zips[i].m, n, zips[i].password);
        struct err refusal;
        enum file_kind kind = kind_of(fd, zips[i].name, &refusal);
        if (kind != zips[i].kind)
            fail_msg("zip %zu: %s, not %s", i, sniff_kind_name(kind),
                     sniff_kind_name(zips[i].kind));
        close(fd);
    }
}

static void refusals_list_members(void **state) {
    (void)state;
    static const struct member odd[] = {
        {"a<ESC><LF>b.mdb", "x"},      /* an escape sequence and a line end */
        {"\xB3\xC9\xB9\xFB.dbf", "x"}, /* 成果.dbf as Windows writes it */
        {"x\xE2\x80\xAE"
         "cod.exe",
         "x"}, /* turns the reading direction around */
    };
    struct err refusal;
    int fd = zip_of(odd, ARRAY_LEN(odd), NULL);
    assert_int_equal(kind_of(fd, "cgsbqy.zip", &refusal), FILE_NATIONAL);
    assert_non_null(
        strstr(refusal.text, "其中 3 个成员：a[31mb.mdb、成果.dbf、xcod.exe"));
    close(fd);

    static struct member many[50];
    static char names[50][300];
    for (size_t i = 0; i < 50; i++) {
        snprintf(names[i], sizeof names[i], "%02zu", i);
        many[i] = (struct member){names[i], "x"};
    }
    fd = zip_of(many, 50, NULL);
    assert_int_equal(kind_of(fd, "a.zip", &refusal), FILE_ZIP);
    assert_non_null(strstr(refusal.text, "其中 50 个成员：00、01、"));
    assert_non_null(strstr(refusal.text, "、18、19 等"));
    assert_null(strstr(refusal.text, "、20"));
    close(fd);

    for (size_t i = 0; i < 50; i++) memset(names[i], 'n', 290);
    for (size_t i = 0; i < 50; i++)
        names[i][0] = (char)('A' + i % 26), names[i][1] = (char)('a' + i / 26);
    fd = zip_of(many, 50, NULL);
    assert_int_equal(kind_of(fd, "a.zip", &refusal), FILE_ZIP);
    assert_non_null(strstr(refusal.text, "其中 50 个成员：Aannnn"));
    assert_non_null(strstr(refusal.text, "… 等"));
    close(fd);

    fd = file_of(BYTES("PK\3\4 cut off here"));
    assert_int_equal(kind_of(fd, "a.zip", &refusal), FILE_ZIP);
    assert_non_null(strstr(refusal.text, "不完整"));
    close(fd);
    fd = file_of(BYTES("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    assert_int_equal(kind_of(fd, "a.zip", &refusal), FILE_ZIP);
    assert_non_null(strstr(refusal.text, "没有成员"));
    close(fd);
}

/* A directory of 17 MB is not read. */
static void large_directories_stay_outside(void **state) {
    (void)state;
    static const unsigned char end[22] = {'P',  'K',  5,    6,    0, 0, 0,    0,
                                          0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0x10, 1,
                                          0,    0,    0,    0,    0, 0};
    int fd = file_of(BYTES("PK\3\4"));
    assert_int_equal(ftruncate(fd, 20 << 20), 0);
    assert_int_equal(lseek(fd, 0, SEEK_END), 20 << 20);
    assert_int_equal(write(fd, end, sizeof end), sizeof end);
    struct err refusal;
    assert_int_equal(kind_of(fd, "a.xlsx", &refusal), FILE_ZIP);
    assert_non_null(strstr(refusal.text, "成员过多"));
    close(fd);
}

/* --- OLE2 --------------------------------------------------------------------------- */

static void put(unsigned char *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (unsigned char)(v >> 8 * i);
}

struct entry {
    const char *name;
    uint32_t left, right, child, sector, size;
};

#define OLE_SECTORS 12u
#define NONE 0xFFFFFFFFu
/* Header, FAT in sector 0, directory in sector 1 and 2, a stream from sector 3 on. */
static int ole_of(const struct entry *e, size_t n, const char *stream, size_t nstream) {
    static unsigned char f[512 * (OLE_SECTORS + 1)];
    memset(f, 0, sizeof f);
    memcpy(f, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    f[30] = 9;
    put(f + 48, 1);
    put(f + 68, 0xFFFFFFFEu);
    for (size_t i = 0; i < 109; i++) put(f + 76 + 4 * i, i ? NONE : 0);
    unsigned char *fat = f + 512, *dir = f + 1024;
    for (size_t i = 0; i < 128; i++) put(fat + 4 * i, NONE);
    put(fat + 4, 2);
    put(fat + 8, 0xFFFFFFFEu);
    for (size_t i = 0; i < n; i++) {
        unsigned char *p = dir + 128 * i;
        size_t len = strlen(e[i].name);
        for (size_t k = 0; k < len; k++) p[2 * k] = (unsigned char)e[i].name[k];
        p[64] = (unsigned char)(len * 2 + 2);
        put(p + 68, e[i].left);
        put(p + 72, e[i].right);
        put(p + 76, e[i].child);
        put(p + 116, e[i].sector);
        put(p + 120, e[i].size);
    }
    memcpy(f + 2048, stream, nstream);
    return file_of(f, sizeof f);
}

static void streams_decide(void **state) {
    (void)state;
    static const char plain[] = "\x09\x08\x08\0\0\6\5\0\xBB\x0D\xCC\7\x85\0\2\0ab";
    static const char locked[] = "\x09\x08\x08\0\0\6\5\0\xBB\x0D\xCC\7\x2F\0\2\0ab";
    static const struct {
        enum file_kind kind;
        bool password;
        struct entry e[6];
    } files[] = {
        {FILE_XLS,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0}, {"Workbook", NONE, NONE, NONE, 3, 4608}}},
        {FILE_XLS,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"a", 2, 3, NONE, 0, 0},
          {"b", NONE, NONE, NONE, 0, 0},
          {"c", NONE, 5, NONE, 0, 0},
          {"d", NONE, NONE, NONE, 0, 0},
          {"Book", NONE, NONE, NONE, 3, 4608}}},
        {FILE_ENCRYPTED,
         true,
         {{"Root Entry", NONE, NONE, 1, 0, 0}, {"Workbook", NONE, NONE, NONE, 3, 4608}}},
        {FILE_ENCRYPTED,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"EncryptionInfo", NONE, 2, NONE, 0, 0},
          {"EncryptedPackage", NONE, NONE, NONE, 3, 4608}}},
        {FILE_DOC,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"WordDocument", NONE, NONE, NONE, 3, 4608}}},
        /* A workbook inside a Word document is none. */
        {FILE_DOC,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"WordDocument", NONE, 2, NONE, 3, 4608},
          {"ObjectPool", NONE, NONE, 3, 0, 0},
          {"Workbook", NONE, NONE, NONE, 3, 4608}}},
        {FILE_BINARY,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"PowerPoint Document", NONE, NONE, NONE, 3, 4608}}},
        /* Siblings in a circle, siblings that are not there. */
        {FILE_BINARY,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"a", 2, 1, NONE, 0, 0},
          {"b", 1, 2, NONE, 0, 0}}},
        {FILE_BINARY, false, {{"Root Entry", NONE, NONE, 700, 0, 0}}},
        /* A stream that lies outside the file is still called a workbook. */
        {FILE_XLS,
         false,
         {{"Root Entry", NONE, NONE, 1, 0, 0},
          {"Workbook", NONE, NONE, NONE, 0x00FFFFFF, 4608}}},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        size_t n = 0;
        while (n < 6 && files[i].e[n].name) n++;
        int fd = files[i].password ? ole_of(files[i].e, n, locked, sizeof locked)
                                   : ole_of(files[i].e, n, plain, sizeof plain);
        struct err refusal;
        enum file_kind kind = kind_of(fd, "a.xls", &refusal);
        if (kind != files[i].kind)
            fail_msg("file %zu: %s, not %s", i, sniff_kind_name(kind),
                     sniff_kind_name(files[i].kind));
        close(fd);
    }
}

static void a_pipe_is_refused(void **state) {
    (void)state;
    int fd[2];
    assert_int_equal(pipe(fd), 0);
    enum file_kind kind = FILE_XLS;
    struct err err;
    assert_int_equal(sniff_file(fd[0], "x", &kind, &err), STATUS_IO);
    assert_int_equal(kind, FILE_XLS);
    close(fd[0]);
    close(fd[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_decides),
        cmocka_unit_test(every_kind_has_a_name),
        cmocka_unit_test(members_decide),
        cmocka_unit_test(refusals_list_members),
        cmocka_unit_test(large_directories_stay_outside),
        cmocka_unit_test(streams_decide),
        cmocka_unit_test(a_pipe_is_refused),
    };
    return cmocka_run_group_tests_name("sniff", tests, NULL, NULL);
}
