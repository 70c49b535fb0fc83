/* suggest.h - suggest-N: what a reader may be about to type, by text and by pinyin.
 *
 * suggest-N belongs to columns-N and text-G of the same revision. Entries are titles (by
 * docid) and the values of the facets keyword, unit and person (by ordinal in columns-N);
 * their texts are not stored again. For each kind the file holds the entries in three
 * orders, by matching text, by full pinyin and by initials, and what it takes to find the
 * most used ones of a range without walking it. Use is the number of live records that
 * have the value; a value without one is not there, so a withdrawn record leaves the
 * suggestions with its revision.
 *
 * The key of an entry by pinyin: the syllables of its characters (pinyin.h; the names of
 * people are read as names) run together,
 * other word characters as they are, the rest left out; by initials: the first letter of
 * each. Keys end with the character SUGGEST_KEY_CHARS of the text. The file notes the
 * fingerprint of the pinyin table it was made with; with another one it is as good as
 * missing. The layout is described in suggest_file.h.
 *
 * Immutable, memory-mapped, checked when opened, so that look-ups need no checks.
 * Threads: a struct suggest is read-only and may be shared; a builder belongs to one.
 */
#ifndef CORE_SUGGEST_H
#define CORE_SUGGEST_H

#include "core/columns.h"
#include "core/rectext.h"

C_API_BEGIN

#define SUGGEST_KEY_CHARS 16
#define SUGGEST_MAX 20         /* entries of one answer */
#define SUGGEST_INPUT_CHARS 48 /* of an input that is read as pinyin */

enum suggest_kind {
    SUGGEST_TITLE,
    SUGGEST_KEYWORD,
    SUGGEST_UNIT,
    SUGGEST_PERSON,
    SUGGEST_KINDS
};

struct suggest; /* a mapped file */

struct suggest_entry {
    enum suggest_kind kind;
    uint32_t id;    /* docid of a title, ordinal of a facet value */
    uint32_t count; /* live records that have it */
};

/* STATUS_NOT_FOUND (also: made by another version or with another pinyin table),
 * STATUS_IO, STATUS_CORRUPT, STATUS_NOMEM. The columns and the text that it belongs to
 * are borrowed and must outlive it. */
MUST_CHECK enum status suggest_open(const char *path, const struct columns *columns,
                                    const struct rectext *text, struct suggest **out,
                                    struct err *err);
void suggest_close(struct suggest *s);

/* The entries for what somebody has typed so far (valid UTF-8), best first:
 *  1. those that begin so by matching text, full pinyin (the last syllable may be
 *     unfinished; ü is v, and u after l and n will do) or initials (zh, ch, sh count as
 *     the first letter); whole matches before longer ones;
 *  2. those that begin so by a mixture of characters, syllables and initials (太yuan,
 *     tylg大学); characters before the first letter stand at the start as they are;
 *  3. for two Han characters or more, units and keywords that hold the input inside, then
 *     titles; in a large registry these come from an even sample of the records.
 * Spaces, apostrophes and other punctuation among letters are passed over (xi'an). Within
 * each: most used first, then shorter, then text. Members of different kinds with the
 * same text are one entry, under the kind that is used most. Inputs over
 * SUGGEST_INPUT_CHARS characters are looked up by text alone. Work is bounded whatever
 * the input; where a bound is met, less used entries are left out.
 * At most `max` (SUGGEST_MAX). Returns how many; 0 also when memory is out. */
size_t suggest_find(const struct suggest *s, struct str input, size_t max,
                    struct suggest_entry *out);

/* Titles apart: the entries that are read exactly so (same syllables, other characters),
 * most used first, for did-you-mean. `norm` is matching text of 2 to SUGGEST_KEY_CHARS
 * characters, at least one of them Han; else there are none. As above. */
size_t suggest_homophones(const struct suggest *s, struct str norm, size_t max,
                          struct suggest_entry *out);

/* The titles (docids) or facet values (ordinals) whose whole matching text is `norm`,
 * ascending; at most `max`. Returns how many; 0 also when memory is out. */
size_t suggest_exact(const struct suggest *s, enum suggest_kind kind, struct str norm,
                     size_t max, uint32_t *out);

/* Text of a facet value as it is written; of a title its matching text. Borrowed. */
struct str suggest_text(const struct suggest *s, const struct suggest_entry *e);

/* Writes `path` (path.tmp, fsync, rename) for these columns and text. `base` (NULL: from
 * nothing) is the file of an older revision whose order is taken over, unless its
 * checksum is wrong; `changed` are the docids put or removed since, in any order. The
 * same bytes come out with and without base. STATUS_IO, STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status suggest_write(const char *path, const struct columns *columns,
                                     const struct rectext *text,
                                     const struct suggest *base, const uint32_t *changed,
                                     size_t nchanged, struct err *err);

/* Makes the file anew in memory and compares every byte (check --deep). As suggest_open
 * and suggest_write. */
MUST_CHECK enum status suggest_verify(const char *path, const struct columns *columns,
                                      const struct rectext *text, struct err *err);

C_API_END
#endif
