/* chengguo review list | show ID | accept ID… | reject ID… | retry ID… | --all: held and
 * rejected rows, and what a person decides on them. */
#include "indexer/cmd_review.h"
#include "core/date.h"
#include "indexer/commands.h"
#include "indexer/quarantine_review.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_IDS 10000

struct options {
    const char *by, *note;
    bool json, all, closed, held;
    int64_t limit;
    struct cli_list codes;
};

struct listing {
    json_t *all; /* NULL: text */
    int64_t n;
};

static void set_text(json_t *o, const char *key, struct str s) {
    if (s.n) json_object_set_new(o, key, json_stringn(s.p, s.n));
}

/* What the row says itself, as far as it can be read. */
static void set_row(json_t *o, const struct quarantine_view *v) {
    json_t *doc =
        v->kept ? json_loadb(v->raw.p, v->raw.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    static const char *const keys[] = {"uid", "title"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (json_is_string(json_object_get(doc, keys[i])))
            json_object_set(o, keys[i], json_object_get(doc, keys[i]));
    json_decref(doc);
}

json_t *review_json(const struct quarantine_view *v) {
    char at[INSTANT_TEXT];
    json_t *o =
        json_pack("{s:I,s:I,s:s,s:I,s:s,s:b,s:s}", "id", v->id, "batch", v->batch, "at",
                  instant_text(v->at, at), "line", v->line, "outcome",
                  outcome_name(v->outcome), "kept", (int)v->kept, "hash", v->hash);
    if (!o) return NULL;
    set_text(o, "file", v->source);
    set_text(o, "code", v->code);
    set_text(o, "field", v->field);
    set_text(o, "text", v->message);
    set_row(o, v);
    if (v->other_uid.n) {
        json_t *other = json_object();
        set_text(other, "uid", v->other_uid);
        set_text(other, "regno", v->other_regno);
        json_object_set_new(o, "other", other);
    }
    if (v->resolved_batch)
        json_object_set_new(o, "settled",
                            json_pack("{s:I,s:s}", "batch", v->resolved_batch, "outcome",
                                      outcome_name(v->resolved)));
    return o;
}

static void print_row(const struct quarantine_view *v) {
    json_t *o = json_object();
    set_row(o, v);
    const char *title = json_string_value(json_object_get(o, "title"));
    printf("%lld  %.*s  %.*s:%lld  %s%s%.*s%s\n", (long long)v->id, (int)v->code.n,
           v->code.p, (int)v->source.n, v->source.p, (long long)v->line,
           title ? title : "", title ? "  " : "", (int)v->message.n,
           v->message.n ? v->message.p : "", v->resolved_batch ? "  （已处理）" : "");
    json_decref(o);
}

static enum status list_one(void *arg, const struct quarantine_view *v, struct err *err) {
    struct listing *l = arg;
    l->n++;
    if (!l->all) {
        print_row(v);
        return STATUS_OK;
    }
    json_t *o = review_json(v);
    if (!o || json_array_append_new(l->all, o) != 0)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    return STATUS_OK;
}

static struct quarantine_filter filter_of(const struct options *opt) {
    return (struct quarantine_filter){.codes = opt->codes.v,
                                      .ncodes = opt->codes.n,
                                      .held_only = opt->held,
                                      .closed = opt->closed,
                                      .limit = opt->limit};
}

static enum status list(struct opened *o, const struct options *opt, struct err *err) {
    struct listing l = {.all = opt->json ? json_array() : NULL};
    struct quarantine_filter filter = filter_of(opt);
    enum status s = quarantine_each(&o->registry, &filter, list_one, &l, err);
    if (s == STATUS_OK && opt->json) return opened_print(l.all, err);
    if (s == STATUS_OK && l.n == opt->limit)
        fprintf(stderr, "只列出前 %lld 行；--limit 可改\n", (long long)l.n);
    json_decref(l.all);
    return s;
}

static enum status act(const struct cli *cli, struct opened *o, const struct options *opt,
                       enum review_action action, const int64_t *ids, size_t n,
                       bool *partial, struct err *err) {
    const struct validate_options valid = opened_valid(cli, o);
    struct quarantine_filter filter = filter_of(opt);
    struct review what = {.action = action,
                          .ids = ids,
                          .n = n,
                          .all = opt->all ? &filter : NULL,
                          .actor = opened_actor(opt->by),
                          .note = opt->note,
                          .now = cli->now,
                          .valid = &valid};
    struct listing l = {.all = opt->json ? json_array() : NULL};
    struct review_result done = {.rows = 0};
    filter.closed = false;
    filter.limit = INT64_MAX;
    enum status s = quarantine_review(&o->registry, &what, list_one, &l, &done, err);
    if (s == STATUS_OK) s = opened_publish(cli, o, false, err);
    *partial = s == STATUS_OK && action != REVIEW_REJECT && done.open > 0;
    if (s == STATUS_OK && opt->json)
        return opened_print(json_pack("{s:I,s:I,s:I,s:I,s:o}", "rows", done.rows,
                                      "settled", done.stored, "open", done.open,
                                      "revision", done.revision, "result", l.all),
                            err);
    json_decref(l.all);
    if (s == STATUS_OK)
        fprintf(stderr, "处理 %lld 行：已了结 %lld，仍在待审 %lld。修订号 %lld\n",
                (long long)done.rows, (long long)done.stored, (long long)done.open,
                (long long)done.revision);
    return s;
}

static enum status read_ids(const struct cli *cli, size_t npos, int64_t *ids,
                            struct err *err) {
    if (npos - 1 > MAX_IDS)
        return err_set(err, STATUS_USAGE, NULL, "一次最多给 %d 个编号", MAX_IDS);
    for (size_t i = 2; i <= npos; i++) {
        char *end = NULL;
        errno = 0;
        long long v = strtoll(cli->argv[i], &end, 10);
        if (errno || end == cli->argv[i] || *end || v < 1)
            return err_set(err, STATUS_USAGE, NULL, "编号要一个正整数，不是 “%.60s”",
                           cli->argv[i]);
        ids[i - 2] = v;
    }
    return STATUS_OK;
}

static int verb_of(const char *word) {
    static const char *const verbs[] = {"accept", "reject", "retry", "list", "show"};
    for (int i = 0; i < (int)ARRAY_LEN(verbs); i++)
        if (strcmp(word, verbs[i]) == 0) return i;
    return -1;
}
enum { VERB_LIST = REVIEW_RETRY + 1, VERB_SHOW };

static enum status check_usage(const struct options *opt, int verb, size_t npos,
                               struct err *err) {
    size_t ids = npos ? npos - 1 : 0;
    if (verb < 0)
        return err_set(err, STATUS_USAGE, NULL,
                       "要说做什么：review list，show 编号，accept 编号…，reject 编号…，"
                       "或 retry 编号… | --all");
    if (opt->all && verb != REVIEW_RETRY)
        return err_set(err, STATUS_USAGE, NULL, "--all 只用于 review retry");
    bool fits = verb == VERB_LIST   ? ids == 0
                : verb == VERB_SHOW ? ids == 1
                                    : (ids > 0) != opt->all;
    if (!fits)
        return err_set(err, STATUS_USAGE, NULL,
                       verb == VERB_LIST   ? "review list 不带编号"
                       : verb == VERB_SHOW ? "review show 要一个编号"
                                           : "要给出编号（见 review list）");
    if ((verb == REVIEW_ACCEPT || verb == REVIEW_REJECT) && !(opt->by && opt->by[0]))
        return err_set(err, STATUS_USAGE, NULL, "要用 --by 写明审核人");
    return STATUS_OK;
}

static enum status run(const struct cli *cli, const struct options *opt, int verb,
                       size_t npos, bool *partial, struct err *err) {
    int64_t *ids = calloc(npos ? npos : 1, sizeof *ids);
    if (!ids) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    struct opened o;
    enum status s = read_ids(cli, npos, ids, err);
    if (s == STATUS_OK) s = opened_open(cli, verb <= REVIEW_RETRY, &o, err);
    if (s == STATUS_OK) {
        s = verb == VERB_LIST   ? list(&o, opt, err)
            : verb == VERB_SHOW ? review_show(cli, &o, ids[0], opt->json, err)
                                : act(cli, &o, opt, (enum review_action)verb, ids,
                                      npos - 1, partial, err);
        opened_close(&o);
    }
    free(ids);
    return s;
}

int cmd_review(struct cli *cli) {
    struct options opt = {.limit = 1000};
    const struct cli_option table[] = {
        {"json", CLI_FLAG, NULL, "输出 JSON", &opt.json, 0, 0},
        {"code", CLI_REPEAT, "代码", "list、retry：只要这个代码的行，可重复", &opt.codes,
         0, 0},
        {"held", CLI_FLAG, NULL, "list、retry：只要待定的行", &opt.held, 0, 0},
        {"closed", CLI_FLAG, NULL, "list：也列出已处理的行", &opt.closed, 0, 0},
        {"limit", CLI_INT, "N", "list：最多列出多少行，默认 1000", &opt.limit, 1,
         1000000},
        {"all", CLI_FLAG, NULL, "retry：所有保存了内容的行", &opt.all, 0, 0},
        {"by", CLI_TEXT, "姓名", "accept、reject：审核人（必填）", &opt.by, 0, 0},
        {"note", CLI_TEXT, "文字", "说明，记入操作记录", &opt.note, 0, 0},
    };
    struct err err;
    size_t npos = 0;
    bool help = false, partial = false;
    enum status s = cli_parse(
        cli, "review list | show 编号 | accept 编号… | reject 编号… | retry 编号…|--all",
        "待定和拒收的行。accept：不是同一成果（或不是密级标志），予以接收；reject：是同一"
        "成果（或确属涉密），拒收；两者都会记住。retry：再试一次。",
        table, ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    int verb = s == STATUS_OK && npos ? verb_of(cli->argv[1]) : -1;
    if (s == STATUS_OK) s = check_usage(&opt, verb, npos, &err);
    if (s == STATUS_OK) s = opened_check_words("--by", opt.by, &err);
    if (s == STATUS_OK) s = opened_check_words("--note", opt.note, &err);
    if (s == STATUS_OK) s = run(cli, &opt, verb, npos, &partial, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    return partial ? status_exit_code(STATUS_PARTIAL) : 0;
}
