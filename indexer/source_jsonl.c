#include "indexer/source_jsonl.h"
#include "core/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the size of a hash state */
#include <xxhash.h>

#define CHUNK ((size_t)1 << 20)

struct jsonl {
    XXH3_state_t again; /* of this reading; first, for its alignment */
    char path[SOURCE_NAME];
    int fd; /* the caller's */
    int64_t at, line;
    unsigned char hash[16];
    char *p; /* buffer: [from, to) is unread */
    size_t from, to, cap;
    const volatile int *stop;
    bool utf16, eof;
};

static void digest(XXH3_state_t *h, unsigned char out[16]) {
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(h));
    memcpy(out, c.digest, 16);
}

enum status jsonl_open(int fd, const char *path, const unsigned char hash[16], bool utf16,
                       const volatile int *stop, struct jsonl **out, struct err *err) {
    struct jsonl *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    memset(s, 0, sizeof *s);
    s->fd = fd;
    s->stop = stop;
    s->utf16 = utf16;
    s->cap = CHUNK;
    s->p = malloc(s->cap);
    memcpy(s->hash, hash, sizeof s->hash);
    memcpy(s->path, path, utf8_clip(str_of(path), sizeof s->path - 1));
    XXH3_128bits_reset(&s->again);
    enum status st = STATUS_OK;
    if (!s->p)
        st = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    else if (lseek(fd, 0, SEEK_SET) < 0)
        st = source_failed(path, err);
    if (st != STATUS_OK) {
        jsonl_close(s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}

void jsonl_close(struct jsonl *s) {
    if (!s) return;
    free(s->p);
    free(s);
}

int64_t jsonl_at(const struct jsonl *s) {
    return s->at;
}

/* Reads on behind the unread bytes; the buffer grows while one line fills it. */
static enum status fill(struct jsonl *s, struct err *err) {
    if (s->from) {
        memmove(s->p, s->p + s->from, s->to - s->from);
        s->to -= s->from;
        s->from = 0;
    }
    if (s->to == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : CHUNK;
        char *p = realloc(s->p, cap);
        if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        s->p = p;
        s->cap = cap;
    }
    ssize_t n = source_read(s->fd, s->p + s->to, s->cap - s->to, s->stop);
    if (n < 0) return source_failed(s->path, err);
    s->eof = n == 0;
    XXH3_128bits_update(&s->again, s->p + s->to, (size_t)n);
    s->to += (size_t)n;
    return STATUS_OK;
}

static enum status check_unchanged(struct jsonl *s, struct err *err) {
    unsigned char now[16];
    digest(&s->again, now);
    if (memcmp(now, s->hash, sizeof now) == 0) return STATUS_OK;
    return source_changed(s->path, err);
}

/* A line longer than the limit: hashed to its end, its beginning kept in row->text. */
static enum status skip_long(struct jsonl *s, struct source_row *row, struct err *err) {
    XXH3_state_t h;
    XXH3_128bits_reset(&h);
    enum status st = STATUS_OK;
    for (;;) {
        char *end = memchr(s->p + s->from, '\n', s->to - s->from);
        size_t n = end ? (size_t)(end - (s->p + s->from)) : s->to - s->from;
        XXH3_128bits_update(&h, s->p + s->from, n);
        s->at += (int64_t)n + (end != NULL);
        s->from += n + (end != NULL);
        if (end || s->eof) break;
        if ((st = fill(s, err)) != STATUS_OK) return st;
    }
    digest(&h, row->hash);
    row->text = str_slice("", 0);
    row->fault = SOURCE_TOO_LONG;
    return STATUS_OK;
}

static bool is_blank(struct str t, bool utf16) {
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (c != ' ' && c != '\t' && c != '\r' && !(utf16 && c == 0)) return false;
    }
    return true;
}

enum status jsonl_next(struct jsonl *s, struct source_row *row, bool *more,
                       struct err *err) {
    enum status st = STATUS_OK;
    size_t seen = 0;
    char *end = NULL;
    while (!(end = memchr(s->p + s->from + seen, '\n', s->to - s->from - seen)) &&
           !s->eof && s->to - s->from <= SOURCE_MAX_LINE) {
        seen = s->to - s->from;
        if ((st = fill(s, err)) != STATUS_OK) return st;
    }
    if (!end && s->from == s->to) {
        *more = false;
        return check_unchanged(s, err);
    }
    size_t n = end ? (size_t)(end - (s->p + s->from)) : s->to - s->from;
    *row = (struct source_row){.line = ++s->line};
    *more = true;
    if (n > SOURCE_MAX_LINE) return skip_long(s, row, err);
    struct str t = str_slice(s->p + s->from, n);
    s->from += n + (end != NULL);
    s->at += (int64_t)n + (end != NULL);
    if (s->line == 1 && t.n >= 3 && memcmp(t.p, "\xEF\xBB\xBF", 3) == 0)
        t = str_slice(t.p + 3, t.n - 3);
    if (t.n && t.p[t.n - 1] == '\r') t.n--;
    row->text = t;
    row->fault = SOURCE_BLANK;
    row->ignored = "空行";
    if (is_blank(t, s->utf16)) return STATUS_OK;
    row->ignored = NULL;
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(t.p, t.n));
    memcpy(row->hash, c.digest, sizeof row->hash);
    row->fault = s->utf16 ? SOURCE_UTF16 : SOURCE_FINE;
    return STATUS_OK;
}
