/* text-G: sixteen bytes of head (RECTEXT_MAGIC, eight reserved zeros), then the texts of
 * records one after another; where each begins and ends stands in the columns. */
#include "core/fs.h"
#include "core/rectext.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define RECTEXT_MAGIC "CGTEXT1\n\0\0\0\0\0\0\0"
#define RECTEXT_HEAD ((size_t)16)

static enum status missing_or_errno(struct err *err, const char *path) {
    if (errno == ENOENT)
        return err_set(err, STATUS_NOT_FOUND, NULL, "%s is not there", path);
    return err_errno(err, "不能打开 %s", path);
}

static enum status map_fd(int fd, const char *path, uint64_t min_bytes,
                          struct rectext *out, struct err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0) return err_errno(err, "不能读出 %s 的大小", path);
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < RECTEXT_HEAD ||
        (uint64_t)st.st_size < min_bytes)
        return err_set(err, STATUS_CORRUPT, NULL,
                       "%s is shorter than the columns say; run chengguo rebuild", path);
    size_t n = (size_t)st.st_size;
    void *map = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) return err_errno(err, "不能映射 %s", path);
    if (memcmp(map, RECTEXT_MAGIC, RECTEXT_HEAD) != 0) {
        munmap(map, n);
        return err_set(err, STATUS_CORRUPT, NULL, "%s is no text file", path);
    }
    *out = (struct rectext){map, n, map, n};
    return STATUS_OK;
}

enum status rectext_open(const char *path, uint64_t min_bytes, struct rectext *out,
                         struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return missing_or_errno(err, path);
    enum status s = map_fd(fd, path, min_bytes, out, err);
    close(fd);
    return s;
}

void rectext_close(struct rectext *t) {
    if (t->map) munmap(t->map, t->map_bytes);
    *t = (struct rectext){0};
}

static enum status write_all(int fd, const char *path, uint64_t at, struct str s,
                             struct err *err) {
    while (s.n > 0) {
        ssize_t k = pwrite(fd, s.p, s.n, (off_t)at);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return err_errno(err, "不能写 %s", path);
        s = str_slice(s.p + k, s.n - (size_t)k);
        at += (uint64_t)k;
    }
    return STATUS_OK;
}

/* A file shorter than its head is what an interrupted create left: it is begun anew. */
static enum status begin(int fd, const char *path, uint64_t *end, struct err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0) return err_errno(err, "不能读出 %s 的大小", path);
    if ((uint64_t)st.st_size >= RECTEXT_HEAD) {
        char head[RECTEXT_HEAD];
        if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head)
            return err_errno(err, "不能读 %s", path);
        if (memcmp(head, RECTEXT_MAGIC, sizeof head) != 0)
            return err_set(err, STATUS_CORRUPT, NULL, "%s is no text file", path);
        *end = (uint64_t)st.st_size;
        return STATUS_OK;
    }
    enum status s = write_all(fd, path, 0, str_slice(RECTEXT_MAGIC, RECTEXT_HEAD), err);
    if (s == STATUS_OK && fsync(fd) != 0) s = err_errno(err, "不能写 %s", path);
    if (s == STATUS_OK) s = fs_sync_parent(path, err);
    if (s == STATUS_OK) *end = RECTEXT_HEAD;
    return s;
}

enum status rectext_create(const char *path, uint64_t *end, struct err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return err_errno(err, "不能建立 %s", path);
    enum status s = begin(fd, path, end, err);
    if (close(fd) != 0 && s == STATUS_OK) s = err_errno(err, "不能建立 %s", path);
    return s;
}

static enum status append_fd(int fd, const char *path, uint64_t end, struct str bytes,
                             bool sync, struct err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0) return err_errno(err, "不能读出 %s 的大小", path);
    if (end < RECTEXT_HEAD || (uint64_t)st.st_size < end)
        return err_set(err, STATUS_CORRUPT, NULL,
                       "%s is shorter than the columns say; run chengguo rebuild", path);
    if ((uint64_t)st.st_size > end && ftruncate(fd, (off_t)end) != 0)
        return err_errno(err, "不能截短 %s", path);
    enum status s = write_all(fd, path, end, bytes, err);
    if (s == STATUS_OK && sync && fsync(fd) != 0) s = err_errno(err, "不能写 %s", path);
    return s;
}

enum status rectext_append(const char *path, uint64_t end, struct str bytes, bool sync,
                           uint64_t *new_end, struct err *err) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return missing_or_errno(err, path);
    enum status s = append_fd(fd, path, end, bytes, sync, err);
    if (close(fd) != 0 && s == STATUS_OK) s = err_errno(err, "不能写 %s", path);
    if (s == STATUS_OK) *new_end = end + bytes.n;
    return s;
}

/* ---- values ----------------------------------------------------------------------- */

#define GAP_SHORT                                                                        \
    100 /* characters: up to here a look around each occurrence is cheap                 \
         */
#define SCAN_MAX                                                                         \
    ((size_t)64) /* longer needles go to memmem, which is never quadratic                \
                  */

static bool is_tag(char c) {
    return (unsigned char)c <= RECTEXT_MAX_TAG;
}

/* Does one of the BLOCK bytes at p lie below 0x20? Tags are the only such bytes. */
#ifdef __SSE2__
#define BLOCK ((size_t)16)
static bool any_tag(const char *p) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(RECTEXT_MAX_TAG)), v);
    return _mm_movemask_epi8(low) != 0;
}
#else
#define BLOCK ((size_t)8)
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))
static bool any_tag(const char *p) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return ((v - EIGHT(0x20)) & ~v & EIGHT(0x80)) != 0;
}
#endif

/* Offset of the tag byte at or before `at`; SIZE_MAX when there is none. */
static size_t tag_before(struct str record, size_t at) {
    size_t i = at + 1;
    while (i >= BLOCK && !any_tag(record.p + i - BLOCK)) i -= BLOCK;
    while (i > 0 && !is_tag(record.p[i - 1])) i--;
    return i ? i - 1 : SIZE_MAX;
}

/* Offset of the first tag byte at or after `at`, or the end. */
static size_t tag_after(struct str record, size_t at) {
    size_t i = at;
    while (i + BLOCK <= record.n && !any_tag(record.p + i)) i += BLOCK;
    while (i < record.n && !is_tag(record.p[i])) i++;
    return i;
}

char rectext_value_at(struct str record, size_t at, struct str *value) {
    size_t tag = at < record.n ? tag_before(record, at) : SIZE_MAX;
    if (tag == SIZE_MAX) {
        *value = str_slice(record.p, 0);
        return 0;
    }
    *value = str_slice(record.p + tag + 1, tag_after(record, tag + 1) - tag - 1);
    return record.p[tag];
}

#ifdef __SSE2__
/* The last byte of the needle's first character: in Han text the first bytes are nearly
 * all alike, the last ones tell most characters apart. */
static size_t last_byte_of_first(struct str needle) {
    size_t i = 0;
    while (i + 1 < needle.n && ((unsigned char)needle.p[i + 1] & 0xC0) == 0x80) i++;
    return i;
}
#endif

/* First place in [at, last] where `needle` stands, border or not: sixteen places at a
 * time, by two of its bytes, then the rest bytewise. last + needle.n <= s.n. */
static size_t scan(struct str s, struct str needle, size_t at, size_t last) {
#ifdef __SSE2__
    size_t a = last_byte_of_first(needle), b = needle.n - 1;
    __m128i first = _mm_set1_epi8(needle.p[a]), end = _mm_set1_epi8(needle.p[b]);
    for (; at <= last && at + b + 16 <= s.n; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at + a));
        __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at + b));
        unsigned hits = (unsigned)_mm_movemask_epi8(
            _mm_and_si128(_mm_cmpeq_epi8(x, first), _mm_cmpeq_epi8(y, end)));
        for (; hits; hits &= hits - 1) {
            size_t i = at + (unsigned)__builtin_ctz(hits);
            if (i > last) return SIZE_MAX;
            if (memcmp(s.p + i, needle.p, needle.n) == 0) return i;
        }
    }
#endif
    if (at > last) return SIZE_MAX;
    const char *hit = memmem(s.p + at, last + needle.n - at, needle.p, needle.n);
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

/* First place in [at, last] where the needle stands whole. */
static size_t find_in(struct str s, struct str needle, size_t at, size_t last) {
    for (; (at = scan(s, needle, at, last)) != SIZE_MAX; at++)
        if (text_is_whole(s, at, at + needle.n)) break;
    return at;
}

static size_t find(struct str s, struct str needle, size_t at) {
    if (needle.n == 0 || needle.n > SCAN_MAX || s.n < needle.n)
        return text_find(s, needle, at);
    return find_in(s, needle, at, s.n - needle.n);
}

/* The part of the record that holds the tags of the mask: they ascend, so nothing stands
 * behind the last. Worth its walk when the mask names few fields. */
static struct str reach(struct str record, uint32_t tags) {
    uint32_t rest = tags & (tags - 1);
    if (rest & (rest - 1)) return record;
    size_t i = 0;
    while (i < record.n && tags >> record.p[i] != 0) i = tag_after(record, i + 1);
    return str_slice(record.p, i);
}

size_t rectext_find(struct str record, struct str needle, uint32_t tags, size_t at) {
    if (tags == UINT32_MAX) return find(record, needle, at);
    record = reach(record, tags);
    for (;;) {
        size_t hit = find(record, needle, at);
        if (hit == SIZE_MAX) return hit;
        size_t tag = tag_before(record, hit);
        if (tag != SIZE_MAX && tags >> record.p[tag] & 1) return hit;
        at = tag_after(record, hit);
    }
}

bool rectext_next(struct str record, size_t *pos, char *tag, struct str *value) {
    size_t i = *pos;
    if (i >= record.n) return false;
    size_t text = is_tag(record.p[i]) ? i + 1 : i, end = tag_after(record, text);
    *tag = (char)(is_tag(record.p[i]) ? record.p[i] : 0);
    *value = str_slice(record.p + text, end - text);
    *pos = end;
    return true;
}

/* At most `most` characters in [from, to)? */
static bool within(struct str s, size_t from, size_t to, uint32_t most) {
    uint32_t n = 0;
    for (size_t i = from; i < to && n <= most; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n <= most;
}

/* Is some `first` followed by a `then` within `gap` characters? The nearest `then` after
 * each `first` is enough, and it only moves forward. */
static bool followed(struct str value, struct str first, struct str then, uint32_t gap) {
    size_t b = 0;
    bool have = false;
    for (size_t a = find(value, first, 0); a != SIZE_MAX; a = find(value, first, a + 1)) {
        if (!have || b < a + first.n) {
            b = find(value, then, a + first.n);
            have = true;
        }
        if (b == SIZE_MAX) return false;
        if (within(value, a + first.n, b, gap)) return true;
    }
    return false;
}

/* Does b stand within `gap` characters of the a at `at`, in the value [start, end)? */
static bool beside(struct str r, size_t start, size_t end, size_t at, struct str a,
                   struct str b, uint32_t gap) {
    size_t far = (size_t)gap * 4, behind = at + a.n;
    if (end - behind >= b.n) {
        size_t last = end - b.n < behind + far ? end - b.n : behind + far;
        size_t hit = find_in(r, b, behind, last);
        if (hit != SIZE_MAX && within(r, behind, hit, gap)) return true;
    }
    if (at - start < b.n) return false;
    size_t last = at - b.n, hit = last - start > far ? last - far : start;
    for (; (hit = find_in(r, b, hit, last)) != SIZE_MAX; hit++)
        if (within(r, hit + b.n, at, gap)) return true;
    return false;
}

/* For short literals and gaps: one walk from one `a` to the next, and a look around. */
static bool near_short(struct str r, struct str a, struct str b, uint32_t gap,
                       uint32_t tags) {
    size_t start = 0, end = 0;
    bool asked = false;
    for (size_t at = find(r, a, 0); at != SIZE_MAX; at = find(r, a, at + 1)) {
        if (at >= end) {
            size_t tag = tag_before(r, at);
            start = tag == SIZE_MAX ? 0 : tag + 1;
            end = tag_after(r, at);
            asked = tag != SIZE_MAX && (tags >> r.p[tag] & 1);
        }
        if (asked && beside(r, start, end, at, a, b, gap)) return true;
    }
    return false;
}

bool rectext_near(struct str record, struct str a, struct str b, uint32_t gap,
                  uint32_t tags) {
    if (a.n && b.n && a.n <= SCAN_MAX && b.n <= SCAN_MAX && gap <= GAP_SHORT)
        return near_short(record, a, b, gap, tags);
    size_t pos = 0;
    char tag;
    struct str value;
    while (rectext_next(record, &pos, &tag, &value))
        if (tags >> tag & 1 && (followed(value, a, b, gap) || followed(value, b, a, gap)))
            return true;
    return false;
}
