/* fuzz_xlsx.c - any bytes as an XLSX workbook. Bytes that begin like a zip are taken as
 * they are; others are pieces between lines of "%%": sheet, shared strings, styles,
 * workbook, its relationships (missing ones are the usual ones), stored in a zip made
 * here, so that changes reach the XML. Must never crash; whatever comes out holds to
 * sheet.h. Corpus: tests/fuzz/corpus/xlsx/. */
#include "core/utf8.h"
#include "indexer/sheet.h"
#include "tests/unit/xlsx_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PIECES 5
#define LINE "\n%%\n"

static void check_row(const struct sheet_row *row) {
    size_t bytes = 0;
    if (row->n > SHEET_MAX_COLUMNS || row->row < 1 || !row->sheet) abort();
    if (utf8_bad_at(str_of(row->sheet)) != strlen(row->sheet)) abort();
    if ((row->fault != SHEET_FINE) != (row->fault_at > 0)) abort();
    if (row->n == 0 ? row->fault == SHEET_FINE : row->cell[row->n - 1].kind == CELL_EMPTY)
        abort();
    for (size_t i = 0; i < row->n; i++) {
        const struct sheet_cell *c = &row->cell[i];
        bytes += c->text.n;
        if ((c->kind == CELL_EMPTY) != (c->text.n == 0) || c->text.n > SHEET_MAX_CELL)
            abort();
        if (c->kind == CELL_EMPTY && c->merged) abort();
        if (utf8_bad_at(c->text) != c->text.n) abort();
    }
    if (bytes > SHEET_MAX_ROW) abort();
}

static void read_book(int fd) {
    struct sheet *sheet;
    struct sheet_row row;
    struct err err = {.status = STATUS_OK};
    bool more = true;
    enum status s = sheet_open_xlsx(fd, &sheet, &err);
    if (s == STATUS_OK) {
        while ((s = sheet_next(sheet, &row, &more, &err)) == STATUS_OK && more)
            check_row(&row);
        sheet_close(sheet);
    }
    if (s != STATUS_OK && s != STATUS_CORRUPT && s != STATUS_LIMIT && s != STATUS_INVALID)
        abort();
    if (s != STATUS_OK && (strcmp(err.code, "E_FILE") != 0 || err.text[0] == 0)) abort();
    close(fd);
}

static int book_of(struct buf *b) {
    char *piece[PIECES] = {NULL};
    size_t n = 0;
    char *sheet_end = b->p + b->n;
    for (char *at = b->p; n < PIECES; n++) {
        char *line = memmem(at, (size_t)(b->p + b->n - at), LINE, sizeof LINE - 1);
        piece[n] = at;
        if (n == 0 && line) sheet_end = line;
        if (!line) break;
        *line = 0;
        at = line + sizeof LINE - 1;
    }
    return xlsx_make(&(struct xlsx_make){.sheet = piece[0],
                                         .sheet_bytes = (size_t)(sheet_end - piece[0]),
                                         .strings = piece[1],
                                         .styles = piece[2],
                                         .book = piece[3],
                                         .book_rels = piece[4],
                                         .stored = true});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buf b = buf_init(0);
    buf_add(&b, data, size);
    buf_add_char(&b, 0);
    b.n--;
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        int fd;
        if (sheet_temp_file(&fd, NULL) != STATUS_OK ||
            sheet_temp_write(fd, data, size, NULL) != STATUS_OK)
            abort();
        read_book(fd);
    } else {
        read_book(book_of(&b));
    }
    buf_done(&b);
    return 0;
}
