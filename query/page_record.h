/* page_record.h - the record page from the record's JSON. Private to page_record*.c. */
#ifndef QUERY_PAGE_RECORD_H
#define QUERY_PAGE_RECORD_H

#include "query/similar.h"
#include "query/view.h"

#define PAGE_SIMILAR 5 /* similar records that a page names */
/* They are an addition to the page: it does not wait longer for them. */
#define PAGE_SIMILAR_NS ((int64_t)500 * 1000 * 1000)

/* Renders `record` (record_doc_json) and, unless NULL, what is like it. What it shows is
 * what the set holds: private fields are not in it. */
MUST_CHECK enum status page_record_render(struct call *c, struct response *r,
                                          struct xindex_reader *reader,
                                          const json_t *record,
                                          const struct similar_result *similar,
                                          struct err *err);

/* What is like the record, on the request's memory; NULL when it cannot be told now. The
 * reader may move on to a newer revision. */
const struct similar_result *
page_record_similar(const struct call *c, struct xindex_reader *reader, uint32_t docid);
/* Sets the list `similar` of the view. */
void page_record_put_similar(struct call *c, struct view *v,
                             const struct similar_result *similar);

#endif
