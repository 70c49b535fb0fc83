/* plot.h - the shapes of a scene through GNU libplot, one SVG element each.
 *
 * libplot writes the geometry; of its document only the elements are kept: its prologue
 * (ISO-8859-1, a DTD, sizes in cm), ids and title are dropped. It gets no text: it would
 * drop the bytes 0x80–0x9F of Chinese.
 *
 * Threads: one at a time; libplot calls exit() when memory runs out, which only this
 * program can afford.
 * This is the only module that includes <plot.h>.
 */
#ifndef STATS_DRAW_PLOT_H
#define STATS_DRAW_PLOT_H

#include "stats/layout.h"

/* What libplot expects around its elements: it leaves these values out of each. */
#define PLOT_GROUP_ATTRIBUTES                                                            \
    "stroke=\"black\" stroke-linecap=\"butt\" stroke-linejoin=\"miter\" fill=\"none\" "  \
    "fill-rule=\"evenodd\""

/* The elements of all shapes of `s`, one after another, in *text; element k (counting
 * shapes, not texts) is (*element)[k], a slice of *text. `n` of them; the caller frees
 * *element and buf_done(text). STATUS_INTERNAL when libplot did not write one element a
 * shape, STATUS_NOMEM. */
MUST_CHECK enum status plot_scene(const struct scene *s, struct buf *text,
                                  struct str **element, size_t *n, struct err *err);

#endif
