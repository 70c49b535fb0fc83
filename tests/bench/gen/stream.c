#include "tests/bench/gen/run.h"

#include <math.h>
#include <stdlib.h>

const char *const row_kind_names[ROW_KIND_COUNT] = {
    "revise",         "consent",      "publicity",     "renumber",          "step",
    "retract",        "repeat",       "event_step",    "approve",           "withdraw",
    "contract",       "receipt",      "reward",        "app_status",        "benefit",
    "contract_again", "old_revision", "contract_void", "duplicate",         "classified",
    "syntax",         "encoding",     "field",         "negative",          "regno",
    "bad_state",      "bad_event",    "event_orphan",  "conversion_orphan", "marking"};

const double row_kind_shares[ROW_KIND_COUNT] = {[ROW_REVISE] = 0.03,
                                                [ROW_CONSENT] = 0.004,
                                                [ROW_PUBLICITY] = 0.004,
                                                [ROW_RENUMBER] = 0.001,
                                                [ROW_STEP] = 0.003,
                                                [ROW_RETRACT] = 0.001,
                                                [ROW_REPEAT] = 0.005,
                                                [ROW_EVENT_STEP] = 0.02,
                                                [ROW_EVENT_APPROVE] = 0.005,
                                                [ROW_EVENT_WITHDRAW] = 0.005,
                                                [ROW_CONTRACT] = 0.05,
                                                [ROW_RECEIPT] = 0.03,
                                                [ROW_REWARD] = 0.01,
                                                [ROW_APP_STATUS] = 0.02,
                                                [ROW_BENEFIT] = 0.02,
                                                [ROW_CONTRACT_AGAIN] = 0.001,
                                                [ROW_OLD_REVISION] = 0.001,
                                                [ROW_CONTRACT_VOID] = 0.001,
                                                [ROW_DUPLICATE] = 0.02,
                                                [ROW_CLASSIFIED] = 0.002,
                                                [ROW_SYNTAX] = 0.002,
                                                [ROW_ENCODING] = 0.001,
                                                [ROW_FIELD] = 0.003,
                                                [ROW_NEGATIVE] = 0.001,
                                                [ROW_REGNO] = 0.001,
                                                [ROW_BAD_STATE] = 0.001,
                                                [ROW_BAD_EVENT] = 0.001,
                                                [ROW_EVENT_ORPHAN] = 0.001,
                                                [ROW_CONVERSION_ORPHAN] = 0.001,
                                                [ROW_MARKING] = 0.001};

struct life known_life(const struct known *k) {
    struct life l = {(enum gen_state)k->state, (enum gen_consent)k->consent,
                     (enum gen_publicity)k->publicity, k->paper_pending};
    return l;
}

void pool_add(struct run *u, enum gen_state s, uint32_t i) {
    u->pool[s][u->pool_n[s]++ % POOL_SIZE] = i;
}

enum out_file run_target(const struct run *u, enum out_file f) {
    return u->file[f] ? f : FILE_MAIN;
}

enum status run_emit(struct run *u, enum out_file f, struct err *err) {
    enum status s = buf_check(&u->line, "line", err);
    if (s != STATUS_OK) return s;
    FILE *out = u->file[run_target(u, f)];
    buf_add_char(&u->line, '\n');
    if (fwrite(u->line.p, 1, u->line.n, out) != u->line.n)
        return err_errno(err, "cannot write");
    return STATUS_OK;
}

static void make_text(const struct run *u, const struct reg *g, unsigned attempt,
                      struct gen_text *t) {
    struct rng r = rng_key(u->o->seed, 3, g->index, attempt);
    const char *place = region_name(u->c.orgs.all[g->units[0]].region);
    if (u->corpus)
        corpus_make(u->corpus, &r, g->index, g->field, t);
    else
        words_make(u->words, &r, g->category, g->field, place, t);
}

/* Forms of writing that must not matter: traditional characters, full-width letters. */
static void dress_text(const struct run *u, const struct reg *g, struct gen_text *t) {
    struct rng r = rng_key(u->o->seed, 4, g->index, 0);
    struct buf b = buf_init((size_t)1 << 20);
    if (rng_chance(&r, 0.004)) {
        words_traditional(buf_str(&t->title), &b);
        buf_clear(&t->title);
        buf_add_str(&t->title, buf_str(&b));
    }
    if (rng_chance(&r, 0.02)) {
        buf_clear(&b);
        words_full_width(buf_str(&t->abstract), &b);
        buf_clear(&t->abstract);
        buf_add_str(&t->abstract, buf_str(&b));
    }
    buf_done(&b);
}

static enum status fresh_text(struct run *u, const struct reg *g, struct gen_text *t,
                              uint8_t *attempt, struct err *err) {
    enum { ATTEMPTS = 255 };
    for (unsigned k = 0; k < ATTEMPTS; k++) {
        make_text(u, g, k, t);
        bool fresh = false;
        enum status s =
            title_shapes_add(&u->shapes, g->units[0], buf_str(&t->title), &fresh, err);
        if (s == STATUS_OK && fresh)
            s = title_set_add(&u->titles, buf_str(&t->title), &fresh, err);
        if (s != STATUS_OK) return s;
        if (fresh) {
            dress_text(u, g, t);
            *attempt = (uint8_t)k;
            return STATUS_OK;
        }
    }
    return err_set(err, STATUS_LIMIT, NULL,
                   "no new title found for record %u: the vocabulary is used up",
                   (unsigned)g->index);
}

void run_load(struct run *u, uint32_t i, struct reg *g, struct gen_text *t) {
    const struct known *k = &u->known[i];
    reg_facts(&u->c, i, g);
    g->state = (enum gen_state)k->state;
    g->consent = (enum gen_consent)k->consent;
    g->publicity = (enum gen_publicity)k->publicity;
    g->paper_pending = k->paper_pending;
    g->serial = k->serial;
    g->serial_year = k->serial_year;
    g->rev = k->rev;
    g->updated_day = k->day;
    if (g->state == STATE_APPROVED && !g->approved) g->approved = k->day;
    g->tail = k->content_rev > 1 ? "（修订稿补充了应用证明材料。）"
              : k->content_rev   ? "（修订稿完善了技术指标说明。）"
                                 : NULL;
    make_text(u, g, k->attempt, t);
    dress_text(u, g, t);
}

static void give_number(struct run *u, struct reg *g) {
    g->serial_year = g->stat_year;
    g->serial = ++u->serial[g->stat_year - TRUTH_YEAR_BASE][g->category];
}

enum status run_fresh(struct run *u, struct reg *g, struct gen_text *t, struct err *err) {
    uint8_t attempt = 0;
    reg_facts(&u->c, (uint32_t)u->o->count + u->extra++, g);
    g->has_uid = g->has_stat_year = true;
    g->state = STATE_APPROVED;
    g->paper_pending = false;
    if (!g->approved) g->approved = g->updated_day;
    if (!g->achieved) g->achieved = g->approved;
    give_number(u, g);
    return fresh_text(u, g, t, &attempt, err);
}

enum status run_record(struct run *u, struct err *err) {
    struct reg g;
    uint32_t i = u->made;
    struct known *k = &u->known[i];
    reg_facts(&u->c, i, &g);
    if (reg_state_has_number(g.state)) give_number(u, &g);
    uint8_t attempt = 0;
    enum status s = fresh_text(u, &g, &u->text, &attempt, err);
    if (s != STATUS_OK) return s;
    *k = (struct known){.serial = g.serial,
                        .day = g.updated_day,
                        .serial_year = (uint16_t)g.serial_year,
                        .attempt = attempt,
                        .rev = 1,
                        .state = (uint8_t)g.state,
                        .consent = (uint8_t)g.consent,
                        .publicity = (uint8_t)g.publicity,
                        .paper_pending = g.paper_pending};
    buf_clear(&u->line);
    reg_write(&u->c, &g, &u->text, &u->line);
    struct life l = known_life(k);
    truth_change(&u->truth, FILE_MAIN, g.stat_year, g.category, NULL, &l);
    if (g.state != STATE_APPROVED || g.paper_pending) pool_add(u, g.state, i);
    u->made++;
    s = u->table ? table_add(u->table, buf_str(&u->line), err) : STATUS_OK;
    return s == STATUS_OK ? run_emit(u, FILE_MAIN, err) : s;
}

static enum status emit_kind(struct run *u, enum row_kind k, bool *done,
                             struct err *err) {
    if (k >= ROW_ERRORS && k != ROW_OLD_REVISION && k != ROW_CONTRACT_VOID &&
        k != ROW_BAD_EVENT && k != ROW_EVENT_ORPHAN && k != ROW_CONVERSION_ORPHAN)
        return rows_fault(u, k, done, err);
    if (k == ROW_EVENT_STEP || k == ROW_EVENT_APPROVE || k == ROW_EVENT_WITHDRAW ||
        k == ROW_BAD_EVENT || k == ROW_EVENT_ORPHAN)
        return rows_event(u, k, done, err);
    if ((k >= ROW_CONTRACT && k <= ROW_CONTRACT_AGAIN) || k == ROW_CONTRACT_VOID ||
        k == ROW_CONVERSION_ORPHAN)
        return rows_conversion(u, k, done, err);
    return rows_revision(u, k, done, err);
}

static enum status write_rows(struct run *u, struct err *err) {
    double due[ROW_KIND_COUNT];
    struct rng r = rng_key(u->o->seed, 5, 0, 0);
    for (int k = 0; k < ROW_KIND_COUNT; k++) due[k] = rng_unit(&r) * 0.5;
    /* Some records first, so that every other row finds one to concern. */
    long lead = u->o->count < 400 ? u->o->count / 4 : 100;
    for (long i = 0; i < u->o->count; i++) {
        enum status s = run_record(u, err);
        for (int k = 0; s == STATUS_OK && i >= lead && k < ROW_KIND_COUNT; k++) {
            due[k] += u->o->share[k];
            for (bool done = true; s == STATUS_OK && done && due[k] >= 1;) {
                s = emit_kind(u, (enum row_kind)k, &done, err);
                if (done) {
                    due[k] -= 1;
                    u->turn[k]++;
                }
            }
        }
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

static enum status open_out(const char *path, FILE **out, struct err *err) {
    if (!path) return STATUS_OK;
    *out = fopen(path, "we");
    return *out ? STATUS_OK : err_errno(err, "cannot write %s", path);
}

static enum status write_truth(const struct run *u, struct err *err) {
    if (!u->o->truth) return STATUS_OK;
    struct buf b = buf_init(0);
    char command[160];
    snprintf(command, sizeof command,
             "chengguo-gen --seed %llu --count %ld --year-from %d --year-to %d "
             "--registry %d%s%s",
             (unsigned long long)u->o->seed, u->o->count, u->o->year_from, u->o->year_to,
             u->o->registry, u->o->clean ? " --clean" : "", u->corpus ? " --corpus" : "");
    truth_write(&u->truth, command, u->o->count, &b);
    FILE *f = NULL;
    enum status s = buf_check(&b, "truth", err);
    if (s == STATUS_OK) s = open_out(u->o->truth, &f, err);
    if (s == STATUS_OK && fwrite(b.p, 1, b.n, f) != b.n)
        s = err_errno(err, "cannot write %s", u->o->truth);
    if (f && fclose(f) != 0 && s == STATUS_OK)
        s = err_errno(err, "cannot write %s", u->o->truth);
    buf_done(&b);
    return s;
}

static void run_done(struct run *u) {
    orgs_done(&u->c.orgs);
    words_close(u->words);
    corpus_close(u->corpus);
    free(u->c.year_cum);
    free(u->known);
    title_set_done(&u->titles);
    title_shapes_done(&u->shapes);
    gen_text_done(&u->text);
    gen_text_done(&u->text2);
    buf_done(&u->line);
    buf_done(&u->line2);
    free(u);
}

static enum status prepare(struct run *u, struct err *err) {
    const struct stream_options *o = u->o;
    int years = o->year_to - o->year_from + 1, units = (int)(o->count / 3);
    units = units < ORGS_MIN ? ORGS_MIN : units > ORGS_MAX ? ORGS_MAX : units;
    u->known = calloc((size_t)o->count, sizeof *u->known);
    u->c.year_cum = calloc((size_t)years, sizeof *u->c.year_cum);
    if (!u->known || !u->c.year_cum)
        return err_set(err, STATUS_NOMEM, NULL, "no memory for %ld records", o->count);
    double sum = 0;
    for (int i = 0; i < years; i++) u->c.year_cum[i] = sum += pow(1.05, i);
    u->c.seed = o->seed;
    u->c.year_from = o->year_from;
    u->c.year_to = o->year_to;
    u->c.registry = o->registry;
    enum status s = orgs_make(o->seed, units, o->clean, &u->c.orgs, err);
    if (s == STATUS_OK) s = title_shapes_init(&u->shapes, units, err);
    if (s == STATUS_OK) s = words_open(&u->words, err);
    if (s == STATUS_OK && o->corpus) s = corpus_open(o->corpus, &u->corpus, err);
    if (s == STATUS_OK) s = open_out(o->out, &u->file[FILE_MAIN], err);
    if (s == STATUS_OK) s = open_out(o->events, &u->file[FILE_EVENTS], err);
    if (s == STATUS_OK) s = open_out(o->contracts, &u->file[FILE_CONTRACTS], err);
    if (s == STATUS_OK && (o->csv || o->xlsx))
        s = table_open(o->csv, o->xlsx, &u->table, err);
    return s;
}

enum status stream_run(const struct stream_options *o, struct err *err) {
    struct run *u = calloc(1, sizeof *u);
    if (!u) return err_set(err, STATUS_NOMEM, NULL, "no memory");
    u->o = o;
    u->pick = rng_key(o->seed, 6, 0, 0);
    gen_text_init(&u->text);
    gen_text_init(&u->text2);
    u->line = u->line2 = buf_init((size_t)4 << 20);
    enum status s = prepare(u, err);
    if (s == STATUS_OK) s = write_rows(u, err);
    for (int i = 0; i < FILE_COUNT; i++)
        if (u->file[i] && fclose(u->file[i]) != 0 && s == STATUS_OK)
            s = err_errno(err, "cannot write");
    if (u->table) {
        enum status closed = table_close(u->table, s == STATUS_OK, s ? NULL : err);
        if (s == STATUS_OK) s = closed;
    }
    if (s == STATUS_OK) s = write_truth(u, err);
    run_done(u);
    return s;
}
