#include "core/date.h"
#include "indexer/check.h"
#include "indexer/commands.h"

#include <stdio.h>
#include <stdlib.h>

static void print_text(const struct check_report *rep) {
    char line[1024];
    size_t kept =
        rep->nfindings < CHECK_MAX_FINDINGS ? rep->nfindings : CHECK_MAX_FINDINGS;
    for (size_t i = 0; i < kept; i++)
        fprintf(stderr, "%s\n", err_line(&rep->finding[i], line, sizeof line));
    if (rep->nfindings > kept) fprintf(stderr, "……另有 %zu 处\n", rep->nfindings - kept);
    printf("修订 %lld：记录 %lld，公开 %lld，内部 %lld；%s\n", (long long)rep->revision,
           (long long)rep->records, (long long)rep->documents[AUDIENCE_PUBLIC],
           (long long)rep->documents[AUDIENCE_INTERNAL],
           rep->nfindings ? "不一致" : "一致");
}

static int print_json(const struct check_report *rep) {
    json_t *findings = json_array();
    char line[1024];
    for (size_t i = 0; i < rep->nfindings && i < CHECK_MAX_FINDINGS; i++)
        json_array_append_new(findings,
                              json_string(err_line(&rep->finding[i], line, sizeof line)));
    json_t *o =
        json_pack("{s:I,s:I,s:{s:I,s:I},s:I,s:o}", "revision", rep->revision, "records",
                  rep->records, "documents", "public", rep->documents[AUDIENCE_PUBLIC],
                  "internal", rep->documents[AUDIENCE_INTERNAL], "problems",
                  (json_int_t)rep->nfindings, "findings", findings);
    int rc = o ? json_dumpf(o, stdout, JSON_COMPACT) : -1;
    if (rc == 0) putchar('\n');
    json_decref(o);
    return rc;
}

int cmd_check(struct cli *cli) {
    bool deep = false, json = false, help = false;
    size_t npos = 0;
    struct err err;
    const struct cli_option opt[] = {
        {"deep", CLI_FLAG, NULL, "由登记库重算每条记录和每个统计数再比较", &deep, 0, 0},
        {"json", CLI_FLAG, NULL, "在标准输出打印一个 JSON 对象", &json, 0, 0},
    };
    if (cli_parse(cli, "check [--deep]", "检查登记库、索引、文本、列、统计表是否一致。",
                  opt, ARRAY_LEN(opt), &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos) {
        err_set(&err, STATUS_USAGE, NULL, "check 不带参数");
        return cli_fail(&err);
    }
    struct store store;
    struct registry registry;
    struct check_report *rep = calloc(1, sizeof *rep);
    if (!rep) {
        err_set(&err, STATUS_NOMEM, NULL, "out of memory");
        return cli_fail(&err);
    }
    /* Opened for reading first: a store that is not there must not be made by a check. */
    enum status s = store_open(cli->store, false, &store, &err);
    if (s == STATUS_OK) {
        store_close(&store);
        s = store_open(cli->store, true, &store, &err);
    }
    if (s == STATUS_OK) {
        s = registry_open(&store, false, &registry, &err);
        if (s == STATUS_OK) {
            s = check_store(&store, &registry, deep, rep, &err);
            registry_close(&registry);
        }
        store_close(&store);
    }
    int code = s == STATUS_OK ? 0 : cli_fail(&err);
    if (s == STATUS_OK && json) code = print_json(rep) == 0 ? 0 : 1;
    if (s == STATUS_OK && !json) print_text(rep);
    if (s == STATUS_OK && rep->nfindings) code = status_exit_code(STATUS_CORRUPT);
    free(rep);
    return code;
}
