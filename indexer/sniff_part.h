/* sniff_part.h - the containers that sniff.c looks into.
 *
 * Threads: pure. Not: used by sniff.c only.
 */
#ifndef INDEXER_SNIFF_PART_H
#define INDEXER_SNIFF_PART_H

#include "indexer/sniff.h"

/* pread until n bytes or the end of the file; *got: how many came. STATUS_IO. */
MUST_CHECK enum status sniff_read(int fd, void *to, size_t n, int64_t at, size_t *got,
                                  struct err *err);

struct zip_look {
    enum file_kind kind; /* XLSX, XLSB, ODS, DOCX, ENCRYPTED or ZIP */
    bool readable;       /* false: cut off, damaged, or its directory is too large */
    int64_t members;
    char list[256]; /* names of the first members for a sentence: UTF-8, no control or
                     * invisible characters, joined by 、 */
    int listed;
};
/* A file that begins with PK, and its first bytes. STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status sniff_zip(int fd, int64_t size, struct str head,
                                 struct zip_look *out, struct err *err);

/* An OLE2 file: XLS, ENCRYPTED, DOC, or BINARY when it is none of them or damaged.
 * STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status sniff_ole(int fd, struct str head, enum file_kind *out,
                                 struct err *err);

#endif
