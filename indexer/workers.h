/* workers.h - numbered jobs in child processes, a few at a time.
 *
 * Children are killed with their parent (PR_SET_PDEATHSIG), so none outlives an
 * interrupted run holding the store's lock. A child reports its struct err through shared
 * memory.
 *
 * Threads: call from a single-threaded process (fork).
 */
#ifndef INDEXER_WORKERS_H
#define INDEXER_WORKERS_H

#include "core/err.h"

/* Runs in the child. tick() adds to the shared progress count. */
struct worker;
typedef enum status (*worker_fn)(void *arg, size_t job, struct worker *w,
                                 struct err *err);
void worker_tick(struct worker *w, int64_t done);

struct workers_options {
    int64_t processes; /* 0 = one a core */
    void (*progress)(void *arg, int64_t done);
    void *progress_arg;
    const volatile int *stop;
};

/* Runs jobs 0 .. njobs-1. The first failure ends the others and is returned;
 * STATUS_INTERRUPTED when stop is set; STATUS_INTERNAL when a child dies of a signal. */
MUST_CHECK enum status workers_run(size_t njobs, worker_fn fn, void *arg,
                                   const struct workers_options *opt, struct err *err);

#endif
