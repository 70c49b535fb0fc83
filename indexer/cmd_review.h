/* cmd_review.h - what the parts of `chengguo review` share. Private to cmd_review*.c. */
#ifndef INDEXER_CMD_REVIEW_H
#define INDEXER_CMD_REVIEW_H

#include "indexer/opened.h"
#include "indexer/quarantine_list.h"

/* The row as JSON: place, code, text, record that it collides with; title and uid when
 * its text was kept. NULL: out of memory. */
json_t *review_json(const struct quarantine_view *v);

/* review show ID: both sides. */
MUST_CHECK enum status review_show(const struct cli *cli, struct opened *o, int64_t id,
                                   bool json, struct err *err);

#endif
