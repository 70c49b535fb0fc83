/* conversion_terms.h - by what a contract and an achievement are compared: hashes of IP
 * numbers, and of title with a unit. Inside of conversion_match.h.
 *
 * Threads: a struct conversion_terms belongs to one thread.
 */
#ifndef INDEXER_CONVERSION_TERMS_H
#define INDEXER_CONVERSION_TERMS_H

#include "indexer/conversion_match.h"
#include "indexer/decide_identity.h"

struct conversion_terms {
    struct identity *id;                /* owned: title and units */
    struct buf text;                    /* owned: IP numbers in the form compared */
    size_t ip_end[CONVERSION_MAX_IP];   /* ends in text */
    int64_t ip_hash[CONVERSION_MAX_IP]; /* xxh64 of each */
    size_t nip;
};

MUST_CHECK enum status conversion_terms_init(struct conversion_terms *t, struct err *err);
void conversion_terms_done(struct conversion_terms *t);

/* Of a contract's canonical JSON: ip_no, achievement_title, seller. Without title or
 * seller's name there are no title hashes (id->nhash 0). */
MUST_CHECK enum status conversion_terms_contract(struct conversion_terms *t,
                                                 const json_t *contract, struct err *err);
/* Of a registration's canonical JSON: ip[].no, title, units. A collection has none. */
MUST_CHECK enum status conversion_terms_record(struct conversion_terms *t,
                                               const json_t *record, struct err *err);

/* Do both hold one IP number? / Is the contract's title the record's, and its seller one
 * of the record's units? (On the texts, not the hashes.) */
bool conversion_terms_share_ip(const struct conversion_terms *a,
                               const struct conversion_terms *b);
bool conversion_terms_share_title(const struct conversion_terms *contract,
                                  const struct conversion_terms *record);

#endif
