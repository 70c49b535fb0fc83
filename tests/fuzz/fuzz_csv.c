/* fuzz_csv.c - any bytes as a table of text. The first byte chooses encoding and
 * separator. Must never fail; every text is UTF-8; rows follow each other in the file
 * without a gap, so that none is lost. Corpus: tests/fuzz/corpus/csv/. */
#include "core/utf8.h"
#include "indexer/encoding.h"
#include "indexer/sheet.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine) {
    if (!fine) abort();
}

/* Is the character at p + at, of the encoding, c? */
static bool is_char(const uint8_t *p, size_t n, size_t at, enum encoding e, char c) {
    if (e == ENCODING_UTF16LE || e == ENCODING_UTF16BE) {
        size_t lo = e == ENCODING_UTF16BE;
        return n - at >= 2 && p[at + lo] == (uint8_t)c && p[at + 1 - lo] == 0;
    }
    return at < n && p[at] == (uint8_t)c;
}

static void check(struct sheet *s, const uint8_t *p, size_t n, size_t at,
                  enum encoding e) {
    size_t unit = e == ENCODING_UTF16LE || e == ENCODING_UTF16BE ? 2 : 1;
    int64_t line = 0;
    for (;;) {
        struct sheet_row row;
        bool more;
        must(sheet_next(s, &row, &more, NULL) == STATUS_OK);
        if (!more) break;
        must(row.row > line && row.n <= SHEET_MAX_COLUMNS);
        line = row.row;
        for (size_t i = 0; i < row.n; i++)
            must(utf8_bad_at(row.cell[i].text) == row.cell[i].text.n);
        must(row.n == 0 || row.cell[row.n - 1].kind != CELL_EMPTY);
        must((row.fault == SHEET_FINE) == (row.fault_at == 0));
        must(row.raw.n <= n - at &&
             (row.raw.n == 0 || !memcmp(row.raw.p, p + at, row.raw.n)));
        at += row.raw.n;
        bool cr = is_char(p, n, at, e, '\r');
        if (cr) at += unit;
        bool lf = is_char(p, n, at, e, '\n');
        if (lf) at += unit;
        must(cr || lf || at == n);
    }
    must(at == n && sheet_at(s) == (int64_t)n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const encodings[] = {NULL, "utf-8", "utf-16le", "utf-16be", "gbk"};
    static const char separators[] = {0, ',', '\t', ';'};
    uint8_t choice = size ? *data : 0;
    if (size) data++, size--;
    int fd = memfd_create("input", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    struct sheet_csv_options opt = {.encoding = encodings[choice % 5],
                                    .separator = separators[choice / 5 % 4]};
    struct sheet *s;
    must(sheet_open_csv(fd, &opt, &s, NULL) == STATUS_OK);
    enum encoding e = (enum encoding)encoding_by_name(str_of(sheet_csv_encoding(s)));
    size_t bom;
    must(encoding_mark(fd, &e, &bom, NULL) == STATUS_OK);
    must(strcmp(sheet_csv_encoding(s), encoding_name(e)) == 0);
    must(strchr(",\t;", sheet_csv_separator(s)) != NULL);
    check(s, data, size, bom, e);
    sheet_close(s);
    close(fd);
    return 0;
}
