/* page_record_view.c - which fields the record page shows, in which block: rows of data
 * over the field table, which knows their labels, lists and filters. */
#include "query/page_record.h"
#include "web/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#define PARAGRAPHS 200
#define LISTED 200 /* people, rights, standards that the page lists */

static const char *const facts[] = {
    "regno",  "approved_on", "category",         "stat_year",     "achieved_on",
    "form",   "stage",       "maturity",         "level",         "attribute",
    "hitech", "sei",         "discipline",       "industry",      "clc",
    "source", "plan",        "recommender.name", "approver.name", NULL};
static const char *const project[] = {
    "project_title", "project_no",  "fiscal",        "project_dept",
    "research_from", "research_to", "research_mode", NULL};
static const char *const evaluation[] = {"evaluation.kind",       "evaluation.org",
                                         "evaluation.on",         "evaluation.no",
                                         "evaluation.conclusion", NULL};
static const char *const application[] = {"application.status",
                                          "application.reason",
                                          "application.units",
                                          "application.first_on",
                                          "conversion",
                                          "intent",
                                          "cooperation",
                                          "ask_amount",
                                          "ask_use",
                                          "scope",
                                          NULL};
static const char *const collection[] = {"collection.category", "collection.level",
                                         "collection.field", "collection.period", NULL};
/* Of no public tier, so on no public page. */
static const char *const internal[] = {
    "state",         "consent",         "paper_pending",
    "submitted_on",  "contact.name",    "contact.phone",
    "contact.email", "contact.address", NULL};
static const char *const texts[] = {"abstract", "points", "metrics", "prospects", NULL};

static const struct {
    const char *id, *heading, *note;
    const char *const *fields;
} sections[] = {
    {"application", "应用与转化", "以登记时填报为准。", application},
    {"evaluation", "评价", NULL, evaluation},
    {"project", "来源项目", NULL, project},
    {"collection", "征集信息", NULL, collection},
    {"internal", "内部信息", "不对外公开。", internal},
};

struct record_page {
    struct call *call;
    struct view *view;
    const json_t *record;
};

static const char *member(const json_t *o, const char *key) {
    return json_string_value(json_object_get(o, key));
}

static json_t *or_null(const char *z) {
    return z && *z ? json_string(z) : json_null();
}

static const json_t *value_at(const json_t *record, const struct field *f) {
    const json_t *o = f->outer ? json_object_get(record, f->outer) : record;
    return json_object_get(o, f->key);
}

/* One scalar as text, on the request's memory; NULL where there is nothing. */
static const char *scalar(struct call *c, const struct field *f, const json_t *v) {
    if (json_is_boolean(v)) return json_is_true(v) ? "是" : "否";
    if (json_is_integer(v))
        return talloc_asprintf(c->mem, "%lld", (long long)json_integer_value(v));
    const char *z = json_string_value(v);
    if (!z || !*z) return NULL;
    if (f->list != CODES_NONE) {
        struct str label = codes_label_str(f->list, str_of(z));
        return talloc_strndup(c->mem, label.p, label.n);
    }
    if (f->type == FIELD_MONEY) return talloc_asprintf(c->mem, "%s 元", z);
    return z;
}

static void put_item(const struct record_page *p, json_t *items, const struct field *f,
                     const json_t *value) {
    const char *text = scalar(p->call, f, value), *url = NULL;
    const char *raw = json_string_value(value);
    char year[16];
    if (!text) return;
    if (json_is_integer(value)) {
        snprintf(year, sizeof year, "%lld", (long long)json_integer_value(value));
        raw = year;
    }
    if (json_is_boolean(value)) raw = json_is_true(value) ? "yes" : "no";
    if (f->facet >= 0 && raw)
        url = view_search_url(p->call, facet_name((enum facet)f->facet), str_of(raw));
    view_add(p->view, items, view_item(str_of(text), url));
}

/* {label, items} of the field; a row without items is left out. */
static void put_row(const struct record_page *p, json_t *rows, const char *path) {
    const struct field *f = field_by_path(str_of(path));
    if (!f) return;
    const json_t *value = value_at(p->record, f);
    json_t *items = json_array();
    if (json_is_array(value)) {
        size_t i;
        const json_t *one;
        json_array_foreach(value, i, one) put_item(p, items, f, one);
    } else if (value) {
        put_item(p, items, f, value);
    }
    if (json_array_size(items) == 0) {
        json_decref(items);
        return;
    }
    json_t *row = json_object();
    view_set(p->view, row, "label", json_string(f->zh));
    view_set(p->view, row, "items", items);
    view_add(p->view, rows, row);
}

static void put_rows(const struct record_page *p, json_t *rows, const char *const *path) {
    for (; *path; path++) put_row(p, rows, *path);
}

static void put_texts(const struct record_page *p) {
    struct view *v = p->view;
    json_t *list = view_list(v, v->j, "texts");
    for (const char *const *path = texts; *path; path++) {
        const struct field *f = field_by_path(str_of(*path));
        const char *z = f ? json_string_value(value_at(p->record, f)) : NULL;
        if (!z || !*z) continue;
        json_t *o = json_object();
        view_add(v, list, o);
        view_set(v, o, "id", json_string(f->key));
        view_set(v, o, "heading", json_string(f->zh));
        json_t *paragraphs = view_list(v, o, "paragraphs");
        for (int i = 0; *z && i < PARAGRAPHS; i++) {
            size_t n = i + 1 < PARAGRAPHS ? strcspn(z, "\n") : strlen(z);
            struct str one = str_trim(str_slice(z, n));
            if (one.n) view_add(v, paragraphs, view_str(one));
            z += n + (z[n] != 0);
        }
    }
}

static void put_keywords(const struct record_page *p) {
    struct view *v = p->view;
    json_t *list = view_list(v, v->j, "keywords");
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(p->record, "keywords"), i, one) {
        const char *z = json_string_value(one);
        if (z && *z)
            view_add(
                v, list,
                view_item(str_of(z), view_search_url(p->call, "keyword", str_of(z))));
    }
}

static json_t *noted(const char *text, const char *url, const char *note) {
    return json_pack("{s:s,s:s?,s:s?}", "text", text, "url", url, "note", note);
}

static void put_units(const struct record_page *p) {
    struct view *v = p->view;
    json_t *list = view_list(v, v->j, "units");
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(p->record, "units"), i, one) {
        const char *name = member(one, "name"), *type = member(one, "type");
        const char *region = member(one, "region"), *note = NULL;
        if (!name) continue;
        /* The name that the filter knows. */
        const char *as =
            json_string_value(json_array_get(json_object_get(p->record, "units_as"), i));
        const char *a = type ? codes_label(CODES_UNIT_TYPE, str_of(type)) : "";
        const char *b = region ? codes_label(CODES_REGION, str_of(region)) : "";
        if (*a || *b)
            note = talloc_asprintf(p->call->mem, "%s%s%s", a, *a && *b ? "，" : "", b);
        view_add(
            v, list,
            noted(name, view_search_url(p->call, "unit", str_of(as ? as : name)), note));
    }
}

static void put_people(const struct record_page *p) {
    struct view *v = p->view;
    json_t *list = view_list(v, v->j, "people");
    const json_t *units = json_object_get(p->record, "units");
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(p->record, "people"), i, one) {
        const char *name = member(one, "name");
        json_int_t at = json_integer_value(json_object_get(one, "unit"));
        const json_t *unit = at > 0 ? json_array_get(units, (size_t)at - 1) : NULL;
        if (name && i < LISTED)
            view_add(v, list,
                     noted(name, view_search_url(p->call, "person", str_of(name)),
                           member(unit, "name")));
    }
}

static void put_ip(const struct record_page *p) {
    struct view *v = p->view;
    json_t *ip = view_list(v, v->j, "ip"), *standards = view_list(v, v->j, "standards");
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(p->record, "ip"), i, one) {
        const char *kind = member(one, "kind"), *on = member(one, "granted_on");
        struct str label = codes_label_str(CODES_IP, str_of(kind ? kind : "none"));
        json_t *o = json_object();
        view_set(v, o, "kind", view_str(label));
        view_set(v, o, "no", or_null(member(one, "no")));
        view_set(v, o, "on",
                 or_null(on ? talloc_asprintf(p->call->mem, "%s 授权", on) : NULL));
        view_set(v, o, "core", json_boolean(json_is_true(json_object_get(one, "core"))));
        view_add(v, ip, o);
    }
    json_array_foreach(json_object_get(p->record, "standards"), i, one) {
        const char *level = member(one, "level");
        json_t *o = json_object();
        view_set(v, o, "level", json_string(level ? level : "标准"));
        view_set(v, o, "no", or_null(member(one, "no")));
        view_set(v, o, "status", or_null(member(one, "status")));
        view_add(v, standards, o);
    }
}

static void put_sections(const struct record_page *p) {
    struct view *v = p->view;
    json_t *list = view_list(v, v->j, "sections");
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        json_t *rows = json_array();
        put_rows(p, rows, sections[i].fields);
        if (json_array_size(rows) == 0) {
            json_decref(rows);
            continue;
        }
        json_t *o = json_object();
        view_set(v, o, "id", json_string(sections[i].id));
        view_set(v, o, "heading", json_string(sections[i].heading));
        view_set(v, o, "note", or_null(sections[i].note));
        view_set(v, o, "rows", rows);
        view_add(v, list, o);
    }
}

/* Unit; unit. Title: number[登记成果]. site, date. */
static void put_cite(const struct record_page *p, const char *permalink) {
    const json_t *r = p->record;
    struct buf b = buf_init(0);
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(r, "units"), i, one) {
        const char *name = member(one, "name");
        if (name && i < 3) buf_add_f(&b, "%s%s", i ? "，" : "", name);
    }
    const char *title = member(r, "title"), *regno = member(r, "regno");
    const char *on = member(r, "approved_on"), *base = p->call->server->config->site_url;
    buf_add_f(&b, "%s%s", b.n ? "．" : "", title ? title : "");
    if (regno) buf_add_f(&b, "．科技成果登记号 %s", regno);
    if (on) buf_add_f(&b, "，%s", on);
    if (*base) buf_add_f(&b, "．%s%s", base, permalink);
    const char *cite = view_keep(p->call, &b);
    view_text(p->view, "cite", cite);
}

static void put_head(const struct record_page *p) {
    struct view *v = p->view;
    const json_t *r = p->record;
    const char *publicity = member(r, "publicity"), *regno = member(r, "regno");
    bool open = publicity && (strcmp(publicity, "unit_open") == 0 ||
                              strcmp(publicity, "site_open") == 0);
    json_int_t year = json_integer_value(json_object_get(r, "year"));
    const char *unit = member(r, "unit"), *category = member(r, "category_label");
    view_text(v, "title", member(r, "title"));
    view_text(v, "regno", regno ? regno : member(r, "uid"));
    view_text(v, "badge", open ? "公示中" : NULL);
    json_t *lede = view_list(v, v->j, "lede");
    if (unit) view_add(v, lede, json_string(unit));
    if (year) view_add(v, lede, json_sprintf("%lld 年度", (long long)year));
    if (category) view_add(v, lede, json_string(category));
}

static void put_foot(const struct record_page *p) {
    struct view *v = p->view;
    const char *on = member(p->record, "approved_on"),
               *regno = member(p->record, "regno");
    const char *url = member(p->record, "url");
    json_t *history = view_list(v, v->j, "history");
    if (on)
        view_add(v, history,
                 json_pack("{s:s,s:o}", "on", on, "text",
                           json_sprintf("批准登记%s%s", regno ? "，登记号 " : "",
                                        regno ? regno : "")));
    if (!url) url = "/";
    put_cite(p, url);
    view_text(v, "permalink", url);
    view_text(v, "canonical", url);
    const char *json = talloc_asprintf(p->call->mem, "%s.json", url);
    json_t *downloads = view_list(v, v->j, "downloads");
    view_add(v, downloads, view_download("JSON", json, NULL));
    json_t *alternates = view_list(v, v->j, "alternates");
    view_add(v, alternates,
             json_pack("{s:s,s:s,s:s}", "type", "application/json", "label", "JSON",
                       "url", json));
}

enum status page_record_render(struct call *c, struct response *r,
                               struct xindex_reader *reader, const json_t *record,
                               const struct similar_result *similar, struct err *err) {
    const char *title = member(record, "title");
    struct view v =
        view_open(c, PAGE_OTHER, title ? title : "成果", NULL,
                  xindex_reader_revision(reader), xindex_reader_as_of(reader));
    struct record_page p = {.call = c, .view = &v, .record = record};
    put_head(&p);
    put_rows(&p, view_list(&v, v.j, "facts"), facts);
    put_texts(&p);
    put_keywords(&p);
    put_units(&p);
    put_people(&p);
    put_ip(&p);
    put_sections(&p);
    page_record_put_similar(c, &v, similar);
    put_foot(&p);
    return view_render(c, &v, "record", r, err);
}
