#include "stats/layout.h"

#include <math.h>

#define TICKS_MOST 6
#define TICKS_LEAST 3

static size_t tick_count(double lo, double hi, double step) {
    return (size_t)(ceil(hi / step - 1e-9) - floor(lo / step + 1e-9)) + 1;
}

struct layout_scale layout_scale_round(double lo, double hi, bool integer) {
    lo = fmin(lo, 0);
    hi = fmax(hi, 0);
    double span = hi - lo;
    if (span <= 0) hi = span = integer ? 2 : 1;
    double power = pow(10, floor(log10(span)) - 2);
    static const double digit[] = {1, 2, 5};
    double step = power;
    for (size_t i = 0; i < 12; i++) {
        step = power * digit[i % 3];
        if (i % 3 == 2) power *= 10;
        if (integer && step < 1 - 1e-9) continue;
        if (tick_count(lo, hi, step) <= TICKS_MOST) break;
    }
    if (integer && step < 1) step = 1;
    struct layout_scale s = {.step = step};
    s.min = floor(lo / step + 1e-9) * step;
    s.n = tick_count(lo, hi, step);
    if (s.n < TICKS_LEAST) s.n = TICKS_LEAST;
    s.max = s.min + step * (double)(s.n - 1);
    return s;
}

double layout_scale_tick(const struct layout_scale *s, size_t i) {
    double v = s->min + s->step * (double)i;
    return fabs(v) < s->step / 2 ? 0 : v;
}
