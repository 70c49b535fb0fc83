/* sheet_xlsx_style.c - which cell formats show dates. */
#include "indexer/sheet_xlsx_book.h"
#include "indexer/sheet_xlsx_xml.h"

#include <stdlib.h>

enum place { OUTSIDE, SHEET, FORMATS, CELL_FORMATS };

struct custom {
    uint32_t id;
    enum xlsx_format format;
};

struct styles {
    struct xlsx_xml *xml;
    enum place place;
    struct buf custom; /* struct custom */
    struct buf ids;    /* uint32_t number format by style */
    unsigned depth;
};

static uint32_t number_of(const char *z) {
    char *end;
    unsigned long v = strtoul(z, &end, 10);
    return *end || v > UINT32_MAX ? 0 : (uint32_t)v;
}

static const char *attribute(const char **att, const char *name) {
    const char *value = NULL;
    for (; att[0]; att += 2)
        if (strcmp(att[0], name) == 0) value = att[1];
    return value;
}

static void add_custom(struct styles *y, const char **att) {
    struct custom c = {0, XLSX_PLAIN};
    const char *id = attribute(att, "numFmtId"), *code = attribute(att, "formatCode");
    if (!id || !code) return;
    c.id = number_of(id);
    c.format = xlsx_format_code(code);
    buf_add(&y->custom, &c, sizeof c);
}

static void add_style(struct styles *y, const char **att) {
    const char *id = attribute(att, "numFmtId");
    uint32_t v = id ? number_of(id) : 0;
    buf_add(&y->ids, &v, sizeof v);
}

static bool start(void *ctx, const char *name, const char **att) {
    struct styles *y = ctx;
    bool known = true;
    if (y->depth == 0 && strcmp(name, "styleSheet") == 0)
        y->place = SHEET;
    else if (y->depth == 1 && strcmp(name, "numFmts") == 0)
        y->place = FORMATS;
    else if (y->depth == 1 && strcmp(name, "cellXfs") == 0)
        y->place = CELL_FORMATS;
    else if (y->depth == 2 && y->place == FORMATS && strcmp(name, "numFmt") == 0)
        add_custom(y, att);
    else if (y->depth == 2 && y->place == CELL_FORMATS && strcmp(name, "xf") == 0)
        add_style(y, att);
    else
        known = false;
    if (y->custom.failed || y->ids.failed) {
        xlsx_xml_fail(y->xml, STATUS_LIMIT, "单元格样式超过 %u 种，不予读取",
                      XLSX_MAX_STYLES);
        return false;
    }
    if (known) y->depth++;
    return known;
}

static void end(void *ctx) {
    struct styles *y = ctx;
    y->depth--;
}

static void text(void *ctx, const char *p, size_t n) {
    (void)ctx, (void)p, (void)n;
}

static int by_id(const void *a, const void *b) {
    const struct custom *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static enum xlsx_format format_of(const struct custom *c, size_t n, uint32_t id) {
    struct custom key = {id, XLSX_PLAIN};
    const struct custom *hit = n ? bsearch(&key, c, n, sizeof *c, by_id) : NULL;
    return hit ? hit->format : xlsx_format_builtin(id);
}

enum status xlsx_styles_read(struct xlsx_zip *z, struct xlsx_book *b, struct err *err) {
    static const struct xlsx_xml_ops ops = {start, end, text};
    struct styles y = {.custom = buf_init(XLSX_MAX_STYLES * sizeof(struct custom)),
                       .ids = buf_init(XLSX_MAX_STYLES * sizeof(uint32_t))};
    if (b->styles_entry < 0) return STATUS_OK;
    enum status s = xlsx_xml_all(z, b->styles_entry, b->styles, &ops, &y, &y.xml, err);
    struct custom *c = (struct custom *)(void *)y.custom.p;
    const uint32_t *id = (const uint32_t *)(const void *)y.ids.p;
    size_t nc = y.custom.n / sizeof *c, n = y.ids.n / sizeof *id;
    uint8_t *format = s == STATUS_OK ? calloc(n + 1, 1) : NULL;
    if (s == STATUS_OK && !format) s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (format) {
        if (nc) qsort(c, nc, sizeof *c, by_id);
        for (size_t i = 0; i < n; i++) format[i] = (uint8_t)format_of(c, nc, id[i]);
        b->format = format;
        b->nformats = n;
    }
    buf_done(&y.custom);
    buf_done(&y.ids);
    return s;
}
