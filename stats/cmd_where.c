#include "stats/cmd_where.h"

#include <string.h>

enum status cmd_where_year(const struct cli_list *where, const char *by,
                           const char **year, struct err *err) {
    const char *found = *year;
    if (by)
        return err_set(err, STATUS_USAGE, "invalid_value",
                       "这张表的维度是固定的，不能 --by %.60s；只能用 --year 选年度", by);
    for (size_t i = 0; i < where->n; i++) {
        const char *w = where->v[i];
        if (strncmp(w, "year=", 5) != 0)
            return err_set(err, STATUS_USAGE, "invalid_value",
                           "统计表和统计图只能按年度选：--where year=2025，不能 --where "
                           "%.80s；其他条件请用 chengguo search",
                           w);
        if (found && strcmp(found, w + 5) != 0)
            return err_set(err, STATUS_USAGE, "invalid_value",
                           "年度只能给一个，不能同时是 %.20s 和 %.20s", found, w + 5);
        found = w + 5;
    }
    *year = found;
    return STATUS_OK;
}
