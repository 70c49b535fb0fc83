/* rng.h - small deterministic random numbers: the same key gives the same sequence on
 * every machine. splitmix64 (Steele, Lea, Flood 2014), public algorithm.
 *
 * Threads: no shared state. Not: not for secrets.
 */
#ifndef GEN_RNG_H
#define GEN_RNG_H

#include "core/base.h"

struct rng {
    uint64_t s;
};

/* One step of the mixing function; also used as a hash of a number. */
uint64_t rng_mix(uint64_t x);
/* A sequence that depends on all four numbers. */
struct rng rng_key(uint64_t seed, uint64_t stream, uint64_t index, uint64_t attempt);
uint64_t rng_next(struct rng *r);
/* 0 .. n-1; n must be at least 1. */
uint32_t rng_below(struct rng *r, uint32_t n);
/* lo .. hi, both included. */
int rng_range(struct rng *r, int lo, int hi);
/* 0 <= x < 1. */
double rng_unit(struct rng *r);
bool rng_chance(struct rng *r, double p);
/* Index drawn by integer weights w[0..n-1], whose sum is at least 1. */
int rng_weighted(struct rng *r, const int *w, int n);
/* Log-normal with the given median and sigma of the logarithm. */
double rng_lognormal(struct rng *r, double median, double sigma);
/* Index drawn from cumulative weights cum[0..n-1] (ascending, cum[n-1] > 0). */
int rng_cumulative(struct rng *r, const double *cum, int n);

#endif
