/* chengguo conversion list | link CONTRACT ID | unlink CONTRACT: which achievement a
 * contract is about. */
#include "core/utf8.h"
#include "indexer/commands.h"
#include "indexer/conversion_list.h"
#include "indexer/conversion_match.h"
#include "indexer/opened.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

struct options {
    const char *match, *by;
    bool json, automatic;
    int64_t limit;
};

struct listing {
    json_t *all; /* NULL: text */
    int64_t left;
};

static const char *text_at(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static const char *label(const char *match) {
    static const struct {
        const char *match, *label;
    } labels[] = {{"declared", "合同写明"},
                  {"ip", "知识产权号相同"},
                  {"title", "名称和卖方相同"},
                  {"manual", "人工"},
                  {"none", "未匹配"}};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++)
        if (strcmp(labels[i].match, match) == 0) return labels[i].label;
    return match;
}

static enum status list_one(void *arg, const json_t *contract, struct err *err) {
    struct listing *l = arg;
    if (l->left-- <= 0) return STATUS_OK;
    if (l->all)
        return json_array_append(l->all, (json_t *)(uintptr_t)contract) == 0
                   ? STATUS_OK
                   : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    const char *match = text_at(contract, "match");
    json_int_t candidates = json_integer_value(json_object_get(contract, "candidates"));
    printf("%s  %s  %s  %s 元  %s%s\n", text_at(contract, "contract_no"),
           text_at(contract, "type"), text_at(contract, "signed_on"),
           text_at(contract, "amount_total"), label(match),
           strcmp(match, "none") == 0 && candidates > 1 ? "（合适的不止一项）" : "");
    const json_t *links = json_object_get(contract, "links");
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *k = json_array_get(links, i);
        if (json_is_null(json_object_get(k, "uid")))
            printf("    %s（还没有这项成果）\n", text_at(k, "target") + 2);
        else
            printf("    %s  %s  %s\n", text_at(k, "uid"), text_at(k, "regno"),
                   text_at(k, "title"));
    }
    return STATUS_OK;
}

static enum status list(struct opened *o, const struct options *opt, struct err *err) {
    struct listing l = {.all = opt->json ? json_array() : NULL, .left = opt->limit};
    enum status s = conversion_each(&o->registry, opt->match, list_one, &l, err);
    if (s == STATUS_OK && opt->json) return opened_print(l.all, err);
    json_decref(l.all);
    return s;
}

/* A step by hand is a batch of its own. */
static enum status begin(const struct cli *cli, struct opened *o, const char *by,
                         const char *what, struct registry_batch *b, struct err *err) {
    struct registry_source src = {
        .path = what, .actor = opened_actor(by), .now = cli->now, .kind = "link"};
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(what, strlen(what)));
    memcpy(src.hash, hash.digest, sizeof src.hash);
    return registry_batch_begin(&o->registry, &src, b, err);
}

static enum status by_hand(const struct cli *cli, struct opened *o,
                           const struct options *opt, const char *id, struct err *err) {
    const char *contract = cli->argv[2];
    char what[256];
    uint32_t key = 0;
    int64_t revision = 0;
    bool changed = false;
    enum status s = id ? registry_find(&o->registry, str_of(id), &key, err) : STATUS_OK;
    if (s != STATUS_OK) return s;
    snprintf(what, sizeof what, "合同 %.*s %s%.*s", (int)utf8_clip(str_of(contract), 100),
             contract,
             id               ? "关联 "
             : opt->automatic ? "恢复自动匹配"
                              : "不关联任何成果",
             id ? (int)utf8_clip(str_of(id), 80) : 0, id ? id : "");
    struct registry_batch b;
    s = begin(cli, o, opt->by, what, &b, err);
    if (s != STATUS_OK) return s;
    s = opt->automatic ? conversion_unpin(&b, str_of(contract), &changed, err)
                       : conversion_pin(&b, str_of(contract), key, &changed, err);
    if (s == STATUS_OK && changed)
        s = registry_batch_commit(&b, "{}", id ? "conversion link" : "conversion unlink",
                                  false, &revision, err);
    registry_batch_abort(&b);
    if (s == STATUS_OK && changed) s = opened_publish(cli, o, false, err);
    if (s != STATUS_OK) return s;
    if (opt->json)
        return opened_print(
            json_pack("{s:s,s:b}", "contract_no", contract, "changed", changed), err);
    printf("%s：%s\n", what, changed ? "已记下" : "本来如此");
    return STATUS_OK;
}

static enum status check_class(const char *match, struct err *err) {
    if (!match) return STATUS_OK;
    for (size_t i = 0; conversion_classes[i]; i++)
        if (strcmp(conversion_classes[i], match) == 0) return STATUS_OK;
    return err_set(err, STATUS_USAGE, NULL,
                   "--match 应为 declared、ip、title、manual 或 none，不是 “%.60s”",
                   match);
}

int cmd_conversion(struct cli *cli) {
    struct options opt = {.limit = 1000};
    const struct cli_option table[] = {
        {"match", CLI_TEXT, "方式",
         "list：只列这样匹配的：declared 合同写明，ip 知识产权号，title 名称和卖方，"
         "manual 人工，none 未匹配",
         &opt.match, 0, 0},
        {"limit", CLI_INT, "N", "list：最多列出多少份，默认 1000", &opt.limit, 1,
         1000000},
        {"by", CLI_TEXT, "姓名", "link、unlink：经手人，默认取环境变量 USER", &opt.by, 0,
         0},
        {"auto", CLI_FLAG, NULL, "unlink：收回人工的决定，由程序重新匹配", &opt.automatic,
         0, 0},
        {"json", CLI_FLAG, NULL, "输出 JSON", &opt.json, 0, 0},
    };
    struct err err;
    size_t npos = 0;
    bool help = false;
    enum status s = cli_parse(
        cli, "conversion list | link 合同 成果 | unlink 合同 [选项]",
        "技术合同对应哪项成果：列出；人工关联（成果用登记号或 uid）；人工取消关联。"
        "没有写明成果的合同按知识产权号，再按成果名称和卖方自动匹配，不止一项合适时不匹配"
        "。",
        table, ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    const char *verb = s == STATUS_OK && npos > 0 ? cli->argv[1] : "";
    bool lists = strcmp(verb, "list") == 0, links = strcmp(verb, "link") == 0,
         unlinks = strcmp(verb, "unlink") == 0;
    size_t want = lists ? 1 : links ? 3 : unlinks ? 2 : 0;
    if (s == STATUS_OK && (npos != want || npos == 0))
        s = err_set(&err, STATUS_USAGE, NULL,
                    "用法：conversion list，conversion link 合同 成果，或 "
                    "conversion unlink 合同");
    if (s == STATUS_OK && opt.automatic && !unlinks)
        s = err_set(&err, STATUS_USAGE, NULL, "--auto 只用于 conversion unlink");
    if (s == STATUS_OK) s = check_class(opt.match, &err);
    if (s == STATUS_OK) s = opened_check_words("--by", opt.by, &err);
    struct opened o;
    if (s == STATUS_OK) s = opened_open(cli, !lists, &o, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    s = lists ? list(&o, &opt, &err)
              : by_hand(cli, &o, &opt, links ? cli->argv[3] : NULL, &err);
    opened_close(&o);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
