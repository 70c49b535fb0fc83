#include "indexer/sheet_xlsx_strings.h"

#include "core/utf8.h"
#include "indexer/sheet_temp.h"
#include "indexer/sheet_xlsx_text.h"
#include "indexer/sheet_xlsx_xml.h"

#include <sys/mman.h>
#include <unistd.h>

#define FLUSH_BYTES ((size_t)256 << 10)
#define FLUSH_ADDRESSES 16384

enum place { OUTSIDE, TABLE, STRING, RUN, TEXT };

struct load {
    struct xlsx_xml *xml;
    enum place place;
    bool in_run; /* the text belongs to a run */
    bool cut;
    int text_fd, at_fd;
    struct buf text;  /* strings not yet on disk, the one being read last */
    size_t from;      /* where that one begins in text */
    uint64_t flushed; /* bytes on disk */
    uint64_t at[FLUSH_ADDRESSES];
    size_t nat, n;
    struct err err; /* of a write */
};

static enum status flush_text(struct load *l) {
    enum status s = sheet_temp_write(l->text_fd, l->text.p, l->text.n, &l->err);
    l->flushed += l->text.n;
    buf_clear(&l->text);
    return s;
}

static enum status flush_at(struct load *l) {
    enum status s = sheet_temp_write(l->at_fd, l->at, l->nat * sizeof l->at[0], &l->err);
    l->nat = 0;
    return s;
}

static bool start(void *ctx, const char *name, const char **att) {
    struct load *l = ctx;
    (void)att;
    switch (l->place) {
        case OUTSIDE:
            if (strcmp(name, "sst") != 0) return false;
            l->place = TABLE;
            return true;
        case TABLE:
            if (strcmp(name, "si") != 0) return false;
            l->place = STRING;
            l->from = l->text.n;
            l->cut = false;
            return true;
        case STRING:
        case RUN:
            if (name[0] == 't' && name[1] == 0) {
                l->in_run = l->place == RUN;
                l->place = TEXT;
                return true;
            }
            if (l->place != STRING || strcmp(name, "r") != 0) return false;
            l->place = RUN;
            return true;
        case TEXT:
        default:
            return false;
    }
}

static void text(void *ctx, const char *p, size_t n) {
    struct load *l = ctx;
    if (l->place != TEXT || l->cut) return;
    size_t room = SHEET_MAX_CELL - (l->text.n - l->from);
    if (n > room) {
        n = utf8_clip(str_slice(p, n), room);
        l->cut = true;
    }
    buf_add(&l->text, p, n);
}

static void string_done(struct load *l) {
    enum status s = STATUS_OK;
    l->text.n = l->text.n > l->from
                    ? l->from + xlsx_text_fix(l->text.p + l->from, l->text.n - l->from)
                    : l->from;
    l->at[l->nat++] = (l->flushed + l->from) | (l->cut ? XLSX_STRING_CUT : 0);
    if (++l->n > XLSX_MAX_STRINGS) {
        xlsx_xml_fail(l->xml, STATUS_LIMIT, "共享字符串超过 %zu 个，不予读取",
                      XLSX_MAX_STRINGS);
        return;
    }
    if (l->text.failed) xlsx_xml_fail(l->xml, STATUS_NOMEM, "内存不足");
    if (l->text.n >= FLUSH_BYTES) s = flush_text(l);
    if (s == STATUS_OK && l->nat == FLUSH_ADDRESSES) s = flush_at(l);
    if (s != STATUS_OK) xlsx_xml_fail(l->xml, s, "%s", l->err.text);
}

static void end(void *ctx) {
    struct load *l = ctx;
    switch (l->place) {
        case TEXT:
            l->place = l->in_run ? RUN : STRING;
            break;
        case RUN:
            l->place = STRING;
            break;
        case STRING:
            string_done(l);
            l->place = TABLE;
            break;
        case TABLE:
        case OUTSIDE:
        default:
            l->place = OUTSIDE;
            break;
    }
}

static enum status map(int fd, size_t bytes, const void **out, struct err *err) {
    void *p = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) return err_errno(err, "不能映射临时文件");
    *out = p;
    return STATUS_OK;
}

/* The last address and what is still in memory; then both files as memory. */
static enum status finish(struct load *l, struct xlsx_strings *out, struct err *err) {
    struct xlsx_strings v = {.n = l->n};
    const void *at = NULL, *p = NULL;
    l->at[l->nat++] = l->flushed + l->text.n;
    buf_add_char(&l->text, 0); /* so that there is something to map */
    enum status s = flush_text(l);
    if (s == STATUS_OK) s = flush_at(l);
    if (s != STATUS_OK) {
        if (err) *err = l->err;
        return s;
    }
    v.text_bytes = l->flushed;
    s = map(l->at_fd, (v.n + 1) * sizeof v.at[0], &at, err);
    if (s == STATUS_OK) s = map(l->text_fd, v.text_bytes, &p, err);
    v.at = at;
    v.text = p;
    if (s != STATUS_OK)
        xlsx_strings_done(&v);
    else
        *out = v;
    return s;
}

enum status xlsx_strings_read(struct xlsx_zip *z, int64_t entry, const char *part,
                              struct xlsx_strings *out, struct err *err) {
    static const struct xlsx_xml_ops ops = {start, end, text};
    struct load l = {
        .text_fd = -1, .at_fd = -1, .text = buf_init(FLUSH_BYTES + SHEET_MAX_CELL + 1)};
    enum status s = sheet_temp_file(&l.text_fd, err);
    if (s == STATUS_OK) s = sheet_temp_file(&l.at_fd, err);
    if (s == STATUS_OK) s = xlsx_xml_all(z, entry, part, &ops, &l, &l.xml, err);
    if (s == STATUS_OK) s = finish(&l, out, err);
    buf_done(&l.text);
    if (l.text_fd >= 0) close(l.text_fd);
    if (l.at_fd >= 0) close(l.at_fd);
    return s;
}

void xlsx_strings_done(struct xlsx_strings *s) {
    if (s->at) munmap((void *)(uintptr_t)s->at, (s->n + 1) * sizeof s->at[0]);
    if (s->text) munmap((void *)(uintptr_t)s->text, s->text_bytes);
    *s = (struct xlsx_strings){0};
}
