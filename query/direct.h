/* direct.h - direct answers: what a query names exactly.
 *
 *   regno     a registration number: its record; a number that is no longer public says
 *             so and leads to the page that answers 410, an old one to the new number
 *   patent    a number of intellectual property: the records that have it
 *   standard  a standard's number: likewise
 *   uscc      a unified social credit code: the unit, and its records
 *   unit      the exact name of a unit (counted names too, and a short form that stands
 *             for one unit only): its records
 *   title     the exact title of a record
 * Asked with the whole query, quotes taken off, on the first page only. Numbers may be
 * typed with blanks, full-width, in lower case, and in the forms of direct_form.h; names
 * and titles are equal as matching text (text.h). Operators are text, so that a query
 * that has them names nothing. The records stand on top of the hits by themselves
 * (ranking sees to that); a direct answer is a note with a link. Its total is that of the
 * search behind the link, whatever filters the request has.
 *
 * Threads: as reader and data.
 */
#ifndef QUERY_DIRECT_H
#define QUERY_DIRECT_H

#include "core/pubdata.h"
#include "query/search.h"

#define DIRECT_MAX 3

struct direct_answer {
    const char *kind; /* "regno", "patent", "standard", "uscc", "unit", "title" */
    struct str text;  /* what was recognised, as the registry writes it */
    struct str note;  /* a Chinese sentence */
    struct str url;   /* "/achievement/…" or "/search?…"; n = 0: leads nowhere */
    uint32_t total;   /* records behind the link; 0 for a number that is not public */
};

struct direct_list {
    size_t n;
    struct direct_answer v[DIRECT_MAX];
};

/* Writes the direct answers of the request to *out (texts on ctx). `data` (data.db) tells
 * of lost numbers; NULL: those are not told. When the deadline passes, what was found
 * before stands. STATUS_NOMEM, STATUS_CORRUPT, STATUS_STALE, and those of the index. */
MUST_CHECK enum status direct_find(void *ctx, struct xindex_reader *reader,
                                   struct db *data, const struct search_request *req,
                                   int64_t deadline_ns, struct direct_list *out,
                                   struct err *err);

/* search_run, and direct_find on the same revision: (*out)->direct is set. */
MUST_CHECK enum status direct_search(void *ctx, struct xindex_reader *reader,
                                     struct db *data, const struct search_request *req,
                                     int64_t deadline_ns, struct search_result **out,
                                     struct err *err);

#endif
