#include "indexer/convert.h"

#include "core/fs.h"
#include "indexer/convert_child.h"
#include "indexer/sheet_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IN_NAME "book.xls"
#define OUT_NAME "book.xlsx" /* LibreOffice takes it from the name of the input */
#define COPY_BYTES 65536
#define PATH_BYTES (SHEET_TEMP_PATH + 64)

enum tool { SSCONVERT, LIBREOFFICE, NO_TOOL };

/* The first folder of PATH that has the program; relative folders are passed over. */
static bool find_program(const char *name, char out[PATH_BYTES]) {
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t n = strcspn(p, ":");
        int k = snprintf(out, PATH_BYTES, "%.*s/%s", (int)n, p, name);
        struct stat st;
        if (p[0] == '/' && k > 0 && k < PATH_BYTES && stat(out, &st) == 0 &&
            S_ISREG(st.st_mode) && access(out, X_OK) == 0)
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

static enum tool find_tool(char program[PATH_BYTES]) {
    if (find_program("ssconvert", program)) return SSCONVERT;
    if (find_program("soffice", program) || find_program("libreoffice", program))
        return LIBREOFFICE;
    return NO_TOOL;
}

static enum status copy(int from, int to, struct err *err) {
    char chunk[COPY_BYTES];
    for (int64_t at = 0;;) {
        ssize_t n = pread(from, chunk, sizeof chunk, at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_errno(err, "读不到 xls 文件");
        if (n == 0) return STATUS_OK;
        at += n;
        if ((size_t)at > CONVERT_FILE)
            return err_set(err, STATUS_LIMIT, "E_FILE",
                           "xls 文件超过 %zu MB，请另存为 xlsx 再导入",
                           CONVERT_FILE >> 20);
        enum status s = sheet_temp_write(to, chunk, (size_t)n, err);
        if (s != STATUS_OK) return s;
    }
}

static enum status put_in(int xls, const char *path, struct err *err) {
    int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) return err_errno(err, "不能在临时文件夹里建立文件");
    enum status s = copy(xls, to, err);
    close(to);
    return s;
}

static enum status take_out(const char *path, int *fd, struct err *err) {
    struct stat st;
    int out = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (out >= 0 && fstat(out, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        unlink(path) == 0) {
        *fd = out;
        return STATUS_OK;
    }
    if (out >= 0) close(out);
    return err_set(err, STATUS_INVALID, "E_FILE",
                   "转换程序读不了这个 xls 文件：没有得到结果。请用 Excel 或 WPS "
                   "打开后另存为 xlsx 再导入");
}

static enum status convert_in(const char *dir, int xls, enum tool tool, char *program,
                              const volatile int *stop, int *fd, struct err *err) {
    static const struct convert_limits limits = {CONVERT_SECONDS, CONVERT_MEMORY,
                                                 CONVERT_FILE};
    char in[PATH_BYTES], out[PATH_BYTES], folder[PATH_BYTES], profile[PATH_BYTES];
    char as[] = "--export-type=Gnumeric_Excel:xlsx", headless[] = "--headless",
         norestore[] = "--norestore", to[] = "--convert-to", xlsx[] = "xlsx",
         outdir[] = "--outdir";
    snprintf(in, sizeof in, "%s/" IN_NAME, dir);
    snprintf(out, sizeof out, "%s/" OUT_NAME, dir);
    snprintf(folder, sizeof folder, "%s", dir);
    snprintf(profile, sizeof profile, "-env:UserInstallation=file://%s/profile", dir);
    char *const gnumeric[] = {program, as, in, out, NULL};
    char *const libre[] = {program, headless, norestore, profile, to,
                           xlsx,    outdir,   folder,    in,      NULL};
    enum status s = put_in(xls, in, err);
    if (s == STATUS_OK)
        s = convert_child_run(tool == SSCONVERT ? gnumeric : libre, dir, &limits, stop,
                              err);
    return s == STATUS_OK ? take_out(out, fd, err) : s;
}

enum status convert_xls(int xls, const volatile int *stop, int *fd, const char **tool,
                        struct err *err) {
    char program[PATH_BYTES], dir[SHEET_TEMP_PATH];
    enum tool which = find_tool(program);
    int out = -1;
    if (which == NO_TOOL)
        return err_set(
            err, STATUS_INVALID, "E_FILE",
            "这是旧式的 xls 工作簿，本机没有能转换它的程序：请安装 gnumeric 或 "
            "libreoffice-calc（apt install gnumeric），或用 Excel、WPS 另存为 "
            "xlsx 再导入");
    enum status s = sheet_temp_folder(dir, err);
    if (s != STATUS_OK) return s;
    s = convert_in(dir, xls, which, program, stop, &out, err);
    struct err swept;
    enum status gone = fs_remove_tree(dir, &swept);
    if (s == STATUS_OK && gone != STATUS_OK) {
        close(out);
        if (err) *err = swept;
        return gone;
    }
    if (s != STATUS_OK) return s;
    *fd = out;
    *tool = which == SSCONVERT ? "ssconvert" : "libreoffice";
    return STATUS_OK;
}
