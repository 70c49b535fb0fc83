/* What the builder holds, sorted, ranked and written as one file. */
#include "core/fs.h"
#include "core/columns_builder.h"
#include "core/columns_file.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "out of memory writing columns");
}

struct facet_plan {
    uint32_t *ord;   /* id -> ordinal, 0 = unused */
    uint32_t *order; /* ids by ordinal - 1 */
    uint32_t n;
    uint64_t bytes, ords;
    unsigned width;
};

struct plan {
    uint32_t size, live;
    uint64_t uid_bytes, key_bytes, han_bytes;
    uint32_t *uid_order, *title_order; /* docids */
    uint32_t titles;
    uint32_t *uid_rank; /* by docid, for ties of titles */
    uint32_t *row;      /* the ordinals of one record, while they are sorted */
    struct facet_plan facet[FACET_COUNT];
};

static void plan_done(struct plan *p) {
    free(p->uid_order);
    free(p->title_order);
    free(p->uid_rank);
    free(p->row);
    for (size_t f = 0; f < FACET_COUNT; f++) {
        free(p->facet[f].ord);
        free(p->facet[f].order);
    }
}

static enum status plan_rows(const struct columns_builder *b, struct plan *p,
                             struct err *err) {
    p->size = 1;
    for (uint32_t i = 1; i < b->n; i++)
        if (b->live[i]) {
            p->size = i + 1;
            p->live++;
            p->uid_bytes += b->uid[i].n;
            p->key_bytes += b->key[i].n;
        }
    if (p->uid_bytes > UINT32_MAX)
        return err_set(err, STATUS_LIMIT, NULL, "the uids exceed 4 GiB together");
    p->uid_order = malloc(((size_t)p->live + 1) * sizeof *p->uid_order);
    p->title_order = malloc(((size_t)p->live + 1) * sizeof *p->title_order);
    p->uid_rank = calloc(p->size, sizeof *p->uid_rank);
    p->row = malloc((COLUMNS_MAX_VALUES + 1) * sizeof *p->row);
    if (!p->uid_order || !p->title_order || !p->uid_rank || !p->row)
        return no_memory(err);
    uint32_t n = 0;
    for (uint32_t i = 1; i < p->size; i++)
        if (b->live[i]) {
            p->uid_order[n++] = i;
            if (b->key[i].n) p->title_order[p->titles++] = i;
        }
    if (!columns_sort(&b->bytes, b->uid, NULL, p->uid_order, n)) return no_memory(err);
    for (uint32_t i = 0; i < n; i++) {
        struct str uid = columns_span_str(&b->bytes, b->uid[p->uid_order[i]]);
        if (i && str_eq(columns_span_str(&b->bytes, b->uid[p->uid_order[i - 1]]), uid))
            return err_set(err, STATUS_CONFLICT, NULL, "two rows have the uid %.*s",
                           (int)utf8_clip(uid, 100), uid.p);
        p->uid_rank[p->uid_order[i]] = i + 1;
    }
    if (!columns_sort(&b->bytes, b->key, p->uid_rank, p->title_order, p->titles))
        return no_memory(err);
    return STATUS_OK;
}

static enum status plan_facet(const struct columns_builder *b, struct plan *p, size_t f,
                              struct err *err) {
    const struct columns_facet_rows *rows = &b->facet[f];
    struct facet_plan *out = &p->facet[f];
    out->ord = calloc((size_t)rows->dict.n + 1, sizeof *out->ord);
    out->order = malloc(((size_t)rows->dict.n + 1) * sizeof *out->order);
    if (!out->ord || !out->order) return no_memory(err);
    for (uint32_t i = 1; i < p->size; i++) {
        if (!b->live[i]) continue;
        if (!rows->list) {
            out->ord[rows->ord[i]] = 1;
            continue;
        }
        for (uint32_t k = 0; k < rows->list[i].n; k++)
            out->ord[rows->pool[rows->list[i].at + k]] = 1;
        out->ords += rows->list[i].n;
    }
    for (uint32_t id = 1; id <= rows->dict.n; id++)
        if (out->ord[id]) {
            out->order[out->n++] = id;
            out->bytes += rows->dict.span[id].n;
        }
    if (out->bytes > UINT32_MAX || out->ords > UINT32_MAX)
        return err_set(err, STATUS_LIMIT, NULL, "facet %s has too many values",
                       facet_name((enum facet)f));
    if (!columns_sort(&b->bytes, rows->dict.span, NULL, out->order, out->n))
        return no_memory(err);
    out->ord[0] = 0;
    for (uint32_t i = 0; i < out->n; i++) out->ord[out->order[i]] = i + 1;
    out->width = out->n <= UINT8_MAX ? 1 : out->n <= UINT16_MAX ? 2 : 4;
    return STATUS_OK;
}

static void lay_out(const struct plan *p, struct columns_head *h) {
    uint64_t size = p->size, at = (sizeof *h + 7) / 8 * 8;
    uint64_t bytes[SECTION_COUNT];
    for (size_t i = 0; i < SECTION_FACETS; i++) bytes[i] = size * 4;
    bytes[SECTION_LIVE] = (size + 63) / 64 * 8;
    bytes[SECTION_TEXT_AT] = size * 8;
    bytes[SECTION_TITLE_ORDER] = (uint64_t)p->titles * 4;
    bytes[SECTION_UID_AT] = (size + 1) * 4;
    bytes[SECTION_KEY_AT] = (size + 1) * 8;
    bytes[SECTION_UID_BYTES] = p->uid_bytes;
    bytes[SECTION_KEY_BYTES] = p->key_bytes;
    bytes[SECTION_HAN] = p->han_bytes;
    for (unsigned f = 0; f < FACET_COUNT; f++) {
        bool multi = facet_is_multi((enum facet)f);
        const struct facet_plan *from = &p->facet[f];
        h->facet[f] =
            (struct columns_facet_head){from->n, (uint16_t)from->width, multi ? 1 : 0};
        bytes[columns_section_of(f, PART_ORD)] =
            (multi ? from->ords : size) * from->width;
        bytes[columns_section_of(f, PART_START)] = multi ? (size + 1) * 4 : 0;
        bytes[columns_section_of(f, PART_VALUE_AT)] = ((uint64_t)from->n + 2) * 4;
        bytes[columns_section_of(f, PART_VALUE_BYTES)] = from->bytes;
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        h->section[i] = (struct columns_section_place){at, bytes[i]};
        at = (at + bytes[i] + 7) / 8 * 8;
    }
    h->file_bytes = at + sizeof(uint64_t);
    h->size = p->size;
    h->live_count = p->live;
}

static void put_ord(void *base, unsigned width, size_t i, uint32_t v) {
    if (width == 1)
        ((uint8_t *)base)[i] = (uint8_t)v;
    else if (width == 2)
        ((uint16_t *)base)[i] = (uint16_t)v;
    else
        ((uint32_t *)base)[i] = v;
}

static int cmp_u32(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void sort_row(uint32_t *v, uint32_t n) {
    if (n > 32) {
        qsort(v, n, sizeof *v, cmp_u32);
        return;
    }
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t k = i; k > 0 && v[k - 1] > v[k]; k--) {
            uint32_t t = v[k];
            v[k] = v[k - 1];
            v[k - 1] = t;
        }
}

static void fill_rows_of_facet(const struct columns_facet_rows *rows,
                               const struct columns_builder *b, const struct plan *p,
                               const struct facet_plan *plan, void *ord,
                               uint32_t *start) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->size; i++) {
        if (!rows->list) {
            put_ord(ord, plan->width, i, b->live[i] ? plan->ord[rows->ord[i]] : 0);
            continue;
        }
        start[i] = n;
        uint32_t count = b->live[i] ? rows->list[i].n : 0;
        for (uint32_t k = 0; k < count; k++)
            p->row[k] = plan->ord[rows->pool[rows->list[i].at + k]];
        sort_row(p->row, count);
        for (uint32_t k = 0; k < count; k++) put_ord(ord, plan->width, n++, p->row[k]);
    }
    if (rows->list) start[p->size] = n;
}

static void fill_facet(const struct columns_builder *b, const struct plan *p, unsigned f,
                       const struct columns_head *h, char *map) {
    const struct columns_facet_rows *rows = &b->facet[f];
    const struct facet_plan *plan = &p->facet[f];
    void *start = map + h->section[columns_section_of(f, PART_START)].at;
    void *ord = map + h->section[columns_section_of(f, PART_ORD)].at;
    fill_rows_of_facet(rows, b, p, plan, ord, start);
    void *place = map + h->section[columns_section_of(f, PART_VALUE_AT)].at;
    uint32_t *value_at = place, at = 0;
    char *value = map + h->section[columns_section_of(f, PART_VALUE_BYTES)].at;
    for (uint32_t v = 0; v < plan->n; v++) {
        struct str s = columns_span_str(&b->bytes, rows->dict.span[plan->order[v]]);
        value_at[v + 1] = at;
        memcpy(value + at, s.p, s.n);
        at += (uint32_t)s.n;
    }
    value_at[plan->n + 1] = at;
}

/* The sections of fixed width. The file is fresh: what is not written is zero. */
static void fill_fixed(const struct columns_builder *b, const struct plan *p,
                       const struct columns_head *h, char *map) {
#define SECTION(i) ((void *)(map + h->section[i].at))
    uint64_t *live = SECTION(SECTION_LIVE), *text_at = SECTION(SECTION_TEXT_AT);
    uint32_t *doclen = SECTION(SECTION_DOCLEN), *text_len = SECTION(SECTION_TEXT_LEN);
    uint32_t *title_rank = SECTION(SECTION_TITLE_RANK), rank = 0;
    for (uint32_t i = 1; i < p->size; i++) {
        if (!b->live[i]) continue;
        live[i / 64] |= (uint64_t)1 << (i % 64);
        doclen[i] = b->doclen[i];
        text_at[i] = b->text_at[i];
        text_len[i] = b->text_len[i];
        for (size_t k = 0; k < DATE_COLUMN_COUNT; k++)
            ((int32_t *)SECTION(SECTION_DATES + k))[i] = b->date[k][i];
    }
    memcpy(SECTION(SECTION_UID_RANK), p->uid_rank, (size_t)p->size * 4);
    if (p->titles)
        memcpy(SECTION(SECTION_TITLE_ORDER), p->title_order, (size_t)p->titles * 4);
    for (uint32_t i = 0; i < p->titles; i++) {
        uint32_t d = p->title_order[i];
        if (i == 0 || !str_eq(columns_span_str(&b->bytes, b->key[p->title_order[i - 1]]),
                              columns_span_str(&b->bytes, b->key[d])))
            rank++;
        title_rank[d] = rank;
    }
#undef SECTION
}

static void fill_strings(const struct columns_builder *b, const struct plan *p,
                         const struct columns_head *h, char *map) {
    void *u = map + h->section[SECTION_UID_AT].at,
         *k = map + h->section[SECTION_KEY_AT].at;
    uint32_t *uid_at = u;
    uint64_t *key_at = k;
    char *uid = map + h->section[SECTION_UID_BYTES].at;
    char *key = map + h->section[SECTION_KEY_BYTES].at;
    for (uint32_t i = 0; i < p->size; i++) {
        struct str s = b->live[i] ? columns_span_str(&b->bytes, b->uid[i]) : str_of("");
        struct str t = b->live[i] ? columns_span_str(&b->bytes, b->key[i]) : str_of("");
        memcpy(uid + uid_at[i], s.p, s.n);
        memcpy(key + key_at[i], t.p, t.n);
        uid_at[i + 1] = uid_at[i] + (uint32_t)s.n;
        key_at[i + 1] = key_at[i] + t.n;
    }
}

static void fill(const struct columns_builder *b, const struct plan *p,
                 struct columns_head *h, char *map) {
    fill_fixed(b, p, h, map);
    fill_strings(b, p, h, map);
    columns_han_builder_fill(b->han, map + h->section[SECTION_HAN].at);
    for (unsigned f = 0; f < FACET_COUNT; f++) fill_facet(b, p, f, h, map);
    h->checksum = XXH3_64bits(h, offsetof(struct columns_head, checksum));
    memcpy(map, h, sizeof *h);
    uint64_t sum = XXH3_64bits(map, (size_t)h->file_bytes - sizeof sum);
    memcpy(map + h->file_bytes - sizeof sum, &sum, sizeof sum);
}

/* Fills the file through a mapping; its blocks are allocated first, so that a full disk
 * is an error here and not a signal later. */
static enum status write_file(const struct columns_builder *b, const struct plan *p,
                              struct columns_head *h, const char *path, struct err *err) {
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return err_errno(err, "不能写 %s", path);
    enum status s = STATUS_OK;
    void *map = MAP_FAILED;
    if ((errno = posix_fallocate(fd, 0, (off_t)h->file_bytes)) != 0)
        s = err_errno(err, "不能写 %s", path);
    else if ((map = mmap(NULL, (size_t)h->file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                         fd, 0)) == MAP_FAILED)
        s = err_errno(err, "不能映射 %s", path);
    if (s == STATUS_OK) {
        fill(b, p, h, map);
        if (munmap(map, (size_t)h->file_bytes) != 0 || fsync(fd) != 0)
            s = err_errno(err, "不能写 %s", path);
    }
    if (close(fd) != 0 && s == STATUS_OK) s = err_errno(err, "不能写 %s", path);
    return s;
}

static enum status write_plan(const struct columns_builder *b, const struct plan *p,
                              struct columns_head *h, const char *path, struct err *err) {
    char tmp[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s.tmp", path) >= (int)sizeof tmp)
        return err_set(err, STATUS_LIMIT, NULL, "路径 %s 太长", path);
    lay_out(p, h);
    enum status s = write_file(b, p, h, tmp, err);
    if (s == STATUS_OK && rename(tmp, path) != 0)
        s = err_errno(err, "不能改名为 %s", tmp);
    if (s != STATUS_OK) {
        unlink(tmp);
        return s;
    }
    return fs_sync_parent(path, err);
}

static enum status check_text(const struct columns_builder *b, uint64_t text_end,
                              struct err *err) {
    for (uint32_t i = 1; i < b->n; i++)
        if (b->live[i] &&
            (b->text_at[i] > text_end || b->text_len[i] > text_end - b->text_at[i]))
            return err_set(err, STATUS_INVALID, NULL, "记录 %lu 的文本超出文本文件",
                           (unsigned long)i);
    return STATUS_OK;
}

enum status columns_builder_write(struct columns_builder *b, const char *path,
                                  int64_t revision, const char *text_name,
                                  uint64_t text_end, struct err *err) {
    struct columns_head h = {.version = COLUMNS_VERSION,
                             .order = COLUMNS_ORDER,
                             .revision = revision,
                             .text_end = text_end,
                             .nsections = SECTION_COUNT,
                             .nfacets = FACET_COUNT};
    memcpy(h.magic, COLUMNS_MAGIC, sizeof h.magic);
    if (strlen(text_name) >= sizeof h.text_name)
        return err_set(err, STATUS_LIMIT, NULL, "名称 %s 太长", text_name);
    memcpy(h.text_name, text_name, strlen(text_name));
    enum status s = check_text(b, text_end, err);
    struct plan p = {0};
    if (s == STATUS_OK) s = plan_rows(b, &p, err);
    for (size_t f = 0; s == STATUS_OK && f < FACET_COUNT; f++)
        s = plan_facet(b, &p, f, err);
    if (s == STATUS_OK) s = columns_han_builder_plan(b->han, &p.han_bytes, err);
    if (s == STATUS_OK) s = write_plan(b, &p, &h, path, err);
    plan_done(&p);
    return s;
}
