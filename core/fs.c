#include "core/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OPEN_FOLDERS 16 /* descriptors that a walk may hold */

enum status fs_sync_dir(const char *dir, struct err *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return err_errno(err, "不能打开目录 %s", dir);
    int rc = fsync(fd);
    int e = errno;
    close(fd);
    errno = e;
    return rc == 0 ? STATUS_OK : err_errno(err, "不能把目录 %s 写到磁盘", dir);
}

enum status fs_sync_parent(const char *path, struct err *err) {
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    return fs_sync_dir(folder, err);
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *ftw) {
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

enum status fs_remove_tree(const char *dir, struct err *err) {
    if (nftw(dir, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return err_errno(err, "不能删除 %s", dir);
    return STATUS_OK;
}
