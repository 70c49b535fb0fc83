/* rows.c - revisions and events. */
#include "tests/bench/gen/run.h"

enum { TRIES = 64 };

bool run_pick_registered(struct run *u, unsigned avoid, uint32_t *out) {
    for (int k = 0; k < TRIES && u->made; k++) {
        uint32_t i = rng_below(&u->pick, u->made);
        struct life l = known_life(&u->known[i]);
        if (life_registered(&l) && !(u->known[i].flags & (avoid | KNOWN_EVENTED))) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool run_pick_pool(struct run *u, enum gen_state s, unsigned avoid, uint32_t *out) {
    uint32_t n = u->pool_n[s] < POOL_SIZE ? u->pool_n[s] : POOL_SIZE;
    for (int k = 0; k < TRIES && n; k++) {
        uint32_t i = u->pool[s][rng_below(&u->pick, n)];
        struct life l = known_life(&u->known[i]);
        if (l.state == s && !life_registered(&l) && !(u->known[i].flags & avoid)) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* Sends the record as `k` says, one revision later than it was. */
static enum status send_revision(struct run *u, uint32_t i, const struct known *k,
                                 struct err *err) {
    struct reg g;
    struct life before = known_life(&u->known[i]), after = known_life(k);
    u->known[i] = *k;
    u->known[i].rev++;
    u->known[i].day += rng_range(&u->pick, 3, 30);
    run_load(u, i, &g, &u->text);
    buf_clear(&u->line);
    reg_write(&u->c, &g, &u->text, &u->line);
    truth_change(&u->truth, FILE_MAIN, g.stat_year, g.category, &before, &after);
    return run_emit(u, FILE_MAIN, err);
}

static enum status send_old(struct run *u, uint32_t i, struct err *err) {
    struct reg g;
    struct known now = u->known[i];
    reg_facts(&u->c, i, &g);
    u->known[i].rev = 1;
    u->known[i].content_rev = 0;
    u->known[i].day = g.updated_day;
    u->known[i].consent = (uint8_t)g.consent;
    u->known[i].publicity = (uint8_t)g.publicity;
    run_load(u, i, &g, &u->text);
    u->known[i] = now;
    buf_clear(&u->line);
    reg_write(&u->c, &g, &u->text, &u->line);
    truth_row(&u->truth, FILE_MAIN, OUTCOME_UNCHANGED, CODE_NONE);
    return run_emit(u, FILE_MAIN, err);
}

static enum status repeat(struct run *u, uint32_t i, struct err *err) {
    struct reg g;
    run_load(u, i, &g, &u->text);
    buf_clear(&u->line);
    reg_write(&u->c, &g, &u->text, &u->line);
    truth_row(&u->truth, FILE_MAIN, OUTCOME_UNCHANGED, CODE_NONE);
    return run_emit(u, FILE_MAIN, err);
}

/* Changes *k as the kind of row asks; false when the record does not suit. */
static bool change(struct run *u, enum row_kind kind, uint32_t i, struct known *k) {
    struct reg g;
    struct life l = known_life(k);
    uint32_t x = rng_below(&u->pick, 2) + 1;
    if (kind == ROW_REVISE) {
        if (k->content_rev >= 2) return false;
        k->content_rev++;
    } else if (kind == ROW_CONSENT) {
        k->consent = (uint8_t)((k->consent + x) % CONSENT_COUNT);
    } else if (kind == ROW_PUBLICITY) {
        k->publicity = k->publicity == PUBLICITY_OBJECTED || x == 1 ? PUBLICITY_CLOSED
                                                                    : PUBLICITY_OBJECTED;
        return k->publicity != l.publicity;
    } else if (kind == ROW_RENUMBER) {
        reg_facts(&u->c, i, &g);
        if (!g.has_uid) return false;
        k->serial = ++u->serial[k->serial_year - TRUTH_YEAR_BASE][g.category];
        k->flags |= KNOWN_RENUMBERED;
    } else if (kind == ROW_RETRACT) {
        k->state = STATE_UNAPPROVED;
    } else if (kind == ROW_STEP) {
        k->state = STATE_APPROVED;
        k->paper_pending = false;
    }
    return true;
}

enum status rows_revision(struct run *u, enum row_kind kind, bool *done,
                          struct err *err) {
    uint32_t i = 0;
    struct reg g;
    *done = false;
    for (int t = 0; t < TRIES && !*done; t++) {
        bool found = true;
        unsigned avoid = kind == ROW_RENUMBER || kind == ROW_RETRACT ? KNOWN_LOCKED : 0;
        if (kind == ROW_STEP)
            found = run_pick_pool(u, u->turn[kind] % 2 ? STATE_APPROVED : STATE_PAPER_OK,
                                  KNOWN_EVENTED, &i);
        else if (kind == ROW_REVISE || kind == ROW_REPEAT)
            i = rng_below(&u->pick, u->made);
        else
            found = run_pick_registered(u, avoid, &i);
        if (!found) return STATUS_OK;
        struct known k = u->known[i];
        if (k.flags & KNOWN_EVENTED || k.rev > 200) continue;
        if (kind == ROW_REPEAT) {
            *done = true;
            return repeat(u, i, err);
        }
        if (kind == ROW_OLD_REVISION) {
            reg_facts(&u->c, i, &g);
            if (k.rev < 2 || k.flags & KNOWN_RENUMBERED || k.state != g.state ||
                k.paper_pending != g.paper_pending || !g.has_uid)
                continue;
            *done = true;
            return send_old(u, i, err);
        }
        if (!change(u, kind, i, &k)) continue;
        *done = true;
        enum status s = send_revision(u, i, &k, err);
        if (kind == ROW_RETRACT) pool_add(u, STATE_UNAPPROVED, i);
        return s;
    }
    return STATUS_OK;
}

static void write_event(struct run *u, const char *uid, const char *regno,
                        enum gen_state to, int day) {
    static const char *const opinion[STATE_COUNT] = {
        [STATE_APPROVED] = "材料齐全，准予登记",
        [STATE_REJECTED] = "评价材料不完整，不予登记",
        [STATE_RETURNED] = "请补充应用证明后重新提交",
        [STATE_UNAPPROVED] = "批复信息有误",
        [STATE_CANCELLED] = "经核实予以注销"};
    struct json_out j = {&u->line, false};
    buf_clear(&u->line);
    json_open(&j, NULL, '{');
    json_z(&j, "kind", "event");
    if (uid)
        json_z(&j, "uid", uid);
    else
        json_z(&j, "regno", regno);
    json_z(&j, "to", gen_state_names[to]);
    json_day(&j, "at", day);
    json_z(&j, "by", to == STATE_SUBMITTED ? "第一完成单位" : "山西省科学技术厅");
    if (opinion[to]) json_z(&j, "opinion", opinion[to]);
    json_close(&j, '}');
}

/* An event for record i; a legal one changes its state. */
static enum status send_event(struct run *u, uint32_t i, enum gen_state to, bool legal,
                              struct err *err) {
    struct known *k = &u->known[i];
    struct reg g;
    char uid[32], regno[32];
    enum out_file f = run_target(u, FILE_EVENTS);
    struct life before = known_life(k);
    run_load(u, i, &g, &u->text);
    reg_uid(&g, uid);
    reg_regno(&u->c, &g, regno);
    bool by_number = !g.has_uid || (g.serial && rng_chance(&u->pick, 0.3));
    int day = k->day + rng_range(&u->pick, 3, 60);
    write_event(u, by_number ? NULL : uid, regno, to, day);
    if (legal) {
        k->state = (uint8_t)to;
        k->day = day;
        k->flags |= KNOWN_EVENTED;
        struct life after = known_life(k);
        truth_change(&u->truth, f, g.stat_year, g.category, &before, &after);
        if (to != STATE_APPROVED) pool_add(u, to, i);
    } else {
        /* A refused move may be tried again later: it must not become legal by then. */
        k->flags |= KNOWN_LOCKED;
        truth_row(&u->truth, f, OUTCOME_REJECTED, CODE_STATE);
    }
    return run_emit(u, FILE_EVENTS, err);
}

/* Moves between states that are not registered (the life cycle's table). */
static const enum gen_state steps[][2] = {
    {STATE_DRAFT, STATE_SUBMITTED},         {STATE_SUBMITTED, STATE_UNIT_REVIEW},
    {STATE_UNIT_REVIEW, STATE_DESK_REVIEW}, {STATE_DESK_REVIEW, STATE_PAPER_WAIT},
    {STATE_PAPER_WAIT, STATE_PAPER_OK},     {STATE_SUBMITTED, STATE_RETURNED},
    {STATE_UNIT_REVIEW, STATE_RETURNED},    {STATE_DESK_REVIEW, STATE_RETURNED},
    {STATE_RETURNED, STATE_SUBMITTED},      {STATE_REJECTED, STATE_SUBMITTED},
    {STATE_PAPER_OK, STATE_REJECTED},       {STATE_UNAPPROVED, STATE_RETURNED},
};
static const enum gen_state wrong[][2] = {
    {STATE_APPROVED, STATE_DRAFT},     {STATE_APPROVED, STATE_SUBMITTED},
    {STATE_CANCELLED, STATE_APPROVED}, {STATE_DRAFT, STATE_APPROVED},
    {STATE_APPROVED, STATE_PAPER_OK},  {STATE_CANCELLED, STATE_SUBMITTED},
};

enum status rows_event(struct run *u, enum row_kind kind, bool *done, struct err *err) {
    uint32_t i = 0, turn = u->turn[kind];
    *done = true;
    if (kind == ROW_EVENT_ORPHAN) {
        char uid[32];
        snprintf(uid, sizeof uid, "SX-2099-%06u", (unsigned)turn + 1);
        write_event(u, uid, NULL, STATE_UNAPPROVED, day_of(u->o->year_to, 12, 20));
        truth_row(&u->truth, run_target(u, FILE_EVENTS), OUTCOME_HELD, CODE_ORPHAN);
        return run_emit(u, FILE_EVENTS, err);
    }
    if (kind == ROW_EVENT_STEP)
        for (uint32_t k = 0; k < ARRAY_LEN(steps); k++) {
            const enum gen_state *m =
                steps[rng_below(&u->pick, (uint32_t)ARRAY_LEN(steps))];
            if (run_pick_pool(u, m[0], KNOWN_LOCKED, &i))
                return send_event(u, i, m[1], true, err);
        }
    else if (kind == ROW_EVENT_APPROVE) {
        enum gen_state from = turn % 4 == 3 ? STATE_UNAPPROVED : STATE_PAPER_OK;
        for (int t = 0; t < 8; t++)
            if (run_pick_pool(u, from, KNOWN_LOCKED, &i) && u->known[i].serial)
                return send_event(u, i, STATE_APPROVED, true, err);
    } else if (kind == ROW_EVENT_WITHDRAW) {
        if (run_pick_registered(u, KNOWN_LOCKED, &i))
            return send_event(u, i, turn % 4 == 3 ? STATE_CANCELLED : STATE_UNAPPROVED,
                              true, err);
    } else if (kind == ROW_BAD_EVENT) {
        const enum gen_state *m = wrong[turn % ARRAY_LEN(wrong)];
        bool found = m[0] == STATE_APPROVED ? run_pick_registered(u, 0, &i)
                                            : run_pick_pool(u, m[0], 0, &i);
        if (!found) {
            m = wrong[0];
            found = run_pick_registered(u, 0, &i);
        }
        if (found) return send_event(u, i, m[1], false, err);
    }
    *done = false;
    return STATUS_OK;
}
