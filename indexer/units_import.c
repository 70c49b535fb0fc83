/* units_import of units_edit.h: a list of units as offices keep it, tab-separated. */
#include "indexer/units_edit.h"

#include "core/codes.h"
#include "core/date.h"
#include "core/uscc.h"
#include "core/utf8.h"
#include "indexer/validate.h"

#include <stdlib.h>
#include <strings.h>

#define MAX_LINE 65536
#define MAX_LINES 1000000
#define BOM "\xef\xbb\xbf"

enum column { NAME, USCC, TYPE, REGION, ALIAS, FORMER, COLUMNS };

static const char *const headers[COLUMNS][3] = {
    [NAME] = {"名称", "单位名称", "name"},
    [USCC] = {"信用代码", "统一社会信用代码", "uscc"},
    [TYPE] = {"属性", "单位属性", "type"},
    [REGION] = {"地区", "行政区划", "region"},
    [ALIAS] = {"简称", "别名", "alias"},
    [FORMER] = {"曾用名", "原名", "former"},
};

struct reader {
    const char *path;
    int64_t line;
    int at[COLUMNS]; /* of each column in a line, -1: not there */
};

static enum status wrong(const struct reader *r, int column, struct err *err) {
    err_place(err, r->path, (long)r->line, column >= 0 ? headers[column][0] : NULL);
    return err->status;
}

/* Field `i` of a line. */
static struct str field(struct str line, int i) {
    while (i-- > 0) {
        const char *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
        if (!tab) return str_slice("", 0);
        line = str_slice(tab + 1, line.n - (size_t)(tab + 1 - line.p));
    }
    const char *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
    return str_trim(str_slice(line.p, tab ? (size_t)(tab - line.p) : line.n));
}

static enum status read_header(struct reader *r, struct str line, struct err *err) {
    size_t tabs = 0;
    for (size_t i = 0; i < line.n; i++) tabs += line.p[i] == '\t';
    for (int c = 0; c < COLUMNS; c++) r->at[c] = -1;
    for (int i = 0; i <= (int)tabs; i++) {
        struct str h = field(line, i);
        int which = -1;
        for (int c = 0; c < COLUMNS; c++)
            for (size_t k = 0; k < ARRAY_LEN(headers[c]); k++)
                if (str_eq_z(h, headers[c][k])) which = c;
        if (which < 0 || r->at[which] >= 0) {
            err_set(err, STATUS_INVALID, NULL,
                    "%s列“%.*s”；各列是 "
                    "名称、信用代码、属性、地区、简称、曾用名，用制表符分隔",
                    which < 0 ? "不认识的" : "重复的", (int)utf8_clip(h, 60), h.p);
            return wrong(r, -1, err);
        }
        r->at[which] = i;
    }
    if (r->at[NAME] >= 0) return STATUS_OK;
    err_set(err, STATUS_INVALID, NULL, "缺少“名称”列");
    return wrong(r, -1, err);
}

/* Next of several values of a cell, split on 、；;. */
static bool next_value(struct str *rest, struct str *out) {
    static const char *const marks[] = {"、", "；", ";"};
    while (rest->n) {
        size_t end = rest->n, skip = 0;
        for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
            const char *p = memmem(rest->p, rest->n, marks[i], strlen(marks[i]));
            if (p && (size_t)(p - rest->p) < end) {
                end = (size_t)(p - rest->p);
                skip = strlen(marks[i]);
            }
        }
        *out = str_trim(str_slice(rest->p, end));
        *rest = str_slice(rest->p + end + skip, rest->n - end - skip);
        if (out->n) return true;
    }
    return false;
}

static enum status too_many(const struct reader *r, int column, struct err *err) {
    err_set(err, STATUS_LIMIT, NULL, "超过 %d 个", UNITS_MAX_NAMES);
    return wrong(r, column, err);
}

static enum status read_formers(const struct reader *r, struct str cell,
                                struct units_declared *d, struct err *err) {
    struct str v;
    while (next_value(&cell, &v)) {
        if (d->nformer == UNITS_MAX_NAMES) return too_many(r, FORMER, err);
        struct units_former f = {v, 0};
        const char *mark = memchr(v.p, '@', v.n);
        if (mark) {
            f.name = str_trim(str_slice(v.p, (size_t)(mark - v.p)));
            struct str day =
                str_trim(str_slice(mark + 1, v.n - (size_t)(mark + 1 - v.p)));
            if (date_parse(day, &f.until, err) != STATUS_OK) {
                err_prefix(err, "曾用名写作 旧名@停用日期");
                return wrong(r, FORMER, err);
            }
        }
        if (f.name.n) d->former[d->nformer++] = f;
    }
    return STATUS_OK;
}

/* A hospital is none of the kinds that the Shandong list of kinds of units has: it stands
 * there among 行政事业单位 (research 1.12, CL11s), so there its name decides. */
static bool is_hospital(struct str type, struct str name) {
    static const char *const ends[] = {"医院", "卫生院", "卫生服务中心"};
    if (!str_eq_z(type, "行政事业单位")) return false;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        size_t n = strlen(ends[i]);
        if (name.n >= n && memcmp(name.p + name.n - n, ends[i], n) == 0) return true;
    }
    return false;
}

static enum status read_code(const struct reader *r, int column, enum code_list list,
                             struct str cell, struct str *out, struct err *err) {
    if (!cell.n) return STATUS_OK;
    *out = codes_resolve(list, cell);
    if (out->n) return STATUS_OK;
    err_set(err, STATUS_INVALID, NULL, "“%.*s”不是已知的%s", (int)utf8_clip(cell, 60),
            cell.p, headers[column][1]);
    return wrong(r, column, err);
}

static enum status read_line(const struct reader *r, struct str line,
                             struct units_declared *d, struct err *err) {
    struct str cell[COLUMNS], v;
    for (int c = 0; c < COLUMNS; c++)
        cell[c] = r->at[c] >= 0 ? field(line, r->at[c]) : str_slice("", 0);
    *d = (struct units_declared){.name = cell[NAME], .uscc = cell[USCC]};
    if (!d->name.n || d->name.n > UNITS_NAME_BYTES) {
        err_set(err, STATUS_INVALID, NULL, "单位名称是空的，或超过 %d 字节",
                UNITS_NAME_BYTES);
        return wrong(r, NAME, err);
    }
    if (d->uscc.n && !uscc_is_valid(d->uscc)) {
        err_set(err, STATUS_INVALID, NULL,
                "信用代码 %.*s 不是 18 位或校验位不符；不能确认的请留空",
                (int)utf8_clip(d->uscc, 40), d->uscc.p);
        return wrong(r, USCC, err);
    }
    struct str hospital = str_of("医疗机构");
    enum status s = read_code(r, TYPE, CODES_UNIT_TYPE,
                              is_hospital(cell[TYPE], d->name) ? hospital : cell[TYPE],
                              &d->type, err);
    if (s == STATUS_OK)
        s = read_code(r, REGION, CODES_REGION, cell[REGION], &d->region, err);
    while (s == STATUS_OK && next_value(&cell[ALIAS], &v)) {
        if (d->nalias == UNITS_MAX_NAMES) return too_many(r, ALIAS, err);
        d->alias[d->nalias++] = v;
    }
    return s == STATUS_OK ? read_formers(r, cell[FORMER], d, err) : s;
}

static enum status one_line(struct registry_batch *b, struct reader *r, struct str line,
                            const char *actor, bool *header, struct err *err) {
    if (utf8_bad_at(line) != line.n) {
        err_set(err, STATUS_INVALID, NULL, "不是 UTF-8 编码；请另存为 UTF-8 的文本文件");
        return wrong(r, -1, err);
    }
    if (!str_trim(line).n) return STATUS_OK;
    if (validate_marking(line, NULL)) {
        err_set(err, STATUS_INVALID, "E_CLASSIFIED",
                "文字中有密级标志，整个文件没有导入");
        return wrong(r, -1, err);
    }
    if (!*header) {
        *header = true;
        return read_header(r, line, err);
    }
    struct units_declared d;
    enum status s = read_line(r, line, &d, err);
    if (s != STATUS_OK) return s;
    s = units_declare(b, &d, actor, err);
    return s == STATUS_OK ? s : wrong(r, -1, err);
}

enum status units_import(struct registry_batch *b, const char *path, FILE *f,
                         const char *actor, int64_t *lines, struct err *err) {
    struct reader r = {.path = path};
    char *line = malloc(MAX_LINE);
    bool header = false;
    enum status s = line ? STATUS_OK : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    while (s == STATUS_OK && fgets(line, MAX_LINE, f)) {
        struct str text = str_of(line);
        r.line++;
        if (text.n + 1 == MAX_LINE || r.line > MAX_LINES) {
            err_set(err, STATUS_LIMIT, NULL, "一行超过 %d 字节，或超过 %d 行",
                    MAX_LINE - 2, MAX_LINES);
            s = wrong(&r, -1, err);
            break;
        }
        if (r.line == 1 && str_starts(text, str_of(BOM)))
            text = str_slice(text.p + 3, text.n - 3);
        while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
            text.n--;
        s = one_line(b, &r, text, actor, &header, err);
    }
    if (s == STATUS_OK && ferror(f)) s = err_errno(err, "不能读 %s", path);
    free(line);
    if (s == STATUS_OK) *lines = r.line;
    return s;
}
