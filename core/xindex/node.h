/* node.h - the query tree made ready to run: posting lists, conditions, nodes.
 *
 * approx() gives candidates from posting lists and columns; confirm() looks at record
 * text and is called for as few documents as possible, after filters. Bits that approx()
 * gave and confirm() left are exactly the matches. Windows are visited in ascending
 * order.
 */
#ifndef CORE_XINDEX_NODE_H
#define CORE_XINDEX_NODE_H

#include "core/xindex/internal.h"

namespace xi {

/* Found by search over five judged sets, see docs/search-quality.md. */
constexpr double K1 = 1.2, B = 0.75;
constexpr double CHAR_WEIGHT = 1.2, CHAR_K1 = 2.5, CHAR_B = 0.75;

struct Window {
    uint32_t start, end; /* docids [start, end), start a multiple of WINDOW */
};

/* What the nodes of one request share. */
struct Request {
    xindex_reader &r;
    bool scoring;        /* will score() be asked? */
    int64_t deadline_ns; /* 0 = none */
    struct err *err;
    double norm_base, norm_slope;           /* BM25 of bigrams and tokens */
    double char_norm_base, char_norm_slope; /* of characters */

    Request(xindex_reader &reader, bool with_scores, int64_t deadline, struct err *e);
    void check_deadline() const; /* throws Failure */
    double idf(uint32_t freq) const;
    /* Sum of idf over the distinct Han characters of matching text: what they weigh in a
     * record that holds them all. */
    double chars_idf(struct str norm, bool named) const;
    float bm25(double idf, uint32_t tf, uint32_t docid) const {
        double norm = norm_base + norm_slope * r.columns.doclen[docid];
        return static_cast<float>(idf * (K1 + 1) * tf / (tf + norm));
    }
    /* Of characters that the record holds, as if each stood once. */
    float bm25_chars(double idf, uint32_t docid) const {
        double norm = char_norm_base + char_norm_slope * r.columns.doclen[docid];
        return static_cast<float>(CHAR_WEIGHT * idf * (CHAR_K1 + 1) / (1 + norm));
    }
    struct str text(uint32_t docid) const {
        return str_slice(r.text.p + r.columns.text_at[docid], r.columns.text_len[docid]);
    }
    [[noreturn]] void fail(enum status s, const char *text) const;
};

/* One posting list, walked forward only. A single Han character has its list in the
 * columns (columns_han.h), where every wdf is 1. */
class Posting {
    std::string term_;
    struct columns_han_list han_ = {};
    bool is_han_ = false;
    Xapian::PostingIterator it_;
    uint32_t at_ = 0; /* 0: not opened yet */

  public:
    uint32_t freq = 0;
    uint32_t kept = 1, seen = 2; /* of the candidates it was asked about: see Terms */

    Posting(const Request &q, struct str term);
    Posting(std::string term, uint32_t f) : term_(std::move(term)), freq(f) {}
    const std::string &term() const { return term_; }
    bool is_char() const { return is_han_; }
    uint32_t seek(const Request &q, uint32_t docid);
    /* Postings to be walked in a window, as expected. */
    uint32_t density(const Request &q) const {
        if (is_han_) return 0;
        return static_cast<uint32_t>(static_cast<uint64_t>(freq) * WINDOW /
                                     q.r.columns.size);
    }
    /* Calls fn(offset in the window, wdf) for each posting in the window. */
    template <class F> void walk(const Request &q, Window w, F fn) {
        if (is_han_) {
            Bits all = {};
            columns_han_add_window(&han_, w.start / WINDOW, all.word);
            each_bit(all, [&](uint32_t i) { fn(i, 1); });
            return;
        }
        for (uint32_t d = seek(q, w.start); d < w.end; d = step())
            fn(d - w.start, it_.get_wdf());
    }
    template <class F> void visit(const Request &q, Window w, const Bits &in, F fn) {
        if (is_han_) {
            Bits both = {};
            columns_han_add_window(&han_, w.start / WINDOW, both.word);
            for (uint32_t k = 0; k < WORDS; k++) both.word[k] &= in.word[k];
            each_bit(both, [&](uint32_t i) { fn(i, 1); });
            return;
        }
        each_bit(in, [&](uint32_t i) {
            if (seek(q, w.start + i) == w.start + i) fn(i, it_.get_wdf());
        });
    }
    /* out = in and the postings; wdf (or NULL) is filled for the set bits. */
    void filter(const Request &q, Window w, const Bits &in, Bits &out, uint8_t *wdf);

  private:
    uint32_t step() {
        ++it_;
        return at_ = it_ == Xapian::PostingIterator() ? END : *it_;
    }
};

/* A column condition with its dictionary looked up. */
class Cond {
    const struct columns &c_;
    int facet_, date_;
    std::vector<uint8_t> yes_; /* by ordinal */
    uint32_t only_ = 0;        /* the one ordinal that matches, where it is one */
    std::vector<std::pair<int32_t, int32_t>> ranges_;

  public:
    Cond(const Request &q, const struct xindex_cond &cond);
    /* Records that have one of the marked ordinals. */
    Cond(const Request &q, int facet, std::vector<uint8_t> &&yes)
        : c_(q.r.columns), facet_(facet), date_(-1), yes_(std::move(yes)) {}
    int facet() const { return facet_; }
    void filter(Window w, const Bits &in, Bits &out) const;

  private:
    void add_value(const Request &q, struct str value);
    void add_date(const Request &q, struct str value);
    void add_years(int32_t lo, int32_t hi);
    bool in_ranges(int32_t d) const;
    template <class T> void filter_lists(Window w, const Bits &in, Bits &out) const;
    template <class T> void filter_ords(Window w, const Bits &in, Bits &out) const;
};

class Node {
  public:
    uint32_t cost = 0; /* upper bound of the matches */
    bool verifies = false;
    bool dense = false; /* works on any candidate: to be asked last */
    float boost = 0;

    Node() = default;
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;
    virtual ~Node() = default;
    /* No document in [from, result) matches. */
    virtual uint32_t skip(const Request &, uint32_t from) { return from; }
    virtual void approx(const Request &q, Window w, const Bits &in, Bits &out) = 0;
    virtual void confirm(const Request &, Window, Bits &) {}
    /* Adds to sum[i] for every bit i of sel, all of them matches of this node. */
    virtual void score(const Request &, Window, const Bits &sel, float *sum);
    /* What a second look at the text of a match adds to its score. */
    virtual float refine(const Request &, uint32_t /* docid */) { return 0; }
    /* The literal that this node is, or NULL: for looking at neighbours. */
    virtual const struct str *literal() const { return nullptr; }
};

/* The distinct Han characters of matching text as terms, "X" before them where named. */
std::vector<std::string> han_chars(struct str norm, bool named);

/* Builds the tree: STATUS_LIMIT, STATUS_INVALID by Failure. */
std::unique_ptr<Node> build_node(const Request &q, const struct xindex_node &root);

/* The leaves, for build_node. */
std::unique_ptr<Node> make_literal(const Request &q, const struct xindex_node &n);
std::unique_ptr<Node> make_near(const Request &q, const struct xindex_node &n);
std::unique_ptr<Node> make_prefix(const Request &q, const struct xindex_node &n);
std::unique_ptr<Node> make_atleast(const Request &q, const struct xindex_node &n);

} // namespace xi

#endif
