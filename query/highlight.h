/* highlight.h - where the query stands in a text, as escaped HTML with <mark>.
 *
 * Spans are verified: each positive literal of the query is looked for in the matching
 * text (text_find), and its place is taken back to the original through the offset map.
 * Of a sentence, and where `pieces` is set of a phrase of three or more Han characters
 * that does not stand in the text as a whole, the longest pieces of two or more Han
 * characters that it shares with the text, and its tokens. Negated parts, conditions and
 * words asked for in another field mark nothing. A mark is made of whole characters of
 * the original. Spans that touch or overlap become one <mark>.
 *
 * Without the tags and unescaped, the HTML of a whole text is the text again (control
 * characters that HTML forbids dropped); a snippet is a slice of it between … (tested).
 *
 * Threads: a set is constant after it is made; a work area belongs to one thread.
 */
#ifndef QUERY_HIGHLIGHT_H
#define QUERY_HIGHLIGHT_H

#include "core/text.h"
#include "query/qlang.h"

#define HIGHLIGHT_MAX_SPANS 512 /* of one text; further matches are not marked */
#define HIGHLIGHT_SNIPPET_CHARS 120
#define HIGHLIGHT_TEXT_MAX ((size_t)64 << 10) /* bytes of a text that are looked at */

struct highlight_needle {
    struct str norm;
    uint32_t tags;        /* bit mask of field tags */
    enum qlang_kind kind; /* PHRASE, SENTENCE, PREFIX */
};

struct highlight_set {
    size_t n;
    bool pieces; /* the search was relaxed: words may be there only in part */
    struct highlight_needle needle[QLANG_MAX_LEAVES * 2];
};

/* Buffers that are reused from text to text. Zero-initialise. */
struct highlight_work {
    struct buf norm;
    struct text_map map;
};
void highlight_work_done(struct highlight_work *w);

/* The positive literals of the tree (NULL: none); texts are borrowed from it. `pieces` is
 * left false: the caller knows whether the search was relaxed. */
void highlight_collect(const struct qlang_node *root, struct highlight_set *out);

/* Appends the whole text, escaped and marked. `tag` is the field's (field.h).
 * STATUS_NOMEM, STATUS_INVALID (not UTF-8), STATUS_LIMIT (hundreds of combining marks in
 * a row). */
MUST_CHECK enum status highlight_whole(const struct highlight_set *set, char tag,
                                       struct str text, struct highlight_work *work,
                                       struct buf *out, struct err *err);
/* Appends the passage of at most HIGHLIGHT_SNIPPET_CHARS characters with the most
 * different needles or pieces, longer ones counting more, then the most marks; … where
 * text is left out. It begins with a sentence when one begins near its first mark, and
 * cuts no token or number at either end unless that is very long. Without any match: the
 * beginning. */
MUST_CHECK enum status highlight_snippet(const struct highlight_set *set, char tag,
                                         struct str text, struct highlight_work *work,
                                         struct buf *out, struct err *err);

#endif
