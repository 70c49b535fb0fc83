/* suggest.c - how fast suggestions are made, brought up and found.
 *
 *   chengguo-suggest FOLDER [ENTRIES]
 *
 * Makes a set of about ENTRIES (1,000,000) different titles, keywords, units and people
 * in FOLDER, of synthetic words whose use falls off as words' use does; writes suggest-1
 * from nothing, suggest-2 after 1,000 records changed; then asks 10,000 inputs of each
 * kind. Prints seconds of making and of bringing up, the bytes of the file, and for every
 * kind of input p50, p99 and the longest, in milliseconds.
 */
#include "core/analyse.h"
#include "core/pinyin.h"
#include "core/suggest.h"
#include "core/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define INPUTS 10000
#define CHANGED 1000
#define CHARS 96 /* bytes of a name */

static const char *const word[] = {
    "太原",   "山西",   "煤矿",   "瓦斯",   "抽采",   "技术",     "研究",   "系统",
    "装备",   "材料",   "工程",   "大学",   "学院",   "有限公司", "研究院", "医院",
    "中心",   "重庆",   "长治",   "银行",   "智能",   "控制",     "监测",   "预测",
    "诊断",   "治疗",   "育种",   "栽培",   "合金",   "混凝土",   "高强",   "复合",
    "纳米",   "绿色",   "节能",   "循环",   "经济",   "生态",     "环境",   "水土",
    "农业",   "林业",   "畜牧",   "小麦",   "玉米",   "谷子",     "苹果",   "核桃",
    "食用菌", "中药",   "铝土",   "钢铁",   "焦化",   "化工",     "电力",   "风电",
    "光伏",   "储能",   "电池",   "电机",   "机器人", "大数据",   "云计算", "物联网",
    "遥感",   "测绘",   "地质",   "采空区", "巷道",   "支护",     "综采",   "掘进",
    "运输",   "通风",   "防灭火", "粉尘",   "5G",     "LNG",      "CO2",    "BIM",
    "GIS",    "心血管", "肿瘤",   "骨科",   "儿科",   "护理",     "影像",   "检验",
    "疫苗",   "轴承",   "齿轮",   "液压",   "焊接",   "铸造",     "锻造",   "镁",
    "钛",     "钕",     "硼"};
static const char *const family[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄",
                                     "周", "吴", "曾", "单", "仇", "区", "解", "任"};

static uint64_t state = 20261121;

static uint64_t draw(void) {
    uint64_t z = (state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}
static uint32_t below(uint32_t n) {
    return (uint32_t)(draw() % n);
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#define must(call)                                                                       \
    do {                                                                                 \
        struct err err_, *err = &err_;                                                   \
        if ((call) != STATUS_OK) {                                                       \
            char line[1024];                                                             \
            fprintf(stderr, "chengguo-suggest: %s\n", err_line(err, line, sizeof line)); \
            exit(1);                                                                     \
        }                                                                                \
    } while (0)

/* A Han character that is read somehow, of the common ones. */
static void put_han(struct buf *out) {
    char bytes[4];
    uint32_t cp;
    uint16_t reading[PINYIN_READINGS_MAX];
    do cp = 0x4E00 + below(0x5200);
    while (!text_is_han(cp) || pinyin_readings(cp, reading) == 0);
    buf_add(out, bytes, utf8_put(cp, bytes));
}

/* Name `id` of a kind: the same whenever it is asked for. */
static void name_of(enum suggest_kind kind, uint32_t id, struct buf *out) {
    uint64_t kept = state;
    state = (uint64_t)kind << 40 ^ id * UINT64_C(0x100000001B3);
    buf_clear(out);
    if (kind == SUGGEST_PERSON) {
        buf_add_z(out, family[below(ARRAY_LEN(family))]);
        put_han(out);
        if (below(4)) put_han(out);
    } else {
        uint32_t parts = kind == SUGGEST_TITLE ? 4 + below(4) : 1 + below(3);
        for (uint32_t i = 0; i < parts; i++) buf_add_z(out, word[below(ARRAY_LEN(word))]);
        put_han(out);
        if (id > 200) put_han(out);
        if (kind == SUGGEST_UNIT) buf_add_z(out, id % 3 ? "有限公司" : "大学");
    }
    state = kept;
}

struct world {
    uint32_t records, range[SUGGEST_KINDS]; /* how many names of each kind */
    struct terms *terms;
    struct buf text, name, norm;
    struct buf values;
};

/* Few names are used much, most once or twice. */
static uint32_t skewed(uint32_t n) {
    uint32_t a = below(n), b = below(n);
    return below(3) ? a : (uint32_t)((uint64_t)a * b / n * (1 + below(8)) / 64) % n;
}

static void put_record(struct world *w, struct columns_builder *b, uint32_t docid,
                       uint32_t title, uint64_t text_at) {
    static const struct {
        enum suggest_kind kind;
        enum facet facet;
        uint32_t n;
    } part[] = {{SUGGEST_KEYWORD, FACET_KEYWORD, 4},
                {SUGGEST_UNIT, FACET_UNIT, 1},
                {SUGGEST_PERSON, FACET_PERSON, 3}};
    char uid[16];
    struct str value[8];
    size_t at[8], n = 0;
    struct columns_row row = {.docid = docid, .text_at = text_at + w->text.n};
    size_t start = w->text.n;
    snprintf(uid, sizeof uid, "U%08u", docid);
    row.uid = str_of(uid);
    terms_clear(w->terms);
    buf_clear(&w->values);
    name_of(SUGGEST_TITLE, title, &w->name);
    buf_add_char(&w->text, 1);
    must(text_normalise(buf_str(&w->name), &w->text, NULL, err));
    must(terms_add(w->terms, str_slice(w->text.p + start + 1, w->text.n - start - 1), "",
                   1, err));
    for (size_t p = 0; p < ARRAY_LEN(part); p++)
        for (uint32_t i = 0; i < part[p].n; i++, n++) {
            name_of(part[p].kind, skewed(w->range[part[p].kind]), &w->name);
            at[n] = w->values.n;
            value[n].n = w->name.n;
            buf_add_str(&w->values, buf_str(&w->name));
            buf_clear(&w->norm);
            must(text_normalise(buf_str(&w->name), &w->norm, NULL, err));
            must(terms_add(w->terms, buf_str(&w->norm), "", 1, err));
            buf_add_char(&w->text, (char)(2 + p));
            buf_add_str(&w->text, buf_str(&w->norm));
        }
    for (size_t i = 0; i < n; i++) value[i].p = w->values.p + at[i];
    for (size_t p = 0, first = 0; p < ARRAY_LEN(part); first += part[p++].n) {
        row.facet[part[p].facet].value = value + first;
        row.facet[part[p].facet].n = part[p].n;
    }
    row.text_len = (uint32_t)(w->text.n - start);
    row.doclen = terms_length(w->terms);
    terms_chars(w->terms, &row.han, &row.nhan);
    must(columns_builder_put(b, &row, err));
}

struct set {
    struct columns columns;
    struct rectext text;
    struct suggest *suggest;
};

static void path_of(const char *dir, const char *name, int revision, char *out) {
    if (revision)
        snprintf(out, PATH_MAX, "%s/%s-%d", dir, name, revision);
    else
        snprintf(out, PATH_MAX, "%s/%s", dir, name);
}

/* Columns of a revision: of all records, or with CHANGED of them anew. */
static void make_set(struct world *w, const char *dir, int revision,
                     const struct set *base, uint32_t *changed, struct set *out) {
    char path[PATH_MAX];
    struct columns_builder *b;
    uint64_t end = base ? base->columns.text_end : 0;
    path_of(dir, "text-1", 0, path);
    if (!base) must(rectext_create(path, &end, err));
    must(columns_builder_new(base ? &base->columns : NULL, &b, err));
    buf_clear(&w->text);
    for (uint32_t i = 0; i < (base ? CHANGED : w->records); i++) {
        uint32_t docid = base ? 1 + below(w->records) : i + 1;
        if (base) changed[i] = docid;
        put_record(w, b, docid, base ? w->records + docid : docid, end);
    }
    must(rectext_append(path, end, buf_str(&w->text), false, &end, err));
    path_of(dir, "columns", revision, path);
    must(columns_builder_write(b, path, revision, "text-1", end, err));
    columns_builder_free(b);
    must(columns_open(path, &out->columns, err));
    path_of(dir, "text-1", 0, path);
    must(rectext_open(path, end, &out->text, err));
}

static double write_suggest(const char *dir, int revision, struct set *set,
                            const struct set *base, const uint32_t *changed) {
    char path[PATH_MAX];
    path_of(dir, "suggest", revision, path);
    double from = seconds(CLOCK_MONOTONIC);
    must(suggest_write(path, &set->columns, &set->text, base ? base->suggest : NULL,
                       changed, base ? CHANGED : 0, err));
    double took = seconds(CLOCK_MONOTONIC) - from;
    must(suggest_open(path, &set->columns, &set->text, &set->suggest, err));
    return took;
}

/* ---- inputs -------------------------------------------------------------------------
 */

enum style { TEXT, PINYIN, INITIALS, MIXED, LETTER, INSIDE, STYLES };
static const char *const style_name[STYLES] = {"text",  "pinyin", "initials",
                                               "mixed", "letter", "inside"};

static void draw_input(const struct world *w, enum style style, struct buf *name,
                       struct buf *out) {
    uint16_t read[32];
    enum suggest_kind kind = (enum suggest_kind)below(SUGGEST_KINDS);
    name_of(kind, skewed(w->range[kind]), name);
    buf_clear(out);
    if (style == LETTER) {
        buf_add_char(out, (char)('a' + below(26)));
        return;
    }
    size_t n = pinyin_read(buf_str(name), read, ARRAY_LEN(read)), i = 0;
    size_t from = style == INSIDE ? 1 + below(3) : 0;
    size_t to = from + 1 + below(6) + (style == INSIDE);
    const char *p = name->p, *end = name->p + name->n;
    for (; p < end && i < n && i < to; i++) {
        uint32_t cp;
        const char *c = p;
        p = utf8_next(p, end, &cp);
        enum style how = style == MIXED ? (enum style)below(3) : style;
        if (i < from) continue;
        const char *syllable = read[i] ? pinyin_syllable(read[i]) : "";
        if (how == TEXT || how == INSIDE || !*syllable)
            buf_add(out, c, (size_t)(p - c));
        else
            buf_add(out, syllable,
                    how == INITIALS
                        ? 1
                        : strlen(syllable) - (i + 1 == to && syllable[1] && below(2)));
    }
}

static int cmp_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void ask(const struct world *w, const struct suggest *s, enum style style) {
    static double took[INPUTS], busy[INPUTS];
    struct buf name = buf_init(0), input = buf_init(0);
    struct suggest_entry e[SUGGEST_MAX];
    size_t found = 0;
    for (size_t i = 0; i < INPUTS; i++) {
        draw_input(w, style, &name, &input);
        double from = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
        found += suggest_find(s, buf_str(&input), 10, e);
        busy[i] = (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu) * 1e3;
        took[i] = (seconds(CLOCK_MONOTONIC) - from) * 1e3;
    }
    qsort(took, INPUTS, sizeof *took, cmp_double);
    qsort(busy, INPUTS, sizeof *busy, cmp_double);
    printf("%-9s p50 %7.3f  p99 %7.3f  max %7.3f ms  (processor p99 %7.3f max %7.3f)  "
           "%5.2f found\n",
           style_name[style], took[INPUTS / 2], took[INPUTS * 99 / 100], took[INPUTS - 1],
           busy[INPUTS * 99 / 100], busy[INPUTS - 1], (double)found / INPUTS);
    buf_done(&name);
    buf_done(&input);
}

int main(int argc, char **argv) {
    static uint32_t changed[CHANGED];
    uint32_t entries = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1000000;
    if (argc < 2 || entries < 10000) {
        fprintf(stderr, "usage: chengguo-suggest FOLDER [ENTRIES]\n");
        return 2;
    }
    struct world w = {.records = entries / 4};
    w.range[SUGGEST_TITLE] = w.records;
    w.range[SUGGEST_KEYWORD] = entries / 2;
    w.range[SUGGEST_UNIT] = entries / 10;
    w.range[SUGGEST_PERSON] = entries / 4;
    w.text = w.name = w.norm = w.values = buf_init(0);
    w.text.max = (size_t)2 << 30;
    must(terms_new(&w.terms, err));
    struct set first, second;
    make_set(&w, argv[1], 1, NULL, NULL, &first);
    double made = write_suggest(argv[1], 1, &first, NULL, NULL);
    make_set(&w, argv[1], 2, &first, changed, &second);
    double brought = write_suggest(argv[1], 2, &second, &first, changed);
    char path[PATH_MAX];
    path_of(argv[1], "suggest", 2, path);
    struct err err;
    if (suggest_verify(path, &second.columns, &second.text, &err) != STATUS_OK) {
        fprintf(stderr, "chengguo-suggest: %s\n", err.text);
        return 1;
    }
    printf("%u records, made in %.2f s, brought up by %d records in %.3f s\n", w.records,
           made, CHANGED, brought);
    for (int s = 0; s < STYLES; s++) ask(&w, second.suggest, (enum style)s);
    suggest_close(first.suggest);
    suggest_close(second.suggest);
    rectext_close(&first.text);
    rectext_close(&second.text);
    columns_close(&first.columns);
    columns_close(&second.columns);
    terms_free(w.terms);
    buf_done(&w.text);
    buf_done(&w.name);
    buf_done(&w.norm);
    buf_done(&w.values);
    return 0;
}
