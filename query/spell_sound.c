/* spell_sound.c - which characters are mistaken for each other by ear. */
#include "core/pinyin.h"
#include "query/spell_edit.h"

#define ROOM (PINYIN_SYLLABLE_MAX + 1)

/* A syllable without what many speakers do not tell apart: zh z, ch c, sh s, l n, and
 * the g of ang, eng, ing. */
static size_t plain_sound(unsigned syllable, char out[ROOM]) {
    const char *s = pinyin_syllable(syllable);
    size_t n = 0;
    for (size_t i = 0; s[i] && n < PINYIN_SYLLABLE_MAX; i++) {
        if ((i == 1 && s[i] == 'h') || (i > 1 && s[i] == 'g')) continue;
        out[n++] = i == 0 && s[i] == 'l' ? 'n' : s[i];
    }
    out[n] = 0;
    return n;
}

/* Equal so, or but for an n at the end (泥 ni, 凝 ning). */
static bool is_near(unsigned a, unsigned b) {
    char x[ROOM], y[ROOM];
    size_t nx = plain_sound(a, x), ny = plain_sound(b, y), n = nx < ny ? nx : ny;
    if (n == 0 || strncmp(x, y, n) != 0) return false;
    return nx == ny || (nx == n + 1 && x[n] == 'n') || (ny == n + 1 && y[n] == 'n');
}

enum spell_kind spell_sound(uint32_t a, uint32_t b) {
    uint16_t x[PINYIN_READINGS_MAX], y[PINYIN_READINGS_MAX];
    size_t nx = pinyin_readings(a, x), ny = pinyin_readings(b, y);
    enum spell_kind best = SPELL_OTHER;
    for (size_t i = 0; i < nx; i++)
        for (size_t k = 0; k < ny; k++) {
            if (x[i] == y[k]) return SPELL_SOUND;
            if (is_near(x[i], y[k])) best = SPELL_NEAR;
        }
    return best;
}

bool spell_is_particle(uint32_t cp) {
    static const uint32_t particle[] = {
        0x4E0E /* 与 */, 0x4E3A /* 为 */, 0x4E86 /* 了 */,
        0x53CA /* 及 */, 0x548C /* 和 */, 0x5728 /* 在 */,
        0x6216 /* 或 */, 0x662F /* 是 */, 0x7684 /* 的 */};
    for (size_t i = 0; i < ARRAY_LEN(particle); i++)
        if (particle[i] == cp) return true;
    return false;
}
