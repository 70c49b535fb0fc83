#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t blank_at_start(struct str s) {
    if (s.n == 0) return 0;
    if (is_blank(s.p[0])) return 1;
    return s.n >= 3 && memcmp(s.p, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static size_t blank_at_end(struct str s) {
    if (s.n == 0) return 0;
    if (is_blank(s.p[s.n - 1])) return 1;
    return s.n >= 3 && memcmp(s.p + s.n - 3, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

struct str str_trim(struct str s) {
    for (size_t k; (k = blank_at_start(s));) s = str_slice(s.p + k, s.n - k);
    for (size_t k; (k = blank_at_end(s));) s.n -= k;
    return s;
}

int str_cmp(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

void buf_done(struct buf *b) {
    free(b->p);
    *b = buf_init(b->max);
}

void buf_clear(struct buf *b) {
    b->n = 0;
    b->failed = BUF_FINE;
    if (b->p) b->p[0] = 0;
}

bool buf_reserve(struct buf *b, size_t n) {
    if (b->failed) return false;
    if (n > b->max - b->n) {
        b->failed = BUF_PAST_MAX;
        return false;
    }
    size_t need = b->n + n + 1;
    if (need <= b->cap) return true;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need) cap += cap / 2;
    if (cap > b->max + 1) cap = b->max + 1;
    char *p = realloc(b->p, cap);
    if (!p) {
        b->failed = BUF_NO_MEMORY;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n) {
    if (n == 0 || !buf_reserve(b, n)) return;
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
}

void buf_add_str(struct buf *b, struct str s) {
    buf_add(b, s.p, s.n);
}
void buf_add_z(struct buf *b, const char *z) {
    buf_add(b, z, strlen(z));
}
void buf_add_char(struct buf *b, char c) {
    buf_add(b, &c, 1);
}

void buf_add_f(struct buf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = BUF_NO_MEMORY;
    } else if (buf_reserve(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

enum status buf_check(const struct buf *b, const char *what, struct err *err) {
    if (!b->failed) return STATUS_OK;
    if (b->failed == BUF_PAST_MAX)
        return err_set(err, STATUS_LIMIT, "limit", "%s is larger than %zu bytes", what,
                       b->max);
    return err_set(err, STATUS_NOMEM, NULL, "out of memory for %s", what);
}

/* Not strndup: a slice need not be terminated, which the sanitizers ask of its argument.
 */
char *str_dup(struct str s) {
    char *z = malloc(s.n + 1);
    if (!z) return NULL;
    if (s.n) memcpy(z, s.p, s.n);
    z[s.n] = 0;
    return z;
}
