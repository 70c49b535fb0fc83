/* api_search.c - /search and its JSON face. */
#include "query/direct.h"
#include "query/handlers.h"
#include "query/result_json.h"

#include <talloc.h>

enum status api_search_json(struct call *c, struct response *r, struct err *err) {
    struct search_request *req;
    struct search_result *res;
    struct xindex_reader *reader;
    enum status s = request_parse(c->mem, c->param, c->nparam, c->server->audience, &req,
                                  c->suggestion, err);
    if (s != STATUS_OK) return s;
    struct buf canonical = buf_init(0);
    request_url(req, "", NULL, &canonical);
    s = context_reader(c->context, call_is_conditional(c), &reader, err);
    if (s == STATUS_OK && call_is_conditional(c) &&
        call_not_modified(c, r, xindex_reader_revision(reader), buf_str(&canonical))) {
        buf_done(&canonical);
        return STATUS_OK;
    }
    if (s == STATUS_OK)
        s = direct_search(c->mem, reader, call_losses(c, req->q), req,
                          c->request->deadline_ns, &res, err);
    if (s == STATUS_OK) {
        s = result_json(res, "/search.json", &r->body, err);
        r->type = "application/json; charset=utf-8";
        if (call_not_modified(c, r, res->revision, buf_str(&canonical))) r->type = NULL;
    }
    if (s == STATUS_STALE) metrics_add(&c->server->metrics.retries);
    buf_done(&canonical);
    return s;
}

enum status handle_search(struct call *c, struct response *r, struct err *err) {
    return c->face == FACE_JSON ? api_search_json(c, r, err) : page_search(c, r, err);
}
