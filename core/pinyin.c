#include "core/pinyin.h"

#include "core/utf8.h"

enum {
    BLOCK_BITS = 7,
    CODE_POINTS = 0x110000,
    SURNAME_MAX = 2, /* characters */
    RUN_MAX = 64,    /* characters read at once; a longer run is cut */
    CHINESE_NAME_MAX = 4, /* a longer one is foreign, 查尔斯·… is not of the family 查 */
};

/* What build/gen/pinyin.inc is made of (core/gen/pinyin.mjs). */
struct han {
    uint16_t usual; /* syllable; 0: none */
    uint16_t node;  /* where words that begin so go on; 0: there are none */
    uint16_t cost;  /* as a word of its own: the rarer, the dearer */
};
/* A node of the trie of words; the children of one stand together, sorted. */
struct node {
    uint16_t cp, nchildren;
    uint32_t first;   /* child */
    uint16_t reading; /* of the word that ends here: in word_reading, or */
    uint16_t cost;
};
enum { NO_WORD = 0, AS_USUAL = 1 };

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
    if (cp >= CODE_POINTS) return (struct han){0, 0, 0};
    return char_block[char_page[cp >> BLOCK_BITS]][cp & ((1 << BLOCK_BITS) - 1)];
}

/* Child of a node, or 0, which is the root and nobody's child. */
static uint32_t child_of(uint32_t node, uint32_t cp) {
    uint32_t lo = word_node[node].first, hi = lo + word_node[node].nchildren;
    uint32_t end = hi;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (word_node[mid].cp < cp)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < end && word_node[lo].cp == cp ? lo : 0;
}

/* The cheapest way to read on from one character of a run. */
struct step {
    uint32_t cost; /* from here to the end of the run */
    uint16_t len;  /* characters of the word that begins here */
    uint16_t reading;
};

/* Considers every word that begins with character i; step[i + 1 ..] are known. */
static struct step best_step(const uint32_t *cp, size_t n, size_t i,
                             const struct step *step) {
    struct han han = han_of(cp[i]);
    struct step best = {han.cost + step[i + 1].cost, 1, AS_USUAL};
    uint32_t node = han.node;
    for (size_t k = i + 1; node != 0 && k < n; k++) {
        node = child_of(node, cp[k]);
        const struct node *w = &word_node[node];
        if (node == 0 || w->reading == NO_WORD) continue;
        uint32_t cost = w->cost + step[k + 1].cost;
        if (cost < best.cost)
            best = (struct step){cost, (uint16_t)(k + 1 - i), w->reading};
    }
    return best;
}

/* Reads cp[0 .. n) into out. */
static void read_run(const uint32_t *cp, size_t n, uint16_t *out) {
    struct step step[RUN_MAX + 1];
    step[n] = (struct step){0, 0, 0};
    for (size_t i = n; i-- > 0;) step[i] = best_step(cp, n, i, step);
    for (size_t i = 0; i < n; i += step[i].len)
        for (size_t k = 0; k < step[i].len; k++)
            out[i + k] = step[i].reading == AS_USUAL ? han_of(cp[i + k]).usual
                                                     : word_reading[step[i].reading + k];
}

size_t pinyin_read(struct str norm, uint16_t *out, size_t max) {
    if (norm.n == 0) return 0;
    const char *p = norm.p, *end = norm.p + norm.n;
    size_t n = 0;
    while (n < max && p < end) {
        uint32_t cp[RUN_MAX];
        uint16_t run[RUN_MAX];
        size_t len = 0;
        while (p < end && len < RUN_MAX) {
            p = utf8_next(p, end, &cp[len++]);
            if (han_of(cp[len - 1]).usual == 0) break;
        }
        read_run(cp, len, run);
        for (size_t i = 0; i < len && n < max; i++) out[n++] = run[i];
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
    if (norm.n == 0) return 0;
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
