/* contracts.c - conversion events: contracts, receipts, rewards, states of application,
 * benefits. New is added, voided is updated, the same line again is unchanged. */
#include "tests/bench/gen/labels.h"
#include "tests/bench/gen/run.h"

static void contract_no(const struct run *u, uint32_t number, char out[24]) {
    snprintf(out, 24, "%04d%06d%06u", u->o->year_to, 140100, (unsigned)number);
}

static void target_regno(struct run *u, uint32_t i, struct reg *g, char out[32]) {
    reg_facts(&u->c, i, g);
    g->serial = u->known[i].serial;
    g->serial_year = u->known[i].serial_year;
    reg_regno(&u->c, g, out);
}

static void write_party(struct json_out *j, const char *key, const struct org *o,
                        const char *size) {
    char region[16];
    json_open(j, key, '{');
    json_z(j, "name", o->name);
    if (o->uscc[0]) json_z(j, "uscc", o->uscc);
    json_z(j, "type", unit_type_labels[o->type]);
    if (size) json_z(j, "size", size);
    snprintf(region, sizeof region, "%06d", o->region);
    json_z(j, "region", region);
    json_close(j, '}');
}

/* The line follows from the number and the targets alone, so it can be sent again. */
static void write_contract(struct run *u, struct contract *c) {
    static const char *const shares[3][3] = {
        {"1"}, {"0.6", "0.4"}, {"0.5", "0.3", "0.2"}};
    static const char *const sizes[] = {"大", "中", "小", "小", "微"};
    struct rng r = rng_key(u->o->seed, 7, c->number, 0);
    struct json_out j = {&u->line, false};
    char text[32];
    struct reg g;
    int seller = orgs_draw_any(&u->c.orgs, &r), buyer = orgs_draw_any(&u->c.orgs, &r);
    if (c->targets) {
        reg_facts(&u->c, c->target[0], &g);
        seller = g.units[0];
    }
    if (buyer == seller) buyer = (buyer + 1) % u->c.orgs.count;
    const char *type = label_draw(&r, &labels_contract);
    c->fen = (int64_t)(rng_lognormal(&r, 3e5, 1.7) / 100) * 10000;
    int64_t tech = c->fen * rng_range(&r, 60, 100) / 100;
    buf_clear(&u->line);
    json_open(&j, NULL, '{');
    json_z(&j, "kind", "contract");
    contract_no(u, c->number, text);
    json_z(&j, "contract_no", text);
    json_z(&j, "type", type);
    json_day(&j, "signed_on", c->signed_day);
    json_fen(&j, "amount_total", c->fen);
    json_fen(&j, "amount_tech", tech);
    write_party(&j, "seller", &u->c.orgs.all[seller], NULL);
    const struct org *b = &u->c.orgs.all[buyer];
    write_party(&j, "buyer", b,
                b->type == UNIT_COMPANY ? sizes[rng_below(&r, ARRAY_LEN(sizes))] : NULL);
    json_open(&j, "achievements", '[');
    for (int i = 0; i < c->targets; i++) {
        char regno[32];
        target_regno(u, c->target[i], &g, regno);
        json_open(&j, NULL, '{');
        json_z(&j, "regno", regno);
        json_z(&j, "share", shares[c->targets - 1][i]);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    if (rng_chance(&r, 0.5)) json_z(&j, "ip_kind", labels_ip.labels[rng_below(&r, 5)]);
    json_z(&j, "field", label_draw(&r, &labels_contract_field));
    json_z(&j, "status", c->voided ? "void" : "valid");
    json_null(&j, "supersedes");
    json_close(&j, '}');
}

static enum status new_contract(struct run *u, bool *done, struct err *err) {
    struct contract c = {.number = u->contract_n + 1};
    /* One in twelve names no achievement; it counts in the market's totals all the same.
     */
    int want = c.number % 12 == 7           ? 0
               : rng_chance(&u->pick, 0.12) ? rng_range(&u->pick, 2, 3)
                                            : 1;
    c.signed_day =
        day_of(u->o->year_to, rng_range(&u->pick, 1, 12), rng_range(&u->pick, 1, 28));
    for (int t = 0; t < 12 && c.targets < want; t++) {
        uint32_t i = 0;
        bool known = !run_pick_registered(u, 0, &i);
        for (int k = 0; k < c.targets; k++) known |= c.target[k] == i;
        if (known) continue;
        u->known[i].flags |= KNOWN_LOCKED;
        c.target[c.targets++] = i;
        c.signed_day = u->known[i].day + rng_range(&u->pick, -200, 900);
    }
    if (want && !c.targets) {
        *done = false;
        return STATUS_OK;
    }
    write_contract(u, &c);
    u->contracts[u->contract_n++ % RECENT_CONTRACTS] = c;
    truth_row(&u->truth, run_target(u, FILE_CONTRACTS), OUTCOME_ADDED, CODE_NONE);
    return run_emit(u, FILE_CONTRACTS, err);
}

static struct contract *recent(struct run *u) {
    uint32_t n = u->contract_n < RECENT_CONTRACTS ? u->contract_n : RECENT_CONTRACTS;
    struct contract *c = n ? &u->contracts[rng_below(&u->pick, n)] : NULL;
    return c && !c->voided ? c : NULL;
}

static void write_payment(struct run *u, bool reward, const char *no, int nth, int day,
                          int64_t fen) {
    struct json_out j = {&u->line, false};
    buf_clear(&u->line);
    json_open(&j, NULL, '{');
    json_z(&j, "kind", reward ? "reward" : "receipt");
    json_z(&j, "contract_no", no);
    json_int(&j, "no", nth);
    json_day(&j, reward ? "paid_on" : "received_on", day);
    if (reward) json_z(&j, "form", nth % 3 ? "现金" : "股权");
    json_fen(&j, "amount", fen);
    if (reward) json_int(&j, "person_times", rng_range(&u->pick, 1, 12));
    json_close(&j, '}');
}

static void write_status(struct run *u, bool benefit, const char *regno, int day) {
    struct json_out j = {&u->line, false};
    buf_clear(&u->line);
    json_open(&j, NULL, '{');
    json_z(&j, "kind", benefit ? "benefit" : "app_status");
    json_z(&j, "regno", regno);
    if (benefit) {
        int y, m, d;
        day_split(day, &y, &m, &d);
        int64_t self = (int64_t)rng_lognormal(&u->pick, 2e6, 1.4) * 100;
        json_int(&j, "year", y);
        json_fen(&j, "self", self);
        json_fen(&j, "profit", self * rng_range(&u->pick, -3, 35) / 100);
        json_fen(&j, "tax", self * rng_range(&u->pick, 0, 9) / 100);
    } else {
        json_day(&j, "as_of", day);
        json_z(&j, "status", label_draw(&u->pick, &labels_status));
        json_int(&j, "units", rng_range(&u->pick, 1, 20));
    }
    json_close(&j, '}');
}

enum status rows_conversion(struct run *u, enum row_kind kind, bool *done,
                            struct err *err) {
    enum out_file f = run_target(u, FILE_CONTRACTS);
    enum outcome o = OUTCOME_ADDED;
    enum row_code code = CODE_NONE;
    uint32_t i = 0;
    char text[32];
    *done = true;
    if (kind == ROW_CONTRACT) return new_contract(u, done, err);
    if (kind == ROW_CONVERSION_ORPHAN) {
        uint32_t turn = u->turn[kind];
        o = OUTCOME_HELD;
        code = CODE_ORPHAN;
        snprintf(text, sizeof text, "2099140100%06u", (unsigned)turn + 1);
        int day = day_of(u->o->year_to, 12, 1);
        if (turn % 4 < 2) {
            write_payment(u, turn % 4 == 1, text, 1, day, 12345600);
        } else {
            snprintf(text, sizeof text, "9992099Y%04u", (unsigned)turn + 1);
            write_status(u, turn % 4 == 3, text, day);
        }
    } else if (kind == ROW_APP_STATUS || kind == ROW_BENEFIT) {
        unsigned flag = kind == ROW_BENEFIT ? KNOWN_BENEFIT : KNOWN_STATUS;
        struct reg g;
        *done = run_pick_registered(u, flag, &i);
        if (!*done) return STATUS_OK;
        u->known[i].flags |= (uint8_t)(flag | KNOWN_LOCKED);
        target_regno(u, i, &g, text);
        write_status(u, kind == ROW_BENEFIT, text,
                     u->known[i].day + rng_range(&u->pick, 100, 700));
    } else {
        struct contract *c = recent(u);
        *done = c != NULL;
        if (!c) return STATUS_OK;
        contract_no(u, c->number, text);
        if (kind == ROW_RECEIPT) {
            c->receipts++;
            write_payment(u, false, text, c->receipts, c->signed_day + 30 * c->receipts,
                          c->fen / (2 + c->receipts * c->receipts) / 100 * 100);
        } else if (kind == ROW_REWARD) {
            c->rewards++;
            write_payment(u, true, text, c->rewards, c->signed_day + 90 * c->rewards,
                          c->fen / (6 + c->rewards * c->rewards) / 100 * 100);
        } else {
            c->voided = kind == ROW_CONTRACT_VOID;
            o = c->voided ? OUTCOME_UPDATED : OUTCOME_UNCHANGED;
            write_contract(u, c);
        }
    }
    truth_row(&u->truth, f, o, code);
    return run_emit(u, FILE_CONTRACTS, err);
}
