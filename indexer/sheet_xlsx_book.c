#include "indexer/sheet_xlsx_book.h"

#include "core/utf8.h"
#include "indexer/sheet_xlsx_xml.h"

#include <stdio.h>
#include <stdlib.h>

#define ID_BYTES 64
#define BASE "xl/workbook.xml"

/* ---- relationships --------------------------------------------------------------- */

struct relation {
    char id[ID_BYTES];
    const char *kind; /* of kinds below */
    char target[XLSX_PART_NAME];
};

/* The last segment of a relationship's type: both namespaces end alike. */
static const char *const kinds[] = {"officeDocument", "worksheet",  "sharedStrings",
                                    "styles",         "chartsheet", "dialogsheet",
                                    "xlMacrosheet",   "macrosheet"};

struct relations {
    struct xlsx_xml *xml;
    const char *base;
    struct buf list; /* struct relation */
    unsigned depth;
};

static const char *kind_of(const char *type) {
    const char *last = strrchr(type, '/');
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (last && strcmp(last + 1, kinds[i]) == 0) return kinds[i];
    return NULL;
}

/* A relationship's target against the part it stands in: "xl/workbook.xml" and
 * "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml". False: too long or outside. */
static bool part_resolve(const char *base, const char *target, char out[XLSX_PART_NAME]) {
    size_t n = 0;
    const char *dir = strrchr(base, '/');
    if (target[0] == '/' || target[0] == '\\')
        target++;
    else if (dir)
        n = (size_t)(dir - base) + 1;
    if (n >= XLSX_PART_NAME) return false;
    memcpy(out, base, n);
    while (*target) {
        size_t seg = strcspn(target, "/\\");
        bool more = target[seg] != 0;
        if (seg == 2 && memcmp(target, "..", 2) == 0) {
            if (n == 0) return false;
            for (n--; n > 0 && out[n - 1] != '/';) n--;
        } else if (seg > 0 && !(seg == 1 && target[0] == '.')) {
            if (n + seg + 2 > XLSX_PART_NAME) return false;
            memcpy(out + n, target, seg);
            n += seg;
            if (more) out[n++] = '/';
        }
        target += seg + more;
    }
    out[n] = 0;
    return n > 0;
}

static bool relation_start(void *ctx, const char *name, const char **att) {
    struct relations *r = ctx;
    struct relation v = {.kind = NULL};
    const char *id = "", *target = NULL, *mode = "";
    if (r->depth == 0 && strcmp(name, "Relationships") == 0) return ++r->depth;
    if (r->depth != 1 || strcmp(name, "Relationship") != 0) return false;
    for (; att[0]; att += 2) {
        if (strcmp(att[0], "Id") == 0)
            id = att[1];
        else if (strcmp(att[0], "Type") == 0)
            v.kind = kind_of(att[1]);
        else if (strcmp(att[0], "Target") == 0)
            target = att[1];
        else if (strcmp(att[0], "TargetMode") == 0)
            mode = att[1];
    }
    if (v.kind && target && strcmp(mode, "External") != 0 && strlen(id) < ID_BYTES &&
        part_resolve(r->base, target, v.target)) {
        snprintf(v.id, sizeof v.id, "%s", id);
        buf_add(&r->list, &v, sizeof v);
        if (r->list.failed)
            xlsx_xml_fail(r->xml, STATUS_LIMIT, "关系超过 %d 条，不予读取",
                          XLSX_MAX_RELATIONS);
    }
    r->depth++;
    return true;
}

static void relation_end(void *ctx) {
    struct relations *r = ctx;
    r->depth--;
}

static void no_text(void *ctx, const char *p, size_t n) {
    (void)ctx, (void)p, (void)n;
}

/* The relationships of a part; none when there is no such list. */
static enum status relations_read(struct xlsx_zip *z, const char *part, const char *base,
                                  struct relations *r, struct err *err) {
    static const struct xlsx_xml_ops ops = {relation_start, relation_end, no_text};
    int64_t entry = xlsx_zip_find(z, part);
    *r = (struct relations){
        .base = base, .list = buf_init(XLSX_MAX_RELATIONS * sizeof(struct relation))};
    if (entry < 0) return STATUS_OK;
    return xlsx_xml_all(z, entry, part, &ops, r, &r->xml, err);
}

static const struct relation *relation_at(const struct relations *r, size_t i) {
    const struct relation *list = (const struct relation *)(const void *)r->list.p;
    return i < r->list.n / sizeof *list ? list + i : NULL;
}

static const struct relation *relation_of_kind(const struct relations *r,
                                               const char *kind) {
    const struct relation *v;
    for (size_t i = 0; (v = relation_at(r, i)); i++)
        if (strcmp(v->kind, kind) == 0) return v;
    return NULL;
}

static const struct relation *relation_by_id(const struct relations *r, const char *id) {
    const struct relation *v;
    for (size_t i = 0; (v = relation_at(r, i)); i++)
        if (strcmp(v->id, id) == 0) return v;
    return NULL;
}

/* ---- content types: where the workbook is when no relationship says so ------------- */

struct types {
    struct xlsx_xml *xml;
    unsigned depth;
    char book[XLSX_PART_NAME];
};

static bool type_start(void *ctx, const char *name, const char **att) {
    struct types *t = ctx;
    const char *part = NULL, *type = "";
    if (t->depth == 0 && strcmp(name, "Types") == 0) return ++t->depth;
    if (t->depth != 1 || strcmp(name, "Override") != 0) return false;
    for (; att[0]; att += 2) {
        if (strcmp(att[0], "PartName") == 0)
            part = att[1];
        else if (strcmp(att[0], "ContentType") == 0)
            type = att[1];
    }
    if (part && !t->book[0] &&
        (strstr(type, "spreadsheetml.sheet.main+xml") ||
         strstr(type, "spreadsheetml.template.main+xml") ||
         strstr(type, "ms-excel.sheet.macroEnabled.main+xml")) &&
        !part_resolve("", part, t->book))
        t->book[0] = 0;
    t->depth++;
    return true;
}

static void type_end(void *ctx) {
    struct types *t = ctx;
    t->depth--;
}

static enum status find_book(struct xlsx_zip *z, char out[XLSX_PART_NAME],
                             struct err *err) {
    static const struct xlsx_xml_ops ops = {type_start, type_end, no_text};
    static const char types_part[] = "[Content_Types].xml";
    struct relations r;
    struct types t = {.xml = NULL};
    enum status s = relations_read(z, "_rels/.rels", "", &r, err);
    const struct relation *v =
        s == STATUS_OK ? relation_of_kind(&r, "officeDocument") : NULL;
    int64_t entry = xlsx_zip_find(z, types_part);
    if (v && xlsx_zip_find(z, v->target) >= 0)
        memcpy(out, v->target, XLSX_PART_NAME);
    else if (s == STATUS_OK && entry >= 0)
        s = xlsx_xml_all(z, entry, types_part, &ops, &t, &t.xml, err);
    if (s == STATUS_OK && !out[0])
        memcpy(out, t.book[0] ? t.book : BASE, t.book[0] ? XLSX_PART_NAME : sizeof BASE);
    buf_done(&r.list);
    return s;
}

/* ---- workbook --------------------------------------------------------------------- */

struct reading {
    struct xlsx_xml *xml;
    struct xlsx_zip *zip;
    struct xlsx_book *book;
    struct relations rel;
    const char *part;
    unsigned depth, nth; /* nth: sheet element, for names given by counting */
    bool in_sheets;
};

/* A relationship, else the name Excel gives; -1 when there is no such part. */
static int64_t part_of(const struct reading *r, const struct relation *v,
                       const char *usual, char out[XLSX_PART_NAME]) {
    if (v) {
        memcpy(out, v->target, XLSX_PART_NAME);
    } else if (!part_resolve(r->part, usual, out)) {
        return -1;
    }
    return xlsx_zip_find(r->zip, out);
}

static void add_sheet(struct reading *r, const char *name, const char *id,
                      const char *state) {
    struct xlsx_book *b = r->book;
    const struct relation *v = id ? relation_by_id(&r->rel, id) : NULL;
    char usual[64];
    r->nth++;
    if (v && strcmp(v->kind, "worksheet") != 0) return; /* a chart, a dialogue */
    if (b->nsheets == XLSX_MAX_SHEETS) {
        xlsx_xml_fail(r->xml, STATUS_LIMIT, "工作表超过 %d 张，不予读取",
                      XLSX_MAX_SHEETS);
        return;
    }
    struct xlsx_book_sheet *sheet = &b->sheet[b->nsheets];
    *sheet = (struct xlsx_book_sheet){.hidden = strcmp(state, "hidden") == 0 ||
                                                strcmp(state, "veryHidden") == 0};
    memcpy(sheet->name, name, utf8_clip(str_of(name), XLSX_SHEET_NAME - 1));
    snprintf(usual, sizeof usual, "worksheets/sheet%u.xml", r->nth);
    sheet->entry = part_of(r, v, usual, sheet->part);
    /* Without relationships a chart sheet cannot be told from a missing part. */
    if (sheet->entry < 0 && !v && r->rel.list.n == 0) return;
    if (sheet->entry < 0)
        xlsx_xml_fail(r->xml, STATUS_CORRUPT,
                      "工作表“%s”的部件 %s 不在文件里：文件已经损坏", sheet->name,
                      v ? sheet->part : "（没有写明）");
    else
        b->nsheets++;
}

static bool book_start(void *ctx, const char *name, const char **att) {
    struct reading *r = ctx;
    const char *title = "", *id = NULL, *state = "";
    bool properties = r->depth == 1 && strcmp(name, "workbookPr") == 0;
    bool sheet = r->depth == 2 && r->in_sheets && strcmp(name, "sheet") == 0;
    if (r->depth == 1 && !properties) r->in_sheets = strcmp(name, "sheets") == 0;
    if (!(r->depth == 0 && strcmp(name, "workbook") == 0) &&
        !(r->depth == 1 && r->in_sheets) && !properties && !sheet)
        return false;
    for (; att[0]; att += 2) {
        const char *a = xlsx_xml_local(att[0]);
        if (properties && strcmp(a, "date1904") == 0)
            r->book->date1904 = xlsx_xml_true(att[1]);
        else if (sheet && strcmp(a, "name") == 0)
            title = att[1];
        else if (sheet && strcmp(a, "id") == 0)
            id = att[1];
        else if (sheet && strcmp(a, "state") == 0)
            state = att[1];
    }
    if (sheet) add_sheet(r, title, id, state);
    r->depth++;
    return true;
}

static void book_end(void *ctx) {
    struct reading *r = ctx;
    r->depth--;
}

static enum status read_book(struct reading *r, const char *part, struct err *err) {
    static const struct xlsx_xml_ops ops = {book_start, book_end, no_text};
    struct xlsx_book *b = r->book;
    char rels[XLSX_PART_NAME * 2], list[XLSX_PART_NAME];
    const char *base = strrchr(part, '/');
    base = base ? base + 1 : part;
    snprintf(rels, sizeof rels, "%.*s_rels/%s.rels", (int)(base - part), part, base);
    if (strlen(rels) >= sizeof list) rels[sizeof list - 1] = 0;
    memcpy(list, rels, strlen(rels) + 1);
    int64_t entry = xlsx_zip_find(r->zip, part);
    if (entry < 0)
        return err_set(err, STATUS_INVALID, "E_FILE",
                       "文件里没有工作簿部件（%s）：不是 xlsx，或已经损坏", part);
    enum status s = relations_read(r->zip, list, part, &r->rel, err);
    if (s == STATUS_OK) s = xlsx_xml_all(r->zip, entry, part, &ops, r, &r->xml, err);
    if (s != STATUS_OK) return s;
    b->strings_entry = part_of(r, relation_of_kind(&r->rel, "sharedStrings"),
                               "sharedStrings.xml", b->strings);
    b->styles_entry =
        part_of(r, relation_of_kind(&r->rel, "styles"), "styles.xml", b->styles);
    return b->nsheets ? STATUS_OK
                      : err_set(err, STATUS_INVALID, "E_FILE",
                                "工作簿里没有可读的工作表（只有图表或为空）");
}

enum status xlsx_book_open(struct xlsx_zip *z, struct xlsx_book *out, struct err *err) {
    struct xlsx_book b = {.strings_entry = -1, .styles_entry = -1};
    char part[XLSX_PART_NAME] = "";
    struct reading r = {.zip = z, .book = &b, .part = part};
    b.sheet = calloc(XLSX_MAX_SHEETS, sizeof *b.sheet);
    if (!b.sheet) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status s = find_book(z, part, err);
    if (s == STATUS_OK) s = read_book(&r, part, err);
    if (s == STATUS_OK) s = xlsx_styles_read(z, &b, err);
    buf_done(&r.rel.list);
    if (s != STATUS_OK)
        xlsx_book_done(&b);
    else
        *out = b;
    return s;
}

void xlsx_book_done(struct xlsx_book *b) {
    free(b->sheet);
    free(b->format);
    *b = (struct xlsx_book){.strings_entry = -1, .styles_entry = -1};
}
