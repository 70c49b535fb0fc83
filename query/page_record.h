/* page_record.h - the record page from the record's JSON. Private to page_record*.c. */
#ifndef QUERY_PAGE_RECORD_H
#define QUERY_PAGE_RECORD_H

#include "query/view.h"

/* Renders `record` (record_doc_json). What it shows is what the set holds: private fields
 * are not in it. */
MUST_CHECK enum status page_record_render(struct call *c, struct response *r,
                                          struct xindex_reader *reader,
                                          const json_t *record, struct err *err);

#endif
