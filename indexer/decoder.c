/* Reading a file piece by piece. Declared in encoding.h.
 *
 * Line ends are looked for in the bytes before they are decoded: no character of the
 * four encodings has LF or CR as a part, so that a line of bytes is a line of text, and
 * the bytes of every piece are known. */
#include "core/utf8.h"
#include "indexer/codec.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BUFFER (DECODER_PIECE * 4)

struct decoder {
    struct codec codec;
    int fd;
    bool eof;        /* nothing of the file is left behind p + to */
    int64_t next;    /* place in the file of p + to */
    size_t from, to; /* [from, to) of p is unread */
    size_t lf, cr;   /* the next line ends at or behind from; to when there is none */
    struct str raw;
    char *p;
    char *out; /* room for a decoded piece */
};

enum status decoder_open(int fd, enum encoding e, size_t bom, struct decoder **out,
                         struct err *err) {
    struct decoder *d = calloc(1, sizeof *d);
    if (!d) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    d->p = malloc(BUFFER);
    d->out = malloc(CODEC_ROOM(DECODER_PIECE));
    enum status st = d->p && d->out ? codec_open(e, &d->codec, err)
                                    : err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (st != STATUS_OK) {
        decoder_close(d);
        return st;
    }
    d->fd = fd;
    d->next = (int64_t)bom;
    *out = d;
    return STATUS_OK;
}

void decoder_close(struct decoder *d) {
    if (!d) return;
    codec_close(&d->codec);
    free(d->p);
    free(d->out);
    free(d);
}

int64_t decoder_at(const struct decoder *d) {
    return d->next - (int64_t)(d->to - d->from);
}

struct str decoder_raw(const struct decoder *d) {
    return d->raw;
}

void decoder_seek(struct decoder *d, int64_t at) {
    int64_t first = d->next - (int64_t)d->to; /* place of p[0] */
    if (at >= first && at <= d->next) {
        d->from = (size_t)(at - first);
    } else {
        d->from = d->to = 0;
        d->next = at;
        d->eof = false;
    }
    d->lf = d->cr = d->from;
    d->raw = str_slice(NULL, 0);
}

static enum status fill(struct decoder *d, struct err *err) {
    memmove(d->p, d->p + d->from, d->to - d->from);
    d->to -= d->from;
    d->from = d->lf = d->cr = 0;
    while (d->to < BUFFER && !d->eof) {
        ssize_t n = pread(d->fd, d->p + d->to, BUFFER - d->to, (off_t)d->next);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_errno(err, "读取失败");
        d->eof = n == 0;
        d->to += (size_t)n;
        d->next += n;
    }
    return STATUS_OK;
}

static size_t find_byte(const struct decoder *d, size_t at, char c) {
    const char *q = memchr(d->p + at, c, d->to - at);
    return q ? (size_t)(q - d->p) : d->to;
}

/* UTF-16: units are counted from `from`, which always begins one. */
static size_t find_unit(const struct decoder *d, size_t at, char c) {
    size_t lo = d->codec.e == ENCODING_UTF16BE;
    for (; d->to - at >= 2; at += 2)
        if (d->p[at + lo] == c && d->p[at + 1 - lo] == 0) return at;
    return d->to;
}

/* Bytes up to and with the next line end, all that is there without one. *whole: a line
 * end was found, and what follows cannot belong to it. */
static size_t line_length(struct decoder *d, bool *whole) {
    bool wide = d->codec.e == ENCODING_UTF16LE || d->codec.e == ENCODING_UTF16BE;
    size_t unit = wide ? 2 : 1;
    /* A place that was passed, or never looked for since the buffer was filled. */
    if (d->lf <= d->from)
        d->lf = wide ? find_unit(d, d->from, '\n') : find_byte(d, d->from, '\n');
    if (d->cr <= d->from)
        d->cr = wide ? find_unit(d, d->from, '\r') : find_byte(d, d->from, '\r');
    size_t end = d->lf < d->cr ? d->lf : d->cr;
    *whole = end < d->to && (end == d->lf || d->to - end >= 2 * unit || d->eof);
    if (end == d->to) return d->to - d->from;
    end += end == d->cr && d->lf == end + unit && d->lf < d->to ? 2 * unit : unit;
    return end - d->from;
}

enum status decoder_next(struct decoder *d, struct str *out, bool *bad, struct err *err) {
    bool whole;
    size_t n = line_length(d, &whole);
    if (!whole && !d->eof && d->to - d->from < DECODER_PIECE + 4) {
        enum status st = fill(d, err);
        if (st != STATUS_OK) return st;
        n = line_length(d, &whole);
    }
    bool final = whole || d->eof;
    if (n > DECODER_PIECE) {
        n = DECODER_PIECE;
        final = false;
        /* CR and LF stay together. */
        size_t unit =
            d->codec.e == ENCODING_UTF16LE || d->codec.e == ENCODING_UTF16BE ? 2 : 1;
        if (d->cr == d->from + n - unit) n -= unit;
    }
    const char *p = d->p + d->from;
    size_t taken = n, made = n;
    *bad = false;
    *out = str_slice(p, n);
    bool plain = d->codec.e == ENCODING_UTF8 && utf8_bad_at(*out) == n;
    if (!plain && n) {
        taken = codec_decode(&d->codec, p, n, final, d->out, &made, bad);
        *out = str_slice(d->out, made);
    }
    d->raw = str_slice(p, taken);
    d->from += taken;
    return STATUS_OK;
}
