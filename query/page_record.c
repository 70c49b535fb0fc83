/* page_record.c - one achievement: the page and its JSON face. */
#include "query/handlers.h"
#include "query/lost.h"
#include "query/page_record.h"
#include "query/record_doc.h"

#include <stdlib.h>

#define ATTEMPTS 3 /* while the index moves on between two looks */

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
                          const struct similar_result *similar, struct err *err) {
    json_t *record;
    enum status s = record_doc_json(doc, &record, err);
    if (s != STATUS_OK) return s;
    s = c->face == FACE_JSON ? put_json(r, record, err)
                             : page_record_render(c, r, reader, record, similar, err);
    json_decref(record);
    return s;
}

/* The record, and for the page what is like it, both of the revision that the reader then
 * is at, unless it keeps moving on. */
static enum status find(struct call *c, struct xindex_reader *reader,
                        struct record_doc *doc, const struct similar_result **similar,
                        struct err *err) {
    enum status s = STATUS_OK;
    *similar = NULL;
    for (int i = 0; i < ATTEMPTS; i++) {
        s = record_doc_find(reader, c->mem, c->id, doc, err);
        if (s != STATUS_OK || c->face == FACE_JSON) return s;
        int64_t revision = xindex_reader_revision(reader);
        *similar = page_record_similar(c, reader, doc->docid);
        if (xindex_reader_revision(reader) == revision) return STATUS_OK;
    }
    *similar = NULL;
    return s;
}

enum status handle_record(struct call *c, struct response *r, struct err *err) {
    struct xindex_reader *reader;
    struct record_doc doc;
    const struct similar_result *similar;
    enum status s = context_reader(c->context, true, &reader, err);
    if (s != STATUS_OK) return s;
    if (call_is_conditional(c)) {
        s = record_doc_find(reader, c->mem, c->id, &doc, err);
        if (s == STATUS_OK &&
            call_not_modified(c, r, xindex_reader_revision(reader), c->id))
            return STATUS_OK;
    }
    if (s == STATUS_OK) s = find(c, reader, &doc, &similar, err);
    if (s == STATUS_NOT_FOUND) return lost_answer(c, r, "/achievement/", err);
    if (s != STATUS_OK) return s;
    if (call_not_modified(c, r, xindex_reader_revision(reader), c->id)) return STATUS_OK;
    if (c->context->server->audience == AUDIENCE_INTERNAL) {
        struct db *data;
        s = context_data(c->context, &data, err);
        if (s == STATUS_OK) s = record_doc_widen(&doc, data, c->mem, err);
        if (s != STATUS_OK) return s;
    }
    return answer(c, r, reader, &doc, similar, err);
}
