#include "core/suggest_input.h"

#include "core/utf8.h"

#define U_DIAERESIS 0xFC

static bool is_letter(uint32_t cp) {
    return cp >= 'a' && cp <= 'z';
}

void suggest_input_read(struct str norm, struct suggest_input *out) {
    *out = (struct suggest_input){.norm = norm, .lead = norm};
    const char *p = norm.p, *end = norm.p + norm.n;
    bool lead = true;
    while (p < end) {
        uint32_t cp;
        const char *from = p;
        p = utf8_next(p, end, &cp);
        if (!suggest_in_keys(cp)) continue;
        if (out->n == SUGGEST_INPUT_CHARS) {
            *out = (struct suggest_input){.norm = norm, .lead = norm};
            return;
        }
        bool han = text_is_han(cp);
        if (cp == U_DIAERESIS) cp = 'v';
        if (lead && is_letter(cp)) {
            out->lead = str_slice(norm.p, (size_t)(from - norm.p));
            out->lead_units = out->n;
            lead = false;
        }
        out->unit[out->n++] = cp;
        out->nhan += han;
        out->nletters += utf8_put(cp, out->letters + out->nletters);
    }
    if (out->nhan) out->nletters = 0;
    if (lead) out->lead_units = out->n;
}

/* Is the unit this letter of the syllable? After l and n, u stands for ü as well. */
static bool spells_letter(uint32_t unit, const char *syllable, size_t k) {
    uint32_t want = (unsigned char)syllable[k];
    return unit == want || (want == 'v' && unit == 'u');
}

size_t suggest_spells(const struct suggest_input *in, size_t i, const char *syllable,
                      bool *whole) {
    size_t k = 0;
    while (syllable[k] && i + k < in->n && spells_letter(in->unit[i + k], syllable, k))
        k++;
    *whole = syllable[k] == 0;
    return *whole || i + k == in->n ? k : 0;
}

static bool two_letter_initial(const char *syllable) {
    return syllable[0] && syllable[1] == 'h';
}

/* Over one Han character, read as `syllable` (NULL: not known). */
static uint64_t over_han(const struct suggest_input *in, size_t i, uint32_t cp,
                         const char *syllable) {
    uint64_t to = 0;
    if (in->unit[i] == cp) to |= UINT64_C(1) << (i + 1);
    if (!syllable) return to;
    bool whole;
    size_t n = suggest_spells(in, i, syllable, &whole);
    if (n) to |= UINT64_C(1) << (whole ? i + n : in->n);
    if (in->unit[i] == (unsigned char)syllable[0]) {
        to |= UINT64_C(1) << (i + 1);
        if (two_letter_initial(syllable) && i + 1 < in->n && in->unit[i + 1] == 'h')
            to |= UINT64_C(1) << (i + 2);
    }
    return to;
}

bool suggest_input_matches(const struct suggest_input *in, struct str text, bool name) {
    uint16_t read[SUGGEST_INPUT_CHARS];
    if (in->n == 0 || !str_starts(text, in->lead)) return false;
    size_t n = suggest_read(text, name, read, SUGGEST_INPUT_CHARS), i = 0;
    const char *p = text.p, *end = text.p + text.n, *start = text.p + in->lead.n;
    uint64_t at = UINT64_C(1) << in->lead_units, done = UINT64_C(1) << in->n;
    while (at && !(at & done) && p < end && i < n) {
        uint32_t cp;
        bool before = p < start;
        p = utf8_next(p, end, &cp);
        uint16_t syllable = read[i++];
        if (before || !suggest_in_keys(cp)) continue;
        uint64_t next = 0;
        for (uint64_t w = at; w; w &= w - 1) {
            size_t k = (size_t)__builtin_ctzll(w);
            next |= over_han(in, k, cp, syllable ? pinyin_syllable(syllable) : NULL);
        }
        at = next;
    }
    return at & done;
}

/* ---- by initials ------------------------------------------------------------------- */

/* Letters of the longest run of units from i that may be a syllable beginning so. */
static size_t longest(const struct suggest_input *in, size_t i, char *out) {
    size_t n = 0;
    while (n < PINYIN_SYLLABLE_MAX && i + n < in->n && is_letter(in->unit[i + n])) {
        out[n] = (char)in->unit[i + n];
        n++;
    }
    return n;
}

/* A run that spells a syllable as it stands, or with u for ü. */
static bool is_syllable(char *p, size_t n) {
    if (pinyin_by_name(str_slice(p, n))) return true;
    if (n < 2 || (p[0] != 'l' && p[0] != 'n') || p[1] != 'u') return false;
    p[1] = 'v';
    bool is = pinyin_by_name(str_slice(p, n)) != 0;
    p[1] = 'u';
    return is;
}

static bool is_start(char *p, size_t n) {
    if (pinyin_is_start(str_slice(p, n))) return true;
    if (n < 2 || (p[0] != 'l' && p[0] != 'n') || p[1] != 'u') return false;
    p[1] = 'v';
    bool is = pinyin_is_start(str_slice(p, n));
    p[1] = 'u';
    return is;
}

static uint64_t over_letters(const struct suggest_input *in, size_t i) {
    char run[PINYIN_SYLLABLE_MAX];
    size_t n = longest(in, i, run);
    uint64_t to = UINT64_C(1) << (i + 1);
    for (size_t k = 2; k <= n; k++)
        if (is_syllable(run, k) || (i + k == in->n && is_start(run, k)))
            to |= UINT64_C(1) << (i + k);
    if (n > 1 && run[1] == 'h' && (run[0] == 'z' || run[0] == 'c' || run[0] == 's'))
        to |= UINT64_C(1) << (i + 2);
    return to;
}

static bool reads_as(uint32_t cp, uint32_t initial) {
    uint16_t reading[PINYIN_READINGS_MAX];
    size_t n = pinyin_readings(cp, reading);
    for (size_t k = 0; k < n; k++)
        if ((unsigned char)pinyin_syllable(reading[k])[0] == initial) return true;
    return n == 0 && cp == initial;
}

uint64_t suggest_input_step(const struct suggest_input *in, uint64_t from,
                            uint32_t initial) {
    uint64_t to = 0;
    for (uint64_t w = from & ~(UINT64_C(1) << in->n); w; w &= w - 1) {
        size_t i = (size_t)__builtin_ctzll(w);
        uint32_t unit = in->unit[i];
        if (is_letter(unit) && unit == initial)
            to |= over_letters(in, i);
        else if (unit == initial || (text_is_han(unit) && reads_as(unit, initial)))
            to |= UINT64_C(1) << (i + 1);
    }
    return to;
}

static void add_once(uint32_t cp, uint32_t *out, size_t *n, size_t max) {
    for (size_t i = 0; i < *n; i++)
        if (out[i] == cp) return;
    if (*n < max) out[(*n)++] = cp;
}

size_t suggest_input_initials(const struct suggest_input *in, uint64_t from,
                              uint32_t *out, size_t max) {
    size_t n = 0;
    for (uint64_t w = from & ~(UINT64_C(1) << in->n); w; w &= w - 1) {
        uint32_t unit = in->unit[__builtin_ctzll(w)];
        uint16_t reading[PINYIN_READINGS_MAX];
        size_t readings = text_is_han(unit) ? pinyin_readings(unit, reading) : 0;
        for (size_t k = 0; k < readings; k++)
            add_once((unsigned char)pinyin_syllable(reading[k])[0], out, &n, max);
        if (readings == 0) add_once(unit, out, &n, max);
    }
    return n;
}
