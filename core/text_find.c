/* text_find.c - looking at matching text: classes, whole slices, literals. */
#include "core/text.h"
#include "core/text_class.h"
#include "core/utf8.h"

#define CODE_POINT_MAX 0x10FFFF

bool text_is_han(uint32_t cp) {
    return cp <= CODE_POINT_MAX && (text_entry(cp) & TEXT_HAN);
}

bool text_is_word(uint32_t cp) {
    return cp <= CODE_POINT_MAX && (text_entry(cp) & TEXT_WORD);
}

static bool word_at(const char *p, const char *end) {
    uint32_t cp;
    if (p >= end) return false;
    utf8_next(p, end, &cp);
    return text_is_word(cp);
}

static bool word_before(const char *p, const char *start) {
    if (p <= start) return false;
    const char *q = p - 1;
    while (q > start && p - q < 4 && ((unsigned char)*q & 0xC0) == 0x80) q--;
    return word_at(q, p);
}

bool text_is_whole(struct str t, size_t a, size_t b) {
    const char *start = t.p, *end = t.p + t.n;
    return !(word_at(start + a, end) && word_before(start + a, start)) &&
           !(word_at(start + b, end) && word_before(start + b, start));
}

size_t text_find(struct str t, struct str needle, size_t at) {
    if (needle.n == 0 || at > t.n) return SIZE_MAX;
    const char *end = t.p + t.n, *needle_end = needle.p + needle.n;
    bool word_first = word_at(needle.p, needle_end);
    bool word_last = word_before(needle_end, needle.p);
    for (const char *p = t.p + at; p < end;) {
        const char *hit = memmem(p, (size_t)(end - p), needle.p, needle.n);
        if (!hit) break;
        if (word_first && word_before(hit, t.p)) {
            /* Inside a token no match begins: on to its end, or a long token that the
             * needle keeps hitting would be searched over and over. */
            for (p = hit; word_at(p, end);) {
                uint32_t cp;
                p = utf8_next(p, end, &cp);
            }
            continue;
        }
        if (!(word_last && word_at(hit + needle.n, end))) return (size_t)(hit - t.p);
        p = hit + 1;
    }
    return SIZE_MAX;
}

size_t text_count_han(struct str t) {
    size_t n = 0;
    for (const char *p = t.p, *end = p + t.n; p < end;) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        n += text_is_han(cp);
    }
    return n;
}

bool text_is_searchable(struct str t) {
    if (t.n == 0) return false; /* and may have no address */
    for (const char *p = t.p, *end = p + t.n; p < end;) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (text_is_han(cp) || text_is_word(cp)) return true;
    }
    return false;
}
