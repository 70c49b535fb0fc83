/* money.h - integer fen. Source: record.md "Money".
 * Threads: pure. */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include "core/str.h"

C_API_BEGIN

#define MONEY_MAX_FEN INT64_C(100000000000000000) /* 10^15 yuan */
#define MONEY_TEXT 32

/* A decimal string ("2000000.00", "-3.5") times the unit (NULL or "元", "万元", "亿元")
 * to fen; at most 2 decimals of a yuan after conversion, full-width digits and ","
 * thousands separators refused here (profiles handle them). STATUS_INVALID with a
 * sentence. */
MUST_CHECK enum status money_parse(struct str s, const char *unit, int64_t *out_fen,
                                   struct err *err);
/* "1234.50"; returns out. */
const char *money_text(int64_t fen, char out[MONEY_TEXT]);

C_API_END
#endif
