#include "query/highlight.h"

#include "core/utf8.h"
#include "web/html.h"

#include <stdlib.h>

#define LEAD_CHARS 20 /* shown before the first mark of a snippet */
#define HAN_BYTES 3   /* the shortest Han character in UTF-8 */

struct span {
    size_t from, to; /* original bytes */
    size_t needle;
};

struct spans {
    size_t n;
    struct span v[HIGHLIGHT_MAX_SPANS];
};

void highlight_work_done(struct highlight_work *w) {
    buf_done(&w->norm);
    text_map_done(&w->map);
}

static void collect(const struct qlang_node *n, struct highlight_set *out) {
    switch (n->kind) {
        case QLANG_PHRASE:
        case QLANG_SENTENCE:
        case QLANG_PREFIX:
            if (out->n < ARRAY_LEN(out->needle))
                out->needle[out->n++] = (struct highlight_needle){
                    n->norm,
                    n->field ? UINT32_C(1) << n->field->tag : field_searched_tags(),
                    n->kind};
            return;
        case QLANG_AND:
        case QLANG_OR:
        case QLANG_NEAR:
            for (size_t i = 0; i < n->n; i++) collect(n->child[i], out);
            return;
        case QLANG_NOT:
        case QLANG_NOTHING:
        case QLANG_CODE:
        case QLANG_RANGE:
            return;
    }
}

void highlight_collect(const struct qlang_node *root, struct highlight_set *out) {
    out->n = 0;
    if (root) collect(root, out);
}

/* ---- spans ----------------------------------------------------------------------- */

static bool add_span(struct spans *s, const struct text_map *map, size_t from, size_t to,
                     size_t needle) {
    if (s->n == HIGHLIGHT_MAX_SPANS) return false;
    s->v[s->n++] = (struct span){map->from[from], map->to[to - 1], needle};
    return true;
}

static void find_phrase(struct str t, struct str needle, const struct text_map *map,
                        size_t id, struct spans *s) {
    size_t at = 0;
    while ((at = text_find(t, needle, at)) != SIZE_MAX) {
        if (!add_span(s, map, at, at + needle.n, id)) return;
        at += needle.n;
    }
}

/* Does a word character end right before `at`? */
static bool inside_word(struct str t, size_t at) {
    size_t k = at;
    uint32_t cp;
    if (at == 0) return false;
    do k--;
    while (k > 0 && ((unsigned char)t.p[k] & 0xC0) == 0x80);
    utf8_next(t.p + k, t.p + t.n, &cp);
    return text_is_word(cp);
}

/* A prefix marks the whole word that begins with it. */
static void find_prefix(struct str t, struct str needle, const struct text_map *map,
                        size_t id, struct spans *s) {
    uint32_t first, last;
    utf8_next(needle.p, needle.p + needle.n, &first);
    bool open = inside_word(needle, needle.n);
    for (size_t at = 0; at < t.n;) {
        const char *hit = memmem(t.p + at, t.n - at, needle.p, needle.n);
        if (!hit) return;
        size_t from = (size_t)(hit - t.p), to = from + needle.n;
        at = to;
        if (text_is_word(first) && inside_word(t, from)) continue;
        while (open && to < t.n) {
            const char *next = utf8_next(t.p + to, t.p + t.n, &last);
            if (!text_is_word(last)) break;
            to = (size_t)(next - t.p);
        }
        if (!add_span(s, map, from, to, id)) return;
        at = to;
    }
}

static size_t han_at(struct str t, size_t at) {
    uint32_t cp;
    if (at >= t.n) return 0;
    const char *next = utf8_next(t.p + at, t.p + t.n, &cp);
    return text_is_han(cp) ? (size_t)(next - t.p) - at : 0;
}

/* Bytes of Han characters that t at `at` and the sentence at `k` share. */
static size_t shared_han(struct str t, size_t at, struct str sentence, size_t k) {
    size_t n = 0, step;
    while ((step = han_at(t, at + n)) && k + n + step <= sentence.n &&
           memcmp(t.p + at + n, sentence.p + k + n, step) == 0)
        n += step;
    return n;
}

/* At each place the longest piece of the sentence, from two Han characters on. */
static void find_pieces(struct str t, struct str sentence, const struct text_map *map,
                        size_t id, struct spans *s) {
    for (size_t at = 0; at < t.n;) {
        uint32_t cp;
        size_t one = han_at(t, at), best = 0;
        size_t two = one ? one + han_at(t, at + one) : 0;
        if (two == one) {
            at += (size_t)(utf8_next(t.p + at, t.p + t.n, &cp) - (t.p + at));
            continue;
        }
        for (size_t k = 0; k + two <= sentence.n;) {
            const char *hit = memmem(sentence.p + k, sentence.n - k, t.p + at, two);
            if (!hit) break;
            k = (size_t)(hit - sentence.p);
            size_t n = shared_han(t, at, sentence, k);
            best = n > best ? n : best;
            k += HAN_BYTES;
        }
        if (best && !add_span(s, map, at, at + best, id)) return;
        at += best ? best : one;
    }
}

static int by_place(const void *a, const void *b) {
    const struct span *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

static enum status find_all(const struct highlight_set *set, char tag, struct str text,
                            struct highlight_work *w, struct spans *out,
                            struct err *err) {
    out->n = 0;
    if (w->norm.max == 0) w->norm = buf_init(0);
    buf_clear(&w->norm);
    text.n = utf8_clip(text, HIGHLIGHT_TEXT_MAX);
    bool any = false;
    for (size_t i = 0; i < set->n; i++) any |= set->needle[i].tags >> tag & 1;
    if (!any || text.n == 0) return STATUS_OK;
    enum status s = text_normalise(text, &w->norm, &w->map, err);
    if (s == STATUS_OK) s = buf_check(&w->norm, "摘要", err);
    if (s != STATUS_OK) return s;
    struct str t = buf_str(&w->norm);
    for (size_t i = 0; i < set->n; i++) {
        const struct highlight_needle *n = &set->needle[i];
        if (!(n->tags >> tag & 1) || n->norm.n == 0) continue;
        if (n->kind == QLANG_SENTENCE)
            find_pieces(t, n->norm, &w->map, i, out);
        else if (n->kind == QLANG_PREFIX)
            find_prefix(t, n->norm, &w->map, i, out);
        else
            find_phrase(t, n->norm, &w->map, i, out);
    }
    qsort(out->v, out->n, sizeof out->v[0], by_place);
    return STATUS_OK;
}

/* ---- output ---------------------------------------------------------------------- */

/* text[from, to) with its marks, clipped to it. */
static void put_marked(const struct spans *s, struct str text, size_t from, size_t to,
                       struct buf *out) {
    size_t at = from;
    for (size_t i = 0; i < s->n;) {
        size_t a = s->v[i].from, b = s->v[i].to;
        for (i++; i < s->n && s->v[i].from <= b; i++) b = s->v[i].to > b ? s->v[i].to : b;
        a = a < from ? from : a;
        b = b > to ? to : b;
        if (a >= b) continue;
        html_put_text(out, str_slice(text.p + at, a - at));
        buf_add_z(out, "<mark>");
        html_put_text(out, str_slice(text.p + a, b - a));
        buf_add_z(out, "</mark>");
        at = b;
    }
    html_put_text(out, str_slice(text.p + at, to - at));
}

enum status highlight_whole(const struct highlight_set *set, char tag, struct str text,
                            struct highlight_work *work, struct buf *out,
                            struct err *err) {
    struct spans s;
    enum status st = find_all(set, tag, text, work, &s, err);
    if (st != STATUS_OK) return st;
    put_marked(&s, text, 0, text.n, out);
    return buf_check(out, "摘要", err);
}

/* The offset `chars` characters after `at`; at most text.n. */
static size_t forward(struct str text, size_t at, size_t chars) {
    while (at < text.n && chars) {
        at++;
        while (at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80) at++;
        chars--;
    }
    return at;
}

static size_t backward(struct str text, size_t at, size_t chars) {
    while (at > 0 && chars) {
        at--;
        while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80) at--;
        chars--;
    }
    return at;
}

/* What a window that begins a little before span i shows: needles, then marks. */
static size_t worth(const struct spans *s, size_t i, size_t end) {
    uint64_t seen[ARRAY_LEN(((struct highlight_set *)0)->needle) / 64] = {0};
    size_t different = 0, marks = 0;
    for (; i < s->n && s->v[i].to <= end; i++, marks++) {
        uint64_t bit = UINT64_C(1) << (s->v[i].needle % 64);
        different += !(seen[s->v[i].needle / 64] & bit);
        seen[s->v[i].needle / 64] |= bit;
    }
    return different * (HIGHLIGHT_MAX_SPANS + 1) + marks;
}

enum status highlight_snippet(const struct highlight_set *set, char tag, struct str text,
                              struct highlight_work *work, struct buf *out,
                              struct err *err) {
    struct spans s;
    enum status st = find_all(set, tag, text, work, &s, err);
    if (st != STATUS_OK) return st;
    size_t from = 0, to = forward(text, 0, HIGHLIGHT_SNIPPET_CHARS), best = 0;
    if (to < text.n) {
        for (size_t i = 0; i < s.n; i++) {
            size_t a = backward(text, s.v[i].from, LEAD_CHARS);
            size_t b = forward(text, a, HIGHLIGHT_SNIPPET_CHARS);
            size_t w = worth(&s, i, b);
            if (w > best) {
                best = w;
                from = a;
                to = b;
            }
        }
        if (to == text.n) /* the end is near: show as much before it as fits */
            from = backward(text, to, HIGHLIGHT_SNIPPET_CHARS);
    }
    if (from > 0) buf_add_z(out, "…");
    put_marked(&s, text, from, to, out);
    if (to < text.n) buf_add_z(out, "…");
    return buf_check(out, "摘要", err);
}
