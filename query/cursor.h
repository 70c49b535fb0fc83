/* cursor.h - the opaque token that says after which hit a list goes on.
 *
 * Token: base64url without padding of
 *   version u8 | sort u8 (bit 7: descending) | revision i64 | rank u32 | date i32 |
 *   key length u16, key | uid length u16, uid | XXH32 of all before, u32
 * integers little-endian. Relevance order goes on by rank (it ends at 10,000), the other
 * orders by key and uid, so that they go on rightly on another revision too. The checksum
 * catches damage, not forgery: a token grants nothing that its query would not.
 *
 * Threads: pure.
 */
#ifndef QUERY_CURSOR_H
#define QUERY_CURSOR_H

#include "core/xindex/xindex.h"

#define CURSOR_MAX_KEY ((size_t)8192) /* a title's collation key */
#define CURSOR_MAX_UID ((size_t)512)
#define CURSOR_MAX_TOKEN ((CURSOR_MAX_KEY + CURSOR_MAX_UID + 64) * 4 / 3 + 4)

struct cursor {
    int64_t revision;
    enum xindex_sort sort;
    bool descending;
    uint32_t rank;  /* hits before the next page */
    int32_t date;   /* BY_APPROVED, BY_ACHIEVED: of the last hit */
    struct str key; /* BY_TITLE: collation key of the last hit */
    struct str uid; /* of the last hit */
};

/* Appends the token. STATUS_LIMIT when key or uid are too long, STATUS_NOMEM. */
MUST_CHECK enum status cursor_encode(const struct cursor *c, struct buf *out,
                                     struct err *err);
/* Reads a token, slices on the talloc context. STATUS_INVALID "invalid_cursor", field
 * "cursor", for anything that cursor_encode does not make. */
MUST_CHECK enum status cursor_decode(void *ctx, struct str token, struct cursor *out,
                                     struct err *err);

#endif
