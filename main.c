/* main.c - the command table: start reading here.
 *
 * A command is one row; its code lies in the folder that its work belongs to. Global
 * flags come before the command: chengguo [--store DIR] [--config FILE] COMMAND …
 * (interface.md, "Command line").
 */
#include "core/cli.h"
#include "core/codes.h"
#include "core/synonym.h"
#include "indexer/commands.h"
#include "query/commands.h"
#include "stats/commands.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct command {
    const char *name;
    int (*run)(struct cli *cli);
    const char *help;
};

static const struct command commands[] = {
    {"ingest", cmd_ingest, "导入登记、事件、合同（JSON Lines、CSV、XLSX、XLS）"},
    {"profile", cmd_profile, "表格的样式：列出、为文件建议"},
    {"watch", cmd_watch, "收件目录：放进来的文件逐个导入，旁边写报告"},
    {"codes", cmd_codes, "代码表"},
    {"record", cmd_record, "手工办理一步：批复、退回、注销、异议、同意公开"},
    {"batch", cmd_batch, "批次：列出、查看、整批撤回"},
    {"review", cmd_review, "待定和拒收的行：列出、比对、接收、拒收、再试"},
    {"audit", cmd_audit, "操作记录：谁做了什么"},
    {"conversion", cmd_conversion, "技术合同对应的成果：列出、人工关联"},
    {"unit", cmd_unit, "单位登记：列出、查看、合并、撤销合并、简称、更名、导入"},
    {"search", cmd_search, "检索"},
    {"show", cmd_show, "按登记号或 uid 显示一项成果"},
    {"stats", cmd_stats, "统计表；不给表号则列出"},
    {"chart", cmd_chart, "统计图；不给图号则列出"},
    {"serve", cmd_serve, "启动 HTTP 服务"},
    {"check", cmd_check, "检查登记库、索引、文本、列、统计表是否一致"},
    {"rebuild", cmd_rebuild, "由登记库重建全部发布集"},
    {"config", cmd_config, "显示各项设置及其来历"},
};

static void usage(FILE *to) {
    fprintf(to, "成果 chengguo " CHENGGUO_VERSION "：科技成果登记的检索与统计\n\n"
                "用法：chengguo [--store 目录] [--config 文件] 命令 …\n\n命令：\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].help);
    fprintf(to,
            "\n每个命令都有 --help。库的位置依次取自 --store、环境变量 CHENGGUO_STORE、"
            "配置文件、./store。\n");
}

static int bad_usage(const char *before, const char *word, const char *after) {
    struct err err;
    err_set(&err, STATUS_USAGE, NULL, "%s%s%s", before, word, after);
    return cli_fail(&err);
}

/* --flag VALUE or --flag=VALUE at argv[*i]; NULL when it is another argument. */
static const char *global(char **argv, int argc, int *i, const char *flag,
                          bool *missing) {
    const char *a = argv[*i];
    size_t n = strlen(flag);
    if (!a || strncmp(a, flag, n) != 0) return NULL;
    if (a[n] == '=') return a + n + 1;
    if (a[n] != 0) return NULL;
    *missing = *i + 1 >= argc;
    return *missing ? "" : argv[++*i];
}

static const struct command *find(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8");
    struct cli cli = {.program = argv[0], .now = (int64_t)time(NULL)};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        bool missing = false;
        const char *flag = argv[i], *v;
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            usage(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--version") == 0) {
            struct err err;
            if (synonym_load(NULL, &err) != STATUS_OK) return cli_fail(&err);
            printf("chengguo " CHENGGUO_VERSION "\n同义词表 %s\n", synonym_version());
            return 0;
        }
        if ((v = global(argv, argc, &i, "--store", &missing))) {
            cli.store = v;
            cli.store_source = "--store";
        } else if ((v = global(argv, argc, &i, "--config", &missing))) {
            cli.config_file = v;
        } else if ((v = global(argv, argc, &i, "--now", &missing))) {
            char *end = NULL;
            errno = 0;
            cli.now = strtoll(v, &end, 10);
            if (!missing && (errno || end == v || *end))
                return bad_usage("--now 要 1970 年以来的秒数，不是 ", v, "");
        } else {
            return bad_usage("没有选项 ", argv[i], "；用 chengguo --help 查看用法");
        }
        if (missing) return bad_usage("", flag, " 后面要有值");
    }
    if (i >= argc) {
        usage(stderr);
        return status_exit_code(STATUS_USAGE);
    }
    const struct command *command = find(argv[i]);
    if (!command) {
        const char *names[ARRAY_LEN(commands)];
        for (size_t k = 0; k < ARRAY_LEN(commands); k++) names[k] = commands[k].name;
        const char *near = cli_closest(str_of(argv[i]), names, ARRAY_LEN(names));
        char tail[96];
        snprintf(tail, sizeof tail, "%s%s%s",
                 near ? "，是不是 " : "；用 --help 查看全部命令", near ? near : "",
                 near ? "？" : "");
        return bad_usage("没有命令 ", argv[i], tail);
    }
    struct err err;
    struct config config;
    if (codes_load(&err) != STATUS_OK) return cli_fail(&err);
    if (config_load(cli.config_file, &config, &err) != STATUS_OK) return cli_fail(&err);
    const char *env = getenv("CHENGGUO_STORE");
    if (!cli.store && env && *env) {
        cli.store = env;
        cli.store_source = "CHENGGUO_STORE";
    }
    if (!cli.store) {
        cli.store = config.store;
        cli.store_source = config_is_default(&config, 0) ? "default" : "file";
    }
    cli.config = &config;
    cli.argc = argc - i;
    cli.argv = argv + i;
    return command->run(&cli);
}
