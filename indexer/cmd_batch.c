/* chengguo batch list | show N | withdraw N: files that came in, and taking one back. */
#include "core/date.h"
#include "indexer/batch.h"
#include "indexer/commands.h"
#include "indexer/opened.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct options {
    const char *by, *opinion;
    bool json, erase;
    int64_t limit, id;
};

struct listing {
    json_t *all; /* NULL: text */
    int64_t left;
};

static long long count_of(const json_t *counts, const char *name) {
    return json_integer_value(json_object_get(counts, name));
}

static void print_counts(const json_t *counts) {
    static const struct {
        const char *name, *label;
    } parts[] = {{"read", "读入"},        {"added", "新增"},     {"updated", "更新"},
                 {"unchanged", "未变"},   {"withdrawn", "撤回"}, {"skipped", "跳过"},
                 {"held", "待定"},        {"rejected", "拒收"},  {"removed", "删除记录"},
                 {"restored", "恢复记录"}};
    const char *sep = "";
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!json_object_get(counts, parts[i].name)) continue;
        printf("%s%s %lld", sep, parts[i].label, count_of(counts, parts[i].name));
        sep = "，";
    }
}

static enum status list_one(void *arg, const struct batch_info *b, struct err *err) {
    struct listing *l = arg;
    char at[INSTANT_TEXT];
    (void)err;
    if (l->left-- <= 0) return STATUS_OK;
    json_t *o = batch_json(b);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (l->all) {
        json_array_append_new(l->all, o);
        return STATUS_OK;
    }
    printf("%lld  %s  %.*s  %.*s  ", (long long)b->id, instant_text(b->at, at),
           (int)b->kind.n, b->kind.p, (int)b->path.n, b->path.n ? b->path.p : "");
    print_counts(json_object_get(o, "counts"));
    if (b->withdrawn_at) printf("  已撤回（第 %lld 批）", (long long)b->withdrawn_by);
    putchar('\n');
    json_decref(o);
    return STATUS_OK;
}

static enum status list(struct opened *o, const struct options *opt, struct err *err) {
    struct listing l = {.all = opt->json ? json_array() : NULL, .left = opt->limit};
    enum status s = batch_each(&o->registry, list_one, &l, err);
    if (s == STATUS_OK && opt->json) return opened_print(l.all, err);
    json_decref(l.all);
    return s;
}

static enum status show_one(void *arg, const struct batch_info *b, struct err *err) {
    json_t **out = arg;
    *out = batch_json(b);
    return *out ? STATUS_OK : err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

static const char *text_at(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static void print_batch(const json_t *o) {
    const char *name;
    json_t *n;
    printf("批次   %lld\n文件   %s\n种类   %s\n", count_of(o, "id"), text_at(o, "path"),
           text_at(o, "kind"));
    if (text_at(o, "profile")[0]) printf("样式   %s\n", text_at(o, "profile"));
    printf(
        "编码   %s\n散列   %s\n字节   %lld\n经手   %s\n时间   %s\n修订   %lld\n结果   ",
        text_at(o, "encoding"), text_at(o, "hash"), count_of(o, "bytes"),
        text_at(o, "actor"), text_at(o, "at"), count_of(o, "revision"));
    print_counts(json_object_get(o, "counts"));
    putchar('\n');
    const json_t *quarantine = json_object_get(o, "quarantine");
    json_object_foreach(json_object_get(quarantine, "open"), name, n)
        printf("待处理 %s %lld\n", name, (long long)json_integer_value(n));
    json_object_foreach(json_object_get(quarantine, "closed"), name, n)
        printf("已处理 %s %lld\n", name, (long long)json_integer_value(n));
    if (text_at(o, "withdrawn_at")[0])
        printf("撤回   %s（第 %lld 批）\n", text_at(o, "withdrawn_at"),
               count_of(o, "withdrawn_by"));
}

static enum status show(struct opened *o, const struct options *opt, struct err *err) {
    json_t *batch = NULL, *quarantine = NULL;
    enum status s = batch_one(&o->registry, opt->id, show_one, &batch, err);
    if (s == STATUS_OK) s = batch_quarantine(&o->registry, opt->id, &quarantine, err);
    if (s == STATUS_OK && json_object_set_new(batch, "quarantine", quarantine) != 0)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK && opt->json) return opened_print(batch, err);
    if (s == STATUS_OK) print_batch(batch);
    json_decref(batch);
    return s;
}

static enum status withdraw(const struct cli *cli, struct opened *o,
                            const struct options *opt, struct err *err) {
    const struct validate_options valid = opened_valid(cli, o);
    const struct batch_withdrawal w = {.id = opt->id,
                                       .actor = opened_actor(opt->by),
                                       .opinion = opt->opinion,
                                       .now = cli->now,
                                       .valid = &valid};
    struct batch_undone n;
    enum status s = batch_withdraw(&o->registry, &w, &n, err);
    if (s == STATUS_OK) s = opened_publish(cli, o, opt->erase, err);
    if (s != STATUS_OK) return s;
    if (opt->json)
        return opened_print(json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "batch", opt->id,
                                      "removed", n.removed, "restored", n.restored,
                                      "conversions", n.conversions, "waiting", n.waiting,
                                      "closed", n.closed, "revision", n.revision),
                            err);
    printf("已撤回第 %lld 批：删除记录 %lld，恢复记录 %lld，转化事件 %lld；"
           "重新等待 %lld 行，关闭待处理 %lld 行。修订号 %lld\n",
           (long long)opt->id, (long long)n.removed, (long long)n.restored,
           (long long)n.conversions, (long long)n.waiting, (long long)n.closed,
           (long long)n.revision);
    return STATUS_OK;
}

static enum status read_id(const char *text, int64_t *id, struct err *err) {
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno || end == text || *end || v < 1)
        return err_set(err, STATUS_USAGE, NULL, "批次号要一个正整数，不是 “%.60s”", text);
    *id = v;
    return STATUS_OK;
}

int cmd_batch(struct cli *cli) {
    struct options opt = {.limit = 1000};
    const struct cli_option table[] = {
        {"json", CLI_FLAG, NULL, "输出 JSON", &opt.json, 0, 0},
        {"limit", CLI_INT, "N", "list：最多列出多少批，默认 1000", &opt.limit, 1,
         1000000},
        {"by", CLI_TEXT, "姓名", "withdraw：经手人，默认取环境变量 USER", &opt.by, 0, 0},
        {"opinion", CLI_TEXT, "文字", "withdraw：为什么撤回，记入操作记录", &opt.opinion,
         0, 0},
        {"erase", CLI_FLAG, NULL, "withdraw：同时重建发布集，不留下任何字节", &opt.erase,
         0, 0},
    };
    struct err err;
    size_t npos = 0;
    bool help = false;
    enum status s = cli_parse(cli, "batch list | show 批次 | withdraw 批次 [选项]",
                              "列出导入的批次；看一批；把一批整个撤回（一个修订）。",
                              table, ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    const char *verb = s == STATUS_OK && npos > 0 ? cli->argv[1] : "";
    bool lists = strcmp(verb, "list") == 0, shows = strcmp(verb, "show") == 0,
         takes = strcmp(verb, "withdraw") == 0;
    if (s == STATUS_OK && npos != (lists ? 1U : shows || takes ? 2U : 0U))
        s = err_set(&err, STATUS_USAGE, NULL,
                    "用法：batch list，batch show 批次，或 batch withdraw 批次");
    else if (s == STATUS_OK && npos == 0)
        s = err_set(&err, STATUS_USAGE, NULL,
                    "要说做什么：batch list，batch show 批次，或 batch withdraw 批次");
    if (s == STATUS_OK && !lists) s = read_id(cli->argv[2], &opt.id, &err);
    if (s == STATUS_OK) s = opened_check_words("--by", opt.by, &err);
    if (s == STATUS_OK) s = opened_check_words("--opinion", opt.opinion, &err);
    struct opened o;
    if (s == STATUS_OK) s = opened_open(cli, takes, &o, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    s = lists   ? list(&o, &opt, &err)
        : shows ? show(&o, &opt, &err)
                : withdraw(cli, &o, &opt, &err);
    opened_close(&o);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
