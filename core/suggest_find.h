/* suggest_find.h - one look-up in progress, shared by the modules that answer parts of
 * it: suggest_find.c (prefixes), suggest_mixed.c, suggest_inside.c.
 *
 * Threads: a finder belongs to one thread.
 */
#ifndef CORE_SUGGEST_FIND_H
#define CORE_SUGGEST_FIND_H

#include "core/suggest_input.h"
#include "core/suggest_walk.h"

struct suggest_finder {
    const struct suggest *s;
    struct suggest_input in;
    size_t max, n;
    uint32_t found[SUGGEST_MAX]; /* entries, best first */
    struct suggest_walk walk;
    struct buf scratch;
};

/* Adds the entry unless it is there. False when there is no more room. */
bool suggest_take(struct suggest_finder *f, uint32_t entry);

/* Those that begin as the input does, by a mixture. */
void suggest_find_mixed(struct suggest_finder *f);
/* Units and keywords, then titles, that hold the input inside. */
void suggest_find_inside(struct suggest_finder *f);

#endif
