/* terms.h - what the leaves share: an AND of posting lists, and texts read in bulk. */
#ifndef CORE_XINDEX_TERMS_H
#define CORE_XINDEX_TERMS_H

#include "core/xindex/node.h"

#include <algorithm>

namespace xi {

/* Nanoseconds, measured on 100,000 records; only their ratios matter. */
constexpr uint64_t STEP_NS = 11;
constexpr uint64_t SEEK_NS = 66;
constexpr uint64_t VERIFY_NS = 220;

constexpr uint32_t PREFETCH_AHEAD = 6; /* records whose text is fetched before its turn */
constexpr uint32_t PREFETCH_LINES = 4;
constexpr uint32_t DEADLINE_EVERY = 2048; /* texts verified between two looks */

/* Rarest first; the term decides between equals, so that scores do not depend on how the
 * query was written. */
inline bool by_freq(const Posting &a, const Posting &b) {
    return a.freq != b.freq ? a.freq < b.freq : a.term() < b.term();
}

/* AND of terms, rarest first. */
class Terms {
    std::vector<Posting> list_;
    uint8_t *wdf_ = nullptr;
    double idf_ = 0;
    double chars_ = 0;

  public:
    /* `norm`: the literal that the terms are of. */
    Terms(const Request &q, const struct str *term, size_t n, struct str norm) {
        list_.reserve(n);
        for (size_t i = 0; i < n; i++) list_.emplace_back(q, term[i]);
        std::sort(list_.begin(), list_.end(), by_freq);
        if (q.scoring && n > 0) {
            wdf_ = q.r.scratch.bytes.take()->v;
            for (const Posting &p : list_)
                if (!p.is_char()) idf_ += q.idf(p.freq);
            chars_ = q.chars_idf(norm, term[0].n > 0 && term[0].p[0] == 'X');
        }
    }
    bool empty() const { return list_.empty(); }
    uint32_t cost() const { return list_.empty() ? END : list_[0].freq; }
    uint32_t skip(const Request &q, uint32_t from) {
        return list_.empty() ? from : list_[0].seek(q, from);
    }
    /* With `verified` the text decides later, so a list is left out when walking it costs
     * more than the texts that it is likely to spare; how much each list spared so far is
     * kept in it. Common bigrams of unit names are all but implied by the rarest one. */
    void filter(const Request &q, Window w, const Bits &in, Bits &out, bool verified) {
        out = in;
        for (size_t k = 0; k < list_.size(); k++) {
            Posting &p = list_[k];
            uint32_t left = k ? count_bits(out) : 0;
            if (k && left == 0) return;
            if (k && verified && !pays(q, p, left)) continue;
            Bits both;
            p.filter(q, w, out, both, k ? nullptr : wdf_);
            if (k) {
                p.seen += left;
                p.kept += count_bits(both);
            }
            out = both;
        }
    }
    /* The frequency of a literal in a text is taken as that of its rarest term, an upper
     * bound: counting it in the text would cost more than the match. Its characters are
     * all there, so that their part depends on the length of the record alone. */
    void score(const Request &q, Window w, const Bits &sel, float weight,
               float *sum) const {
        if (!wdf_ || weight == 0) return;
        each_bit(sel, [&](uint32_t i) {
            sum[i] += weight * (q.bm25(idf_, wdf_[i], w.start + i) +
                                q.bm25_chars(chars_, w.start + i));
        });
    }

  private:
    static bool pays(const Request &q, const Posting &p, uint64_t left) {
        uint64_t walk = std::min(p.density(q) * STEP_NS, left * SEEK_NS);
        uint64_t spared = left * (p.seen - p.kept) / p.seen;
        return walk < spared * VERIFY_NS;
    }
};

/* Clears the bits whose text fails `test`; texts are fetched ahead of their turn, because
 * most lie outside every cache. */
template <class F> void verify(const Request &q, Window w, Bits &bits, F test) {
    Ids &ids = q.r.scratch.ids;
    ids.fill(w.start, bits);
    auto fetch = [&](uint32_t k) {
        if (k >= ids.n) return;
        const char *p = q.text(ids.docid[k]).p;
        for (uint32_t line = 0; line < PREFETCH_LINES; line++)
            __builtin_prefetch(p + line * 64);
    };
    for (uint32_t k = 0; k < PREFETCH_AHEAD; k++) fetch(k);
    for (uint32_t k = 0; k < ids.n; k++) {
        if (k % DEADLINE_EVERY == DEADLINE_EVERY - 1) q.check_deadline();
        fetch(k + PREFETCH_AHEAD);
        if (!test(q.text(ids.docid[k]))) clear_bit(bits, ids.docid[k] - w.start);
    }
}

/* Terms without prefix come from the searched fields, "X" terms from those searched by
 * name only; a term alone decides only when every such field is asked for. */
inline bool covers_searched(uint32_t tags) {
    uint32_t searched = field_searched_tags();
    return (tags & searched) == searched;
}

} // namespace xi

#endif
