#include "query/direct_form.h"

#include "core/uscc.h"

#include <stdio.h>

#define STANDARD_DIGITS 6 /* of a number before its dot or year */
#define WORD_DIGITS 6     /* a word with fewer digits is no number of its own */
#define YEAR_MIN "1985"   /* the first year of Chinese patents */

const struct direct_number_row *direct_number_row(enum direct_number n) {
    static const struct direct_number_row row[DIRECT_NUMBERS] = {
        [DIRECT_PATENT] = {"patent", "ip[].no", "专利号", "知识产权号"},
        [DIRECT_STANDARD] = {"standard", "standards[].no", "标准号", "标准号"},
        [DIRECT_USCC] = {"uscc", "units[].uscc", "uscc", "统一社会信用代码"},
    };
    return &row[n];
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static size_t digits_at(const char *z) {
    size_t n = 0;
    while (is_digit(z[n])) n++;
    return n;
}

/* Without blanks, terminated; false for what is too long or holds other characters than
 * numbers do. */
static bool squeeze(struct str norm, char out[DIRECT_FORM_BYTES + 1]) {
    size_t n = 0;
    for (size_t i = 0; i < norm.n; i++) {
        char c = norm.p[i];
        if (c == ' ') continue;
        if (n == DIRECT_FORM_BYTES || !(is_digit(c) || is_letter(c) || strchr("./-:", c)))
            return false;
        out[n++] = c;
    }
    out[n] = 0;
    return n > 0;
}

static void add(struct direct_forms *f, const char *a, const char *b, const char *c,
                const char *d) {
    char form[sizeof f->v[0]];
    int n = snprintf(form, sizeof form, "%s%s%s%s", a, b, c, d);
    if (n < 0 || (size_t)n >= sizeof form || f->n == DIRECT_FORMS_MAX) return;
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i], form) == 0) return;
    memcpy(f->v[f->n++], form, (size_t)n + 1);
}

/* ---- credit codes ----------------------------------------------------------------- */

static bool uscc_forms(const char *z, struct direct_forms *f) {
    char upper[USCC_BYTES];
    if (strlen(z) != USCC_BYTES) return false;
    for (size_t i = 0; i < USCC_BYTES; i++)
        upper[i] = is_letter(z[i]) ? (char)(z[i] - 'a' + 'A') : z[i];
    if (!uscc_has_form(str_slice(upper, USCC_BYTES))) return false;
    f->number = DIRECT_USCC;
    add(f, z, "", "", "");
    return true;
}

/* ---- patents ---------------------------------------------------------------------- */

static bool patent_forms(const char *z, struct direct_forms *f) {
    static const char *const prefix[] = {"zl", "zl ", "cn", ""};
    if (strncmp(z, "zl", 2) == 0) z += 2;
    if (strncmp(z, "cn", 2) == 0) z += 2;
    size_t n = digits_at(z), core = n >= 12 ? 12 : 8;
    if (n < 8 || (n > 9 && n < 12) || n > 13) return false;
    if (core == 12 && strncmp(z, YEAR_MIN, 4) < 0) return false;
    char serial[16] = "", check[2] = "";
    memcpy(serial, z, core);
    z += core;
    if (*z == '.') z++;
    if (is_digit(*z) || *z == 'x') check[0] = *z++;
    if (*z) return false;
    f->number = DIRECT_PATENT;
    /* The serial number alone is found before a dot; run together with its check
     * character it is one token. */
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++) {
        add(f, prefix[i], serial, check[0] ? "." : "", check);
        if (check[0]) add(f, prefix[i], serial, check, "");
        if (check[0]) add(f, prefix[i], serial, "", "");
    }
    return true;
}

/* Copyrights, varieties, publication numbers: one word, as it stands. */
static bool word_forms(const char *z, struct direct_forms *f) {
    size_t digits = 0;
    for (const char *p = z; *p; p++) {
        if (!is_digit(*p) && !is_letter(*p)) return false;
        digits += is_digit(*p);
    }
    if (digits < WORD_DIGITS) return false;
    f->number = DIRECT_PATENT;
    add(f, z, "", "", "");
    return true;
}

/* ---- standards -------------------------------------------------------------------- */

struct standard {
    char prefix[DIRECT_FORM_BYTES + 1]; /* "gb/t", "db14/t" */
    char number[DIRECT_FORM_BYTES + 1]; /* "1051-2024", "1051" */
};

/* Where the number begins in z: digits and dots, and behind them perhaps a year. */
static size_t number_start(const char *z, size_t n) {
    size_t at = n;
    while (at > 0 && is_digit(z[at - 1])) at--;
    if (at == n) return n;
    if (at > 0 && (z[at - 1] == '-' || z[at - 1] == ':')) {
        size_t year = n - at;
        if (year != 4 && year != 2) return n;
        at--;
        while (at > 0 && (is_digit(z[at - 1]) || z[at - 1] == '.')) at--;
        return z[at] == '-' || z[at] == ':' ? n : at;
    }
    while (at > 0 && (is_digit(z[at - 1]) || z[at - 1] == '.')) at--;
    return at;
}

static bool is_prefix(const char *z) {
    size_t letters = 0;
    if (!is_letter(z[0])) return false;
    for (const char *p = z; *p; p++) {
        if (!is_letter(*p) && !is_digit(*p) && *p != '/') return false;
        letters += is_letter(*p);
    }
    return letters >= 2 && letters <= 12;
}

/* A blank parts prefix and number where one is; else the figures at the end are it. */
static bool standard_split(struct str norm, const char *squeezed, struct standard *out) {
    size_t n = strlen(squeezed), at = number_start(squeezed, n), last = norm.n;
    while (last > 0 && norm.p[last - 1] != ' ') last--;
    if (last > 0 && norm.n - last < n) {
        size_t split = n - (norm.n - last);
        if (split > at || is_prefix(squeezed + split)) return false;
        at = split;
    }
    if (at == 0 || at >= n || !is_digit(squeezed[at]) ||
        digits_at(squeezed + at) > STANDARD_DIGITS)
        return false;
    memcpy(out->prefix, squeezed, at);
    out->prefix[at] = 0;
    memcpy(out->number, squeezed + at, n - at + 1);
    return is_prefix(out->prefix);
}

static bool standard_forms(struct str norm, const char *squeezed,
                           struct direct_forms *f) {
    struct standard s;
    if (!standard_split(norm, squeezed, &s)) return false;
    char other[DIRECT_FORM_BYTES + 2] = "";
    size_t n = strlen(s.prefix);
    /* GB/T and GBT; the T of T/SX is another one. */
    if (n > 2 && strcmp(s.prefix + n - 2, "/t") == 0)
        snprintf(other, sizeof other, "%.*st", (int)(n - 2), s.prefix);
    else if (n > 2 && s.prefix[n - 1] == 't' && !strchr(s.prefix, '/'))
        snprintf(other, sizeof other, "%.*s/t", (int)(n - 1), s.prefix);
    f->number = DIRECT_STANDARD;
    add(f, s.prefix, " ", s.number, "");
    add(f, s.prefix, s.number, "", "");
    if (other[0]) add(f, other, " ", s.number, "");
    if (other[0]) add(f, other, s.number, "", "");
    return true;
}

bool direct_forms_of(struct str norm, struct direct_forms *out) {
    char z[DIRECT_FORM_BYTES + 1] = "";
    out->n = 0;
    return squeeze(norm, z) && (uscc_forms(z, out) || patent_forms(z, out) ||
                                standard_forms(norm, z, out) || word_forms(z, out));
}
