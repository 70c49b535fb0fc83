/* lost.h - the answer of a record's address when the set does not hold the record.
 *
 * Threads: as struct call.
 */
#ifndef QUERY_LOST_H
#define QUERY_LOST_H

#include "query/route.h"

/* For c->id: a 301 to `path` and the present number, with the extension of the face, when
 * the number was changed. Else STATUS_GONE "gone" (was public), STATUS_NOT_FOUND
 * "not_found" (never was), and those of context_data. */
MUST_CHECK enum status lost_answer(struct call *c, struct response *r, const char *path,
                                   struct err *err);

#endif
