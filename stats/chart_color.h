/* chart_color.h - the same category has the same colour on every chart.
 *
 * Colours are Okabe & Ito's (2008), distinguishable with every common colour vision and
 * of different lightness, so that they survive grey print. Yellow and black are left
 * out: yellow fails as text and line on white, black is the text.
 *
 * Threads: constant data.
 */
#ifndef STATS_CHART_COLOR_H
#define STATS_CHART_COLOR_H

#include "core/base.h"

C_API_BEGIN

#define CHART_GREY 0x999999u /* 其他, 未填 and everything beyond the palette */

/* 0xRRGGBB of category `code` of dimension `dim` by the fixed table, CHART_GREY for
 * "其他" and "none" of any dimension, or -1 where the table says nothing. */
int32_t chart_color_fixed(const char *dim, const char *code);

/* The i-th colour for categories without a fixed one; CHART_GREY past the palette. */
int32_t chart_color_palette(size_t i);

/* White or near-black, whichever has more contrast (WCAG) on a ground of this colour. */
uint32_t chart_color_text_on(uint32_t ground);

C_API_END
#endif
