#include "indexer/sheet_xlsx_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

struct xlsx_zip {
    zip_t *zip;
    int fd;
    int64_t size, at; /* of the file */
    int bad_read;     /* errno of a failed pread, or 0 */
    zip_error_t error;
    uint64_t unfolded, may_unfold;
};

struct xlsx_part {
    struct xlsx_zip *z;
    zip_file_t *file;
    uint64_t out, may;
    char name[XLSX_PART_NAME];
};

/* libzip's own sources read by FILE position, which the caller's fd shares. */
static zip_int64_t source(void *user, void *data, zip_uint64_t len,
                          zip_source_cmd_t cmd) {
    struct xlsx_zip *z = user;
    switch ((int)cmd) {
        case ZIP_SOURCE_OPEN:
            return z->at = 0;
        case ZIP_SOURCE_CLOSE:
        case ZIP_SOURCE_ACCEPT_EMPTY:
        case ZIP_SOURCE_FREE:
            return 0;
        case ZIP_SOURCE_READ: {
            ssize_t n;
            do n = pread(z->fd, data, len, z->at);
            while (n < 0 && errno == EINTR);
            if (n < 0) {
                z->bad_read = errno;
                zip_error_set(&z->error, ZIP_ER_READ, errno);
                return -1;
            }
            z->at += n;
            return n;
        }
        case ZIP_SOURCE_STAT: {
            zip_stat_t *st = data;
            if (len < sizeof *st) return -1;
            zip_stat_init(st);
            st->size = (zip_uint64_t)z->size;
            st->valid = ZIP_STAT_SIZE;
            return (zip_int64_t)sizeof *st;
        }
        case ZIP_SOURCE_SEEK: {
            zip_int64_t to = zip_source_seek_compute_offset(
                (zip_uint64_t)z->at, (zip_uint64_t)z->size, data, len, &z->error);
            if (to < 0) return -1;
            z->at = to;
            return 0;
        }
        case ZIP_SOURCE_TELL:
            return z->at;
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&z->error, data, len);
        case ZIP_SOURCE_SUPPORTS:
            return ZIP_SOURCE_SUPPORTS_SEEKABLE |
                   ZIP_SOURCE_MAKE_COMMAND_BITMASK(ZIP_SOURCE_ACCEPT_EMPTY);
        default:
            zip_error_set(&z->error, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

static enum status zip_failure(const struct xlsx_zip *z, int code, const char *what,
                               struct err *err) {
    if (z->bad_read) {
        errno = z->bad_read;
        return err_errno(err, "读不到工作簿文件");
    }
    switch (code) {
        case ZIP_ER_MEMORY:
            return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        case ZIP_ER_CRC:
            return err_set(err, STATUS_CORRUPT, "E_FILE",
                           "%s的校验码不对，文件已经损坏，请重新取得原文件", what);
        case ZIP_ER_NOZIP:
        case ZIP_ER_EOF:
            return err_set(err, STATUS_CORRUPT, "E_FILE",
                           "%s不完整：文件没有传完或已经损坏，请重新取得原文件", what);
        default:
            return err_set(err, STATUS_CORRUPT, "E_FILE",
                           "%s读不出来（zip 错误 %d）：文件已经损坏，请用 Excel 或 WPS "
                           "打开后另存为 xlsx",
                           what, code);
    }
}

/* ---- how many parts there are, before libzip makes room for them --------------------
 */

#define END_BYTES 22u     /* of the end record without its comment */
#define LOCATOR_BYTES 20u /* right before it in a large zip */
#define END64_BYTES 56u   /* where that points to */
#define TAIL_BYTES 65557u /* the end record with the longest comment */

static uint64_t little(const unsigned char *p, int n) {
    uint64_t v = 0;
    while (n-- > 0) v = v << 8 | p[n];
    return v;
}

/* The count that the record behind a locator gives, 0 when there is none. */
static uint64_t count_large(const struct xlsx_zip *z, const unsigned char *locator) {
    unsigned char end[END64_BYTES];
    uint64_t at = little(locator + 8, 8);
    if (memcmp(locator, "PK\6\7", 4) != 0 || at > (uint64_t)z->size ||
        pread(z->fd, end, sizeof end, (off_t)at) != (ssize_t)sizeof end ||
        memcmp(end, "PK\6\6", 4) != 0)
        return 0;
    return little(end + 32, 8);
}

/* The largest count of what may be an end record; 0 when there is none to be found
 * (libzip then says what is wrong). */
static uint64_t count_parts(const struct xlsx_zip *z) {
    size_t n = z->size < TAIL_BYTES ? (size_t)z->size : TAIL_BYTES;
    uint64_t from = (uint64_t)z->size - n, most = 0;
    unsigned char *tail = malloc(n + 1);
    if (!tail || pread(z->fd, tail, n, (off_t)from) != (ssize_t)n) n = 0;
    for (size_t i = 0; i + END_BYTES <= n; i++) {
        const unsigned char *p = tail + i;
        if (memcmp(p, "PK\5\6", 4) != 0) continue;
        uint64_t count = little(p + 10, 2), size = little(p + 12, 4),
                 offset = little(p + 16, 4);
        uint64_t large = i >= LOCATOR_BYTES ? count_large(z, p - LOCATOR_BYTES) : 0;
        /* Bytes of a part may look like a record: its directory must lie before it. */
        if (large == 0 && offset + size > from + i) count = 0;
        if (count == UINT16_MAX && large) count = 0; /* stands in the other record */
        if (large > count) count = large;
        if (count > most) most = count;
    }
    free(tail);
    return most;
}

static enum status too_many(struct err *err) {
    return err_set(err, STATUS_LIMIT, "E_FILE", "工作簿里的部件超过 %d 个，不予读取",
                   XLSX_MAX_PARTS);
}

static enum status open_zip(struct xlsx_zip *z, struct err *err) {
    struct stat st;
    if (fstat(z->fd, &st) != 0) return err_errno(err, "读不到工作簿文件");
    if (st.st_size > XLSX_MAX_FILE)
        return err_set(err, STATUS_LIMIT, "E_FILE",
                       "工作簿文件超过 %lld MB，请拆成几个文件",
                       (long long)(XLSX_MAX_FILE >> 20));
    z->size = st.st_size;
    z->may_unfold = XLSX_RATIO_FREE + 2 * XLSX_MAX_RATIO * (uint64_t)z->size;
    if (z->may_unfold > XLSX_MAX_UNFOLDED) z->may_unfold = XLSX_MAX_UNFOLDED;
    if (count_parts(z) > XLSX_MAX_PARTS) return too_many(err);
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *src = zip_source_function_create(source, z, &error);
    if (src) z->zip = zip_open_from_source(src, ZIP_RDONLY, &error);
    enum status s = STATUS_OK;
    if (!z->zip) {
        s = zip_failure(z, zip_error_code_zip(&error), "工作簿的 zip 容器", err);
        if (src) zip_source_free(src);
    } else if (zip_get_num_entries(z->zip, 0) > XLSX_MAX_PARTS) {
        s = too_many(err);
    }
    zip_error_fini(&error);
    return s;
}

enum status xlsx_zip_open(int fd, struct xlsx_zip **out, struct err *err) {
    struct xlsx_zip *z = calloc(1, sizeof *z);
    if (!z) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    z->fd = fd;
    zip_error_init(&z->error);
    enum status s = open_zip(z, err);
    if (s != STATUS_OK) {
        xlsx_zip_close(z);
        return s;
    }
    *out = z;
    return STATUS_OK;
}

void xlsx_zip_close(struct xlsx_zip *z) {
    if (!z) return;
    if (z->zip) zip_discard(z->zip);
    zip_error_fini(&z->error);
    free(z);
}

static char folded(char c) {
    return c == '\\' ? '/' : c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_name(const char *a, const char *b) {
    while (*a && folded(*a) == folded(*b)) a++, b++;
    return *a == *b;
}

int64_t xlsx_zip_find(const struct xlsx_zip *z, const char *name) {
    zip_int64_t i = zip_name_locate(z->zip, name, ZIP_FL_ENC_RAW);
    if (i >= 0) return i;
    zip_int64_t n = zip_get_num_entries(z->zip, 0);
    for (i = 0; i < n; i++) {
        const char *other = zip_get_name(z->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        if (other && same_name(other[0] == '/' ? other + 1 : other, name)) return i;
    }
    return -1;
}

static zip_stat_t stat_of(const struct xlsx_zip *z, int64_t entry) {
    zip_stat_t st;
    zip_stat_init(&st);
    if (entry < 0 || zip_stat_index(z->zip, (zip_uint64_t)entry, 0, &st) != 0)
        zip_stat_init(&st);
    return st;
}

uint64_t xlsx_zip_packed(const struct xlsx_zip *z, int64_t entry) {
    zip_stat_t st = stat_of(z, entry);
    if (!(st.valid & ZIP_STAT_COMP_SIZE)) return 0;
    /* A lie about it must not widen the limit. */
    return st.comp_size < (uint64_t)z->size ? st.comp_size : (uint64_t)z->size;
}

uint64_t xlsx_zip_size(const struct xlsx_zip *z, int64_t entry) {
    zip_stat_t st = stat_of(z, entry);
    return st.valid & ZIP_STAT_SIZE ? st.size : 0;
}

/* Whether the part is packed as Excel packs. */
static enum status part_check(const zip_stat_t *st, struct err *err) {
    if (st->valid & ZIP_STAT_ENCRYPTION_METHOD && st->encryption_method != ZIP_EM_NONE)
        return err_set(err, STATUS_INVALID, "E_FILE",
                       "工作簿的部件加了密码，请去掉密码后另存再导入");
    if (st->valid & ZIP_STAT_COMP_METHOD && st->comp_method != ZIP_CM_STORE &&
        st->comp_method != ZIP_CM_DEFLATE)
        return err_set(err, STATUS_INVALID, "E_FILE",
                       "工作簿的部件用了 Excel 不用的压缩方法（%u），请用 Excel 或 WPS "
                       "打开后另存为 xlsx",
                       (unsigned)st->comp_method);
    return STATUS_OK;
}

static enum status part_start(struct xlsx_zip *z, int64_t entry, const char *name,
                              struct xlsx_part **out, struct err *err) {
    zip_stat_t st = stat_of(z, entry);
    enum status s = part_check(&st, err);
    if (s != STATUS_OK) return s;
    struct xlsx_part *p = calloc(1, sizeof *p);
    if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    p->z = z;
    snprintf(p->name, sizeof p->name, "%s", name);
    p->may = XLSX_RATIO_FREE + XLSX_MAX_RATIO * xlsx_zip_packed(z, entry);
    if (p->may > XLSX_MAX_PART) p->may = XLSX_MAX_PART;
    p->file = zip_fopen_index(z->zip, (zip_uint64_t)entry, 0);
    if (!p->file) {
        free(p);
        return zip_failure(z, zip_error_code_zip(zip_get_error(z->zip)), "工作簿的部件",
                           err);
    }
    *out = p;
    return STATUS_OK;
}

enum status xlsx_part_open(struct xlsx_zip *z, int64_t entry, const char *name,
                           struct xlsx_part **out, struct err *err) {
    enum status s = part_start(z, entry, name, out, err);
    if (s != STATUS_OK) err_place(err, NULL, 0, name);
    return s;
}

void xlsx_part_close(struct xlsx_part *p) {
    if (!p) return;
    zip_fclose(p->file);
    free(p);
}

enum status xlsx_part_read(struct xlsx_part *p, void *to, size_t n, size_t *got,
                           struct err *err) {
    zip_int64_t k = zip_fread(p->file, to, n);
    enum status s = STATUS_OK;
    if (k < 0) {
        s = zip_failure(p->z, zip_error_code_zip(zip_file_get_error(p->file)),
                        "工作簿的部件", err);
    } else {
        p->out += (uint64_t)k;
        p->z->unfolded += (uint64_t)k;
        if (p->out > p->may || p->z->unfolded > p->z->may_unfold)
            s = err_set(
                err, STATUS_LIMIT, "E_FILE",
                "部件解压后大得不合常理（已达 %llu MB），可能是压缩炸弹，不予读取",
                (unsigned long long)(p->out >> 20));
    }
    if (s != STATUS_OK) {
        err_place(err, NULL, 0, p->name);
        return s;
    }
    *got = (size_t)k;
    return STATUS_OK;
}

uint64_t xlsx_part_at(const struct xlsx_part *p) {
    return p->out;
}
