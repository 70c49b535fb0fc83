/* Any table of random cells, written as CSV in each encoding, comes back equal: cells,
 * line numbers, and the bytes of each row. */
#include "core/utf8.h"
#include "indexer/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS 1500
#define MAX_ROWS 40
#define MAX_COLUMNS 9

static uint64_t seed = 20251231;
static uint32_t any_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((seed >> 33) % n);
}

/* What cells are made of. NUL has no place in a C string: it is written for '\1'. */
static const char *const alphabet[] = {"a",  "1",  " ",        "\t", ",",  ";",  "\"",
                                       "\n", "煤", "矿",       "，", "一", "𠀀", "é",
                                       "€",  "\1", "关键技术", "=",  "'",  "<",  "{"};

struct table {
    char separator;
    size_t rows, columns;
    char cell[MAX_ROWS][MAX_COLUMNS][128];
    char *text[MAX_ROWS]; /* each row as it is written, in UTF-8, without its line end */
    const char *end[MAX_ROWS];
    int64_t line[MAX_ROWS];
};

static void make_cell(char *out) {
    uint32_t n = any_below(4) ? any_below(8) : 0;
    *out = 0;
    for (uint32_t i = 0; i < n; i++)
        strncat(out, alphabet[any_below(ARRAY_LEN(alphabet))], 127 - strlen(out));
}

/* One of the three line ends; an LF never comes behind a CR of its own. */
static const char *line_end(char before) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    return ends[before == '\r' ? 1 + any_below(2) : any_below(3)];
}

static void write_cell(struct buf *b, const char *cell, int64_t *lines) {
    bool must = strpbrk(cell, ",;\t\n") || *cell == '"';
    if (!must && any_below(3)) {
        buf_add_z(b, cell);
        return;
    }
    buf_add_char(b, '"');
    for (const char *p = cell; *p; p++) {
        if (*p == '\n') {
            buf_add_z(b, line_end(b->p[b->n - 1]));
            ++*lines;
        } else {
            if (*p == '"') buf_add_char(b, '"');
            buf_add_char(b, *p);
        }
    }
    buf_add_char(b, '"');
}

static void make_table(struct table *t) {
    static const char *const header[] = {"序号", "成果名称", "单位", "年度", "人",
                                         "来源", "水平",     "金额", "注"};
    t->separator = ",\t;"[any_below(3)];
    t->rows = 1 + any_below(MAX_ROWS);
    t->columns = 2 + any_below(MAX_COLUMNS - 1);
    int64_t line = 1;
    const char *before = "";
    for (size_t r = 0; r < t->rows; r++) {
        struct buf b = buf_init(0);
        t->line[r] = line++;
        bool blank = r > 0 && any_below(10) == 0;
        for (size_t c = 0; c < t->columns; c++) {
            if (r == 0)
                snprintf(t->cell[r][c], sizeof t->cell[r][c], "%s", header[c]);
            else if (blank)
                t->cell[r][c][0] = 0;
            else
                make_cell(t->cell[r][c]);
            if (blank) continue;
            if (c) buf_add_char(&b, t->separator);
            write_cell(&b, t->cell[r][c], &line);
        }
        bool cr = before[0] && before[strlen(before) - 1] == '\r' && b.n == 0;
        t->end[r] = before = line_end(cr ? '\r' : 0);
        t->text[r] = strdup(buf_z(&b));
        buf_done(&b);
    }
    /* Perhaps no line end behind the last row, if it is one without. */
    if (t->text[t->rows - 1][0] && any_below(2)) t->end[t->rows - 1] = "";
}

static void encode(UConverter *cv, const char *text, struct buf *out) {
    static UChar u[1 << 14];
    static char bytes[1 << 16];
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(u, ARRAY_LEN(u), &n, text, -1, &e);
    for (int32_t i = 0; i < n; i++) u[i] = u[i] == 1 ? 0 : u[i];
    int32_t k = ucnv_fromUChars(cv, bytes, sizeof bytes, u, n, &e);
    assert_true(U_SUCCESS(e) && k < (int32_t)sizeof bytes);
    buf_add(out, bytes, (size_t)k);
}

static void compare(const struct table *t, size_t r, const struct sheet_row *row,
                    struct str raw) {
    assert_int_equal(row->row, t->line[r]);
    assert_int_equal(row->fault, SHEET_FINE);
    size_t n = t->columns;
    while (n && !t->cell[r][n - 1][0]) n--;
    assert_int_equal(row->n, n);
    for (size_t c = 0; c < n; c++) {
        char want[128];
        size_t k = strlen(t->cell[r][c]);
        memcpy(want, t->cell[r][c], k + 1);
        for (size_t i = 0; i < k; i++) want[i] = want[i] == 1 ? 0 : want[i];
        if (!str_eq(row->cell[c].text, str_slice(want, k)))
            fail_msg("row %zu column %zu: \"%.*s\", not \"%s\"", r, c,
                     (int)row->cell[c].text.n, row->cell[c].text.p, t->cell[r][c]);
    }
    assert_true(str_eq(row->raw, raw));
}

/* name: of ICU's converter; mark: bytes before the text. */
static void round_trip(const struct table *t, const char *name, const char *mark,
                       const char *given) {
    UErrorCode e = U_ZERO_ERROR;
    UConverter *cv = ucnv_open(name, &e);
    assert_true(U_SUCCESS(e));
    struct buf file = buf_init(0);
    size_t from[MAX_ROWS], to[MAX_ROWS];
    buf_add_z(&file, mark);
    for (size_t r = 0; r < t->rows; r++) {
        from[r] = file.n;
        encode(cv, t->text[r], &file);
        to[r] = file.n;
        encode(cv, t->end[r], &file);
    }
    ucnv_close(cv);
    int fd = memfd_create("table", MFD_CLOEXEC);
    assert_true(fd >= 0 && write(fd, file.p, file.n) == (ssize_t)file.n);
    struct sheet_csv_options opt = {given, any_below(2) ? t->separator : (char)0, NULL};
    struct sheet *s;
    struct sheet_row row;
    struct err err;
    bool more = true;
    assert_int_equal(sheet_open_csv(fd, &opt, &s, &err), STATUS_OK);
    assert_int_equal(sheet_csv_separator(s), t->separator);
    assert_int_equal(sheet_csv_bad(s), 0);
    for (size_t r = 0; r < t->rows; r++) {
        assert_int_equal(sheet_next(s, &row, &more, &err), STATUS_OK);
        assert_true(more);
        compare(t, r, &row, str_slice(file.p + from[r], to[r] - from[r]));
    }
    assert_int_equal(sheet_next(s, &row, &more, &err), STATUS_OK);
    assert_false(more);
    sheet_close(s);
    close(fd);
    buf_done(&file);
}

static void tables_come_back(void **state) {
    (void)state;
    static struct table t;
    for (int round = 0; round < ROUNDS; round++) {
        make_table(&t);
        switch (round % 6) {
            case 0:
                round_trip(&t, "utf-8", "", NULL);
                break;
            case 1:
                round_trip(&t, "utf-8", "\xEF\xBB\xBF", NULL);
                break;
            case 2:
                round_trip(&t, "gb18030", "", NULL);
                break;
            case 3:
                round_trip(&t, "utf-16le", "\xFF\xFE", NULL);
                break;
            case 4:
                round_trip(&t, "utf-16be", "\xFE\xFF", NULL);
                break;
            default:
                round_trip(&t, "utf-16be", "", "utf-16be");
                break;
        }
        for (size_t r = 0; r < t.rows; r++) free(t.text[r]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_come_back)};
    return cmocka_run_group_tests_name("csv_prop", tests, NULL, NULL);
}
