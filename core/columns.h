/* columns.h - facet, date, sort and text-address columns by docid, memory-mapped.
 *
 * columns-N is immutable: written whole for revision N, mapped by readers, replaced by
 * the next revision's file. Row i belongs to docid i (row 0 is unused); rows of records
 * that the set does not hold are not live. The file format is described in
 * columns_file.h; every section is bounds-checked at open, so that hot loops need no
 * checks.
 *
 * A facet has a dictionary of value codes; rows hold ordinals into it. Single-valued:
 * one ordinal a row, 0 = no value at all (not even none). Multi-valued: ordinals
 * ord[start[i] .. start[i + 1]), distinct, ascending.
 *
 * Threads: a struct columns is read-only and may be shared; a builder belongs to one.
 */
#ifndef CORE_COLUMNS_H
#define CORE_COLUMNS_H

#include "core/columns_han.h"
#include "core/field.h"

C_API_BEGIN

#define COLUMNS_MAX_DOCID 50000000u
#define COLUMNS_NAME_MAX 64

struct columns_facet {
    uint32_t nvalues; /* ordinals are 1 .. nvalues */
    uint8_t width;    /* bytes of an ordinal: 1, 2 or 4 */
    bool multi;
    const void *ord;          /* size (single) or start[size] (multi) ordinals */
    const uint32_t *start;    /* multi only: size + 1 */
    const uint32_t *value_at; /* nvalues + 2 offsets into value_bytes; entry 0 unused */
    const char *value_bytes;
};

struct columns {
    uint32_t size; /* rows: largest docid + 1 */
    uint32_t live_count;
    int64_t revision;
    const char *text_name;  /* the text file these addresses belong to: "text-3" */
    uint64_t text_end;      /* bytes of that file which this revision may touch */
    const uint64_t *live;   /* bit i: docid i is in the set */
    const uint32_t *doclen; /* sum of wdf, for BM25 */
    const uint64_t *text_at;
    const uint32_t *text_len;
    const int32_t *date[DATE_COLUMN_COUNT];
    const uint32_t *uid_rank;    /* bytewise order of uid, from 1; 0 = not live */
    const uint32_t *title_rank;  /* pinyin order of title, from 1; equal keys have equal
                                    ranks; 0 = not live, or no key */
    const uint32_t *title_order; /* live docids that have a key by (title_rank, uid) */
    uint32_t title_count;        /* entries of title_order */
    const uint32_t *uid_at;      /* size + 1 offsets */
    const char *uid_bytes;
    const uint64_t *key_at; /* size + 1 offsets: ICU collation key of the title */
    const char *key_bytes;
    struct columns_facet facet[FACET_COUNT];
    struct columns_han han; /* which rows hold which Han character */
    void *map;              /* the mapping, for columns_close */
    size_t map_bytes;
};

/* STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT (bad magic, version, checksum of the head,
 * a section, offset or ordinal out of bounds). Reads the file once, about 10 ms per
 * 100,000 rows: what it lets through is safe to use without further checks. */
MUST_CHECK enum status columns_open(const char *path, struct columns *out,
                                    struct err *err);
void columns_close(struct columns *c);
/* Recomputes the checksum of the whole file and checks order and ranks (check --deep).
 * STATUS_NOT_FOUND, STATUS_CORRUPT, STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status columns_verify(const char *path, struct err *err);

static inline bool columns_is_live(const struct columns *c, uint32_t docid) {
    return docid < c->size && (c->live[docid >> 6] >> (docid & 63) & 1);
}
static inline uint32_t columns_ord(const struct columns_facet *f, size_t i) {
    return f->width == 1   ? ((const uint8_t *)f->ord)[i]
           : f->width == 2 ? ((const uint16_t *)f->ord)[i]
                           : ((const uint32_t *)f->ord)[i];
}
/* Value code of ordinal 1..nvalues. */
static inline struct str columns_value(const struct columns_facet *f, uint32_t ord) {
    return str_slice(f->value_bytes + f->value_at[ord],
                     f->value_at[ord + 1] - f->value_at[ord]);
}
/* Ordinal of a value code, or 0. Binary search where the dictionary is sorted (it is). */
uint32_t columns_find(const struct columns_facet *f, struct str value);
struct str columns_uid(const struct columns *c, uint32_t docid);

/* One row as docmap makes it. Slices are the caller's; the builder copies. */
struct columns_row {
    uint32_t docid;
    uint32_t doclen;
    uint64_t text_at;
    uint32_t text_len;
    int32_t date[DATE_COLUMN_COUNT];
    struct str uid;
    struct str title_key; /* ICU sort key, zh pinyin collation */
    struct {
        const struct str *value;
        uint32_t n; /* single-valued facets: 0 or 1 */
    } facet[FACET_COUNT];
    /* Keys of the record's Han characters (terms_chars). NULL: those of the base and of
     * columns_builder_add_han stay as they are. */
    const uint32_t *han;
    size_t nhan;
};

struct columns_builder;

/* Most bytes of a uid, a title key or a facet value: longer ones are STATUS_LIMIT. */
#define COLUMNS_MAX_BYTES 65535u
/* Most values of one record in one facet. */
#define COLUMNS_MAX_VALUES 65535u

/* Starts from `base` (rows of an older revision; NULL = empty), which must stay open
 * until the builder is freed. STATUS_NOMEM. */
MUST_CHECK enum status columns_builder_new(const struct columns *base,
                                           struct columns_builder **out, struct err *err);
void columns_builder_free(struct columns_builder *b);
/* Adds or replaces the row. Values are made distinct, empty ones dropped. STATUS_LIMIT
 * beyond a limit above, STATUS_INVALID for docid 0 or an empty uid. After any failure the
 * builder may only be freed. */
MUST_CHECK enum status columns_builder_put(struct columns_builder *b,
                                           const struct columns_row *row,
                                           struct err *err);
/* A docid that is not there is no error. */
MUST_CHECK enum status columns_builder_remove(struct columns_builder *b, uint32_t docid,
                                              struct err *err);
/* Takes over the characters of rows that are put with han NULL: those that a shard wrote.
 * *src must stay open until the builder is freed. STATUS_NOMEM. */
MUST_CHECK enum status columns_builder_add_han(struct columns_builder *b,
                                               const struct columns_han *src,
                                               struct err *err);
/* Computes ranks and dictionaries (sorted bytewise, unused values dropped), writes
 * path.tmp, fsyncs, renames to path, fsyncs the folder. Deterministic: the same rows give
 * the same bytes whatever the order of puts. The builder may be written again. */
MUST_CHECK enum status columns_builder_write(struct columns_builder *b, const char *path,
                                             int64_t revision, const char *text_name,
                                             uint64_t text_end, struct err *err);

/* A row as bytes, for shard processes: appended to *out; read back with the slices
 * pointing into `in` (advanced). STATUS_CORRUPT. The value arrays are talloc'd on ctx.
 * Characters are not among the bytes: han is NULL when read. */
void columns_row_write(const struct columns_row *row, struct buf *out);
MUST_CHECK enum status columns_row_read(void *ctx, struct str *in,
                                        struct columns_row *out, struct err *err);

C_API_END
#endif
