/* text.c - original text to matching text.
 *
 * Nearly all characters of a registration (Han, ASCII, CJK punctuation, full-width forms)
 * become one code point whatever stands beside them: one look-up each. The others, each
 * with the character before it that it may combine with, are a cluster and go through
 * ICU. A cluster ends where ICU guarantees that nothing combines across, so the pieces
 * put together are the normal form of the whole. */
#include "core/text.h"

#include <stdlib.h>

#include <unicode/unorm2.h>

#include "core/text_class.h"
#include "core/utf8.h"

#define CLUSTER_UNITS (2 * TEXT_MAX_CLUSTER)
/* The longest result of one code point is U+FDFA's 18 units; those that join give 3. */
#define CLUSTER_OUT_UNITS (4 * CLUSTER_UNITS)

struct writer {
    struct buf *out;
    struct text_map *map;          /* or NULL */
    const char *start;             /* of the original */
    const char *space, *space_end; /* white space seen and not yet written, or NULL */
    uint32_t last;                 /* class of the last character written */
    bool any;                      /* anything written yet? */
    bool nomem;
};

void text_map_done(struct text_map *m) {
    free(m->from);
    free(m->to);
    *m = (struct text_map){0};
}

static bool map_reserve(struct text_map *m, size_t n) {
    if (m->cap - m->n >= n) return true;
    size_t cap = m->cap + m->cap / 2 + n + 256;
    uint32_t *from = realloc(m->from, cap * sizeof *from);
    if (from) m->from = from;
    uint32_t *to = from ? realloc(m->to, cap * sizeof *to) : NULL;
    if (!to) return false;
    m->to = to;
    m->cap = cap;
    return true;
}

static bool map_add(struct writer *w, size_t n, const char *from, const char *to) {
    struct text_map *m = w->map;
    if (!map_reserve(m, n)) {
        w->nomem = true;
        return false;
    }
    for (size_t i = 0; i < n; i++, m->n++) {
        m->from[m->n] = (uint32_t)(from - w->start);
        m->to[m->n] = (uint32_t)(to - w->start);
    }
    return true;
}

/* One code point of the result, from the original bytes [from, to). Step 4 is here. */
static inline bool put(struct writer *w, uint32_t cp, uint32_t class, const char *from,
                       const char *to) {
    if (class & TEXT_SPACE) {
        if (!w->space) w->space = from;
        w->space_end = to;
        return true;
    }
    bool gap = w->space && w->any && !((w->last | class) & TEXT_HAN);
    struct buf *out = w->out;
    if (out->cap - out->n < 6) {
        char encoded[4];
        if (!buf_reserve(out, utf8_put(cp, encoded) + gap)) return false;
    }
    if (gap) {
        out->p[out->n++] = ' ';
        if (w->map && !map_add(w, 1, w->space, w->space_end)) return false;
    }
    w->space = NULL;
    size_t n = utf8_put(cp, out->p + out->n);
    out->n += n;
    w->last = class;
    w->any = true;
    return !w->map || map_add(w, n, from, to);
}

/* The original bytes [from, to), which ICU must see together. */
static enum status put_cluster(struct writer *w, const char *from, const char *to,
                               struct err *err) {
    UChar in[CLUSTER_UNITS], norm[CLUSTER_OUT_UNITS];
    int32_t n = 0, done = 0;
    int count = 0;
    for (const char *p = from; p < to;) {
        uint32_t cp;
        p = utf8_next(p, to, &cp);
        if (text_entry(cp) & TEXT_NOTHING) continue;
        if (++count > TEXT_MAX_CLUSTER)
            return err_set(err, STATUS_LIMIT, NULL, "连续的组合字符超过 %d 个",
                           TEXT_MAX_CLUSTER);
        /* An x and its mark may be one letter, so × is an x before ICU looks at it. */
        cp = cp == 0xD7 ? 'x' : cp;
        U16_APPEND_UNSAFE(in, n, cp);
    }
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&e);
    int32_t total =
        U_SUCCESS(e) ? unorm2_normalize(nfkc, in, n, norm, CLUSTER_OUT_UNITS, &e) : 0;
    if (U_FAILURE(e))
        return err_set(err, STATUS_INTERNAL, NULL, "ICU: %s", u_errorName(e));
    while (done < total) {
        uint32_t cp = norm[done++];
        if (U16_IS_LEAD(cp)) cp = (uint32_t)U16_GET_SUPPLEMENTARY(cp, norm[done++]);
        uint32_t entry = text_entry(cp);
        if (!put(w, text_becomes(cp, entry), entry, from, to))
            break; /* the caller looks at the writer */
    }
    return STATUS_OK;
}

static enum status put_all(struct writer *w, const char *p, const char *end,
                           struct err *err) {
    uint32_t cp = 0, entry = 0;
    const char *next = p;
    if (p < end) {
        next = utf8_next(p, end, &cp);
        entry = text_entry(cp);
    }
    while (p < end) {
        uint32_t cp2 = 0, entry2 = 0;
        const char *after = next;
        if (next < end) {
            after = utf8_next(next, end, &cp2);
            entry2 = text_entry(cp2);
        }
        if ((entry & (TEXT_JOINS | TEXT_SEVERAL)) || (entry2 & TEXT_JOINS)) {
            while (entry2 & TEXT_JOINS) {
                next = after;
                entry2 = 0;
                if (next < end) {
                    after = utf8_next(next, end, &cp2);
                    entry2 = text_entry(cp2);
                }
            }
            enum status s = put_cluster(w, p, next, err);
            if (s != STATUS_OK) return s;
            if (w->nomem || w->out->failed) break;
        } else if (!put(w, text_becomes(cp, entry), entry, p, next)) {
            break;
        }
        p = next;
        next = after;
        cp = cp2;
        entry = entry2;
    }
    if (w->nomem) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    return buf_check(w->out, "matching text", err);
}

enum status text_normalise(struct str in, struct buf *out, struct text_map *map,
                           struct err *err) {
    if (map) map->n = 0;
    if (in.n > TEXT_MAX_BYTES)
        return err_set(err, STATUS_LIMIT, NULL, "文本超过 %zu 字节", TEXT_MAX_BYTES);
    size_t bad = utf8_bad_at(in);
    if (bad != in.n)
        return err_set(err, STATUS_INVALID, NULL, "第 %zu 字节不是有效的 UTF-8", bad + 1);
    if (in.n == 0) return buf_check(out, "matching text", err);
    size_t before = out->n;
    /* Room for the usual case at once; whoever comes near `max` grows step by step. */
    if (!out->failed && in.n < out->max - out->n) (void)buf_reserve(out, in.n);
    struct writer w = {.out = out, .map = map, .start = in.p};
    enum status s = put_all(&w, in.p, in.p + in.n, err);
    if (s != STATUS_OK) {
        out->n = before;
        if (map) map->n = 0;
    }
    if (out->p) out->p[out->n] = 0;
    return s;
}

/* The clusters are those of put_all, counted as put_cluster does. */
bool text_is_bounded(struct str in) {
    size_t run = 0;
    if (in.n > TEXT_MAX_BYTES) return false;
    for (size_t at = 0; at < in.n;) {
        uint32_t cp;
        at = (size_t)(utf8_next(in.p + at, in.p + in.n, &cp) - in.p);
        uint32_t entry = text_entry(cp);
        if (!(entry & TEXT_JOINS)) run = 0;
        run += !(entry & TEXT_NOTHING);
        if (run > TEXT_MAX_CLUSTER) return false;
    }
    return true;
}
