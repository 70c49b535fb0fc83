#include "query/associate.h"

#include <math.h>
#include <stdlib.h>
#include <talloc.h>

#define NO_GROUP UINT32_MAX

/* A spelling that the matching records use. */
struct spelling {
    struct str value, norm;
    uint32_t n; /* matching records that write it so */
    uint32_t ord, group;
};

/* Spellings with the same matching text. */
struct group {
    struct str keyword, norm; /* the most frequent spelling */
    uint32_t together, count;
    uint32_t last; /* docid counted last: a record may write it twice */
};

struct mining {
    const struct columns *columns;
    const struct columns_facet *facet;
    struct spelling spelling[ASSOCIATE_LOOK];
    size_t nspelling;
    struct group group[ASSOCIATE_LOOK];
    size_t ngroup;
    uint8_t *asked; /* bit by ordinal: one of the spellings? */
    struct err *err;
};

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：关联词");
}

/* k ln(k / expected), which is 0 for 0. */
static double part(double k, double row, double column, double n) {
    return k > 0 ? k * log(k * n / (row * column)) : 0;
}

double associate_g2(uint64_t both, uint64_t a, uint64_t b, uint64_t n) {
    if (both > a || both > b || a > n || b > n || a - both > n - b) return 0;
    double all = (double)n, with = (double)a, without = (double)(n - a);
    double has = (double)b, lacks = (double)(n - b);
    double g = part((double)both, with, has, all) +
               part((double)(a - both), with, lacks, all) +
               part((double)(b - both), without, has, all) +
               part((double)(n - a - (b - both)), without, lacks, all);
    return g > 0 ? 2 * g : 0; /* rounding may fall below zero */
}

static bool stands_in(struct str part_of, struct str whole) {
    return part_of.n && whole.n && memmem(whole.p, whole.n, part_of.p, part_of.n) != NULL;
}

static bool is_said(struct str norm, const struct str *query, size_t nquery) {
    for (size_t i = 0; i < nquery; i++)
        if (stands_in(norm, query[i]) || (nquery == 1 && stands_in(query[i], norm)))
            return true;
    return false;
}

/* The spellings with their matching text, those left out that the query says. */
static enum status take_spellings(struct mining *m, void *ctx,
                                  const struct xindex_facet_counts *keywords,
                                  const struct str *query, size_t nquery) {
    enum status s = STATUS_OK;
    struct buf b = buf_init(0);
    for (size_t i = 0; i < keywords->n && i < ASSOCIATE_LOOK; i++) {
        struct str value = keywords->count[i].value;
        uint32_t ord = columns_find(m->facet, value);
        if (ord == 0 || str_eq_z(value, "none")) continue;
        buf_clear(&b);
        s = text_normalise(value, &b, NULL, m->err);
        if (s == STATUS_NOMEM) break;
        if (s != STATUS_OK || !text_is_searchable(buf_str(&b)) ||
            is_said(buf_str(&b), query, nquery))
            continue;
        const char *norm = talloc_memdup(ctx, b.p, (unsigned)b.n);
        if (!norm) {
            s = out_of_memory(m->err);
            break;
        }
        m->spelling[m->nspelling++] = (struct spelling){
            value, str_slice(norm, b.n), keywords->count[i].n, ord, NO_GROUP};
    }
    buf_done(&b);
    return s == STATUS_NOMEM ? s : STATUS_OK;
}

/* Groups that enough of the matches have; others could not become associations. A match
 * that writes a keyword in two ways counts twice here: an upper bound. */
static void make_groups(struct mining *m, uint32_t total) {
    for (size_t i = 0; i < m->nspelling; i++) {
        struct spelling *first = &m->spelling[i];
        uint64_t together = 0;
        if (first->group != NO_GROUP) continue;
        for (size_t k = i; k < m->nspelling; k++)
            if (str_eq(m->spelling[k].norm, first->norm)) together += m->spelling[k].n;
        if (together > total) together = total;
        bool enough = together >= ASSOCIATE_LEAST &&
                      (double)together >= ASSOCIATE_SHARE * (double)total;
        if (!enough) continue;
        for (size_t k = i; k < m->nspelling; k++)
            if (str_eq(m->spelling[k].norm, first->norm)) {
                m->spelling[k].group = (uint32_t)m->ngroup;
                m->asked[m->spelling[k].ord / 8] |=
                    (uint8_t)(1u << (m->spelling[k].ord % 8));
            }
        m->group[m->ngroup++] =
            (struct group){first->value, first->norm, (uint32_t)together, 0, 0};
    }
}

static int by_ord(const void *a, const void *b) {
    const struct spelling *x = a, *y = b;
    return x->ord < y->ord ? -1 : x->ord > y->ord;
}

/* How many records of the set have each group: one pass over the column. */
static void count_groups(struct mining *m) {
    const struct columns *c = m->columns;
    qsort(m->spelling, m->nspelling, sizeof m->spelling[0], by_ord);
    for (uint32_t docid = 1; docid < c->size; docid++) {
        if (!columns_is_live(c, docid)) continue;
        for (uint32_t i = m->facet->start[docid]; i < m->facet->start[docid + 1]; i++) {
            struct spelling key = {.ord = columns_ord(m->facet, i)};
            if (!(m->asked[key.ord / 8] >> (key.ord % 8) & 1)) continue;
            const struct spelling *one =
                bsearch(&key, m->spelling, m->nspelling, sizeof m->spelling[0], by_ord);
            struct group *g = one ? &m->group[one->group] : NULL;
            if (!g || g->last == docid) continue;
            g->last = docid;
            g->count++;
        }
    }
}

static bool is_stronger(const struct association *a, const struct association *b) {
    if (a->g2 > b->g2 || a->g2 < b->g2) return a->g2 > b->g2;
    if (a->together != b->together) return a->together > b->together;
    return str_cmp(a->keyword, b->keyword) < 0;
}

/* Into the best so far, in order. */
static void keep_best(struct association *out, size_t *n, struct association one) {
    size_t at = *n;
    while (at > 0 && is_stronger(&one, &out[at - 1])) at--;
    if (at == ASSOCIATE_MAX) return;
    size_t last = *n < ASSOCIATE_MAX ? *n : ASSOCIATE_MAX - 1;
    memmove(&out[at + 1], &out[at], (last - at) * sizeof out[0]);
    out[at] = one;
    *n = last + 1;
}

static size_t judge(const struct mining *m, uint32_t total, struct association *best) {
    uint32_t all = m->columns->live_count;
    size_t n = 0;
    for (size_t i = 0; i < m->ngroup; i++) {
        const struct group *g = &m->group[i];
        uint32_t together = g->together < g->count ? g->together : g->count;
        double share = (double)together / (double)total;
        struct association one = {g->keyword, together, g->count,
                                  associate_g2(together, total, g->count, all)};
        if (together >= ASSOCIATE_LEAST && share >= ASSOCIATE_SHARE &&
            share * (double)all > (double)g->count && one.g2 >= ASSOCIATE_G2)
            keep_best(best, &n, one);
    }
    return n;
}

enum status associate(void *ctx, const struct columns *columns,
                      const struct xindex_facet_counts *keywords, uint32_t total,
                      const struct str *query, size_t nquery, struct association *out,
                      size_t *n, struct err *err) {
    struct association best[ASSOCIATE_MAX];
    struct mining *m = talloc_zero(ctx, struct mining);
    if (!m) return out_of_memory(err);
    m->columns = columns;
    m->facet = &columns->facet[FACET_KEYWORD];
    m->err = err;
    m->asked = talloc_zero_array(m, uint8_t, m->facet->nvalues / 8 + 1);
    enum status s =
        m->asked ? take_spellings(m, m, keywords, query, nquery) : out_of_memory(err);
    size_t found = 0;
    if (s == STATUS_OK && total > 0) {
        make_groups(m, total);
        if (m->ngroup) count_groups(m);
        found = judge(m, total, best);
    }
    for (size_t i = 0; s == STATUS_OK && i < found; i++) {
        struct str *k = &best[i].keyword;
        k->p = talloc_strndup(ctx, k->p, k->n);
        if (!k->p) s = out_of_memory(err);
    }
    talloc_free(m);
    if (s != STATUS_OK) return s;
    memcpy(out, best, found * sizeof best[0]);
    *n = found;
    return STATUS_OK;
}
