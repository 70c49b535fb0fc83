#include "stats/cmd_where.h"
#include "stats/commands.h"
#include "stats/table_csv.h"
#include "stats/table_jsonstat.h"
#include "stats/table_text.h"

#include <stdio.h>
#include <talloc.h>

#define LIST_MAX 64

static const struct {
    const char *name;
    enum status (*write)(const struct table *t, struct buf *out, struct err *err);
} formats[] = {
    {"text", table_text},
    {"csv", table_csv},
    {"jsonstat", table_jsonstat},
    {"json", table_jsonstat}, /* the same document, by interface.md */
};

static int list(bool json) {
    struct stats_name names[LIST_MAX];
    size_t n;
    const struct catalogue_row *row = catalogue_list(&n);
    if (n > LIST_MAX) n = LIST_MAX;
    for (size_t i = 0; i < n; i++)
        names[i] = (struct stats_name){row[i].id, row[i].title};
    return stats_print_names(names, n, json);
}

static enum status find_format(const char *name, size_t *out, struct err *err) {
    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (strcmp(name, formats[i].name) == 0) {
            *out = i;
            return STATUS_OK;
        }
    return err_set(err, STATUS_USAGE, "invalid_value",
                   "没有格式 “%.40s”；可用 text、csv、jsonstat、json", name);
}

int cmd_stats(struct cli *cli) {
    const char *edition = NULL, *year = NULL, *output = NULL, *audience = "public";
    const char *format = NULL, *by = NULL;
    bool json = false, help = false;
    struct cli_list where = {.n = 0};
    size_t npos = 0, kind = 0;
    struct err err;
    const struct cli_option opt[] = {
        {"year", CLI_TEXT, "Y", "表的最后一年；默认最近一个完整年度", &year, 0, 0},
        {"where", CLI_REPEAT, "字段=值", "只能是 year=Y，同 --year", &where, 0, 0},
        {"by", CLI_TEXT, "f,g", "统计表的维度固定，不能另选", &by, 0, 0},
        {"edition", CLI_TEXT, "E", "版本；现有 live", &edition, 0, 0},
        {"format", CLI_TEXT, "F", "text（默认）、csv、jsonstat、json", &format, 0, 0},
        {"output", CLI_TEXT, "文件", "写到文件，也可写作 -o", &output, 0, 0},
        {"audience", CLI_TEXT, "A", "public（默认）或 internal", &audience, 0, 0},
        {"json", CLI_FLAG, NULL, "列表或表以 JSON 打印", &json, 0, 0},
    };
    if (cli_parse(cli, "stats [选项] [表号]", "打印一张统计表；不给表号则列出全部。", opt,
                  ARRAY_LEN(opt), &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos == 0) return list(json);
    const struct catalogue_row *row = NULL;
    struct stats_source src;
    enum status s =
        npos > 1 ? err_set(&err, STATUS_USAGE, NULL, "一次只要一张表") : STATUS_OK;
    if (s == STATUS_OK) s = cmd_where_year(&where, by, &year, &err);
    if (s == STATUS_OK)
        s = find_format(format ? format : json ? "json" : "text", &kind, &err);
    if (s == STATUS_OK) s = catalogue_require(str_of(cli->argv[1]), &row, &err);
    if (s == STATUS_OK) s = stats_source_open(cli, audience, edition, year, &src, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    void *ctx = talloc_new(NULL);
    struct buf out = buf_init(0);
    struct table *t = NULL;
    s = cube_table(&src.db, row, &src.options, ctx, &t, &err);
    if (s == STATUS_OK) s = formats[kind].write(t, &out, &err);
    if (s == STATUS_OK) s = stats_write(&out, output, &err);
    buf_done(&out);
    talloc_free(ctx);
    stats_source_close(&src);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
