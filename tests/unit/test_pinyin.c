#include "core/pinyin.h"
#include "core/text.h"
#include "core/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { READ_MAX = 64 };

struct reading {
    const char *text, *want;
};

/* "chang jiang" of 长江; what has no reading is '.'. */
static void spell(struct str norm, bool name, char *out, size_t size) {
    uint16_t id[READ_MAX];
    size_t n =
        name ? pinyin_read_name(norm, id, READ_MAX) : pinyin_read(norm, id, READ_MAX);
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " " : "",
                               id[i] ? pinyin_syllable(id[i]) : ".");
}

static void check(const struct reading *cases, size_t n, bool name) {
    size_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        char got[512];
        struct buf b = buf_init(0);
        assert_int_equal(text_normalise(str_of(cases[i].text), &b, NULL, NULL),
                         STATUS_OK);
        spell(buf_str(&b), name, got, sizeof got);
        buf_done(&b);
        if (strcmp(got, cases[i].want) == 0) continue;
        print_error("%s: %s instead of %s\n", cases[i].text, got, cases[i].want);
        bad++;
    }
    assert_int_equal(bad, 0);
}

static void places(void **state) {
    (void)state;
    static const struct reading cases[] = {
        {"长江", "chang jiang"},
        {"重庆", "chong qing"},
        {"厦门", "xia men"},
        {"长治", "chang zhi"},
        {"六安", "lu an"},
        {"阳曲", "yang qu"},
        {"洪洞", "hong tong"},
        {"蚌埠", "beng bu"},
        {"单县", "shan xian"},
        {"解州", "hai zhou"},
        {"乐平", "le ping"},
        {"吐鲁番", "tu lu fan"},
        {"番禺", "pan yu"},
        {"浚县", "xun xian"},
        {"铅山", "yan shan"},
        {"丽水", "li shui"},
        {"台州", "tai zhou"},
        {"天台", "tian tai"},
        {"东阿", "dong e"},
        {"大城县", "dai cheng xian"},
        {"井陉", "jing xing"},
        {"乐亭", "lao ting"},
        {"蔚县", "yu xian"},
        {"繁峙", "fan shi"},
        {"长子县", "zhang zi xian"},
        {"长垣", "chang yuan"},
        {"太原", "tai yuan"},
        {"朝阳", "chao yang"},
        {"西藏", "xi zang"},
        {"青藏高原", "qing zang gao yuan"},
        {"南海诸岛", "nan hai zhu dao"},
        {"都江堰", "du jiang yan"},
        {"成都", "cheng du"},
        {"黄埔", "huang pu"},
        {"大埔", "da bu"},
        {"会稽", "kuai ji"},
        {"涡阳", "guo yang"},
        {"亳州", "bo zhou"},
        {"枞阳", "zong yang"},
        {"歙县", "she xian"},
        {"黟县", "yi xian"},
        {"莘县", "shen xian"},
        {"莘庄", "xin zhuang"},
        {"郴州", "chen zhou"},
        {"耒阳", "lei yang"},
        {"漯河", "luo he"},
        {"泌阳", "bi yang"},
        {"武陟", "wu zhi"},
        {"中牟", "zhong mu"},
        {"尉犁", "yu li"},
        {"巴音郭楞", "ba yin guo leng"},
        {"喀什", "ka shi"},
        {"哈尔滨", "ha er bin"},
        {"珲春", "hun chun"},
        {"桦甸", "hua dian"},
        {"乐山", "le shan"},
        {"犍为", "qian wei"},
        {"筠连", "jun lian"},
        {"荥阳", "xing yang"},
        {"荥经", "ying jing"},
        {"句容", "ju rong"},
        {"盱眙", "xu yi"},
        {"甪直", "lu zhi"},
        {"鄱阳", "po yang"},
        {"婺源", "wu yuan"},
        {"隰县", "xi xian"},
        {"曲沃", "qu wo"},
        {"曲阜", "qu fu"},
        {"曲靖", "qu jing"},
        {"临汾", "lin fen"},
        {"忻州", "xin zhou"},
        {"汾阳", "fen yang"},
        {"岢岚", "ke lan"},
        {"盂县", "yu xian"},
        {"绛县", "jiang xian"},
        {"万荣", "wan rong"},
        {"石嘴山", "shi zui shan"},
        {"弹子石", "dan zi shi"},
    };
    check(cases, ARRAY_LEN(cases), false);
}

static void words_of_the_trade(void **state) {
    (void)state;
    static const struct reading cases[] = {
        {"重金属", "zhong jin shu"},
        {"重构", "chong gou"},
        {"数据重组", "shu ju chong zu"},
        {"重载铁路", "zhong zai tie lu"},
        {"重力", "zhong li"},
        {"重复", "chong fu"},
        {"三维重建", "san wei chong jian"},
        {"调控", "tiao kong"},
        {"调研", "diao yan"},
        {"调速", "tiao su"},
        {"调度", "diao du"},
        {"空调", "kong tiao"},
        {"参数", "can shu"},
        {"人参", "ren shen"},
        {"参差", "cen ci"},
        {"党参", "dang shen"},
        {"曲轴", "qu zhou"},
        {"曲线", "qu xian"},
        {"传感器", "chuan gan qi"},
        {"传动", "chuan dong"},
        {"自传", "zi zhuan"},
        {"转子", "zhuan zi"},
        {"转化", "zhuan hua"},
        {"校准", "jiao zhun"},
        {"校正", "jiao zheng"},
        {"校园", "xiao yuan"},
        {"降解", "jiang jie"},
        {"投降", "tou xiang"},
        {"发酵", "fa jiao"},
        {"弹性", "tan xing"},
        {"子弹", "zi dan"},
        {"弹道", "dan dao"},
        {"导弹", "dao dan"},
        {"弹簧", "tan huang"},
        {"行业", "hang ye"},
        {"银行", "yin hang"},
        {"运行", "yun xing"},
        {"并行", "bing xing"},
        {"执行", "zhi xing"},
        {"效率", "xiao lv"},
        {"功率", "gong lv"},
        {"率先", "shuai xian"},
        {"测量", "ce liang"},
        {"相变", "xiang bian"},
        {"模具", "mu ju"},
        {"模型", "mo xing"},
        {"模样", "mu yang"},
        {"数据", "shu ju"},
        {"便携", "bian xie"},
        {"便宜", "pian yi"},
        {"屏蔽", "ping bi"},
        {"载荷", "zai he"},
        {"勘测", "kan ce"},
        {"线圈", "xian quan"},
        {"羊圈", "yang juan"},
        {"差分", "cha fen"},
        {"差异", "cha yi"},
        {"出差", "chu chai"},
        {"误差", "wu cha"},
        {"供给", "gong ji"},
        {"给水", "ji shui"},
        {"阿胶", "e jiao"},
        {"音乐", "yin yue"},
        {"快乐", "kuai le"},
        {"粘土", "nian tu"},
        {"粘度", "nian du"},
        {"粘结", "zhan jie"},
        {"掺杂", "chan za"},
        {"藏药", "zang yao"},
        {"储藏", "chu cang"},
        {"成藏", "cheng cang"},
        {"切削", "qie xiao"},
        {"剥削", "bo xue"},
        {"剥离", "bo li"},
        {"薄荷", "bo he"},
        {"血液", "xue ye"},
        {"芥蓝", "gai lan"},
        {"茄子", "qie zi"},
        {"畜牧", "xu mu"},
        {"家畜", "jia chu"},
        {"种植", "zhong zhi"},
        {"种子", "zhong zi"},
        {"长度", "chang du"},
        {"生长", "sheng zhang"},
        {"增长", "zeng zhang"},
        {"特长", "te chang"},
        {"波长", "bo chang"},
        {"校长", "xiao zhang"},
        {"系统", "xi tong"},
        {"联系", "lian xi"},
        {"处理", "chu li"},
        {"处方", "chu fang"},
        {"办事处", "ban shi chu"},
        {"应用", "ying yong"},
        {"应力", "ying li"},
        {"干燥", "gan zao"},
        {"干部", "gan bu"},
        {"主干", "zhu gan"},
        {"钻井", "zuan jing"},
        {"钻石", "zuan shi"},
        {"钻探", "zuan tan"},
        {"轧制", "zha zhi"},
        {"轧钢", "zha gang"},
        {"冷轧", "leng zha"},
        {"扫描", "sao miao"},
        {"着色", "zhuo se"},
        {"着陆", "zhuo lu"},
        {"附着力", "fu zhuo li"},
        {"着火", "zhao huo"},
        {"绿色", "lv se"},
        {"策略", "ce lve"},
        {"虐待", "nve dai"},
        {"女性", "nv xing"},
        {"露天", "lu tian"},
        {"暴露", "bao lu"},
        {"石油", "shi you"},
        {"称重", "cheng zhong"},
        {"对称", "dui chen"},
        {"名称", "ming cheng"},
        {"尽快", "jin kuai"},
        {"角色", "jue se"},
        {"角度", "jiao du"},
        {"累积", "lei ji"},
        {"积累", "ji lei"},
        {"疲劳", "pi lao"},
        {"强度", "qiang du"},
        {"倔强", "jue jiang"},
        {"燃料", "ran liao"},
        {"臭氧", "chou yang"},
        {"冠心病", "guan xin bing"},
        {"淋巴", "lin ba"},
        {"癌症", "ai zheng"},
        {"宁夏", "ning xia"},
        {"分子", "fen zi"},
        {"成分", "cheng fen"},
        {"都市", "du shi"},
        {"还原", "huan yuan"},
        {"归还", "gui huan"},
        {"没有", "mei you"},
        {"淹没", "yan mo"},
        {"省份", "sheng fen"},
        {"反省", "fan xing"},
        {"似乎", "si hu"},
        {"结束", "jie shu"},
        {"否定", "fou ding"},
        {"盛行", "sheng xing"},
        {"石头", "shi tou"},
        {"尾矿", "wei kuang"},
        {"熟料", "shu liao"},
        {"色谱", "se pu"},
        {"凹陷", "ao xian"},
        {"壳体", "ke ti"},
        {"地壳", "di qiao"},
        {"甲壳素", "jia qiao su"},
        {"核桃", "he tao"},
        {"蛋白质", "dan bai zhi"},
        {"参与", "can yu"},
        {"埋地", "mai di"},
        {"会计", "kuai ji"},
        {"会议", "hui yi"},
        {"量子", "liang zi"},
        {"振荡", "zhen dang"},
        {"咽喉", "yan hou"},
        {"提供", "ti gong"},
        {"鲜为人知", "xian wei ren zhi"},
        {"人为", "ren wei"},
        {"作为", "zuo wei"},
        {"兴奋", "xing fen"},
        {"兴趣", "xing qu"},
        {"振兴", "zhen xing"},
        {"卷积", "juan ji"},
        {"乘法", "cheng fa"},
        {"混凝土", "hun ning tu"},
        {"和谐", "he xie"},
        {"朝鲜", "chao xian"},
        {"空隙", "kong xi"},
        {"孔隙", "kong xi"},
        {"数量", "shu liang"},
        {"间歇", "jian xie"},
        {"中间", "zhong jian"},
        {"奇数", "ji shu"},
        {"奇异", "qi yi"},
        {"单片机", "dan pian ji"},
        {"单于", "chan yu"},
        {"校企", "xiao qi"},
        {"宿主", "su zhu"},
        {"星宿", "xing xiu"},
        {"吐蕃", "tu bo"},
        {"龟裂", "jun lie"},
        {"乌龟", "wu gui"},
        {"龟兹", "qiu ci"},
        {"佛教", "fo jiao"},
        {"仿佛", "fang fu"},
        {"扁舟", "pian zhou"},
        {"扁桃体", "bian tao ti"},
        {"红外", "hong wai"},
        {"女红", "nv gong"},
        {"叶片", "ye pian"},
        {"伺服", "si fu"},
        {"伺候", "ci hou"},
        {"叉车", "cha che"},
        {"车削", "che xiao"},
        {"拓扑", "tuo pu"},
        {"拓片", "ta pian"},
        {"染色质重塑", "ran se zhi chong su"},
        {"重编程", "chong bian cheng"},
        {"重测序", "chong ce xu"},
        {"巷道", "hang dao"},
        {"沿空留巷", "yan kong liu hang"},
        {"小巷", "xiao xiang"},
        {"藏语", "zang yu"},
        {"冷藏", "leng cang"},
        {"穿甲弹", "chuan jia dan"},
        {"弹塑性", "tan su xing"},
        {"灵长类", "ling zhang lei"},
        {"链长", "lian chang"},
        {"钙调蛋白", "gai tiao dan bai"},
        {"刺参", "ci shen"},
        {"湖泊", "hu po"},
        {"泊松分布", "bo song fen bu"},
        {"铣削", "xi xiao"},
        {"窨井", "yin jing"},
        {"著作权", "zhu zuo quan"},
        {"显著", "xian zhu"},
        {"乾坤", "qian kun"},
        {"瞭望", "liao wang"},
    };
    check(cases, ARRAY_LEN(cases), false);
}

static void run_together(void **state) {
    (void)state;
    static const struct reading cases[] = {
        {"兰州财经大学长青学院", "lan zhou cai jing da xue chang qing xue yuan"},
        {"西安电子科技大学长安学院", "xi an dian zi ke ji da xue chang an xue yuan"},
        {"南京市长江大桥", "nan jing shi chang jiang da qiao"},
        {"重庆市长寿区", "chong qing shi chang shou qu"},
        {"长治市长治县", "chang zhi shi chang zhi xian"},
        {"价格调整指数", "jia ge tiao zheng zhi shu"},
        {"协同调控", "xie tong tiao kong"},
        {"骨骼数字模型", "gu ge shu zi mo xing"},
        {"评价指标的确定", "ping jia zhi biao de que ding"},
        {"红外传感器", "hong wai chuan gan qi"},
        {"高校阅读推广", "gao xiao yue du tui guang"},
        {"轨道行驶", "gui dao xing shi"},
        {"供暖和发电", "gong nuan he fa dian"},
        {"自发气调包装", "zi fa qi tiao bao zhuang"},
        {"若干县", "ruo gan xian"},
        {"中国银行业", "zhong guo yin hang ye"},
        {"5G通信", ". . tong xin"},
        {"Al2O3涂层", ". . . . . tu ceng"},
        {"发電機組", "fa dian ji zu"},
        {"", ""},
        {"abc", ". . ."},
    };
    check(cases, ARRAY_LEN(cases), false);
}

static void names_of_persons(void **state) {
    (void)state;
    static const struct reading cases[] = {
        {"单志强", "shan zhi qiang"},
        {"解放", "xie fang"},
        {"仇英", "qiu ying"},
        {"区小明", "ou xiao ming"},
        {"任长江", "ren chang jiang"},
        {"曾重庆", "zeng chong qing"},
        {"尉迟恭", "yu chi gong"},
        {"尉健行", "wei jian xing"},
        {"欧阳修", "ou yang xiu"},
        {"令狐冲", "ling hu chong"},
        {"翟志刚", "zhai zhi gang"},
        {"查良镛", "zha liang yong"},
        {"朴志明", "piao zhi ming"},
        {"覃小丽", "qin xiao li"},
        {"乐小云", "yue xiao yun"},
        {"盖小军", "ge xiao jun"},
        {"查尔斯·狄更斯", "cha er si . di geng si"},
        {"单", "dan"},
        {"", ""},
    };
    check(cases, ARRAY_LEN(cases), true);
}

static void syllables_round_trip(void **state) {
    (void)state;
    unsigned n = pinyin_count();
    assert_in_range(n, 400, 430);
    for (unsigned id = 1; id <= n; id++) {
        const char *z = pinyin_syllable(id);
        assert_in_range(strlen(z), 1, PINYIN_SYLLABLE_MAX);
        assert_int_equal(strspn(z, "abcdefghijklmnopqrstuvwxyz"), strlen(z));
        assert_true(id == 1 || strcmp(pinyin_syllable(id - 1), z) < 0);
        assert_int_equal(pinyin_by_name(str_of(z)), id);
        for (size_t k = 1; k <= strlen(z); k++)
            assert_true(pinyin_is_start(str_slice(z, k)));
    }
    static const char *const none[] = {"",  "b", "zh", "zhuangx", "vi",
                                       "ü", "A", "lü", "\x01"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        assert_int_equal(pinyin_by_name(str_of(none[i])), 0);
    assert_true(pinyin_is_start(str_of("zh")));
    assert_true(pinyin_is_start(str_of("lv")));
    static const char *const no_start[] = {"",   "i",       "u",  "v",
                                           "zx", "zhuangx", "q1", "\xFF"};
    for (size_t i = 0; i < ARRAY_LEN(no_start); i++)
        assert_false(pinyin_is_start(str_of(no_start[i])));
    assert_string_equal(pinyin_syllable(0), "");
    assert_string_equal(pinyin_syllable(n + 1), "");
    assert_string_equal(pinyin_syllable(0xFFFFFFFFu), "");
}

static void homophones_and_readings_agree(void **state) {
    (void)state;
    size_t pairs = 0, found = 0;
    for (unsigned id = 1; id <= pinyin_count(); id++) {
        const uint32_t *cp = NULL;
        size_t n = pinyin_homophones(id, &cp);
        for (size_t i = 0; i < n; i++) {
            uint16_t r[PINYIN_READINGS_MAX];
            size_t k = pinyin_readings(cp[i], r), at = 0;
            while (at < k && r[at] != id) at++;
            assert_true(at < k);
        }
        pairs += n;
    }
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        uint16_t r[PINYIN_READINGS_MAX];
        found += pinyin_readings(cp, r);
    }
    assert_int_equal(pairs, found);
    const uint32_t *none = NULL;
    assert_int_equal(pinyin_homophones(0, &none), 0);
    assert_int_equal(pinyin_homophones(pinyin_count() + 1, &none), 0);
    assert_int_equal(pinyin_homophones(0xFFFFFFFFu, &none), 0);
}

/* Every code point alone, and far beyond the last. */
static void every_code_point(void **state) {
    (void)state;
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        if (cp >= 0xD800 && cp < 0xE000) continue;
        char utf8[4];
        uint16_t id = 0xFFFF, r[PINYIN_READINGS_MAX] = {0};
        struct str s = str_slice(utf8, utf8_put(cp, utf8));
        assert_int_equal(pinyin_read(s, &id, 1), 1);
        size_t n = pinyin_readings(cp, r);
        assert_in_range(n, 0, PINYIN_READINGS_MAX);
        assert_int_equal(id, r[0]);
        assert_in_range(id, 0, pinyin_count());
        if (id != 0) assert_true(text_is_han(cp));
    }
    static const uint32_t beyond[] = {0x110000, 0x1FFFFF, 0xFFFFFFFF};
    for (size_t i = 0; i < ARRAY_LEN(beyond); i++) {
        uint16_t r[PINYIN_READINGS_MAX];
        assert_int_equal(pinyin_readings(beyond[i], r), 0);
    }
}

/* A shorter `max` is the beginning of a longer one, and nothing is written past it. */
static void bounds(void **state) {
    (void)state;
    struct str s = str_of("重庆市长寿区青藏高原a重");
    uint16_t all[READ_MAX];
    size_t n = pinyin_read(s, all, READ_MAX);
    assert_int_equal(n, utf8_length(s));
    for (size_t max = 0; max <= n; max++) {
        uint16_t some[READ_MAX];
        memset(some, 0xEE, sizeof some);
        assert_int_equal(pinyin_read(s, some, max), max);
        assert_memory_equal(some, all, max * sizeof some[0]);
        assert_int_equal(some[max], 0xEEEE);
        memset(some, 0xEE, sizeof some);
        assert_int_equal(pinyin_read_name(str_of("尉迟恭"), some, max),
                         max < 3 ? max : 3);
        assert_int_equal(some[max < 3 ? max : 3], 0xEEEE);
    }
}

/* Texts drawn from all planes, biased to Han: as many readings as characters. */
static void random_texts(void **state) {
    (void)state;
    uint64_t seed = 20251231;
    for (int round = 0; round < 20000; round++) {
        struct buf b = buf_init(0);
        size_t len = 0;
        while (len < 12) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            uint32_t x = (uint32_t)(seed >> 33);
            uint32_t cp = x % 4 ? 0x4E00 + x / 4 % 0x5200 : 1 + x / 4 % 0x10FFFE;
            if (cp >= 0xD800 && cp < 0xE000) continue;
            char utf8[4];
            buf_add(&b, utf8, utf8_put(cp, utf8));
            len++;
        }
        uint16_t id[16];
        assert_int_equal(pinyin_read(buf_str(&b), id, 16), len);
        for (size_t i = 0; i < len; i++) assert_in_range(id[i], 0, pinyin_count());
        assert_int_equal(pinyin_read_name(buf_str(&b), id, 16), len);
        buf_done(&b);
    }
}

/* More characters than are read at once; what comes first does not depend on `max`. */
static void long_texts(void **state) {
    (void)state;
    enum { TIMES = 100, EACH = 8 };
    struct buf b = buf_init(0);
    for (int i = 0; i < TIMES; i++) buf_add_z(&b, "南京市长江大桥，");
    uint16_t all[TIMES * EACH];
    assert_int_equal(pinyin_read(buf_str(&b), all, ARRAY_LEN(all)), ARRAY_LEN(all));
    for (size_t i = 0; i < ARRAY_LEN(all); i++) assert_int_equal(all[i], all[i % EACH]);
    assert_string_equal(pinyin_syllable(all[3]), "chang");
    buf_clear(&b);
    for (int i = 0; i < TIMES; i++) buf_add_z(&b, "重庆长江银行音乐");
    assert_int_equal(pinyin_read(buf_str(&b), all, ARRAY_LEN(all)), ARRAY_LEN(all));
    for (size_t max = 0; max < ARRAY_LEN(all); max++) {
        uint16_t some[TIMES * EACH];
        assert_int_equal(pinyin_read(buf_str(&b), some, max), max);
        assert_memory_equal(some, all, max * sizeof some[0]);
    }
    buf_done(&b);
    assert_int_equal(pinyin_read(str_slice(NULL, 0), all, 1), 0);
    assert_int_equal(pinyin_read_name(str_slice(NULL, 0), all, 1), 0);
}

static void frequent_characters_come_first(void **state) {
    (void)state;
    static const struct {
        const char *syllable, *first, *later;
    } cases[] = {
        {"shi", "是", "鲥"},
        {"dian", "电", "钿"},
        {"qi", "气", "綦"},
        {"tan", "碳", "郯"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const uint32_t *cp = NULL;
        uint32_t first, later;
        (void)utf8_next(cases[i].first, cases[i].first + 3, &first);
        (void)utf8_next(cases[i].later, cases[i].later + 3, &later);
        size_t n = pinyin_homophones(pinyin_by_name(str_of(cases[i].syllable)), &cp);
        size_t a = 0, b = 0;
        while (a < n && cp[a] != first) a++;
        while (b < n && cp[b] != later) b++;
        assert_true(a < b && b < n);
    }
}

static void fingerprint_is_there(void **state) {
    (void)state;
    assert_int_not_equal(pinyin_fingerprint(), 0);
    assert_int_equal(pinyin_fingerprint(), pinyin_fingerprint());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(words_of_the_trade),
        cmocka_unit_test(run_together),
        cmocka_unit_test(names_of_persons),
        cmocka_unit_test(syllables_round_trip),
        cmocka_unit_test(homophones_and_readings_agree),
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(bounds),
        cmocka_unit_test(random_texts),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(frequent_characters_come_first),
        cmocka_unit_test(fingerprint_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
