/* suggest-N opened, checked and compared with what it should be. */
#include "core/fs.h"
#include "core/suggest_file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <xxhash.h>

static uint64_t section(uint64_t *at, uint64_t bytes) {
    uint64_t here = *at;
    *at = (here + bytes + 7) / 8 * 8;
    return here;
}

struct suggest_layout suggest_lay_out(uint32_t nmembers, uint32_t nentries) {
    struct suggest_layout l = {0};
    uint64_t at = (sizeof(struct suggest_head) + 7) / 8 * 8, n = nentries;
    l.prefix[ORDER_PINYIN] = section(&at, n * 8);
    l.prefix[ORDER_INITIALS] = section(&at, n * 8);
    l.member = section(&at, (uint64_t)nmembers * 4);
    for (int o = 0; o < ORDER_COUNT; o++) l.order[o] = section(&at, n * 4);
    l.id = section(&at, n * 4);
    l.count = section(&at, n * 4);
    l.len = section(&at, n);
    l.checksum = at;
    l.bytes = at + sizeof(uint64_t);
    return l;
}

/* ---- opening ---------------------------------------------------------------------- */

static enum status corrupt(struct err *err, const char *path, const char *what) {
    return err_set(err, STATUS_CORRUPT, NULL, "%s：%s；请运行 chengguo rebuild", path,
                   what);
}

/* NULL, or what is wrong. *foreign: a sound file of another program. */
static const char *check_head(const struct suggest_head *h, size_t n,
                              const struct columns *c, bool *foreign) {
    if (memcmp(h->magic, SUGGEST_MAGIC, sizeof h->magic) != 0) return "不是提示文件";
    if (h->version != SUGGEST_VERSION || h->order != SUGGEST_ORDER) {
        *foreign = true;
        return "由别的版本写成";
    }
    if (XXH3_64bits(h, offsetof(struct suggest_head, checksum)) != h->checksum)
        return "文件头的校验和不对";
    if (h->file_bytes != n || suggest_lay_out(h->nmembers, h->nentries).bytes != n)
        return "被截短";
    if (h->pinyin != pinyin_fingerprint()) {
        *foreign = true;
        return "按另一份拼音表写成";
    }
    bool same = h->revision == c->revision && h->size == c->size &&
                h->live_count == c->live_count && h->nvalues[SUGGEST_TITLE] == 0;
    for (int k = 1; k < SUGGEST_KINDS; k++) {
        const struct columns_facet *f = suggest_facet(c, (enum suggest_kind)k);
        same = same && h->nvalues[k] == f->nvalues && f->multi;
    }
    return same ? NULL : "属于另一个列文件";
}

static void point(const char *map, const struct suggest_head *h, struct suggest *s) {
    struct suggest_layout l = suggest_lay_out(h->nmembers, h->nentries);
    s->n = h->nentries;
    s->nmembers = h->nmembers;
    for (int o = 0; o < ORDER_COUNT; o++) {
        const void *order = map + l.order[o], *prefix = map + l.prefix[o];
        s->order[o] = order;
        s->prefix[o] = o == ORDER_TEXT ? NULL : prefix;
    }
    const void *member = map + l.member, *id = map + l.id, *count = map + l.count;
    s->member = member;
    s->id = id;
    s->count = count;
    s->len = (const uint8_t *)map + l.len;
}

static bool codes_in_range(const struct columns *c, const uint32_t *code, uint32_t n) {
    uint32_t top[SUGGEST_KINDS] = {c->size - 1};
    for (int k = 1; k < SUGGEST_KINDS; k++)
        top[k] = suggest_facet(c, (enum suggest_kind)k)->nvalues;
    unsigned bad = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = suggest_code_id(code[i]);
        bad |= id == 0 || id > top[suggest_code_kind(code[i])];
    }
    return !bad;
}

/* Minima of an order, level by level; also sees that every entry number is one. */
static const char *make_levels(struct suggest *s, int o, bool *nomem) {
    const uint32_t *below = s->order[o];
    uint32_t n = s->n, top = 0;
    for (uint32_t i = 0; i < n; i++) top = below[i] > top ? below[i] : top;
    if (n && top >= n) return "一个条目越界";
    for (int level = 1; level < SUGGEST_LEVELS && n > SUGGEST_FAN; level++) {
        uint32_t m = (n + SUGGEST_FAN - 1) >> SUGGEST_FAN_BITS;
        uint32_t *low = malloc((size_t)m * sizeof *low);
        if (!low) {
            *nomem = true;
            return "内存不足";
        }
        s->low[o][level] = low;
        s->nlow[o][level] = m;
        for (uint32_t i = 0; i < m; i++) {
            uint32_t from = i << SUGGEST_FAN_BITS;
            uint32_t to = n - from < SUGGEST_FAN ? n : from + SUGGEST_FAN;
            uint32_t least = below[from];
            for (uint32_t k = from + 1; k < to; k++)
                least = below[k] < least ? below[k] : least;
            low[i] = least;
        }
        below = low;
        n = m;
    }
    return NULL;
}

enum status suggest_open(const char *path, const struct columns *columns,
                         const struct rectext *text, struct suggest **out,
                         struct err *err) {
    void *map = NULL;
    size_t n = 0;
    enum status st =
        fs_map(path, sizeof(struct suggest_head) + sizeof(uint64_t), &map, &n, err);
    if (st == STATUS_CORRUPT) return corrupt(err, path, "不是提示文件，或被截短");
    if (st != STATUS_OK) return st;
    struct suggest *s = calloc(1, sizeof *s);
    if (!s) {
        munmap(map, n);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足：%s", path);
    }
    *s = (struct suggest){.columns = columns, .text = text, .map = map, .map_bytes = n};
    bool foreign = false, nomem = false;
    const char *bad = check_head(map, n, columns, &foreign);
    if (!bad) {
        point(map, map, s);
        if (!codes_in_range(columns, s->member, s->nmembers) ||
            !codes_in_range(columns, s->id, s->n))
            bad = "一个成员越界";
    }
    for (int o = 0; !bad && o < ORDER_COUNT; o++) bad = make_levels(s, o, &nomem);
    if (!bad) {
        *out = s;
        return STATUS_OK;
    }
    suggest_close(s);
    if (nomem) return err_set(err, STATUS_NOMEM, NULL, "内存不足：%s", path);
    if (foreign)
        return err_set(err, STATUS_NOT_FOUND, NULL, "%s %s；请运行 chengguo rebuild",
                       path, bad);
    return corrupt(err, path, bad);
}

void suggest_close(struct suggest *s) {
    if (!s) return;
    for (int o = 0; o < ORDER_COUNT; o++)
        for (int level = 1; level < SUGGEST_LEVELS; level++) free(s->low[o][level]);
    if (s->map) munmap(s->map, s->map_bytes);
    free(s);
}

enum status suggest_verify(const char *path, const struct columns *columns,
                           const struct rectext *text, struct err *err) {
    struct suggest *s = NULL;
    enum status st = suggest_open(path, columns, text, &s, err);
    if (st != STATUS_OK || !s) return st;
    char *want = NULL;
    size_t n = 0;
    st = suggest_build(columns, text, NULL, NULL, 0, &want, &n, err);
    if (st == STATUS_OK && (n != s->map_bytes || memcmp(want, s->map, n) != 0))
        st = corrupt(err, path, "与列文件和文本不符");
    free(want);
    suggest_close(s);
    return st;
}

/* ---- members and entries ------------------------------------------------------------
 */

static struct str title_text(const struct columns *c, const struct rectext *t,
                             uint32_t docid) {
    struct str value = {"", 0}, record;
    size_t pos = 0;
    char tag = 0;
    if (!columns_is_live(c, docid)) return value;
    record = str_slice(t->p + c->text_at[docid], c->text_len[docid]);
    if (rectext_next(record, &pos, &tag, &value) && tag == SUGGEST_TITLE_TAG)
        return value;
    return str_slice("", 0);
}

struct str suggest_member_text(const struct columns *c, const struct rectext *t,
                               uint32_t code, struct buf *scratch) {
    enum suggest_kind kind = suggest_code_kind(code);
    if (kind == SUGGEST_TITLE) return title_text(c, t, suggest_code_id(code));
    struct str value = columns_value(suggest_facet(c, kind), suggest_code_id(code));
    struct err ignored;
    buf_clear(scratch);
    /* A missing value is a value of the facet, and nothing that somebody types. */
    if (str_eq_z(value, "none") ||
        text_normalise(value, scratch, NULL, &ignored) != STATUS_OK)
        return str_slice("", 0);
    return str_eq(value, buf_str(scratch)) ? value : buf_str(scratch);
}

struct str suggest_entry_text(const struct suggest *s, uint32_t e, struct buf *scratch) {
    return suggest_member_text(s->columns, s->text, s->id[e], scratch);
}

struct str suggest_text(const struct suggest *s, const struct suggest_entry *e) {
    if (e->kind == SUGGEST_TITLE) return title_text(s->columns, s->text, e->id);
    return columns_value(suggest_facet(s->columns, e->kind), e->id);
}
