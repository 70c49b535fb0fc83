#include "core/date.h"

#include <stdio.h>

#include "core/utf8.h"

#define DAY_SECONDS 86400
#define INSTANT_MIN INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define INSTANT_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define SHOWN_BYTES 40                    /* of a refused value, in a sentence */

/* Days since 1970-01-01 of a proleptic Gregorian date. Counting years from March puts the
 * leap day last, so that months have a closed form (153 days in five of them). */
static int64_t days_of(int64_t y, int m, int d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year = y - era * 400;
    int64_t day = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static void civil_of(int64_t days, int *y, int *m, int *d) {
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t rest = z - era * 146097;
    int64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int64_t day = rest - (365 * year + year / 4 - year / 100);
    int64_t mp = (5 * day + 2) / 153;
    *d = (int)(day - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = (int)(year + era * 400 + (*m <= 2));
}

int date_days_in_month(int year, int month) {
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Exactly n digits at s.p + at, or -1. */
static int digits(struct str s, size_t at, size_t n) {
    if (at > s.n || s.n - at < n) return -1;
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return -1;
        v = v * 10 + (s.p[i] - '0');
    }
    return v;
}

static bool is_at(struct str s, size_t at, char c) {
    return at < s.n && s.p[at] == c;
}

/* "YYYY-MM" or "YYYY-MM-DD" at the start of s; the bytes used, or 0. */
static size_t take_date(struct str s, int32_t *out) {
    int y = digits(s, 0, 4), m = digits(s, 5, 2), d = 0;
    if (y < DATE_YEAR_MIN || y > DATE_YEAR_MAX || !is_at(s, 4, '-') || m < 1 || m > 12)
        return 0;
    size_t used = 7;
    if (is_at(s, 7, '-')) {
        d = digits(s, 8, 2);
        if (d < 1 || d > date_days_in_month(y, m)) return 0;
        used = 10;
    }
    *out = (int32_t)(y * 10000 + m * 100 + d);
    return used;
}

enum status date_parse(struct str s, int32_t *out, struct err *err) {
    int32_t d = 0;
    size_t used = take_date(s, &d);
    if (used == 0 || used != s.n)
        return err_set(err, STATUS_INVALID, NULL,
                       "“%.*s”不是有效日期，应写作 2025-01-05 或 2025-01（%d—%d 年）",
                       (int)utf8_clip(s, SHOWN_BYTES), s.n ? s.p : "", DATE_YEAR_MIN,
                       DATE_YEAR_MAX);
    *out = d;
    return STATUS_OK;
}

const char *date_text(int32_t d, char out[DATE_TEXT]) {
    int y = date_year(d), m = date_month(d), day = date_day(d);
    out[0] = 0;
    if (d < 10000 || d > 99991231) return out;
    if (day)
        snprintf(out, DATE_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, (unsigned)m % 100,
                 (unsigned)day % 100);
    else
        snprintf(out, DATE_TEXT, "%04u-%02u", (unsigned)y % 10000, (unsigned)m % 100);
    return out;
}

int64_t date_days(int32_t d) {
    if (d == 0) return 0;
    return days_of(date_year(d), date_month(d), date_day(d) ? date_day(d) : 1);
}

/* "Z" or "+hh:mm" at `at` to the end of s: seconds east of UTC. */
static bool take_offset(struct str s, size_t at, int *out) {
    if (s.n == at + 1 && (s.p[at] == 'Z' || s.p[at] == 'z')) return *out = 0, true;
    int h = digits(s, at + 1, 2), m = digits(s, at + 4, 2);
    if (s.n != at + 6 || !(is_at(s, at, '+') || is_at(s, at, '-')) ||
        !is_at(s, at + 3, ':') || h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *out = (h * 3600 + m * 60) * (s.p[at] == '-' ? -1 : 1);
    return true;
}

/* "Thh:mm:ss[.f…]OFFSET" after a full date: seconds to add to its midnight UTC. */
static bool take_time(struct str s, size_t at, int *out) {
    int h = digits(s, at + 1, 2), m = digits(s, at + 4, 2), sec = digits(s, at + 7, 2);
    if (!(is_at(s, at, 'T') || is_at(s, at, 't')) || !is_at(s, at + 3, ':') ||
        !is_at(s, at + 6, ':') || h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 ||
        sec > 60)
        return false;
    at += 9;
    if (is_at(s, at, '.')) {
        size_t from = ++at;
        while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') at++;
        if (at == from) return false;
    }
    int offset = 0;
    if (!take_offset(s, at, &offset)) return false;
    *out = h * 3600 + m * 60 + sec - offset;
    return true;
}

enum status instant_parse(struct str s, int64_t *out, struct err *err) {
    int32_t d = 0;
    int seconds = 0;
    size_t used = take_date(s, &d);
    if (used != 10 || (s.n != used && !take_time(s, used, &seconds)))
        return err_set(err, STATUS_INVALID, NULL,
                       "“%.*s”不是有效时刻，应写作 2025-11-03T10:12:00+08:00 或 "
                       "2025-11-03",
                       (int)utf8_clip(s, SHOWN_BYTES), s.n ? s.p : "");
    *out = date_days(d) * DAY_SECONDS + seconds;
    return STATUS_OK;
}

struct moment {
    unsigned y, m, d, hour, minute, second, weekday; /* weekday: 0 = Sunday */
};

static struct moment split(int64_t t) {
    t = t < INSTANT_MIN ? INSTANT_MIN : t > INSTANT_MAX ? INSTANT_MAX : t;
    int64_t days = (t - INSTANT_MIN) / DAY_SECONDS + INSTANT_MIN / DAY_SECONDS;
    unsigned rest = (unsigned)(t - days * DAY_SECONDS);
    int y, m, d;
    civil_of(days, &y, &m, &d);
    return (struct moment){
        .y = (unsigned)y,
        .m = (unsigned)m,
        .d = (unsigned)d,
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
        .weekday = (unsigned)((days % 7 + 11) % 7), /* 1970-01-01 was a Thursday */
    };
}

int32_t instant_date(int64_t t) {
    struct moment p = split(t);
    return (int32_t)(p.y * 10000 + p.m * 100 + p.d);
}

const char *instant_text(int64_t t, char out[INSTANT_TEXT]) {
    struct moment p = split(t);
    snprintf(out, INSTANT_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", p.y % 10000, p.m % 100,
             p.d % 100, p.hour % 100, p.minute % 100, p.second % 100);
    return out;
}

const char *instant_http(int64_t t, char out[INSTANT_TEXT]) {
    static const char day[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char month[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct moment p = split(t);
    snprintf(out, INSTANT_TEXT, "%s, %02u %s %04u %02u:%02u:%02u GMT", day[p.weekday],
             p.d % 100, month[p.m - 1], p.y % 10000, p.hour % 100, p.minute % 100,
             p.second % 100);
    return out;
}
