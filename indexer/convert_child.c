#include "indexer/convert_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OPEN_FILES 256
#define POLL_MS 100
#define NO_EXEC 127
#define ENV_BYTES 4200
#define ENV_COUNT 9

/* Made before fork: the child may only call what is safe after it. */
struct surroundings {
    char text[ENV_COUNT][ENV_BYTES];
    char *env[ENV_COUNT + 1];
};

static bool surround(struct surroundings *s, const char *dir) {
    const char *path = getenv("PATH");
    const struct {
        const char *name, *value;
    } all[ENV_COUNT] = {
        {"PATH", path ? path : "/usr/bin:/bin"},
        {"HOME", dir},
        {"TMPDIR", dir},
        {"LANG", "C.UTF-8"},
        {"LC_ALL", "C.UTF-8"},
        /* No settings daemon, no remote files, no message bus, no screen. */
        {"GSETTINGS_BACKEND", "memory"},
        {"GIO_USE_VFS", "local"},
        {"DBUS_SESSION_BUS_ADDRESS", "disabled:"},
        {"SAL_USE_VCLPLUGIN", "svp"},
    };
    for (size_t i = 0; i < ENV_COUNT; i++) {
        int n = snprintf(s->text[i], ENV_BYTES, "%s=%s", all[i].name, all[i].value);
        if (n < 0 || n >= ENV_BYTES) return false;
        s->env[i] = s->text[i];
    }
    s->env[ENV_COUNT] = NULL;
    return true;
}

static void limit(int what, size_t value) {
    struct rlimit r = {value, value};
    if (setrlimit((__rlimit_resource_t)what, &r) != 0) _exit(NO_EXEC);
}

_Noreturn static void child(char *const argv[], const char *dir, char *const env[],
                            const struct convert_limits *l, pid_t parent) {
    struct rlimit cpu = {(rlim_t)l->seconds, (rlim_t)l->seconds + 1};
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(NO_EXEC);
    for (int i = 1; i < NSIG; i++) sigaction(i, &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
        dup2(nothing, 2) < 0 || close_range(3, ~0U, 0) != 0 || chdir(dir) != 0)
        _exit(NO_EXEC);
    umask(077);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    /* Without the network where that is allowed: old workbooks may link to other files.
     */
    if (unshare(CLONE_NEWNET) != 0) (void)!unshare(CLONE_NEWUSER | CLONE_NEWNET);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_AS, l->memory);
    limit(RLIMIT_FSIZE, l->file);
    limit(RLIMIT_NOFILE, OPEN_FILES);
    if (setrlimit(RLIMIT_CPU, &cpu) == 0) execve(argv[0], argv, env);
    _exit(NO_EXEC);
}

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum end { ENDED, STOPPED, TOO_LATE };

/* Waits until the child has ended (it stays to be reaped), or must. */
static enum end await(pid_t pid, const struct convert_limits *l,
                      const volatile int *stop) {
    int64_t deadline = now_ms() + (int64_t)l->seconds * 2000;
    int fd = pidfd_open(pid, 0); /* poll ignores -1: then the timeout serves */
    enum end end = ENDED;
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
            info.si_pid == pid)
            break;
        if (stop && *stop) end = STOPPED;
        if (end == ENDED && now_ms() >= deadline) end = TOO_LATE;
        if (end != ENDED) break;
        struct pollfd p = {fd, POLLIN, 0};
        (void)poll(&p, 1, POLL_MS);
    }
    if (fd >= 0) close(fd);
    return end;
}

static enum status judge(int st, enum end end, const struct convert_limits *l,
                         struct err *err) {
    int sig = WIFSIGNALED(st) ? WTERMSIG(st) : 0;
    if (end == STOPPED) return err_set(err, STATUS_INTERRUPTED, NULL, "已中断");
    if (end == TOO_LATE || sig == SIGXCPU || sig == SIGKILL)
        return err_set(err, STATUS_LIMIT, "E_FILE",
                       "转换 xls 超过了时间限制（%d 秒），请用 Excel 或 WPS 另存为 xlsx "
                       "再导入",
                       l->seconds);
    if (sig == SIGXFSZ)
        return err_set(err, STATUS_LIMIT, "E_FILE",
                       "转换 xls 写出的文件超过 %zu MB，请用 Excel 或 WPS 另存为 xlsx "
                       "再导入",
                       l->file >> 20);
    if (WIFEXITED(st) && WEXITSTATUS(st) == NO_EXEC)
        return err_set(err, STATUS_IO, NULL, "不能启动转换程序");
    if (sig || WEXITSTATUS(st) != 0)
        return err_set(
            err, STATUS_INVALID, "E_FILE",
            "转换程序读不了这个 xls 文件（%s %d）：文件可能已经损坏或过大，请用 "
            "Excel 或 WPS 打开后另存为 xlsx 再导入",
            sig ? "信号" : "返回值", sig ? sig : WEXITSTATUS(st));
    return STATUS_OK;
}

enum status convert_child_run(char *const argv[], const char *dir,
                              const struct convert_limits *limits,
                              const volatile int *stop, struct err *err) {
    struct surroundings s;
    int st = 0;
    if (!surround(&s, dir))
        return err_set(err, STATUS_IO, NULL, "环境变量 PATH 太长，不能启动转换程序");
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) return err_errno(err, "不能启动子进程");
    if (pid == 0) child(argv, dir, s.env, limits, parent);
    (void)setpgid(pid, pid); /* whichever of the two comes first */
    enum end end = await(pid, limits, stop);
    /* The group lives while its leader has not been reaped: nobody else can have its
     * number yet. */
    (void)kill(-pid, SIGKILL);
    pid_t got;
    do got = waitpid(pid, &st, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0) return err_errno(err, "转换程序的结果丢失");
    return judge(st, end, limits, err);
}
