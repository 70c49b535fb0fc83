#include "core/suggest_walk.h"

static void scan(const uint32_t *v, uint32_t lo, uint32_t hi, uint32_t *best) {
    uint32_t least = *best;
    for (uint32_t i = lo; i < hi; i++) least = v[i] < least ? v[i] : least;
    *best = least;
}

static const uint32_t *level_of(const struct suggest *s, enum suggest_order o,
                                int level) {
    return level ? s->low[o][level] : s->order[o];
}

/* The smallest entry of [lo, hi), lo < hi, and its position: both ends are read at each
 * level, what lies between one level up; then the way down to where it was. */
static uint32_t least(const struct suggest *s, enum suggest_order o, uint32_t lo,
                      uint32_t hi, uint32_t *pos) {
    uint32_t best = UINT32_MAX, from[SUGGEST_LEVELS][4];
    int level = 0, found = 0;
    for (;; level++) {
        const uint32_t *v = level_of(s, o, level);
        bool last = level + 1 == SUGGEST_LEVELS || !s->low[o][level + 1] ||
                    hi - lo <= 2 * SUGGEST_FAN;
        uint32_t a = (lo + SUGGEST_FAN - 1) >> SUGGEST_FAN_BITS << SUGGEST_FAN_BITS;
        uint32_t b = hi >> SUGGEST_FAN_BITS << SUGGEST_FAN_BITS, before = best;
        if (last) a = b = hi;
        scan(v, lo, a, &best);
        scan(v, b, hi, &best);
        from[level][0] = lo;
        from[level][1] = a;
        from[level][2] = b;
        from[level][3] = hi;
        if (best < before) found = level;
        if (last) break;
        lo = a >> SUGGEST_FAN_BITS;
        hi = b >> SUGGEST_FAN_BITS;
    }
    const uint32_t *v = level_of(s, o, found);
    uint32_t i = from[found][0];
    while (i < from[found][1] && v[i] != best) i++;
    if (i == from[found][1])
        for (i = from[found][2]; i < from[found][3] - 1 && v[i] != best;) i++;
    while (found-- > 0) {
        v = level_of(s, o, found);
        uint32_t end = (i + 1) << SUGGEST_FAN_BITS;
        i <<= SUGGEST_FAN_BITS;
        while (i < end - 1 && v[i] != best) i++;
    }
    *pos = i;
    return best;
}

void suggest_walk_start(struct suggest_walk *w, const struct suggest *s) {
    w->s = s;
    w->n = 0;
    w->last = SUGGEST_NONE;
}

void suggest_walk_add(struct suggest_walk *w, enum suggest_order o, uint32_t lo,
                      uint32_t hi) {
    if (lo >= hi || w->n == SUGGEST_WALK_MAX) return;
    struct suggest_part p = {.lo = lo, .hi = hi, .order = o};
    p.best = least(w->s, o, lo, hi, &p.pos);
    size_t i = w->n++;
    for (; i > 0 && w->part[(i - 1) / 2].best > p.best; i = (i - 1) / 2)
        w->part[i] = w->part[(i - 1) / 2];
    w->part[i] = p;
}

static struct suggest_part pop(struct suggest_walk *w) {
    struct suggest_part top = w->part[0], last = w->part[--w->n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < w->n; i = child) {
        if (child + 1 < w->n && w->part[child + 1].best < w->part[child].best) child++;
        if (w->part[child].best >= last.best) break;
        w->part[i] = w->part[child];
    }
    w->part[i] = last;
    return top;
}

bool suggest_walk_next(struct suggest_walk *w, uint32_t *entry) {
    while (w->n > 0 && w->n + 1 < SUGGEST_WALK_MAX) {
        struct suggest_part p = pop(w);
        suggest_walk_add(w, p.order, p.lo, p.pos);
        suggest_walk_add(w, p.order, p.pos + 1, p.hi);
        if (p.best == w->last) continue;
        w->last = p.best;
        *entry = p.best;
        return true;
    }
    return false;
}
