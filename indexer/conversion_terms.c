#include "indexer/conversion_terms.h"
#include "core/text.h"
#include "core/utf8.h"

#include <xxhash.h>

enum status conversion_terms_init(struct conversion_terms *t, struct err *err) {
    struct conversion_terms x = {.id = identity_new(), .text = buf_init(TEXT_MAX_BYTES)};
    if (!x.id) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    *t = x;
    return STATUS_OK;
}

void conversion_terms_done(struct conversion_terms *t) {
    identity_free(t->id);
    t->id = NULL;
    buf_done(&t->text);
}

static void clear(struct conversion_terms *t) {
    buf_clear(&t->text);
    t->nip = 0;
    t->id->n = t->id->nhash = t->id->nfirst = 0;
}

static struct str text_of(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice("", 0);
}

static struct str ip_at(const struct conversion_terms *t, size_t i) {
    size_t from = i ? t->ip_end[i - 1] : 0;
    return str_slice(t->text.p + from, t->ip_end[i] - from);
}

/* Leaves letters, digits and Han characters of b->p + from on; *digit: one is there. */
static size_t squeeze(struct buf *b, size_t from, bool *digit) {
    const char *p = b->p + from, *end = b->p + b->n;
    char *to = b->p + from;
    size_t count = 0;
    while (p < end) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        if (text_is_word(cp) || text_is_han(cp)) {
            *digit |= cp >= '0' && cp <= '9';
            memmove(to, p, (size_t)(next - p));
            to += next - p;
            count++;
        }
        p = next;
    }
    b->n = (size_t)(to - b->p);
    return count;
}

/* ZL and CN say only that it is a Chinese patent. */
static void drop_country(struct buf *b, size_t from, size_t *count) {
    const char *p = b->p + from;
    if (b->n - from < 3 || p[2] < '0' || p[2] > '9') return;
    if (memcmp(p, "zl", 2) != 0 && memcmp(p, "cn", 2) != 0) return;
    memmove(b->p + from, p + 2, b->n - from - 2);
    b->n -= 2;
    *count -= 2;
}

static enum status add_number(struct conversion_terms *t, struct str raw,
                              struct err *err) {
    if (t->nip == CONVERSION_MAX_IP) return STATUS_OK;
    size_t from = t->text.n;
    enum status s = text_normalise(raw, &t->text, NULL, err);
    if (s != STATUS_OK || t->text.n == from) return s;
    bool digit = false;
    size_t count = squeeze(&t->text, from, &digit);
    drop_country(&t->text, from, &count);
    if (!digit || count < CONVERSION_IP_MIN) {
        t->text.n = from;
        return STATUS_OK;
    }
    t->ip_hash[t->nip] = (int64_t)XXH3_64bits(t->text.p + from, t->text.n - from);
    t->ip_end[t->nip++] = t->text.n;
    return STATUS_OK;
}

static bool is_separator(uint32_t cp) {
    return cp == 0x3001 /* 、 */ || cp == 0xFF1B /* ； */ || cp == 0xFF0C /* ， */ ||
           cp == ';' || cp == ',' || cp == '\n' || cp == '\r';
}

static enum status add_numbers(struct conversion_terms *t, struct str value,
                               struct err *err) {
    const char *p = value.p, *end = value.p + value.n, *from = p;
    enum status s = STATUS_OK;
    while (p < end && s == STATUS_OK) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        if (is_separator(cp)) {
            s = add_number(t, str_slice(from, (size_t)(p - from)), err);
            from = next;
        }
        p = next;
    }
    return s == STATUS_OK && from < end
               ? add_number(t, str_slice(from, (size_t)(end - from)), err)
               : s;
}

enum status conversion_terms_contract(struct conversion_terms *t, const json_t *contract,
                                      struct err *err) {
    clear(t);
    enum status s = add_numbers(t, text_of(contract, "ip_no"), err);
    json_t *title = json_object_get(contract, "achievement_title");
    json_t *seller = json_object_get(contract, "seller");
    if (s != STATUS_OK || !title || !seller) return s;
    json_t *doc = json_pack("{s:O,s:[O]}", "title", title, "units", seller);
    if (!doc) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    s = identity_of(doc, false, t->id, err);
    json_decref(doc);
    return s;
}

enum status conversion_terms_record(struct conversion_terms *t, const json_t *record,
                                    struct err *err) {
    clear(t);
    if (str_eq_z(text_of(record, "kind"), "collection")) return STATUS_OK;
    const json_t *list = json_object_get(record, "ip");
    size_t n = json_array_size(list);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < n && s == STATUS_OK; i++)
        s = add_numbers(t, text_of(json_array_get(list, i), "no"), err);
    return s == STATUS_OK ? identity_of(record, false, t->id, err) : s;
}

bool conversion_terms_share_ip(const struct conversion_terms *a,
                               const struct conversion_terms *b) {
    for (size_t i = 0; i < a->nip; i++)
        for (size_t k = 0; k < b->nip; k++)
            if (str_eq(ip_at(a, i), ip_at(b, k))) return true;
    return false;
}

bool conversion_terms_share_title(const struct conversion_terms *contract,
                                  const struct conversion_terms *record) {
    return identity_within(contract->id, record->id);
}
