/* sheet_csv_separator.h - which character separates the cells of a text file?
 *
 * Of comma, tab and semicolon the one that most of the first lines hold equally often;
 * what the first line with any of them says weighs threefold, because headers seldom hold
 * a foreign separator. A quoted cell does not count, and neither do lines in it.
 * A first line "sep=;" (as spreadsheet programs write it) decides. Comma when none is
 * found: a file of one column.
 *
 * Not: no judgement whether the columns make sense (profile.h).
 */
#ifndef INDEXER_SHEET_CSV_SEPARATOR_H
#define INDEXER_SHEET_CSV_SEPARATOR_H

#include "indexer/encoding.h"

#define CSV_SAMPLE_BYTES ((size_t)256 << 10) /* of text, looked at */
#define CSV_SAMPLE_LINES 100

/* Reads from where the decoder stands and leaves it somewhere behind. STATUS_IO. */
MUST_CHECK enum status csv_find_separator(struct decoder *d, char *out, struct err *err);

#endif
