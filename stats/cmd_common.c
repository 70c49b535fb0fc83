#include "core/pubdata.h"
#include "stats/commands.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

enum status stats_source_open(const struct cli *cli, const char *audience,
                              const char *edition, const char *year,
                              struct stats_source *out, struct err *err) {
    int a = audience_by_name(str_of(audience));
    if (a < 0)
        return err_set(err, STATUS_USAGE, "invalid_value",
                       "没有读者 “%s”；可用 public 或 internal", audience);
    struct stats_source src = {.options = {.audience = (enum audience)a,
                                           .edition = edition,
                                           .place = cli->config->site_place,
                                           .source = cli->config->site_source,
                                           .now = cli->now}};
    enum status s = STATUS_OK;
    /* On the command line a year that is none is a wrong option. */
    if (year && cube_parse_year(str_of(year), &src.options.year, err) != STATUS_OK)
        s = err->status = STATUS_USAGE;
    struct store store;
    if (s == STATUS_OK) s = store_open(cli->store, false, &store, err);
    if (s != STATUS_OK) return s;
    char dir[PATH_MAX];
    s = store_set_path(&store, (enum audience)a, NULL, dir, sizeof dir, err);
    if (s == STATUS_OK) s = pubdata_open(dir, &src.db, err);
    store_close(&store);
    if (s == STATUS_OK) *out = src;
    return s;
}

void stats_source_close(struct stats_source *s) {
    db_close(&s->db);
}

enum status stats_write(const struct buf *out, const char *path, struct err *err) {
    if (!path) {
        if (fwrite(out->p, 1, out->n, stdout) != out->n || fflush(stdout) != 0)
            return err_errno(err, "不能写标准输出");
        return STATUS_OK;
    }
    char tmp[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s.tmp", path) >= (int)sizeof tmp)
        return err_set(err, STATUS_LIMIT, "limit", "路径太长：%s", path);
    FILE *f = fopen(tmp, "wbe");
    if (!f) return err_errno(err, "不能写 %s", path);
    bool ok = fwrite(out->p, 1, out->n, f) == out->n;
    ok = fclose(f) == 0 && ok && rename(tmp, path) == 0;
    if (ok) return STATUS_OK;
    enum status s = err_errno(err, "不能写 %s", path);
    (void)unlink(tmp);
    return s;
}

int stats_print_names(const struct stats_name *names, size_t n, bool json) {
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        if (!json) printf("%-6s %s\n", names[i].id, names[i].title);
        json_array_append_new(
            all, json_pack("{s:s,s:s}", "id", names[i].id, "title", names[i].title));
    }
    if (json) {
        json_dumpf(all, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(all);
    return 0;
}
