/* err.h - how every fallible function reports failure.
 *
 * A function that can fail is `enum status f(in…, T *out, struct err *err)`.
 * Outputs are written only on STATUS_OK. `err` is the caller's, may be NULL, and is
 * filled once, where the failure is found; callers higher up may prefix it. What is too
 * long for its field is cut between characters, and what is no UTF-8 becomes '?', so that
 * every text of a struct err is valid UTF-8.
 * One table (err.c) maps a status to its name, exit code and HTTP code.
 *
 * Threads: no state; a struct err belongs to one thread.
 * Not: does not print or log; only commands and the HTTP edge do.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include "core/base.h"

C_API_BEGIN

enum status {
    STATUS_OK = 0,
    STATUS_NOT_FOUND,   /* no such record, table, file                    exit 4, 404 */
    STATUS_GONE,        /* was public, is no longer                       exit 4, 410 */
    STATUS_USAGE,       /* the command line is wrong                      exit 2, 400 */
    STATUS_INVALID,     /* input is malformed; err names the place        exit 1, 400 */
    STATUS_CONFLICT,    /* contradicts what is stored                     exit 1, 409 */
    STATUS_PARTIAL,     /* finished; some rows rejected or held           exit 3, 200 */
    STATUS_BUSY,        /* another process holds the lock                 exit 5, 503 */
    STATUS_STALE,       /* the index moved on: reopen and retry           exit 1, 503 */
    STATUS_CORRUPT,     /* the store is damaged or foreign                exit 6, 503 */
    STATUS_IO,          /* the system refused a read or write             exit 1, 500 */
    STATUS_NOMEM,       /* out of memory                                  exit 1, 500 */
    STATUS_LIMIT,       /* larger than a named limit                      exit 1, 400 */
    STATUS_DEADLINE,    /* the deadline passed                            exit 1, 503 */
    STATUS_INTERRUPTED, /* SIGINT or SIGTERM                              exit 130, 503 */
    STATUS_INTERNAL,    /* a bug                                          exit 1, 500 */
    STATUS_COUNT
};

struct err {
    enum status status;
    char code[24];  /* language-neutral code, e.g. "E_FIELD", "deadline"; may be empty */
    char file[160]; /* file concerned, or empty */
    long line;      /* line or row, 1-based; 0 = none */
    char field[64]; /* field, column or parameter concerned, or empty */
    char text[512]; /* a sentence: what is wrong and how to mend it */
};

/* Name ("not_found"), process exit code and HTTP code of a status. Never fail. */
const char *status_name(enum status s);
int status_exit_code(enum status s);
int status_http_code(enum status s);

/* Fills *err (if not NULL) with status, code (may be NULL) and text, clears the place,
 * and returns `s`, so that `return err_set(err, STATUS_IO, NULL, "…")` reads well. */
enum status err_set(struct err *err, enum status s, const char *code, const char *fmt,
                    ...) PRINTF_LIKE(4, 5);

/* Like err_set with STATUS_IO (STATUS_NOMEM for ENOMEM); appends strerror(errno). */
enum status err_errno(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds the place to an err that is already set; NULL/0 leaves a part as it is. */
void err_place(struct err *err, const char *file, long line, const char *field);

/* Puts "prefix: " before the text of an err that is already set. */
void err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "file:line: field: text [code]" into out (always terminated); returns out. */
const char *err_line(const struct err *err, char *out, size_t size);

C_API_END
#endif
