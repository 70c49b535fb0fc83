/* chart_number.h - numbers as charts print them: 1,234 · 1.23万 · 1.2亿 · +12.3 · −4.5.
 *
 * Threads: pure. Not: exact text is the table's (table_cell_text); these are for eyes.
 */
#ifndef STATS_CHART_NUMBER_H
#define STATS_CHART_NUMBER_H

#include "core/base.h"

C_API_BEGIN

#define CHART_NUMBER_TEXT 64

/* Puts thousands separators into a plain decimal ("-12345.60" -> "−12,345.60"); text that
 * is no decimal is copied. Into out (>= CHART_NUMBER_TEXT); returns out. */
const char *chart_number_grouped(const char *decimal, char *out, size_t size);

/* All digits of a whole number, one decimal of others, grouped. */
const char *chart_number_full(double v, char *out, size_t size);

/* At most three significant digits from 1万 up ("1.23万", "123万", "4.56亿"); below, as
 * chart_number_full. */
const char *chart_number_short(double v, char *out, size_t size);

/* With sign and `decimals` (0 or 1): "+12.3", "−4.5"; "0" or "0.0" without one. From
 * 10,000 up short, as above. */
const char *chart_number_signed(double v, int decimals, char *out, size_t size);

C_API_END
#endif
