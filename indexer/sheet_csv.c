/* CSV and TSV: libcsv cuts cells, this file feeds it one line at a time.
 *
 * Line by line, because libcsv tells that a row ended, not where: a row ends where the
 * call for its last line ended it. A line end is fed as one LF, whatever it was.
 *
 * libcsv runs in strict mode and stops at two faults. A quote inside an unquoted cell is
 * harmless (12" pipes): that one byte is fed leniently. Anything else behind a closing
 * quote means that the quotes cannot be trusted: see retreat(). */
#include "core/utf8.h"
#include "indexer/sheet.h"
#include "indexer/sheet_csv_separator.h"

#include <csv.h>
#include <stdlib.h>
#include <xxhash.h>

#define CELL_BLOCK ((size_t)4 << 10) /* by which libcsv's cell buffer grows */
#define MAX_TEXT (SHEET_MAX_ROW * 4) /* a byte of the file is at most 3 of UTF-8 */
#define NO_QUOTE 0xFF                /* a byte that UTF-8 never has */
#define LENIENT CSV_REPALL_NL
#define STRICT (CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL)

struct span {
    size_t at, n;
};

struct csv_sheet {
    struct sheet sheet; /* first: a sheet is cast back */
    struct decoder *d;
    struct csv_parser p;
    enum encoding encoding;
    size_t unit; /* bytes of a line end character in the file */
    char separator;
    int64_t bad;    /* of the whole file, when it was counted */
    int64_t line;   /* that the next piece belongs to, 1-based */
    int64_t rows;   /* given out */
    int64_t reread; /* bytes read again so far */
    int64_t doubt;  /* rows that begin before this byte are doubtful */
    bool plain;     /* this row is one line, read without regard to quotes */

    /* The row being read. */
    int64_t row_line, row_at; /* line and byte it begins on */
    struct buf text;          /* its cells' text, one after another */
    struct span span[SHEET_MAX_COLUMNS];
    struct sheet_cell cell[SHEET_MAX_COLUMNS];
    size_t ncell; /* cells seen, beyond SHEET_MAX_COLUMNS too */
    bool started; /* a byte of it was read */
    bool done;    /* it is over */
    bool nomem;   /* in libcsv */
    enum sheet_fault fault;
    int64_t fault_at;
    struct str raw;  /* its bytes: in the decoder's buffer, or kept */
    struct buf kept; /* when it is more than one piece */
    size_t bytes;    /* of it, so far */
    bool hashing;    /* more than kept may hold: hash has all of it */
    XXH3_state_t *hash;
};

static struct csv_sheet *of(const struct sheet *s) {
    return (struct csv_sheet *)(uintptr_t)s;
}

/* No blank is cut off. */
static int no_space(unsigned char c) {
    (void)c;
    return 0;
}

static void set_fault(struct csv_sheet *s, enum sheet_fault f, size_t column) {
    if (s->fault != SHEET_FINE) return;
    s->fault = f;
    s->fault_at = (int64_t)column;
}

static void on_cell(void *p, size_t n, void *data) {
    struct csv_sheet *s = data;
    s->ncell++;
    if (s->ncell > SHEET_MAX_COLUMNS) {
        if (n) set_fault(s, SHEET_TOO_LONG, s->ncell);
        return;
    }
    if (n > SHEET_MAX_CELL) {
        set_fault(s, SHEET_TOO_LONG, s->ncell);
        n = utf8_clip(str_slice(p, n), SHEET_MAX_CELL);
    }
    struct span *span = &s->span[s->ncell - 1];
    span->at = s->text.n;
    span->n = n;
    buf_add(&s->text, p, n);
}

static void on_row(int c, void *data) {
    (void)c;
    ((struct csv_sheet *)data)->done = true;
}

static enum status start_parser(struct csv_sheet *s, struct err *err) {
    csv_free(&s->p);
    if (csv_init(&s->p, STRICT) != 0) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    csv_set_blk_size(&s->p, CELL_BLOCK);
    csv_set_space_func(&s->p, no_space);
    csv_set_delim(&s->p, (unsigned char)s->separator);
    csv_set_quote(&s->p, s->plain ? NO_QUOTE : CSV_QUOTE);
    return STATUS_OK;
}

/* false: something other than a separator behind a closing quote. */
static bool feed(struct csv_sheet *s, const char *p, size_t n) {
    while (n) {
        size_t k = csv_parse(&s->p, p, n, on_cell, on_row, s);
        if (k == n) return true;
        if (csv_error(&s->p) != CSV_EPARSE) {
            s->nomem = true;
            return true;
        }
        p += k;
        n -= k;
        if (*p != '"') return false;
        csv_set_opts(&s->p, LENIENT);
        csv_parse(&s->p, p, 1, on_cell, on_row, s);
        csv_set_opts(&s->p, STRICT);
        p++;
        n--;
    }
    return true;
}

static void begin_row(struct csv_sheet *s) {
    s->row_line = s->line;
    s->row_at = decoder_at(s->d);
    buf_clear(&s->text);
    buf_clear(&s->kept);
    s->ncell = s->bytes = 0;
    s->started = s->done = s->hashing = false;
    s->fault = SHEET_FINE;
    s->fault_at = 0;
    s->raw = str_slice("", 0);
}

/* Bytes of the file that belong to the row. While one piece is the row, they stay in the
 * decoder's buffer. */
static void add_raw(struct csv_sheet *s, struct str raw, bool alone) {
    if (s->bytes == 0 && alone) {
        s->raw = raw;
        s->bytes = raw.n;
        return;
    }
    s->bytes += raw.n;
    size_t room = SHEET_MAX_ROW - s->kept.n;
    if (raw.n > room && !s->hashing) {
        s->hashing = true;
        XXH3_128bits_reset(s->hash);
        XXH3_128bits_update(s->hash, s->kept.p, s->kept.n);
    }
    if (s->hashing) XXH3_128bits_update(s->hash, raw.p, raw.n);
    buf_add(&s->kept, raw.p, raw.n < room ? raw.n : room);
    s->raw = buf_str(&s->kept);
}

static size_t line_end_length(struct str text) {
    size_t n = text.n;
    if (n && text.p[n - 1] == '\n') return n > 1 && text.p[n - 2] == '\r' ? 2 : 1;
    return n && text.p[n - 1] == '\r';
}

/* A line too long to be a row: what is left of it is read over. */
static enum status skip_line(struct csv_sheet *s, struct err *err) {
    for (;;) {
        struct str text, raw;
        bool bad;
        enum status st = decoder_next(s->d, &text, &bad, err);
        if (st != STATUS_OK || text.n == 0) return st;
        raw = decoder_raw(s->d);
        size_t end = line_end_length(text);
        raw.n -= end * s->unit;
        add_raw(s, raw, false);
        if (end) {
            s->line++;
            return STATUS_OK;
        }
    }
}

/* The quotes of this row cannot be right. Back to its first line, which is read again
 * alone and without regard to quotes; the lines behind it are read as if it had none. */
static enum status retreat(struct csv_sheet *s, struct err *err) {
    if (decoder_at(s->d) > s->doubt) s->doubt = decoder_at(s->d);
    s->reread += decoder_at(s->d) - s->row_at;
    decoder_seek(s->d, s->row_at);
    s->line = s->row_line;
    begin_row(s);
    s->plain = true;
    return start_parser(s, err);
}

/* One piece of the file for the row: false when its quotes are wrong. */
static bool add_piece(struct csv_sheet *s, struct str text, bool bad) {
    size_t end = line_end_length(text);
    struct str raw = decoder_raw(s->d);
    bool fine = feed(s, text.p, text.n - end);
    if (bad) set_fault(s, SHEET_ENCODING, s->ncell + 1);
    if (fine && end) fine = feed(s, "\n", 1);
    if (s->done) raw.n -= end * s->unit;
    add_raw(s, raw, s->done);
    s->started = true;
    s->line += end != 0;
    return fine;
}

/* The row ends here, in the middle of whatever it is in. */
static void cut_row(struct csv_sheet *s) {
    set_fault(s, SHEET_TOO_LONG, s->ncell + 1);
    csv_set_opts(&s->p, LENIENT);
    if (csv_fini(&s->p, on_cell, on_row, s) != 0) s->nomem = true;
    csv_set_opts(&s->p, STRICT);
    s->done = true;
}

static enum status read_row(struct csv_sheet *s, struct err *err) {
    begin_row(s);
    while (!s->done) {
        struct str text;
        bool bad, fine;
        int64_t line = s->line;
        enum status st = decoder_next(s->d, &text, &bad, err);
        if (st != STATUS_OK) return st;
        if (text.n == 0) {
            if (!s->started) return STATUS_OK;
            fine = csv_fini(&s->p, on_cell, on_row, s) == 0;
            s->done = fine;
        } else {
            fine = add_piece(s, text, bad);
        }
        bool line_over = s->line > line, too_long = s->bytes > SHEET_MAX_ROW;
        if (!s->done && fine && s->line > s->row_line + line_over)
            fine = !too_long; /* not on its first line any more */
        if (!s->done && fine && line_over && !too_long)
            fine = s->reread <= CSV_MAX_REREAD;
        if (!fine) {
            st = retreat(s, err);
        } else if (!s->done && too_long) {
            cut_row(s);
            if (!line_over) st = skip_line(s, err);
        }
        if (st != STATUS_OK) return st;
        if (s->nomem || s->text.failed || s->kept.failed)
            return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    return STATUS_OK;
}

/* A row whose quotes are wrong names the first cell with a quote that is not closed. */
static size_t wrong_quote(const struct csv_sheet *s, size_t n) {
    size_t first = 0;
    for (size_t i = n; i-- > 0;) {
        struct str t = s->cell[i].text;
        if (t.n == 0 || t.p[0] != '"') continue;
        if (t.n == 1 || t.p[t.n - 1] != '"' || first == 0) first = i + 1;
    }
    return first ? first : 1;
}

static void hand_out(struct csv_sheet *s, struct sheet_row *row) {
    size_t n = s->ncell < SHEET_MAX_COLUMNS ? s->ncell : SHEET_MAX_COLUMNS, last = 0;
    for (size_t i = 0; i < n; i++) {
        struct span at = s->span[i];
        s->cell[i].text = str_slice(at.n ? s->text.p + at.at : "", at.n);
        s->cell[i].kind = at.n ? CELL_TEXT : CELL_EMPTY;
        if (at.n) last = i + 1;
    }
    if (s->bytes > SHEET_MAX_ROW) set_fault(s, SHEET_TOO_LONG, s->ncell);
    if (s->plain) set_fault(s, SHEET_QUOTE, wrong_quote(s, last));
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, s->hashing ? XXH3_128bits_digest(s->hash)
                                            : XXH3_128bits(s->raw.p, s->raw.n));
    *row = (struct sheet_row){.row = s->row_line,
                              .cell = s->cell,
                              .n = last,
                              .fault = s->fault,
                              .fault_at = s->fault_at,
                              .doubtful =
                                  (s->plain ? decoder_at(s->d) : s->row_at) < s->doubt,
                              .raw = s->raw};
    memcpy(row->hash, c.digest, sizeof row->hash);
}

static enum status csv_next(struct sheet *sheet, struct sheet_row *row, bool *more,
                            struct err *err) {
    struct csv_sheet *s = of(sheet);
    enum status st = read_row(s, err);
    if (st != STATUS_OK) return st;
    *more = s->done;
    if (!s->done) return STATUS_OK;
    if (s->rows == SHEET_MAX_ROWS)
        return err_set(err, STATUS_LIMIT, "limit", "超过 %d 行，没有导入；请分成几个文件",
                       SHEET_MAX_ROWS);
    s->rows++;
    hand_out(s, row);
    if (!s->plain) return STATUS_OK;
    s->plain = false;
    return start_parser(s, err);
}

static int64_t csv_at(const struct sheet *sheet) {
    return decoder_at(of(sheet)->d);
}

static void csv_close(struct sheet *sheet) {
    struct csv_sheet *s = of(sheet);
    csv_free(&s->p);
    decoder_close(s->d);
    XXH3_freeState(s->hash);
    buf_done(&s->text);
    buf_done(&s->kept);
    free(s);
}

static const struct sheet_ops csv_ops = {csv_next, csv_at, csv_close};

static enum status choose_encoding(int fd, const struct sheet_csv_options *opt,
                                   struct csv_sheet *s, size_t *bom, struct err *err) {
    if (!opt->encoding)
        return encoding_find(fd, opt->stop, &s->encoding, bom, &s->bad, err);
    int e = encoding_by_name(str_of(opt->encoding));
    if (e < 0)
        return err_set(err, STATUS_USAGE, "encoding",
                       "不认识编码“%s”；可用 utf-8、utf-16、gb18030（gbk、gb2312）",
                       opt->encoding);
    s->encoding = (enum encoding)e;
    return encoding_mark(fd, &s->encoding, bom, err);
}

enum status sheet_open_csv(int fd, const struct sheet_csv_options *opt,
                           struct sheet **out, struct err *err) {
    if (opt->separator && !strchr(",\t;", opt->separator))
        return err_set(err, STATUS_USAGE, "separator", "分隔符只能是逗号、分号或制表符");
    struct csv_sheet *s = calloc(1, sizeof *s);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    s->sheet.ops = &csv_ops;
    s->text = buf_init(MAX_TEXT);
    s->kept = buf_init(SHEET_MAX_ROW);
    s->line = 1;
    s->hash = XXH3_createState();
    size_t bom = 0;
    enum status st = s->hash ? choose_encoding(fd, opt, s, &bom, err)
                             : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    s->unit = s->encoding == ENCODING_UTF16LE || s->encoding == ENCODING_UTF16BE ? 2 : 1;
    if (st == STATUS_OK) st = decoder_open(fd, s->encoding, bom, &s->d, err);
    s->separator = opt->separator;
    if (st == STATUS_OK && !s->separator) {
        st = csv_find_separator(s->d, &s->separator, err);
        if (st == STATUS_OK) decoder_seek(s->d, (int64_t)bom);
    }
    if (st == STATUS_OK) st = start_parser(s, err);
    if (st != STATUS_OK) {
        csv_close(&s->sheet);
        return st;
    }
    *out = &s->sheet;
    return STATUS_OK;
}

const char *sheet_csv_encoding(const struct sheet *s) {
    return encoding_name(of(s)->encoding);
}
int64_t sheet_csv_bad(const struct sheet *s) {
    return of(s)->bad;
}
char sheet_csv_separator(const struct sheet *s) {
    return of(s)->separator;
}
