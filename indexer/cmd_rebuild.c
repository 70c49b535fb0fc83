#include "indexer/audit.h"
#include "indexer/commands.h"
#include "indexer/opened.h"
#include "indexer/publish.h"
#include "indexer/signals.h"

#include <stdio.h>
#include <unistd.h>

static void show_progress(void *arg, const char *stage, int64_t done, int64_t total) {
    (void)arg;
    fprintf(stderr, "\r%s %lld / %lld", stage, (long long)done, (long long)total);
}

int cmd_rebuild(struct cli *cli) {
    bool help = false;
    int64_t processes = cli->config->processes;
    size_t npos = 0;
    struct err err;
    const struct cli_option opt[] = {
        {"processes", CLI_INT, "N", "同时的进程数，0 为每核一个", &processes, 0, 64},
    };
    if (cli_parse(cli, "rebuild [选项]", "由登记库重建全部发布集，完成后一次换上。", opt,
                  ARRAY_LEN(opt), &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos) {
        err_set(&err, STATUS_USAGE, NULL, "rebuild 不带参数");
        return cli_fail(&err);
    }
    struct store store;
    enum status s = store_open(cli->store, false, &store, &err);
    if (s == STATUS_OK) {
        store_close(&store);
        s = store_open(cli->store, true, &store, &err);
    }
    if (s != STATUS_OK) return cli_fail(&err);
    bool terminal = isatty(STDERR_FILENO);
    struct publish_options po = {.rebuild = true,
                                 .processes = processes,
                                 .progress = terminal ? show_progress : NULL,
                                 .stop = signals_stop_flag()};
    struct registry registry;
    s = registry_open(&store, true, &registry, &err);
    if (s == STATUS_OK) {
        int64_t revision = 0, at = 0;
        s = publish_update(&store, &registry, &po, &err);
        if (terminal) fputc('\n', stderr);
        if (s == STATUS_OK) s = registry_revision(&registry, &revision, &at, &err);
        if (s == STATUS_OK)
            s = audit_note(&registry, cli->now, opened_actor(NULL), "rebuild", "", &err);
        if (s == STATUS_OK) printf("已重建，修订 %lld\n", (long long)revision);
        registry_close(&registry);
    }
    store_close(&store);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
