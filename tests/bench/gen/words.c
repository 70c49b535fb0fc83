#include "tests/bench/gen/words.h"
#include "tests/bench/gen/vocab.h"

#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

enum { ABSTRACT_MIN = 100 }; /* characters */

struct list {
    struct str *v;
    int n;
};
struct topic {
    struct list objects, actions, devices;
};
struct field {
    struct list methods, conditions, problems, figures, mixed;
    struct topic *topics;
    int topic_count;
};
struct words {
    struct field f[FIELD_COUNT];
    bool failed;
};

static struct list cut(struct words *w, const char *z) {
    struct list l = {0};
    int n = 1;
    for (const char *p = z; *p; p++) n += *p == ' ';
    l.v = calloc((size_t)n, sizeof *l.v);
    if (!l.v) {
        w->failed = true;
        return l;
    }
    for (const char *p = z; *p;) {
        size_t k = strcspn(p, " ");
        if (k) l.v[l.n++] = str_slice(p, k);
        p += k + (p[k] == ' ');
    }
    return l;
}

enum status words_open(struct words **out, struct err *err) {
    struct words *w = calloc(1, sizeof *w);
    if (!w) return err_set(err, STATUS_NOMEM, NULL, "no memory for the vocabulary");
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_src *s = &vocab_fields[i];
        const struct topic_table *t =
            i < 4 ? &vocab_industry_topics[i] : &vocab_life_topics[i - 4];
        struct field *f = &w->f[i];
        f->methods = cut(w, s->methods);
        f->conditions = cut(w, s->conditions);
        f->problems = cut(w, s->problems);
        f->figures = cut(w, s->figures);
        f->mixed = cut(w, s->mixed);
        f->topics = calloc((size_t)t->count, sizeof *f->topics);
        f->topic_count = f->topics ? t->count : 0;
        w->failed |= !f->topics;
        for (int k = 0; k < f->topic_count; k++) {
            f->topics[k].objects = cut(w, t->rows[k].objects);
            f->topics[k].actions = cut(w, t->rows[k].actions);
            f->topics[k].devices = cut(w, t->rows[k].devices);
        }
    }
    if (w->failed) {
        words_close(w);
        return err_set(err, STATUS_NOMEM, NULL, "no memory for the vocabulary");
    }
    *out = w;
    return STATUS_OK;
}

void words_close(struct words *w) {
    if (!w) return;
    for (int i = 0; i < FIELD_COUNT; i++) {
        struct field *f = &w->f[i];
        for (int k = 0; k < f->topic_count; k++) {
            free(f->topics[k].objects.v);
            free(f->topics[k].actions.v);
            free(f->topics[k].devices.v);
        }
        free(f->topics);
        free(f->methods.v);
        free(f->conditions.v);
        free(f->problems.v);
        free(f->figures.v);
        free(f->mixed.v);
    }
    free(w);
}

void gen_text_init(struct gen_text *t) {
    memset(t, 0, sizeof *t);
    t->title = t->abstract = t->points = t->metrics = t->prospects = t->project =
        buf_init((size_t)1 << 20);
}
void gen_text_clear(struct gen_text *t) {
    buf_clear(&t->title);
    buf_clear(&t->abstract);
    buf_clear(&t->points);
    buf_clear(&t->metrics);
    buf_clear(&t->prospects);
    buf_clear(&t->project);
    t->keyword_count = 0;
}
void gen_text_done(struct gen_text *t) {
    buf_done(&t->title);
    buf_done(&t->abstract);
    buf_done(&t->points);
    buf_done(&t->metrics);
    buf_done(&t->prospects);
    buf_done(&t->project);
}

void gen_text_keyword(struct gen_text *t, struct str k) {
    if (!k.n || k.n >= KEYWORD_BYTES || t->keyword_count >= KEYWORDS_MAX) return;
    for (int i = 0; i < t->keyword_count; i++)
        if (str_eq_z(k, t->keywords[i])) return;
    memcpy(t->keywords[t->keyword_count], k.p, k.n);
    t->keywords[t->keyword_count++][k.n] = 0;
}

int words_field(struct rng *r, enum category c) {
    int w[FIELD_COUNT];
    for (int i = 0; i < FIELD_COUNT; i++) w[i] = vocab_fields[i].weight;
    if (c == CATEGORY_SOFT) return FIELD_SOFT;
    w[FIELD_SOFT] = 0;
    if (c == CATEGORY_THEORY) { /* basic theory comes from universities and hospitals */
        w[FIELD_MEDICINE] *= 2;
        w[0] /= 2;
    }
    return rng_weighted(r, w, FIELD_COUNT);
}

/* What one record talks about; slots draw around it. */
struct subject {
    const struct field *f;
    const struct topic *t;
    struct str object, action, action2, device, method; /* method: the last one named */
    const char *place;
};

static struct str draw(struct rng *r, const struct list *l) {
    return l->v[rng_below(r, (uint32_t)l->n)];
}
/* Earlier words of a list are the usual ones. */
static struct str draw_skewed(struct rng *r, const struct list *l) {
    double u = rng_unit(r);
    return l->v[(int)(u * (0.4 + 0.6 * u) * l->n)];
}

static void keyword_term(struct gen_text *t, struct str a, struct str b) {
    char k[KEYWORD_BYTES];
    if (a.n + b.n >= sizeof k) return;
    memcpy(k, a.p, a.n);
    if (b.n) memcpy(k + a.n, b.p, b.n);
    gen_text_keyword(t, str_slice(k, a.n + b.n));
}

static void add_figure(struct rng *r, struct buf *b, struct str spec) {
    char copy[160];
    snprintf(copy, sizeof copy, "%.*s", (int)spec.n, spec.p);
    char *save = NULL, *name = strtok_r(copy, "|", &save),
         *unit = strtok_r(NULL, "|", &save);
    char *lo = strtok_r(NULL, "|", &save), *hi = strtok_r(NULL, "|", &save);
    char *dec = strtok_r(NULL, "|", &save);
    if (!name || !unit || !lo || !hi || !dec) return;
    double a = strtod(lo, NULL), z = strtod(hi, NULL);
    int d = (int)strtol(dec, NULL, 10);
    static const char *const verbs[] = {"达到", "为", "平均达", "稳定在",
                                        "由试验前改善至"};
    double v = a + (z - a) * rng_unit(r);
    buf_add_z(b, name);
    buf_add_z(b, verbs[rng_below(r, ARRAY_LEN(verbs))]);
    buf_add_f(b, "%.*f%s", d, v, unit);
}

static void add_slot(struct rng *r, struct subject *s, char slot, struct buf *b,
                     struct gen_text *kw) {
    static const char *const variety[] = {"谷", "杂", "薯", "麦", "玉", "豆", "糯", "丰",
                                          "农", "绿", "金", "抗", "优", "红", "早", "晚"};
    struct str none = {NULL, 0}, x, y;
    switch (slot) {
        case 't':
            buf_add_str(b, s->object);
            buf_add_str(b, s->action);
            keyword_term(kw, s->object, s->action);
            break;
        case 'o':
            buf_add_str(b, s->object);
            keyword_term(kw, s->object, none);
            break;
        case 'a':
            buf_add_str(b, s->action);
            break;
        case 'b':
            buf_add_str(b, s->action2);
            break;
        case 'd':
            buf_add_str(b, s->device);
            keyword_term(kw, s->device, none);
            break;
        case 'k':
            x = draw_skewed(r, &s->t->objects);
            y = draw(r, &s->t->actions);
            buf_add_str(b, x);
            buf_add_str(b, y);
            keyword_term(kw, x, y);
            break;
        case 'q': {
            const struct topic *t =
                &s->f->topics[rng_below(r, (uint32_t)s->f->topic_count)];
            x = draw_skewed(r, &t->objects);
            y = draw(r, &t->actions);
            buf_add_str(b, x);
            buf_add_str(b, y);
            break;
        }
        case 'm':
        case 'n':
            do x = draw(r, &s->f->methods);
            while (str_eq(x, s->method));
            s->method = x;
            buf_add_str(b, x);
            keyword_term(kw, x, none);
            break;
        case 'c':
            buf_add_str(b, draw(r, &s->f->conditions));
            break;
        case 'p':
            buf_add_str(b, draw(r, &s->f->problems));
            break;
        case 'x':
            x = draw(r, &s->f->mixed);
            buf_add_str(b, x);
            keyword_term(kw, x, none);
            break;
        case 'i':
        case 'j':
            add_figure(r, b, draw(r, &s->f->figures));
            break;
        case 'w':
            buf_add_f(b, "%d", (int)rng_lognormal(r, 600, 1.2) + 12);
            break;
        case 'z':
            buf_add_f(b, "%d", rng_range(r, 2, 24));
            break;
        case 's':
            buf_add_f(b, "%.1f", 3 + 40 * rng_unit(r));
            break;
        case 'r':
            buf_add_z(b, s->place);
            break;
        case 'u':
            buf_add_z(b, variety[rng_below(r, ARRAY_LEN(variety))]);
            break;
        case 'v':
            buf_add_f(b, "%d", rng_range(r, 11, 998));
            break;
        default:
            break;
    }
}

static void fill(struct rng *r, struct subject *s, const char *pattern, struct buf *b,
                 struct gen_text *kw) {
    for (const char *p = pattern; *p;) {
        if (p[0] == '{' && p[1] && p[2] == '}') {
            add_slot(r, s, p[1], b, kw);
            p += 3;
        } else {
            buf_add_char(b, *p++);
        }
    }
}

static const char *any(struct rng *r, const struct pattern_list *l) {
    return l->rows[rng_below(r, (uint32_t)l->count)];
}

static void shuffle_keywords(struct rng *r, struct gen_text *t) {
    /* The first stays: it is what the title is about. */
    for (int i = t->keyword_count - 1; i > 1; i--) {
        int k = rng_range(r, 1, i);
        char x[KEYWORD_BYTES];
        memcpy(x, t->keywords[i], sizeof x);
        memcpy(t->keywords[i], t->keywords[k], sizeof x);
        memcpy(t->keywords[k], x, sizeof x);
    }
    int want = rng_range(r, 3, 5);
    if (t->keyword_count > want) t->keyword_count = want;
}

void words_make(const struct words *w, struct rng *r, enum category c, int field,
                const char *place, struct gen_text *out) {
    struct subject s = {.f = &w->f[field], .place = place};
    int topic = (int)rng_below(r, (uint32_t)s.f->topic_count);
    s.t = &s.f->topics[topic];
    s.object = draw_skewed(r, &s.t->objects);
    s.action = draw(r, &s.t->actions);
    do s.action2 = draw(r, &s.t->actions);
    while (str_eq(s.action, s.action2));
    s.device = draw(r, &s.t->devices);

    const struct pattern_list *titles = &vocab_title_applied;
    if (c == CATEGORY_SOFT)
        titles = &vocab_title_soft;
    else if (field == FIELD_AGRICULTURE && topic <= 1 && rng_chance(r, 0.3))
        titles = &vocab_title_variety;
    else if (field == FIELD_MEDICINE && rng_chance(r, 0.85))
        titles = &vocab_title_clinic;
    else if (c == CATEGORY_THEORY)
        titles = &vocab_title_theory;

    gen_text_clear(out);
    fill(r, &s, any(r, titles), &out->title, out);
    const struct pattern_list *roles = c == CATEGORY_SOFT        ? vocab_soft
                                       : c == CATEGORY_THEORY    ? vocab_theory
                                       : field == FIELD_MEDICINE ? vocab_clinic
                                                                 : vocab_applied;
    /* Each role once; the middle ones sometimes twice, or left out. */
    static const int least[ROLE_COUNT] = {1, 1, 1, 0, 0, 0};
    static const int most[ROLE_COUNT] = {1, 3, 2, 1, 1, 1};
    for (int role = 0; role < ROLE_COUNT; role++) {
        /* Patterns in turn from a random one: none twice. */
        int from = rng_range(r, 0, roles[role].count - 1);
        for (int n = rng_range(r, least[role], most[role]); n > 0; n--)
            fill(r, &s, roles[role].rows[(from + n) % roles[role].count], &out->abstract,
                 out);
    }
    while (utf8_length(buf_str(&out->abstract)) < ABSTRACT_MIN && !out->abstract.failed)
        fill(r, &s, any(r, &roles[ROLE_GAIN]), &out->abstract, out);
    if (c == CATEGORY_APPLIED) {
        if (rng_chance(r, 0.35)) fill(r, &s, any(r, &vocab_points), &out->points, out);
        if (rng_chance(r, 0.3)) fill(r, &s, "{i}；{j}。", &out->metrics, out);
        if (rng_chance(r, 0.3))
            fill(r, &s, any(r, &vocab_prospects), &out->prospects, out);
    }
    fill(r, &s, "{o}{a}与{b}技术研究", &out->project, out);
    shuffle_keywords(r, out);
}

void words_traditional(struct str in, struct buf *out) {
    static const char simplified[] =
        "术关键应研发机电气压测车车业产与质种养农风险监预网联"
        "络统体系图识别数据论学医疗药环护复优铁铝镁钢热转东汉";
    static const char traditional[] =
        "術關鍵應研發機電氣壓測車車業產與質種養農風險監預網聯"
        "絡統體系圖識別數據論學醫療藥環護復優鐵鋁鎂鋼熱轉東漢";
    for (const char *p = in.p, *end = in.p + in.n; p < end;) {
        uint32_t cp;
        const char *next = utf8_next(p, end, &cp);
        size_t n = (size_t)(next - p);
        const char *hit = NULL;
        for (const char *q = simplified; n == 3 && *q && !hit; q += 3)
            if (!memcmp(q, p, 3)) hit = traditional + (q - simplified);
        buf_add(out, hit ? hit : p, n);
        p = next;
    }
}

void words_full_width(struct str in, struct buf *out) {
    for (size_t i = 0; i < in.n; i++) {
        unsigned char c = (unsigned char)in.p[i];
        bool wide = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                    (c >= 'a' && c <= 'z') || c == '%';
        if (!wide) {
            buf_add_char(out, in.p[i]);
            continue;
        }
        char u[4];
        buf_add(out, u, utf8_put(0xFF00u + c - 0x20u, u));
    }
}
