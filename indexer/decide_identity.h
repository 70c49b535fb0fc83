/* decide_identity.h - when are two titles, two units, two registrations the same?
 *
 * Normalised title: matching text (core/text.h) without blanks and without the
 * punctuation that offices set differently: 《》“”（）()·-—、，。；. Normalised unit:
 * matching text without blanks and without a trailing （盖章）; 有限公司 and 有限责任公司
 * stay different. Two units are the same when their normalised names are, or when both
 * have a valid unified social credit code and these are equal.
 *
 * For look-ups each record has one 64-bit hash per (title, unit name) and per (title,
 * valid code) of its units; a hit is verified on the record. Registrations and
 * collections never meet: their hashes differ by the kind.
 *
 * Sources: record.md "Identity", E_DUP; duplicate classes D1, D2 of the registration
 * rules (research 3.5); GB 32100-2015 (check digit).
 * Threads: a struct identity belongs to one thread.
 */
#ifndef INDEXER_DECIDE_IDENTITY_H
#define INDEXER_DECIDE_IDENTITY_H

#include "core/record.h"

/* Units beyond these are not looked up (they are stored and searched like all). */
#define IDENTITY_MAX_UNITS 128
#define IDENTITY_UID 40 /* room for a derived uid */

struct identity {
    struct buf title;                    /* normalised */
    struct buf names;                    /* normalised unit names, one after another */
    size_t name_end[IDENTITY_MAX_UNITS]; /* ends in names */
    char code[IDENTITY_MAX_UNITS][20];   /* valid credit code, or "" */
    size_t n;                            /* units */
    /* of all units; those of the first come first */
    int64_t hash[2 * IDENTITY_MAX_UNITS];
    size_t nhash, nfirst; /* nfirst: hashes of the first unit (1 or 2) */
};

struct identity *identity_new(void); /* NULL: out of memory */
void identity_free(struct identity *id);

/* Reads title and units of a canonical (or, leniently, any) JSON object; absent or
 * ill-typed parts are empty. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status identity_of(const json_t *doc, bool collection,
                                   struct identity *out, struct err *err);
/* Same title, and the first unit of `a` is the first unit of `b`. */
bool identity_same(const struct identity *a, const struct identity *b);
/* Same title, and the first unit of `a` is any unit of `b`. */
bool identity_within(const struct identity *a, const struct identity *b);
/* Same title and same units in the same order. */
bool identity_equal(const struct identity *a, const struct identity *b);

/* uid derived from (registry, normalised title, first unit's normalised name): "CG" and
 * 32 hexadecimal digits of xxh128; n > 1 gives further ones for a uid already taken. */
void identity_uid(const struct identity *id, struct str registry, int n,
                  char out[IDENTITY_UID]);

/* Appends the normalised form of a unit's name. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status identity_unit_name(struct str name, struct buf *out,
                                          struct err *err);

#endif
