/* filter.h - filter parameters: names and values in, column conditions out.
 *
 * The names and their order are interface.md's. A value is a code or label of its list
 * (kept as the canonical code); of an open list (unit, first_unit, recommender, person,
 * keyword) the value as it is stored, blanks at the ends dropped; of year, approved and
 * achieved also a range (qlang_range). Values of one filter are OR, different filters
 * AND. `none` and 未填 mean a missing value (not for dates).
 *
 * Threads: pure after codes_load.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "core/store.h"
#include "core/xindex/xindex.h"

#define FILTER_COUNT (FACET_COUNT + DATE_COLUMN_COUNT)
#define FILTER_MAX_VALUES 100 /* of one filter */
#define FILTER_VALUE_MAX 600  /* bytes */
#define FILTER_SUGGESTION_MAX 96

struct filter_value {
    struct str text; /* canonical: the code, the stored value, or "2021..2025" */
    bool range;
    int32_t lo, hi;
};

struct filter {
    size_t n; /* 0 = not given */
    struct filter_value value[FILTER_MAX_VALUES];
};

/* Index i is filter i of interface.md's order. */
struct filter_set {
    struct filter *filter[FILTER_COUNT]; /* NULL = not given; talloc */
};

/* Name of filter i; its facet (-1: a date) and date column (-1: a facet). */
const char *filter_name(size_t i);
int filter_facet(size_t i);
int filter_date(size_t i);
/* The filter on this facet. */
size_t filter_of_facet(enum facet f);
/* Index by name, or -1: unknown, or not for this audience. */
int filter_by_name(struct str name, enum audience audience);

/* Adds a value to filter i (talloc on ctx); one that is there already is no error, an
 * empty one nothing at all. Values stay sorted bytewise. STATUS_INVALID: "invalid_value"
 * (with the closest label in `suggestion`, FILTER_SUGGESTION_MAX bytes, empty when none),
 * "invalid_range"; STATUS_LIMIT "too_many_values"; err->field is the filter's name. */
MUST_CHECK enum status filter_add(void *ctx, struct filter_set *set, size_t i,
                                  struct str value, char *suggestion, struct err *err);
/* Is this canonical value of filter i given? */
bool filter_has(const struct filter_set *set, size_t i, struct str value);
/* Label of a canonical value: 应用技术成果, 未填, 2021..2025. Borrowed. */
struct str filter_label(size_t i, struct str value);
/* Label of a facet value. */
struct str filter_facet_label(enum facet f, struct str value);

/* Conditions for xindex_request.where, one entry a filter, and from[k] = the filter of
 * entry k. Several ranges of one date filter cannot be one entry: those come as an OR
 * node in *extra (NULL when there is none), to be ANDed with the query. STATUS_NOMEM. */
MUST_CHECK enum status filter_conditions(void *ctx, const struct filter_set *set,
                                         struct xindex_cond **where, size_t **from,
                                         size_t *n, struct xindex_node **extra,
                                         struct err *err);

#endif
