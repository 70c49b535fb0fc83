/* record.h - one registration (or collection) in canonical form.
 *
 * A record is a validated JSON object (indexer/validate.h made it canonical: codes,
 * dates, money strings with 2 decimals, no unknown label without its raw text under
 * `other`, keys that the field table does not know under `extra`) plus the few members
 * that every stage asks for. The canonical JSON text is what registry.db stores.
 *
 * Canonical shapes: text without control characters but newlines; codes as codes.h has
 * them; dates "YYYY-MM-DD" or "YYYY-MM"; instants in UTC ("…Z"); money "1234.50"; bools
 * and integers as JSON's; what is missing is absent (no null, no empty string, no "none"
 * where a list has none of its own).
 *
 * Owns: a record holds a reference to its JSON, record_done drops it; the slices point
 * into the JSON and live as long.
 * Threads: a record belongs to one thread.
 * Sources: the rules of visibility and of "registered" are those of the public record
 * format (docs/registration-format.md).
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "core/field.h"

#include <jansson.h>

C_API_BEGIN

enum record_kind { RECORD_REGISTRATION, RECORD_COLLECTION };

struct record {
    json_t *json; /* owned */
    /* Its units as the unit register counts them (indexer/units.h): current names, gaps
     * of type and region filled; NULL: as they stand. Owned. */
    json_t *counted;
    enum record_kind kind;
    /* Empty when missing; category of a collection: its own label. */
    struct str uid, regno, registry, state, consent, publicity, category, title, unit1;
    bool paper_pending;
    int64_t rev;                                    /* 0 when the source gives none */
    int64_t updated_at;                             /* seconds since 1970, or INT64_MIN */
    int32_t approved_on, achieved_on, submitted_on; /* date.h, 0 = missing */
    int stat_year;                                  /* 0 = missing */
};

/* Fills *out from a canonical object, taking a new reference. STATUS_CORRUPT when it is
 * not canonical as far as this module needs it (names the field). */
MUST_CHECK enum status record_of(json_t *canonical, struct record *out, struct err *err);
/* Parses canonical text (registry.db), then record_of. */
MUST_CHECK enum status record_from_text(struct str text, struct record *out,
                                        struct err *err);
void record_done(struct record *r);

/* Appends the canonical text: keys sorted, compact, UTF-8. The same record always gives
 * the same bytes. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status record_canonical_text(const struct record *r, struct buf *out,
                                             struct err *err);

/* FOR_A, FOR_B, FOR_S or FOR_C: which fields the record has. */
unsigned record_category_bit(const struct record *r);

/* Registered = approved and not paper_pending, public or not (record.md). */
bool record_is_registered(const struct record *r);

enum visibility {
    VISIBLE_NO,  /* not in the public set */
    VISIBLE_P0,  /* publicity runs: P0 only, with the 公示中 badge */
    VISIBLE_FULL /* P0 and P1 */
};
/* What the public set holds of the record; first matching line of record.md's table. */
enum visibility record_visibility(const struct record *r);

/* Calls fn for every value of the field, in order, as text: strings as they stand, codes
 * canonical, bools as yes/no, ints in decimal. A missing value of a field that the
 * record's category has: once with "none" for fields that have a facet, else not at all.
 * A field that the category does not have: not at all. Stops when fn returns false.
 * Fields of units give the units as they are counted, record_values_stated as the record
 * states them. */
typedef bool (*record_value_fn)(void *arg, struct str value);
void record_values(const struct record *r, const struct field *f, record_value_fn fn,
                   void *arg);
void record_values_stated(const struct record *r, const struct field *f,
                          record_value_fn fn, void *arg);

/* What the audience may read of the record, as a new JSON object (caller owns): keys
 * whose tier is within `tier` (TIER_N: everything, TIER_P1: P0 and P1, TIER_P0). Objects
 * in lists (people, units) are filtered key by key; `extra` and `other` only with TIER_N.
 * Returns NULL when out of memory. */
json_t *record_view(const struct record *r, enum tier tier);

C_API_END
#endif
