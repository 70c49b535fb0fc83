#include "query/spell.h"

#include "core/utf8.h"
#include "query/qlang_lex.h"
#include "query/spell_edit.h"

#include <talloc.h>

#define WORDS 4      /* the least known words of a query, looked at closely */
#define KIND_TRIES 6 /* counts for changes of one kind */

struct speller {
    struct spell_list list;
    struct str q;
    const struct expansion_list *known;
    uint32_t strict;
    bool filtered;
    spell_count_fn count;
    void *arg;
    struct err *err;
    unsigned tries;
    size_t nseen; /* words of the query */
    size_t n;
    struct spell_word word[WORDS]; /* by weakest */
};

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：检索词建议");
}

/* ---- words ----------------------------------------------------------------------- */

/* The characters of the word, and where they stand in what was typed. */
static void split(struct spell_word *w, const struct text_map *map) {
    const char *p = w->norm.p, *end = w->norm.p + w->norm.n;
    while (p < end) {
        size_t at = (size_t)(p - w->norm.p), last;
        struct spell_char *c = &w->c[w->n++];
        p = utf8_next(p, end, &c->cp);
        last = (size_t)(p - w->norm.p) - 1;
        c->norm = (uint32_t)at;
        c->typed = map->from[at];
        c->end = map->to[last];
    }
}

/* Reads the typed word; n = 0 when it is none to look at. */
static enum status read_word(struct speller *sp, struct spell_word *w) {
    struct text_map map = {0};
    struct buf b = buf_init(SPELL_CHARS * 4);
    enum status s = text_normalise(w->typed, &b, &map, sp->err);
    struct str norm = buf_str(&b);
    if (s == STATUS_LIMIT) {
        s = STATUS_OK; /* longer than any word to look at */
    } else if (s == STATUS_OK && norm.n && utf8_length(norm) <= SPELL_CHARS &&
               text_count_han(norm) <= QLANG_LITERAL_HAN) {
        char *copy = talloc_memdup(sp->list.ctx, norm.p, (unsigned)norm.n);
        w->norm = str_slice(copy, norm.n);
        if (copy)
            split(w, &map);
        else
            s = out_of_memory(sp->err);
    }
    buf_done(&b);
    text_map_done(&map);
    return s;
}

static bool is_letter(uint32_t cp) {
    return text_is_word(cp) && !text_is_han(cp);
}

/* Counts the pairs and tokens, and so bounds the whole word. */
static enum status weigh(const struct speller *sp, struct spell_word *w) {
    enum status s = STATUS_OK;
    w->weakest = UINT32_MAX;
    for (size_t i = 0; s == STATUS_OK && i < w->n; i++) {
        struct spell_char *c = &w->c[i];
        uint32_t *into = &c->pair;
        size_t end = i + 2;
        c->pair = c->token = SPELL_NOT_THERE;
        if (is_letter(c->cp)) {
            if (i > 0 && is_letter(c[-1].cp)) continue;
            into = &c->token;
            for (end = i + 1; end < w->n && is_letter(w->c[end].cp);) end++;
        } else if (i + 1 == w->n || !text_is_han(c->cp) || !text_is_han(c[1].cp)) {
            continue;
        }
        size_t to = end < w->n ? w->c[end].norm : w->norm.n;
        struct str term = str_slice(w->norm.p + c->norm, to - c->norm);
        term.n = utf8_clip(term, ANALYSE_MAX_TOKEN);
        s = xindex_term_count(sp->list.reader, term, into, sp->err);
        if (s == STATUS_OK && *into < w->weakest) w->weakest = *into;
    }
    return s;
}

static bool is_known(const struct speller *sp, struct str typed) {
    for (size_t i = 0; i < sp->known->n; i++)
        if (str_eq(sp->known->v[i].text, typed)) return true;
    return false;
}

/* Keeps the word among the least known ones. */
static void keep_word(struct speller *sp, const struct spell_word *w) {
    size_t at = sp->n;
    while (at > 0 && w->weakest < sp->word[at - 1].weakest) at--;
    if (at == WORDS) return;
    if (sp->n < WORDS) sp->n++;
    for (size_t i = sp->n - 1; i > at; i--) sp->word[i] = sp->word[i - 1];
    sp->word[at] = *w;
}

static enum status find_words(struct speller *sp) {
    struct qlang_lexer lexer = qlang_lex_start(sp->q, AUDIENCE_PUBLIC);
    struct qlang_token t;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && (t = qlang_lex_next(&lexer)).kind == TOKEN_WORD) {
        struct spell_word w = {.at = (size_t)(t.text.p - sp->q.p), .typed = t.text};
        sp->nseen++;
        if (is_known(sp, t.text)) continue;
        s = read_word(sp, &w);
        if (s == STATUS_OK) s = weigh(sp, &w);
        if (s == STATUS_OK && w.weakest != UINT32_MAX) keep_word(sp, &w);
    }
    return s;
}

/* ---- candidates ------------------------------------------------------------------ */

static bool is_before(const struct spell_edit *a, const struct spell_edit *b) {
    if (a->kind != b->kind) return a->kind < b->kind;
    if (a->bound != b->bound) return a->bound > b->bound;
    return str_cmp(str_slice(a->text, a->n), str_slice(b->text, b->n)) < 0;
}

void spell_keep(struct spell_list *l, const struct spell_edit *e) {
    size_t at = l->n;
    if (e->bound < e->word->need) return;
    while (at > 0 && is_before(e, &l->best[at - 1])) at--;
    if (at == SPELL_EDITS) return;
    if (l->n < SPELL_EDITS) l->n++;
    for (size_t i = l->n - 1; i > at; i--) l->best[i] = l->best[i - 1];
    l->best[at] = *e;
}

uint32_t spell_rest(const struct spell_word *w, size_t lo, size_t hi) {
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < w->n; i++) {
        if (i >= lo && i < hi) continue;
        if (w->c[i].pair < least) least = w->c[i].pair;
        if (w->c[i].token < least) least = w->c[i].token;
    }
    return least;
}

static enum status count(struct speller *sp, struct str q, bool filtered,
                         uint32_t *total) {
    sp->tries++;
    return sp->count(sp->arg, q, filtered, total, sp->err);
}

/* How often the registry has the word by itself; a word that it has is left alone. */
static enum status find_edits(struct speller *sp, struct spell_word *w) {
    uint32_t alone = w->weakest;
    enum status s = STATUS_OK;
    if (alone > 0 && sp->nseen == 1 && !sp->filtered)
        alone = sp->strict;
    else if (alone > 0)
        s = count(sp, w->typed, false, &alone);
    if (s != STATUS_OK || alone >= SPELL_BELOW) return s;
    if (alone < sp->strict) alone = sp->strict;
    w->need = alone * SPELL_FACTOR > SPELL_LEAST ? alone * SPELL_FACTOR : SPELL_LEAST;
    s = spell_han(&sp->list, w);
    return s == STATUS_OK ? spell_latin(&sp->list, w) : s;
}

/* The query with the edit in it, under ctx. */
static enum status apply(const struct speller *sp, const void *ctx,
                         const struct spell_edit *e, struct str *out) {
    const struct spell_word *w = e->word;
    size_t a = e->a < w->n ? w->c[e->a].typed : w->typed.n;
    size_t b = e->b > e->a ? w->c[e->b - 1].end : a;
    if (e->a == e->b && e->a) a = b = w->c[e->a - 1].end;
    struct buf q = buf_init(QLANG_MAX_BYTES);
    buf_add(&q, sp->q.p, w->at + a);
    buf_add(&q, e->text, e->n);
    buf_add(&q, sp->q.p + w->at + b, sp->q.n - w->at - b);
    char *copy = q.failed ? NULL : talloc_memdup(ctx, buf_z(&q), (unsigned)q.n + 1);
    *out = str_slice(copy, copy && !q.failed ? q.n : 0);
    enum status s = copy || q.failed == BUF_PAST_MAX ? STATUS_OK : out_of_memory(sp->err);
    buf_done(&q);
    return s;
}

static enum status try_edit(struct speller *sp, const struct spell_edit *e,
                            struct spell_offer *best) {
    struct str q;
    uint32_t total;
    enum status s = apply(sp, sp->list.ctx, e, &q);
    if (s != STATUS_OK || q.n == 0) return s;
    s = count(sp, q, sp->filtered, &total);
    if (s != STATUS_OK || total < e->word->need) return s;
    if (total > best->total || (total == best->total && str_cmp(q, best->q) < 0))
        *best = (struct spell_offer){.q = q, .total = total};
    return s;
}

/* Of the best kind that holds an offer, the one with the largest total. */
static enum status choose(struct speller *sp, struct spell_offer *best) {
    size_t i = 0;
    for (int kind = 0; kind < SPELL_KINDS && best->q.n == 0; kind++) {
        unsigned tries = 0;
        for (; i < sp->list.n && (int)sp->list.best[i].kind == kind; i++) {
            const struct spell_edit *e = &sp->list.best[i];
            if (e->bound < best->total || tries++ == KIND_TRIES) continue;
            if (sp->tries == SPELL_TRIES) return STATUS_OK;
            enum status s = try_edit(sp, e, best);
            if (s != STATUS_OK) return s;
        }
    }
    return STATUS_OK;
}

enum status spell_offer(void *ctx, struct xindex_reader *reader, struct str q,
                        const struct expansion_list *known, uint32_t strict,
                        bool filtered, spell_count_fn count_fn, void *arg,
                        struct spell_offer *out, struct err *err) {
    struct spell_offer best = {.q = {"", 0}};
    struct speller *sp = talloc_zero(ctx, struct speller);
    if (!sp) return out_of_memory(err);
    sp->list = (struct spell_list){.reader = reader, .ctx = sp, .err = err};
    sp->q = q;
    sp->known = known;
    sp->strict = strict;
    sp->filtered = filtered;
    sp->count = count_fn;
    sp->arg = arg;
    sp->err = err;
    enum status s = find_words(sp);
    for (size_t i = 0; s == STATUS_OK && i < sp->n; i++) s = find_edits(sp, &sp->word[i]);
    if (s == STATUS_OK) s = choose(sp, &best);
    if (s == STATUS_OK) {
        if (best.q.n) (void)talloc_steal(ctx, best.q.p);
        *out = best;
    }
    talloc_free(sp);
    return s;
}
