/* sheet.h - a table file (CSV, TSV, XLSX) as rows of cells, one row at a time.
 *
 * What an office program shows is what comes out: rows and columns are counted as there,
 * numbers read as they would be typed, dates are dates. What no eye sees comes out too,
 * marked: hidden rows, columns and sheets. No meaning is given to anything here; headers,
 * titles, sums and notes are rows like all others (profile.h judges them).
 *
 * Numbers: the shortest decimal that gives the same double, without exponent up to 15
 * digits before the point, so that a phone kept as a float comes out as its digits. A
 * whole number written out keeps its digits; a broken one is rounded to 15 digits as
 * Excel shows it (0.1+0.2 is 0.3).
 * Dates: "YYYY-MM-DD", with " HH:MM:SS" when it has a time of day; decided by the number
 * format, in the workbook's own system (1900 with its leap year bug, or 1904). A time or
 * duration alone is text, "08:30:00".
 * Formulas: their stored result. Merged cells: every empty cell of the area carries the
 * value of its first, marked `merged` (the first is not; a row may be nothing but such
 * cells). Areas of more than 65,536 cells, and columns past the first 1024, are left as
 * they are.
 * Blank rows of an XLSX do not come out: the row numbers show the gap.
 * Text: UTF-8; NUL and other control characters but tab and line ends stay in it (the
 * validator judges them); line ends inside a cell are LF.
 *
 * Limits bound what a hostile file can cost: a cell, a row, columns, merged areas,
 * sheets, and what a zip may unfold to. Past a limit of one cell or row: that row comes
 * out with SHEET_TOO_LONG and its beginning; past a limit of the file: STATUS_LIMIT, and
 * nothing of the file is taken.
 *
 * Threads: a sheet belongs to one thread.
 * Not: no conversion of old formats (convert.h), no guess what a file is (sniff.h).
 */
#ifndef INDEXER_SHEET_H
#define INDEXER_SHEET_H

#include "core/str.h"

#define SHEET_MAX_COLUMNS 1024u
#define SHEET_MAX_CELL ((size_t)1 << 20) /* bytes of one cell */
#define SHEET_MAX_ROW ((size_t)4 << 20)  /* bytes of all cells of one row */
#define SHEET_MAX_ROWS 2000000           /* of one file */

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_BOOL, CELL_ERROR };

struct sheet_cell {
    /* valid until the next row; CELL_BOOL: 是 or 否; CELL_ERROR: #N/A … */
    struct str text;
    enum cell_kind kind;
    bool hidden; /* its column is hidden */
    bool merged; /* its value stands in the first cell of a merged area */
};

enum sheet_fault {
    SHEET_FINE,
    SHEET_TOO_LONG, /* a limit of cell or row; cells hold what came before it */
    SHEET_ENCODING, /* bytes that the encoding does not have, as U+FFFD in the cells */
    SHEET_QUOTE     /* CSV: a quote never closed, or text right behind a closing one; the
                     * row is the one line, split at separators whatever the quotes */
};

struct sheet_row {
    int64_t row; /* 1-based, as the office program counts; CSV: the line it begins on */
    const char *sheet; /* name; NULL in a file without sheets */
    bool hidden;       /* the row, or its whole sheet */
    const struct sheet_cell *cell;
    size_t n; /* cells up to the last that is not empty; 0: a blank row */
    enum sheet_fault fault;
    int64_t fault_at; /* 1-based column of the first faulty cell */
    bool doubtful;    /* CSV: lies between a wrong quote and the place that showed it, on
                       * a later line: it and the row with the quote may be parts of one
                       * row. What is no good row of its own must then be treated as one
                       * whose secrecy is not known */
    struct str raw;   /* CSV: the row's bytes as they stand in the file (cut at
                       * SHEET_MAX_ROW); XLSX: empty */
    unsigned char hash[16]; /* xxh128 of raw, or of the cells' kinds and texts */
};

struct sheet;

/* A reader hands itself out as one of these. */
struct sheet_ops {
    enum status (*next)(struct sheet *s, struct sheet_row *row, bool *more,
                        struct err *err);
    int64_t (*at)(const struct sheet *s); /* bytes of the file consumed, for progress */
    void (*close)(struct sheet *s);
};
struct sheet {
    const struct sheet_ops *ops;
};

/* *more = false at the end. Sheets come one after another. STATUS_CORRUPT (the file ends
 * early or is damaged: what is wrong and where, in Chinese), STATUS_LIMIT, STATUS_IO,
 * STATUS_NOMEM. A failure means that nothing of the file may be taken. */
MUST_CHECK static inline enum status sheet_next(struct sheet *s, struct sheet_row *row,
                                                bool *more, struct err *err) {
    return s->ops->next(s, row, more, err);
}
static inline int64_t sheet_at(const struct sheet *s) {
    return s->ops->at(s);
}
static inline void sheet_close(struct sheet *s) {
    if (s) s->ops->close(s);
}

/* CSV and TSV (RFC 4180 and what offices make of it). separator: ',' '\t' ';' or 0 =
 * found out from the first lines. encoding: a name of encoding.h, or NULL = found out.
 * The fd stays the caller's, must be a regular file and is read by pread.
 *
 * Line ends are LF, CR and CRLF, mixed as they come; blanks belong to their cell. `raw`
 * and `hash` leave out the byte order mark and the line end behind the row. A quote
 * inside an unquoted cell is a character. Quotes that cannot be right (SHEET_QUOTE) are
 * taken back: a cell left open at the end of the file or for SHEET_MAX_ROW bytes, and a
 * closing quote with anything but a separator or a line end behind it. Then the first
 * line of the row comes out alone as the faulty row, and reading resumes at the line
 * after it, so that no later row is swallowed. At most CSV_MAX_REREAD bytes of a file are
 * read again for that; past them a cell no longer spans lines. A line longer than
 * SHEET_MAX_ROW ends its row (SHEET_TOO_LONG), whatever the quotes.
 * STATUS_USAGE: unknown encoding or separator; STATUS_INTERRUPTED. */
#define CSV_MAX_REREAD ((int64_t)64 << 20)
struct sheet_csv_options {
    const char *encoding;
    char separator;
    const volatile int *stop; /* NULL, or looked at while the encoding is found out */
};
MUST_CHECK enum status sheet_open_csv(int fd, const struct sheet_csv_options *opt,
                                      struct sheet **out, struct err *err);
/* What was found: "UTF-8", "GB18030", …, how many sequences of the file do not decode (0
 * when the encoding was given: then only the rows tell), and the separator. */
const char *sheet_csv_encoding(const struct sheet *s);
int64_t sheet_csv_bad(const struct sheet *s);
char sheet_csv_separator(const struct sheet *s);

/* XLSX, streamed (ECMA-376 parts: workbook, styles, shared strings, sheets). Hidden
 * sheets are read like all others; chart sheets and empty ones are passed over. The fd
 * stays the caller's and is read by pread. Opening reads the shared strings into a
 * nameless temporary file, so it takes its time on a large book. Statuses as sheet_next,
 * and STATUS_INVALID (no workbook, a password, a DTD); all but the system's own carry
 * code E_FILE, the part as field, the row as line, and a sentence in Chinese. */
MUST_CHECK enum status sheet_open_xlsx(int fd, struct sheet **out, struct err *err);

#endif
