/* similar_diff.h - where two texts differ, marked for people.
 *
 * Threads: pure.
 */
#ifndef INDEXER_SIMILAR_DIFF_H
#define INDEXER_SIMILAR_DIFF_H

#include "core/str.h"

#define SIMILAR_DIFF_CHARS 512u /* longer texts come out unmarked */

/* Appends both texts, the characters that the other does not have in the same order
 * between 【 and 】. STATUS_NOMEM, STATUS_LIMIT. */
MUST_CHECK enum status similar_diff(struct str a, struct str b, struct buf *marked_a,
                                    struct buf *marked_b, struct err *err);

#endif
