#include "stats/chart_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MINUS "−"
#define WAN 1e4
#define YI 1e8

const char *chart_number_grouped(const char *decimal, char *out, size_t size) {
    const char *p = decimal;
    bool negative = *p == '-';
    p += negative;
    size_t whole = strspn(p, "0123456789");
    const char *rest = p + whole;
    bool number = whole > 0 &&
                  (*rest == 0 ||
                   (*rest == '.' && strspn(rest + 1, "0123456789") == strlen(rest + 1)));
    if (!number || whole > 24) {
        snprintf(out, size, "%s", decimal);
        return out;
    }
    char grouped[40];
    size_t n = 0;
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) grouped[n++] = ',';
        grouped[n++] = p[i];
    }
    grouped[n] = 0;
    snprintf(out, size, "%s%s%s", negative ? MINUS : "", grouped, rest);
    return out;
}

const char *chart_number_full(double v, char *out, size_t size) {
    char plain[CHART_NUMBER_TEXT];
    bool whole = fabs(v - nearbyint(v)) < 1e-9 || fabs(v) >= 1e15;
    if (fabs(v) >= 1e18) v = v < 0 ? -1e18 : 1e18;
    snprintf(plain, sizeof plain, "%.*f", whole ? 0 : 1, v);
    if (strcmp(plain, "-0") == 0 || strcmp(plain, "-0.0") == 0)
        return chart_number_grouped(plain + 1, out, size);
    return chart_number_grouped(plain, out, size);
}

/* Three significant digits without trailing zeros. */
static void three_digits(double v, char *out, size_t size) {
    int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    snprintf(out, size, "%.*f", decimals, v);
    if (strchr(out, '.')) {
        size_t n = strlen(out);
        while (out[n - 1] == '0') out[--n] = 0;
        if (out[n - 1] == '.') out[--n] = 0;
    }
}

const char *chart_number_short(double v, char *out, size_t size) {
    double a = fabs(v);
    if (a < WAN) return chart_number_full(v, out, size);
    /* 9,999.5万 would round to 10000万: that is 1亿. */
    bool yi = a >= YI - WAN / 2;
    char digits[CHART_NUMBER_TEXT], grouped[CHART_NUMBER_TEXT];
    three_digits(fmin(a, 1e18) / (yi ? YI : WAN), digits, sizeof digits);
    chart_number_grouped(digits, grouped, sizeof grouped);
    snprintf(out, size, "%s%s%s", v < 0 ? MINUS : "", grouped, yi ? "亿" : "万");
    return out;
}

const char *chart_number_signed(double v, int decimals, char *out, size_t size) {
    double unit = decimals ? 0.1 : 1.0;
    const char *sign = fabs(v) < unit / 2 ? "" : v < 0 ? MINUS : "+";
    char plain[CHART_NUMBER_TEXT], digits[CHART_NUMBER_TEXT];
    if (fabs(v) >= WAN) {
        chart_number_short(fabs(v), digits, sizeof digits);
    } else {
        snprintf(plain, sizeof plain, "%.*f", decimals, fabs(v));
        chart_number_grouped(plain, digits, sizeof digits);
    }
    snprintf(out, size, "%s%s", sign, digits);
    return out;
}
