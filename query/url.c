#include "query/url.h"

#include "core/utf8.h"

#include <talloc.h>

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum status url_decode(void *ctx, struct str raw, struct str *out, struct err *err) {
    struct str s = raw;
    if (raw.n && memchr(raw.p, '%', raw.n)) {
        char *p = talloc_size(ctx, raw.n + 1);
        size_t n = 0;
        if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足：请求参数");
        for (size_t i = 0; i < raw.n; i++) {
            if (raw.p[i] != '%') {
                p[n++] = raw.p[i];
                continue;
            }
            int hi = i + 2 < raw.n ? hex(raw.p[i + 1]) : -1;
            int lo = i + 2 < raw.n ? hex(raw.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return err_set(err, STATUS_INVALID, "invalid_encoding",
                               "百分号后面要有两位十六进制数");
            p[n++] = (char)(hi << 4 | lo);
            i += 2;
        }
        p[n] = 0;
        s = str_slice(p, n);
    }
    if (s.n && memchr(s.p, 0, s.n))
        return err_set(err, STATUS_INVALID, "invalid_encoding", "不能含有 NUL 字节");
    if (utf8_bad_at(s) != s.n)
        return err_set(err, STATUS_INVALID, "invalid_utf8", "不是合法的 UTF-8 文本");
    *out = s;
    return STATUS_OK;
}

bool url_split_path(struct str path, struct str *first, struct str *rest) {
    if (path.n == 0 || path.p[0] != '/') return false;
    struct str all = str_slice(path.p + 1, path.n - 1);
    const char *slash = all.n ? memchr(all.p, '/', all.n) : NULL;
    *rest = str_slice(NULL, 0);
    if (slash) {
        *rest = str_slice(slash + 1, all.n - (size_t)(slash + 1 - all.p));
        all.n = (size_t)(slash - all.p);
        if (rest->n && memchr(rest->p, '/', rest->n)) return false;
    }
    *first = all;
    return true;
}

int url_take_extension(struct str *name, const char *const *ext, size_t n) {
    size_t dot = name->n;
    while (dot > 0 && name->p[dot - 1] != '.') dot--;
    if (dot < 2) return -1;
    struct str tail = str_slice(name->p + dot, name->n - dot);
    for (size_t i = 0; i < n; i++)
        if (ext[i] && str_eq_z(tail, ext[i])) {
            name->n = dot - 1;
            return (int)i;
        }
    return -1;
}
