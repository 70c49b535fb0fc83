/* result_text.h - answers and records for a terminal.
 *
 * Lines of UTF-8 text, Chinese labels; control characters of the data become spaces, so
 * that no record can move the cursor or change colours of a terminal.
 *
 * Threads: no state.
 */
#ifndef QUERY_RESULT_TEXT_H
#define QUERY_RESULT_TEXT_H

#include "query/record_doc.h"
#include "query/search.h"

/* Total, what was understood, hits, facets, how to go on. STATUS_CORRUPT (a hit that is
 * no JSON), STATUS_NOMEM. */
MUST_CHECK enum status result_text(const struct search_result *r, struct buf *out,
                                   struct err *err);

/* A record as "label：value" lines; `record` is record_doc_json's object. */
MUST_CHECK enum status result_text_record(const json_t *record, struct buf *out,
                                          struct err *err);

#endif
