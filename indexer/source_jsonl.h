/* source_jsonl.h - the lines of a JSON Lines file; inside of source.h.
 *
 * Threads: as the source.
 */
#ifndef INDEXER_SOURCE_JSONL_H
#define INDEXER_SOURCE_JSONL_H

#include "indexer/source.h"

struct jsonl;

/* Reads fd from its beginning; hash: what its bytes must hash to. STATUS_NOMEM,
 * STATUS_IO. */
MUST_CHECK enum status jsonl_open(int fd, const char *path, const unsigned char hash[16],
                                  bool utf16, const volatile int *stop,
                                  struct jsonl **out, struct err *err);
void jsonl_close(struct jsonl *s);
/* As source_next. */
MUST_CHECK enum status jsonl_next(struct jsonl *s, struct source_row *row, bool *more,
                                  struct err *err);
int64_t jsonl_at(const struct jsonl *s);

/* Shared with source.c. A signal ends the wait for a pipe only when it asks to stop. */
ssize_t source_read(int fd, void *p, size_t n, const volatile int *stop);
enum status source_failed(const char *path, struct err *err);
enum status source_changed(const char *path, struct err *err);

#endif
