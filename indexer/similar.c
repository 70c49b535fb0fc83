#include "indexer/similar.h"
#include "core/text.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define MIN_UNIT_PREFIX 4u /* characters of a name that another may begin with */
#define MIN_PROJECT 4u     /* letters and digits of a project number */
#define MIN_IP 6u          /* characters of a number of intellectual property … */
#define MIN_IP_DIGITS 4u   /* … and digits in it: 申请中 and 无 are none */

struct likeness *likeness_new(void) {
    struct likeness *l = calloc(1, sizeof *l);
    if (l) {
        l->title = buf_init(TEXT_MAX_BYTES);
        l->unit = buf_init(TEXT_MAX_BYTES);
    }
    return l;
}

void likeness_free(struct likeness *l) {
    if (!l) return;
    buf_done(&l->title);
    buf_done(&l->unit);
    free(l);
}

static bool drop_end(struct buf *b, const char *end) {
    size_t n = strlen(end);
    if (b->n <= n || memcmp(b->p + b->n - n, end, n) != 0) return false;
    b->n -= n;
    b->p[b->n] = 0;
    return true;
}

/* Leaves the legal form off: 股份有限公司, 有限责任公司, (集团)有限公司 … */
static void drop_legal_form(struct buf *unit) {
    static const char *const forms[] = {"公司", "有限责任", "有限", "责任",
                                        "股份", "(集团)",   "集团"};
    if (!drop_end(unit, forms[0])) return;
    for (size_t i = 1; i < ARRAY_LEN(forms); i++) drop_end(unit, forms[i]);
}

/* 中国科学院 writes itself 中科院. */
static void set_unit(struct buf *out, struct str name) {
    struct str full = str_of("中国科学院");
    buf_clear(out);
    if (str_starts(name, full)) {
        buf_add_z(out, "中科院");
        name = str_slice(name.p + full.n, name.n - full.n);
    }
    buf_add_str(out, name);
    if (!out->failed && out->p) drop_legal_form(out);
}

/* Hash of the letters, digits and Han characters of a text that has at least `least` of
 * them and `digits` digits; 0 otherwise. skip: a prefix that is left off. */
static enum status number_hash(const json_t *j, size_t least, size_t digits,
                               const char *skip, int64_t *out, struct err *err) {
    struct buf b = buf_init(TEXT_MAX_BYTES);
    *out = 0;
    if (!json_is_string(j)) return STATUS_OK;
    enum status s = text_normalise(str_slice(json_string_value(j), json_string_length(j)),
                                   &b, NULL, err);
    if (s != STATUS_OK) {
        buf_done(&b);
        return s;
    }
    const char *p = b.p, *end = b.p ? b.p + b.n : NULL;
    char *to = b.p;
    size_t chars = 0, found = 0;
    while (p < end) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        if (text_is_han(cp) || text_is_word(cp)) {
            memmove(to, p, (size_t)(next - p));
            to += next - p;
            chars++;
            found += cp >= '0' && cp <= '9';
        }
        p = next;
    }
    struct str t = str_slice(b.p, b.p ? (size_t)(to - b.p) : 0);
    if (skip && str_starts(t, str_of(skip)))
        t = str_slice(t.p + strlen(skip), t.n - strlen(skip));
    if (chars >= least && found >= digits && t.n) {
        *out = (int64_t)XXH3_64bits(t.p, t.n);
        if (*out == 0) *out = 1;
    }
    buf_done(&b);
    return STATUS_OK;
}

/* Adds a hash that is not 0 and not there yet. */
static void add_hash(int64_t *v, size_t *n, size_t max, int64_t hash) {
    for (size_t i = 0; i < *n; i++)
        if (v[i] == hash) return;
    if (hash && *n < max) v[(*n)++] = hash;
}

enum status likeness_of(const json_t *doc, const struct identity *id, bool collection,
                        struct likeness *out, struct err *err) {
    const json_t *item;
    size_t i;
    out->collection = collection;
    out->npeople = out->nip = 0;
    buf_clear(&out->title);
    buf_add_str(&out->title, buf_str(&id->title));
    set_unit(&out->unit, str_slice(buf_z(&id->names), id->n ? id->name_end[0] : 0));
    out->code = id->n && id->code[0][0]
                    ? (int64_t)(XXH3_64bits(id->code[0], strlen(id->code[0])) | 1)
                    : 0;
    enum status s = buf_check(&out->title, "成果名称", err);
    if (s == STATUS_OK) s = buf_check(&out->unit, "完成单位", err);
    if (s == STATUS_OK)
        s = number_hash(json_object_get(doc, "project_no"), MIN_PROJECT, 1, NULL,
                        &out->project, err);
    json_array_foreach(json_object_get(doc, "people"), i, item) {
        int64_t hash = 0;
        if (s == STATUS_OK && out->npeople < SIMILAR_MAX_PEOPLE)
            s = number_hash(json_object_get(item, "name"), 1, 0, NULL, &hash, err);
        add_hash(out->people, &out->npeople, SIMILAR_MAX_PEOPLE, hash);
    }
    json_array_foreach(json_object_get(doc, "ip"), i, item) {
        int64_t hash = 0;
        if (s == STATUS_OK && json_is_true(json_object_get(item, "core")))
            s = number_hash(json_object_get(item, "no"), MIN_IP, MIN_IP_DIGITS, "zl",
                            &hash, err);
        add_hash(out->ip, &out->nip, SIMILAR_MAX_NUMBERS, hash);
    }
    if (s == STATUS_OK) similar_title_of(buf_str(&out->title), &out->form);
    return s;
}

bool likeness_equal(const struct likeness *a, const struct likeness *b) {
    return a->collection == b->collection && a->code == b->code &&
           a->project == b->project && a->npeople == b->npeople && a->nip == b->nip &&
           str_eq(buf_str(&a->title), buf_str(&b->title)) &&
           str_eq(buf_str(&a->unit), buf_str(&b->unit)) &&
           memcmp(a->people, b->people, a->npeople * sizeof a->people[0]) == 0 &&
           memcmp(a->ip, b->ip, a->nip * sizeof a->ip[0]) == 0;
}

/* The same name, or the longer begins with the shorter and cuts no token there. */
static bool same_unit(const struct likeness *a, const struct likeness *b) {
    struct str x = buf_str(&a->unit), y = buf_str(&b->unit);
    if (a->code && a->code == b->code) return true;
    if (!x.n || !y.n) return false;
    if (x.n > y.n) {
        struct str t = x;
        x = y;
        y = t;
    }
    return str_starts(y, x) && (x.n == y.n || (utf8_length(x) >= MIN_UNIT_PREFIX &&
                                               text_is_whole(y, 0, x.n)));
}

static size_t shared(const int64_t *a, size_t n, const int64_t *b, size_t m) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++) found += a[i] == b[k];
    return found;
}

unsigned similar_compare(const struct likeness *a, const struct likeness *b,
                         unsigned *percent) {
    unsigned by = 0;
    *percent = 0;
    if (a->collection != b->collection) return 0;
    if (similar_titles(&a->form, &b->form, percent)) by |= SIMILAR_TITLE;
    if (same_unit(a, b)) by |= SIMILAR_UNIT;
    if (a->project && a->project == b->project) by |= SIMILAR_PROJECT;
    size_t fewer = a->npeople < b->npeople ? a->npeople : b->npeople;
    if (fewer && 2 * shared(a->people, a->npeople, b->people, b->npeople) >= fewer)
        by |= SIMILAR_PEOPLE;
    if (shared(a->ip, a->nip, b->ip, b->nip)) by |= SIMILAR_IP;
    return by;
}

bool similar_is_near(unsigned by) {
    return (by & SIMILAR_IP) ||
           ((by & SIMILAR_TITLE) &&
            (by & (SIMILAR_UNIT | SIMILAR_PROJECT | SIMILAR_PEOPLE)));
}

void similar_words(const struct similar_hit *h, char *out, size_t size) {
    char title[40] = "";
    bool near = similar_is_near(h->by & ~(unsigned)SIMILAR_IP);
    if (h->by & SIMILAR_TITLE)
        snprintf(title, sizeof title, "%s名称相似 %u%%", h->by & SIMILAR_IP ? "，" : "",
                 h->percent);
    snprintf(out, size, "%s%s%s：%s%s%s%s%s", h->by & SIMILAR_IP ? "D3" : "",
             h->by & SIMILAR_IP && near ? "、" : "", near ? "D4" : "",
             h->by & SIMILAR_IP ? "核心知识产权号相同" : "", title,
             h->by & SIMILAR_UNIT ? "，第一完成单位相同" : "",
             h->by & SIMILAR_PROJECT ? "，项目编号相同" : "",
             h->by & SIMILAR_PEOPLE ? "，完成人半数以上相同" : "");
}
