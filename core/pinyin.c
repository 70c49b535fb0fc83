#include "core/pinyin.h"

#include "core/utf8.h"

enum {
    BLOCK_BITS = 7,
    CODE_POINTS = 0x110000,
    SURNAME_MAX = 2, /* characters */
    CHINESE_NAME_MAX = 4, /* a longer one is foreign, 查尔斯·… is not of the family 查 */
};

/* What build/gen/pinyin.inc is made of (core/gen/pinyin.mjs). */
struct han {
    uint16_t usual; /* syllable; 0: none */
    uint16_t node;  /* where phrases that begin so go on; 0: there are none */
};
/* A node of the trie of phrases; the children of one stand together, sorted. */
struct node {
    uint16_t cp, nchildren;
    uint32_t first;   /* child */
    uint32_t reading; /* in phrase_reading, of the phrase that ends here; 0: none does */
};
struct more { /* a character of several readings */
    uint32_t cp, at, n;
};
struct surname {
    uint32_t cp[SURNAME_MAX]; /* the second is 0 in a surname of one character */
    uint16_t syllable[SURNAME_MAX];
};

#include "pinyin.inc"

enum { SYLLABLES = ARRAY_LEN(syllable_name) };

unsigned pinyin_count(void) {
    return SYLLABLES - 1;
}

const char *pinyin_syllable(unsigned id) {
    return id < SYLLABLES ? syllable_name[id] : "";
}

/* The first syllable that is not before `letters`. */
static unsigned lower_bound(struct str letters) {
    unsigned lo = 1, hi = SYLLABLES;
    while (lo < hi) {
        unsigned mid = lo + (hi - lo) / 2;
        if (str_cmp(str_of(syllable_name[mid]), letters) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

unsigned pinyin_by_name(struct str letters) {
    unsigned id = lower_bound(letters);
    return id < SYLLABLES && str_eq_z(letters, syllable_name[id]) ? id : 0;
}

bool pinyin_is_start(struct str letters) {
    unsigned id = lower_bound(letters);
    return letters.n > 0 && id < SYLLABLES &&
           str_starts(str_of(syllable_name[id]), letters);
}

static struct han han_of(uint32_t cp) {
    if (cp >= CODE_POINTS) return (struct han){0, 0};
    return char_block[char_page[cp >> BLOCK_BITS]][cp & ((1 << BLOCK_BITS) - 1)];
}

/* Child of a node, or 0, which is the root and nobody's child. */
static uint32_t child_of(uint32_t node, uint32_t cp) {
    uint32_t lo = phrase_node[node].first, hi = lo + phrase_node[node].nchildren;
    uint32_t end = hi;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (phrase_node[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < end && phrase_node[lo].cp == cp ? lo : 0;
}

/* The longest phrase whose first character stands before p and leads to `node`: how many
 * characters it has, 0 for none. */
static size_t longest_phrase(const char *p, const char *end, uint32_t node,
                             const uint16_t **reading, const char **after) {
    size_t best = 0;
    for (size_t n = 2; p < end; n++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        node = child_of(node, cp);
        if (node == 0) break;
        if (phrase_node[node].reading == 0) continue;
        best = n;
        *reading = phrase_reading + phrase_node[node].reading;
        *after = p;
    }
    return best;
}

size_t pinyin_read(struct str norm, uint16_t *out, size_t max) {
    const char *p = norm.p, *end = norm.p + norm.n;
    size_t n = 0;
    while (n < max && p < end) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        struct han han = han_of(cp);
        const uint16_t *reading = NULL;
        size_t len = han.node ? longest_phrase(p, end, han.node, &reading, &p) : 0;
        if (len == 0) out[n++] = han.usual;
        for (size_t i = 0; i < len && n < max; i++) out[n++] = reading[i];
    }
    return n;
}

static const struct surname *find_surname(uint32_t first, uint32_t second) {
    size_t lo = 0, hi = ARRAY_LEN(surname);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        const struct surname *s = &surname[mid];
        if (s->cp[0] == first && s->cp[1] == second) return s;
        if (s->cp[0] < first || (s->cp[0] == first && s->cp[1] < second))
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

size_t pinyin_read_name(struct str norm, uint16_t *out, size_t max) {
    size_t n = 0, len = 0, bytes[SURNAME_MAX] = {0};
    uint32_t cp[CHINESE_NAME_MAX] = {0};
    const char *p = norm.p, *end = norm.p + norm.n;
    for (; len < CHINESE_NAME_MAX && p < end; len++) {
        p = utf8_next(p, end, &cp[len]);
        if (len < SURNAME_MAX) bytes[len] = (size_t)(p - norm.p);
    }
    const struct surname *s = NULL;
    if (p == end && len > SURNAME_MAX) s = find_surname(cp[0], cp[1]);
    size_t of = s ? SURNAME_MAX : 1;
    if (p == end && len > 1 && !s) s = find_surname(cp[0], 0);
    if (!s) return pinyin_read(norm, out, max);
    while (n < of && n < max) {
        out[n] = s->syllable[n];
        n++;
    }
    size_t skip = bytes[of - 1];
    return n + pinyin_read(str_slice(norm.p + skip, norm.n - skip), out + n, max - n);
}

size_t pinyin_readings(uint32_t cp, uint16_t out[PINYIN_READINGS_MAX]) {
    size_t lo = 0, hi = ARRAY_LEN(more_char);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (more_char[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < ARRAY_LEN(more_char) && more_char[lo].cp == cp) {
        for (size_t i = 0; i < more_char[lo].n; i++)
            out[i] = more_reading[more_char[lo].at + i];
        return more_char[lo].n;
    }
    out[0] = han_of(cp).usual;
    return out[0] != 0;
}

size_t pinyin_homophones(unsigned id, const uint32_t **out) {
    if (id >= SYLLABLES) id = 0;
    *out = homophone + homophone_at[id];
    return homophone_at[id + 1] - homophone_at[id];
}

uint64_t pinyin_fingerprint(void) {
    return PINYIN_TABLE_HASH;
}
