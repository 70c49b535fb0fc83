/* text_class.h - what one code point is and becomes in matching text (core/text.h).
 *
 * One table, made at build time by core/gen/t2s.c, answers with one look-up; this header
 * is for the modules that walk text (text, text_find, analyse) and for the generator.
 *
 * Threads: constants only.
 */
#ifndef CORE_TEXT_CLASS_H
#define CORE_TEXT_CLASS_H

#include "core/base.h"

C_API_BEGIN

enum {
    TEXT_HAN = 1,      /* script Han, or U+3007 */
    TEXT_WORD = 2,     /* letter, number or mark that is not Han */
    TEXT_SPACE = 4,    /* white space or control character */
    TEXT_JOINS = 8,    /* may combine with what stands before it */
    TEXT_SEVERAL = 16, /* becomes none or several code points: ask the normaliser */
    TEXT_NOTHING = 32, /* becomes nothing */
    TEXT_FLAG_BITS = 6,
    TEXT_BLOCK_BITS = 7,
};

/* An entry is (becomes XOR itself) << TEXT_FLAG_BITS | flags. The class is that of what
 * the code point becomes; with TEXT_JOINS or TEXT_SEVERAL it stands for itself. */
extern const uint16_t text_page[];
extern const uint32_t text_block[][1 << TEXT_BLOCK_BITS];

/* cp <= 0x10FFFF. */
static inline uint32_t text_entry(uint32_t cp) {
    return text_block[text_page[cp >> TEXT_BLOCK_BITS]]
                     [cp & ((1 << TEXT_BLOCK_BITS) - 1)];
}
static inline uint32_t text_becomes(uint32_t cp, uint32_t entry) {
    return cp ^ entry >> TEXT_FLAG_BITS;
}

C_API_END
#endif
