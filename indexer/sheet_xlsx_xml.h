/* sheet_xlsx_xml.h - one part of a workbook as XML events, in pieces, bounded.
 *
 * Elements are known by their local name and the place they stand in, so that the
 * transitional and the strict namespace, and any prefix, read alike; what a module does
 * not know it refuses, and the whole element is passed over. A document type declaration
 * is refused (so there are no entities to expand), as are deep nesting, endless tags and
 * endlessly many names, which the parser would keep.
 *
 * Threads: one thread.
 */
#ifndef INDEXER_SHEET_XLSX_XML_H
#define INDEXER_SHEET_XLSX_XML_H

#include "indexer/sheet_xlsx_part.h"

#define XLSX_MAX_DEPTH 64                 /* of nested elements */
#define XLSX_MAX_TAG ((int64_t)256 << 10) /* bytes of one tag, comment or the like */
#define XLSX_MAX_NAMES 1024               /* different names of elements and attributes */

struct xlsx_xml;

/* What a module makes of the events. start: false = not known here, pass it over with
 * all that is in it. att: name, value, …, NULL. text may come in pieces. end: only of
 * elements that start took. A module stops the reading with xlsx_xml_fail. */
struct xlsx_xml_ops {
    bool (*start)(void *ctx, const char *name, const char **att);
    void (*end)(void *ctx);
    void (*text)(void *ctx, const char *p, size_t n);
};

/* Where bytes come from: *got = 0 at the end. */
typedef enum status (*xlsx_read_fn)(void *from, void *to, size_t n, size_t *got,
                                    struct err *err);

/* part: kept, for sentences; the caller closes it after xlsx_xml_close. */
MUST_CHECK enum status xlsx_xml_open(const char *part, xlsx_read_fn read, void *from,
                                     const struct xlsx_xml_ops *ops, void *ctx,
                                     struct xlsx_xml **out, struct err *err);
void xlsx_xml_close(struct xlsx_xml *x);

/* Reads on until a module paused (*more = true) or the part ended (*more = false).
 * STATUS_CORRUPT E_FILE (malformed: line and column), STATUS_LIMIT, or what `read` or a
 * module said; err's field is the part. */
MUST_CHECK enum status xlsx_xml_run(struct xlsx_xml *x, bool *more, struct err *err);
/* From an event: pause after it. From `end` only. */
void xlsx_xml_pause(struct xlsx_xml *x);
/* From an event: stop for good with this (a sentence without place). */
void xlsx_xml_fail(struct xlsx_xml *x, enum status s, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
bool xlsx_xml_malformed(
    const struct xlsx_xml *x); /* run failed by the XML, not by read */

/* The whole part at once. */
MUST_CHECK enum status xlsx_xml_all(struct xlsx_zip *z, int64_t entry, const char *name,
                                    const struct xlsx_xml_ops *ops, void *ctx,
                                    struct xlsx_xml **handle, struct err *err);

/* The name behind a prefix. */
const char *xlsx_xml_local(const char *name);
bool xlsx_xml_true(const char *value); /* 1, true */

#endif
