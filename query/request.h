/* request.h - a search request from parameters, and back to URLs.
 *
 * The same list of (name, value) pairs comes from a URL, from the command line and from
 * tests. Everything is checked here, strictly; a request that parses can only fail later
 * on its query's cost or on the store. Defaults and bounds are interface.md's ("Search
 * parameters"). A parameter with an empty value counts as not given (forms send them).
 *
 * Threads: pure after codes_load.
 */
#ifndef QUERY_REQUEST_H
#define QUERY_REQUEST_H

#include "query/cursor.h"
#include "query/filter.h"

#define REQUEST_MAX_PARAMS 512
#define REQUEST_SIZE_DEFAULT 20
#define REQUEST_SIZE_MAX 100
#define REQUEST_FACET_SIZE_DEFAULT 20
#define REQUEST_FACET_SIZE_MAX 1000
#define REQUEST_DEPTH_MAX 10000 /* page and relevance order end here */

struct search_param {
    struct str name, value; /* decoded */
};

struct search_request {
    enum audience audience;
    struct str q; /* trimmed; n = 0: none */
    enum xindex_sort sort;
    bool descending;
    bool sort_given; /* else the default of interface.md stands */
    uint32_t size, page;
    bool has_cursor;
    struct cursor cursor;
    struct str cursor_text;
    uint32_t facets; /* bit mask 1 << enum facet */
    uint32_t facet_size;
    bool highlight, relax, expand;
    struct filter_set where;
    bool state_implied; /* internal: state=approved was not asked for, but is default */
};

/* Parses the parameters; *out is a talloc child of ctx and copies what it keeps. Errors
 * are STATUS_INVALID or STATUS_LIMIT with err->field = the parameter and err->code:
 * unknown_parameter, repeated_parameter, invalid_value, invalid_range, invalid_utf8,
 * invalid_cursor, too_deep, too_many_values, too_many_parameters; `suggestion`
 * (FILTER_SUGGESTION_MAX bytes) then holds the closest known name or label, or "". */
MUST_CHECK enum status request_parse(void *ctx, const struct search_param *param,
                                     size_t n, enum audience audience,
                                     struct search_request **out, char *suggestion,
                                     struct err *err);

/* "relevance", "-approved", … */
const char *request_sort_name(enum xindex_sort sort, bool descending);
/* By that name; false when unknown. */
bool request_sort_by_name(struct str name, enum xindex_sort *sort, bool *descending);

/* What a link changes. Zero-initialised = nothing. A changed filter, sort or query goes
 * back to page 1 and drops the cursor. */
struct request_change {
    const char *add_filter; /* with add_value; NULL = none */
    struct str add_value;   /* canonical or label */
    int drop_filter;        /* index + 1; 0 = none */
    struct str drop_value;  /* n = 0: the whole filter */
    bool drop_all_filters;
    const char *sort;    /* NULL = keep; "" = default */
    const struct str *q; /* NULL = keep */
    uint32_t page;       /* 0 = keep */
    struct str cursor;   /* n = 0: keep */
    const char *relax;   /* "0", "1"; NULL = keep */
    const char *expand;  /* the same */
    bool results_only;   /* leave facets, facet_size, highlight and paging out */
};

/* Appends path, "?" and the canonical parameters in a fixed order (q, filters, sort,
 * size, page, cursor, facets, facet_size, highlight, relax, expand), defaults left out,
 * percent-encoded (web/html.h). Equal requests give equal bytes: with path "" and no
 * change this is the canonical request that an ETag covers. */
void request_url(const struct search_request *r, const char *path,
                 const struct request_change *change, struct buf *out);

#endif
