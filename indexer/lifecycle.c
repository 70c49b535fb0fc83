#include "indexer/lifecycle.h"

#include <stdio.h>

#define BIT(s) (1u << (s))
_Static_assert(LIFE_COUNT < 32, "states fit a bit mask");

static const struct {
    const char *name, *label;
    unsigned next;
} states[LIFE_COUNT] = {
    [LIFE_NONE] = {"", "未知", ~0u},
    [LIFE_DRAFT] = {"draft", "草稿", BIT(LIFE_SUBMITTED)},
    [LIFE_SUBMITTED] = {"submitted", "已提交",
                        BIT(LIFE_UNIT_REVIEW) | BIT(LIFE_RETURNED)},
    [LIFE_UNIT_REVIEW] = {"unit_review", "单位审核",
                          BIT(LIFE_DESK_REVIEW) | BIT(LIFE_RETURNED)},
    [LIFE_DESK_REVIEW] = {"desk_review", "登记点审核",
                          BIT(LIFE_PAPER_WAIT) | BIT(LIFE_RETURNED)},
    [LIFE_PAPER_WAIT] = {"paper_wait", "待接收纸质材料",
                         BIT(LIFE_PAPER_OK) | BIT(LIFE_RETURNED)},
    [LIFE_PAPER_OK] = {"paper_ok", "已接收纸质材料",
                       BIT(LIFE_APPROVED) | BIT(LIFE_REJECTED) | BIT(LIFE_RETURNED)},
    [LIFE_APPROVED] = {"approved", "已批复（通过）",
                       BIT(LIFE_UNAPPROVED) | BIT(LIFE_CANCELLED)},
    [LIFE_REJECTED] = {"rejected", "已批复（不通过）", BIT(LIFE_SUBMITTED)},
    [LIFE_RETURNED] = {"returned", "退回修改", BIT(LIFE_SUBMITTED)},
    [LIFE_UNAPPROVED] = {"unapproved", "退回到未批复",
                         BIT(LIFE_APPROVED) | BIT(LIFE_REJECTED) | BIT(LIFE_RETURNED)},
    [LIFE_CANCELLED] = {"cancelled", "注销", 0},
};

enum life_state lifecycle_state(struct str name) {
    for (int s = LIFE_DRAFT; s < LIFE_COUNT; s++)
        if (str_eq_z(name, states[s].name)) return (enum life_state)s;
    return LIFE_NONE;
}

const char *lifecycle_name(enum life_state s) {
    return (unsigned)s < LIFE_COUNT ? states[s].name : "";
}

const char *lifecycle_label(enum life_state s) {
    return (unsigned)s < LIFE_COUNT ? states[s].label : "";
}

bool lifecycle_allows(enum life_state from, enum life_state to) {
    return from == to || (states[from].next & BIT(to)) != 0;
}

bool lifecycle_freed_number(enum life_state s) {
    return s == LIFE_UNAPPROVED || s == LIFE_CANCELLED;
}

const char *lifecycle_next(enum life_state from, char out[LIFECYCLE_NEXT]) {
    size_t n = 0;
    out[0] = 0;
    for (int to = LIFE_DRAFT; to < LIFE_COUNT; to++) {
        if (from == LIFE_NONE || !(states[from].next & BIT(to))) continue;
        int k = snprintf(out + n, LIFECYCLE_NEXT - n, "%s“%s”", n ? "、" : "",
                         states[to].label);
        if (k < 0 || (size_t)k >= LIFECYCLE_NEXT - n) break;
        n += (size_t)k;
    }
    return out;
}

enum status lifecycle_fold(enum life_state start, const struct life_event *ev, size_t n,
                           enum life_state *out, size_t *bad, struct err *err) {
    enum life_state s = start;
    for (size_t i = 0; i < n; i++) {
        if (ev[i].kind != LIFE_ENTRY && !lifecycle_allows(s, ev[i].to)) {
            if (bad) *bad = i;
            char next[LIFECYCLE_NEXT];
            bool any = lifecycle_next(s, next)[0] != 0;
            return err_set(err, STATUS_CONFLICT, "E_STATE", "不能从“%s”变为“%s”，%s%s",
                           lifecycle_label(s), lifecycle_label(ev[i].to),
                           any ? "只能变为" : "这个状态不再改变", next);
        }
        s = ev[i].to;
    }
    *out = s;
    return STATUS_OK;
}
