/* docmap.h - one record to what a published set holds of it. Pure: no disk.
 *
 *   record, audience -> { terms, record text, document data, columns row }
 *
 * Everything is driven by the field table: a field with a tag gives text and terms
 * (searched fields unprefixed, by-name fields with "X"), a field with a facet gives
 * column values. Text and data hold what TIER_P1 may read (TIER_P0 while the publicity
 * period runs), for both audiences alike: a record that is fully public has the same
 * document in both sets, so a bulk build makes it once. What only the internal audience
 * may read stands in its data.db and in its columns.
 *
 * Threads: a struct docmap (reused from record to record) belongs to one thread.
 */
#ifndef INDEXER_DOCMAP_H
#define INDEXER_DOCMAP_H

#include "core/analyse.h"
#include "core/columns.h"
#include "core/record.h"
#include "core/store.h"

struct docmap;

struct docmap_doc {
    const struct term *terms;
    size_t nterms;
    struct str text;        /* record text (rectext.h) */
    struct str data;        /* document data (recdoc.h) */
    struct columns_row row; /* all facets; text_at is left 0 */
};

MUST_CHECK enum status docmap_new(struct docmap **out, struct err *err);
void docmap_free(struct docmap *m);

/* Does the set of this audience hold the record? */
bool docmap_holds(enum audience a, const struct record *r);
/* Is its document the same in every set (fully public)? */
bool docmap_is_common(const struct record *r);

/* The document of a record that the audience's set holds; slices live until the next call
 * or docmap_free, and as long as *r. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status docmap_make(struct docmap *m, enum audience a,
                                   const struct record *r, struct docmap_doc *out,
                                   struct err *err);
/* Takes the facets away that only the internal audience has: a common row for the public
 * set. */
void docmap_public_row(struct columns_row *row);

#endif
