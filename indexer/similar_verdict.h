/* similar_verdict.h - what a person decided in review, remembered.
 *
 * Of two registrations, by their uids: the same achievement, or different ones. Different
 * holds in both directions and silences H_SIMILAR for the pair. The same is said of a row
 * (mine) that was not taken because of a record (other): a new record with that uid is
 * E_DUP from then on. Of a row with a classification marking, by the hash of its bytes:
 * fine (it is taken next time), or classified.
 * A later decision replaces an earlier one. Erasing a record drops what was said of it.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_SIMILAR_VERDICT_H
#define INDEXER_SIMILAR_VERDICT_H

#include "indexer/registry_write.h"

enum verdict { VERDICT_NONE, VERDICT_DIFFERENT, VERDICT_SAME };

/* Of the pair, in whichever direction. */
MUST_CHECK enum status verdict_of(struct registry *r, struct str mine, struct str other,
                                  enum verdict *out, struct err *err);
/* The key of a stored record that `mine` was found the same as; 0 = none. */
MUST_CHECK enum status verdict_same_as(struct registry *r, struct str mine, uint32_t *key,
                                       struct err *err);
/* Of a row with a marking. */
MUST_CHECK enum status verdict_of_row(struct registry *r, const unsigned char hash[16],
                                      enum verdict *out, struct err *err);

struct verdict_by {
    struct str actor, note;
};
MUST_CHECK enum status verdict_put(struct registry_batch *b, struct str mine,
                                   struct str other, enum verdict v,
                                   const struct verdict_by *by, struct err *err);
MUST_CHECK enum status verdict_put_row(struct registry_batch *b,
                                       const unsigned char hash[16], enum verdict v,
                                       const struct verdict_by *by, struct err *err);
/* All that was said of the uid. */
MUST_CHECK enum status verdict_forget(struct registry_batch *b, struct str uid,
                                      struct err *err);

#endif
