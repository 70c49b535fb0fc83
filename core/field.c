/* field.c - see field.h: the table itself.
 *
 * Columns: path, query name, Chinese label, second Chinese name, type, list, tier, which
 * categories have it, flags, facet, date column, text tag, maximum, printed limit.
 * Order: the order in which a page lists a record; text tags number short texts first.
 */
#include "core/field.h"

#include "core/date.h"

#include <string.h>
#include <strings.h>

#define PLAIN(key) key, NULL, key, FIELD_PLAIN
#define MEMBER(outer, key) outer "." key, outer, key, FIELD_MEMBER
#define EACH(outer, key) outer "[]." key, outer, key, FIELD_EACH
#define FIRST(outer, key) outer "[0]." key, outer, key, FIELD_FIRST

/* Hard limits in bytes, entries and values; the form's own are the last column. */
#define ID 128
#define NAME 600
#define TITLE 6000
#define NOTE 20000
#define LONG 200000
#define FEW 20
#define MANY 100
#define COUNT 1000000

#define NO CODES_NONE
#define SEARCH FIELD_SEARCHED
#define NAMED FIELD_BY_NAME
#define MUST FIELD_REQUIRED
#define ONE FIELD_FIRST_ONLY

/* clang-format off */
static const struct field table[] = {
    /* identity and state */
    {PLAIN("kind"), NULL, "种类", NULL, FIELD_TEXT, NO, TIER_P0, FOR_ANY, MUST, -1, -1, 0, 32, 0},
    {PLAIN("schema"), NULL, "格式版本", NULL, FIELD_INT, NO, TIER_P0, FOR_ANY, 0, -1, -1, 0, 1, 0},
    {PLAIN("uid"), NULL, "来源标识", NULL, FIELD_TEXT, NO, TIER_P0, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {PLAIN("rev"), NULL, "修订号", NULL, FIELD_INT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, UINT32_MAX, 0},
    {PLAIN("updated_at"), NULL, "修改时间", NULL, FIELD_INSTANT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("registry"), NULL, "登记机构", NULL, FIELD_CODE, CODES_REGION, TIER_P0, FOR_ANY, FIELD_LOOSE, -1, -1, 0, ID, 0},
    {PLAIN("state"), "state", "登记状态", "状态", FIELD_CODE, CODES_STATE, TIER_N, FOR_ANY, 0, FACET_STATE, -1, 0, 0, 0},
    {PLAIN("consent"), "consent", "同意公开", "公开意愿", FIELD_CODE, CODES_CONSENT, TIER_N, FOR_ANY, 0, FACET_CONSENT, -1, 0, 0, 0},
    {PLAIN("publicity"), "publicity", "公示状态", "公示", FIELD_CODE, CODES_PUBLICITY, TIER_P0, FOR_ANY, 0, FACET_PUBLICITY, -1, 0, 0, 0},
    {PLAIN("paper_pending"), NULL, "纸质材料待审", NULL, FIELD_BOOL, CODES_YESNO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("secrecy"), NULL, "成果密级", "密级", FIELD_CODE, CODES_SECRECY, TIER_N, FOR_ANY, MUST, -1, -1, 0, 0, 0},

    /* cover (1.2, 1.3) */
    {PLAIN("title"), "title", "成果名称", "标题", FIELD_TEXT, NO, TIER_P0, FOR_ANY, MUST | SEARCH, -1, -1, 1, TITLE, 200},
    {PLAIN("regno"), "regno", "批准登记号", "登记号", FIELD_TEXT, NO, TIER_P0, FOR_ANY, SEARCH, -1, -1, 5, ID, 0},
    {PLAIN("category"), "category", "成果类别", "类别", FIELD_CODE, CODES_CATEGORY, TIER_P0, FOR_ALL, MUST, FACET_CATEGORY, -1, 0, 0, 0},
    {PLAIN("stat_year"), "year", "统计年度", "年度", FIELD_INT, NO, TIER_P0, FOR_ANY, FIELD_IS_YEAR, FACET_YEAR, -1, 0, DATE_YEAR_MAX, 0},
    {PLAIN("approved_on"), "approved", "批准登记日期", "登记日期", FIELD_DATE, NO, TIER_P0, FOR_ANY, 0, -1, DATE_APPROVED, 0, 0, 0},
    {PLAIN("achieved_on"), "achieved", "成果取得日期", "取得日期", FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, DATE_ACHIEVED, 0, 0, 0},
    {PLAIN("submitted_on"), NULL, "提交日期", NULL, FIELD_DATE, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("reported_national"), NULL, "上报国家日期", NULL, FIELD_DATE, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("form_edition"), NULL, "制表文号", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {PLAIN("duty"), NULL, "登记义务", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {PLAIN("veto"), NULL, "一票否决", NULL, FIELD_BOOL, CODES_YESNO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("keywords"), "keyword", "关键词", "主题词", FIELD_TEXT_LIST, NO, TIER_P0, FOR_ANY, SEARCH, FACET_KEYWORD, -1, 2, MANY, 0},
    {PLAIN("research_from"), NULL, "研究起始日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("research_to"), NULL, "研究终止日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {MEMBER("recommender", "name"), "recommender", "推荐单位", "组织管理部门", FIELD_TEXT, NO, TIER_P0, FOR_ANY, NAMED, FACET_RECOMMENDER, -1, 10, NAME, 0},
    {MEMBER("approver", "name"), "approver", "批准登记单位", "登记单位", FIELD_TEXT, NO, TIER_P0, FOR_ANY, NAMED, -1, -1, 11, NAME, 0},

    /* units (1.10): the first unit's views before the list */
    {FIRST("units", "name"), "first_unit", "第一完成单位", "第一单位", FIELD_TEXT, NO, TIER_P0, FOR_ANY, MUST | ONE, FACET_FIRST_UNIT, -1, 0, NAME, 0},
    {FIRST("units", "type"), "unit_type", "单位属性", "单位类型", FIELD_CODE, CODES_UNIT_TYPE, TIER_P0, FOR_ANY, ONE, FACET_UNIT_TYPE, -1, 0, 0, 0},
    {FIRST("units", "region"), "region", "地区", "行政区划", FIELD_CODE, CODES_REGION, TIER_P0, FOR_ANY, ONE, FACET_REGION, -1, 0, 0, 0},
    {EACH("units", "name"), "unit", "完成单位", "单位", FIELD_TEXT, NO, TIER_P0, FOR_ANY, SEARCH, FACET_UNIT, -1, 3, NAME, 0},
    {EACH("units", "type"), NULL, "单位属性", NULL, FIELD_CODE, CODES_UNIT_TYPE, TIER_P0, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("units", "region"), NULL, "行政区划", NULL, FIELD_CODE, CODES_REGION, TIER_P0, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("units", "uscc"), "uscc", "统一社会信用代码", "信用代码", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 25, ID, 0},
    {EACH("units", "affiliation"), NULL, "隶属省部", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("units", "address"), NULL, "通讯地址", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("units", "postcode"), NULL, "邮政编码", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("units", "contact"), NULL, "单位联系人", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("units", "phone"), NULL, "单位电话", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("units", "email"), NULL, "单位邮箱", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("units", "fax"), NULL, "单位传真", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {MEMBER("owner", "name"), "owner", "成果权属单位", "权属单位", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 19, NAME, 0},
    {MEMBER("owner", "uscc"), NULL, "权属单位信用代码", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, ID, 0},

    /* people (1.11) and the contact */
    {EACH("people", "name"), "person", "完成人", "人员", FIELD_TEXT, NO, TIER_P0, FOR_ANY, SEARCH, FACET_PERSON, -1, 4, NAME, 0},
    {EACH("people", "unit"), NULL, "工作单位", NULL, FIELD_INT, NO, TIER_P0, FOR_ANY, 0, -1, -1, 0, COUNT, 0},
    {EACH("people", "contribution"), NULL, "贡献", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NOTE, 0},
    {EACH("people", "gender"), NULL, "性别", NULL, FIELD_CODE, CODES_GENDER, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("people", "birth"), NULL, "出生年月", NULL, FIELD_DATE, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("people", "degree"), NULL, "文化程度", NULL, FIELD_CODE, CODES_DEGREE, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("people", "title"), NULL, "技术职称", NULL, FIELD_CODE, CODES_JOB_TITLE, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("people", "returned"), NULL, "留学归国", NULL, FIELD_BOOL, CODES_YESNO, TIER_N, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("people", "phone"), NULL, "联系方式", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {MEMBER("contact", "name"), NULL, "联系人", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {MEMBER("contact", "phone"), NULL, "联系电话", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {MEMBER("contact", "email"), NULL, "电子邮箱", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {MEMBER("contact", "address"), NULL, "联系地址", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {MEMBER("contact", "postcode"), NULL, "联系邮编", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {MEMBER("contact", "fax"), NULL, "联系传真", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},

    /* overview (1.4) */
    {PLAIN("form"), "form", "成果体现形式", "体现形式", FIELD_CODE, CODES_FORM, TIER_P0, FOR_ALL, 0, FACET_FORM, -1, 0, 0, 0},
    {PLAIN("attribute"), "attribute", "成果属性", "属性", FIELD_CODE, CODES_ATTRIBUTE, TIER_P1, FOR_A, 0, FACET_ATTRIBUTE, -1, 0, 0, 0},
    {PLAIN("stage"), "stage", "成果所处阶段", "所处阶段", FIELD_CODE, CODES_STAGE, TIER_P0, FOR_A, 0, FACET_STAGE, -1, 0, 0, 0},
    {PLAIN("level"), "level", "成果水平", "水平", FIELD_CODE, CODES_LEVEL, TIER_P1, FOR_ALL, 0, FACET_LEVEL, -1, 0, 0, 0},
    {PLAIN("maturity"), "maturity", "技术成熟度", "成熟度", FIELD_CODE, CODES_MATURITY, TIER_P0, FOR_A | FOR_C, 0, FACET_MATURITY, -1, 0, 0, 0},
    {PLAIN("trl"), NULL, "技术就绪水平", NULL, FIELD_INT, NO, TIER_P0, FOR_ANY, 0, -1, -1, 0, 9, 0},
    {PLAIN("research_mode"), NULL, "研究形式", NULL, FIELD_CODE, CODES_RESEARCH, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("discipline"), "discipline", "学科分类", "学科", FIELD_CODE_LIST, CODES_DISCIPLINE, TIER_P0, FOR_ANY, 0, FACET_DISCIPLINE, -1, 0, FEW, 0},
    {PLAIN("industry"), "industry", "应用行业", "行业", FIELD_CODE_LIST, CODES_INDUSTRY, TIER_P0, FOR_ANY, 0, FACET_INDUSTRY, -1, 0, FEW, 0},
    {PLAIN("hitech"), "hitech", "高新技术领域", "技术领域", FIELD_CODE, CODES_HITECH, TIER_P0, FOR_A, 0, FACET_HITECH, -1, 0, 0, 0},
    {PLAIN("sei"), "sei", "战略性新兴产业", "新兴产业", FIELD_CODE, CODES_SEI, TIER_P0, FOR_A | FOR_C, 0, FACET_SEI, -1, 0, 0, 0},
    {PLAIN("clc"), "clc", "中图分类号", NULL, FIELD_TEXT, NO, TIER_P0, FOR_ANY, NAMED, -1, -1, 18, ID, 0},
    {PLAIN("abstract"), "abstract", "成果简介", "摘要", FIELD_TEXT, NO, TIER_P0, FOR_ANY, SEARCH, -1, -1, 6, LONG, 1000},
    {PLAIN("points"), "points", "主要创新点", "创新点", FIELD_TEXT, NO, TIER_P1, FOR_ANY, SEARCH, -1, -1, 7, LONG, 0},
    {PLAIN("metrics"), "metrics", "技术指标", "主要技术指标", FIELD_TEXT, NO, TIER_P1, FOR_ANY, SEARCH, -1, -1, 8, LONG, 0},
    {PLAIN("prospects"), "prospects", "推广前景", "应用前景", FIELD_TEXT, NO, TIER_P1, FOR_ANY, SEARCH, -1, -1, 9, LONG, 0},

    /* source (1.5) */
    {PLAIN("source"), "source", "课题来源", "来源", FIELD_CODE, CODES_SOURCE, TIER_P0, FOR_ANY, 0, FACET_SOURCE, -1, 0, 0, 0},
    {PLAIN("plan"), "plan", "国家科技计划", "计划", FIELD_CODE, CODES_PLAN, TIER_P0, FOR_ANY, 0, FACET_PLAN, -1, 0, 0, 0},
    {PLAIN("project_title"), "project", "项目名称", "课题名称", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 12, TITLE, 0},
    {PLAIN("project_no"), "project_no", "项目编号", "立项编号", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 13, NAME, 0},
    {PLAIN("fiscal"), NULL, "财政投入", NULL, FIELD_BOOL, CODES_YESNO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("host_kind"), NULL, "依托类别", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {PLAIN("project_dept"), NULL, "立项部门", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {PLAIN("project_accepted_on"), NULL, "项目验收日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {PLAIN("project_conclusion"), NULL, "验收结论", NULL, FIELD_CODE, CODES_CONCLUSION, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},

    /* evaluation (1.6) */
    {MEMBER("evaluation", "kind"), "evaluation", "评价方式", "评价形式", FIELD_CODE, CODES_EVALUATION, TIER_P1, FOR_ANY, 0, FACET_EVALUATION, -1, 0, 0, 0},
    {MEMBER("evaluation", "org"), "evaluator", "评价单位", "鉴定部门", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 15, NAME, 0},
    {MEMBER("evaluation", "on"), NULL, "评价日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {MEMBER("evaluation", "no"), "evaluation_no", "评价证书号", "评价报告号", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 20, NAME, 0},
    {MEMBER("evaluation", "conclusion"), NULL, "评价结论", NULL, FIELD_CODE, CODES_CONCLUSION, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {MEMBER("evaluation", "text"), NULL, "评价意见", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, LONG, 0},
    {EACH("eval_people", "name"), NULL, "评价专家", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("eval_people", "unit"), NULL, "评价专家单位", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("eval_people", "title"), NULL, "评价专家职称", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("evidence", "kind"), NULL, "附件种类", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("evidence", "count"), NULL, "附件数", NULL, FIELD_INT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, COUNT, 0},
    {EACH("evidence", "hash"), NULL, "附件散列", NULL, FIELD_TEXT, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, ID, 0},

    /* application and conversion (1.7) */
    {MEMBER("application", "status"), "status", "应用状态", "应用情况", FIELD_CODE, CODES_STATUS, TIER_P0, FOR_A, 0, FACET_STATUS, -1, 0, 0, 0},
    {MEMBER("application", "scheme"), NULL, "应用状态口径", NULL, FIELD_TEXT, NO, TIER_P0, FOR_A, 0, -1, -1, 0, 16, 0},
    {MEMBER("application", "reason"), NULL, "未应用或停用原因", NULL, FIELD_CODE, CODES_REASON, TIER_P1, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("application", "units"), NULL, "应用单位数", NULL, FIELD_INT, NO, TIER_P1, FOR_A, 0, -1, -1, 0, COUNT, 0},
    {MEMBER("application", "first_on"), NULL, "首次应用日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_A, 0, -1, -1, 0, 0, 0},
    {PLAIN("conversion"), NULL, "转化方式", NULL, FIELD_CODE_LIST, CODES_CONVERSION, TIER_P1, FOR_A, 0, -1, -1, 0, FEW, 0},
    {PLAIN("intent"), "intent", "转化意向", "意向", FIELD_BOOL, CODES_YESNO, TIER_P0, FOR_A | FOR_C, 0, FACET_INTENT, -1, 0, 0, 0},
    {PLAIN("cooperation"), "cooperation", "合作方式", "合作", FIELD_CODE_LIST, CODES_COOPERATION, TIER_P0, FOR_A | FOR_C, 0, FACET_COOPERATION, -1, 0, FEW, 0},
    {PLAIN("ask_amount"), NULL, "需合作方投入资金", NULL, FIELD_MONEY, NO, TIER_P1, FOR_A | FOR_C, 0, -1, -1, 0, 0, 0},
    {PLAIN("ask_use"), NULL, "资金用途", NULL, FIELD_TEXT, NO, TIER_P1, FOR_A | FOR_C, 0, -1, -1, 0, NOTE, 0},
    {PLAIN("ask_policy"), NULL, "政策需求", NULL, FIELD_TEXT, NO, TIER_P1, FOR_A | FOR_C, 0, -1, -1, 0, NOTE, 0},
    {PLAIN("scope"), NULL, "转化范围", NULL, FIELD_TEXT, NO, TIER_P1, FOR_A | FOR_C, 0, -1, -1, 0, NAME, 0},
    {MEMBER("income", "self"), NULL, "自我转化收益", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "coop"), NULL, "合作转化收入", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "equity"), NULL, "技术入股股权折价", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "transfer"), NULL, "技术转让与许可收入", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "ip_transfer"), NULL, "知识产权转让收入", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "profit"), NULL, "净利润", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, FIELD_NEGATIVE_OK, -1, -1, 0, 0, 0},
    {MEMBER("income", "tax"), NULL, "实交税金", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "export"), NULL, "出口创汇", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {MEMBER("income", "savings"), NULL, "节约资金", NULL, FIELD_MONEY, NO, TIER_N, FOR_A, 0, -1, -1, 0, 0, 0},
    {PLAIN("invest"), NULL, "资金投入", NULL, FIELD_MONEY_MAP, NO, TIER_N, FOR_ANY, 0, -1, -1, 0, FEW, 0},

    /* intellectual property, standards, papers (1.9) */
    {EACH("ip", "kind"), "ip", "知识产权类型", "知识产权", FIELD_CODE, CODES_IP, TIER_P0, FOR_ANY, 0, FACET_IP, -1, 0, 0, 0},
    {EACH("ip", "no"), "ip_no", "知识产权号", "专利号", FIELD_TEXT, NO, TIER_P0, FOR_ANY, NAMED, -1, -1, 14, NAME, 0},
    {EACH("ip", "title"), "ip_title", "知识产权名称", "专利名称", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 21, TITLE, 0},
    {EACH("ip", "status"), NULL, "知识产权状态", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("ip", "granted_on"), NULL, "授权日期", NULL, FIELD_DATE, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("ip", "owner"), NULL, "权利人", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("ip", "core"), NULL, "核心知识产权", NULL, FIELD_BOOL, CODES_YESNO, TIER_P1, FOR_ANY, 0, -1, -1, 0, 0, 0},
    {EACH("standards", "level"), NULL, "标准级别", NULL, FIELD_TEXT, NO, TIER_P0, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("standards", "no"), "standard", "标准号", "标准编号", FIELD_TEXT, NO, TIER_P0, FOR_ANY, NAMED, -1, -1, 16, NAME, 0},
    {EACH("standards", "status"), NULL, "标准状态", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, ID, 0},
    {EACH("papers", "title"), "paper", "论文题名", "论文", FIELD_TEXT, NO, TIER_P1, FOR_ANY, NAMED, -1, -1, 17, TITLE, 0},
    {EACH("papers", "venue"), NULL, "论文载体", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("papers", "year"), NULL, "论文年份", NULL, FIELD_INT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, DATE_YEAR_MAX, 0},
    {EACH("papers", "index"), NULL, "论文收录", NULL, FIELD_TEXT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, NAME, 0},
    {EACH("papers", "citations"), NULL, "论文引用次数", NULL, FIELD_INT, NO, TIER_P1, FOR_ANY, 0, -1, -1, 0, COUNT, 0},

    /* a collection's own lists, never mapped onto the national ones */
    {MEMBER("collection", "category"), "collection_category", "征集成果类型", NULL, FIELD_TEXT, NO, TIER_P0, FOR_C, NAMED, -1, -1, 22, NAME, 0},
    {MEMBER("collection", "level"), "collection_level", "征集成果水平", NULL, FIELD_TEXT, NO, TIER_P0, FOR_C, NAMED, -1, -1, 23, NAME, 0},
    {MEMBER("collection", "field"), "collection_field", "征集技术领域", NULL, FIELD_TEXT, NO, TIER_P0, FOR_C, NAMED, -1, -1, 24, NAME, 0},
    {MEMBER("collection", "period"), NULL, "征集研究时间", NULL, FIELD_TEXT, NO, TIER_P0, FOR_C, 0, -1, -1, 0, NAME, 0},
};

/* Further names of the query language. */
static const struct alias {
    const char *name, *path;
} aliases[] = {
    {"题名", "title"},              {"名称", "title"},
    {"简介", "abstract"},           {"内容摘要", "abstract"},
    {"keywords", "keywords"},       {"关键字", "keywords"},
    {"units", "units[].name"},      {"机构", "units[].name"},
    {"people", "people[].name"},    {"人", "people[].name"},
    {"姓名", "people[].name"},      {"作者", "people[].name"},
    {"author", "people[].name"},    {"编号", "regno"},
    {"登记编号", "regno"},          {"年份", "stat_year"},
    {"登记年度", "stat_year"},      {"年", "stat_year"},
    {"stat_year", "stat_year"},     {"批准日期", "approved_on"},
    {"approved_on", "approved_on"}, {"achieved_on", "achieved_on"},
    {"完成日期", "achieved_on"},    {"形式", "form"},
    {"阶段", "stage"},              {"高新技术", "hitech"},
    {"领域", "hitech"},             {"评价", "evaluation.kind"},
    {"状况", "application.status"}, {"有转化意向", "intent"},
    {"城市", "units[0].region"},    {"区划", "units[0].region"},
    {"推荐", "recommender.name"},   {"项目", "project_title"},
    {"project_title", "project_title"}, {"专利", "ip[].no"},
    {"patent", "ip[].no"},          {"标准", "standards[].no"},
    {"分类号", "clc"},
};
/* clang-format on */

const struct field *field_table(size_t *n) {
    *n = ARRAY_LEN(table);
    return table;
}

const struct field *field_by_path(struct str path) {
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (str_eq_z(path, table[i].path)) return &table[i];
    return NULL;
}

static bool same_name(struct str name, const char *z) {
    return z && strlen(z) == name.n && strncasecmp(name.p, z, name.n) == 0;
}

const struct field *field_by_name(struct str name) {
    if (name.n == 0) return NULL;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct field *f = &table[i];
        bool asked = f->facet >= 0 || f->date >= 0 || f->tag != 0;
        if (asked && (same_name(name, f->name) || same_name(name, f->zh) ||
                      same_name(name, f->zh2)))
            return f;
    }
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++)
        if (same_name(name, aliases[i].name))
            return field_by_path(str_of(aliases[i].path));
    return NULL;
}

const char *field_query_name(const struct field *f, size_t i) {
    const char *const own[] = {f->name, f->zh, f->zh2};
    for (size_t k = 0; k < ARRAY_LEN(own); k++)
        if (own[k] && i-- == 0) return own[k];
    for (size_t k = 0; k < ARRAY_LEN(aliases); k++)
        if (strcmp(aliases[k].path, f->path) == 0 && i-- == 0) return aliases[k].name;
    return NULL;
}

const struct field *field_of_facet(enum facet f) {
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].facet == (int)f) return &table[i];
    return NULL;
}

const struct field *field_of_date(enum date_column d) {
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].date == (int)d) return &table[i];
    return NULL;
}

const struct field *field_of_tag(char tag) {
    for (size_t i = 0; tag && i < ARRAY_LEN(table); i++)
        if (table[i].tag == tag) return &table[i];
    return NULL;
}

const char *facet_name(enum facet f) {
    const struct field *row = field_of_facet(f);
    return row ? row->name : "";
}

int facet_by_name(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].facet >= 0 && str_eq_z(name, table[i].name)) return table[i].facet;
    return -1;
}

const char *facet_label(enum facet f) {
    const struct field *row = field_of_facet(f);
    return row ? row->zh : "";
}

bool facet_is_multi(enum facet f) {
    const struct field *row = field_of_facet(f);
    return row && (row->shape == FIELD_EACH || row->type == FIELD_CODE_LIST ||
                   row->type == FIELD_TEXT_LIST);
}

bool facet_is_internal(enum facet f) {
    return f == FACET_STATE || f == FACET_CONSENT || f == FACET_PUBLICITY;
}

uint32_t field_searched_tags(void) {
    uint32_t mask = 0;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].flags & FIELD_SEARCHED) mask |= UINT32_C(1) << table[i].tag;
    return mask;
}
