#include "query/highlight_find.h"

#include "core/text_class.h"
#include "core/utf8.h"
#include "web/html.h"

#define LEAD_CHARS 20      /* shown before the first mark of a snippet */
#define LEAD_MAX_CHARS 32  /* where a sentence begins there */
#define TOKEN_MAX_CHARS 40 /* a longer token may be cut */
#define SPACES_MAX 8       /* between two sentences */

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
    out->pieces = false;
    if (root) collect(root, out);
}

/* ---- characters of the original --------------------------------------------------- */

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

/* The character at `at`, and the one before; 0 where there is none. */
static uint32_t char_at(struct str text, size_t at) {
    uint32_t cp = 0;
    if (at < text.n) utf8_next(text.p + at, text.p + text.n, &cp);
    return cp;
}

static uint32_t char_before(struct str text, size_t at) {
    return at ? char_at(text, backward(text, at, 1)) : 0;
}

static bool is_one_of(uint32_t cp, const char *set) {
    uint32_t one;
    for (const char *p = set, *end = set + strlen(set); p < end;) {
        p = utf8_next(p, end, &one);
        if (one == cp) return true;
    }
    return false;
}

/* Of a letter or number, or what becomes several (㎡, ⑩). */
static bool is_wordlike(uint32_t cp) {
    uint32_t class = text_entry(cp);
    return class & TEXT_WORD || (class & TEXT_SEVERAL && !(class & TEXT_HAN));
}

static bool is_digit(uint32_t cp) {
    uint32_t to = text_becomes(cp, text_entry(cp));
    return to >= '0' && to <= '9';
}

/* Does a cut at `at` part what belongs together: a token, 3.5, 3D-Var, 95%, a letter and
 * its mark? */
static bool is_glued(struct str text, size_t at) {
    uint32_t a = char_before(text, at), b = char_at(text, at);
    if (at == 0 || at >= text.n) return false;
    if (text_entry(b) & (TEXT_JOINS | TEXT_NOTHING)) return true;
    if (is_wordlike(a) && is_wordlike(b)) return true;
    if (is_digit(a) && is_one_of(b, "%‰°％")) return true;
    static const char joiner[] = ".-/_+·．－／＋", between_digits[] = ",:，：";
    uint32_t next = char_at(text, forward(text, at, 1)),
             last = char_before(text, backward(text, at, 1));
    if (is_one_of(b, joiner) && is_wordlike(a) && is_wordlike(next)) return true;
    if (is_one_of(a, joiner) && is_wordlike(last) && is_wordlike(b)) return true;
    if (is_one_of(b, between_digits) && is_digit(a) && is_digit(next)) return true;
    return is_one_of(a, between_digits) && is_digit(last) && is_digit(b);
}

/* The nearest place from `at` on, up to `end`, that cuts nothing; `at` when a token is
 * longer than TOKEN_MAX_CHARS. */
static size_t after_token(struct str text, size_t at, size_t end) {
    size_t k = at;
    for (int i = 0; i <= TOKEN_MAX_CHARS && k <= end; i++) {
        if (!is_glued(text, k)) return k;
        k = forward(text, k, 1);
    }
    return at;
}

static size_t before_token(struct str text, size_t at, size_t start) {
    size_t k = at;
    for (int i = 0; i <= TOKEN_MAX_CHARS && k > start; i++) {
        if (!is_glued(text, k)) return k;
        k = backward(text, k, 1);
    }
    return at;
}

static bool is_space(uint32_t cp) {
    return text_entry(cp) & TEXT_SPACE;
}

/* Does a sentence begin at `at`? White space and closing quotes belong to the one before.
 */
static bool begins_sentence(struct str text, size_t at) {
    uint32_t b = char_at(text, at);
    if (is_space(b) || is_one_of(b, "”’」』）)")) return false;
    size_t k = at;
    for (int i = 0; i < SPACES_MAX && is_space(char_before(text, k)); i++) {
        k = backward(text, k, 1);
        if (char_at(text, k) == '\n') return true;
    }
    uint32_t a = char_before(text, k);
    if (k == 0 || is_one_of(a, "。；！？;!?｡")) return true;
    if (is_one_of(a, "”’」』）)"))
        return is_one_of(char_before(text, backward(text, k, 1)), "。！？");
    return is_one_of(a, ".．") && (k < at || !is_wordlike(b)) && !is_glued(text, at);
}

/* ---- output ---------------------------------------------------------------------- */

/* text[from, to) with its marks, clipped to it. */
static void put_marked(const struct highlight_spans *s, struct str text, size_t from,
                       size_t to, struct buf *out) {
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
    struct highlight_spans s;
    enum status st = highlight_find(set, tag, text, work, &s, err);
    if (st != STATUS_OK) return st;
    put_marked(&s, text, 0, text.n, out);
    return buf_check(out, "摘要", err);
}

/* What a window from span i on to `end` shows: different parts by weight, then marks. */
static uint64_t worth(const struct highlight_spans *s, size_t i, size_t end) {
    uint64_t seen[HIGHLIGHT_MAX_SPANS / 64] = {0};
    uint64_t different = 0, marks = 0;
    for (; i < s->n && s->v[i].to <= end; i++, marks++) {
        size_t part = s->v[i].part;
        uint64_t bit = UINT64_C(1) << (part % 64);
        if (!(seen[part / 64] & bit)) different += s->part[part].weight;
        seen[part / 64] |= bit;
    }
    return different * (HIGHLIGHT_MAX_SPANS + 1) + marks;
}

/* Where a passage with the mark at `mark` begins: with its sentence, when that is near,
 * else a little before. */
static size_t lead_of(struct str text, size_t mark) {
    size_t at = mark;
    for (int i = 0; i <= LEAD_MAX_CHARS; i++) {
        if (begins_sentence(text, at)) return at;
        if (at == 0) break;
        at = backward(text, at, 1);
    }
    return after_token(text, backward(text, mark, LEAD_CHARS), mark);
}

/* The end is near: show as much before it as fits, from a sentence on if one begins
 * soon, and no later than the mark. */
static size_t lead_of_end(struct str text, size_t mark) {
    size_t first = backward(text, text.n, HIGHLIGHT_SNIPPET_CHARS), at = first;
    for (int i = 0; i <= LEAD_MAX_CHARS && at <= mark; i++) {
        if (begins_sentence(text, at)) return at;
        at = forward(text, at, 1);
    }
    return after_token(text, first, mark);
}

struct passage {
    size_t from, to;
};

static struct passage best_passage(const struct highlight_spans *s, struct str text) {
    struct passage best = {0, forward(text, 0, HIGHLIGHT_SNIPPET_CHARS)};
    uint64_t most = 0;
    size_t mark = 0;
    if (best.to == text.n) return best;
    for (size_t i = 0; i < s->n; i++) {
        size_t a = lead_of(text, s->v[i].from);
        size_t b = forward(text, a, HIGHLIGHT_SNIPPET_CHARS);
        uint64_t w = worth(s, i, b);
        if (w <= most) continue;
        most = w;
        mark = s->v[i].from;
        best = (struct passage){a, b};
    }
    if (best.to == text.n)
        best.from = lead_of_end(text, mark);
    else
        best.to = before_token(text, best.to, mark);
    return best;
}

enum status highlight_snippet(const struct highlight_set *set, char tag, struct str text,
                              struct highlight_work *work, struct buf *out,
                              struct err *err) {
    struct highlight_spans s;
    enum status st = highlight_find(set, tag, text, work, &s, err);
    if (st != STATUS_OK) return st;
    struct passage p = best_passage(&s, text);
    if (p.from > 0) buf_add_z(out, "…");
    put_marked(&s, text, p.from, p.to, out);
    if (p.to < text.n) buf_add_z(out, "…");
    return buf_check(out, "摘要", err);
}
