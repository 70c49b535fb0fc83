/* One file of an inbox; declared in cmd_watch.h. */
#include "core/utf8.h"
#include "indexer/cmd_watch.h"
#include "indexer/opened.h"
#include "indexer/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SAME_NAME 10000 /* files of one name in done/ */

static bool ends(struct str s, const char *tail) {
    struct str t = str_of(tail);
    return s.n >= t.n && memcmp(s.p + s.n - t.n, t.p, t.n) == 0;
}

bool watch_ignores(const char *name) {
    static const char *const tails[] = {
        ".part", ".tmp", ".crdownload", ".partial", ".filepart", ".swp", "~"};
    struct str s = str_of(name);
    if (str_starts(s, str_of(".")) || str_starts(s, str_of("~$"))) return true;
    for (size_t i = 0; i < ARRAY_LEN(tails); i++)
        if (ends(s, tails[i])) return true;
    return false;
}

/* A read lease is not given on a file that somebody has open for writing. Where the file
 * system knows no leases, or the file is another user's, two seconds of quiet must do. */
static bool is_being_written(int fd, const struct stat *st, int64_t now) {
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN || st->st_mtim.tv_sec + 2 > now;
}

/* Opens what may be taken. */
static enum status open_file(struct watch *w, const char *name, int64_t now, int *out,
                             struct stat *st, enum watch_fate *fate, struct err *err) {
    *fate = WATCH_LEFT;
    int fd = openat(w->dir_fd, name,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ELOOP)
            return err_set(err, STATUS_INVALID, NULL, "是符号链接，不收；请放文件本身");
        return err_errno(err, "不能打开");
    }
    if (fstat(fd, st) != 0) {
        close(fd);
        return err_errno(err, "不能读取");
    }
    if (!S_ISREG(st->st_mode)) {
        close(fd);
        return err_set(err, STATUS_INVALID, NULL, "不是普通文件，不收");
    }
    if (is_being_written(fd, st, now)) {
        close(fd);
        *fate = WATCH_LATER;
        return err_set(err, STATUS_BUSY, NULL, "还在写，写完后再收");
    }
    *out = fd;
    return STATUS_OK;
}

/* A name that the folder does not have yet: "a.csv", "a-2.csv", … */
static enum status free_name(int folder, const char *name, char out[WATCH_NAME],
                             struct err *err) {
    const char *dot = strrchr(name, '.');
    size_t base = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    struct stat st;
    snprintf(out, WATCH_NAME, "%s", name);
    for (int k = 2; fstatat(folder, out, &st, AT_SYMLINK_NOFOLLOW) == 0; k++) {
        char tail[64];
        if (k > MAX_SAME_NAME)
            return err_set(err, STATUS_LIMIT, NULL, "同名的文件已有 %d 个，请清理",
                           MAX_SAME_NAME);
        int n = snprintf(tail, sizeof tail, "-%d%.*s", k,
                         (int)utf8_clip(str_of(name + base), 40), name + base);
        struct str stem = str_slice(name, base);
        int room = (int)utf8_clip(stem, (size_t)(NAME_MAX - n));
        n = snprintf(out, WATCH_NAME, "%.*s%s", room, name, tail);
        if (n < 0 || n >= WATCH_NAME)
            return err_set(err, STATUS_LIMIT, NULL, "文件名太长");
    }
    return errno == ENOENT ? STATUS_OK : err_errno(err, "不能查看目录");
}

struct notes {
    json_t *list;
    int64_t n;
};

static void on_problem(void *arg, enum outcome o, const struct err *err) {
    struct notes *notes = arg;
    if (notes->n++ >= WATCH_PROBLEMS) return;
    json_array_append_new(notes->list,
                          json_pack("{s:s,s:I,s:s,s:s,s:s}", "outcome", outcome_name(o),
                                    "line", (json_int_t)err->line, "field", err->field,
                                    "code", err->code, "text", err->text));
}

/* The store is open only while a file is brought in: other commands work in between.
 * *mine: what went wrong is the file's own fault. */
static enum status bring_in(struct watch *w, const char *path, int fd, int64_t now,
                            struct notes *notes, struct ingest_report *out, bool *mine,
                            struct err *err) {
    struct opened o;
    *mine = false;
    enum status s = windows_load(w->cli->config->windows, &o.windows, err);
    if (s != STATUS_OK) return s;
    s = store_open(w->cli->store, true, &o.store, err);
    if (s != STATUS_OK) {
        windows_free(o.windows);
        return s;
    }
    s = registry_open(&o.store, true, &o.registry, err);
    if (s != STATUS_OK) {
        store_close(&o.store);
        windows_free(o.windows);
        return s;
    }
    const struct ingest_options opt = {.path = path,
                                       .fd = fd,
                                       .profile = w->profile,
                                       .encoding = w->encoding,
                                       .profiles = w->cli->config->profiles,
                                       .registry = w->cli->config->registry,
                                       .windows = o.windows,
                                       .actor = opened_actor(NULL),
                                       .now = now,
                                       .problem = on_problem,
                                       .problem_arg = notes,
                                       .stop = w->stop};
    struct ingest_report report;
    s = ingest_file(&o.registry, &opt, &report, err);
    *mine = s != STATUS_OK;
    if (s == STATUS_OK) {
        s = opened_publish(w->cli, &o, false, err);
        if (s == STATUS_OK)
            *out = report;
        else
            ingest_report_done(&report);
    }
    opened_close(&o);
    return s;
}

/* Moves the file unless another one has taken its name meanwhile. */
static enum status move_away(struct watch *w, const char *name, const struct stat *st,
                             int folder, const char *to, struct err *err) {
    struct stat now;
    if (fstatat(w->dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        now.st_ino != st->st_ino || now.st_dev != st->st_dev)
        return STATUS_OK;
    return renameat(w->dir_fd, name, folder, to) == 0 ? STATUS_OK
                                                      : err_errno(err, "不能移到 %s", to);
}

static enum status finish(struct watch *w, const char *name, const struct stat *st,
                          const struct watch_report *report, struct err *err) {
    char to[WATCH_NAME];
    struct watch_report r = *report;
    int folder = r.fate == WATCH_FAILED ? w->failed_fd : w->done_fd;
    enum status s = free_name(folder, name, to, err);
    r.to = to;
    if (s == STATUS_OK) s = watch_report_write(folder, &r, err);
    if (s == STATUS_OK) s = move_away(w, name, st, folder, to, err);
    if (s == STATUS_OK && w->json) s = opened_print(watch_report_json(&r), err);
    return s;
}

/* Failures that lie in the file and not in the system. */
static bool is_files_fault(enum status s) {
    return s == STATUS_INVALID || s == STATUS_LIMIT || s == STATUS_CORRUPT ||
           s == STATUS_CONFLICT || s == STATUS_NOT_FOUND || s == STATUS_USAGE;
}

static enum status take_open(struct watch *w, const char *name, int fd,
                             const struct stat *st, int64_t now, enum watch_fate *fate,
                             struct err *err) {
    char path[PATH_MAX];
    struct ingest_report rows = {0};
    struct notes notes = {.list = json_array()};
    struct err why = {.text = ""};
    bool mine = false;
    if (!notes.list) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    snprintf(path, sizeof path, "%s/%s", w->dir, name);
    enum status s = bring_in(w, path, fd, now, &notes, &rows, &mine, &why);
    bool partial = rows.outcome[OUTCOME_REJECTED] + rows.outcome[OUTCOME_HELD] > 0;
    if (s == STATUS_BUSY) {
        *fate = WATCH_LATER;
    } else if (s == STATUS_OK || (mine && is_files_fault(s))) {
        const struct watch_report r = {.name = name,
                                       .fate = s != STATUS_OK ? WATCH_FAILED
                                               : partial      ? WATCH_PARTIAL
                                                              : WATCH_DONE,
                                       .rows = s == STATUS_OK ? &rows : NULL,
                                       .why = &why,
                                       .problems = notes.list,
                                       .nproblems = notes.n,
                                       .now = now};
        enum status moved = finish(w, name, st, &r, &why);
        *fate = moved == STATUS_OK ? r.fate : WATCH_LEFT;
        s = STATUS_OK;
    } else if (mine && s != STATUS_INTERRUPTED) {
        *fate = WATCH_LEFT;
        s = STATUS_OK;
    }
    *err = why;
    ingest_report_done(&rows);
    json_decref(notes.list);
    return s == STATUS_BUSY ? STATUS_OK : s;
}

enum status watch_take(struct watch *w, const char *name, int64_t now,
                       enum watch_fate *fate, struct err *err) {
    struct stat st;
    int fd = -1;
    *err = (struct err){.text = ""};
    if (open_file(w, name, now, &fd, &st, fate, err) != STATUS_OK || fd < 0)
        return STATUS_OK;
    enum status s = take_open(w, name, fd, &st, now, fate, err);
    close(fd);
    return s;
}
