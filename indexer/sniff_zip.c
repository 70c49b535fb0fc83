/* What a zip holds, by its directory. Declared in sniff_part.h.
 *
 * libzip keeps every entry of a directory in memory, so the directory's size is looked up
 * first, in the records at the end of the file (APPNOTE 4.3.14 to 4.3.16). */
#include "core/utf8.h"
#include "indexer/encoding.h"
#include "indexer/sniff_part.h"

#include <errno.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unistd.h>
#include <zip.h>

#define TAIL                                                                             \
    ((size_t)66 << 10) /* the end record with the longest comment, and zip64's           \
                        */
#define NAME_BYTES 48  /* of one name in the list */

struct zip_fd {
    int fd;
    int64_t size, at;
    int read_errno;
    zip_error_t error;
};

/* libzip's own sources move the position of the caller's fd. */
static zip_int64_t on_zip(void *user, void *data, zip_uint64_t n, zip_source_cmd_t cmd) {
    struct zip_fd *z = user;
    if (cmd == ZIP_SOURCE_OPEN) return z->at = 0;
    if (cmd == ZIP_SOURCE_CLOSE || cmd == ZIP_SOURCE_FREE) return 0;
    if (cmd == ZIP_SOURCE_TELL) return z->at;
    if (cmd == ZIP_SOURCE_ERROR) return zip_error_to_data(&z->error, data, n);
    if (cmd == ZIP_SOURCE_SUPPORTS) return ZIP_SOURCE_SUPPORTS_SEEKABLE;
    if (cmd == ZIP_SOURCE_STAT) {
        zip_stat_t *st = data;
        if (n < sizeof *st) return -1;
        zip_stat_init(st);
        st->size = (zip_uint64_t)z->size;
        st->valid = ZIP_STAT_SIZE;
        return (zip_int64_t)sizeof *st;
    }
    if (cmd == ZIP_SOURCE_SEEK) {
        zip_int64_t to = zip_source_seek_compute_offset(
            (zip_uint64_t)z->at, (zip_uint64_t)z->size, data, n, &z->error);
        if (to < 0) return -1;
        z->at = to;
        return 0;
    }
    if (cmd == ZIP_SOURCE_READ) {
        size_t got;
        struct err err;
        if (sniff_read(z->fd, data, n, z->at, &got, &err) != STATUS_OK) {
            z->read_errno = errno;
            zip_error_set(&z->error, ZIP_ER_READ, errno);
            return -1;
        }
        z->at += (int64_t)got;
        return (zip_int64_t)got;
    }
    zip_error_set(&z->error, ZIP_ER_OPNOTSUPP, 0);
    return -1;
}

static uint64_t little(const unsigned char *p, int n) {
    uint64_t v = 0;
    for (int i = n - 1; i >= 0; i--) v = v << 8 | p[i];
    return v;
}

/* The largest directory that any end record of the file claims and the file has room
 * for; libzip may settle for any of them. */
static enum status directory_size(int fd, int64_t size, uint64_t *out, struct err *err) {
    unsigned char *tail = malloc(TAIL);
    if (!tail) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    int64_t from = size > (int64_t)TAIL ? size - (int64_t)TAIL : 0;
    size_t n;
    enum status st = sniff_read(fd, tail, TAIL, from, &n, err);
    uint64_t most = 0;
    for (size_t i = 0; st == STATUS_OK && i + 20 <= n; i++) {
        const unsigned char *p = tail + i;
        uint64_t claims = 0;
        if (memcmp(p, "PK\5\6", 4) == 0) {
            claims = little(p + 12, 4);
        } else if (memcmp(p, "PK\6\7", 4) == 0) {
            unsigned char end[56];
            size_t got;
            uint64_t at = little(p + 8, 8);
            if (at > (uint64_t)size) continue;
            st = sniff_read(fd, end, sizeof end, (int64_t)at, &got, err);
            if (got == sizeof end && memcmp(end, "PK\6\6", 4) == 0)
                claims = little(end + 40, 8);
        }
        if (claims <= (uint64_t)size && claims > most) most = claims;
    }
    free(tail);
    if (st == STATUS_OK) *out = most;
    return st;
}

/* A name as bytes of unknown encoding, for people to read. */
static void add_name(struct zip_look *look, const char *name) {
    struct str raw = str_of(name);
    if (raw.n > NAME_BYTES * 4) raw.n = NAME_BYTES * 4;
    bool utf8 = utf8_bad_at(raw) + 4 > raw.n;
    struct buf text = buf_init(0), clean = buf_init(0);
    int64_t bad;
    if (encoding_convert(utf8 ? ENCODING_UTF8 : ENCODING_GB18030, raw, &text, &bad,
                         NULL) == STATUS_OK) {
        for (const char *p = buf_z(&text), *end = p + text.n; p < end;) {
            const char *from = p;
            uint32_t cp;
            p = utf8_next(p, end, &cp);
            if (U_GET_GC_MASK((UChar32)cp) & (U_GC_C_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK))
                continue;
            buf_add(&clean, from, (size_t)(p - from));
        }
        size_t n = utf8_clip(buf_str(&clean), NAME_BYTES), had = strlen(look->list);
        const char *more = n < clean.n ? "…" : "", *join = had ? "、" : "";
        if (!clean.failed && n &&
            had + strlen(join) + n + strlen(more) < sizeof look->list) {
            struct buf item = buf_init(0);
            buf_add_z(&item, join);
            buf_add(&item, clean.p, n);
            buf_add_z(&item, more);
            if (!item.failed) {
                memcpy(look->list + had, item.p, item.n + 1);
                look->listed++;
            }
            buf_done(&item);
        }
    }
    buf_done(&text);
    buf_done(&clean);
}

static bool has(zip_t *zip, const char *name) {
    return zip_name_locate(zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW) >= 0;
}

static enum file_kind kind_of(zip_t *zip, struct str head) {
    static const char ods[] = "mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    static const char odt[] = "mimetypeapplication/vnd.oasis.opendocument.text";
    if (has(zip, "xl/workbook.bin")) return FILE_XLSB;
    if (has(zip, "xl/workbook.xml")) return FILE_XLSX;
    if (has(zip, "word/document.xml")) return FILE_DOCX;
    if (memmem(head.p, head.n, ods, sizeof ods - 1)) return FILE_ODS;
    if (memmem(head.p, head.n, odt, sizeof odt - 1)) return FILE_DOCX;
    /* A workbook may keep its parts elsewhere; the reader follows its relations. */
    bool office = has(zip, "[Content_Types].xml") && has(zip, "_rels/.rels");
    zip_int64_t n = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; office && i < n; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (name && strstr(name, "worksheets/")) return FILE_XLSX;
    }
    return FILE_ZIP;
}

static bool any_encrypted(zip_t *zip) {
    zip_int64_t n = zip_get_num_entries(zip, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t st;
        if (zip_stat_index(zip, (zip_uint64_t)i, 0, &st) == 0 &&
            (st.valid & ZIP_STAT_ENCRYPTION_METHOD) &&
            st.encryption_method != ZIP_EM_NONE)
            return true;
    }
    return false;
}

static void look_inside(zip_t *zip, struct str head, struct zip_look *look) {
    look->readable = true;
    look->members = zip_get_num_entries(zip, 0);
    look->kind = any_encrypted(zip) ? FILE_ENCRYPTED : kind_of(zip, head);
    for (zip_int64_t i = 0; i < look->members && i < SNIFF_MEMBERS; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (name) add_name(look, name);
    }
}

/* No directory: the first members' own headers are all there is. */
static enum file_kind kind_of_rest(struct str head) {
    if (memmem(head.p, head.n, "word/", 5)) return FILE_DOCX;
    if (memmem(head.p, head.n, "xl/", 3) ||
        memmem(head.p, head.n, "[Content_Types].xml", 19))
        return FILE_XLSX;
    return FILE_ZIP;
}

enum status sniff_zip(int fd, int64_t size, struct str head, struct zip_look *out,
                      struct err *err) {
    struct zip_look look = {.kind = FILE_ZIP};
    uint64_t directory = 0;
    enum status st = directory_size(fd, size, &directory, err);
    if (st != STATUS_OK) return st;
    if (directory > SNIFF_DIRECTORY) {
        *out = look;
        return STATUS_OK;
    }
    struct zip_fd z = {.fd = fd, .size = size};
    zip_error_t error;
    zip_error_init(&z.error);
    zip_error_init(&error);
    zip_source_t *src = zip_source_function_create(on_zip, &z, &error);
    zip_t *zip = src ? zip_open_from_source(src, ZIP_RDONLY, &error) : NULL;
    if (zip) {
        look_inside(zip, head, &look);
        zip_discard(zip);
    } else {
        if (src) zip_source_free(src);
        look.kind = kind_of_rest(head);
        if (z.read_errno) {
            errno = z.read_errno;
            st = err_errno(err, "读取失败");
        } else if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) {
            st = err_set(err, STATUS_NOMEM, NULL, "内存不足");
        }
    }
    zip_error_fini(&error);
    zip_error_fini(&z.error);
    if (st == STATUS_OK) *out = look;
    return st;
}
