#include "query/lost.h"

#include "core/pubdata.h"
#include "web/html.h"

#include <stdio.h>

enum status lost_answer(struct call *c, struct response *r, const char *path,
                        struct err *err) {
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
    buf_add_z(&url, path);
    html_put_path_segment(&url, str_of(loss.to_regno));
    if (c->face == FACE_JSON) buf_add_z(&url, ".json");
    snprintf(r->location, sizeof r->location, "%s", buf_z(&url));
    s = buf_check(&url, "地址", err);
    buf_done(&url);
    r->status = 301;
    return s;
}
