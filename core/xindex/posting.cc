#include "core/xindex/node.h"

#include "core/utf8.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>

namespace xi {

constexpr size_t CHARS_MAX = 256; /* distinct characters of one literal that weigh */

/* A skip_to costs about as much as this many steps; measured on 100,000 records. */
constexpr uint32_t STEPS_PER_SEEK = 6;

Request::Request(xindex_reader &reader, bool with_scores, int64_t deadline, struct err *e)
    : r(reader), scoring(with_scores), deadline_ns(deadline), err(e),
      norm_base(K1 * (1 - B)), norm_slope(K1 * B / reader.average_length),
      char_norm_base(CHAR_K1 * (1 - CHAR_B)),
      char_norm_slope(CHAR_K1 * CHAR_B / reader.average_length) {}

void Request::check_deadline() const {
    if (deadline_ns == 0) return;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (static_cast<int64_t>(t.tv_sec) * 1000000000 + t.tv_nsec > deadline_ns) {
        err_set(err, STATUS_DEADLINE, "deadline", "检索超过了时限；请把检索词写得更具体");
        throw Failure{STATUS_DEADLINE};
    }
}

void Request::fail(enum status s, const char *text) const {
    err_set(err, s, nullptr, "%s", text);
    throw Failure{s};
}

/* As Xapian::BM25Weight: the plain formula, but never below that of a term in a third of
 * the records, so that no match lowers a score. */
double Request::idf(uint32_t freq) const {
    double n = freq, all = r.columns.live_count;
    double w = (all - n + 0.5) / (n + 0.5);
    if (w < 2) w = w * 0.5 + 1;
    return w > 1 ? std::log(w) : 0;
}

std::vector<std::string> han_chars(struct str norm, bool named) {
    std::vector<std::string> out;
    for (const char *p = norm.p, *end = p + norm.n; p < end && out.size() < CHARS_MAX;) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        std::string c = (named ? "X" : "") + std::string(p, next);
        if (text_is_han(cp) && std::find(out.begin(), out.end(), c) == out.end())
            out.push_back(std::move(c));
        p = next;
    }
    return out;
}

double Request::chars_idf(struct str norm, bool named) const {
    double sum = 0;
    for (const std::string &c : han_chars(norm, named)) {
        uint32_t key = terms_char_key(str_slice(c.data(), c.size()));
        sum += idf(columns_han_find(&r.columns.han, key).n);
    }
    return sum;
}

Posting::Posting(const Request &q, struct str term) : term_(term.p, term.n) {
    uint32_t key = terms_char_key(term);
    is_han_ = key != 0;
    if (is_han_) {
        han_ = columns_han_find(&q.r.columns.han, key);
        freq = han_.n;
    } else
        freq = q.r.db->get_termfreq(term_);
}

uint32_t Posting::seek(const Request &q, uint32_t docid) {
    if (at_ >= docid && at_ != 0) return at_;
    if (is_han_) return at_ = columns_han_next(&han_, docid);
    if (at_ == 0) {
        if (freq == 0) return at_ = END;
        it_ = q.r.db->postlist_begin(term_);
        if (it_ == Xapian::PostingIterator()) return at_ = END;
        at_ = *it_;
        if (at_ >= docid) return at_;
    }
    it_.skip_to(docid);
    return at_ = it_ == Xapian::PostingIterator() ? END : *it_;
}

void Posting::filter(const Request &q, Window w, const Bits &in, Bits &out,
                     uint8_t *wdf) {
    out = Bits{};
    if (is_han_) {
        columns_han_add_window(&han_, w.start / WINDOW, out.word);
        for (uint32_t k = 0; k < WORDS; k++) out.word[k] &= in.word[k];
        if (wdf) memset(wdf, 1, sizeof(Bytes));
        return;
    }
    auto take = [&](uint32_t i, Xapian::termcount n) {
        set_bit(out, i);
        if (wdf) wdf[i] = static_cast<uint8_t>(n < 255 ? n : 255);
    };
    if (seek(q, w.start) >= w.end) return;
    uint32_t asked = count_bits(in);
    if (asked < density(q) / STEPS_PER_SEEK) {
        visit(q, w, in, take);
        return;
    }
    walk(q, w, take);
    for (uint32_t k = 0; k < WORDS; k++) out.word[k] &= in.word[k];
}

} // namespace xi
