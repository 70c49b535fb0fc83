/* units.h - the unit register: which names of units mean the same unit, and under which
 * name, type and region that unit counts.
 *
 * A unit of a record is a normalised name (decide_identity.h) with a valid unified social
 * credit code or none; a code whose check digit fails is none. Each such pair is one row
 * of the table `unit`. Rows count as one where merges join them:
 *   uscc   rows with the same code (automatic)
 *   name   the row without code and the one with it, where exactly one code was seen with
 *          that name (automatic; two codes never merge by themselves)
 *   merge, alias, rename, import   by a person (units_edit.h)
 * Automatic merges follow from the rows alone, rows of records from the records as they
 * stand now, so the order of arrival does not matter. A merge that a person undid does
 * not come back by itself.
 *
 * A joined unit counts under its declared current name (the one declared for the latest
 * date), else under the name that most records carry: those that the public may open
 * count first, so that no name reaches the public from hidden records alone. Ties:
 * shorter, then by bytes. Names declared as former or short stand back. Of the spellings
 * of one name (blanks, widths, case) the same rule takes one; a trailing （盖章） is no
 * part of any. Type and region are those declared for it; they fill gaps of a record's
 * unit and overwrite nothing.
 *
 * During a batch every answer is that of the batch's beginning; units_settle, which the
 * commit calls, brings the register up and moves the statistics of all records whose
 * units now count otherwise, and lists these records as changed.
 *
 * Look-ups are kept in memory, each name asked of the database once.
 * Not: the stored record, its page and its document keep the name as registered.
 * Source: registration rules (research 3.5: identity of units), GB 32100-2015.
 * Threads: as the registry.
 */
#ifndef INDEXER_UNITS_H
#define INDEXER_UNITS_H

#include "indexer/registry_write.h"

struct units;

/* The register of an open registry (its handle), which owns it. NULL: no memory. */
struct units *units_new(const struct db *db);
void units_free(struct units *u);
/* Forgets what it read and what was noted: after a commit or a rollback. */
void units_reset(struct units *u);

/* Fills r->counted where the register has something to say. STATUS_NOMEM, STATUS_LIMIT,
 * those of db.h. */
MUST_CHECK enum status units_count(struct units *u, struct record *r, struct err *err);

/* At the beginning of a batch: a registry from before the register is read once. */
MUST_CHECK enum status units_begin(struct registry_batch *b, struct err *err);
/* One record changes (NULL: was not there, is no longer): its share of the statistics, as
 * its units count at the batch's beginning, and what the register knows of its units.
 * forget: of names that no record carries afterwards nothing is kept, merges included. */
MUST_CHECK enum status units_apply(struct registry_batch *b, uint32_t key,
                                   const struct record *was, const struct record *now,
                                   bool forget, struct err *err);
/* At the end of a batch. */
MUST_CHECK enum status units_settle(struct registry_batch *b, struct err *err);

/* Compares the register with the records and with itself: calls fn for every
 * disagreement, at most max times. A registry whose register was never filled has none.
 */
typedef void (*units_finding_fn)(void *arg, const char *text);
MUST_CHECK enum status units_verify(struct registry *r, size_t max, units_finding_fn fn,
                                    void *arg, struct err *err);

#endif
