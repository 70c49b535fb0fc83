/* Conditions on columns: which ordinals match is decided once a request, so that a
 * document costs one table look-up. */
#include "core/xindex/node.h"

#include "core/date.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace xi {

constexpr size_t MAX_VALUES = 4096; /* of one condition */
constexpr uint32_t DENSE_WORD = 12; /* set bits of 64 from which all 64 are tested */

static enum code_list list_of(int facet) {
    const struct field *f = field_of_facet(static_cast<enum facet>(facet));
    return f ? f->list : CODES_NONE;
}

static bool is_hierarchy(enum code_list list) {
    return list == CODES_REGION || list == CODES_INDUSTRY || list == CODES_DISCIPLINE;
}

static bool year_of(struct str s, int32_t &out) {
    int32_t v = 0;
    if (s.n == 0 || s.n > 9) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        v = v * 10 + (s.p[i] - '0');
    }
    out = v;
    return true;
}

void Cond::add_value(const Request &, struct str value) {
    const struct columns_facet &f = c_.facet[facet_];
    enum code_list list = list_of(facet_);
    if (is_hierarchy(list)) {
        for (uint32_t v = 1; v <= f.nvalues; v++)
            if (codes_within(list, columns_value(&f, v), value)) yes_[v] = 1;
    } else if (uint32_t v = columns_find(&f, value))
        yes_[v] = 1;
}

void Cond::add_date(const Request &q, struct str value) {
    int32_t d;
    if (date_parse(value, &d, q.err) != STATUS_OK) throw Failure{STATUS_INVALID};
    ranges_.emplace_back(d, d);
}

Cond::Cond(const Request &q, const struct xindex_cond &cond)
    : c_(q.r.columns), facet_(cond.facet), date_(cond.date) {
    if (facet_ >= FACET_COUNT ||
        (facet_ < 0 && (date_ < 0 || date_ >= DATE_COLUMN_COUNT)))
        q.fail(STATUS_INVALID, "a condition names no column");
    if (cond.nvalue > MAX_VALUES) q.fail(STATUS_LIMIT, "一个筛选条件的值太多");
    if (facet_ >= 0) yes_.assign(static_cast<size_t>(c_.facet[facet_].nvalues) + 1, 0);
    for (size_t i = 0; i < cond.nvalue; i++)
        if (facet_ >= 0)
            add_value(q, cond.value[i]);
        else
            add_date(q, cond.value[i]);
    if (cond.has_range && facet_ < 0) ranges_.emplace_back(cond.lo, cond.hi);
    if (facet_ < 0) return;
    if (cond.has_range) add_years(cond.lo, cond.hi);
    uint32_t last = 0, n = 0;
    for (uint32_t v = 1; v < yes_.size(); v++)
        if (yes_[v]) {
            last = v;
            n++;
        }
    only_ = n == 1 ? last : 0;
}

void Cond::add_years(int32_t lo, int32_t hi) {
    const struct columns_facet &f = c_.facet[facet_];
    int32_t year;
    for (uint32_t v = 1; v <= f.nvalues; v++)
        if (year_of(columns_value(&f, v), year) && lo <= year && year <= hi) yes_[v] = 1;
}

/* A month without day, in the record or as a bound, stands for all its days. */
static bool in_range(int32_t d, int32_t lo, int32_t hi) {
    int32_t last = d % 100 == 0 ? d + 31 : d;
    int32_t end = hi % 100 == 0 && hi < INT32_MAX - 31 ? hi + 31 : hi;
    return d != 0 && lo <= last && d <= end;
}

bool Cond::in_ranges(int32_t d) const {
    for (const auto &r : ranges_)
        if (in_range(d, r.first, r.second)) return true;
    return false;
}

/* Does the table say yes to 64 neighbours? One bit each. */
template <class T> static uint64_t test_word(const T *ord, const uint8_t *yes) {
    uint64_t keep = 0;
    for (uint32_t i = 0; i < 64; i++) keep |= static_cast<uint64_t>(yes[ord[i]]) << i;
    return keep;
}

#ifdef __SSE2__
/* The usual filter: one value of a small dictionary. */
static uint64_t equal_word(const uint8_t *ord, uint32_t only) {
    __m128i v = _mm_set1_epi8(static_cast<char>(only));
    uint64_t keep = 0;
    for (int i = 0; i < 4; i++) {
        __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i *>(ord + 16 * i));
        int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(x, v));
        keep |= static_cast<uint64_t>(static_cast<uint32_t>(mask)) << (16 * i);
    }
    return keep;
}
#endif

template <class T> void Cond::filter_ords(Window w, const Bits &in, Bits &out) const {
    const T *ord = static_cast<const T *>(c_.facet[facet_].ord) + w.start;
    const uint8_t *yes = yes_.data();
    for (uint32_t k = 0; k < WORDS; k++) {
        uint64_t word = in.word[k], keep = 0;
        const T *at = ord + k * 64;
        if (count_word(word) > DENSE_WORD && w.start + k * 64 + 64 <= w.end) {
#ifdef __SSE2__
            if constexpr (sizeof(T) == 1)
                keep = only_ ? equal_word(at, only_) : test_word(at, yes);
            else
#endif
                keep = test_word(at, yes);
            keep &= word;
        } else
            for (; word; word &= word - 1) {
                uint32_t i = static_cast<uint32_t>(__builtin_ctzll(word));
                keep |= static_cast<uint64_t>(yes[at[i]]) << i;
            }
        out.word[k] = keep;
    }
}

template <class T> void Cond::filter_lists(Window w, const Bits &in, Bits &out) const {
    const struct columns_facet &f = c_.facet[facet_];
    const T *ord = static_cast<const T *>(f.ord);
    Bits keep = {};
    each_bit(in, [&](uint32_t i) {
        uint64_t any = 0;
        for (uint32_t k = f.start[w.start + i]; k < f.start[w.start + i + 1]; k++)
            any |= yes_[ord[k]];
        keep.word[i / 64] |= any << (i % 64);
    });
    out = keep;
}

void Cond::filter(Window w, const Bits &in, Bits &out) const {
    if (facet_ < 0) {
        Bits keep = in;
        each_bit(in, [&](uint32_t i) {
            if (!in_ranges(c_.date[date_][w.start + i])) clear_bit(keep, i);
        });
        out = keep;
        return;
    }
    bool multi = c_.facet[facet_].multi;
    switch (c_.facet[facet_].width) {
        case 1:
            return multi ? filter_lists<uint8_t>(w, in, out)
                         : filter_ords<uint8_t>(w, in, out);
        case 2:
            return multi ? filter_lists<uint16_t>(w, in, out)
                         : filter_ords<uint16_t>(w, in, out);
        default:
            return multi ? filter_lists<uint32_t>(w, in, out)
                         : filter_ords<uint32_t>(w, in, out);
    }
}

} // namespace xi
