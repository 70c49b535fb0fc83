#include "indexer/sheet_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *parent(void) {
    const char *dir = getenv("TMPDIR");
    return dir && dir[0] == '/' ? dir : "/tmp";
}

static enum status path_of(const char *name, char path[SHEET_TEMP_PATH],
                           struct err *err) {
    int n = snprintf(path, SHEET_TEMP_PATH, "%s/%s", parent(), name);
    if (n < 0 || n >= SHEET_TEMP_PATH)
        return err_set(err, STATUS_IO, NULL, "环境变量 TMPDIR 指的路径太长");
    return STATUS_OK;
}

enum status sheet_temp_file(int *fd, struct err *err) {
    int f = open(parent(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (f < 0) { /* a file system without nameless files */
        char path[SHEET_TEMP_PATH];
        enum status s = path_of("chengguo-XXXXXX", path, err);
        if (s != STATUS_OK) return s;
        f = mkostemp(path, O_CLOEXEC);
        if (f >= 0) (void)unlink(path);
    }
    if (f < 0)
        return err_errno(err, "不能在 %s 建立临时文件（可用 TMPDIR 换个地方）", parent());
    *fd = f;
    return STATUS_OK;
}

enum status sheet_temp_folder(char path[SHEET_TEMP_PATH], struct err *err) {
    enum status s = path_of("chengguo-XXXXXX", path, err);
    if (s == STATUS_OK && !mkdtemp(path))
        s = err_errno(err, "不能在 %s 建立临时文件夹（可用 TMPDIR 换个地方）", parent());
    return s;
}

enum status sheet_temp_write(int fd, const void *p, size_t n, struct err *err) {
    const char *at = p;
    while (n > 0) {
        ssize_t k = write(fd, at, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return err_errno(err, "写不了 %s 里的临时文件", parent());
        at += k;
        n -= (size_t)k;
    }
    return STATUS_OK;
}
