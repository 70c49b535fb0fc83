#include "core/uscc.h"

static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
#define SET_SIZE ((int)sizeof set - 1)

static int value_of(char c) {
    const char *at = c ? strchr(set, c) : NULL;
    return at ? (int)(at - set) : -1;
}

bool uscc_has_form(struct str code) {
    if (code.n != USCC_BYTES) return false;
    for (size_t i = 0; i < code.n; i++)
        if (value_of(code.p[i]) < 0) return false;
    return true;
}

bool uscc_is_valid(struct str code) {
    if (!uscc_has_form(code)) return false;
    int sum = 0, weight = 1;
    for (size_t i = 0; i + 1 < USCC_BYTES; i++) {
        sum += value_of(code.p[i]) * weight;
        weight = weight * 3 % SET_SIZE;
    }
    return code.p[USCC_BYTES - 1] == set[(SET_SIZE - sum % SET_SIZE) % SET_SIZE];
}
