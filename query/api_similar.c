/* api_similar.c - /similar/{regno} and /similar?text=: what is like a record or a text.
 */
#include "query/handlers.h"
#include "query/json_out.h"
#include "query/lost.h"
#include "query/record_doc.h"
#include "query/similar.h"

static enum status size_of(const struct call *c, uint32_t *out, struct err *err) {
    struct str v = call_param(c, "size");
    uint32_t n = 0;
    bool bad = v.n > 2;
    for (size_t i = 0; i < v.n && !bad; i++) {
        bad = v.p[i] < '0' || v.p[i] > '9';
        n = n * 10 + (uint32_t)(v.p[i] - '0');
    }
    if (v.n == 0) n = SIMILAR_SIZE;
    if (bad || n < 1 || n > SIMILAR_SIZE_MAX) {
        err_set(err, STATUS_INVALID, "invalid_value", "size 应是 1–%d 的整数",
                SIMILAR_SIZE_MAX);
        err_place(err, NULL, 0, "size");
        return STATUS_INVALID;
    }
    *out = n;
    return STATUS_OK;
}

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
    enum status s = size_of(c, &size, err);
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
