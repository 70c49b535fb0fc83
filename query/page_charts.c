/* page_charts.c - /charts and /charts/{chart}: the list, and a chart as page, picture,
 * description and numbers. A picture that cannot be drawn is a 503 of that picture only:
 * the page then points at it and stands. */
#include "query/handlers.h"
#include "query/page_list.h"
#include "query/page_table.h"
#include "stats/chart.h"
#include "stats/chart_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

/* ---- list ------------------------------------------------------------------------- */

enum status handle_charts_list(struct call *c, struct response *r, struct err *err) {
    static const struct list_page page = {
        "charts", PAGE_CHARTS, "stats", "统计图",
        "图上每个柱、每个点都链接到它所统计的成果；每张图都有同一组数字的表格。"};
    size_t n;
    const struct chart_row *row = chart_list(&n);
    struct list_entry *entry = talloc_array(c->mem, struct list_entry, (unsigned)n);
    if (!entry) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    for (size_t i = 0; i < n; i++)
        entry[i] = (struct list_entry){row[i].id, row[i].title, row[i].kind_label, "看表",
                                       row[i].table};
    return page_list(c, &page, entry, n, r, err);
}

/* ---- one chart -------------------------------------------------------------------- */

struct chart_call {
    struct call *call;
    const struct chart_row *row;
    const struct table *table;
    json_t *desc;
    int width;
    const char *query; /* "?year=2025" or "" */
};

static enum status read_width(const struct call *c, int *out, struct err *err) {
    struct str w = call_param(c, "width");
    int width = 0;
    bool good = w.n <= 4;
    for (size_t i = 0; good && i < w.n; i++) {
        good = w.p[i] >= '0' && w.p[i] <= '9';
        width = width * 10 + (w.p[i] - '0');
    }
    if (w.n && (!good || width < CHART_WIDTH_MIN || width > CHART_WIDTH_MAX)) {
        err_set(err, STATUS_INVALID, "invalid_value", "width 是 %d 到 %d 之间的整数",
                CHART_WIDTH_MIN, CHART_WIDTH_MAX);
        err_place(err, NULL, 0, "width");
        return STATUS_INVALID;
    }
    *out = w.n ? width : CHART_WIDTH_DEFAULT;
    return STATUS_OK;
}

static enum status draw(const struct chart_call *p, enum chart_format format,
                        struct buf *out, struct err *err) {
    struct server *s = p->call->server;
    return chart_cache_get(s->charts, s->draw_program, p->desc, format, p->width,
                           &s->metrics, out, err);
}

/* The <svg> element alone: an XML declaration has no place in a page. */
static struct str svg_element(struct str svg) {
    const char *at = svg.n ? memmem(svg.p, svg.n, "<svg", 4) : NULL;
    return at ? str_slice(at, svg.n - (size_t)(at - svg.p)) : str_slice(NULL, 0);
}

static void put_figure(const struct chart_call *p, struct view *v) {
    struct buf svg = buf_init(ROUTE_MAX_BODY);
    struct err err;
    const char *desc = json_string_value(json_object_get(p->desc, "desc"));
    struct str element = draw(p, CHART_SVG, &svg, &err) == STATUS_OK
                             ? svg_element(buf_str(&svg))
                             : str_slice(NULL, 0);
    json_t *o = json_object();
    view_set(v, v->j, "chart", o);
    view_set(v, o, "svg_html", view_str(element));
    view_set(v, o, "img_url",
             element.n ? json_null()
                       : json_sprintf("/charts/%s.svg%s", p->row->id, p->query));
    view_set(v, o, "alt", json_string(desc ? desc : p->row->title));
    view_set(v, o, "chart_url", json_null());
    buf_done(&svg);
}

static void put_downloads(const struct chart_call *p, struct view *v) {
    static const struct {
        const char *label, *ext, *note;
    } face[] = {{"SVG", "svg", NULL},
                {"SVG", "svg?width=360", "窄幅，适合手机"},
                {"PNG", "png", NULL},
                {"CSV", "csv", "图中的数字"},
                {"JSON", "json", "图的描述"}};
    json_t *list = view_list(v, v->j, "downloads");
    for (size_t i = 0; i < ARRAY_LEN(face); i++) {
        bool more = p->query[0] && strchr(face[i].ext, '?');
        const char *url =
            talloc_asprintf(p->call->mem, "/charts/%s.%s%s%s", p->row->id, face[i].ext,
                            more ? "&" : "", more ? p->query + 1 : p->query);
        view_add(v, list, view_download(face[i].label, url, face[i].note));
    }
}

static enum status chart_page(const struct chart_call *p, struct response *r,
                              struct err *err) {
    struct call *c = p->call;
    const struct table *t = p->table;
    const char *desc = json_string_value(json_object_get(p->desc, "desc"));
    const char *path = talloc_asprintf(c->mem, "/charts/%s", p->row->id);
    struct view v = view_open(c, PAGE_CHARTS, p->row->title, NULL, t->revision, t->as_of);
    view_text(&v, "heading", p->row->title);
    page_table_about(c, &v, t, p->row->id, p->row->title, path, call_param(c, "year"));
    put_figure(p, &v);
    view_text(&v, "finding", desc);
    view_set(&v, v.j, "table_link",
             view_link(talloc_asprintf(c->mem, "%s %s", t->id, t->title),
                       talloc_asprintf(c->mem, "/stats/%s%s", p->row->table, p->query)));
    put_downloads(p, &v);
    return view_render(c, &v, "chart", r, err);
}

static enum status chart_json(const struct chart_call *p, struct response *r,
                              struct err *err) {
    char *text = json_dumps(p->desc, JSON_COMPACT);
    if (!text) return err_set(err, STATUS_NOMEM, NULL, "内存不足：图表");
    buf_add_z(&r->body, text);
    free(text);
    r->type = "application/json; charset=utf-8";
    return STATUS_OK;
}

static enum status chart_face(const struct chart_call *p, struct response *r,
                              struct err *err) {
    switch (p->call->face) {
        case FACE_SVG:
            r->type = "image/svg+xml; charset=utf-8";
            return draw(p, CHART_SVG, &r->body, err);
        case FACE_PNG:
            r->type = "image/png";
            return draw(p, CHART_PNG, &r->body, err);
        case FACE_CSV:
            r->type = "text/csv; charset=utf-8";
            return chart_csv(p->table, p->row, &r->body, err);
        case FACE_JSON:
            return chart_json(p, r, err);
        case FACE_HTML:
        case FACE_ATOM:
        case FACE_PLAIN:
        case FACE_COUNT:
            break;
    }
    return chart_page(p, r, err);
}

enum status handle_chart(struct call *c, struct response *r, struct err *err) {
    char id[16];
    struct cube_options options;
    struct table *t;
    struct db *data;
    int64_t revision;
    struct chart_call p = {.call = c};
    snprintf(id, sizeof id, "%.*s", (int)(c->id.n < sizeof id ? c->id.n : 0), c->id.p);
    p.row = chart_find(id);
    if (!p.row)
        return err_set(err, STATUS_NOT_FOUND, "unknown_chart",
                       "没有这张图；/charts 列出全部");
    enum status s = read_width(c, &p.width, err);
    if (s == STATUS_OK) s = page_table_options(c, &options, err);
    if (s == STATUS_OK) s = page_table_data(c, &data, &revision, err);
    if (s != STATUS_OK) return s;
    struct str year = call_param(c, "year");
    p.query = year.n ? talloc_asprintf(c->mem, "?year=%.*s", (int)year.n, year.p) : "";
    struct str canonical = str_of(page_table_canonical(c, p.row->id));
    if (call_is_conditional(c) && call_not_modified(c, r, revision, canonical))
        return STATUS_OK;
    s = chart_table(data, p.row, &options, c->mem, &t, err);
    if (s != STATUS_OK) return s;
    p.table = t;
    s = chart_describe(t, p.row, p.width, &p.desc, err);
    if (s != STATUS_OK) return s;
    s = chart_face(&p, r, err);
    json_decref(p.desc);
    if (s == STATUS_OK && call_not_modified(c, r, t->revision, canonical)) r->type = NULL;
    return s;
}
