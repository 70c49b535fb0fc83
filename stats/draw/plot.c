#include "stats/draw/plot.h"

#include <math.h>
#include <stdio.h> /* before <plot.h>, which needs FILE */
#include <stdlib.h>
#include <string.h>

#include <plot.h>

#define HATCH_GAP 6.0
#define CHANNEL 257 /* libplot's colours have 16 bits */

static void pen(plPlotter *p, uint32_t rgb) {
    pl_pencolor_r(p, (int)(rgb >> 16 & 255) * CHANNEL, (int)(rgb >> 8 & 255) * CHANNEL,
                  (int)(rgb & 255) * CHANNEL);
}

static void stroked(plPlotter *p, const struct scene_item *i) {
    static const double dash[2] = {4, 3};
    pl_filltype_r(p, 0);
    pl_pentype_r(p, 1);
    pen(p, i->color);
    pl_flinewidth_r(p, i->stroke);
    if (i->dashed)
        pl_flinedash_r(p, 2, dash, 0);
    else
        pl_linemod_r(p, "solid");
}

/* Rising diagonals inside the box, all in one path; a box too small for one gets its own
 * diagonal, so that every shape has its element. */
static void hatch(plPlotter *p, const struct scene_item *i) {
    double x0 = i->x, x1 = i->x + i->w, y0 = i->y, y1 = i->y + i->h;
    bool drawn = false;
    /* Lines x + y = k: anchored to the page, so that stacked parts continue each other.
     */
    for (long n = lrint(ceil((x0 + y0) / HATCH_GAP)); (double)n * HATCH_GAP < x1 + y1;
         n++) {
        double k = (double)n * HATCH_GAP;
        double ax = fmax(x0, k - y1), bx = fmin(x1, k - y0);
        if (bx - ax < 0.5) continue;
        if (drawn) pl_endsubpath_r(p);
        pl_fline_r(p, ax, k - ax, bx, k - bx);
        drawn = true;
    }
    if (!drawn) pl_fline_r(p, x0, y1, x1, y0);
    pl_endpath_r(p);
}

static void shape(plPlotter *p, const struct scene_item *i) {
    switch (i->kind) {
        case SCENE_RECT:
            pl_pentype_r(p, 0);
            pl_filltype_r(p, 1);
            pl_fillcolor_r(p, (int)(i->color >> 16 & 255) * CHANNEL,
                           (int)(i->color >> 8 & 255) * CHANNEL,
                           (int)(i->color & 255) * CHANNEL);
            pl_fbox_r(p, i->x, i->y, i->x + i->w, i->y + i->h);
            break;
        case SCENE_LINE:
            stroked(p, i);
            pl_fline_r(p, i->x, i->y, i->x + i->w, i->y + i->h);
            pl_endpath_r(p);
            break;
        case SCENE_HATCH:
            stroked(p, i);
            hatch(p, i);
            break;
        case SCENE_OUTLINE:
            stroked(p, i);
            pl_fbox_r(p, i->x, i->y, i->x + i->w, i->y + i->h);
            break;
    }
}

static enum status run(const struct scene *s, char **out, size_t *n, struct err *err) {
    FILE *f = open_memstream(out, n);
    if (!f) return err_errno(err, "cannot open a stream in memory");
    plPlotterParams *params = pl_newplparams();
    static char none[] = "none", page[] = "a4,xsize=10in,ysize=10in";
    pl_setplparam(params, "BG_COLOR", none);
    pl_setplparam(params, "PAGESIZE", page);
    plPlotter *p = pl_newpl_r("svg", NULL, f, stderr, params);
    bool ok = p && pl_openpl_r(p) >= 0;
    if (ok) {
        /* User space is our px: elements carry our coordinates, no transformation. */
        pl_fsetmatrix_r(p, 1, 0, 0, 1, 0, 0);
        for (size_t i = 0; i < s->nitem; i++)
            if (!s->item[i].is_text) shape(p, &s->item[i]);
        ok = pl_closepl_r(p) >= 0;
    }
    if (p) pl_deletepl_r(p);
    pl_deleteplparams(params);
    ok = fclose(f) == 0 && ok;
    return ok ? STATUS_OK : err_set(err, STATUS_INTERNAL, NULL, "libplot failed");
}

enum status plot_scene(const struct scene *s, struct buf *text, struct str **element,
                       size_t *n, struct err *err) {
    size_t want = 0, size = 0, k = 0;
    for (size_t i = 0; i < s->nitem; i++) want += !s->item[i].is_text;
    char *doc = NULL;
    enum status status = run(s, &doc, &size, err);
    const char *p = doc && status == STATUS_OK ? strstr(doc, "<g id=\"content\"") : NULL;
    p = p ? strchr(p, '\n') : NULL;
    const char *end = p ? strstr(p, "\n</g>") : NULL;
    struct buf b = buf_init(0);
    struct str *list = malloc((want + 1) * sizeof *list);
    if (end) buf_add(&b, p + 1, end > p ? (size_t)(end - p - 1) + 1 : 0);
    free(doc);
    if (status == STATUS_OK && !list)
        status = err_set(err, STATUS_NOMEM, NULL, "out of memory for a picture");
    if (status == STATUS_OK) status = buf_check(&b, "a picture", err);
    if (status == STATUS_OK && list && b.p) {
        const char *q = b.p, *stop = b.p + b.n;
        for (; q < stop && k <= want; k++) {
            const char *line = memchr(q, '\n', (size_t)(stop - q));
            line = line ? line : stop;
            if (k < want) list[k] = str_slice(q, (size_t)(line - q));
            q = line + 1;
        }
    }
    if (status == STATUS_OK && k != want)
        status = err_set(err, STATUS_INTERNAL, NULL,
                         "libplot wrote %zu elements for %zu shapes", k, want);
    if (status != STATUS_OK) {
        buf_done(&b);
        free(list);
        return status;
    }
    *text = b;
    *element = list;
    *n = want;
    return STATUS_OK;
}
