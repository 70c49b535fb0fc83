#include "query/spell.h"

#include "core/utf8.h"
#include "query/qlang_lex.h"
#include "query/spell_edit.h"

#include <talloc.h>

#define WORDS 4      /* the least known words of a query, looked at closely */
#define KIND_TRIES 6 /* searches for changes of one kind */
/* Of two characters that share a record one time in so many stand side by side when it is
 * by chance: a record has a few hundred characters, and each several times. */
#define CHANCE 30

struct speller {
    struct spell_list list;
    struct str q;
    const struct expansion_list *known;
    uint32_t strict;
    bool filtered;
    struct err *err;
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
        struct str term = spell_slice(w, i, end);
        term.n = utf8_clip(term, ANALYSE_MAX_TOKEN);
        s = xindex_term_count(sp->list.reader, term, into, sp->err);
        if (s == STATUS_OK && *into < w->weakest) w->weakest = *into;
        if (s == STATUS_OK && into == &c->pair)
            c->chance = spell_is_chance(&sp->list, c->cp, c[1].cp, c->pair);
    }
    return s;
}

static struct str first_char(struct str s) {
    uint32_t cp;
    return str_slice(s.p, (size_t)(utf8_next(s.p, s.p + s.n, &cp) - s.p));
}

static struct str last_char(struct str s) {
    size_t at = s.n;
    while (at > 0 && ((unsigned char)s.p[--at] & 0xC0) == 0x80) {
    }
    return str_slice(s.p + at, s.n - at);
}

static bool share_an_end(struct str a, struct str b) {
    return a.n && b.n &&
           (str_eq(first_char(a), first_char(b)) || str_eq(last_char(a), last_char(b)));
}

/* Was the word expanded as a whole? Where only a part of it was (混凝土土, by 砼), the
 * alternatives keep what stands before or behind that part. */
static bool is_known(const struct speller *sp, struct str typed) {
    for (size_t i = 0; i < sp->known->n; i++) {
        const struct expansion *e = &sp->known->v[i];
        for (size_t k = 0; k < e->n && str_eq(e->text, typed); k++)
            if (!share_an_end(e->added[k], typed)) return true;
    }
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
    if (a->guess != b->guess) return a->guess > b->guess;
    return str_cmp(str_slice(a->text, a->n), str_slice(b->text, b->n)) < 0;
}

void spell_keep(struct spell_list *l, const struct spell_edit *e) {
    size_t at = l->n;
    if (e->bound < e->word->need) return;
    if (e->word->there && e->kind > SPELL_MISSING) return;
    while (at > 0 && is_before(e, &l->best[at - 1])) at--;
    if (at == SPELL_EDITS) return;
    if (l->n < SPELL_EDITS) l->n++;
    for (size_t i = l->n - 1; i > at; i--) l->best[i] = l->best[i - 1];
    l->best[at] = *e;
}

bool spell_is_chance(const struct spell_list *l, uint32_t a, uint32_t b, uint32_t pairs) {
    const struct columns *c = xindex_reader_columns(l->reader);
    uint64_t na = columns_han_find(&c->han, a).n, nb = columns_han_find(&c->han, b).n;
    return (uint64_t)pairs * CHANCE * c->live_count < na * nb;
}

uint32_t spell_rest(const struct spell_word *w, size_t lo, size_t hi, size_t skip) {
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < w->n; i++) {
        if ((i < lo || i >= hi) && w->c[i].pair < least) least = w->c[i].pair;
        if (i != skip && w->c[i].token < least) least = w->c[i].token;
    }
    return least;
}

struct str spell_slice(const struct spell_word *w, size_t a, size_t b) {
    size_t to = b < w->n ? w->c[b].norm : w->norm.n;
    return str_slice(w->norm.p + w->c[a].norm, to - w->c[a].norm);
}

enum status spell_find(struct spell_list *l, struct str q, bool filtered,
                       struct spell_found *out) {
    out->total = 0;
    out->n = 0;
    if (l->tries == SPELL_TRIES) return STATUS_OK;
    l->tries++;
    enum status s = l->find(l->arg, q, filtered, out, l->err);
    if (s == STATUS_LIMIT) out->total = 0;
    return s == STATUS_LIMIT ? STATUS_OK : s;
}

/* How often the registry has the word by itself; a word that it has is left alone. */
static enum status find_edits(struct speller *sp, struct spell_word *w) {
    uint32_t alone = w->weakest;
    struct spell_found found;
    enum status s = STATUS_OK;
    if (alone > 0 && sp->nseen == 1 && !sp->filtered)
        alone = sp->strict;
    else if (alone > 0) {
        s = spell_find(&sp->list, w->typed, false, &found);
        alone = found.total;
    }
    if (s != STATUS_OK || alone >= SPELL_BELOW) return s;
    w->there = alone > 0;
    if (alone < sp->strict) alone = sp->strict;
    w->need = alone * SPELL_FACTOR > SPELL_LEAST ? alone * SPELL_FACTOR : SPELL_LEAST;
    s = spell_han(&sp->list, w);
    if (s == STATUS_OK) s = spell_latin(&sp->list, w);
    return s == STATUS_OK ? spell_whole(&sp->list, w) : s;
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

/* The word with the edit in it, as matching text, under ctx. */
static enum status changed_word(const struct spell_edit *e, void *ctx, struct str *out,
                                struct err *err) {
    const struct spell_word *w = e->word;
    size_t a = e->a < w->n ? w->c[e->a].norm : w->norm.n;
    size_t b = e->b < w->n ? w->c[e->b].norm : w->norm.n;
    char *p = talloc_array(ctx, char, (unsigned)(w->norm.n + e->n));
    if (!p) return out_of_memory(err);
    memcpy(p, w->norm.p, a);
    memcpy(p + a, e->text, e->n);
    memcpy(p + a + e->n, w->norm.p + b, w->norm.n - b);
    *out = str_slice(p, a + e->n + w->norm.n - b);
    return STATUS_OK;
}

struct choice {
    struct spell_offer offer;
    bool piece; /* of a longer word */
};

static bool is_better(const struct choice *a, const struct choice *b) {
    if (b->offer.q.n == 0 || a->piece != b->piece) return b->offer.q.n == 0 || b->piece;
    if (a->offer.total != b->offer.total) return a->offer.total > b->offer.total;
    return str_cmp(a->offer.q, b->offer.q) < 0;
}

static enum status try_edit(struct speller *sp, const struct spell_edit *e,
                            struct choice *best) {
    struct choice c = {.piece = false};
    struct spell_found found;
    struct str word = {"", 0};
    enum status s = apply(sp, sp->list.ctx, e, &c.offer.q);
    if (s != STATUS_OK || c.offer.q.n == 0) return s;
    s = spell_find(&sp->list, c.offer.q, sp->filtered, &found);
    if (s != STATUS_OK || found.total < e->word->need) return s;
    c.offer.total = found.total;
    s = changed_word(e, sp->list.ctx, &word, sp->err);
    if (s != STATUS_OK) return s;
    if (text_count_han(word) > 2) c.piece = spell_is_piece(sp->list.reader, &found, word);
    if (c.piece && (e->word->there || e->kind > SPELL_MISSING)) return s;
    if (is_better(&c, best)) *best = c;
    return s;
}

/* Of the best kind that holds an offer, the one with the largest total; a piece of a
 * longer word only when there is nothing else. */
static enum status choose(struct speller *sp, struct choice *best) {
    size_t i = 0;
    for (int kind = 0; kind < SPELL_KINDS && (best->offer.q.n == 0 || best->piece);
         kind++) {
        unsigned tries = 0;
        for (; i < sp->list.n && (int)sp->list.best[i].kind == kind; i++) {
            const struct spell_edit *e = &sp->list.best[i];
            if ((!best->piece && e->bound < best->offer.total) || tries == KIND_TRIES)
                continue;
            tries++;
            enum status s = try_edit(sp, e, best);
            if (s != STATUS_OK) return s;
        }
    }
    return STATUS_OK;
}

enum status spell_offer(void *ctx, struct xindex_reader *reader, struct str q,
                        const struct expansion_list *known, uint32_t strict,
                        bool filtered, spell_find_fn find, void *arg,
                        struct spell_offer *out, struct err *err) {
    struct choice best = {.offer = {.q = {"", 0}}};
    struct speller *sp = talloc_zero(ctx, struct speller);
    if (!sp) return out_of_memory(err);
    sp->list = (struct spell_list){
        .reader = reader, .ctx = sp, .find = find, .arg = arg, .err = err};
    sp->q = q;
    sp->known = known;
    sp->strict = strict;
    sp->filtered = filtered;
    sp->err = err;
    enum status s = find_words(sp);
    for (size_t i = 0; s == STATUS_OK && i < sp->n; i++) s = find_edits(sp, &sp->word[i]);
    if (s == STATUS_OK) s = choose(sp, &best);
    if (s == STATUS_OK) {
        if (best.offer.q.n) (void)talloc_steal(ctx, best.offer.q.p);
        *out = best.offer;
    }
    talloc_free(sp);
    return s;
}
