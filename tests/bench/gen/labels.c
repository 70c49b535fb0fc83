#include "tests/bench/gen/labels.h"

#define LIST(name, ...)                                                                  \
    static const char *const name##_l[] = {__VA_ARGS__};                                 \
    _Static_assert(ARRAY_LEN(name##_l) == ARRAY_LEN(name##_w), #name);                   \
    const struct label_list labels_##name = {name##_l, name##_w, (int)ARRAY_LEN(name##_l)}

static const int form_applied_w[] = {38, 16, 14, 7, 9, 5, 6, 1, 4};
LIST(form_applied, "新技术", "新工艺", "新产品", "新材料", "新装备", "生物医药品种",
     "动植物(农业)新品种", "矿产新品种", "其他应用技术");
static const int form_other_w[] = {55, 6, 36, 3};
LIST(form_other, "论文", "著作", "研究报告", "其他");
static const int attribute_w[] = {82, 5, 13};
LIST(attribute, "原始性创新", "国外引进、消化吸收创新", "国内技术二次开发");
static const int stage_w[] = {15, 30, 55};
LIST(stage, "初期阶段(实验室、小试)", "中期阶段(投产前的中试等)", "成熟应用阶段");
static const int level_w[] = {4, 14, 40, 12, 5, 2, 23};
LIST(level, "国际领先", "国际先进", "国内领先", "国内先进", "国内一般", "其他", "未评价");
static const int evaluation_w[] = {12, 34, 7, 5, 6, 18, 8, 5, 2, 2, 1};
LIST(evaluation, "鉴定", "验收", "评审", "行业准入", "评估", "机构评价", "结题",
     "知识产权授权", "绩效评价", "权威部门检测", "其他");
static const int source_w[] = {8, 7, 34, 3, 6, 1, 1, 9, 29, 2};
LIST(source, "国家科技计划", "部门计划", "地方计划", "部门基金", "地方基金", "民间基金",
     "国际合作", "横向委托", "自选", "其他");
static const int plan_w[] = {6, 38, 4, 4, 8, 3, 3, 3, 4, 20, 4, 3};
LIST(plan, "科技重大专项", "自然科学基金", "973", "863", "科技支撑计划", "星火计划",
     "国际科技合作专项", "农业科技成果转化资金", "其他", "国家重点研发计划",
     "技术创新引导专项(基金)", "基地和人才专项");
static const int status_w[] = {42, 27, 14, 3, 14};
LIST(status, "产业化应用", "小批量或小范围应用", "试用", "应用后停用", "未应用");
static const int reason_w[] = {34, 20, 24, 8, 6, 8};
LIST(reason, "资金", "技术", "市场", "管理", "政策", "其他");
static const int conversion_w[] = {66, 20, 14};
LIST(conversion, "自我转化", "合作转化(含技术入股)", "技术转让与许可");
static const int cooperation_w[] = {24, 18, 8, 22, 6, 14, 5, 2, 1};
LIST(cooperation, "技术转让", "专利许可", "委托开发", "合作开发", "技术咨询", "技术服务",
     "技术入股", "股权投资", "其他");
static const int ip_w[] = {40, 29, 3, 12, 3, 1, 1, 6, 3, 1, 1};
LIST(ip, "发明专利", "实用新型专利", "外观设计专利", "软件著作权",
     "动植物新品种(植物品种权)", "生物医药新品种", "集成电路布图设计", "标准",
     "论文、论著", "其他", "未涉及知识产权");
static const int hitech_w[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
LIST(hitech, "电子信息", "先进制造", "航空航天", "现代交通", "生物医药与医疗器械",
     "新材料", "新能源与节能", "环境保护", "地球、空间与海洋", "核应用技术", "现代农业",
     "其他");
static const int degree_w[] = {1, 1, 1, 1, 1, 1};
LIST(degree, "博士研究生", "硕士研究生", "本科", "大专", "中专", "其他");
static const int title_w[] = {1, 1, 1, 1, 1, 1};
LIST(title, "院士", "正高级", "副高级", "中级", "初级", "其他");
static const int maturity_w[] = {6, 12, 14, 22, 46};
LIST(maturity, "正在研发", "已有样品", "通过小试", "通过中试", "可以量产");
static const int research_w[] = {52, 16, 10, 18, 2, 2};
LIST(research, "独立研究", "与院校合作", "与院所合作", "与企业合作", "与国(境)外合作",
     "其他");
static const int invest_w[] = {12, 8, 26, 6, 60, 10, 1, 4};
LIST(invest, "国家投入", "部门投入", "地方投入", "基金投入", "自有资金", "银行贷款",
     "国外资金", "其他");
static const int standard_w[] = {1, 8, 16, 34, 18, 23};
LIST(standard, "国际标准", "国家标准", "行业标准", "地方标准", "团体标准", "企业标准");
static const int contract_w[] = {30, 12, 10, 8, 30, 2, 4, 4};
LIST(contract, "开发", "转让", "许可", "咨询", "服务", "作价投资", "自行实施",
     "合作实施");
static const int contract_field_w[] = {16, 3, 16, 10, 12, 14, 14, 1, 8, 3, 3};
LIST(contract_field, "电子信息", "航空航天", "先进制造", "生物、医药和医疗器械",
     "新材料及其应用", "新能源与高效节能", "环境保护与资源综合利用", "核应用", "农业",
     "现代交通", "城市建设与社会发展");

const char *label_draw(struct rng *r, const struct label_list *l) {
    return l->labels[rng_weighted(r, l->weights, l->count)];
}
