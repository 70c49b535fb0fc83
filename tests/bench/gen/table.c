#include "tests/bench/gen/table.h"

#include "tests/bench/gen/day.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>
#include <zip.h>

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define SLOTS                                                                            \
    ((size_t)1 << 18)  /* of strings that may be named again; full: written anew */
#define DAY_1900 25569 /* serial number of 1970-01-01 */

enum form { PLAIN, DATE, LIST, NAMES };

/* path: "key" or "key.key" or "key.0.key". */
static const struct column {
    const char *label, *path;
    enum form form;
} columns[] = {
    {"来源标识", "uid", PLAIN},
    {"登记机构", "registry", PLAIN},
    {"登记状态", "state", PLAIN},
    {"同意公开", "consent", PLAIN},
    {"公示状态", "publicity", PLAIN},
    {"成果密级", "secrecy", PLAIN},
    {"批准登记号", "regno", PLAIN},
    {"批准登记日期", "approved_on", DATE},
    {"统计年度", "stat_year", PLAIN},
    {"成果类别", "category", PLAIN},
    {"成果名称", "title", PLAIN},
    {"第一完成单位", "units.0.name", PLAIN},
    {"第一完成单位属性", "units.0.type", PLAIN},
    {"主要完成人", "people", NAMES},
    {"关键词", "keywords", LIST},
    {"成果简介", "abstract", PLAIN},
};

struct table_out {
    FILE *csv, *sheet, *strings;
    const char *xlsx;
    struct buf line, cell;
    uint64_t *slot; /* hash of a string, and behind all of them its number */
    uint64_t nstrings, rows;
};

static void add_text(struct buf *b, const json_t *v) {
    if (json_is_string(v))
        buf_add(b, json_string_value(v), json_string_length(v));
    else if (json_is_integer(v))
        buf_add_f(b, "%lld", (long long)json_integer_value(v));
}

static const json_t *find(const json_t *v, const char *path) {
    while (v && *path) {
        char key[32];
        size_t n = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        v = json_is_array(v) ? json_array_get(v, strtoul(key, NULL, 10))
                             : json_object_get(v, key);
        path += n + (path[n] == '.');
    }
    return v;
}

static void fill_cell(struct buf *b, const json_t *record, const struct column *c) {
    const json_t *v = find(record, c->path), *item;
    size_t i;
    buf_clear(b);
    if (!json_is_array(v)) {
        add_text(b, v);
        return;
    }
    json_array_foreach(v, i, item) {
        if (i) buf_add_z(b, "；");
        add_text(b, c->form == NAMES ? json_object_get(item, "name") : item);
    }
}

static void csv_cell(struct buf *line, struct str cell) {
    if (cell.n == 0 || (!memchr(cell.p, '"', cell.n) && !memchr(cell.p, ',', cell.n) &&
                        !memchr(cell.p, '\n', cell.n) && !memchr(cell.p, '\r', cell.n))) {
        buf_add_str(line, cell);
        return;
    }
    buf_add_char(line, '"');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.p[i] == '"') buf_add_char(line, '"');
        buf_add_char(line, cell.p[i]);
    }
    buf_add_char(line, '"');
}

static enum status put(FILE *f, struct str s, struct err *err) {
    return fwrite(s.p, 1, s.n, f) == s.n ? STATUS_OK : err_errno(err, "cannot write");
}

/* The number of a shared string, which is written when it is new. */
static enum status share(struct table_out *t, struct str s, uint64_t *number,
                         struct err *err) {
    struct buf b = buf_init(0);
    uint64_t h = XXH3_64bits(s.p, s.n) | 1, *slot = &t->slot[h % SLOTS * 2];
    if (slot[0] == h) {
        *number = slot[1];
        return STATUS_OK;
    }
    buf_add_z(&b, "<si><t xml:space=\"preserve\">");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_add_z(&b, "&lt;");
        else if (s.p[i] == '&')
            buf_add_z(&b, "&amp;");
        else if (s.p[i] == '>')
            buf_add_z(&b, "&gt;");
        else
            buf_add_char(&b, s.p[i]);
    }
    buf_add_z(&b, "</t></si>");
    enum status st = buf_check(&b, "string", err);
    if (st == STATUS_OK) st = put(t->strings, buf_str(&b), err);
    buf_done(&b);
    slot[0] = h;
    *number = slot[1] = t->nstrings++;
    return st;
}

static enum status xlsx_cell(struct table_out *t, size_t column, enum form form,
                             struct err *err) {
    int y, m, d;
    uint64_t number;
    char letter = (char)('A' + column);
    struct str s = buf_str(&t->cell);
    if (s.n == 0) return STATUS_OK;
    if (form == DATE && sscanf(buf_z(&t->cell), "%4d-%2d-%2d", &y, &m, &d) == 3) {
        buf_add_f(&t->line, "<c r=\"%c%llu\" s=\"1\"><v>%d</v></c>", letter,
                  (unsigned long long)t->rows, day_of(y, m, d) + DAY_1900);
        return STATUS_OK;
    }
    enum status st = share(t, s, &number, err);
    buf_add_f(&t->line, "<c r=\"%c%llu\" t=\"s\"><v>%llu</v></c>", letter,
              (unsigned long long)t->rows, (unsigned long long)number);
    return st;
}

/* record NULL: the header. */
static enum status add_row(struct table_out *t, const json_t *record, struct err *err) {
    enum status s = STATUS_OK;
    struct buf csv = buf_init(0);
    t->rows++;
    buf_clear(&t->line);
    buf_add_f(&t->line, "<row r=\"%llu\" spans=\"1:%zu\">", (unsigned long long)t->rows,
              ARRAY_LEN(columns));
    for (size_t i = 0; i < ARRAY_LEN(columns) && s == STATUS_OK; i++) {
        buf_clear(&t->cell);
        if (record)
            fill_cell(&t->cell, record, &columns[i]);
        else
            buf_add_z(&t->cell, columns[i].label);
        if (i) buf_add_char(&csv, ',');
        csv_cell(&csv, buf_str(&t->cell));
        if (t->sheet) s = xlsx_cell(t, i, columns[i].form, err);
    }
    buf_add_z(&t->line, "</row>");
    buf_add_z(&csv, "\r\n");
    if (s == STATUS_OK) s = buf_check(&t->line, "row", err);
    if (s == STATUS_OK) s = buf_check(&csv, "row", err);
    if (s == STATUS_OK && t->csv) s = put(t->csv, buf_str(&csv), err);
    if (s == STATUS_OK && t->sheet) s = put(t->sheet, buf_str(&t->line), err);
    buf_done(&csv);
    return s;
}

static enum status free_table(struct table_out *t, enum status s, struct err *err) {
    FILE *const file[] = {t->csv, t->sheet, t->strings};
    for (size_t i = 0; i < ARRAY_LEN(file); i++)
        if (file[i] && fclose(file[i]) != 0 && s == STATUS_OK)
            s = err_errno(err, "cannot write");
    buf_done(&t->line);
    buf_done(&t->cell);
    free(t->slot);
    free(t);
    return s;
}

enum status table_open(const char *csv, const char *xlsx, struct table_out **out,
                       struct err *err) {
    struct table_out *t = calloc(1, sizeof *t);
    if (!t) return err_set(err, STATUS_NOMEM, NULL, "no memory");
    enum status s = STATUS_OK;
    t->line = t->cell = buf_init(0);
    t->xlsx = xlsx;
    if (csv && !(t->csv = fopen(csv, "we"))) s = err_errno(err, "cannot write %s", csv);
    if (xlsx) {
        t->slot = calloc(SLOTS, 2 * sizeof *t->slot);
        t->sheet = tmpfile();
        t->strings = tmpfile();
        if (!t->slot || !t->sheet || !t->strings)
            s = err_errno(err, "cannot make temporary files");
    }
    if (s == STATUS_OK && csv) s = put(t->csv, str_of("\xEF\xBB\xBF"), err);
    if (s == STATUS_OK && xlsx)
        s = put(t->sheet, str_of(HEAD "<worksheet xmlns=\"" MAIN "\"><sheetData>"), err);
    if (s == STATUS_OK && xlsx)
        s = put(t->strings, str_of(HEAD "<sst xmlns=\"" MAIN "\">"), err);
    if (s == STATUS_OK) s = add_row(t, NULL, err);
    if (s != STATUS_OK) return free_table(t, s, err);
    *out = t;
    return STATUS_OK;
}

enum status table_add(struct table_out *t, struct str line, struct err *err) {
    json_error_t bad;
    json_t *record = json_loadb(line.p, line.n, 0, &bad);
    if (!record) return err_set(err, STATUS_INVALID, NULL, "no JSON: %s", bad.text);
    enum status s = add_row(t, record, err);
    json_decref(record);
    return s;
}

static bool add_part(zip_t *z, const char *name, zip_source_t *from) {
    if (!from) return false;
    if (zip_file_add(z, name, from, ZIP_FL_ENC_UTF_8) >= 0) return true;
    zip_source_free(from);
    return false;
}

/* libzip reads on from where the file stands. */
static zip_source_t *whole_file(zip_t *z, FILE *f) {
    rewind(f);
    return zip_source_filep(z, f, 0, -1);
}

static bool add_parts(zip_t *z, struct table_out *t) {
    static const char *const fixed[][2] = {
        {"[Content_Types].xml", HEAD
         "<Types xmlns=\"" PACKAGE "content-types\"><Default Extension=\"rels\" "
         "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
         "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd."
         "openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
         "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/"
         "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
         "<Override PartName=\"/xl/sharedStrings.xml\" ContentType=\"application/vnd."
         "openxmlformats-officedocument.spreadsheetml.sharedStrings+xml\"/>"
         "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd."
         "openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>"},
        {"_rels/.rels", HEAD
         "<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" "
         "Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
        {"xl/workbook.xml",
         HEAD "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" REL "\"><sheets><sheet "
              "name=\"成果登记\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         HEAD "<Relationships xmlns=\"" PACKAGE "relationships\">"
              "<Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" "
              "Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" REL
              "/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId3\" "
              "Type=\"" REL "/styles\" Target=\"styles.xml\"/></Relationships>"},
        {"xl/styles.xml",
         HEAD "<styleSheet xmlns=\"" MAIN "\"><fonts count=\"1\"><font/></fonts>"
              "<fills count=\"1\"><fill/></fills><borders count=\"1\"><border/></borders>"
              "<cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"2\"><xf/>"
              "<xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>"}};
    bool good = true;
    for (size_t i = 0; i < ARRAY_LEN(fixed) && good; i++)
        good = add_part(z, fixed[i][0],
                        zip_source_buffer(z, fixed[i][1], strlen(fixed[i][1]), 0));
    if (good && add_part(z, "xl/worksheets/sheet1.xml", whole_file(z, t->sheet)))
        t->sheet = NULL; /* the zip closes it */
    else
        good = false;
    if (good && add_part(z, "xl/sharedStrings.xml", whole_file(z, t->strings)))
        t->strings = NULL;
    else
        good = false;
    return good;
}

static enum status write_xlsx(struct table_out *t, struct err *err) {
    int code;
    enum status s = put(t->sheet, str_of("</sheetData></worksheet>"), err);
    if (s == STATUS_OK) s = put(t->strings, str_of("</sst>"), err);
    if (s == STATUS_OK && (fflush(t->sheet) != 0 || fflush(t->strings) != 0))
        s = err_errno(err, "cannot write");
    if (s != STATUS_OK) return s;
    zip_t *z = zip_open(t->xlsx, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (z && add_parts(z, t) && zip_close(z) == 0) return STATUS_OK;
    if (z) zip_discard(z);
    return err_set(err, STATUS_IO, NULL, "cannot write %s", t->xlsx);
}

enum status table_close(struct table_out *t, bool whole, struct err *err) {
    if (!t) return STATUS_OK;
    return free_table(t, whole && t->xlsx ? write_xlsx(t, err) : STATUS_OK, err);
}
