/* regwrite.c - the canonical JSON line of a registration; details that no outcome depends
 * on are drawn here, from a sequence of the record's own. */
#include "tests/bench/gen/labels.h"
#include "tests/bench/gen/reg.h"
#include "tests/bench/gen/vocab.h"

#include <stdio.h>
#include <stdlib.h>

struct writer {
    const struct reg_context *c;
    const struct reg *g;
    const struct gen_text *t;
    struct json_out j;
    struct rng r;
};

/* One of the words of a list separated by blanks. */
static struct str word_of(struct rng *r, const char *z) {
    int n = 1;
    for (const char *p = z; *p; p++) n += *p == ' ';
    int k = rng_range(r, 0, n - 1);
    while (k-- > 0) z = strchr(z, ' ') + 1;
    return str_slice(z, strcspn(z, " "));
}

/* Mostly yuan, sometimes an object with 万元. */
static void money(struct writer *w, const char *key, double yuan) {
    int64_t fen = (int64_t)(yuan * 100);
    if (yuan >= 1000 && rng_chance(&w->r, 0.08)) {
        json_open(&w->j, key, '{');
        char v[40];
        snprintf(v, sizeof v, "%.2f", (double)(fen / 10000) / 100);
        json_z(&w->j, "value", v);
        json_z(&w->j, "unit", "万元");
        json_close(&w->j, '}');
        return;
    }
    if (fen > 1000000) fen -= fen % 100000;
    json_fen(&w->j, key, fen);
}

static void write_head(struct writer *w) {
    struct json_out *j = &w->j;
    const struct reg *g = w->g;
    char id[32];
    if (g->flaw != FLAW_NO_KIND) json_z(j, "kind", "registration");
    json_int(j, "schema", 1);
    if (g->has_uid) {
        reg_uid(g, id);
        json_z(j, "uid", id);
    }
    json_int(j, "rev", g->rev);
    int y, m, d;
    day_split(g->updated_day, &y, &m, &d);
    uint64_t s = rng_next(&w->r);
    char at[48];
    snprintf(at, sizeof at, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", y, m, d,
             9 + (int)(s % 9), (int)(s / 9 % 60), (int)(s / 540 % 60));
    json_z(j, "updated_at", at);
    snprintf(id, sizeof id, "%d", w->c->registry);
    json_z(j, "registry", id);
    json_z(j, "state", gen_state_names[g->state]);
    json_z(j, "consent", gen_consent_names[g->consent]);
    json_z(j, "publicity", gen_publicity_names[g->publicity]);
    json_bool(j, "paper_pending", g->paper_pending);
    if (g->secrecy) json_z(j, "secrecy", g->secrecy);
    if (g->serial) {
        reg_regno(w->c, g, id);
        json_z(j, "regno", id);
    }
    if (g->approved && g->flaw != FLAW_NO_YEAR) json_day(j, "approved_on", g->approved);
    if (g->submitted && g->state != STATE_DRAFT)
        json_day(j, "submitted_on", g->submitted);
    if (g->flaw == FLAW_BAD_DATE)
        json_z(j, "achieved_on", g->index % 2 ? "2024-13-40" : "2023-02-30");
    else if (g->achieved)
        json_day(j, "achieved_on", g->achieved);
    if (g->has_stat_year && g->flaw != FLAW_NO_YEAR)
        json_int(j, "stat_year", g->stat_year);
}

static void write_text(struct writer *w, struct buf *scratch) {
    static const char *const label[CATEGORY_COUNT] = {"应用技术成果", "基础理论成果",
                                                      "软科学成果"};
    static const char *const code[CATEGORY_COUNT] = {"A", "B", "S"};
    struct json_out *j = &w->j;
    const struct gen_text *t = w->t;
    const struct reg *g = w->g;
    if (g->flaw != FLAW_NO_CATEGORY)
        json_z(j, "category",
               rng_chance(&w->r, 0.15) ? code[g->category] : label[g->category]);
    if (g->flaw != FLAW_NO_TITLE) json_str(j, "title", buf_str(&t->title));
    buf_clear(scratch);
    buf_add_str(scratch, buf_str(&t->abstract));
    if (g->tail) buf_add_z(scratch, g->tail);
    json_str(j, "abstract", buf_str(scratch));
    json_open(j, "keywords", '[');
    for (int i = 0; i < t->keyword_count; i++) json_z(j, NULL, t->keywords[i]);
    json_close(j, ']');
    if (t->points.n) json_str(j, "points", buf_str(&t->points));
    if (t->metrics.n) json_str(j, "metrics", buf_str(&t->metrics));
    if (t->prospects.n) json_str(j, "prospects", buf_str(&t->prospects));
}

static void write_org(struct json_out *j, const char *key, const struct org *o) {
    json_open(j, key, '{');
    json_z(j, "name", o->name);
    if (o->uscc[0]) json_z(j, "uscc", o->uscc);
    json_z(j, "type", unit_type_labels[o->type]);
    char region[16];
    snprintf(region, sizeof region, "%06d", o->region);
    json_z(j, "region", region);
    json_close(j, '}');
}

static void write_actors(struct writer *w) {
    struct json_out *j = &w->j;
    const struct reg *g = w->g;
    const struct org *first = &w->c->orgs.all[g->units[0]];
    char name[96] = "山西省教育厅";
    int city = first->region / 100 % 100;
    if (first->type != UNIT_UNIVERSITY && city >= 1 && city <= REGION_CITIES)
        snprintf(name, sizeof name, "%s市科学技术局", region_cities[city - 1].name);
    json_open(j, "recommender", '{');
    json_z(j, "name", name);
    json_close(j, '}');
    if (g->approved) {
        json_open(j, "approver", '{');
        json_z(j, "name", "山西省科学技术厅");
        json_close(j, '}');
    }
    if (g->flaw != FLAW_NO_UNITS) {
        json_open(j, "units", '[');
        for (int i = 0; i < g->unit_count; i++)
            write_org(j, NULL, &w->c->orgs.all[g->units[i]]);
        json_close(j, ']');
    }
    json_open(j, "people", '[');
    struct person p = {0};
    for (int i = 0; i < g->people_count; i++) {
        int unit = g->units[g->people[i][0]];
        person_make(w->c->seed, unit, g->people[i][1], w->c->orgs.all[unit].type, &p);
        json_open(j, NULL, '{');
        json_z(j, "name", p.name);
        json_int(j, "unit", g->people[i][0] + 1);
        json_z(j, "gender", p.woman ? "女" : "男");
        json_month(j, "birth", day_of(p.birth_year, p.birth_month, 1));
        json_z(j, "degree", labels_degree.labels[p.degree]);
        json_z(j, "title", labels_title.labels[p.title]);
        if (p.returned || rng_chance(&w->r, 0.15)) json_bool(j, "returned", p.returned);
        json_close(j, '}');
    }
    json_close(j, ']');
    if (rng_chance(&w->r, 0.25)) {
        char text[64];
        json_open(j, "contact", '{');
        json_z(j, "name", p.name);
        snprintf(text, sizeof text, "035%d-%07d", city % 10, rng_range(&w->r, 0, 99999));
        json_z(j, "phone", text);
        snprintf(text, sizeof text, "u%u@example.cn", (unsigned)g->index);
        json_z(j, "email", text);
        snprintf(text, sizeof text, "%s科技路%d号", region_name(first->region),
                 rng_range(&w->r, 1, 199));
        json_z(j, "address", text);
        json_close(j, '}');
    }
}

/* Writes up to n distinct values of the list as an array. */
static void write_some(struct writer *w, const char *key, const struct label_list *l,
                       int n) {
    uint32_t seen = 0;
    json_open(&w->j, key, '[');
    for (int i = 0; i < n; i++) {
        int k = rng_weighted(&w->r, l->weights, l->count);
        if (seen >> k & 1) continue;
        seen |= 1u << k;
        json_z(&w->j, NULL, l->labels[k]);
    }
    json_close(&w->j, ']');
}

/* Varieties and biological medicines only where the field has them. */
static const char *form_of(struct rng *r, const struct reg *g) {
    enum { FORM_BIOMEDICAL = 5, FORM_VARIETY = 6, FORM_ORE = 7 };
    const struct label_list *l = &labels_form_applied;
    if (g->category != CATEGORY_APPLIED) return label_draw(r, &labels_form_other);
    for (;;) {
        int k = rng_weighted(r, l->weights, l->count);
        if ((k == FORM_BIOMEDICAL && g->field != FIELD_MEDICINE) ||
            (k == FORM_VARIETY && g->field != FIELD_AGRICULTURE) ||
            (k == FORM_ORE && g->field != 0))
            continue;
        return l->labels[k];
    }
}

static void write_codes(struct writer *w) {
    struct json_out *j = &w->j;
    struct rng *r = &w->r;
    const struct reg *g = w->g;
    const struct field_src *f = &vocab_fields[g->field];
    bool applied = g->category == CATEGORY_APPLIED;
    json_z(j, "form", g->odd_label ? "新范式" : form_of(r, g));
    if (applied) {
        json_z(j, "attribute", label_draw(r, &labels_attribute));
        json_z(j, "stage", label_draw(r, &labels_stage));
        json_z(j, "maturity", label_draw(r, &labels_maturity));
    }
    if (applied || rng_chance(r, 0.4)) json_z(j, "level", label_draw(r, &labels_level));
    if (rng_chance(r, 0.8)) json_z(j, "research_mode", label_draw(r, &labels_research));
    struct str a = word_of(r, f->disciplines), b = word_of(r, f->disciplines);
    json_open(j, "discipline", '[');
    json_str(j, NULL, a);
    if (!str_eq(a, b) && rng_chance(r, 0.4)) json_str(j, NULL, b);
    json_close(j, ']');
    a = word_of(r, f->industries), b = word_of(r, f->industries);
    if (g->category != CATEGORY_SOFT || rng_chance(r, 0.5)) {
        json_open(j, "industry", '[');
        json_str(j, NULL, a);
        if (!str_eq(a, b) && rng_chance(r, 0.2)) json_str(j, NULL, b);
        json_close(j, ']');
    }
    if (applied) {
        char key[8];
        struct str h = word_of(r, f->hitech);
        snprintf(key, sizeof key, "%.*s", (int)h.n, h.p);
        long n = strtol(key, NULL, 10);
        json_z(j, "hitech", rng_chance(r, 0.2) ? key : labels_hitech.labels[n - 1]);
        if (f->sei[0] && rng_chance(r, 0.4)) json_z(j, "sei", f->sei);
    }
    if (rng_chance(r, 0.5)) json_str(j, "clc", word_of(r, f->clc));
}

static void write_source(struct writer *w) {
    struct json_out *j = &w->j;
    struct rng *r = &w->r;
    const struct reg *g = w->g;
    int k = rng_weighted(r, labels_source.weights, labels_source.count);
    json_z(j, "source", labels_source.labels[k]);
    if (k == 0)
        json_z(j, "plan", label_draw(r, &labels_plan));
    else
        json_null(j, "plan");
    if (k <= 4) {
        char no[40];
        json_str(j, "project_title", buf_str(&w->t->project));
        snprintf(no, sizeof no, "%d%02d%02d%07u", g->stat_year - rng_range(r, 1, 3),
                 rng_range(r, 1, 9), g->field + 1, (unsigned)g->index);
        json_z(j, "project_no", no);
    }
    if (rng_chance(r, 0.9))
        json_bool(j, "fiscal", k <= 4);
    else
        json_null(j, "fiscal");

    bool undated = !g->achieved; /* keeps the year of approved_on the only date of it */
    json_open(j, "evaluation", '{');
    json_z(j, "kind", label_draw(r, &labels_evaluation));
    static const char *const org[] = {"山西省科技评价中心", "三晋科技成果评价有限公司",
                                      "山西省科学技术厅", "晋阳技术评估院"};
    json_z(j, "org", org[rng_below(r, ARRAY_LEN(org))]);
    if (!undated) json_day(j, "on", g->achieved);
    if (rng_chance(r, 0.5)) {
        char no[48];
        snprintf(no, sizeof no, "晋评字〔%d〕第%u号", g->stat_year,
                 (unsigned)g->index + 1);
        json_z(j, "no", no);
    }
    static const char *const good[] = {"positive", "positive", "positive", "通过",
                                       "none"};
    const char *c = good[rng_below(r, ARRAY_LEN(good))];
    if (g->conclusion) c = g->conclusion;
    if (g->conclusion || !rng_chance(r, 0.05)) json_z(j, "conclusion", c);
    json_close(j, '}');
}

static void write_application(struct writer *w) {
    struct json_out *j = &w->j;
    struct rng *r = &w->r;
    const struct reg *g = w->g;
    int s = rng_weighted(r, labels_status.weights, labels_status.count);
    static const char *const old[] = {"old:稳定应用", "old:稳定应用", "old:其他",
                                      "old:应用后停用", "old:未应用"};
    bool is_old = g->stat_year <= 2018 && rng_chance(r, 0.05);
    json_open(j, "application", '{');
    json_z(j, "status", is_old ? old[s] : labels_status.labels[s]);
    if (!is_old) json_z(j, "scheme", "current");
    if (s >= 3)
        json_z(j, "reason", label_draw(r, &labels_reason));
    else
        json_null(j, "reason");
    if (s <= 2) {
        json_int(j, "units", rng_range(r, 1, 1 + (int)rng_lognormal(r, 3, 0.9)));
        json_month(j, "first_on", day_of(g->stat_year, 1, 1) - rng_range(r, 0, 700));
    }
    json_close(j, '}');
    if (s <= 2) write_some(w, "conversion", &labels_conversion, 1 + rng_chance(r, 0.15));
    bool intent = rng_chance(r, 0.35);
    json_bool(j, "intent", intent);
    if (intent) {
        write_some(w, "cooperation", &labels_cooperation, rng_range(r, 1, 3));
        if (rng_chance(r, 0.6)) money(w, "ask_amount", rng_lognormal(r, 2e6, 1.1));
        if (rng_chance(r, 0.3))
            json_z(j, "scope", "仅限国内");
        else
            json_null(j, "scope");
    }
    if (s <= 1 && rng_chance(r, 0.7)) {
        static const char *const keys[] = {"self",        "coop", "equity", "transfer",
                                           "ip_transfer", "tax",  "export", "savings"};
        static const double some[] = {0.8, 0.2, 0.03, 0.12, 0.06, 0.5, 0.06, 0.4};
        json_open(j, "income", '{');
        double self = rng_lognormal(r, 1.6e6, 1.6);
        for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
            if (rng_chance(r, some[i]))
                money(w, keys[i], i == 0 ? self : self * rng_unit(r) * 0.3);
            else if (rng_chance(r, 0.2))
                money(w, keys[i], 0);
        }
        double profit = self * (rng_unit(r) * 0.4 - 0.04);
        json_fen(j, "profit", (int64_t)(profit * 100));
        json_close(j, '}');
    }
}

static void write_invest(struct writer *w) {
    struct json_out *j = &w->j;
    struct rng *r = &w->r;
    const struct reg *g = w->g;
    bool flawed = g->flaw == FLAW_MONEY_NUMBER || g->flaw == FLAW_MONEY_DECIMALS ||
                  g->flaw == FLAW_MONEY_NEGATIVE;
    if (!flawed && !rng_chance(r, 0.75)) return;
    json_open(j, "invest", '{');
    if (g->flaw == FLAW_MONEY_NUMBER)
        json_int(j, "自有资金", 1500000);
    else if (g->flaw == FLAW_MONEY_DECIMALS)
        json_z(j, "自有资金", "1500000.005");
    else if (g->flaw == FLAW_MONEY_NEGATIVE)
        json_z(j, "自有资金", "-1500000.00");
    int always = rng_chance(r, 0.7) ? 4 : 2; /* own means or the place's, at least */
    for (int i = 0; !flawed && i < labels_invest.count; i++)
        if (i == always || rng_chance(r, labels_invest.weights[i] / 130.0))
            money(w, labels_invest.labels[i], rng_lognormal(r, 9e5, 1.3));
    json_close(j, '}');
}

/* Numbers of intellectual property: unique, since two records with the same core number
 * are near duplicates. The multiplier is prime to 10^7, so serials do not repeat. */
static void write_ip(struct writer *w) {
    struct json_out *j = &w->j;
    struct rng *r = &w->r;
    const struct reg *g = w->g;
    static const int n_w[6] = {38, 29, 18, 9, 4, 2};
    int n = rng_weighted(r, n_w, 6), day = day_of(g->stat_year, 1, 1);
    if (n) {
        json_open(j, "ip", '[');
        for (int i = 0; i < n; i++) {
            int k = rng_weighted(r, labels_ip.weights, labels_ip.count);
            unsigned serial =
                (unsigned)(((uint64_t)g->index * 7 + (uint64_t)i) * 7654321u % 10000000u);
            int granted = day - rng_range(r, 30, 1200), y, m, d;
            day_split(granted - 500, &y, &m, &d);
            /* "Involves none" stands alone; drawn beside others it is left out. */
            if (k == labels_ip.count - 1 && n > 1) continue;
            char no[48] = "";
            if (k <= 2)
                snprintf(no, sizeof no, "ZL%d%d%07u.%u", y, k + 1, serial, serial % 10);
            else if (k == 3)
                snprintf(no, sizeof no, "%dSR%07u", y, serial);
            else if (k <= 6)
                snprintf(no, sizeof no, "CN%c%d%07u", "DBL"[k - 4], y, serial);
            json_open(j, NULL, '{');
            json_z(j, "kind", labels_ip.labels[k]);
            if (no[0]) json_z(j, "no", no);
            if (no[0] && g->achieved) json_day(j, "granted_on", granted);
            json_bool(j, "core", no[0] && i == 0);
            json_close(j, '}');
        }
        json_close(j, ']');
    }
    if (rng_chance(r, 0.12)) {
        char no[48];
        json_open(j, "standards", '[');
        json_open(j, NULL, '{');
        int k = rng_weighted(r, labels_standard.weights, labels_standard.count);
        static const char *const prefix[] = {"ISO ",    "GB/T ", "MT/T ",
                                             "DB14/T ", "T/SX ", "Q/JY "};
        snprintf(no, sizeof no, "%s%u-%d", prefix[k], 1000 + (unsigned)g->index % 9000,
                 g->stat_year);
        json_z(j, "level", labels_standard.labels[k]);
        json_z(j, "no", no);
        json_z(j, "status", rng_chance(r, 0.8) ? "已发布" : "制定中");
        json_close(j, '}');
        json_close(j, ']');
    }
    if (g->category == CATEGORY_THEORY || rng_chance(r, 0.15)) {
        static const char *const venue[] = {
            "煤炭学报", "农业工程学报", "中华医学杂志", "材料导报",
            "环境科学", "计算机学报",   "机械工程学报", "Fuel"};
        json_open(j, "papers", '[');
        for (int n2 = rng_range(r, 1, 3), i = 0; i < n2; i++) {
            char title[KEYWORD_BYTES + 32];
            snprintf(title, sizeof title, "%s的试验研究（%d）",
                     w->t->keywords[i % (w->t->keyword_count ? w->t->keyword_count : 1)],
                     i + 1);
            json_open(j, NULL, '{');
            json_z(j, "title", title);
            json_z(j, "venue", venue[rng_below(r, ARRAY_LEN(venue))]);
            json_int(j, "year", g->stat_year - rng_range(r, 0, 2));
            json_close(j, '}');
        }
        json_close(j, ']');
    }
}

void reg_write(const struct reg_context *c, const struct reg *r, const struct gen_text *t,
               struct buf *out) {
    struct writer w = {
        .c = c, .g = r, .t = t, .j = {out, false}, .r = rng_key(c->seed, 2, r->index, 0)};
    struct buf scratch = buf_init((size_t)1 << 20);
    json_open(&w.j, NULL, '{');
    write_head(&w);
    write_text(&w, &scratch);
    write_actors(&w);
    write_codes(&w);
    write_source(&w);
    if (r->category == CATEGORY_APPLIED) write_application(&w);
    write_invest(&w);
    write_ip(&w);
    int end = day_of(r->stat_year, 1, 1) + rng_range(&w.r, -200, 150);
    json_month(&w.j, "research_from", end - rng_range(&w.r, 300, 1500));
    json_month(&w.j, "research_to", end);
    if (r->unknown_key) json_z(&w.j, "x_office_note", "存档盒A-12");
    json_close(&w.j, '}');
    if (scratch.failed) out->failed = true;
    buf_done(&scratch);
}
