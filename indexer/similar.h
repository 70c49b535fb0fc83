/* similar.h - near duplicates among all stored records, found without comparing all
 * pairs.
 *
 * What two registrations are compared by is the likeness of each: the normalised title
 * (similar_text.h), the first unit, the project number, the people, the core numbers of
 * intellectual property. The table `likeness` holds one short row a record.
 *
 * Near duplicate (duplicate classes D3, D4 of the registration rules, research 3.5):
 *  - SIMILAR_IP: both have the same core number of intellectual property; or
 *  - the titles are alike (similar_text.h) and one of
 *    SIMILAR_UNIT: the first units have the same valid credit code, or the same name when
 *    the legal form (有限公司 …) is left off, or the name of the one begins with that of
 *    the other (its department files for a unit; a short form);
 *    SIMILAR_PROJECT: the same project number;
 *    SIMILAR_PEOPLE: at least half of the people of the shorter list (a summary sheet
 *    has only the first one).
 * D5 (only the project is the same) and D6 (only the title) are no alarm: one project may
 * give several achievements, and common titles exist; `review show` tells them.
 * Compared is with every record of the same kind in any state, as E_DUP does: what was
 * unapproved or cancelled may be filed again under another name. A record never meets
 * itself, registrations never meet collections.
 *
 * Cost: the first question of a batch loads the table in one sequential scan, about 150
 * bytes a record; then each record is looked up by hashes of unit, project, people and
 * numbers, and of the records that share one only those are compared whose title has
 * about the same length and characters. Stores of an older version, and records whose
 * row was dropped, get their rows at that scan.
 *
 * Threads: as the registry. Not: decides no outcome (decide.h), knows no verdicts
 * (similar_verdict.h).
 */
#ifndef INDEXER_SIMILAR_H
#define INDEXER_SIMILAR_H

#include "indexer/decide_identity.h"
#include "indexer/registry_write.h"
#include "indexer/similar_text.h"

#define SIMILAR_MAX_PEOPLE 64u  /* further ones are not compared */
#define SIMILAR_MAX_NUMBERS 64u /* core numbers of intellectual property */
#define SIMILAR_MAX_HITS 32u    /* near duplicates that one question gives */

struct likeness {
    bool collection;
    struct buf title; /* normalised, whole */
    struct buf unit;  /* first unit: normalised, without legal form */
    int64_t code;     /* hash of its valid credit code, 0 = none */
    int64_t project;  /* hash of the project number, 0 = none */
    int64_t people[SIMILAR_MAX_PEOPLE];
    size_t npeople;
    int64_t ip[SIMILAR_MAX_NUMBERS];
    size_t nip;
    struct similar_title form; /* of title */
};
struct likeness *likeness_new(void); /* NULL: out of memory */
void likeness_free(struct likeness *l);

/* The likeness of a canonical object; `id` is identity_of the same object. STATUS_NOMEM,
 * STATUS_LIMIT. */
MUST_CHECK enum status likeness_of(const json_t *doc, const struct identity *id,
                                   bool collection, struct likeness *out,
                                   struct err *err);
/* The same in everything that is compared? */
bool likeness_equal(const struct likeness *a, const struct likeness *b);

enum similar_by {
    SIMILAR_TITLE = 1, /* the titles are alike */
    SIMILAR_UNIT = 2,
    SIMILAR_PROJECT = 4,
    SIMILAR_PEOPLE = 8,
    SIMILAR_IP = 16
};
/* What two likenesses have in common, bits of similar_by; *percent: of the titles, 0 when
 * they are not alike. */
unsigned similar_compare(const struct likeness *a, const struct likeness *b,
                         unsigned *percent);
/* Is that a near duplicate? */
bool similar_is_near(unsigned by);

struct similar_hit {
    uint32_t key;
    unsigned by, percent;
};
/* Class and grounds in Chinese, for a message: "D4：名称相似 93%，第一完成单位相同". */
void similar_words(const struct similar_hit *h, char *out, size_t size);

struct similar_hits {
    struct similar_hit v[SIMILAR_MAX_HITS]; /* lowest key, that is earliest, first */
    size_t n;
};

struct similar;
/* For one batch; loads nothing yet. NULL: out of memory. */
struct similar *similar_new(struct registry *r);
void similar_free(struct similar *s);

/* Near duplicates of `mine` among the stored records but `self` (0 = none). */
MUST_CHECK enum status similar_find(struct similar *s, const struct likeness *mine,
                                    uint32_t self, struct similar_hits *out,
                                    struct err *err);
/* *equal: the stored likeness of the record is this one. STATUS_NOT_FOUND: there is none
 * (yet). */
MUST_CHECK enum status similar_stands(struct similar *s, uint32_t key,
                                      const struct likeness *mine, bool *equal,
                                      struct err *err);
/* Stores the likeness of a record in place of the former. */
MUST_CHECK enum status similar_put(struct similar *s, uint32_t key,
                                   const struct likeness *l, struct err *err);
/* Drops the row: the record is erased, or its content was changed by other ways (then the
 * next scan makes a new row). */
MUST_CHECK enum status similar_forget(struct similar *s, uint32_t key, struct err *err);

/* Computes the likeness of every record anew and compares; calls fn for each that is
 * another one, and for rows without a record. Missing rows are fine (see above). */
typedef void (*similar_finding_fn)(void *arg, const char *sentence);
MUST_CHECK enum status similar_check(struct registry *r, similar_finding_fn fn, void *arg,
                                     struct err *err);

#endif
