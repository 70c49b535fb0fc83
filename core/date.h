/* date.h - civil dates and statistical years; no locale, no time zone surprises.
 * A date is an int32: YYYYMMDD; a month without day is YYYYMM00; 0 is "missing".
 * Threads: pure. "Now" is always an argument. */
#ifndef CORE_DATE_H
#define CORE_DATE_H

#include "core/str.h"

C_API_BEGIN

#define DATE_YEAR_MIN 1900
#define DATE_YEAR_MAX 2199
#define DATE_TEXT 11 /* room for "YYYY-MM-DD" and the terminator */

/* "YYYY-MM-DD" or "YYYY-MM" (strict, real calendar days). STATUS_INVALID with a sentence.
 */
MUST_CHECK enum status date_parse(struct str s, int32_t *out, struct err *err);
/* Writes "YYYY-MM-DD" or "YYYY-MM" ("" for 0); returns out. */
const char *date_text(int32_t d, char out[DATE_TEXT]);
static inline int date_year(int32_t d) {
    return d / 10000;
}
static inline int date_month(int32_t d) {
    return d / 100 % 100;
}
/* Days since 1970-01-01 of a full date (a month counts as its first day). */
int64_t date_days(int32_t d);
int date_days_in_month(int year, int month);

/* An instant: RFC 3339 "2025-11-03T10:12:00+08:00" or "…Z", or a bare date (00:00 UTC),
 * to seconds since 1970 UTC. STATUS_INVALID. */
MUST_CHECK enum status instant_parse(struct str s, int64_t *out, struct err *err);
/* "2026-01-20T08:00:00Z"; room for 32. */
const char *instant_text(int64_t t, char out[32]);
/* "Tue, 20 Jan 2026 08:00:00 GMT" (RFC 9110); room for 32. */
const char *instant_http(int64_t t, char out[32]);

C_API_END
#endif
