/* similar_text.h - are two titles so alike that they may name one achievement?
 *
 * In: titles in the normalised form of decide_identity.h. Out: a core form, and whether
 * two of them are alike.
 *
 * Core form: only letters, marks, digits, Han characters, '+', '#' and the point of a
 * decimal; without 基于 and 为基础(的), which say the same; without what stands at the
 * end of many a title and tells nothing: (技术)研究, …与应用, …及其应用, …与开发, again
 * and again, while four characters stay.
 *
 * Alike: at most 15 in 100 characters of the longer core form are inserted, deleted or
 * replaced, or one character of forms of five and more; and the designators are the same;
 * and none is the other with a qualifier added; and they do not differ by a word.
 *  - Designators: numbers (一期/二期, 3号/5号, years), Roman numerals, single letters
 *    before 型, 号, 区 …: another phase, model or place is another achievement, for one
 *    project may give several (registration rules, derived achievements).
 *  - Qualifier added: the core form of the one begins with that of the other and is at
 *    least two characters longer than the other's whole title (…的推广应用,
 *    …在某地的示范, …新工艺): a derived achievement says so in its title.
 *
 * The numbers are chosen by measurement (docs/duplicates.md). Only the first
 * SIMILAR_MAX_CHARS characters count.
 *
 * Sources: duplicate class D4 of the registration rules (research 3.5). The distance is
 * Levenshtein's by bit vectors: Myers 1999, in blocks as Hyyrö 2003 gives it.
 * Threads: pure.
 */
#ifndef INDEXER_SIMILAR_TEXT_H
#define INDEXER_SIMILAR_TEXT_H

#include "core/str.h"

#define SIMILAR_MAX_CHARS 256u
#define SIMILAR_PERCENT 15u /* characters in 100 that may differ */
#define SIMILAR_ONE_EDIT 5u /* one character may differ from this length on */
#define SIMILAR_QUALIFIER 2u
#define SIMILAR_WORD 2u

struct similar_title {
    uint32_t core[SIMILAR_MAX_CHARS]; /* code points */
    uint16_t n;                       /* of core */
    uint16_t full;                    /* characters before the end was dropped */
    uint64_t bag;                     /* one bit for each character of core, hashed */
    uint64_t designators;             /* hash of the designators in their order */
};

void similar_title_of(struct str normalised, struct similar_title *out);

/* Edits that two forms of these lengths may be apart. */
static inline unsigned similar_allowed(unsigned n, unsigned m) {
    unsigned longer = n > m ? n : m, shorter = n > m ? m : n;
    unsigned k = longer * SIMILAR_PERCENT / 100;
    return k == 0 && shorter >= SIMILAR_ONE_EDIT ? 1 : k;
}

/* A lower bound of the distance that costs nothing: each edit changes the length by one
 * at most and two bits of the bag. False: certainly more than k. */
static inline bool similar_near(unsigned n, uint64_t bag, unsigned m, uint64_t other,
                                unsigned k) {
    unsigned gap = n > m ? n - m : m - n;
    return gap <= k && (unsigned)__builtin_popcountll(bag ^ other) <= 2 * k;
}

/* Levenshtein distance of two texts of at most SIMILAR_MAX_CHARS code points, or k + 1
 * when it is more than k. */
unsigned similar_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
                          unsigned k);

/* Alike, as said above? *percent (may be NULL): 100 less what differs. */
bool similar_titles(const struct similar_title *a, const struct similar_title *b,
                    unsigned *percent);

#endif
