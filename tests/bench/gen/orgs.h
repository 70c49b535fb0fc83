/* orgs.h - synthetic organisations of Shanxi (and a few outside) and synthetic people.
 *
 * Names are put together from places, invented brands and kinds; codes are made with
 * valid check digits (GB 32100-2015, GB 11714) unless one is spoilt on purpose. Any
 * likeness with an existing organisation or person is chance.
 *
 * Threads: a struct orgs is constant after orgs_make.
 */
#ifndef GEN_ORGS_H
#define GEN_ORGS_H

#include "core/err.h"
#include "tests/bench/gen/rng.h"

struct region {
    int code; /* GB/T 2260 */
    const char *name;
};
enum { REGION_CITIES = 11, REGION_COUNTIES = 121, REGION_OUTSIDE = 12 };
extern const struct region region_cities[REGION_CITIES];
extern const struct region region_counties[REGION_COUNTIES];
extern const struct region region_outside[REGION_OUTSIDE];

/* Short place name for running text ("太原", "清徐县"); static storage. */
const char *region_name(int code);

enum unit_type {
    UNIT_INSTITUTE,
    UNIT_UNIVERSITY,
    UNIT_COMPANY,
    UNIT_HOSPITAL,
    UNIT_OTHER,
    UNIT_TYPE_COUNT
};
extern const char *const unit_type_labels[UNIT_TYPE_COUNT];

struct org {
    char name[96];
    char uscc[20]; /* "" = none */
    int region;
    enum unit_type type;
    int field; /* of knowledge (vocab.h) that it works in, -1 = any */
    int staff; /* number of people that it draws from */
};

struct orgs {
    struct org *all;
    double *cum; /* Zipf(0.8) by rank, those of Shanxi only draw as first units */
    int count, inside;
};

enum { ORGS_MIN = 400, ORGS_MAX = 4000 };

/* `count` organisations, the last 3 per cent outside Shanxi. STATUS_NOMEM. */
MUST_CHECK enum status orgs_make(uint64_t seed, int count, bool clean, struct orgs *out,
                                 struct err *err);
void orgs_done(struct orgs *o);
/* A unit of Shanxi that works in the field (vocab.h), by rank. */
int orgs_draw_first(const struct orgs *o, struct rng *r, int field);
int orgs_draw_any(const struct orgs *o, struct rng *r);

/* Unified social credit code from its first 8 characters (kind and region) and an 8-digit
 * organisation number; out has room for 19. */
void uscc_make(const char *kind2, int region, uint32_t number, char out[20]);

struct person {
    char name[32];
    bool woman;
    int birth_year, birth_month;
    int degree, title; /* positions in the lists of labels.h */
    bool returned;
};
/* Member k of the staff of a unit: always the same person. */
void person_make(uint64_t seed, int unit, int k, enum unit_type type, struct person *out);

#endif
