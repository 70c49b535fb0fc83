/* page_record.c - one achievement: the page and its JSON face. */
#include "query/handlers.h"
#include "query/lost.h"
#include "query/page_record.h"
#include "query/record_doc.h"

#include <stdlib.h>

static enum status put_json(struct response *r, const json_t *record, struct err *err) {
    char *text = json_dumps(record, JSON_COMPACT);
    if (!text) return err_set(err, STATUS_NOMEM, NULL, "内存不足：显示成果");
    buf_add_z(&r->body, text);
    free(text);
    r->type = "application/json; charset=utf-8";
    return STATUS_OK;
}

static enum status answer(struct call *c, struct response *r,
                          struct xindex_reader *reader, const struct record_doc *doc,
                          struct err *err) {
    json_t *record;
    enum status s = record_doc_json(doc, &record, err);
    if (s != STATUS_OK) return s;
    s = c->face == FACE_JSON ? put_json(r, record, err)
                             : page_record_render(c, r, reader, record, err);
    json_decref(record);
    return s;
}

enum status handle_record(struct call *c, struct response *r, struct err *err) {
    struct xindex_reader *reader;
    struct record_doc doc;
    enum status s = context_reader(c->context, true, &reader, err);
    if (s != STATUS_OK) return s;
    s = record_doc_find(reader, c->mem, c->id, &doc, err);
    if (s == STATUS_NOT_FOUND) return lost_answer(c, r, "/achievement/", err);
    if (s != STATUS_OK) return s;
    if (call_not_modified(c, r, xindex_reader_revision(reader), c->id)) return STATUS_OK;
    if (c->context->server->audience == AUDIENCE_INTERNAL) {
        struct db *data;
        s = context_data(c->context, &data, err);
        if (s == STATUS_OK) s = record_doc_widen(&doc, data, c->mem, err);
        if (s != STATUS_OK) return s;
    }
    return answer(c, r, reader, &doc, err);
}
