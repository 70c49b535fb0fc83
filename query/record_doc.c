#include "query/record_doc.h"

#include "core/pubdata.h"
#include "core/recdoc.h"
#include "core/utf8.h"

#include <talloc.h>

static enum status look_up(struct xindex_reader *reader, void *ctx, char prefix,
                           struct str id, struct record_doc *out, struct err *err) {
    char term[RECORD_ID_MAX + 1];
    struct str data;
    uint32_t docid = 0;
    term[0] = prefix;
    memcpy(term + 1, id.p, id.n);
    enum status s =
        xindex_lookup(reader, ctx, str_slice(term, id.n + 1), &docid, &data, err);
    struct record_doc d = {.docid = docid};
    if (s == STATUS_OK) s = recdoc_split(data, &d.hit, &d.abstract, &d.rest, err);
    if (s == STATUS_OK) *out = d;
    return s;
}

static enum status look_up_both(struct xindex_reader *reader, void *ctx, struct str id,
                                struct record_doc *out, struct err *err) {
    enum status s = look_up(reader, ctx, 'R', id, out, err);
    return s == STATUS_NOT_FOUND ? look_up(reader, ctx, 'Q', id, out, err) : s;
}

static size_t fold(struct str id, char out[RECORD_ID_MAX]) {
    size_t n = 0;
    const char *p = id.p, *end = id.p + id.n;
    while (p < end) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
        n += utf8_put(cp, out + n);
    }
    return n;
}

enum status record_doc_find(struct xindex_reader *reader, void *ctx, struct str id,
                            struct record_doc *out, struct err *err) {
    char folded[RECORD_ID_MAX];
    id = str_trim(id);
    if (id.n > RECORD_ID_MAX || utf8_bad_at(id) != id.n)
        return err_set(err, STATUS_INVALID, "invalid_id",
                       "这不是登记号，也不是 uid：太长，或不是合法的 UTF-8");
    enum status s = STATUS_NOT_FOUND;
    if (id.n) {
        s = look_up_both(reader, ctx, id, out, err);
        size_t n = s == STATUS_NOT_FOUND ? fold(id, folded) : 0;
        if (n && !str_eq(id, str_slice(folded, n)))
            s = look_up_both(reader, ctx, str_slice(folded, n), out, err);
    }
    if (s == STATUS_NOT_FOUND)
        return err_set(err, s, "not_found", "没有登记号或 uid 是“%.*s”的成果", (int)id.n,
                       id.n ? id.p : "");
    return s;
}

enum status record_doc_widen(struct record_doc *d, struct db *internal, void *ctx,
                             struct err *err) {
    struct buf b = buf_init(0);
    enum status s = pubdata_private(internal, d->docid, &b, err);
    if (s == STATUS_OK) {
        char *copy = talloc_memdup(ctx, buf_z(&b), (unsigned)b.n + 1);
        if (copy)
            d->rest = str_slice(copy, b.n);
        else
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足：显示成果");
    }
    buf_done(&b);
    return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

enum status record_doc_json(const struct record_doc *d, json_t **out, struct err *err) {
    json_error_t why;
    json_t *all = json_loadb(d->rest.p, d->rest.n, 0, &why);
    json_t *hit = json_loadb(d->hit.p, d->hit.n, 0, &why);
    json_t *abstract = json_loadb(d->abstract.p, d->abstract.n, JSON_DECODE_ANY, &why);
    enum status s = STATUS_OK;
    if (!json_is_object(all) || !json_is_object(hit) || !abstract)
        s = err_set(err, STATUS_CORRUPT, "document",
                    "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    else if ((!json_object_get(all, "abstract") &&
              json_object_set(all, "abstract", abstract) != 0) ||
             json_object_update_missing(all, hit) != 0)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足：显示成果");
    json_decref(hit);
    json_decref(abstract);
    if (s != STATUS_OK) {
        json_decref(all);
        return s;
    }
    *out = all;
    return STATUS_OK;
}
