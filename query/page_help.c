/* page_help.c - /help: how to search, for readers; every example is a link. */
#include "query/handlers.h"
#include "query/help.h"
#include "query/view.h"
#include "web/html.h"

#include <talloc.h>

static enum status broken(struct str line, struct err *err) {
    return err_set(err, STATUS_INTERNAL, "internal", "help.tsv 中有一行不合格式：%.*s",
                   (int)line.n, line.p);
}

/* Takes "name=value" off a list of parameters; false when there is none. */
static bool take_param(struct str *params, struct str *name, struct str *value) {
    if (params->n == 0) return false;
    const char *and = memchr(params->p, '&', params->n);
    size_t n = and? (size_t)(and-params->p) : params->n, skip = n + (and? 1 : 0);
    const char *eq = memchr(params->p, '=', n);
    size_t at = eq ? (size_t)(eq - params->p) : n;
    *name = str_slice(params->p, at);
    *value = at < n ? str_slice(params->p + at + 1, n - at - 1) : str_slice("", 0);
    *params = str_slice(params->p + skip, params->n - skip);
    return true;
}

/* "/search?q=…&…" of a query and parameters as they stand in the file. */
static const char *example_url(struct call *c, struct str q, struct str params) {
    struct buf b = buf_init(0);
    struct str name, value;
    buf_add_z(&b, "/search");
    if (q.n) html_put_query_param(&b, "q", q);
    while (take_param(&params, &name, &value)) {
        const char *z = talloc_strndup(c->mem, name.p, name.n);
        html_put_query_param(&b, z ? z : "", value);
    }
    return view_keep(c, &b);
}

/* The parameters in words: "统计年度：2024，不放宽". */
static const char *in_words(struct call *c, struct str params) {
    static const struct {
        const char *name, *value, *words;
    } other[] = {
        {"relax", "0", "不放宽"},
        {"expand", "0", "不用同义词"},
        {"sort", "-approved", "新登记的在前"},
        {"sort", "title", "按名称排序"},
    };
    struct buf b = buf_init(0);
    struct str name, value;
    while (take_param(&params, &name, &value)) {
        int f = filter_by_name(name, AUDIENCE_PUBLIC);
        buf_add_z(&b, b.n ? "，" : "");
        if (f >= 0) {
            int facet = filter_facet((size_t)f);
            struct str label = filter_label((size_t)f, value);
            buf_add_z(&b, facet >= 0 ? facet_label((enum facet)facet)
                                     : field_by_name(name)->zh);
            buf_add_z(&b, "：");
            buf_add_str(&b, label.n ? label : value);
        }
        for (size_t i = 0; i < ARRAY_LEN(other); i++)
            if (str_eq_z(name, other[i].name) && str_eq_z(value, other[i].value))
                buf_add_z(&b, other[i].words);
    }
    return view_keep(c, &b);
}

static void put_example(struct call *c, struct view *v, json_t *section,
                        const struct str cell[HELP_CELLS]) {
    json_t *o = json_object();
    bool same = str_eq_z(cell[2], "=");
    view_set(v, o, "query", view_str(cell[0]));
    view_set(v, o, "params", view_str(str_of(in_words(c, cell[1]))));
    view_set(v, o, "understood", same ? json_null() : view_str(cell[2]));
    view_set(v, o, "explanation", view_str(cell[3]));
    view_set(v, o, "url", json_string(example_url(c, cell[0], cell[1])));
    view_add(v, json_object_get(section, "examples"), o);
}

static void put_link(struct view *v, json_t *section, const struct str cell[HELP_CELLS]) {
    json_t *o = json_object();
    view_set(v, o, "url", view_str(cell[0]));
    view_set(v, o, "label", view_str(cell[1]));
    view_set(v, o, "note", view_str(cell[2]));
    view_add(v, json_object_get(section, "links"), o);
}

static json_t *put_section(struct view *v, json_t *sections, struct str id,
                           struct str heading) {
    json_t *o = json_object();
    view_set(v, o, "id", view_str(id));
    view_set(v, o, "heading", view_str(heading));
    (void)view_list(v, o, "texts");
    (void)view_list(v, o, "examples");
    (void)view_list(v, o, "links");
    view_add(v, sections, o);
    return o;
}

static enum status put_page(struct call *c, struct view *v, struct err *err) {
    struct str rest = help_text();
    struct help_line l;
    json_t *sections = view_list(v, v->j, "sections"), *section = NULL;
    while (help_next(&rest, &l)) {
        if (l.kind == HELP_SECTION)
            section = put_section(v, sections, l.cell[0], l.cell[1]);
        else if (l.kind == HELP_BAD || !section)
            return broken(l.cell[0], err);
        else if (l.kind == HELP_TEXT)
            view_add(v, json_object_get(section, "texts"), view_str(l.cell[0]));
        else if (l.kind == HELP_LINK)
            put_link(v, section, l.cell);
        else
            put_example(c, v, section, l.cell);
    }
    return STATUS_OK;
}

enum status handle_help(struct call *c, struct response *r, struct err *err) {
    static const char title[] = "检索帮助";
    if (call_not_modified(c, r, 0, str_of("/help"))) return STATUS_OK;
    struct view v = view_open(c, PAGE_HELP, title, NULL, 0, NULL);
    view_text(&v, "heading", title);
    view_text(&v, "lead",
              "下面每个例子都可以点开试。例子里的号码和单位名取自随程序附带的样例数据，"
              "本站没有时会显示 0 项。");
    view_text(&v, "description",
              "怎样检索科技成果：词语、短语、字段、范围、号码、筛选，附可点开的例子");
    enum status s = put_page(c, &v, err);
    if (s == STATUS_OK) return view_render(c, &v, "help", r, err);
    json_decref(v.j);
    return s;
}
