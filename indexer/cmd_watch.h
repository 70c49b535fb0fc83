/* cmd_watch.h - the parts of `chengguo watch`: one file of the inbox, its report. Private
 * to cmd_watch*.c.
 *
 * A file is taken when nobody has it open for writing. It is brought in as `ingest` does,
 * published, its reports are written, then it is moved; killed in between it lies in the
 * inbox still, and bringing the same bytes in again changes nothing.
 *
 * Threads: one thread.
 */
#ifndef INDEXER_CMD_WATCH_H
#define INDEXER_CMD_WATCH_H

#include "core/cli.h"
#include "indexer/ingest.h"

#include <limits.h>

#define WATCH_NAME (NAME_MAX + 1)
#define WATCH_PROBLEMS 1000 /* refused rows that a report tells one by one */

struct watch {
    struct cli *cli;
    const char *dir; /* as it was named */
    int dir_fd, done_fd, failed_fd;
    const char *profile, *encoding;
    bool json;
    const volatile int *stop;
};

enum watch_fate {
    WATCH_DONE,    /* in done/ */
    WATCH_PARTIAL, /* in done/, some rows rejected or held */
    WATCH_FAILED,  /* in failed/: nothing of it was taken */
    WATCH_LATER,   /* still being written, or the store is busy: look again */
    WATCH_LEFT     /* no file to take, or the system failed: stays where it is */
};

/* Is this a name that an inbox does not take: hidden, temporary, a lock? */
bool watch_ignores(const char *name);

/* Takes one file. now: seconds since 1970. *err: why it failed, was left or waits (its
 * text empty otherwise). STATUS_OK for every fate; STATUS_INTERRUPTED, and failures of
 * the store, end the watch. */
MUST_CHECK enum status watch_take(struct watch *w, const char *name, int64_t now,
                                  enum watch_fate *fate, struct err *err);

/* What a report says. */
struct watch_report {
    const char *name, *to; /* as it came; as it lies in done/ or failed/ */
    enum watch_fate fate;
    const struct ingest_report *rows; /* NULL: failed */
    const struct err *why;            /* failed */
    json_t *problems;  /* array of {"outcome","line","field","code","text"} */
    int64_t nproblems; /* all of them */
    int64_t now;
};
/* The two files beside `to` in folder_fd: TO.报告.txt and TO.report.json; each appears
 * whole. STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status watch_report_write(int folder_fd, const struct watch_report *r,
                                          struct err *err);
/* The same as one JSON object; NULL: no memory. The caller owns it. */
json_t *watch_report_json(const struct watch_report *r);

/* A name as reports and messages show it: anybody may put a file of any name there. */
void watch_show(const char *name, char out[WATCH_NAME]);

#endif
