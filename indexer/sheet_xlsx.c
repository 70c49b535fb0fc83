/* sheet_xlsx.c - rows of the sheets of an XLSX workbook, one at a time.
 *
 * A row is put together by the events of one `row` element; at its end the parser pauses
 * until the next row is asked for, so that one row is in memory. Source: ECMA-376 part 1,
 * 18.3.
 */
#include "indexer/sheet.h"

#include "core/utf8.h"
#include "indexer/sheet_xlsx_book.h"
#include "indexer/sheet_xlsx_merge.h"
#include "indexer/sheet_xlsx_strings.h"
#include "indexer/sheet_xlsx_xml.h"

#include <stdlib.h>
#include <xxhash.h>

/* Text of all rows together: a small file may name one long string again and again. */
#define XLSX_MAX_TEXT ((uint64_t)8 << 30)
#define HASH_BYTES (SHEET_MAX_ROW + (size_t)SHEET_MAX_COLUMNS * 8)

enum place { OUTSIDE, SHEET, ROWS, ROW, CELL, VALUE, INLINE, RUN, TEXT };
enum type { T_NUMBER, T_SHARED, T_TEXT, T_BOOL, T_ERROR, T_DATE };

struct xlsx {
    struct sheet sheet;
    struct xlsx_zip *zip;
    struct xlsx_book book;
    struct xlsx_strings strings;

    /* The sheet being read. */
    size_t nth; /* the next one */
    const struct xlsx_book_sheet *now;
    struct xlsx_layout layout;
    struct xlsx_cover *cover; /* NULL: nothing is merged */
    struct xlsx_part *part;
    struct xlsx_xml *xml;
    uint64_t done_bytes; /* of sheets that are through, as they lie in the file */

    /* The row and cell being read. */
    enum place place;
    bool in_run, row_hidden, cut;
    uint32_t row;
    uint32_t col; /* 0-based, of the cell; its successor between cells */
    enum type type;
    size_t style, from; /* from: where the cell's text begins in text */
    struct buf text;    /* of the row's cells that are not shared strings */
    size_t touched;     /* cells that are not as they were at first */
    enum sheet_fault fault;
    uint32_t fault_at;
    struct sheet_cell cell[SHEET_MAX_COLUMNS];
    size_t offset[SHEET_MAX_COLUMNS]; /* in text, of a cell whose text.p is NULL */

    struct buf hash;
    int64_t rows;
    uint64_t all_text;
};

/* ---- events ------------------------------------------------------------------------ */

static void too_long(struct xlsx *x, uint32_t col) {
    if (x->fault != SHEET_FINE && x->fault_at <= col + 1) return;
    x->fault = SHEET_TOO_LONG;
    x->fault_at = col + 1;
}

static bool row_start(struct xlsx *x, const char **att) {
    uint32_t row = x->row + 1;
    int32_t col = -1;
    x->row_hidden = false;
    for (; att[0]; att += 2) {
        if (att[0][0] == 'r' && att[0][1] == 0) {
            const char *end = xlsx_reference(att[1], &col, &row);
            if (!end || *end || col >= 0) row = 0;
        } else if (strcmp(att[0], "hidden") == 0) {
            x->row_hidden = x->row_hidden || xlsx_xml_true(att[1]);
        } else if (strcmp(att[0], "ht") == 0) {
            x->row_hidden = x->row_hidden || strcmp(att[1], "0") == 0;
        }
    }
    if (row == 0 || row > XLSX_LAST_ROW) {
        xlsx_xml_fail(x->xml, STATUS_CORRUPT,
                      "行号不合法或超过 %u：文件已经损坏，请用 Excel 或 WPS 打开后另存",
                      XLSX_LAST_ROW);
        return false;
    }
    x->row = row;
    x->col = 0;
    x->place = ROW;
    return true;
}

static enum type type_of(const char *t) {
    switch (t[0]) {
        case 'n':
            return T_NUMBER;
        case 's':
            return t[1] == 0 ? T_SHARED : T_TEXT; /* s, str */
        case 'b':
            return T_BOOL;
        case 'e':
            return T_ERROR;
        case 'd':
            return T_DATE;
        default:
            return T_TEXT; /* inlineStr */
    }
}

static size_t style_of(const char *z) {
    size_t v = 0;
    for (; *z >= '0' && *z <= '9' && v < XLSX_MAX_STYLES; z++)
        v = v * 10 + (size_t)(*z - '0');
    return v;
}

static bool cell_start(struct xlsx *x, const char **att) {
    x->type = T_NUMBER;
    x->style = 0;
    x->cut = false;
    x->from = x->text.n;
    for (; att[0]; att += 2) {
        if (att[0][0] == 0 || att[0][1] != 0) continue;
        if (att[0][0] == 'r') {
            int32_t col;
            uint32_t row;
            const char *end = xlsx_reference(att[1], &col, &row);
            if (!end || *end || col < 0) {
                xlsx_xml_fail(x->xml, STATUS_CORRUPT,
                              "第 %u 列前后有一个单元格的位置不合法", x->col + 1);
                return false;
            }
            x->col = (uint32_t)col;
        } else if (att[0][0] == 's') {
            x->style = style_of(att[1]);
        } else if (att[0][0] == 't') {
            x->type = type_of(att[1]);
        }
    }
    x->place = CELL;
    return true;
}

static bool start(void *ctx, const char *name, const char **att) {
    struct xlsx *x = ctx;
    bool one = name[0] && name[1] == 0; /* a name of one letter */
    switch (x->place) {
        case OUTSIDE:
            if (strcmp(name, "worksheet") != 0) return false;
            x->place = SHEET;
            return true;
        case SHEET:
            if (strcmp(name, "sheetData") != 0) return false;
            x->place = ROWS;
            return true;
        case ROWS:
            return strcmp(name, "row") == 0 && row_start(x, att);
        case ROW:
            return one && name[0] == 'c' && cell_start(x, att);
        case CELL:
            if (one && name[0] == 'v') return x->place = VALUE, true;
            if (strcmp(name, "is") != 0) return false;
            x->type = T_TEXT;
            return x->place = INLINE, true;
        case INLINE:
        case RUN:
            if (one && name[0] == 't') {
                x->in_run = x->place == RUN;
                return x->place = TEXT, true;
            }
            if (x->place == RUN || !one || name[0] != 'r') return false;
            return x->place = RUN, true;
        case VALUE:
        case TEXT:
        default:
            return false;
    }
}

static void text(void *ctx, const char *p, size_t n) {
    struct xlsx *x = ctx;
    if ((x->place != VALUE && x->place != TEXT) || x->cut) return;
    size_t room = SHEET_MAX_CELL - (x->text.n - x->from);
    if (room > SHEET_MAX_ROW - x->text.n) room = SHEET_MAX_ROW - x->text.n;
    if (n > room) {
        n = utf8_clip(str_slice(p, n), room);
        x->cut = true;
    }
    buf_add(&x->text, p, n);
}

static void put(struct xlsx *x, enum cell_kind kind, struct str t) {
    struct sheet_cell *c = &x->cell[x->col];
    if (x->col >= x->touched) x->touched = x->col + 1;
    c->kind = kind;
    c->text = t;
}

/* The text that lies in x->text from x->from on. */
static void put_own(struct xlsx *x, enum cell_kind kind) {
    put(x, kind, str_slice(NULL, x->text.n - x->from));
    x->offset[x->col] = x->from;
}

/* A text made elsewhere takes its place. */
static void put_made(struct xlsx *x, enum cell_kind kind, struct str t) {
    const char *own = x->text.p + x->from;
    if (t.p >= own && t.p <= x->text.p + x->text.n) {
        memmove(x->text.p + x->from, t.p, t.n);
        x->text.n = x->from + t.n;
    } else {
        x->text.n = x->from;
        buf_add_str(&x->text, t);
    }
    put_own(x, kind);
}

static void put_shared(struct xlsx *x, struct str v) {
    size_t i = 0;
    bool cut, good = v.n > 0 && v.n < 10;
    for (size_t k = 0; k < v.n && good; k++) {
        good = v.p[k] >= '0' && v.p[k] <= '9';
        i = i * 10 + (size_t)(v.p[k] - '0');
    }
    x->text.n = x->from;
    if (!good || i >= x->strings.n) {
        /* What stands there may be a text, so it is not repeated here. */
        xlsx_xml_fail(
            x->xml, STATUS_CORRUPT,
            "第 %u 列的单元格引用了不存在的共享字符串（共 %zu 个）：文件已经损坏",
            x->col + 1, x->strings.n);
        return;
    }
    struct str t = xlsx_strings_get(&x->strings, i, &cut);
    if (cut) too_long(x, x->col);
    if (t.n) put(x, CELL_TEXT, t);
}

static void put_number(struct xlsx *x, struct str v) {
    char made[XLSX_VALUE_TEXT];
    struct str t;
    enum cell_kind kind = CELL_NUMBER;
    enum xlsx_format f = xlsx_book_format(&x->book, x->style);
    if (f != XLSX_PLAIN && xlsx_date(v, f, x->book.date1904, made, &t, &kind))
        put_made(x, kind, t);
    else if (xlsx_number(v, made, &t))
        put_made(x, CELL_NUMBER, t);
    else
        put_own(x, CELL_TEXT);
}

static void cell_done(struct xlsx *x) {
    static const char no[] = "否", yes[] = "是";
    char made[XLSX_VALUE_TEXT];
    struct str v = str_slice(x->text.p + x->from, x->text.n - x->from);
    bool beyond = x->col >= SHEET_MAX_COLUMNS;
    if (v.n == 0 && !x->cut) return;
    if (x->cut || beyond) too_long(x, beyond ? SHEET_MAX_COLUMNS : x->col);
    if (v.n == 0 || beyond || (x->cut && x->type != T_TEXT)) { /* half a number is none */
        x->text.n = x->from;
        return;
    }
    switch (x->type) {
        case T_SHARED:
            put_shared(x, str_trim(v));
            break;
        case T_NUMBER:
            put_number(x, v);
            break;
        case T_BOOL:
            x->text.n = x->from;
            put(x, CELL_BOOL, str_of(v.p[0] == '0' || v.p[0] == 'f' ? no : yes));
            break;
        case T_ERROR:
            put_own(x, CELL_ERROR);
            break;
        case T_DATE: {
            struct str t;
            bool date = xlsx_iso_date(v, made, &t);
            put_made(x, date ? CELL_DATE : CELL_TEXT, date ? t : v);
            break;
        }
        case T_TEXT:
        default:
            x->text.n = x->from + xlsx_text_fix(x->text.p + x->from, v.n);
            put_own(x, CELL_TEXT);
            break;
    }
}

static void end(void *ctx) {
    struct xlsx *x = ctx;
    switch (x->place) {
        case VALUE:
            x->place = CELL;
            break;
        case TEXT:
            x->place = x->in_run ? RUN : INLINE;
            break;
        case RUN:
            x->place = INLINE;
            break;
        case INLINE:
            x->place = CELL;
            break;
        case CELL:
            cell_done(x);
            x->col++;
            x->place = ROW;
            break;
        case ROW:
            x->place = ROWS;
            if (x->touched || x->fault != SHEET_FINE || x->cover) xlsx_xml_pause(x->xml);
            break;
        case ROWS:
            x->place = SHEET;
            break;
        case SHEET:
        case OUTSIDE:
        default:
            x->place = OUTSIDE;
            break;
    }
}

/* ---- rows -------------------------------------------------------------------------- */

static void clear_row(struct xlsx *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        x->cell[i] = (struct sheet_cell){
            .text = {"", 0}, .kind = CELL_EMPTY, .hidden = x->layout.hidden[i]};
    x->touched = 0;
    x->fault = SHEET_FINE;
    x->fault_at = 0;
    buf_clear(&x->text);
}

/* Cells past the limit of a row are taken out. Returns the bytes of the others. */
static size_t limit_row(struct xlsx *x, size_t *n) {
    size_t bytes = 0;
    for (size_t i = 0; i < *n; i++) {
        if (bytes + x->cell[i].text.n > SHEET_MAX_ROW) {
            too_long(x, (uint32_t)i);
            *n = i;
            break;
        }
        bytes += x->cell[i].text.n;
    }
    while (*n > 0 && x->cell[*n - 1].kind == CELL_EMPTY) --*n;
    return bytes;
}

static enum status hash_row(struct xlsx *x, struct sheet_row *out, size_t bytes,
                            struct err *err) {
    buf_clear(&x->hash);
    if (!buf_reserve(&x->hash, bytes + out->n * 5))
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    char *p = x->hash.p;
    for (size_t i = 0; i < out->n; i++) {
        const struct sheet_cell *c = &x->cell[i];
        uint32_t len = (uint32_t)c->text.n;
        *p++ = (char)c->kind;
        for (int k = 0; k < 4; k++) *p++ = (char)(len >> 8 * k & 0xFF);
        memcpy(p, c->text.p, len);
        p += len;
    }
    XXH128_canonical_t h;
    XXH128_canonicalFromHash(&h, XXH3_128bits(x->hash.p, (size_t)(p - x->hash.p)));
    memcpy(out->hash, h.digest, sizeof out->hash);
    return STATUS_OK;
}

/* The row whose element has ended; n = 0: nothing is in it. */
static enum status row_done(struct xlsx *x, struct sheet_row *out, struct err *err) {
    size_t n = x->touched;
    enum status s = STATUS_OK;
    if (x->text.failed) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    for (size_t i = 0; i < n; i++)
        if (!x->cell[i].text.p) x->cell[i].text.p = x->text.p + x->offset[i];
    if (x->cover) s = xlsx_cover_row(x->cover, x->row, x->cell, &n, err);
    if (s != STATUS_OK) return s;
    if (n > x->touched) x->touched = n;
    size_t bytes = limit_row(x, &n);
    x->all_text += bytes;
    if (x->all_text > XLSX_MAX_TEXT)
        return err_set(err, STATUS_LIMIT, "E_FILE",
                       "各行文字合计超过 %llu GB，请拆成几个文件",
                       (unsigned long long)(XLSX_MAX_TEXT >> 30));
    *out = (struct sheet_row){.row = x->row,
                              .sheet = x->now->name,
                              .hidden = x->row_hidden || x->now->hidden,
                              .cell = x->cell,
                              .n = n,
                              .fault = x->fault,
                              .fault_at = x->fault_at,
                              .raw = {"", 0}};
    return hash_row(x, out, bytes, err);
}

static enum status read_part(void *from, void *to, size_t n, size_t *got,
                             struct err *err) {
    return xlsx_part_read(from, to, n, got, err);
}

static void leave_sheet(struct xlsx *x) {
    if (x->now) x->done_bytes += xlsx_zip_packed(x->zip, x->now->entry);
    xlsx_xml_close(x->xml);
    xlsx_part_close(x->part);
    xlsx_cover_free(x->cover);
    xlsx_layout_done(&x->layout);
    x->xml = NULL;
    x->part = NULL;
    x->cover = NULL;
}

static enum status enter_sheet(struct xlsx *x, struct err *err) {
    static const struct xlsx_xml_ops ops = {start, end, text};
    const struct xlsx_book_sheet *now = x->now = &x->book.sheet[x->nth++];
    x->row = 0;
    enum status s = xlsx_layout_read(x->zip, now->entry, now->part, &x->layout, err);
    if (s == STATUS_OK && x->layout.nareas)
        s = xlsx_cover_new(&x->layout, &x->cover, err);
    if (s == STATUS_OK) s = xlsx_part_open(x->zip, now->entry, now->part, &x->part, err);
    if (s == STATUS_OK)
        s = xlsx_xml_open(now->part, read_part, x->part, &ops, x, &x->xml, err);
    x->place = OUTSIDE;
    clear_row(x, SHEET_MAX_COLUMNS);
    return s;
}

/* The next row that has something in it; *more = false at the end of the sheet. */
static enum status next_in_sheet(struct xlsx *x, struct sheet_row *row, bool *more,
                                 struct err *err) {
    enum status s;
    do {
        clear_row(x, x->touched);
        s = xlsx_xml_run(x->xml, more, err);
        if (s == STATUS_OK && *more) s = row_done(x, row, err);
    } while (s == STATUS_OK && *more && row->n == 0 && row->fault == SHEET_FINE);
    return s;
}

static enum status next(struct sheet *sheet, struct sheet_row *row, bool *more,
                        struct err *err) {
    struct xlsx *x = (struct xlsx *)(void *)sheet;
    struct sheet_row out = {.row = 0};
    bool have = false;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && !have) {
        if (!x->xml && x->nth == x->book.nsheets) break;
        if (!x->xml) s = enter_sheet(x, err);
        if (s == STATUS_OK) s = next_in_sheet(x, &out, &have, err);
        if (s == STATUS_OK && !have) leave_sheet(x);
    }
    if (s == STATUS_OK && have && ++x->rows > SHEET_MAX_ROWS)
        s = err_set(err, STATUS_LIMIT, "E_FILE", "工作簿超过 %d 行，请拆成几个文件",
                    SHEET_MAX_ROWS);
    if (s != STATUS_OK) {
        err_place(err, NULL, (long)x->row, NULL);
        err_prefix(err, "工作表“%s”", x->now->name);
        return s;
    }
    if (have) *row = out;
    *more = have;
    return STATUS_OK;
}

static int64_t at(const struct sheet *sheet) {
    const struct xlsx *x = (const struct xlsx *)(const void *)sheet;
    uint64_t done = x->done_bytes;
    if (x->part) {
        uint64_t size = xlsx_zip_size(x->zip, x->now->entry);
        double share = size ? (double)xlsx_part_at(x->part) / (double)size : 1;
        done += (uint64_t)((share < 1 ? share : 1) *
                           (double)xlsx_zip_packed(x->zip, x->now->entry));
    }
    return (int64_t)done;
}

static void close_xlsx(struct sheet *sheet) {
    struct xlsx *x = (struct xlsx *)(void *)sheet;
    leave_sheet(x);
    xlsx_strings_done(&x->strings);
    xlsx_book_done(&x->book);
    xlsx_zip_close(x->zip);
    buf_done(&x->text);
    buf_done(&x->hash);
    free(x);
}

enum status sheet_open_xlsx(int fd, struct sheet **out, struct err *err) {
    static const struct sheet_ops ops = {next, at, close_xlsx};
    struct xlsx *x = calloc(1, sizeof *x);
    if (!x) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    x->sheet.ops = &ops;
    x->text = buf_init(SHEET_MAX_ROW + XLSX_VALUE_TEXT);
    x->hash = buf_init(HASH_BYTES);
    enum status s = buf_reserve(&x->text, 1)
                        ? xlsx_zip_open(fd, &x->zip, err)
                        : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (s == STATUS_OK) s = xlsx_book_open(x->zip, &x->book, err);
    if (s == STATUS_OK && x->book.strings_entry >= 0)
        s = xlsx_strings_read(x->zip, x->book.strings_entry, x->book.strings, &x->strings,
                              err);
    if (s != STATUS_OK) {
        close_xlsx(&x->sheet);
        return s;
    }
    *out = &x->sheet;
    return STATUS_OK;
}
