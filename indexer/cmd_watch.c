/* chengguo watch DIR: an inbox. Files put there are brought in one by one, reported
 * beside and moved to DIR/done or DIR/failed. */
#include "indexer/cmd_watch.h"
#include "indexer/commands.h"
#include "indexer/opened.h"
#include "indexer/signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 1000     /* between looks at files that wait */
#define MAX_FILES 100000 /* names of one look; more come with the next */
#define MAX_TOLD 1000    /* files left where they are that are remembered as told */

/* A file that was left, so that it is told of once. */
struct told {
    ino_t ino;
    int64_t mtime, size;
};

struct loop {
    struct watch w;
    struct timespec start;
    struct told told[MAX_TOLD];
    size_t ntold;
    int64_t failed, partial, left, later; /* files; later: of this look */
};

static int64_t now_of(const struct loop *l) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return l->w.cli->now + (int64_t)(t.tv_sec - l->start.tv_sec);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
    char **v;
    size_t n, cap;
};

static void names_done(struct names *names) {
    for (size_t i = 0; i < names->n; i++) free(names->v[i]);
    free(names->v);
}

static enum status add_name(struct names *names, const char *name, struct err *err) {
    if (names->n == names->cap) {
        size_t cap = names->cap ? names->cap * 2 : 64;
        char **v = realloc(names->v, cap * sizeof *v);
        if (!v) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        names->v = v;
        names->cap = cap;
    }
    if (!(names->v[names->n] = strdup(name)))
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    names->n++;
    return STATUS_OK;
}

static enum status list_inbox(const struct watch *w, struct names *out, struct err *err) {
    int fd = openat(w->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (!d) {
        enum status s = err_errno(err, "不能查看 %s", w->dir);
        if (fd >= 0) close(fd);
        return s;
    }
    struct dirent *e;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && out->n < MAX_FILES && (e = readdir(d)))
        if (!watch_ignores(e->d_name) && strcmp(e->d_name, "done") != 0 &&
            strcmp(e->d_name, "failed") != 0)
            s = add_name(out, e->d_name, err);
    closedir(d);
    if (s == STATUS_OK && out->n) qsort(out->v, out->n, sizeof *out->v, by_name);
    return s;
}

/* Was it told already that this file stays? Remembers it. */
static bool told_before(struct loop *l, const char *name) {
    struct stat st;
    if (fstatat(l->w.dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return true;
    const struct told t = {st.st_ino, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_size};
    for (size_t i = 0; i < l->ntold; i++)
        if (l->told[i].ino == t.ino && l->told[i].mtime == t.mtime &&
            l->told[i].size == t.size)
            return true;
    if (l->ntold == MAX_TOLD) l->ntold = 0;
    l->told[l->ntold++] = t;
    return false;
}

static void tell(struct loop *l, const char *name, enum watch_fate fate,
                 const struct err *why, bool once) {
    char line[1024], shown[WATCH_NAME];
    static const char *const words[] = {[WATCH_DONE] = "已接收",
                                        [WATCH_PARTIAL] = "已接收，部分行被拒收或待定",
                                        [WATCH_FAILED] = "未接收",
                                        [WATCH_LATER] = "稍后再收",
                                        [WATCH_LEFT] = "留在原处"};
    if (fate == WATCH_LATER && !once) return;
    if (fate == WATCH_LEFT && told_before(l, name)) return;
    struct err e = *why;
    e.file[0] = 0;
    watch_show(name, shown);
    fprintf(stderr, "%s：%s%s%s\n", shown, words[fate], e.text[0] ? "：" : "",
            e.text[0] ? err_line(&e, line, sizeof line) : "");
}

static enum status look(struct loop *l, bool once, struct err *err) {
    struct names names = {0};
    enum status s = list_inbox(&l->w, &names, err);
    l->later = 0;
    l->left = 0;
    for (size_t i = 0; i < names.n && s == STATUS_OK; i++) {
        enum watch_fate fate = WATCH_LEFT;
        struct err why;
        if (*l->w.stop) {
            s = err_set(err, STATUS_INTERRUPTED, NULL, "已停止");
            break;
        }
        s = watch_take(&l->w, names.v[i], now_of(l), &fate, &why);
        if (s != STATUS_OK) {
            *err = why;
            break;
        }
        l->failed += fate == WATCH_FAILED;
        l->partial += fate == WATCH_PARTIAL;
        l->left += fate == WATCH_LEFT;
        l->later += fate == WATCH_LATER;
        tell(l, names.v[i], fate, &why, once);
    }
    names_done(&names);
    return s;
}

/* Waits for the next event, or a second while files wait. *any: look again. */
static enum status wait_for(struct loop *l, int events, bool *any, struct err *err) {
    char drain[16384] __attribute__((aligned(8)));
    struct pollfd p = {.fd = events, .events = POLLIN};
    *any = l->later > 0;
    if (poll(&p, 1, LOOK_MS) < 0 && errno != EINTR)
        return err_errno(err, "不能等待 %s", l->w.dir);
    if (*l->w.stop) return err_set(err, STATUS_INTERRUPTED, NULL, "已停止");
    ssize_t n;
    while ((n = read(events, drain, sizeof drain)) > 0) {
        *any = true;
        for (char *at = drain; at < drain + n;) {
            struct inotify_event e;
            memcpy(&e, at, sizeof e);
            if (e.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
                return err_set(err, STATUS_IO, "io", "收件目录 %s 不见了", l->w.dir);
            at += sizeof e + e.len;
        }
    }
    return STATUS_OK;
}

static enum status run(struct loop *l, bool once, struct err *err) {
    if (once) return look(l, true, err);
    int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (events < 0) return err_errno(err, "不能监视 %s", l->w.dir);
    enum status s = STATUS_OK;
    if (inotify_add_watch(events, l->w.dir,
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
                              IN_ONLYDIR) < 0)
        s = err_errno(err, "不能监视 %s", l->w.dir);
    if (s == STATUS_OK) fprintf(stderr, "正在收取 %s\n", l->w.dir);
    bool any = true;
    while (s == STATUS_OK) {
        if (any) s = look(l, false, err);
        if (s == STATUS_OK) s = wait_for(l, events, &any, err);
    }
    close(events);
    return s;
}

static enum status open_folder(struct watch *w, const char *name, int *out,
                               struct err *err) {
    if (mkdirat(w->dir_fd, name, 0750) != 0 && errno != EEXIST)
        return err_errno(err, "不能建立 %s/%s", w->dir, name);
    *out = openat(w->dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *out >= 0 ? STATUS_OK : err_errno(err, "%s/%s 应是一个目录", w->dir, name);
}

static enum status open_inbox(struct watch *w, struct err *err) {
    w->dir_fd = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->dir_fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? err_set(err, STATUS_NOT_FOUND, NULL, "没有目录 %.200s", w->dir)
                   : err_errno(err, "不能打开 %s", w->dir);
    enum status s = open_folder(w, "done", &w->done_fd, err);
    return s == STATUS_OK ? open_folder(w, "failed", &w->failed_fd, err) : s;
}

static void close_inbox(struct watch *w) {
    const int fd[] = {w->dir_fd, w->done_fd, w->failed_fd};
    for (size_t i = 0; i < ARRAY_LEN(fd); i++)
        if (fd[i] >= 0) close(fd[i]);
}

static int watch(struct cli *cli, struct loop *l, bool once) {
    struct err err;
    l->w.cli = cli;
    l->w.dir = cli->argv[1];
    l->w.stop = signals_stop_flag();
    clock_gettime(CLOCK_MONOTONIC, &l->start);
    enum status s = open_inbox(&l->w, &err);
    if (s == STATUS_OK) s = run(l, once, &err);
    close_inbox(&l->w);
    if (s != STATUS_OK) return cli_fail(&err);
    if (l->failed || l->left) return 1;
    if (l->later) return status_exit_code(STATUS_BUSY);
    return l->partial ? status_exit_code(STATUS_PARTIAL) : 0;
}

int cmd_watch(struct cli *cli) {
    struct loop *l = calloc(1, sizeof *l);
    struct err err;
    bool once = false, help = false;
    size_t npos = 0;
    if (!l) {
        err_set(&err, STATUS_NOMEM, NULL, "内存不足");
        return cli_fail(&err);
    }
    l->w.dir_fd = l->w.done_fd = l->w.failed_fd = -1;
    const struct cli_option table[] = {
        {"once", CLI_FLAG, NULL, "收完现有的文件就结束", &once, 0, 0},
        {"profile", CLI_TEXT, "名称", "表格的样式，同 ingest", &l->w.profile, 0, 0},
        {"encoding", CLI_TEXT, "编码", "表格文件的编码，不给则自行判断", &l->w.encoding,
         0, 0},
        {"json", CLI_FLAG, NULL, "每个文件在标准输出打印一个 JSON 对象", &l->w.json, 0,
         0},
    };
    enum status s = cli_parse(
        cli, "watch [选项] 目录",
        "收件目录：放进来的文件逐个导入并发布，旁边写报告，然后移到 done 或 failed。"
        "用 Ctrl-C 停止。",
        table, ARRAY_LEN(table), &npos, &help, &err);
    int code = 0;
    if (s == STATUS_OK && !help && npos != 1)
        s = err_set(&err, STATUS_USAGE, NULL, "要给出一个目录：watch 目录");
    if (s != STATUS_OK)
        code = cli_fail(&err);
    else if (!help)
        code = watch(cli, l, once);
    free(l);
    return code;
}
