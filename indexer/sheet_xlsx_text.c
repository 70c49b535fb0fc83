#include "indexer/sheet_xlsx_text.h"

#include "core/date.h"
#include "core/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_SHOWN 15          /* Excel shows no more */
#define DIGITS_KEPT 20           /* a whole number written out keeps so many */
#define EXACT 9007199254740992.0 /* whole numbers below are exact */
#define PLAIN_BELOW 15           /* powers of ten without exponent */
#define DAY 86400
#define LAST_DAY 2958465 /* 9999-12-31 */
#define DAY_1970 25569   /* serial number of 1970-01-01 */
#define DAYS_1904 1462   /* 1904's day 0 in the 1900 system */
#define LEAP_DAY 60      /* 1900-02-29, which never was */

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The unit of "_xHHHH_" at p, or -1. */
static int32_t escape(const char *p, size_t n) {
    if (n < 7 || p[0] != '_' || (p[1] | 0x20) != 'x' || p[6] != '_') return -1;
    int32_t v = 0;
    for (int i = 2; i < 6; i++) {
        int d = hex_digit(p[i]);
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

/* Decodes the escape at p, if it is one; *used: its bytes. */
static bool unescape(const char *p, size_t n, uint32_t *cp, size_t *used) {
    int32_t a = escape(p, n), b = n >= 14 ? escape(p + 7, n - 7) : -1;
    bool high = a >= 0xD800 && a < 0xDC00, low = b >= 0xDC00 && b < 0xE000;
    if (a < 0 || (a >= 0xDC00 && a < 0xE000) || (high && !low)) return false;
    *cp = high ? 0x10000u + ((uint32_t)(a - 0xD800) << 10) + (uint32_t)(b - 0xDC00)
               : (uint32_t)a;
    *used = high ? 14 : 7;
    return true;
}

size_t xlsx_text_fix(char *p, size_t n) {
    if (n == 0 || (!memchr(p, '_', n) && !memchr(p, '\r', n))) return n;
    size_t to = 0;
    bool cr = false;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t used = 1;
        bool one = p[i] == '_' && unescape(p + i, n - i, &cp, &used);
        if (!one) cp = (unsigned char)p[i]; /* a byte of a character: copied below */
        bool after_cr = cr;
        cr = cp == '\r';
        if (cr || (cp == '\n' && !after_cr))
            p[to++] = '\n';
        else if (cp == '\n')
            ; /* the second half of CR LF */
        else if (one)
            to += utf8_put(cp, p + to);
        else
            p[to++] = p[i];
        i += used;
    }
    return to;
}

struct digits {
    bool minus;
    char d[20];
    int n, exp; /* 0.d1d2d3… × 10^(exp+1) */
};

static bool plain_number(struct str v) {
    size_t i = v.n > 0 && v.p[0] == '-', from = i;
    while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9') i++;
    size_t whole = i - from, broken = 0;
    if (whole == 0 || (v.p[from] == '0' && whole > 1)) return false; /* 007 */
    if (v.p[from] == '0' && i == v.n) return from == 0;              /* -0 */
    if (i < v.n) {
        if (v.p[i++] != '.') return false;
        for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++) broken++;
        if (broken == 0 || i < v.n || v.p[i - 1] == '0') return false;
    }
    return broken ? whole + broken <= DIGITS_SHOWN : whole <= DIGITS_KEPT;
}

static bool double_of(struct str v, double *out) {
    char z[XLSX_VALUE_TEXT], *end;
    if (v.n == 0 || v.n >= sizeof z) return false;
    for (size_t i = 0; i < v.n; i++)
        if (!strchr("0123456789+-.eE", v.p[i]) || v.p[i] == 0) return false;
    memcpy(z, v.p, v.n);
    z[v.n] = 0;
    *out = strtod(z, &end);
    return *end == 0 && end != z && isfinite(*out);
}

/* "d.ddde±xx" of a double with so many digits. */
static void digits_of(double v, int precision, struct digits *d, char *z, size_t size) {
    snprintf(z, size, "%.*e", precision - 1, fabs(v));
    d->minus = v < 0;
    d->n = 0;
    const char *p = z;
    for (; *p && *p != 'e'; p++)
        if (*p != '.') d->d[d->n++] = *p;
    d->exp = *p ? (int)strtol(p + 1, NULL, 10) : 0;
    while (d->n > 1 && d->d[d->n - 1] == '0') d->n--;
}

static size_t lay_out(const struct digits *d, char *out) {
    char *p = out;
    if (d->minus) *p++ = '-';
    if (d->exp >= PLAIN_BELOW || d->exp < -PLAIN_BELOW) {
        *p++ = d->d[0];
        if (d->n > 1) *p++ = '.';
        for (int i = 1; i < d->n; i++) *p++ = d->d[i];
        return (size_t)(p - out) + (size_t)snprintf(p, 8, "E%+03d", d->exp);
    }
    if (d->exp < 0) {
        *p++ = '0', *p++ = '.';
        for (int i = -1; i > d->exp; i--) *p++ = '0';
    }
    for (int i = 0; i < d->n || i <= d->exp; i++) {
        if (i > 0 && i == d->exp + 1) *p++ = '.';
        *p++ = i < d->n ? d->d[i] : '0';
    }
    return (size_t)(p - out);
}

bool xlsx_number(struct str v, char out[XLSX_VALUE_TEXT], struct str *text) {
    double x, back;
    char z[32];
    struct digits d = {.n = 0};
    v = str_trim(v);
    if (plain_number(v)) {
        *text = v;
        return true;
    }
    if (!double_of(v, &x)) return false;
    if (x == 0) {
        *text = str_slice("0", 1);
        return true;
    }
    if (fabs(x) < EXACT && floor(x) == x) {
        *text = str_slice(out, (size_t)snprintf(out, XLSX_VALUE_TEXT, "%.0f", x));
        return true;
    }
    digits_of(x, DIGITS_SHOWN, &d, z, sizeof z);
    for (int more = DIGITS_SHOWN + 1; more <= 17 && fabs(x) >= EXACT; more++) {
        if (double_of(str_of(z), &back) && back == fabs(x)) break;
        digits_of(x, more, &d, z, sizeof z);
    }
    *text = str_slice(out, lay_out(&d, out));
    return true;
}

enum xlsx_format xlsx_format_builtin(unsigned id) {
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 ||
        id == 55 || id == 56)
        return XLSX_TIME;
    if (id == 46) return XLSX_ELAPSED;
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ||
        (id >= 71 && id <= 81))
        return XLSX_DATE;
    return XLSX_PLAIN;
}

static bool starts_fold(const char *p, const char *word) {
    for (; *word; p++, word++)
        if ((*p | 0x20) != *word) return false;
    return true;
}

/* Past a bracket; *elapsed when it is [h], [mm], [ss]. */
static const char *bracket(const char *p, bool *elapsed) {
    const char *from = ++p;
    while (*p && *p != ']') p++;
    bool same = p > from && strchr("hmsHMS", *from);
    for (const char *q = from; q < p; q++) same = same && (*q | 0x20) == (*from | 0x20);
    *elapsed = *elapsed || same;
    return *p ? p : p - 1;
}

enum xlsx_format xlsx_format_code(const char *code) {
    bool day = false, month = false, clock = false, elapsed = false;
    for (const char *p = code; *p && *p != ';'; p++) {
        char c = (char)(*p | 0x20);
        if (starts_fold(p, "general") || starts_fold(p, "g/")) return XLSX_PLAIN;
        if (*p == '"') {
            const char *q = strchr(p + 1, '"');
            if (!q) break;
            p = q;
        } else if (*p == '\\' || *p == '_' || *p == '*') {
            if (p[1]) p++;
        } else if (*p == '[') {
            p = bracket(p, &elapsed);
        } else if (c == 'e' && (p[1] == '+' || p[1] == '-')) {
            return XLSX_PLAIN; /* 0.00E+00 */
        } else if (c == 'y' || c == 'd' || c == 'e' || c == 'b') {
            day = true;
        } else if (c == 'm') {
            month = true;
        } else if (c == 'h' || c == 's') {
            clock = true;
        } else if (starts_fold(p, "am/pm") || starts_fold(p, "a/p")) {
            p = strchr(p, '/') + 1;
        }
    }
    if (day || (month && !clock && !elapsed)) return XLSX_DATE;
    return elapsed ? XLSX_ELAPSED : clock ? XLSX_TIME : XLSX_PLAIN;
}

static struct str clock_text(char *out, int64_t seconds) {
    int n =
        snprintf(out, XLSX_VALUE_TEXT, "%02lld:%02d:%02d", (long long)(seconds / 3600),
                 (int)(seconds / 60 % 60), (int)(seconds % 60));
    return str_slice(out, (size_t)n);
}

bool xlsx_date(struct str v, enum xlsx_format f, bool date1904, char out[XLSX_VALUE_TEXT],
               struct str *text, enum cell_kind *kind) {
    double x;
    if (f == XLSX_PLAIN || !double_of(str_trim(v), &x) || x < 0 || x >= LAST_DAY + 1)
        return false;
    int64_t seconds = llround(x * DAY);
    if (f == XLSX_ELAPSED || (f == XLSX_TIME && x < 1)) {
        *text = clock_text(out, seconds);
        *kind = CELL_TEXT;
        return true;
    }
    int64_t day = seconds / DAY, rest = seconds % DAY;
    if (date1904) day += DAYS_1904;
    if (day < 1 || day > LAST_DAY) return false;
    char instant[INSTANT_TEXT];
    /* Before the day that never was, the serial numbers are one ahead. */
    int64_t since = day - DAY_1970 + (day < LEAP_DAY);
    instant_text(since * DAY + rest, instant);
    int n =
        snprintf(out, XLSX_VALUE_TEXT, "%.10s", day == LEAP_DAY ? "1900-02-29" : instant);
    if (rest) n += snprintf(out + n, XLSX_VALUE_TEXT - 16, " %.8s", instant + 11);
    *text = str_slice(out, (size_t)n);
    *kind = CELL_DATE;
    return true;
}

bool xlsx_iso_date(struct str v, char out[XLSX_VALUE_TEXT], struct str *text) {
    static const char shape[] = "0000-00-00T00:00:00";
    size_t n = v.n < sizeof shape - 1 ? v.n : sizeof shape - 1;
    if (n != 10 && n != 19) return false;
    for (size_t i = 0; i < n; i++) {
        bool digit = v.p[i] >= '0' && v.p[i] <= '9';
        if (shape[i] == '0' ? !digit : v.p[i] != shape[i]) return false;
    }
    bool day = n == 10 || memcmp(v.p + 11, "00:00:00", 8) == 0;
    memcpy(out, v.p, n);
    if (!day) out[10] = ' ';
    *text = str_slice(out, day ? 10 : 19);
    return true;
}
