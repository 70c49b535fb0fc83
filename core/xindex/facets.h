/* facets.h - counting the values of one facet over the matches. */
#ifndef CORE_XINDEX_FACETS_H
#define CORE_XINDEX_FACETS_H

#include "core/xindex/internal.h"

namespace xi {

/* The matches of a window; where they are most of its records, also the others. */
struct Matches {
    uint32_t start;
    const Ids &ids;
    const Ids *rest;
};

class Facet {
    const struct columns &columns_;
    const struct columns_facet &f_;
    Counter &c_;
    int facet_;

  public:
    /* `selected`: the where entry on this facet, or NULL; a roll-up shows the level below
     * its values. */
    Facet(xindex_reader &r, int facet, bool rollup, const struct xindex_cond *selected);
    /* Most records match: then the window's own counts are taken, once a revision, and
     * the few others subtracted. */
    void add(const Matches &m);
    /* All values that occur, by count descending, then code; talloc'd on ctx. size 0 =
     * all, else that many and besides those that `selected` names. */
    void finish(void *ctx, uint32_t size, const struct xindex_cond *selected,
                struct xindex_facet_counts *out);

  private:
    void group(const struct xindex_cond *selected);
    uint32_t stride() const { return f_.nvalues + 1; }
    bool knows_whole() const { return f_.nvalues <= UINT8_MAX && c_.group.empty(); }
    void count_whole();
    void tally(const Ids &ids, uint32_t one);
    void tally_groups(const Ids &ids);
    template <class T> void tally_single(const Ids &ids, uint32_t one);
    template <class T> void tally_multi(const Ids &ids, uint32_t one);
    struct str name(uint32_t i) const;
};

} // namespace xi

#endif
