#include "stats/chart_catalogue.h"

#include <string.h>

static const struct chart_row rows[] = {
    {
        .id = "C01",
        .title = "登记成果趋势",
        .kind = "column-stack",
        .kind_label = "堆叠柱形图",
        .table = "T02",
        .x_dim = "year",
        .x_suffix = "年",
        .x_max = 10,
        .x_sorted = true,
        .series_dim = "category",
        .measure = "n",
        .panel_measure = "growth",
        .panel_title = "合计较上年增减（%）",
    },
};

const struct chart_row *chart_find(const char *id) {
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].id, id) == 0) return &rows[i];
    return NULL;
}

const struct chart_row *chart_list(size_t *n) {
    *n = ARRAY_LEN(rows);
    return rows;
}
