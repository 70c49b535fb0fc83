/* Suggestions against a naive scan of all texts: random registries of few characters
 * (polyphones, ü, Latin, punctuation), changed and published again and again, asked by
 * text, pinyin, initials, mixtures and by what stands inside. sset_publish besides proves
 * that the file of an update is the file made from nothing. */
#include "core/pinyin.h"
#include "core/suggest.h"
#include "core/utf8.h"
#include "tests/prop/draw.h"
#include "tests/unit/suggest_set.h"

#define DOCS 36
#define ROUNDS 30
#define INPUTS 60
#define TEXT 96
#define MAX_ENTRIES (DOCS * (1 + 3 * SSET_VALUES))
#define UNITS 64

static uint64_t seed = 20261121;

/* ---- records
 * --------------------------------------------------------------------------- */

static const char *const piece[] = {
    "长", "重",  "行",  "大", "学", "太", "原", "理", "工", "绿", "女",
    "安", "西",  "仙",  "中", "国", "庆", "单", "仇", "銀", "路", "石",
    "5G", "co2", "LNG", "ü",  "（", "）", "·",  " ",  "Ａ",
};
static const char *const phrase[] = {"太原理工大学", "重庆长江大学", "西安",   "银行",
                                     "绿色长安",     "中国石油大学", "5G通信", "女工"};

struct texts {
    char v[DOCS][1 + 3 * SSET_VALUES][TEXT];
};

/* Puts `s` at out + at, where there is room; returns where it ends. */
static size_t join(char *out, size_t at, const char *s) {
    size_t n = strlen(s);
    memcpy(out + at, s, n + 1);
    return at + n;
}

static void draw_text(char *out, int most) {
    size_t n = 0;
    int parts = 1 + draw_below(&seed, most);
    if (draw_below(&seed, 3) == 0)
        n = join(out, 0, phrase[draw_below(&seed, (int)ARRAY_LEN(phrase))]);
    for (int i = 0; i < parts && n < TEXT - 20; i++)
        n = join(out, n, piece[draw_below(&seed, (int)ARRAY_LEN(piece))]);
}

static void draw_values(const char **to, char v[SSET_VALUES][TEXT]) {
    int n = draw_below(&seed, SSET_VALUES);
    for (int i = 0; i < SSET_VALUES; i++) to[i] = NULL;
    for (int i = 0; i < n; i++) {
        draw_text(v[i], 3);
        to[i] = draw_below(&seed, 12) ? v[i] : "none";
    }
}

static void draw_doc(struct sset_doc *d, struct texts *t, uint32_t docid) {
    char(*v)[TEXT] = t->v[docid - 1];
    draw_text(v[0], draw_below(&seed, 6) ? 4 : 18);
    *d = (struct sset_doc){.docid = docid, .title = v[0]};
    draw_values(d->keyword, v + 1);
    draw_values(d->unit, v + 1 + SSET_VALUES);
    draw_values(d->person, v + 1 + 2 * SSET_VALUES);
}

/* ---- the naive registry
 * ------------------------------------------------------------------ */

struct entry {
    char text[TEXT * 2];
    size_t chars;
    uint32_t count[SUGGEST_KINDS]; /* of the most used value */
    char value[SUGGEST_KINDS][TEXT];
};

struct naive {
    struct entry v[MAX_ENTRIES];
    size_t n;
};

static void norm_of(const char *text, char *out) {
    struct buf b = buf_init(0);
    ok(text_normalise(str_of(text), &b, NULL, err));
    assert_true(b.n < TEXT * 2);
    snprintf(out, TEXT * 2, "%s", buf_z(&b));
    buf_done(&b);
}

/* How many live records have exactly this value. */
static uint32_t count_value(const struct sset_doc *doc, enum suggest_kind kind,
                            const char *value) {
    uint32_t n = 0;
    for (size_t i = 0; i < DOCS; i++) {
        if (!doc[i].docid) continue;
        const char *const *v = kind == SUGGEST_KEYWORD ? doc[i].keyword
                               : kind == SUGGEST_UNIT  ? doc[i].unit
                                                       : doc[i].person;
        bool has = false;
        for (size_t k = 0; k < SSET_VALUES && v[k]; k++) has |= strcmp(v[k], value) == 0;
        n += has;
    }
    return n;
}

static struct entry *entry_of(struct naive *x, const char *value) {
    char text[TEXT * 2];
    norm_of(value, text);
    if (!*text || strcmp(value, "none") == 0) return NULL;
    for (size_t i = 0; i < x->n; i++)
        if (strcmp(x->v[i].text, text) == 0) return &x->v[i];
    struct entry *e = &x->v[x->n++];
    memset(e, 0, sizeof *e);
    join(e->text, 0, text);
    e->chars = utf8_length(str_of(text));
    return e;
}

static void add_values(struct naive *x, const struct sset_doc *all,
                       enum suggest_kind kind, const char *const *v) {
    for (size_t i = 0; i < SSET_VALUES && v[i]; i++) {
        struct entry *e = entry_of(x, v[i]);
        if (!e) continue;
        uint32_t n = count_value(all, kind, v[i]);
        if (n > e->count[kind] ||
            (n == e->count[kind] && strcmp(v[i], e->value[kind]) < 0)) {
            e->count[kind] = n;
            join(e->value[kind], 0, v[i]);
        }
    }
}

static void read_registry(struct naive *x, const struct sset_doc *doc) {
    x->n = 0;
    for (size_t i = 0; i < DOCS; i++) {
        if (!doc[i].docid) continue;
        struct entry *e = entry_of(x, doc[i].title);
        if (e) e->count[SUGGEST_TITLE]++;
        add_values(x, doc, SUGGEST_KEYWORD, doc[i].keyword);
        add_values(x, doc, SUGGEST_UNIT, doc[i].unit);
        add_values(x, doc, SUGGEST_PERSON, doc[i].person);
    }
}

static enum suggest_kind kind_of(const struct entry *e) {
    enum suggest_kind best = SUGGEST_KEYWORD;
    for (enum suggest_kind k = SUGGEST_UNIT; k < SUGGEST_KINDS; k++)
        if (e->count[k] > e->count[best]) best = k;
    return e->count[SUGGEST_TITLE] > e->count[best] ? SUGGEST_TITLE : best;
}

/* ---- the naive match
 * ----------------------------------------------------------------------- */

struct units {
    uint32_t cp[TEXT];
    size_t n, lead; /* units and bytes before the first letter */
    size_t lead_bytes;
    bool han;
    char letters[TEXT * 4];
};

static bool in_keys(uint32_t cp) {
    return text_is_han(cp) || text_is_word(cp);
}

static struct units units_of(const char *norm) {
    struct units u = {.n = 0};
    bool lead = true;
    size_t n = 0;
    const char *end = norm + strlen(norm);
    for (const char *p = norm, *from = p; p < end; from = p) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (!in_keys(cp)) continue;
        u.han |= text_is_han(cp);
        if (cp == 0xFC) cp = 'v';
        if (lead && cp >= 'a' && cp <= 'z') {
            lead = false;
            u.lead = u.n;
            u.lead_bytes = (size_t)(from - norm);
        }
        u.cp[u.n++] = cp;
        n += utf8_put(cp, u.letters + n);
    }
    if (lead) u.lead = u.n;
    if (lead) u.lead_bytes = strlen(norm);
    return u;
}

struct spoken {
    uint32_t cp[TEXT];
    const char *syllable[TEXT]; /* NULL: none */
    size_t n, skip;             /* characters that stand for the lead */
};

static bool goes_on(const struct units *u, size_t i, const struct spoken *t, size_t k) {
    if (i == u->n) return true;
    if (k == t->n) return false;
    if (u->cp[i] == t->cp[k] && goes_on(u, i + 1, t, k + 1)) return true;
    const char *s = t->syllable[k];
    if (!s) return false;
    size_t n = 0;
    while (s[n] && i + n < u->n &&
           (u->cp[i + n] == (unsigned char)s[n] || (s[n] == 'v' && u->cp[i + n] == 'u')))
        n++;
    if (n && i + n == u->n) return true;
    if (n && !s[n] && goes_on(u, i + n, t, k + 1)) return true;
    if (u->cp[i] != (unsigned char)s[0]) return false;
    if (goes_on(u, i + 1, t, k + 1)) return true;
    return s[1] == 'h' && i + 1 < u->n && u->cp[i + 1] == 'h' &&
           goes_on(u, i + 2, t, k + 1);
}

static size_t read_text(const char *text, bool name, uint16_t *out, size_t max) {
    return name ? pinyin_read_name(str_of(text), out, max)
                : pinyin_read(str_of(text), out, max);
}

static bool is_mixture(const struct units *u, const char *norm, const char *text,
                       bool name) {
    struct spoken t = {.n = 0};
    uint16_t read[TEXT];
    if (strncmp(text, norm, u->lead_bytes) != 0) return false;
    size_t n = read_text(text, name, read, TEXT), i = 0;
    const char *end = text + strlen(text);
    for (const char *p = text, *from = p; p < end && i < n; from = p, i++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (from < text + u->lead_bytes || !in_keys(cp)) continue;
        t.cp[t.n] = cp;
        t.syllable[t.n++] = read[i] ? pinyin_syllable(read[i]) : NULL;
    }
    return goes_on(u, u->lead, &t, 0);
}

static void keys_of(const char *text, bool name, char *full, char *initials) {
    uint16_t read[SUGGEST_KEY_CHARS];
    size_t n = read_text(text, name, read, SUGGEST_KEY_CHARS), i = 0;
    const char *end = text + strlen(text);
    *full = *initials = 0;
    for (const char *p = text, *from = p; p < end && i < n; from = p, i++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (read[i]) {
            join(full, strlen(full), pinyin_syllable(read[i]));
            strncat(initials, pinyin_syllable(read[i]), 1);
        } else if (in_keys(cp)) {
            strncat(full, from, (size_t)(p - from));
            strncat(initials, from, (size_t)(p - from));
        }
    }
}

/* 0: it is the key, 1: the key begins so, 9: neither. */
static int against(const char *key, const char *input) {
    if (strcmp(key, input) == 0) return 0;
    return *input && strncmp(key, input, strlen(input)) == 0 ? 1 : 9;
}

static int min(int a, int b) {
    return a < b ? a : b;
}

/* By pinyin or initials; lu and nu stand for lv and nv at their first two places. */
static int by_letters(const struct units *u, const struct entry *e) {
    char full[TEXT * 8], initials[TEXT * 4], typed[TEXT * 4], one[TEXT * 4];
    size_t at[2], count = 0, n = 0;
    int best = 9;
    keys_of(e->text, e->count[SUGGEST_PERSON], full, initials);
    join(typed, 0, u->letters);
    best = min(best, against(initials, typed));
    for (size_t i = 0; typed[i]; i++)
        if (typed[i] != 'h' || i == 0 || !strchr("zcs", typed[i - 1]))
            one[n++] = typed[i];
    one[n] = 0;
    best = min(best, against(initials, one));
    for (size_t i = 1; typed[i] && count < 2; i++)
        if (typed[i] == 'u' && strchr("ln", typed[i - 1])) at[count++] = i;
    for (unsigned v = 0; v < 1u << count; v++) {
        for (size_t k = 0; k < count; k++) typed[at[k]] = v >> k & 1 ? 'v' : 'u';
        best = min(best, against(full, typed));
    }
    return best == 0 && e->chars > SUGGEST_KEY_CHARS ? 1 : best;
}

/* Which of the groups of suggest_find the entry belongs to; 9: none. */
static int tier(const struct units *u, const char *norm, const struct entry *e) {
    int best = against(e->text, norm);
    if (u->n && !u->han) best = min(best, by_letters(u, e));
    if (best < 9) return best;
    size_t han = text_count_han(str_of(norm));
    if (u->n > han && is_mixture(u, norm, e->text, e->count[SUGGEST_PERSON])) return 2;
    if (han < 2 || text_find(str_of(e->text), str_of(norm), 0) == SIZE_MAX) return 9;
    if (e->count[SUGGEST_KEYWORD] || e->count[SUGGEST_UNIT]) return 3;
    return e->count[SUGGEST_TITLE] ? 4 : 9;
}

struct ranked {
    const struct entry *e;
    int tier;
};

static int cmp_ranked(const void *x, const void *y) {
    const struct ranked *a = x, *b = y;
    if (a->tier != b->tier) return a->tier - b->tier;
    uint32_t m = a->e->count[kind_of(a->e)], n = b->e->count[kind_of(b->e)];
    if (m != n) return m > n ? -1 : 1;
    if (a->e->chars != b->e->chars) return a->e->chars < b->e->chars ? -1 : 1;
    return strcmp(a->e->text, b->e->text);
}

/* ---- asking
 * ---------------------------------------------------------------------------------- */

static void draw_input(char *out, const struct naive *x) {
    const char *text = x->v[draw_below(&seed, (int)x->n)].text;
    uint16_t read[TEXT];
    size_t n = read_text(text, draw_below(&seed, 2), read, TEXT), i = 0;
    const char *p = text, *end = text + strlen(text);
    size_t from = draw_below(&seed, 5) ? 0 : (size_t)draw_below(&seed, (int)n + 1);
    size_t to = from + 1 + (size_t)draw_below(&seed, 6),
           style = (size_t)draw_below(&seed, 4);
    *out = 0;
    for (; p < end && i < n && i < to; i++) {
        const char *c = p;
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (i < from) continue;
        const char *syllable = read[i] ? pinyin_syllable(read[i]) : "";
        size_t how = style == 3 ? (size_t)draw_below(&seed, 3) : style;
        if (how == 0 || !*syllable)
            strncat(out, c, (size_t)(p - c));
        else
            strncat(out, syllable, how == 1 ? 9 : 1u + (syllable[1] == 'h'));
        if (draw_below(&seed, 12) == 0) join(out, strlen(out), "'");
    }
    size_t len = strlen(out);
    if (len > 2 && out[len - 1] > 0 && draw_below(&seed, 3) == 0) out[len - 1] = 0;
    for (char *v = out; *v; v++)
        if (*v == 'v' && draw_below(&seed, 2)) *v = 'u';
    if (draw_below(&seed, 20) == 0)
        join(out, 0, piece[draw_below(&seed, (int)ARRAY_LEN(piece))]);
}

static void say(struct buf *b, const char *text, uint32_t count, enum suggest_kind kind) {
    buf_add_f(b, "[%s %u %d]", text, count, (int)kind);
}

static void compare(const struct sset *x, const struct naive *all, const char *input) {
    static struct ranked r[MAX_ENTRIES];
    struct suggest_entry got[SUGGEST_MAX];
    char norm[TEXT * 2], text[TEXT * 2];
    size_t n = 0, max = 1 + (size_t)draw_below(&seed, SUGGEST_MAX);
    norm_of(input, norm);
    struct units u = units_of(norm);
    for (size_t i = 0; i < all->n; i++) {
        int t = *norm ? tier(&u, norm, &all->v[i]) : 9;
        if (t < 9) r[n++] = (struct ranked){&all->v[i], t};
    }
    if (n) qsort(r, n, sizeof *r, cmp_ranked);
    if (n > max) n = max;
    size_t have = suggest_find(x->s, str_of(input), max, got);
    struct buf want = buf_init(0), is = buf_init(0);
    for (size_t i = 0; i < n; i++)
        say(&want, r[i].e->text, r[i].e->count[kind_of(r[i].e)], kind_of(r[i].e));
    for (size_t i = 0; i < have; i++) {
        struct str s = suggest_text(x->s, &got[i]);
        char value[TEXT * 2];
        snprintf(value, sizeof value, "%.*s", (int)s.n, s.p);
        norm_of(value, text);
        say(&is, text, got[i].count, got[i].kind);
    }
    if (strcmp(buf_z(&want), buf_z(&is)) != 0)
        fail_msg("“%s”:\nis   %s\nwant %s", input, buf_z(&is), buf_z(&want));
    buf_done(&want);
    buf_done(&is);
}

static bool same_sound(const char *a, const char *b, bool name) {
    uint16_t x[TEXT], y[TEXT];
    size_t n = read_text(a, name, x, TEXT), i = 0;
    if (n != read_text(b, name, y, TEXT)) return false;
    const char *p = a, *q = b;
    for (; i < n; i++) {
        uint32_t c, d;
        p = utf8_next(p, a + strlen(a), &c);
        q = utf8_next(q, b + strlen(b), &d);
        if (x[i] != y[i] || (!x[i] && c != d)) return false;
    }
    return true;
}

static void compare_homophones(const struct sset *x, const struct naive *all,
                               const char *text) {
    struct suggest_entry got[SUGGEST_MAX];
    static struct ranked r[MAX_ENTRIES];
    size_t n = 0, chars = utf8_length(str_of(text));
    bool asks = chars >= 2 && chars <= SUGGEST_KEY_CHARS && text_count_han(str_of(text));
    for (size_t i = 0; i < all->n; i++)
        if (asks && kind_of(&all->v[i]) != SUGGEST_TITLE &&
            strcmp(all->v[i].text, text) != 0 &&
            same_sound(all->v[i].text, text, all->v[i].count[SUGGEST_PERSON]))
            r[n++] = (struct ranked){&all->v[i], 0};
    if (n) qsort(r, n, sizeof *r, cmp_ranked);
    size_t have = suggest_homophones(x->s, str_of(text), SUGGEST_MAX, got);
    assert_int_equal(have, n < SUGGEST_MAX ? n : SUGGEST_MAX);
    for (size_t i = 0; i < have; i++) {
        char value[TEXT * 2], norm[TEXT * 2];
        struct str s = suggest_text(x->s, &got[i]);
        snprintf(value, sizeof value, "%.*s", (int)s.n, s.p);
        norm_of(value, norm);
        assert_string_equal(norm, r[i].e->text);
    }
}

static void test_random(void **unused) {
    (void)unused;
    static struct sset_doc doc[DOCS];
    static struct texts texts, fresh_texts;
    static struct naive all;
    struct sset x;
    sset_open(&x);
    for (int round = 0; round < ROUNDS; round++) {
        struct sset_doc put[DOCS];
        uint32_t gone[DOCS];
        size_t nput = 0, ngone = 0;
        for (uint32_t d = 1; d <= DOCS; d++) {
            int what = round == 0 ? 0 : draw_below(&seed, 6);
            if (what == 0) {
                draw_doc(&put[nput], &fresh_texts, d);
                nput++;
            } else if (what == 1 && doc[d - 1].docid) {
                gone[ngone++] = d;
                doc[d - 1].docid = 0;
            }
        }
        for (size_t i = 0; i < nput; i++) {
            uint32_t d = put[i].docid;
            memcpy(texts.v[d - 1], fresh_texts.v[d - 1], sizeof texts.v[d - 1]);
            /* The same draw, with pointers into the texts that stay. */
            doc[d - 1] = put[i];
            char *from = (char *)fresh_texts.v, *to = (char *)texts.v;
            const char **slot[] = {doc[d - 1].keyword, doc[d - 1].unit,
                                   doc[d - 1].person};
            doc[d - 1].title = to + (put[i].title - from);
            for (size_t k = 0; k < ARRAY_LEN(slot); k++)
                for (size_t j = 0; j < SSET_VALUES && slot[k][j]; j++)
                    if (strcmp(slot[k][j], "none") != 0)
                        slot[k][j] = to + (slot[k][j] - from);
        }
        sset_publish(&x, put, nput, gone, ngone);
        read_registry(&all, doc);
        for (int i = 0; i < INPUTS && all.n; i++) {
            char input[TEXT * 8];
            draw_input(input, &all);
            compare(&x, &all, input);
            compare_homophones(&x, &all, all.v[draw_below(&seed, (int)all.n)].text);
        }
    }
    sset_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
