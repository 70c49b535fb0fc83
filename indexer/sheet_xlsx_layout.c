/* sheet_xlsx_layout.c - columns and merged areas, read ahead of the rows. */
#include "indexer/sheet_xlsx_merge.h"
#include "indexer/sheet_xlsx_xml.h"

#include <stdlib.h>

#define RAW_BYTES 65536u
#define HEAD_BYTES ((size_t)256 << 10) /* what may stand before the rows */
#define TAIL_BYTES 256u                /* of a piece, looked at again with the next */

/* ---- the part without its rows ---------------------------------------------------- */

enum where { BEFORE, ROWS, AFTER };

struct around {
    struct xlsx_part *part;
    enum where where;
    bool whole;   /* give everything */
    size_t at, n; /* what of raw has not been given */
    char raw[HEAD_BYTES];
};

static const char rows_tag[] = "sheetData";
#define TAG_BYTES (sizeof rows_tag - 1)

/* The end of "<sheetData …>" in raw, or 0. *empty: it is "<sheetData/>". */
static size_t rows_begin(const struct around *r, bool *empty) {
    const char *hit = memmem(r->raw, r->n, rows_tag, TAG_BYTES);
    const char *close = hit ? memchr(hit, '>', r->n - (size_t)(hit - r->raw)) : NULL;
    if (!close) return 0;
    *empty = close[-1] == '/';
    return (size_t)(close - r->raw) + 1;
}

/* Where "</sheetData" or "</x:sheetData" begins in raw, or n. */
static size_t rows_end(const struct around *r) {
    for (size_t i = 0; i < r->n;) {
        const char *hit = memmem(r->raw + i, r->n - i, rows_tag, TAG_BYTES);
        if (!hit) return r->n;
        size_t at = (size_t)(hit - r->raw), from = at;
        while (from > 0 && at - from < TAIL_BYTES && r->raw[from - 1] != '<' &&
               r->raw[from - 1] != '>')
            from--;
        if (from > 0 && r->raw[from - 1] == '<' && r->raw[from] == '/') return from - 1;
        i = at + TAG_BYTES;
    }
    return r->n;
}

/* Reads more behind what is in raw; *end at the end of the part. */
static enum status more(struct around *r, bool *end, struct err *err) {
    size_t got, room = sizeof r->raw - r->n;
    if (room > RAW_BYTES) room = RAW_BYTES;
    enum status s = xlsx_part_read(r->part, r->raw + r->n, room, &got, err);
    if (s != STATUS_OK) return s;
    r->n += got;
    *end = got == 0;
    return STATUS_OK;
}

/* All before the rows, as far as it fits. */
static enum status fill_head(struct around *r, struct err *err) {
    bool end = false, empty = false;
    size_t head = 0;
    while (!end && head == 0 && r->n < sizeof r->raw) {
        enum status s = more(r, &end, err);
        if (s != STATUS_OK) return s;
        /* UTF-16 has a byte of 0 or a mark at its beginning. */
        if (r->n >= 4 && (memchr(r->raw, 0, 4) || (unsigned char)r->raw[0] >= 0xFE))
            break;
        head = rows_begin(r, &empty);
    }
    r->where = AFTER;
    if (head == 0 || empty) return STATUS_OK;
    r->where = ROWS;
    return STATUS_OK;
}

static enum status pass_rows(struct around *r, struct err *err) {
    bool end = false;
    size_t at;
    while ((at = rows_end(r)) == r->n && !end) {
        size_t keep = r->n < TAIL_BYTES ? r->n : TAIL_BYTES;
        memmove(r->raw, r->raw + r->n - keep, keep);
        r->n = keep;
        enum status s = more(r, &end, err);
        if (s != STATUS_OK) return s;
    }
    r->at = at;
    r->where = AFTER;
    return STATUS_OK;
}

static enum status read_around(void *from, void *to, size_t n, size_t *got,
                               struct err *err) {
    struct around *r = from;
    enum status s = STATUS_OK;
    bool empty;
    if (r->whole) return xlsx_part_read(r->part, to, n, got, err);
    if (r->where == BEFORE) s = fill_head(r, err);
    if (s == STATUS_OK && r->where == ROWS) {
        size_t head = rows_begin(r, &empty);
        if (r->at < head) {
            if (n > head - r->at) n = head - r->at;
            memcpy(to, r->raw + r->at, n);
            r->at += n;
            *got = n;
            return STATUS_OK;
        }
        memmove(r->raw, r->raw + head, r->n - head);
        r->n -= head;
        s = pass_rows(r, err);
    }
    if (s != STATUS_OK) return s;
    if (r->at == r->n) return xlsx_part_read(r->part, to, n, got, err);
    if (n > r->n - r->at) n = r->n - r->at;
    memcpy(to, r->raw + r->at, n);
    r->at += n;
    *got = n;
    return STATUS_OK;
}

/* ---- columns and areas ------------------------------------------------------------ */

struct looking {
    struct xlsx_xml *xml;
    struct xlsx_layout *out;
    struct buf area; /* struct xlsx_area */
    unsigned depth;
    char list; /* 'c' cols, 'm' mergeCells, 0 */
};

static void add_columns(struct looking *k, const char **att) {
    unsigned long min = 0, max = 0;
    bool hidden = false;
    for (; att[0]; att += 2) {
        if (strcmp(att[0], "min") == 0)
            min = strtoul(att[1], NULL, 10);
        else if (strcmp(att[0], "max") == 0)
            max = strtoul(att[1], NULL, 10);
        else if (strcmp(att[0], "hidden") == 0)
            hidden = hidden || xlsx_xml_true(att[1]);
        else if (strcmp(att[0], "width") == 0)
            hidden = hidden || strcmp(att[1], "0") == 0;
    }
    if (max > SHEET_MAX_COLUMNS) max = SHEET_MAX_COLUMNS;
    for (unsigned long i = min; hidden && min > 0 && i <= max; i++)
        k->out->hidden[i - 1] = true;
}

static void add_area(struct looking *k, const char *ref) {
    int32_t c1, c2;
    struct xlsx_area a;
    const char *p = xlsx_reference(ref, &c1, &a.row);
    if (!p || *p != ':' || !xlsx_reference(p + 1, &c2, &a.last_row)) return;
    if (c1 < 0 || c2 < c1 || a.row == 0 || a.last_row < a.row) return;
    if (c1 >= (int32_t)SHEET_MAX_COLUMNS || (c1 == c2 && a.row == a.last_row)) return;
    if ((uint64_t)(c2 - c1 + 1) * (a.last_row - a.row + 1) > XLSX_MAX_AREA_CELLS) return;
    a.col = (uint16_t)c1;
    a.last_col =
        (uint16_t)(c2 < (int32_t)SHEET_MAX_COLUMNS ? c2 : (int32_t)SHEET_MAX_COLUMNS - 1);
    buf_add(&k->area, &a, sizeof a);
    if (k->area.failed)
        xlsx_xml_fail(k->xml, STATUS_LIMIT, "合并区域超过 %d 个，不予读取",
                      XLSX_MAX_AREAS);
}

static bool start(void *ctx, const char *name, const char **att) {
    struct looking *k = ctx;
    if (k->depth == 0) {
        if (strcmp(name, "worksheet") != 0) return false;
    } else if (k->depth == 1) {
        k->list = (char)(strcmp(name, "cols") == 0         ? 'c'
                         : strcmp(name, "mergeCells") == 0 ? 'm'
                                                           : 0);
        if (!k->list) return false;
    } else if (k->depth == 2 && k->list == 'c' && strcmp(name, "col") == 0) {
        add_columns(k, att);
    } else if (k->depth == 2 && k->list == 'm' && strcmp(name, "mergeCell") == 0) {
        for (; att[0]; att += 2)
            if (strcmp(att[0], "ref") == 0) add_area(k, att[1]);
    } else {
        return false;
    }
    k->depth++;
    return true;
}

static void end(void *ctx) {
    struct looking *k = ctx;
    k->depth--;
}

static void text(void *ctx, const char *p, size_t n) {
    (void)ctx, (void)p, (void)n;
}

/* Whether the XML was at fault goes to *again. */
static enum status look(struct around *r, int64_t entry, struct xlsx_zip *z,
                        const char *part, struct looking *k, bool *again,
                        struct err *err) {
    static const struct xlsx_xml_ops ops = {start, end, text};
    bool go_on = true;
    enum status s = xlsx_part_open(z, entry, part, &r->part, err);
    if (s != STATUS_OK) return s;
    s = xlsx_xml_open(part, read_around, r, &ops, k, &k->xml, err);
    while (s == STATUS_OK && go_on) s = xlsx_xml_run(k->xml, &go_on, err);
    *again = k->xml && xlsx_xml_malformed(k->xml);
    xlsx_xml_close(k->xml);
    k->xml = NULL;
    xlsx_part_close(r->part);
    return s;
}

static int by_row(const void *a, const void *b) {
    const struct xlsx_area *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (int)x->col - (int)y->col;
}

enum status xlsx_layout_read(struct xlsx_zip *z, int64_t entry, const char *part,
                             struct xlsx_layout *out, struct err *err) {
    struct xlsx_layout l = {.nareas = 0};
    struct looking k = {.out = &l,
                        .area = buf_init(XLSX_MAX_AREAS * sizeof(struct xlsx_area))};
    struct around *r = calloc(1, sizeof *r);
    bool again = false;
    if (!r) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status s = look(r, entry, z, part, &k, &again, err);
    if (again && r->where != BEFORE) { /* rows that look like their own end */
        buf_done(&k.area);
        l = (struct xlsx_layout){.nareas = 0};
        k = (struct looking){.out = &l, .area = k.area};
        r->whole = true;
        s = look(r, entry, z, part, &k, &again, err);
    }
    free(r);
    if (s != STATUS_OK) {
        buf_done(&k.area);
        return s;
    }
    l.area = (struct xlsx_area *)(void *)k.area.p;
    l.nareas = k.area.n / sizeof *l.area;
    if (l.nareas) qsort(l.area, l.nareas, sizeof *l.area, by_row);
    *out = l;
    return STATUS_OK;
}

void xlsx_layout_done(struct xlsx_layout *l) {
    free(l->area);
    l->area = NULL;
    l->nareas = 0;
}
