/* chengguo codes list [LIST]: the code lists that fields are read and shown with. */
#include "core/codes.h"
#include "indexer/commands.h"
#include "indexer/opened.h"

#include <stdio.h>

static enum status find(const char *name, enum code_list *out, struct err *err) {
    const char *names[CODES_LIST_COUNT];
    size_t n = 0;
    for (int l = CODES_NONE + 1; l < CODES_LIST_COUNT; l++) {
        names[n++] = codes_name((enum code_list)l);
        if (strcmp(name, codes_name((enum code_list)l)) != 0) continue;
        *out = (enum code_list)l;
        return STATUS_OK;
    }
    const char *near = cli_closest(str_of(name), names, n);
    return err_set(err, STATUS_NOT_FOUND, NULL,
                   "没有代码表 %.60s%s%s%s；用 codes list 查看全部", name,
                   near ? "，是不是 " : "", near ? near : "", near ? "？" : "");
}

static enum status list_all(bool json, struct err *err) {
    json_t *all = json ? json_array() : NULL;
    for (int l = CODES_NONE + 1; l < CODES_LIST_COUNT; l++) {
        enum code_list list = (enum code_list)l;
        if (json)
            json_array_append_new(all,
                                  json_pack("{s:s,s:I}", "list", codes_name(list),
                                            "entries", (json_int_t)codes_count(list)));
        else
            printf("%-12s %zu\n", codes_name(list), codes_count(list));
    }
    return json ? opened_print(all, err) : STATUS_OK;
}

static enum status list_one(enum code_list list, bool json, struct err *err) {
    json_t *all = json ? json_array() : NULL;
    for (size_t i = 0; i < codes_count(list); i++) {
        const char *code = codes_at(list, i);
        struct str parent = codes_parent(list, str_of(code));
        const char *label = codes_label(list, str_of(code));
        if (json)
            json_array_append_new(
                all,
                json_pack("{s:s,s:s,s:o}", "code", code, "label", label, "parent",
                          parent.n ? json_stringn(parent.p, parent.n) : json_null()));
        else
            printf("%s\t%s\t%.*s\n", code, label, (int)parent.n,
                   parent.n ? parent.p : "");
    }
    return json ? opened_print(all, err) : STATUS_OK;
}

int cmd_codes(struct cli *cli) {
    bool json = false, help = false;
    size_t npos = 0;
    struct err err;
    enum code_list list = CODES_NONE;
    const struct cli_option table[] = {
        {"json", CLI_FLAG, NULL, "输出 JSON", &json, 0, 0},
    };
    enum status s = cli_parse(cli, "codes list [代码表] [--json]",
                              "代码表：不给名称则列出全部；给出则列出代码、名称、上级。",
                              table, ARRAY_LEN(table), &npos, &help, &err);
    if (s == STATUS_OK && help) return 0;
    if (s == STATUS_OK && (npos < 1 || npos > 2 || strcmp(cli->argv[1], "list") != 0))
        s = err_set(&err, STATUS_USAGE, NULL, "用法：codes list [代码表]");
    if (s == STATUS_OK && npos == 2) s = find(cli->argv[2], &list, &err);
    if (s == STATUS_OK) s = npos == 2 ? list_one(list, json, &err) : list_all(json, &err);
    return s == STATUS_OK ? 0 : cli_fail(&err);
}
