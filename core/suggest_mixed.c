/* Mixtures: candidates by the initials that the input may stand for, or by the text that
 * it begins with, whichever are fewer; each is then read against the input. */
#include "core/suggest_find.h"
#include "core/utf8.h"

#define DEPTH 8   /* initials that narrow a range; the reading decides on the rest */
#define NODES 192 /* ranges tried */
#define RANGES 64
#define CHOICES 16 /* initials at one place */
#define TRIES 600  /* entries read against the input */

struct descent {
    struct suggest_finder *f;
    size_t nodes, n;
    uint64_t total; /* entries in the ranges */
    struct {
        uint32_t lo, hi;
    } range[RANGES];
    char key[DEPTH * 4];
};

/* [lo, hi) have the first `bytes` of the key; `at` is where the input stands then. */
static void descend(struct descent *d, uint64_t at, size_t bytes, int depth, uint32_t lo,
                    uint32_t hi) {
    const struct suggest_input *in = &d->f->in;
    if (at >> in->n & 1 || depth == DEPTH) {
        if (d->n == RANGES) return;
        d->range[d->n].lo = lo;
        d->range[d->n++].hi = hi;
        d->total += hi - lo;
        return;
    }
    uint32_t initial[CHOICES];
    size_t n = suggest_input_initials(in, at, initial, CHOICES);
    for (size_t i = 0; i < n && d->nodes < NODES; i++) {
        uint64_t next = suggest_input_step(in, at, initial[i]);
        uint32_t from = lo, to = hi;
        size_t more = bytes + utf8_put(initial[i], d->key + bytes);
        d->nodes++;
        suggest_narrow(d->f->s, ORDER_INITIALS, str_slice(d->key, more), &from, &to,
                       &d->f->scratch);
        if (next && from < to) descend(d, next, more, depth + 1, from, to);
    }
}

void suggest_find_mixed(struct suggest_finder *f) {
    struct descent d = {.f = f};
    const struct suggest *s = f->s;
    uint32_t e;
    suggest_walk_start(&f->walk, s);
    descend(&d, 1, 0, 0, 0, s->n);
    struct suggest_range lead = suggest_range_of(s, ORDER_TEXT, f->in.lead, &f->scratch);
    if (f->in.lead.n && lead.hi - lead.lo <= d.total)
        suggest_walk_add(&f->walk, ORDER_TEXT, lead.lo, lead.hi);
    else
        for (size_t i = 0; i < d.n; i++)
            suggest_walk_add(&f->walk, ORDER_INITIALS, d.range[i].lo, d.range[i].hi);
    for (int i = 0; i < TRIES && suggest_walk_next(&f->walk, &e); i++)
        if (suggest_input_matches(&f->in, suggest_entry_text(s, e, &f->scratch),
                                  suggest_is_name(s, e)) &&
            !suggest_take(f, e))
            return;
}
