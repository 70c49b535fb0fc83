#include "core/columns_builder.h"

#include <stdlib.h>
#include <xxhash.h>

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "out of memory building columns");
}

/* Makes room for `need` elements; what is new is zero. */
static bool grow(void *array, size_t *cap, size_t need, size_t element) {
    if (need <= *cap) return true;
    size_t to = *cap + *cap / 2 + 64 > need ? *cap + *cap / 2 + 64 : need;
    void *old, *p;
    memcpy(&old, array, sizeof old);
    if (to > SIZE_MAX / element || !(p = realloc(old, to * element))) return false;
    memset((char *)p + *cap * element, 0, (to - *cap) * element);
    memcpy(array, &p, sizeof p);
    *cap = to;
    return true;
}

static bool grow_rows(struct columns_builder *b, uint32_t need) {
    if (need <= b->cap) return true;
    size_t to = (size_t)b->cap + b->cap / 2 + 64, cap;
    if (to < need) to = need;
    bool ok = true;
#define GROW(member)                                                                     \
    (cap = b->cap, ok = ok && grow(&b->member, &cap, to, sizeof *b->member))
    GROW(live);
    GROW(doclen);
    GROW(text_len);
    GROW(text_at);
    GROW(uid);
    GROW(key);
    for (size_t i = 0; i < DATE_COLUMN_COUNT; i++) GROW(date[i]);
    for (size_t f = 0; f < FACET_COUNT; f++)
        if (facet_is_multi((enum facet)f))
            GROW(facet[f].list);
        else
            GROW(facet[f].ord);
#undef GROW
    if (ok) b->cap = (uint32_t)to;
    return ok;
}

static bool add_bytes(struct columns_builder *b, struct str s, struct columns_span *out) {
    if (!grow(&b->bytes.p, &b->bytes.cap, b->bytes.n + s.n, 1)) return false;
    if (s.n) memcpy(b->bytes.p + b->bytes.n, s.p, s.n);
    *out = (struct columns_span){b->bytes.n, (uint32_t)s.n};
    b->bytes.n += s.n;
    return true;
}

/* ---- dictionary ------------------------------------------------------------------- */

static bool dict_rehash(const struct columns_arena *bytes, struct columns_dict *d) {
    uint32_t want = d->nslot ? d->nslot * 2 : 64;
    uint32_t *slot = calloc(want, sizeof *slot);
    if (!slot) return false;
    for (uint32_t id = d->sorted + 1; id <= d->n; id++) {
        struct str s = columns_span_str(bytes, d->span[id]);
        uint32_t h = (uint32_t)XXH3_64bits(s.p, s.n) & (want - 1);
        while (slot[h]) h = (h + 1) & (want - 1);
        slot[h] = id;
    }
    free(d->slot);
    d->slot = slot;
    d->nslot = want;
    return true;
}

static uint32_t dict_sorted(const struct columns_arena *bytes,
                            const struct columns_dict *d, struct str value) {
    uint32_t lo = 1, hi = d->sorted;
    while (lo <= hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = str_cmp(columns_span_str(bytes, d->span[mid]), value);
        if (order == 0) return mid;
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid - 1;
    }
    return 0;
}

static bool dict_append(struct columns_builder *b, struct columns_dict *d,
                        struct str value) {
    size_t cap = d->cap;
    if (d->n == UINT32_MAX / 2 ||
        !grow(&d->span, &cap, (size_t)d->n + 2, sizeof *d->span))
        return false;
    d->cap = (uint32_t)cap;
    if (!add_bytes(b, value, &d->span[d->n + 1])) return false;
    d->n++;
    return true;
}

/* Id of the value, added if new; 0 when out of memory. */
static uint32_t dict_id(struct columns_builder *b, struct columns_dict *d,
                        struct str value) {
    uint32_t id = dict_sorted(&b->bytes, d, value);
    if (id) return id;
    if ((d->n - d->sorted + 1) * 2 > d->nslot && !dict_rehash(&b->bytes, d)) return 0;
    uint32_t h = (uint32_t)XXH3_64bits(value.p, value.n) & (d->nslot - 1);
    for (; d->slot[h]; h = (h + 1) & (d->nslot - 1))
        if (str_eq(columns_span_str(&b->bytes, d->span[d->slot[h]]), value))
            return d->slot[h];
    if (!dict_append(b, d, value)) return 0;
    d->slot[h] = d->n;
    return d->n;
}

/* ---- rows ------------------------------------------------------------------------- */

static bool copy_facet(struct columns_builder *b, const struct columns *base, size_t f) {
    const struct columns_facet *from = &base->facet[f];
    struct columns_facet_rows *to = &b->facet[f];
    for (uint32_t v = 1; v <= from->nvalues; v++)
        if (!dict_append(b, &to->dict, columns_value(from, v))) return false;
    to->dict.sorted = to->dict.n;
    if (!from->multi) {
        for (size_t i = 0; i < base->size; i++) to->ord[i] = columns_ord(from, i);
        return true;
    }
    size_t n = from->start[base->size];
    if (!grow(&to->pool, &to->pool_cap, n + 1, sizeof *to->pool)) return false;
    for (size_t i = 0; i < n; i++) to->pool[i] = columns_ord(from, i);
    to->pool_n = n;
    for (size_t i = 0; i < base->size; i++)
        to->list[i] =
            (struct columns_list){from->start[i], from->start[i + 1] - from->start[i]};
    return true;
}

static bool copy_base(struct columns_builder *b, const struct columns *base) {
    if (!grow_rows(b, base->size)) return false;
    b->n = base->size;
    for (uint32_t i = 0; i < base->size; i++) {
        b->live[i] = columns_is_live(base, i);
        if (!b->live[i]) continue;
        b->doclen[i] = base->doclen[i];
        b->text_at[i] = base->text_at[i];
        b->text_len[i] = base->text_len[i];
        for (size_t k = 0; k < DATE_COLUMN_COUNT; k++) b->date[k][i] = base->date[k][i];
        size_t key_n = (size_t)(base->key_at[i + 1] - base->key_at[i]);
        if (!add_bytes(b, columns_uid(base, i), &b->uid[i]) ||
            !add_bytes(b, str_slice(base->key_bytes + base->key_at[i], key_n),
                       &b->key[i]))
            return false;
    }
    for (size_t f = 0; f < FACET_COUNT; f++)
        if (base->facet[f].multi != facet_is_multi((enum facet)f) ||
            !copy_facet(b, base, f))
            return false;
    return true;
}

enum status columns_builder_new(const struct columns *base, struct columns_builder **out,
                                struct err *err) {
    struct columns_builder *b = calloc(1, sizeof *b);
    if (!b || !grow_rows(b, 1) || (base && !copy_base(b, base))) {
        columns_builder_free(b);
        return no_memory(err);
    }
    if (b->n == 0) b->n = 1;
    enum status s = columns_han_builder_new(&b->han, err);
    if (s == STATUS_OK && base) s = columns_han_builder_add(b->han, &base->han, err);
    if (s != STATUS_OK) {
        columns_builder_free(b);
        return s;
    }
    *out = b;
    return STATUS_OK;
}

void columns_builder_free(struct columns_builder *b) {
    if (!b) return;
    free(b->live);
    free(b->doclen);
    free(b->text_len);
    free(b->text_at);
    for (size_t i = 0; i < DATE_COLUMN_COUNT; i++) free(b->date[i]);
    free(b->uid);
    free(b->key);
    free(b->bytes.p);
    for (size_t f = 0; f < FACET_COUNT; f++) {
        free(b->facet[f].dict.span);
        free(b->facet[f].dict.slot);
        free(b->facet[f].ord);
        free(b->facet[f].list);
        free(b->facet[f].pool);
    }
    columns_han_builder_free(b->han);
    free(b);
}

static bool put_list(struct columns_builder *b, struct columns_facet_rows *rows,
                     const struct columns_row *row, size_t f) {
    uint32_t n = row->facet[f].n, kept = 0;
    if (rows->pool_n + n > UINT32_MAX ||
        !grow(&rows->pool, &rows->pool_cap, rows->pool_n + n + 1, sizeof *rows->pool))
        return false;
    uint32_t *at = rows->pool + rows->pool_n;
    for (uint32_t i = 0; i < n; i++) {
        if (row->facet[f].value[i].n == 0) continue;
        uint32_t id = dict_id(b, &rows->dict, row->facet[f].value[i]), k = 0;
        if (!id) return false;
        while (k < kept && at[k] != id) k++;
        at[k] = id;
        kept += k == kept;
    }
    rows->list[row->docid] = (struct columns_list){(uint32_t)rows->pool_n, kept};
    rows->pool_n += kept;
    return true;
}

static bool put_facets(struct columns_builder *b, const struct columns_row *row) {
    for (size_t f = 0; f < FACET_COUNT; f++) {
        struct columns_facet_rows *rows = &b->facet[f];
        if (rows->list) {
            if (!put_list(b, rows, row, f)) return false;
            continue;
        }
        uint32_t id = 0;
        if (row->facet[f].n && row->facet[f].value[0].n &&
            !(id = dict_id(b, &rows->dict, row->facet[f].value[0])))
            return false;
        rows->ord[row->docid] = id;
    }
    return true;
}

static enum status check_row(const struct columns_row *row, struct err *err) {
    if (row->docid == 0 || row->uid.n == 0)
        return err_set(err, STATUS_INVALID, NULL, "a row needs a docid and a uid");
    bool fits = row->docid <= COLUMNS_MAX_DOCID && row->uid.n <= COLUMNS_MAX_BYTES &&
                row->title_key.n <= COLUMNS_MAX_BYTES;
    for (size_t f = 0; fits && f < FACET_COUNT; f++) {
        uint32_t most = facet_is_multi((enum facet)f) ? COLUMNS_MAX_VALUES : 1;
        fits = row->facet[f].n <= most;
        for (uint32_t i = 0; fits && i < row->facet[f].n; i++)
            fits = row->facet[f].value[i].n <= COLUMNS_MAX_BYTES;
    }
    if (!fits)
        return err_set(err, STATUS_LIMIT, NULL, "record %lu exceeds a limit of columns",
                       (unsigned long)row->docid);
    return STATUS_OK;
}

enum status columns_builder_put(struct columns_builder *b, const struct columns_row *row,
                                struct err *err) {
    enum status s = check_row(row, err);
    if (s != STATUS_OK) return s;
    uint32_t i = row->docid;
    if (!grow_rows(b, i + 1) || !add_bytes(b, row->uid, &b->uid[i]) ||
        !add_bytes(b, row->title_key, &b->key[i]) || !put_facets(b, row))
        return no_memory(err);
    b->live[i] = 1;
    b->doclen[i] = row->doclen;
    b->text_at[i] = row->text_at;
    b->text_len[i] = row->text_len;
    for (size_t k = 0; k < DATE_COLUMN_COUNT; k++) b->date[k][i] = row->date[k];
    if (i >= b->n) b->n = i + 1;
    return row->han ? columns_han_builder_put(b->han, i, row->han, row->nhan, err)
                    : STATUS_OK;
}

enum status columns_builder_add_han(struct columns_builder *b,
                                    const struct columns_han *src, struct err *err) {
    return columns_han_builder_add(b->han, src, err);
}

enum status columns_builder_remove(struct columns_builder *b, uint32_t docid,
                                   struct err *err) {
    if (docid > COLUMNS_MAX_DOCID)
        return err_set(err, STATUS_LIMIT, NULL, "record %lu exceeds a limit of columns",
                       (unsigned long)docid);
    if (docid >= b->n) return STATUS_OK;
    b->live[docid] = 0;
    return columns_han_builder_remove(b->han, docid, err);
}
