#include "stats/link.h"

#include <string.h>

void link_begin(struct buf *out) {
    buf_add_z(out, "/search");
}

static bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

void link_add(struct buf *out, const char *name, struct str value) {
    buf_add_char(out, out->n && memchr(out->p, '?', out->n) ? '&' : '?');
    buf_add_z(out, name);
    buf_add_char(out, '=');
    for (size_t i = 0; i < value.n; i++) {
        if (is_unreserved(value.p[i]))
            buf_add_char(out, value.p[i]);
        else
            buf_add_f(out, "%%%02X", (unsigned)(unsigned char)value.p[i]);
    }
}
