#include "stats/chart_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REASON_BYTES 400
#define CHUNK_BYTES 65536
#define REAP_MS 2

extern char **environ;

static const char *const names[] = {
    [CHART_SVG] = "svg", [CHART_PNG] = "png", [CHART_PDF] = "pdf"};

const char *chart_format_name(enum chart_format f) {
    return (unsigned)f < ARRAY_LEN(names) ? names[f] : "svg";
}

bool chart_format_parse(const char *name, enum chart_format *out) {
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0) return *out = (enum chart_format)i, true;
    return false;
}

struct child {
    pid_t pid;         /* 0: none */
    int in, out, talk; /* our ends: its stdin, stdout, stderr; -1 closed */
    int64_t deadline_ms;
    char reason[REASON_BYTES];
    size_t nreason;
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void shut(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static enum status spawn(const char *program, char *const *argv, struct child *c,
                         struct err *err) {
    /* A socket for stdin: a child that does not read must not raise SIGPIPE here. */
    int in[2] = {-1, -1}, out[2] = {-1, -1}, talk[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
        pipe2(out, O_CLOEXEC) != 0 || pipe2(talk, O_CLOEXEC) != 0) {
        enum status s = err_errno(err, "无法为绘图程序建立管道");
        for (int i = 0; i < 2; i++) shut(&in[i]), shut(&out[i]), shut(&talk[i]);
        return s;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[1], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, talk[1], 2);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int bad = posix_spawn(&c->pid, program, &actions, &attr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    shut(&in[1]), shut(&out[1]), shut(&talk[1]);
    if (bad) {
        c->pid = 0;
        shut(&in[0]), shut(&out[0]), shut(&talk[0]);
        if (bad == ENOENT || bad == ENOTDIR)
            return err_set(err, STATUS_NOT_FOUND, "draw", "没有绘图程序%s", program);
        errno = bad;
        return err_errno(err, "无法启动绘图程序%s", program);
    }
    c->in = in[0], c->out = out[0], c->talk = talk[0];
    (void)fcntl(c->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(c->out, F_SETFL, O_NONBLOCK);
    (void)fcntl(c->talk, F_SETFL, O_NONBLOCK);
    return STATUS_OK;
}

static void feed(struct child *c, struct str *text) {
    ssize_t n = send(c->in, text->p, text->n, MSG_NOSIGNAL);
    if (n > 0)
        *text = str_slice(text->p + n, text->n - (size_t)n);
    else if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0 || text->n == 0) /* it need not read all: its answer tells */
        shut(&c->in);
}

static enum status drain(struct child *c, struct buf *out, struct err *err) {
    if (!buf_reserve(out, CHUNK_BYTES)) {
        enum status s = buf_check(out, "图像", err);
        return s != STATUS_OK ? s : err_set(err, STATUS_NOMEM, NULL, "out of memory");
    }
    ssize_t n = read(c->out, out->p + out->n, CHUNK_BYTES);
    if (n > 0) {
        out->n += (size_t)n;
        out->p[out->n] = 0;
    } else if (n == 0) {
        shut(&c->out);
    } else if (errno != EAGAIN && errno != EINTR) {
        return err_errno(err, "读不到绘图程序的输出");
    }
    return STATUS_OK;
}

static void listen_to(struct child *c) {
    char chunk[512];
    ssize_t n = read(c->talk, chunk, sizeof chunk);
    if (n > 0) {
        size_t k = (size_t)n, left = sizeof c->reason - 1 - c->nreason;
        memcpy(c->reason + c->nreason, chunk, k < left ? k : left);
        c->nreason += k < left ? k : left;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        shut(&c->talk);
    }
}

static enum status too_late(struct err *err) {
    return err_set(err, STATUS_DEADLINE, "draw", "绘图超时，已中止");
}

static enum status converse(struct child *c, struct str text, struct buf *out,
                            struct err *err) {
    while (c->out >= 0 || c->talk >= 0) {
        int64_t left = c->deadline_ms - now_ms();
        if (left <= 0) return too_late(err);
        struct pollfd fd[3] = {
            {c->in, POLLOUT, 0}, {c->out, POLLIN, 0}, {c->talk, POLLIN, 0}};
        int n = poll(fd, 3, (int)left);
        if (n < 0 && errno != EINTR) return err_errno(err, "等不到绘图程序");
        if (n <= 0) continue;
        if (fd[0].revents) feed(c, &text);
        if (fd[2].revents) listen_to(c);
        enum status s = fd[1].revents ? drain(c, out, err) : STATUS_OK;
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

/* Waits for the end, which must come soon after the last word; kills past the deadline.
 */
static bool reap(struct child *c, int *how) {
    pid_t got;
    while ((got = waitpid(c->pid, how, WNOHANG)) == 0 && now_ms() < c->deadline_ms)
        (void)poll(NULL, 0, REAP_MS);
    bool ended = got == c->pid;
    if (got == 0) {
        kill(c->pid, SIGKILL);
        while (waitpid(c->pid, how, 0) < 0 && errno == EINTR)
            ;
    }
    c->pid = 0;
    return ended;
}

static enum status verdict(const struct child *c, int how, struct err *err) {
    if (WIFSIGNALED(how))
        return WTERMSIG(how) == SIGALRM
                   ? too_late(err)
                   : err_set(err, STATUS_DEADLINE, "draw", "绘图程序意外中止（信号%d）",
                             WTERMSIG(how));
    int code = WEXITSTATUS(how);
    if (code == 0) return STATUS_OK;
    /* One line "chengguo-draw: …". */
    const char *why = strstr(c->reason, ": ");
    why = why ? why + 2 : c->reason;
    int n = (int)strcspn(why, "\n");
    if (code == status_exit_code(STATUS_USAGE))
        return err_set(err, STATUS_INVALID, "draw", "%.*s", n, why);
    return err_set(err, STATUS_INTERNAL, "draw", "绘图失败：%.*s", n, why);
}

enum status chart_run_draw_within(const char *program, const json_t *desc,
                                  enum chart_format format, int width, int scale,
                                  int timeout_ms, struct buf *out, struct err *err) {
    char *text = json_dumps(desc, JSON_COMPACT | JSON_ENSURE_ASCII);
    if (!text)
        return err_set(err, STATUS_NOMEM, NULL, "out of memory for a chart description");
    char wide[16], scaled[16], name[] = "chengguo-draw", of[] = "--format",
                               w[] = "--width", sc[] = "--scale", kind[8];
    snprintf(wide, sizeof wide, "%d", width);
    snprintf(scaled, sizeof scaled, "%d", scale);
    snprintf(kind, sizeof kind, "%s", chart_format_name(format));
    char *argv[] = {name, of, kind, sc, scaled, width ? w : NULL, wide, NULL};
    struct child c = {
        .in = -1, .out = -1, .talk = -1, .deadline_ms = now_ms() + timeout_ms};
    struct buf picture = buf_init(CHART_RUN_OUTPUT_BYTES);
    enum status s = spawn(program, argv, &c, err);
    if (s == STATUS_OK) s = converse(&c, str_of(text), &picture, err);
    shut(&c.in), shut(&c.out), shut(&c.talk);
    if (c.pid) {
        int how = 0;
        if (s != STATUS_OK) c.deadline_ms = 0;
        bool ended = reap(&c, &how);
        if (s == STATUS_OK) s = ended ? verdict(&c, how, err) : too_late(err);
    }
    if (s == STATUS_OK) {
        size_t before = out->n;
        buf_add_str(out, buf_str(&picture));
        s = buf_check(out, "图像", err);
        if (s != STATUS_OK) out->n = before;
    }
    buf_done(&picture);
    free(text);
    return s;
}

enum status chart_run_draw(const char *program, const json_t *desc,
                           enum chart_format format, int width, int scale,
                           struct buf *out, struct err *err) {
    return chart_run_draw_within(program, desc, format, width, scale,
                                 CHART_RUN_TIMEOUT_MS, out, err);
}
