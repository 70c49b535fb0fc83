#include "query/metrics.h"

#include <inttypes.h>

/* The statuses that the daemon answers; the last row stands for every other one. */
static const unsigned status_of[METRICS_STATUSES] = {200, 301, 304, 400, 401, 404,
                                                     405, 410, 413, 500, 503, 0};
/* Upper ends in microseconds. */
static const unsigned bucket_us[METRICS_BUCKETS] = {
    250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};

static uint64_t get(atomic_ullong *v) {
    return atomic_load_explicit(v, memory_order_relaxed);
}

static void add(atomic_ullong *v, uint64_t n) {
    atomic_fetch_add_explicit(v, n, memory_order_relaxed);
}

void metrics_enter(struct metrics *m) {
    atomic_fetch_add_explicit(&m->in_flight, 1, memory_order_relaxed);
}

void metrics_leave(struct metrics *m) {
    atomic_fetch_sub_explicit(&m->in_flight, 1, memory_order_relaxed);
}

void metrics_end(struct metrics *m, size_t route, unsigned status, int64_t ns,
                 size_t bytes) {
    size_t s = 0, b = 0;
    while (s + 1 < METRICS_STATUSES && status_of[s] != status) s++;
    while (b < METRICS_BUCKETS && ns > (int64_t)bucket_us[b] * 1000) b++;
    add(&m->count[route][s], 1);
    add(&m->bucket[route][b], 1);
    add(&m->time_ns[route], ns > 0 ? (uint64_t)ns : 0);
    add(&m->bytes, bytes);
}

static void head(struct buf *out, const char *name, const char *type, const char *help) {
    buf_add_f(out, "# HELP chengguo_%s %s\n# TYPE chengguo_%s %s\n", name, help, name,
              type);
}

static void put_counts(struct metrics *m, const char *const *route, size_t n,
                       struct buf *out) {
    head(out, "http_requests_total", "counter", "Answered requests.");
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < METRICS_STATUSES; s++) {
            uint64_t v = get(&m->count[r][s]);
            if (v && status_of[s])
                buf_add_f(out,
                          "chengguo_http_requests_total{route=\"%s\",status=\"%u\"} "
                          "%" PRIu64 "\n",
                          route[r], status_of[s], v);
            else if (v)
                buf_add_f(out,
                          "chengguo_http_requests_total{route=\"%s\",status=\"other\"} "
                          "%" PRIu64 "\n",
                          route[r], v);
        }
}

static void put_histogram(struct metrics *m, const char *route, size_t r,
                          struct buf *out) {
    uint64_t sum = 0, all = 0;
    for (size_t b = 0; b <= METRICS_BUCKETS; b++) all += get(&m->bucket[r][b]);
    if (all == 0) return;
    for (size_t b = 0; b < METRICS_BUCKETS; b++) {
        sum += get(&m->bucket[r][b]);
        buf_add_f(out,
                  "chengguo_http_request_seconds_bucket{route=\"%s\",le=\"%g\"} "
                  "%" PRIu64 "\n",
                  route, (double)bucket_us[b] / 1e6, sum);
    }
    sum += get(&m->bucket[r][METRICS_BUCKETS]);
    buf_add_f(out,
              "chengguo_http_request_seconds_bucket{route=\"%s\",le=\"+Inf\"} %" PRIu64
              "\nchengguo_http_request_seconds_sum{route=\"%s\"} %.6f\n"
              "chengguo_http_request_seconds_count{route=\"%s\"} %" PRIu64 "\n",
              route, sum, route, (double)get(&m->time_ns[r]) / 1e9, route, sum);
}

static void put_one(struct buf *out, const char *name, const char *type, const char *help,
                    int64_t v) {
    head(out, name, type, help);
    buf_add_f(out, "chengguo_%s %" PRId64 "\n", name, v);
}

void metrics_put(struct metrics *m, const char *const *route_name, size_t n,
                 const struct metrics_index *index, struct buf *out) {
    put_counts(m, route_name, n, out);
    head(out, "http_request_seconds", "histogram", "Time to make an answer.");
    for (size_t r = 0; r < n; r++) put_histogram(m, route_name[r], r, out);
    put_one(out, "http_in_flight", "gauge", "Requests whose answer is not sent yet.",
            atomic_load_explicit(&m->in_flight, memory_order_relaxed));
    put_one(out, "http_body_bytes_total", "counter", "Bytes of answered bodies.",
            (int64_t)get(&m->bytes));
    put_one(out, "retries_total", "counter", "Requests run again on a newer revision.",
            (int64_t)get(&m->retries));
    put_one(out, "set_opens_total", "counter", "Published sets opened by workers.",
            (int64_t)get(&m->opens));
    put_one(out, "charts_drawn_total", "counter", "Charts drawn.",
            (int64_t)get(&m->charts_drawn));
    put_one(out, "charts_cached_total", "counter", "Charts answered from the cache.",
            (int64_t)get(&m->charts_kept));
    put_one(out, "charts_failed_total", "counter", "Charts that could not be drawn.",
            (int64_t)get(&m->charts_failed));
    put_one(out, "index_revision", "gauge", "Revision of the published set; 0: none.",
            index->revision);
    put_one(out, "index_documents", "gauge", "Records in the published set.",
            index->docs);
    put_one(out, "index_age_seconds", "gauge", "Time since the revision was made.",
            index->age_s);
}
