/* Does an unreadable row show that it is classified? Declared in source.h.
 *
 * The row is no JSON, so its bytes are all there is. A copy without NUL bytes and with
 * \uXXXX escapes of ASCII and of the few characters in question decoded is searched for
 * the key in every encoding; behind each key the value must plainly be open. */
#include "core/utf8.h"
#include "indexer/source.h"

#include <ctype.h>
#include <stdlib.h>

struct token {
    const char *p;
    size_t n;
};
#define TOKEN(z)                                                                         \
    { z, sizeof(z) - 1 }

/* secrecy; 密级 in UTF-8, GB18030, UTF-16 of either order */
static const struct token keys[] = {
    TOKEN("secrecy"),          TOKEN("\xE5\xAF\x86\xE7\xBA\xA7"),
    TOKEN("\xC3\xDC\xBC\xB6"), TOKEN("\xC6\x5B\xA7\x7E"),
    TOKEN("\x5B\xC6\x7E\xA7"),
};
/* 非密, 公开 likewise; a value that begins with one of them and ends there is open. */
static const struct token open_values[] = {
    TOKEN("\xE9\x9D\x9E\xE5\xAF\x86"), TOKEN("\xE5\x85\xAC\xE5\xBC\x80"),
    TOKEN("\xB7\xC7\xC3\xDC"),         TOKEN("\xB9\xAB\xBF\xAA"),
    TOKEN("\x5E\x97\xC6\x5B"),         TOKEN("\x97\x5E\x5B\xC6"),
    TOKEN("\x6C\x51\x00\x5F"),         TOKEN("\x51\x6C\x5F\x00"),
};

static int hex4(const char *p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)p[i])) return -1;
        int c = tolower((unsigned char)p[i]);
        v = v * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return v;
}

/* Drops NULs and decodes escapes; out has room for n bytes (no escape grows). */
static size_t plain(struct str row, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < row.n; i++) {
        if (row.p[i] == 0) continue;
        int v = row.p[i] == '\\' && row.n - i >= 6 && row.p[i + 1] == 'u'
                    ? hex4(row.p + i + 2)
                    : -1;
        if (v > 0 && (v < 0xD800 || v > 0xDFFF)) {
            n += utf8_put((uint32_t)v, out + n);
            i += 5;
        } else {
            out[n++] = row.p[i];
        }
    }
    return n;
}

static bool is_filler(char c) {
    return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ':' || c == '=' ||
           c == '\\';
}

/* What stands behind a key: an open value and then no further letter? */
static bool is_open(const char *p, const char *end) {
    static const char colon[] = "：";
    while (p < end) {
        if (is_filler(*p))
            p++;
        else if ((size_t)(end - p) >= 3 && memcmp(p, colon, 3) == 0)
            p += 3;
        else
            break;
    }
    for (size_t i = 0; i < ARRAY_LEN(open_values); i++) {
        struct token v = open_values[i];
        /* NULs are gone: UTF-16 for 开 lost its zero byte. */
        char squeezed[8];
        size_t n = plain(str_slice(v.p, v.n), squeezed);
        if ((size_t)(end - p) < n || memcmp(p, squeezed, n) != 0) continue;
        const char *q = p + n;
        return q == end || *q == '"' || *q == ',' || *q == '}' || *q == ' ' || *q == '(';
    }
    return false;
}

bool source_shows_secrecy(struct str row) {
    char *copy = malloc(row.n + 1);
    if (!copy) return true;
    size_t n = plain(row, copy);
    bool shows = false;
    for (size_t k = 0; k < ARRAY_LEN(keys) && !shows; k++) {
        const char *p = copy, *end = copy + n;
        while ((p = memmem(p, (size_t)(end - p), keys[k].p, keys[k].n)) != NULL) {
            p += keys[k].n;
            if (!is_open(p, end)) {
                shows = true;
                break;
            }
        }
    }
    free(copy);
    return shows;
}
