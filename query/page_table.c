#include "query/page_table.h"

#include "core/date.h"

#include <stdio.h>
#include <talloc.h>

#define CHINA_SECONDS 28800

static const struct {
    enum table_status status;
    const char *label;
} marks[] = {
    {TABLE_MISSING, "没有数据"},   {TABLE_NOT_APPLICABLE, "不适用"},
    {TABLE_SUPPRESSED, "不公开"},  {TABLE_PROVISIONAL, "暂定，年度未完"},
    {TABLE_BREAK, "口径在此中断"}, {TABLE_REVISED, "修订过"},
};

static const char *mark_label(enum table_status s) {
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (marks[i].status == s) return marks[i].label;
    return "";
}

static bool is_number(enum table_status s) {
    return s == TABLE_VALUE || s == TABLE_PROVISIONAL || s == TABLE_BREAK ||
           s == TABLE_REVISED;
}

/* ---- head ------------------------------------------------------------------------- */

static json_t *head_cell(struct view *v, const char *label, size_t colspan,
                         size_t rowspan) {
    json_t *o = json_object();
    view_set(v, o, "label", json_string(label));
    view_set(v, o, "url", json_null());
    view_set(v, o, "colspan", json_integer((json_int_t)colspan));
    view_set(v, o, "rowspan", json_integer((json_int_t)rowspan));
    view_set(v, o, "group", json_boolean(colspan > 1));
    return o;
}

static const char *category_label(struct call *c, const struct table *t,
                                  const struct table_dim *d, size_t i) {
    if (strcmp(d->id, "measure") != 0) return d->cat[i].label;
    return talloc_asprintf(c->mem, "%s（%s）", d->cat[i].label,
                           table_unit_words(t, d->cat[i].unit));
}

static void put_head(struct call *c, struct view *v, const struct table *t) {
    json_t *head = view_list(v, v->j, "head");
    size_t repeat = 1, span = t->ncell / t->dim[0].n;
    for (size_t d = 1; d < t->ndim; d++) {
        const struct table_dim *dim = &t->dim[d];
        json_t *row = json_object();
        view_add(v, head, row);
        json_t *cells = view_list(v, row, "cells");
        if (d == 1) view_add(v, cells, head_cell(v, t->dim[0].label, 1, t->ndim - 1));
        span /= dim->n;
        for (size_t i = 0; i < repeat * dim->n; i++)
            view_add(v, cells,
                     head_cell(v, category_label(c, t, dim, i % dim->n), span, 1));
        repeat *= dim->n;
    }
}

/* ---- body ------------------------------------------------------------------------- */

static const char *cell_text(const struct table_cell *cell, char *out, size_t size) {
    if (is_number(cell->status) && cell->decimals == 0)
        return page_count(cell->units, out, size);
    return table_cell_text(cell, out, size);
}

static json_t *cell_note(const struct call *c, const struct table_cell *cell) {
    char a[32], b[32];
    if (!is_number(cell->status)) return json_null();
    if (cell->has_ratio)
        return json_sprintf("%s / %s", page_count(cell->numerator, a, sizeof a),
                            page_count(cell->denominator, b, sizeof b));
    if (c->server->audience == AUDIENCE_PUBLIC && cell->visible != cell->records)
        return json_sprintf("其中可查 %s", page_count(cell->visible, a, sizeof a));
    return json_null();
}

static json_t *body_cell(struct call *c, struct view *v, const struct table_cell *cell) {
    char text[64];
    json_t *o = json_object();
    bool marked = is_number(cell->status) && cell->status != TABLE_VALUE;
    view_set(v, o, "text", json_string(cell_text(cell, text, sizeof text)));
    view_set(v, o, "url", cell->link ? json_string(cell->link) : json_null());
    view_set(v, o, "mark",
             marked ? json_string(table_status_mark(cell->status)) : json_null());
    view_set(v, o, "mark_label",
             marked ? json_string(mark_label(cell->status)) : json_null());
    view_set(v, o, "note", cell_note(c, cell));
    return o;
}

static void put_body(struct call *c, struct view *v, const struct table *t) {
    json_t *body = view_list(v, v->j, "body");
    size_t width = t->ncell / t->dim[0].n;
    for (size_t i = 0; i < t->dim[0].n; i++) {
        const struct table_category *cat = &t->dim[0].cat[i];
        json_t *row = json_object(), *head = json_object();
        view_add(v, body, row);
        view_set(v, row, "total", json_boolean(strcmp(cat->code, "_T") == 0));
        json_t *heads = view_list(v, row, "heads"), *cells = view_list(v, row, "cells");
        view_add(v, heads, head);
        view_set(v, head, "label", json_string(cat->label));
        view_set(v, head, "url", json_null());
        view_set(v, head, "rowspan", json_integer(1));
        for (size_t k = 0; k < width; k++)
            view_add(v, cells, body_cell(c, v, &t->cell[i * width + k]));
    }
}

static void put_flags(struct view *v, const struct table *t) {
    json_t *flags = view_list(v, v->j, "flags");
    for (size_t m = 0; m < ARRAY_LEN(marks); m++) {
        size_t i = 0;
        while (i < t->ncell && t->cell[i].status != marks[m].status) i++;
        if (i < t->ncell)
            view_add(v, flags,
                     json_pack("{s:s,s:s}", "mark", table_status_mark(marks[m].status),
                               "label", marks[m].label));
    }
    json_t *notes = view_list(v, v->j, "notes");
    for (size_t i = 0; i < t->nnotes; i++)
        view_add(v, notes,
                 json_pack("{s:o,s:s}", "no", json_sprintf("%zu", i + 1), "text",
                           t->notes[i]));
}

static const char *period_of(struct call *c, const struct table *t) {
    size_t d = table_find_dim(t, "year");
    const struct table_dim *y = d == SIZE_MAX ? NULL : &t->dim[d];
    const char *first = NULL, *last = NULL;
    for (size_t i = 0; y && i < y->n; i++) {
        if (strcmp(y->cat[i].code, "_T") == 0) continue;
        if (!first || strcmp(y->cat[i].code, first) < 0) first = y->cat[i].code;
        if (!last || strcmp(y->cat[i].code, last) > 0) last = y->cat[i].code;
    }
    if (!first) return "";
    if (strcmp(first, last) == 0) return talloc_asprintf(c->mem, "%s 年度", first);
    return talloc_asprintf(c->mem, "%s–%s 年度", first, last);
}

void page_table_put(struct call *c, struct view *v, const struct table *t) {
    view_set(v, v->j, "caption",
             json_sprintf("表 %s　%s，%s", t->id, t->title, period_of(c, t)));
    put_head(c, v, t);
    put_body(c, v, t);
    put_flags(v, t);
}

/* ---- about ------------------------------------------------------------------------ */

static void put_years(struct call *c, struct view *v, const struct table *t,
                      const char *path, struct str year) {
    size_t d = table_find_dim(t, "year");
    json_t *years = view_list(v, v->j, "years");
    view_add(v, years, view_choice("最近", path, year.n == 0));
    for (size_t i = 0; d != SIZE_MAX && i < t->dim[d].n; i++) {
        const char *code = t->dim[d].cat[i].code;
        if (strlen(code) != 4) continue;
        const char *url = talloc_asprintf(c->mem, "%s?year=%s", path, code);
        view_add(v, years, view_choice(code, url, str_eq_z(year, code)));
    }
}

void page_table_about(struct call *c, struct view *v, const struct table *t,
                      const char *id, const char *title, const char *path,
                      struct str year) {
    char when[32];
    const char *place = t->place ? t->place : "", *as_of = t->as_of ? t->as_of : "";
    view_text(v, "code", id);
    view_set(v, v->j, "subtitle",
             json_sprintf("%s，单位：%s；%s%s%s", t->measure, t->unit, place,
                          *place ? "；" : "", period_of(c, t)));
    put_years(c, v, t, path, year);
    json_t *editions = view_list(v, v->j, "editions");
    view_add(v, editions, view_choice("实时", path, true));
    view_text(v, "definition", t->definition);
    view_set(v, v->j, "base_label", json_sprintf("%s（%s）", t->base_label, t->base));
    view_text(v, "edition_label", "实时数据（live），随登记库变动");
    view_text(v, "source", t->source);
    view_set(v, v->j, "cite",
             json_sprintf("%s．%s（%s）．实时数据，修订号 %lld，截至 %s（北京时间）",
                          t->source ? t->source : c->server->site.name, title, id,
                          (long long)t->revision,
                          page_instant(as_of, when, sizeof when)));
    view_text(v, "permalink",
              year.n ? talloc_asprintf(c->mem, "%s?year=%.*s", path, (int)year.n, year.p)
                     : path);
}

enum status page_table_options(const struct call *c, struct cube_options *out,
                               struct err *err) {
    const struct config *config = c->server->config;
    struct str year = call_param(c, "year"), edition = call_param(c, "edition");
    struct cube_options o = {.audience = c->server->audience,
                             .place = config->site_place[0] ? config->site_place : NULL,
                             .source = c->server->site.source,
                             .now = c->request->now};
    if (year.n) {
        enum status s = cube_parse_year(year, &o.year, err);
        if (s != STATUS_OK) return s;
    }
    if (edition.n) {
        o.edition = talloc_strndup(c->mem, edition.p, edition.n);
        if (!o.edition) return err_set(err, STATUS_NOMEM, NULL, "内存不足：统计表");
    }
    *out = o;
    return STATUS_OK;
}

const char *page_table_canonical(struct call *c, const char *id) {
    struct str year = call_param(c, "year"), edition = call_param(c, "edition");
    struct str width = call_param(c, "width");
    return talloc_asprintf(
        c->mem, "%s?year=%.*s&edition=%.*s&width=%.*s#%d", id, (int)year.n,
        year.n ? year.p : "", (int)edition.n, edition.n ? edition.p : "", (int)width.n,
        width.n ? width.p : "", date_year(instant_date(c->request->now + CHINA_SECONDS)));
}

enum status page_table_data(struct call *c, struct db **data, int64_t *revision,
                            struct err *err) {
    char as_of[32];
    enum status s = context_data(c->context, data, err);
    if (s == STATUS_OK) s = pubdata_revision(*data, revision, as_of, err);
    return s;
}
