#include "tests/bench/gen/rng.h"

#include <math.h>

uint64_t rng_mix(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

struct rng rng_key(uint64_t seed, uint64_t stream, uint64_t index, uint64_t attempt) {
    uint64_t s = rng_mix(rng_mix(rng_mix(seed) ^ stream) ^ index);
    struct rng r = {rng_mix(s ^ attempt << 48)};
    return r;
}

uint64_t rng_next(struct rng *r) {
    uint64_t v = rng_mix(r->s);
    r->s += 0x9E3779B97F4A7C15u;
    return v;
}

uint32_t rng_below(struct rng *r, uint32_t n) {
    return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

int rng_range(struct rng *r, int lo, int hi) {
    return lo + (int)rng_below(r, (uint32_t)(hi - lo + 1));
}

double rng_unit(struct rng *r) {
    return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}

bool rng_chance(struct rng *r, double p) {
    return rng_unit(r) < p;
}

int rng_weighted(struct rng *r, const int *w, int n) {
    int sum = 0;
    for (int i = 0; i < n; i++) sum += w[i];
    int x = (int)rng_below(r, (uint32_t)sum);
    for (int i = 0; i < n - 1; i++) {
        x -= w[i];
        if (x < 0) return i;
    }
    return n - 1;
}

double rng_lognormal(struct rng *r, double median, double sigma) {
    /* Box-Muller; 1 - u is never 0. */
    double u = 1.0 - rng_unit(r), v = rng_unit(r);
    return median * exp(sigma * sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v));
}

int rng_cumulative(struct rng *r, const double *cum, int n) {
    double x = rng_unit(r) * cum[n - 1];
    int lo = 0, hi = n - 1;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (cum[mid] > x)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}
