#include "query/similar.h"

#include "core/recdoc.h"
#include "query/similar_shared.h"

#include <jansson.h>
#include <stdlib.h>
#include <talloc.h>
#include <time.h>

#define ATTEMPTS 3 /* runs while the index moves on under them */

/* A record is like the source when it has a third of the terms; when too few are, a tenth
 * must do, then two. */
static const uint32_t need_share[] = {3, 10, SIMILAR_TERMS};
#define NEED_LEAST 2

#define TF_HALF 1.0 /* a term that stands there once counts half as much as can be */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：相似成果");
}

/* ---- terms of the search --------------------------------------------------------- */

static double telling(const struct similar_source *s, const struct similar_term *t) {
    return similar_idf(s, t->count) * t->tf / (t->tf + TF_HALF);
}

struct ranked {
    double telling;
    const struct similar_term *term;
};

static int by_telling(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->telling > y->telling || x->telling < y->telling)
        return x->telling > y->telling ? -1 : 1;
    return str_cmp(x->term->text, y->term->text);
}

static bool is_digits(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

/* The most telling terms that other records have too; years and counts only when there
 * is nothing else. */
static enum status choose(const struct similar_source *s, uint32_t others,
                          struct xindex_node *out, struct err *err) {
    struct ranked *r = talloc_array(out, struct ranked, (unsigned)s->nterm + 1);
    out->literal.terms = talloc_array(out, struct str, SIMILAR_TERMS);
    if (!r || !out->literal.terms) return out_of_memory(err);
    size_t n = 0;
    for (int digits = 0; digits < 2 && n == 0; digits++)
        for (size_t i = 0; i < s->nterm; i++)
            if (s->term[i].count > others && is_digits(s->term[i].text) == (digits == 1))
                r[n++] = (struct ranked){telling(s, &s->term[i]), &s->term[i]};
    qsort(r, n, sizeof r[0], by_telling);
    for (size_t i = 0; i < n && i < SIMILAR_TERMS; i++)
        out->literal.terms[out->literal.n++] = r[i].term->text;
    return STATUS_OK;
}

/* ---- hits ------------------------------------------------------------------------ */

struct run {
    struct xindex_reader *reader;
    struct similar_source *source;
    struct similar_result *out; /* talloc parent of everything */
    uint32_t docid;             /* of the source; 0: a text */
    uint32_t size;
    int64_t deadline_ns;
};

static enum status too_late(struct err *err) {
    return err_set(err, STATUS_DEADLINE, "deadline", "查找相似成果超时；请稍后再试");
}

static bool is_late(int64_t deadline_ns) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return deadline_ns && (int64_t)t.tv_sec * 1000000000 + t.tv_nsec > deadline_ns;
}

static enum status search(const struct run *r, const struct xindex_node *terms,
                          struct xindex_result **out, struct err *err) {
    /* One more, because the source finds itself. */
    struct xindex_request x = {.query = terms,
                               .sort = XINDEX_BY_RELEVANCE,
                               .limit = r->size + (r->docid != 0),
                               .deadline_ns = r->deadline_ns};
    enum status s = xindex_search(r->reader, r->out, &x, out, err);
    return s == STATUS_DEADLINE ? too_late(err) : s;
}

static enum status take_hits(struct run *r, const struct xindex_result *res,
                             struct err *err) {
    struct similar_result *out = r->out;
    enum status s = STATUS_OK;
    out->hit = talloc_zero_array(out, struct similar_hit, (unsigned)res->nhits + 1);
    if (!out->hit) return out_of_memory(err);
    for (size_t i = 0; s == STATUS_OK && i < res->nhits && out->nhits < r->size; i++) {
        const struct xindex_hit *from = &res->hits[i];
        struct similar_hit *h = &out->hit[out->nhits];
        if (from->docid == r->docid) continue;
        if (is_late(r->deadline_ns)) return too_late(err);
        h->hit.docid = from->docid;
        h->hit.score = from->score;
        s = recdoc_split(from->data, &h->hit.hit, &h->hit.abstract, &h->hit.rest, err);
        if (s == STATUS_OK)
            s = similar_shared(out, r->source, xindex_reader_text(r->reader, from->docid),
                               h->shared, &h->nshared, err);
        out->nhits++;
    }
    return s;
}

/* Asks for fewer terms until enough records have them. */
static enum status search_wider(const struct run *r, struct xindex_node *terms,
                                struct xindex_result **out, struct err *err) {
    uint32_t n = (uint32_t)terms->literal.n, wanted = r->size + (r->docid != 0);
    enum status s = STATUS_OK;
    terms->op = n ? XINDEX_ATLEAST : XINDEX_NONE;
    for (size_t i = 0; s == STATUS_OK && i < ARRAY_LEN(need_share); i++) {
        uint32_t need = (n + need_share[i] - 1) / need_share[i];
        if (need < NEED_LEAST) need = n < NEED_LEAST ? n : NEED_LEAST;
        if (i > 0 && need == terms->need) continue;
        if (i > 0) talloc_free(*out);
        terms->need = need;
        s = search(r, terms, out, err);
        if (s != STATUS_OK || (*out)->total >= wanted) break;
    }
    return s;
}

/* Hits of the finished source, all of one revision, which is the result's. */
static enum status answer(struct run *r, struct err *err) {
    struct xindex_node *terms = talloc_zero(r->out, struct xindex_node);
    struct xindex_result *res = NULL;
    if (!terms) return out_of_memory(err);
    terms->weight = 1;
    enum status s = choose(r->source, r->docid != 0, terms, err);
    if (s != STATUS_OK) return s;
    s = search_wider(r, terms, &res, err);
    if (s != STATUS_OK) return s;
    r->out->revision = res->revision;
    r->out->as_of = res->as_of;
    return take_hits(r, res, err);
}

/* ---- the record asked about ------------------------------------------------------ */

static enum status damaged(struct err *err) {
    return err_set(err, STATUS_CORRUPT, "document",
                   "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
}

static struct str member(const json_t *o, const char *key) {
    const json_t *v = json_object_get(o, key);
    return str_slice(json_string_value(v), json_string_length(v));
}

static struct str copied(void *ctx, struct str s) {
    return str_slice(s.n ? talloc_strndup(ctx, s.p, s.n) : NULL, s.n);
}

static enum status add_record(struct similar_source *s, const json_t *hit,
                              const json_t *abstract, struct err *err) {
    size_t i;
    const json_t *one;
    enum status st = similar_source_add(s, SIMILAR_TITLE, member(hit, "title"), err);
    json_array_foreach(json_object_get(hit, "keywords"), i, one) {
        if (st != STATUS_OK) return st;
        st = similar_source_add(
            s, SIMILAR_KEYWORD,
            str_slice(json_string_value(one), json_string_length(one)), err);
    }
    if (st == STATUS_OK)
        st = similar_source_add(
            s, SIMILAR_BODY,
            str_slice(json_string_value(abstract), json_string_length(abstract)), err);
    return st;
}

static int drop_json(json_t **j) {
    json_decref(*j);
    return 0;
}

/* JSON that lives as long as ctx; NULL when it is none. */
static const json_t *parsed(void *ctx, struct str text) {
    json_t **holder = talloc_zero(ctx, json_t *);
    json_error_t why;
    if (!holder) return NULL;
    *holder = json_loadb(text.p, text.n, JSON_DECODE_ANY, &why);
    talloc_set_destructor(holder, drop_json);
    return *holder;
}

static enum status read_record(struct run *r, struct err *err) {
    const struct columns *c = xindex_reader_columns(r->reader);
    struct str data, hit, abstract, rest;
    uint32_t docid;
    if (!columns_is_live(c, r->docid))
        return err_set(err, STATUS_NOT_FOUND, "not_found", "没有这项成果");
    struct str uid = columns_uid(c, r->docid);
    const char *term = talloc_asprintf(r->out, "Q%.*s", (int)uid.n, uid.p);
    if (!term) return out_of_memory(err);
    enum status s =
        xindex_lookup(r->reader, r->out, str_slice(term, uid.n + 1), &docid, &data, err);
    if (s == STATUS_NOT_FOUND) return err_set(err, s, "not_found", "没有这项成果");
    if (s == STATUS_OK) s = recdoc_split(data, &hit, &abstract, &rest, err);
    if (s != STATUS_OK) return s;
    const json_t *h = parsed(r->out, hit), *a = parsed(r->out, abstract);
    if (!json_is_object(h) || !a) return damaged(err);
    r->out->regno = copied(r->out, member(h, "regno"));
    r->out->uid = copied(r->out, member(h, "uid"));
    r->out->title = copied(r->out, member(h, "title"));
    return add_record(r->source, h, a, err);
}

/* ---- runs ------------------------------------------------------------------------ */

static enum status run_once(struct run *r, struct str text, struct err *err) {
    r->source = similar_source_new(r->out);
    if (!r->source) return out_of_memory(err);
    enum status s = r->docid ? read_record(r, err)
                             : similar_source_add(r->source, SIMILAR_BODY, text, err);
    if (s == STATUS_OK) s = similar_source_finish(r->source, r->reader, err);
    return s == STATUS_OK ? answer(r, err) : s;
}

static enum status run(void *ctx, struct run r, struct str text,
                       struct similar_result **out, struct err *err) {
    if (r.size > SIMILAR_SIZE_MAX) r.size = SIMILAR_SIZE_MAX;
    for (int i = 0; i < ATTEMPTS; i++) {
        enum status s = xindex_reader_refresh(r.reader, err);
        if (s != STATUS_OK) return s;
        int64_t revision = xindex_reader_revision(r.reader);
        r.out = talloc_zero(ctx, struct similar_result);
        if (!r.out) return out_of_memory(err);
        s = run_once(&r, text, err);
        if (s == STATUS_OK && r.out->revision == revision) {
            *out = r.out;
            return STATUS_OK;
        }
        talloc_free(r.out);
        if (s != STATUS_OK) return s;
    }
    return err_set(err, STATUS_STALE, "stale", "数据正在更新，请稍后再试");
}

enum status similar_to_record(void *ctx, struct xindex_reader *reader, uint32_t docid,
                              uint32_t size, int64_t deadline_ns,
                              struct similar_result **out, struct err *err) {
    if (docid == 0) return err_set(err, STATUS_NOT_FOUND, "not_found", "没有这项成果");
    struct run r = {
        .reader = reader, .docid = docid, .size = size, .deadline_ns = deadline_ns};
    return run(ctx, r, str_slice(NULL, 0), out, err);
}

/* Has the text anything that can be searched? */
static enum status check_text(struct str text, struct err *err) {
    if (text.n > SIMILAR_TEXT_MAX)
        return err_set(err, STATUS_LIMIT, "text_too_long",
                       "文本超过 %zu 字节；请只粘贴最能说明内容的一段", SIMILAR_TEXT_MAX);
    struct buf norm = buf_init(0);
    enum status s = text_normalise(text, &norm, NULL, err);
    if (s == STATUS_OK && !text_is_searchable(buf_str(&norm)))
        s = err_set(err, STATUS_INVALID, "invalid_value",
                    "文本里没有可以检索的字；请粘贴一段中文或字母、数字");
    else if (s == STATUS_LIMIT || s == STATUS_INVALID)
        s = err_set(err, STATUS_INVALID, "invalid_value",
                    "文本里有不能检索的字符，如一连几百个组合符号；请去掉后再试");
    buf_done(&norm);
    return s;
}

enum status similar_to_text(void *ctx, struct xindex_reader *reader, struct str text,
                            uint32_t size, int64_t deadline_ns,
                            struct similar_result **out, struct err *err) {
    struct run r = {.reader = reader, .size = size, .deadline_ns = deadline_ns};
    enum status s = check_text(text, err);
    return s == STATUS_OK ? run(ctx, r, text, out, err) : s;
}
