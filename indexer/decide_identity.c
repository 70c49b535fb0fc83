#include "indexer/decide_identity.h"
#include "core/text.h"
#include "core/uscc.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#define XXH_STATIC_LINKING_ONLY /* the size of a hash state */
#include <xxhash.h>

#define SEPARATOR "\x1f"

struct identity *identity_new(void) {
    struct identity *id = calloc(1, sizeof *id);
    if (id) {
        id->title = buf_init(TEXT_MAX_BYTES);
        id->names = buf_init(TEXT_MAX_BYTES);
    }
    return id;
}

void identity_free(struct identity *id) {
    if (!id) return;
    buf_done(&id->title);
    buf_done(&id->names);
    free(id);
}

/* The forms that 《》“”（）()·-—、，。； and their full- and half-width twins take in
 * matching text. */
static bool is_title_punctuation(uint32_t cp) {
    switch (cp) {
        case 0x300A: /* 《 */
        case 0x300B: /* 》 */
        case 0x201C: /* “ */
        case 0x201D: /* ” */
        case '"':
        case '(':
        case ')':
        case 0x00B7: /* · */
        case 0x30FB: /* ・ */
        case '-':
        case 0x3001: /* 、 */
        case ',':
        case 0x3002: /* 。 */
        case ';':
            return true;
        default:
            return false;
    }
}

/* Removes from b->p + at on every character that is a blank or, for titles, punctuation.
 */
static void squeeze(struct buf *b, size_t at, bool title) {
    if (b->failed || !b->p) return;
    const char *p = b->p + at, *end = b->p + b->n;
    char *to = b->p + at;
    while (p < end) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        if (cp != ' ' && !(title && is_title_punctuation(cp))) {
            memmove(to, p, (size_t)(next - p));
            to += next - p;
        }
        p = next;
    }
    b->n = (size_t)(to - b->p);
    b->p[b->n] = 0;
}

static struct str string_of(const json_t *j) {
    return json_is_string(j) ? str_slice(json_string_value(j), json_string_length(j))
                             : str_slice("", 0);
}

static struct str name_at(const struct identity *id, size_t i) {
    size_t from = i ? id->name_end[i - 1] : 0;
    return str_slice(id->names.p ? id->names.p + from : "", id->name_end[i] - from);
}

enum status identity_unit_name(struct str name, struct buf *out, struct err *err) {
    static const char seal[] = "(盖章)"; /* matching text folds the brackets */
    size_t from = out->n;
    enum status s = text_normalise(name, out, NULL, err);
    if (s != STATUS_OK) return s;
    squeeze(out, from, false);
    size_t n = out->n - from;
    if (n > sizeof seal - 1 &&
        memcmp(out->p + out->n - (sizeof seal - 1), seal, sizeof seal - 1) == 0)
        out->n -= sizeof seal - 1;
    return STATUS_OK;
}

static enum status add_unit(struct identity *id, const json_t *unit, struct err *err) {
    enum status s =
        identity_unit_name(string_of(json_object_get(unit, "name")), &id->names, err);
    if (s != STATUS_OK) return s;
    struct str code = string_of(json_object_get(unit, "uscc"));
    if (uscc_is_valid(code)) {
        memcpy(id->code[id->n], code.p, code.n);
        id->code[id->n][code.n] = 0;
    } else {
        id->code[id->n][0] = 0;
    }
    id->name_end[id->n++] = id->names.n;
    return STATUS_OK;
}

static int64_t hash_of(uint64_t title, char kind, struct str what) {
    return (int64_t)XXH3_64bits_withSeed(what.p, what.n, title ^ (uint64_t)kind);
}

enum status identity_of(const json_t *doc, bool collection, struct identity *out,
                        struct err *err) {
    buf_clear(&out->title);
    buf_clear(&out->names);
    out->n = out->nhash = out->nfirst = 0;
    enum status s =
        text_normalise(string_of(json_object_get(doc, "title")), &out->title, NULL, err);
    if (s != STATUS_OK) return s;
    squeeze(&out->title, 0, true);
    const json_t *units = json_object_get(doc, "units");
    size_t n = json_array_size(units);
    for (size_t i = 0; i < n && i < IDENTITY_MAX_UNITS && s == STATUS_OK; i++)
        s = add_unit(out, json_array_get(units, i), err);
    if (s == STATUS_OK) s = buf_check(&out->title, "成果名称", err);
    if (s == STATUS_OK) s = buf_check(&out->names, "完成单位", err);
    if (s != STATUS_OK || out->title.n == 0) return s;
    uint64_t title = XXH3_64bits_withSeed(out->title.p, out->title.n, collection ? 1 : 0);
    for (size_t i = 0; i < out->n; i++) {
        struct str name = name_at(out, i);
        if (name.n) out->hash[out->nhash++] = hash_of(title, 'n', name);
        if (out->code[i][0])
            out->hash[out->nhash++] = hash_of(title, 'c', str_of(out->code[i]));
        if (i == 0) out->nfirst = out->nhash;
    }
    return STATUS_OK;
}

static bool same_unit(const struct identity *a, size_t i, const struct identity *b,
                      size_t k) {
    struct str x = name_at(a, i), y = name_at(b, k);
    return (x.n && str_eq(x, y)) ||
           (a->code[i][0] && strcmp(a->code[i], b->code[k]) == 0);
}

bool identity_same(const struct identity *a, const struct identity *b) {
    return a->n && b->n && a->title.n && str_eq(buf_str(&a->title), buf_str(&b->title)) &&
           same_unit(a, 0, b, 0);
}

bool identity_within(const struct identity *a, const struct identity *b) {
    if (!a->n || !a->title.n || !str_eq(buf_str(&a->title), buf_str(&b->title)))
        return false;
    for (size_t k = 0; k < b->n; k++)
        if (same_unit(a, 0, b, k)) return true;
    return false;
}

bool identity_equal(const struct identity *a, const struct identity *b) {
    return a->nhash == b->nhash && a->nfirst == b->nfirst &&
           memcmp(a->hash, b->hash, a->nhash * sizeof a->hash[0]) == 0 &&
           str_eq(buf_str(&a->title), buf_str(&b->title));
}

void identity_uid(const struct identity *id, struct str registry, int n,
                  char out[IDENTITY_UID]) {
    XXH3_state_t h;
    XXH3_128bits_reset_withSeed(&h, (uint64_t)(n - 1));
    XXH3_128bits_update(&h, registry.p, registry.n);
    XXH3_128bits_update(&h, SEPARATOR, 1);
    XXH3_128bits_update(&h, buf_z(&id->title), id->title.n);
    XXH3_128bits_update(&h, SEPARATOR, 1);
    struct str name = id->n ? name_at(id, 0) : str_slice("", 0);
    XXH3_128bits_update(&h, name.p, name.n);
    XXH128_hash_t v = XXH3_128bits_digest(&h);
    snprintf(out, IDENTITY_UID, "CG%016llx%016llx", (unsigned long long)v.high64,
             (unsigned long long)v.low64);
}
