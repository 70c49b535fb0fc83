#include "core/pubdata.h"
#include "query/cmd_open.h"
#include "query/commands.h"
#include "query/record_doc.h"
#include "query/result_text.h"

#include <stdio.h>
#include <talloc.h>

/* The internal audience reads every tier: that record stands in data.db. */
static enum status widen(void *ctx, const char *set_dir, struct record_doc *d,
                         struct err *err) {
    struct db db;
    enum status s = pubdata_open(set_dir, &db, err);
    if (s != STATUS_OK) return s;
    s = record_doc_widen(d, &db, ctx, err);
    db_close(&db);
    return s;
}

static enum status show(void *ctx, const struct cli *cli, enum audience audience,
                        bool json, struct buf *out, struct err *err) {
    char set_dir[PATH_MAX];
    struct xindex_reader *reader = NULL;
    struct record_doc doc = {0};
    json_t *record = NULL;
    enum status s = cmd_open_set(cli, audience, set_dir, &reader, err);
    if (s != STATUS_OK) return s;
    s = record_doc_find(reader, ctx, str_of(cli->argv[1]), &doc, err);
    xindex_reader_close(reader);
    if (s == STATUS_OK && audience == AUDIENCE_INTERNAL)
        s = widen(ctx, set_dir, &doc, err);
    if (s == STATUS_OK) s = record_doc_json(&doc, &record, err);
    if (s == STATUS_OK && !json) s = result_text_record(record, out, err);
    if (s == STATUS_OK && json) {
        char *text = json_dumps(record, JSON_INDENT(2));
        if (text) {
            buf_add_z(out, text);
            buf_add_char(out, '\n');
            free(text);
        }
        s = text ? buf_check(out, "成果", err)
                 : err_set(err, STATUS_NOMEM, NULL, "内存不足：显示成果");
    }
    json_decref(record);
    return s;
}

int cmd_show(struct cli *cli) {
    const char *audience_name = NULL;
    bool json = false, help;
    const struct cli_option option[] = {
        {"audience", CLI_TEXT, "A", "public（默认）或 internal", &audience_name, 0, 0},
        {"json", CLI_FLAG, NULL, "输出 JSON", &json, 0, 0},
    };
    size_t npos;
    struct err err;
    enum audience audience = AUDIENCE_PUBLIC;
    enum status s =
        cli_parse(cli, "show [选项] 登记号或uid", "显示一项成果；没有时退出码为 4。",
                  option, ARRAY_LEN(option), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK && npos != 1)
        s = err_set(&err, STATUS_USAGE, NULL, "请给一个登记号或 uid");
    if (s == STATUS_OK) s = cmd_audience(audience_name, &audience, &err);
    void *ctx = talloc_new(NULL);
    struct buf out = buf_init(0);
    if (s == STATUS_OK) s = show(ctx, cli, audience, json, &out, &err);
    if (s == STATUS_OK &&
        (fwrite(buf_z(&out), 1, out.n, stdout) != out.n || fflush(stdout) != 0))
        s = err_errno(&err, "不能写标准输出");
    buf_done(&out);
    talloc_free(ctx);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
