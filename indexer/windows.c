#include "indexer/windows.h"
#include "core/date.h"
#include "indexer/sheet.h"

#include "windows_embedded.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum column { REGISTRY, YEAR, FROM, TO, FILE_BY, MONTHS, COLUMNS };
static const char *const names[COLUMNS] = {"registry",    "stat_year", "achieved_from",
                                           "achieved_to", "file_by",   "months"};

struct window {
    char registry[8];
    int year;                  /* 0: the registry's rule */
    int32_t from, to, file_by; /* 0: none */
    int months;                /* 0: none */
};

struct windows {
    size_t n;
    struct window v[WINDOWS_MAX];
};

void windows_free(struct windows *w) {
    free(w);
}

static int32_t day_of(int32_t d) {
    return d && date_day(d) == 0 ? d + 1 : d;
}

/* ---- reading the table --------------------------------------------------------------
 */

static enum status bad(const struct sheet_row *row, enum column c, const char *text,
                       struct err *err) {
    err_set(err, STATUS_INVALID, "windows", "登记年度窗口表：%s %s", names[c], text);
    err_place(err, NULL, (long)row->row, names[c]);
    return STATUS_INVALID;
}

static enum status read_int(const struct sheet_row *row, enum column c, struct str s,
                            int min, int max, int *out, struct err *err) {
    int v = 0;
    *out = 0;
    if (!s.n) return STATUS_OK;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || v > max) return bad(row, c, "应为整数", err);
        v = v * 10 + (s.p[i] - '0');
    }
    if (v < min || v > max) return bad(row, c, "超出范围", err);
    *out = v;
    return STATUS_OK;
}

static enum status read_day(const struct sheet_row *row, enum column c, struct str s,
                            int32_t *out, struct err *err) {
    *out = 0;
    if (!s.n) return STATUS_OK;
    if (date_parse(s, out, NULL) == STATUS_OK && date_day(*out)) return STATUS_OK;
    return bad(row, c, "应为 YYYY-MM-DD 的日期", err);
}

static enum status check(const struct windows *w, const struct window *x,
                         const struct sheet_row *row, struct err *err) {
    size_t n = strlen(x->registry);
    if (n != 6 || strspn(x->registry, "0123456789") != 6)
        return bad(row, REGISTRY, "应为六位行政区划代码", err);
    if (!x->year) {
        if (!x->months || x->from || x->to || x->file_by)
            return bad(row, YEAR, "为空的行只写 months（取得后几个月内登记）", err);
        return STATUS_OK;
    }
    if (!x->from || !x->to || x->from > x->to)
        return bad(row, FROM, "和 achieved_to 应是先后两个日期", err);
    if (x->months) return bad(row, MONTHS, "只写在没有年度的行", err);
    for (size_t i = 0; i < w->n; i++) {
        const struct window *o = &w->v[i];
        if (!o->year || strcmp(o->registry, x->registry) != 0) continue;
        if (x->from <= o->to && o->from <= x->to)
            return bad(row, FROM, "与同一登记机关的另一个窗口重叠", err);
    }
    return STATUS_OK;
}

static enum status add(struct windows *w, const struct sheet_row *row,
                       const int at[COLUMNS], struct err *err) {
    struct str s[COLUMNS];
    struct window x = {.registry = ""};
    for (int c = 0; c < COLUMNS; c++) {
        bool there = at[c] >= 0 && (size_t)at[c] < row->n;
        s[c] = there ? str_trim(row->cell[at[c]].text) : str_of("");
    }
    if (s[REGISTRY].n < sizeof x.registry)
        memcpy(x.registry, s[REGISTRY].n ? s[REGISTRY].p : "", s[REGISTRY].n);
    enum status st =
        read_int(row, YEAR, s[YEAR], DATE_YEAR_MIN, DATE_YEAR_MAX, &x.year, err);
    if (st == STATUS_OK)
        st = read_int(row, MONTHS, s[MONTHS], 1, WINDOWS_MAX_MONTHS, &x.months, err);
    if (st == STATUS_OK) st = read_day(row, FROM, s[FROM], &x.from, err);
    if (st == STATUS_OK) st = read_day(row, TO, s[TO], &x.to, err);
    if (st == STATUS_OK) st = read_day(row, FILE_BY, s[FILE_BY], &x.file_by, err);
    if (st == STATUS_OK) st = check(w, &x, row, err);
    if (st == STATUS_OK && w->n == WINDOWS_MAX)
        st = err_set(err, STATUS_LIMIT, "windows", "登记年度窗口超过 %d 行", WINDOWS_MAX);
    if (st == STATUS_OK) w->v[w->n++] = x;
    return st;
}

static enum status header(const struct sheet_row *row, int at[COLUMNS], struct err *err) {
    for (int c = 0; c < COLUMNS; c++) {
        at[c] = -1;
        for (size_t i = 0; i < row->n; i++)
            if (str_eq_z(str_trim(row->cell[i].text), names[c])) at[c] = (int)i;
        if (at[c] < 0 && c != MONTHS && c != FILE_BY)
            return bad(row, (enum column)c, "这一列没有找到；第一行应是列名", err);
    }
    return STATUS_OK;
}

static enum status read_table(struct windows *w, int fd, struct err *err) {
    const struct sheet_csv_options opt = {.separator = ','};
    struct sheet *sheet = NULL;
    int at[COLUMNS];
    bool more = false, named = false;
    struct sheet_row row;
    enum status s = sheet_open_csv(fd, &opt, &sheet, err);
    while (s == STATUS_OK && (s = sheet_next(sheet, &row, &more, err)) == STATUS_OK &&
           more) {
        if (row.n == 0 || str_starts(str_trim(row.cell[0].text), str_of("#"))) continue;
        s = named ? add(w, &row, at, err) : header(&row, at, err);
        named = true;
    }
    sheet_close(sheet);
    if (s == STATUS_OK && !named)
        s = err_set(err, STATUS_INVALID, "windows", "登记年度窗口表是空的");
    return s;
}

static int builtin(struct err *err) {
    int fd = memfd_create("windows", MFD_CLOEXEC);
    if (fd < 0 || write(fd, windows_files[0].bytes, windows_files[0].size) !=
                      (ssize_t)windows_files[0].size) {
        err_errno(err, "不能读内置的登记年度窗口表");
        if (fd >= 0) close(fd);
        return -1;
    }
    return fd;
}

enum status windows_load(const char *path, struct windows **out, struct err *err) {
    bool own = path && path[0];
    struct windows *w = calloc(1, sizeof *w);
    if (!w) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    int fd = own ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : builtin(err);
    enum status s = STATUS_IO;
    if (fd >= 0)
        s = read_table(w, fd, err);
    else if (own)
        s = err_errno(err, "不能读登记年度窗口表");
    if (fd >= 0) close(fd);
    if (s != STATUS_OK) {
        err_place(err, own ? path : "windows.csv", 0, NULL);
        windows_free(w);
        return s;
    }
    *out = w;
    return STATUS_OK;
}

/* ---- asking -------------------------------------------------------------------------
 */

bool windows_year(void *windows, struct str registry, int32_t achieved_on,
                  int *stat_year) {
    const struct windows *w = windows;
    int32_t day = day_of(achieved_on);
    bool own = false;
    if (!day) return false;
    for (size_t i = 0; i < w->n; i++) {
        const struct window *x = &w->v[i];
        if (!x->year || !str_eq_z(registry, x->registry)) continue;
        if (day >= x->from && day <= x->to) {
            *stat_year = x->year;
            return true;
        }
        own = own || x->year == date_year(day);
    }
    if (!own) *stat_year = date_year(day);
    return !own;
}

/* The same day so many months later, or the last day of that month. */
static int32_t months_later(int32_t day, int months) {
    int m = date_year(day) * 12 + date_month(day) - 1 + months;
    int last = date_days_in_month(m / 12, m % 12 + 1);
    int d = date_day(day) < last ? date_day(day) : last;
    return m / 12 * 10000 + (m % 12 + 1) * 100 + d;
}

int32_t windows_due(void *windows, struct str registry, int stat_year,
                    int32_t achieved_on) {
    const struct windows *w = windows;
    int32_t due = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct window *x = &w->v[i];
        int32_t by = 0;
        if (!str_eq_z(registry, x->registry)) continue;
        if (x->year && x->year == stat_year) by = x->file_by;
        if (x->months && achieved_on) by = months_later(day_of(achieved_on), x->months);
        if (by && (!due || by < due)) due = by;
    }
    return due;
}
