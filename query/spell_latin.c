/* spell_latin.c - changes of one letter in Latin tokens. Every token at a distance of one
 * is looked up: a few hundred, which costs less than to walk the tokens that are there.
 */
#include "query/spell_edit.h"

#include <talloc.h>

/* Shorter tokens are a letter away from many others, and so are abbreviations of four
 * capitals (7 of 100 random ones): of both, only exchanged neighbours are a slip (PCL for
 * PLC; 1.4 of 100 rare ones of three letters are such a neighbour of a frequent one). */
#define LATIN_LEAST 3
#define LATIN_ANY 4
#define CAPITALS_ANY 5
#define ALPHABET 26

struct near_tokens {
    struct str base;
    char *text; /* stride bytes each */
    size_t stride, n;
    size_t any; /* letters from which on any change is looked at */
    struct str *term;
    bool *exchanged;
};

static bool is_letters(struct str token) {
    for (size_t i = 0; i < token.n; i++)
        if (token.p[i] < 'a' || token.p[i] > 'z') return false;
    return token.n >= LATIN_LEAST && token.n <= SPELL_LETTERS;
}

/* base[0 .. at) + middle + base[from ..). */
static void add(struct near_tokens *t, size_t at, const char *middle, size_t n,
                size_t from, bool exchanged) {
    char *out = t->text + t->n * t->stride;
    size_t tail = t->base.n - from;
    if (at) memcpy(out, t->base.p, at);
    if (n) memcpy(out + at, middle, n);
    if (tail) memcpy(out + at + n, t->base.p + from, tail);
    t->term[t->n] = str_slice(out, at + n + tail);
    t->exchanged[t->n++] = exchanged;
}

/* The first letter is hardly ever wrong, so it stays but for an exchange. */
static void add_all(struct near_tokens *t) {
    const char *p = t->base.p;
    size_t n = t->base.n;
    for (size_t i = 0; i + 1 < n; i++) {
        char two[2] = {p[i + 1], p[i]};
        if (p[i] != p[i + 1]) add(t, i, two, 2, i + 2, true);
    }
    if (n < t->any) return;
    for (size_t i = 1; i <= n; i++)
        for (int k = 0; k < ALPHABET; k++) {
            char c = (char)('a' + k);
            if (i < n && c != p[i]) add(t, i, &c, 1, i + 1, false);
            add(t, i, &c, 1, i, false);
        }
    for (size_t i = 1; i < n; i++) add(t, i, "", 0, i + 1, false);
}

static bool is_capital(const struct spell_word *w, size_t i) {
    size_t at = w->c[i].typed;
    return at < w->typed.n && w->typed.p[at] >= 'A' && w->typed.p[at] <= 'Z';
}

/* Letters as they were typed: all capitals, a first capital, or none. */
static void put_cased(const struct spell_word *w, size_t i, struct str letters,
                      struct spell_edit *e) {
    bool first = is_capital(w, i), all = first && is_capital(w, i + 1);
    for (size_t k = 0; k < letters.n; k++)
        e->text[k] = (char)(letters.p[k] - ((k == 0 ? first : all) ? 'a' - 'A' : 0));
    e->n = letters.n;
}

static enum status try_token(struct spell_list *l, const struct spell_word *w, size_t i,
                             struct str token) {
    size_t most = (2 * ALPHABET + 2) * (token.n + 1);
    uint32_t rest = spell_rest(w, 0, 0, i);
    if (rest < w->need) return STATUS_OK;
    void *ctx = talloc_new(l->ctx);
    struct near_tokens t = {.base = token, .stride = token.n + 1};
    t.any = is_capital(w, i) && is_capital(w, i + 1) ? CAPITALS_ANY : LATIN_ANY;
    t.text = talloc_array(ctx, char, (unsigned)(most * t.stride));
    t.term = talloc_array(ctx, struct str, (unsigned)most);
    t.exchanged = talloc_array(ctx, bool, (unsigned)most);
    uint32_t *count = talloc_array(ctx, uint32_t, (unsigned)most);
    enum status s = STATUS_OK;
    if (!t.text || !t.term || !t.exchanged || !count)
        s = err_set(l->err, STATUS_NOMEM, NULL, "内存不足：检索词建议");
    if (s == STATUS_OK) {
        add_all(&t);
        s = xindex_terms_count(l->reader, t.term, t.n, count, l->err);
    }
    for (size_t k = 0; s == STATUS_OK && k < t.n; k++) {
        struct spell_edit e = {.word = w,
                               .a = i,
                               .b = i + token.n,
                               .kind = t.exchanged[k] ? SPELL_SOUND : SPELL_OTHER,
                               .bound = count[k] < rest ? count[k] : rest};
        e.guess = (uint64_t)e.bound * SPELL_GUESS;
        put_cased(w, i, t.term[k], &e);
        spell_keep(l, &e);
    }
    talloc_free(ctx);
    return s;
}

enum status spell_latin(struct spell_list *l, const struct spell_word *w) {
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < w->n; i++) {
        size_t end = i;
        if (w->c[i].token == SPELL_NOT_THERE || w->c[i].token >= w->need) continue;
        while (end < w->n && !text_is_han(w->c[end].cp) && text_is_word(w->c[end].cp))
            end++;
        struct str token = spell_slice(w, i, end);
        if (is_letters(token)) s = try_token(l, w, i, token);
    }
    return s;
}
