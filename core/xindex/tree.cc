/* The inner nodes, and the tree built from the request. */
#include "core/xindex/node.h"

#include <algorithm>

namespace xi {

void Node::score(const Request &, Window, const Bits &sel, float *sum) {
    if (boost != 0) each_bit(sel, [&](uint32_t i) { sum[i] += boost; });
}

namespace {

using Children = std::vector<std::unique_ptr<Node>>;

/* Two words of an AND within so many characters gain so much: docs/search-quality.md. */
constexpr uint32_t NEAR_CHARS = 10;
constexpr float IS_NEAR = 2,
                IS_NEXT = 4; /* the latter besides, where nothing is between */

class All : public Node {
  public:
    explicit All(const Request &q) {
        cost = q.r.columns.live_count;
        dense = true;
    }
    void approx(const Request &, Window, const Bits &in, Bits &out) override { out = in; }
};

class None : public Node {
  public:
    uint32_t skip(const Request &, uint32_t) override { return END; }
    void approx(const Request &, Window, const Bits &, Bits &out) override {
        out = Bits{};
    }
};

class Condition : public Node {
    Cond cond_;

  public:
    Condition(const Request &q, const struct xindex_cond &c) : cond_(q, c) {
        cost = q.r.columns.live_count;
        dense = true;
    }
    void approx(const Request &, Window w, const Bits &in, Bits &out) override {
        cond_.filter(w, in, out);
    }
};

static float nearness(struct str text, struct str a, struct str b) {
    if (!rectext_near(text, a, b, NEAR_CHARS, UINT32_MAX)) return 0;
    return rectext_near(text, a, b, 0, UINT32_MAX) ? IS_NEAR + IS_NEXT : IS_NEAR;
}

class And : public Node {
    Children child_;

  public:
    explicit And(Children &&child) : child_(std::move(child)) {
        std::sort(child_.begin(), child_.end(), [](const auto &a, const auto &b) {
            return a->dense != b->dense ? b->dense : a->cost < b->cost;
        });
        cost = child_[0]->cost;
        dense = child_[0]->dense;
        for (const auto &c : child_) verifies |= c->verifies;
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        for (const auto &c : child_) from = std::max(from, c->skip(q, from));
        return from;
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        Bits left = in;
        for (const auto &c : child_) {
            c->approx(q, w, left, out);
            if (!any_bit(out)) return;
            left = out;
        }
    }
    void confirm(const Request &q, Window w, Bits &bits) override {
        for (const auto &c : child_)
            if (c->verifies && any_bit(bits)) c->confirm(q, w, bits);
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        for (const auto &c : child_) c->score(q, w, sel, sum);
    }
    /* The children are sorted by cost, so neighbours here need not be neighbours in the
     * query: any two words that stand close say the same. */
    float refine(const Request &q, uint32_t docid) override {
        float gain = 0;
        const struct str *before = nullptr;
        for (const auto &c : child_) {
            gain += c->refine(q, docid);
            const struct str *here = c->literal();
            if (here && before) gain += nearness(q.text(docid), *before, *here);
            if (here) before = here;
        }
        return gain;
    }
};

class Or : public Node {
    Children child_;
    std::vector<Bits *> found_; /* matches of each child in this window */

  public:
    Or(const Request &q, Children &&child) : child_(std::move(child)) {
        uint64_t all = 0;
        for (const auto &c : child_) {
            all += c->cost;
            verifies |= c->verifies;
            dense |= c->dense;
            found_.push_back(q.r.scratch.bits.take());
        }
        cost = static_cast<uint32_t>(std::min<uint64_t>(all, q.r.columns.live_count));
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        uint32_t d = END;
        for (const auto &c : child_) d = std::min(d, c->skip(q, from));
        return d;
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        out = Bits{};
        for (size_t i = 0; i < child_.size(); i++) {
            child_[i]->approx(q, w, in, *found_[i]);
            for (uint32_t k = 0; k < WORDS; k++) out.word[k] |= found_[i]->word[k];
        }
    }
    /* Without scores a document that one child has is not looked up for the next. */
    void confirm(const Request &q, Window w, Bits &bits) override {
        Bits sure = {};
        for (int verified = 0; verified < 2; verified++)
            for (size_t i = 0; i < child_.size(); i++) {
                if (child_[i]->verifies != (verified == 1)) continue;
                Bits &mine = *found_[i];
                for (uint32_t k = 0; k < WORDS; k++)
                    mine.word[k] &= bits.word[k] & ~(q.scoring ? 0 : sure.word[k]);
                child_[i]->confirm(q, w, mine);
                for (uint32_t k = 0; k < WORDS; k++) sure.word[k] |= mine.word[k];
            }
        bits = sure;
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        for (size_t i = 0; i < child_.size(); i++) {
            Bits mine;
            for (uint32_t k = 0; k < WORDS; k++)
                mine.word[k] = found_[i]->word[k] & sel.word[k];
            child_[i]->score(q, w, mine, sum);
        }
    }
    float refine(const Request &q, uint32_t docid) override {
        float best = 0;
        for (const auto &c : child_) best = std::max(best, c->refine(q, docid));
        return best;
    }
    /* Other names stand behind the word as typed: its place says enough. */
    const struct str *literal() const override {
        return child_.empty() ? nullptr : child_[0]->literal();
    }
};

class Not : public Node {
    std::unique_ptr<Node> child_;
    Bits *found_;

  public:
    Not(const Request &q, std::unique_ptr<Node> &&child)
        : child_(std::move(child)), found_(q.r.scratch.bits.take()) {
        cost = q.r.columns.live_count;
        dense = true;
        verifies = child_->verifies;
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        child_->approx(q, w, in, *found_);
        for (uint32_t k = 0; k < WORDS; k++)
            out.word[k] = in.word[k] & ~(verifies ? 0 : found_->word[k]);
    }
    void confirm(const Request &q, Window w, Bits &bits) override {
        if (!verifies) return;
        Bits mine;
        for (uint32_t k = 0; k < WORDS; k++)
            mine.word[k] = found_->word[k] & bits.word[k];
        child_->confirm(q, w, mine);
        for (uint32_t k = 0; k < WORDS; k++) bits.word[k] &= ~mine.word[k];
    }
};

struct Builder {
    const Request &q;
    size_t nodes = 0, terms = 0;

    void count(const struct xindex_node *n, unsigned depth);
    std::unique_ptr<Node> node(const struct xindex_node *n, unsigned depth);
    Children children(const struct xindex_node &n, unsigned depth);
    std::unique_ptr<Node> of(const struct xindex_node &n, unsigned depth);
};

Children Builder::children(const struct xindex_node &n, unsigned depth) {
    Children all;
    if (n.nchild == 0) q.fail(STATUS_INVALID, "a query node without children");
    for (size_t i = 0; i < n.nchild; i++) all.push_back(node(n.child[i], depth));
    return all;
}

std::unique_ptr<Node> Builder::of(const struct xindex_node &n, unsigned depth) {
    switch (n.op) {
        case XINDEX_ALL:
            return std::make_unique<All>(q);
        case XINDEX_NONE:
            return std::make_unique<None>();
        case XINDEX_AND:
            return std::make_unique<And>(children(n, depth));
        case XINDEX_OR:
            return std::make_unique<Or>(q, children(n, depth));
        case XINDEX_NOT:
            if (n.nchild != 1) q.fail(STATUS_INVALID, "NOT needs one child");
            return std::make_unique<Not>(q, node(n.child[0], depth));
        case XINDEX_LITERAL:
        case XINDEX_TERM:
            return make_literal(q, n);
        case XINDEX_NEAR:
            for (size_t i = 0; i < n.nchild; i++) count(n.child[i], depth);
            return make_near(q, n);
        case XINDEX_ATLEAST:
            return make_atleast(q, n);
        case XINDEX_PREFIX:
            return make_prefix(q, n);
        case XINDEX_COND:
            return std::make_unique<Condition>(q, n.cond);
    }
    q.fail(STATUS_INVALID, "an unknown query node");
}

void Builder::count(const struct xindex_node *n, unsigned depth) {
    if (!n) q.fail(STATUS_INVALID, "a query node is missing");
    terms += n->literal.n;
    if (++nodes > XINDEX_MAX_NODES || terms > XINDEX_MAX_TERMS ||
        depth >= XINDEX_MAX_DEPTH)
        q.fail(STATUS_LIMIT, "检索式太复杂；请减少检索词");
}

std::unique_ptr<Node> Builder::node(const struct xindex_node *n, unsigned depth) {
    count(n, depth);
    std::unique_ptr<Node> made = of(*n, depth + 1);
    made->boost = n->boost;
    return made;
}

} // namespace

std::unique_ptr<Node> build_node(const Request &q, const struct xindex_node &root) {
    return Builder{q}.node(&root, 0);
}

} // namespace xi
