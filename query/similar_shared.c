#include "query/similar_shared.h"

#include "core/utf8.h"

#include <stdlib.h>
#include <talloc.h>

#define CANDIDATES 256 /* shared words that are compared; further ones are not told */

/* Above every weight of a word, so that keywords come first. */
#define RANK_BOTH 3000000.0
#define RANK_ONE 2000000.0

struct candidate {
    struct str norm;
    const struct similar_value *value; /* where the source writes it */
    size_t at;
    double rank;
};

struct comparison {
    const struct similar_source *source;
    struct str text; /* of the found record */
    uint32_t tags;   /* title, keywords, abstract */
    char keyword_tag;
    size_t n;
    struct candidate candidate[CANDIDATES];
};

static uint32_t tag_bit(const char *path) {
    return UINT32_C(1) << field_by_path(str_of(path))->tag;
}

static bool found_has(const struct comparison *c, struct str norm) {
    return rectext_find(c->text, norm, c->tags, 0) != SIZE_MAX;
}

static void add(struct comparison *c, struct candidate one) {
    if (c->n < CANDIDATES) c->candidate[c->n++] = one;
}

/* One character may be a keyword, but in a text it is only a character. */
static bool is_telling(const struct comparison *c, struct str norm) {
    uint32_t rarest = similar_rarest(c->source, norm);
    return rarest != UINT32_MAX && similar_is_telling(c->source, rarest);
}

/* ---- keywords -------------------------------------------------------------------- */

/* A keyword of the found record, where the source has it. */
static void look_in_source(struct comparison *c, struct str keyword) {
    struct candidate best = {.rank = 0};
    for (size_t i = 0; i < c->source->nvalue; i++) {
        const struct similar_value *v = &c->source->value[i];
        size_t at = text_find(v->norm, keyword, 0);
        if (at == SIZE_MAX) continue;
        bool both = v->role == SIMILAR_KEYWORD && v->norm.n == keyword.n;
        if (!both && !is_telling(c, keyword)) continue;
        double rank = (both ? RANK_BOTH : RANK_ONE) - (double)i;
        if (rank > best.rank)
            best = (struct candidate){.norm = str_slice(v->norm.p + at, keyword.n),
                                      .value = v,
                                      .at = at,
                                      .rank = rank};
    }
    if (best.value) add(c, best);
}

static void compare_keywords(struct comparison *c) {
    size_t pos = 0;
    char tag;
    struct str value;
    while (rectext_next(c->text, &pos, &tag, &value))
        if (tag == c->keyword_tag && text_is_searchable(value)) look_in_source(c, value);
    for (size_t i = 0; i < c->source->nvalue; i++) {
        const struct similar_value *v = &c->source->value[i];
        if (v->role == SIMILAR_KEYWORD && is_telling(c, v->norm) && found_has(c, v->norm))
            add(c, (struct candidate){
                       .norm = v->norm, .value = v, .rank = RANK_ONE - (double)i});
    }
}

/* ---- words ----------------------------------------------------------------------- */

static size_t char_bytes(struct str s, size_t at) {
    uint32_t cp;
    return (size_t)(utf8_next(s.p + at, s.p + s.n, &cp) - (s.p + at));
}

/* Where the longest piece of the word from `at` on that the found record has ends; `at`
 * when it is shorter than two characters. */
static size_t piece_end(const struct comparison *c, struct str word, size_t at) {
    size_t end = at + char_bytes(word, at), best = at;
    while (end < word.n) {
        end += char_bytes(word, end);
        if (!found_has(c, str_slice(word.p + at, end - at))) break;
        best = end;
    }
    return best;
}

static void add_piece(struct comparison *c, const struct similar_word *w, size_t at,
                      size_t end) {
    struct str piece = str_slice(w->norm.p + at, end - at);
    uint32_t rarest = similar_rarest(c->source, piece);
    if (!similar_is_telling(c->source, rarest)) return;
    add(c, (struct candidate){.norm = piece,
                              .value = w->value,
                              .at = w->at + at,
                              .rank = similar_weight(c->source, w->value->role, rarest,
                                                     (double)utf8_length(piece))});
}

static void compare_words(struct comparison *c) {
    for (size_t i = 0; i < c->source->nword; i++) {
        const struct similar_word *w = &c->source->word[i];
        if (found_has(c, w->norm)) {
            if (w->telling)
                add(c, (struct candidate){w->norm, w->value, w->at, w->weight});
            continue;
        }
        for (size_t at = 0; w->han && at < w->norm.n;) {
            size_t end = piece_end(c, w->norm, at);
            if (end > at) add_piece(c, w, at, end);
            at = end > at ? end : at + char_bytes(w->norm, at);
        }
    }
}

/* ---- choice ---------------------------------------------------------------------- */

static int by_rank(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->rank > y->rank || x->rank < y->rank) return x->rank > y->rank ? -1 : 1;
    return str_cmp(x->norm, y->norm);
}

static bool stands_in(struct str part, struct str whole) {
    return part.n <= whole.n && memmem(whole.p, whole.n, part.p, part.n) != NULL;
}

enum status similar_shared(void *ctx, const struct similar_source *source,
                           struct str text, struct str *out, size_t *n, struct err *err) {
    struct comparison *c = talloc_zero(ctx, struct comparison);
    if (!c) return err_set(err, STATUS_NOMEM, NULL, "内存不足：相似成果");
    c->source = source;
    c->text = text;
    c->tags = tag_bit("title") | tag_bit("keywords") | tag_bit("abstract");
    c->keyword_tag = field_by_path(str_of("keywords"))->tag;
    compare_keywords(c);
    compare_words(c);
    qsort(c->candidate, c->n, sizeof c->candidate[0], by_rank);
    const struct candidate *chosen[SIMILAR_SHARED];
    struct str told[SIMILAR_SHARED] = {{NULL, 0}};
    size_t k = 0;
    for (size_t i = 0; i < c->n && k < SIMILAR_SHARED; i++) {
        bool said = false;
        for (size_t j = 0; j < k; j++)
            said |= stands_in(c->candidate[i].norm, chosen[j]->norm) ||
                    stands_in(chosen[j]->norm, c->candidate[i].norm);
        if (said) continue;
        told[k] = similar_shown(ctx, c->candidate[i].value, c->candidate[i].at,
                                c->candidate[i].norm.n);
        if (!told[k].p) return err_set(err, STATUS_NOMEM, NULL, "内存不足：相似成果");
        chosen[k++] = &c->candidate[i];
    }
    memcpy(out, told, k * sizeof told[0]);
    *n = k;
    talloc_free(c);
    return STATUS_OK;
}
