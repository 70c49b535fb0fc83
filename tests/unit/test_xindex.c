/* xindex: a small set by hand, written, searched, replaced, swapped, damaged. */
#include "tests/unit/xset.h"

#include <sys/wait.h>
#include <talloc.h>
#include <time.h>

#define expect(want, call)                                                               \
    do {                                                                                 \
        struct err err_ = {0};                                                           \
        struct err *err = &err_;                                                         \
        enum status s_ = (call);                                                         \
        if (s_ != (want)) fail_msg("%s: %s: %s", #call, status_name(s_), err->text);     \
    } while (0)

struct fixture {
    void *ctx;
    char dir[PATH_MAX];
    struct xset_doc doc[6];
    struct xindex_reader *r;
};

static struct fixture fx;

static void add_value(struct xset_doc *d, char tag, const char *text) {
    d->value[d->nvalue].tag = tag;
    d->value[d->nvalue++].text = str_of(text);
}

static void add_code(struct xset_doc *d, enum facet f, const char *code) {
    d->facet[f][d->nfacet[f]++] = str_of(code);
}

static void make_docs(struct xset_doc *d) {
    static const char *const UID[] = {"U1", "U2", "U3", "U4", "U5", "U6"};
    static const char *const KEY[] = {"c", "b", "b", "a", "", "d"};
    static const int32_t APPROVED[] = {20240105, 20240300, 20230601,
                                       0,        20240105, 20250101};
    static const char *const YEAR[] = {"2024", "2024", "2023", "2023", "2024", "2025"};
    static const char *const REGION[] = {"140105", "140106", "140200",
                                         "140105", "110105", "140200"};
    static const char *const TITLE[] = {"煤矿瓦斯抽采技术", "瓦斯抽采与煤矿安全",
                                        "水电站监测",       "co2 laser切割",
                                        "3d-var同化",       "太原理工大学瓦斯"};
    char title = xset_tag(FIELD_SEARCHED, 0), more = xset_tag(FIELD_SEARCHED, 1);
    for (uint32_t i = 0; i < 6; i++) {
        d[i] = (struct xset_doc){.docid = i + 1, .uid = UID[i], .key = str_of(KEY[i])};
        d[i].date[DATE_APPROVED] = APPROVED[i];
        add_value(&d[i], title, TITLE[i]);
        add_code(&d[i], FACET_YEAR, YEAR[i]);
        add_code(&d[i], FACET_REGION, REGION[i]);
    }
    add_value(&d[0], more, "封孔装备");
    add_value(&d[2], more, "瓦斯");
    add_value(&d[2], more, "抽采");
    add_value(&d[3], xset_tag(FIELD_BY_NAME, 0), "李瓦斯");
    add_code(&d[0], FACET_KEYWORD, "瓦斯");
    add_code(&d[0], FACET_KEYWORD, "抽采");
    add_code(&d[1], FACET_KEYWORD, "瓦斯");
}

static int open_set(void **unused) {
    (void)unused;
    ok(codes_load(err));
    memset(&fx, 0, sizeof fx);
    fx.ctx = talloc_new(NULL);
    xset_make_dir(fx.dir);
    make_docs(fx.doc);
    xset_publish(fx.dir, 1, fx.doc, 6, NULL, 0);
    ok(xindex_reader_open(fx.dir, &fx.r, err));
    return 0;
}

static int close_set(void **unused) {
    (void)unused;
    xindex_reader_close(fx.r);
    xset_remove_dir(fx.dir);
    talloc_free(fx.ctx);
    return 0;
}

/* ---- trees and requests --------------------------------------------------------------
 */

static struct xindex_node *node(enum xindex_op op) {
    struct xindex_node *n = talloc_zero(fx.ctx, struct xindex_node);
    n->op = op;
    n->tags = field_searched_tags();
    n->weight = 1;
    return n;
}

static struct xindex_node *literal(const char *needle) {
    struct xindex_node *n = node(XINDEX_LITERAL);
    n->needle = str_of(needle);
    ok(analyse_literal(fx.ctx, n->needle, "", &n->literal, err));
    return n;
}

static struct xindex_node *with(struct xindex_node *n, struct xindex_node *child) {
    n->child =
        talloc_realloc(fx.ctx, n->child, struct xindex_node *, (unsigned)n->nchild + 1);
    n->child[n->nchild++] = child;
    return n;
}

static struct xindex_node *two(enum xindex_op op, struct xindex_node *a,
                               struct xindex_node *b) {
    return with(with(node(op), a), b);
}

static struct xindex_node *term(const char *text) {
    struct xindex_node *n = node(XINDEX_TERM);
    n->literal.terms = talloc(fx.ctx, struct str);
    n->literal.terms[0] = str_of(text);
    n->literal.n = 1;
    return n;
}

static struct xindex_cond is(enum facet f, const char *code) {
    struct str *v = talloc(fx.ctx, struct str);
    *v = str_of(code);
    return (struct xindex_cond){.facet = f, .value = v, .nvalue = 1};
}

static struct xindex_cond between(enum date_column d, int32_t lo, int32_t hi) {
    return (struct xindex_cond){
        .facet = -1, .date = (int)d, .has_range = true, .lo = lo, .hi = hi};
}

static struct xindex_result *search(const struct xindex_request *req) {
    struct xindex_result *res = NULL;
    ok(xindex_search(fx.r, fx.ctx, req, &res, err));
    return res;
}

/* The uids of the hits, in order: "U1 U3". */
static const char *uids(const struct xindex_request *req) {
    struct xindex_result *res = search(req);
    char *out = talloc_strdup(fx.ctx, "");
    for (size_t i = 0; i < res->nhits; i++)
        out = talloc_asprintf_append(out, "%s%.*s", i ? " " : "",
                                     (int)res->hits[i].data.n, res->hits[i].data.p);
    return out;
}

/* What a query finds, by title order descending of nothing: by approved date. */
static const char *found(struct xindex_node *query) {
    struct xindex_request req = {.query = query, .sort = XINDEX_BY_ACHIEVED, .limit = 10};
    return uids(&req);
}

static const char *where_found(struct xindex_cond c) {
    struct xindex_request req = {
        .where = &c, .nwhere = 1, .sort = XINDEX_BY_ACHIEVED, .limit = 10};
    return uids(&req);
}

/* ---- tests --------------------------------------------------------------------------
 */

static void every_operator_finds(void **unused) {
    (void)unused;
    assert_string_equal(found(NULL), "U1 U2 U3 U4 U5 U6");
    assert_string_equal(found(node(XINDEX_ALL)), "U1 U2 U3 U4 U5 U6");
    assert_string_equal(found(node(XINDEX_NONE)), "");
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("瓦斯抽采")), "U1 U2");
    assert_string_equal(found(literal("斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("不在")), "");
    assert_string_equal(found(literal("3d-var")), "U5");
    assert_string_equal(found(literal("var")), "U5");
    assert_string_equal(found(literal("las")), "");
    assert_string_equal(found(two(XINDEX_AND, literal("瓦斯"), literal("煤矿"))),
                        "U1 U2");
    assert_string_equal(found(two(XINDEX_OR, literal("水电"), literal("co2"))), "U3 U4");
    assert_string_equal(
        found(two(XINDEX_AND, literal("瓦斯"), with(node(XINDEX_NOT), literal("抽采")))),
        "U6");
    assert_string_equal(found(with(node(XINDEX_NOT), literal("瓦斯抽采"))),
                        "U3 U4 U5 U6");
    assert_string_equal(found(term("QU4")), "U4");
    assert_string_equal(found(term("QU9")), "");
}

static void fields_are_told_apart(void **unused) {
    (void)unused;
    struct xindex_node *n = literal("瓦斯");
    n->tags = 1u << xset_tag(FIELD_SEARCHED, 1);
    assert_string_equal(found(n), "U3");
    n->tags = 0;
    assert_string_equal(found(n), "");
    /* A field searched by name only has terms of its own. */
    n = node(XINDEX_LITERAL);
    n->needle = str_of("瓦斯");
    n->tags = 1u << xset_tag(FIELD_BY_NAME, 0);
    ok(analyse_literal(fx.ctx, n->needle, "X", &n->literal, err));
    assert_string_equal(found(n), "U4");
}

static void near_prefix_and_at_least(void **unused) {
    (void)unused;
    struct xindex_node *n = two(XINDEX_NEAR, literal("瓦斯"), literal("煤矿"));
    n->gap = 2;
    assert_string_equal(found(n), "U1");
    n->gap = 3;
    assert_string_equal(found(n), "U1 U2");
    n = two(XINDEX_NEAR, literal("瓦斯"), literal("抽采"));
    n->gap = 10; /* U3 has both, in two values */
    assert_string_equal(found(n), "U1 U2");
    n = node(XINDEX_PREFIX);
    n->needle = str_of("las");
    assert_string_equal(found(n), "U4");
    n->needle = str_of("co2 la");
    assert_string_equal(found(n), "U4");
    n->needle = str_of("ser");
    assert_string_equal(found(n), "");
    n->needle = str_of("瓦斯抽");
    assert_string_equal(found(n), "U1 U2");
    n->needle = str_of("3d-v");
    assert_string_equal(found(n), "U5");
    n = node(XINDEX_ATLEAST);
    ok(analyse_literal(fx.ctx, str_of("煤矿瓦斯抽采监测"), "", &n->literal, err));
    assert_int_equal(n->literal.n, 7);
    n->need = 1;
    assert_string_equal(found(n), "U1 U2 U3 U6");
    n->need = 2;
    assert_string_equal(found(n), "U1 U2 U3");
    n->need = 4;
    assert_string_equal(found(n), "U1 U2");
    n->need = 5;
    assert_string_equal(found(n), "U1");
    n->need = 8;
    assert_string_equal(found(n), "");
}

static void conditions_hold(void **unused) {
    (void)unused;
    assert_string_equal(where_found(is(FACET_YEAR, "2023")), "U3 U4");
    assert_string_equal(where_found(is(FACET_YEAR, "1999")), "");
    assert_string_equal(where_found(is(FACET_REGION, "140100")), "U1 U2 U4");
    assert_string_equal(where_found(is(FACET_REGION, "140000")), "U1 U2 U3 U4 U6");
    assert_string_equal(where_found(is(FACET_KEYWORD, "瓦斯")), "U1 U2");
    struct xindex_cond c = is(FACET_YEAR, "2025");
    c.has_range = true;
    c.lo = INT32_MIN;
    c.hi = 2023;
    assert_string_equal(where_found(c), "U3 U4 U6");
    assert_string_equal(where_found(between(DATE_APPROVED, INT32_MIN, INT32_MAX)),
                        "U1 U2 U3 U5 U6");
    /* U2 has a month without day: it lies in a range that holds any of its days. */
    assert_string_equal(where_found(between(DATE_APPROVED, 20240331, 20241231)), "U2");
    assert_string_equal(where_found(between(DATE_APPROVED, 20240201, 20240301)), "U2");
    assert_string_equal(where_found(between(DATE_APPROVED, 20240101, 20240229)), "U1 U5");
    struct xindex_node *n = node(XINDEX_COND);
    n->cond = is(FACET_YEAR, "2024");
    assert_string_equal(found(two(XINDEX_AND, n, literal("瓦斯"))), "U1 U2");
    assert_string_equal(found(n), "U1 U2 U5");
}

static uint32_t count_of(const struct xindex_facet_counts *f, const char *value) {
    for (size_t i = 0; i < f->n; i++)
        if (str_eq_z(f->count[i].value, value)) return f->count[i].n;
    return 0;
}

static void facets_ignore_their_own_filter(void **unused) {
    (void)unused;
    struct xindex_cond where[] = {is(FACET_YEAR, "2024"), is(FACET_REGION, "140100")};
    struct xindex_request req = {.where = where,
                                 .nwhere = 2,
                                 .facets = 1u << FACET_YEAR | 1u << FACET_REGION |
                                           1u << FACET_KEYWORD,
                                 .rollup = true,
                                 .count_without = true};
    struct xindex_result *res = search(&req);
    assert_int_equal(res->total, 2);
    assert_int_equal(res->nhits, 0);
    assert_int_equal(res->revision, 1);
    assert_string_equal(res->as_of, "2026-01-20T08:00:00Z");
    assert_int_equal(res->without[0], 3); /* U1 U2 U4 */
    assert_int_equal(res->without[1], 3); /* U1 U2 U5 */
    assert_int_equal(res->nfacets, 3);
    const struct xindex_facet_counts *f = res->facets;
    assert_int_equal(f[0].facet, FACET_YEAR);
    assert_int_equal(count_of(&f[0], "2024"), 2);
    assert_int_equal(count_of(&f[0], "2023"), 1);
    assert_int_equal(f[0].n, 2);
    /* The level below the selected city; without a selection the city. */
    assert_int_equal(count_of(&f[1], "140105"), 1);
    assert_int_equal(count_of(&f[1], "140106"), 1);
    assert_int_equal(count_of(&f[1], "110000"), 1);
    assert_int_equal(count_of(&f[2], "瓦斯"), 2);
    assert_int_equal(count_of(&f[2], "抽采"), 1);
    assert_true(str_eq_z(f[2].count[0].value, "瓦斯"));
    req.nwhere = 0;
    req.facets = 1u << FACET_REGION;
    res = search(&req);
    assert_int_equal(count_of(&res->facets[0], "140100"), 3);
    assert_int_equal(count_of(&res->facets[0], "140200"), 2);
}

static void a_short_list_of_values_keeps_the_selected(void **unused) {
    (void)unused;
    struct xindex_cond where = is(FACET_YEAR, "2025");
    struct xindex_request req = {
        .where = &where, .nwhere = 1, .facets = 1u << FACET_YEAR, .facet_size = 1};
    const struct xindex_facet_counts *f = search(&req)->facets;
    assert_int_equal(f->n, 2);
    assert_int_equal(f->values, 3);
    assert_int_equal(f->sum, 6);
    assert_true(str_eq_z(f->count[0].value, "2024"));
    assert_int_equal(f->count[0].n, 3);
    assert_true(str_eq_z(f->count[1].value, "2025"));
    req.nwhere = 0;
    assert_int_equal(search(&req)->facets->n, 1);
}

static void sorts_put_missing_last(void **unused) {
    (void)unused;
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 10};
    assert_string_equal(uids(&req), "U3 U1 U5 U2 U6 U4");
    req.descending = true;
    assert_string_equal(uids(&req), "U6 U2 U1 U5 U3 U4");
    req.sort = XINDEX_BY_TITLE;
    assert_string_equal(uids(&req), "U6 U1 U2 U3 U4 U5");
    req.descending = false;
    assert_string_equal(uids(&req), "U4 U2 U3 U1 U6 U5");
    req.offset = 2;
    req.limit = 2;
    assert_string_equal(uids(&req), "U3 U1");
    req.offset = 9;
    assert_string_equal(uids(&req), "");
}

static void cursors_go_on(void **unused) {
    (void)unused;
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 3};
    req.after = (struct xindex_after){.set = true, .date = 20240105, .uid = str_of("U1")};
    assert_string_equal(uids(&req), "U5 U2 U6");
    req.after.uid = str_of("U0"); /* a hit that has gone meanwhile */
    assert_string_equal(uids(&req), "U1 U5 U2");
    req.after.date = 0;
    assert_string_equal(uids(&req), "U4");
    req.sort = XINDEX_BY_TITLE;
    req.after =
        (struct xindex_after){.set = true, .key = str_of("b"), .uid = str_of("U2")};
    assert_string_equal(uids(&req), "U3 U1 U6");
    req.after.key = str_of("bb"); /* no title has this key */
    assert_string_equal(uids(&req), "U1 U6 U5");
    req.descending = true;
    assert_string_equal(uids(&req), "U2 U3 U4");
    req.after.key = str_of("zz");
    assert_string_equal(uids(&req), "U6 U1 U2");
    req.descending = false;
    assert_string_equal(uids(&req), "U5");
    assert_int_equal(search(&req)->total, 6);
}

static void scores_rank_and_boost(void **unused) {
    (void)unused;
    struct xindex_node *phrase = literal("瓦斯抽采");
    struct xindex_request req = {.query = literal("瓦斯"), .limit = 10};
    struct xindex_result *res = search(&req);
    assert_int_equal(res->nhits, 4);
    for (size_t i = 1; i < 4; i++)
        assert_true(res->hits[i - 1].score >= res->hits[i].score);
    assert_true(res->hits[3].score >= 0);
    phrase->boost = 100;
    req.query = two(XINDEX_OR, literal("瓦斯"), phrase);
    res = search(&req);
    assert_int_equal(res->total, 4);
    assert_true(res->hits[1].score > 100 && res->hits[2].score < 100);
    assert_int_equal(res->hits[0].docid + res->hits[1].docid, 3); /* U1, U2 */
    req.after = (struct xindex_after){
        .set = true, .score = res->hits[1].score, .uid = res->hits[1].data};
    assert_int_equal(search(&req)->hits[0].docid, res->hits[2].docid);
}

static void limits_are_kept(void **unused) {
    (void)unused;
    struct xindex_result *res;
    struct xindex_node *n = literal("瓦斯");
    for (int i = 0; i < XINDEX_MAX_DEPTH; i++) n = with(node(XINDEX_AND), n);
    struct xindex_request req = {.query = n};
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req.query = n->child[0];
    ok(xindex_search(fx.r, fx.ctx, &req, &res, err));
    assert_int_equal(res->total, 4);
    n = node(XINDEX_OR);
    for (int i = 0; i < XINDEX_MAX_NODES; i++) with(n, node(XINDEX_ALL));
    req.query = n;
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    n = node(XINDEX_ATLEAST);
    n->literal.n = XINDEX_MAX_TERMS + 1;
    n->literal.terms = talloc_zero_array(fx.ctx, struct str, XINDEX_MAX_TERMS + 1);
    req.query = n;
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req = (struct xindex_request){.limit = XINDEX_MAX_WINDOW, .offset = 1};
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req = (struct xindex_request){.query = node(XINDEX_AND)};
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
    req.query = two(XINDEX_NEAR, literal("瓦斯"), node(XINDEX_ALL));
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
    struct xindex_cond c = {.facet = FACET_COUNT};
    req = (struct xindex_request){.where = &c, .nwhere = 1};
    expect(STATUS_INVALID, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

static void the_deadline_ends_a_search(void **unused) {
    (void)unused;
    struct xindex_result *res;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    struct xindex_request req = {.query = literal("瓦斯抽采"), .limit = 5};
    req.deadline_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - 1;
    struct err err = {0};
    assert_int_equal(xindex_search(fx.r, fx.ctx, &req, &res, &err), STATUS_DEADLINE);
    assert_string_equal(err.code, "deadline");
    req.deadline_ns += (int64_t)3600 * 1000000000;
    assert_int_equal(search(&req)->total, 2);
}

static void a_prefix_may_not_stand_for_too_much(void **unused) {
    (void)unused;
    static struct xset_doc doc[XINDEX_MAX_EXPAND + 1];
    struct xindex_result *res;
    for (uint32_t i = 0; i <= XINDEX_MAX_EXPAND; i++) {
        doc[i] = (struct xset_doc){.docid = 100 + i};
        doc[i].uid = talloc_asprintf(fx.ctx, "P%u", i);
        add_value(&doc[i], xset_tag(FIELD_SEARCHED, 0),
                  talloc_asprintf(fx.ctx, "zz%u", i));
    }
    xset_publish(fx.dir, 2, doc, XINDEX_MAX_EXPAND, NULL, 0);
    struct xindex_node *n = node(XINDEX_PREFIX);
    n->needle = str_of("zz");
    struct xindex_request req = {.query = n};
    assert_int_equal(search(&req)->total, XINDEX_MAX_EXPAND);
    xset_publish(fx.dir, 3, doc + XINDEX_MAX_EXPAND, 1, NULL, 0);
    expect(STATUS_LIMIT, xindex_search(fx.r, fx.ctx, &req, &res, err));
    n->needle = str_of("zz12");
    assert_int_equal(search(&req)->total, 11);
}

static void records_are_looked_up(void **unused) {
    (void)unused;
    uint32_t docid, n;
    struct str data;
    ok(xindex_lookup(fx.r, fx.ctx, str_of("QU3"), &docid, &data, err));
    assert_int_equal(docid, 3);
    assert_true(str_eq_z(data, "U3"));
    expect(STATUS_NOT_FOUND,
           xindex_lookup(fx.r, fx.ctx, str_of("QU33"), &docid, &data, err));
    expect(STATUS_NOT_FOUND, xindex_lookup(fx.r, fx.ctx, str_of(""), &docid, &data, err));
    ok(xindex_term_count(fx.r, str_of("瓦斯"), &n, err));
    assert_int_equal(n, 4);
    ok(xindex_term_count(fx.r, str_of("不在"), &n, err));
    assert_int_equal(n, 0);
    ok(xindex_term_count(fx.r, str_of(""), &n, err));
    assert_int_equal(n, 6);
    struct str text = xindex_reader_text(fx.r, 4);
    assert_int_equal(text.p[0], xset_tag(FIELD_SEARCHED, 0));
    assert_true(str_eq_z(str_slice(text.p + 1, 9), "co2 laser"));
    assert_int_equal(xindex_reader_text(fx.r, 0).n, 0);
    assert_int_equal(xindex_reader_text(fx.r, 4000).n, 0);
    assert_int_equal(xindex_reader_columns(fx.r)->live_count, 6);
}

static void every_search_sees_the_newest_revision(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xset_doc change = fx.doc[0];
    change.nvalue = 0;
    add_value(&change, xset_tag(FIELD_SEARCHED, 0), "改名");
    const uint32_t gone[] = {2, 4000};
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    for (int64_t rev = 2; rev < 5; rev++) {
        xset_publish(fx.dir, rev, &change, 1, gone, 2);
        unlink(xset_path(path, fx.dir, rev == 2 ? "columns-1" : "columns-2"));
    }
    assert_int_equal(xindex_reader_revision(fx.r), 1);
    assert_string_equal(found(literal("瓦斯")), "U3 U6");
    assert_string_equal(found(literal("改名")), "U1");
    assert_int_equal(xindex_reader_revision(fx.r), 4);
    assert_string_equal(xindex_reader_as_of(fx.r), "2026-01-20T08:00:00Z");
    uint32_t docid;
    struct str data;
    expect(STATUS_NOT_FOUND,
           xindex_lookup(fx.r, fx.ctx, str_of("QU2"), &docid, &data, err));
}

static void nothing_shows_before_the_commit(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xindex_writer *w, *second;
    struct term t = {str_of("新词"), 1};
    uint32_t n;
    xset_path(path, fx.dir, "index");
    ok(xindex_writer_open(path, false, &w, err));
    expect(STATUS_BUSY, xindex_writer_open(path, false, &second, err));
    /* More than Xapian spills at. */
    for (uint32_t i = 50; i < 60 + XINDEX_FLUSH_DOCS; i++)
        ok(xindex_writer_put(w, i, &t, 1, str_of("x"), err));
    ok(xindex_term_count(fx.r, t.text, &n, err));
    assert_int_equal(n, 0);
    xindex_writer_close(w);
    ok(xindex_term_count(fx.r, t.text, &n, err));
    assert_int_equal(n, 0);
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    ok(xindex_check(path, err));
}

static void bad_documents_are_refused_before_they_spoil_a_commit(void **unused) {
    (void)unused;
    char path[PATH_MAX], text[XINDEX_TERM_MAX + 1];
    struct xindex_writer *w;
    memset(text, 'a', sizeof text);
    struct term lang = {str_slice(text, XINDEX_TERM_MAX + 1), 1};
    struct term fits = {str_slice(text, XINDEX_TERM_MAX), 1};
    struct term control = {str_of("a\1b"), 1}, empty = {str_of(""), 1};
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 50, &lang, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 50, &empty, 1, str_of(""), err));
    expect(STATUS_INVALID, xindex_writer_put(w, 50, &control, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 0, &fits, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_delete(w, 0, err));
    ok(xindex_writer_put(w, 50, &fits, 1, str_of(""), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void make_shard(const char *dir, uint32_t from, uint32_t to) {
    struct xindex_writer *w;
    struct term t = {str_of("词"), 2};
    ok(xindex_writer_open(dir, true, &w, err));
    for (uint32_t i = from; i < to; i++)
        ok(xindex_writer_put(w, i, &t, 1, str_of("x"), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void shards_keep_their_docids(void **unused) {
    (void)unused;
    char a[PATH_MAX], b[PATH_MAX], set[PATH_MAX], index[PATH_MAX], path[PATH_MAX];
    struct xindex_writer *w;
    struct xindex_reader *r;
    struct columns_builder *cols;
    uint64_t end;
    uint32_t n;
    make_shard(xset_path(a, fx.dir, "a"), 10, 400);
    make_shard(a, 5, 300); /* fresh: what was there is overwritten */
    make_shard(xset_path(b, fx.dir, "b"), 1000, 1010);
    xset_path(set, fx.dir, "set");
    assert_int_equal(mkdir(set, 0755), 0);
    xset_path(index, set, "index");
    const char *shards[] = {b, a}, *twice[] = {a, b, a};
    ok(xindex_compact(shards, 2, index, err));
    expect(STATUS_CONFLICT, xindex_compact(twice, 3, xset_path(path, fx.dir, "c"), err));
    expect(STATUS_INVALID, xindex_compact(shards, 0, xset_path(path, fx.dir, "c"), err));
    ok(rectext_create(xset_path(path, set, "text-1"), &end, err));
    ok(columns_builder_new(NULL, &cols, err));
    ok(columns_builder_write(cols, xset_path(path, set, "columns-1"), 1, "text-1", end,
                             err));
    columns_builder_free(cols);
    /* No metadata yet: a set that nobody may read. */
    expect(STATUS_CORRUPT, xindex_reader_open(set, &r, err));
    ok(xindex_writer_open(index, false, &w, err));
    xset_meta(w, 1, "columns-1", "text-1");
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    ok(xindex_reader_open(set, &r, err));
    ok(xindex_term_count(r, str_of("词"), &n, err));
    assert_int_equal(n, 305);
    xindex_reader_close(r);
    ok(xindex_check(index, err));
    expect(STATUS_NOT_FOUND, xindex_check(xset_path(path, fx.dir, "nowhere"), err));
}

#define REVISIONS 60

/* Publishes as fast as it can and removes the files of older revisions at once. */
static void publish_on_and_on(void) {
    char path[PATH_MAX], name[32];
    for (uint32_t rev = 2; rev <= REVISIONS; rev++) {
        struct xset_doc more[2] = {{.docid = rev * 20}, {.docid = rev * 20 + 1}};
        more[0].uid = talloc_asprintf(fx.ctx, "N%u", rev);
        more[1].uid = talloc_asprintf(fx.ctx, "M%u", rev);
        for (int i = 0; i < 2; i++)
            add_value(&more[i], xset_tag(FIELD_SEARCHED, 0), "瓦斯抽采");
        xset_publish(fx.dir, rev, more, 2, NULL, 0);
        snprintf(name, sizeof name, "columns-%u", rev - 1);
        unlink(xset_path(path, fx.dir, name));
    }
    _exit(0);
}

static void a_search_answers_from_one_revision(void **unused) {
    (void)unused;
    struct xindex_request req = {.query = literal("瓦斯抽采"), .limit = 200};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) publish_on_and_on();
    int ended = 0, how = 0;
    for (int64_t last = 1; last < REVISIONS;) {
        if (!ended && waitpid(child, &how, WNOHANG) == child) ended = 1;
        void *ctx = talloc_new(fx.ctx);
        struct xindex_result *res = NULL;
        struct err err = {0};
        enum status s = xindex_search(fx.r, ctx, &req, &res, &err);
        /* Only a publisher that never rests may be too fast for every retry. */
        if (s != STATUS_OK && (s != STATUS_STALE || ended))
            fail_msg("%s: %s", status_name(s), err.text);
        if (s == STATUS_OK) {
            assert_true(res->revision >= last);
            last = res->revision;
            assert_int_equal(res->total, 2 * last);
            assert_int_equal(res->nhits, res->total);
            assert_int_equal(xindex_reader_columns(fx.r)->revision, last);
        }
        talloc_free(ctx);
        if (ended && last < REVISIONS) fail_msg("stuck at an old revision");
    }
    if (!ended) assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
}

static void join(char out[PATH_MAX], const char *suffix) {
    assert_true(snprintf(out, PATH_MAX, "%s%s", fx.dir, suffix) < PATH_MAX);
}

static void a_swapped_folder_is_noticed(void **unused) {
    (void)unused;
    char other[PATH_MAX], old[PATH_MAX];
    struct xset_doc doc = fx.doc[5];
    join(other, ".new");
    join(old, ".old");
    assert_int_equal(mkdir(other, 0755), 0);
    /* The same revision number as before: only the folder tells. */
    xset_publish(other, 1, &doc, 1, NULL, 0);
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    assert_int_equal(rename(fx.dir, old), 0);
    struct xindex_result *res;
    struct xindex_request req = {.limit = 1};
    expect(STATUS_NOT_FOUND, xindex_search(fx.r, fx.ctx, &req, &res, err));
    assert_int_equal(rename(other, fx.dir), 0);
    assert_string_equal(found(literal("瓦斯")), "U6");
    assert_string_equal(found(NULL), "U6");
    xset_remove_dir(old);
}

static void overwrite(const char *name, const char *text) {
    char path[PATH_MAX];
    FILE *f = fopen(xset_path(path, fx.dir, name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void republish_meta(const char *format, const char *seq, const char *columns) {
    char path[PATH_MAX];
    struct xindex_writer *w;
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    ok(xindex_writer_set_meta(w, "format", str_of(format), err));
    ok(xindex_writer_set_meta(w, "seq", str_of(seq), err));
    ok(xindex_writer_set_meta(w, "columns", str_of(columns), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void damage_is_named(void **unused) {
    (void)unused;
    struct xindex_reader *r;
    char path[PATH_MAX];
    expect(STATUS_NOT_FOUND,
           xindex_reader_open(xset_path(path, fx.dir, "nowhere"), &r, err));
    republish_meta("0", "1", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "one", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "../columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "2", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "columns-9");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "columns-1");
    ok(xindex_reader_open(fx.dir, &r, err));
    xindex_reader_close(r);
    overwrite("text-1", "short");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    unlink(xset_path(path, fx.dir, "text-1"));
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    overwrite("columns-1", "no columns");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    overwrite("index/iamglass", "no index");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    expect(STATUS_CORRUPT, xindex_check(xset_path(path, fx.dir, "index"), err));
    /* The reader that was open keeps answering nothing wrong: it says so too. */
    struct xindex_result *res;
    struct xindex_request req = {.limit = 1};
    expect(STATUS_CORRUPT, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

/* Columns that name a record the index does not hold must not be answered from. */
static void columns_and_index_must_agree(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xindex_writer *w;
    struct xindex_result *res;
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    ok(xindex_writer_delete(w, 5, err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 10};
    expect(STATUS_CORRUPT, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

#define on_set(f) cmocka_unit_test_setup_teardown(f, open_set, close_set)

int main(void) {
    const struct CMUnitTest tests[] = {
        on_set(every_operator_finds),
        on_set(fields_are_told_apart),
        on_set(near_prefix_and_at_least),
        on_set(conditions_hold),
        on_set(facets_ignore_their_own_filter),
        on_set(a_short_list_of_values_keeps_the_selected),
        on_set(sorts_put_missing_last),
        on_set(cursors_go_on),
        on_set(scores_rank_and_boost),
        on_set(limits_are_kept),
        on_set(the_deadline_ends_a_search),
        on_set(a_prefix_may_not_stand_for_too_much),
        on_set(records_are_looked_up),
        on_set(every_search_sees_the_newest_revision),
        on_set(nothing_shows_before_the_commit),
        on_set(bad_documents_are_refused_before_they_spoil_a_commit),
        on_set(shards_keep_their_docids),
        on_set(a_search_answers_from_one_revision),
        on_set(a_swapped_folder_is_noticed),
        on_set(damage_is_named),
        on_set(columns_and_index_must_agree),
    };
    return cmocka_run_group_tests_name("xindex", tests, NULL, NULL);
}
