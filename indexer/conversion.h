/* conversion.h - contracts, receipts, rewards, application statuses, yearly benefits.
 *
 * A row that says something new about what is known is a correction: the later arrival
 * holds, the replaced version stays in the history. Natural keys: contract by its number;
 * receipt and reward by contract and `no`; status by achievement and day; benefit by
 * achievement and year. A receipt or reward without `no` is the same only at the same
 * place of the same file: same bytes of the file and line, or same file name, line and
 * bytes of the row (a file that only grew).
 *
 * Outcomes: new = added (a contract that supersedes another is new; the other one's
 * status becomes superseded), corrected or voided = updated, same = unchanged. Of a file
 * brought in before, a version that has been replaced since is unchanged.
 * Links from contracts to achievements are made at the end of the batch, from the stored
 * contract (conversion_match.h). An achievement that a contract names and nobody knows
 * stays open in the link until it arrives; the contract stands meanwhile. Every other row
 * without its target is H_ORPHAN.
 *
 * Source: record.md, "contract, receipt, …"; event model of the conversion statistics.
 * Threads: as the registry.
 */
#ifndef INDEXER_CONVERSION_H
#define INDEXER_CONVERSION_H

#include "indexer/decide.h"

struct conversion_place {
    const char *source;        /* file as it was named */
    int64_t line;              /* 1-based */
    const unsigned char *file; /* xxh128 of the file's bytes, 16 */
    const unsigned char *row;  /* of the row's bytes, 16 */
};

MUST_CHECK enum status conversion_contract(struct decide *d, const struct contract_row *c,
                                           struct decision *out, struct err *err);
MUST_CHECK enum status conversion_receipt(struct decide *d, const struct receipt_row *c,
                                          const struct conversion_place *at,
                                          struct decision *out, struct err *err);
MUST_CHECK enum status conversion_reward(struct decide *d, const struct reward_row *c,
                                         const struct conversion_place *at,
                                         struct decision *out, struct err *err);
MUST_CHECK enum status conversion_app_status(struct decide *d,
                                             const struct app_status_row *c,
                                             struct decision *out, struct err *err);
MUST_CHECK enum status conversion_benefit(struct decide *d, const struct benefit_row *c,
                                          struct decision *out, struct err *err);

/* The record `key` answers to `target` now: contracts that named it are linked. */
MUST_CHECK enum status conversion_link(struct registry_batch *b, const char *target,
                                       uint32_t key, struct err *err);
/* Is any link open? (asked once a batch) */
MUST_CHECK enum status conversion_any_open(struct registry_batch *b, bool *any,
                                           struct err *err);

#endif
