/* vocab_patterns.c - sentence and title patterns; slots are explained in vocab.h. */
#include "tests/bench/gen/vocab.h"

#define LIST(a)                                                                          \
    { (a), ARRAY_LEN(a) }

static const char *const title_applied[] = {
    "{c}{t}关键技术研究与应用",
    "{c}{t}关键技术与装备",
    "基于{m}的{t}技术研究与应用",
    "{c}{t}与{b}一体化技术",
    "{t}{d}研制及产业化",
    "一种用于{o}{a}的{d}",
    "{o}{a}与{b}技术集成示范",
    "基于{m}的{c}{t}系统研发",
    "{r}{t}技术推广应用",
    "{c}{o}{d}的研制",
    "{t}及{b}成套技术开发",
    "{m}在{t}中的应用研究",
    "{x}与{t}协同技术研究",
    "{o}{a}—{b}耦合技术及工程应用",
    "《{t}技术规程》编制与推广",
    "{c}{t}工艺优化及产业化示范",
    "新型{o}{a}装置",
    "{o}智能{a}方法及{d}",
    "{c}基于{x}的{t}关键技术",
    "{t}标准化技术体系构建与示范",
};
static const char *const title_theory[] = {
    "{c}{t}机理研究",         "{t}的基础理论与方法",       "{o}{a}过程多场耦合机制研究",
    "基于{m}的{t}规律研究",   "{o}{a}与{b}的相互作用机制", "{c}{o}{a}演化特征及数学模型",
    "{x}作用下{t}的响应机制", "{t}若干理论问题研究",
};
static const char *const title_soft[] = {
    "{c}{t}对策研究",          "{c}{t}研究",
    "{c}{o}{a}与{b}研究",      "基于{m}的{c}{t}评价研究",
    "{r}{t}战略研究",          "{c}{t}的实现路径研究",
    "{r}{o}{a}现状调查与对策", "{c}{o}{a}：理论、指标与实证",
};
static const char *const title_variety[] = {
    "{o}新品种“晋{u}{v}号”选育与推广",
    "“{u}{v}”{o}新品种选育及配套技术",
    "{c}{o}新品种{u}{v}的选育",
    "优质抗逆{o}品种{u}{v}号选育与示范",
};
static const char *const title_clinic[] = {
    "{m}在{o}{a}中的应用研究",      "{c}{o}{a}的临床研究",
    "{c}{o}{a}与{b}的相关性研究",   "{x}在{c}{o}{a}中的作用",
    "{o}{a}规范化方案的建立与推广", "{c}{o}{a}新技术的临床应用",
};

static const char *const a_problem[] = {
    "针对{c}{t}过程中{p}的问题，开展了系统研究。",
    "本项目围绕{t}的技术瓶颈，以解决{p}为目标，产学研联合攻关。",
    "{o}长期存在{p}等难题，制约了行业发展。",
    "随着生产规模扩大，{o}{a}面临{p}的突出矛盾，迫切需要新的技术途径。",
    "该成果来源于生产一线需求，主要解决{c}{t}中{p}的问题。",
    "{r}是{q}的主要区域之一，{p}是当地亟待解决的难题。",
    "传统{a}方法难以满足{o}的要求，{p}。",
    "为提高{t}水平，项目组历时{z}年，对{p}这一共性问题进行了研究与试验。",
};
static const char *const a_method[] = {
    "采用{m}与{n}相结合的方法，揭示了{t}的主要影响因素，建立了{k}模型。",
    "通过{m}，分析了{o}在不同工况下的变化规律，确定了{a}的关键参数。",
    "研究了{k}的基本特征，提出以{m}为核心的{a}技术方案。",
    "项目在{n}基础上，研制了{d}，实现了{t}全过程的自动化。",
    "利用{m}对{z}组样本进行了对比试验，优化了{b}工艺。",
    "构建了涵盖{a}、{b}的技术体系，并结合{x}进行了验证。",
    "将{m}引入{k}，形成了“监测—分析—决策—执行”的闭环流程。",
    "考虑{x}等因素，系统开展了{o}{b}试验，获得了完整的基础数据。",
    "集成{m}、{n}等手段，开发了适用于{c}{o}的{d}。",
};
static const char *const a_innovation[] = {
    "主要创新点：（1）首次提出{t}的{m}方法；（2）研发了新型{d}；（3）形成了{k}技术标准。",
    "创新性地将{n}用于{o}{b}，突破了{p}的限制。",
    "发明了用于{o}{a}的{d}，解决了{b}环节的技术难题。",
    "建立了{t}评价指标体系，编制《{o}{a}技术规范》1项。",
    "提出了{k}与{q}协同的新思路，丰富了相关理论。",
    "攻克了{a}的关键技术，形成了涉及{x}的成套方案，整体技术达到同类研究先进水平。",
    "自主设计的{d}具有结构简单、运行可靠、维护方便的特点。",
};
static const char *const a_figures[] = {
    "现场试验表明，{i}，{j}。",
    "经第三方检测，{i}；{j}。",
    "与原有技术相比，{i}，综合成本降低{s}%。",
    "应用后{i}，{j}，效率提高{s}%。",
    "连续运行{z}个月的结果显示，{i}，各项指标满足设计要求。",
    "在{z}个试验点上，{i}，{j}，重复性良好。",
};
static const char *const a_use[] = {
    "成果已在{r}等地的{z}家单位推广应用。",
    "该技术先后在{z}个工程中得到应用，运行稳定。",
    "目前已建成{o}{a}示范基地{z}处，培训技术人员{z}0余人次。",
    "{d}已实现小批量生产，并应用于{q}领域。",
    "研究成果在{r}进行了示范，用户反映良好，具有广阔的推广前景。",
    "成果获授权专利{z}件，发表论文{z}篇，并在同类企业中推广。",
};
static const char *const a_gain[] = {
    "近三年累计新增产值{w}万元，新增利税{w}万元，经济效益显著。",
    "年节约成本{w}万元，减少用工{z}人，安全效益突出。",
    "累计增收节支{w}万元，社会效益和生态效益明显。",
    "该成果对推动{q}技术进步具有重要意义。",
    "每年可减少排放{z}百吨，综合效益{w}万元。",
    "投入产出比达1∶{z}，为行业提供了可复制、可推广的技术模式。",
};
static const char *const t_problem[] = {
    "{t}是本领域的基础科学问题，{p}的内在机制尚不清楚。",
    "围绕{o}的{a}与{b}，开展了理论与试验研究。",
    "本项目属于应用基础研究，研究对象为{c}{o}。",
    "阐明{t}的规律，是解决{p}的前提。",
};
static const char *const t_method[] = {
    "运用{m}和{n}，建立了{t}的数学模型，给出了求解方法。",
    "通过{m}，获得了{o}在{x}体系中的演化特征。",
    "以{k}为切入点，结合{n}，研究了{a}与{b}之间的定量关系。",
    "系统比较了{z}种典型条件下{t}的差异。",
};
static const char *const t_innovation[] = {
    "首次发现{o}{a}存在显著的阈值效应，提出了新的判据。",
    "揭示了{k}的微观机制，修正了经典理论的适用范围。",
    "提出了以{m}为基础的统一框架，推广了已有结果。",
    "证明了{x}在{t}中的关键作用。",
};
static const char *const t_figures[] = {
    "试验结果表明，{i}，理论值与实测值误差小于{s}%。",
    "在{z}组数据上验证，{i}，{j}。",
};
static const char *const t_use[] = {
    "研究结果在国内外期刊发表论文{z}篇，被引用{z}0余次。",
    "培养研究生{z}名，相关论文被SCI、EI收录{z}篇。",
    "研究结论为{q}提供了理论依据。",
};
static const char *const t_gain[] = {
    "成果丰富和发展了{t}理论，具有重要的科学价值。",
    "为后续{k}研究奠定了基础。",
};
static const char *const s_problem[] = {
    "{t}是{c}发展中的重要课题，当前仍存在{p}等问题。",
    "本课题立足{r}实际，围绕{t}开展专题研究。",
    "近年来{o}取得积极进展，但{p}仍较突出。",
};
static const char *const s_method[] = {
    "运用{m}、{n}等方法，对{z}个县（市、区）进行了实地调研。",
    "构建了{k}评价指标体系，采用{m}测算了综合水平。",
    "在梳理国内外经验的基础上，以{m}分析了影响{a}的主要因素。",
};
static const char *const s_innovation[] = {
    "提出了{o}{a}与{b}联动的总体思路和{z}条政策建议。",
    "界定了{t}的内涵，给出了分阶段目标和重点任务。",
    "首次将{n}用于{k}研究，弥补了定量分析的不足。",
};
static const char *const s_figures[] = {
    "研究表明，{i}，{j}。",
    "测算结果显示，{i}，区域差异明显。",
};
static const char *const s_use[] = {
    "研究报告获有关部门采纳，部分建议写入{r}规划文件。",
    "成果形成研究报告{z}份，提交决策咨询要报{z}期。",
    "建议被主管部门用于编制《{o}{a}行动方案》。",
};
static const char *const s_gain[] = {
    "为{c}{q}提供了决策依据。",
    "对同类地区具有借鉴意义和推广价值。",
};
static const char *const c_problem[] = {
    "{o}是危害人群健康的常见问题，{p}是{a}面临的主要困难。",
    "针对{c}{o}{a}中{p}的现状，开展了多学科协作研究。",
    "本研究以{c}{o}为对象，探讨{a}与{b}的关系。",
    "{r}及周边地区{o}负担较重，{p}，亟需规范的{a}方案。",
};
static const char *const c_method[] = {
    "采用{m}和{n}，对{z}00例病例进行了前瞻性观察。",
    "通过{m}检测{x}的表达水平，分析其与{o}{a}的相关性。",
    "将患者随机分为试验组和对照组，比较两组{b}指标的差异。",
    "运用{m}构建{o}{a}模型，并以{n}验证其效能。",
    "建立{k}随访数据库，对{o}患者进行了{z}个月随访。",
    "以{n}为基础，优化了{o}{a}流程，研制了配套{d}。",
};
static const char *const c_innovation[] = {
    "首次阐明{x}参与{o}发生发展的作用，为{a}提供了新靶点。",
    "建立了适合基层的{o}{a}规范，形成了{k}专家共识。",
    "创新点：（1）将{m}用于{o}{b}；（2）提出{c}{o}分层{a}策略；（3）研制了{d}。",
    "提出了{o}{a}与{b}相结合的一体化方案。",
};
static const char *const c_figures[] = {
    "结果显示，{i}，{j}，差异有统计学意义（P<0.05）。",
    "与对照组相比，{i}，{j}，未见严重不良反应。",
    "随访结果表明，{i}，患者生活质量明显改善。",
};
static const char *const c_use[] = {
    "该项技术已在{r}等地{z}家医疗机构推广应用。",
    "举办继续教育学习班{z}期，培训基层医务人员{z}0余人。",
    "发表论文{z}篇，其中SCI收录{z}篇，获授权专利{z}件。",
};
static const char *const c_gain[] = {
    "减轻了患者经济负担，社会效益显著。",
    "累计诊治患者{z}00余例，为{q}提供了参考。",
    "该成果提高了{o}{a}水平，具有良好的推广价值。",
};
static const char *const points[] = {
    "提出{t}新方法；研制{d}；形成{k}技术体系。",
    "基于{m}实现{o}{a}，{i}。",
    "{o}{b}与{m}深度融合，解决了{p}的难题。",
};
static const char *const prospects[] = {
    "可在{q}领域推广，预计三年内覆盖{z}个县区，年新增效益{w}万元。",
    "适用于{c}{o}，市场需求大，推广条件成熟。",
    "与现有设备兼容，改造成本低，具有良好的转化前景。",
};

const struct pattern_list vocab_title_applied = LIST(title_applied);
const struct pattern_list vocab_title_theory = LIST(title_theory);
const struct pattern_list vocab_title_soft = LIST(title_soft);
const struct pattern_list vocab_title_variety = LIST(title_variety);
const struct pattern_list vocab_title_clinic = LIST(title_clinic);
const struct pattern_list vocab_applied[ROLE_COUNT] = {
    LIST(a_problem), LIST(a_method), LIST(a_innovation),
    LIST(a_figures), LIST(a_use),    LIST(a_gain),
};
const struct pattern_list vocab_theory[ROLE_COUNT] = {
    LIST(t_problem), LIST(t_method), LIST(t_innovation),
    LIST(t_figures), LIST(t_use),    LIST(t_gain),
};
const struct pattern_list vocab_soft[ROLE_COUNT] = {
    LIST(s_problem), LIST(s_method), LIST(s_innovation),
    LIST(s_figures), LIST(s_use),    LIST(s_gain),
};
const struct pattern_list vocab_clinic[ROLE_COUNT] = {
    LIST(c_problem), LIST(c_method), LIST(c_innovation),
    LIST(c_figures), LIST(c_use),    LIST(c_gain),
};
const struct pattern_list vocab_points = LIST(points);
const struct pattern_list vocab_prospects = LIST(prospects);
