#include "query/filter.h"

#include "core/cli.h"
#include "core/date.h"
#include "core/utf8.h"
#include "query/plan.h"
#include "query/qlang.h"

#include <stdio.h>
#include <talloc.h>

#define BY_FACET(f)                                                                      \
    { (int)(f), -1 }
#define BY_DATE(d)                                                                       \
    { -1, (int)(d) }
#define SUGGEST_MAX_ENTRIES 4096

/* The order of interface.md. */
static const struct {
    int facet, date;
} table[FILTER_COUNT] = {
    BY_FACET(FACET_CATEGORY),    BY_FACET(FACET_YEAR),        BY_DATE(DATE_APPROVED),
    BY_DATE(DATE_ACHIEVED),      BY_FACET(FACET_FORM),        BY_FACET(FACET_ATTRIBUTE),
    BY_FACET(FACET_STAGE),       BY_FACET(FACET_LEVEL),       BY_FACET(FACET_MATURITY),
    BY_FACET(FACET_DISCIPLINE),  BY_FACET(FACET_INDUSTRY),    BY_FACET(FACET_HITECH),
    BY_FACET(FACET_SEI),         BY_FACET(FACET_SOURCE),      BY_FACET(FACET_PLAN),
    BY_FACET(FACET_EVALUATION),  BY_FACET(FACET_STATUS),      BY_FACET(FACET_IP),
    BY_FACET(FACET_INTENT),      BY_FACET(FACET_COOPERATION), BY_FACET(FACET_UNIT),
    BY_FACET(FACET_FIRST_UNIT),  BY_FACET(FACET_UNIT_TYPE),   BY_FACET(FACET_REGION),
    BY_FACET(FACET_RECOMMENDER), BY_FACET(FACET_PERSON),      BY_FACET(FACET_KEYWORD),
    BY_FACET(FACET_STATE),       BY_FACET(FACET_CONSENT),     BY_FACET(FACET_PUBLICITY),
};

static const char *const date_name[DATE_COLUMN_COUNT] = {
    [DATE_APPROVED] = "approved", [DATE_ACHIEVED] = "achieved"};

const char *filter_name(size_t i) {
    return table[i].facet >= 0 ? facet_name((enum facet)table[i].facet)
                               : date_name[table[i].date];
}
int filter_facet(size_t i) {
    return table[i].facet;
}
int filter_date(size_t i) {
    return table[i].date;
}

size_t filter_of_facet(enum facet f) {
    size_t i = 0;
    while (i + 1 < FILTER_COUNT && table[i].facet != (int)f) i++;
    return i;
}

int filter_by_name(struct str name, enum audience audience) {
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        int f = table[i].facet;
        if (str_eq_z(name, filter_name(i)))
            return f >= 0 && facet_is_internal((enum facet)f) &&
                           audience != AUDIENCE_INTERNAL
                       ? -1
                       : (int)i;
    }
    return -1;
}

static enum code_list list_of(size_t i) {
    int f = table[i].facet;
    return f >= 0 ? field_of_facet((enum facet)f)->list : CODES_NONE;
}

struct str filter_facet_label(enum facet f, struct str value) {
    enum code_list list = field_of_facet(f)->list;
    if (list != CODES_NONE) return str_of(codes_label(list, value));
    return str_eq_z(value, "none") ? str_of("未填") : value;
}

struct str filter_label(size_t i, struct str value) {
    return table[i].facet >= 0 ? filter_facet_label((enum facet)table[i].facet, value)
                               : value;
}

/* The label of the list that holds `value`, else the closest. */
static void suggest(enum code_list list, struct str value, char *out) {
    static const char *const none[] = {NULL};
    const char *const *labels = none;
    size_t n = codes_count(list);
    if (n > SUGGEST_MAX_ENTRIES) n = SUGGEST_MAX_ENTRIES;
    const char **made = talloc_array(NULL, const char *, (unsigned)n + 1);
    for (size_t k = 0; made && k < n; k++)
        made[k] = codes_label(list, str_of(codes_at(list, k)));
    if (made) labels = made;
    const char *near = NULL;
    for (size_t k = 0; made && k < n && !near; k++) /* 软科 is a part of 软科学成果 */
        if (memmem(labels[k], strlen(labels[k]), value.p, value.n)) near = labels[k];
    if (made && !near) near = cli_closest(value, labels, n);
    if (near) snprintf(out, FILTER_SUGGESTION_MAX, "%s", near);
    talloc_free(made);
}

static enum status bad_value(size_t i, struct str value, const char *want,
                             const char *suggestion, struct err *err) {
    int n = (int)utf8_clip(value, FILTER_SUGGESTION_MAX);
    enum status s =
        err_set(err, STATUS_INVALID, "invalid_value",
                "筛选条件 %s 没有取值“%.*s”%s%s%s%s", filter_name(i), n, value.p, want,
                *suggestion ? "，是不是“" : "", suggestion, *suggestion ? "”？" : "");
    err_place(err, NULL, 0, filter_name(i));
    return s;
}

/* Canonical form of a value, text on ctx. */
static enum status canonical(void *ctx, size_t i, struct str value,
                             struct filter_value *out, char *suggestion,
                             struct err *err) {
    bool year = table[i].facet == FACET_YEAR, date = table[i].facet < 0, wrong = false;
    enum code_list list = list_of(i);
    struct filter_value v = {.text = value};
    struct buf b = buf_init(FILTER_VALUE_MAX);
    if ((year || date) && qlang_range(value, year, &v.lo, &v.hi, &wrong)) {
        v.range = true;
        qlang_range_print(v.lo, v.hi, year, &b);
        v.text = buf_str(&b);
    } else if (wrong) {
        int n = (int)value.n;
        enum status s = err_set(err, STATUS_INVALID, "invalid_range",
                                "%s 的范围“%.*s”起点大于终点；请写成 起点..终点",
                                filter_name(i), n, value.p);
        err_place(err, NULL, 0, filter_name(i));
        return s;
    } else if (date) {
        return bad_value(i, value, "；请写年、年-月或年-月-日，范围写成 起点..终点",
                         suggestion, err);
    } else if (year) {
        if (!str_eq_z(value, "none") && !str_eq_z(value, "未填"))
            return bad_value(i, value, "；请写四位年份，范围写成 2021..2025", suggestion,
                             err);
        v.text = str_of("none");
    } else if (list != CODES_NONE) {
        v.text = codes_resolve(list, value);
        if (v.text.n == 0) {
            suggest(list, value, suggestion);
            return bad_value(i, value, "", suggestion, err);
        }
    } else if (str_eq_z(value, "未填")) {
        v.text = str_of("none");
    }
    char *copy = talloc_memdup(ctx, v.text.p, (unsigned)v.text.n);
    v.text.p = copy;
    buf_done(&b);
    if (!copy) return err_set(err, STATUS_NOMEM, NULL, "内存不足：筛选条件");
    *out = v;
    return STATUS_OK;
}

enum status filter_add(void *ctx, struct filter_set *set, size_t i, struct str value,
                       char *suggestion, struct err *err) {
    suggestion[0] = 0;
    value = str_trim(value);
    if (value.n == 0) return STATUS_OK;
    if (value.n > FILTER_VALUE_MAX) return bad_value(i, value, "：太长", suggestion, err);
    struct filter_value v = {0};
    enum status s = canonical(ctx, i, value, &v, suggestion, err);
    if (s != STATUS_OK || filter_has(set, i, v.text)) return s;
    if (!set->filter[i]) {
        set->filter[i] = talloc(ctx, struct filter);
        if (!set->filter[i])
            return err_set(err, STATUS_NOMEM, NULL, "内存不足：筛选条件");
        set->filter[i]->n = 0;
    }
    struct filter *f = set->filter[i];
    if (f->n == FILTER_MAX_VALUES) {
        s = err_set(err, STATUS_LIMIT, "too_many_values", "%s 最多给 %d 个值",
                    filter_name(i), FILTER_MAX_VALUES);
        err_place(err, NULL, 0, filter_name(i));
        return s;
    }
    size_t at = f->n++;
    for (; at > 0 && str_cmp(v.text, f->value[at - 1].text) < 0; at--)
        f->value[at] = f->value[at - 1];
    f->value[at] = v;
    return STATUS_OK;
}

bool filter_has(const struct filter_set *set, size_t i, struct str value) {
    const struct filter *f = set->filter[i];
    for (size_t k = 0; f && k < f->n; k++)
        if (str_eq(f->value[k].text, value)) return true;
    return false;
}

/* ---- conditions ------------------------------------------------------------------ */

static struct xindex_cond range_cond(size_t i, const struct filter_value *v) {
    return (struct xindex_cond){.facet = table[i].facet,
                                .date = table[i].date,
                                .has_range = true,
                                .lo = v->lo,
                                .hi = v->hi};
}

/* All ranges of a date filter as OR of conditions. */
static struct xindex_node *range_node(void *ctx, size_t i, const struct filter *f) {
    struct xindex_node *all = NULL;
    for (size_t k = 0; k < f->n; k++) {
        struct xindex_node *one = talloc_zero(ctx, struct xindex_node);
        if (!one) return NULL;
        one->op = XINDEX_COND;
        one->cond = range_cond(i, &f->value[k]);
        all = all ? plan_join(ctx, XINDEX_OR, all, one) : one;
        if (!all) return NULL;
    }
    return all;
}

/* Codes as values; of years the first range as the range, further ones year by year. */
static bool facet_cond(void *ctx, size_t i, const struct filter *f,
                       struct xindex_cond *out) {
    struct xindex_cond c = {.facet = table[i].facet, .date = -1};
    size_t most = f->n;
    for (size_t k = 0; k < f->n; k++)
        if (f->value[k].range) most += DATE_YEAR_MAX - DATE_YEAR_MIN + 1;
    struct str *value = talloc_array(ctx, struct str, (unsigned)most);
    if (!value) return false;
    for (size_t k = 0; k < f->n; k++) {
        const struct filter_value *v = &f->value[k];
        if (!v->range) {
            value[c.nvalue++] = v->text;
        } else if (!c.has_range) {
            c.has_range = true;
            c.lo = v->lo;
            c.hi = v->hi;
        } else {
            int lo = v->lo < DATE_YEAR_MIN ? DATE_YEAR_MIN : v->lo;
            int hi = v->hi > DATE_YEAR_MAX ? DATE_YEAR_MAX : v->hi;
            for (int y = lo; y <= hi; y++) {
                char *text = talloc_asprintf(value, "%d", y);
                if (!text) return false;
                value[c.nvalue++] = str_of(text);
            }
        }
    }
    c.value = value;
    *out = c;
    return true;
}

enum status filter_conditions(void *ctx, const struct filter_set *set,
                              struct xindex_cond **where, size_t **from, size_t *n,
                              struct xindex_node **extra, struct err *err) {
    struct xindex_cond *cond = talloc_zero_array(ctx, struct xindex_cond, FILTER_COUNT);
    size_t *index = talloc_zero_array(ctx, size_t, FILTER_COUNT);
    struct xindex_node *node = NULL;
    bool ok = cond && index;
    size_t count = 0;
    for (size_t i = 0; ok && i < FILTER_COUNT; i++) {
        const struct filter *f = set->filter[i];
        if (!f || f->n == 0) continue;
        if (table[i].facet < 0 && f->n > 1) {
            struct xindex_node *one = range_node(ctx, i, f);
            ok = one && (node = node ? plan_join(ctx, XINDEX_AND, node, one) : one);
            continue;
        }
        index[count] = i;
        if (table[i].facet < 0)
            cond[count++] = range_cond(i, &f->value[0]);
        else
            ok = facet_cond(ctx, i, f, &cond[count++]);
    }
    if (!ok) return err_set(err, STATUS_NOMEM, NULL, "内存不足：筛选条件");
    *where = cond;
    *from = index;
    *n = count;
    *extra = node;
    return STATUS_OK;
}
