/* chengguo unit …: the unit register by hand (docs/units.md). */
#include "core/date.h"
#include "core/utf8.h"
#include "indexer/commands.h"
#include "indexer/opened.h"
#include "indexer/units_edit.h"
#include "indexer/units_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define DEFAULT_LIMIT 1000

struct options {
    const char *by, *on;
    bool json, merges;
    int64_t limit;
};

struct task {
    const struct cli *cli;
    const struct options *opt;
    const char *actor;
    const char *arg[2];
    int32_t on;
    FILE *file; /* of import */
    int64_t lines;
};

struct verb {
    const char *name;
    size_t min, max; /* arguments */
    const char *usage;
    /* reading verbs, or changing ones inside a batch */
    enum status (*tell)(struct task *t, struct opened *o, struct err *err);
    enum status (*change)(struct task *t, struct registry_batch *b, struct err *err);
};

/* ---- reading ------------------------------------------------------------------------
 */

static const char *text_at(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static long long int_at(const json_t *o, const char *key) {
    return json_integer_value(json_object_get(o, key));
}

static void print_unit(const json_t *u) {
    const json_t *code;
    size_t i;
    printf("%-6lld %s", int_at(u, "id"), text_at(u, "name"));
    json_array_foreach(json_object_get(u, "uscc"), i, code)
        printf("  %s", json_string_value(code));
    if (text_at(u, "type")[0]) printf("  %s", text_at(u, "type"));
    if (text_at(u, "region")[0])
        printf("  %s", codes_label(CODES_REGION, str_of(text_at(u, "region"))));
    printf("  用于 %lld 项\n", int_at(u, "uses"));
}

static const char *reason_label(const char *reason) {
    static const char *const labels[][2] = {
        {"uscc", "信用代码相同"}, {"name", "名称相同"}, {"merge", "人工合并"},
        {"alias", "简称"},        {"rename", "更名"},   {"import", "导入的曾用名"}};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (strcmp(labels[i][0], reason) == 0) return labels[i][1];
    return reason;
}

static void print_merge(const json_t *m) {
    printf("合并 %-4lld %s %s → %s %s  %s  %s%s%s", int_at(m, "id"), text_at(m, "name"),
           text_at(m, "uscc"), text_at(m, "into"), text_at(m, "into_uscc"),
           reason_label(text_at(m, "reason")), text_at(m, "at"),
           text_at(m, "actor")[0] ? "  " : "", text_at(m, "actor"));
    if (text_at(m, "undone_at")[0])
        printf("  已撤销 %s %s", text_at(m, "undone_at"), text_at(m, "undone_by"));
    putchar('\n');
}

static void print_name(const json_t *n) {
    static const char *const labels[][2] = {{"seen", "见于成果"},
                                            {"current", "现用名"},
                                            {"former", "曾用名"},
                                            {"alias", "简称"}};
    const char *origin = text_at(n, "origin");
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (strcmp(labels[i][0], origin) == 0) origin = labels[i][1];
    printf("  %s  %s  %s", text_at(n, "name"), text_at(n, "uscc"), origin);
    if (int_at(n, "uses")) printf(" %lld 项", int_at(n, "uses"));
    if (text_at(n, "from")[0]) printf("  自 %s", text_at(n, "from"));
    if (text_at(n, "to")[0]) printf("  至 %s", text_at(n, "to"));
    putchar('\n');
}

static enum status tell_list(struct task *t, struct opened *o, struct err *err) {
    json_t *list = NULL;
    const json_t *item;
    size_t i;
    enum status s =
        t->opt->merges
            ? units_list_merges(&o->registry, t->opt->limit, &list, err)
            : units_list_units(&o->registry, str_of(t->arg[0] ? t->arg[0] : ""),
                               t->opt->limit, &list, err);
    if (s != STATUS_OK) return s;
    if (t->opt->json) return opened_print(list, err);
    json_array_foreach(list, i, item) {
        if (t->opt->merges)
            print_merge(item);
        else
            print_unit(item);
    }
    json_decref(list);
    return STATUS_OK;
}

static enum status tell_show(struct task *t, struct opened *o, struct err *err) {
    int64_t unit = 0;
    json_t *u = NULL;
    const json_t *item;
    size_t i;
    enum status s = units_find(&o->registry, str_of(t->arg[0]), &unit, err);
    if (s == STATUS_OK) s = units_show(&o->registry, unit, &u, err);
    if (s != STATUS_OK) return s;
    if (t->opt->json) return opened_print(u, err);
    print_unit(u);
    json_array_foreach(json_object_get(u, "names"), i, item) print_name(item);
    json_array_foreach(json_object_get(u, "merges"), i, item) print_merge(item);
    json_decref(u);
    return STATUS_OK;
}

/* ---- changing -----------------------------------------------------------------------
 */

static enum status change_merge(struct task *t, struct registry_batch *b,
                                struct err *err) {
    int64_t unit = 0, into = 0;
    enum status s = units_find(b->r, str_of(t->arg[0]), &unit, err);
    if (s == STATUS_OK) s = units_find(b->r, str_of(t->arg[1]), &into, err);
    return s == STATUS_OK ? units_merge(b, unit, into, t->actor, err) : s;
}

static enum status change_unmerge(struct task *t, struct registry_batch *b,
                                  struct err *err) {
    char *end = NULL;
    errno = 0;
    long long n = strtoll(t->arg[0], &end, 10);
    if (errno || end == t->arg[0] || *end || n < 1)
        return err_set(err, STATUS_USAGE, NULL,
                       "要合并的编号（见 unit list --merges），不是 “%.60s”", t->arg[0]);
    return units_unmerge(b, n, t->actor, err);
}

static enum status change_alias(struct task *t, struct registry_batch *b,
                                struct err *err) {
    int64_t unit = 0;
    enum status s = units_find(b->r, str_of(t->arg[0]), &unit, err);
    return s == STATUS_OK ? units_alias(b, unit, str_of(t->arg[1]), t->actor, err) : s;
}

static enum status change_rename(struct task *t, struct registry_batch *b,
                                 struct err *err) {
    int64_t unit = 0;
    enum status s = units_find(b->r, str_of(t->arg[0]), &unit, err);
    return s == STATUS_OK ? units_rename(b, unit, str_of(t->arg[1]), t->on, t->actor, err)
                          : s;
}

static enum status change_import(struct task *t, struct registry_batch *b,
                                 struct err *err) {
    return units_import(b, t->arg[0], t->file, t->actor, &t->lines, err);
}

static enum status change(struct task *t, const struct verb *v, struct opened *o,
                          struct err *err) {
    char path[1024], command[32];
    snprintf(path, sizeof path, "%s%s%s", t->arg[0] ? t->arg[0] : "",
             t->arg[1] ? " → " : "", t->arg[1] ? t->arg[1] : "");
    path[utf8_clip(str_of(path), sizeof path - 1)] = 0;
    snprintf(command, sizeof command, "unit %s", v->name);
    struct registry_source from = {
        .path = path, .actor = t->actor, .now = t->cli->now, .kind = "unit"};
    XXH128_hash_t h = XXH3_128bits_withSeed(path, strlen(path), (uint64_t)t->cli->now);
    memcpy(from.hash, &h, sizeof from.hash);
    struct registry_batch b;
    int64_t revision = 0;
    enum status s = registry_batch_begin(&o->registry, &from, &b, err);
    if (s != STATUS_OK) return s;
    s = v->change(t, &b, err);
    bool changed = b.changed;
    if (s == STATUS_OK)
        s = registry_batch_commit(&b, "{}", command, false, &revision, err);
    registry_batch_abort(&b);
    if (s == STATUS_OK) s = opened_publish(t->cli, o, false, err);
    if (s != STATUS_OK) return s;
    if (t->opt->json)
        return opened_print(
            json_pack("{s:b,s:I}", "changed", changed, "revision", (json_int_t)revision),
            err);
    printf("%s。修订号 %lld\n", changed ? "已完成" : "没有变化", (long long)revision);
    return STATUS_OK;
}

static const struct verb verbs[] = {
    {"list", 0, 1, "list [字词] [--merges]", tell_list, NULL},
    {"show", 1, 1, "show 单位", tell_show, NULL},
    {"merge", 2, 2, "merge 单位 并入的单位", NULL, change_merge},
    {"unmerge", 1, 1, "unmerge 合并编号", NULL, change_unmerge},
    {"alias", 2, 2, "alias 单位 简称", NULL, change_alias},
    {"rename", 2, 2, "rename 单位 新名称 [--on 日期]", NULL, change_rename},
    {"import", 1, 1, "import 文件.tsv", NULL, change_import},
};

static const struct verb *find_verb(const struct cli *cli, size_t npos, struct err *err) {
    const char *names[ARRAY_LEN(verbs)];
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        names[i] = verbs[i].name;
        if (npos == 0 || strcmp(cli->argv[1], verbs[i].name) != 0) continue;
        if (npos - 1 >= verbs[i].min && npos - 1 <= verbs[i].max) return &verbs[i];
        err_set(err, STATUS_USAGE, NULL, "用法：unit %s", verbs[i].usage);
        return NULL;
    }
    const char *near =
        npos ? cli_closest(str_of(cli->argv[1]), names, ARRAY_LEN(names)) : NULL;
    err_set(err, STATUS_USAGE, NULL,
            "要说做什么：list、show、merge、unmerge、alias、rename、import%s%s%s",
            near ? "；是不是 " : "", near ? near : "", near ? "？" : "");
    return NULL;
}

static enum status prepare(struct task *t, const struct verb *v, struct err *err) {
    char today[INSTANT_TEXT];
    instant_text(t->cli->now, today);
    struct str on = t->opt->on ? str_of(t->opt->on) : str_slice(today, 10);
    if (t->opt->on && strcmp(v->name, "rename") != 0)
        return err_set(err, STATUS_USAGE, NULL, "--on 只用于 unit rename");
    enum status s = date_parse(on, &t->on, err);
    if (s != STATUS_OK) {
        err->status = STATUS_USAGE;
        err_prefix(err, "--on");
        return STATUS_USAGE;
    }
    if (strcmp(v->name, "import") == 0 && !(t->file = fopen(t->arg[0], "rbe"))) {
        s = err_errno(err, "不能打开");
        err_place(err, t->arg[0], 0, NULL);
    }
    return s;
}

int cmd_unit(struct cli *cli) {
    struct options opt = {.limit = DEFAULT_LIMIT};
    const struct cli_option table[] = {
        {"json", CLI_FLAG, NULL, "输出 JSON", &opt.json, 0, 0},
        {"merges", CLI_FLAG, NULL, "list：列出合并，撤销了的也列", &opt.merges, 0, 0},
        {"limit", CLI_INT, "N", "list：最多列出多少条，默认 1000", &opt.limit, 1,
         1000000},
        {"on", CLI_TEXT, "日期", "rename：自哪天起用新名称，默认今天", &opt.on, 0, 0},
        {"by", CLI_TEXT, "姓名", "经手人，默认取环境变量 USER", &opt.by, 0, 0},
    };
    struct err err;
    size_t npos = 0;
    bool help = false;
    enum status s =
        cli_parse(cli, "unit list | show | merge | unmerge | alias | rename | import …",
                  "哪些名称是同一个单位。单位可以用编号、信用代码或任一名称来指；每次改动"
                  "是一个修订，"
                  "涉及的成果随即重新发布。",
                  table, ARRAY_LEN(table), &npos, &help, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    if (help) return 0;
    const struct verb *v = find_verb(cli, npos, &err);
    if (!v) return cli_fail(&err);
    struct task t = {
        .cli = cli,
        .opt = &opt,
        .actor = opened_actor(opt.by),
        .arg = {npos > 1 ? cli->argv[2] : NULL, npos > 2 ? cli->argv[3] : NULL}};
    struct opened o;
    s = prepare(&t, v, &err);
    if (s == STATUS_OK) s = opened_check_words("--by", opt.by, &err);
    if (s == STATUS_OK) {
        s = opened_open(cli, v->change != NULL, &o, &err);
        if (s == STATUS_OK) {
            s = v->change ? change(&t, v, &o, &err) : v->tell(&t, &o, &err);
            opened_close(&o);
        }
    }
    if (t.file) fclose(t.file);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
