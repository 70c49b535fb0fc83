#include "indexer/workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 64
#define POLL_MS 200

struct worker {
    struct err err;
    int pipe;
};

struct pool {
    struct worker *shared; /* WORKERS_MAX slots that children write */
    pid_t pid[WORKERS_MAX];
    int pidfd[WORKERS_MAX];
    int pipe[2];
    size_t running;
};

void worker_tick(struct worker *w, int64_t done) {
    /* A pipe write below PIPE_BUF is atomic; a full pipe only delays the display. */
    if (write(w->pipe, &done, sizeof done) < 0 && errno == EPIPE) _exit(1);
}

static void child(struct pool *p, size_t slot, size_t job, worker_fn fn, void *arg,
                  pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    close(p->pipe[0]);
    struct worker *w = &p->shared[slot];
    w->pipe = p->pipe[1];
    enum status s = fn(arg, job, w, &w->err);
    w->err.status = s;
    fflush(NULL);
    _exit(s == STATUS_OK ? 0 : 1);
}

static enum status reap(struct pool *p, bool block, struct err *err) {
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (!p->pid[i]) continue;
        int st = 0;
        pid_t pid = waitpid(p->pid[i], &st, block ? 0 : WNOHANG);
        if (pid != p->pid[i]) continue;
        if (p->pidfd[i] >= 0) close(p->pidfd[i]);
        p->pid[i] = 0;
        p->running--;
        if (WIFSIGNALED(st))
            return err_set(err, STATUS_INTERNAL, NULL, "子进程被信号 %d 终止",
                           WTERMSIG(st));
        if (st != 0) {
            if (err) *err = p->shared[i].err;
            enum status s = p->shared[i].err.status;
            return s != STATUS_OK ? s
                                  : err_set(err, STATUS_INTERNAL, NULL, "子进程异常退出");
        }
    }
    return STATUS_OK;
}

/* Waits until a child ends or reports progress. */
static void await(struct pool *p, const struct workers_options *opt, int64_t *done) {
    struct pollfd fd[WORKERS_MAX + 1] = {{p->pipe[0], POLLIN, 0}};
    nfds_t n = 1;
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (p->pid[i]) fd[n++] = (struct pollfd){p->pidfd[i], POLLIN, 0};
    if (poll(fd, n, POLL_MS) <= 0 || !(fd[0].revents & POLLIN)) return;
    int64_t ticks[64];
    ssize_t got = read(p->pipe[0], ticks, sizeof ticks);
    for (ssize_t i = 0; i < got / (ssize_t)sizeof ticks[0]; i++) *done += ticks[i];
    if (opt->progress) opt->progress(opt->progress_arg, *done);
}

static enum status start(struct pool *p, size_t job, worker_fn fn, void *arg,
                         struct err *err) {
    size_t slot = 0;
    while (p->pid[slot]) slot++;
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) return err_errno(err, "不能启动子进程");
    if (pid == 0) child(p, slot, job, fn, arg, parent);
    p->pid[slot] = pid;
    p->pidfd[slot] = pidfd_open(pid, 0); /* poll ignores -1: then the timeout serves */
    p->running++;
    return STATUS_OK;
}

enum status workers_run(size_t njobs, worker_fn fn, void *arg,
                        const struct workers_options *opt, struct err *err) {
    struct pool p = {.running = 0};
    size_t at_once = opt->processes > 0 ? (size_t)opt->processes
                                        : (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (at_once > WORKERS_MAX) at_once = WORKERS_MAX;
    size_t bytes = sizeof *p.shared * WORKERS_MAX;
    p.shared =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p.shared == MAP_FAILED) return err_errno(err, "mmap");
    if (pipe(p.pipe) != 0) {
        munmap(p.shared, bytes);
        return err_errno(err, "pipe");
    }
    enum status s = STATUS_OK;
    int64_t done = 0;
    for (size_t next = 0; s == STATUS_OK && (next < njobs || p.running > 0);) {
        while (s == STATUS_OK && next < njobs && p.running < at_once)
            s = start(&p, next++, fn, arg, err);
        if (s == STATUS_OK) await(&p, opt, &done);
        if (s == STATUS_OK) s = reap(&p, false, err);
        if (s == STATUS_OK && opt->stop && *opt->stop)
            s = err_set(err, STATUS_INTERRUPTED, NULL, "已中断，已发布的数据没有改动");
    }
    for (size_t i = 0; i < WORKERS_MAX; i++)
        if (p.pid[i]) kill(p.pid[i], SIGKILL);
    while (p.running > 0) {
        struct err ignored;
        (void)!reap(&p, true, &ignored);
    }
    close(p.pipe[0]);
    close(p.pipe[1]);
    munmap(p.shared, bytes);
    return s;
}
