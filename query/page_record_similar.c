/* page_record_similar.c - the section 相似成果 of the record page. */
#include "query/page_record.h"

#include <talloc.h>
#include <time.h>

static int64_t soon(int64_t deadline_ns) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t own = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec + PAGE_SIMILAR_NS;
    return deadline_ns && deadline_ns < own ? deadline_ns : own;
}

const struct similar_result *
page_record_similar(const struct call *c, struct xindex_reader *reader, uint32_t docid) {
    struct similar_result *res = NULL;
    struct err ignored;
    enum status s = similar_to_record(c->mem, reader, docid, PAGE_SIMILAR,
                                      soon(c->request->deadline_ns), &res, &ignored);
    return s == STATUS_OK ? res : NULL;
}

/* "太原理工大学，2025 年度" */
static const char *meta(struct call *c, const json_t *hit) {
    const char *unit = json_string_value(json_object_get(hit, "unit"));
    json_int_t year = json_integer_value(json_object_get(hit, "year"));
    const char *when =
        year ? talloc_asprintf(c->mem, "%lld 年度", (long long)year) : NULL;
    if (unit && when) return talloc_asprintf(c->mem, "%s，%s", unit, when);
    return unit ? unit : when;
}

static void put_one(struct call *c, struct view *v, json_t *list,
                    const struct similar_hit *h) {
    json_error_t why;
    json_t *hit = json_loadb(h->hit.hit.p, h->hit.hit.n, 0, &why);
    const char *title = json_string_value(json_object_get(hit, "title"));
    const char *url = json_string_value(json_object_get(hit, "url"));
    const char *about = meta(c, hit);
    struct buf shared = buf_init(0);
    for (size_t i = 0; i < h->nshared; i++) {
        if (i) buf_add_z(&shared, "、");
        buf_add_str(&shared, h->shared[i]);
    }
    if (title && url) {
        json_t *o = json_object();
        view_set(v, o, "title", json_string(title));
        view_set(v, o, "url", json_string(url));
        view_set(v, o, "meta", about ? json_string(about) : json_null());
        view_set(v, o, "shared_text", view_str(buf_str(&shared)));
        view_add(v, list, o);
    }
    v->failed = v->failed || shared.failed;
    buf_done(&shared);
    json_decref(hit);
}

void page_record_put_similar(struct call *c, struct view *v,
                             const struct similar_result *similar) {
    json_t *list = view_list(v, v->j, "similar");
    for (size_t i = 0; similar && i < similar->nhits; i++)
        put_one(c, v, list, &similar->hit[i]);
}
