/* windows.h - registration windows: the statistical year of an achievement, and until
 * when it is to be filed.
 *
 * A table (data/windows.csv, built in; an administrator's file replaces it, [intake]
 * windows) with the columns registry, stat_year, achieved_from, achieved_to, file_by,
 * months, in any order; lines that begin with # are remarks. Windows of one registry may
 * not overlap. A calendar year for which a registry has no row is a window of its own; a
 * day of a year for which it has rows, outside of all its windows, belongs to none.
 * A row without year gives the registry's rule of months.
 *
 * Nothing is refused by a window: other years and late filings are warnings (W_WINDOW,
 * W_OVERDUE).
 *
 * Source: registration rules (research 3.3, “登记年度窗口”); record.md "Dates".
 * Threads: constant once loaded.
 */
#ifndef INDEXER_WINDOWS_H
#define INDEXER_WINDOWS_H

#include "core/str.h"

#define WINDOWS_MAX 10000 /* rows */
#define WINDOWS_MAX_MONTHS 120

struct windows;

/* path NULL or "": the built-in table. STATUS_INVALID names file and line; STATUS_IO,
 * STATUS_NOMEM, what a CSV reader says (sheet.h). */
MUST_CHECK enum status windows_load(const char *path, struct windows **out,
                                    struct err *err);
void windows_free(struct windows *w); /* NULL is fine */

/* The window that holds the day (a month counts as its first day); false: there is none,
 * or no day. The first parameter is a struct windows, as validate_options asks. */
bool windows_year(void *windows, struct str registry, int32_t achieved_on,
                  int *stat_year);
/* The last day to file, 0: no rule. stat_year 0 or achieved_on 0: not known. */
int32_t windows_due(void *windows, struct str registry, int stat_year,
                    int32_t achieved_on);

#endif
