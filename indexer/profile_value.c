#include "indexer/profile_value.h"

#include "core/date.h"
#include "core/money.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define FOLDED 96        /* bytes of a date, amount or number that are looked at */
#define SHORT_CODE 128   /* text fields up to this are numbers and codes */
#define SERIAL_MIN 18264 /* 1950-01-01 and */
#define SERIAL_MAX 73050 /* 2099-12-31 in the 1900 system */

/* ---------------------------------------------------------------------------- text */

void value_put_text(struct buf *out, struct str s) {
    static const char hex[] = "0123456789abcdef";
    size_t from = 0;
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= ' ' && c != '"' && c != '\\') continue;
        buf_add(out, s.p + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\') {
            char two[2] = {'\\', (char)c};
            buf_add(out, two, 2);
        } else if (c == '\n') {
            buf_add(out, "\\n", 2);
        } else {
            if (c == 0) c = 1;
            char six[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(out, six, 6);
        }
    }
    buf_add(out, s.p + from, s.n - from);
    buf_add_char(out, '"');
}

static bool is_blank_at(const char *p, size_t n, size_t *len) {
    unsigned char c = (unsigned char)*p;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return *len = 1, true;
    if (n >= 2 && memcmp(p, "\xC2\xA0", 2) == 0) return *len = 2, true;
    if (n >= 3 &&
        (memcmp(p, "\xE3\x80\x80", 3) == 0 || memcmp(p, "\xEF\xBB\xBF", 3) == 0))
        return *len = 3, true;
    return false;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

struct str value_trim(struct str s) {
    size_t len = 0;
    while (s.n && is_blank_at(s.p, s.n, &len)) {
        s.p += len;
        s.n -= len;
    }
    while (s.n) {
        if (is_blank_at(s.p + s.n - 1, 1, &len) ||
            (s.n >= 2 && (unsigned char)s.p[s.n - 2] == 0xC2 &&
             is_blank_at(s.p + s.n - 2, 2, &len)) ||
            (s.n >= 3 && (unsigned char)s.p[s.n - 3] >= 0xE3 &&
             is_blank_at(s.p + s.n - 3, 3, &len)))
            s.n -= len;
        else
            break;
    }
    if (s.n >= 2 && s.p[0] == '\'' && memchr(s.p + 1, '\'', s.n - 1) == NULL &&
        (is_digit(s.p[1]) || s.p[1] == '=' || s.p[1] == '+' || s.p[1] == '-' ||
         s.p[1] == '@'))
        s = str_slice(s.p + 1, s.n - 1);
    return s;
}

/* Full-width ASCII to ASCII, blanks to ' ', ￥ ¥ to '$' (a mark like any other); false
 * when it does not fit. */
static bool fold(struct str s, char out[FOLDED], size_t *n) {
    const char *p = s.p, *end = s.p + s.n;
    *n = 0;
    while (p < end) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp == 0x3000 || cp == 0xA0) cp = ' ';
        if (cp == 0xFFE5 || cp == 0xA5) cp = '$';
        if (*n + 5 > FOLDED) return false;
        *n += utf8_put(cp, out + *n);
    }
    out[*n] = 0;
    return true;
}

static bool take(const char **p, const char *word) {
    size_t n = strlen(word);
    if (strncmp(*p, word, n) != 0) return false;
    *p += n;
    return true;
}

static size_t take_digits(const char **p, size_t max, int *v) {
    size_t n = 0;
    for (*v = 0; n < max && is_digit((*p)[n]); n++) *v = *v * 10 + ((*p)[n] - '0');
    *p += n;
    return n;
}

/* ---------------------------------------------------------------------------- dates */

struct day {
    int y, m, d; /* d = 0: a month */
    int h, min, s;
    bool timed;
};

static bool day_is_real(const struct day *t) {
    return t->y >= DATE_YEAR_MIN && t->y <= DATE_YEAR_MAX && t->m >= 1 && t->m <= 12 &&
           t->d >= 0 && t->d <= date_days_in_month(t->y, t->m);
}

static void skip_blanks(const char **p) {
    while (**p == ' ') ++*p;
}

/* " 10:12", "T10:12:00", "10时12分" is not used. */
static bool read_time(const char **p, struct day *t) {
    if (!is_digit(**p)) return false;
    if (take_digits(p, 2, &t->h) == 0 || !take(p, ":")) return false;
    if (take_digits(p, 2, &t->min) == 0) return false;
    t->s = 0;
    if (take(p, ":") && take_digits(p, 2, &t->s) == 0) return false;
    return t->timed = t->h < 24 && t->min < 60 && t->s < 60;
}

static bool read_day(const char *p, struct day *t) {
    const char *start = p;
    *t = (struct day){0};
    if (take_digits(&p, 9, &t->y) == 8) {
        *t = (struct day){.y = t->y / 10000, .m = t->y / 100 % 100, .d = t->y % 100};
        if (t->d == 0) return false;
    } else if (p - start == 6) {
        *t = (struct day){.y = t->y / 100, .m = t->y % 100};
    } else if (p - start == 4) {
        static const char *const marks[] = {".", "/", "-", "年"};
        const char *mark = NULL;
        skip_blanks(&p);
        for (size_t i = 0; i < ARRAY_LEN(marks) && !mark; i++)
            if (take(&p, marks[i])) mark = marks[i];
        skip_blanks(&p);
        if (!mark || take_digits(&p, 2, &t->m) == 0) return false;
        skip_blanks(&p);
        bool han = strcmp(mark, "年") == 0;
        if (han ? take(&p, "月") : take(&p, mark)) {
            skip_blanks(&p);
            bool day = take_digits(&p, 2, &t->d) > 0;
            if (day) skip_blanks(&p);
            if ((day && t->d == 0) || (!day && !han)) return false;
            if (day && han && !take(&p, "日") && !take(&p, "号") && *p) return false;
        }
    } else {
        return false;
    }
    bool apart = p[-1] == ' ' || *p == ' ' || *p == 'T';
    p += *p == 'T';
    skip_blanks(&p);
    if (*p && (!t->d || !apart || !read_time(&p, t))) return false;
    return *p == 0 && day_is_real(t);
}

/* An Excel serial: days since 1899-12-30 (1900 system, right from 1900-03-01 on) or since
 * 1904-01-01. */
static bool read_serial(const char *p, int system, struct day *t) {
    int v = 0;
    if (system == 0 || take_digits(&p, 6, &v) != 5) return false;
    if (take(&p, ".")) {
        int zero = 0;
        if (take_digits(&p, 9, &zero) == 0 || zero != 0) return false;
    }
    if (*p || v < SERIAL_MIN || v > SERIAL_MAX) return false;
    int64_t days = v + (system == 1904 ? date_days(19040101) : date_days(18991230));
    int32_t date = instant_date(days * 86400);
    *t = (struct day){.y = date_year(date), .m = date_month(date), .d = date_day(date)};
    return day_is_real(t);
}

/* 2025.1 as a number: the month 1, or 10 with its zero lost? */
static bool is_torn_month(const char *p) {
    return strlen(p) == 6 && p[4] == '.' && p[5] == '1';
}

static bool put_date(struct buf *out, const struct value_rule *rule, struct str s,
                     enum cell_kind kind, unsigned *did) {
    char z[FOLDED] = "";
    size_t n;
    struct day t;
    if (!fold(s, z, &n) || (kind == CELL_NUMBER && is_torn_month(z))) return false;
    bool instant = rule->f->type == FIELD_INSTANT;
    if (!read_day(z, &t)) {
        if (instant || !read_serial(z, rule->serial, &t)) return false;
        *did |= VALUE_SERIAL;
    }
    if (instant && t.timed) {
        buf_add_f(out, "\"%04d-%02d-%02dT%02d:%02d:%02d+08:00\"", t.y, t.m, t.d, t.h,
                  t.min, t.s);
        return true;
    }
    char text[16];
    int len = t.d ? snprintf(text, sizeof text, "\"%04d-%02d-%02d\"", t.y, t.m, t.d)
                  : snprintf(text, sizeof text, "\"%04d-%02d\"", t.y, t.m);
    if (instant && t.d == 0) return false;
    buf_add(out, text, (size_t)len);
    return true;
}

/* ---------------------------------------------------------------------------- numbers */

/* A decimal with thousands marks: its digits to out. */
static bool take_number(const char **p, char out[FOLDED]) {
    size_t n = 0, group = 0;
    bool marked = false;
    const char *q = *p;
    if (*q == '-' || *q == '+') {
        if (*q == '-') out[n++] = '-';
        q++;
    }
    skip_blanks(&q);
    if (!is_digit(*q)) return false;
    for (;; q++) {
        if (is_digit(*q)) {
            out[n++] = *q;
            group++;
        } else if (*q == ',' && is_digit(q[1]) && (marked ? group == 3 : group <= 3)) {
            marked = true;
            group = 0;
        } else {
            break;
        }
    }
    if (marked && group != 3) return false;
    if (*q == '.' && is_digit(q[1])) {
        out[n++] = '.';
        for (q++; is_digit(*q); q++) out[n++] = *q;
    }
    out[n] = 0;
    *p = q;
    return true;
}

/* What an office program shows of a double. */
static void round_number(char text[FOLDED]) {
    size_t digits = 0;
    const char *point = strchr(text, '.');
    for (const char *p = text; *p; p++) digits += is_digit(*p);
    if (!point || digits <= 15) return;
    char wide[FOLDED];
    snprintf(wide, sizeof wide, "%.15g", strtod(text, NULL));
    if (!strchr(wide, 'e')) memcpy(text, wide, strlen(wide) + 1);
}

static const char *unit_of(const char *word, const char *fallback) {
    static const char *const names[][2] = {{"元", "元"},     {"元整", "元"},
                                           {"万元", "万元"}, {"万", "万元"},
                                           {"亿元", "亿元"}, {"亿", "亿元"}};
    if (*word == 0) return fallback;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(word, names[i][0]) == 0) return names[i][1];
    return NULL;
}

static bool put_money(struct buf *out, const struct value_rule *rule, struct str s,
                      enum cell_kind kind) {
    char z[FOLDED] = "", number[FOLDED] = "";
    size_t n;
    if (!fold(s, z, &n)) return false;
    const char *p = z;
    bool bracket = take(&p, "(");
    skip_blanks(&p);
    bool minus = !bracket && p[0] == '-' && p[1] == '$';
    p += minus;
    take(&p, "$");
    skip_blanks(&p);
    if (!take_number(&p, number)) return false;
    if (bracket && !take(&p, ")")) return false;
    if ((bracket || minus) && number[0] == '-') return false;
    skip_blanks(&p);
    const char *unit = unit_of(p, rule->unit);
    if (!unit) return false;
    if (kind == CELL_NUMBER) round_number(number);
    const char *sign = bracket || minus ? "-" : "";
    if (strcmp(unit, "元") == 0) {
        buf_add_f(out, "\"%s%s\"", sign, number);
        return true;
    }
    buf_add_f(out, "{\"value\":\"%s%s\",\"unit\":", sign, number);
    value_put_text(out, str_of(unit));
    buf_add_char(out, '}');
    return true;
}

static bool put_int(struct buf *out, struct str s) {
    static const char *const counters[] = {"年度", "年", "人次", "人", "家",
                                           "个",   "项", "件",   "次", "篇"};
    char z[FOLDED] = "", number[FOLDED] = "";
    size_t n;
    if (!fold(s, z, &n)) return false;
    const char *p = z;
    if (!take_number(&p, number)) return false;
    char *point = strchr(number, '.');
    if (point && strspn(point + 1, "0") != strlen(point + 1)) return false;
    if (point) *point = 0;
    skip_blanks(&p);
    for (size_t i = 0; i < ARRAY_LEN(counters) && *p; i++)
        if (take(&p, counters[i])) break;
    if (*p) return false;
    const char *d = number + (number[0] == '-');
    while (d[0] == '0' && d[1]) d++;
    if (strlen(d) > 18) return false;
    buf_add_f(out, "%s%s", number[0] == '-' && *d != '0' ? "-" : "", d);
    return true;
}

/* Numbers that a spreadsheet made of codes: "138.0", "1.3812345678E+10"; and codes in
 * full-width characters. False: nothing to mend. */
static bool mend_code(struct str s, enum cell_kind kind, char out[FOLDED], size_t *n) {
    char z[FOLDED] = "";
    if (!fold(s, z, n)) return false;
    size_t ascii = 0;
    while (z[ascii] > ' ' && (unsigned char)z[ascii] < 0x7F) ascii++;
    if (ascii < *n) return false;
    const char *p = z;
    size_t whole = strspn(p, "0123456789");
    if (whole && p[whole] == '.') {
        size_t part = strspn(p + whole + 1, "0123456789");
        const char *tail = p + whole + 1 + part;
        if (part && *tail == 0 && strspn(p + whole + 1, "0") == part &&
            (kind == CELL_NUMBER || whole >= 7)) {
            *n = whole;
            memcpy(out, z, whole);
            return true;
        }
        int up = 0;
        if (whole == 1 && part && (*tail == 'E' || *tail == 'e') && tail[1] == '+') {
            tail += 2;
            if (take_digits(&tail, 2, &up) && *tail == 0 && (size_t)up == part) {
                out[0] = z[0];
                memcpy(out + 1, z + 2, part);
                *n = 1 + part;
                return true;
            }
        }
    }
    if (*n == s.n && memcmp(z, s.p, s.n) == 0) return false;
    memcpy(out, z, *n);
    return true;
}

static bool is_code_text(const struct field *f) {
    size_t n = strlen(f->key);
    return f->type == FIELD_TEXT && (f->max <= SHORT_CODE || strcmp(f->key, "no") == 0 ||
                                     (n > 3 && strcmp(f->key + n - 3, "_no") == 0));
}

/* ------------------------------------------------------------------------------ all */

bool value_is_nothing(const struct value_rule *rule, struct str s) {
    static const char *const words[] = {"无", "—",  "——", "－",   "-",   "--",
                                        "/",  "／", "\\", "暂无", "N/A", "#N/A"};
    const struct field *f = rule->f;
    if (!f || s.n > 6 || f->type == FIELD_BOOL ||
        (f->type == FIELD_TEXT && f->max > SHORT_CODE && !is_code_text(f)) ||
        f->list == CODES_SECRECY)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq_z(s, words[i])) return true;
    return false;
}

unsigned value_put(struct buf *out, const struct value_rule *rule, struct str s,
                   enum cell_kind kind) {
    unsigned did = 0;
    const struct field *f = rule->f;
    char mended[FOLDED];
    size_t n;
    bool done = false;
    switch (f ? f->type : FIELD_TEXT) {
        case FIELD_DATE:
        case FIELD_INSTANT:
            done = put_date(out, rule, s, kind, &did);
            break;
        case FIELD_MONEY:
        case FIELD_MONEY_MAP:
            done = put_money(out, rule, s, kind);
            break;
        case FIELD_INT:
            done = put_int(out, s);
            break;
        case FIELD_TEXT:
            if (f && is_code_text(f) && mend_code(s, kind, mended, &n)) {
                value_put_text(out, str_slice(mended, n));
                done = true;
            }
            break;
        case FIELD_CODE:
        case FIELD_TEXT_LIST:
        case FIELD_CODE_LIST:
        case FIELD_BOOL:
        default:
            break;
    }
    if (!done) value_put_text(out, s);
    return did;
}

unsigned value_put_list(struct buf *out, const struct value_rule *rule, struct str s,
                        enum cell_kind kind) {
    const struct field *f = rule->f;
    if (!f || (f->type != FIELD_TEXT_LIST && f->type != FIELD_CODE_LIST))
        return value_put(out, rule, s, kind);
    struct str part[PROFILE_MAX_SPLIT];
    size_t n = value_split(f, s, part, ARRAY_LEN(part));
    buf_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(out, ',');
        value_put_text(out, part[i]);
    }
    buf_add_char(out, ']');
    return 0;
}

/* ---------------------------------------------------------------------------- splitting
 */

/* Bytes of the separator at p, or 0. strong: only those that no name holds. */
static size_t separator_at(const char *p, const char *begin, const char *end, bool strong,
                           bool slash) {
    size_t n = (size_t)(end - p);
    switch (*p) {
        case '\n':
        case '\r':
        case ';':
            return 1;
        case '/':
            return slash && !strong ? 1 : 0;
        case ',':
            if (strong) return 0;
            return p > begin && n > 1 && is_digit(p[-1]) && is_digit(p[1]) ? 0 : 1;
        case '\xE3': /* 、 */
            return !strong && n >= 3 && memcmp(p, "\xE3\x80\x81", 3) == 0 ? 3 : 0;
        case '\xEF': /* ； ， */
            if (n >= 3 && memcmp(p, "\xEF\xBC\x9B", 3) == 0) return 3;
            return !strong && n >= 3 && memcmp(p, "\xEF\xBC\x8C", 3) == 0 ? 3 : 0;
        default:
            return 0;
    }
}

/* +1 for an opening bracket at p, -1 for a closing one. */
static int bracket_at(const char *p, const char *end) {
    static const char *const open[] = {"（", "【", "《", "〔"};
    static const char *const shut[] = {"）", "】", "》", "〕"};
    if (*p == '(' || *p == '[') return 1;
    if (*p == ')' || *p == ']') return -1;
    if ((unsigned char)*p < 0xE3 || end - p < 3) return 0;
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        if (memcmp(p, open[i], 3) == 0) return 1;
        if (memcmp(p, shut[i], 3) == 0) return -1;
    }
    return 0;
}

static bool is_listed(const struct field *f, struct str s) {
    return f && f->list != CODES_NONE && s.n < CODES_MAX_BYTES &&
           codes_resolve(f->list, s).n > 0;
}

static size_t split(const struct field *f, struct str s, bool strong, bool slash,
                    struct str *out, size_t max) {
    const char *p = s.p, *end = s.p + s.n, *from = p;
    size_t n = 0;
    int depth = 0;
    for (;; p++) {
        size_t len = p < end && depth == 0 ? separator_at(p, s.p, end, strong, slash) : 0;
        if (p < end && len == 0) {
            int b = bracket_at(p, end);
            depth = b > 0 ? depth + 1 : b < 0 && depth > 0 ? depth - 1 : depth;
            continue;
        }
        if (n + 1 == max) p = end;
        struct str part = value_trim(str_slice(from, (size_t)(p - from)));
        if (strong && part.n && !is_listed(f, part))
            n += split(f, part, false, slash, out + n, max - n);
        else if (part.n)
            out[n++] = part;
        if (p == end || n >= max) return n;
        p += len - 1;
        from = p + 1;
    }
}

size_t value_split(const struct field *f, struct str s, struct str *out, size_t max) {
    bool slash = !f || !(strcmp(f->key, "no") == 0);
    if (max == 0 || s.n == 0) return 0;
    if (is_listed(f, s)) return out[0] = s, (size_t)1;
    return split(f, s, f && f->list != CODES_NONE, slash, out, max);
}

/* ------------------------------------------------------------------------------ fits */

static bool list_fits(const struct field *f, struct str s) {
    struct str part[64];
    size_t n = value_split(f, s, part, ARRAY_LEN(part));
    for (size_t i = 0; i < n; i++)
        if (f->list != CODES_NONE && !is_listed(f, part[i])) return false;
    return n > 0 && n <= f->max;
}

bool value_fits(const struct value_rule *rule, struct str s, enum cell_kind kind) {
    struct buf made = buf_init(0);
    const struct field *f = rule->f;
    unsigned did = 0;
    bool fits = true;
    if (!f || value_is_nothing(rule, s)) return true;
    switch (f->type) {
        case FIELD_DATE:
        case FIELD_INSTANT:
            fits = put_date(&made, rule, s, kind, &did);
            break;
        case FIELD_MONEY:
        case FIELD_MONEY_MAP:
            fits = put_money(&made, rule, s, kind);
            break;
        case FIELD_INT:
            fits = put_int(&made, s);
            break;
        case FIELD_CODE:
            fits = (f->flags & FIELD_LOOSE) || is_listed(f, s);
            break;
        case FIELD_BOOL:
            fits = codes_resolve(CODES_YESNO, s).n > 0;
            break;
        case FIELD_TEXT_LIST:
        case FIELD_CODE_LIST:
            fits = list_fits(f, s);
            break;
        case FIELD_TEXT:
        default:
            fits = s.n <= f->max;
            break;
    }
    buf_done(&made);
    return fits;
}
