/* record_doc.h - one record of a published set, found by registration number or uid.
 *
 * What it holds is what the set's audience may read (recdoc.h).
 * Threads: a reader belongs to one thread.
 */
#ifndef QUERY_RECORD_DOC_H
#define QUERY_RECORD_DOC_H

#include "core/db.h"
#include "core/xindex/xindex.h"

#include <jansson.h>

#define RECORD_ID_MAX 200 /* bytes of a regno or uid */

struct record_doc {
    uint32_t docid;
    struct str hit, abstract, rest; /* lines of recdoc.h, on the talloc context */
};

/* Finds by regno, else by uid, as typed and then folded (full-width to half-width,
 * upper-case). STATUS_NOT_FOUND; STATUS_INVALID (not UTF-8, too long); those of
 * xindex_lookup and recdoc_split. */
MUST_CHECK enum status record_doc_find(struct xindex_reader *reader, void *ctx,
                                       struct str id, struct record_doc *out,
                                       struct err *err);

/* Puts the record with every tier in place of d->rest: the internal audience's view, from
 * the data.db of the internal set (pubdata.h). STATUS_NOT_FOUND leaves d as it is and is
 * returned as STATUS_OK: data.db may be a revision behind for a moment. */
MUST_CHECK enum status record_doc_widen(struct record_doc *d, struct db *internal,
                                        void *ctx, struct err *err);

/* The whole record as one JSON object (the caller owns it): the members of the rest, the
 * abstract, and those of the hit that it lacks (year, category_label, unit, region_label,
 * url …). STATUS_CORRUPT, STATUS_NOMEM. */
MUST_CHECK enum status record_doc_json(const struct record_doc *d, json_t **out,
                                       struct err *err);

#endif
