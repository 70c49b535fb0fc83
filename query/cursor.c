#include "query/cursor.h"

#include <talloc.h>
#include <xxhash.h>

#define VERSION 1
#define DESCENDING 0x80u
#define FIXED_BYTES 18 /* version, sort, revision, rank, date */
#define SUM_BYTES 4

static const char digit[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put(struct buf *b, uint64_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) buf_add_char(b, (char)(v >> (8 * i)));
}

static uint64_t get(const char *p, unsigned bytes) {
    uint64_t v = 0;
    for (unsigned i = 0; i < bytes; i++) v |= (uint64_t)(unsigned char)p[i] << (8 * i);
    return v;
}

static void put_base64url(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i += 3) {
        size_t n = s.n - i < 3 ? s.n - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
        for (size_t k = 0; k <= n; k++) buf_add_char(out, digit[v >> (18 - 6 * k) & 63]);
    }
}

/* Strict: no other characters, no padding, unused bits zero. Returns bytes, or SIZE_MAX.
 */
static size_t get_base64url(struct str s, char *out) {
    size_t n = 0;
    uint32_t v = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *d = s.p[i] ? strchr(digit, s.p[i]) : NULL;
        if (!d) return SIZE_MAX;
        v = (v << 6 | (uint32_t)(d - digit)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(v >> bits);
        }
    }
    return bits < 6 && (v & ((1u << bits) - 1)) == 0 ? n : SIZE_MAX;
}

enum status cursor_encode(const struct cursor *c, struct buf *out, struct err *err) {
    if (c->key.n > CURSOR_MAX_KEY || c->uid.n > CURSOR_MAX_UID)
        return err_set(err, STATUS_LIMIT, NULL, "排序键太长，不能续页");
    struct buf b = buf_init(CURSOR_MAX_TOKEN);
    put(&b, VERSION, 1);
    put(&b, (uint64_t)c->sort | (c->descending ? DESCENDING : 0), 1);
    put(&b, (uint64_t)c->revision, 8);
    put(&b, c->rank, 4);
    put(&b, (uint32_t)c->date, 4);
    put(&b, c->key.n, 2);
    buf_add_str(&b, c->key);
    put(&b, c->uid.n, 2);
    buf_add_str(&b, c->uid);
    put(&b, XXH32(b.p, b.n, 0), SUM_BYTES);
    enum status s = buf_check(&b, "cursor", err);
    if (s == STATUS_OK) put_base64url(out, buf_str(&b));
    buf_done(&b);
    return s == STATUS_OK ? buf_check(out, "cursor", err) : s;
}

static enum status invalid(struct err *err) {
    enum status s = err_set(err, STATUS_INVALID, "invalid_cursor",
                            "cursor 不是本系统给出的，或已损坏；请从第一页重新检索");
    err_place(err, NULL, 0, "cursor");
    return s;
}

static bool take_slice(struct str *in, size_t max, struct str *out) {
    if (in->n < 2) return false;
    size_t n = (size_t)get(in->p, 2);
    if (n > max || n > in->n - 2) return false;
    *out = str_slice(in->p + 2, n);
    *in = str_slice(in->p + 2 + n, in->n - 2 - n);
    return true;
}

enum status cursor_decode(void *ctx, struct str token, struct cursor *out,
                          struct err *err) {
    if (token.n == 0 || token.n > CURSOR_MAX_TOKEN) return invalid(err);
    char *raw = talloc_array(ctx, char, (unsigned)token.n);
    if (!raw) return err_set(err, STATUS_NOMEM, NULL, "内存不足：cursor");
    size_t n = get_base64url(token, raw);
    if (n == SIZE_MAX || n < FIXED_BYTES + 2 + 2 + SUM_BYTES || raw[0] != VERSION ||
        get(raw + n - SUM_BYTES, SUM_BYTES) != XXH32(raw, n - SUM_BYTES, 0))
        return invalid(err);
    struct cursor c = {.sort = (enum xindex_sort)((unsigned char)raw[1] & ~DESCENDING),
                       .descending = (unsigned char)raw[1] & DESCENDING,
                       .revision = (int64_t)get(raw + 2, 8),
                       .rank = (uint32_t)get(raw + 10, 4),
                       .date = (int32_t)(uint32_t)get(raw + 14, 4)};
    struct str rest = str_slice(raw + FIXED_BYTES, n - FIXED_BYTES - SUM_BYTES);
    if ((unsigned)c.sort > XINDEX_BY_TITLE || c.revision < 0 ||
        !take_slice(&rest, CURSOR_MAX_KEY, &c.key) ||
        !take_slice(&rest, CURSOR_MAX_UID, &c.uid) || rest.n != 0)
        return invalid(err);
    *out = c;
    return STATUS_OK;
}
