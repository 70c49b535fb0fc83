/* page_search.c - /search as a page: the same search as the JSON face, with facets as
 * links, chips, sorts and paging around it. Every link keeps the canonical request. */
#include "core/utf8.h"
#include "query/direct.h"
#include "query/handlers.h"
#include "query/page_hit.h"
#include "query/page_search.h"
#include "query/result_json.h"

#include <stdio.h>
#include <talloc.h>

#define HEADING_CHARS 60
#define PAGES_AROUND 2 /* numbered pages before and after the current one */

const char *page_search_url(const struct page_search *p,
                            const struct request_change *change) {
    struct buf b = buf_init(0);
    request_url(p->req, "/search", change, &b);
    return view_keep(p->call, &b);
}

static void put_chips(struct page_search *p) {
    struct view *v = p->view;
    json_t *chips = view_list(v, v->j, "chips"),
           *hidden = view_list(v, v->j, "form_hidden");
    bool any = false;
    for (size_t i = 0; i < FILTER_COUNT; i++) {
        const struct filter *f = p->req->where.filter[i];
        int facet = filter_facet(i);
        if (!f || (p->req->state_implied && facet == FACET_STATE)) continue;
        const char *label = facet >= 0
                                ? facet_label((enum facet)facet)
                                : field_of_date((enum date_column)filter_date(i))->zh;
        for (size_t k = 0; k < f->n; k++) {
            struct str value = f->value[k].text;
            struct request_change c = {.drop_filter = (int)i + 1, .drop_value = value};
            struct str shown = f->value[k].range ? value : filter_label(i, value);
            json_t *chip = json_object();
            view_set(v, chip, "field_label", json_string(label));
            view_set(v, chip, "value_label", view_str(shown.n ? shown : value));
            view_set(v, chip, "remove_url", json_string(page_search_url(p, &c)));
            view_add(v, chips, chip);
            json_t *h = json_object();
            view_set(v, h, "name", json_string(filter_name(i)));
            view_set(v, h, "value", view_str(value));
            view_add(v, hidden, h);
            any = true;
        }
    }
    struct request_change all = {.drop_all_filters = true};
    view_text(v, "clear_url", any ? page_search_url(p, &all) : NULL);
}

static void put_sorts(struct page_search *p) {
    static const struct {
        const char *name, *label;
    } sort[] = {{"relevance", "相关度"},
                {"-approved", "登记日期 新→旧"},
                {"approved", "登记日期 旧→新"},
                {"-achieved", "取得日期 新→旧"},
                {"title", "名称（拼音）"}};
    struct view *v = p->view;
    json_t *sorts = view_list(v, v->j, "sorts");
    const char *now = request_sort_name(p->req->sort, p->req->descending);
    for (size_t i = p->req->q.n ? 0 : 1; i < ARRAY_LEN(sort); i++) {
        struct request_change c = {.sort = sort[i].name};
        view_add(v, sorts,
                 view_choice(sort[i].label, page_search_url(p, &c),
                             strcmp(sort[i].name, now) == 0));
    }
    bool keep =
        p->req->sort_given && strcmp(now, p->req->q.n ? "relevance" : "-approved") != 0;
    view_text(v, "sort", keep ? now : NULL);
}

static void put_direct(struct page_search *p) {
    struct view *v = p->view;
    const struct direct_list *d = p->res->direct;
    json_t *list = view_list(v, v->j, "direct");
    for (size_t i = 0; d && i < d->n; i++) {
        const struct direct_answer *a = &d->v[i];
        bool record = str_starts(a->url, str_of("/achievement/"));
        char label[48];
        if (!record)
            snprintf(label, sizeof label, "查看这 %u 项", a->total);
        else
            snprintf(label, sizeof label, "%s", a->total ? "打开这项成果" : "查看说明");
        json_t *o = json_object();
        view_set(v, o, "note", view_str(a->note));
        view_set(v, o, "url", view_str(a->url));
        view_set(v, o, "link_label", json_string(label));
        view_add(v, list, o);
    }
}

/* All records with the keyword. */
static const char *keyword_url(const struct page_search *p, struct str keyword) {
    struct str none = {0};
    struct request_change c = {
        .add_filter = "keyword", .add_value = keyword, .q = &none, .results_only = true};
    return page_search_url(p, &c);
}

/* Of a sentence only literal hits stand first, all others are ranked together. */
static void put_strict(struct view *v, json_t *o, const struct search_relaxed *x) {
    bool apart = strcmp(x->step, "loosen_sentence") != 0;
    bool none = x->strict_total == 0;
    char found[24];
    snprintf(found, sizeof found, "%u 项", x->strict_total);
    view_set(v, o, "strict_before",
             json_string(none    ? "没有"
                         : apart ? "完全符合的有 "
                                 : "符合原检索式的有 "));
    view_set(v, o, "strict_link", json_string(none ? "完全符合" : found));
    view_set(v, o, "strict_after",
             json_string(none    ? "的成果；"
                         : apart ? "，排在最前；"
                                 : "，与其余的一起按相关度排列；"));
}

static void put_relaxed(struct page_search *p) {
    struct view *v = p->view;
    const struct search_relaxed *x = &p->res->relaxed;
    if (!x->step) {
        view_set(v, v->j, "relaxed", json_null());
        return;
    }
    struct request_change strict = {.relax = "0"};
    json_t *o = json_object();
    view_set(v, v->j, "relaxed", o);
    view_set(v, o, "step_label",
             json_string(x->n             ? "不要求出现全部词"
                         : x->nassociated ? "也列出登记中常一起使用的关键词"
                                          : "只要求出现其中的部分字词"));
    view_set(v, o, "loosened", json_boolean(x->loosened && (x->n || x->nassociated)));
    put_strict(v, o, x);
    view_set(v, o, "strict_url", json_string(page_search_url(p, &strict)));
    json_t *dropped = view_list(v, o, "dropped");
    for (size_t i = 0; i < x->n; i++) {
        json_t *d = json_object();
        view_set(v, d, "also", json_boolean(i > 0));
        view_set(v, d, "text", view_str(x->dropped[i].text));
        view_set(v, d, "total_text", view_count(x->dropped[i].total));
        view_set(v, d, "url", json_null());
        view_add(v, dropped, d);
    }
    json_t *associated = view_list(v, o, "associated");
    for (size_t i = 0; i < x->nassociated; i++) {
        json_t *a = json_object();
        view_set(v, a, "text", view_str(x->associated[i].keyword));
        view_set(v, a, "count_text", view_count(x->associated[i].count));
        view_set(v, a, "url", json_string(keyword_url(p, x->associated[i].keyword)));
        view_add(v, associated, a);
    }
}

static void put_suggestion(struct page_search *p) {
    struct view *v = p->view;
    const struct search_result *res = p->res;
    if (res->suggestion.n == 0) {
        view_set(v, v->j, "suggestion_link", json_null());
        return;
    }
    struct request_change c = {.q = &res->suggestion, .relax = search_promise(res)};
    json_t *o = json_object();
    view_set(v, v->j, "suggestion_link", o);
    view_set(v, o, "label", view_str(res->suggestion));
    view_set(v, o, "url", json_string(page_search_url(p, &c)));
    view_set(v, o, "total_text", view_count(res->suggestion_total));
}

/* What was looked for besides the words, and how to take it back. */
static void put_expanded(struct page_search *p) {
    struct view *v = p->view;
    const struct expansion_list *list = &p->res->expanded;
    if (list->n == 0) {
        view_set(v, v->j, "expanded", json_null());
        return;
    }
    struct request_change none = {.expand = "0"};
    json_t *o = json_object();
    view_set(v, v->j, "expanded", o);
    view_set(v, o, "off_url", json_string(page_search_url(p, &none)));
    json_t *words = view_list(v, o, "words");
    for (size_t i = 0; i < list->n; i++) {
        const struct expansion *e = &list->v[i];
        struct request_change c = {.q = &e->without};
        json_t *word = json_object();
        view_set(v, word, "text", view_str(e->text));
        view_set(v, word, "remove_url",
                 e->without.n ? json_string(page_search_url(p, &c)) : json_null());
        json_t *added = view_list(v, word, "added");
        size_t shown = expansion_shown(e);
        for (size_t k = 0; k < shown; k++) view_add(v, added, view_str(e->added[k]));
        char more[48];
        snprintf(more, sizeof more, "等 %zu 种写法", e->n);
        view_set(v, word, "more_text", shown < e->n ? json_string(more) : json_null());
        view_add(v, words, word);
    }
}

static void put_page_link(struct page_search *p, json_t *pages, uint32_t n, bool gap) {
    struct view *v = p->view;
    struct request_change c = {.page = n};
    char label[16];
    bool current = n == p->req->page;
    snprintf(label, sizeof label, "%u", n);
    json_t *o = json_object();
    view_set(v, o, "label", gap ? json_null() : json_string(label));
    view_set(v, o, "url",
             gap || current ? json_null() : json_string(page_search_url(p, &c)));
    view_set(v, o, "current", json_boolean(current && !gap));
    view_set(v, o, "gap", json_boolean(gap));
    view_add(v, pages, o);
}

static void put_numbered(struct page_search *p, json_t *pages, uint32_t last) {
    uint32_t at = p->req->page, shown = 0;
    for (uint32_t n = 1; n <= last; n++) {
        bool near = n + PAGES_AROUND >= at && n <= at + PAGES_AROUND;
        if (n != 1 && n != last && !near) {
            n = n < at ? at - PAGES_AROUND - 1 : last - 1;
            continue;
        }
        if (n > shown + 1) put_page_link(p, pages, n, true);
        put_page_link(p, pages, n, false);
        shown = n;
    }
}

static void put_paging(struct page_search *p) {
    struct view *v = p->view;
    const struct search_request *req = p->req;
    uint32_t total = p->res->total, size = req->size ? req->size : 1;
    uint32_t last = total ? (total - 1) / size + 1 : 1;
    uint32_t deepest = REQUEST_DEPTH_MAX / size;
    if (last == 1 && !req->has_cursor) {
        view_set(v, v->j, "paging", json_null());
        return;
    }
    bool cut = last > deepest;
    char label[64];
    struct buf next = buf_init(0);
    struct search_result mine = *p->res;
    mine.request = req;
    result_next_url(&mine, "/search", &next);
    const char *next_url = next.n ? view_keep(p->call, &next) : NULL;
    struct request_change back = {.page = req->page - 1};
    bool has_prev = !req->has_cursor && req->page > 1;
    if (req->has_cursor)
        snprintf(label, sizeof label, "共 %u 项，接着上一页", total);
    else
        snprintf(label, sizeof label, "第 %u 页，共 %u 页", req->page, last);
    json_t *o = json_object();
    view_set(v, v->j, "paging", o);
    view_set(v, o, "label", json_string(label));
    view_set(v, o, "prev_url",
             has_prev ? json_string(page_search_url(p, &back)) : json_null());
    view_set(v, o, "next_url", next_url ? json_string(next_url) : json_null());
    json_t *pages = view_list(v, o, "pages");
    if (!req->has_cursor) put_numbered(p, pages, cut ? deepest : last);
    view_set(v, o, "limit_note",
             cut ? json_string("翻页最多到第 10,000 项；更多结果请加筛选条件，"
                               "或改按日期排序。")
                 : json_null());
    if (has_prev) view_text(v, "prev_link", page_search_url(p, &back));
    view_text(v, "next_link", next_url);
}

/* Whether an answer above the hits leads to records. */
static bool is_answered(const struct direct_list *d) {
    for (size_t i = 0; d && i < d->n; i++)
        if (d->v[i].total) return true;
    return false;
}

/* Ways out when nothing matches: without one filter, without all. */
static void put_zero(struct page_search *p) {
    struct view *v = p->view;
    const struct search_result *res = p->res;
    if (res->total) {
        view_set(v, v->j, "zero", json_null());
        return;
    }
    json_t *o = json_object();
    view_set(v, v->j, "zero", o);
    bool answered = is_answered(res->direct);
    view_set(v, o, "heading",
             json_string(answered ? "没有照原样写有检索词的成果，请看上面的提示"
                                  : "没有找到符合的成果"));
    json_t *removals = view_list(v, o, "removals");
    for (size_t i = 0; i < res->nwithout; i++) {
        size_t f = res->without_filter[i];
        int facet = filter_facet(f);
        if (res->without[i] == 0) continue;
        struct request_change c = {.drop_filter = (int)f + 1};
        char label[128];
        snprintf(label, sizeof label, "去掉条件“%s”",
                 facet >= 0 ? facet_label((enum facet)facet)
                            : field_of_date((enum date_column)filter_date(f))->zh);
        json_t *r = json_object();
        view_set(v, r, "label", json_string(label));
        view_set(v, r, "url", json_string(page_search_url(p, &c)));
        view_set(v, r, "total_text", view_count(res->without[i]));
        view_add(v, removals, r);
    }
    json_t *tips = view_list(v, o, "tips");
    if (answered) return;
    view_add(v, tips, json_string("换用更短或更常见的词，例如用“瓦斯”代替整句。"));
    view_add(v, tips,
             json_string("词与词之间用空格隔开，表示都要出现；用 OR 表示出现其一。"));
    view_add(v, tips, json_string("登记号要写完整；单位可写成 单位:名称。"));
}

static void put_page(struct page_search *p, const char *heading) {
    struct view *v = p->view;
    const struct search_result *res = p->res;
    char took[48];
    snprintf(took, sizeof took, "%.1f 毫秒", (double)res->took_ns / 1e6);
    view_text(v, "heading", heading);
    view_set(v, v->j, "total_text", view_count(res->total));
    view_text(v, "took_text", took);
    json_object_set_new(v->j, "noindex", json_true());
    put_chips(p);
    put_sorts(p);
    bool nothing = str_eq_z(res->understood, "\"\"");
    bool same = nothing || str_eq(res->understood, p->req->q);
    view_set(v, v->j, "understood", same ? json_null() : view_str(res->understood));
    json_t *notices = view_list(v, v->j, "notices");
    for (size_t i = 0; i < res->nnotices; i++)
        view_add(v, notices, json_string(res->notice[i]));
    put_suggestion(p);
    put_direct(p);
    put_expanded(p);
    put_relaxed(p);
    json_t *hits = view_list(v, v->j, "hits");
    for (size_t i = 0; i < res->nhits; i++) page_hit_add(p->call, v, hits, &res->hit[i]);
    page_search_facets(p);
    put_paging(p);
    struct buf b = buf_init(0);
    request_url(p->req, "/search.json", NULL, &b);
    const char *json = view_keep(p->call, &b);
    json_t *downloads = view_list(v, v->j, "downloads");
    view_add(v, downloads, view_download("JSON", json, "本页结果"));
    json_t *alternates = view_list(v, v->j, "alternates");
    view_add(v, alternates,
             json_pack("{s:s,s:s,s:s}", "type", "application/json", "label", "JSON",
                       "url", json));
    put_zero(p);
}

static const char *heading_of(struct call *c, struct str q, char *out, size_t size) {
    const char *p = q.p, *end = q.p + q.n;
    (void)c;
    if (q.n == 0) return "全部成果";
    for (int i = 0; i < HEADING_CHARS && p < end; i++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
    }
    snprintf(out, size, "“%.*s%s”的检索结果", (int)(p - q.p), q.p, p < end ? "…" : "");
    return out;
}

enum status page_search(struct call *c, struct response *r, struct err *err) {
    struct search_request *req;
    struct search_result *res;
    struct xindex_reader *reader;
    enum status s = request_parse(c->mem, c->param, c->nparam, c->server->audience, &req,
                                  c->suggestion, err);
    if (s != STATUS_OK) return s;
    struct buf b = buf_init(0);
    request_url(req, "", NULL, &b);
    const char *canonical = view_keep(c, &b);
    if (!canonical) return err_set(err, STATUS_NOMEM, NULL, "内存不足：检索");
    s = context_reader(c->context, call_is_conditional(c), &reader, err);
    if (s != STATUS_OK) return s;
    if (call_is_conditional(c) &&
        call_not_modified(c, r, xindex_reader_revision(reader), str_of(canonical)))
        return STATUS_OK;
    /* The page always shows its facets and marks; links keep what the reader asked. */
    struct search_request *shown = talloc_memdup(c->mem, req, sizeof *req);
    if (!shown) return err_set(err, STATUS_NOMEM, NULL, "内存不足：检索");
    shown->highlight = true;
    if (!shown->facets) shown->facets = page_search_facet_mask(req->audience);
    if (req->facet_size == REQUEST_FACET_SIZE_DEFAULT)
        shown->facet_size = PAGE_SEARCH_FACET_SIZE;
    s = direct_search(c->mem, reader, call_losses(c, req->q), shown,
                      c->request->deadline_ns, &res, err);
    if (s == STATUS_STALE) metrics_add(&c->server->metrics.retries);
    if (s != STATUS_OK) return s;
    char heading[HEADING_CHARS * 4 + 64];
    const char *title = heading_of(c, req->q, heading, sizeof heading);
    const char *q = req->q.n ? talloc_strndup(c->mem, req->q.p, req->q.n) : NULL;
    struct view v = view_open(c, PAGE_SEARCH, title, q, res->revision, res->as_of);
    struct page_search p = {.call = c, .req = req, .res = res, .view = &v};
    put_page(&p, title);
    s = view_render(c, &v, "search", r, err);
    if (s == STATUS_OK && call_not_modified(c, r, res->revision, str_of(canonical)))
        r->type = NULL;
    return s;
}
