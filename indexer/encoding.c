#include "indexer/encoding.h"
#include "core/utf8.h"
#include "indexer/codec.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MANY 10000                /* bad sequences that settle that it is not UTF-8 */
#define SAMPLE ((size_t)64 << 10) /* looked at for UTF-16 without a mark */

const char *encoding_name(enum encoding e) {
    static const char *const names[ENCODING_COUNT] = {"UTF-8", "UTF-16LE", "UTF-16BE",
                                                      "GB18030"};
    return (unsigned)e < ENCODING_COUNT ? names[e] : "?";
}

int encoding_by_name(struct str name) {
    static const struct {
        const char *name;
        enum encoding e;
    } known[] = {
        {"utf8", ENCODING_UTF8},           {"utf16", ENCODING_UTF16LE},
        {"utf16le", ENCODING_UTF16LE},     {"utf16be", ENCODING_UTF16BE},
        {"gb18030", ENCODING_GB18030},     {"gbk", ENCODING_GB18030},
        {"gb2312", ENCODING_GB18030},      {"cp936", ENCODING_GB18030},
        {"euccn", ENCODING_GB18030},       {"windows936", ENCODING_GB18030},
        {"unicode", ENCODING_UTF16LE},     {"utf8bom", ENCODING_UTF8},
        {"utf8sig", ENCODING_UTF8},        {"gb180302000", ENCODING_GB18030},
        {"gb180302005", ENCODING_GB18030},
    };
    char plain[16];
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (c == '-' || c == '_' || c == ' ') continue;
        if (n == sizeof plain) return -1;
        plain[n++] = (char)tolower(c);
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq_z(str_slice(plain, n), known[i].name)) return (int)known[i].e;
    return -1;
}

static enum status read_at(int fd, char *p, size_t n, int64_t at, size_t *got,
                           struct err *err) {
    size_t have = 0;
    while (have < n) {
        ssize_t k = pread(fd, p + have, n - have, (off_t)(at + (int64_t)have));
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return err_errno(err, "读取失败");
        if (k == 0) break;
        have += (size_t)k;
    }
    *got = have;
    return STATUS_OK;
}

/* -1: no mark. */
static int mark_of(const char *p, size_t n, size_t *bom) {
    *bom = 2;
    if (n >= 2 && memcmp(p, "\xFF\xFE", 2) == 0) return ENCODING_UTF16LE;
    if (n >= 2 && memcmp(p, "\xFE\xFF", 2) == 0) return ENCODING_UTF16BE;
    *bom = 3;
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) return ENCODING_UTF8;
    *bom = 4;
    if (n >= 4 && memcmp(p, "\x84\x31\x95\x33", 4) == 0) return ENCODING_GB18030;
    *bom = 0;
    return -1;
}

static bool is_utf16(enum encoding e) {
    return e == ENCODING_UTF16LE || e == ENCODING_UTF16BE;
}

enum status encoding_mark(int fd, enum encoding *e, size_t *bom, struct err *err) {
    char head[4];
    size_t n = 0, mark;
    enum status st = read_at(fd, head, sizeof head, 0, &n, err);
    if (st != STATUS_OK) return st;
    int found = mark_of(head, n, &mark);
    bool same = found >= 0 && ((enum encoding)found == *e ||
                               (is_utf16(*e) && is_utf16((enum encoding)found)));
    if (same) *e = (enum encoding)found;
    *bom = same ? mark : 0;
    return STATUS_OK;
}

/* Is a unit of UTF-16 what Chinese and Western text is made of? Chinese text in another
 * encoding, taken for UTF-16, is Hangul, private use and broken surrogates. */
static bool is_usual(uint32_t u) {
    return (u && u < 0x0400) || (u >= 0x2000 && u < 0x2800) ||
           (u >= 0x3000 && u < 0xA000) || (u >= 0xFE30 && u < 0xFE70) ||
           (u >= 0xFF00 && u < 0xFFF0);
}

/* Is it built like UTF-16? Separators, digits and line ends are then a byte beside a zero
 * byte, always on the same side. Text of one byte a character that has a NUL here and
 * there must not look so: it is valid UTF-8, or its units are unusual. -1: it is not. */
static int unmarked_utf16(const char *z, size_t n) {
    const unsigned char *p = (const unsigned char *)z;
    size_t ascii[2] = {0, 0}; /* units with a low byte first, with a high byte first */
    size_t usual[2] = {0, 0};
    for (size_t i = 0; i + 1 < n; i += 2) {
        ascii[0] += p[i + 1] == 0 && p[i] && p[i] < 0x7F;
        ascii[1] += p[i] == 0 && p[i + 1] && p[i + 1] < 0x7F;
        usual[0] += is_usual(p[i] | (uint32_t)p[i + 1] << 8);
        usual[1] += is_usual(p[i + 1] | (uint32_t)p[i] << 8);
    }
    size_t big = ascii[1] > ascii[0], units = n / 2;
    size_t some = ascii[big], least = units / 50 < 2 ? 2 : units / 50;
    /* 一 is 4E 00, a wrong-sided zero that Chinese text is full of. */
    if (some < least || some < 2 * ascii[!big]) return -1;
    if (usual[big] * 10 < units * 9) return -1;
    bool utf8 = utf8_bad_at(str_slice(z, n)) + 4 > n;
    if (utf8 && some < units / 2) return -1;
    return big ? ENCODING_UTF16BE : ENCODING_UTF16LE;
}

int encoding_of_head(struct str head, size_t *bom) {
    int found = mark_of(head.p, head.n, bom);
    return found < 0 ? unmarked_utf16(head.p, head.n) : found;
}

struct tally {
    int64_t bad;  /* sequences that do not decode */
    int64_t good; /* sequences of three and four bytes in UTF-8 */
};

static bool is_damaged_at_most(struct tally t) {
    return t.bad < t.good / ENCODING_DAMAGE;
}

/* enough: where to leave off when most is bad; what is counted then is a lower bound. */
static enum status count(int fd, enum encoding e, size_t bom, int64_t enough,
                         const volatile int *stop, struct tally *out, struct err *err) {
    struct decoder *d;
    enum status st = decoder_open(fd, e, bom, &d, err);
    if (st != STATUS_OK) return st;
    struct tally t = {0, 0};
    while (t.bad < enough || is_damaged_at_most(t)) {
        struct str piece;
        bool fault;
        if (stop && *stop) {
            st = err_set(err, STATUS_INTERRUPTED, NULL, "已中断，没有改动");
            break;
        }
        st = decoder_next(d, &piece, &fault, err);
        if (st != STATUS_OK || piece.n == 0) break;
        t.bad += fault;
        t.good -= fault; /* U+FFFD has three bytes, too */
        for (size_t i = 0; i < piece.n; i++) t.good += (unsigned char)piece.p[i] >= 0xE0;
    }
    decoder_close(d);
    if (st == STATUS_OK) *out = t;
    return st;
}

/* No mark: UTF-8 or GB18030. */
static enum status choose(int fd, const volatile int *stop, enum encoding *out,
                          int64_t *bad, struct err *err) {
    struct tally utf8, gb;
    enum status st = count(fd, ENCODING_UTF8, 0, MANY, stop, &utf8, err);
    if (st != STATUS_OK) return st;
    bool is_gb = false;
    if (utf8.bad && !is_damaged_at_most(utf8)) {
        st = count(fd, ENCODING_GB18030, 0, INT64_MAX, stop, &gb, err);
        if (st == STATUS_OK && gb.bad >= utf8.bad && utf8.bad >= MANY)
            st = count(fd, ENCODING_UTF8, 0, INT64_MAX, stop, &utf8, err);
        if (st != STATUS_OK) return st;
        is_gb = gb.bad < utf8.bad;
    }
    *out = is_gb ? ENCODING_GB18030 : ENCODING_UTF8;
    *bad = is_gb ? gb.bad : utf8.bad;
    return STATUS_OK;
}

enum status encoding_find(int fd, const volatile int *stop, enum encoding *out,
                          size_t *bom, int64_t *bad, struct err *err) {
    char *head = malloc(SAMPLE);
    if (!head) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    size_t n = 0, mark = 0;
    enum status st = read_at(fd, head, SAMPLE, 0, &n, err);
    int found = -1;
    if (st == STATUS_OK) found = encoding_of_head(str_slice(head, n), &mark);
    free(head);
    if (st != STATUS_OK) return st;
    enum encoding e = (enum encoding)found;
    struct tally t = {0, 0};
    st = found < 0 ? choose(fd, stop, &e, &t.bad, err)
                   : count(fd, e, mark, INT64_MAX, stop, &t, err);
    if (st != STATUS_OK) return st;
    *out = e;
    *bom = mark;
    *bad = t.bad;
    return STATUS_OK;
}

enum status encoding_convert(enum encoding e, struct str bytes, struct buf *out,
                             int64_t *bad, struct err *err) {
    struct codec c;
    enum status st = codec_open(e, &c, err);
    if (st != STATUS_OK) return st;
    int64_t wrong = 0;
    for (size_t i = 0; i < bytes.n && buf_reserve(out, CODEC_ROOM(bytes.n - i));) {
        size_t made;
        bool fault;
        i += codec_decode(&c, bytes.p + i, bytes.n - i, true, out->p + out->n, &made,
                          &fault);
        out->n += made;
        out->p[out->n] = 0;
        wrong += fault;
    }
    codec_close(&c);
    st = buf_check(out, "text", err);
    if (st == STATUS_OK) *bad = wrong;
    return st;
}
