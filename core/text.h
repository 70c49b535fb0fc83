/* text.h - matching text: the one normal form that index, query and brute force share.
 *
 * Rule (interface.md, "Matching text"), in this order:
 *  1. Unicode NFKC with case folding (ICU getNFKCCasefoldInstance: full-width to
 * half-width, ㎡ to m2, default-ignorables such as U+200B, U+FEFF, U+00AD dropped);
 *  2. traditional to simplified Chinese, code point by code point: the 1:1 table that the
 *     build derives from ICU's Traditional-Simplified transliterator;
 *  3. dashes (general category Pd, U+2212) become '-', U+00D7 × becomes 'x', U+00B5 is
 *     U+03BC by step 1, tildes (U+301C, U+223C, U+FF5E by step 1) become '~';
 *  4. white space and control characters: dropped at both ends, dropped between two Han
 *     characters and where Han meets anything else, else a run becomes one space.
 * Punctuation is literal. Han: Unicode script Han plus U+3007. A word character: letter,
 * number or mark (L, N, M) that is not Han. A token: a maximal run of word characters.
 * A match may begin or end anywhere in Han text but never inside a token.
 *
 * Threads: pure; the ICU singletons are initialised by the first call, safely.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/str.h"

C_API_BEGIN

#define TEXT_MAX_BYTES ((size_t)4 << 20) /* of one value to normalise */

/* Maps a normalised text back: byte i of the output came from the original bytes
 * [from[i], to[i]). Grows as needed; reuse over calls. */
struct text_map {
    uint32_t *from, *to;
    size_t n, cap;
};
void text_map_done(struct text_map *m);

/* Appends the matching text of `in` (valid UTF-8) to *out. With map not NULL the map is
 * filled for exactly the bytes appended (map index 0 = first appended byte), so the slice
 * [a, b) of the appended text stands at original [map->from[a], map->to[b - 1]).
 * STATUS_LIMIT past TEXT_MAX_BYTES, STATUS_NOMEM, STATUS_INVALID for ill-formed UTF-8. */
MUST_CHECK enum status text_normalise(struct str in, struct buf *out,
                                      struct text_map *map, struct err *err);

bool text_is_han(uint32_t cp);
bool text_is_word(uint32_t cp);

/* True when the slice [a, b) of normalised text `t` cuts no token at either end. */
bool text_is_whole(struct str t, size_t a, size_t b);

/* First offset >= at where `needle` stands in `t` without cutting a token, or SIZE_MAX.
 * Hot: this verifies phrases; memmem, then the two boundary checks. An empty needle is
 * nowhere. */
size_t text_find(struct str t, struct str needle, size_t at);

/* Number of Han characters of a normalised text, and whether it has any letter, digit or
 * Han character at all (a query without one cannot be searched). */
size_t text_count_han(struct str t);
bool text_is_searchable(struct str t);

C_API_END
#endif
