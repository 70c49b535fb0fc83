#include "web/html.h"

static bool forbidden(unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

static const char *reference(unsigned char c, bool quotes) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return quotes ? "&quot;" : NULL;
        case '\'':
            return quotes ? "&#39;" : NULL;
        default:
            return forbidden(c) ? "" : NULL;
    }
}

static void put(struct buf *out, struct str s, bool quotes) {
    size_t done = 0;
    for (size_t i = 0; i < s.n; i++) {
        const char *r = reference((unsigned char)s.p[i], quotes);
        if (!r) continue;
        buf_add(out, s.p + done, i - done);
        buf_add_z(out, r);
        done = i + 1;
    }
    if (done < s.n) buf_add(out, s.p + done, s.n - done);
}

void html_put_text(struct buf *out, struct str text) {
    put(out, text, false);
}

void html_put_attribute(struct buf *out, struct str value) {
    put(out, value, true);
}

static bool unreserved(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

static void put_percent(struct buf *out, unsigned char c) {
    static const char hex[] = "0123456789ABCDEF";
    char code[3] = {'%', hex[c >> 4], hex[c & 15]};
    buf_add(out, code, sizeof code);
}

void html_put_query_value(struct buf *out, struct str value) {
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (unreserved(c))
            buf_add_char(out, value.p[i]);
        else
            put_percent(out, c);
    }
}

void html_put_path_segment(struct buf *out, struct str segment) {
    if (str_eq_z(segment, ".") || str_eq_z(segment, "..")) {
        for (size_t i = 0; i < segment.n; i++) put_percent(out, '.');
        return;
    }
    html_put_query_value(out, segment);
}

void html_put_query_param(struct buf *out, const char *name, struct str value) {
    bool more = out->n > 0 && memchr(out->p, '?', out->n);
    buf_add_char(out, more ? '&' : '?');
    html_put_query_value(out, str_of(name));
    buf_add_char(out, '=');
    html_put_query_value(out, value);
}
