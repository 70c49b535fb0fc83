/* similar_source.h - the text that similar records are looked for: its values, its terms
 * with their frequencies, and its words. Private to query/similar*.c.
 *
 * Words without a dictionary: a run of Han characters is cut where two neighbours stand
 * together in few of the records that hold the rarer of them (cohesion: records with the
 * pair / records with the rarer character), absolutely or beside the pairs around, and at
 * function characters. Tokens are words; tokens that a hyphen or the like joins are one
 * word besides ("3D-Var"). In a small set nearly everything coheres and a run stays
 * whole: what two records share is then found as a piece of it.
 *
 * Threads: one thread's.
 */
#ifndef QUERY_SIMILAR_SOURCE_H
#define QUERY_SIMILAR_SOURCE_H

#include "query/similar.h"

#define SIMILAR_VALUES                                                                   \
    128                     /* title, keywords, abstract; further keywords are left out  \
                             */
#define SIMILAR_WORDS 512   /* distinct ones; further ones are not told */
#define SIMILAR_WORD_HAN 24 /* characters; a longer run is cut */
#define SIMILAR_NORM_MAX ((size_t)64 << 10) /* bytes of all matching text */

enum similar_role { SIMILAR_TITLE, SIMILAR_KEYWORD, SIMILAR_BODY };

struct similar_value {
    enum similar_role role;
    struct str text; /* as written */
    struct str norm; /* its matching text; byte i came from [from[i], to[i]) of text */
    const uint32_t *from, *to;
};

struct similar_term {
    struct str text;
    uint32_t tf;    /* weighted by role */
    uint32_t count; /* records that have it */
};

struct similar_word {
    struct str norm;
    const struct similar_value *value; /* where it stands first */
    size_t at;
    bool han;
    bool telling; /* not in too many records */
    double weight;
};

struct similar_source {
    uint32_t records; /* of the set */
    size_t nvalue, nterm, nword;
    struct similar_value value[SIMILAR_VALUES];
    size_t norm_bytes;
    struct similar_term *term; /* bytewise */
    struct similar_word word[SIMILAR_WORDS];
};

/* A source on ctx; empty. NULL: out of memory. */
struct similar_source *similar_source_new(void *ctx);
/* Adds one value; what does not fit any more is left out. The text is borrowed, its end
 * beyond SIMILAR_TEXT_MAX is not looked at. STATUS_NOMEM, STATUS_INVALID, STATUS_LIMIT
 * (characters of hundreds of combining marks). */
MUST_CHECK enum status similar_source_add(struct similar_source *s,
                                          enum similar_role role, struct str text,
                                          struct err *err);
/* After the last value: terms, counts, words. STATUS_NOMEM and those of
 * xindex_terms_count. The reader may move on to a newer revision. */
MUST_CHECK enum status similar_source_finish(struct similar_source *s,
                                             struct xindex_reader *reader,
                                             struct err *err);

/* The slice [at, at + n) of a value's matching text as the source writes it, without
 * the white space, controls and invisible characters in it; on ctx (p NULL: no memory).
 */
struct str similar_shown(void *ctx, const struct similar_value *v, size_t at, size_t n);
/* Records that hold the term of the source; 0 for another. */
uint32_t similar_count(const struct similar_source *s, struct str term);
/* Of the pairs and tokens of the text, that of the rarest; UINT32_MAX without any. */
uint32_t similar_rarest(const struct similar_source *s, struct str norm);
/* Is what so many records hold telling? */
bool similar_is_telling(const struct similar_source *s, uint32_t count);
double similar_idf(const struct similar_source *s, uint32_t count);
/* What a word tells: idf of its rarest term times its length; more in the title. */
double similar_weight(const struct similar_source *s, enum similar_role role,
                      uint32_t count, double length);

#endif
