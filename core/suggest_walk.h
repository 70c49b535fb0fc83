/* suggest_walk.h - the entries of several ranges, best first, each one once.
 *
 * A range gives its smallest entry number by the minima of its order; taken out, it
 * leaves two smaller ranges. So a walk costs what it hands out, whatever the ranges hold.
 *
 * Threads: a walk belongs to one thread.
 */
#ifndef CORE_SUGGEST_WALK_H
#define CORE_SUGGEST_WALK_H

#include "core/suggest_file.h"

#define SUGGEST_WALK_MAX                                                                 \
    1536 /* parts of ranges; each entry handed out adds at most one */

struct suggest_part {
    uint32_t best, pos; /* smallest entry and where it stands */
    uint32_t lo, hi;
    enum suggest_order order;
};

struct suggest_walk {
    const struct suggest *s;
    uint32_t last; /* handed out */
    size_t n;
    struct suggest_part part[SUGGEST_WALK_MAX]; /* a heap */
};

void suggest_walk_start(struct suggest_walk *w, const struct suggest *s);
void suggest_walk_add(struct suggest_walk *w, enum suggest_order o, uint32_t lo,
                      uint32_t hi);
/* False after the last one, or when the walk has become too wide to go on. */
bool suggest_walk_next(struct suggest_walk *w, uint32_t *entry);

#endif
