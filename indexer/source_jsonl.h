/* source_jsonl.h - a JSON Lines file as rows with their places.
 *
 * A row is a line that holds more than blanks; lines end with LF or CRLF, the last may
 * lack its end; a UTF-8 BOM at the start is skipped. The file is read twice: once for its
 * hash (rows and batches refer to it), once for its rows; what cannot be read twice (a
 * pipe) is copied into memory first.
 *
 * Threads: a source belongs to one thread.
 * Not: does not judge encoding or syntax, only says what it saw of them. Blank lines come
 * out too, marked; they are no rows.
 */
#ifndef INDEXER_SOURCE_JSONL_H
#define INDEXER_SOURCE_JSONL_H

#include "core/str.h"

#define SOURCE_MAX_LINE ((size_t)8 << 20)    /* bytes; a longer one is skipped */
#define SOURCE_MAX_PIPE ((int64_t)512 << 20) /* bytes of what is not a file */

struct source;

enum source_fault {
    SOURCE_FINE,
    SOURCE_BLANK,    /* a line that is no row: nothing but blanks */
    SOURCE_TOO_LONG, /* text holds its beginning only, hash all of it */
    SOURCE_UTF16     /* the file begins with a UTF-16 mark or is built like it */
};

struct source_row {
    struct str text; /* without line end; valid until the next call */
    int64_t line;    /* 1-based */
    enum source_fault fault;
    unsigned char hash[16]; /* xxh128 of the text */
};

/* fd stays the caller's and must be open for reading. STATUS_IO (a directory,
 * unreadable), STATUS_LIMIT (a pipe with too much), STATUS_NOMEM, STATUS_INTERRUPTED. */
MUST_CHECK enum status source_open(int fd, const char *path, const volatile int *stop,
                                   struct source **out, struct err *err);
void source_close(struct source *s);
/* *more = false at the end; the file is checked then: STATUS_IO when it changed while it
 * was read. */
MUST_CHECK enum status source_next(struct source *s, struct source_row *row, bool *more,
                                   struct err *err);

const unsigned char *source_hash(const struct source *s); /* xxh128, 16 bytes */
int64_t source_bytes(const struct source *s);             /* size */
int64_t source_at(const struct source *s);                /* bytes consumed */

/* Does a row that could not be decoded or parsed show a secrecy or 密级 that is not
 * plainly 非密? Looks at the bytes: UTF-8, GB18030 and UTF-16, escapes included. When in
 * doubt, yes. */
bool source_shows_secrecy(struct str row);

#endif
