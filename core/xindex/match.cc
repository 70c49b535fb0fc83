/* One request: windows of docids go through the query tree, the filters, the facets and
 * the heap of the best. */
#include "core/xindex/facets.h"
#include "core/xindex/node.h"

#include <algorithm>
#include <cstring>
#include <talloc.h>

namespace xi {

constexpr size_t MAX_WHERE = 64;

/* Sort keys: 64 bits, smaller is better. The upper half is the sort value, the lower the
 * rank of the uid, so that every tie is decided. */
static uint32_t key_of_float(float f) {
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    u = u >> 31 ? ~u : u | 0x80000000u; /* ascending as unsigned */
    return ~u;                          /* best first */
}

class Order {
    const struct xindex_request &req_;
    const struct columns &c_;
    uint32_t after_ = 0;     /* value of the last hit of the page before */
    bool after_tie_ = false; /* may others have that value and a larger uid? */

  public:
    Order(const struct xindex_request &req, const struct columns &c) : req_(req), c_(c) {
        if (req.after.set) set_after();
    }
    bool by_relevance() const { return req_.sort == XINDEX_BY_RELEVANCE; }
    uint64_t key(uint32_t docid, float score) const {
        uint32_t v = by_relevance()                    ? key_of_float(score)
                     : req_.sort == XINDEX_BY_APPROVED ? date(DATE_APPROVED, docid)
                     : req_.sort == XINDEX_BY_ACHIEVED ? date(DATE_ACHIEVED, docid)
                                                       : directed(c_.title_rank[docid]);
        return uint64_t{v} << 32 | c_.uid_rank[docid];
    }
    bool is_after(uint64_t key, uint32_t docid) const {
        if (!req_.after.set) return true;
        uint32_t v = static_cast<uint32_t>(key >> 32);
        if (v != after_) return v > after_;
        return after_tie_ && str_cmp(columns_uid(&c_, docid), req_.after.uid) > 0;
    }

  private:
    /* 0 is "missing" and last in both directions. */
    uint32_t directed(uint32_t v) const {
        return v == 0 ? UINT32_MAX : req_.descending ? UINT32_MAX - 1 - v : v;
    }
    uint32_t date(enum date_column k, uint32_t docid) const {
        return directed(static_cast<uint32_t>(c_.date[k][docid]));
    }
    struct str title(uint32_t i) const {
        uint32_t d = c_.title_order[i];
        return str_slice(c_.key_bytes + c_.key_at[d],
                         static_cast<size_t>(c_.key_at[d + 1] - c_.key_at[d]));
    }
    void set_after();
    void set_after_title();
};

void Order::set_after() {
    after_tie_ = true;
    switch (req_.sort) {
        case XINDEX_BY_RELEVANCE:
            return; /* refused by Match */
        case XINDEX_BY_APPROVED:
        case XINDEX_BY_ACHIEVED:
            after_ = directed(static_cast<uint32_t>(req_.after.date));
            return;
        case XINDEX_BY_TITLE:
            set_after_title();
            return;
    }
}

/* The title may have gone with a newer revision: then the page begins between the ranks
 * of its neighbours. */
void Order::set_after_title() {
    struct str key = req_.after.key;
    if (key.n == 0) {
        after_ = UINT32_MAX;
        return;
    }
    uint32_t lo = 0, hi = c_.title_count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (str_cmp(title(mid), key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    bool found = lo < c_.title_count && str_eq(title(lo), key);
    uint32_t next = lo < c_.title_count ? c_.title_rank[c_.title_order[lo]]
                    : lo                ? c_.title_rank[c_.title_order[lo - 1]] + 1
                                        : 1;
    after_tie_ = found;
    if (found)
        after_ = directed(next);
    else if (req_.descending)
        after_ = directed(next);
    else
        after_ = directed(next) - 1;
}

struct Hit {
    uint64_t key;
    uint32_t docid;
    float score;
    bool operator<(const Hit &o) const { return key < o.key; }
};

/* The best k, worst on top. */
class Best {
    std::vector<Hit> heap_;
    size_t k_;

  public:
    explicit Best(size_t k) : k_(k) { heap_.reserve(std::min<size_t>(k, 1024)); }
    bool wanted() const { return k_ > 0; }
    bool beaten(uint64_t key) const {
        return heap_.size() == k_ && heap_.front().key < key;
    }
    void add(const Hit &h) {
        if (heap_.size() == k_) {
            std::pop_heap(heap_.begin(), heap_.end());
            heap_.back() = h;
        } else
            heap_.push_back(h);
        std::push_heap(heap_.begin(), heap_.end());
    }
    std::vector<Hit> &sorted() {
        std::sort_heap(heap_.begin(), heap_.end());
        return heap_;
    }
};

/* One where entry. `open`: documents that fail only this one are still of interest. */
struct Filter {
    Cond cond;
    const struct xindex_cond *asked;
    bool open;
    Bits fails; /* in this window: candidates that fail it */
    uint32_t without = 0;

    Filter(const Request &q, const struct xindex_cond *c, bool is_open)
        : cond(q, *c), asked(c), open(is_open) {}
};

class Match {
    const struct xindex_request &req_;
    Request q_;
    const struct columns &c_;
    std::unique_ptr<Node> root_;
    std::vector<Filter> where_;
    std::vector<Facet> facets_;
    std::vector<int> facet_id_;
    Order order_;
    Best best_;
    uint32_t total_ = 0;
    float *sum_ = nullptr;

  public:
    Match(xindex_reader &r, const struct xindex_request &req, struct err *err);
    void run();
    struct xindex_result *result(void *ctx);

  private:
    bool facet_asked(int f) const { return f >= 0 && req_.facets >> f & 1; }
    const Filter *filter_on(int facet) const;
    void window(Window w);
    void live(Window w, Bits &out) const;
    void filters(Window w, Bits &all);
    void count(Window w, const Bits &all, const Bits &left);
    template <class F> void count_facets(Window w, const Bits &set, F wanted);
    void rank(Window w, const Bits &all);
    void refine(std::vector<Hit> &hits);
    void fill_hits(struct xindex_result *res);
};

static bool wants_scores(const struct xindex_request &req) {
    return req.query && req.sort == XINDEX_BY_RELEVANCE && req.limit > 0;
}

static size_t heap_size(const struct xindex_request &req) {
    size_t asked = static_cast<size_t>(req.offset) + req.limit;
    if (req.limit == 0) return 0;
    return wants_scores(req) ? std::max<size_t>(asked, XINDEX_REFINED) : asked;
}

Match::Match(xindex_reader &r, const struct xindex_request &req, struct err *err)
    : req_(req), q_(r, wants_scores(req), req.deadline_ns, err), c_(r.columns),
      order_(req, r.columns), best_(heap_size(req)) {
    if (req.nwhere > MAX_WHERE || heap_size(req) > XINDEX_MAX_WINDOW)
        q_.fail(STATUS_LIMIT, "请求超过了索引的限度");
    if (req.after.set && order_.by_relevance())
        q_.fail(STATUS_INVALID, "a page by relevance begins at an offset");
    r.scratch.reset();
    if (req.query) root_ = build_node(q_, *req.query);
    if (q_.scoring) sum_ = r.scratch.floats.take()->v;
    /* Plain filters first: what they drop need not be looked at again. */
    where_.reserve(req.nwhere);
    for (int open = 0; open < 2; open++)
        for (size_t i = 0; i < req.nwhere; i++)
            if ((req.count_without || facet_asked(req.where[i].facet)) == (open == 1))
                where_.emplace_back(q_, &req.where[i], open == 1);
    for (int f = 0; f < FACET_COUNT; f++)
        if (facet_asked(f)) {
            const Filter *on = filter_on(f);
            facet_id_.push_back(f);
            facets_.emplace_back(r, f, req.rollup, on ? on->asked : nullptr);
        }
}

const Filter *Match::filter_on(int facet) const {
    for (const Filter &f : where_)
        if (f.cond.facet() == facet) return &f;
    return nullptr;
}

void Match::live(Window w, Bits &out) const {
    uint32_t words = (w.end - w.start + 63) / 64;
    memcpy(out.word, c_.live + w.start / 64, words * sizeof(uint64_t));
    memset(out.word + words, 0, (WORDS - words) * sizeof(uint64_t));
}

/* Leaves in `all` what fails at most one open filter; Filter::fails says which. */
void Match::filters(Window w, Bits &all) {
    Bits once = {};
    for (Filter &f : where_) {
        Bits pass;
        f.cond.filter(w, all, pass);
        if (!f.open) {
            all = pass;
            continue;
        }
        for (uint32_t k = 0; k < WORDS; k++) {
            uint64_t fails = all.word[k] & ~pass.word[k];
            all.word[k] &= ~(fails & once.word[k]);
            once.word[k] |= fails;
            f.fails.word[k] = fails;
        }
    }
}

/* Counts the facets that `wanted` says over the set. */
template <class F> void Match::count_facets(Window w, const Bits &set, F wanted) {
    Scratch &s = q_.r.scratch;
    Bits rest;
    live(w, rest);
    uint32_t all = count_bits(rest);
    s.ids.fill(w.start, set);
    bool most = s.ids.n > all / 2;
    if (most) {
        for (uint32_t k = 0; k < WORDS; k++) rest.word[k] &= ~set.word[k];
        s.rest.fill(w.start, rest);
    }
    for (size_t i = 0; i < facets_.size(); i++)
        if (wanted(facet_id_[i]))
            facets_[i].add({w.start, s.ids, most ? &s.rest : nullptr});
}

/* A facet with a filter of its own is counted as if that filter were not there. */
void Match::count(Window w, const Bits &all, const Bits &left) {
    total_ += count_bits(all);
    auto has_own = [&](int facet) {
        const Filter *f = filter_on(facet);
        return f && f->open;
    };
    if (!facets_.empty())
        count_facets(w, all, [&](int facet) { return !has_own(facet); });
    for (Filter &f : where_) {
        if (!f.open) continue;
        Bits without;
        for (uint32_t k = 0; k < WORDS; k++)
            without.word[k] = all.word[k] | (f.fails.word[k] & left.word[k]);
        f.without += count_bits(without);
        if (facet_asked(f.cond.facet()))
            count_facets(w, without, [&](int facet) { return facet == f.cond.facet(); });
    }
}

void Match::rank(Window w, const Bits &all) {
    if (!best_.wanted()) return;
    if (q_.scoring) {
        each_bit(all, [&](uint32_t i) { sum_[i] = 0; });
        root_->score(q_, w, all, sum_);
    }
    each_bit(all, [&](uint32_t i) {
        float score = q_.scoring ? sum_[i] : 0;
        uint64_t key = order_.key(w.start + i, score);
        if (!best_.beaten(key) && order_.is_after(key, w.start + i))
            best_.add({key, w.start + i, score});
    });
}

void Match::window(Window w) {
    Bits in, left;
    live(w, in);
    if (root_)
        root_->approx(q_, w, in, left);
    else
        left = in;
    filters(w, left);
    if (root_ && root_->verifies && any_bit(left)) root_->confirm(q_, w, left);
    if (!any_bit(left)) return;
    Bits all = left;
    for (const Filter &f : where_)
        if (f.open)
            for (uint32_t k = 0; k < WORDS; k++) all.word[k] &= ~f.fails.word[k];
    count(w, all, left);
    rank(w, all);
}

void Match::run() {
    for (uint32_t start = 0; start < c_.size; start += WINDOW) {
        q_.check_deadline();
        if (root_) {
            uint32_t next = root_->skip(q_, start);
            if (next >= c_.size) break;
            start = next / WINDOW * WINDOW;
        }
        window({start, std::min(start + WINDOW, c_.size)});
    }
}

template <class T> static T *array_on(void *ctx, size_t n) {
    void *p = talloc_zero_size(ctx, (n + 1) * sizeof(T));
    if (!p) throw std::bad_alloc();
    return static_cast<T *>(p);
}

/* The best are looked at again; those behind them keep their order, so that pages fit. */
void Match::refine(std::vector<Hit> &hits) {
    size_t n = std::min<size_t>(hits.size(), XINDEX_REFINED);
    for (size_t i = 0; i < n; i++) {
        q_.check_deadline();
        hits[i].score += root_->refine(q_, hits[i].docid);
        hits[i].key = order_.key(hits[i].docid, hits[i].score);
    }
    std::sort(hits.begin(), hits.begin() + static_cast<ptrdiff_t>(n));
}

void Match::fill_hits(struct xindex_result *res) {
    std::vector<Hit> &hits = best_.sorted();
    if (wants_scores(req_)) refine(hits);
    size_t from = std::min<size_t>(req_.offset, hits.size());
    size_t to = std::min(hits.size(), from + req_.limit);
    res->hits = array_on<struct xindex_hit>(res, to - from);
    for (size_t i = from; i < to; i++) {
        std::string data;
        if (!req_.docids_only) data = q_.r.data(hits[i].docid);
        char *copy = array_on<char>(res->hits, data.size());
        memcpy(copy, data.data(), data.size());
        res->hits[res->nhits++] = {hits[i].docid, static_cast<double>(hits[i].score),
                                   str_slice(copy, data.size())};
    }
}

struct xindex_result *Match::result(void *ctx) {
    std::unique_ptr<struct xindex_result, int (*)(struct xindex_result *)> res(
        static_cast<struct xindex_result *>(
            talloc_zero_size(ctx, sizeof(struct xindex_result))),
        [](struct xindex_result *p) { return talloc_free(p); });
    if (!res) throw std::bad_alloc();
    res->revision = q_.r.revision;
    res->as_of = talloc_strdup(res.get(), q_.r.as_of.c_str());
    if (!res->as_of) throw std::bad_alloc();
    res->total = total_;
    fill_hits(res.get());
    res->facets = array_on<struct xindex_facet_counts>(res.get(), facets_.size());
    for (Facet &f : facets_) {
        const Filter *on = filter_on(facet_id_[res->nfacets]);
        f.finish(res.get(), req_.facet_size, on ? on->asked : nullptr,
                 &res->facets[res->nfacets]);
        res->nfacets++;
    }
    if (req_.count_without) {
        res->without = array_on<uint32_t>(res.get(), req_.nwhere);
        for (const Filter &f : where_) res->without[f.asked - req_.where] = f.without;
    }
    return res.release();
}

void run_match(xindex_reader &r, void *ctx, const struct xindex_request &req,
               struct xindex_result **out, struct err *err) {
    Match m(r, req, err);
    m.run();
    try {
        *out = m.result(ctx);
    } catch (const Xapian::DocNotFoundError &) {
        err_set(err, STATUS_CORRUPT, nullptr,
                "columns name a record that the index does not hold; run chengguo "
                "rebuild");
        throw Failure{STATUS_CORRUPT};
    }
}

} // namespace xi
