/* Real workbooks through the converter that is installed (skipped without one), and what
 * the fence does to programs that misbehave, which are shell scripts here. */
#include "indexer/convert.h"
#include "core/fs.h"
#include "indexer/convert_child.h"
#include "indexer/sheet.h"
#include "tests/unit/xlsx_make.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

struct place {
    char dir[SHEET_TEMP_PATH], path[4096];
    bool had_path;
};

static int set_up(void **state) {
    struct place *p = calloc(1, sizeof *p);
    const char *path = getenv("PATH");
    if (!p || sheet_temp_folder(p->dir, NULL) != STATUS_OK) return 1;
    p->had_path = path != NULL;
    snprintf(p->path, sizeof p->path, "%s", path ? path : "");
    setenv("TMPDIR", p->dir, 1);
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    struct place *p = *state;
    setenv("PATH", p->path, 1);
    unsetenv("TMPDIR");
    bool gone = fs_remove_tree(p->dir, NULL) == STATUS_OK;
    free(p);
    return gone ? 0 : 1;
}

/* A program called `name` in a folder that alone is PATH. */
static void install(struct place *p, const char *name, const char *script) {
    char path[SHEET_TEMP_PATH + 64];
    snprintf(path, sizeof path, "%s/bin", p->dir);
    mkdir(path, 0700);
    setenv("PATH", path, 1);
    if (!name) return;
    snprintf(path, sizeof path, "%s/bin/%s", p->dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s", script);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
}

/* Nothing but `bin` is left where temporary files go. */
static void assert_swept(const struct place *p) {
    DIR *d = opendir(p->dir);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.' && strcmp(e->d_name, "bin") != 0)
            fail_msg("%s was left", e->d_name);
    closedir(d);
}

static int some_file(void) {
    int fd;
    assert_int_equal(sheet_temp_file(&fd, NULL), STATUS_OK);
    assert_int_equal(sheet_temp_write(fd, "\xD0\xCF\x11\xE0 old", 8, NULL), STATUS_OK);
    return fd;
}

static enum status convert(const volatile int *stop, struct buf *out, const char **tool,
                           struct err *err) {
    int in = some_file(), fd = -1;
    char chunk[4096];
    enum status s = convert_xls(in, stop, &fd, tool, err);
    close(in);
    if (s != STATUS_OK) return s;
    for (ssize_t n; (n = read(fd, chunk, sizeof chunk)) > 0;)
        buf_add(out, chunk, (size_t)n);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_nlink, 0); /* it has no name any more */
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    return STATUS_OK;
}

static void says_what_to_install(void **state) {
    struct place *p = *state;
    const char *tool;
    struct err err;
    install(p, NULL, NULL);
    assert_int_equal(convert(NULL, NULL, &tool, &err), STATUS_INVALID);
    assert_string_equal(err.code, "E_FILE");
    assert_non_null(strstr(err.text, "gnumeric"));
    assert_non_null(strstr(err.text, "xlsx"));
    assert_swept(p);
}

static void hands_over_a_clean_environment(void **state) {
    struct place *p = *state;
    struct buf out = buf_init(0);
    const char *tool;
    struct err err;
    install(p, "ssconvert",
            "/usr/bin/env > \"$3\"; pwd >> \"$3\"; ulimit -n >> \"$3\"\n");
    setenv("CHENGGUO_SECRET", "canary", 1);
    enum status s = convert(NULL, &out, &tool, &err);
    unsetenv("CHENGGUO_SECRET");
    assert_int_equal(s, STATUS_OK);
    assert_string_equal(tool, "ssconvert");
    assert_null(strstr(buf_z(&out), "canary"));
    assert_non_null(strstr(buf_z(&out), "LC_ALL=C.UTF-8"));
    assert_non_null(strstr(buf_z(&out), "HOME="));
    assert_non_null(strstr(buf_z(&out), "\n256\n"));
    assert_swept(p);
    buf_done(&out);
}

static void takes_libreoffice_when_there_is_no_ssconvert(void **state) {
    struct place *p = *state;
    struct buf out = buf_init(0);
    const char *tool;
    install(p, "soffice",
            "case \"$*\" in *'--headless --norestore -env:UserInstallation=file:///'*"
            "'--convert-to xlsx --outdir '*) echo made > \"$7/book.xlsx\";; esac\n");
    assert_int_equal(convert(NULL, &out, &tool, NULL), STATUS_OK);
    assert_string_equal(tool, "libreoffice");
    assert_string_equal(buf_z(&out), "made\n");
    assert_swept(p);
    buf_done(&out);
}

static void refuses_what_cannot_be_converted(void **state) {
    static const char *const scripts[] = {"exit 1\n",
                                          "exit 0\n",
                                          ": > \"$3\"\n",
                                          "kill -ABRT $$\n",
                                          "/bin/ln -s /etc/passwd \"$3\"\n",
                                          "/bin/mkdir \"$3\"\n"};
    struct place *p = *state;
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        const char *tool;
        struct err err;
        install(p, "ssconvert", scripts[i]);
        if (convert(NULL, NULL, &tool, &err) != STATUS_INVALID)
            fail_msg("%s: %s", scripts[i], err.text);
        assert_string_equal(err.code, "E_FILE");
        assert_swept(p);
    }
}

static void stops_when_asked(void **state) {
    struct place *p = *state;
    const char *tool;
    struct err err;
    volatile int stop = 1;
    install(p, "ssconvert", "while :; do :; done\n");
    assert_int_equal(convert(&stop, NULL, &tool, &err), STATUS_INTERRUPTED);
    assert_swept(p);
}

static void limits_time_and_files(void **state) {
    struct place *p = *state;
    static const struct convert_limits limits = {1, (size_t)1 << 30, (size_t)1 << 20};
    char sh[] = "/bin/sh", c[] = "-c";
    char spin[] = "while :; do :; done";
    char pour[] = "exec /usr/bin/head -c 9000000 /dev/zero > big";
    char fine[] = "echo x > small";
    struct err err;
    assert_int_equal(
        convert_child_run((char *[]){sh, c, spin, NULL}, p->dir, &limits, NULL, &err),
        STATUS_LIMIT);
    assert_non_null(strstr(err.text, "时间"));
    assert_int_equal(
        convert_child_run((char *[]){sh, c, pour, NULL}, p->dir, &limits, NULL, &err),
        STATUS_LIMIT);
    assert_non_null(strstr(err.text, "1 MB"));
    assert_int_equal(
        convert_child_run((char *[]){sh, c, fine, NULL}, p->dir, &limits, NULL, &err),
        STATUS_OK);
    char none[] = "/nonexistent/program";
    assert_int_equal(
        convert_child_run((char *[]){none, NULL}, p->dir, &limits, NULL, &err),
        STATUS_IO);
}

/* What a child leaves running is gone when it has ended: it holds the pipe open. */
static void ends_the_whole_group(void **state) {
    struct place *p = *state;
    static const struct convert_limits limits = {600, (size_t)1 << 30, (size_t)1 << 20};
    char fifo[SHEET_TEMP_PATH + 16], sh[] = "/bin/sh", c[] = "-c";
    char leave[] = "exec 3>fifo; while :; do :; done & exit 0";
    snprintf(fifo, sizeof fifo, "%s/fifo", p->dir);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    int fd = open(fifo, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(
        convert_child_run((char *[]){sh, c, leave, NULL}, p->dir, &limits, NULL, NULL),
        STATUS_OK);
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
    char rest[64];
    ssize_t n;
    alarm(120); /* if it were still there, this would wait for ever */
    while ((n = read(fd, rest, sizeof rest)) > 0) continue;
    alarm(0);
    assert_int_equal(n, 0); /* the end: nobody writes any more */
    close(fd);
}

/* ---- the real one ------------------------------------------------------------------ */

#define BIFF "--export-type=Gnumeric_Excel:excel_biff8"

static int write_xls(struct place *p) {
    static const struct convert_limits limits = {60, (size_t)2 << 30, (size_t)1 << 24};
    static const char sheet[] = XLSX_SHEET(
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>成果名称</t>"
        "</is></c><c r=\"B1\" t=\"inlineStr\"><is><t>金额</t></is></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>瓦斯抽采</t></is></c>"
        "<c r=\"B2\"><v>12.5</v></c></row><row r=\"3\"><c r=\"B3\"><f>B2*2</f>"
        "<v>25</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell "
        "ref=\"A2:A3\"/></mergeCells>");
    char in[SHEET_TEMP_PATH + 16], out[SHEET_TEMP_PATH + 16], chunk[8192];
    char program[] = "/usr/bin/ssconvert", as[] = BIFF;
    int fd = xlsx_make(&(struct xlsx_make){.sheet = sheet});
    ssize_t n = pread(fd, chunk, sizeof chunk, 0);
    close(fd);
    snprintf(in, sizeof in, "%s/in.xlsx", p->dir);
    snprintf(out, sizeof out, "%s/out.xls", p->dir);
    int to = open(in, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(n > 0 && write(to, chunk, (size_t)n) == n);
    close(to);
    assert_int_equal(convert_child_run((char *[]){program, as, in, out, NULL}, p->dir,
                                       &limits, NULL, NULL),
                     STATUS_OK);
    int xls = open(out, O_RDONLY | O_CLOEXEC);
    assert_true(xls >= 0);
    return xls;
}

static void converts_a_real_workbook(void **state) {
    struct place *p = *state;
    if (access("/usr/bin/ssconvert", X_OK) != 0) {
        print_message("skipped: no /usr/bin/ssconvert (package gnumeric)\n");
        skip();
    }
    int xls = write_xls(p), fd;
    const char *tool;
    struct err err;
    struct sheet *sheet;
    struct sheet_row row;
    struct buf out = buf_init(0);
    bool more;
    setenv("PATH", "/usr/bin:/bin", 1);
    if (convert_xls(xls, NULL, &fd, &tool, &err) != STATUS_OK) fail_msg("%s", err.text);
    close(xls);
    assert_string_equal(tool, "ssconvert");
    assert_int_equal(sheet_open_xlsx(fd, &sheet, &err), STATUS_OK);
    while (sheet_next(sheet, &row, &more, &err) == STATUS_OK && more)
        for (size_t i = 0; i < row.n; i++)
            buf_add_f(&out, "%s%.*s%s", row.cell[i].merged ? "^" : "",
                      (int)row.cell[i].text.n, row.cell[i].text.p,
                      i + 1 < row.n ? "|" : "\n");
    assert_string_equal(buf_z(&out), "成果名称|金额\n瓦斯抽采|12.5\n^瓦斯抽采|25\n");
    sheet_close(sheet);
    close(fd);
    buf_done(&out);
}

static void refuses_rubbish_with_the_real_converter(void **state) {
    struct place *p = *state;
    if (access("/usr/bin/ssconvert", X_OK) != 0) {
        print_message("skipped: no /usr/bin/ssconvert (package gnumeric)\n");
        skip();
    }
    const char *tool;
    struct err err;
    setenv("PATH", "/usr/bin:/bin", 1);
    assert_int_equal(convert(NULL, NULL, &tool, &err), STATUS_INVALID);
    assert_string_equal(err.code, "E_FILE");
    assert_swept(p);
}

#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(says_what_to_install),
        T(hands_over_a_clean_environment),
        T(takes_libreoffice_when_there_is_no_ssconvert),
        T(refuses_what_cannot_be_converted),
        T(stops_when_asked),
        T(limits_time_and_files),
        T(ends_the_whole_group),
        T(converts_a_real_workbook),
        T(refuses_rubbish_with_the_real_converter),
    };
    return cmocka_run_group_tests_name("convert", tests, NULL, NULL);
}
