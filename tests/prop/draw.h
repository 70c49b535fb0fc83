/* draw.h - random draws of a property test: the same for the same seed (splitmix64). */
#ifndef TESTS_PROP_DRAW_H
#define TESTS_PROP_DRAW_H

#include <stdint.h>

static inline uint64_t draw_next(uint64_t *s) {
    uint64_t z = (*s += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 … n - 1 */
static inline int draw_below(uint64_t *s, int n) {
    return (int)(draw_next(s) % (uint64_t)n);
}

#endif
