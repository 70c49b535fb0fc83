/* str.h - borrowed slices and bounded growing buffers.
 *
 * struct str: a slice that somebody else owns; may hold NUL, never assumed terminated.
 * struct buf: owned bytes with a maximum. Invariants: n <= cap <= max + 1; p[n] == 0 when
 * p is not NULL; after a failed append (out of memory, or past max) `failed` stays set
 * and further appends do nothing, so a sequence of appends is checked once, at its end.
 *
 * Threads: no shared state.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include "core/base.h"
#include "core/err.h"

#include <string.h>

C_API_BEGIN

struct str {
    const char *p;
    size_t n;
};

static inline struct str str_of(const char *z) {
    struct str s = {z, z ? strlen(z) : 0};
    return s;
}
static inline struct str str_slice(const char *p, size_t n) {
    struct str s = {p, n};
    return s;
}
static inline bool str_eq(struct str a, struct str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_eq_z(struct str a, const char *z) {
    return str_eq(a, str_of(z));
}
static inline bool str_starts(struct str a, struct str prefix) {
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.p, prefix.p, prefix.n) == 0);
}
/* Drops ASCII blanks and U+3000 at both ends. */
struct str str_trim(struct str s);
/* A terminated copy, the caller frees it; NULL: out of memory. */
char *str_dup(struct str s);
/* Bytewise order, shorter first on a tie: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

struct buf {
    char *p;
    size_t n, cap, max;
    uint8_t failed; /* enum buf_failure */
};
enum buf_failure { BUF_FINE = 0, BUF_NO_MEMORY, BUF_PAST_MAX };

#define BUF_MAX_DEFAULT ((size_t)256 << 20)

/* A buffer that may grow to max_bytes (0 = BUF_MAX_DEFAULT). Allocates nothing yet. */
static inline struct buf buf_init(size_t max_bytes) {
    struct buf b = {NULL, 0, 0, max_bytes ? max_bytes : BUF_MAX_DEFAULT, BUF_FINE};
    return b;
}
void buf_done(struct buf *b);  /* frees; the buffer may be used again */
void buf_clear(struct buf *b); /* n = 0, nothing failed; keeps the memory */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_z(struct buf *b, const char *z);
void buf_add_char(struct buf *b, char c);
void buf_add_f(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes at p + n, or false (failed is set). The caller raises b->n. */
bool buf_reserve(struct buf *b, size_t n);
static inline struct str buf_str(const struct buf *b) {
    return str_slice(b->p, b->n);
}
/* The bytes, terminated; "" while empty. */
static inline const char *buf_z(const struct buf *b) {
    return b->p ? b->p : "";
}
/* STATUS_OK, or STATUS_NOMEM / STATUS_LIMIT with a sentence that names `what`. */
MUST_CHECK enum status buf_check(const struct buf *b, const char *what, struct err *err);

C_API_END
#endif
