/* direct_part.h - what the parts of direct_find share. Private to query/direct*.c.
 *
 * A part adds what it finds and returns STATUS_OK when it finds nothing.
 * Threads: one request.
 */
#ifndef QUERY_DIRECT_PART_H
#define QUERY_DIRECT_PART_H

#include "query/direct.h"

#include <jansson.h>

struct direct_work {
    void *ctx; /* of the answers */
    void *tmp; /* talloc: goes when direct_find ends */
    struct xindex_reader *reader;
    struct db *data; /* or NULL */
    const struct search_request *req;
    int64_t deadline_ns;
    struct str typed, norm; /* the query without quotes, and its matching text */
    struct direct_list *out;
};

/* Adds an answer; text, note and url are copied, url NULL: none. */
MUST_CHECK enum status direct_add(struct direct_work *w, const char *kind,
                                  struct str text, const char *note, const char *url,
                                  uint32_t total, struct err *err);
/* Adds "NAME：N 项成果" with the link to the unit's records, when it has any; `before` is
 * put before the name. */
MUST_CHECK enum status direct_add_unit(struct direct_work *w, const char *kind,
                                       struct str text, const char *before,
                                       struct str name, struct err *err);
/* The search that "/search?NAME=VALUE" would run, with at most `size` hits; *url on tmp.
 */
MUST_CHECK enum status direct_link(struct direct_work *w, const char *name,
                                   struct str value, uint32_t size, const char **url,
                                   struct search_result **out, struct err *err);
/* Could the matching text stand in a record? False when a term of it is in none, or its
 * rarest one is in more than `most` records. */
MUST_CHECK enum status direct_may_occur(struct direct_work *w, struct str norm,
                                        const struct field *field, uint32_t most,
                                        bool *out, struct err *err);

/* Text of a member, n = 0 when it is none. */
struct str direct_text(const json_t *object, const char *key);
/* A counted name of the i-th unit of a hit (recdoc.h line 1). */
struct str direct_unit_name(const json_t *hit, size_t i);

/* direct_number.c */
MUST_CHECK enum status direct_by_regno(struct direct_work *w, struct err *err);
MUST_CHECK enum status direct_by_number(struct direct_work *w, struct err *err);
/* direct_name.c */
MUST_CHECK enum status direct_by_unit(struct direct_work *w, struct err *err);
MUST_CHECK enum status direct_by_title(struct direct_work *w, struct err *err);

#endif
