#include "core/synonym.h"
#include "query/cmd_open.h"
#include "query/commands.h"
#include "query/direct.h"
#include "query/result_json.h"
#include "query/result_text.h"

#include <stdio.h>
#include <talloc.h>

#define LIMIT_MAX 10000

struct options {
    struct cli_list where;
    const char *facets, *sort, *cursor, *audience;
    int64_t limit;
    bool json, no_expand;
};

/* The words of the command line as one query. */
static struct str joined(void *ctx, const struct cli *cli, size_t npos) {
    char *q = talloc_strdup(ctx, "");
    for (size_t i = 1; q && i <= npos; i++)
        q = talloc_asprintf_append(q, "%s%s", i > 1 ? " " : "", cli->argv[i]);
    return str_of(q);
}

static void add(struct search_param *p, size_t *n, const char *name, struct str value) {
    if (value.n) p[(*n)++] = (struct search_param){str_of(name), value};
}

static enum status bad_where(const char *given, struct str name, enum audience audience,
                             struct err *err) {
    const char *names[FILTER_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < FILTER_COUNT; i++)
        if (filter_by_name(str_of(filter_name(i)), audience) >= 0)
            names[n++] = filter_name(i);
    const char *near = cli_closest(name, names, n);
    return err_set(err, STATUS_USAGE, "unknown_parameter",
                   "--where 要写成 字段=值（如 year=2025），不是“%.100s”%s%s%s", given,
                   near ? "；字段是不是 " : "", near ? near : "", near ? "？" : "");
}

static enum status request(void *ctx, const struct cli *cli, size_t npos,
                           const struct options *o, enum audience audience,
                           struct search_request **out, struct err *err) {
    struct search_param p[CLI_MAX_REPEAT + 4];
    char suggestion[FILTER_SUGGESTION_MAX];
    size_t n = 0;
    add(p, &n, "q", joined(ctx, cli, npos));
    add(p, &n, "facets", str_of(o->facets));
    add(p, &n, "sort", str_of(o->sort));
    add(p, &n, "cursor", str_of(o->cursor));
    for (size_t i = 0; i < o->where.n; i++) {
        const char *v = o->where.v[i], *eq = strchr(v, '=');
        struct str name = str_slice(v, eq ? (size_t)(eq - v) : 0);
        if (!eq || filter_by_name(name, audience) < 0)
            return bad_where(v, eq ? name : str_of(v), audience, err);
        add(p, &n, talloc_strndup(ctx, v, name.n), str_of(eq + 1));
    }
    enum status s = request_parse(ctx, p, n, audience, out, suggestion, err);
    if (s != STATUS_OK) return s;
    (*out)->size = (uint32_t)o->limit;
    (*out)->expand = !o->no_expand;
    return s;
}

static enum status run(void *ctx, const struct cli *cli, size_t npos,
                       const struct options *o, struct buf *out, struct err *err) {
    enum audience audience = AUDIENCE_PUBLIC;
    struct search_request *req = NULL;
    struct search_result *res = NULL;
    struct xindex_reader *reader = NULL;
    char set_dir[PATH_MAX];
    enum status s = cmd_audience(o->audience, &audience, err);
    if (s == STATUS_OK) s = request(ctx, cli, npos, o, audience, &req, err);
    if (s == STATUS_OK) s = synonym_load(cli->config->synonyms, err);
    if (s == STATUS_OK) s = cmd_open_set(cli, audience, set_dir, &reader, err);
    if (s != STATUS_OK) return s;
    struct db data;
    struct err ignored;
    bool losses = pubdata_open(set_dir, &data, &ignored) == STATUS_OK;
    s = direct_search(ctx, reader, losses ? &data : NULL, req, 0, &res, err);
    if (losses) db_close(&data);
    if (s == STATUS_OK && o->json)
        s = result_json(res, "/search.json", out, err);
    else if (s == STATUS_OK)
        s = result_text(res, out, err);
    for (size_t i = 0; s == STATUS_OK && !o->json && i < res->nnotices; i++)
        fprintf(stderr, "%s\n", res->notice[i]);
    xindex_reader_close(reader);
    return s;
}

int cmd_search(struct cli *cli) {
    struct options o = {.limit = REQUEST_SIZE_DEFAULT};
    const struct cli_option option[] = {
        {"where", CLI_REPEAT, "字段=值", "筛选，可重复；同一字段多个值为“或”", &o.where,
         0, 0},
        {"facets", CLI_TEXT, "字段,…", "分面计数；all 为全部", &o.facets, 0, 0},
        {"sort", CLI_TEXT, "次序", "relevance、-approved、approved、achieved、title …",
         &o.sort, 0, 0},
        {"limit", CLI_INT, "N", "最多列出的项数，默认 20", &o.limit, 0, LIMIT_MAX},
        {"cursor", CLI_TEXT, "C", "从上次的位置继续", &o.cursor, 0, 0},
        {"audience", CLI_TEXT, "A", "public（默认）或 internal", &o.audience, 0, 0},
        {"no-expand", CLI_FLAG, NULL, "只查写出的词，不查同义词", &o.no_expand, 0, 0},
        {"json", CLI_FLAG, NULL, "输出 JSON，与 /search.json 相同", &o.json, 0, 0},
    };
    size_t npos;
    bool help;
    struct err err;
    enum status s = cli_parse(cli, "search [选项] 检索词…",
                              "检索已公开的成果。检索语言见 docs/query-language.md。",
                              option, ARRAY_LEN(option), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    void *ctx = talloc_new(NULL);
    struct buf out = buf_init(0);
    if (s == STATUS_OK) s = run(ctx, cli, npos, &o, &out, &err);
    if (s == STATUS_OK) {
        if (o.json) buf_add_char(&out, '\n');
        if (fwrite(buf_z(&out), 1, out.n, stdout) != out.n || fflush(stdout) != 0)
            s = err_errno(&err, "不能写标准输出");
    }
    buf_done(&out);
    talloc_free(ctx);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
