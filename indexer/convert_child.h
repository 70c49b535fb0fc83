/* convert_child.h - another program on one file, fenced in.
 *
 * The child has a process group of its own, which is killed at the end whatever happens;
 * limits on processor time, address space, file size and open files; no input or output,
 * no file of ours, no environment but PATH, HOME and TMPDIR (both its folder) and the
 * locale; no network where the kernel allows an ordinary user to take it away; it dies
 * with us.
 *
 * Threads: any; a SIGCHLD handler that reaps children would disturb it.
 */
#ifndef INDEXER_CONVERT_CHILD_H
#define INDEXER_CONVERT_CHILD_H

#include "core/err.h"

struct convert_limits {
    int seconds;   /* processor time; twice that on the clock */
    size_t memory; /* address space in bytes */
    size_t file;   /* bytes of a file */
};

/* argv[0]: a path. Works in folder dir. STATUS_OK: it ended with 0. STATUS_INVALID
 * E_FILE: it did not; STATUS_LIMIT E_FILE: a limit; STATUS_INTERRUPTED by *stop (may be
 * NULL); STATUS_IO: it could not be started. */
MUST_CHECK enum status convert_child_run(char *const argv[], const char *dir,
                                         const struct convert_limits *limits,
                                         const volatile int *stop, struct err *err);

#endif
