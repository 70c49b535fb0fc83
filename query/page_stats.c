/* page_stats.c - /stats and /stats/{table}: the list, and a table as page, JSON-stat and
 * CSV. */
#include "query/handlers.h"
#include "query/page_list.h"
#include "query/page_table.h"
#include "stats/chart_catalogue.h"
#include "stats/table_csv.h"
#include "stats/table_jsonstat.h"

#include <talloc.h>

static const struct chart_row *chart_of(const char *table) {
    size_t n;
    const struct chart_row *row = chart_list(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(row[i].table, table) == 0) return &row[i];
    return NULL;
}

/* ---- list ------------------------------------------------------------------------- */

enum status handle_stats_list(struct call *c, struct response *r, struct err *err) {
    static const struct list_page page = {
        "stats", PAGE_STATS, "charts", "统计表",
        "每张表注明口径、版本与数据截至时间；表中每个数字都链接到它所统计的成果。"};
    size_t n;
    const struct catalogue_row *row = catalogue_list(&n);
    struct list_entry *entry = talloc_array(c->mem, struct list_entry, (unsigned)n);
    if (!entry) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    for (size_t i = 0; i < n; i++) {
        const struct chart_row *chart = chart_of(row[i].id);
        entry[i] = (struct list_entry){row[i].id, row[i].title, row[i].definition, "看图",
                                       chart ? chart->id : NULL};
    }
    return page_list(c, &page, entry, n, r, err);
}

/* ---- one table -------------------------------------------------------------------- */

static void put_downloads(struct call *c, struct view *v, const char *id) {
    struct str year = call_param(c, "year");
    const char *query =
        year.n ? talloc_asprintf(c->mem, "?year=%.*s", (int)year.n, year.p) : "";
    json_t *list = view_list(v, v->j, "downloads");
    view_add(v, list,
             view_download("CSV", talloc_asprintf(c->mem, "/stats/%s.csv%s", id, query),
                           "逐格一行，含链接"));
    view_add(v, list,
             view_download("JSON-stat",
                           talloc_asprintf(c->mem, "/stats/%s.json%s", id, query), NULL));
}

static void put_chart(struct call *c, struct view *v, const char *table) {
    const struct chart_row *chart = chart_of(table);
    struct str year = call_param(c, "year");
    if (!chart) {
        view_set(v, v->j, "chart", json_null());
        return;
    }
    const char *query =
        year.n ? talloc_asprintf(c->mem, "?year=%.*s", (int)year.n, year.p) : "";
    json_t *o = json_object();
    view_set(v, v->j, "chart", o);
    view_set(v, o, "svg_html", json_null());
    view_set(v, o, "img_url", json_sprintf("/charts/%s.svg%s", chart->id, query));
    view_set(v, o, "alt", json_sprintf("%s：%s", chart->kind_label, chart->title));
    view_set(v, o, "chart_url", json_sprintf("/charts/%s%s", chart->id, query));
}

static enum status table_page(struct call *c, struct response *r,
                              const struct catalogue_row *row, const struct table *t,
                              struct err *err) {
    struct view v = view_open(c, PAGE_STATS, row->title, NULL, t->revision, t->as_of);
    const char *path = talloc_asprintf(c->mem, "/stats/%s", row->id);
    view_text(&v, "heading", row->title);
    page_table_about(c, &v, t, row->id, row->title, path, call_param(c, "year"));
    page_table_put(c, &v, t);
    put_chart(c, &v, row->id);
    put_downloads(c, &v, row->id);
    return view_render(c, &v, "table", r, err);
}

enum status handle_stats_table(struct call *c, struct response *r, struct err *err) {
    const struct catalogue_row *row;
    struct cube_options options;
    struct table *t;
    struct db *data;
    int64_t revision;
    enum status s = catalogue_require(c->id, &row, err);
    if (s == STATUS_OK) s = page_table_options(c, &options, err);
    if (s == STATUS_OK) s = page_table_data(c, &data, &revision, err);
    if (s != STATUS_OK) return s;
    struct str canonical = str_of(page_table_canonical(c, row->id));
    if (call_is_conditional(c) && call_not_modified(c, r, revision, canonical))
        return STATUS_OK;
    s = cube_table(data, row, &options, c->mem, &t, err);
    if (s != STATUS_OK) return s;
    if (c->face == FACE_HTML) {
        s = table_page(c, r, row, t, err);
    } else if (c->face == FACE_CSV) {
        s = table_csv(t, &r->body, err);
        r->type = "text/csv; charset=utf-8";
    } else {
        s = table_jsonstat(t, &r->body, err);
        r->type = "application/json; charset=utf-8";
    }
    if (s == STATUS_OK && call_not_modified(c, r, t->revision, canonical)) r->type = NULL;
    return s;
}
