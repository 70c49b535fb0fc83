#include "stats/catalogue.h"

#include "core/cli.h"
#include "core/utf8.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct catalogue_measure measures[] = {
    {"n", "成果数", "achievements", TABLE_COUNT, "登记成果的项数", NULL},
    {"share", "构成", "share", TABLE_PERCENT, "该类成果数 ÷ 同一统计年度成果总数 × 100",
     "同一统计年度的构成（%）"},
    {"growth", "比上年增长", "growth on the year before", TABLE_PERCENT,
     "（本年成果数 − 上年成果数）÷ 上年成果数 × 100，全口径；上年为零时不适用",
     "比上年增长（%，全口径）"},
    {"cagr5", "五年年均增长", "compound annual growth over five years", TABLE_PERCENT,
     "〔（本年成果数 ÷ 五年前成果数）开五次方 − 1〕× 100，全口径；五年前为零时不适用",
     "五年年均增长（%，全口径）"},
};

#define COUNTS_ONCE                                                                                                \
    "按登记时确定的统计年度计数：已批复登记（不含纸质材料待补的）的科技成果，" \
    "每项成果在第一完成单位计一次；重大成果库等专题成果不计。"

static const struct catalogue_row rows[] = {
    {
        .id = "T01",
        .title = "登记总量与五年趋势",
        .title_en = "Registered achievements: totals and five-year trend",
        .measure = "登记成果数",
        .unit = "项",
        .base = "ALL",
        .base_label = "全部登记成果",
        .dims = {"year"},
        .measures = {"n", "growth", "cagr5"},
        .definition = COUNTS_ONCE,
        .source = "《全国科技成果统计年度报告》及青海、自然资源部等年度报告的总量表",
        .breaks = "无",
        .years = 10,
        .years_least = 5,
    },
    {
        .id = "T02",
        .title = "成果类别构成",
        .title_en = "Registered achievements by category",
        .measure = "登记成果数",
        .unit = "项",
        .base = "ALL",
        .base_label = "全部登记成果",
        .dims = {"category", "year"},
        .measures = {"n", "share", "growth"},
        .definition = COUNTS_ONCE
        "类别按《科技成果登记表》分为应用技术成果、基础理论成果、软科学成果。",
        .source = "福建2020年度报告的成果类别表（成果数、构成）；上海、甘肃、青海同类表",
        .breaks = "无",
        .years = 3,
        .years_least = 3,
    },
};

const struct catalogue_row *catalogue_list(size_t *n) {
    *n = ARRAY_LEN(rows);
    return rows;
}

const struct catalogue_row *catalogue_find(struct str id) {
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (id.n == strlen(rows[i].id) && strncasecmp(id.p, rows[i].id, id.n) == 0)
            return &rows[i];
    return NULL;
}

enum status catalogue_require(struct str id, const struct catalogue_row **out,
                              struct err *err) {
    const struct catalogue_row *row = catalogue_find(id);
    if (row) {
        *out = row;
        return STATUS_OK;
    }
    const char *names[ARRAY_LEN(rows)];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) names[i] = rows[i].id;
    const char *near = cli_closest(id, names, ARRAY_LEN(names));
    return err_set(err, STATUS_NOT_FOUND, "unknown_table", "没有统计表 %.*s%s%s%s",
                   (int)utf8_clip(id, 60), id.n ? id.p : "", near ? "，是不是 " : "",
                   near ? near : "", near ? "？" : "");
}

const struct catalogue_measure *catalogue_measures(size_t *n) {
    *n = ARRAY_LEN(measures);
    return measures;
}

const struct catalogue_measure *catalogue_measure(const char *id) {
    for (size_t i = 0; i < ARRAY_LEN(measures); i++)
        if (strcmp(measures[i].id, id) == 0) return &measures[i];
    return NULL;
}

bool catalogue_has_measure(const struct catalogue_row *row, const char *id) {
    for (size_t i = 0; i < CATALOGUE_MAX_MEASURES && row->measures[i]; i++)
        if (strcmp(row->measures[i], id) == 0) return true;
    return false;
}

struct catalogue_cube catalogue_cube_of(const struct catalogue_row *row) {
    struct catalogue_cube c = {"year", 0, {NULL}};
    for (size_t i = 0; i < ARRAY_LEN(row->dims) && row->dims[i]; i++) {
        if (strcmp(row->dims[i], "year") == 0 || c.ndim == CATALOGUE_MAX_DIMS) continue;
        size_t n = strlen(c.id);
        snprintf(c.id + n, sizeof c.id - n, "_%s", row->dims[i]);
        c.dims[c.ndim++] = row->dims[i];
    }
    return c;
}

size_t catalogue_cubes(struct catalogue_cube *out, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct catalogue_cube c = catalogue_cube_of(&rows[i]);
        bool known = false;
        for (size_t k = 0; k < i && !known; k++)
            known = strcmp(catalogue_cube_of(&rows[k]).id, c.id) == 0;
        if (known) continue;
        if (n < max) out[n] = c;
        n++;
    }
    return n;
}
