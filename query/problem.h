/* problem.h - an error as a client reads it: RFC 9457 JSON, or the error page.
 *
 * Members: type "about:blank", title, status, detail (a sentence), code; and, where one
 * is to blame, param and suggestion.
 *
 * Threads: as struct call.
 */
#ifndef QUERY_PROBLEM_H
#define QUERY_PROBLEM_H

#include "query/route.h"

/* Replaces what `r` holds by the error. http: the status, 0 = that of err->status. */
void problem_set(struct call *c, struct response *r, const struct err *err,
                 unsigned http);

#endif
