/* grid_refuse.c - the sentence about a header that no profile fits: what was found, what
 * it resembles, what to do; declared in grid.h. */
#include "core/cli.h"
#include "core/utf8.h"
#include "indexer/grid.h"

#include <stdlib.h>

const char *grid_resembles(const struct profile_set *profiles,
                           const struct grid_header *h, const struct profile **profile,
                           size_t *target) {
    size_t all = 0, n = 0;
    for (size_t i = 0; i < profiles->n; i++) {
        *profile = profiles->p[i];
        if (grid_header_targets(profiles->p[i], h, target, 1) > 0) return h->shown;
        all += profiles->p[i]->nnames;
    }
    const char **names = calloc(all + 1, sizeof *names);
    for (size_t i = 0; i < profiles->n && names; i++)
        for (size_t k = 0; k < profiles->p[i]->nnames; k++) {
            const struct profile_name *name = &profiles->p[i]->names[k];
            if (!name->above && name->target != PROFILE_IGNORE) names[n++] = name->norm;
        }
    const char *near = n ? cli_closest(str_of(h->bare), names, n) : NULL;
    free(names);
    for (size_t i = 0; i < profiles->n && near; i++)
        for (size_t k = 0; k < profiles->p[i]->nnames; k++)
            if (profiles->p[i]->names[k].norm == near) {
                *profile = profiles->p[i];
                *target = profiles->p[i]->names[k].target;
                return near;
            }
    return NULL;
}

static void what_is_missing(const struct profile *p, const struct grid_header *h,
                            size_t n, struct buf *out) {
    size_t told = 0;
    for (size_t i = 0; i < p->nneeds; i++) {
        struct profile one = *p;
        size_t known;
        one.nneeds = 1;
        one.need[0] = p->need[i];
        if (grid_header_fits(&one, h, n, &known)) continue;
        const char *name = p->need[i].norm;
        for (size_t k = 0; k < p->nnames && !name; k++)
            if (p->names[k].target == p->need[i].target && !p->names[k].above)
                name = p->names[k].norm;
        buf_add_f(out, "%s“%.60s”", told++ ? "、" : "",
                  name ? name : p->target[p->need[i].target].path);
    }
}

enum status grid_refuse(const struct profile_set *profiles, bool chosen,
                        const char *sheet, const struct grid_header *h, size_t n,
                        bool quiet, struct err *err) {
    size_t told = 0, near_told = 0;
    struct buf found = buf_init(400), near = buf_init(400), where = buf_init(400);
    if (sheet) buf_add_f(&where, "工作表“%.60s”", sheet);
    if (quiet) buf_add_z(&found, "（有密级字样，不列出内容）");
    for (size_t i = 0; i < n && told < 6; i++)
        if (h[i].shown[0] && ++told && !quiet)
            buf_add_f(&found, "%s%.*s", told > 1 ? "、" : "",
                      (int)utf8_clip(str_of(h[i].shown), 24), h[i].shown);
    for (size_t i = 0; i < n && near_told < 2 && !quiet; i++) {
        const struct profile *whose = NULL;
        size_t target;
        const char *like =
            h[i].shown[0] ? grid_resembles(profiles, &h[i], &whose, &target) : NULL;
        if (like && strcmp(like, h[i].shown) != 0)
            buf_add_f(&near, "%s“%.*s”像“%.*s”", near_told++ ? "，" : "；",
                      (int)utf8_clip(str_of(h[i].shown), 24), h[i].shown,
                      (int)utf8_clip(str_of(like), 24), like);
    }
    const char *hint = told <= 1 ? "；只有一列，分隔符应为逗号、制表符或分号" : "";
    if (chosen && profiles->n == 1) {
        struct buf miss = buf_init(400);
        what_is_missing(profiles->p[0], h, n, &miss);
        err_set(err, STATUS_INVALID, "E_PROFILE",
                "%s不合样式 %s：缺少表头 %s；找到 %s%s%s", buf_z(&where),
                profiles->p[0]->name, buf_z(&miss), buf_z(&found), buf_z(&near), hint);
        buf_done(&miss);
    } else {
        err_set(
            err, STATUS_INVALID, "E_PROFILE",
            "%s的表头不合任何样式，没有导入：找到 %s%s%s。用 chengguo profile 文件 -o "
            "样式.ini 起草样式，改好后加 --profile 样式.ini",
            sheet ? buf_z(&where) : "文件", buf_z(&found), buf_z(&near), hint);
    }
    buf_done(&found);
    buf_done(&near);
    buf_done(&where);
    return STATUS_INVALID;
}
