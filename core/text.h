/* text.h - matching text: the one normal form that index, query and brute force share.
 *
 * Rule (interface.md, "Matching text"), in this order:
 *  1. Unicode NFKC with case folding (ICU getNFKCCasefoldInstance: full-width to
 *     half-width, ㎡ to m2, default-ignorables such as U+200B, U+FEFF, U+00AD dropped);
 *  2. traditional to simplified Chinese, code point by code point: the 1:1 table that the
 *     build derives from ICU's Traditional-Simplified transliterator, followed to its end
 *     (薴, 苧 and 苎, which ICU turns in a circle, are all 苎); it also makes 「」 “”;
 *  3. dashes (general category Pd, U+2212) become '-', U+00D7 × becomes 'x' (before step
 *     1, should a combining mark follow it), U+00B5 is U+03BC by step 1, tildes (U+301C,
 *     which is no dash here, U+223C, U+FF5E by step 1) become '~';
 *  4. white space and control characters: dropped at both ends, dropped between two Han
 *     characters and where Han meets anything else, else a run becomes one space.
 * Punctuation is literal. Han: Unicode script Han plus U+3007. A word character: letter,
 * number or mark (L, N, M) that is not Han. A token: a maximal run of word characters.
 * A match may begin or end anywhere in Han text but never inside a token.
 *
 * A normalised text is valid UTF-8, has no control character, and is its own matching
 * text. It may be longer than the original (U+FDFA becomes 18 letters).
 *
 * Threads: pure; the ICU singletons are initialised by the first call, safely.
 * Not: no language detection, no stemming, no stop words, no width beyond NFKC.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/str.h"

C_API_BEGIN

#define TEXT_MAX_BYTES ((size_t)4 << 20) /* of one value to normalise */
/* Characters that combine into one (a letter and its marks, Hangul jamo). Real text has
 * fewer than 30 (UAX #15, stream-safe); sorting more is a way to stall a normaliser. */
#define TEXT_MAX_CLUSTER 256

/* Maps a normalised text back: byte i of the output came from the original bytes
 * [from[i], to[i]); from and to never decrease. What was dropped belongs to the character
 * that it stood behind (U+200B, a combining mark) or to nobody (white space). Owned by
 * the caller: start with {0}, reuse over calls, free with text_map_done. */
struct text_map {
    uint32_t *from, *to;
    size_t n, cap;
};
void text_map_done(struct text_map *m);

/* Appends the matching text of `in` to *out. With map not NULL the map is filled for
 * exactly the bytes appended (map index 0 = first appended byte), so the slice [a, b) of
 * the appended text stands at original [map->from[a], map->to[b - 1]).
 * STATUS_LIMIT past TEXT_MAX_BYTES, TEXT_MAX_CLUSTER or out->max; STATUS_NOMEM;
 * STATUS_INVALID for ill-formed UTF-8 (the text names the byte). On failure *out ends
 * where it ended before (out->failed as str.h says) and the map is empty. */
MUST_CHECK enum status text_normalise(struct str in, struct buf *out,
                                      struct text_map *map, struct err *err);

/* Is `in`, valid UTF-8, within TEXT_MAX_BYTES and TEXT_MAX_CLUSTER, so that
 * text_normalise takes it when *out has room? Asked before a text is stored: what cannot
 * be normalised cannot be published. */
bool text_is_bounded(struct str in);

/* The class of a code point of normalised text. (Of another: of what it becomes, when
 * that is one code point.) False above U+10FFFF. */
bool text_is_han(uint32_t cp);
bool text_is_word(uint32_t cp);

/* True when the slice [a, b) of normalised text `t` cuts no token at either end.
 * a <= b <= t.n, both at character borders. */
bool text_is_whole(struct str t, size_t a, size_t b);

/* First offset >= at where `needle` (normalised) stands in `t` without cutting a token,
 * or SIZE_MAX. `t` may be several normalised values with control characters between
 * them; `at` is a character border. An empty needle is nowhere.
 * Hot: this verifies phrases. */
size_t text_find(struct str t, struct str needle, size_t at);

/* Number of Han characters of a normalised text, and whether it has any letter, digit or
 * Han character at all (a query without one cannot be searched). */
size_t text_count_han(struct str t);
bool text_is_searchable(struct str t);

C_API_END
#endif
