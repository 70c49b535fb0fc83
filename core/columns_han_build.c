/* Building the block: postings of the records that were put, merged with those taken
 * over, key by key and window by window. Run twice: to plan, then to fill. */
#include "core/columns_han.h"
#include "core/columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS_FIRST 8192 /* a usual set has 5,000 characters */
#define LIST_FIRST 8
#define REMOVED UINT32_MAX
#define UNIT 8 /* lists lie at multiples of this */

/* Records put under one key: a serial each, ascending. */
struct posted {
    uint32_t key; /* 0: a free slot */
    uint32_t n, cap;
    uint32_t *serial;
};

struct ordered {
    uint32_t key, slot;
};

struct columns_han_builder {
    struct posted *slot; /* open addressing */
    uint32_t nslots, nposted;
    /* A record put twice counts as put the last time: a serial is good while it is the
     * latest of its docid. */
    uint32_t *docid; /* by serial, from 1 */
    uint32_t nserials, serials_cap;
    uint32_t *latest;        /* by docid: a serial, 0 = not touched, or REMOVED */
    uint64_t *touched;       /* by docid, one bit */
    uint32_t ndocids;        /* of both; whole windows */
    struct columns_han *src; /* views: their owner closes them */
    size_t nsrc;
    /* The plan. */
    struct ordered *order; /* slots in use, by key */
    uint32_t *cursor;      /* next key of each source */
    struct piece *piece;   /* what one key has */
    size_t npieces, pieces_cap;
    uint32_t *added; /* docids put under one key */
    struct columns_han_head head;
};

/* A list of a source. */
struct piece {
    const struct columns_han *of;
    const struct columns_han_entry *entry;
};

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "out of memory listing characters");
}

enum status columns_han_builder_new(struct columns_han_builder **out, struct err *err) {
    struct columns_han_builder *b = calloc(1, sizeof *b);
    if (b) b->slot = calloc(SLOTS_FIRST, sizeof *b->slot);
    if (!b || !b->slot) {
        free(b);
        return no_memory(err);
    }
    b->nslots = SLOTS_FIRST;
    *out = b;
    return STATUS_OK;
}

void columns_han_builder_free(struct columns_han_builder *b) {
    if (!b) return;
    for (uint32_t i = 0; i < b->nslots; i++) free(b->slot[i].serial);
    free(b->slot);
    free(b->docid);
    free(b->latest);
    free(b->touched);
    free(b->src);
    free(b->order);
    free(b->cursor);
    free(b->piece);
    free(b->added);
    free(b);
}

enum status columns_han_builder_add(struct columns_han_builder *b,
                                    const struct columns_han *src, struct err *err) {
    struct columns_han *p = realloc(b->src, (b->nsrc + 1) * sizeof *p);
    if (!p) return no_memory(err);
    b->src = p;
    b->src[b->nsrc++] = *src;
    return STATUS_OK;
}

/* ---- put -------------------------------------------------------------------------- */

static uint32_t home(const struct columns_han_builder *b, uint32_t key) {
    return (key * UINT32_C(0x9E3779B1)) >> 8 & (b->nslots - 1);
}

static struct posted *slot_of(struct columns_han_builder *b, uint32_t key) {
    uint32_t h = home(b, key);
    while (b->slot[h].key && b->slot[h].key != key) h = (h + 1) & (b->nslots - 1);
    return &b->slot[h];
}

static bool more_slots(struct columns_han_builder *b) {
    struct posted *old = b->slot;
    uint32_t n = b->nslots;
    b->slot = calloc((size_t)n * 2, sizeof *b->slot);
    if (!b->slot) {
        b->slot = old;
        return false;
    }
    b->nslots = n * 2;
    for (uint32_t i = 0; i < n; i++)
        if (old[i].key) *slot_of(b, old[i].key) = old[i];
    free(old);
    return true;
}

static bool post(struct columns_han_builder *b, uint32_t key, uint32_t serial) {
    struct posted *p = slot_of(b, key);
    if (!p->key) {
        if (b->nposted >= b->nslots / 2) {
            if (!more_slots(b)) return false;
            p = slot_of(b, key);
        }
        p->key = key;
        b->nposted++;
    }
    if (p->n == p->cap) {
        uint32_t cap = p->cap ? p->cap * 2 : LIST_FIRST;
        uint32_t *list = realloc(p->serial, cap * sizeof *list);
        if (!list) return false;
        p->serial = list;
        p->cap = cap;
    }
    p->serial[p->n++] = serial;
    return true;
}

static bool more_docids(struct columns_han_builder *b, uint32_t docid) {
    uint32_t old = b->ndocids,
             n = ((docid + docid / 2) / COLUMNS_HAN_WINDOW + 1) * COLUMNS_HAN_WINDOW;
    uint32_t *latest = realloc(b->latest, n * sizeof *latest);
    if (!latest) return false;
    b->latest = latest;
    uint64_t *touched = realloc(b->touched, n / 8);
    if (!touched) return false;
    b->touched = touched;
    memset(latest + old, 0, (n - old) * sizeof *latest);
    memset(touched + old / 64, 0, (n - old) / 8);
    b->ndocids = n;
    return true;
}

static enum status touch(struct columns_han_builder *b, uint32_t docid, uint32_t mark,
                         struct err *err) {
    if (docid > COLUMNS_MAX_DOCID)
        return err_set(err, STATUS_LIMIT, NULL, "record %lu exceeds a limit of columns",
                       (unsigned long)docid);
    if (docid >= b->ndocids && !more_docids(b, docid)) return no_memory(err);
    b->latest[docid] = mark;
    b->touched[docid / 64] |= (uint64_t)1 << (docid % 64);
    return STATUS_OK;
}

enum status columns_han_builder_remove(struct columns_han_builder *b, uint32_t docid,
                                       struct err *err) {
    return touch(b, docid, REMOVED, err);
}

enum status columns_han_builder_put(struct columns_han_builder *b, uint32_t docid,
                                    const uint32_t *key, size_t n, struct err *err) {
    if (b->nserials + 1 >= b->serials_cap) {
        uint32_t cap = b->serials_cap * 2 + 1024;
        uint32_t *p = cap > b->serials_cap ? realloc(b->docid, cap * sizeof *p) : NULL;
        if (!p) return no_memory(err);
        b->docid = p;
        b->serials_cap = cap;
    }
    uint32_t serial = b->nserials + 1;
    enum status s = touch(b, docid, serial, err);
    if (s != STATUS_OK) return s;
    b->nserials = serial;
    b->docid[serial] = docid;
    for (size_t i = 0; i < n; i++)
        if (!post(b, key[i], serial)) return no_memory(err);
    return STATUS_OK;
}

/* ---- merging ---------------------------------------------------------------------- */

static int by_docid(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The docids put under the key that still count, ascending, into b->added. */
static uint32_t collect_added(struct columns_han_builder *b, const struct posted *p) {
    uint32_t n = 0;
    bool sorted = true;
    for (uint32_t i = 0; p && i < p->n; i++) {
        uint32_t d = b->docid[p->serial[i]];
        if (b->latest[d] != p->serial[i]) continue;
        sorted = sorted && (n == 0 || b->added[n - 1] < d);
        b->added[n++] = d;
    }
    if (!sorted) qsort(b->added, n, sizeof *b->added, by_docid);
    return n;
}

static bool add_piece(struct columns_han_builder *b, const struct columns_han *of,
                      const struct columns_han_entry *e) {
    if (b->npieces == b->pieces_cap) {
        size_t cap = b->pieces_cap * 2 + 64;
        struct piece *p = realloc(b->piece, cap * sizeof *p);
        if (!p) return false;
        b->piece = p;
        b->pieces_cap = cap;
    }
    /* Sources come by ascending docids as a rule, so that this moves nothing. */
    size_t i = b->npieces++;
    for (; i > 0 && b->piece[i - 1].entry->window > e->window; i--)
        b->piece[i] = b->piece[i - 1];
    b->piece[i] = (struct piece){of, e};
    return true;
}

static bool collect_pieces(struct columns_han_builder *b, uint32_t key) {
    b->npieces = 0;
    for (size_t i = 0; i < b->nsrc; i++) {
        const struct columns_han *h = &b->src[i];
        uint32_t k = b->cursor[i];
        if (k == h->nkeys || h->key[k] != key) continue;
        b->cursor[i]++;
        for (uint32_t e = h->first[k]; e < h->first[k + 1]; e++)
            if (!add_piece(b, h, &h->entry[e])) return false;
    }
    return true;
}

/* Takes the bits of touched records away. */
static void drop_touched(const struct columns_han_builder *b, uint32_t window,
                         uint64_t *word) {
    if (window >= b->ndocids / COLUMNS_HAN_WINDOW) return;
    const uint64_t *touched = b->touched + (size_t)window * COLUMNS_HAN_WORDS;
    for (uint32_t k = 0; k < COLUMNS_HAN_WORDS; k++) word[k] &= ~touched[k];
}

static uint32_t count_words(const uint64_t *word) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < COLUMNS_HAN_WORDS; k++)
        n += (uint32_t)__builtin_popcountll(word[k]);
    return n;
}

static uint32_t list_units(uint32_t n) {
    return n > COLUMNS_HAN_SPARSE ? COLUMNS_HAN_WINDOW / 8 / UNIT
                                  : (n * 2 + UNIT - 1) / UNIT;
}

static void write_list(const uint64_t *word, uint32_t n, char *to) {
    if (n > COLUMNS_HAN_SPARSE) {
        memcpy(to, word, COLUMNS_HAN_WINDOW / 8);
        return;
    }
    void *list = to;
    uint16_t *at = list;
    for (uint32_t k = 0; k < COLUMNS_HAN_WORDS; k++)
        for (uint64_t w = word[k]; w; w &= w - 1)
            *at++ = (uint16_t)(k * 64 + (uint32_t)__builtin_ctzll(w));
}

/* Where the pass stands, and where it writes (NULL: it only counts). */
struct pass {
    uint32_t nkeys, nentries;
    uint64_t units;
    uint32_t *key, *first;
    struct columns_han_entry *entry;
    char *lists;
};

static void emit(struct pass *p, uint32_t window, const uint64_t *word) {
    uint32_t n = count_words(word);
    if (n == 0) return;
    if (p->entry) {
        p->entry[p->nentries] =
            (struct columns_han_entry){(uint32_t)p->units, (uint16_t)window, (uint16_t)n};
        write_list(word, n, p->lists + p->units * UNIT);
    }
    p->nentries++;
    p->units += list_units(n);
}

static void merge_key(struct columns_han_builder *b, const struct posted *posted,
                      struct pass *p) {
    uint32_t nadded = collect_added(b, posted), a = 0;
    for (size_t i = 0; i < b->npieces || a < nadded;) {
        uint32_t window = UINT32_MAX;
        if (i < b->npieces) window = b->piece[i].entry->window;
        if (a < nadded && b->added[a] / COLUMNS_HAN_WINDOW < window)
            window = b->added[a] / COLUMNS_HAN_WINDOW;
        uint64_t word[COLUMNS_HAN_WORDS] = {0};
        bool taken = false;
        for (; i < b->npieces && b->piece[i].entry->window == window; i++) {
            const struct columns_han_entry *e = b->piece[i].entry;
            struct columns_han_list one = {b->piece[i].of, e, e + 1, e->n};
            columns_han_add_window(&one, window, word);
            taken = true;
        }
        if (taken) drop_touched(b, window, word);
        for (; a < nadded && b->added[a] / COLUMNS_HAN_WINDOW == window; a++) {
            uint32_t d = b->added[a] % COLUMNS_HAN_WINDOW;
            word[d / 64] |= (uint64_t)1 << (d % 64);
        }
        emit(p, window, word);
    }
}

static int by_key(const void *a, const void *b) {
    const struct ordered *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* The smallest key that is left, or UINT32_MAX. */
static uint32_t next_key(const struct columns_han_builder *b, uint32_t posted) {
    uint32_t key = posted < b->nposted ? b->order[posted].key : UINT32_MAX;
    for (size_t i = 0; i < b->nsrc; i++)
        if (b->cursor[i] < b->src[i].nkeys && b->src[i].key[b->cursor[i]] < key)
            key = b->src[i].key[b->cursor[i]];
    return key;
}

static bool merge(struct columns_han_builder *b, struct pass *p) {
    uint32_t posted = 0;
    if (b->nsrc) memset(b->cursor, 0, b->nsrc * sizeof *b->cursor);
    for (uint32_t key; (key = next_key(b, posted)) != UINT32_MAX;) {
        uint32_t before = p->nentries;
        const struct posted *put = NULL;
        if (posted < b->nposted && b->order[posted].key == key)
            put = &b->slot[b->order[posted++].slot];
        if (!collect_pieces(b, key)) return false;
        merge_key(b, put, p);
        if (p->nentries == before) continue;
        if (p->key) {
            p->key[p->nkeys] = key;
            p->first[p->nkeys + 1] = p->nentries;
        }
        p->nkeys++;
    }
    return true;
}

static bool make_room(struct columns_han_builder *b) {
    uint32_t most = 0, n = 0;
    free(b->order);
    free(b->cursor);
    free(b->added);
    b->order = malloc(((size_t)b->nposted + 1) * sizeof *b->order);
    b->cursor = malloc((b->nsrc + 1) * sizeof *b->cursor);
    for (uint32_t i = 0; b->order && i < b->nslots; i++) {
        if (!b->slot[i].key) continue;
        b->order[n++] = (struct ordered){b->slot[i].key, i};
        if (b->slot[i].n > most) most = b->slot[i].n;
    }
    b->added = malloc(((size_t)most + 1) * sizeof *b->added);
    return b->order && b->cursor && b->added;
}

static uint64_t lists_at(uint32_t nkeys, uint32_t nentries) {
    uint64_t keys = sizeof(struct columns_han_head) + 4 * (2 * (uint64_t)nkeys + 1);
    return (keys + 7) / 8 * 8 + (uint64_t)nentries * sizeof(struct columns_han_entry);
}

enum status columns_han_builder_plan(struct columns_han_builder *b, uint64_t *bytes,
                                     struct err *err) {
    if (!make_room(b)) return no_memory(err);
    qsort(b->order, b->nposted, sizeof *b->order, by_key);
    struct pass p = {0};
    if (!merge(b, &p)) return no_memory(err);
    if (p.units > UINT32_MAX)
        return err_set(err, STATUS_LIMIT, NULL, "单字表超过 32 GiB");
    b->head = (struct columns_han_head){p.nkeys, p.nentries,
                                        lists_at(p.nkeys, p.nentries) + p.units * UNIT};
    *bytes = b->head.bytes;
    return STATUS_OK;
}

void columns_han_builder_fill(struct columns_han_builder *b, void *block) {
    char *to = block;
    uint64_t lists = lists_at(b->head.nkeys, b->head.nentries);
    void *key = to + sizeof b->head,
         *entry = to + lists - b->head.nentries * sizeof(struct columns_han_entry);
    struct pass p = {.key = key, .entry = entry, .lists = to + lists};
    p.first = p.key + b->head.nkeys;
    memcpy(to, &b->head, sizeof b->head);
    /* The plan made all the room that the same merge needs again. */
    (void)merge(b, &p);
}

enum status columns_han_write(struct columns_han_builder *b, const char *path,
                              struct err *err) {
    uint64_t bytes = 0;
    enum status s = columns_han_builder_plan(b, &bytes, err);
    if (s != STATUS_OK) return s;
    void *block = calloc(bytes / UNIT + 1, UNIT);
    if (!block) return no_memory(err);
    columns_han_builder_fill(b, block);
    FILE *f = fopen(path, "wbe");
    bool fine = f && fwrite(block, 1, bytes, f) == bytes;
    if (f && fclose(f) != 0) fine = false;
    free(block);
    return fine ? STATUS_OK : err_errno(err, "不能写 %s", path);
}
