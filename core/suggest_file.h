/* suggest_file.h - the layout of suggest-N and what the modules of suggest.h share.
 *
 * A member is a title or a facet value, a code of kind and id (suggest_code). Members of
 * one matching text are one entry. Entries are numbered by the order in which they are
 * shown: used most first, then shorter ones, then by text. So the best entry of a range
 * is its smallest number, and no walk looks at more entries than it hands out.
 *
 * Little-endian, every section 8-byte aligned, gaps zero:
 *
 *   struct suggest_head        magic, version, what it belongs to, checksum of the head
 *   uint64_t prefix[nentries]  first eight bytes of the pinyin keys, by pinyin order
 *   uint64_t prefix[nentries]  of the keys by initials, by initials order
 *   uint32_t member[nmembers]  by (text, kind, id); SUGGEST_SAME: text of the one before
 *   uint32_t order[nentries]   entries by text; by (pinyin, text); by (initials, text)
 *   uint32_t id[nentries]      the member that stands for the entry: used most, then by
 *                              kind (facets before titles), then by id; SUGGEST_NAME: a
 *                              person has this text, so it is read as a name
 *   uint32_t count[nentries]   its records; of a title, the records that have this title
 *   uint8_t  len[nentries]     characters of the text, at most 255
 *   uint64_t                   XXH3 of every byte before it
 *
 * Threads: a struct suggest is read-only.
 */
#ifndef CORE_SUGGEST_FILE_H
#define CORE_SUGGEST_FILE_H

#include "core/pinyin.h"
#include "core/suggest.h"

#define SUGGEST_MAGIC "CGSUGG\r\n"
#define SUGGEST_VERSION 1u
#define SUGGEST_ORDER 0x01020304u /* a file of the other byte order is refused */

#define SUGGEST_ID_BITS 29
#define SUGGEST_SAME (1u << 31)
#define SUGGEST_NAME (1u << 31)
#define SUGGEST_NONE UINT32_MAX
#define SUGGEST_TITLE_TAG 1 /* of the title in the record text (field.c) */
#define SUGGEST_LEN_MAX 255u

#define SUGGEST_FAN_BITS 6 /* a level of minima holds one of 64 of the level below */
#define SUGGEST_FAN (1u << SUGGEST_FAN_BITS)
#define SUGGEST_LEVELS 6 /* 64^6 is more than there can be entries */

enum suggest_order { ORDER_TEXT, ORDER_PINYIN, ORDER_INITIALS, ORDER_COUNT };

struct suggest_head {
    char magic[8];
    uint32_t version, order;
    int64_t revision;
    uint64_t pinyin; /* pinyin_fingerprint */
    uint64_t file_bytes;
    uint32_t size, live_count; /* of the columns */
    uint32_t nvalues[SUGGEST_KINDS];
    uint32_t nmembers, nentries;
    uint64_t checksum; /* XXH3 of the head before this member */
};

struct suggest {
    const struct columns *columns;
    const struct rectext *text;
    uint32_t n, nmembers;
    const uint32_t *member, *id, *count;
    const uint8_t *len;
    const uint32_t *order[ORDER_COUNT];
    const uint64_t *prefix[ORDER_COUNT];        /* NULL for ORDER_TEXT */
    uint32_t *low[ORDER_COUNT][SUGGEST_LEVELS]; /* low[o][0] is unused */
    uint32_t nlow[ORDER_COUNT][SUGGEST_LEVELS];
    void *map;
    size_t map_bytes;
};

/* Where the sections of a file of these sizes lie. */
struct suggest_layout {
    uint64_t prefix[ORDER_COUNT], order[ORDER_COUNT];
    uint64_t member, id, count, len, checksum, bytes;
};
struct suggest_layout suggest_lay_out(uint32_t nmembers, uint32_t nentries);

/* The facet of a kind, which is not SUGGEST_TITLE. */
static inline const struct columns_facet *suggest_facet(const struct columns *c,
                                                        enum suggest_kind kind) {
    return &c->facet[kind == SUGGEST_KEYWORD ? FACET_KEYWORD
                     : kind == SUGGEST_UNIT  ? FACET_UNIT
                                             : FACET_PERSON];
}
static inline uint32_t suggest_code(enum suggest_kind kind, uint32_t id) {
    return (uint32_t)kind << SUGGEST_ID_BITS | id;
}
static inline enum suggest_kind suggest_code_kind(uint32_t code) {
    return (enum suggest_kind)(code >> SUGGEST_ID_BITS & 3);
}
static inline uint32_t suggest_code_id(uint32_t code) {
    return code & ((1u << SUGGEST_ID_BITS) - 1);
}

/* Matching text of a member; empty when it has none and is no member. Borrowed from
 * columns or text, or put into *scratch. */
struct str suggest_member_text(const struct columns *c, const struct rectext *t,
                               uint32_t code, struct buf *scratch);
/* That of entry e. */
struct str suggest_entry_text(const struct suggest *s, uint32_t e, struct buf *scratch);

/* Is this character of matching text part of keys? */
static inline bool suggest_in_keys(uint32_t cp) {
    return text_is_han(cp) || text_is_word(cp);
}

#define SUGGEST_KEY_BYTES (SUGGEST_KEY_CHARS * PINYIN_SYLLABLE_MAX)

struct suggest_key {
    size_t n[ORDER_COUNT]; /* bytes by order; none of ORDER_TEXT */
    char bytes[ORDER_COUNT][SUGGEST_KEY_BYTES];
};
void suggest_key_make(struct str norm, bool name, struct suggest_key *out);
/* pinyin_read, of a name pinyin_read_name. */
size_t suggest_read(struct str norm, bool name, uint16_t *out, size_t max);
static inline bool suggest_is_name(const struct suggest *s, uint32_t e) {
    return s->id[e] & SUGGEST_NAME;
}
static inline struct str suggest_key_str(const struct suggest_key *k,
                                         enum suggest_order o) {
    return str_slice(k->bytes[o], k->n[o]);
}
/* The first eight bytes as a number that compares as they do; keys hold no NUL. */
static inline uint64_t suggest_prefix(struct str key) {
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | (i < key.n ? (unsigned char)key.p[i] : 0);
    return v;
}

/* Positions [lo, hi) of an order whose keys begin with `key`; [lo, whole) are it. */
struct suggest_range {
    enum suggest_order order;
    uint32_t lo, whole, hi;
};
struct suggest_range suggest_range_of(const struct suggest *s, enum suggest_order o,
                                      struct str key, struct buf *scratch);
/* Narrows [*lo, *hi) to the keys that begin with `key`, which is not empty. */
void suggest_narrow(const struct suggest *s, enum suggest_order o, struct str key,
                    uint32_t *lo, uint32_t *hi, struct buf *scratch);
/* First position whose (key, text) is not less. For ORDER_TEXT key is the text. */
uint32_t suggest_place(const struct suggest *s, enum suggest_order o, struct str key,
                       struct str text, struct buf *scratch);

/* The file as it should be, made from `base` or from nothing as suggest_write says; *out
 * is malloc'd. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status suggest_build(const struct columns *columns,
                                     const struct rectext *text,
                                     const struct suggest *base, const uint32_t *changed,
                                     size_t nchanged, char **out, size_t *bytes,
                                     struct err *err);

#endif
