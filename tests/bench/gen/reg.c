#include "tests/bench/gen/reg.h"

#include <stdio.h>

const char *const gen_state_names[STATE_COUNT] = {
    "draft",    "submitted", "unit_review", "desk_review", "paper_wait", "paper_ok",
    "approved", "rejected",  "returned",    "unapproved",  "cancelled"};
const char *const gen_consent_names[CONSENT_COUNT] = {"yes", "no", "unknown"};
const char *const gen_publicity_names[PUBLICITY_COUNT] = {
    "none", "unit_open", "site_open", "closed", "objected"};

static int clamp(int v, int lo, int hi) {
    return v < lo ? lo : v > hi ? hi : v;
}

static void draw_dates(struct rng *r, struct reg *g) {
    /* Offices approve most of a year's registrations in its last two months. */
    static const int month_w[12] = {1, 2, 4, 4, 5, 7, 5, 5, 7, 9, 19, 32};
    int month = rng_weighted(r, month_w, 12) + 1;
    g->approved = day_of(g->stat_year, month, rng_range(r, 1, 28));
    g->submitted = g->approved - rng_range(r, 8, 80);
    g->achieved = clamp(g->submitted - rng_range(r, 5, 190), day_of(g->stat_year, 1, 1),
                        g->approved);
}

static void draw_units(struct rng *r, const struct orgs *o, struct reg *g) {
    static const int n_w[REG_UNITS_MAX] = {620, 200, 90, 35, 20, 14, 9, 6, 4, 2};
    int want = rng_weighted(r, n_w, REG_UNITS_MAX) + 1;
    g->units[0] = orgs_draw_first(o, r, g->field);
    g->unit_count = 1;
    for (int tries = 0; g->unit_count < want && tries < 60; tries++) {
        int u = orgs_draw_any(o, r);
        bool known = false;
        for (int i = 0; i < g->unit_count; i++) known |= g->units[i] == u;
        if (!known) g->units[g->unit_count++] = u;
    }
}

static void draw_people(struct rng *r, const struct orgs *o, struct reg *g) {
    static const int n_w[REG_PEOPLE_MAX] = {17, 17, 18, 14, 10, 8, 6, 4, 3, 1, 1, 1};
    int want = rng_weighted(r, n_w, REG_PEOPLE_MAX) + 1;
    for (int tries = 0; g->people_count < want && tries < 60; tries++) {
        /* The first unit sends most of them; every unit sends at least one if it can. */
        int u = g->people_count && g->people_count < g->unit_count ? g->people_count
                : rng_chance(r, 0.7)                               ? 0
                                     : rng_range(r, 0, g->unit_count - 1);
        int k = rng_range(r, 0, o->all[g->units[u]].staff - 1);
        bool known = false;
        for (int i = 0; i < g->people_count; i++)
            known |= g->people[i][0] == u && g->people[i][1] == k;
        if (known) continue;
        g->people[g->people_count][0] = u;
        g->people[g->people_count++][1] = k;
    }
}

void reg_facts(const struct reg_context *c, uint32_t index, struct reg *out) {
    static const int category_w[CATEGORY_COUNT] = {88, 9, 3};
    static const int state_w[STATE_COUNT] = {10, 12, 8, 10, 6, 14, 917, 6, 8, 6, 3};
    static const int consent_w[CONSENT_COUNT] = {90, 6, 4};
    static const int publicity_w[PUBLICITY_COUNT] = {60, 25, 40, 860, 15};
    struct rng r = rng_key(c->seed, 1, index, 0);
    struct reg g = {.index = index,
                    .rev = 1,
                    .has_uid = true,
                    .has_stat_year = true,
                    .secrecy = "非密"};
    g.category = (enum category)rng_weighted(&r, category_w, CATEGORY_COUNT);
    g.field = words_field(&r, g.category);
    g.stat_year =
        c->year_from + rng_cumulative(&r, c->year_cum, c->year_to - c->year_from + 1);
    g.state = (enum gen_state)rng_weighted(&r, state_w, STATE_COUNT);
    g.consent = (enum gen_consent)rng_weighted(&r, consent_w, CONSENT_COUNT);
    g.publicity = (enum gen_publicity)rng_weighted(&r, publicity_w, PUBLICITY_COUNT);
    if (g.state != STATE_APPROVED)
        g.publicity = g.state == STATE_PAPER_OK && rng_chance(&r, 0.4)
                          ? PUBLICITY_SITE_OPEN
                          : PUBLICITY_NONE;
    draw_dates(&r, &g);
    draw_units(&r, &c->orgs, &g);
    draw_people(&r, &c->orgs, &g);
    g.updated_day = g.approved + rng_range(&r, 0, 9);
    g.odd_label = rng_chance(&r, 0.004);
    g.unknown_key = rng_chance(&r, 0.003);
    if (rng_chance(&r, 0.1)) g.secrecy = rng_chance(&r, 0.5) ? "公开" : "非密(公开)";
    if (g.state == STATE_APPROVED) {
        g.paper_pending = rng_chance(&r, 0.011);
        g.has_uid = g.paper_pending || !rng_chance(&r, 0.005);
        /* Without stat_year and achieved_on the year is that of approved_on. */
        if (rng_chance(&r, 0.02)) {
            g.has_stat_year = false;
            g.achieved = 0;
        }
    }
    if (!reg_state_has_number(g.state) || g.state == STATE_PAPER_OK) g.approved = 0;
    *out = g;
}

bool reg_state_has_number(enum gen_state s) {
    return s == STATE_APPROVED || s == STATE_PAPER_OK || s == STATE_UNAPPROVED ||
           s == STATE_CANCELLED;
}

void reg_uid(const struct reg *r, char out[32]) {
    snprintf(out, 32, "SX-%04d-%06u", r->stat_year, (unsigned)r->index + 1);
}

void reg_regno(const struct reg_context *c, const struct reg *r, char out[32]) {
    static const char letter[CATEGORY_COUNT] = {'Y', 'J', 'R'};
    snprintf(out, 32, "%03d%04d%c%04u", 900 + c->registry / 10000, r->serial_year,
             letter[r->category], (unsigned)r->serial);
}
