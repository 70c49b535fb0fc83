#include "indexer/source_jsonl.h"
#include "core/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the size of a hash state */
#include <xxhash.h>

#define CHUNK ((size_t)1 << 20)

struct source {
    XXH3_state_t again; /* of the second reading; first, for its alignment */
    char path[160];
    int fd;  /* the caller's, or own */
    int own; /* -1, or a copy of a pipe in memory */
    int64_t bytes, at, line;
    unsigned char hash[16];
    char *p; /* buffer: [from, to) is unread */
    size_t from, to, cap;
    const volatile int *stop;
    bool utf16, eof;
};

static enum status failed(const struct source *s, struct err *err) {
    enum status st = errno == EISDIR
                         ? err_set(err, STATUS_IO, "io", "这是目录，请给出其中的文件")
                         : err_errno(err, "读取失败");
    err_place(err, s->path, 0, NULL);
    return st;
}

/* A signal ends the wait for a pipe only when it asks to stop. */
static ssize_t read_some(const struct source *s, void *p, size_t n) {
    ssize_t got;
    do got = read(s->fd, p, n);
    while (got < 0 && errno == EINTR && !(s->stop && *s->stop));
    return got;
}

static void digest(XXH3_state_t *h, unsigned char out[16]) {
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(h));
    memcpy(out, c.digest, 16);
}

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

/* First reading: size and hash; a pipe is copied to s->own on the way. */
static enum status scan(struct source *s, struct err *err) {
    XXH3_state_t h;
    XXH3_128bits_reset(&h);
    for (;;) {
        ssize_t n = read_some(s, s->p, s->cap);
        if (s->stop && *s->stop)
            return err_set(err, STATUS_INTERRUPTED, NULL, "已中断，没有改动");
        if (n < 0) return failed(s, err);
        if (n == 0) break;
        if (s->bytes == 0 && n >= 2) {
            const unsigned char *b = (const unsigned char *)s->p;
            s->utf16 = (b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF) ||
                       (b[0] == 0 && b[1] == '{') || (b[0] == '{' && b[1] == 0);
        }
        XXH3_128bits_update(&h, s->p, (size_t)n);
        s->bytes += n;
        if (s->own >= 0 && s->bytes > SOURCE_MAX_PIPE) {
            err_set(err, STATUS_LIMIT, "limit",
                    "管道中的数据超过 %lld MiB，请先存为文件再导入",
                    (long long)(SOURCE_MAX_PIPE >> 20));
            err_place(err, s->path, 0, NULL);
            return STATUS_LIMIT;
        }
        if (s->own >= 0 && !write_all(s->own, s->p, (size_t)n)) return failed(s, err);
    }
    digest(&h, s->hash);
    return STATUS_OK;
}

static enum status rewind_file(struct source *s, struct err *err) {
    if (s->own >= 0) s->fd = s->own;
    if (lseek(s->fd, 0, SEEK_SET) < 0) return failed(s, err);
    XXH3_128bits_reset(&s->again);
    return STATUS_OK;
}

enum status source_open(int fd, const char *path, const volatile int *stop,
                        struct source **out, struct err *err) {
    struct source *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    memset(s, 0, sizeof *s);
    s->fd = fd;
    s->own = -1;
    s->stop = stop;
    s->cap = CHUNK;
    s->p = malloc(s->cap);
    if (!s->p) {
        source_close(s);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    memcpy(s->path, path, utf8_clip(str_of(path), sizeof s->path - 1));
    enum status st = STATUS_OK;
    struct stat info;
    if (fstat(fd, &info) != 0)
        st = failed(s, err);
    else if (S_ISREG(info.st_mode)) {
        if (lseek(fd, 0, SEEK_SET) < 0) st = failed(s, err);
    } else if (!S_ISDIR(info.st_mode)) {
        s->own = memfd_create("chengguo-rows", MFD_CLOEXEC);
        if (s->own < 0) st = err_errno(err, "不能在内存中暂存");
    }
    if (st == STATUS_OK) st = scan(s, err);
    if (st == STATUS_OK) st = rewind_file(s, err);
    if (st != STATUS_OK) {
        source_close(s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}

void source_close(struct source *s) {
    if (!s) return;
    if (s->own >= 0) close(s->own);
    free(s->p);
    free(s);
}

const unsigned char *source_hash(const struct source *s) {
    return s->hash;
}
int64_t source_bytes(const struct source *s) {
    return s->bytes;
}
int64_t source_at(const struct source *s) {
    return s->at;
}

/* Reads on behind the unread bytes; the buffer grows while one line fills it. */
static enum status fill(struct source *s, struct err *err) {
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
    ssize_t n = read_some(s, s->p + s->to, s->cap - s->to);
    if (n < 0) return failed(s, err);
    s->eof = n == 0;
    XXH3_128bits_update(&s->again, s->p + s->to, (size_t)n);
    s->to += (size_t)n;
    return STATUS_OK;
}

static enum status check_unchanged(struct source *s, struct err *err) {
    unsigned char now[16];
    digest(&s->again, now);
    if (memcmp(now, s->hash, sizeof now) == 0) return STATUS_OK;
    err_set(err, STATUS_IO, "changed", "文件在读取时被改动；没有导入，请等它写完再试");
    err_place(err, s->path, 0, NULL);
    return STATUS_IO;
}

/* A line longer than the limit: hashed to its end, its beginning kept in row->text. */
static enum status skip_long(struct source *s, struct source_row *row, struct err *err) {
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

enum status source_next(struct source *s, struct source_row *row, bool *more,
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
    row->line = ++s->line;
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
    if (is_blank(t, s->utf16)) return STATUS_OK;
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(t.p, t.n));
    memcpy(row->hash, c.digest, sizeof row->hash);
    row->fault = s->utf16 ? SOURCE_UTF16 : SOURCE_FINE;
    return STATUS_OK;
}
