/* Random small sets and random query trees: the match against a naive evaluator that
 * looks for substrings in the values and counts by linear scan. CHENGGUO_SEED and
 * CHENGGUO_TREES choose another run. */
#include "tests/prop/match_naive.h"

#include <inttypes.h>
#include <talloc.h>

#define TREES_PER_SET 250

static uint64_t state;

static uint32_t rnd(uint32_t n) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 11) % n);
}

static const char *const PIECE[] = {"煤",  "气", "水", "电", "煤", "气",   "a", "ab",
                                    "abc", "b1", " ",  "-",  "，", "煤气", "3d"};
/* Characters and tokens that only a few records have. */
static const char *const RARE[] = {"氢", "硒", "氦", "钍", "铀", "zz", "q9"};

#define EVERY_CHARACTER "煤气水电氢硒氦钍铀a"

/* A random matching text of about n pieces, one of `rare` of them a rare one. */
static struct str text_with(void *ctx, uint32_t n, uint32_t rare) {
    struct buf raw = buf_init(0), norm = buf_init(0);
    for (uint32_t i = 0; i < n; i++)
        buf_add_z(&raw,
                  rnd(rare) ? PIECE[rnd(ARRAY_LEN(PIECE))] : RARE[rnd(ARRAY_LEN(RARE))]);
    ok(text_normalise(buf_str(&raw), &norm, NULL, err));
    char *copy = talloc_strndup(ctx, buf_z(&norm), norm.n);
    struct str s = str_slice(copy, norm.n);
    buf_done(&raw);
    buf_done(&norm);
    return s;
}

static struct str random_text(void *ctx, uint32_t n) {
    return text_with(ctx, n, 1000);
}

/* ---- random sets, trees, requests ---------------------------------------------------
 */

#define z(ctx, fmt, v) str_of(talloc_asprintf(ctx, fmt, v))

static void put(struct xset_doc *d, enum facet f, struct str v) {
    for (uint32_t i = 0; i < d->nfacet[f]; i++)
        if (str_eq(d->facet[f][i], v)) return;
    if (d->nfacet[f] < (facet_is_multi(f) ? XSET_CODES : 1u))
        d->facet[f][d->nfacet[f]++] = v;
}

static int32_t random_date(void) {
    if (rnd(6) == 0) return 0;
    int32_t month = 20240000 + (int32_t)(rnd(2) * 10000 + (1 + rnd(3)) * 100);
    return rnd(4) ? month + 1 + (int32_t)rnd(4) : month;
}

static const char *const REGION[] = {"140100", "140105", "140106", "140200", "110000"};
static const char *const DISCIPLINE[] = {"440", "44010", "4401030",
                                         "520", "52010", "110"};

static void random_doc(struct world *w, struct xset_doc *d, uint32_t docid) {
    *d = (struct xset_doc){.docid = docid};
    d->uid = z(w->ctx, "U%05u", rnd(90000) * 10 + docid % 10).p;
    d->nvalue = 1 + rnd(XSET_VALUES - 1);
    for (size_t i = 0; i < d->nvalue; i++) {
        d->value[i].tag = w->tag[rnd((uint32_t)w->ntag)];
        d->value[i].text = random_text(w->ctx, 1 + rnd(i ? 30 : 6));
    }
    d->key = rnd(10) ? random_text(w->ctx, 1 + rnd(2)) : str_of("");
    for (size_t k = 0; k < DATE_COLUMN_COUNT; k++) d->date[k] = random_date();
    put(d, FACET_YEAR, z(w->ctx, "%u", 2020 + rnd(5)));
    put(d, FACET_REGION, str_of(REGION[rnd(ARRAY_LEN(REGION))]));
    for (uint32_t i = rnd(4); i > 0; i--)
        put(d, FACET_DISCIPLINE, str_of(DISCIPLINE[rnd(ARRAY_LEN(DISCIPLINE))]));
    for (uint32_t i = rnd(4); i > 0; i--)
        put(d, FACET_KEYWORD, z(w->ctx, "k%u", rnd(400)));
    for (size_t i = 0; i < d->nvalue; i++)
        if (d->value[i].tag == w->tag[1] && d->value[i].text.n > 0)
            put(d, FACET_KEYWORD, d->value[i].text);
    if (rnd(3)) put(d, FACET_FIRST_UNIT, z(w->ctx, "unit %u", rnd(300)));
}

static void random_world(struct world *w, const char *dir) {
    w->ctx = talloc_new(NULL);
    w->n = 20 + rnd(MAX_DOCS - 20);
    w->ntag = 0;
    w->tag[w->ntag++] = xset_tag(FIELD_SEARCHED, 0);
    w->tag[w->ntag++] = field_of_facet(FACET_KEYWORD)->tag;
    w->tag[w->ntag++] = xset_tag(FIELD_BY_NAME, 0);
    uint32_t docid = 0, step = rnd(2) ? 400 : 3;
    for (size_t i = 0; i < w->n; i++) {
        docid += 1 + rnd(step);
        random_doc(w, &w->doc[i], docid);
        for (size_t k = 0; k < i; k++) /* uids are unique */
            if (!strcmp(w->doc[k].uid, w->doc[i].uid)) {
                random_doc(w, &w->doc[i], docid);
                k = SIZE_MAX;
            }
    }
    naive_prepare(w);
    xset_publish(dir, 1, w->doc, w->n, NULL, 0);
    ok(xindex_reader_open(dir, &w->reader, err));
}

static uint32_t random_tags(const struct world *w) {
    uint32_t all = field_searched_tags();
    return rnd(3) ? all : 1u << w->tag[rnd(2)];
}

/* A needle that often occurs: cut out of a record, or random. */
static struct str random_needle(struct world *w, void *ctx) {
    for (;;) {
        struct str s = random_text(ctx, 1 + rnd(3));
        if (rnd(3)) {
            const struct xset_doc *d = &w->doc[rnd((uint32_t)w->n)];
            struct str t = d->value[rnd((uint32_t)d->nvalue)].text;
            size_t a = utf8_clip(t, rnd((uint32_t)t.n + 1));
            s = str_slice(t.p + a, t.n - a);
            s.n = utf8_clip(s, 1 + rnd(14));
        }
        if (text_is_searchable(s) && s.p[0] != ' ' && s.p[s.n - 1] != ' ') return s;
    }
}

static void literal_into(struct world *w, void *ctx, struct xindex_node *n, bool named) {
    n->op = XINDEX_LITERAL;
    n->needle = random_needle(w, ctx);
    n->tags = named ? 1u << w->tag[2] : random_tags(w);
    n->weight = (float)rnd(3);
    ok(analyse_literal(ctx, n->needle, named ? "X" : "", &n->literal, err));
}

static struct xindex_cond random_cond(void *ctx) {
    struct xindex_cond c = {.facet = -1, .lo = INT32_MIN, .hi = INT32_MAX};
    struct str *v = talloc_array(ctx, struct str, 2);
    c.value = v;
    switch (rnd(5)) {
        case 0:
            c.date = (int)rnd(DATE_COLUMN_COUNT);
            c.has_range = true;
            c.lo = rnd(3) ? 20240000 + (int32_t)((1 + rnd(3)) * 100 + 1 + rnd(4))
                          : INT32_MIN;
            c.hi = rnd(3) ? 20240000 + (int32_t)((1 + rnd(13)) * 100 + 1 + rnd(4))
                          : INT32_MAX;
            return c;
        case 1:
            c.facet = FACET_YEAR;
            c.has_range = rnd(2) != 0;
            c.lo = 2020 + (int32_t)rnd(4);
            c.hi = c.lo + (int32_t)rnd(3);
            if (!c.has_range || rnd(2)) v[c.nvalue++] = z(ctx, "%u", 2019 + rnd(6));
            return c;
        case 2:
            c.facet = FACET_REGION;
            v[c.nvalue++] =
                rnd(2) ? str_of("140100") : str_of(rnd(2) ? "140000" : "110000");
            if (rnd(2)) v[c.nvalue++] = str_of("140105");
            return c;
        case 3:
            c.facet = FACET_DISCIPLINE;
            v[c.nvalue++] = str_of(rnd(2) ? "440" : "52010");
            return c;
        default:
            c.facet = rnd(2) ? FACET_KEYWORD : FACET_FIRST_UNIT;
            for (int i = 0; i < 2; i++)
                v[c.nvalue++] = c.facet == FACET_KEYWORD ? z(ctx, "k%u", rnd(400))
                                                         : z(ctx, "unit %u", rnd(300));
            return c;
    }
}

static struct xindex_node *random_node(struct world *w, void *ctx, unsigned depth,
                                       bool scored);

static void random_leaf(struct world *w, void *ctx, struct xindex_node *n, bool scored) {
    uint32_t kind = rnd(20);
    if (kind < 9) {
        literal_into(w, ctx, n, rnd(6) == 0);
        return;
    }
    if (kind < 11) {
        n->op = XINDEX_NEAR;
        n->tags = random_tags(w);
        n->gap = rnd(5);
        n->weight = (float)rnd(3);
        n->child = talloc_array(ctx, struct xindex_node *, 2);
        for (n->nchild = 0; n->nchild < 2; n->nchild++) {
            n->child[n->nchild] = talloc_zero(ctx, struct xindex_node);
            literal_into(w, ctx, n->child[n->nchild], false);
        }
        return;
    }
    if (kind < 13) {
        struct str t = text_with(ctx, 3 + rnd(12), 8);
        n->op = XINDEX_ATLEAST;
        n->weight = (float)rnd(3);
        if (text_is_searchable(t)) {
            ok(analyse_literal(ctx, t, "", &n->literal, err));
            n->need = rnd(3) ? 1 + rnd((uint32_t)n->literal.n + 1) : 1;
            if (rnd(2)) n->needle = rnd(3) ? t : text_with(ctx, 1 + rnd(12), 4);
            if (rnd(4) == 0) n->needle = str_of(EVERY_CHARACTER);
            return;
        }
    }
    if (kind < 15 && !scored) {
        n->op = XINDEX_PREFIX;
        n->needle = random_needle(w, ctx);
        n->tags = rnd(6) ? random_tags(w) : 1u << w->tag[2];
        return;
    }
    if (kind < 16 && !scored) {
        n->op = XINDEX_TERM;
        n->literal.terms = talloc_array(ctx, struct str, 1);
        n->literal.n = 1;
        n->literal.terms[0] =
            str_of(talloc_asprintf(ctx, "Q%s", w->doc[rnd((uint32_t)w->n)].uid));
        return;
    }
    n->op = rnd(10) == 0 ? XINDEX_NONE : rnd(4) == 0 ? XINDEX_ALL : XINDEX_COND;
    n->cond = random_cond(ctx);
}

static struct xindex_node *random_node(struct world *w, void *ctx, unsigned depth,
                                       bool scored) {
    struct xindex_node *n = talloc_zero(ctx, struct xindex_node);
    n->boost = rnd(4) ? 0 : (float)(1 + rnd(5));
    if (depth == 0 || rnd(3) == 0) {
        random_leaf(w, ctx, n, scored);
        return n;
    }
    uint32_t kind = rnd(7);
    n->op = kind < 3 ? XINDEX_AND : kind < 6 ? XINDEX_OR : XINDEX_NOT;
    n->nchild = n->op == XINDEX_NOT ? 1 : 1 + rnd(3);
    n->child = talloc_array(ctx, struct xindex_node *, (unsigned)n->nchild);
    for (size_t i = 0; i < n->nchild; i++)
        n->child[i] = random_node(w, ctx, depth - 1, scored);
    return n;
}

/* ---- comparison -------------------------------------------------------------------- */

struct seen {
    bool match[MAX_DOCS];
    uint32_t fails[MAX_DOCS]; /* where entries failed */
    size_t which[MAX_DOCS];   /* the last one failed */
};

static int cmp_str(struct str a, struct str b) {
    return str_cmp(a, b);
}

/* <0 when a comes before b. */
static int sort_order(const struct xindex_request *req, const struct xset_doc *a,
                      const struct xset_doc *b, double sa, double sb) {
    int c = 0;
    if (req->sort == XINDEX_BY_RELEVANCE)
        c = sa > sb ? -1 : sa < sb;
    else if (req->sort == XINDEX_BY_TITLE) {
        if ((a->key.n == 0) != (b->key.n == 0)) return a->key.n == 0 ? 1 : -1;
        c = cmp_str(a->key, b->key);
    } else {
        size_t k = req->sort == XINDEX_BY_APPROVED ? DATE_APPROVED : DATE_ACHIEVED;
        if ((a->date[k] == 0) != (b->date[k] == 0)) return a->date[k] == 0 ? 1 : -1;
        c = (a->date[k] > b->date[k]) - (a->date[k] < b->date[k]);
    }
    if (req->descending && req->sort != XINDEX_BY_RELEVANCE) c = -c;
    return c ? c : strcmp(a->uid, b->uid);
}

static size_t doc_index(const struct world *w, uint32_t docid) {
    for (size_t i = 0; i < w->n; i++)
        if (w->doc[i].docid == docid) return i;
    fail_msg("hit %u is no record", docid);
    return 0;
}

/* What the score of a record may be: both are the same unless it is one of those with
 * equal scores about place XINDEX_REFINED, of which some are looked at twice. */
struct scores {
    double lo[MAX_DOCS], hi[MAX_DOCS];
};

/* The tree of a failure, one node a line. */
static void print_tree(const struct xindex_node *n, int depth) {
    static const char *const OP[] = {"all",  "none",    "and",  "or",
                                     "not",  "literal", "near", "atleast",
                                     "term", "prefix",  "cond"};
    printf("%*s%s tags %x need %u weight %g boost %g needle [%.*s]", depth * 2, "",
           OP[n->op], n->tags, n->need, (double)n->weight, (double)n->boost,
           (int)n->needle.n, n->needle.p);
    for (size_t i = 0; i < n->literal.n; i++) printf(" %s", n->literal.terms[i].p);
    printf("\n");
    for (size_t i = 0; i < n->nchild; i++) print_tree(n->child[i], depth + 1);
}

static bool is_near(double a, double b) {
    return fabs(a - b) < 1e-4;
}

static void set_scores(const struct world *w, const struct xindex_request *req,
                       const struct seen *seen, struct scores *s) {
    double base[MAX_DOCS];
    for (size_t i = 0; i < w->n; i++)
        if (seen->match[i] && seen->fails[i] == 0)
            base[i] = naive_score(w, i, req->query);
    for (size_t i = 0; i < w->n; i++) {
        size_t before = 0, near = 0;
        if (!seen->match[i] || seen->fails[i]) continue;
        for (size_t k = 0; k < w->n; k++) {
            if (!seen->match[k] || seen->fails[k] || k == i) continue;
            near += is_near(base[k], base[i]);
            before += base[k] > base[i] && !is_near(base[k], base[i]);
        }
        s->lo[i] = s->hi[i] = base[i];
        if (before >= XINDEX_REFINED) continue;
        s->hi[i] += naive_refine(w, i, req->query);
        if (before + near < XINDEX_REFINED) s->lo[i] = s->hi[i];
    }
}

static void check_hits(const struct world *w, const struct xindex_request *req,
                       const struct seen *seen, const struct xindex_result *res) {
    struct scores s = {0};
    size_t total = 0;
    bool scored = req->sort == XINDEX_BY_RELEVANCE && req->query;
    for (size_t i = 0; i < w->n; i++) total += seen->match[i] && seen->fails[i] == 0;
    if (scored && req->limit > 0) set_scores(w, req, seen, &s);
    assert_int_equal(res->total, total);
    size_t want = total > req->offset ? total - req->offset : 0;
    want = want < req->limit ? want : req->limit;
    assert_int_equal(res->nhits, want);
    for (size_t h = 0; h < res->nhits; h++) {
        size_t i = doc_index(w, res->hits[h].docid);
        assert_true(seen->match[i] && seen->fails[i] == 0);
        assert_true(str_eq_z(res->hits[h].data, w->doc[i].uid));
        if (scored) {
            double got = res->hits[h].score;
            if (!is_near(got, s.lo[i]) && !is_near(got, s.hi[i])) {
                print_tree(req->query, 0);
                fail_msg("score %g of %u, not %g or %g", got, w->doc[i].docid, s.lo[i],
                         s.hi[i]);
            }
            s.lo[i] = s.hi[i] = got; /* the rounded one decides the order */
        }
        size_t before = 0, near = 0;
        for (size_t k = 0; k < w->n; k++) {
            if (!seen->match[k] || seen->fails[k] || k == i) continue;
            if (!scored)
                before += sort_order(req, &w->doc[k], &w->doc[i], 0, 0) < 0;
            else if (s.lo[k] > s.hi[i] && !is_near(s.lo[k], s.hi[i]))
                before++;
            else
                near += s.hi[k] > s.lo[i] || is_near(s.hi[k], s.lo[i]);
        }
        if (scored)
            assert_true(before <= h + req->offset && h + req->offset <= before + near);
        else
            assert_int_equal(before, h + req->offset);
        if (h && scored)
            assert_true(sort_order(req, &w->doc[doc_index(w, res->hits[h - 1].docid)],
                                   &w->doc[i], res->hits[h - 1].score,
                                   res->hits[h].score) < 0);
    }
}

/* What a record counts for in a facet: its value, or the level shown. */
static struct str shown(void *ctx, const struct xindex_request *req, int facet,
                        struct str code) {
    const struct field *f = field_of_facet((enum facet)facet);
    struct str root = str_of("");
    bool levels = f->list == CODES_REGION || f->list == CODES_INDUSTRY ||
                  f->list == CODES_DISCIPLINE;
    if (!req->rollup || !levels) return code;
    for (size_t i = 0; i < req->nwhere && root.n == 0; i++)
        for (size_t k = 0; req->where[i].facet == facet && k < req->where[i].nvalue; k++)
            if (codes_within(f->list, code, req->where[i].value[k])) {
                root = req->where[i].value[k];
                break;
            }
    char *out = talloc_array(ctx, char, 64);
    return str_slice(out, codes_rollup(f->list, code, root, out, 64));
}

static void check_facet(const struct world *w, void *ctx,
                        const struct xindex_request *req, const struct seen *seen,
                        const struct xindex_facet_counts *got) {
    uint64_t sum = 0, want = 0;
    for (size_t v = 0; v < got->n; v++) {
        uint32_t n = 0;
        for (size_t i = 0; i < w->n; i++) {
            bool own =
                seen->fails[i] == 1 && req->where[seen->which[i]].facet == got->facet;
            bool has = false;
            for (uint32_t k = 0; k < w->doc[i].nfacet[got->facet]; k++)
                has |= str_eq(shown(ctx, req, got->facet, w->doc[i].facet[got->facet][k]),
                              got->count[v].value);
            n += has && seen->match[i] && (seen->fails[i] == 0 || own);
        }
        if (n != got->count[v].n)
            fail_msg("facet %s value %.*s: %u, not %u",
                     facet_name((enum facet)got->facet), (int)got->count[v].value.n,
                     got->count[v].value.p, got->count[v].n, n);
        sum += n;
        if (v) {
            uint32_t before = got->count[v - 1].n;
            assert_true(before > n || (before == n && str_cmp(got->count[v - 1].value,
                                                              got->count[v].value) < 0));
        }
    }
    for (size_t i = 0; i < w->n; i++) { /* nothing is left out */
        bool own = seen->fails[i] == 1 && req->where[seen->which[i]].facet == got->facet;
        if (!seen->match[i] || !(seen->fails[i] == 0 || own)) continue;
        struct str had[XSET_CODES];
        size_t nhad = 0;
        for (uint32_t k = 0; k < w->doc[i].nfacet[got->facet]; k++) {
            struct str v = shown(ctx, req, got->facet, w->doc[i].facet[got->facet][k]);
            bool known = false;
            for (size_t j = 0; j < nhad; j++) known |= str_eq(had[j], v);
            if (!known) had[nhad++] = v;
        }
        want += nhad;
    }
    assert_int_equal(sum, want);
    assert_int_equal(got->sum, want);
    assert_int_equal(got->values, got->n);
}

/* Where the next page begins: behind the last hit, by relevance at an offset. */
static void go_on(const struct world *w, const struct xindex_result *whole, size_t at,
                  struct xindex_request *req) {
    if (req->sort == XINDEX_BY_RELEVANCE) {
        req->offset = (uint32_t)at;
        return;
    }
    const struct xset_doc *d = &w->doc[doc_index(w, whole->hits[at - 1].docid)];
    req->after = (struct xindex_after){
        .set = true,
        .date = d->date[req->sort == XINDEX_BY_APPROVED ? DATE_APPROVED : DATE_ACHIEVED],
        .key = d->key,
        .uid = str_of(d->uid)};
}

/* Walking on from every page gives each hit once, in order, with the same score. */
static void check_pages(const struct world *w, void *ctx,
                        const struct xindex_request *all) {
    struct xindex_request req = *all;
    struct xindex_result *whole, *page;
    req.offset = 0;
    req.limit = MAX_DOCS;
    req.facets = 0;
    ok(xindex_search(w->reader, ctx, &req, &whole, err));
    req.limit = 7;
    for (size_t at = 0; at < whole->nhits; at += page->nhits) {
        if (at) go_on(w, whole, at, &req);
        ok(xindex_search(w->reader, ctx, &req, &page, err));
        assert_int_equal(page->total, whole->total);
        assert_int_equal(page->nhits, at + 7 < whole->nhits ? 7 : whole->nhits - at);
        for (size_t i = 0; i < page->nhits; i++) {
            assert_int_equal(page->hits[i].docid, whole->hits[at + i].docid);
            assert_memory_equal(&page->hits[i].score, &whole->hits[at + i].score,
                                sizeof page->hits[i].score);
        }
    }
}

static void one_tree(struct world *w) {
    void *ctx = talloc_new(NULL);
    struct xindex_cond where[3];
    struct xindex_request req = {.sort = (enum xindex_sort)rnd(4),
                                 .descending = rnd(2) != 0,
                                 .offset = rnd(3) ? 0 : rnd(20),
                                 .limit = rnd(4) ? 1 + rnd(30) : 0,
                                 .rollup = rnd(2) != 0,
                                 .count_without = rnd(2) != 0};
    bool scored = req.sort == XINDEX_BY_RELEVANCE;
    static const int FACETS[] = {FACET_YEAR, FACET_REGION, FACET_DISCIPLINE,
                                 FACET_KEYWORD, FACET_FIRST_UNIT};
    for (size_t i = 0; i < ARRAY_LEN(FACETS); i++)
        req.facets |= rnd(2) ? 1u << FACETS[i] : 0;
    req.query = rnd(8) ? random_node(w, ctx, 3, scored) : NULL;
    for (uint32_t n = rnd(4); n > 0; n--) {
        where[req.nwhere] = random_cond(ctx);
        bool again = false;
        for (size_t i = 0; i < req.nwhere; i++)
            again |= where[i].facet == where[req.nwhere].facet;
        req.nwhere += !again;
    }
    req.where = where;
    struct seen *seen = talloc_zero(ctx, struct seen);
    w->cache->n = 0;
    uint32_t without[3] = {0};
    for (size_t i = 0; i < w->n; i++) {
        seen->match[i] = !req.query || naive_match(w, i, req.query);
        for (size_t k = 0; k < req.nwhere; k++)
            if (!naive_cond(&w->doc[i], &where[k])) {
                seen->fails[i]++;
                seen->which[i] = k;
            }
        for (size_t k = 0; k < req.nwhere; k++)
            without[k] +=
                seen->match[i] &&
                (seen->fails[i] == 0 || (seen->fails[i] == 1 && seen->which[i] == k));
    }
    struct xindex_result *res = NULL;
    if (req.query && naive_too_wide(w, req.query)) {
        struct err err = {0};
        assert_int_equal(xindex_search(w->reader, ctx, &req, &res, &err), STATUS_LIMIT);
        talloc_free(ctx);
        return;
    }
    ok(xindex_search(w->reader, ctx, &req, &res, err));
    check_hits(w, &req, seen, res);
    size_t nfacet = 0;
    for (int f = 0; f < FACET_COUNT; f++)
        if (req.facets >> f & 1) {
            assert_true(nfacet < res->nfacets);
            assert_int_equal(res->facets[nfacet].facet, f);
            check_facet(w, ctx, &req, seen, &res->facets[nfacet++]);
        }
    assert_int_equal(nfacet, res->nfacets);
    for (size_t k = 0; req.count_without && k < req.nwhere; k++)
        assert_int_equal(res->without[k], without[k]);
    if (rnd(4) == 0) check_pages(w, ctx, &req);
    talloc_free(ctx);
}

static void trees_match_the_naive_evaluator(void **unused) {
    (void)unused;
    const char *seed = getenv("CHENGGUO_SEED"), *count = getenv("CHENGGUO_TREES");
    uint64_t start = seed ? strtoull(seed, NULL, 10) : 20260120;
    long trees = count ? strtol(count, NULL, 10) : 3000;
    ok(codes_load(err));
    for (long i = 0; i < trees;) {
        struct world *w = calloc(1, sizeof *w);
        char dir[PATH_MAX];
        assert_non_null(w);
        state = (start + (uint64_t)i) * 0x9E3779B97F4A7C15u | 1;
        printf("set with CHENGGUO_SEED=%" PRIu64 "\n", start + (uint64_t)i);
        xset_make_dir(dir);
        random_world(w, dir);
        for (long k = 0; k < TREES_PER_SET && i < trees; k++, i++) one_tree(w);
        xindex_reader_close(w->reader);
        talloc_free(w->ctx);
        free(w);
        xset_remove_dir(dir);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_match_the_naive_evaluator),
    };
    return cmocka_run_group_tests_name("match against a naive evaluator", tests, NULL,
                                       NULL);
}
