#include "query/commands.h"
#include "query/http.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_S 10       /* for requests that run when the daemon is told to stop */
#define DRAIN_STEP_MS 10 /* between looks at what still runs */
#define DRAW_PROGRAM "chengguo-draw"

struct options {
    const char *listen, *ready_file, *audience;
    int64_t threads;
    bool quiet;
};

/* chengguo-draw lies beside this program. */
static void find_draw_program(char out[PATH_MAX]) {
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0) n = 0;
    self[n] = 0;
    if (snprintf(out, PATH_MAX, "%s/%s", dirname(self), DRAW_PROGRAM) >= PATH_MAX)
        out[0] = 0;
}

/* Whole or not at all: whoever sees the file can connect. */
static enum status write_ready(const char *path, const char *address, struct err *err) {
    char temp[PATH_MAX];
    int n = snprintf(temp, sizeof temp, "%s.XXXXXX", path);
    if (n <= 0 || (size_t)n >= sizeof temp)
        return err_set(err, STATUS_USAGE, NULL, "--ready-file 的路径太长");
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0) return err_errno(err, "不能写 %s", path);
    bool good = fchmod(fd, 0644) == 0 && dprintf(fd, "http://%s\n", address) > 0;
    good = close(fd) == 0 && good && rename(temp, path) == 0;
    if (good) return STATUS_OK;
    enum status s = err_errno(err, "不能写 %s", path);
    unlink(temp);
    return s;
}

static enum status check_audience(const struct options *o, enum audience *out,
                                  struct err *err) {
    int a = audience_by_name(str_of(o->audience));
    bool loopback = false;
    if (a < 0)
        return err_set(err, STATUS_USAGE, NULL, "--audience 是 public 或 internal");
    *out = (enum audience)a;
    enum status s = http_is_loopback(o->listen, &loopback, err);
    if (s != STATUS_OK || a == AUDIENCE_PUBLIC || loopback) return s;
    return err_set(err, STATUS_USAGE, NULL,
                   "内部数据只能在本机地址（127.0.0.1 或 [::1]）上提供；"
                   "要给别的机器用，请在前面放一个负责登录的反向代理");
}

/* Serves until SIGINT or SIGTERM, then answers what is under way; a second signal ends
 * that too. */
static void serve(struct server *server, struct http *http, const sigset_t *signals) {
    const struct timespec step = {.tv_nsec = DRAIN_STEP_MS * 1000000L};
    int sig;
    while (sigwait(signals, &sig) != 0) {
    }
    atomic_store(&server->stopping, true);
    http_quiesce(http);
    for (int i = 0; i < DRAIN_S * 1000 / DRAIN_STEP_MS; i++) {
        if (atomic_load(&server->metrics.in_flight) == 0) break;
        if (sigtimedwait(signals, NULL, &step) >= 0) break;
    }
}

static enum status run(const struct cli *cli, const struct options *o, struct err *err) {
    enum audience audience = AUDIENCE_PUBLIC;
    struct store store = {.lock_fd = -1};
    struct server *server;
    struct http *http;
    char draw[PATH_MAX];
    sigset_t signals;
    enum status s = check_audience(o, &audience, err);
    if (s != STATUS_OK) return s;
    /* A store that is not there yet may come: /readyz says 503 until then. */
    s = store_open(cli->store, false, &store, err);
    if (s == STATUS_NOT_FOUND) {
        int n = snprintf(store.dir, sizeof store.dir, "%s", cli->store);
        s = n > 0 && (size_t)n < sizeof store.dir ? STATUS_OK : s;
    }
    if (s != STATUS_OK) return s;
    find_draw_program(draw);
    server = calloc(1, sizeof *server);
    if (!server) return err_set(err, STATUS_NOMEM, NULL, "内存不足：HTTP 服务");
    s = server_open(cli->config, &store, audience, draw, server, err);
    if (s != STATUS_OK) {
        free(server);
        return s;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    json_object_seed(0);
    struct http_options ho = {.listen = o->listen,
                              .threads = (unsigned)o->threads,
                              .connections = (unsigned)cli->config->connections,
                              .log = !o->quiet};
    s = http_start(server, &ho, &http, err);
    if (s == STATUS_OK) {
        if (o->ready_file) s = write_ready(o->ready_file, http_address(http), err);
        if (s == STATUS_OK) {
            fprintf(stderr, "chengguo: http://%s/ （Ctrl-C 停止）\n", http_address(http));
            serve(server, http, &signals);
        }
        http_stop(http);
        if (o->ready_file) unlink(o->ready_file);
    }
    server_close(server);
    free(server);
    return s;
}

int cmd_serve(struct cli *cli) {
    struct options o = {.listen = cli->config->listen,
                        .audience = "public",
                        .threads = cli->config->threads};
    const struct cli_option opt[] = {
        {"listen", CLI_TEXT, "地址:端口", "监听的地址，端口 0 取一个空闲的", &o.listen, 0,
         0},
        {"ready-file", CLI_TEXT, "文件", "开始监听后写入 http://地址:端口", &o.ready_file,
         0, 0},
        {"audience", CLI_TEXT, "public|internal", "提供公开数据还是内部数据", &o.audience,
         0, 0},
        {"threads", CLI_INT, "N", "工作线程数，0 为每核一个", &o.threads, 0, 256},
        {"quiet", CLI_FLAG, NULL, "不在标准错误上逐条记录请求", &o.quiet, 0, 0},
    };
    size_t npos = 0;
    bool help = false;
    struct err err;
    if (cli_parse(cli, "serve [选项]", "启动 HTTP 服务，直到 Ctrl-C 或 SIGTERM。", opt,
                  ARRAY_LEN(opt), &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos) {
        err_set(&err, STATUS_USAGE, NULL, "serve 不带参数");
        return cli_fail(&err);
    }
    return run(cli, &o, &err) == STATUS_OK ? 0 : cli_fail(&err);
}
