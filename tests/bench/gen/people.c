/* people.c - synthetic people: frequent surnames and given-name characters, combined at
 * random; see orgs.h. */
#include "tests/bench/gen/orgs.h"

#include <stdio.h>

static const char *const surnames[] = {
    "王",   "李",   "张",   "刘", "陈", "杨", "赵", "郭", "武",   "任",   "高",
    "马",   "郝",   "梁",   "韩", "贾", "宋", "杜", "冯", "薛",   "白",   "史",
    "段",   "吴",   "孙",   "曹", "董", "范", "田", "胡", "牛",   "申",   "原",
    "卫",   "周",   "徐",   "温", "常", "侯", "孟", "秦", "乔",   "闫",   "阎",
    "崔",   "苏",   "程",   "许", "何", "吕", "邢", "成", "党",   "樊",   "解",
    "关",   "裴",   "柴",   "景", "霍", "荆", "尉", "靳", "石",   "安",   "康",
    "雷",   "毕",   "尹",   "黄", "林", "罗", "郑", "谢", "唐",   "邓",   "曾",
    "彭",   "肖",   "蒋",   "沈", "姚", "卢", "陆", "丁", "魏",   "潘",   "余",
    "夏",   "江",   "方",   "汪", "钟", "万", "尚", "蔺", "欧阳", "司马", "皇甫",
    "令狐", "上官", "宇文", "单", "仇", "翟", "曲", "盖", "逯",   "麻",   "弓"};
static const char *const given_man[] = {
    "伟", "强", "军", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏",
    "华", "飞", "鑫", "波", "斌", "宇", "浩", "凯", "健", "俊", "帅", "建",
    "国", "志", "文", "晓", "海", "永", "春", "学", "世", "立", "宏", "东",
    "新", "振", "旭", "峰", "龙", "瑞", "泽", "晋", "亮", "毅", "栋", "磊"};
static const char *const given_woman[] = {
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "燕", "玲", "红", "梅",
    "婷", "雪", "慧", "莹", "倩", "欣", "洁", "琳", "佳", "晓", "月", "秀",
    "春", "文", "瑞", "云", "晋", "丹", "蕾", "颖", "璐", "岚", "薇", "蓉",
    "萍", "琴", "凤", "兰", "淑", "爱", "雅", "思", "梦", "亚", "青", "君"};
/* Characters outside the basic plane occur in real registers; they must survive. */
static const char *const given_rare[] = {"𬀩", "𬭎", "𫖯", "𬸚", "𬶋"};

#define PICK(r, list) ((list)[rng_below((r), (uint32_t)ARRAY_LEN(list))])

void person_make(uint64_t seed, int unit, int k, enum unit_type type,
                 struct person *out) {
    static const int degree_w[UNIT_TYPE_COUNT][6] = {{30, 38, 26, 4, 1, 1},
                                                     {48, 36, 14, 1, 0, 1},
                                                     {4, 20, 58, 15, 2, 1},
                                                     {18, 40, 36, 5, 1, 0},
                                                     {5, 28, 52, 12, 2, 1}};
    static const int title_w[6] = {0, 16, 32, 30, 12, 10};
    struct rng r = rng_key(seed, 12, (uint64_t)unit, (uint64_t)k);
    struct person p = {0};
    p.woman = rng_chance(&r, 0.36);
    /* The product of two draws favours the head of the list, as real surnames do. */
    uint32_t n = (uint32_t)ARRAY_LEN(surnames);
    uint32_t s = rng_below(&r, n) * (rng_below(&r, n) + 1) / n;
    const char *a = p.woman ? PICK(&r, given_woman) : PICK(&r, given_man);
    const char *b = p.woman ? PICK(&r, given_woman) : PICK(&r, given_man);
    if (rng_chance(&r, 0.004))
        b = PICK(&r, given_rare);
    else if (rng_chance(&r, 0.22))
        b = "";
    snprintf(p.name, sizeof p.name, "%s%s%s", surnames[s], a, b);
    p.birth_year = rng_range(&r, 1958, 1997);
    p.birth_month = rng_range(&r, 1, 12);
    p.degree = rng_weighted(&r, degree_w[type], 6);
    p.title = k == 0 && unit == 0 ? 0 : rng_weighted(&r, title_w, 6);
    p.returned = rng_chance(&r, 0.06);
    *out = p;
}
