#include "core/cli.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

/* The one command of core/: settings are shared by all others. */
int cmd_config(struct cli *cli) {
    bool json = false, help = false;
    size_t npos = 0, n = 0;
    struct err err;
    const struct cli_option opt[] = {
        {"json", CLI_FLAG, NULL, "在标准输出打印一个 JSON 对象", &json, 0, 0},
    };
    if (cli_parse(cli, "config check", "显示各项设置的值及其来历。", opt, ARRAY_LEN(opt),
                  &npos, &help, &err) != STATUS_OK)
        return cli_fail(&err);
    if (help) return 0;
    if (npos != 1 || strcmp(cli->argv[1], "check") != 0) {
        err_set(&err, STATUS_USAGE, NULL, "用法：chengguo config check");
        return cli_fail(&err);
    }
    const struct config_item *item = config_items(&n);
    json_t *all = json_object();
    for (size_t i = 0; i < n; i++) {
        char name[64], value[CONFIG_TEXT];
        const char *at = (const char *)cli->config + item[i].offset;
        const char *from = config_is_default(cli->config, i) ? "default" : "file";
        int64_t number = 0;
        snprintf(name, sizeof name, "%s.%s", item[i].section, item[i].key);
        if (item[i].is_int) {
            memcpy(&number, at, sizeof number);
            snprintf(value, sizeof value, "%" PRId64, number);
        } else {
            snprintf(value, sizeof value, "%s", at);
        }
        if (i == 0) { /* the store may come from elsewhere than the file */
            snprintf(value, sizeof value, "%s", cli->store);
            from = cli->store_source;
        }
        if (!json)
            printf("%-20s %-28s %-16s %s\n", name, value[0] ? value : "（空）", from,
                   item[i].help);
        json_t *v = item[i].is_int ? json_integer(number) : json_string(value);
        json_object_set_new(all, name, json_pack("{s:o,s:s}", "value", v, "from", from));
    }
    if (json) {
        json_dumpf(all, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(all);
    return 0;
}
