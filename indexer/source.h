/* source.h - a file as rows with their places, whatever it is: JSON Lines, or a table of
 * an office program under a profile, whose rows come out as the JSON text that a JSON
 * Lines file would hold (grid_map.h).
 *
 * What a file is, is judged by its content (sniff.h); only text that begins with no
 * object is JSON Lines all the same when its name ends in .jsonl, .ndjson or .json.
 *
 * JSON Lines: a row is a line that holds more than blanks; lines end with LF or CRLF, the
 * last may lack its end; a UTF-8 BOM at the start is skipped.
 *
 * The file is read twice: once for its hash (rows and batches refer to it), once for its
 * rows; what cannot be read twice (a pipe) is copied into memory first.
 *
 * Threads: a source belongs to one thread; the maps and names that rows point to may be
 * read by others until source_close.
 * Not: does not judge encoding or syntax, only says what it saw of them. Rows that are no
 * data come out too, marked.
 */
#ifndef INDEXER_SOURCE_H
#define INDEXER_SOURCE_H

#include "core/str.h"
#include "indexer/grid.h"

#define SOURCE_MAX_LINE ((size_t)8 << 20)    /* bytes; a longer one is skipped */
#define SOURCE_MAX_PIPE ((int64_t)512 << 20) /* bytes of what is not a file */
#define SOURCE_NAME 160
#define SOURCE_NOTES GRID_MAX_NOTES

struct source;

enum source_fault {
    SOURCE_FINE,
    SOURCE_BLANK,     /* no row: `ignored` says why */
    SOURCE_TOO_LONG,  /* text holds its beginning only, or nothing */
    SOURCE_UTF16,     /* JSON Lines that begin with a UTF-16 mark or are built like it */
    SOURCE_UNDECODED, /* a row of a table with bytes that its encoding does not have */
    SOURCE_UNPARSED, /* a row of a table whose text got too long as JSON or in the file */
    SOURCE_QUOTE     /* a row of a table with quotes that cannot be right */
};

struct source_row {
    struct str text; /* without line end; valid until the next call */
    int64_t line;    /* 1-based: line, or row as the office program counts */
    enum source_fault fault;
    unsigned char hash[16];     /* xxh128 of the text, or of the row's cells */
    const char *ignored;        /* SOURCE_BLANK: why (Chinese) */
    const char *sheet;          /* of a workbook, else NULL */
    const struct grid_map *map; /* of a table, else NULL */
    int64_t fault_at;           /* SOURCE_UNDECODED: column, 1-based */
    bool open; /* SOURCE_UNDECODED, SOURCE_QUOTE: its secrecy is readable, and is 非密 */
    bool doubtful; /* perhaps no row of its own (sheet.h): not kept when it is refused */
};

struct source_options {
    const char *path;     /* for messages; never NULL */
    const char *profile;  /* NULL: found out; "json"; a name or a path (profile.h) */
    const char *encoding; /* NULL: found out */
    const char *profiles; /* folder of own profiles, NULL or "": none */
    const volatile int *stop;
};

/* fd stays the caller's and must be open for reading. STATUS_IO (a directory,
 * unreadable), STATUS_LIMIT (a pipe with too much), STATUS_NOMEM, STATUS_INTERRUPTED;
 * STATUS_INVALID: E_FILE (a kind that is not taken), E_PROFILE (no profile fits), or an
 * encoding or profile that does not go with the file; STATUS_NOT_FOUND: no such profile;
 * STATUS_CORRUPT: a damaged workbook (STATUS_INVALID in err, the store is sound). */
MUST_CHECK enum status source_open(int fd, const struct source_options *opt,
                                   struct source **out, struct err *err);
void source_close(struct source *s);
/* *more = false at the end; the file is checked then: STATUS_IO when it changed while it
 * was read. */
MUST_CHECK enum status source_next(struct source *s, struct source_row *row, bool *more,
                                   struct err *err);

const unsigned char *source_hash(const struct source *s); /* xxh128, 16 bytes */
int64_t source_bytes(const struct source *s);             /* size */
int64_t source_at(const struct source *s);                /* bytes consumed */

/* Only the sheet of a table file, for looking at it: the caller closes *sheet before
 * *out. STATUS_INVALID: no table. */
MUST_CHECK enum status source_open_sheet(int fd, const struct source_options *opt,
                                         struct source **out, struct sheet **sheet,
                                         struct err *err);

/* What the file was found to be; strings live until source_close. */
struct source_info {
    const char *kind;      /* "jsonl", "csv", "xlsx", "xls" */
    const char *profile;   /* names used so far, "" for JSON Lines */
    const char *encoding;  /* "UTF-8", …; "" for workbooks */
    const char *converter; /* program that read an .xls, or "" */
    char separator;        /* of CSV, else 0 */
    size_t nnotes;
    char note[SOURCE_NOTES][GRID_NOTE];
};
void source_info(struct source *s, struct source_info *out);

/* Does a row that could not be decoded or parsed show a secrecy or 密级 that is not
 * plainly 非密? Looks at the bytes: UTF-8, GB18030 and UTF-16, escapes included. When in
 * doubt, yes. */
bool source_shows_secrecy(struct str row);

#endif
