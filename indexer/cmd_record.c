/* chengguo record STEP ID: one step of a record's life by hand. */
#include "core/date.h"
#include "indexer/commands.h"
#include "indexer/opened.h"
#include "indexer/step.h"

#include <stdio.h>

struct options {
    const char *by, *at, *opinion, *regno;
    bool erase, end, json;
};

static const char *const words[] = {"approve", "unapprove", "cancel", "object",
                                    "consent"};

static enum status kind_of(struct cli *cli, size_t npos, const struct options *o,
                           enum step_kind *kind, struct err *err) {
    size_t i = 0;
    const char *word = npos ? cli->argv[1] : "";
    while (i < ARRAY_LEN(words) && strcmp(word, words[i]) != 0) i++;
    if (i == ARRAY_LEN(words)) {
        const char *near = cli_closest(str_of(word), words, ARRAY_LEN(words));
        return err_set(err, STATUS_USAGE, NULL,
                       "要说做什么：approve 批复、unapprove 退回到未批复、cancel 注销、"
                       "object 异议、consent 是否同意公开%s%s%s",
                       near ? "；是不是 " : "", near ? near : "", near ? "？" : "");
    }
    bool consent = i == 4;
    if (npos != (consent ? 3U : 2U))
        return err_set(err, STATUS_USAGE, NULL, "用法：record %s 登记号或uid%s", words[i],
                       consent ? " yes|no" : "");
    bool yes = consent && strcmp(cli->argv[3], "yes") == 0;
    if (consent && !yes && strcmp(cli->argv[3], "no") != 0)
        return err_set(err, STATUS_USAGE, NULL, "consent 要 yes 或 no，不是 “%.60s”",
                       cli->argv[3]);
    if (o->regno && i != 0)
        return err_set(err, STATUS_USAGE, NULL, "--regno 只用于 record approve");
    if (o->end && i != 3)
        return err_set(err, STATUS_USAGE, NULL, "--end 只用于 record object");
    *kind = consent            ? yes ? STEP_CONSENT_YES : STEP_CONSENT_NO
            : i == 3 && o->end ? STEP_OBJECT_END
                               : (enum step_kind)i;
    return STATUS_OK;
}

static enum status read_at(const char *text, int64_t *at, struct err *err) {
    *at = INT64_MIN;
    if (!text) return STATUS_OK;
    enum status s = instant_parse(str_of(text), at, err);
    if (s == STATUS_OK) return s;
    err_prefix(err, "--at");
    err->status = STATUS_USAGE;
    return STATUS_USAGE;
}

static void warn(const struct warnings *w) {
    for (size_t i = 0; i < w->n; i++)
        fprintf(stderr, "注意 %s: %s [%s]\n", w->list[i].field, w->list[i].text,
                warning_name(w->list[i].code));
}

static enum status tell(const struct step_result *r, bool json, struct err *err) {
    warn(&r->warnings);
    if (json)
        return opened_print(json_pack("{s:s,s:s?,s:b,s:s,s:s,s:s,s:I}", "uid", r->uid,
                                      "regno", r->regno[0] ? r->regno : NULL, "changed",
                                      r->changed, "state", r->state, "consent",
                                      r->consent, "publicity", r->publicity, "revision",
                                      r->revision),
                            err);
    printf("%s %s%s%s，同意公开 %s，公示 %s；%s，修订 %lld\n", r->uid, r->regno,
           r->regno[0] ? "：" : "", r->label, r->consent, r->publicity,
           r->changed ? "已写入" : "本来如此，没有改变", (long long)r->revision);
    return STATUS_OK;
}

int cmd_record(struct cli *cli) {
    struct options o = {0};
    const struct cli_option table[] = {
        {"by", CLI_TEXT, "姓名", "由谁决定，记入事件；默认不记", &o.by, 0, 0},
        {"at", CLI_TEXT, "时间", "何时决定，YYYY-MM-DD 或带时区的时刻；默认现在", &o.at,
         0, 0},
        {"opinion", CLI_TEXT, "文字", "意见，记入事件", &o.opinion, 0, 0},
        {"regno", CLI_TEXT, "登记号", "approve：给出登记号；已有号的改号，旧号转到新号",
         &o.regno, 0, 0},
        {"end", CLI_FLAG, NULL, "object：异议已处理，恢复公开", &o.end, 0, 0},
        {"erase", CLI_FLAG, NULL, "同时重建发布集，不留下撤下内容的任何字节", &o.erase, 0,
         0},
        {"json", CLI_FLAG, NULL, "输出 JSON", &o.json, 0, 0},
    };
    struct err err;
    size_t npos = 0;
    bool help = false;
    enum step_kind kind = STEP_APPROVE;
    int64_t at = INT64_MIN;
    enum status s = cli_parse(
        cli,
        "record approve|unapprove|cancel|object 登记号或uid [选项]\n"
        "      chengguo record consent 登记号或uid yes|no [选项]",
        "手工办理一步：批复、退回到未批复、注销、异议、是否同意公开；随即发布。", table,
        ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK) s = kind_of(cli, npos, &o, &kind, &err);
    if (s == STATUS_OK) s = read_at(o.at, &at, &err);
    if (s == STATUS_OK) s = opened_check_words("--by", o.by, &err);
    if (s == STATUS_OK) s = opened_check_words("--opinion", o.opinion, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    char audit[512];
    snprintf(audit, sizeof audit, "%s %.300s%s%s%s%.100s", cli->argv[1], cli->argv[2],
             npos > 3 ? " " : "",
             npos > 3 ? cli->argv[3]
             : o.end  ? " --end"
                      : "",
             o.regno ? " --regno " : "", o.regno ? o.regno : "");
    struct opened store;
    struct step_result result;
    s = opened_open(cli, true, &store, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    const struct validate_options valid = opened_valid(cli, &store);
    const struct step_request q = {.kind = kind,
                                   .id = str_of(cli->argv[2]),
                                   .regno = o.regno,
                                   .at = at,
                                   .by = o.by,
                                   .opinion = o.opinion,
                                   .actor = opened_actor(o.by),
                                   .audit = audit,
                                   .now = cli->now,
                                   .valid = &valid};
    s = step_run(&store.registry, &q, &result, &err);
    if (s == STATUS_OK) s = opened_publish(cli, &store, o.erase, &err);
    opened_close(&store);
    if (s == STATUS_OK) s = tell(&result, o.json, &err);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
