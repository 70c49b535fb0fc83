#include "indexer/similar_text.h"
#include "core/text.h"
#include "core/utf8.h"

#include <xxhash.h>

#define WORD 64u
#define BLOCKS (SIMILAR_MAX_CHARS / WORD)
#define SLOTS 1024u /* of the table of characters: at most a quarter is used */
#define MIN_CORE 4u /* characters that stay when the end is dropped */

static bool is_digit(uint32_t cp) {
    return cp >= '0' && cp <= '9';
}

static bool is_latin(uint32_t cp) {
    return cp >= 'a' && cp <= 'z';
}

/* One character of a list in a literal. */
static bool is_one_of(uint32_t cp, const char *list) {
    const char *end = list + strlen(list);
    while (list < end) {
        uint32_t c;
        list = utf8_next(list, end, &c);
        if (c == cp) return true;
    }
    return false;
}

/* Characters that tell something, in order. */
static size_t letters_of(struct str s, uint32_t out[SIMILAR_MAX_CHARS]) {
    const char *p = s.p, *end = s.p + s.n;
    uint32_t before = 0;
    size_t n = 0;
    while (p < end && n < SIMILAR_MAX_CHARS) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        bool keep = text_is_han(cp) || text_is_word(cp) || cp == '+' || cp == '#' ||
                    (cp == '.' && is_digit(before) && p < end && is_digit((uint8_t)*p));
        if (keep) out[n++] = cp;
        before = cp;
    }
    return n;
}

/* Does the literal stand in t[0, n) so that it ends at `end`? Its length, or 0. */
static size_t ends_with(const uint32_t *t, size_t end, const char *literal) {
    uint32_t word[16] = {0};
    size_t n = 0;
    const char *p = literal, *stop = literal + strlen(literal);
    while (p < stop && n < ARRAY_LEN(word)) p = utf8_next(p, stop, &word[n++]);
    if (n > end) return 0;
    return memcmp(t + end - n, word, n * sizeof *t) == 0 ? n : 0;
}

/* Drops every 基于, 为基础的, 为基础: as each is completed. */
static size_t drop_ground(uint32_t *t, size_t n) {
    static const char *const words[] = {"基于", "为基础"};
    size_t to = 0;
    bool dropped = false;
    for (size_t i = 0; i < n; i++) {
        if (dropped && t[i] == 0x7684 /* 的 */) {
            dropped = false;
            continue;
        }
        dropped = false;
        t[to++] = t[i];
        for (size_t w = 0; w < ARRAY_LEN(words); w++) {
            size_t len = ends_with(t, to, words[w]);
            to -= len;
            dropped = dropped || (len && w == 1);
        }
    }
    return to;
}

static size_t one_of(const uint32_t *t, size_t n, const char *const *words,
                     size_t nwords) {
    for (size_t i = 0; i < nwords; i++) {
        size_t len = ends_with(t, n, words[i]);
        if (len) return n - len;
    }
    return n;
}

/* Drops one (技术)研究(与应用) or 与应用 at the end. */
static size_t drop_end(const uint32_t *t, size_t n) {
    static const char *const use[] = {"应用", "开发"};
    static const char *const its[] = {"其"};
    static const char *const join[] = {"与", "及", "和"};
    static const char *const of[] = {"的"};
    static const char *const what[] = {"关键技术", "技术", "关键"};
    static const char *const work[] = {"研究"};
    size_t at = one_of(t, n, use, ARRAY_LEN(use));
    if (at < n) {
        size_t joined = one_of(t, at, its, 1);
        size_t begin = one_of(t, joined, join, ARRAY_LEN(join));
        at = begin < joined ? begin : n;
    }
    size_t bare = one_of(t, at, work, 1);
    if (bare == at) return at;
    bare = one_of(t, bare, of, 1);
    bare = one_of(t, bare, what, ARRAY_LEN(what));
    return one_of(t, bare, of, 1);
}

/* The end of the run of characters from i on that `is` says yes to. */
static size_t run_end(const uint32_t *t, size_t n, size_t i, bool (*is)(uint32_t cp)) {
    while (i < n && is(t[i])) i++;
    return i;
}

static bool is_number(uint32_t cp) {
    return is_digit(cp) || cp == '.';
}

static bool is_numeral(uint32_t cp) {
    return is_one_of(cp, "一二三四五六七八九十〇零");
}

static bool is_roman(uint32_t cp) {
    return cp == 'i' || cp == 'v' || cp == 'x';
}

/* What stands at i, is it a designator? Its end, or i. *next: where to go on. */
static size_t designator(const uint32_t *t, size_t n, size_t i, size_t *next) {
    if (is_digit(t[i])) return *next = run_end(t, n, i, is_number);
    if (is_latin(t[i])) {
        size_t end = *next = run_end(t, n, i, is_latin);
        bool roman = run_end(t, n, i, is_roman) >= end;
        bool model = end == i + 1 && end < n && is_one_of(t[end], "型号区类段座线");
        return roman || model ? end : i;
    }
    bool ordinal = t[i] == 0x7B2C; /* 第 */
    size_t from = i + ordinal;
    size_t end = run_end(t, n, from, is_numeral);
    *next = end > i ? end : i + 1;
    if (end == from) return i;
    return ordinal || (end < n && is_one_of(t[end], "期号型代批段级类")) ? end : i;
}

static uint64_t designators_of(const uint32_t *t, size_t n) {
    uint64_t h = 0;
    size_t next = 0;
    for (size_t i = 0; i < n; i = next) {
        size_t end = designator(t, n, i, &next);
        if (end > i) h = XXH3_64bits_withSeed(t + i, (end - i) * sizeof *t, h + 1);
    }
    return h;
}

void similar_title_of(struct str normalised, struct similar_title *out) {
    size_t n = letters_of(normalised, out->core);
    out->designators = designators_of(out->core, n);
    n = drop_ground(out->core, n);
    out->full = (uint16_t)n;
    size_t end = drop_end(out->core, n);
    while (end < n && end >= MIN_CORE) {
        n = end;
        end = drop_end(out->core, n);
    }
    out->n = (uint16_t)n;
    out->bag = 0;
    for (size_t i = 0; i < n; i++)
        out->bag |= (uint64_t)1 << (out->core[i] * 0x9E3779B1u >> 26);
}

/* For each character of the pattern the bits of the places where it stands. */
struct pattern {
    uint32_t cp[SLOTS];
    uint64_t bits[SLOTS][BLOCKS];
};

static unsigned slot_of(const struct pattern *p, uint32_t cp) {
    unsigned i = cp * 0x9E3779B1u >> 22;
    while (p->cp[i] && p->cp[i] != cp) i = (i + 1) % SLOTS;
    return i;
}

/* One character of the text against one block of the pattern; hin and the result are the
 * horizontal differences (-1, 0, 1) that come in below and go out above bit `top`. */
static int advance(uint64_t *pv, uint64_t *mv, uint64_t eq, int hin, unsigned top) {
    uint64_t xv = eq | *mv;
    if (hin < 0) eq |= 1;
    uint64_t xh = (((eq & *pv) + *pv) ^ *pv) | eq;
    uint64_t ph = *mv | ~(xh | *pv), mh = *pv & xh;
    int hout = (int)(ph >> top & 1) - (int)(mh >> top & 1);
    ph = ph << 1 | (hin > 0);
    mh = mh << 1 | (hin < 0);
    *pv = mh | ~(xv | ph);
    *mv = ph & xv;
    return hout;
}

static unsigned bit_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
                             unsigned k) {
    struct pattern p;
    uint64_t pv[BLOCKS], mv[BLOCKS];
    size_t blocks = (n + WORD - 1) / WORD;
    memset(p.cp, 0, sizeof p.cp);
    for (size_t i = 0; i < n; i++) {
        unsigned at = slot_of(&p, a[i]);
        if (!p.cp[at]) {
            p.cp[at] = a[i];
            memset(p.bits[at], 0, sizeof p.bits[at]);
        }
        p.bits[at][i / WORD] |= (uint64_t)1 << i % WORD;
    }
    for (size_t i = 0; i < blocks; i++) {
        pv[i] = ~(uint64_t)0;
        mv[i] = 0;
    }
    size_t score = n;
    for (size_t j = 0; j < m; j++) {
        unsigned at = slot_of(&p, b[j]);
        int h = 1;
        for (size_t i = 0; i < blocks; i++) {
            bool last = i + 1 == blocks;
            h = advance(&pv[i], &mv[i], p.cp[at] ? p.bits[at][i] : 0, h,
                        last ? (unsigned)((n - 1) % WORD) : WORD - 1);
        }
        score = h > 0 ? score + 1 : h < 0 ? score - 1 : score;
        /* Each character that is left takes at most one off. */
        if (score > k + (m - 1 - j)) return k + 1;
    }
    return score <= k ? (unsigned)score : k + 1;
}

unsigned similar_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
                          unsigned k) {
    while (n && m && a[n - 1] == b[m - 1]) n--, m--;
    while (n && m && *a == *b) a++, b++, n--, m--;
    size_t longer = n > m ? n : m, shorter = n > m ? m : n;
    if (longer - shorter > k) return k + 1;
    if (shorter == 0) return (unsigned)longer;
    return n <= m ? bit_distance(a, n, b, m, k) : bit_distance(b, m, a, n, k);
}

/* Is b's title a's with a qualifier behind it? */
static bool qualifies(const struct similar_title *a, const struct similar_title *b) {
    return b->n >= a->full + SIMILAR_QUALIFIER &&
           memcmp(a->core, b->core, a->n * sizeof a->core[0]) == 0;
}

/* Words that say about the same; a title may have the one or the other of a row. */
static const char *const synonyms[][8] = {
    {"系统", "装置", "设备", "装备", "仪器", "平台", "机构"},
    {"方法", "技术", "工艺", "方案"},
    {"关键", "核心", "重要"},
    {"研究", "研制", "开发", "设计", "分析", "探讨", "探索", "实践"},
    {"影响", "作用", "效应"},
    {"特性", "特征", "性能", "性质"},
    {"机理", "机制", "规律"},
    {"评价", "评估", "评定"},
};

static bool is_word(const uint32_t *t, size_t n, const char *word) {
    return word && n == 2 && ends_with(t, n, word) == n;
}

static bool say_the_same(const uint32_t *a, size_t n, const uint32_t *b, size_t m) {
    for (size_t row = 0; row < ARRAY_LEN(synonyms); row++) {
        bool one = false, other = false;
        for (size_t i = 0; i < ARRAY_LEN(synonyms[row]); i++) {
            one = one || is_word(a, n, synonyms[row][i]);
            other = other || is_word(b, m, synonyms[row][i]);
        }
        if (one && other) return true;
    }
    return false;
}

static bool share_a_character(const uint32_t *a, size_t n, const uint32_t *b, size_t m) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (a[i] == b[k]) return true;
    return false;
}

/* Do the titles differ in one place only, where each has a word of its own? */
static bool other_word(const struct similar_title *x, const struct similar_title *y) {
    const uint32_t *a = x->core, *b = y->core;
    size_t n = x->n, m = y->n;
    while (n && m && a[n - 1] == b[m - 1]) n--, m--;
    while (n && m && *a == *b) a++, b++, n--, m--;
    return n >= SIMILAR_WORD && m >= SIMILAR_WORD && !share_a_character(a, n, b, m) &&
           !say_the_same(a, n, b, m);
}

static unsigned percent_of(unsigned edits, unsigned n) {
    return n ? 100 - edits * 100 / n : 0;
}

bool similar_titles(const struct similar_title *a, const struct similar_title *b,
                    unsigned *percent) {
    unsigned k = similar_allowed(a->n, b->n);
    if (a->designators != b->designators || a->n + b->n == 0 ||
        !similar_near(a->n, a->bag, b->n, b->bag, k))
        return false;
    unsigned d = similar_distance(a->core, a->n, b->core, b->n, k);
    if (d > k || qualifies(a, b) || qualifies(b, a) || other_word(a, b)) return false;
    if (percent) *percent = percent_of(d, a->n > b->n ? a->n : b->n);
    return true;
}
