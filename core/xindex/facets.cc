#include "core/xindex/facets.h"

#include <algorithm>
#include <cstring>
#include <talloc.h>
#include <unordered_map>

namespace xi {

constexpr uint32_t LANES = 4; /* counters side by side: see add_ords */
constexpr size_t CODE_MAX = 64;

static enum code_list list_of(int facet) {
    const struct field *f = field_of_facet(static_cast<enum facet>(facet));
    return f ? f->list : CODES_NONE;
}

Facet::Facet(xindex_reader &r, int facet, bool rollup, const struct xindex_cond *selected)
    : columns_(r.columns), f_(r.columns.facet[facet]), c_(r.scratch.counter[facet]),
      facet_(facet) {
    enum code_list list = list_of(facet);
    c_.group.clear();
    c_.name.clear();
    if (rollup &&
        (list == CODES_REGION || list == CODES_INDUSTRY || list == CODES_DISCIPLINE))
        group(selected);
    size_t n = static_cast<size_t>(f_.nvalues) + 1;
    if (f_.multi && !c_.group.empty()) {
        n = c_.name.size();
        c_.stamp.assign(n, 0);
    }
    c_.n.assign(!f_.multi && f_.width == 1 ? 256 * LANES : n, 0);
}

/* Which group every ordinal belongs to; group 0 is "no value". */
void Facet::group(const struct xindex_cond *selected) {
    enum code_list list = list_of(facet_);
    std::unordered_map<std::string, uint32_t> seen;
    c_.group.assign(static_cast<size_t>(f_.nvalues) + 1, 0);
    c_.name.assign(1, std::string());
    for (uint32_t v = 1; v <= f_.nvalues; v++) {
        struct str code = columns_value(&f_, v), root = str_slice("", 0);
        for (size_t i = 0; selected && i < selected->nvalue && root.n == 0; i++)
            if (codes_within(list, code, selected->value[i])) root = selected->value[i];
        char out[CODE_MAX];
        size_t n = codes_rollup(list, code, root, out, sizeof out);
        auto it = seen.emplace(std::string(out, n), c_.name.size()).first;
        if (it->second == c_.name.size()) c_.name.push_back(it->first);
        c_.group[v] = it->second;
    }
}

/* Most documents share a few values: neighbours count in different lanes, or each
 * increment would wait for the one before. `one` is 1, or -1 modulo 2^32. */
template <class T> void Facet::tally_single(const Ids &ids, uint32_t one) {
    const T *ord = static_cast<const T *>(f_.ord);
    uint32_t *count = c_.n.data();
    uint32_t i = 0;
    if (sizeof(T) == 1)
        for (; i + LANES <= ids.n; i += LANES) {
            count[ord[ids.docid[i]]] += one;
            count[256 + ord[ids.docid[i + 1]]] += one;
            count[512 + ord[ids.docid[i + 2]]] += one;
            count[768 + ord[ids.docid[i + 3]]] += one;
        }
    for (; i < ids.n; i++) count[ord[ids.docid[i]]] += one;
}

template <class T> void Facet::tally_multi(const Ids &ids, uint32_t one) {
    const T *ord = static_cast<const T *>(f_.ord);
    const uint32_t *start = f_.start;
    uint32_t *count = c_.n.data();
    for (uint32_t i = 0; i < ids.n; i++) {
        uint32_t d = ids.docid[i];
        for (uint32_t k = start[d], end = start[d + 1]; k < end; k++)
            count[ord[k]] += one;
    }
}

/* A record counts once for a group, whatever number of its values lie there. */
void Facet::tally_groups(const Ids &ids) {
    for (uint32_t i = 0; i < ids.n; i++) {
        uint32_t d = ids.docid[i];
        for (uint32_t k = f_.start[d]; k < f_.start[d + 1]; k++) {
            uint32_t g = c_.group[columns_ord(&f_, k)];
            if (c_.stamp[g] == d) continue;
            c_.stamp[g] = d;
            c_.n[g]++;
        }
    }
}

void Facet::tally(const Ids &ids, uint32_t one) {
    if (f_.multi && !c_.group.empty())
        tally_groups(ids);
    else if (f_.multi)
        f_.width == 1   ? tally_multi<uint8_t>(ids, one)
        : f_.width == 2 ? tally_multi<uint16_t>(ids, one)
                        : tally_multi<uint32_t>(ids, one);
    else
        f_.width == 1   ? tally_single<uint8_t>(ids, one)
        : f_.width == 2 ? tally_single<uint16_t>(ids, one)
                        : tally_single<uint32_t>(ids, one);
}

void Facet::count_whole() {
    size_t windows = (columns_.size + WINDOW - 1) / WINDOW;
    c_.whole.assign(windows * stride(), 0);
    for (uint32_t d = 0; d < columns_.size; d++) {
        if (!columns_is_live(&columns_, d)) continue;
        uint32_t *count = &c_.whole[d / WINDOW * stride()];
        if (!f_.multi)
            count[columns_ord(&f_, d)]++;
        else
            for (uint32_t k = f_.start[d]; k < f_.start[d + 1]; k++)
                count[columns_ord(&f_, k)]++;
    }
}

void Facet::add(const Matches &m) {
    if (!m.rest || !knows_whole()) {
        tally(m.ids, 1);
        return;
    }
    if (c_.whole.empty()) count_whole();
    const uint32_t *count = &c_.whole[m.start / WINDOW * stride()];
    for (uint32_t v = 0; v < stride(); v++) c_.n[v] += count[v];
    tally(*m.rest, UINT32_MAX);
}

struct str Facet::name(uint32_t i) const {
    if (c_.group.empty()) return columns_value(&f_, i);
    return str_slice(c_.name[i].data(), c_.name[i].size());
}

static bool is_selected(const struct xindex_cond *selected, struct str value) {
    for (size_t i = 0; selected && i < selected->nvalue; i++)
        if (str_eq(selected->value[i], value)) return true;
    return false;
}

void Facet::finish(void *ctx, uint32_t size, const struct xindex_cond *selected,
                   struct xindex_facet_counts *out) {
    if (!f_.multi && f_.width == 1)
        for (uint32_t v = 0; v < 256; v++)
            for (uint32_t lane = 1; lane < LANES; lane++) c_.n[v] += c_.n[lane * 256 + v];
    bool grouped = !c_.group.empty();
    uint32_t values = grouped ? static_cast<uint32_t>(c_.name.size()) - 1 : f_.nvalues;
    if (grouped && !f_.multi) {
        std::vector<uint32_t> sum(c_.name.size());
        for (uint32_t v = 1; v <= f_.nvalues; v++) sum[c_.group[v]] += c_.n[v];
        std::copy(sum.begin(), sum.end(), c_.n.begin());
    }
    struct Entry {
        uint32_t n, id;
    };
    std::vector<Entry> all;
    uint64_t sum = 0;
    for (uint32_t v = 1; v <= values; v++)
        if (c_.n[v]) {
            all.push_back({c_.n[v], v});
            sum += c_.n[v];
        }
    /* Ordinals are in the order of codes, groups are not. */
    auto before = [&](const Entry &a, const Entry &b) {
        if (a.n != b.n) return a.n > b.n;
        return grouped ? c_.name[a.id] < c_.name[b.id] : a.id < b.id;
    };
    size_t kept = all.size();
    if (size && size < all.size()) {
        std::partial_sort(all.begin(), all.begin() + size, all.end(), before);
        kept = size;
        for (size_t i = size; i < all.size(); i++)
            if (is_selected(selected, name(all[i].id))) std::swap(all[kept++], all[i]);
        std::sort(all.begin() + size, all.begin() + static_cast<long>(kept), before);
    } else
        std::sort(all.begin(), all.end(), before);
    size_t bytes = 1;
    for (size_t i = 0; i < kept; i++) bytes += name(all[i].id).n;
    out->facet = facet_;
    out->n = kept;
    out->values = static_cast<uint32_t>(all.size());
    out->sum = sum;
    out->count = static_cast<struct xindex_count *>(
        talloc_size(ctx, (kept + 1) * sizeof(struct xindex_count)));
    char *text = static_cast<char *>(talloc_size(ctx, bytes));
    if (!out->count || !text) throw std::bad_alloc();
    for (size_t i = 0; i < kept; i++) {
        struct str s = name(all[i].id);
        memcpy(text, s.p, s.n);
        out->count[i] = {str_slice(text, s.n), all[i].n};
        text += s.n;
    }
}

} // namespace xi
