#include "indexer/sniff.h"
#include "indexer/encoding.h"
#include "indexer/sniff_part.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARKUP ((size_t)4 << 10) /* where markup shows what it is */

enum status sniff_read(int fd, void *to, size_t n, int64_t at, size_t *got,
                       struct err *err) {
    size_t have = 0;
    while (have < n) {
        ssize_t k = pread(fd, (char *)to + have, n - have, (off_t)(at + (int64_t)have));
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return err_errno(err, "读取失败");
        if (k == 0) break;
        have += (size_t)k;
    }
    *got = have;
    return STATUS_OK;
}

static enum status read_head(int fd, char **out, size_t *n, int64_t *size,
                             struct err *err) {
    struct stat st;
    if (fstat(fd, &st) != 0) return err_errno(err, "读取失败");
    char *head = malloc(SNIFF_HEAD);
    if (!head) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status s = sniff_read(fd, head, SNIFF_HEAD, 0, n, err);
    if (s != STATUS_OK) {
        free(head);
        return s;
    }
    *out = head;
    *size = st.st_size;
    return STATUS_OK;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* --- by signature ------------------------------------------------------------------- */

static const struct {
    enum file_kind kind;
    size_t n;
    const char *bytes;
} signatures[] = {
    {FILE_ZIP, 4, "PK\3\4"},
    {FILE_ZIP, 4, "PK\5\6"},
    {FILE_ZIP, 4, "PK\7\10"},
    {FILE_XLS, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"},
    {FILE_RAR, 6, "Rar!\x1A\7"},
    {FILE_RAR, 6, "7z\xBC\xAF\x27\x1C"},
    {FILE_RAR, 3, "\x1F\x8B\x08"},
    {FILE_RAR, 4, "BZh9"},
    {FILE_RAR, 6,
     "\xFD"
     "7zXZ\0"},
    {FILE_IMAGE, 8, "\x89PNG\r\n\x1A\n"},
    {FILE_IMAGE, 3, "\xFF\xD8\xFF"},
    {FILE_IMAGE, 6, "GIF87a"},
    {FILE_IMAGE, 6, "GIF89a"},
    {FILE_IMAGE, 4, "II*\0"},
    {FILE_IMAGE, 4, "MM\0*"},
    {FILE_DOC, 5, "{\\rtf"},
    {FILE_BINARY, 4,
     "\x7F"
     "ELF"},
    {FILE_BINARY, 16, "SQLite format 3"},
    {FILE_BINARY, 13, "\0\1\0\0Standard "}, /* Access */
};

static int by_signature(struct str h, int64_t size) {
    for (size_t i = 0; i < ARRAY_LEN(signatures); i++)
        if (str_starts(h, str_slice(signatures[i].bytes, signatures[i].n)))
            return (int)signatures[i].kind;
    const unsigned char *p = (const unsigned char *)h.p;
    if (h.n >= 12 && memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0)
        return FILE_IMAGE;
    /* "BM" may begin a text: a bitmap knows its size. */
    if (h.n >= 14 && memcmp(p, "BM", 2) == 0 &&
        (p[2] | (int64_t)p[3] << 8 | (int64_t)p[4] << 16 | (int64_t)p[5] << 24) == size)
        return FILE_IMAGE;
    const char *pdf = memmem(h.p, h.n < 1024 ? h.n : 1024, "%PDF-", 5);
    if (pdf && (pdf == h.p || is_blank(pdf[-1]))) return FILE_PDF;
    /* BIFF without a container, of Excel 2 to 4 and of some programs: BOF, its length,
     * a version. Too old for any reader at hand. */
    if (h.n >= 8 && p[0] == 9 && (p[1] == 0 || p[1] == 2 || p[1] == 4 || p[1] == 8) &&
        p[2] <= 16 && p[3] == 0)
        return FILE_BINARY;
    return -1;
}

/* --- by text ------------------------------------------------------------------------ */

static bool holds(struct str text, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.n; i++)
        if (strncasecmp(text.p + i, word, n) == 0) return true;
    return false;
}

/* text: without blanks at its beginning. -1: no markup. */
static int by_markup(struct str text) {
    static const char *const html[] = {"<html", "<!doctype html", "<table", "<head",
                                       "<body", "<meta",          "<style", "<div"};
    if (text.n > MARKUP) text.n = MARKUP;
    if (holds(str_slice(text.p, text.n < 256 ? text.n : 256), "MIME-Version:") &&
        (holds(text, "multipart/related") || holds(text, "text/html")))
        return FILE_HTML;
    if (text.n < 2 || text.p[0] != '<') return -1;
    char c = text.p[1];
    if (!isalpha((unsigned char)c) && c != '!' && c != '?') return -1;
    for (size_t i = 0; i < ARRAY_LEN(html); i++)
        if (holds(text, html[i])) return FILE_HTML;
    /* A cell may begin with "<": an element is closed somewhere. */
    bool element = c == '?' || c == '!' || holds(text, "</") || holds(text, "/>");
    return element ? FILE_XML : -1;
}

static bool is_json(struct str text) {
    if (text.p[0] == '{') return true;
    size_t i = 1;
    while (i < text.n && is_blank(text.p[i])) i++;
    if (text.p[0] == '[' && i < text.n && text.p[i] == '{') return true;
    size_t lines = 0, objects = 0;
    bool begins = true;
    for (i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n' || c == '\r') {
            begins = true;
        } else if (begins && c != ' ' && c != '\t') {
            lines++;
            objects += c == '{';
            begins = false;
        }
    }
    return objects * 2 >= lines;
}

/* Text has few control characters; zeros at the end of the sample are what a crash leaves
 * behind. */
static bool is_text(struct str s) {
    size_t n = s.n, control = 0;
    while (n && s.p[n - 1] == 0) n--;
    if (n == 0) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        control +=
            (c < 0x20 && !is_blank((char)c) && c != '\f' && c != 0x1A) || c == 0x7F;
    }
    return control <= 4 || control <= n / 10;
}

static enum file_kind by_text(struct str text) {
    size_t i = 0;
    bool readable = is_text(text);
    while (i < text.n && is_blank(text.p[i])) i++;
    text = str_slice(text.p + i, text.n - i);
    if (text.n == 0) return FILE_EMPTY;
    int markup = by_markup(text);
    if (markup >= 0) return (enum file_kind)markup;
    if (is_json(text)) return FILE_JSONL;
    return readable ? FILE_TEXT : FILE_BINARY;
}

/* The beginning as text: without its mark, and UTF-16 as UTF-8 (then *made is freed by
 * the caller). */
static enum status as_text(struct str head, struct buf *made, struct str *out,
                           struct err *err) {
    size_t bom;
    int e = encoding_of_head(head, &bom);
    struct str rest = str_slice(head.p + bom, head.n - bom);
    *out = rest;
    if (e != ENCODING_UTF16LE && e != ENCODING_UTF16BE) return STATUS_OK;
    int64_t bad;
    enum status st = encoding_convert((enum encoding)e, rest, made, &bad, err);
    if (st == STATUS_OK) *out = buf_str(made);
    return st;
}

/* --- the file ----------------------------------------------------------------------- */

/* cgsbqy.zip of a completing unit, cgsb914.zip of a managing department, and copies such
 * as "cgsbqy(1).zip". Source: domain notes on the national program. */
static bool is_national(const char *name) {
    if (!name) return false;
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    size_t n = strlen(base);
    if (n < 10 || strncasecmp(base, "cgsb", 4) != 0 ||
        strcasecmp(base + n - 4, ".zip") != 0)
        return false;
    const char *mid = base + 4;
    bool unit = strncasecmp(mid, "qy", 2) == 0;
    size_t code = unit ? 2 : 3;
    for (size_t i = 0; i < code; i++)
        if (!isalnum((unsigned char)mid[i])) return false;
    return !isalnum((unsigned char)mid[code]);
}

enum status sniff_file(int fd, const char *name, enum file_kind *out, struct err *err) {
    char *head = NULL;
    size_t n = 0;
    int64_t size = 0;
    enum status st = read_head(fd, &head, &n, &size, err);
    if (st != STATUS_OK) return st;
    struct str h = str_slice(head, n);
    int kind = n ? by_signature(h, size) : FILE_EMPTY;
    if (kind == FILE_ZIP) {
        struct zip_look look;
        st = sniff_zip(fd, size, h, &look, err);
        if (st == STATUS_OK) kind = (int)look.kind;
        if ((kind == FILE_ZIP || kind == FILE_ENCRYPTED) && is_national(name))
            kind = FILE_NATIONAL;
    } else if (kind == FILE_XLS) {
        enum file_kind ole = FILE_BINARY;
        st = sniff_ole(fd, h, &ole, err);
        kind = (int)ole;
    } else if (kind < 0) {
        struct buf made = buf_init(0);
        struct str text = h;
        st = as_text(h, &made, &text, err);
        if (st == STATUS_OK) kind = (int)by_text(text);
        buf_done(&made);
    }
    free(head);
    if (st == STATUS_OK) *out = (enum file_kind)kind;
    return st;
}

const char *sniff_kind_name(enum file_kind k) {
    static const char *const names[FILE_KIND_COUNT] = {
        [FILE_EMPTY] = "empty", [FILE_JSONL] = "jsonl",
        [FILE_TEXT] = "csv",    [FILE_XLSX] = "xlsx",
        [FILE_XLS] = "xls",     [FILE_ENCRYPTED] = "encrypted",
        [FILE_XLSB] = "xlsb",   [FILE_ODS] = "ods",
        [FILE_DOCX] = "docx",   [FILE_DOC] = "doc",
        [FILE_PDF] = "pdf",     [FILE_HTML] = "html",
        [FILE_XML] = "xml",     [FILE_NATIONAL] = "national",
        [FILE_ZIP] = "zip",     [FILE_RAR] = "rar",
        [FILE_IMAGE] = "image", [FILE_BINARY] = "binary",
    };
    return (unsigned)k < FILE_KIND_COUNT ? names[k] : "?";
}
