/* pinyin.h - how Han text is read: toneless pinyin, polyphones decided by word.
 *
 * Readings come from a table that the build makes of an npm package, ICU and corrections
 * of our own, and words with their frequency from a Debian package (which, and why,
 * stands in docs/decisions/008-pinyin.md): the readings of each character, and words,
 * some of them read otherwise (长江 chang jiang, 重庆 chong qing, 银行 yin hang, 音乐 yin
 * yue). A text is split into words so that the split is the most likely one (南京市|长江,
 * not 市长|江), and read word by word. Text is matching text (text.h), so simplified. ü
 * is v (lv, nv, lve, nve), as input methods have it.
 *
 * Threads: constant data, pure functions.
 * Not: no tones, no guess whether a text names a person (pinyin_read_name is told), no
 * widening of any search: suggestions and did-you-mean alone use it.
 */
#ifndef CORE_PINYIN_H
#define CORE_PINYIN_H

#include "core/str.h"

C_API_BEGIN

#define PINYIN_SYLLABLE_MAX 6 /* letters: zhuang */
#define PINYIN_READINGS_MAX 8 /* of one character */

/* Syllables are numbered 1 .. pinyin_count() in alphabetical order. */
unsigned pinyin_count(void);
/* "zhuang"; "" for 0 or an unknown number. */
const char *pinyin_syllable(unsigned id);
/* Number of a syllable written in full, or 0. */
unsigned pinyin_by_name(struct str letters);

/* Reads the first `max` characters of matching text: out[i] is the syllable of character
 * i, 0 where it is no Han character or has no known reading. Returns how many were read.
 * A larger `max` never changes the first ones. */
size_t pinyin_read(struct str norm, uint16_t *out, size_t max);

/* The same for the name of a person: 单, 解, 仇 at its head are read as surnames. */
size_t pinyin_read_name(struct str norm, uint16_t *out, size_t max);

/* Every reading of one Han character, the usual one first; returns how many. */
size_t pinyin_readings(uint32_t cp, uint16_t out[PINYIN_READINGS_MAX]);
/* The characters that have this usual or other reading, frequent ones first (in general
 * texts; a character counts a sixteenth where this is not its usual reading): *out points
 * into the table; returns how many. */
size_t pinyin_homophones(unsigned id, const uint32_t **out);

/* Changes whenever the table does (syllables, readings or phrases): a hash that the build
 * makes of it. Files of keys made with the table note it (suggest.h). */
uint64_t pinyin_fingerprint(void);

/* Is this the beginning of any syllable ("zh", "zhua")? */
bool pinyin_is_start(struct str letters);

C_API_END
#endif
