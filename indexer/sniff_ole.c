/* What an OLE2 file holds, by the names in its root folder. Declared in sniff_part.h.
 *
 * [MS-CFB]: a header, sectors of 512 or 4096 bytes chained by a table (FAT) whose own
 * sectors the header lists (the first 109 of them, the rest in a chain of sectors of
 * their own), and a directory of entries of 128 bytes, a tree of siblings below each
 * folder.
 * [MS-XLS] 2.4.117: a FilePass record behind BOF means a password. */
#include "indexer/sniff_part.h"

#include <stdlib.h>

#define HEADER 512u
#define ENTRY 128u
#define HEADER_FATS 109u
#define LISTS 256u /* sectors of that chain that are followed: files of 2 GB */
#define MINI 4096u /* shorter streams lie elsewhere */
#define MAX_SECTOR 4096u
#define END_OF_CHAIN 0xFFFFFFFAu /* this and above is no sector */
#define NO_ENTRY 0xFFFFFFFFu
#define BIFF_BOF8 0x0809u
#define BIFF_FILEPASS 0x002Fu
#define BIFF_RECORDS 32 /* looked at for FilePass */

struct ole {
    int fd;
    const unsigned char *header;
    uint32_t sector; /* bytes */
    unsigned char *dir;
    size_t ndir;   /* entries */
    uint32_t book; /* first sector of the workbook stream, or NO_ENTRY */
    bool books, encrypted, word;
};

static uint32_t u16(const unsigned char *p) {
    return p[0] | (uint32_t)p[1] << 8;
}
static uint32_t u32(const unsigned char *p) {
    return u16(p) | u16(p + 2) << 16;
}

/* *got = 0: not there. */
static enum status read_sector(const struct ole *o, uint32_t sector, void *to,
                               size_t *got, struct err *err) {
    *got = 0;
    if (sector >= END_OF_CHAIN) return STATUS_OK;
    return sniff_read(o->fd, to, o->sector, ((int64_t)sector + 1) * o->sector, got, err);
}

/* The sector that holds the fat-th part of the FAT; NO_ENTRY when there is none. */
static enum status fat_sector(const struct ole *o, uint32_t fat, uint32_t *out,
                              struct err *err) {
    *out = NO_ENTRY;
    if (fat < HEADER_FATS) {
        *out = u32(o->header + 76 + (size_t)4 * fat);
        return STATUS_OK;
    }
    uint32_t per = o->sector / 4 - 1, list = u32(o->header + 68);
    uint32_t hops = (fat - HEADER_FATS) / per, i = (fat - HEADER_FATS) % per;
    if (hops >= LISTS) return STATUS_OK;
    for (uint32_t hop = 0; list < END_OF_CHAIN; hop++) {
        unsigned char cell[4];
        size_t got;
        int64_t place =
            ((int64_t)list + 1) * o->sector + (int64_t)(hop == hops ? i : per) * 4;
        enum status st = sniff_read(o->fd, cell, sizeof cell, place, &got, err);
        if (st != STATUS_OK || got < sizeof cell) return st;
        if (hop == hops) {
            *out = u32(cell);
            return STATUS_OK;
        }
        list = u32(cell);
    }
    return STATUS_OK;
}

static enum status next_sector(const struct ole *o, uint32_t sector, uint32_t *next,
                               struct err *err) {
    uint32_t per = o->sector / 4, at;
    *next = NO_ENTRY;
    enum status st = fat_sector(o, sector / per, &at, err);
    if (st != STATUS_OK || at >= END_OF_CHAIN) return st;
    unsigned char cell[4];
    size_t got;
    int64_t place = ((int64_t)at + 1) * o->sector + (int64_t)(sector % per) * 4;
    st = sniff_read(o->fd, cell, sizeof cell, place, &got, err);
    if (st == STATUS_OK && got == sizeof cell) *next = u32(cell);
    return st;
}

static enum status read_directory(struct ole *o, struct err *err) {
    uint32_t sector = u32(o->header + 48);
    size_t n = 0;
    enum status st = STATUS_OK;
    while (st == STATUS_OK && n + o->sector <= SNIFF_OLE_DIRECTORY) {
        size_t got;
        st = read_sector(o, sector, o->dir + n, &got, err);
        if (st != STATUS_OK || got < ENTRY) break;
        n += got;
        if (got < o->sector) break;
        st = next_sector(o, sector, &sector, err);
    }
    o->ndir = n / ENTRY;
    return st;
}

/* UTF-16LE against ASCII. */
static bool is_named(const unsigned char *entry, const char *name) {
    size_t n = strlen(name);
    if (u16(entry + 64) != (n + 1) * 2) return false;
    for (size_t i = 0; i < n; i++)
        if (entry[2 * i] != (unsigned char)name[i] || entry[2 * i + 1]) return false;
    return true;
}

static void look_at_entry(struct ole *o, const unsigned char *e) {
    o->encrypted = o->encrypted || is_named(e, "EncryptedPackage");
    o->word = o->word || is_named(e, "WordDocument");
    if (is_named(e, "Workbook") || is_named(e, "Book")) {
        o->books = true;
        o->book = u32(e + 120) >= MINI ? u32(e + 116) : NO_ENTRY;
    }
}

/* The entries right below the root: a tree in which each entry names two siblings. A
 * damaged tree may run in circles: every entry is taken once. */
static enum status walk_root(struct ole *o, struct err *err) {
    uint32_t *todo = malloc((o->ndir * 2 + 1) * sizeof *todo);
    bool *seen = calloc(o->ndir + 1, sizeof *seen);
    if (!todo || !seen) {
        free(todo);
        free(seen);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    size_t n = 0;
    todo[n++] = o->ndir ? u32(o->dir + 76) : NO_ENTRY;
    while (n) {
        uint32_t i = todo[--n];
        if (i >= o->ndir || seen[i]) continue;
        seen[i] = true;
        const unsigned char *e = o->dir + (size_t)i * ENTRY;
        look_at_entry(o, e);
        todo[n++] = u32(e + 68);
        todo[n++] = u32(e + 72);
    }
    free(todo);
    free(seen);
    return STATUS_OK;
}

static enum status has_password(const struct ole *o, bool *out, struct err *err) {
    unsigned char p[MAX_SECTOR];
    size_t n;
    enum status st = read_sector(o, o->book, p, &n, err);
    if (st != STATUS_OK) return st;
    *out = false;
    if (n < 4 || u16(p) != BIFF_BOF8) return STATUS_OK;
    size_t at = 0;
    for (int i = 0; i < BIFF_RECORDS && at + 4 <= n; i++) {
        if (u16(p + at) == BIFF_FILEPASS) *out = true;
        at += 4 + u16(p + at + 2);
    }
    return STATUS_OK;
}

enum status sniff_ole(int fd, struct str head, enum file_kind *out, struct err *err) {
    struct ole o = {.fd = fd, .header = (const unsigned char *)head.p};
    uint32_t shift = head.n >= HEADER ? u16(o.header + 30) : 0;
    if (shift != 9 && shift != 12) {
        *out = FILE_BINARY;
        return STATUS_OK;
    }
    o.sector = 1u << shift;
    o.dir = malloc(SNIFF_OLE_DIRECTORY);
    if (!o.dir) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status st = read_directory(&o, err);
    if (st == STATUS_OK) st = walk_root(&o, err);
    bool locked = false;
    if (st == STATUS_OK && o.books) st = has_password(&o, &locked, err);
    free(o.dir);
    if (st != STATUS_OK) return st;
    *out = o.encrypted || locked ? FILE_ENCRYPTED
           : o.books             ? FILE_XLS
           : o.word              ? FILE_DOC
                                 : FILE_BINARY;
    return STATUS_OK;
}
