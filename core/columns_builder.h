/* columns_builder.h - the builder's memory, shared by columns_build.c, which fills it,
 * and columns_write.c, which sorts and writes it.
 *
 * Rows are kept as columns: one array per member, one arena of bytes, per facet a
 * dictionary by order of arrival. Only writing sorts and gives ranks and ordinals, so the
 * bytes of the file depend on the rows alone. No row is an object of its own.
 *
 * Threads: a builder belongs to one thread.
 */
#ifndef CORE_COLUMNS_BUILDER_H
#define CORE_COLUMNS_BUILDER_H

#include "core/columns.h"

struct columns_arena {
    char *p;
    size_t n, cap;
};

struct columns_span {
    uint64_t at; /* in the arena */
    uint32_t n;
};

static inline struct str columns_span_str(const struct columns_arena *a,
                                          struct columns_span s) {
    return str_slice(s.n ? a->p + s.at : "", s.n);
}

/* Values of a facet: id 1.. in order of arrival; the first `sorted` ones came from the
 * base and are in bytewise order, so only later ones need the hash table. */
struct columns_dict {
    struct columns_span *span;
    uint32_t n, cap, sorted;
    uint32_t *slot; /* open addressing, 0 = free */
    uint32_t nslot;
};

struct columns_list {
    uint32_t at, n; /* in the pool */
};

struct columns_facet_rows {
    struct columns_dict dict;
    uint32_t *ord;             /* single-valued */
    struct columns_list *list; /* multi-valued */
    uint32_t *pool;
    size_t pool_n, pool_cap;
};

struct columns_builder {
    uint32_t n, cap; /* rows: docids below n */
    uint8_t *live;
    uint32_t *doclen, *text_len;
    uint64_t *text_at;
    int32_t *date[DATE_COLUMN_COUNT];
    struct columns_span *uid, *key;
    struct columns_arena bytes;
    struct columns_facet_rows facet[FACET_COUNT];
    struct columns_han_builder *han;
};

/* Sorts the n ids by span[id] bytewise, equal ones by tie[id] (NULL: they are distinct or
 * their order does not matter). False when out of memory. */
bool columns_sort(const struct columns_arena *bytes, const struct columns_span *span,
                  const uint32_t *tie, uint32_t *ids, size_t n);

#endif
