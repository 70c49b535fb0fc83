/* chengguo ingest FILE… | - : bring in records, events, contracts, then publish. */
#include "core/config.h"
#include "indexer/commands.h"
#include "indexer/encoding.h"
#include "indexer/ingest.h"
#include "indexer/profile.h"
#include "indexer/publish.h"
#include "indexer/signals.h"
#include "indexer/windows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PROBLEMS_SHOWN                                                                   \
    20 /* refused rows told one by one; all stand in the quarantine                      \
        */

static const char *const outcome_labels[OUTCOME_COUNT] = {
    [OUTCOME_ADDED] = "新增",     [OUTCOME_UPDATED] = "更新",
    [OUTCOME_UNCHANGED] = "未变", [OUTCOME_WITHDRAWN] = "撤回",
    [OUTCOME_SKIPPED] = "跳过",   [OUTCOME_HELD] = "待定",
    [OUTCOME_REJECTED] = "拒收",
};

struct options {
    bool dry_run, json;
    const char *reject_file, *profile, *encoding;
};

struct screen {
    bool terminal;
    bool drawn;    /* a progress line stands on the screen */
    int64_t shown; /* problems told */
    struct timespec start, last;
};

static double since(const struct timespec *t) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

static void clear_line(struct screen *s) {
    if (s->drawn) fputs("\r\033[K", stderr);
    s->drawn = false;
}

static void on_rows(void *arg, int64_t rows, int64_t bytes, int64_t total) {
    struct screen *s = arg;
    if (s->drawn && since(&s->last) < 0.2) return;
    clock_gettime(CLOCK_MONOTONIC, &s->last);
    double t = since(&s->start), rate = t > 0 ? (double)rows / t : 0;
    double left = bytes > 0 ? t * (double)(total - bytes) / (double)bytes : 0;
    fprintf(stderr, "\r\033[K导入 %lld 行，%.0f%%，每秒 %.0f 行，还需约 %.0f 秒",
            (long long)rows, total > 0 ? 100.0 * (double)bytes / (double)total : 100.0,
            rate, left);
    s->drawn = true;
}

static void on_stage(void *arg, const char *stage, int64_t done, int64_t total) {
    struct screen *s = arg;
    if (s->drawn && done < total && since(&s->last) < 0.2) return;
    clock_gettime(CLOCK_MONOTONIC, &s->last);
    double t = since(&s->start), rate = t > 0 ? (double)done / t : 0;
    fprintf(stderr, "\r\033[K%s %lld/%lld，每秒 %.0f 条，还需约 %.0f 秒", stage,
            (long long)done, (long long)total, rate,
            rate > 0 ? (double)(total - done) / rate : 0);
    s->drawn = true;
}

static void on_problem(void *arg, enum outcome o, const struct err *err) {
    struct screen *s = arg;
    char line[1024];
    struct err once = *err;
    if (s->shown++ >= PROBLEMS_SHOWN) return;
    /* Most sentences name their field, or the column, already. */
    if (strstr(once.text, once.field) || strncmp(once.text, "列“", strlen("列“")) == 0)
        once.field[0] = 0;
    clear_line(s);
    fprintf(stderr, "%s %s\n", outcome_labels[o], err_line(&once, line, sizeof line));
}

static enum status check_options(const struct cli *cli, const struct options *o,
                                 size_t files, struct err *err) {
    if (files == 0)
        return err_set(err, STATUS_USAGE, NULL, "要给出文件，或用 - 表示标准输入");
    if (o->encoding && encoding_by_name(str_of(o->encoding)) < 0)
        return err_set(
            err, STATUS_USAGE, "encoding",
            "不认识编码 %.40s，应为 UTF-8、UTF-16LE、UTF-16BE 或 GB18030（GBK）",
            o->encoding);
    if (!o->profile || strcmp(o->profile, "json") == 0) return STATUS_OK;
    struct profile_set set;
    enum status s = profile_choose(o->profile, cli->config->profiles, &set, err);
    if (s == STATUS_OK) profile_set_done(&set);
    if (s == STATUS_NOT_FOUND) err->status = s = STATUS_USAGE;
    return s;
}

static enum status one_file(struct registry *r, const char *path, struct ingest_options o,
                            struct ingest_report *sum, struct err *err) {
    o.path = path;
    o.fd = strcmp(path, "-") == 0 ? STDIN_FILENO
                                  : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (o.fd < 0) {
        enum status s = errno == ENOENT ? err_set(err, STATUS_IO, "io", "没有这个文件")
                                        : err_errno(err, "不能打开");
        err_place(err, path, 0, NULL);
        return s;
    }
    struct ingest_report report;
    enum status s = ingest_file(r, &o, &report, err);
    if (s == STATUS_OK) {
        ingest_report_add(sum, &report);
        ingest_report_done(&report);
    }
    if (o.fd != STDIN_FILENO) close(o.fd);
    return s;
}

/* What each table file was taken for: nobody should have to guess. */
static void print_files(const json_t *files) {
    size_t i, k;
    const json_t *f, *note;
    json_array_foreach(files, i, f) {
        const char *profile = json_string_value(json_object_get(f, "profile"));
        const char *encoding = json_string_value(json_object_get(f, "encoding"));
        if (!profile || !profile[0]) continue;
        fprintf(stderr, "%s：%s，样式 %s%s%s\n",
                json_string_value(json_object_get(f, "path")),
                json_string_value(json_object_get(f, "kind")), profile,
                encoding && encoding[0] ? "，编码 " : "", encoding ? encoding : "");
        json_array_foreach(json_object_get(f, "notes"), k, note)
            fprintf(stderr, "  %s\n", json_string_value(note));
    }
}

static void print_summary(const struct ingest_report *r, const struct screen *screen,
                          bool dry_run) {
    if (screen->shown > PROBLEMS_SHOWN)
        fprintf(stderr, "……另有 %lld 行被拒收或待定\n",
                (long long)(screen->shown - PROBLEMS_SHOWN));
    print_files(r->files);
    fprintf(stderr, "%s读入 %lld 行：", dry_run ? "试运行（未写入）：" : "",
            (long long)r->read);
    for (int o = 0; o < OUTCOME_COUNT; o++)
        fprintf(stderr, "%s %lld%s", outcome_labels[o], (long long)r->outcome[o],
                o + 1 < OUTCOME_COUNT ? "，" : "");
    if (r->nignored)
        fprintf(stderr, "；标题、表头、空行等忽略 %lld 行", (long long)r->nignored);
    fprintf(stderr, "。修订号 %lld，用时 %.1f 秒\n", (long long)r->revision, r->seconds);
    for (size_t i = 0; i < r->ncodes; i++)
        fprintf(stderr, "  %s %lld\n", r->codes[i].code, (long long)r->codes[i].n);
    for (size_t i = 0; i < r->nwarnings; i++)
        fprintf(stderr, "  %s %lld\n", r->warnings[i].code, (long long)r->warnings[i].n);
}

static enum status print_json(const struct ingest_report *r, struct err *err) {
    json_t *o = ingest_report_json(r);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    bool bad = json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12)) != 0 ||
               putchar('\n') == EOF || fflush(stdout) != 0;
    json_decref(o);
    return bad ? err_errno(err, "不能写标准输出") : STATUS_OK;
}

/* Truncates the reject file once; each input file appends to it. */
static enum status start_rejects(const struct cli *cli, size_t files, const char *path,
                                 struct err *err) {
    struct stat to, from;
    if (!path) return STATUS_OK;
    bool there = stat(path, &to) == 0 && S_ISREG(to.st_mode);
    for (size_t i = 1; i <= files && there; i++)
        if (stat(cli->argv[i], &from) == 0 && from.st_dev == to.st_dev &&
            from.st_ino == to.st_ino)
            return err_set(err, STATUS_USAGE, "reject_file",
                           "--reject-file 不能是要导入的文件本身（%s）", path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return err_errno(err, "不能写 %s", path);
    close(fd);
    return STATUS_OK;
}

static enum status ingest_all(struct cli *cli, size_t files, const struct options *o,
                              struct ingest_report *sum, struct screen *screen,
                              struct err *err) {
    struct store store = {.lock_fd = -1};
    struct registry reg;
    struct windows *windows = NULL;
    /* Trying a file leaves no trace, no empty store either. */
    bool nowhere = o->dry_run && access(cli->store, F_OK) != 0 && errno == ENOENT;
    enum status s = windows_load(cli->config->windows, &windows, err);
    if (s != STATUS_OK) return s;
    s = nowhere ? STATUS_OK : store_open(cli->store, true, &store, err);
    if (s != STATUS_OK) {
        windows_free(windows);
        return s;
    }
    s = registry_open(nowhere ? NULL : &store, true, &reg, err);
    if (s != STATUS_OK) {
        windows_free(windows);
        if (!nowhere) store_close(&store);
        return s;
    }
    const char *user = getenv("USER");
    struct ingest_options in = {.profile = o->profile,
                                .encoding = o->encoding,
                                .profiles = cli->config->profiles,
                                .reject_file = o->reject_file,
                                .registry = cli->config->registry,
                                .windows = windows,
                                .actor = user ? user : "",
                                .now = cli->now,
                                .dry_run = o->dry_run,
                                .progress = screen->terminal ? on_rows : NULL,
                                .progress_arg = screen,
                                .problem = on_problem,
                                .problem_arg = screen,
                                .stop = signals_stop_flag()};
    for (size_t i = 1; i <= files && s == STATUS_OK; i++) {
        clock_gettime(CLOCK_MONOTONIC, &screen->start);
        s = one_file(&reg, cli->argv[i], in, sum, err);
        clear_line(screen);
    }
    struct publish_options pub = {.bulk = cli->config->bulk,
                                  .processes = cli->config->processes,
                                  .progress = screen->terminal ? on_stage : NULL,
                                  .progress_arg = screen,
                                  .stop = in.stop};
    /* What earlier files brought stands; it is published even when a later one failed. */
    if (!o->dry_run && s != STATUS_INTERRUPTED) {
        struct err later;
        clock_gettime(CLOCK_MONOTONIC, &screen->start);
        enum status p = publish_update(&store, &reg, &pub, s == STATUS_OK ? err : &later);
        s = s == STATUS_OK ? p : s;
        sum->seconds += since(&screen->start);
        clear_line(screen);
    }
    registry_close(&reg);
    if (!nowhere) store_close(&store);
    windows_free(windows);
    return s;
}

int cmd_ingest(struct cli *cli) {
    struct options o = {0};
    const struct cli_option table[] = {
        {"dry-run", CLI_FLAG, NULL, "只检查，不写入", &o.dry_run, 0, 0},
        {"json", CLI_FLAG, NULL, "结果以 JSON 输出到标准输出", &o.json, 0, 0},
        {"reject-file", CLI_TEXT, "文件", "拒收和待定的行写到这里（每行一个 JSON 对象）",
         &o.reject_file, 0, 0},
        {"profile", CLI_TEXT, "名称",
         "表格的样式：名称（见 chengguo profile）或 .ini 文件；json 为 JSON Lines",
         &o.profile, 0, 0},
        {"encoding", CLI_TEXT, "编码", "表格文件的编码，不给则自行判断", &o.encoding, 0,
         0},
    };
    struct err err;
    size_t files = 0;
    bool help = false;
    enum status s =
        cli_parse(cli, "ingest [选项] 文件… | -",
                  "导入登记、事件、合同等（JSON Lines、CSV、XLSX、XLS），随后发布。"
                  "每个文件是一批，全部写入或全部不写。",
                  table, ARRAY_LEN(table), &files, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK) s = check_options(cli, &o, files, &err);
    if (s == STATUS_OK) s = start_rejects(cli, files, o.reject_file, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    struct ingest_report sum = {0};
    struct screen screen = {.terminal = isatty(STDERR_FILENO)};
    s = ingest_all(cli, files, &o, &sum, &screen, &err);
    if (s == STATUS_OK && o.json)
        s = print_json(&sum, &err);
    else if (s == STATUS_OK)
        print_summary(&sum, &screen, o.dry_run);
    bool partial = sum.outcome[OUTCOME_REJECTED] + sum.outcome[OUTCOME_HELD] > 0;
    ingest_report_done(&sum);
    if (s != STATUS_OK) return cli_fail(&err);
    return partial ? status_exit_code(STATUS_PARTIAL) : 0;
}
