#include "core/err.h"

#include "core/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_code;
    int http_code;
} table[STATUS_COUNT] = {
    [STATUS_OK] = {"ok", 0, 200},
    [STATUS_NOT_FOUND] = {"not_found", 4, 404},
    [STATUS_GONE] = {"gone", 4, 410},
    [STATUS_USAGE] = {"usage", 2, 400},
    [STATUS_INVALID] = {"invalid", 1, 400},
    [STATUS_CONFLICT] = {"conflict", 1, 409},
    [STATUS_PARTIAL] = {"partial", 3, 200},
    [STATUS_BUSY] = {"busy", 5, 503},
    [STATUS_STALE] = {"stale", 1, 503},
    [STATUS_CORRUPT] = {"corrupt", 6, 503},
    [STATUS_IO] = {"io", 1, 500},
    [STATUS_NOMEM] = {"nomem", 1, 500},
    [STATUS_LIMIT] = {"limit", 1, 400},
    [STATUS_DEADLINE] = {"deadline", 1, 503},
    [STATUS_INTERRUPTED] = {"interrupted", 130, 503},
    [STATUS_INTERNAL] = {"internal", 1, 500},
};

static enum status known(enum status s) {
    return (unsigned)s < STATUS_COUNT ? s : STATUS_INTERNAL;
}

const char *status_name(enum status s) {
    return table[known(s)].name;
}
int status_exit_code(enum status s) {
    return table[known(s)].exit_code;
}
int status_http_code(enum status s) {
    return table[known(s)].http_code;
}

/* What is reported goes into JSON: where a precision ("%.60s") cut a character in the
 * middle of the sentence, or bytes came that are no UTF-8, stands one '?'. */
static void make_well_formed(char *z) {
    size_t n = strlen(z), bad;
    while ((bad = utf8_bad_at(str_slice(z, n))) < n) {
        size_t run = 1;
        while (bad + run < n && ((unsigned char)z[bad + run] & 0xC0) == 0x80) run++;
        z[bad] = '?';
        memmove(z + bad + 1, z + bad + run, n - bad - run + 1);
        n -= run - 1;
    }
}

/* Takes away the character that a full field cuts. */
static void mend(char *z) {
    size_t n = strlen(z), at = n;
    while (at > 0 && ((unsigned char)z[at - 1] & 0xC0) == 0x80) at--;
    unsigned char lead = at > 0 ? (unsigned char)z[at - 1] : 0;
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (at > 0 && n - at + 1 < want) z[at - 1] = 0;
    make_well_formed(z);
}

enum status err_set(struct err *err, enum status s, const char *code, const char *fmt,
                    ...) {
    if (!err) return s;
    memset(err, 0, sizeof *err);
    err->status = s;
    if (code) snprintf(err->code, sizeof err->code, "%s", code);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    mend(err->code);
    mend(err->text);
    return s;
}

enum status err_errno(struct err *err, const char *fmt, ...) {
    int e = errno;
    enum status s = e == ENOMEM ? STATUS_NOMEM : STATUS_IO;
    if (!err) return s;
    memset(err, 0, sizeof *err);
    err->status = s;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    size_t n = strlen(err->text);
    snprintf(err->text + n, sizeof err->text - n, ": %s", strerror(e));
    mend(err->text);
    return s;
}

void err_place(struct err *err, const char *file, long line, const char *field) {
    if (!err) return;
    if (file) snprintf(err->file, sizeof err->file, "%s", file);
    if (line) err->line = line;
    if (field) snprintf(err->field, sizeof err->field, "%s", field);
    mend(err->file);
    mend(err->field);
}

void err_prefix(struct err *err, const char *fmt, ...) {
    if (!err) return;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    size_t n = strlen(err->text);
    snprintf(err->text + n, sizeof err->text - n, ": %s", old);
    mend(err->text);
}

const char *err_line(const struct err *err, char *out, size_t size) {
    char line[32] = "";
    if (err->line) snprintf(line, sizeof line, "%ld:", err->line);
    snprintf(out, size, "%s%s%s%s%s%s%s%s%s%s", err->file, err->file[0] ? ":" : "", line,
             err->file[0] || err->line ? " " : "", err->field, err->field[0] ? ": " : "",
             err->text, err->code[0] ? " [" : "", err->code, err->code[0] ? "]" : "");
    if (size > 0) mend(out);
    return out;
}
