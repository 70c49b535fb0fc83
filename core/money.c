#include "core/money.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/utf8.h"

#define SHOWN_BYTES 40 /* of a refused value, in a sentence */

static const struct {
    const char *unit;
    int decimals; /* behind the point of this unit, down to fen */
} units[] = {{"元", 2}, {"万元", 6}, {"亿元", 10}};

static enum status refuse(struct str s, const char *why, struct err *err) {
    return err_set(err, STATUS_INVALID, NULL, "金额“%.*s”无效：%s",
                   (int)utf8_clip(s, SHOWN_BYTES), s.n ? s.p : "", why);
}

static bool is_digit(struct str s, size_t at) {
    return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

enum status money_parse(struct str s, const char *unit, int64_t *out_fen,
                        struct err *err) {
    int left = -1;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcmp(unit ? unit : "元", units[i].unit) == 0) left = units[i].decimals;
    if (left < 0) return refuse(s, "单位应为元、万元或亿元", err);
    if (s.n > MONEY_MAX_BYTES) return refuse(s, "数字过长", err);

    bool negative = s.n > 0 && s.p[0] == '-';
    size_t at = negative;
    int64_t v = 0;
    if (!is_digit(s, at)) return refuse(s, "应为十进制数，如 2000000.00", err);
    for (; is_digit(s, at) && v <= MONEY_MAX_FEN; at++) v = v * 10 + (s.p[at] - '0');
    if (at < s.n && s.p[at] == '.' && is_digit(s, at + 1))
        for (at++; is_digit(s, at) && left > 0 && v <= MONEY_MAX_FEN; at++, left--)
            v = v * 10 + (s.p[at] - '0');
    for (; left > 0 && v <= MONEY_MAX_FEN; left--) v *= 10;
    if (v > MONEY_MAX_FEN) return refuse(s, "超过 1000 万亿元", err);
    bool finer = false;
    for (; is_digit(s, at); at++) finer |= s.p[at] != '0';
    if (at != s.n) return refuse(s, "应为十进制数，如 2000000.00", err);
    if (finer) return refuse(s, "换算成元后不得超过两位小数", err);
    *out_fen = negative ? -v : v;
    return STATUS_OK;
}

const char *money_text(int64_t fen, char out[MONEY_TEXT]) {
    uint64_t v = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;
    snprintf(out, MONEY_TEXT, "%s%" PRIu64 ".%02u", fen < 0 ? "-" : "", v / 100,
             (unsigned)(v % 100));
    return out;
}
