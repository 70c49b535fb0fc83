/* metrics.h - what the daemon counts, and its Prometheus text.
 *
 * Counts only: no text of any request. The numbers of one page of /metrics need not be of
 * one instant.
 *
 * Format: Prometheus text exposition 0.0.4.
 * Threads: all functions from any thread (C11 atomics, relaxed).
 */
#ifndef QUERY_METRICS_H
#define QUERY_METRICS_H

#include "core/str.h"

#include <stdatomic.h>

#define METRICS_ROUTES 24
#define METRICS_STATUSES 12
#define METRICS_BUCKETS 12

struct metrics {
    atomic_ullong count[METRICS_ROUTES][METRICS_STATUSES];
    atomic_ullong bucket[METRICS_ROUTES][METRICS_BUCKETS + 1];
    atomic_ullong time_ns[METRICS_ROUTES];
    atomic_ullong bytes;
    atomic_llong in_flight;
    atomic_ullong retries;      /* requests run again because the index moved on */
    atomic_ullong opens;        /* sets opened by worker threads */
    atomic_ullong charts_drawn; /* pictures made by the drawing program */
    atomic_ullong charts_kept;  /* pictures answered from the cache */
    atomic_ullong charts_failed;
};

/* What is read at the moment of the page. revision 0: no set. */
struct metrics_index {
    int64_t revision;
    int64_t docs;
    int64_t age_s; /* now - as_of */
};

/* route: index of the route table, below METRICS_ROUTES. */
void metrics_end(struct metrics *m, size_t route, unsigned status, int64_t ns,
                 size_t bytes);
/* Around all of a request, until its last byte was sent. */
void metrics_enter(struct metrics *m);
void metrics_leave(struct metrics *m);
static inline void metrics_add(atomic_ullong *counter) {
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* Appends the page; route_name[i] labels route i of n. */
void metrics_put(struct metrics *m, const char *const *route_name, size_t n,
                 const struct metrics_index *index, struct buf *out);

#endif
