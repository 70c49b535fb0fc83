/* spell_han.c - changes of one character in Han text. Between two neighbours the pairs of
 * the index say what fits; at an end of the word, where one pair is too little to tell,
 * the records that hold the rest of it. */
#include "core/utf8.h"
#include "query/spell_edit.h"

#include <talloc.h>

#define PAIR_BYTES 8 /* of two characters */
/* A word of two characters has one pair to judge it by: only its sound speaks then. */
#define OTHER_CHARS 3
#define END_LEAST 3    /* places with a character at the end of a word, */
#define END_PERCENT 40 /* and their share, for it to be meant */

struct behind {
    uint32_t cp, count;
};

/* A word that is looked at, and which pairs must be mended. */
struct place {
    struct spell_list *l;
    const struct spell_word *w;
    size_t first, last;
    bool none; /* is rare: these are the rarest */
    /* What was found behind one character. */
    bool walked;
    uint32_t walk_of;
    size_t nwalk, skip; /* skip: bytes of that character */
    struct behind walk[SPELL_WALK_TERMS];
};

static enum status out_of_memory(const struct spell_list *l) {
    return err_set(l->err, STATUS_NOMEM, NULL, "内存不足：检索词建议");
}

static bool is_han_at(const struct spell_word *w, size_t i) {
    return i < w->n && text_is_han(w->c[i].cp);
}

static size_t put_pair(uint32_t a, uint32_t b, char out[PAIR_BYTES]) {
    size_t n = utf8_put(a, out);
    return n + utf8_put(b, out + n);
}

/* Lowers *bound to the records with the pair; one that is not all Han is no matter. */
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
    return p->first >= lo && p->last < hi;
}

/* May a change break the pairs [lo, hi) for another one that `bound` records have? */
static bool is_weak(const struct spell_word *w, size_t lo, size_t hi, uint32_t bound) {
    for (size_t i = lo; i < hi && i < w->n; i++)
        if (w->c[i].pair != SPELL_NOT_THERE && !w->c[i].chance &&
            w->c[i].pair > bound / SPELL_WEAK)
            return false;
    return true;
}

/* ---- between two neighbours ------------------------------------------------------ */

struct fitting {
    uint32_t cp, left, right; /* records with it beside each neighbour */
};

struct fit {
    struct fitting *v;
    size_t n;
};

static bool take_term(void *arg, struct str term, uint32_t count) {
    struct place *p = arg;
    uint32_t cp;
    if (count < p->w->need || term.n <= p->skip) return true;
    const char *end = term.p + term.n, *at = utf8_next(term.p + p->skip, end, &cp);
    if (at == end && text_is_han(cp)) p->walk[p->nwalk++] = (struct behind){cp, count};
    return true;
}

/* Fills p->walk with the characters that stand behind `left` often enough; when that is
 * no Han character, with all that there are. The last walk is kept: a character that is
 * put in and one that is exchanged behind it ask for the same. */
static enum status walk(struct place *p, uint32_t left) {
    struct spell_list *l = p->l;
    char prefix[4];
    if (p->walked && p->walk_of == left) return STATUS_OK;
    l->walks++;
    p->walk_of = left;
    p->walked = true;
    p->nwalk = 0;
    if (text_is_han(left)) {
        p->skip = utf8_put(left, prefix);
        return xindex_terms_from(l->reader, str_slice(prefix, p->skip), SPELL_WALK_TERMS,
                                 take_term, p, l->err);
    }
    const struct columns_han *han = &xindex_reader_columns(l->reader)->han;
    for (uint32_t i = 0; i < han->nkeys && p->nwalk < SPELL_WALK_TERMS; i++) {
        uint32_t n = columns_han_find(han, han->key[i]).n;
        if (han->key[i] & ANALYSE_NAMED) break;
        if (n >= p->w->need) p->walk[p->nwalk++] = (struct behind){han->key[i], n};
    }
    return STATUS_OK;
}

/* The characters behind `left`, but for `was`, and of those only what sounds like it,
 * unless `worst` is SPELL_OTHER. */
static enum status find_fitting(struct place *p, uint32_t left, uint32_t was,
                                enum spell_kind worst, struct fit *f) {
    enum status s = walk(p, left);
    if (s != STATUS_OK) return s;
    f->v = talloc_array(p->l->ctx, struct fitting, (unsigned)p->nwalk + 1);
    if (!f->v) return out_of_memory(p->l);
    for (size_t i = 0; i < p->nwalk; i++) {
        uint32_t cp = p->walk[i].cp;
        if (cp == was || (worst < SPELL_OTHER && spell_sound(was, cp) > worst)) continue;
        f->v[f->n++] = (struct fitting){cp, p->walk[i].count, UINT32_MAX};
    }
    return STATUS_OK;
}

static enum status fit_right(struct spell_list *l, uint32_t right, struct fit *f) {
    if (!text_is_han(right) || f->n == 0) return STATUS_OK;
    struct str *term = talloc_array(f->v, struct str, (unsigned)f->n);
    char *text = talloc_array(f->v, char, (unsigned)(f->n * PAIR_BYTES));
    uint32_t *count = talloc_array(f->v, uint32_t, (unsigned)f->n);
    if (!term || !text || !count) return out_of_memory(l);
    for (size_t i = 0; i < f->n; i++, text += PAIR_BYTES)
        term[i] = str_slice(text, put_pair(f->v[i].cp, right, text));
    enum status s = xindex_terms_count(l->reader, term, f->n, count, l->err);
    for (size_t i = 0; s == STATUS_OK && i < f->n; i++) f->v[i].right = count[i];
    return s;
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Were characters chosen by their left neighbour alone, so many would stand between both:
 * a frequent character that fits everywhere is no better than a rare one that fits here.
 */
static uint64_t guess_of(const struct spell_list *l, const struct fitting *f) {
    uint32_t all = columns_han_find(&xindex_reader_columns(l->reader)->han, f->cp).n;
    if (f->right == UINT32_MAX || all == 0) return (uint64_t)f->left * SPELL_GUESS;
    return (uint64_t)f->left * f->right * SPELL_GUESS / all;
}

/* A word of two characters is one pair: more than chance must have made it. */
static bool is_chance_of_two(const struct spell_list *l, const struct spell_word *w,
                             size_t i, uint32_t cp, uint32_t pairs) {
    return w->n == 2 && spell_is_chance(l, cp, w->c[1 - i].cp, pairs);
}

/* Characters [a, b) (one, or none) become any character that fits. */
static enum status try_chars(struct place *p, size_t a, size_t b) {
    struct spell_list *l = p->l;
    const struct spell_word *w = p->w;
    bool put = a == b;
    size_t lo = a ? a - 1 : 0;
    uint32_t left = a ? w->c[a - 1].cp : 0, right = b < w->n ? w->c[b].cp : 0;
    bool between = text_is_han(left) && text_is_han(right);
    uint32_t rest = spell_rest(w, lo, b, SIZE_MAX);
    if (rest < w->need || l->walks == SPELL_WALKS) return STATUS_OK;
    if (!text_is_han(left) && !text_is_han(right)) return STATUS_OK;
    if (put && text_count_han(w->norm) == QLANG_LITERAL_HAN) return STATUS_OK;
    enum spell_kind worst = put || (between && w->n >= OTHER_CHARS) ? SPELL_OTHER
                            : w->n < OTHER_CHARS                    ? SPELL_SOUND
                                                                    : SPELL_NEAR;
    struct fit f = {0};
    enum status s = find_fitting(p, left, put ? 0 : w->c[a].cp, worst, &f);
    if (s == STATUS_OK) s = fit_right(l, right, &f);
    for (size_t i = 0; s == STATUS_OK && i < f.n; i++) {
        struct spell_edit e = {.word = w, .a = a, .b = b};
        e.n = utf8_put(f.v[i].cp, e.text);
        e.bound = least(rest, least(f.v[i].left, f.v[i].right));
        e.kind = put ? SPELL_MISSING : spell_sound(w->c[a].cp, f.v[i].cp);
        if (e.bound < w->need || (!put && is_chance_of_two(l, w, a, f.v[i].cp, e.bound)))
            continue;
        if (e.kind != SPELL_SOUND &&
            (spell_is_particle(f.v[i].cp) || !is_weak(w, lo, b, e.bound)))
            continue;
        e.guess = guess_of(l, &f.v[i]);
        spell_keep(l, &e);
    }
    talloc_free(f.v);
    return s;
}

/* ---- at an end of the word ------------------------------------------------------- */

static enum status try_end(struct place *p, size_t i) {
    struct spell_list *l = p->l;
    const struct spell_word *w = p->w;
    bool first = i == 0;
    struct spell_found found;
    struct spell_tally before, after;
    if (w->n < OTHER_CHARS || text_count_han(w->norm) != w->n) return STATUS_OK;
    uint32_t rest = spell_rest(w, first ? 0 : i - 1, first ? 1 : i, SIZE_MAX);
    if (rest < w->need || !is_weak(w, first ? 0 : i - 1, first ? 1 : i, rest))
        return STATUS_OK;
    struct str needle = first ? spell_slice(w, 1, w->n) : spell_slice(w, 0, i);
    enum status s = spell_find(l, needle, false, &found);
    if (s != STATUS_OK || found.total < w->need) return s;
    spell_around(l->reader, &found, needle, &before, &after);
    const struct spell_tally *t = first ? &before : &after;
    for (size_t k = 0; k < t->n; k++) {
        if (t->count[k] < END_LEAST || t->count[k] * 100 < t->seen * END_PERCENT ||
            t->cp[k] == w->c[i].cp || spell_is_particle(t->cp[k]))
            continue;
        struct spell_edit e = {
            .word = w, .a = i, .b = i + 1, .kind = SPELL_OTHER, .bound = found.total};
        e.guess = (uint64_t)found.total * SPELL_GUESS * t->count[k] / t->seen;
        e.n = utf8_put(t->cp[k], e.text);
        spell_keep(l, &e);
    }
    return STATUS_OK;
}

/* ---- the other kinds of change --------------------------------------------------- */

static enum status try_one_less(struct place *p, size_t i) {
    const struct spell_word *w = p->w;
    bool left = i > 0 && is_han_at(w, i - 1), right = is_han_at(w, i + 1);
    bool twice = w->n > 2 && left && w->c[i - 1].cp == w->c[i].cp;
    size_t lo = i ? i - 1 : 0;
    if (!twice && !(left && right && w->n > OTHER_CHARS)) return STATUS_OK;
    if (!twice && spell_is_particle(w->c[i].cp)) return STATUS_OK;
    struct spell_edit e = {.word = w,
                           .a = i,
                           .b = i + 1,
                           .kind = twice ? SPELL_SOUND : SPELL_EXTRA,
                           .bound = spell_rest(w, lo, i + 1, SIZE_MAX)};
    enum status s = STATUS_OK;
    if (left && right) s = count_pair(p->l, w->c[i - 1].cp, w->c[i + 1].cp, &e.bound);
    e.guess = (uint64_t)e.bound * SPELL_GUESS;
    if (s == STATUS_OK && (twice || is_weak(w, lo, i + 1, e.bound))) spell_keep(p->l, &e);
    return s;
}

static enum status try_exchanged(struct place *p, size_t i) {
    const struct spell_word *w = p->w;
    size_t lo = i ? i - 1 : 0;
    if (w->c[i].cp == w->c[i + 1].cp) return STATUS_OK;
    struct spell_edit e = {.word = w,
                           .a = i,
                           .b = i + 2,
                           .kind = SPELL_SOUND,
                           .bound = spell_rest(w, lo, i + 2, SIZE_MAX)};
    e.n = put_pair(w->c[i + 1].cp, w->c[i].cp, e.text);
    if (e.bound < w->need) return STATUS_OK;
    enum status s = count_pair(p->l, w->c[i + 1].cp, w->c[i].cp, &e.bound);
    if (s == STATUS_OK && i > 0)
        s = count_pair(p->l, w->c[i - 1].cp, w->c[i + 1].cp, &e.bound);
    if (s == STATUS_OK && i + 2 < w->n)
        s = count_pair(p->l, w->c[i].cp, w->c[i + 2].cp, &e.bound);
    e.guess = (uint64_t)e.bound * SPELL_GUESS;
    if (s == STATUS_OK && !is_chance_of_two(p->l, w, i, w->c[i].cp, e.bound))
        spell_keep(p->l, &e);
    return s;
}

static enum status try_at(struct place *p, size_t i) {
    enum status s = STATUS_OK;
    bool pair = is_han_at(p->w, i + 1); /* i, i + 1 */
    size_t before = i ? i - 1 : 0;
    if (mends(p, before, i + 1) || p->none) s = try_one_less(p, i);
    if (s == STATUS_OK && mends(p, before, i + 1)) {
        s = try_chars(p, i, i + 1);
        if (s == STATUS_OK && (i == 0 || i + 1 == p->w->n)) s = try_end(p, i);
    }
    if (s == STATUS_OK && pair && mends(p, i, i + 1)) s = try_chars(p, i + 1, i + 1);
    if (s == STATUS_OK && pair && (p->none || mends(p, before, i + 2)))
        s = try_exchanged(p, i);
    return s;
}

/* Where all pairs are frequent, the rarest one is taken for the weak place. */
static bool find_weak(struct place *p) {
    const struct spell_word *w = p->w;
    size_t weakest = w->n;
    p->first = SIZE_MAX;
    for (size_t i = 0; i + 1 < w->n; i++) {
        if (w->c[i].pair == SPELL_NOT_THERE) continue;
        if (weakest == w->n || w->c[i].pair < w->c[weakest].pair) weakest = i;
        if (w->c[i].pair >= w->need) continue;
        if (p->first == SIZE_MAX) p->first = i;
        p->last = i;
    }
    p->none = p->first == SIZE_MAX;
    if (p->none) p->first = p->last = weakest;
    return weakest < w->n;
}

enum status spell_han(struct spell_list *l, const struct spell_word *w) {
    struct place *p = talloc_zero(l->ctx, struct place);
    if (!p) return out_of_memory(l);
    p->l = l;
    p->w = w;
    enum status s = STATUS_OK;
    bool any = find_weak(p);
    for (size_t i = 0; any && s == STATUS_OK && i < w->n; i++)
        if (is_han_at(w, i)) s = try_at(p, i);
    talloc_free(p);
    return s;
}
