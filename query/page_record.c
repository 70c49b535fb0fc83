/* page_record.c - one achievement: the page and its JSON face, and the answers of numbers
 * that are no longer public (301, 410) or never were (404). */
#include "query/handlers.h"
#include "query/page_record.h"
#include "query/record_doc.h"
#include "web/html.h"

#include <stdio.h>
#include <stdlib.h>

static enum status put_json(struct response *r, const json_t *record, struct err *err) {
    char *text = json_dumps(record, JSON_COMPACT);
    if (!text) return err_set(err, STATUS_NOMEM, NULL, "内存不足：显示成果");
    buf_add_z(&r->body, text);
    free(text);
    r->type = "application/json; charset=utf-8";
    return STATUS_OK;
}

/* The number is not in the set: was it, and where did it go? */
static enum status lost(struct call *c, struct response *r, struct err *err) {
    struct pubdata_loss loss;
    struct err ignored;
    struct db *data;
    enum status s = context_data(c->context, &data, err);
    if (s != STATUS_OK) return s;
    s = pubdata_loss_of(data, str_trim(c->id), &loss, &ignored);
    if (s == STATUS_NOT_FOUND) {
        err_set(err, s, "not_found",
                "没有登记号或标识是“%.*s”的公开成果。可能号码有误，"
                "或该成果尚未登记、未同意公开。",
                (int)c->id.n, c->id.p);
        return s;
    }
    if (s != STATUS_OK) {
        if (err) *err = ignored;
        return s;
    }
    if (!loss.to_regno[0]) {
        bool withdrawn = strcmp(loss.reason, "withdrawn") == 0;
        err_set(err, STATUS_GONE, "gone", "这项成果曾经公开，现已%s。",
                withdrawn                              ? "撤销登记"
                : strcmp(loss.reason, "objected") == 0 ? "因异议暂停公开"
                                                       : "不再公开");
        return STATUS_GONE;
    }
    struct buf url = buf_init(sizeof r->location - 1);
    buf_add_z(&url, "/achievement/");
    html_put_path_segment(&url, str_of(loss.to_regno));
    if (c->face == FACE_JSON) buf_add_z(&url, ".json");
    snprintf(r->location, sizeof r->location, "%s", buf_z(&url));
    s = buf_check(&url, "地址", err);
    buf_done(&url);
    r->status = 301;
    return s;
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
    if (s == STATUS_NOT_FOUND) return lost(c, r, err);
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
