/* conversion_list.h - contracts and what they are linked to, for people to look at.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_CONVERSION_LIST_H
#define INDEXER_CONVERSION_LIST_H

#include "indexer/registry.h"

/* NULL-terminated: declared, ip, title, manual, none (conversion_match.h). */
extern const char *const conversion_classes[];

/* Calls fn for every contract by its number; match: only of this class, NULL = all. The
 * object is fn's only during the call:
 * {"contract_no","type","signed_on","amount_total","status" (valid, void, superseded),
 *  "seller" (name or null),"match","candidates" (achievements that fit; 2 = two or more),
 *  "links":[{"uid","regno","title" (null: not known yet),"target","share","match"}]}
 * A status other than OK stops the walk and is returned. */
typedef enum status (*conversion_fn)(void *arg, const json_t *contract, struct err *err);
MUST_CHECK enum status conversion_each(struct registry *r, const char *match,
                                       conversion_fn fn, void *arg, struct err *err);

#endif
