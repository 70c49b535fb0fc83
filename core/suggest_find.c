/* Entries that begin as the input does, by text, pinyin and initials; homophones. */
#include "core/suggest_find.h"

#include "core/utf8.h"

#include <stdlib.h>

#define INPUT_BYTES 1024 /* of an input; longer ones are cut */
/* l and n before u, twice: each may be lv, nv. */
#define VARIANTS 4
#define RANGES (1 + VARIANTS + 2)
#define TRIES 512 /* entries looked at for one answer */

bool suggest_take(struct suggest_finder *f, uint32_t entry) {
    for (size_t i = 0; i < f->n; i++)
        if (f->found[i] == entry) return true;
    if (f->n < f->max) f->found[f->n++] = entry;
    return f->n < f->max;
}

/* ---- ranges of an input -------------------------------------------------------------
 */

struct ranges {
    struct suggest_range v[RANGES];
    size_t n;
};

static void add_range(struct suggest_finder *f, struct ranges *r, enum suggest_order o,
                      struct str key) {
    if (r->n < RANGES) r->v[r->n++] = suggest_range_of(f->s, o, key, &f->scratch);
}

/* Full pinyin as typed, and with the first two u after l or n read as ü. */
static void add_pinyin(struct suggest_finder *f, struct ranges *r) {
    char key[sizeof f->in.letters];
    size_t n = f->in.nletters, at[2], count = 0;
    memcpy(key, f->in.letters, n);
    for (size_t i = 1; i < n && count < 2; i++)
        if (key[i] == 'u' && (key[i - 1] == 'l' || key[i - 1] == 'n')) at[count++] = i;
    for (unsigned v = 0; v < 1u << count; v++) {
        for (size_t k = 0; k < count; k++) key[at[k]] = v >> k & 1 ? 'v' : 'u';
        add_range(f, r, ORDER_PINYIN, str_slice(key, n));
    }
}

/* Initials as typed, and with zh, ch, sh as the one letter that they are. */
static void add_initials(struct suggest_finder *f, struct ranges *r) {
    const char *p = f->in.letters;
    char key[sizeof f->in.letters];
    size_t n = 0;
    add_range(f, r, ORDER_INITIALS, str_slice(p, f->in.nletters));
    for (size_t i = 0; i < f->in.nletters; i++) {
        bool after = i > 0 && (p[i - 1] == 'z' || p[i - 1] == 'c' || p[i - 1] == 's');
        if (p[i] != 'h' || !after) key[n++] = p[i];
    }
    if (n < f->in.nletters) add_range(f, r, ORDER_INITIALS, str_slice(key, n));
}

static void find_prefixes(struct suggest_finder *f) {
    struct ranges r = {.n = 0};
    uint32_t e;
    add_range(f, &r, ORDER_TEXT, f->in.norm);
    if (f->in.nletters) {
        add_pinyin(f, &r);
        add_initials(f, &r);
    }
    /* A key that was cut is no whole match, whatever it equals. */
    suggest_walk_start(&f->walk, f->s);
    for (size_t i = 0; i < r.n; i++)
        suggest_walk_add(&f->walk, r.v[i].order, r.v[i].lo, r.v[i].whole);
    for (int i = 0; i < TRIES && suggest_walk_next(&f->walk, &e); i++)
        if ((r.v[0].lo < r.v[0].whole && e == f->s->order[ORDER_TEXT][r.v[0].lo]) ||
            f->s->len[e] <= SUGGEST_KEY_CHARS)
            if (!suggest_take(f, e)) return;
    suggest_walk_start(&f->walk, f->s);
    for (size_t i = 0; i < r.n; i++)
        suggest_walk_add(&f->walk, r.v[i].order, r.v[i].lo, r.v[i].hi);
    for (int i = 0; i < TRIES && suggest_walk_next(&f->walk, &e); i++)
        if (!suggest_take(f, e)) return;
}

/* ---- the two look-ups ----------------------------------------------------------------
 */

static struct suggest_finder *finder_new(const struct suggest *s, size_t max) {
    struct suggest_finder *f = malloc(sizeof *f);
    if (!f) return NULL;
    f->s = s;
    f->max = max < SUGGEST_MAX ? max : SUGGEST_MAX;
    f->n = 0;
    f->scratch = buf_init(TEXT_MAX_BYTES * 4);
    return f;
}

static size_t finder_end(struct suggest_finder *f, struct suggest_entry *out) {
    size_t n = f->n;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = f->s->id[f->found[i]];
        out[i] = (struct suggest_entry){suggest_code_kind(code), suggest_code_id(code),
                                        f->s->count[f->found[i]]};
    }
    buf_done(&f->scratch);
    free(f);
    return n;
}

size_t suggest_find(const struct suggest *s, struct str input, size_t max,
                    struct suggest_entry *out) {
    struct buf norm = buf_init(INPUT_BYTES * 32);
    struct err ignored;
    struct suggest_finder *f = NULL;
    if (input.n) input.n = utf8_clip(input, INPUT_BYTES);
    if (max && s->n && text_normalise(input, &norm, NULL, &ignored) == STATUS_OK &&
        norm.n)
        f = finder_new(s, max);
    size_t n = 0;
    if (f) {
        suggest_input_read(buf_str(&norm), &f->in);
        find_prefixes(f);
        if (f->n < f->max && f->in.n > f->in.nhan) suggest_find_mixed(f);
        if (f->n < f->max && f->in.nhan >= 2) suggest_find_inside(f);
        n = finder_end(f, out);
    }
    buf_done(&norm);
    return n;
}

/* Same number of characters, each read as the other's. */
static bool sounds_like(struct str a, struct str b, bool name) {
    uint16_t x[SUGGEST_KEY_CHARS + 1], y[SUGGEST_KEY_CHARS + 1];
    size_t n = suggest_read(a, name, x, ARRAY_LEN(x));
    if (n != suggest_read(b, name, y, ARRAY_LEN(y)) || memcmp(x, y, n * sizeof *x) != 0)
        return false;
    const char *p = a.p, *q = b.p;
    for (size_t i = 0; i < n; i++) {
        uint32_t cp, cq;
        p = utf8_next(p, a.p + a.n, &cp);
        q = utf8_next(q, b.p + b.n, &cq);
        if (!x[i] && cp != cq) return false;
    }
    return true;
}

size_t suggest_homophones(const struct suggest *s, struct str norm, size_t max,
                          struct suggest_entry *out) {
    size_t chars = utf8_length(norm);
    if (chars < 2 || chars > SUGGEST_KEY_CHARS || text_count_han(norm) == 0 || !max ||
        !s->n)
        return 0;
    struct suggest_finder *f = finder_new(s, max);
    if (!f) return 0;
    struct suggest_key key;
    uint32_t e;
    suggest_walk_start(&f->walk, s);
    for (int name = 0; name < 2; name++) {
        suggest_key_make(norm, name, &key);
        struct suggest_range r = suggest_range_of(
            s, ORDER_PINYIN, suggest_key_str(&key, ORDER_PINYIN), &f->scratch);
        suggest_walk_add(&f->walk, ORDER_PINYIN, r.lo, r.whole);
    }
    for (int i = 0; i < TRIES && suggest_walk_next(&f->walk, &e); i++) {
        if (suggest_code_kind(s->id[e]) == SUGGEST_TITLE) continue;
        struct str text = suggest_entry_text(s, e, &f->scratch);
        if (!str_eq(text, norm) && sounds_like(text, norm, suggest_is_name(s, e)) &&
            !suggest_take(f, e))
            break;
    }
    return finder_end(f, out);
}
