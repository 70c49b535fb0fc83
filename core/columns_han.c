/* Reading the block: checked once, then looked up by key, window and docid. */
#include "core/columns_han.h"
#include "core/columns.h"
#include "core/fs.h"

#include <sys/mman.h>

static size_t list_bytes(const struct columns_han_entry *e) {
    return e->n > COLUMNS_HAN_SPARSE ? COLUMNS_HAN_WINDOW / 8
                                     : ((size_t)e->n * 2 + 7) / 8 * 8;
}

static bool entries_fit(const struct columns_han *h, uint32_t size) {
    uint32_t windows = size / COLUMNS_HAN_WINDOW + 1;
    if (h->first[0] != 0) return false;
    for (uint32_t k = 0; k < h->nkeys; k++) {
        if ((k && h->key[k] <= h->key[k - 1]) || h->first[k + 1] < h->first[k])
            return false;
        for (uint32_t i = h->first[k]; i < h->first[k + 1]; i++) {
            const struct columns_han_entry *e = &h->entry[i];
            uint64_t at = (uint64_t)e->at * 8;
            if (e->window >= windows || (i > h->first[k] && e->window <= e[-1].window) ||
                e->n == 0 || e->n > COLUMNS_HAN_WINDOW || at > h->lists_bytes ||
                list_bytes(e) > h->lists_bytes - at)
                return false;
        }
    }
    return true;
}

const char *columns_han_check(const void *block, size_t n, uint32_t size,
                              struct columns_han *out) {
    static const char bad[] = "单字表越界";
    const struct columns_han_head *head = block;
    if (n < sizeof *head || head->bytes != n) return bad;
    uint64_t keys = sizeof *head,
             entries = (keys + 4 * (2 * (uint64_t)head->nkeys + 1) + 7) / 8 * 8,
             lists =
                 entries + (uint64_t)head->nentries * sizeof(struct columns_han_entry);
    if (lists > n) return bad;
    const char *p = block;
    const void *key = p + keys, *entry = p + entries;
    struct columns_han h = {.nkeys = head->nkeys,
                            .key = key,
                            .entry = entry,
                            .lists = p + lists,
                            .lists_bytes = n - lists};
    h.first = h.key + h.nkeys;
    if (h.first[h.nkeys] != head->nentries) return bad;
    for (uint32_t k = 0; k < h.nkeys; k++) /* before entries are looked at */
        if (h.first[k] > head->nentries) return bad;
    if (!entries_fit(&h, size)) return bad;
    *out = h;
    return NULL;
}

struct columns_han_list columns_han_find(const struct columns_han *h, uint32_t key) {
    struct columns_han_list l = {.of = h};
    uint32_t lo = 0, hi = h->nkeys;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (h->key[mid] < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == h->nkeys || h->key[lo] != key) return l;
    l.entry = h->entry + h->first[lo];
    l.end = h->entry + h->first[lo + 1];
    for (const struct columns_han_entry *e = l.entry; e < l.end; e++) l.n += e->n;
    return l;
}

/* The first entry of this window or a later one. */
static const struct columns_han_entry *seek(const struct columns_han_list *l,
                                            uint32_t window) {
    const struct columns_han_entry *lo = l->entry, *hi = l->end;
    while (lo < hi) {
        const struct columns_han_entry *mid = lo + (hi - lo) / 2;
        if (mid->window < window)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static const void *list_of(const struct columns_han *h,
                           const struct columns_han_entry *e) {
    return h->lists + (size_t)e->at * 8;
}

/* Offsets are cut to the window, so that a damaged list finds wrong records and nothing
 * worse. */
static void add_list(const struct columns_han *h, const struct columns_han_entry *e,
                     uint64_t *word) {
    if (e->n > COLUMNS_HAN_SPARSE) {
        const uint64_t *bits = list_of(h, e);
        for (uint32_t k = 0; k < COLUMNS_HAN_WORDS; k++) word[k] |= bits[k];
        return;
    }
    const uint16_t *at = list_of(h, e);
    for (uint32_t i = 0; i < e->n; i++) {
        uint32_t d = at[i] % COLUMNS_HAN_WINDOW;
        word[d / 64] |= (uint64_t)1 << (d % 64);
    }
}

void columns_han_add_window(const struct columns_han_list *l, uint32_t window,
                            uint64_t word[COLUMNS_HAN_WORDS]) {
    const struct columns_han_entry *e = seek(l, window);
    if (e < l->end && e->window == window) add_list(l->of, e, word);
}

/* Smallest offset >= from in the list of one window, or COLUMNS_HAN_WINDOW. */
static uint32_t next_in(const struct columns_han *h, const struct columns_han_entry *e,
                        uint32_t from) {
    if (e->n <= COLUMNS_HAN_SPARSE) {
        const uint16_t *at = list_of(h, e);
        uint32_t lo = 0, hi = e->n;
        while (lo < hi) {
            uint32_t mid = lo + (hi - lo) / 2;
            if (at[mid] < from)
                lo = mid + 1;
            else
                hi = mid;
        }
        return lo < e->n && at[lo] < COLUMNS_HAN_WINDOW ? at[lo] : COLUMNS_HAN_WINDOW;
    }
    const uint64_t *bits = list_of(h, e);
    uint64_t w = bits[from / 64] >> (from % 64) << (from % 64);
    for (uint32_t k = from / 64;;) {
        if (w) return k * 64 + (uint32_t)__builtin_ctzll(w);
        if (++k == COLUMNS_HAN_WORDS) return COLUMNS_HAN_WINDOW;
        w = bits[k];
    }
}

uint32_t columns_han_next(const struct columns_han_list *l, uint32_t docid) {
    uint32_t window = docid / COLUMNS_HAN_WINDOW, from = docid % COLUMNS_HAN_WINDOW;
    for (const struct columns_han_entry *e = seek(l, window); e < l->end; e++) {
        uint32_t at = next_in(l->of, e, e->window == window ? from : 0);
        if (at < COLUMNS_HAN_WINDOW) return e->window * COLUMNS_HAN_WINDOW + at;
    }
    return UINT32_MAX;
}

uint64_t columns_han_total(const struct columns_han *h) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < h->first[h->nkeys]; i++) n += h->entry[i].n;
    return n;
}

static bool list_is_sound(const struct columns_han *h, const struct columns_han_entry *e,
                          const uint64_t *live, uint32_t size) {
    const uint16_t *at = list_of(h, e);
    for (uint32_t i = 1; e->n <= COLUMNS_HAN_SPARSE && i < e->n; i++)
        if (at[i] <= at[i - 1] || at[i] >= COLUMNS_HAN_WINDOW) return false;
    uint64_t word[COLUMNS_HAN_WORDS] = {0};
    add_list(h, e, word);
    uint32_t n = 0;
    size_t words = ((size_t)size + 63) / 64;
    for (size_t k = 0; k < COLUMNS_HAN_WORDS; k++) {
        size_t w = (size_t)e->window * COLUMNS_HAN_WORDS + k;
        if (word[k] & ~(w < words ? live[w] : 0)) return false;
        n += (uint32_t)__builtin_popcountll(word[k]);
    }
    return n == e->n;
}

const char *columns_han_verify(const struct columns_han *h, const uint64_t *live,
                               uint32_t size) {
    for (uint32_t i = 0; i < h->first[h->nkeys]; i++)
        if (!list_is_sound(h, &h->entry[i], live, size)) return "单字表的一个列表不对";
    return NULL;
}

enum status columns_han_open(const char *path, struct columns_han *out, struct err *err) {
    void *map;
    size_t n;
    enum status s = fs_map(path, sizeof(struct columns_han_head), &map, &n, err);
    if (s != STATUS_OK) return s;
    struct columns_han h;
    const char *bad = columns_han_check(map, n, COLUMNS_MAX_DOCID + 1, &h);
    if (bad) {
        munmap(map, n);
        return err_set(err, STATUS_CORRUPT, NULL, "%s: %s", path, bad);
    }
    h.map = map;
    h.map_bytes = n;
    *out = h;
    return STATUS_OK;
}

void columns_han_close(struct columns_han *h) {
    if (h->map) munmap(h->map, h->map_bytes);
    *h = (struct columns_han){0};
}
