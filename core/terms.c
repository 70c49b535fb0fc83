/* terms.c - the multiset of terms of one record, and the set of its Han characters
 * (core/analyse.h).
 *
 * Two open-addressing tables. Han bigrams without prefix, nine terms of ten, are counted
 * by an integer that packs both code points; since UTF-8 sorts as code points do, sorting
 * the integers sorts the terms. Everything else is counted by its bytes. Each table lists
 * the slots in use, so that clearing and sorting cost what it holds and not how far it
 * grew. Characters are bits by code point, and listed. */
#include "core/analyse_walk.h"

#include <stdlib.h>

#include <xxhash.h>

#define SLOTS_FIRST 2048 /* a usual record has 500 terms */
#define SLOTS_KEPT 65536 /* a table that one huge record blew up is given back */
#define CP_BITS 21
#define CP_MASK ((UINT32_C(1) << CP_BITS) - 1)
#define BIGRAM_BYTES 8 /* at most */
#define CODE_POINTS 0x110000u
#define CHARS_MAX (2 * CODE_POINTS) /* plain and named */

struct slot {
    uint64_t key; /* packed code points, or the hash of the bytes; 0 = free */
    uint32_t wdf;
    uint32_t at, n; /* the bytes, in the set's `bytes`; 0, 0 for packed ones */
};

struct table {
    struct slot *slots;
    uint32_t *used; /* slots in use, in order of arrival; room for half of the slots */
    size_t n, cap;  /* cap: a power of two, or 0 */
};

struct terms {
    struct table han, bytewise;
    struct buf bytes;  /* of the bytewise terms */
    struct buf sorted; /* the texts that terms_sorted writes for the packed ones */
    struct term *out;
    uint64_t *order; /* two halves of packed keys for sorting */
    uint64_t *seen;  /* bits: plain characters, then named ones */
    uint32_t *chars; /* their keys, in order of arrival */
    size_t out_cap, order_cap, nchars, chars_cap;
    uint64_t length;
};

static const uint32_t no_chars = 0; /* so that an empty list has an address */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

/* --- tables ------------------------------------------------------------------------ */

static void table_done(struct table *t) {
    free(t->slots);
    free(t->used);
    *t = (struct table){0};
}

static void table_clear(struct table *t) {
    if (t->cap > SLOTS_KEPT) {
        table_done(t);
        return;
    }
    for (size_t i = 0; i < t->n; i++) t->slots[t->used[i]] = (struct slot){0};
    t->n = 0;
}

static inline size_t table_home(const struct table *t, uint64_t key) {
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (t->cap - 1);
}

static bool table_grow(struct table *t) {
    size_t cap = t->cap ? t->cap * 2 : SLOTS_FIRST;
    if (cap > UINT32_MAX) return false;
    struct table big = {.cap = cap, .n = t->n};
    big.slots = calloc(cap, sizeof *big.slots);
    big.used = malloc(cap / 2 * sizeof *big.used);
    if (!big.slots || !big.used) {
        table_done(&big);
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct slot *s = &t->slots[t->used[i]];
        size_t h = table_home(&big, s->key);
        while (big.slots[h].key) h = (h + 1) & (cap - 1);
        big.slots[h] = *s;
        big.used[i] = (uint32_t)h;
    }
    table_done(t);
    *t = big;
    return true;
}

static inline bool table_room(struct table *t) {
    return t->n < t->cap / 2 || table_grow(t);
}

static inline struct slot *table_take(struct table *t, size_t h, uint64_t key) {
    t->used[t->n++] = (uint32_t)h;
    t->slots[h].key = key;
    return &t->slots[h];
}

static inline void count(struct terms *t, struct slot *s, uint32_t wdf_inc) {
    s->wdf = s->wdf > UINT32_MAX - wdf_inc ? UINT32_MAX : s->wdf + wdf_inc;
    t->length += wdf_inc;
}

static inline bool add_packed(struct terms *t, uint64_t key, uint32_t wdf_inc) {
    struct table *h = &t->han;
    if (!table_room(h)) return false;
    size_t at = table_home(h, key);
    while (h->slots[at].key && h->slots[at].key != key) at = (at + 1) & (h->cap - 1);
    count(t, h->slots[at].key ? &h->slots[at] : table_take(h, at, key), wdf_inc);
    return true;
}

static struct str slot_text(const struct terms *t, const struct slot *s) {
    return str_slice(t->bytes.p + s->at, s->n);
}

static bool add_bytes(struct terms *t, struct str term, uint32_t wdf_inc) {
    struct table *h = &t->bytewise;
    if (!table_room(h)) return false;
    uint64_t key = XXH3_64bits(term.p, term.n) | 1;
    size_t at = table_home(h, key);
    while (h->slots[at].key &&
           !(h->slots[at].key == key && str_eq(slot_text(t, &h->slots[at]), term)))
        at = (at + 1) & (h->cap - 1);
    if (!h->slots[at].key) {
        size_t from = t->bytes.n;
        buf_add_str(&t->bytes, term);
        if (t->bytes.failed) return false;
        struct slot *s = table_take(h, at, key);
        s->at = (uint32_t)from;
        s->n = (uint32_t)term.n;
    }
    count(t, &h->slots[at], wdf_inc);
    return true;
}

/* --- the set ----------------------------------------------------------------------- */

enum status terms_new(struct terms **out, struct err *err) {
    struct terms *t = calloc(1, sizeof *t);
    if (!t) return out_of_memory(err);
    t->bytes = buf_init(0);
    t->sorted = buf_init(0);
    t->seen = calloc(CHARS_MAX / 64, sizeof *t->seen);
    if (!t->seen) {
        free(t);
        return out_of_memory(err);
    }
    *out = t;
    return STATUS_OK;
}

void terms_free(struct terms *t) {
    if (!t) return;
    table_done(&t->han);
    table_done(&t->bytewise);
    buf_done(&t->bytes);
    buf_done(&t->sorted);
    free(t->out);
    free(t->order);
    free(t->seen);
    free(t->chars);
    free(t);
}

static size_t char_bit(uint32_t key) {
    return key & ANALYSE_NAMED ? CODE_POINTS + (key & ~ANALYSE_NAMED) : key;
}

/* A character adds to the length and is a member of the set, but no term. */
static inline bool add_char(struct terms *t, uint32_t key, uint32_t wdf_inc) {
    size_t bit = char_bit(key);
    uint64_t *word = &t->seen[bit / 64], mask = (uint64_t)1 << (bit % 64);
    t->length += wdf_inc;
    if (*word & mask) return true;
    if (t->nchars == t->chars_cap) {
        size_t cap = t->chars_cap * 2 + 512;
        uint32_t *chars = realloc(t->chars, cap * sizeof *chars);
        if (!chars) return false;
        t->chars = chars;
        t->chars_cap = cap;
    }
    *word |= mask;
    t->chars[t->nchars++] = key;
    return true;
}

void terms_clear(struct terms *t) {
    for (size_t i = 0; i < t->nchars; i++) t->seen[char_bit(t->chars[i]) / 64] = 0;
    t->nchars = 0;
    table_clear(&t->han);
    table_clear(&t->bytewise);
    buf_clear(&t->bytes);
    t->length = 0;
}

static bool add_plain(struct terms *t, struct str norm, uint32_t wdf_inc) {
    struct analyse_walk w = analyse_walk_of(norm);
    struct analyse_unit u;
    const char *han_end = NULL; /* where the Han character `before` ended */
    uint64_t before = 0;
    while (analyse_walk_next(&w, &u)) {
        if (!u.han) {
            if (!add_bytes(t, u.text, wdf_inc)) return false;
            continue;
        }
        if (!add_char(t, u.cp, wdf_inc) ||
            (han_end == u.text.p && !add_packed(t, before << CP_BITS | u.cp, wdf_inc)))
            return false;
        before = u.cp;
        han_end = u.text.p + u.text.n;
    }
    return true;
}

static bool add_prefixed(struct terms *t, struct str norm, struct str prefix,
                         uint32_t wdf_inc) {
    struct analyse_walk w = analyse_walk_of(norm);
    struct analyse_unit u, last = {0};
    char term[ANALYSE_MAX_PREFIX + ANALYSE_MAX_TOKEN];
    memcpy(term, prefix.p, prefix.n);
    while (analyse_walk_next(&w, &u)) {
        memcpy(term + prefix.n, u.text.p, u.text.n);
        if (u.han ? !add_char(t, ANALYSE_NAMED | u.cp, wdf_inc)
                  : !add_bytes(t, str_slice(term, prefix.n + u.text.n), wdf_inc))
            return false;
        if (u.han && last.han && last.text.p + last.text.n == u.text.p) {
            size_t n = last.text.n + u.text.n;
            memcpy(term + prefix.n, last.text.p, n);
            if (!add_bytes(t, str_slice(term, prefix.n + n), wdf_inc)) return false;
        }
        last = u;
    }
    return true;
}

enum status terms_add(struct terms *t, struct str norm, const char *prefix,
                      uint32_t wdf_inc, struct err *err) {
    struct str pre = str_of(prefix);
    if (pre.n > ANALYSE_MAX_PREFIX)
        return err_set(err, STATUS_LIMIT, NULL, "term prefix over %d bytes",
                       ANALYSE_MAX_PREFIX);
    bool ok = pre.n ? add_prefixed(t, norm, pre, wdf_inc) : add_plain(t, norm, wdf_inc);
    return ok ? STATUS_OK : out_of_memory(err);
}

/* Two Han characters have a packed key; else 0. */
static uint64_t packed_of(struct str term) {
    uint64_t key = 0;
    const char *p = term.p, *end = p + term.n;
    if (term.n > BIGRAM_BYTES) return 0;
    for (int k = 0; k < 2; k++) {
        uint32_t cp = 0;
        if (p == end) return 0;
        p = utf8_next(p, end, &cp);
        if (!text_is_han(cp)) return 0;
        key = key << CP_BITS | cp;
    }
    return p == end ? key : 0;
}

enum status terms_add_one(struct terms *t, struct str term, uint32_t wdf_inc,
                          struct err *err) {
    if (term.n == 0 || term.n > ANALYSE_MAX_TERM)
        return err_set(err, STATUS_LIMIT, NULL,
                       "a term of %zu bytes, 1 to %d are allowed", term.n,
                       ANALYSE_MAX_TERM);
    for (size_t i = 0; i < term.n; i++)
        if ((unsigned char)term.p[i] < 0x20 || term.p[i] == 0x7F)
            return err_set(err, STATUS_LIMIT, NULL, "a control character in a term");
    uint64_t key = packed_of(term);
    bool ok = key ? add_packed(t, key, wdf_inc) : add_bytes(t, term, wdf_inc);
    return ok ? STATUS_OK : out_of_memory(err);
}

uint32_t terms_length(const struct terms *t) {
    return t->length > UINT32_MAX ? UINT32_MAX : (uint32_t)t->length;
}

void terms_chars(const struct terms *t, const uint32_t **out, size_t *n) {
    *out = t->chars ? t->chars : &no_chars;
    *n = t->nchars;
}

uint32_t terms_char_key(struct str term) {
    uint32_t named = 0, cp = 0;
    if (term.n && term.p[0] == 'X') {
        named = ANALYSE_NAMED;
        term = str_slice(term.p + 1, term.n - 1);
    }
    if (term.n == 0 || term.n > BIGRAM_BYTES / 2) return 0;
    const char *end = term.p + term.n;
    return utf8_next(term.p, end, &cp) == end && text_is_han(cp) ? named | cp : 0;
}

/* --- order ------------------------------------------------------------------------- */

/* Sorts n keys at a, with room for n more at b; returns the one of the two that holds
 * the result. Bytes of the key that all share (usually two of six) cost one look. */
static uint64_t *sort_keys(uint64_t *a, uint64_t *b, size_t n) {
    for (int shift = 0; shift < 2 * CP_BITS; shift += 8) {
        uint32_t at[256] = {0}, sum = 0;
        for (size_t i = 0; i < n; i++) at[a[i] >> shift & 0xFF]++;
        if (n > 0 && at[a[0] >> shift & 0xFF] == n) continue;
        for (size_t k = 0; k < ARRAY_LEN(at); k++) {
            uint32_t here = at[k];
            at[k] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++) b[at[a[i] >> shift & 0xFF]++] = a[i];
        uint64_t *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

static int by_text(const void *a, const void *b) {
    return str_cmp(((const struct term *)a)->text, ((const struct term *)b)->text);
}

static bool make_room(struct terms *t, size_t n) {
    if (t->out_cap < n) {
        struct term *out = realloc(t->out, 2 * n * sizeof *out);
        if (!out) return false;
        t->out = out;
        t->out_cap = 2 * n;
    }
    if (t->order_cap < 2 * t->han.n) {
        uint64_t *order = realloc(t->order, 4 * t->han.n * sizeof *order);
        if (!order) return false;
        t->order = order;
        t->order_cap = 4 * t->han.n;
    }
    buf_clear(&t->sorted);
    return buf_reserve(&t->sorted, t->han.n * BIGRAM_BYTES + 1);
}

static struct term packed_term(struct terms *t, uint64_t key) {
    const struct table *h = &t->han;
    char *p = t->sorted.p + t->sorted.n;
    size_t n = utf8_put((uint32_t)(key >> CP_BITS), p), at = table_home(h, key);
    n += utf8_put((uint32_t)(key & CP_MASK), p + n);
    t->sorted.n += n;
    while (h->slots[at].key != key) at = (at + 1) & (h->cap - 1);
    return (struct term){.text = {p, n}, .wdf = h->slots[at].wdf};
}

enum status terms_sorted(struct terms *t, const struct term **out, size_t *n,
                         struct err *err) {
    const struct table *h = &t->han, *b = &t->bytewise;
    if (!make_room(t, h->n + b->n + 1)) return out_of_memory(err);
    for (size_t i = 0; i < h->n; i++) t->order[i] = h->slots[h->used[i]].key;
    const uint64_t *keys = h->n ? sort_keys(t->order, t->order + h->n, h->n) : NULL;

    /* The bytewise terms go to the end of the array, and the merge runs towards them:
     * it never writes where it has still to read. */
    struct term *o = t->out, *tail = t->out + h->n;
    for (size_t i = 0; i < b->n; i++) {
        const struct slot *s = &b->slots[b->used[i]];
        tail[i] = (struct term){.text = slot_text(t, s), .wdf = s->wdf};
    }
    qsort(tail, b->n, sizeof *tail, by_text);
    const struct term *tail_end = tail + b->n;
    for (size_t i = 0; i < h->n; i++) {
        struct term han = packed_term(t, keys[i]);
        while (tail < tail_end && str_cmp(tail->text, han.text) < 0) *o++ = *tail++;
        *o++ = han;
    }
    *out = t->out;
    *n = h->n + b->n;
    return STATUS_OK;
}
