#include "indexer/source.h"
#include "core/utf8.h"
#include "indexer/convert.h"
#include "indexer/encoding.h"
#include "indexer/sniff.h"
#include "indexer/source_jsonl.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* the size of a hash state */
#include <xxhash.h>

#define CHUNK ((size_t)1 << 20)

struct source {
    char path[SOURCE_NAME];
    int fd;        /* the caller's, or own */
    int own;       /* -1, or a copy of a pipe in memory */
    int converted; /* -1, or the workbook that an .xls became */
    int64_t bytes;
    unsigned char hash[16];
    const volatile int *stop;
    bool utf16;
    enum file_kind kind;
    const char *tool;
    struct profile_set profiles;
    struct jsonl *lines; /* one of these two */
    struct grid *table;
    struct sheet *csv; /* the table's, while it is CSV */
};

/* ------------------------------------------------------------------------------ bytes */

enum status source_failed(const char *path, struct err *err) {
    enum status st = errno == EISDIR
                         ? err_set(err, STATUS_IO, "io", "这是目录，请给出其中的文件")
                         : err_errno(err, "读取失败");
    err_place(err, path, 0, NULL);
    return st;
}

enum status source_changed(const char *path, struct err *err) {
    err_set(err, STATUS_IO, "changed", "文件在读取时被改动；没有导入，请等它写完再试");
    err_place(err, path, 0, NULL);
    return STATUS_IO;
}

ssize_t source_read(int fd, void *p, size_t n, const volatile int *stop) {
    ssize_t got;
    do got = read(fd, p, n);
    while (got < 0 && errno == EINTR && !(stop && *stop));
    return got;
}

static bool write_all(int fd, const char *p, size_t n) {
    while (n) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static void look_for_utf16(struct source *s, const unsigned char *b, ssize_t n) {
    s->utf16 =
        n >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF) ||
                   (b[0] == 0 && b[1] == '{') || (b[0] == '{' && b[1] == 0));
}

/* One whole reading: size and hash; a pipe is copied to s->own on the way. */
static enum status scan(struct source *s, int64_t *bytes, unsigned char hash[16],
                        struct err *err) {
    XXH3_state_t *h = XXH3_createState();
    char *p = malloc(CHUNK);
    enum status st = STATUS_OK;
    if (!h || !p) {
        XXH3_freeState(h);
        free(p);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    XXH3_128bits_reset(h);
    *bytes = 0;
    while (st == STATUS_OK) {
        ssize_t n = source_read(s->fd, p, CHUNK, s->stop);
        if (s->stop && *s->stop)
            st = err_set(err, STATUS_INTERRUPTED, NULL, "已中断，没有改动");
        else if (n < 0)
            st = source_failed(s->path, err);
        if (st != STATUS_OK || n == 0) break;
        if (*bytes == 0) look_for_utf16(s, (const unsigned char *)p, n);
        XXH3_128bits_update(h, p, (size_t)n);
        *bytes += n;
        if (s->own < 0) continue;
        if (*bytes > SOURCE_MAX_PIPE) {
            st = err_set(err, STATUS_LIMIT, "limit",
                         "管道中的数据超过 %lld MiB，请先存为文件再导入",
                         (long long)(SOURCE_MAX_PIPE >> 20));
            err_place(err, s->path, 0, NULL);
        } else if (!write_all(s->own, p, (size_t)n)) {
            st = source_failed(s->path, err);
        }
    }
    if (st == STATUS_OK) {
        XXH128_canonical_t c;
        XXH128_canonicalFromHash(&c, XXH3_128bits_digest(h));
        memcpy(hash, c.digest, 16);
    }
    XXH3_freeState(h);
    free(p);
    return st;
}

static enum status open_bytes(struct source *s, int fd, struct err *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return source_failed(s->path, err);
    if (S_ISREG(info.st_mode)) {
        if (lseek(fd, 0, SEEK_SET) < 0) return source_failed(s->path, err);
    } else if (!S_ISDIR(info.st_mode)) {
        s->own = memfd_create("chengguo-rows", MFD_CLOEXEC);
        if (s->own < 0) return err_errno(err, "不能在内存中暂存");
    }
    enum status st = scan(s, &s->bytes, s->hash, err);
    if (st == STATUS_OK && s->own >= 0) s->fd = s->own;
    return st;
}

/* ------------------------------------------------------------------------------- kinds
 */

static bool is_jsonl_name(const char *path) {
    static const char *const ends[] = {".jsonl", ".ndjson", ".json"};
    size_t n = strlen(path);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        size_t len = strlen(ends[i]);
        if (n > len && strcasecmp(path + n - len, ends[i]) == 0) return true;
    }
    return false;
}

static bool is_json(const char *profile) {
    return profile && strcmp(profile, "json") == 0;
}

/* A damaged workbook is a wrong file, not a damaged store. */
static enum status blame_file(struct source *s, enum status st, struct err *err) {
    if (st == STATUS_CORRUPT) st = STATUS_INVALID;
    if (err) {
        if (err->status == STATUS_CORRUPT) err->status = STATUS_INVALID;
        if (!err->code[0] && st == STATUS_INVALID) memcpy(err->code, "E_FILE", 7);
        if (!err->file[0]) err_place(err, s->path, 0, NULL);
    }
    return st;
}

static enum status check_encoding(struct source *s, const char *encoding,
                                  struct err *err) {
    int e = encoding ? encoding_by_name(str_of(encoding)) : (int)ENCODING_UTF8;
    if (e < 0)
        return err_set(
            err, STATUS_USAGE, "encoding",
            "不认识编码 %.40s，应为 UTF-8、UTF-16LE、UTF-16BE 或 GB18030（GBK）",
            encoding);
    if (s->kind == FILE_JSONL && e != ENCODING_UTF8)
        return err_set(err, STATUS_USAGE, "encoding",
                       "JSON Lines 只能是 UTF-8，不能是 %.40s", encoding);
    return STATUS_OK;
}

static enum status open_sheet(struct source *s, const struct source_options *opt,
                              struct sheet **out, struct err *err) {
    struct sheet *sheet = NULL;
    enum status st = STATUS_OK;
    if (s->kind == FILE_TEXT) {
        struct sheet_csv_options csv = {.encoding = opt->encoding, .stop = opt->stop};
        st = sheet_open_csv(s->fd, &csv, &sheet, err);
        s->csv = sheet;
    } else {
        int fd = s->fd;
        if (s->kind == FILE_XLS) {
            st = convert_xls(s->fd, opt->stop, &s->converted, &s->tool, err);
            fd = s->converted;
        }
        if (st == STATUS_OK) st = sheet_open_xlsx(fd, &sheet, err);
    }
    if (st == STATUS_OK) *out = sheet;
    return st;
}

static enum status open_table(struct source *s, const struct source_options *opt,
                              struct err *err) {
    struct sheet *sheet = NULL;
    enum status st = profile_choose(opt->profile, opt->profiles, &s->profiles, err);
    if (st == STATUS_OK) st = open_sheet(s, opt, &sheet, err);
    if (st == STATUS_OK)
        st =
            grid_open(sheet, &s->profiles, opt->profile != NULL, s->path, &s->table, err);
    return st;
}

/* What it is, and that it is taken. */
static enum status find_kind(struct source *s, const struct source_options *opt,
                             struct err *err) {
    enum status st = STATUS_OK;
    if (is_json(opt->profile))
        s->kind = FILE_JSONL;
    else
        st = sniff_file(s->fd, s->path, &s->kind, err);
    if (st != STATUS_OK) return st;
    if (s->kind == FILE_EMPTY || (s->kind == FILE_TEXT && is_jsonl_name(s->path)))
        s->kind = FILE_JSONL;
    if (!is_json(opt->profile)) st = sniff_refuse(s->fd, s->kind, err);
    return st == STATUS_OK ? check_encoding(s, opt->encoding, err) : st;
}

static enum status open_rows(struct source *s, const struct source_options *opt,
                             struct err *err) {
    enum status st = find_kind(s, opt, err);
    if (st != STATUS_OK) return st;
    if (s->kind != FILE_JSONL) return open_table(s, opt, err);
    if (opt->profile && !is_json(opt->profile) && s->bytes > 0)
        return err_set(err, STATUS_INVALID, "E_PROFILE",
                       "这是 JSON Lines 文件，不用样式；请去掉 --profile %.40s",
                       opt->profile);
    return jsonl_open(s->fd, s->path, s->hash, s->utf16, s->stop, &s->lines, err);
}

static struct source *source_new(int fd, const struct source_options *opt) {
    struct source *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->fd = fd;
    s->own = s->converted = -1;
    s->stop = opt->stop;
    s->tool = "";
    memcpy(s->path, opt->path, utf8_clip(str_of(opt->path), sizeof s->path - 1));
    return s;
}

enum status source_open(int fd, const struct source_options *opt, struct source **out,
                        struct err *err) {
    struct source *s = source_new(fd, opt);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status st = open_bytes(s, fd, err);
    if (st == STATUS_OK) st = blame_file(s, open_rows(s, opt, err), err);
    if (st != STATUS_OK) {
        source_close(s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}

enum status source_open_sheet(int fd, const struct source_options *opt,
                              struct source **out, struct sheet **sheet,
                              struct err *err) {
    struct source *s = source_new(fd, opt);
    if (!s) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status st = open_bytes(s, fd, err);
    if (st == STATUS_OK) st = blame_file(s, find_kind(s, opt, err), err);
    if (st == STATUS_OK && s->kind == FILE_JSONL) {
        st = err_set(err, STATUS_INVALID, "E_FILE",
                     "这是 JSON Lines 文件或空文件，不用样式");
        err_place(err, s->path, 0, NULL);
    }
    if (st == STATUS_OK) st = blame_file(s, open_sheet(s, opt, sheet, err), err);
    if (st != STATUS_OK) {
        source_close(s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}

void source_close(struct source *s) {
    if (!s) return;
    jsonl_close(s->lines);
    grid_close(s->table);
    profile_set_done(&s->profiles);
    if (s->own >= 0) close(s->own);
    if (s->converted >= 0) close(s->converted);
    free(s);
}

const unsigned char *source_hash(const struct source *s) {
    return s->hash;
}
int64_t source_bytes(const struct source *s) {
    return s->bytes;
}
int64_t source_at(const struct source *s) {
    if (s->lines) return jsonl_at(s->lines);
    return s->converted >= 0 ? 0 : grid_at(s->table);
}

/* ------------------------------------------------------------------------------- rows */

static enum status check_unchanged(struct source *s, struct err *err) {
    int64_t bytes = 0;
    unsigned char hash[16];
    if (s->own >= 0) return STATUS_OK;
    if (lseek(s->fd, 0, SEEK_SET) < 0) return source_failed(s->path, err);
    enum status st = scan(s, &bytes, hash, err);
    if (st != STATUS_OK) return st;
    return bytes == s->bytes && memcmp(hash, s->hash, sizeof hash) == 0
               ? STATUS_OK
               : source_changed(s->path, err);
}

static void table_to_source(const struct grid_row *from, struct source_row *to) {
    static const enum source_fault faults[] = {[SHEET_FINE] = SOURCE_FINE,
                                               [SHEET_TOO_LONG] = SOURCE_UNPARSED,
                                               [SHEET_ENCODING] = SOURCE_UNDECODED,
                                               [SHEET_QUOTE] = SOURCE_QUOTE};
    *to = (struct source_row){.text = from->text,
                              .line = from->row,
                              .fault = from->ignored ? SOURCE_BLANK : faults[from->fault],
                              .ignored = from->ignored,
                              .sheet = from->sheet,
                              .map = from->map,
                              .fault_at = from->fault_at,
                              .open = from->open,
                              .doubtful = from->doubtful};
    memcpy(to->hash, from->hash, sizeof to->hash);
}

enum status source_next(struct source *s, struct source_row *row, bool *more,
                        struct err *err) {
    if (s->lines) return jsonl_next(s->lines, row, more, err);
    struct grid_row t;
    bool some = false;
    enum status st = blame_file(s, grid_next(s->table, &t, &some, err), err);
    if (st != STATUS_OK) return st;
    if (!some && (st = check_unchanged(s, err)) != STATUS_OK) return st;
    if (some) table_to_source(&t, row);
    *more = some;
    return STATUS_OK;
}

void source_info(struct source *s, struct source_info *out) {
    *out = (struct source_info){.kind = sniff_kind_name(s->kind),
                                .profile = "",
                                .encoding = "",
                                .converter = s->tool};
    if (s->lines) {
        out->encoding = s->utf16 ? "UTF-16" : "UTF-8";
        return;
    }
    out->profile = grid_profiles(s->table);
    out->nnotes = grid_notes(s->table, out->note);
    if (!s->csv) return;
    out->encoding = sheet_csv_encoding(s->csv);
    out->separator = sheet_csv_separator(s->csv);
}
