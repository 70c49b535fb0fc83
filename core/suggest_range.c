/* Keys, and where they stand in an order. */
#include "core/suggest_file.h"
#include "core/utf8.h"

static void add(struct suggest_key *k, enum suggest_order o, const char *p, size_t n) {
    memcpy(k->bytes[o] + k->n[o], p, n);
    k->n[o] += n;
}

size_t suggest_read(struct str norm, bool name, uint16_t *out, size_t max) {
    return name ? pinyin_read_name(norm, out, max) : pinyin_read(norm, out, max);
}

void suggest_key_make(struct str norm, bool name, struct suggest_key *out) {
    uint16_t read[SUGGEST_KEY_CHARS];
    size_t n = suggest_read(norm, name, read, SUGGEST_KEY_CHARS);
    const char *p = norm.p, *end = norm.p + norm.n;
    memset(out->n, 0, sizeof out->n);
    for (size_t i = 0; i < n && p < end; i++) {
        uint32_t cp;
        const char *from = p;
        p = utf8_next(p, end, &cp);
        if (read[i]) {
            const char *syllable = pinyin_syllable(read[i]);
            add(out, ORDER_PINYIN, syllable, strlen(syllable));
            add(out, ORDER_INITIALS, syllable, 1);
        } else if (suggest_in_keys(cp)) {
            add(out, ORDER_PINYIN, from, (size_t)(p - from));
            add(out, ORDER_INITIALS, from, (size_t)(p - from));
        }
    }
}

/* The key at a position, its text for ORDER_TEXT. */
static struct str key_at(const struct suggest *s, enum suggest_order o, uint32_t pos,
                         struct suggest_key *k, struct buf *scratch) {
    uint32_t e = s->order[o][pos];
    struct str text = suggest_entry_text(s, e, scratch);
    if (o == ORDER_TEXT) return text;
    suggest_key_make(text, suggest_is_name(s, e), k);
    return suggest_key_str(k, o);
}

/* What is looked for. begins: keys that go on after `key` are equal to it. */
struct sought {
    struct str key;
    uint64_t prefix, mask;
    bool begins;
    const struct str *text; /* breaks ties of keys; NULL: none */
};

static int cmp_prefix(const struct sought *q, uint64_t have, bool *decided) {
    uint64_t want = q->prefix;
    *decided = true;
    if (q->begins) have &= q->mask;
    if (have != want) return have < want ? -1 : 1;
    *decided = q->key.n < 8 && !q->text;
    return 0;
}

static int cmp_at(const struct suggest *s, enum suggest_order o, uint32_t pos,
                  const struct sought *q, struct buf *scratch) {
    struct suggest_key k;
    if (s->prefix[o]) {
        bool decided;
        int c = cmp_prefix(q, s->prefix[o][pos], &decided);
        if (decided) return c;
    }
    struct str key = key_at(s, o, pos, &k, scratch);
    if (q->begins && str_starts(key, q->key)) return 0;
    int c = str_cmp(key, q->key);
    if (c != 0 || !q->text || o == ORDER_TEXT) return c;
    return str_cmp(suggest_entry_text(s, s->order[o][pos], scratch), *q->text);
}

/* First position of [lo, hi) that is not less (above: that is greater), or hi. */
static uint32_t bound(const struct suggest *s, enum suggest_order o,
                      const struct sought *q, bool above, uint32_t lo, uint32_t hi,
                      struct buf *scratch) {
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = cmp_at(s, o, mid, q, scratch);
        if (c < 0 || (above && c == 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static struct sought sought_of(struct str key) {
    struct sought q = {.key = key, .prefix = suggest_prefix(key)};
    q.mask = key.n >= 8 ? UINT64_MAX : ~(UINT64_MAX >> (8 * key.n));
    return q;
}

struct suggest_range suggest_range_of(const struct suggest *s, enum suggest_order o,
                                      struct str key, struct buf *scratch) {
    struct suggest_range r = {.order = o};
    if (key.n == 0) return r;
    struct sought q = sought_of(key);
    r.lo = bound(s, o, &q, false, 0, s->n, scratch);
    r.whole = bound(s, o, &q, true, r.lo, s->n, scratch);
    q.begins = true;
    r.hi = bound(s, o, &q, true, r.whole, s->n, scratch);
    return r;
}

void suggest_narrow(const struct suggest *s, enum suggest_order o, struct str key,
                    uint32_t *lo, uint32_t *hi, struct buf *scratch) {
    struct sought q = sought_of(key);
    q.begins = true;
    *lo = bound(s, o, &q, false, *lo, *hi, scratch);
    *hi = bound(s, o, &q, true, *lo, *hi, scratch);
}

uint32_t suggest_place(const struct suggest *s, enum suggest_order o, struct str key,
                       struct str text, struct buf *scratch) {
    struct sought q = sought_of(key);
    q.text = &text;
    return bound(s, o, &q, false, 0, s->n, scratch);
}

/* By text, then kind: as members stand. */
static int cmp_member(const struct suggest *s, uint32_t i, enum suggest_kind kind,
                      struct str norm, struct buf *scratch) {
    uint32_t code = s->member[i] & ~SUGGEST_SAME;
    int c = str_cmp(suggest_member_text(s->columns, s->text, code, scratch), norm);
    return c != 0 ? c : (int)suggest_code_kind(code) - (int)kind;
}

size_t suggest_exact(const struct suggest *s, enum suggest_kind kind, struct str norm,
                     size_t max, uint32_t *out) {
    struct buf scratch = buf_init(0);
    uint32_t lo = 0, hi = s->nmembers;
    size_t n = 0;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (cmp_member(s, mid, kind, norm, &scratch) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    while (n < max && lo < s->nmembers && cmp_member(s, lo, kind, norm, &scratch) == 0)
        out[n++] = suggest_code_id(s->member[lo++]);
    if (scratch.failed) n = 0;
    buf_done(&scratch);
    return n;
}
