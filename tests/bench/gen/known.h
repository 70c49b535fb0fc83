/* known.h - what the generator must remember: the state of each record made so far (20
 * bytes a record), and titles, so that only intended duplicates occur.
 */
#ifndef GEN_KNOWN_H
#define GEN_KNOWN_H

#include "tests/bench/gen/truth.h"

enum known_flag {
    KNOWN_EVENTED = 1, /* an explicit event came: no registration line may follow */
    KNOWN_LOCKED = 2,  /* another row depends on it as it stands */
    KNOWN_RENUMBERED = 4,
    KNOWN_STATUS = 8,  /* has an app_status row */
    KNOWN_BENEFIT = 16 /* has a benefit row */
};

struct known {
    uint32_t serial;
    int32_t day; /* of the newest line or event */
    uint16_t serial_year;
    uint8_t attempt, rev, content_rev, flags;
    uint8_t state, consent, publicity, paper_pending;
};

struct title_set {
    uint64_t *slot;
    size_t cap, used;
};
/* Adds the title unless one with the same Han characters, letters and digits (ASCII case
 * and full-width forms folded) is there: coarser than any normalisation of titles that
 * drops blanks and punctuation. *fresh says which. STATUS_NOMEM. */
MUST_CHECK enum status title_set_add(struct title_set *s, struct str title, bool *fresh,
                                     struct err *err);
void title_set_done(struct title_set *s);

/* Per first unit, 128-bit bigram signatures of its titles. */
struct title_shapes {
    struct shape_list {
        uint64_t (*v)[2];
        uint32_t n, cap;
    } * unit;
    int count;
};
MUST_CHECK enum status title_shapes_init(struct title_shapes *s, int units,
                                         struct err *err);
void title_shapes_done(struct title_shapes *s);
/* Adds the title unless the unit has one that looks alike (share of common bigrams 0.7 or
 * more) among its newest SHAPES_SEEN: the product holds near duplicates for a person to
 * decide, and the generator must not make them by accident. The bound keeps a million
 * records linear; below about 150,000 no unit has more titles. */
enum { SHAPES_SEEN = 16384 };
MUST_CHECK enum status title_shapes_add(struct title_shapes *s, int unit,
                                        struct str title, bool *fresh, struct err *err);

#endif
