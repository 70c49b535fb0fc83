#include "tests/bench/gen/json.h"

#include <inttypes.h>

static void lead(struct json_out *j, const char *key) {
    if (j->comma) buf_add_char(j->b, ',');
    j->comma = true;
    if (key) buf_add_f(j->b, "\"%s\":", key);
}

void json_open(struct json_out *j, const char *key, char bracket) {
    lead(j, key);
    buf_add_char(j->b, bracket);
    j->comma = false;
}

void json_close(struct json_out *j, char bracket) {
    buf_add_char(j->b, bracket);
    j->comma = true;
}

void json_str(struct json_out *j, const char *key, struct str value) {
    lead(j, key);
    buf_add_char(j->b, '"');
    size_t from = 0;
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(j->b, value.p + from, i - from);
        if (c < 0x20)
            buf_add_f(j->b, "\\u%04x", c);
        else
            buf_add_f(j->b, "\\%c", c);
        from = i + 1;
    }
    if (value.n > from) buf_add(j->b, value.p + from, value.n - from);
    buf_add_char(j->b, '"');
}

void json_z(struct json_out *j, const char *key, const char *value) {
    json_str(j, key, str_of(value));
}
void json_int(struct json_out *j, const char *key, long value) {
    lead(j, key);
    buf_add_f(j->b, "%ld", value);
}
void json_bool(struct json_out *j, const char *key, bool value) {
    lead(j, key);
    buf_add_z(j->b, value ? "true" : "false");
}
void json_null(struct json_out *j, const char *key) {
    lead(j, key);
    buf_add_z(j->b, "null");
}

void json_day(struct json_out *j, const char *key, int day) {
    int y, m, d;
    day_split(day, &y, &m, &d);
    lead(j, key);
    buf_add_f(j->b, "\"%04d-%02d-%02d\"", y, m, d);
}
void json_month(struct json_out *j, const char *key, int day) {
    int y, m, d;
    day_split(day, &y, &m, &d);
    lead(j, key);
    buf_add_f(j->b, "\"%04d-%02d\"", y, m);
}
void json_fen(struct json_out *j, const char *key, int64_t fen) {
    lead(j, key);
    int64_t a = fen < 0 ? -fen : fen;
    buf_add_f(j->b, "\"%s%" PRId64 ".%02" PRId64 "\"", fen < 0 ? "-" : "", a / 100,
              a % 100);
}

/* Civil date from day number and back: Howard Hinnant's public algorithms. */
int day_of(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400, yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void day_split(int days, int *year, int *month, int *day) {
    int z = days + 719468, era = z / 146097, doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}
