#include "query/cmd_open.h"

enum status cmd_audience(const char *name, enum audience *a, struct err *err) {
    int found = name ? audience_by_name(str_of(name)) : (int)AUDIENCE_PUBLIC;
    if (found < 0)
        return err_set(err, STATUS_USAGE, "invalid_value",
                       "--audience 是 public 或 internal，不是“%.60s”", name);
    *a = (enum audience)found;
    return STATUS_OK;
}

enum status cmd_open_set(const struct cli *cli, enum audience a, char set_dir[PATH_MAX],
                         struct xindex_reader **out, struct err *err) {
    struct store store;
    enum status s = store_open(cli->store, false, &store, err);
    if (s != STATUS_OK) return s;
    s = store_set_path(&store, a, NULL, set_dir, PATH_MAX, err);
    store_close(&store);
    if (s == STATUS_OK) s = xindex_reader_open(set_dir, out, err);
    if (s == STATUS_NOT_FOUND) {
        (void)err_set(err, s, "not_found",
                      "还没有发布的数据；先用 chengguo ingest 文件.jsonl 导入登记数据");
        err_place(err, set_dir, 0, NULL);
    }
    return s;
}
