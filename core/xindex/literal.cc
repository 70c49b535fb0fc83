/* The leaves that look for literals: one, or two near each other. */
#include "core/xindex/terms.h"

#include "core/utf8.h"

namespace xi {

/* Reading a dictionary: done when it costs at most 1 / MIN_GAIN of the texts. */
constexpr uint64_t SCAN_BYTES_PER_NS = 4;
constexpr uint64_t MIN_GAIN = 8;

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

/* What a literal gains where it stands, in units of score: docs/search-quality.md. */
constexpr float IN_TITLE = 4, IS_TITLE = 8, IS_VALUE = 3;
constexpr char TITLE_TAG = 1, LAST_SHORT_TAG = 4; /* title, keywords, units, people */

class Literal : public Node {
    Terms terms_;
    std::unique_ptr<Sure> sure_; /* made when the first text is to be read */
    struct str needle_;
    uint32_t tags_;
    float weight_;

  public:
    Literal(const Request &q, const struct xindex_node &n)
        : terms_(q, n.literal.terms, n.literal.n, n.needle), needle_(n.needle),
          tags_(n.tags), weight_(n.weight) {
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
    const struct str *literal() const override { return needle_.n ? &needle_ : nullptr; }
    float refine(const Request &q, uint32_t docid) override {
        struct str text = q.text(docid);
        float gain = 0;
        size_t at = 0;
        char tag;
        struct str value;
        while (needle_.n && rectext_next(text, &at, &tag, &value) &&
               tag <= LAST_SHORT_TAG) {
            if (!(tags_ >> tag & 1) || value.n < needle_.n) continue;
            bool is = str_eq(value, needle_);
            if (tag == TITLE_TAG && is)
                gain += IS_TITLE;
            else if (tag == TITLE_TAG && text_find(value, needle_, 0) != SIZE_MAX)
                gain += IN_TITLE;
            else if (is)
                return gain + IS_VALUE;
        }
        return gain;
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
        : a_(q, n.child[0]->literal.terms, n.child[0]->literal.n, n.child[0]->needle),
          b_(q, n.child[1]->literal.terms, n.child[1]->literal.n, n.child[1]->needle),
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

} // namespace xi
