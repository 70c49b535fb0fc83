#include "tests/bench/gen/known.h"

#include "core/utf8.h"

#include <stdlib.h>

/* Calls for each code point that counts; others are dropped. */
static bool counts(uint32_t *cp) {
    uint32_t c = *cp;
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c >= 'A' && c <= 'Z') c += 32;
    *cp = c;
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 0x3400 && c < 0xA000) || c >= 0x20000;
}

static uint64_t title_hash(struct str s) {
    uint64_t h = 0x51ED270B;
    for (const char *p = s.p, *end = s.p + s.n; p < end;) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (counts(&cp)) h = rng_mix(h ^ cp);
    }
    return h | 1;
}

static void put(uint64_t *slot, size_t cap, uint64_t h) {
    size_t i = h & (cap - 1);
    while (slot[i]) i = (i + 1) & (cap - 1);
    slot[i] = h;
}

enum status title_set_add(struct title_set *s, struct str title, bool *fresh,
                          struct err *err) {
    if ((s->used + 1) * 2 > s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1 << 12;
        uint64_t *slot = calloc(cap, sizeof *slot);
        if (!slot)
            return err_set(err, STATUS_NOMEM, NULL, "no memory for %zu titles", cap);
        for (size_t i = 0; i < s->cap; i++)
            if (s->slot[i]) put(slot, cap, s->slot[i]);
        free(s->slot);
        s->slot = slot;
        s->cap = cap;
    }
    uint64_t h = title_hash(title);
    for (size_t i = h & (s->cap - 1); s->slot[i]; i = (i + 1) & (s->cap - 1))
        if (s->slot[i] == h) {
            *fresh = false;
            return STATUS_OK;
        }
    put(s->slot, s->cap, h);
    s->used++;
    *fresh = true;
    return STATUS_OK;
}

void title_set_done(struct title_set *s) {
    free(s->slot);
    *s = (struct title_set){0};
}

enum status title_shapes_init(struct title_shapes *s, int units, struct err *err) {
    s->unit = calloc((size_t)units, sizeof *s->unit);
    s->count = units;
    return s->unit ? STATUS_OK
                   : err_set(err, STATUS_NOMEM, NULL, "no memory for %d units", units);
}

void title_shapes_done(struct title_shapes *s) {
    for (int i = 0; s->unit && i < s->count; i++) free(s->unit[i].v);
    free(s->unit);
    *s = (struct title_shapes){0};
}

enum status title_shapes_add(struct title_shapes *s, int unit, struct str title,
                             bool *fresh, struct err *err) {
    uint64_t a[2] = {0, 0};
    uint32_t last = 0;
    for (const char *p = title.p, *end = title.p + title.n; p < end;) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (!counts(&cp)) continue;
        uint64_t h = rng_mix((uint64_t)last << 32 | cp);
        if (last) a[h >> 6 & 1] |= (uint64_t)1 << (h & 63);
        last = cp;
    }
    struct shape_list *l = &s->unit[unit];
    for (uint32_t i = l->n > SHAPES_SEEN ? l->n - SHAPES_SEEN : 0; i < l->n; i++) {
        int both = __builtin_popcountll(a[0] & l->v[i][0]) +
                   __builtin_popcountll(a[1] & l->v[i][1]);
        int any = __builtin_popcountll(a[0] | l->v[i][0]) +
                  __builtin_popcountll(a[1] | l->v[i][1]);
        if (both * 10 >= any * 7) {
            *fresh = false;
            return STATUS_OK;
        }
    }
    if (l->n == l->cap) {
        uint32_t cap = l->cap ? l->cap * 2 : 8;
        void *v = realloc(l->v, cap * sizeof *l->v);
        if (!v) return err_set(err, STATUS_NOMEM, NULL, "no memory for titles of a unit");
        l->v = v;
        l->cap = cap;
    }
    l->v[l->n][0] = a[0];
    l->v[l->n][1] = a[1];
    l->n++;
    *fresh = true;
    return STATUS_OK;
}
