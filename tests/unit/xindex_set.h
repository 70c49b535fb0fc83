/* xindex_set.h - a small set by hand and short ways to search it, for the tests of
 * xindex: test_xindex.c and test_xindex_store.c. */
#ifndef TESTS_UNIT_XINDEX_SET_H
#define TESTS_UNIT_XINDEX_SET_H

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

static inline void add_value(struct xset_doc *d, char tag, const char *text) {
    d->value[d->nvalue].tag = tag;
    d->value[d->nvalue++].text = str_of(text);
}

static inline void add_code(struct xset_doc *d, enum facet f, const char *code) {
    d->facet[f][d->nfacet[f]++] = str_of(code);
}

static inline void make_docs(struct xset_doc *d) {
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

static inline int open_set(void **unused) {
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

static inline int close_set(void **unused) {
    (void)unused;
    xindex_reader_close(fx.r);
    xset_remove_dir(fx.dir);
    talloc_free(fx.ctx);
    return 0;
}

/* ---- trees and requests --------------------------------------------------------------
 */

static inline struct xindex_node *node(enum xindex_op op) {
    struct xindex_node *n = talloc_zero(fx.ctx, struct xindex_node);
    n->op = op;
    n->tags = field_searched_tags();
    n->weight = 1;
    return n;
}

static inline struct xindex_node *literal(const char *needle) {
    struct xindex_node *n = node(XINDEX_LITERAL);
    n->needle = str_of(needle);
    ok(analyse_literal(fx.ctx, n->needle, "", &n->literal, err));
    return n;
}

static inline struct xindex_node *with(struct xindex_node *n, struct xindex_node *child) {
    n->child =
        talloc_realloc(fx.ctx, n->child, struct xindex_node *, (unsigned)n->nchild + 1);
    n->child[n->nchild++] = child;
    return n;
}

static inline struct xindex_node *two(enum xindex_op op, struct xindex_node *a,
                                      struct xindex_node *b) {
    return with(with(node(op), a), b);
}

static inline struct xindex_node *term(const char *text) {
    struct xindex_node *n = node(XINDEX_TERM);
    n->literal.terms = talloc(fx.ctx, struct str);
    n->literal.terms[0] = str_of(text);
    n->literal.n = 1;
    return n;
}

static inline struct xindex_cond is(enum facet f, const char *code) {
    struct str *v = talloc(fx.ctx, struct str);
    *v = str_of(code);
    return (struct xindex_cond){.facet = f, .value = v, .nvalue = 1};
}

static inline struct xindex_cond between(enum date_column d, int32_t lo, int32_t hi) {
    return (struct xindex_cond){
        .facet = -1, .date = (int)d, .has_range = true, .lo = lo, .hi = hi};
}

static inline struct xindex_result *search(const struct xindex_request *req) {
    struct xindex_result *res = NULL;
    ok(xindex_search(fx.r, fx.ctx, req, &res, err));
    return res;
}

/* The uids of the hits, in order: "U1 U3". */
static inline const char *uids(const struct xindex_request *req) {
    struct xindex_result *res = search(req);
    char *out = talloc_strdup(fx.ctx, "");
    for (size_t i = 0; i < res->nhits; i++)
        out = talloc_asprintf_append(out, "%s%.*s", i ? " " : "",
                                     (int)res->hits[i].data.n, res->hits[i].data.p);
    return out;
}

/* What a query finds, by title order descending of nothing: by approved date. */
static inline const char *found(struct xindex_node *query) {
    struct xindex_request req = {.query = query, .sort = XINDEX_BY_ACHIEVED, .limit = 10};
    return uids(&req);
}

static inline const char *where_found(struct xindex_cond c) {
    struct xindex_request req = {
        .where = &c, .nwhere = 1, .sort = XINDEX_BY_ACHIEVED, .limit = 10};
    return uids(&req);
}

#define on_set(f) cmocka_unit_test_setup_teardown(f, open_set, close_set)

#endif
