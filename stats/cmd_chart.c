#include "core/utf8.h"
#include "stats/chart.h"
#include "stats/chart_run.h"
#include "stats/chart_table.h"
#include "stats/cmd_where.h"
#include "stats/commands.h"

#include <stdio.h>
#include <talloc.h>
#include <unistd.h>

#define LIST_MAX 64

static int list(bool json) {
    struct stats_name names[LIST_MAX];
    size_t n;
    const struct chart_row *row = chart_list(&n);
    if (n > LIST_MAX) n = LIST_MAX;
    for (size_t i = 0; i < n; i++)
        names[i] = (struct stats_name){row[i].id, row[i].title};
    return stats_print_names(names, n, json);
}

static enum status require(const char *id, const struct chart_row **out,
                           struct err *err) {
    const char *names[LIST_MAX];
    size_t n;
    const struct chart_row *row = chart_list(&n);
    *out = chart_find(id);
    if (*out) return STATUS_OK;
    if (n > LIST_MAX) n = LIST_MAX;
    for (size_t i = 0; i < n; i++) names[i] = row[i].id;
    const char *near = cli_closest(str_of(id), names, n);
    return err_set(err, STATUS_NOT_FOUND, "unknown_chart", "没有图 %.*s%s%s%s",
                   (int)utf8_clip(str_of(id), 60), id,
                   near ? "，是不是 " : "；用 chengguo chart 列出全部", near ? near : "",
                   near ? "？" : "");
}

/* chengguo-draw lies beside this program. */
static enum status draw_program(char *out, size_t size, struct err *err) {
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    if (n <= 0) return err_errno(err, "不知道自己在哪里");
    out[n] = 0;
    char *slash = strrchr(out, '/');
    size_t room = size - (size_t)(slash + 1 - out);
    if (snprintf(slash + 1, room, "chengguo-draw") >= (int)room)
        return err_set(err, STATUS_LIMIT, "limit", "路径太长");
    return STATUS_OK;
}

/* What the file's name asks for: csv, or a picture. */
static enum status format_of(const char *path, bool *csv, enum chart_format *format,
                             struct err *err) {
    const char *dot = path ? strrchr(path, '.') : ".svg";
    *csv = dot && strcmp(dot, ".csv") == 0;
    if (*csv || (dot && chart_format_parse(dot + 1, format))) return STATUS_OK;
    return err_set(err, STATUS_USAGE, "invalid_value",
                   "文件名要以 .svg、.png、.pdf 或 .csv 结尾");
}

static enum status make(struct stats_source *src, const struct chart_row *row, int width,
                        bool csv, enum chart_format format, struct buf *out,
                        struct err *err) {
    char program[PATH_MAX];
    void *ctx = talloc_new(NULL);
    struct table *t = NULL;
    json_t *desc = NULL;
    enum status s = chart_table(&src->db, row, &src->options, ctx, &t, err);
    if (s == STATUS_OK && csv) {
        s = chart_csv(t, row, out, err);
    } else if (s == STATUS_OK) {
        s = chart_describe(t, row, width, &desc, err);
        if (s == STATUS_OK) s = draw_program(program, sizeof program, err);
        if (s == STATUS_OK) s = chart_run_draw(program, desc, format, width, 1, out, err);
    }
    json_decref(desc);
    talloc_free(ctx);
    return s;
}

int cmd_chart(struct cli *cli) {
    const char *edition = NULL, *year = NULL, *output = NULL, *audience = "public";
    int64_t width = CHART_WIDTH_DEFAULT;
    bool json = false, help = false, csv = false;
    struct cli_list where = {.n = 0};
    size_t npos = 0;
    struct err err;
    const struct cli_option opt[] = {
        {"year", CLI_TEXT, "Y", "图的最后一年；默认最近一个完整年度", &year, 0, 0},
        {"where", CLI_REPEAT, "字段=值", "只能是 year=Y，同 --year", &where, 0, 0},
        {"edition", CLI_TEXT, "E", "版本；现有 live", &edition, 0, 0},
        {"width", CLI_INT, "W", "图宽（像素），360 到 1920", &width, CHART_WIDTH_MIN,
         CHART_WIDTH_MAX},
        {"output", CLI_TEXT, "文件",
         ".svg、.png、.pdf 或 .csv，也可写作 -o；默认把 SVG 打印出来", &output, 0, 0},
        {"audience", CLI_TEXT, "A", "public（默认）或 internal", &audience, 0, 0},
        {"json", CLI_FLAG, NULL, "列表以 JSON 打印", &json, 0, 0},
    };
    if (cli_parse(cli, "chart [选项] [图号]", "画一张统计图；不给图号则列出全部。", opt,
                  ARRAY_LEN(opt), &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos == 0) return list(json);
    const struct chart_row *row = NULL;
    enum chart_format format = CHART_SVG;
    struct stats_source src;
    enum status s =
        npos > 1 ? err_set(&err, STATUS_USAGE, NULL, "一次只要一张图") : STATUS_OK;
    if (s == STATUS_OK) s = cmd_where_year(&where, NULL, &year, &err);
    if (s == STATUS_OK) s = format_of(output, &csv, &format, &err);
    if (s == STATUS_OK) s = require(cli->argv[1], &row, &err);
    if (s == STATUS_OK) s = stats_source_open(cli, audience, edition, year, &src, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    struct buf out = buf_init(0);
    s = make(&src, row, (int)width, csv, format, &out, &err);
    if (s == STATUS_OK) s = stats_write(&out, output, &err);
    buf_done(&out);
    stats_source_close(&src);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
