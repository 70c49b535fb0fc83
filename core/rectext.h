/* rectext.h - text-G: the normalised text of every record, append-only, memory-mapped.
 *
 * A record's text is a sequence of values; each value is one tag byte (field.h, 1..31)
 * followed by its matching text, which holds no control characters. So a literal never
 * matches across values, and the field of a match is the nearest tag byte before it.
 * Values stand in ascending order of tags, which number short fields first (title,
 * keywords, units, people), abstract and long texts last: most matches are then found
 * early, and a search in few fields ends behind them.
 *
 * Threads: a mapping is read-only and may be shared.
 */
#ifndef CORE_RECTEXT_H
#define CORE_RECTEXT_H

#include "core/text.h"

C_API_BEGIN

#define RECTEXT_MAX_TAG 31

struct rectext {
    const char *p; /* whole file */
    size_t n;
    void *map;
    size_t map_bytes;
};

/* Maps at least min_bytes. STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT (shorter, bad
 * head). */
MUST_CHECK enum status rectext_open(const char *path, uint64_t min_bytes,
                                    struct rectext *out, struct err *err);
void rectext_close(struct rectext *t);

/* Creates the file with its head if missing; *end is where the next record goes. */
MUST_CHECK enum status rectext_create(const char *path, uint64_t *end, struct err *err);
/* Appends bytes at `end` (truncating what an interrupted run left beyond it), optionally
 * fsyncs; the record's address is the old end. */
MUST_CHECK enum status rectext_append(const char *path, uint64_t end, struct str bytes,
                                      bool sync, uint64_t *new_end, struct err *err);

/* First offset >= at of `needle` in the record text, not cutting a token, in a value
 * whose tag is in the mask (1 << tag); SIZE_MAX when none. */
size_t rectext_find(struct str record, struct str needle, uint32_t tags, size_t at);
/* The value that holds offset `at`: its tag, and its text without the tag byte. */
char rectext_value_at(struct str record, size_t at, struct str *value);
/* Walks the values: sets *tag and *value, returns false after the last. *pos starts at 0.
 */
bool rectext_next(struct str record, size_t *pos, char *tag, struct str *value);
/* Do a and b stand in one value with at most `gap` characters between, in either order,
 * not overlapping? (NEAR/n of interface.md) */
bool rectext_near(struct str record, struct str a, struct str b, uint32_t gap,
                  uint32_t tags);

C_API_END
#endif
