#include "query/page_list.h"

#include "query/json_out.h"

#include <talloc.h>

static void list_json(struct response *r, const struct list_entry *entry, size_t n) {
    buf_add_char(&r->body, '[');
    for (size_t i = 0; i < n; i++) {
        buf_add_z(&r->body, i ? ",{\"id\":" : "{\"id\":");
        json_out_string(&r->body, str_of(entry[i].id));
        buf_add_z(&r->body, ",\"title\":");
        json_out_string(&r->body, str_of(entry[i].title));
        buf_add_char(&r->body, '}');
    }
    buf_add_z(&r->body, "]\n");
    r->type = "application/json; charset=utf-8";
}

static void put_entry(struct view *v, json_t *entries, const struct list_page *page,
                      const struct list_entry *e) {
    json_t *o = json_object();
    view_set(v, o, "code", json_string(e->id));
    view_set(v, o, "label", json_string(e->title));
    view_set(v, o, "url", json_sprintf("/%s/%s", page->name, e->id));
    view_set(v, o, "note", json_string(e->note));
    view_set(v, o, "twin_label", e->twin_id ? json_string(e->twin_label) : json_null());
    view_set(v, o, "twin_url",
             e->twin_id ? json_sprintf("/%s/%s", page->twin_name, e->twin_id)
                        : json_null());
    view_add(v, entries, o);
}

enum status page_list(struct call *c, const struct list_page *page,
                      const struct list_entry *entry, size_t n, struct response *r,
                      struct err *err) {
    char *path = talloc_asprintf(c->mem, "/%s", page->name);
    if (!path) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (call_not_modified(c, r, 0, str_of(path))) return STATUS_OK;
    if (c->face == FACE_JSON) {
        list_json(r, entry, n);
        return STATUS_OK;
    }
    struct view v = view_open(c, page->section, page->heading, NULL, 0, NULL);
    view_text(&v, "heading", page->heading);
    view_text(&v, "lead", page->lead);
    json_t *groups = view_list(&v, v.j, "groups"), *group = json_object();
    view_add(&v, groups, group);
    view_set(&v, group, "id", json_string("list"));
    view_set(&v, group, "heading", json_string("登记成果"));
    json_t *entries = view_list(&v, group, "entries");
    for (size_t i = 0; i < n; i++) put_entry(&v, entries, page, &entry[i]);
    return view_render(c, &v, page->name, r, err);
}
