/* link.h - the search URL that lists exactly the achievements behind a cell.
 *
 * Not: does not know how a search reads it; the names are the filters of core/field.h.
 */
#ifndef STATS_LINK_H
#define STATS_LINK_H

#include "core/str.h"

C_API_BEGIN

/* Starts a URL: appends "/search". */
void link_begin(struct buf *out);
/* "?name=value", or "&name=value" after the first; everything but the unreserved
 * characters of RFC 3986 is percent-encoded. `out` holds nothing but the URL. */
void link_add(struct buf *out, const char *name, struct str value);

C_API_END
#endif
