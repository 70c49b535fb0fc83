/* The leaves that stand for many terms: a prefix, and at least so many of them. */
#include "core/xindex/terms.h"

#include "core/utf8.h"

#include <cstring>
#include <talloc.h>

namespace xi {

/* ---- prefix ----------------------------------------------------------------------- */

/* Bytes of the last token of the needle: what the word must start with. */
static size_t last_token(struct str s) {
    size_t at = s.n;
    while (at > 0) {
        size_t k = at - 1;
        uint32_t cp;
        while (k > 0 && (static_cast<unsigned char>(s.p[k]) & 0xC0) == 0x80) k--;
        utf8_next(s.p + k, s.p + s.n, &cp);
        if (!text_is_word(cp)) break;
        at = k;
    }
    return s.n - at;
}

/* Like rectext_find, but the match may end inside a token. */
static bool find_start(struct str text, struct str needle, uint32_t tags) {
    for (size_t at = 0; at < text.n;) {
        const void *hit = memmem(text.p + at, text.n - at, needle.p, needle.n);
        if (!hit) return false;
        size_t from = static_cast<size_t>(static_cast<const char *>(hit) - text.p);
        size_t to = from + needle.n;
        struct str value;
        for (uint32_t cp; to < text.n;) {
            const char *next = utf8_next(text.p + to, text.p + text.n, &cp);
            if (!text_is_word(cp)) break;
            to = static_cast<size_t>(next - text.p);
        }
        if (text_is_whole(text, from, to) &&
            (tags == UINT32_MAX || tags >> rectext_value_at(text, from, &value) & 1))
            return true;
        at = from + 1;
    }
    return false;
}

class Prefix : public Node {
    std::vector<Posting> words_;
    Terms head_;
    struct str needle_;
    uint32_t tags_;
    float weight_;
    uint8_t *wdf_ = nullptr;
    double idf_ = 0;

  public:
    Prefix(const Request &q, const struct xindex_node &n, const struct literal &head,
           std::vector<Posting> &&words, bool whole)
        : words_(std::move(words)), head_(q, head.terms, head.n, str_slice("", 0)),
          needle_(n.needle), tags_(n.tags), weight_(n.weight) {
        uint64_t all = 0;
        for (const Posting &p : words_) all += p.freq;
        cost = static_cast<uint32_t>(std::min<uint64_t>(
            std::min<uint64_t>(all, q.r.columns.live_count), head_.cost()));
        verifies = !whole;
        if (q.scoring) {
            wdf_ = q.r.scratch.bytes.take()->v;
            idf_ = q.idf(cost);
        }
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        uint32_t first = END;
        for (Posting &p : words_) first = std::min(first, p.seek(q, from));
        return std::max(first, head_.skip(q, from));
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        Bits narrowed;
        head_.filter(q, w, in, narrowed, true);
        out = Bits{};
        for (Posting &p : words_)
            p.walk(q, w, [&](uint32_t i, Xapian::termcount n) {
                if (!has_bit(narrowed, i)) return;
                if (wdf_) {
                    uint64_t sum = (has_bit(out, i) ? wdf_[i] : 0) + uint64_t{n};
                    wdf_[i] = static_cast<uint8_t>(std::min<uint64_t>(sum, 255));
                }
                set_bit(out, i);
            });
    }
    void confirm(const Request &q, Window w, Bits &bits) override {
        if (verifies)
            verify(q, w, bits,
                   [&](struct str text) { return find_start(text, needle_, tags_); });
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        if (!wdf_ || weight_ == 0) return;
        each_bit(sel, [&](uint32_t i) {
            sum[i] += weight_ * q.bm25(idf_, wdf_[i], w.start + i);
        });
    }
};

static void expand(const Request &q, const std::string &start,
                   std::vector<Posting> &out) {
    Xapian::TermIterator end = q.r.db->allterms_end(start);
    for (Xapian::TermIterator it = q.r.db->allterms_begin(start); it != end; ++it) {
        if (out.size() == XINDEX_MAX_EXPAND)
            q.fail(STATUS_LIMIT, "前缀对应的词太多；请多写几个字");
        out.emplace_back(*it, it.get_termfreq());
    }
}

/* Terms of what stands before the last token; none when it holds nothing searchable. */
static struct literal head_terms(const Request &q, void *ctx, struct str head,
                                 const char *prefix) {
    struct literal l = {};
    if (!text_is_searchable(head)) return l;
    enum status s = analyse_literal(ctx, head, prefix, &l, q.err);
    if (s != STATUS_OK) throw Failure{s};
    return l;
}

std::unique_ptr<Node> make_prefix(const Request &q, const struct xindex_node &n) {
    std::unique_ptr<void, int (*)(void *)> ctx(talloc_new(nullptr),
                                               [](void *p) { return talloc_free(p); });
    if (!ctx) throw std::bad_alloc();
    bool searched = (n.tags & field_searched_tags()) != 0;
    const char *prefix = searched ? "" : "X";
    size_t token = last_token(n.needle);
    if (token == 0) {
        struct xindex_node plain = n;
        plain.op = XINDEX_LITERAL;
        plain.literal = head_terms(q, ctx.get(), n.needle, prefix);
        return make_literal(q, plain);
    }
    struct str head = str_slice(n.needle.p, n.needle.n - token);
    struct str word = str_slice(head.p + head.n, token);
    bool cut = token > ANALYSE_MAX_TOKEN;
    word.n = utf8_clip(word, ANALYSE_MAX_TOKEN);
    struct literal terms = head_terms(q, ctx.get(), head, prefix);
    std::vector<Posting> words;
    expand(q, prefix + std::string(word.p, word.n), words);
    bool whole = head.n == 0 && !cut &&
                 (n.tags == UINT32_MAX || (searched && covers_searched(n.tags)));
    return std::make_unique<Prefix>(q, n, terms, std::move(words), whole);
}

/* ---- at least --------------------------------------------------------------------- */

/* How often a character stands in a text says more than that it does, but the lists of
 * characters do not tell. So those of the best records are counted. */
constexpr float CHAR_COUNT_WEIGHT = 0.4F;
constexpr size_t CHAR_COUNT_LEAST = 9; /* characters of a sentence, not of a word */

struct Char {
    uint32_t cp;
    double idf;
    uint32_t count = 0;
};

/* Term at a time within a window. A document that holds `need` of n terms holds one of
 * the n - need + 1 rarest: only these make candidates, the frequent rest is looked up
 * for them, and a candidate that cannot reach `need` any more is dropped. */
class AtLeast : public Node {
    std::vector<Posting> list_;  /* that count, rarest first */
    std::vector<Posting> extra_; /* that only score */
    std::vector<Char> chars_;    /* of the needle */
    uint32_t need_;
    float weight_;
    uint16_t *held_;
    float *sum_ = nullptr;
    static constexpr uint32_t PLANE = 0x10000; /* rarer characters are not counted */
    std::vector<uint16_t> at_; /* by code point: place in chars_, from 1 */

  public:
    AtLeast(const Request &q, const struct xindex_node &n)
        : need_(n.need), weight_(n.weight) {
        std::vector<struct str> terms(n.literal.terms, n.literal.terms + n.literal.n);
        auto less = [](struct str a, struct str b) { return str_cmp(a, b) < 0; };
        std::sort(terms.begin(), terms.end(), less);
        terms.erase(std::unique(terms.begin(), terms.end(), str_eq), terms.end());
        for (struct str t : terms) list_.emplace_back(q, t);
        std::sort(list_.begin(), list_.end(), by_freq);
        if (need_ == 1) set_common_apart(q);
        held_ = q.r.scratch.shorts.take()->v;
        if (n.needle.n) take_needle(q, n.needle);
        if (q.scoring && weight_ != 0) sum_ = q.r.scratch.floats.take()->v;
        std::sort(list_.begin(), list_.end(), by_freq);
        uint64_t all = 0;
        for (size_t i = 0; i < first(); i++) all += list_[i].freq;
        cost = static_cast<uint32_t>(std::min<uint64_t>(all, q.r.columns.live_count));
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        uint32_t d = END;
        for (size_t i = 0; i < first(); i++) d = std::min(d, list_[i].seek(q, from));
        return d;
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        out = Bits{};
        memset(held_, 0, sizeof(Shorts));
        if (sum_) memset(sum_, 0, sizeof(Floats));
        for (size_t k = 0; k < list_.size(); k++) {
            q.check_deadline();
            double idf = sum_ ? q.idf(list_[k].freq) : 0;
            auto take = [&](uint32_t i, Xapian::termcount n) {
                held_[i]++;
                if (sum_) sum_[i] += q.bm25(idf, n, w.start + i);
            };
            if (k < first())
                ask(q, w, list_[k], in, [&](uint32_t i, Xapian::termcount n) {
                    set_bit(out, i);
                    take(i, n);
                });
            else
                ask(q, w, list_[k], out, take);
            drop(out, static_cast<uint32_t>(list_.size() - k - 1));
        }
        if (sum_) score_extra(q, w, out);
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        if (sum_) each_bit(sel, [&](uint32_t i) { sum[i] += weight_ * sum_[i]; });
    }
    float refine(const Request &q, uint32_t docid) override {
        if (weight_ == 0 || chars_.size() < CHAR_COUNT_LEAST) return 0;
        count_chars(q.text(docid));
        float gain = 0;
        for (const Char &c : chars_)
            if (c.count > 1)
                gain += q.bm25(c.idf, c.count, docid) - q.bm25(c.idf, 1, docid);
        return gain * CHAR_COUNT_WEIGHT;
    }

  private:
    /* A record that shares only 研究 or 应用 with a sentence is not about it. */
    void set_common_apart(const Request &q) {
        uint32_t most = std::max<uint32_t>(q.r.columns.live_count / XINDEX_COMMON,
                                           XINDEX_COMMON_LEAST);
        size_t rare = list_.size();
        while (rare > 0 && list_[rare - 1].freq > most) rare--;
        if (rare == 0 || list_[rare - 1].freq == 0) return;
        std::move(list_.begin() + static_cast<ptrdiff_t>(rare), list_.end(),
                  std::back_inserter(extra_));
        list_.erase(list_.begin() + static_cast<ptrdiff_t>(rare), list_.end());
    }
    bool has(const std::string &term) const {
        auto is = [&](const Posting &p) { return p.term() == term; };
        return std::any_of(list_.begin(), list_.end(), is) ||
               std::any_of(extra_.begin(), extra_.end(), is);
    }
    /* Tokens that are no terms score, once each, and characters; a character that few
     * records have says as much as a pair where any part will do. */
    void take_needle(const Request &q, struct str needle) {
        uint32_t few = q.r.columns.live_count / XINDEX_RARE;
        for (const std::string &c : han_chars(needle, false)) {
            struct str term = str_slice(c.data(), c.size());
            Posting p(q, term);
            chars_.push_back({terms_char_key(term), q.idf(p.freq)});
            (need_ == 1 && p.freq <= few ? list_ : extra_).push_back(std::move(p));
        }
        for (size_t at = 0, end; at < needle.n; at = end) {
            end = at;
            while (end < needle.n && is_word_at(needle, end)) end = after(needle, end);
            std::string token(needle.p + at, utf8_clip(str_slice(needle.p + at, end - at),
                                                       ANALYSE_MAX_TOKEN));
            if (!token.empty() && !has(token))
                extra_.emplace_back(q, str_slice(token.data(), token.size()));
            if (end == at) end = after(needle, at);
        }
    }
    static size_t after(struct str s, size_t at) {
        uint32_t cp;
        return static_cast<size_t>(utf8_next(s.p + at, s.p + s.n, &cp) - s.p);
    }
    static bool is_word_at(struct str s, size_t at) {
        uint32_t cp;
        utf8_next(s.p + at, s.p + s.n, &cp);
        return text_is_word(cp);
    }
    void count_chars(struct str text) {
        if (at_.empty()) {
            at_.assign(PLANE, 0);
            for (size_t i = 0; i < chars_.size(); i++)
                if (chars_[i].cp < PLANE)
                    at_[chars_[i].cp] = static_cast<uint16_t>(i + 1);
        }
        for (Char &c : chars_) c.count = 0;
        for (const char *p = text.p, *end = p + text.n; p < end;) {
            uint32_t cp;
            p = utf8_next(p, end, &cp);
            if (cp < PLANE && at_[cp]) chars_[at_[cp] - 1u].count++;
        }
    }
    void score_extra(const Request &q, Window w, const Bits &of) {
        for (Posting &p : extra_) {
            q.check_deadline();
            double idf = q.idf(p.freq);
            if (idf == 0) continue;
            ask(q, w, p, of, [&](uint32_t i, Xapian::termcount n) {
                sum_[i] += p.is_char() ? q.bm25_chars(idf, w.start + i)
                                       : q.bm25(idf, n, w.start + i);
            });
        }
    }
    size_t first() const {
        return need_ > list_.size() ? 0 : list_.size() - (need_ ? need_ - 1 : 0);
    }
    template <class F>
    static void ask(const Request &q, Window w, Posting &p, const Bits &of, F take) {
        if (p.seek(q, w.start) >= w.end) return;
        if (p.is_char() || count_bits(of) * SEEK_NS < p.density(q) * STEP_NS)
            p.visit(q, w, of, take);
        else
            p.walk(q, w, [&](uint32_t i, Xapian::termcount n) {
                if (has_bit(of, i)) take(i, n);
            });
    }
    /* Candidates that `left` further terms cannot bring to `need`. While new candidates
     * still come, nothing may be dropped. */
    void drop(Bits &out, uint32_t left) const {
        if (list_.size() - left < first()) return;
        Bits keep = out;
        each_bit(out, [&](uint32_t i) {
            if (held_[i] + left < need_) clear_bit(keep, i);
        });
        out = keep;
    }
};

std::unique_ptr<Node> make_atleast(const Request &q, const struct xindex_node &n) {
    if (n.need == 0) q.fail(STATUS_INVALID, "at least 0 terms");
    return std::make_unique<AtLeast>(q, n);
}

} // namespace xi
