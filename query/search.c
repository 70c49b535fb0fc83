#include "query/search.h"

#include "core/recdoc.h"
#include "query/highlight.h"
#include "query/plan.h"
#include "query/search_facets.h"
#include "query/search_relax.h"
#include "query/spell.h"

#include <stdio.h>
#include <talloc.h>
#include <time.h>

#define ATTEMPTS 3 /* runs of a request while the index moves on under it */

/* One run of one request. */
struct run {
    struct xindex_reader *reader;
    const struct search_request *req;
    int64_t deadline_ns;
    struct search_result *out; /* talloc parent of everything */
    struct xindex_cond *where;
    size_t *from, nwhere;
    struct xindex_node *extra; /* ANDed with every plan, or NULL */
    struct qlang_query *query;
    struct qlang_node *pasted; /* the query as one text, or NULL */
    int64_t revision;          /* of the first search; 0 = none yet */
    bool moved;                /* a later search saw another revision */
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：检索");
}

/* xindex speaks of nodes; the reader of the message wrote a query. */
static enum status explain(enum status s, struct err *err) {
    if (s == STATUS_LIMIT) {
        s = err_set(err, s, "query_too_complex",
                    "检索式过于复杂，或词尾带 * 的词太短；请减少检索词，或多写几个字");
        err_place(err, NULL, 0, "q");
    } else if (s == STATUS_DEADLINE) {
        s = err_set(err, s, "deadline", "检索超时；请缩小范围后再试");
    } else if (s == STATUS_NOT_FOUND) { /* the set went while it was served */
        s = err_set(err, s, "not_ready", "还没有可查询的数据，请稍后再试");
    }
    return s;
}

static enum status search(struct run *r, const struct xindex_node *plan,
                          struct xindex_request *x, struct xindex_result **out,
                          struct err *err) {
    struct xindex_node both = {.op = XINDEX_AND, .weight = 1};
    struct xindex_node *child[2];
    if (r->extra && plan) {
        memcpy(child, (const void *[]){plan, r->extra}, sizeof child);
        both.child = child;
        both.nchild = 2;
        plan = &both;
    } else if (r->extra) {
        plan = r->extra;
    }
    x->query = plan;
    x->deadline_ns = r->deadline_ns;
    if (!x->where) {
        x->where = r->where;
        x->nwhere = r->nwhere;
    }
    enum status s = xindex_search(r->reader, r->out, x, out, err);
    if (s != STATUS_OK) return explain(s, err);
    if (r->revision == 0) r->revision = (*out)->revision;
    r->moved = r->moved || (*out)->revision != r->revision;
    return STATUS_OK;
}

static enum status count_plan(void *arg, const struct xindex_node *plan, uint32_t *total,
                              struct err *err) {
    struct run *r = arg;
    struct xindex_request x = {.sort = XINDEX_BY_APPROVED};
    struct xindex_result *res;
    enum status s = search(r, plan, &x, &res, err);
    if (s != STATUS_OK) return s;
    *total = res->total;
    talloc_free(res);
    return STATUS_OK;
}

/* The run without the filters that were asked for. */
static struct run unfiltered(const struct run *r) {
    struct run bare = *r;
    bool implied = r->req->state_implied;
    bare.nwhere = 0;
    bare.extra = NULL;
    for (size_t i = 0; implied && i < r->nwhere; i++)
        if (filter_facet(r->from[i]) == FACET_STATE) {
            bare.where = &r->where[i];
            bare.nwhere = 1;
        }
    return bare;
}

static enum status count_bare(void *arg, const struct xindex_node *plan, uint32_t *total,
                              struct err *err) {
    struct run *r = arg, bare = unfiltered(r);
    enum status s = count_plan(&bare, plan, total, err);
    r->revision = bare.revision;
    r->moved = bare.moved;
    return s;
}

static enum status keywords_of(void *arg, const struct xindex_node *plan,
                               const struct xindex_facet_counts **out,
                               const struct columns **columns, struct err *err) {
    struct run *r = arg, bare = unfiltered(r);
    struct xindex_request x = {.sort = XINDEX_BY_APPROVED, .facets = 1u << FACET_KEYWORD};
    struct xindex_result *res;
    enum status s = search(&bare, plan, &x, &res, err);
    r->revision = bare.revision;
    r->moved = bare.moved;
    if (s != STATUS_OK) return s;
    *out = res->facets;
    *columns = xindex_reader_columns(r->reader);
    return STATUS_OK;
}

/* Another query, read as the request's own is, under its filters or under none. */
static enum status find_text(void *arg, struct str q, bool filtered,
                             struct spell_found *out, struct err *err) {
    struct run *r = arg, other = *r;
    struct xindex_request x = {
        .sort = XINDEX_BY_APPROVED, .limit = SPELL_SAMPLE, .docids_only = true};
    struct xindex_node *plan;
    struct xindex_result *res;
    struct expansion_list expanded;
    enum status s = qlang_parse(r->out, q, r->req->audience, &other.query, err);
    if (s == STATUS_OK && r->req->expand) s = expand_query(other.query, &expanded, err);
    if (s == STATUS_OK) s = plan_build(r->out, other.query->root, &plan, err);
    if (s != STATUS_OK) return s;
    if (!filtered) {
        other.nwhere = 0;
        other.extra = NULL;
    }
    s = search(&other, plan, &x, &res, err);
    r->revision = other.revision;
    r->moved = other.moved;
    if (s != STATUS_OK) return s;
    out->total = res->total;
    out->n = res->nhits;
    for (size_t i = 0; i < res->nhits; i++) out->docid[i] = res->hits[i].docid;
    talloc_free(res);
    return STATUS_OK;
}

struct value_count {
    struct run *run;
    const struct xindex_node *plan;
};

/* The total with `value` alone in place of the filter's values. */
static enum status count_value(void *arg, size_t filter, struct str value,
                               uint32_t *total, struct err *err) {
    struct value_count *v = arg;
    struct run *r = v->run;
    struct xindex_cond *where =
        talloc_memdup(r->out, r->where, (unsigned)(sizeof r->where[0] * (r->nwhere + 1)));
    if (!where) return out_of_memory(err);
    for (size_t i = 0; i < r->nwhere; i++)
        if (r->from[i] == filter)
            where[i] = (struct xindex_cond){
                .facet = filter_facet(filter), .date = -1, .value = &value, .nvalue = 1};
    struct xindex_request x = {
        .sort = XINDEX_BY_APPROVED, .where = where, .nwhere = r->nwhere};
    struct xindex_result *res;
    enum status s = search(r, v->plan, &x, &res, err);
    if (s != STATUS_OK) return s;
    *total = res->total;
    talloc_free(res);
    return STATUS_OK;
}

/* ---- hits ------------------------------------------------------------------------ */

static struct str kept(const void *ctx, struct buf *b) {
    char *p = talloc_memdup(ctx, buf_z(b), (unsigned)b->n + 1);
    struct str s = str_slice(p, p ? b->n : 0);
    buf_clear(b);
    return s;
}

static enum status highlight_hit(const struct run *r, const struct highlight_set *set,
                                 struct highlight_work *work, struct buf *b,
                                 struct search_hit *h, struct err *err) {
    static const char title[] = "title", abstract[] = "abstract";
    json_error_t why;
    enum status s = STATUS_OK;
    json_t *hit = json_loadb(h->hit.p, h->hit.n, 0, &why);
    json_t *text = json_loadb(h->abstract.p, h->abstract.n, JSON_DECODE_ANY, &why);
    const json_t *t = json_object_get(hit, title);
    if (!hit || !text)
        s = err_set(err, STATUS_CORRUPT, "document",
                    "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    if (s == STATUS_OK && json_is_string(t)) {
        char tag = field_by_path(str_of(title))->tag;
        s = highlight_whole(set, tag,
                            str_slice(json_string_value(t), json_string_length(t)), work,
                            b, err);
        h->title_html = kept(r->out, b);
    }
    if (s == STATUS_OK && json_is_string(text)) {
        char tag = field_by_path(str_of(abstract))->tag;
        s = highlight_snippet(
            set, tag, str_slice(json_string_value(text), json_string_length(text)), work,
            b, err);
        h->snippet_html = kept(r->out, b);
    }
    json_decref(hit);
    json_decref(text);
    return s;
}

static enum status take_hits(struct run *r, const struct xindex_result *res,
                             struct err *err) {
    struct search_result *out = r->out;
    out->hit = talloc_zero_array(out, struct search_hit, (unsigned)res->nhits + 1);
    if (!out->hit) return out_of_memory(err);
    out->nhits = res->nhits;
    struct highlight_set *set = NULL;
    if (r->req->highlight) {
        if (!(set = talloc(out, struct highlight_set))) return out_of_memory(err);
        highlight_collect(r->query->root, set);
        set->pieces = out->relaxed.step != NULL;
    }
    struct highlight_work work = {0};
    struct buf b = buf_init(0);
    enum status s = STATUS_OK;
    for (size_t i = 0; s == STATUS_OK && i < res->nhits; i++) {
        struct search_hit *h = &out->hit[i];
        h->docid = res->hits[i].docid;
        h->score = res->hits[i].score;
        s = recdoc_split(res->hits[i].data, &h->hit, &h->abstract, &h->rest, err);
        if (s == STATUS_OK && set) s = highlight_hit(r, set, &work, &b, h, err);
    }
    buf_done(&b);
    highlight_work_done(&work);
    return s;
}

/* Where the next page begins. Without one when the order ends, or a key is too long. */
static enum status take_cursor(struct run *r, const struct xindex_result *res,
                               struct err *err) {
    struct search_result *out = r->out;
    const struct search_request *req = r->req;
    uint64_t seen = (uint64_t)out->rank + res->nhits;
    out->more = res->nhits > 0 && seen < out->total;
    bool ends = req->sort == XINDEX_BY_RELEVANCE && seen + req->size > REQUEST_DEPTH_MAX;
    const struct columns *c = xindex_reader_columns(r->reader);
    uint32_t docid = res->nhits ? res->hits[res->nhits - 1].docid : 0;
    if (!out->more || ends || !columns_is_live(c, docid)) return STATUS_OK;
    struct cursor cursor = {.revision = res->revision,
                            .sort = req->sort,
                            .descending = req->descending,
                            .rank = (uint32_t)seen,
                            .uid = columns_uid(c, docid)};
    if (req->sort == XINDEX_BY_TITLE)
        cursor.key = str_slice(c->key_bytes + c->key_at[docid],
                               (size_t)(c->key_at[docid + 1] - c->key_at[docid]));
    else if (req->sort != XINDEX_BY_RELEVANCE)
        cursor.date = c->date[req->sort == XINDEX_BY_APPROVED ? DATE_APPROVED
                                                              : DATE_ACHIEVED][docid];
    struct buf b = buf_init(CURSOR_MAX_TOKEN);
    enum status s = cursor_encode(&cursor, &b, err);
    if (s == STATUS_OK) out->next_cursor = kept(out, &b);
    buf_done(&b);
    return s == STATUS_LIMIT ? STATUS_OK : s;
}

/* ---- the run --------------------------------------------------------------------- */

static void add_notice(struct search_result *out, const char *text) {
    if (out->nnotices < ARRAY_LEN(out->notice)) out->notice[out->nnotices++] = text;
}

static void set_start(const struct run *r, struct xindex_request *x) {
    const struct search_request *req = r->req;
    struct search_result *out = r->out;
    out->rank = req->has_cursor ? req->cursor.rank : (req->page - 1) * req->size;
    if (!req->has_cursor || req->sort == XINDEX_BY_RELEVANCE) {
        x->offset = out->rank;
        return;
    }
    x->after = (struct xindex_after){.set = true,
                                     .date = req->cursor.date,
                                     .key = req->cursor.key,
                                     .uid = req->cursor.uid};
}

static enum status take_without(struct run *r, const struct xindex_node *plan,
                                struct err *err) {
    struct xindex_request x = {.sort = XINDEX_BY_APPROVED, .count_without = true};
    struct xindex_result *res;
    enum status s = search(r, plan, &x, &res, err);
    if (s != STATUS_OK) return s;
    r->out->nwithout = r->nwhere;
    r->out->without_filter = r->from;
    r->out->without = res->without;
    return STATUS_OK;
}

static enum status understand(struct run *r, struct err *err) {
    struct search_result *out = r->out;
    enum status s = qlang_parse(out, r->req->q, r->req->audience, &r->query, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < r->query->nnotices; i++) add_notice(out, r->query->notice[i]);
    if (!r->query->plain)
        s = qlang_pasted(out, r->req->q, r->req->audience, &r->pasted, err);
    if (s != STATUS_OK) return s;
    if (r->req->expand) s = expand_query(r->query, &out->expanded, err);
    if (s != STATUS_OK) return s;
    struct buf b = buf_init(QLANG_MAX_BYTES * 8);
    qlang_print(r->query->root, &b);
    s = buf_check(&b, "检索式", err);
    if (s == STATUS_OK) out->understood = kept(out, &b);
    buf_done(&b);
    return s;
}

static enum status answer(struct run *r, const struct xindex_node *plan,
                          struct err *err) {
    struct search_result *out = r->out;
    const struct search_request *req = r->req;
    struct xindex_request x = {.sort = req->sort,
                               .descending = req->descending,
                               .limit = req->size,
                               .facets = req->facets,
                               .facet_size = req->facet_size,
                               .rollup = true};
    struct xindex_result *res;
    set_start(r, &x);
    enum status s = search(r, plan, &x, &res, err);
    if (s != STATUS_OK) return s;
    out->revision = res->revision;
    if (!(out->as_of = talloc_strdup(out, res->as_of))) return out_of_memory(err);
    out->total = res->total;
    s = take_hits(r, res, err);
    if (s == STATUS_OK) s = take_cursor(r, res, err);
    struct value_count one = {r, plan};
    if (s == STATUS_OK)
        s = search_facets(out, req, res, count_value, &one, &out->facet, err);
    if (s == STATUS_OK) out->nfacets = res->nfacets;
    if (s == STATUS_OK && res->total == 0 && r->nwhere) s = take_without(r, plan, err);
    return s;
}

/* Strict hits can only stay first where relevance decides the order. */
static bool may_relax(const struct run *r) {
    const struct qlang_node *root = r->query->root;
    return r->req->relax && (r->query->plain || r->pasted) && root &&
           r->out->total < SEARCH_RELAX_BELOW && r->req->sort == XINDEX_BY_RELEVANCE;
}

/* Did you mean: only where relaxing would make sense too, but whether it is asked for
 * does not matter. */
static enum status suggest(struct run *r, struct err *err) {
    struct search_result *out = r->out;
    struct spell_offer offer;
    if (!r->query->plain || !r->query->root || out->total >= SPELL_BELOW ||
        r->req->sort != XINDEX_BY_RELEVANCE)
        return STATUS_OK;
    enum status s = spell_offer(out, r->reader, r->req->q, &out->expanded, out->total,
                                r->nwhere > 0 || r->extra, find_text, r, &offer, err);
    if (s == STATUS_DEADLINE) return STATUS_OK; /* the answer stands without */
    if (s != STATUS_OK) return explain(s, err);
    out->suggestion = offer.q;
    out->suggestion_total = offer.total;
    return STATUS_OK;
}

/* Whether and how does not depend on the filters (search_relax.h). */
static enum status relax(struct run *r, struct xindex_node *plan, struct err *err) {
    struct search_result *out = r->out;
    struct xindex_node *wider = NULL;
    struct search_relaxing from = {.query = r->query,
                                   .pasted = r->pasted,
                                   .strict = plan,
                                   .strict_total = out->total,
                                   .count = count_bare,
                                   .told = r->nwhere || r->extra ? count_plan : NULL,
                                   .keywords = keywords_of,
                                   .arg = r};
    enum status s = STATUS_OK;
    uint32_t strict_total = out->total;
    if (from.told) s = count_bare(r, plan, &from.strict_total, err);
    if (s != STATUS_OK || from.strict_total >= SEARCH_RELAX_BELOW) return s;
    struct search_relaxed relaxed = {0};
    uint32_t total = UINT32_MAX;
    s = search_relax(out, &from, &wider, &relaxed, err);
    if (s == STATUS_OK && wider && from.told) s = count_plan(r, wider, &total, err);
    if (s != STATUS_OK || !wider || total <= strict_total) return s;
    relaxed.strict_total = strict_total;
    out->relaxed = relaxed;
    return answer(r, wider, err);
}

const char *search_promise(const struct search_result *r) {
    return r->suggestion_total < SEARCH_RELAX_BELOW ? "0" : NULL;
}

static enum status run_once(struct run *r, struct err *err) {
    struct search_result *out = r->out;
    struct xindex_node *plan = NULL;
    enum status s = understand(r, err);
    if (s == STATUS_OK) s = plan_build(out, r->query->root, &plan, err);
    if (s == STATUS_OK)
        s = filter_conditions(out, &r->req->where, &r->where, &r->from, &r->nwhere,
                              &r->extra, err);
    if (s != STATUS_OK) return s;
    s = answer(r, plan, err);
    if (s == STATUS_OK) s = suggest(r, err);
    if (s == STATUS_OK && may_relax(r)) s = relax(r, plan, err);
    if (s == STATUS_OK && r->req->has_cursor && r->req->cursor.revision != out->revision)
        add_notice(out, "revision_changed：数据已更新，以下从上次的位置继续");
    return s;
}

enum status search_run(void *ctx, struct xindex_reader *reader,
                       const struct search_request *req, int64_t deadline_ns,
                       struct search_result **out, struct err *err) {
    int64_t start = now_ns();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct run r = {.reader = reader, .req = req, .deadline_ns = deadline_ns};
        r.out = talloc_zero(ctx, struct search_result);
        if (!r.out) return out_of_memory(err);
        r.out->request = req;
        enum status s = run_once(&r, err);
        if (s == STATUS_OK && !r.moved) {
            r.out->took_ns = now_ns() - start;
            *out = r.out;
            return STATUS_OK;
        }
        talloc_free(r.out);
        if (s != STATUS_OK) return s;
    }
    return err_set(err, STATUS_STALE, "stale", "数据正在更新，请稍后再试");
}
