/* xlsx_read.h - what a workbook gives, as text, for tests: a row prints as
 * "SHEET ROW: cell|cell"; a cell is marked by kind (# number, @ date, ? truth, ! error)
 * and, before that, ^ for merged and ~ for a hidden column; (h) a hidden row, +N a fault
 * in column N. */
#ifndef TESTS_UNIT_XLSX_READ_H
#define TESTS_UNIT_XLSX_READ_H

#include "indexer/sheet.h"
#include "tests/unit/xlsx_make.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SST(items) XLSX_HEAD "<sst xmlns=\"" XLSX_MAIN "\">" items "</sst>"

static inline void print_row(struct buf *out, const struct sheet_row *row) {
    static const char *const mark[] = {"", "", "#", "@", "?", "!"};
    buf_add_f(out, "%s %lld%s:", row->sheet, (long long)row->row,
              row->hidden ? "(h)" : "");
    for (size_t i = 0; i < row->n; i++) {
        const struct sheet_cell *c = &row->cell[i];
        buf_add_z(out, i ? "|" : " ");
        if (c->merged) buf_add_z(out, "^");
        if (c->hidden) buf_add_z(out, "~");
        buf_add_z(out, mark[c->kind]);
        buf_add_str(out, c->text);
    }
    if (row->fault != SHEET_FINE) buf_add_f(out, " +%lld", (long long)row->fault_at);
    buf_add_z(out, "\n");
}

/* All rows as text; the status of what stopped it. Closes fd. */
static inline enum status read_fd(int fd, struct buf *out, struct err *err) {
    struct sheet *sheet;
    struct sheet_row row;
    bool more = true;
    enum status s = sheet_open_xlsx(fd, &sheet, err);
    if (s != STATUS_OK) {
        close(fd);
        return s;
    }
    int64_t size = lseek(fd, 0, SEEK_END);
    while ((s = sheet_next(sheet, &row, &more, err)) == STATUS_OK && more) {
        print_row(out, &row);
        assert_true(sheet_at(sheet) <= size);
    }
    sheet_close(sheet);
    close(fd);
    return s;
}

static inline void expect_fd(const char *name, int fd, const char *want) {
    struct buf out = buf_init(0);
    struct err err;
    if (read_fd(fd, &out, &err) != STATUS_OK) fail_msg("%s: %s", name, err.text);
    if (strcmp(buf_z(&out), want) != 0)
        fail_msg("%s: got\n%s, not\n%s", name, buf_z(&out), want);
    buf_done(&out);
}

static inline void refuse_fd(const char *name, int fd, enum status want, const char *part,
                             const char *text) {
    struct buf out = buf_init(0);
    struct err err = {.status = STATUS_OK};
    enum status s = read_fd(fd, &out, &err);
    if (s != want) fail_msg("%s: %s (%s)", name, status_name(s), err.text);
    assert_string_equal(err.code, "E_FILE");
    if (part && strcmp(err.field, part) != 0) fail_msg("%s: part %s", name, err.field);
    if (!strstr(err.text, text)) fail_msg("%s: %s", name, err.text);
    buf_done(&out);
}

/* Without keeping what comes out. */
static inline void expect_limit(int fd, const char *text) {
    struct sheet *sheet;
    struct sheet_row row;
    struct err err;
    bool more = true;
    enum status s = STATUS_OK;
    assert_int_equal(sheet_open_xlsx(fd, &sheet, &err), STATUS_OK);
    while (s == STATUS_OK && more) s = sheet_next(sheet, &row, &more, &err);
    assert_int_equal(s, STATUS_LIMIT);
    if (!strstr(err.text, text)) fail_msg("%s", err.text);
    sheet_close(sheet);
    close(fd);
}
static inline void many(struct buf *b, const char *what, size_t times) {
    for (size_t i = 0; i < times; i++) buf_add_z(b, what);
}

/* A book with this sheet and one shared string; b is done. */
static inline int sheet_of(struct buf *b) {
    assert_int_equal(b->failed, 0);
    int fd = xlsx_make(&(struct xlsx_make){
        .sheet = buf_z(b), .strings = SST("<si><t>甲</t></si>"), .sheet_bytes = b->n});
    buf_done(b);
    return fd;
}

#endif
