#include "tests/bench/gen/orgs.h"
#include "tests/bench/gen/vocab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const unit_type_labels[UNIT_TYPE_COUNT] = {"独立科研机构", "大专院校", "企业",
                                                       "医疗机构", "其他"};

static const char *const brands[] = {
    "北辰", "晋源", "汾水", "恒岳", "太行",   "云中", "河东", "雁门",   "晋阳", "龙城",
    "三晋", "古唐", "漳河", "沁源", "桑干",   "黄崖", "凤鸣", "金岭",   "博远", "华晟",
    "瑞丰", "中泰", "科盛", "同创", "天合",   "星火", "启明", "长风",   "宏图", "锦绣",
    "盛源", "嘉禾", "绿野", "清泉", "蓝天",   "润泽", "精诚", "卓越",   "创新", "巨力",
    "鼎盛", "安泰", "众信", "新元", "亿能",   "万合", "东升", "西山岭", "南岭", "北塬",
    "平川", "高原", "双塔", "玉泉", "神池岭", "飞龙", "腾达", "康宁",   "百草", "仁和"};
/* What an organisation is called, and the field (vocab.h) that it works in; -1: any. */
struct trade {
    const char *name;
    int field;
};
static const struct trade business[] = {
    {"煤业", 0},       {"煤机装备", 0}, {"新能源", 1},   {"电力科技", 1}, {"新材料", 2},
    {"特种钢", 2},     {"镁业", 2},     {"铝业", 2},     {"陶瓷", 2},     {"碳材料", 2},
    {"重工", 3},       {"机械制造", 3}, {"铸造", 3},     {"汽车部件", 3}, {"轴承", 3},
    {"自动化设备", 3}, {"农业开发", 4}, {"种业", 4},     {"食品", 4},     {"醋业", 4},
    {"牧业", 4},       {"生物科技", 5}, {"药业", 5},     {"医疗器械", 5}, {"环保工程", 6},
    {"水务", 6},       {"生态建设", 6}, {"环境科技", 6}, {"软件", 7},     {"信息技术", 7},
    {"智能科技", 7},   {"光电科技", 7}, {"化工", 1},     {"焦化", 1},     {"煤层气", 0},
    {"建筑工程", 2},   {"交通科技", 3}, {"检测技术", 7}, {"矿业装备", 0}, {"电子", 7}};
static const char *const company_end[] = {"有限公司",     "有限公司",     "有限公司",
                                          "股份有限公司", "集团有限公司", "有限责任公司"};
static const struct trade institute[] = {
    {"农业科学研究所", 4}, {"林业科学研究所", 4}, {"煤炭科学研究院", 0},
    {"环境科学研究院", 6}, {"水利科学研究所", 6}, {"化工研究所", 1},
    {"机电研究院", 3},     {"中医药研究院", 5},   {"果树研究所", 4},
    {"能源研究所", 1},     {"材料研究所", 2},     {"科学技术情报研究所", 8},
    {"建筑科学研究院", 2}, {"畜牧兽医研究所", 4}, {"地质调查研究院", 0}};
static const struct trade college[] = {
    {"理工大学", -1}, {"工业大学", -1}, {"农业大学", 4},      {"医科大学", 5},
    {"师范大学", -1}, {"科技大学", -1}, {"财经大学", 8},      {"师范学院", -1},
    {"工程学院", -1}, {"医学院", 5},    {"职业技术学院", -1}, {"煤炭职业技术学院", 0},
    {"大学", -1}};
static const struct trade hospital[] = {
    {"医院", 5},       {"中医医院", 5},     {"中西医结合医院", 5}, {"肿瘤医院", 5},
    {"妇幼保健院", 5}, {"心血管病医院", 5}, {"骨科医院", 5},       {"口腔医院", 5}};
static const struct trade other_end[] = {
    {"农业技术推广中心", 4}, {"水利工作站", 6},       {"林业工作总站", 4},
    {"生态环境监测站", 6},   {"气象服务中心", 6},     {"畜牧技术推广站", 4},
    {"产业技术协会", 8},     {"质量检验测试中心", 3}, {"科学技术协会", 8}};

const char *region_name(int code) {
    for (int i = 0; i < REGION_COUNTIES; i++)
        if (region_counties[i].code == code) return region_counties[i].name;
    for (int i = 0; i < REGION_CITIES; i++)
        if (region_cities[i].code == code) return region_cities[i].name;
    for (int i = 0; i < REGION_OUTSIDE; i++)
        if (region_outside[i].code == code) return region_outside[i].name;
    return "山西";
}

static const char uscc_digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int uscc_value(char c) {
    const char *p = strchr(uscc_digits, c);
    return p && c ? (int)(p - uscc_digits) : 0;
}

void uscc_make(const char *kind2, int region, uint32_t number, char out[20]) {
    static const int w_org[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    char s[20];
    snprintf(s, sizeof s, "%.2s%06d%08u", kind2, region % 1000000,
             (unsigned)(number % 100000000u));
    int sum = 0;
    for (int i = 0; i < 8; i++) sum += (s[8 + i] - '0') * w_org[i];
    int c9 = 11 - sum % 11;
    s[16] = c9 == 10 ? 'X' : c9 == 11 ? '0' : (char)('0' + c9);
    int total = 0, w = 1;
    for (int i = 0; i < 17; i++) {
        total += uscc_value(s[i]) * w;
        w = w * 3 % 31;
    }
    s[17] = uscc_digits[(31 - total % 31) % 31];
    s[18] = 0;
    memcpy(out, s, 19);
}

#define PICK(r, list) ((list)[rng_below((r), (uint32_t)ARRAY_LEN(list))])

/* Names of counties that say nothing without their city. */
static bool is_vague(const char *name) {
    return strlen(name) <= 6;
}

static const struct trade *trade_of(struct rng *r, enum unit_type t) {
    switch (t) {
        case UNIT_INSTITUTE:
            return &PICK(r, institute);
        case UNIT_UNIVERSITY:
            return &PICK(r, college);
        case UNIT_HOSPITAL:
            return &PICK(r, hospital);
        case UNIT_OTHER:
            return &PICK(r, other_end);
        case UNIT_COMPANY:
        case UNIT_TYPE_COUNT:
        default:
            return &PICK(r, business);
    }
}

static void name_org(struct rng *r, struct org *o, bool outside) {
    char place[48];
    if (outside) {
        const struct region *x = &PICK(r, region_outside);
        o->region = x->code;
        snprintf(place, sizeof place, "%s", x->name);
    } else {
        /* The capital has two fifths of all units. */
        int c = rng_chance(r, 0.4) ? 0 : rng_range(r, 0, REGION_CITIES - 1);
        const struct region *city = &region_cities[c], *county = NULL;
        while (!county) {
            const struct region *x = &PICK(r, region_counties);
            if (x->code / 100 == city->code / 100) county = x;
        }
        bool local = o->type == UNIT_OTHER || o->type == UNIT_HOSPITAL;
        o->region = rng_chance(r, 0.12) ? city->code : county->code;
        if (local && rng_chance(r, 0.7))
            snprintf(place, sizeof place, "%s%s",
                     is_vague(county->name) ? city->name : "", county->name);
        else
            snprintf(place, sizeof place, "%s",
                     rng_chance(r, 0.25) ? "山西" : city->name);
    }
    const char *brand = PICK(r, brands);
    const struct trade *what = trade_of(r, o->type);
    o->field = what->field;
    switch (o->type) {
        case UNIT_INSTITUTE:
            snprintf(o->name, sizeof o->name, "%s%s%s", place,
                     rng_chance(r, 0.5) ? brand : "", what->name);
            break;
        case UNIT_UNIVERSITY:
            snprintf(o->name, sizeof o->name, "%s%s%s", place, brand, what->name);
            break;
        case UNIT_HOSPITAL:
            snprintf(o->name, sizeof o->name, "%s%s%s", place,
                     rng_chance(r, 0.6) ? brand : "", what->name);
            break;
        case UNIT_OTHER:
            snprintf(o->name, sizeof o->name, "%s%s%s", place,
                     rng_chance(r, 0.2) ? brand : "", what->name);
            break;
        case UNIT_COMPANY:
        case UNIT_TYPE_COUNT:
        default:
            snprintf(o->name, sizeof o->name, "%s%s%s%s", place, brand, what->name,
                     PICK(r, company_end));
            break;
    }
}

enum { NAME_SET = 1 << 14 };

static bool name_is_new(uint64_t *set, const char *name) {
    uint64_t h = 1469598103934665603u;
    for (const char *p = name; *p; p++) h = (h ^ (unsigned char)*p) * 1099511628211u;
    h |= 1;
    for (size_t i = h % NAME_SET;; i = (i + 1) % NAME_SET) {
        if (set[i] == h) return false;
        if (!set[i]) {
            set[i] = h;
            return true;
        }
    }
}

enum status orgs_make(uint64_t seed, int count, bool clean, struct orgs *out,
                      struct err *err) {
    static const int type_w[UNIT_TYPE_COUNT] = {12, 12, 50, 16, 10};
    static const int top_w[UNIT_TYPE_COUNT] = {18, 45, 25, 10, 2};
    static const char *const kinds[UNIT_TYPE_COUNT] = {"12", "12", "91", "12", "12"};
    uint64_t *set = calloc(NAME_SET, sizeof *set);
    struct org *all = calloc((size_t)count, sizeof *all);
    double *cum = calloc((size_t)count, sizeof *cum);
    if (!set || !all || !cum) {
        free(set), free(all), free(cum);
        return err_set(err, STATUS_NOMEM, NULL, "no memory for %d organisations", count);
    }
    int inside = count - count * 3 / 100;
    double sum = 0;
    for (int i = 0; i < count; i++) {
        struct rng r = rng_key(seed, 11, (uint64_t)i, 0);
        struct org *o = &all[i];
        o->type =
            (enum unit_type)rng_weighted(&r, i < 40 ? top_w : type_w, UNIT_TYPE_COUNT);
        do name_org(&r, o, i >= inside);
        while (!name_is_new(set, o->name));
        if (rng_chance(&r, 0.85)) {
            uscc_make(kinds[o->type], o->region,
                      10000000u + (uint32_t)i * 17389u % 89999999u, o->uscc);
            /* Real lists hold codes whose check digit fails; never a reason to refuse. */
            if (!clean && rng_chance(&r, 0.01))
                o->uscc[17] = o->uscc[17] == '7' ? '8' : '7';
        }
        o->staff = 8 + 4000 / (i + 20);
        sum += pow(i + 1, -0.8);
        cum[i] = sum;
    }
    free(set);
    *out = (struct orgs){all, cum, count, inside};
    return STATUS_OK;
}

void orgs_done(struct orgs *o) {
    free(o->all);
    free(o->cum);
    *o = (struct orgs){0};
}

int orgs_draw_any(const struct orgs *o, struct rng *r) {
    return rng_cumulative(r, o->cum, o->count);
}

int orgs_draw_first(const struct orgs *o, struct rng *r, int field) {
    enum { TRIES = 40 };
    for (int k = 0;; k++) {
        int i = rng_cumulative(r, o->cum, o->inside);
        int f = o->all[i].field;
        /* General universities do everything but treat patients, and not first of all. */
        bool general = f < 0 && field != FIELD_MEDICINE && rng_chance(r, 0.15);
        if (f == field || general || k == TRIES) return i;
    }
}
