#include "query/json_out.h"

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
}

void json_out_string(struct buf *out, struct str s) {
    size_t done = 0;
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (is_plain(c)) continue;
        buf_add(out, s.p + done, i - done);
        done = i + 1;
        if (c == '"' || c == '\\') {
            char e[2] = {'\\', (char)c};
            buf_add(out, e, sizeof e);
        } else if (c == '\n') {
            buf_add(out, "\\n", 2);
        } else {
            buf_add_f(out, "\\u%04x", c);
        }
    }
    if (done < s.n) buf_add(out, s.p + done, s.n - done);
    buf_add_char(out, '"');
}

void json_out_string_or_null(struct buf *out, struct str s) {
    if (s.n)
        json_out_string(out, s);
    else
        buf_add(out, "null", 4);
}
