/* date.h - civil dates and instants; no locale, no time zone database.
 *
 * A date is an int32: YYYYMMDD; a month without day is YYYYMM00; 0 is "missing". So
 * dates compare as integers, and a month sorts before its first day.
 * An instant is an int64: seconds since 1970-01-01T00:00:00Z, without leap seconds.
 *
 * Threads: pure. "Now" is always an argument.
 * Not: office notations (2025年1月, 20250105, Excel serials) are the profiles' work; the
 * statistical year of a date is the window table's.
 * Source: record.md "Dates"; RFC 3339 (instants), RFC 9110 section 5.6.7 (HTTP dates).
 */
#ifndef CORE_DATE_H
#define CORE_DATE_H

#include "core/str.h"

C_API_BEGIN

#define DATE_YEAR_MIN 1900
#define DATE_YEAR_MAX 2199
#define DATE_TEXT 11    /* room for "YYYY-MM-DD" and the terminator */
#define INSTANT_TEXT 32 /* room for either text of an instant */

/* "YYYY-MM-DD" or "YYYY-MM": exactly these digits, a day that the Gregorian calendar has,
 * a year in DATE_YEAR_MIN..MAX. STATUS_INVALID with a sentence (in Chinese: registry
 * staff read it). */
MUST_CHECK enum status date_parse(struct str s, int32_t *out, struct err *err);
/* Writes "YYYY-MM-DD" or "YYYY-MM" ("" for 0 and for what is no date); returns out. */
const char *date_text(int32_t d, char out[DATE_TEXT]);
static inline int date_year(int32_t d) {
    return d / 10000;
}
static inline int date_month(int32_t d) {
    return d / 100 % 100;
}
/* The day of the month, 0 for a month without day. */
static inline int date_day(int32_t d) {
    return d % 100;
}
/* Days since 1970-01-01 (a month counts as its first day); 0 for "missing". */
int64_t date_days(int32_t d);
/* 28..31; 0 when month is not 1..12. */
int date_days_in_month(int year, int month);

/* RFC 3339 ("2025-11-03T10:12:00+08:00", "…Z"; a fraction of a second is dropped, second
 * 60 is the next minute's first), or a bare full date (00:00 UTC). Years as above, before
 * the offset is applied. STATUS_INVALID with a sentence. */
MUST_CHECK enum status instant_parse(struct str s, int64_t *out, struct err *err);
/* The UTC calendar day of an instant, clamped as below. */
int32_t instant_date(int64_t t);
/* "2026-01-20T08:00:00Z". Instants outside the years 0001..9999 print as the nearest end.
 */
const char *instant_text(int64_t t, char out[INSTANT_TEXT]);
/* "Tue, 20 Jan 2026 08:00:00 GMT"; clamped alike. */
const char *instant_http(int64_t t, char out[INSTANT_TEXT]);

C_API_END
#endif
