#include "core/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct audience_row audiences[AUDIENCE_COUNT] = {
    [AUDIENCE_PUBLIC] = {"public", "public", false, TIER_P1, true},
    [AUDIENCE_INTERNAL] = {"internal", "internal", true, TIER_N, false},
};

const struct audience_row *audience_row(enum audience a) {
    return &audiences[a];
}

int audience_by_name(struct str name) {
    for (int a = 0; a < AUDIENCE_COUNT; a++)
        if (str_eq_z(name, audiences[a].name)) return a;
    return -1;
}

enum status store_path(const struct store *s, const char *sub, char *out, size_t size,
                       struct err *err) {
    int n = snprintf(out, size, "%s/%s", s->dir, sub);
    if (n < 0 || (size_t)n >= size)
        return err_set(err, STATUS_LIMIT, "limit", "路径太长：%s/%s", s->dir, sub);
    return STATUS_OK;
}

enum status store_set_path(const struct store *s, enum audience a, const char *name,
                           char *out, size_t size, struct err *err) {
    char sub[192];
    int n = snprintf(sub, sizeof sub, "%s%s%s", audiences[a].folder, name ? "/" : "",
                     name ? name : "");
    if (n < 0 || (size_t)n >= sizeof sub)
        return err_set(err, STATUS_LIMIT, "limit", "路径太长：%s", name);
    return store_path(s, sub, out, size, err);
}

static bool folder_is_empty(const char *dir) {
    DIR *d = opendir(dir);
    if (!d) return false;
    bool empty = true;
    for (struct dirent *e; empty && (e = readdir(d));)
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
                strcmp(e->d_name, "lock") == 0;
    closedir(d);
    return empty;
}

static enum status take_lock(struct store *s, struct err *err) {
    char path[PATH_MAX];
    enum status st = store_path(s, "lock", path, sizeof path, err);
    if (st != STATUS_OK) return st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return err_errno(err, "不能打开锁文件 %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        char pid[32] = "";
        ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? n : 0] = 0;
        close(fd);
        err_set(err, STATUS_BUSY, "locked",
                "另一个进程（%.20s）正在写这个库；等它结束后再试", n > 0 ? pid : "?");
        err_place(err, s->dir, 0, NULL);
        return STATUS_BUSY;
    }
    char pid[32];
    int n = snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        err_errno(err, "不能写锁文件 %s", path);
        close(fd);
        return STATUS_IO;
    }
    s->lock_fd = fd;
    return STATUS_OK;
}

enum status store_open(const char *dir, bool write, struct store *out, struct err *err) {
    struct store s = {.lock_fd = -1};
    int n = snprintf(s.dir, sizeof s.dir, "%s", dir);
    if (n <= 0 || (size_t)n >= sizeof s.dir)
        return err_set(err, STATUS_USAGE, NULL, "库的路径为空或太长");
    while (n > 1 && s.dir[n - 1] == '/') s.dir[--n] = 0;
    struct stat st;
    bool there = stat(s.dir, &st) == 0;
    if (!there && errno != ENOENT) return err_errno(err, "不能打开库 %s", s.dir);
    if (there && !S_ISDIR(st.st_mode)) {
        err_set(err, STATUS_CORRUPT, NULL, "不是目录；请用 --store 指定库所在的目录");
        err_place(err, s.dir, 0, NULL);
        return STATUS_CORRUPT;
    }
    if (!there && !write) {
        err_set(err, STATUS_NOT_FOUND, NULL,
                "还没有库；先用 chengguo ingest 文件.jsonl 导入登记数据");
        err_place(err, s.dir, 0, NULL);
        return STATUS_NOT_FOUND;
    }
    if (!there && mkdir(s.dir, 0755) != 0)
        return err_errno(err, "不能建立目录 %s", s.dir);
    char registry[PATH_MAX], set[PATH_MAX];
    enum status r = store_path(&s, "registry.db", registry, sizeof registry, err);
    if (r == STATUS_OK)
        r = store_set_path(&s, AUDIENCE_PUBLIC, NULL, set, sizeof set, err);
    if (r != STATUS_OK) return r;
    /* A shipped set has public/ alone; a folder with neither is somebody else's. */
    if (access(registry, F_OK) != 0 && (write || access(set, F_OK) != 0) &&
        !folder_is_empty(s.dir)) {
        err_set(err, STATUS_CORRUPT, NULL,
                "目录里有别的东西，却没有 registry.db；不会在这里写，请换一个目录");
        err_place(err, s.dir, 0, NULL);
        return STATUS_CORRUPT;
    }
    if (write) {
        r = take_lock(&s, err);
        if (r != STATUS_OK) return r;
    }
    *out = s;
    return STATUS_OK;
}

void store_close(struct store *s) {
    if (s->lock_fd >= 0) close(s->lock_fd);
    s->lock_fd = -1;
}
