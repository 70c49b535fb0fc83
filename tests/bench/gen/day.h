/* day.h - days since 1970-01-01 of a civil date, and back. Gregorian, years 1970..2199.
 */
#ifndef GEN_DAY_H
#define GEN_DAY_H

int day_of(int year, int month, int day);
void day_split(int days, int *year, int *month, int *day);

#endif
