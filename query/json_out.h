/* json_out.h - JSON strings straight into a buffer: the answer's hot path needs no tree.
 *
 * Rules: RFC 8259; " \ and control characters are escaped, all else stands as it is.
 * Input is valid UTF-8. Threads: no state.
 */
#ifndef QUERY_JSON_OUT_H
#define QUERY_JSON_OUT_H

#include "core/str.h"

/* "…" */
void json_out_string(struct buf *out, struct str s);
/* "…", or null for an empty slice. */
void json_out_string_or_null(struct buf *out, struct str s);

#endif
