/* chengguo audit: who ran what on this store. */
#include "core/date.h"
#include "indexer/audit.h"
#include "indexer/commands.h"
#include "indexer/opened.h"

#include <stdio.h>

static json_t *text(struct str s) {
    return json_stringn(s.n ? s.p : "", s.n);
}

static enum status one(void *arg, const struct audit_row *a, struct err *err) {
    json_t *all = arg;
    char at[INSTANT_TEXT];
    if (all) {
        json_t *o = json_pack("{s:I,s:s,s:o,s:o,s:o,s:o,s:o}", "id", a->id, "at",
                              instant_text(a->at, at), "actor", text(a->actor), "command",
                              text(a->command), "detail", text(a->detail), "batch",
                              a->batch ? json_integer(a->batch) : json_null(), "revision",
                              a->revision ? json_integer(a->revision) : json_null());
        return json_array_append_new(all, o) == 0
                   ? STATUS_OK
                   : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    printf("%s  %.*s  %.*s  %.*s", instant_text(a->at, at), (int)a->actor.n,
           a->actor.n ? a->actor.p : "", (int)a->command.n, a->command.p,
           (int)a->detail.n, a->detail.n ? a->detail.p : "");
    if (a->batch) printf("  第 %lld 批", (long long)a->batch);
    if (a->revision) printf("  修订 %lld", (long long)a->revision);
    putchar('\n');
    return STATUS_OK;
}

int cmd_audit(struct cli *cli) {
    bool json = false, help = false;
    int64_t limit = 100;
    size_t npos = 0;
    struct err err;
    const struct cli_option table[] = {
        {"limit", CLI_INT, "N", "最多列出多少条，默认 100", &limit, 1, AUDIT_MAX_LIMIT},
        {"json", CLI_FLAG, NULL, "输出 JSON", &json, 0, 0},
    };
    enum status s =
        cli_parse(cli, "audit [--limit N] [--json]",
                  "操作记录：谁在什么时候做了什么，新的在前。不含记录的内容。", table,
                  ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK && npos) s = err_set(&err, STATUS_USAGE, NULL, "audit 不带参数");
    struct opened o;
    if (s == STATUS_OK) s = opened_open(cli, false, &o, &err);
    if (s != STATUS_OK) return cli_fail(&err);
    json_t *all = json ? json_array() : NULL;
    s = audit_each(&o.registry, limit, one, all, &err);
    if (s == STATUS_OK && json)
        s = opened_print(all, &err);
    else
        json_decref(all);
    opened_close(&o);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
