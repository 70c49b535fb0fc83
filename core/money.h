/* money.h - integer fen. Source: record.md "Money".
 *
 * An amount is an int64 of fen with |amount| <= MONEY_MAX_FEN; nothing here rounds.
 * Threads: pure.
 * Not: does not judge signs (only profit may be negative: the field table knows), does
 * not read office notations (separators, full-width digits: profiles do), does not sum.
 */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include "core/str.h"

C_API_BEGIN

#define MONEY_MAX_FEN INT64_C(100000000000000000) /* 10^15 yuan */
#define MONEY_MAX_BYTES 64                        /* of one amount as text */
#define MONEY_TEXT 32

/* A decimal string ("2000000.00", "-3.5": optional '-', digits, optionally '.' and
 * digits) times the unit (NULL, "元", "万元", "亿元") to fen. A value that is no whole
 * number of fen after conversion is refused; zeros behind the last fen are none.
 * STATUS_INVALID with a sentence (in Chinese) for all that is wrong, an unknown unit
 * included. */
MUST_CHECK enum status money_parse(struct str s, const char *unit, int64_t *out_fen,
                                   struct err *err);
/* Yuan with two decimals: "1234.50", "-0.05"; returns out. */
const char *money_text(int64_t fen, char out[MONEY_TEXT]);

C_API_END
#endif
