/* direct.h - direct answers: what a query names exactly.
 *
 *   regno    a registration number: its record; a number that is no longer public says
 *            so and leads to the page that answers 410, an old one to the new number
 *   patent   a number of intellectual property: the records that have it
 *   uscc     a unified social credit code: the unit, and its records
 *   unit     the exact name of a unit (counted names too): its records
 *   title    the exact title of a record
 * Asked with the whole query, quotes taken off; a query of several words or with
 * operators has none, but a title or unit may hold spaces. The records stand on top of
 * the hits by themselves (ranking sees to that); a direct answer is a note with a link.
 *
 * Threads: as reader and data.
 */
#ifndef QUERY_DIRECT_H
#define QUERY_DIRECT_H

#include "core/pubdata.h"
#include "query/search.h"

#define DIRECT_MAX 3

struct direct_answer {
    const char *kind; /* "regno", "patent", "uscc", "unit", "title" */
    struct str text;  /* what was recognised, as the registry writes it */
    struct str note;  /* a Chinese sentence */
    struct str url;   /* "/achievement/…" or "/search?unit=…" */
    uint32_t total;   /* records behind the link; 0 for a number that is not public */
};

struct direct_list {
    size_t n;
    struct direct_answer v[DIRECT_MAX];
};

/* Adds the direct answers of the request to *out (texts on ctx). `data` (data.db) tells
 * of lost numbers; NULL: those are not told. STATUS_NOMEM, STATUS_CORRUPT and those of
 * xindex_lookup but NOT_FOUND. */
MUST_CHECK enum status direct_find(void *ctx, struct xindex_reader *reader,
                                   struct db *data, const struct search_request *req,
                                   struct direct_list *out, struct err *err);

#endif
