#include "query/expand_number.h"

#include "core/uscc.h"

#include <stdio.h>

#define NEW_DIGITS 12 /* since October 2003: year, kind, seven of sequence */
#define OLD_DIGITS 8  /* before: two of the year, kind, five of sequence */
#define YEAR_DIGITS 4
#define RIGHT_DIGITS 6 /* of a copyright or another right, at least */
#define STANDARD_DIGITS 6
#define PREFIX_MAX 12 /* of a standard: "DB1401/T" */

struct forms {
    struct expand_form *out;
    size_t n;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static size_t digits_at(struct str s, size_t at) {
    size_t n = 0;
    while (at + n < s.n && is_digit(s.p[at + n])) n++;
    return n;
}

static struct str from(struct str s, size_t at) {
    return str_slice(s.p + at, s.n - at);
}

/* One form of the parts in a row, capitals throughout. */
static void add(struct forms *f, const struct field *field, const struct str *part,
                size_t n) {
    if (f->n == EXPAND_NUMBER_FORMS) return;
    struct expand_form x = {.field = field};
    for (size_t i = 0; i < n; i++) {
        if (part[i].n > sizeof x.text - x.n) return;
        for (size_t k = 0; k < part[i].n; k++) x.text[x.n++] = upper(part[i].p[k]);
    }
    f->out[f->n++] = x;
}

#define ADD(f, field, ...)                                                               \
    add(f, field, (const struct str[]){__VA_ARGS__},                                     \
        sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
#define Z(z) str_slice(z, sizeof(z) - 1)

/* ---- patents --------------------------------------------------------------------- */

/* The check digit of an application number: weights 2 to 9 in turn, modulo 11. */
static char check_digit(struct str digits) {
    int sum = 0;
    for (size_t i = 0; i < digits.n; i++) sum += (digits.p[i] - '0') * (int)(2 + i % 8);
    return "0123456789x"[sum % 11];
}

/* Are year and kind (1 invention, 2 utility model, 3 design, 8 and 9 PCT) possible? */
static bool is_application(struct str d) {
    bool new = d.n == NEW_DIGITS;
    int year = (d.p[new ? 2 : 0] - '0') * 10 + d.p[new ? 3 : 1] - '0';
    if (new)
        year += (d.p[0] - '0') * 1000 + (d.p[1] - '0') * 100;
    else
        year += year < 50 ? 2000 : 1900;
    return strchr("12389", d.p[new ? 4 : 2]) && year >= (new ? 2003 : 1985) &&
           year <= (new ? 2099 : 2003);
}

static void add_application(struct str digits, char check, struct forms *f) {
    const struct field *no = field_by_path(str_of("ip[].no"));
    struct str c = str_slice(&check, 1), dot = Z("."), gap = Z(" ");
    size_t y = digits.n == NEW_DIGITS ? 4 : 2;
    ADD(f, no, Z("ZL"), digits, dot, c);
    ADD(f, no, digits, dot, c);
    ADD(f, no, Z("ZL"), digits, c);
    ADD(f, no, digits, c);
    ADD(f, no, Z("ZL "), str_slice(digits.p, y), gap, str_slice(digits.p + y, 1), gap,
        from(digits, y + 1), dot, c);
    ADD(f, no, Z("CN"), digits, dot, c);
}

/* Digits and check digit; `zl`: ZL stands before, `named`: ZL or CN. */
static bool application(struct str s, bool zl, bool named, struct forms *f) {
    size_t n = digits_at(s, 0);
    bool dot = n < s.n && s.p[n] == '.';
    struct str rest = from(s, n + dot);
    struct str digits = str_slice(s.p, n);
    if (!dot && rest.n == 0 && (n == NEW_DIGITS + 1 || n == OLD_DIGITS + 1)) {
        digits.n--;
        rest = from(s, digits.n);
    }
    if (digits.n != NEW_DIGITS && digits.n != OLD_DIGITS) return false;
    char want = check_digit(digits);
    if (rest.n == 0 && zl && !dot) rest = str_slice(&want, 1); /* left out */
    if (rest.n != 1 || (!is_digit(rest.p[0]) && rest.p[0] != 'x')) return false;
    bool sure = digits.n == NEW_DIGITS ? named || dot : zl || (named && dot);
    if (!is_application(digits) || (!sure && rest.p[0] != want)) return false;
    if (!sure && digits.n == OLD_DIGITS && !dot) return false; /* any nine digits */
    add_application(digits, rest.p[0], f);
    return true;
}

/* CN, seven to nine digits and the kind of the document. */
static bool publication(struct str s, struct forms *f) {
    const struct field *no = field_by_path(str_of("ip[].no"));
    size_t n = digits_at(s, 0);
    struct str digits = str_slice(s.p, n), kind = from(s, n);
    if (n < 7 || n > 9 || kind.n > 2) return false;
    if (kind.n && !strchr("abcusyd", kind.p[0])) return false;
    if (kind.n == 2 && !is_digit(kind.p[1])) return false;
    ADD(f, no, Z("CN"), digits, kind);
    if (kind.n) ADD(f, no, Z("CN "), digits, Z(" "), kind);
    if (kind.n) ADD(f, no, Z("CN"), digits);
    return true;
}

/* 2019SR0123456, a software's copyright; CNB201912345, rights of other kinds. */
static bool other_right(struct str s, bool cn, struct forms *f) {
    size_t head = cn ? 3 : YEAR_DIGITS + 2;
    if (s.n <= head) return false;
    if (cn && (s.p[2] < 'a' || s.p[2] > 'z')) return false;
    if (!cn &&
        (digits_at(s, 0) != YEAR_DIGITS || memcmp(s.p + YEAR_DIGITS, "sr", 2) != 0))
        return false;
    if (digits_at(s, head) < RIGHT_DIGITS || head + digits_at(s, head) != s.n)
        return false;
    ADD(f, field_by_path(str_of("ip[].no")), s);
    return true;
}

static bool patent(struct str s, struct forms *f) {
    bool zl = str_starts(s, Z("zl")), cn = str_starts(s, Z("cn"));
    struct str rest = from(s, zl || cn ? 2 : 0);
    return application(rest, zl, zl || cn, f) || (cn && publication(rest, f)) ||
           other_right(s, cn, f);
}

/* ---- standards ------------------------------------------------------------------- */

/* Codes of national and trade standards. Those of the first row need neither /T nor a
 * year: nothing else is called so. */
static const char *const sure_codes[] = {"gb", "gbj", "gbz", "jgj", "cjj", "jjf", "jjg"};
static const char *const trade_codes[] = {
    "aq", "bb", "cb", "cecs", "cj", "ch", "cy", "da", "db", "dl", "dy", "dz",
    "ej", "fz", "ga", "gh",   "gm", "gy", "hb", "hg", "hj", "hs", "hy", "jb",
    "jc", "jg", "jr", "js",   "jt", "jy", "ks", "lb", "ld", "ls", "ly", "mh",
    "mt", "mz", "nb", "ny",   "qb", "qc", "qx", "rb", "sb", "sc", "sf", "sh",
    "sj", "sl", "sn", "sw",   "sy", "td", "tb", "ty", "wb", "wh", "wj", "wm",
    "ws", "xb", "xf", "yb",   "yc", "yd", "yj", "ys", "yy", "yz", "zy"};

static bool is_one_of(struct str s, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(s, list[i])) return true;
    return false;
}

/* Bytes of the code before the number, 0 for none; *slash: it ends in /t or /z. */
static size_t standard_code(struct str s, bool *slash, bool *sure) {
    size_t n = 0;
    while (n < s.n && n < PREFIX_MAX && s.p[n] >= 'a' && s.p[n] <= 'z') n++;
    struct str code = str_slice(s.p, n);
    *sure = is_one_of(code, sure_codes, ARRAY_LEN(sure_codes));
    if (!*sure && !is_one_of(code, trade_codes, ARRAY_LEN(trade_codes))) return 0;
    bool local = str_eq_z(code, "db");
    if (local) { /* two digits of a province or four of a city */
        size_t place = digits_at(s, n);
        if (place != 2 && place != 4) return 0;
        n += place;
    }
    *slash = n + 1 < s.n && s.p[n] == '/' && (s.p[n + 1] == 't' || s.p[n + 1] == 'z');
    if (local && !*slash) return 0;
    return n + (*slash ? 2 : 0);
}

/* 12345, 12345.6, with a year of two or four digits behind or without. */
static bool standard_number(struct str s, bool *year) {
    size_t n = digits_at(s, 0), last;
    if (n == 0 || n > STANDARD_DIGITS) return false;
    while (n < s.n && s.p[n] == '.') {
        size_t part = digits_at(s, n + 1);
        if (part == 0 || part > 3) return false;
        n += part + 1;
    }
    *year = n < s.n;
    if (!*year) return true;
    last = digits_at(s, n + 1);
    return s.p[n] == '-' && (last == 2 || last == 4) && n + 1 + last == s.n;
}

static bool standard(struct str s, struct forms *f) {
    bool slash = false, sure = false, year = false;
    size_t n = standard_code(s, &slash, &sure);
    if (n == 0 || !standard_number(from(s, n), &year)) return false;
    if (!slash && !sure && !year) return false;
    const struct field *no = field_by_path(str_of("standards[].no"));
    struct str code = str_slice(s.p, n), number = from(s, n);
    ADD(f, no, code, Z(" "), number);
    ADD(f, no, code, number);
    ADD(f, NULL, code, Z(" "), number);
    ADD(f, NULL, code, number);
    return true;
}

static bool credit_code(struct str s, struct forms *f) {
    char code[USCC_BYTES];
    if (s.n != USCC_BYTES) return false;
    for (size_t i = 0; i < USCC_BYTES; i++) code[i] = upper(s.p[i]);
    if (!uscc_is_valid(str_slice(code, USCC_BYTES))) return false;
    ADD(f, field_by_path(str_of("units[].uscc")), s);
    return true;
}

size_t expand_number(struct str word, struct expand_form out[EXPAND_NUMBER_FORMS]) {
    struct forms f = {.out = out};
    bool any = false;
    if (word.n >= EXPAND_NUMBER_TEXT - PREFIX_MAX) return 0;
    for (size_t i = 0; i < word.n; i++) {
        any |= is_digit(word.p[i]);
        if ((unsigned char)word.p[i] >= 0x80) return 0;
    }
    if (any && !credit_code(word, &f) && !patent(word, &f)) (void)standard(word, &f);
    return f.n;
}
