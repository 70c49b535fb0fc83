/* page_home.c - the first page: search box, numbers, latest registrations, ways in. */
#include "query/handlers.h"
#include "query/page_hit.h"
#include "stats/catalogue.h"

#include <stdio.h>
#include <talloc.h>

#define BROWSE 12

static const char *const examples[] = {"煤矿瓦斯", "镁合金", "谷子 育种", "碳纤维"};

static void put_examples(struct call *c, struct view *v) {
    json_t *list = view_list(v, v->j, "examples");
    for (size_t i = 0; i < ARRAY_LEN(examples); i++)
        view_add(v, list,
                 view_link(examples[i], view_search_url(c, "q", str_of(examples[i]))));
}

static void put_total(struct view *v, json_t *totals, const char *label, uint32_t n,
                      const char *url) {
    json_t *o = json_object();
    view_set(v, o, "label", json_string(label));
    view_set(v, o, "value", view_count(n));
    view_set(v, o, "unit", json_string("项"));
    view_set(v, o, "url", json_string(url));
    view_set(v, o, "note", json_null());
    view_add(v, totals, o);
}

/* All that can be found, and the newest year that has records and its count. */
static void put_totals(struct call *c, struct view *v, const struct search_result *res) {
    json_t *totals = view_list(v, v->j, "totals");
    const struct search_facet_value *newest = NULL;
    put_total(v, totals, "可查询成果", res->total, "/search");
    for (size_t i = 0; i < res->nfacets; i++) {
        const struct search_facet *f = &res->facet[i];
        for (size_t k = 0; f->facet == FACET_YEAR && k < f->n; k++)
            if (f->value[k].value.n == 4 &&
                (!newest || str_cmp(f->value[k].value, newest->value) > 0))
                newest = &f->value[k];
    }
    if (!newest) return;
    char label[32];
    snprintf(label, sizeof label, "%.4s 年度", newest->value.p);
    put_total(v, totals, label, newest->count, view_search_url(c, "year", newest->value));
}

static void put_browse(struct call *c, struct view *v, json_t *browse,
                       const struct search_facet *f, const char *heading) {
    json_t *o = json_object();
    view_add(v, browse, o);
    view_set(v, o, "heading", json_string(heading));
    json_t *items = view_list(v, o, "items");
    for (size_t i = 0; i < f->n && i < BROWSE; i++) {
        const struct search_facet_value *x = &f->value[i];
        const char *url = view_search_url(c, facet_name(f->facet), x->value);
        json_t *item = json_object();
        view_set(v, item, "label", view_str(x->label.n ? x->label : x->value));
        view_set(v, item, "url", json_string(url));
        view_set(v, item, "count_text", view_count(x->count));
        view_add(v, items, item);
    }
}

static void put_stats(struct view *v) {
    size_t n;
    const struct catalogue_row *row = catalogue_list(&n);
    json_t *list = view_list(v, v->j, "stats_links");
    for (size_t i = 0; i < n; i++) {
        char url[64];
        snprintf(url, sizeof url, "/stats/%s", row[i].id);
        json_t *o = view_link(row[i].title, url);
        view_set(v, o, "note", json_null());
        view_add(v, list, o);
    }
}

static void put_page(struct call *c, struct view *v, const struct search_result *res) {
    view_text(v, "lead",
              "检索登记的科技成果，查看登记统计。每个数字都可以点开，看到它背后的成果。");
    put_examples(c, v);
    put_totals(c, v, res);
    view_text(v, "latest_heading", "最新登记");
    json_t *latest = view_list(v, v->j, "latest");
    for (size_t i = 0; i < res->nhits; i++) page_hit_add(c, v, latest, &res->hit[i]);
    view_set(v, v->j, "latest_more", view_link("查看全部最新登记", "/search"));
    json_t *browse = view_list(v, v->j, "browse");
    for (size_t i = 0; i < res->nfacets; i++) {
        const struct search_facet *f = &res->facet[i];
        if (f->n && f->facet == FACET_CATEGORY) put_browse(c, v, browse, f, "按成果类别");
        if (f->n && f->facet == FACET_REGION)
            put_browse(c, v, browse, f, "按第一完成单位所在地");
    }
    put_stats(v);
}

enum status handle_home(struct call *c, struct response *r, struct err *err) {
    static const struct search_param params[] = {
        {{"sort", 4}, {"-approved", 9}},
        {{"size", 4}, {"6", 1}},
        {{"facets", 6}, {"category,year,region", 20}},
        {{"facet_size", 10}, {"60", 2}},
    };
    struct search_request *req;
    struct search_result *res;
    struct xindex_reader *reader;
    enum status s = context_reader(c->context, call_is_conditional(c), &reader, err);
    if (s != STATUS_OK) return s;
    if (call_is_conditional(c) &&
        call_not_modified(c, r, xindex_reader_revision(reader), str_of("/")))
        return STATUS_OK;
    s = request_parse(c->mem, params, ARRAY_LEN(params), c->server->audience, &req,
                      c->suggestion, err);
    if (s == STATUS_OK)
        s = search_run(c->mem, reader, req, c->request->deadline_ns, &res, err);
    if (s != STATUS_OK) return s;
    struct view v =
        view_open(c, PAGE_HOME, c->server->site.name, NULL, res->revision, res->as_of);
    put_page(c, &v, res);
    s = view_render(c, &v, "home", r, err);
    if (s == STATUS_OK && call_not_modified(c, r, res->revision, str_of("/")))
        r->type = NULL;
    return s;
}
