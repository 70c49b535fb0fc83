/* conversion_match.h - which achievement a contract is about, and how that was found.
 *
 * Class of match (table conversion, column match; the link carries it too):
 *   declared  the contract names its achievements; links may be open until they arrive
 *   ip        it names none, and exactly one registered achievement holds one of its IP
 *             numbers
 *   title     no registered achievement holds one, and exactly one has its title
 *             (achievement_title, as decide_identity.h compares titles) and its seller
 *             among the completing units
 *   manual    a person linked it, or said that it belongs to none (no link then); neither
 *             arrivals nor withdrawals change that, only a correction that declares
 *             achievements does
 *   none      nothing fits, or more than one: nothing is guessed
 * Only registered registrations are looked at (no collections). IP numbers are compared
 * as matching text without anything but letters and digits, without a leading ZL or CN; a
 * number has at least CONVERSION_IP_MIN characters and a digit. Several numbers in a
 * value are split at 、；;，, and line ends.
 *
 * Everything is settled once, at the end of each batch, from what stands then: the result
 * is a function of the contracts and the registered achievements alone, whatever the
 * order of rows, files and batches. An unmatched contract stands and counts in totals.
 * What is remembered for that is described in registry_schema.c (ip_number,
 * conversion_term, conversion_candidate, conversion_dirty).
 *
 * Source: event model of the conversion statistics (match_class); record.md, contracts.
 * Threads: as the registry.
 */
#ifndef INDEXER_CONVERSION_MATCH_H
#define INDEXER_CONVERSION_MATCH_H

#include "indexer/decide_identity.h"
#include "indexer/registry_write.h"

#define CONVERSION_IP_MIN 5
/* Numbers of a contract or record; further ones are not asked. */
#define CONVERSION_MAX_IP 64

/* Links every contract that this batch made, changed, or gave or took an achievement.
 * Called by the end of a batch that changed something, before it commits. */
MUST_CHECK enum status conversion_settle(struct registry_batch *b, struct err *err);

/* Before the record is erased as classified: contracts linked to it, or with its title
 * (id: what it is), keep number and money, but no longer title and IP numbers, in no
 * version. */
MUST_CHECK enum status conversion_forget(struct registry_batch *b, uint32_t key,
                                         const struct identity *id, struct err *err);

/* A person's word (class manual): the contract is about the record `key`; 0: about none.
 * STATUS_NOT_FOUND: no such contract; STATUS_CONFLICT: the contract itself declares
 * achievements. *changed: it was not so before. */
MUST_CHECK enum status conversion_pin(struct registry_batch *b, struct str contract_no,
                                      uint32_t key, bool *changed, struct err *err);
/* Takes a person's word back: the program matches again. Errors as conversion_pin. */
MUST_CHECK enum status conversion_unpin(struct registry_batch *b, struct str contract_no,
                                        bool *changed, struct err *err);

/* Recomputes every match from records and contracts, and what is remembered for it, and
 * calls fn with a sentence for each difference. Nothing is changed. */
typedef void (*conversion_finding_fn)(void *arg, const char *sentence);
MUST_CHECK enum status conversion_check(struct registry *r, conversion_finding_fn fn,
                                        void *arg, struct err *err);

#endif
