/* validate_marking.c - see validate_marking in validate.h. */
#include "core/utf8.h"
#include "indexer/validate.h"

#include <string.h>

static bool is_blank(uint32_t cp) {
    return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x3000;
}

static bool one_of(uint32_t cp, const uint32_t *set) {
    for (; *set; set++)
        if (*set == cp) return true;
    return false;
}

static const uint32_t stars[] = {0x2605, 0x2606, 0};
static const uint32_t colons[] = {':', 0xFF1A, 0};
/* 【〔[(（［〖「 and their partners, in the same order */
static const uint32_t openers[] = {0x3010, 0x3014, '[', '(', 0xFF08, 0xFF3B, 0x3016, 0};
static const uint32_t closers[] = {0x3011, 0x3015, ']', ')', 0xFF09, 0xFF3D, 0x3017, 0};
static const uint32_t firsts[] = {0x79D8, 0x7955, 0x673A, 0x6A5F, 0x7EDD, 0x7D55, 0};
#define MI 0x5BC6u     /* 密 */
#define JI 0x7EA7u     /* 级 */
#define JI_OLD 0x7D1Au /* 級 */
#define NEI 0x5185u    /* 内 */
#define BU 0x90E8u     /* 部 */

/* The character before p (p > begin), and where it begins. */
static const char *prev(const char *p, const char *begin, uint32_t *cp) {
    const char *q = p - 1, *after;
    while (q > begin && ((unsigned char)*q & 0xC0) == 0x80) q--;
    after = utf8_next(q, p, cp);
    (void)after;
    return q;
}

/* The next or previous character that is no blank; 0 at the border. */
static const char *skip_next(const char *p, const char *end, uint32_t *cp) {
    *cp = 0;
    while (p < end) {
        p = utf8_next(p, end, cp);
        if (!is_blank(*cp)) return p;
        *cp = 0;
    }
    return p;
}

static const char *skip_prev(const char *p, const char *begin, uint32_t *cp) {
    *cp = 0;
    while (p > begin) {
        p = prev(p, begin, cp);
        if (!is_blank(*cp)) return p;
        *cp = 0;
    }
    return p;
}

static bool are_partners(uint32_t open, uint32_t close) {
    for (size_t i = 0; openers[i]; i++)
        if (openers[i] == open)
            return closers[i] == close || (open == '(' && close == 0xFF09) ||
                   (open == 0xFF08 && close == ')');
    return false;
}

/* Is the word [word, after) a marking? */
static bool is_marking(const char *begin, const char *end, const char *word,
                       const char *after) {
    uint32_t before_cp, next_cp;
    skip_prev(word, begin, &before_cp);
    const char *past = skip_next(after, end, &next_cp);
    if (one_of(next_cp, stars) || one_of(before_cp, stars)) return true;
    if (next_cp == JI || next_cp == JI_OLD) skip_next(past, end, &next_cp);
    if (are_partners(before_cp, next_cp)) return true;
    return (before_cp == 0 || before_cp == '\n' || before_cp == '\r') &&
           one_of(next_cp, colons);
}

/* 密级：秘密 — p stands behind 密. */
static bool is_grade(const char *p, const char *end, const char **word) {
    uint32_t cp, next;
    p = skip_next(p, end, &cp);
    if (cp != JI && cp != JI_OLD) return false;
    p = skip_next(p, end, &cp);
    if (!one_of(cp, colons) && !one_of(cp, openers)) return false;
    do {
        const char *from = p;
        p = skip_next(p, end, &cp);
        *word = p > from ? prev(p, from, &cp) : p;
    } while (one_of(cp, openers) || one_of(cp, stars));
    skip_next(p, end, &next);
    return (one_of(cp, firsts) && next == MI) || (cp == NEI && next == BU);
}

bool validate_marking(struct str text, size_t *at) {
    if (text.n == 0) return false; /* its pointer may be NULL */
    const char *begin = text.p, *end = text.p + text.n, *p = begin;
    static const char mi[] = "密";
    while (p < end && (p = memmem(p, (size_t)(end - p), mi, 3)) != NULL) {
        uint32_t cp;
        const char *word = skip_prev(p, begin, &cp);
        bool found = one_of(cp, firsts) && is_marking(begin, end, word, p + 3);
        if (!found) found = is_grade(p + 3, end, &word);
        if (found) {
            if (at) *at = (size_t)(word - begin);
            return true;
        }
        p += 3;
    }
    return false;
}

/* A member that is nothing but a classification, "机密" or "秘密 10年": what else could
 * it say? In a list (keywords) it may be a word like others. */
static bool is_bare(const json_t *v) {
    if (!json_is_string(v)) return false;
    const char *p = json_string_value(v), *end = p + json_string_length(v);
    uint32_t cp;
    p = skip_next(p, end, &cp);
    if (!one_of(cp, firsts)) return false;
    p = skip_next(p, end, &cp);
    if (cp != MI) return false;
    p = skip_next(p, end, &cp);
    if (cp == JI || cp == JI_OLD) skip_next(p, end, &cp);
    return cp == 0 || (cp >= '0' && cp <= '9');
}

static bool marked(const json_t *v, int depth) {
    size_t i;
    json_t *item;
    const char *key;
    if (json_is_string(v))
        return validate_marking(str_slice(json_string_value(v), json_string_length(v)),
                                NULL);
    if (depth > VALIDATE_MAX_DEPTH + 2) /* `extra` adds a level to what was validated */
        return false;
    if (json_is_array(v)) {
        json_array_foreach(v, i, item) {
            if (marked(item, depth + 1)) return true;
        }
    } else if (json_is_object(v)) {
        json_object_foreach((json_t *)(uintptr_t)v, key, item) {
            if (is_bare(item) || marked(item, depth + 1)) return true;
        }
    }
    return false;
}

bool validate_has_marking(const json_t *json) {
    return marked(json, 0);
}
