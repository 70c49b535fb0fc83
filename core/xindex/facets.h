/* facets.h - counting the values of one facet over the matches. */
#ifndef CORE_XINDEX_FACETS_H
#define CORE_XINDEX_FACETS_H

#include "core/xindex/internal.h"

namespace xi {

class Facet {
    const struct columns_facet &f_;
    Counter &c_;
    int facet_;

  public:
    /* `selected`: the where entry on this facet, or NULL; a roll-up shows the level below
     * its values. */
    Facet(xindex_reader &r, int facet, bool rollup, const struct xindex_cond *selected);
    void add(const uint32_t *docid, size_t n);
    /* All values that occur, by count descending, then code; talloc'd on ctx. size 0 =
     * all, else that many and besides those that `selected` names. */
    void finish(void *ctx, uint32_t size, const struct xindex_cond *selected,
                struct xindex_facet_counts *out);

  private:
    void group(const struct xindex_cond *selected);
    template <class T> void add_ords(const uint32_t *docid, size_t n);
    struct str name(uint32_t i) const;
};

} // namespace xi

#endif
