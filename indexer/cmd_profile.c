/* chengguo profile [FILE]: lists the built-in profiles, or proposes how the columns of a
 * file map to fields, with the share of values that each column fits. */
#include "core/utf8.h"
#include "indexer/commands.h"
#include "indexer/proposal.h"
#include "indexer/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print(json_t *o, struct err *err) {
    bool bad = !o || json_dumpf(o, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6)) != 0 ||
               putchar('\n') == EOF || fflush(stdout) != 0;
    json_decref(o);
    if (!bad) return 0;
    err_errno(err, "不能写标准输出");
    return cli_fail(err);
}

static int list(const struct cli *cli, bool json) {
    struct profile_set set;
    struct err err;
    if (profile_choose(NULL, cli->config->profiles, &set, &err) != STATUS_OK)
        return cli_fail(&err);
    json_t *all = json ? json_array() : NULL;
    for (size_t i = 0; i < set.n; i++) {
        const struct profile *p = set.p[i];
        const char *kind = validate_kind_name(p->kind);
        if (json)
            json_array_append_new(all, json_pack("{s:s,s:s,s:s}", "name", p->name,
                                                 "title", p->title, "kind", kind));
        else
            printf("%-18s %-13s %s\n", p->name, kind, p->title);
    }
    profile_set_done(&set);
    return json ? print(all, &err) : 0;
}

static enum status write_file(const char *path, const struct buf *text, struct err *err) {
    FILE *f = fopen(path, "we");
    bool bad = !f || fwrite(buf_z(text), 1, text->n, f) != text->n;
    if (f && fclose(f) != 0) bad = true;
    return bad ? err_errno(err, "不能写 %s", path) : STATUS_OK;
}

static void print_text(const struct proposal *p) {
    if (p->sheet) printf("工作表 %s，", p->sheet);
    printf("第 %lld 行是表头，", (long long)p->row);
    if (p->profile)
        printf("合样式 %s；", p->profile);
    else
        printf("没有完全相合的样式，以下是建议；");
    printf("看了 %lld 行数据\n", (long long)p->rows);
    for (size_t i = 0; i < p->n; i++) {
        const struct proposed *c = &p->column[i];
        printf("  %s", c->header);
        if (c->ignored)
            printf(" → （不取）\n");
        else if (!c->path[0])
            printf(" → ？%s%s%s\n", c->like[0] ? "像“" : "", c->like,
                   c->like[0] ? "”" : "原样保留、不公开");
        else
            printf(" → %s %s（样式 %s），%lld/%lld 合格（%.1f%%）\n", c->path, c->label,
                   c->profile, (long long)c->fits, (long long)c->filled,
                   c->filled ? 100.0 * (double)c->fits / (double)c->filled : 100.0);
    }
}

static json_t *as_json(const struct proposal *p) {
    json_t *columns = json_array();
    for (size_t i = 0; i < p->n; i++) {
        const struct proposed *c = &p->column[i];
        json_array_append_new(
            columns,
            json_pack("{s:s,s:s?,s:s?,s:s?,s:b,s:I,s:I}", "header", c->header, "field",
                      c->path[0] ? c->path : NULL, "profile",
                      c->path[0] ? c->profile : NULL, "resembles",
                      c->like[0] ? c->like : NULL, "ignored", c->ignored, "filled",
                      (json_int_t)c->filled, "fits", (json_int_t)c->fits));
    }
    return json_pack("{s:s?,s:s?,s:I,s:I,s:o}", "profile", p->profile, "sheet", p->sheet,
                     "header_row", (json_int_t)p->row, "rows", (json_int_t)p->rows,
                     "columns", columns);
}

static int propose(const struct cli *cli, const char *path, const char *profile,
                   const char *encoding, const char *out, bool json) {
    struct err err;
    struct proposal p;
    struct source_options opt = {.path = path,
                                 .profile = profile,
                                 .encoding = encoding,
                                 .profiles = cli->config->profiles,
                                 .stop = signals_stop_flag()};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        err_errno(&err, "不能打开");
        err_place(&err, path, 0, NULL);
        return cli_fail(&err);
    }
    enum status s = proposal_make(fd, &opt, &p, &err);
    close(fd);
    if (s != STATUS_OK) return cli_fail(&err);
    int code = 0;
    if (out) {
        struct buf text = buf_init(PROFILE_MAX_BYTES);
        proposal_ini(&p, path, &text);
        s = buf_check(&text, "样式", &err);
        if (s == STATUS_OK) s = write_file(out, &text, &err);
        buf_done(&text);
        if (s != STATUS_OK) code = cli_fail(&err);
    }
    if (code == 0 && json)
        code = print(as_json(&p), &err);
    else if (code == 0)
        print_text(&p);
    if (code == 0 && out && !json)
        fprintf(stderr, "样式写入 %s；核对后用 chengguo ingest --profile %s 导入\n", out,
                out);
    proposal_done(&p);
    return code;
}

int cmd_profile(struct cli *cli) {
    bool json = false, help = false;
    const char *profile = NULL, *encoding = NULL, *out = NULL;
    const struct cli_option table[] = {
        {"profile", CLI_TEXT, "名称", "只与这个样式（名称或 .ini 文件）比较", &profile, 0,
         0},
        {"encoding", CLI_TEXT, "编码", "文件的编码，不给则自行判断", &encoding, 0, 0},
        {"output", CLI_TEXT, "文件", "把建议写成样式文件（.ini）", &out, 0, 0},
        {"json", CLI_FLAG, NULL, "以 JSON 输出", &json, 0, 0},
    };
    struct err err;
    size_t files = 0;
    enum status s = cli_parse(
        cli, "profile [选项] [文件]",
        "不给文件则列出样式；给出表格文件（CSV、XLSX、XLS）则建议各列对应的字段，"
        "并用前 1000 行核对。",
        table, ARRAY_LEN(table), &files, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK && files > 1)
        s = err_set(&err, STATUS_USAGE, NULL, "一次只看一个文件");
    if (s != STATUS_OK) return cli_fail(&err);
    if (files == 0) return list(cli, json);
    return propose(cli, cli->argv[1], profile, encoding, out, json);
}
