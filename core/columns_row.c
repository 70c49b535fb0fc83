/* A row as bytes: fixed little-endian integers, then length-prefixed strings. */
#include "core/columns.h"

#include <talloc.h>

static void put_u32(struct buf *b, uint32_t v) {
    unsigned char c[4] = {(unsigned char)v, (unsigned char)(v >> 8),
                          (unsigned char)(v >> 16), (unsigned char)(v >> 24)};
    buf_add(b, c, sizeof c);
}

static void put_str(struct buf *b, struct str s) {
    put_u32(b, (uint32_t)s.n);
    buf_add_str(b, s);
}

void columns_row_write(const struct columns_row *row, struct buf *out) {
    put_u32(out, row->docid);
    put_u32(out, row->doclen);
    put_u32(out, (uint32_t)row->text_at);
    put_u32(out, (uint32_t)(row->text_at >> 32));
    put_u32(out, row->text_len);
    for (size_t i = 0; i < DATE_COLUMN_COUNT; i++) put_u32(out, (uint32_t)row->date[i]);
    put_str(out, row->uid);
    put_str(out, row->title_key);
    for (size_t f = 0; f < FACET_COUNT; f++) {
        put_u32(out, row->facet[f].n);
        for (uint32_t i = 0; i < row->facet[f].n; i++)
            put_str(out, row->facet[f].value[i]);
    }
}

static bool get_u32(struct str *in, uint32_t *v) {
    if (in->n < 4) return false;
    const unsigned char *c = (const unsigned char *)in->p;
    *v = (uint32_t)c[0] | (uint32_t)c[1] << 8 | (uint32_t)c[2] << 16 |
         (uint32_t)c[3] << 24;
    *in = str_slice(in->p + 4, in->n - 4);
    return true;
}

static bool get_str(struct str *in, struct str *s) {
    uint32_t n;
    if (!get_u32(in, &n) || n > in->n || n > COLUMNS_MAX_BYTES) return false;
    *s = str_slice(in->p, n);
    *in = str_slice(in->p + n, in->n - n);
    return true;
}

static bool get_fixed(struct str *in, struct columns_row *row) {
    uint32_t lo, hi, date;
    if (!get_u32(in, &row->docid) || !get_u32(in, &row->doclen) || !get_u32(in, &lo) ||
        !get_u32(in, &hi) || !get_u32(in, &row->text_len))
        return false;
    row->text_at = (uint64_t)hi << 32 | lo;
    for (size_t i = 0; i < DATE_COLUMN_COUNT; i++) {
        if (!get_u32(in, &date)) return false;
        row->date[i] = (int32_t)date;
    }
    return get_str(in, &row->uid) && get_str(in, &row->title_key);
}

enum status columns_row_read(void *ctx, struct str *in, struct columns_row *out,
                             struct err *err) {
    struct columns_row row = {0};
    struct str rest = *in;
    struct str *values[FACET_COUNT] = {NULL};
    bool ok = get_fixed(&rest, &row);
    enum status s = STATUS_OK;
    for (size_t f = 0; ok && s == STATUS_OK && f < FACET_COUNT; f++) {
        uint32_t n;
        ok = get_u32(&rest, &n) && n <= COLUMNS_MAX_VALUES && n <= rest.n / 4;
        if (!ok || n == 0) continue;
        values[f] = talloc_array(ctx, struct str, n);
        if (!values[f]) {
            s = err_set(err, STATUS_NOMEM, NULL, "out of memory reading a row");
            break;
        }
        for (uint32_t i = 0; ok && i < n; i++) ok = get_str(&rest, &values[f][i]);
        row.facet[f].value = values[f];
        row.facet[f].n = n;
    }
    if (s == STATUS_OK && !ok) s = err_set(err, STATUS_CORRUPT, NULL, "列的一行被截短");
    if (s != STATUS_OK) {
        for (size_t f = 0; f < FACET_COUNT; f++) talloc_free(values[f]);
        return s;
    }
    *in = rest;
    *out = row;
    return STATUS_OK;
}
