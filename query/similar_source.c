#include "query/similar_source.h"

#include "core/analyse_walk.h"

#include <math.h>
#include <stdlib.h>
#include <talloc.h>

/* Cohesion of a pair below which a word ends: by itself, beside the smaller and beside
 * the larger of its neighbours. Set by reading cut texts of the evaluation sets. */
#define COHESION_LEAST 0.02
#define COHESION_BESIDE_BOTH 0.35
#define COHESION_BESIDE_ONE 0.15

/* What more records hold than one of TELLING_SHARE tells nothing, in a set that is large
 * enough to say so. */
#define TELLING_SHARE 10
#define TELLING_LEAST 30

#define WEIGHT_NAMED 3 /* title and keywords count as often */

#define LENGTH_FULL 6.0 /* characters; a longer word weighs no more */
#define WEIGHT_HEAD 1.5 /* of a word of title or keywords */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：相似成果");
}

struct similar_source *similar_source_new(void *ctx) {
    return talloc_zero(ctx, struct similar_source);
}

static enum status keep(struct similar_source *s, struct similar_value v, struct str norm,
                        const struct text_map *map, struct err *err) {
    unsigned bytes = (unsigned)(norm.n * sizeof(uint32_t));
    v.from = talloc_memdup(s, map->from, bytes);
    v.to = talloc_memdup(s, map->to, bytes);
    v.norm = str_slice(talloc_memdup(s, norm.p, (unsigned)norm.n), norm.n);
    if (!v.from || !v.to || !v.norm.p) return out_of_memory(err);
    s->norm_bytes += norm.n;
    s->value[s->nvalue++] = v;
    return STATUS_OK;
}

enum status similar_source_add(struct similar_source *s, enum similar_role role,
                               struct str text, struct err *err) {
    struct text_map map = {0};
    struct buf norm = buf_init(SIMILAR_NORM_MAX);
    text.n = utf8_clip(text, SIMILAR_TEXT_MAX);
    if (s->nvalue == SIMILAR_VALUES || text.n == 0) return STATUS_OK;
    enum status st = text_normalise(text, &norm, &map, err);
    if (st == STATUS_OK && norm.n && s->norm_bytes + norm.n <= SIMILAR_NORM_MAX)
        st = keep(s, (struct similar_value){.role = role, .text = text}, buf_str(&norm),
                  &map, err);
    text_map_done(&map);
    buf_done(&norm);
    return st;
}

/* ---- terms ----------------------------------------------------------------------- */

static int by_text(const void *a, const void *b) {
    return str_cmp(((const struct similar_term *)a)->text,
                   ((const struct similar_term *)b)->text);
}

static const struct similar_term *find_term(const struct similar_source *s,
                                            struct str text) {
    struct similar_term key = {.text = text};
    return s->nterm ? bsearch(&key, s->term, s->nterm, sizeof key, by_text) : NULL;
}

uint32_t similar_count(const struct similar_source *s, struct str term) {
    const struct similar_term *t = find_term(s, term);
    return t ? t->count : 0;
}

static enum status copy_terms(struct similar_source *s, const struct term *term, size_t n,
                              struct xindex_reader *reader, struct err *err) {
    s->term = talloc_array(s, struct similar_term, (unsigned)n + 1);
    struct str *text = talloc_array(s, struct str, (unsigned)n + 1);
    uint32_t *count = talloc_array(s, uint32_t, (unsigned)n + 1);
    if (!s->term || !text || !count) return out_of_memory(err);
    for (size_t i = 0; i < n; i++) {
        const char *copy = talloc_memdup(s, term[i].text.p, (unsigned)term[i].text.n);
        if (!copy) return out_of_memory(err);
        text[i] = str_slice(copy, term[i].text.n);
    }
    enum status st = xindex_terms_count(reader, text, n, count, err);
    if (st != STATUS_OK) return st;
    for (size_t i = 0; i < n; i++)
        s->term[i] = (struct similar_term){text[i], term[i].wdf, count[i]};
    s->nterm = n;
    return STATUS_OK;
}

/* A text without pairs and tokens is asked for by its characters. */
static enum status take_chars(struct similar_source *s, const struct terms *t,
                              struct xindex_reader *reader, struct err *err) {
    struct term one[SIMILAR_TERMS];
    char bytes[SIMILAR_TERMS][4];
    const uint32_t *cp;
    size_t n;
    terms_chars(t, &cp, &n);
    if (n > SIMILAR_TERMS) n = SIMILAR_TERMS;
    for (size_t i = 0; i < n; i++)
        one[i] = (struct term){str_slice(bytes[i], utf8_put(cp[i], bytes[i])), 1};
    enum status st = copy_terms(s, one, n, reader, err);
    if (st == STATUS_OK) qsort(s->term, s->nterm, sizeof s->term[0], by_text);
    return st;
}

static enum status take_terms(struct similar_source *s, struct xindex_reader *reader,
                              struct err *err) {
    struct terms *t = NULL;
    const struct term *sorted;
    size_t n = 0;
    enum status st = terms_new(&t, err);
    for (size_t i = 0; st == STATUS_OK && i < s->nvalue; i++)
        st = terms_add(t, s->value[i].norm, "",
                       s->value[i].role == SIMILAR_BODY ? 1 : WEIGHT_NAMED, err);
    if (st == STATUS_OK) st = terms_sorted(t, &sorted, &n, err);
    if (st == STATUS_OK)
        st = n ? copy_terms(s, sorted, n, reader, err) : take_chars(s, t, reader, err);
    terms_free(t);
    return st;
}

/* ---- words ----------------------------------------------------------------------- */

uint32_t similar_rarest(const struct similar_source *s, struct str norm) {
    struct analyse_walk w = analyse_walk_of(norm);
    struct analyse_unit u, last = {.han = false};
    uint32_t rarest = UINT32_MAX;
    while (analyse_walk_next(&w, &u)) {
        bool pair = u.han && last.han && last.text.p + last.text.n == u.text.p;
        struct str term = pair ? str_slice(last.text.p, last.text.n + u.text.n) : u.text;
        uint32_t count = pair || !u.han ? similar_count(s, term) : UINT32_MAX;
        rarest = count < rarest ? count : rarest;
        last = u;
    }
    return rarest;
}

bool similar_is_telling(const struct similar_source *s, uint32_t count) {
    return count <= TELLING_LEAST || count <= s->records / TELLING_SHARE;
}

double similar_idf(const struct similar_source *s, uint32_t count) {
    return log(((double)s->records + 1) / ((double)count + 0.5));
}

double similar_weight(const struct similar_source *s, enum similar_role role,
                      uint32_t count, double length) {
    double head = role == SIMILAR_BODY ? 1 : WEIGHT_HEAD;
    return similar_idf(s, count) * head * (length < LENGTH_FULL ? length : LENGTH_FULL);
}

/* Characters that hardly ever belong to a word that tells anything. */
static bool is_function(uint32_t cp) {
    static const uint32_t all[] = {0x7684, 0x4E86, 0x548C, 0x4E0E, 0x53CA,
                                   0x662F, 0x7B49, 0x800C, 0x6216};
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        if (cp == all[i]) return true;
    return false;
}

struct str similar_shown(void *ctx, const struct similar_value *v, size_t at, size_t n) {
    const char *p = v->text.p + v->from[at], *end = v->text.p + v->to[at + n - 1];
    char *out = talloc_size(ctx, (size_t)(end - p) + 1);
    size_t len = 0;
    if (!out) return str_slice(NULL, 0);
    while (p < end) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        if (!(text_entry(cp) & (TEXT_SPACE | TEXT_NOTHING))) {
            memcpy(out + len, p, (size_t)(next - p));
            len += (size_t)(next - p);
        }
        p = next;
    }
    out[len] = 0;
    return str_slice(out, len);
}

/* A run of Han characters of one value, from one function character to the next. */
struct run {
    const struct similar_value *value;
    size_t n;
    size_t at[SIMILAR_WORD_HAN * 4 + 1]; /* offsets; at[n]: the end */
    uint32_t cp[SIMILAR_WORD_HAN * 4];
    double cohesion[SIMILAR_WORD_HAN * 4]; /* of characters i and i + 1 */
};

static bool has_word(const struct similar_source *s, struct str norm) {
    for (size_t i = 0; i < s->nword; i++)
        if (str_eq(s->word[i].norm, norm)) return true;
    return false;
}

static void add_word(struct similar_source *s, const struct similar_value *v, size_t at,
                     size_t n, bool han, uint32_t count, double length) {
    struct str norm = str_slice(v->norm.p + at, n);
    if (s->nword == SIMILAR_WORDS || has_word(s, norm)) return;
    double weight = similar_weight(s, v->role, count, length);
    s->word[s->nword++] = (struct similar_word){.norm = norm,
                                                .value = v,
                                                .at = at,
                                                .han = han,
                                                .telling = similar_is_telling(s, count),
                                                .weight = weight};
}

/* Characters [a, b) of the run, two or more of them, are a word. */
static void add_han(struct similar_source *s, const struct run *r, size_t a, size_t b) {
    struct str norm = str_slice(r->value->norm.p + r->at[a], r->at[b] - r->at[a]);
    if (b - a >= 2)
        add_word(s, r->value, r->at[a], norm.n, true, similar_rarest(s, norm),
                 (double)(b - a));
}

static bool ends_word(const struct run *r, size_t i) {
    double c = r->cohesion[i], left = i > 0 ? r->cohesion[i - 1] : 0,
           right = i + 2 < r->n ? r->cohesion[i + 1] : 0;
    double less = left < right ? left : right, more = left < right ? right : left;
    return c < COHESION_LEAST || c < COHESION_BESIDE_BOTH * less ||
           c < COHESION_BESIDE_ONE * more;
}

static void cut_run(struct similar_source *s, const struct columns_han *han,
                    struct run *r) {
    uint32_t with = r->n ? columns_han_find(han, r->cp[0]).n : 0;
    for (size_t i = 0; i + 1 < r->n; i++) {
        struct str pair = str_slice(r->value->norm.p + r->at[i], r->at[i + 2] - r->at[i]);
        uint32_t next = columns_han_find(han, r->cp[i + 1]).n;
        uint32_t rarer = with < next ? with : next;
        r->cohesion[i] = rarer ? (double)similar_count(s, pair) / rarer : 1;
        with = next;
    }
    size_t start = 0;
    for (size_t i = 0; i < r->n; i++) {
        bool last = i + 1 == r->n;
        if (!last && !ends_word(r, i) && i + 1 - start < SIMILAR_WORD_HAN) continue;
        add_han(s, r, start, i + 1);
        start = i + 1;
    }
    r->n = 0;
}

static bool is_digits(struct str token) {
    for (size_t i = 0; i < token.n; i++)
        if (token.p[i] < '0' || token.p[i] > '9') return false;
    return true;
}

static void add_token(struct similar_source *s, const struct similar_value *v,
                      struct str whole, struct str token) {
    size_t chars = utf8_length(whole);
    if (chars >= 2 && whole.n <= ANALYSE_MAX_TOKEN && !is_digits(token))
        add_word(s, v, (size_t)(whole.p - v->norm.p), whole.n, false,
                 similar_count(s, token), (double)chars / 2);
}

/* The token with those that - . / or + joins to it. */
static struct str joined(struct str norm, struct str token) {
    const char *end = norm.p + norm.n, *whole = token.p + token.n;
    while (end - whole >= 2 && strchr("-./+", *whole)) {
        const char *p = whole + 1;
        uint32_t cp;
        for (const char *next; p < end; p = next) {
            next = utf8_next(p, end, &cp);
            if (!text_is_word(cp)) break;
        }
        if (p == whole + 1) break;
        whole = p;
    }
    return str_slice(token.p, (size_t)(whole - token.p));
}

static void take_words(struct similar_source *s, const struct columns_han *han,
                       const struct similar_value *v) {
    struct analyse_walk w = analyse_walk_of(v->norm);
    struct analyse_unit u;
    struct run r = {.value = v};
    const char *joined_to = v->norm.p;
    while (analyse_walk_next(&w, &u)) {
        size_t at = (size_t)(u.text.p - v->norm.p);
        bool goes_on = u.han && r.n && r.at[r.n] == at && r.n < ARRAY_LEN(r.cp);
        if (!goes_on || is_function(u.cp)) cut_run(s, han, &r);
        if (u.han && !is_function(u.cp)) {
            r.at[r.n] = at;
            r.cp[r.n++] = u.cp;
            r.at[r.n] = at + u.text.n;
        } else if (!u.han) {
            if (u.text.p >= joined_to) {
                struct str all = joined(v->norm, u.text);
                add_token(s, v, all, u.text); /* as rare as its first token at least */
                joined_to = all.p + all.n;
            }
            add_token(s, v, u.text, u.text);
        }
    }
    cut_run(s, han, &r);
}

enum status similar_source_finish(struct similar_source *s, struct xindex_reader *reader,
                                  struct err *err) {
    enum status st = take_terms(s, reader, err);
    const struct columns *c = xindex_reader_columns(reader);
    s->records = c->live_count;
    for (size_t i = 0; st == STATUS_OK && i < s->nvalue; i++)
        take_words(s, &c->han, &s->value[i]);
    return st;
}
