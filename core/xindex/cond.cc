/* Conditions on columns: which ordinals match is decided once a request, so that a
 * document costs one table look-up. */
#include "core/xindex/node.h"

#include "core/date.h"

namespace xi {

constexpr size_t MAX_VALUES = 4096; /* of one condition */
constexpr int DENSE_WORD = 12;      /* set bits of 64 from which all 64 are tested */

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
    if (cond.nvalue > MAX_VALUES) q.fail(STATUS_LIMIT, "a filter has too many values");
    if (facet_ >= 0) yes_.assign(static_cast<size_t>(c_.facet[facet_].nvalues) + 1, 0);
    for (size_t i = 0; i < cond.nvalue; i++)
        if (facet_ >= 0)
            add_value(q, cond.value[i]);
        else
            add_date(q, cond.value[i]);
    if (!cond.has_range) return;
    if (facet_ < 0) {
        ranges_.emplace_back(cond.lo, cond.hi);
        return;
    }
    const struct columns_facet &f = c_.facet[facet_];
    int32_t year;
    for (uint32_t v = 1; v <= f.nvalues; v++)
        if (year_of(columns_value(&f, v), year) && cond.lo <= year && year <= cond.hi)
            yes_[v] = 1;
}

/* A month without day, in the record or as a bound, stands for all its days. */
static bool in_range(int32_t d, int32_t lo, int32_t hi) {
    int32_t last = d % 100 == 0 ? d + 31 : d;
    int32_t end = hi % 100 == 0 && hi < INT32_MAX - 31 ? hi + 31 : hi;
    return d != 0 && lo <= last && d <= end;
}

bool Cond::test(uint32_t docid) const {
    if (facet_ < 0) {
        for (const auto &r : ranges_)
            if (in_range(c_.date[date_][docid], r.first, r.second)) return true;
        return false;
    }
    const struct columns_facet &f = c_.facet[facet_];
    if (!f.multi) return yes_[columns_ord(&f, docid)];
    for (uint32_t i = f.start[docid]; i < f.start[docid + 1]; i++)
        if (yes_[columns_ord(&f, i)]) return true;
    return false;
}

template <class T> void Cond::filter_ords(Window w, const Bits &in, Bits &out) const {
    const T *ord = static_cast<const T *>(c_.facet[facet_].ord);
    const uint8_t *yes = yes_.data();
    for (uint32_t k = 0; k < WORDS; k++) {
        uint64_t word = in.word[k], keep = 0;
        uint32_t base = w.start + k * 64;
        if (__builtin_popcountll(word) > DENSE_WORD && base + 64 <= w.end) {
            for (uint32_t i = 0; i < 64; i++)
                keep |= static_cast<uint64_t>(yes[ord[base + i]]) << i;
            keep &= word;
        } else
            for (; word; word &= word - 1) {
                uint32_t i = static_cast<uint32_t>(__builtin_ctzll(word));
                keep |= static_cast<uint64_t>(yes[ord[base + i]]) << i;
            }
        out.word[k] = keep;
    }
}

void Cond::filter(Window w, const Bits &in, Bits &out) const {
    if (facet_ >= 0 && !c_.facet[facet_].multi) {
        switch (c_.facet[facet_].width) {
            case 1:
                return filter_ords<uint8_t>(w, in, out);
            case 2:
                return filter_ords<uint16_t>(w, in, out);
            default:
                return filter_ords<uint32_t>(w, in, out);
        }
    }
    Bits keep = in;
    each_bit(in, [&](uint32_t i) {
        if (!test(w.start + i)) clear_bit(keep, i);
    });
    out = keep;
}

} // namespace xi
