/* recdoc.h - document data: what the index hands back for a hit, built and taken apart.
 *
 * Three lines, separated by '\n' (JSON text holds no raw newline, so lines are safe):
 *   1  the hit: one compact JSON object with the members of interface.md's hits, in that
 *      order, except title_html, snippet_html and score: regno, uid, title, year,
 *      approved_on, category, category_label, unit, units, region, region_label,
 *      approver, publicity, keywords, url. A missing value is null. Where units count
 *      under other names than the record writes (record.h, counted) these stand last, in
 *      the order of `units`: units_as.
 *   2  the abstract: a JSON string, or null
 *   3  the rest: the audience's view of the record (record_view) without what lines 1
 *      and 2 hold as the record has it, a compact JSON object
 * So a page of hits is written without parsing any JSON (line 1 is copied), a snippet
 * parses one string, and a record page everything.
 *
 * What the audience may not see is not in the data: all three lines come from
 * record_view(record, tier). For unit_open and site_open the caller passes TIER_P0.
 *
 * Threads: no state.
 * Not: no term, no text, no column; that is indexer/docmap.h.
 */
#ifndef CORE_RECDOC_H
#define CORE_RECDOC_H

#include "core/record.h"

C_API_BEGIN

/* Appends the document data of `r` as `tier` may see it to *out. A url is
 * "/achievement/" and the percent-encoded regno (uid where there is none).
 * STATUS_NOMEM; STATUS_LIMIT when *out is full. */
MUST_CHECK enum status recdoc_build(const struct record *r, enum tier tier,
                                    struct buf *out, struct err *err);

/* Cuts document data into its lines, borrowed from `data`. STATUS_CORRUPT when there are
 * not exactly three, or a line does not begin and end as its JSON must. */
MUST_CHECK enum status recdoc_split(struct str data, struct str *hit,
                                    struct str *abstract, struct str *rest,
                                    struct err *err);

C_API_END
#endif
