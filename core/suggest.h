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
 * The key of an entry by pinyin: the syllables of its characters (pinyin.h) run together,
 * other word characters as they are, the rest left out; by initials: the first letter of
 * each. Keys end after SUGGEST_KEY_CHARS characters. The file notes the fingerprint of
 * the pinyin table it was made with; with another one it is STATUS_CORRUPT (rebuild).
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
#define SUGGEST_MAX 20 /* entries of one answer */

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

/* STATUS_NOT_FOUND, STATUS_IO, STATUS_CORRUPT. The columns and the text that it belongs
 * to are borrowed and must outlive it. */
MUST_CHECK enum status suggest_open(const char *path, const struct columns *columns,
                                    const struct rectext *text, struct suggest **out,
                                    struct err *err);
void suggest_close(struct suggest *s);

/* The entries that begin as `input` does: by matching text, by full pinyin (the last
 * syllable may be unfinished), by initials, or by a mixture of characters, syllables and
 * initials (太yuan, tylg大学). Whole matches first, then by use, shorter ones, text.
 * Entries of different kinds with the same text are one, under the kind that is used
 * most. At most `max` (SUGGEST_MAX). Returns how many. */
size_t suggest_find(const struct suggest *s, struct str input, size_t max,
                    struct suggest_entry *out);

/* Titles apart: the facet values that are read exactly so (same syllables), most used
 * first, for did-you-mean. As above. */
size_t suggest_homophones(const struct suggest *s, struct str norm, size_t max,
                          struct suggest_entry *out);

/* Text of a facet value as it is written; of a title its matching text. Borrowed. */
struct str suggest_text(const struct suggest *s, const struct suggest_entry *e);

/* Writes `path` (path.tmp, fsync, rename) for these columns and text. `base` (NULL: from
 * nothing) is the file of an older revision whose order is taken over; `changed` are the
 * docids put or removed since, ascending. The same bytes come out with and without base.
 * STATUS_IO, STATUS_NOMEM. */
MUST_CHECK enum status suggest_write(const char *path, const struct columns *columns,
                                     const struct rectext *text,
                                     const struct suggest *base, const uint32_t *changed,
                                     size_t nchanged, struct err *err);

C_API_END
#endif
