/* sniff.h - what is this file? Judged by its content, never by its name.
 *
 * Source: record.md "Office files"; signatures of ZIP (PKWARE APPNOTE), OLE2 ([MS-CFB]),
 * PDF (ISO 32000-1), OOXML (ECMA-376).
 * Threads: pure.
 */
#ifndef INDEXER_SNIFF_H
#define INDEXER_SNIFF_H

#include "core/str.h"

#define SNIFF_HEAD ((size_t)64 << 10) /* bytes looked at for text */
#define SNIFF_MEMBERS 20              /* of a zip, named in a refusal */
#define SNIFF_DIRECTORY                                                                  \
    ((uint64_t)16 << 20) /* bytes of a zip's directory, read at most */
#define SNIFF_OLE_DIRECTORY ((size_t)1 << 20) /* bytes of an OLE2 directory */

enum file_kind {
    FILE_EMPTY, /* no bytes, or a mark and blanks only */
    FILE_JSONL, /* the first thing in it is an object (or an array of them), or half of
                 * the first lines begin with one */
    FILE_TEXT,  /* CSV or TSV in some encoding */
    FILE_XLSX,  /* also when it is cut off: the reader says so */
    FILE_XLS,   /* a BIFF workbook in an OLE2 container */
    /* Not taken, each with a sentence that helps: */
    FILE_ENCRYPTED, /* OLE2 with EncryptedPackage, a BIFF workbook or a zip with a
                       password */
    FILE_XLSB,
    FILE_ODS,
    FILE_DOCX,
    FILE_DOC, /* RTF too */
    FILE_PDF,
    FILE_HTML,     /* "网页另存为 .xls", also as one file (MHTML) */
    FILE_XML,      /* SpreadsheetML 2003 and other XML */
    FILE_NATIONAL, /* cgsbqy.zip, cgsb***.zip: exports of the national stand-alone program
                    */
    FILE_ZIP,
    FILE_RAR, /* and 7-Zip, gzip, bzip2, xz */
    FILE_IMAGE,
    FILE_BINARY,
    FILE_KIND_COUNT
};

/* Looks at the file by pread (regular files only). name: as it was given, for the
 * national program's exports only. STATUS_IO. */
MUST_CHECK enum status sniff_file(int fd, const char *name, enum file_kind *out,
                                  struct err *err);
const char *sniff_kind_name(enum file_kind k); /* "jsonl", "csv", "xlsx", … for reports */

/* The refusal of a kind that is not taken: STATUS_INVALID, code E_FILE, with a Chinese
 * sentence that says what the file is and what to do; FILE_NATIONAL and FILE_ZIP list the
 * members (at most 20). STATUS_OK for kinds that are taken. */
MUST_CHECK enum status sniff_refuse(int fd, enum file_kind k, struct err *err);

#endif
