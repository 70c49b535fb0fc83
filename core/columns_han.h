/* columns_han.h - which records hold which Han character: the postings of single
 * characters, which the index proper (Xapian) does not have.
 *
 * A record has about 184 distinct Han characters beside 300 other terms. As terms they
 * cost a third of a bulk build; as sorted docids and bitmaps next to nothing. They are a
 * section of columns-N, so they follow its revision protocol; a shard of a bulk build
 * writes the same block as a file of its own. No frequency within a record is kept:
 * every posting counts once.
 *
 * Keys are those of terms_chars (analyse.h): a code point, or a code point with
 * ANALYSE_NAMED. The docids of a key are cut into windows of COLUMNS_HAN_WINDOW. A window
 * with at most COLUMNS_HAN_SPARSE records is an array of their offsets (uint16_t,
 * ascending), a fuller one a bitmap; so every list has one form, and the same postings
 * give the same bytes.
 *
 * Block, little-endian, at an address that is a multiple of 8:
 *
 *   struct columns_han_head
 *   uint32_t key[nkeys]            ascending
 *   uint32_t first[nkeys + 1]      entries of key i: first[i] .. first[i + 1]
 *   (to a multiple of 8)
 *   struct columns_han_entry entry[nentries]    windows ascending within a key
 *   arrays and bitmaps, in the order of their entries, each from a multiple of 8
 *
 * Threads: a struct columns_han is read-only and may be shared; a builder belongs to one.
 */
#ifndef CORE_COLUMNS_HAN_H
#define CORE_COLUMNS_HAN_H

#include "core/str.h"

C_API_BEGIN

#define COLUMNS_HAN_WINDOW 16384u /* docids; as the match goes through them (xindex) */
#define COLUMNS_HAN_WORDS (COLUMNS_HAN_WINDOW / 64)
#define COLUMNS_HAN_SPARSE 1024u /* above, a bitmap is smaller than an array */

struct columns_han_head {
    uint32_t nkeys, nentries;
    uint64_t bytes; /* of the whole block */
};

struct columns_han_entry {
    uint32_t at; /* of the list, in units of 8 bytes from the first list */
    uint16_t window;
    uint16_t n; /* records, 1 .. COLUMNS_HAN_WINDOW */
};

struct columns_han {
    uint32_t nkeys;
    const uint32_t *key, *first;
    const struct columns_han_entry *entry;
    const char *lists;
    uint64_t lists_bytes;
    void *map; /* of a file of its own, for columns_han_close */
    size_t map_bytes;
};

/* The postings of one key. */
struct columns_han_list {
    const struct columns_han *of;
    const struct columns_han_entry *entry, *end;
    uint32_t n; /* records */
};

/* Points *out into the n bytes at `block`; size: docids lie below. NULL when the block
 * may be used without further checks, else what is wrong with it. Looks at keys and
 * entries only: what stands in a list is made safe where it is read. */
const char *columns_han_check(const void *block, size_t n, uint32_t size,
                              struct columns_han *out);
/* Also every list: ascending, as many as the entry says, only of docids in `live` (a
 * bitmap of `size`). NULL or what is wrong. */
const char *columns_han_verify(const struct columns_han *h, const uint64_t *live,
                               uint32_t size);

/* A key that is not there gives an empty list. */
struct columns_han_list columns_han_find(const struct columns_han *h, uint32_t key);
/* Sets in `word` the bits of window `window`; the others stay. */
void columns_han_add_window(const struct columns_han_list *l, uint32_t window,
                            uint64_t word[COLUMNS_HAN_WORDS]);
/* Smallest docid >= docid of the list, or UINT32_MAX. */
uint32_t columns_han_next(const struct columns_han_list *l, uint32_t docid);
/* Number of all postings. */
uint64_t columns_han_total(const struct columns_han *h);

/* ---- building --------------------------------------------------------------------- */

struct columns_han_builder;

/* STATUS_NOMEM; free with columns_han_builder_free (NULL is nothing). */
MUST_CHECK enum status columns_han_builder_new(struct columns_han_builder **out,
                                               struct err *err);
void columns_han_builder_free(struct columns_han_builder *b);
/* Postings to take over, but those of records that are put or removed. *src is copied;
 * what it points into must stay open until the builder is freed. STATUS_NOMEM. */
MUST_CHECK enum status columns_han_builder_add(struct columns_han_builder *b,
                                               const struct columns_han *src,
                                               struct err *err);
/* The record has exactly these keys (distinct, any order). STATUS_LIMIT for a docid
 * above COLUMNS_MAX_DOCID (columns.h), STATUS_NOMEM. */
MUST_CHECK enum status columns_han_builder_put(struct columns_han_builder *b,
                                               uint32_t docid, const uint32_t *key,
                                               size_t n, struct err *err);
/* The record has none. As put. */
MUST_CHECK enum status columns_han_builder_remove(struct columns_han_builder *b,
                                                  uint32_t docid, struct err *err);
/* Bytes of the block, for columns_han_builder_fill. STATUS_NOMEM, STATUS_LIMIT (over
 * 32 GiB). */
MUST_CHECK enum status columns_han_builder_plan(struct columns_han_builder *b,
                                                uint64_t *bytes, struct err *err);
/* Writes the planned block to `block`, which is zero; nothing was put in between. */
void columns_han_builder_fill(struct columns_han_builder *b, void *block);

/* A block as a file, for shards: not synced, not renamed. STATUS_IO and as plan. */
MUST_CHECK enum status columns_han_write(struct columns_han_builder *b, const char *path,
                                         struct err *err);
/* Maps such a file. STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT. */
MUST_CHECK enum status columns_han_open(const char *path, struct columns_han *out,
                                        struct err *err);
void columns_han_close(struct columns_han *h);

C_API_END
#endif
