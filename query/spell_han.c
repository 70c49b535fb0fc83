/* spell_han.c - changes of one character in Han text, judged by the pairs that the index
 * has. */
#include "core/pinyin.h"
#include "core/utf8.h"
#include "query/spell_edit.h"

#include <talloc.h>

#define SYLLABLE_ROOM (PINYIN_SYLLABLE_MAX + 1)
#define PAIR_BYTES 8 /* of two characters */
/* A word of two characters has one pair to judge it by: only its sound speaks then. */
#define OTHER_CHARS 3

/* Which pairs must be mended, and what the search for candidates needs. */
struct place {
    struct spell_list *l;
    const struct spell_word *w;
    size_t first, last; /* rare pairs; first > last: none, then any change may help */
};

/* ---- sound ----------------------------------------------------------------------- */

/* A syllable without what many speakers do not tell apart: zh z, ch c, sh s, l n, and
 * the g of ang, eng, ing. */
static size_t plain_sound(unsigned syllable, char out[SYLLABLE_ROOM]) {
    const char *s = pinyin_syllable(syllable);
    size_t n = 0;
    for (size_t i = 0; s[i] && n < PINYIN_SYLLABLE_MAX; i++) {
        if (i == 1 && s[i] == 'h') continue;
        if (i > 1 && s[i] == 'g') continue;
        out[n++] = i == 0 && s[i] == 'l' ? 'n' : s[i];
    }
    out[n] = 0;
    return n;
}

/* Equal so, or but for an n at the end (泥 ni, 凝 ning). */
static bool is_near(unsigned a, unsigned b) {
    char x[SYLLABLE_ROOM], y[SYLLABLE_ROOM];
    size_t nx = plain_sound(a, x), ny = plain_sound(b, y), n = nx < ny ? nx : ny;
    if (n == 0 || strncmp(x, y, n) != 0) return false;
    return nx == ny || (nx == n + 1 && x[n] == 'n') || (ny == n + 1 && y[n] == 'n');
}

static enum spell_kind sound_of(uint32_t a, uint32_t b) {
    uint16_t x[PINYIN_READINGS_MAX], y[PINYIN_READINGS_MAX];
    size_t nx = pinyin_readings(a, x), ny = pinyin_readings(b, y);
    enum spell_kind best = SPELL_OTHER;
    for (size_t i = 0; i < nx; i++)
        for (size_t k = 0; k < ny; k++) {
            if (x[i] == y[k]) return SPELL_SOUND;
            if (is_near(x[i], y[k])) best = SPELL_NEAR;
        }
    return best;
}

/* ---- pairs ----------------------------------------------------------------------- */

static bool is_han_at(const struct spell_word *w, size_t i) {
    return i < w->n && text_is_han(w->c[i].cp);
}

static size_t put_pair(uint32_t a, uint32_t b, char out[PAIR_BYTES]) {
    size_t n = utf8_put(a, out);
    return n + utf8_put(b, out + n);
}

/* Records with the pair; those of a side that is no Han character are no matter. */
static enum status count_pair(const struct spell_list *l, uint32_t a, uint32_t b,
                              uint32_t *bound) {
    char pair[PAIR_BYTES];
    uint32_t n;
    if (!text_is_han(a) || !text_is_han(b)) return STATUS_OK;
    struct str term = str_slice(pair, put_pair(a, b, pair));
    enum status s = xindex_term_count(l->reader, term, &n, l->err);
    if (s == STATUS_OK && n < *bound) *bound = n;
    return s;
}

/* Does a change of the pairs [lo, hi) mend all that is rare? */
static bool mends(const struct place *p, size_t lo, size_t hi) {
    return p->first > p->last || (p->first >= lo && p->last < hi);
}

/* ---- characters that fit --------------------------------------------------------- */

struct fitting {
    uint32_t cp, left; /* records with it behind the left neighbour */
};

struct fit {
    struct fitting *v;
    size_t n, skip; /* bytes of the left neighbour */
    uint32_t need;
};

static bool take_term(void *arg, struct str term, uint32_t count) {
    struct fit *f = arg;
    uint32_t cp;
    if (count < f->need || term.n <= f->skip) return true;
    const char *end = term.p + term.n, *p = utf8_next(term.p + f->skip, end, &cp);
    if (p == end && text_is_han(cp)) f->v[f->n++] = (struct fitting){cp, count};
    return f->n < SPELL_WALK_TERMS;
}

static void take_chars(const struct columns_han *han, struct fit *f) {
    for (uint32_t i = 0; i < han->nkeys && f->n < SPELL_WALK_TERMS; i++) {
        if (han->key[i] & ANALYSE_NAMED) break;
        uint32_t count = columns_han_find(han, han->key[i]).n;
        if (count >= f->need) f->v[f->n++] = (struct fitting){han->key[i], count};
    }
}

/* The characters that stand behind `left` often enough; any, when that is no Han
 * character. */
static enum status find_fitting(struct spell_list *l, uint32_t left, struct fit *f) {
    char prefix[4];
    f->v = talloc_array(l->ctx, struct fitting, SPELL_WALK_TERMS);
    if (!f->v) return err_set(l->err, STATUS_NOMEM, NULL, "内存不足：检索词建议");
    if (!text_is_han(left)) {
        take_chars(&xindex_reader_columns(l->reader)->han, f);
        return STATUS_OK;
    }
    f->skip = utf8_put(left, prefix);
    return xindex_terms_from(l->reader, str_slice(prefix, f->skip), SPELL_WALK_TERMS,
                             take_term, f, l->err);
}

/* Lowers each `left` to what stands before `right` too. */
static enum status fit_right(struct spell_list *l, uint32_t right, struct fit *f) {
    if (!text_is_han(right) || f->n == 0) return STATUS_OK;
    struct str *term = talloc_array(f->v, struct str, (unsigned)f->n);
    char *text = talloc_array(f->v, char, (unsigned)f->n *PAIR_BYTES);
    uint32_t *count = talloc_array(f->v, uint32_t, (unsigned)f->n);
    if (!term || !text || !count)
        return err_set(l->err, STATUS_NOMEM, NULL, "内存不足：检索词建议");
    for (size_t i = 0; i < f->n; i++, text += PAIR_BYTES)
        term[i] = str_slice(text, put_pair(f->v[i].cp, right, text));
    enum status s = xindex_terms_count(l->reader, term, f->n, count, l->err);
    for (size_t i = 0; s == STATUS_OK && i < f->n; i++)
        if (count[i] < f->v[i].left) f->v[i].left = count[i];
    return s;
}

/* Characters [a, b) (one, or none) become any character that fits between its
 * neighbours. */
static enum status try_chars(struct place *p, size_t a, size_t b) {
    struct spell_list *l = p->l;
    const struct spell_word *w = p->w;
    bool put = a == b;
    uint32_t rest = spell_rest(w, a ? a - 1 : 0, b);
    if (rest < w->need || l->walks == SPELL_WALKS) return STATUS_OK;
    l->walks++;
    struct fit f = {.need = w->need};
    uint32_t right = b < w->n ? w->c[b].cp : 0;
    enum status s = find_fitting(l, a ? w->c[a - 1].cp : 0, &f);
    size_t n = 0;
    for (size_t i = 0; s == STATUS_OK && i < f.n; i++)
        if (put ||
            (f.v[i].cp != w->c[a].cp &&
             (w->n >= OTHER_CHARS || sound_of(w->c[a].cp, f.v[i].cp) == SPELL_SOUND)))
            f.v[n++] = f.v[i];
    f.n = n;
    if (s == STATUS_OK) s = fit_right(l, right, &f);
    for (size_t i = 0; s == STATUS_OK && i < f.n; i++) {
        uint32_t bound = f.v[i].left < rest ? f.v[i].left : rest;
        if (bound < w->need) continue;
        struct spell_edit e = {.word = w, .a = a, .b = b, .bound = bound};
        e.n = utf8_put(f.v[i].cp, e.text);
        e.kind = put ? SPELL_OTHER : sound_of(w->c[a].cp, f.v[i].cp);
        spell_keep(l, &e);
    }
    talloc_free(f.v);
    return s;
}

/* ---- the kinds of change --------------------------------------------------------- */

static enum status try_one_less(struct place *p, size_t i) {
    const struct spell_word *w = p->w;
    bool left = i > 0 && is_han_at(w, i - 1), right = is_han_at(w, i + 1);
    bool twice = (left && w->c[i - 1].cp == w->c[i].cp);
    if (!twice && !(left && right && w->n > OTHER_CHARS)) return STATUS_OK;
    struct spell_edit e = {.word = w,
                           .a = i,
                           .b = i + 1,
                           .kind = twice ? SPELL_SOUND : SPELL_OTHER,
                           .bound = spell_rest(w, i ? i - 1 : 0, i + 1)};
    enum status s = STATUS_OK;
    if (left && right) s = count_pair(p->l, w->c[i - 1].cp, w->c[i + 1].cp, &e.bound);
    if (s == STATUS_OK) spell_keep(p->l, &e);
    return s;
}

static enum status try_exchanged(struct place *p, size_t i) {
    const struct spell_word *w = p->w;
    if (w->c[i].cp == w->c[i + 1].cp) return STATUS_OK;
    struct spell_edit e = {.word = w,
                           .a = i,
                           .b = i + 2,
                           .kind = SPELL_SOUND,
                           .bound = spell_rest(w, i ? i - 1 : 0, i + 2)};
    e.n = put_pair(w->c[i + 1].cp, w->c[i].cp, e.text);
    if (e.bound < w->need) return STATUS_OK;
    enum status s = count_pair(p->l, w->c[i + 1].cp, w->c[i].cp, &e.bound);
    if (s == STATUS_OK && i > 0)
        s = count_pair(p->l, w->c[i - 1].cp, w->c[i + 1].cp, &e.bound);
    if (s == STATUS_OK && i + 2 < w->n)
        s = count_pair(p->l, w->c[i].cp, w->c[i + 2].cp, &e.bound);
    if (s == STATUS_OK) spell_keep(p->l, &e);
    return s;
}

static enum status try_at(struct place *p, size_t i) {
    enum status s = STATUS_OK;
    bool pair = is_han_at(p->w, i + 1); /* i, i + 1 */
    size_t before = i ? i - 1 : 0;
    if (mends(p, before, i + 1)) {
        s = try_one_less(p, i);
        if (s == STATUS_OK) s = try_chars(p, i, i + 1);
    }
    if (s == STATUS_OK && pair && mends(p, i, i + 1)) s = try_chars(p, i + 1, i + 1);
    if (s == STATUS_OK && pair && mends(p, before, i + 2)) s = try_exchanged(p, i);
    return s;
}

enum status spell_han(struct spell_list *l, const struct spell_word *w) {
    struct place p = {.l = l, .w = w, .first = 1, .last = 0};
    size_t weakest = w->n;
    bool any = false;
    for (size_t i = 0; i + 1 < w->n; i++) {
        if (w->c[i].pair == SPELL_NOT_THERE) continue;
        if (weakest == w->n || w->c[i].pair < w->c[weakest].pair) weakest = i;
        if (w->c[i].pair >= w->need) continue;
        if (!any) p.first = i;
        p.last = i;
        any = true;
    }
    if (weakest == w->n) return STATUS_OK;
    if (!any) p.first = p.last = weakest;
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < w->n; i++)
        if (is_han_at(w, i)) s = try_at(&p, i);
    return s;
}
