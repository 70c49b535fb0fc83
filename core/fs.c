#include "core/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

enum status fs_map(const char *path, size_t least, void **map, size_t *n,
                   struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT) return err_set(err, STATUS_NOT_FOUND, NULL, "没有 %s", path);
        return err_errno(err, "不能打开 %s", path);
    }
    struct stat st;
    void *p = MAP_FAILED;
    enum status s = STATUS_OK;
    if (fstat(fd, &st) != 0)
        s = err_errno(err, "不能读出 %s 的大小", path);
    else if (!S_ISREG(st.st_mode) || (size_t)st.st_size < least)
        s = err_set(err, STATUS_CORRUPT, NULL, "%s 不是这种文件，或被截短", path);
    else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0)) ==
             MAP_FAILED)
        s = err_errno(err, "不能映射 %s", path);
    close(fd);
    if (s != STATUS_OK) return s;
    *map = p;
    *n = (size_t)st.st_size;
    return STATUS_OK;
}
