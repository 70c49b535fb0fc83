#include "stats/chart_color.h"

#include <math.h>
#include <string.h>

enum {
    BLUE = 0x0072B2,
    ORANGE = 0xE69F00,
    GREEN = 0x009E73,
    PURPLE = 0xCC79A7,
    SKY = 0x56B4E9,
    VERMILION = 0xD55E00
};

static const struct {
    const char *dim, *code;
    int32_t color;
} fixed[] = {
    {"category", "A", BLUE},
    {"category", "B", ORANGE},
    {"category", "S", GREEN},
};

static const int32_t palette[] = {BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION};

int32_t chart_color_fixed(const char *dim, const char *code) {
    if (strcmp(code, "其他") == 0 || strcmp(code, "none") == 0) return CHART_GREY;
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        if (strcmp(fixed[i].dim, dim) == 0 && strcmp(fixed[i].code, code) == 0)
            return fixed[i].color;
    return -1;
}

int32_t chart_color_palette(size_t i) {
    return i < ARRAY_LEN(palette) ? palette[i] : (int32_t)CHART_GREY;
}

static double linear(uint32_t channel) {
    double c = (double)(channel & 0xFF) / 255;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t c) {
    return 0.2126 * linear(c >> 16) + 0.7152 * linear(c >> 8) + 0.0722 * linear(c);
}

uint32_t chart_color_text_on(uint32_t ground) {
    const uint32_t white = 0xFFFFFF, ink = 0x1A1A1A;
    double g = luminance(ground);
    double on_white = 1.05 / (g + 0.05);
    double on_ink = (g + 0.05) / (luminance(ink) + 0.05);
    return on_white >= on_ink ? white : ink;
}
