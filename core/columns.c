#include "core/columns_file.h"
#include "core/fs.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

static enum status corrupt(struct err *err, const char *path, const char *what) {
    err_set(err, STATUS_CORRUPT, NULL, "%s: %s; run chengguo rebuild", path, what);
    return STATUS_CORRUPT;
}

/* Bytes that a section must have; SIZE_MAX where only the content tells. */
static uint64_t section_bytes(const struct columns_head *h, size_t i) {
    uint64_t size = h->size;
    if (i >= SECTION_FACETS) {
        const struct columns_facet_head *f = &h->facet[(i - SECTION_FACETS) / 4];
        switch ((enum columns_facet_part)((i - SECTION_FACETS) % 4)) {
            case PART_ORD:
                return f->multi ? UINT64_MAX : size * f->width;
            case PART_START:
                return f->multi ? (size + 1) * 4 : 0;
            case PART_VALUE_AT:
                return ((uint64_t)f->nvalues + 2) * 4;
            case PART_VALUE_BYTES:
                return UINT64_MAX;
        }
    }
    switch (i) {
        case SECTION_LIVE:
            return (size + 63) / 64 * 8;
        case SECTION_TEXT_AT:
            return size * 8;
        case SECTION_UID_AT:
            return (size + 1) * 4;
        case SECTION_KEY_AT:
            return (size + 1) * 8;
        case SECTION_TITLE_ORDER:
        case SECTION_UID_BYTES:
        case SECTION_KEY_BYTES:
        case SECTION_HAN:
            return UINT64_MAX;
        default:
            return size * 4;
    }
}

static const char *check_head(const struct columns_head *h, size_t n) {
    assert(h);
    if (memcmp(h->magic, COLUMNS_MAGIC, sizeof h->magic) != 0) return "不是列文件";
    if (h->version != COLUMNS_VERSION || h->order != COLUMNS_ORDER ||
        h->nsections != SECTION_COUNT || h->nfacets != FACET_COUNT)
        return "由别的版本写成";
    if (XXH3_64bits(h, offsetof(struct columns_head, checksum)) != h->checksum)
        return "文件头的校验和不对";
    if (h->file_bytes != n) return "cut short";
    if (h->size == 0 || h->size > COLUMNS_MAX_DOCID + 1 || h->live_count >= h->size ||
        !memchr(h->text_name, 0, sizeof h->text_name))
        return "impossible sizes";
    for (size_t f = 0; f < FACET_COUNT; f++) {
        const struct columns_facet_head *c = &h->facet[f];
        if ((c->width != 1 && c->width != 2 && c->width != 4) || c->multi > 1)
            return "impossible facet";
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const struct columns_section_place *s = &h->section[i];
        uint64_t want = section_bytes(h, i);
        if (s->at % 8 != 0 || s->at < sizeof *h || s->at > n - 8 ||
            s->bytes > n - 8 - s->at || (want != UINT64_MAX && s->bytes != want))
            return "a section is out of bounds";
    }
    if (h->section[SECTION_TITLE_ORDER].bytes % 4 != 0 ||
        h->section[SECTION_TITLE_ORDER].bytes / 4 > h->live_count)
        return "a section is out of bounds";
    return NULL;
}

/* Ascending offsets from 0 to `bytes`; reads them all, without a branch in the loop. */
static bool ascending32(const uint32_t *at, size_t n, uint64_t bytes) {
    unsigned bad = at[0] != 0 || at[n - 1] != bytes;
    for (size_t i = 1; i < n; i++) bad |= at[i] < at[i - 1];
    return !bad;
}

static bool ascending64(const uint64_t *at, size_t n, uint64_t bytes) {
    unsigned bad = at[0] != 0 || at[n - 1] != bytes;
    for (size_t i = 1; i < n; i++) bad |= at[i] < at[i - 1];
    return !bad;
}

static bool ordinals_in_range(const struct columns_facet *f, size_t n) {
    uint32_t top = 0;
    if (f->width == 1)
        for (size_t i = 0; i < n; i++)
            top = ((const uint8_t *)f->ord)[i] > top ? ((const uint8_t *)f->ord)[i] : top;
    else if (f->width == 2)
        for (size_t i = 0; i < n; i++)
            top =
                ((const uint16_t *)f->ord)[i] > top ? ((const uint16_t *)f->ord)[i] : top;
    else
        for (size_t i = 0; i < n; i++)
            top =
                ((const uint32_t *)f->ord)[i] > top ? ((const uint32_t *)f->ord)[i] : top;
    return top <= f->nvalues;
}

static const char *check_facet(const struct columns *c, const struct columns_head *h,
                               unsigned i) {
    const struct columns_facet *f = &c->facet[i];
    uint64_t bytes = h->section[columns_section_of(i, PART_ORD)].bytes;
    uint64_t vbytes = h->section[columns_section_of(i, PART_VALUE_BYTES)].bytes;
    if (f->value_at[0] != 0 || f->value_at[1] != 0 ||
        !ascending32(f->value_at, (size_t)f->nvalues + 2, vbytes))
        return "the values of a facet are out of bounds";
    size_t n = c->size;
    if (f->multi) {
        n = bytes / f->width;
        if (bytes % f->width != 0 || !ascending32(f->start, (size_t)c->size + 1, n))
            return "the rows of a facet are out of bounds";
    }
    return ordinals_in_range(f, n) ? NULL : "an ordinal is out of bounds";
}

static const char *check_rows(const struct columns *c, const struct columns_head *h) {
    if (!ascending32(c->uid_at, (size_t)c->size + 1,
                     h->section[SECTION_UID_BYTES].bytes) ||
        !ascending64(c->key_at, (size_t)c->size + 1, h->section[SECTION_KEY_BYTES].bytes))
        return "a uid or title key is out of bounds";
    unsigned bad = 0;
    for (size_t i = 0; i < c->size; i++)
        bad |=
            c->text_at[i] > c->text_end || c->text_len[i] > c->text_end - c->text_at[i];
    if (bad) return "a text address is out of bounds";
    for (size_t i = 0; i < c->title_count; i++) bad |= c->title_order[i] >= c->size;
    uint32_t live = 0;
    for (size_t i = 0; i < ((size_t)c->size + 63) / 64; i++)
        live += (uint32_t)__builtin_popcountll(c->live[i]);
    if (c->size % 64 != 0 && c->live[c->size / 64] >> (c->size % 64) != 0) bad = 1;
    return bad || live != c->live_count || (c->live[0] & 1) ? "impossible rows" : NULL;
}

static void point(const char *base, const struct columns_head *h, struct columns *c) {
#define AT(i) ((const void *)(base + h->section[i].at))
    c->size = h->size;
    c->live_count = h->live_count;
    c->revision = h->revision;
    c->text_name = h->text_name;
    c->text_end = h->text_end;
    c->live = AT(SECTION_LIVE);
    c->doclen = AT(SECTION_DOCLEN);
    c->text_at = AT(SECTION_TEXT_AT);
    c->text_len = AT(SECTION_TEXT_LEN);
    for (size_t i = 0; i < DATE_COLUMN_COUNT; i++) c->date[i] = AT(SECTION_DATES + i);
    c->uid_rank = AT(SECTION_UID_RANK);
    c->title_rank = AT(SECTION_TITLE_RANK);
    c->title_order = AT(SECTION_TITLE_ORDER);
    c->title_count = (uint32_t)(h->section[SECTION_TITLE_ORDER].bytes / 4);
    c->uid_at = AT(SECTION_UID_AT);
    c->uid_bytes = AT(SECTION_UID_BYTES);
    c->key_at = AT(SECTION_KEY_AT);
    c->key_bytes = AT(SECTION_KEY_BYTES);
    for (unsigned i = 0; i < FACET_COUNT; i++) {
        struct columns_facet *f = &c->facet[i];
        f->nvalues = h->facet[i].nvalues;
        f->width = (uint8_t)h->facet[i].width;
        f->multi = h->facet[i].multi != 0;
        f->ord = AT(columns_section_of(i, PART_ORD));
        f->start = f->multi ? AT(columns_section_of(i, PART_START)) : NULL;
        f->value_at = AT(columns_section_of(i, PART_VALUE_AT));
        f->value_bytes = AT(columns_section_of(i, PART_VALUE_BYTES));
    }
#undef AT
}

enum status columns_open(const char *path, struct columns *out, struct err *err) {
    void *map = NULL;
    size_t n = 0;
    enum status s =
        fs_map(path, sizeof(struct columns_head) + sizeof(uint64_t), &map, &n, err);
    if (s == STATUS_CORRUPT) return corrupt(err, path, "不是列文件，或被截短");
    if (s != STATUS_OK) return s;
    struct columns c = {0};
    const struct columns_head *h = map;
    const char *bad = check_head(h, n);
    if (!bad) {
        point(map, h, &c);
        bad = check_rows(&c, h);
    }
    if (!bad)
        bad = columns_han_check((const char *)map + h->section[SECTION_HAN].at,
                                h->section[SECTION_HAN].bytes, c.size, &c.han);
    for (unsigned i = 0; !bad && i < FACET_COUNT; i++) bad = check_facet(&c, h, i);
    if (bad) {
        munmap(map, n);
        return corrupt(err, path, bad);
    }
    c.map = map;
    c.map_bytes = n;
    *out = c;
    return STATUS_OK;
}

void columns_close(struct columns *c) {
    if (c->map) munmap(c->map, c->map_bytes);
    *c = (struct columns){0};
}

static struct str title_key(const struct columns *c, uint32_t docid) {
    return str_slice(c->key_bytes + c->key_at[docid],
                     (size_t)(c->key_at[docid + 1] - c->key_at[docid]));
}

/* Values sorted and distinct; rows of several values ascending. */
static const char *verify_facet(const struct columns *c, const struct columns_facet *f) {
    for (uint32_t v = 2; v <= f->nvalues; v++)
        if (str_cmp(columns_value(f, v - 1), columns_value(f, v)) >= 0)
            return "一个分面的值次序不对";
    for (size_t i = 0; f->multi && i < c->size; i++)
        for (uint32_t k = f->start[i]; k < f->start[i + 1]; k++)
            if (columns_ord(f, k) == 0 ||
                (k > f->start[i] && columns_ord(f, k - 1) >= columns_ord(f, k)))
                return "一条记录的值次序不对";
    return NULL;
}

/* by_rank: room for live_count + 1 docids. */
static const char *verify_ranks(const struct columns *c, uint32_t *by_rank) {
    uint32_t keyed = 0;
    for (uint32_t i = 0; i < c->size; i++) {
        bool live = columns_is_live(c, i);
        uint32_t r = c->uid_rank[i];
        if (live ? r == 0 || r > c->live_count || by_rank[r] != 0 : r != 0)
            return "uid 的次序不对";
        if (live) by_rank[r] = i;
        keyed += c->title_rank[i] != 0;
    }
    for (uint32_t r = 2; r <= c->live_count; r++)
        if (str_cmp(columns_uid(c, by_rank[r - 1]), columns_uid(c, by_rank[r])) >= 0)
            return "uid 的次序不对";
    uint32_t rank = 0;
    for (uint32_t i = 0; i < c->title_count; i++) {
        uint32_t d = c->title_order[i], before = i ? c->title_order[i - 1] : 0;
        int order = i ? str_cmp(title_key(c, before), title_key(c, d)) : -1;
        rank += order < 0;
        if (order > 0 || c->title_rank[d] != rank || !columns_is_live(c, d) ||
            (order == 0 && c->uid_rank[before] >= c->uid_rank[d]))
            return "名称的次序不对";
    }
    return keyed == c->title_count ? NULL : "名称的次序不对";
}

enum status columns_verify(const char *path, struct err *err) {
    struct columns c;
    enum status s = columns_open(path, &c, err);
    if (s != STATUS_OK) return s;
    uint32_t *by_rank = calloc((size_t)c.live_count + 1, sizeof *by_rank);
    if (!by_rank) {
        columns_close(&c);
        return err_set(err, STATUS_NOMEM, NULL, "out of memory while checking %s", path);
    }
    uint64_t sum;
    memcpy(&sum, (const char *)c.map + c.map_bytes - sizeof sum, sizeof sum);
    const char *bad = NULL;
    if (XXH3_64bits(c.map, c.map_bytes - sizeof sum) != sum) bad = "校验和不对";
    for (unsigned i = 0; !bad && i < FACET_COUNT; i++)
        bad = verify_facet(&c, &c.facet[i]);
    if (!bad) bad = verify_ranks(&c, by_rank);
    if (!bad) bad = columns_han_verify(&c.han, c.live, c.size);
    free(by_rank);
    columns_close(&c);
    return bad ? corrupt(err, path, bad) : STATUS_OK;
}

uint32_t columns_find(const struct columns_facet *f, struct str value) {
    uint32_t lo = 1, hi = f->nvalues;
    while (lo <= hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = str_cmp(columns_value(f, mid), value);
        if (order == 0) return mid;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid - 1;
    }
    return 0;
}

struct str columns_uid(const struct columns *c, uint32_t docid) {
    if (docid >= c->size) return str_slice("", 0);
    return str_slice(c->uid_bytes + c->uid_at[docid],
                     c->uid_at[docid + 1] - c->uid_at[docid]);
}
