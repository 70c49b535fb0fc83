/* xlsx_make.h - XLSX files for tests, out of snippets of XML, with libzip.
 *
 * A book is a list of parts; xlsx_book() gives a plausible set to change. */
#ifndef TESTS_UNIT_XLSX_MAKE_H
#define TESTS_UNIT_XLSX_MAKE_H

#include "core/str.h"
#include "indexer/sheet_temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

#define XLSX_MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define XLSX_STRICT "http://purl.oclc.org/ooxml/spreadsheetml/main"
#define XLSX_REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define XLSX_RELS "http://schemas.openxmlformats.org/package/2006/relationships"
#define XLSX_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define XLSX_SHEET(body)                                                                 \
    XLSX_HEAD "<worksheet xmlns=\"" XLSX_MAIN "\">" body "</worksheet>"
#define XLSX_ROWS(rows) XLSX_SHEET("<sheetData>" rows "</sheetData>")

struct xlsx_make_part {
    const char *name;
    const char *text; /* NULL: end of the list */
    size_t n;         /* 0: as long as the text */
    bool stored;
};

/* The zip of these parts into a nameless file; the caller closes it. */
static inline int xlsx_make_zip(const struct xlsx_make_part *part) {
    zip_error_t error;
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *z = to ? zip_open_from_source(to, ZIP_TRUNCATE, &error) : NULL;
    if (!z) abort();
    zip_source_keep(to);
    for (; part->text; part++) {
        zip_source_t *from =
            zip_source_buffer(z, part->text, part->n ? part->n : strlen(part->text), 0);
        zip_int64_t i = from ? zip_file_add(z, part->name, from, ZIP_FL_ENC_UTF_8) : -1;
        if (i < 0) abort();
        if (part->stored &&
            zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0) != 0)
            abort();
    }
    if (zip_close(z) != 0 || zip_source_open(to) != 0) abort();
    int fd;
    char chunk[4096];
    zip_int64_t n;
    if (sheet_temp_file(&fd, NULL) != STATUS_OK) abort();
    while ((n = zip_source_read(to, chunk, sizeof chunk)) > 0)
        if (sheet_temp_write(fd, chunk, (size_t)n, NULL) != STATUS_OK) abort();
    zip_source_close(to);
    zip_source_free(to);
    return fd;
}

#define XLSX_TYPES                                                                       \
    XLSX_HEAD                                                                            \
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"     \
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd."             \
    "openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
#define XLSX_ROOT_RELS                                                                   \
    XLSX_HEAD "<Relationships xmlns=\"" XLSX_RELS "\"><Relationship Id=\"rId1\" "        \
              "Type=\"" XLSX_REL "/officeDocument\" Target=\"xl/workbook.xml\"/>"        \
              "</Relationships>"
#define XLSX_BOOK_RELS                                                                   \
    XLSX_HEAD "<Relationships xmlns=\"" XLSX_RELS "\">"                                  \
              "<Relationship Id=\"rId1\" Type=\"" XLSX_REL "/worksheet\" "               \
              "Target=\"worksheets/sheet1.xml\"/>"                                       \
              "<Relationship Id=\"rId2\" Type=\"" XLSX_REL "/sharedStrings\" "           \
              "Target=\"sharedStrings.xml\"/>"                                           \
              "<Relationship Id=\"rId3\" Type=\"" XLSX_REL "/styles\" "                  \
              "Target=\"styles.xml\"/></Relationships>"
#define XLSX_BOOK                                                                        \
    XLSX_HEAD "<workbook xmlns=\"" XLSX_MAIN "\" xmlns:r=\"" XLSX_REL "\"><sheets>"      \
              "<sheet name=\"汇总\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"

/* A book of one sheet; NULL parts are left out, but for `sheet`. */
struct xlsx_make {
    const char *sheet, *strings, *styles;
    const char *book, *book_rels, *root_rels, *types; /* NULL: the usual ones */
    bool stored;
    size_t sheet_bytes; /* 0: as long as it is */
};

static inline int xlsx_make(const struct xlsx_make *m) {
    struct xlsx_make_part part[8];
    size_t n = 0;
#define ADD(name_, text_, bytes_)                                                        \
    part[n++] = (struct xlsx_make_part){name_, text_, bytes_, m->stored}
    ADD("[Content_Types].xml", m->types ? m->types : XLSX_TYPES, 0);
    ADD("_rels/.rels", m->root_rels ? m->root_rels : XLSX_ROOT_RELS, 0);
    ADD("xl/workbook.xml", m->book ? m->book : XLSX_BOOK, 0);
    ADD("xl/_rels/workbook.xml.rels", m->book_rels ? m->book_rels : XLSX_BOOK_RELS, 0);
    ADD("xl/worksheets/sheet1.xml", m->sheet, m->sheet_bytes);
    if (m->strings) ADD("xl/sharedStrings.xml", m->strings, 0);
    if (m->styles) ADD("xl/styles.xml", m->styles, 0);
    part[n].text = NULL;
#undef ADD
    return xlsx_make_zip(part);
}

#endif
