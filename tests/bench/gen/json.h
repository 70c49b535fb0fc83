/* json.h - writes JSON text into a buffer: escapes strings, places commas. The caller
 * keeps the nesting right. Threads: none shared. Not: does not check UTF-8. */
#ifndef GEN_JSON_H
#define GEN_JSON_H

#include "core/str.h"
#include "tests/bench/gen/day.h"

struct json_out {
    struct buf *b;
    bool comma; /* the next member or element needs a comma before it */
};

void json_open(struct json_out *j, const char *key, char bracket); /* key NULL: element */
void json_close(struct json_out *j, char bracket);
void json_str(struct json_out *j, const char *key, struct str value);
void json_z(struct json_out *j, const char *key, const char *value);
void json_int(struct json_out *j, const char *key, long value);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
/* "YYYY-MM-DD" of days since 1970-01-01, or "YYYY-MM". */
void json_day(struct json_out *j, const char *key, int day);
void json_month(struct json_out *j, const char *key, int day);
/* Decimal string in yuan from fen. */
void json_fen(struct json_out *j, const char *key, int64_t fen);

#endif
