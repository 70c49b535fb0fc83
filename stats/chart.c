#include "stats/chart.h"

#include "core/date.h"
#include "stats/chart_color.h"
#include "stats/chart_number.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#define TOTAL "_T"
#define CHINA_OFFSET_S (8 * 3600)
#define MAX_DRAWN_SERIES (CHART_MAX_SERIES + 1) /* 其他 besides */
#define TEXT_BYTES 4096

/* What of the table is drawn, by index. */
struct plan {
    const struct table *t;
    const struct chart_row *row;
    size_t x_dim, series_dim, measure_dim, measure, panel; /* SIZE_MAX: none */
    size_t fixed[TABLE_MAX_DIMS];                          /* index of dims not drawn */
    size_t nx, *x;                                         /* x categories, in order */
    size_t nseries, *series;                               /* categories without _T */
    size_t total;                                          /* series category _T */
    int32_t as_of;                                         /* day in China, or 0 */
};

static bool has_value(const struct table_cell *c) {
    return c->status == TABLE_VALUE || c->status == TABLE_PROVISIONAL ||
           c->status == TABLE_BREAK || c->status == TABLE_REVISED;
}

static double cell_number(const struct table_cell *c) {
    double v = (double)c->units;
    for (int i = 0; i < c->decimals; i++) v /= 10;
    return v;
}

static const char *or_empty(const char *z) {
    return z ? z : "";
}

/* --- choosing ------------------------------------------------------------------------
 */

static enum status find_dim(const struct table *t, const char *id, size_t *out,
                            struct err *err) {
    size_t d = table_find_dim(t, id);
    if (d == SIZE_MAX)
        return err_set(err, STATUS_INVALID, "chart", "统计表%s没有维度%s，无法作图",
                       or_empty(t->id), id);
    *out = d;
    return STATUS_OK;
}

static int by_code(const void *a, const void *b, void *dim) {
    const struct table_dim *d = dim;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int c = strcmp(or_empty(d->cat[i].code), or_empty(d->cat[j].code));
    return c ? c : (i > j) - (i < j);
}

/* The categories of dimension d but its total. */
static enum status pick_categories(const void *ctx, const struct table_dim *d,
                                   size_t **out, size_t *n, struct err *err) {
    size_t *list = talloc_array(ctx, size_t, (unsigned)(d->n + 1));
    if (!list) return err_set(err, STATUS_NOMEM, NULL, "out of memory for a chart");
    size_t k = 0;
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(or_empty(d->cat[i].code), TOTAL) != 0) list[k++] = i;
    *out = list;
    *n = k;
    return STATUS_OK;
}

static enum status plan_make(const void *ctx, const struct table *t,
                             const struct chart_row *row, struct plan *p,
                             struct err *err) {
    memset(p, 0, sizeof *p);
    p->t = t;
    p->row = row;
    enum status s;
    if ((s = find_dim(t, row->x_dim, &p->x_dim, err)) ||
        (s = find_dim(t, row->series_dim, &p->series_dim, err)) ||
        (s = find_dim(t, "measure", &p->measure_dim, err)))
        return s;
    const struct table_dim *m = &t->dim[p->measure_dim];
    p->measure = table_find_category(m, row->measure);
    if (p->measure == SIZE_MAX)
        return err_set(err, STATUS_INVALID, "chart", "统计表%s没有指标%s，无法作图",
                       or_empty(t->id), row->measure);
    p->panel = row->panel_measure ? table_find_category(m, row->panel_measure) : SIZE_MAX;
    for (size_t d = 0; d < t->ndim; d++) {
        if (d == p->x_dim || d == p->series_dim || d == p->measure_dim) continue;
        p->fixed[d] = table_find_category(&t->dim[d], TOTAL);
        if (p->fixed[d] == SIZE_MAX && t->dim[d].n == 1) p->fixed[d] = 0;
        if (p->fixed[d] == SIZE_MAX)
            return err_set(err, STATUS_INVALID, "chart",
                           "统计表%s的维度%s没有合计，无法作图", or_empty(t->id),
                           or_empty(t->dim[d].id));
    }
    if ((s = pick_categories(ctx, &t->dim[p->x_dim], &p->x, &p->nx, err)) ||
        (s = pick_categories(ctx, &t->dim[p->series_dim], &p->series, &p->nseries, err)))
        return s;
    if (row->x_sorted && p->nx > 1)
        qsort_r(p->x, p->nx, sizeof *p->x, by_code, (void *)(uintptr_t)&t->dim[p->x_dim]);
    if (row->x_max > 0 && p->nx > (size_t)row->x_max) {
        p->x += p->nx - (size_t)row->x_max;
        p->nx = (size_t)row->x_max;
    }
    p->total = table_find_category(&t->dim[p->series_dim], TOTAL);
    int64_t at;
    if (t->as_of && instant_parse(str_of(t->as_of), &at, NULL) == STATUS_OK)
        p->as_of = instant_date(at + CHINA_OFFSET_S);
    return STATUS_OK;
}

static const struct table_cell *cell_at(const struct plan *p, size_t x, size_t series,
                                        size_t measure) {
    size_t index[TABLE_MAX_DIMS];
    assert(p->x && x < p->nx);
    memcpy(index, p->fixed, sizeof index);
    index[p->x_dim] = p->x[x];
    index[p->series_dim] = series;
    index[p->measure_dim] = measure;
    return table_at(p->t, index);
}

static bool x_has_status(const struct plan *p, size_t x, enum table_status status) {
    for (size_t i = 0; i < p->nseries; i++)
        if (cell_at(p, x, p->series[i], p->measure)->status == status) return true;
    return p->total != SIZE_MAX && cell_at(p, x, p->total, p->measure)->status == status;
}

static const char *x_label(const struct plan *p, size_t x) {
    assert(p->x && x < p->nx);
    return or_empty(p->t->dim[p->x_dim].cat[p->x[x]].label);
}

/* "2025年" also where the label already says 年. */
static void x_words(const struct plan *p, size_t x, char *out, size_t size) {
    const char *label = x_label(p, x), *suffix = p->row->x_suffix;
    size_t n = strlen(label), k = strlen(suffix);
    bool said = n >= k && strcmp(label + n - k, suffix) == 0;
    snprintf(out, size, "%s%s", label, said ? "" : suffix);
}

static const char *unit_words(const struct plan *p, size_t measure) {
    return table_unit_words(p->t, p->t->dim[p->measure_dim].cat[measure].unit);
}

/* --- points --------------------------------------------------------------------------
 */

static const char *status_words(enum table_status s) {
    switch (s) {
        case TABLE_MISSING:
            return "无数据";
        case TABLE_NOT_APPLICABLE:
            return "不适用";
        case TABLE_SUPPRESSED:
            return "不予公布";
        case TABLE_PROVISIONAL:
            return "（未满全年）";
        case TABLE_BREAK:
            return "（统计口径有变）";
        case TABLE_REVISED:
            return "（已修订）";
        case TABLE_VALUE:
            break;
    }
    return "";
}

static json_t *point(json_t *value, const char *mark, const char *tip, const char *link) {
    return json_pack("{s:o, s:s, s:s, s:s?}", "value", value, "mark", mark, "tip", tip,
                     "link", link);
}

/* "2024年 应用技术成果：1,234项（占78.60%，1,234/1,570）" */
static json_t *cell_point(const struct plan *p, size_t x, size_t series, size_t measure,
                          const char *name) {
    const struct table_cell *c = cell_at(p, x, series, measure);
    char when[256], plain[40], number[CHART_NUMBER_TEXT], tip[1024];
    x_words(p, x, when, sizeof when);
    if (!has_value(c)) {
        snprintf(tip, sizeof tip, "%s %s：%s", when, name, status_words(c->status));
        return point(json_null(), table_status_mark(c->status), tip, c->link);
    }
    table_cell_text(c, plain, sizeof plain);
    chart_number_grouped(plain, number, sizeof number);
    int n = snprintf(tip, sizeof tip, "%s %s：%s%s%s", when, name, number,
                     unit_words(p, measure), status_words(c->status));
    if (c->has_ratio && n > 0 && (size_t)n < sizeof tip)
        snprintf(tip + n, sizeof tip - (size_t)n, "（分子%" PRId64 "，分母%" PRId64 "）",
                 c->numerator, c->denominator);
    double v = cell_number(c);
    return point(c->decimals == 0 ? json_integer(c->units) : json_real(v), "", tip,
                 c->link);
}

/* The sum of the series that found no place of their own. */
static json_t *rest_point(const struct plan *p, size_t x, const size_t *rest,
                          size_t nrest) {
    int64_t sum = 0;
    enum table_status bad = TABLE_VALUE;
    int decimals = 0;
    for (size_t i = 0; i < nrest; i++) {
        const struct table_cell *c = cell_at(p, x, rest[i], p->measure);
        decimals = c->decimals;
        if (!has_value(c))
            bad = c->status;
        else if (__builtin_add_overflow(sum, c->units, &sum))
            bad = TABLE_MISSING;
    }
    struct table_cell total = {.status = bad, .units = sum, .decimals = decimals};
    char when[256], plain[40], number[CHART_NUMBER_TEXT], tip[1024];
    x_words(p, x, when, sizeof when);
    if (bad != TABLE_VALUE) {
        snprintf(tip, sizeof tip, "%s 其他：%s", when, status_words(bad));
        return point(json_null(), table_status_mark(bad), tip, NULL);
    }
    table_cell_text(&total, plain, sizeof plain);
    snprintf(tip, sizeof tip, "%s 其他（%zu类合计）：%s%s", when, nrest,
             chart_number_grouped(plain, number, sizeof number),
             unit_words(p, p->measure));
    return point(decimals == 0 ? json_integer(sum) : json_real(cell_number(&total)), "",
                 tip, NULL);
}

static json_t *color_json(int32_t rgb) {
    return json_sprintf("#%06X", (unsigned)rgb & 0xFFFFFF);
}

static json_t *series_json(const struct plan *p, size_t series, int32_t color) {
    const char *name = or_empty(p->t->dim[p->series_dim].cat[series].label);
    json_t *points = json_array();
    for (size_t x = 0; x < p->nx; x++)
        json_array_append_new(points, cell_point(p, x, series, p->measure, name));
    return json_pack("{s:s, s:o, s:o}", "label", name, "color", color_json(color),
                     "points", points);
}

/* The palette's next colour that no category of this table owns. */
static int32_t next_color(const struct plan *p, size_t *next) {
    for (;;) {
        int32_t c = chart_color_palette((*next)++);
        bool taken = false;
        for (size_t i = 0; i < p->nseries && c != (int32_t)CHART_GREY; i++) {
            const struct table_dim *d = &p->t->dim[p->series_dim];
            taken |= chart_color_fixed(or_empty(d->id),
                                       or_empty(d->cat[p->series[i]].code)) == c;
        }
        if (!taken) return c;
    }
}

static double series_weight(const struct plan *p, size_t series) {
    double sum = 0;
    for (size_t x = 0; x < p->nx; x++) {
        const struct table_cell *c = cell_at(p, x, series, p->measure);
        sum += has_value(c) ? cell_number(c) : 0;
    }
    return sum;
}

/* Whether fewer than CHART_MAX_SERIES coloured series weigh more than this one. */
static bool has_place(const struct plan *p, size_t i, const bool *grey,
                      const double *weight) {
    size_t heavier = 0;
    for (size_t j = 0; j < p->nseries; j++)
        if (!grey[j] && (weight[j] > weight[i] || (!(weight[j] < weight[i]) && j < i)))
            heavier++;
    return !grey[i] && heavier < CHART_MAX_SERIES;
}

static json_t *all_series(const struct plan *p, const void *ctx) {
    const struct table_dim *d = &p->t->dim[p->series_dim];
    bool *grey = talloc_zero_array(ctx, bool, (unsigned)(p->nseries + 1));
    double *weight = talloc_zero_array(ctx, double, (unsigned)(p->nseries + 1));
    size_t *rest = talloc_array(ctx, size_t, (unsigned)(p->nseries + 1));
    json_t *out = json_array();
    if (!grey || !weight || !rest || !out) return json_decref(out), NULL;
    size_t nrest = 0, next = 0;
    for (size_t i = 0; i < p->nseries; i++) {
        const char *code = or_empty(d->cat[p->series[i]].code);
        grey[i] = chart_color_fixed(or_empty(d->id), code) == (int32_t)CHART_GREY;
        weight[i] = series_weight(p, p->series[i]);
    }
    for (size_t i = 0; i < p->nseries; i++) {
        if (!has_place(p, i, grey, weight)) {
            rest[nrest++] = p->series[i];
            continue;
        }
        int32_t c =
            chart_color_fixed(or_empty(d->id), or_empty(d->cat[p->series[i]].code));
        json_array_append_new(
            out, series_json(p, p->series[i], c >= 0 ? c : next_color(p, &next)));
    }
    if (nrest == 1) {
        json_array_append_new(out, series_json(p, rest[0], (int32_t)CHART_GREY));
    } else if (nrest > 1) {
        json_t *points = json_array();
        for (size_t x = 0; x < p->nx; x++)
            json_array_append_new(points, rest_point(p, x, rest, nrest));
        json_array_append_new(out, json_pack("{s:s, s:o, s:o}", "label", "其他", "color",
                                             color_json((int32_t)CHART_GREY), "points",
                                             points));
    }
    return out;
}

static json_t *total_line(const struct plan *p, size_t measure, const char *label,
                          const char *name) {
    json_t *points = json_array();
    for (size_t x = 0; x < p->nx; x++) {
        json_t *drawn = cell_point(p, x, p->total, measure, name);
        /* Part of a year against a whole one: told in the tooltip, not drawn as a fall.
         */
        if (measure == p->panel &&
            cell_at(p, x, p->total, measure)->status == TABLE_PROVISIONAL) {
            json_object_set_new(drawn, "value", json_null());
            json_object_set_new(drawn, "mark", json_string("未满"));
        }
        json_array_append_new(points, drawn);
    }
    return json_pack("{s:s, s:o}", "label", label, "points", points);
}

/* --- words ---------------------------------------------------------------------------
 */

static json_t *x_json(const struct plan *p) {
    json_t *out = json_array();
    for (size_t x = 0; x < p->nx; x++) {
        bool provisional = x_has_status(p, x, TABLE_PROVISIONAL);
        char note[64] = "";
        if (provisional && p->as_of)
            snprintf(note, sizeof note, "截至%d-%d", date_month(p->as_of),
                     date_day(p->as_of));
        json_array_append_new(out,
                              json_pack("{s:s, s:s, s:b, s:b}", "label", x_label(p, x),
                                        "note", note, "provisional", (int)provisional,
                                        "break", (int)x_has_status(p, x, TABLE_BREAK)));
    }
    return out;
}

static json_t *notes_json(const struct plan *p) {
    json_t *out = json_array();
    bool seen[TABLE_REVISED + 1] = {false};
    for (size_t x = 0; x < p->nx; x++) {
        char when[256], day[DATE_TEXT];
        x_words(p, x, when, sizeof when);
        if (x_has_status(p, x, TABLE_PROVISIONAL))
            json_array_append_new(
                out, p->as_of ? json_sprintf("斜纹：%s未满，为截至%s的数。", when,
                                             date_text(p->as_of, day))
                              : json_sprintf("斜纹：%s未满，为暂时数。", when));
        if (x_has_status(p, x, TABLE_BREAK))
            json_array_append_new(
                out, json_sprintf("虚线：自%s起统计口径有变，前后不可直接比较。", when));
        for (size_t s = 0; s < ARRAY_LEN(seen); s++)
            seen[s] |= x_has_status(p, x, (enum table_status)s);
        if (p->panel != SIZE_MAX && p->total != SIZE_MAX)
            seen[cell_at(p, x, p->total, p->panel)->status] = true;
    }
    if (seen[TABLE_MISSING])
        json_array_append_new(out, json_string("“:”表示无数据，不是零。"));
    if (seen[TABLE_NOT_APPLICABLE])
        json_array_append_new(out, json_string("“–”表示不适用。"));
    if (seen[TABLE_SUPPRESSED])
        json_array_append_new(out, json_string("“c”表示为保护单个单位而不予公布。"));
    for (size_t i = 0; i < p->t->nnotes; i++)
        json_array_append_new(out, json_string(or_empty(p->t->notes[i])));
    return out;
}

static json_t *subtitle_json(const struct plan *p) {
    char first[256] = "", last[256] = "";
    if (p->nx > 0) {
        snprintf(first, sizeof first, "%s", x_label(p, 0));
        x_words(p, p->nx - 1, last, sizeof last);
    }
    const char *unit = unit_words(p, p->measure);
    return json_sprintf(
        "%s%s%s%s%s%s%s%s%s%s", or_empty(p->t->measure), unit[0] ? "（" : "", unit,
        unit[0] ? "）" : "", p->t->place ? " · " : "", or_empty(p->t->place),
        p->nx ? " · " : "", p->nx > 1 ? first : "", p->nx > 1 ? "–" : "", last);
}

static json_t *footer_json(const struct plan *p) {
    const struct table *t = p->t;
    char day[DATE_TEXT] = "";
    if (p->as_of) date_text(p->as_of, day);
    bool live = !t->edition || strcmp(t->edition, "live") == 0;
    return json_sprintf(
        "数据来源：%s · 截至：%s · 口径：%s · 版本：%s%s · 统计表%s",
        t->source && t->source[0] ? t->source : "未注明", day[0] ? day : "未注明",
        t->base_label ? t->base_label : or_empty(t->base), live ? "实时" : t->edition,
        live ? "（随登记变动）" : "（已冻结）", or_empty(t->id));
}

/* Picks the first, last, highest and lowest complete year of the total. */
struct extremes {
    size_t first, last, high, low; /* SIZE_MAX: none */
};

static struct extremes extremes_of(const struct plan *p) {
    struct extremes e = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    for (size_t x = 0; x < p->nx && p->total != SIZE_MAX; x++) {
        const struct table_cell *c = cell_at(p, x, p->total, p->measure);
        if (!has_value(c) || c->status == TABLE_PROVISIONAL) continue;
        if (e.first == SIZE_MAX) e.first = e.high = e.low = x;
        e.last = x;
        if (c->units > cell_at(p, e.high, p->total, p->measure)->units) e.high = x;
        if (c->units < cell_at(p, e.low, p->total, p->measure)->units) e.low = x;
    }
    return e;
}

static void add_value(struct buf *b, const struct plan *p, size_t x, const char *verb) {
    char when[256], plain[40], number[CHART_NUMBER_TEXT];
    x_words(p, x, when, sizeof when);
    table_cell_text(cell_at(p, x, p->total, p->measure), plain, sizeof plain);
    buf_add_f(b, "%s%s%s%s", when, verb,
              chart_number_grouped(plain, number, sizeof number),
              unit_words(p, p->measure));
}

static json_t *desc_json(const struct plan *p) {
    struct buf b = buf_init(TEXT_BYTES);
    const struct table *t = p->t;
    buf_add_f(&b, "%s：%s%s", p->row->kind_label, or_empty(t->place),
              or_empty(t->measure));
    if (p->nx > 0) {
        char first[256], last[256];
        x_words(p, 0, first, sizeof first);
        x_words(p, p->nx - 1, last, sizeof last);
        buf_add_f(&b, "，%s%s%s", first, p->nx > 1 ? "至" : "", p->nx > 1 ? last : "");
    }
    buf_add_f(&b, "，按%s分组。", or_empty(t->dim[p->series_dim].label));
    struct extremes e = extremes_of(p);
    if (e.first == SIZE_MAX) {
        buf_add_z(&b, "没有完整时期的合计数。");
    } else if (e.first == e.last) {
        add_value(&b, p, e.first, "合计");
        buf_add_z(&b, "。");
    } else {
        int64_t from = cell_at(p, e.first, p->total, p->measure)->units;
        int64_t to = cell_at(p, e.last, p->total, p->measure)->units;
        buf_add_z(&b, "合计从");
        add_value(&b, p, e.first, "的");
        buf_add_z(&b, from < to ? "增至" : from > to ? "降至" : "到");
        add_value(&b, p, e.last, "的");
        int64_t change;
        if (from > 0 && from != to && !__builtin_sub_overflow(to, from, &change)) {
            int64_t pct = table_percent(change < 0 ? -change : change, from, 1);
            buf_add_f(&b, "，%s%" PRId64 ".%" PRId64 "%%", change < 0 ? "下降" : "增长",
                      pct / 10, pct % 10);
        }
        buf_add_z(&b, "；最高为");
        add_value(&b, p, e.high, "的");
        buf_add_z(&b, "，最低为");
        add_value(&b, p, e.low, "的");
        buf_add_z(&b, "。");
    }
    for (size_t x = 0; x < p->nx; x++)
        if (p->total != SIZE_MAX && x_has_status(p, x, TABLE_PROVISIONAL) &&
            has_value(cell_at(p, x, p->total, p->measure))) {
            add_value(&b, p, x, "未满，暂计");
            buf_add_z(&b, "，不参与比较。");
        }
    json_t *out = b.failed ? NULL : json_stringn(buf_z(&b), b.n);
    buf_done(&b);
    return out;
}

/* --- the whole -----------------------------------------------------------------------
 */

enum status chart_describe(const struct table *t, const struct chart_row *row, int width,
                           json_t **out, struct err *err) {
    if (width == 0) width = CHART_WIDTH_DEFAULT;
    if (width < CHART_WIDTH_MIN || width > CHART_WIDTH_MAX)
        return err_set(err, STATUS_USAGE, "width", "图宽应在%d到%d之间，不是%d",
                       CHART_WIDTH_MIN, CHART_WIDTH_MAX, width);
    void *ctx = talloc_new(NULL);
    struct plan p;
    enum status s = plan_make(ctx, t, row, &p, err);
    if (s == STATUS_OK) {
        bool integer = t->dim[p.measure_dim].cat[p.measure].unit == TABLE_COUNT;
        json_t *d = json_pack(
            "{s:i, s:s, s:s, s:i, s:s, s:o, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o}",
            "version", CHART_VERSION, "id", row->id, "kind", row->kind, "width", width,
            "title", row->title, "subtitle", subtitle_json(&p), "desc", desc_json(&p),
            "as_of", or_empty(t->as_of), "unit", unit_words(&p, p.measure), "integer",
            (int)integer, "x", x_json(&p), "series", all_series(&p, ctx), "notes",
            notes_json(&p), "footer", footer_json(&p));
        if (d && p.total != SIZE_MAX)
            json_object_set_new(d, "total", total_line(&p, p.measure, "合计", "合计"));
        if (d && p.total != SIZE_MAX && p.panel != SIZE_MAX)
            json_object_set_new(
                d, "panel",
                total_line(&p, p.panel, row->panel_title,
                           or_empty(t->dim[p.measure_dim].cat[p.panel].label)));
        if (d)
            *out = d;
        else
            s = err_set(err, STATUS_INVALID, "chart",
                        "统计表%s的文字不是有效的UTF-8，或内存不足", or_empty(t->id));
    }
    talloc_free(ctx);
    return s;
}
