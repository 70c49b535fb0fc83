/* similar_check: every stored likeness against its record. Declared in similar.h. */
#include "indexer/similar.h"

#include <stdio.h>

struct check {
    struct similar *stored;
    struct identity *id;
    struct likeness *like;
    similar_finding_fn fn;
    void *arg;
};

static enum status visit(void *arg, const struct registry_row *row, struct err *err) {
    struct check *c = arg;
    bool collection = row->record.kind == RECORD_COLLECTION, equal = true;
    enum status s = identity_of(row->record.json, collection, c->id, err);
    if (s == STATUS_OK)
        s = likeness_of(row->record.json, c->id, collection, c->like, err);
    if (s == STATUS_OK) s = similar_stands(c->stored, row->key, c->like, &equal, err);
    if (s == STATUS_NOT_FOUND) return STATUS_OK;
    if (s == STATUS_OK && !equal) {
        char text[160];
        snprintf(text, sizeof text, "第 %u 号记录的查重数据与正文不一致", row->key);
        c->fn(c->arg, text);
    }
    return s;
}

enum status similar_check(struct registry *r, similar_finding_fn fn, void *arg,
                          struct err *err) {
    struct check c = {.stored = similar_new(r),
                      .id = identity_new(),
                      .like = likeness_new(),
                      .fn = fn,
                      .arg = arg};
    uint32_t end = 0, count = 0;
    int64_t left = 0;
    enum status s = c.stored && c.id && c.like
                        ? registry_extent(r, &end, &count, err)
                        : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK) s = registry_each(r, 1, end, visit, &c, err);
    if (s == STATUS_OK)
        s = db_int(&r->db,
                   "SELECT count(*) FROM likeness l WHERE NOT EXISTS"
                   " (SELECT 1 FROM record r WHERE r.key = l.key)",
                   &left, err);
    if (s == STATUS_OK && left) {
        char text[160];
        snprintf(text, sizeof text, "查重数据有 %lld 行没有对应的记录", (long long)left);
        fn(arg, text);
    }
    likeness_free(c.like);
    identity_free(c.id);
    similar_free(c.stored);
    return s;
}
