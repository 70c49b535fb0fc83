/* api_similar.c - /similar/{regno} and /similar?text=: what is like a record or a text.
 */
#include "query/handlers.h"
#include "query/json_out.h"
#include "query/lost.h"
#include "query/record_doc.h"
#include "query/similar.h"

static void put_hit(const struct similar_hit *h, struct buf *out) {
    buf_add(out, h->hit.hit.p, h->hit.hit.n - 1); /* without the closing brace */
    if (h->hit.hit.n > 2) buf_add_char(out, ',');
    buf_add_f(out,
              "\"title_html\":null,\"snippet_html\":null,\"score\":%.6g,\"shared\":[",
              h->hit.score);
    for (size_t i = 0; i < h->nshared; i++) {
        if (i) buf_add_char(out, ',');
        json_out_string(out, h->shared[i]);
    }
    buf_add_z(out, "]}");
}

static enum status put_result(const struct similar_result *s, bool of_record,
                              struct response *r, struct err *err) {
    struct buf *out = &r->body;
    buf_add_f(out, "{\"revision\":%lld,\"as_of\":", (long long)s->revision);
    json_out_string_or_null(out, str_of(s->as_of));
    buf_add_z(out, ",\"of\":");
    if (of_record) {
        buf_add_z(out, "{\"regno\":");
        json_out_string_or_null(out, s->regno);
        buf_add_z(out, ",\"uid\":");
        json_out_string_or_null(out, s->uid);
        buf_add_z(out, ",\"title\":");
        json_out_string_or_null(out, s->title);
        buf_add_z(out, "},\"hits\":[");
    } else {
        buf_add_z(out, "null,\"hits\":[");
    }
    for (size_t i = 0; i < s->nhits; i++) {
        if (i) buf_add_char(out, ',');
        put_hit(&s->hit[i], out);
    }
    buf_add_z(out, "]}");
    r->type = "application/json; charset=utf-8";
    return buf_check(out, "相似成果", err);
}

/* What the ETag is over: both kinds of question, apart. */
static enum status canonical_of(char kind, struct str of, uint32_t size, struct buf *out,
                                struct err *err) {
    buf_add_char(out, kind);
    buf_add_f(out, "%u ", size);
    buf_add_str(out, of);
    return buf_check(out, "请求", err);
}

static enum status answer_record(struct call *c, struct response *r,
                                 struct xindex_reader *reader, uint32_t size,
                                 struct buf *canonical, struct err *err) {
    struct record_doc doc;
    struct similar_result *res;
    enum status s = record_doc_find(reader, c->mem, c->id, &doc, err);
    if (s == STATUS_NOT_FOUND) return lost_answer(c, r, "/similar/", err);
    if (s == STATUS_OK) s = canonical_of('r', c->id, size, canonical, err);
    if (s != STATUS_OK) return s;
    if (call_not_modified(c, r, xindex_reader_revision(reader), buf_str(canonical)))
        return STATUS_OK;
    s = similar_to_record(c->mem, reader, doc.docid, size, c->request->deadline_ns, &res,
                          err);
    if (s == STATUS_NOT_FOUND) return lost_answer(c, r, "/similar/", err);
    if (s == STATUS_OK) s = put_result(res, true, r, err);
    if (s == STATUS_OK && call_not_modified(c, r, res->revision, buf_str(canonical)))
        r->type = NULL;
    return s;
}

static enum status answer_text(struct call *c, struct response *r,
                               struct xindex_reader *reader, uint32_t size,
                               struct buf *canonical, struct err *err) {
    struct str text = call_param(c, "text");
    struct similar_result *res;
    enum status s = canonical_of('t', text, size, canonical, err);
    if (s != STATUS_OK) return s;
    if (call_is_conditional(c) &&
        call_not_modified(c, r, xindex_reader_revision(reader), buf_str(canonical)))
        return STATUS_OK;
    s = similar_to_text(c->mem, reader, text, size, c->request->deadline_ns, &res, err);
    if (s == STATUS_INVALID || s == STATUS_LIMIT) err_place(err, NULL, 0, "text");
    if (s == STATUS_OK) s = put_result(res, false, r, err);
    if (s == STATUS_OK && call_not_modified(c, r, res->revision, buf_str(canonical)))
        r->type = NULL;
    return s;
}

static enum status answer(struct call *c, struct response *r, bool of_record,
                          struct err *err) {
    struct xindex_reader *reader;
    uint32_t size = 0;
    enum status s = call_number(c, "size", SIMILAR_SIZE, SIMILAR_SIZE_MAX, &size, err);
    if (s == STATUS_OK) s = context_reader(c->context, true, &reader, err);
    if (s != STATUS_OK) return s;
    struct buf canonical = buf_init(0);
    s = of_record ? answer_record(c, r, reader, size, &canonical, err)
                  : answer_text(c, r, reader, size, &canonical, err);
    if (s == STATUS_STALE) metrics_add(&c->server->metrics.retries);
    buf_done(&canonical);
    return s;
}

enum status handle_similar(struct call *c, struct response *r, struct err *err) {
    return answer(c, r, true, err);
}

enum status handle_similar_text(struct call *c, struct response *r, struct err *err) {
    return answer(c, r, false, err);
}
