#include "query/view.h"

#include "web/html.h"

#include <talloc.h>

struct view view_open(struct call *c, enum page_section section, const char *title,
                      const char *q, int64_t revision, const char *as_of) {
    struct view v = {.j = page_view_new(c->server->assets, &c->server->site, section,
                                        title, q, revision, as_of)};
    v.failed = !v.j;
    if (v.failed) v.j = json_object();
    return v;
}

void view_set(struct view *v, json_t *obj, const char *key, json_t *value) {
    if (json_object_set_new(obj, key, value) != 0) v->failed = true;
}

void view_add(struct view *v, json_t *list, json_t *value) {
    if (json_array_append_new(list, value) != 0) v->failed = true;
}

void view_text(struct view *v, const char *key, const char *text) {
    view_set(v, v->j, key, text ? json_string(text) : json_null());
}

json_t *view_list(struct view *v, json_t *obj, const char *key) {
    json_t *list = json_array();
    view_set(v, obj, key, list);
    return list;
}

json_t *view_str(struct str s) {
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

json_t *view_link(const char *label, const char *url) {
    return json_pack("{s:s,s:s}", "label", label, "url", url);
}

json_t *view_item(struct str text, const char *url) {
    return json_pack("{s:s%,s:s?}", "text", text.n ? text.p : "", text.n, "url", url);
}

json_t *view_choice(const char *label, const char *url, bool current) {
    return json_pack("{s:s,s:s,s:b}", "label", label, "url", url, "current",
                     (int)current);
}

json_t *view_download(const char *label, const char *url, const char *note) {
    return json_pack("{s:s,s:s,s:s?}", "label", label, "url", url, "note", note);
}

json_t *view_count(int64_t n) {
    char text[32];
    return json_string(page_count(n, text, sizeof text));
}

const char *view_keep(struct call *c, struct buf *b) {
    const char *z = talloc_strndup(c->mem, buf_z(b), b->n);
    bool failed = b->failed;
    buf_done(b);
    return failed ? NULL : z;
}

const char *view_search_url(struct call *c, const char *name, struct str value) {
    struct buf b = buf_init(0);
    buf_add_z(&b, "/search");
    html_put_query_param(&b, name, value);
    return view_keep(c, &b);
}

enum status view_render(struct call *c, struct view *v, const char *name,
                        struct response *r, struct err *err) {
    enum status s;
    if (v->failed)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足：页面");
    else
        s = template_render(c->server->templates, name, v->j, &r->body, err);
    json_decref(v->j);
    v->j = NULL;
    if (s != STATUS_OK) return s;
    r->type = "text/html; charset=utf-8";
    r->page = true;
    return STATUS_OK;
}
