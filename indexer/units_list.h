/* units_list.h - the unit register as JSON, for the command `unit`.
 *
 * A unit: {"id","name","uscc":[…],"type","region","names":n,"uses":n}; uses: units of
 * records that count as it. Shown alone, `names` is a list of {"unit","name","uscc",
 * "origin","uses","from","to"} and "merges" those that join it.
 * A merge: {"id","name","uscc","into","into_uscc","reason","at","actor","undone_at",
 * "undone_by"}; the last two null while it stands, actor null for automatic ones.
 *
 * Threads: as the registry. The caller owns what comes out.
 */
#ifndef INDEXER_UNITS_LIST_H
#define INDEXER_UNITS_LIST_H

#include "indexer/registry.h"

/* Units with `word` in one of their names (empty: all), most used first. */
MUST_CHECK enum status units_list_units(struct registry *r, struct str word,
                                        int64_t limit, json_t **out, struct err *err);
/* Merges, newest first; undone ones too. */
MUST_CHECK enum status units_list_merges(struct registry *r, int64_t limit, json_t **out,
                                         struct err *err);
/* The unit that a row counts as. */
MUST_CHECK enum status units_show(struct registry *r, int64_t unit, json_t **out,
                                  struct err *err);

#endif
