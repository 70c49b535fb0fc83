/* The leaves that read posting lists and record text: literal, near, prefix, at least. */
#include "core/xindex/node.h"

#include "core/utf8.h"

#include <algorithm>
#include <cstring>
#include <talloc.h>

namespace xi {

/* Nanoseconds, measured on 100,000 records; only their ratios matter. */
constexpr uint64_t STEP_NS = 11;
constexpr uint64_t SEEK_NS = 66;
constexpr uint64_t VERIFY_NS = 220;

/* Reading a dictionary: done when it costs at most 1 / MIN_GAIN of the texts. */
constexpr uint64_t SCAN_BYTES_PER_NS = 4;
constexpr uint64_t MIN_GAIN = 8;

constexpr uint32_t PREFETCH_AHEAD = 6; /* records whose text is fetched before its turn */
constexpr uint32_t PREFETCH_LINES = 4;
constexpr uint32_t DEADLINE_EVERY = 2048; /* texts verified between two looks */

/* Rarest first; the term decides between equals, so that scores do not depend on how the
 * query was written. */
static bool by_freq(const Posting &a, const Posting &b) {
    return a.freq != b.freq ? a.freq < b.freq : a.term() < b.term();
}

/* AND of terms, rarest first. */
class Terms {
    std::vector<Posting> list_;
    uint8_t *wdf_ = nullptr;
    double idf_ = 0;

  public:
    Terms(const Request &q, const struct str *term, size_t n) {
        list_.reserve(n);
        for (size_t i = 0; i < n; i++) list_.emplace_back(q, term[i]);
        std::sort(list_.begin(), list_.end(), by_freq);
        if (q.scoring && n > 0) {
            wdf_ = q.r.scratch.bytes.take()->v;
            idf_ = q.idf(list_[0].freq);
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
     * bound: counting it in the text would cost more than the match. */
    void score(const Request &q, Window w, const Bits &sel, float weight,
               float *sum) const {
        if (!wdf_ || weight == 0) return;
        each_bit(sel, [&](uint32_t i) {
            sum[i] += weight * q.bm25(idf_, wdf_[i], w.start + i);
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
template <class F> static void verify(const Request &q, Window w, Bits &bits, F test) {
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
static bool covers_searched(uint32_t tags) {
    uint32_t searched = field_searched_tags();
    return (tags & searched) == searched;
}

/* Records that hold a literal for sure, because a unit, keyword or person of theirs does:
 * the record text holds every value of a text facet under the field's tag (xindex.h). A
 * Han literal that stands in the value as it was given stands in its matching text too,
 * so no text need be read. It is worth reading a dictionary when many texts are spared:
 * names like 有限公司 are in nearly every record. */
class Sure {
    std::vector<Cond> cond_;

  public:
    Sure(const Request &q, struct str needle, uint32_t tags, uint64_t candidates) {
        if (text_count_han(needle) != utf8_length(needle)) return;
        for (int f = 0; f < FACET_COUNT; f++) {
            const struct field *field = field_of_facet(static_cast<enum facet>(f));
            if (!field || !field->tag || !(tags >> field->tag & 1) ||
                (field->type != FIELD_TEXT && field->type != FIELD_TEXT_LIST))
                continue;
            const struct columns_facet &c = q.r.columns.facet[f];
            uint64_t bytes = c.value_at[c.nvalues + 1];
            if (bytes / SCAN_BYTES_PER_NS * MIN_GAIN < candidates * VERIFY_NS)
                look(q, f, c, needle);
        }
    }
    void filter(Window w, const Bits &in, Bits &out) const {
        out = Bits{};
        for (const Cond &c : cond_) {
            Bits some;
            c.filter(w, in, some);
            for (uint32_t k = 0; k < WORDS; k++) out.word[k] |= some.word[k];
        }
    }

  private:
    void look(const Request &q, int facet, const struct columns_facet &c,
              struct str needle) {
        struct str all = str_slice(c.value_bytes, c.value_at[c.nvalues + 1]);
        const uint32_t *begin = c.value_at + 1, *end = begin + c.nvalues + 1;
        std::vector<uint8_t> yes(static_cast<size_t>(c.nvalues) + 1);
        bool any = false;
        for (size_t at = 0;
             (at = rectext_find(all, needle, UINT32_MAX, at)) != SIZE_MAX;) {
            const uint32_t *next = std::upper_bound(begin, end, at);
            bool inside = at + needle.n <= *next; /* not across two values */
            if (inside) yes[static_cast<size_t>(next - begin)] = 1;
            any |= inside;
            at = inside ? *next : at + 1;
        }
        if (any) cond_.emplace_back(q, facet, std::move(yes));
    }
};

/* ---- literal ---------------------------------------------------------------------- */

class Literal : public Node {
    Terms terms_;
    std::unique_ptr<Sure> sure_; /* made when the first text is to be read */
    struct str needle_;
    uint32_t tags_;
    float weight_;

  public:
    Literal(const Request &q, const struct xindex_node &n)
        : terms_(q, n.literal.terms, n.literal.n), needle_(n.needle), tags_(n.tags),
          weight_(n.weight) {
        bool named =
            n.literal.n > 0 && n.literal.terms[0].n > 0 && n.literal.terms[0].p[0] == 'X';
        bool whole = n.op == XINDEX_TERM || tags_ == UINT32_MAX ||
                     (!named && covers_searched(tags_));
        verifies = n.op != XINDEX_TERM && !(n.literal.exact && whole);
        cost = terms_.cost();
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        return terms_.skip(q, from);
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        terms_.filter(q, w, in, out, verifies);
    }
    void confirm(const Request &q, Window w, Bits &bits) override {
        if (!verifies) return;
        if (!sure_) sure_ = std::make_unique<Sure>(q, needle_, tags_, cost);
        Bits sure;
        sure_->filter(w, bits, sure);
        for (uint32_t k = 0; k < WORDS; k++) bits.word[k] &= ~sure.word[k];
        verify(q, w, bits, [&](struct str text) {
            return rectext_find(text, needle_, tags_, 0) != SIZE_MAX;
        });
        for (uint32_t k = 0; k < WORDS; k++) bits.word[k] |= sure.word[k];
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        terms_.score(q, w, sel, weight_, sum);
    }
};

std::unique_ptr<Node> make_literal(const Request &q, const struct xindex_node &n) {
    if (n.literal.n == 0) q.fail(STATUS_INVALID, "a literal without terms");
    return std::make_unique<Literal>(q, n);
}

/* ---- near ------------------------------------------------------------------------- */

class Near : public Node {
    Terms a_, b_;
    struct str first_, second_;
    uint32_t gap_, tags_;
    float weight_;

  public:
    Near(const Request &q, const struct xindex_node &n)
        : a_(q, n.child[0]->literal.terms, n.child[0]->literal.n),
          b_(q, n.child[1]->literal.terms, n.child[1]->literal.n),
          first_(n.child[0]->needle), second_(n.child[1]->needle), gap_(n.gap),
          tags_(n.tags), weight_(n.weight) {
        verifies = true;
        cost = std::min(a_.cost(), b_.cost());
    }
    uint32_t skip(const Request &q, uint32_t from) override {
        return std::max(a_.skip(q, from), b_.skip(q, from));
    }
    void approx(const Request &q, Window w, const Bits &in, Bits &out) override {
        Bits half;
        Terms &rare = a_.cost() <= b_.cost() ? a_ : b_;
        Terms &other = &rare == &a_ ? b_ : a_;
        rare.filter(q, w, in, half, true);
        other.filter(q, w, half, out, true);
    }
    void confirm(const Request &q, Window w, Bits &bits) override {
        verify(q, w, bits, [&](struct str text) {
            return rectext_near(text, first_, second_, gap_, tags_);
        });
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        a_.score(q, w, sel, weight_, sum);
        b_.score(q, w, sel, weight_, sum);
    }
};

std::unique_ptr<Node> make_near(const Request &q, const struct xindex_node &n) {
    if (n.nchild != 2 || n.child[0]->op != XINDEX_LITERAL ||
        n.child[1]->op != XINDEX_LITERAL || n.child[0]->literal.n == 0 ||
        n.child[1]->literal.n == 0)
        q.fail(STATUS_INVALID, "NEAR needs two literals");
    return std::make_unique<Near>(q, n);
}

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
        : words_(std::move(words)), head_(q, head.terms, head.n), needle_(n.needle),
          tags_(n.tags), weight_(n.weight) {
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
            q.fail(STATUS_LIMIT, "the prefix stands for too many words; type more of it");
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

/* Term at a time within a window. A document that holds `need` of n terms holds one of
 * the n - need + 1 rarest: only these make candidates, the frequent rest is looked up
 * for them, and a candidate that cannot reach `need` any more is dropped. */
class AtLeast : public Node {
    std::vector<Posting> list_;
    uint32_t need_;
    float weight_;
    uint16_t *held_;
    float *sum_ = nullptr;

  public:
    AtLeast(const Request &q, const struct xindex_node &n)
        : need_(n.need), weight_(n.weight) {
        std::vector<struct str> terms(n.literal.terms, n.literal.terms + n.literal.n);
        auto less = [](struct str a, struct str b) { return str_cmp(a, b) < 0; };
        std::sort(terms.begin(), terms.end(), less);
        terms.erase(std::unique(terms.begin(), terms.end(), str_eq), terms.end());
        for (struct str t : terms) list_.emplace_back(q, t);
        std::sort(list_.begin(), list_.end(), by_freq);
        held_ = q.r.scratch.shorts.take()->v;
        if (q.scoring) sum_ = q.r.scratch.floats.take()->v;
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
    }
    void score(const Request &q, Window w, const Bits &sel, float *sum) override {
        Node::score(q, w, sel, sum);
        if (sum_ && weight_ != 0)
            each_bit(sel, [&](uint32_t i) { sum[i] += weight_ * sum_[i]; });
    }

  private:
    size_t first() const {
        return need_ > list_.size() ? 0 : list_.size() - (need_ ? need_ - 1 : 0);
    }
    template <class F>
    static void ask(const Request &q, Window w, Posting &p, const Bits &of, F take) {
        if (p.seek(q, w.start) >= w.end) return;
        if (count_bits(of) * SEEK_NS < p.density(q) * STEP_NS)
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
