/* validate_row.c - events, contracts, receipts, rewards, application states, benefits: a
 * small field table of each kind, and the rules between its fields. See validate.h. */
#include "core/date.h"
#include "core/utf8.h"
#include "indexer/validate_engine.h"

#include <stdio.h>

#define ID 128
#define NAME 600
#define TITLE 6000
#define NOTE 20000
#define COUNT 1000000000
#define SHARE_DECIMALS 9

/* The columns that only registrations use are left at nothing. */
#define PLAIN(key) key, NULL, key, FIELD_PLAIN
#define MEMBER(outer, key) outer "." key, outer, key, FIELD_MEMBER
#define EACH(outer, key) outer "[]." key, outer, key, FIELD_EACH
#define ROW(zh, type, list, flags, max, ...)                                             \
    { __VA_ARGS__, NULL, zh, NULL, type, list, TIER_N, FOR_ANY, flags, -1, -1, 0, max, 0 }
#define TEXT(place, zh, max) ROW(zh, FIELD_TEXT, CODES_NONE, 0, max, place)
#define NEED(place, zh, max) ROW(zh, FIELD_TEXT, CODES_NONE, FIELD_REQUIRED, max, place)
#define CODE(place, zh, list, flags) ROW(zh, FIELD_CODE, list, flags, 0, place)
#define DATE(place, zh, flags) ROW(zh, FIELD_DATE, CODES_NONE, flags, 0, place)
#define MONEY(place, zh, flags) ROW(zh, FIELD_MONEY, CODES_NONE, flags, 0, place)
#define INT(place, zh, flags, max) ROW(zh, FIELD_INT, CODES_NONE, flags, max, place)
#define KIND                                                                             \
    NEED(PLAIN("kind"), "种类", 32), INT(PLAIN("schema"), "格式版本", 0, 1),             \
        CODE(PLAIN("secrecy"), "密级", CODES_SECRECY, 0)
#define TARGET TEXT(PLAIN("uid"), "来源标识", ID), TEXT(PLAIN("regno"), "批准登记号", ID)

/* clang-format off */
static const struct field event_fields[] = {
    KIND, TARGET,
    CODE(PLAIN("to"), "新状态", CODES_STATE, 0),
    CODE(PLAIN("consent"), "同意公开", CODES_CONSENT, 0),
    CODE(PLAIN("publicity"), "公示状态", CODES_PUBLICITY, 0),
    ROW("时间", FIELD_INSTANT, CODES_NONE, FIELD_REQUIRED, 0, PLAIN("at")),
    TEXT(PLAIN("by"), "办理单位", NAME),
    TEXT(PLAIN("opinion"), "意见", NOTE),
};

static const struct field contract_fields[] = {
    KIND,
    NEED(PLAIN("contract_no"), "合同登记编号", ID),
    CODE(PLAIN("type"), "合同类别", CODES_CONTRACT, FIELD_REQUIRED),
    TEXT(PLAIN("subtype"), "合同子类", NAME),
    DATE(PLAIN("signed_on"), "签订日期", FIELD_REQUIRED),
    DATE(PLAIN("effective_from"), "有效期起", 0),
    DATE(PLAIN("effective_to"), "有效期止", 0),
    DATE(PLAIN("reported_on"), "上报日期", 0),
    MONEY(PLAIN("amount_total"), "成交金额", FIELD_REQUIRED),
    MONEY(PLAIN("amount_tech"), "技术交易额", 0),
    MONEY(PLAIN("equity_value"), "股权折价", 0),
    TEXT(PLAIN("currency"), "币种", ID),
    TEXT(MEMBER("seller", "name"), "卖方", NAME),
    TEXT(MEMBER("seller", "uscc"), "卖方信用代码", ID),
    CODE(MEMBER("seller", "type"), "卖方类型", CODES_UNIT_TYPE, 0),
    TEXT(MEMBER("seller", "size"), "卖方规模", ID),
    CODE(MEMBER("seller", "region"), "卖方地区", CODES_REGION, 0),
    TEXT(MEMBER("seller", "country"), "卖方国别", ID),
    TEXT(MEMBER("buyer", "name"), "买方", NAME),
    TEXT(MEMBER("buyer", "uscc"), "买方信用代码", ID),
    CODE(MEMBER("buyer", "type"), "买方类型", CODES_UNIT_TYPE, 0),
    TEXT(MEMBER("buyer", "size"), "买方规模", ID),
    CODE(MEMBER("buyer", "region"), "买方地区", CODES_REGION, 0),
    TEXT(MEMBER("buyer", "country"), "买方国别", ID),
    ROW("关联交易", FIELD_BOOL, CODES_YESNO, 0, 0, PLAIN("related_party")),
    TEXT(EACH("achievements", "uid"), "成果来源标识", ID),
    TEXT(EACH("achievements", "regno"), "成果登记号", ID),
    TEXT(EACH("achievements", "share"), "份额", ID),
    TEXT(PLAIN("achievement_title"), "成果名称", TITLE),
    CODE(PLAIN("ip_kind"), "知识产权类型", CODES_IP, 0),
    TEXT(PLAIN("ip_no"), "知识产权号", NAME),
    TEXT(PLAIN("plan_kind"), "计划类别", NAME),
    TEXT(PLAIN("field"), "技术领域", NAME),
    TEXT(PLAIN("status"), "合同状态", ID),
    TEXT(PLAIN("supersedes"), "所替代的合同", ID),
};

static const struct field receipt_fields[] = {
    KIND,
    NEED(PLAIN("contract_no"), "合同登记编号", ID),
    INT(PLAIN("no"), "到账序号", 0, COUNT),
    DATE(PLAIN("received_on"), "到账日期", FIELD_REQUIRED),
    MONEY(PLAIN("amount"), "到账金额", FIELD_REQUIRED),
};

static const struct field reward_fields[] = {
    KIND,
    NEED(PLAIN("contract_no"), "合同登记编号", ID),
    INT(PLAIN("no"), "奖励序号", 0, COUNT),
    DATE(PLAIN("paid_on"), "奖励日期", FIELD_REQUIRED),
    TEXT(PLAIN("form"), "奖励形式", ID),
    MONEY(PLAIN("amount"), "奖励金额", FIELD_REQUIRED),
    INT(PLAIN("person_times"), "奖励人次", 0, COUNT),
};

static const struct field app_status_fields[] = {
    KIND, TARGET,
    DATE(PLAIN("as_of"), "截至日期", FIELD_REQUIRED),
    CODE(PLAIN("status"), "应用状态", CODES_STATUS, FIELD_REQUIRED),
    TEXT(PLAIN("scheme"), "应用状态口径", 16),
    CODE(PLAIN("reason"), "未应用或停用原因", CODES_REASON, 0),
    INT(PLAIN("units"), "应用单位数", 0, COUNT),
    TEXT(PLAIN("reporter"), "填报单位", NAME),
};

static const struct field benefit_fields[] = {
    KIND, TARGET,
    INT(PLAIN("year"), "年度", FIELD_REQUIRED, DATE_YEAR_MAX),
    TEXT(PLAIN("unit"), "单位", NAME),
    MONEY(PLAIN("self"), "自我转化收益", 0),
    MONEY(PLAIN("coop"), "合作转化收入", 0),
    MONEY(PLAIN("equity"), "技术入股股权折价", 0),
    MONEY(PLAIN("transfer"), "技术转让与许可收入", 0),
    MONEY(PLAIN("ip_transfer"), "知识产权转让收入", 0),
    MONEY(PLAIN("profit"), "净利润", FIELD_NEGATIVE_OK),
    MONEY(PLAIN("tax"), "实交税金", 0),
    MONEY(PLAIN("export"), "出口创汇", 0),
    MONEY(PLAIN("savings"), "节约资金", 0),
};

static const char *const benefit_keys[BENEFIT_COUNT] = {
    [BENEFIT_SELF] = "self",         [BENEFIT_COOP] = "coop",
    [BENEFIT_EQUITY] = "equity",     [BENEFIT_TRANSFER] = "transfer",
    [BENEFIT_IP_TRANSFER] = "ip_transfer", [BENEFIT_PROFIT] = "profit",
    [BENEFIT_TAX] = "tax",           [BENEFIT_EXPORT] = "export",
    [BENEFIT_SAVINGS] = "savings",
};

static const struct {
    const char *name;
    const struct field *fields;
    size_t n;
} kinds[KIND_COUNT] = {
    [KIND_UNKNOWN] = {"", NULL, 0},
    [KIND_REGISTRATION] = {"registration", NULL, 0},
    [KIND_COLLECTION] = {"collection", NULL, 0},
    [KIND_EVENT] = {"event", event_fields, ARRAY_LEN(event_fields)},
    [KIND_CONTRACT] = {"contract", contract_fields, ARRAY_LEN(contract_fields)},
    [KIND_RECEIPT] = {"receipt", receipt_fields, ARRAY_LEN(receipt_fields)},
    [KIND_REWARD] = {"reward", reward_fields, ARRAY_LEN(reward_fields)},
    [KIND_APP_STATUS] = {"app_status", app_status_fields, ARRAY_LEN(app_status_fields)},
    [KIND_BENEFIT] = {"benefit", benefit_fields, ARRAY_LEN(benefit_fields)},
};
/* clang-format on */

enum validate_kind validate_kind_of(const json_t *in) {
    struct str name = json_text(in, "kind");
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (str_eq_z(name, kinds[k].name)) return (enum validate_kind)k;
    return KIND_UNKNOWN;
}

const char *validate_kind_name(enum validate_kind k) {
    return k < KIND_COUNT ? kinds[k].name : "";
}

const struct field *validate_fields(enum validate_kind k, size_t *n) {
    if (k == KIND_REGISTRATION || k == KIND_COLLECTION) return field_table(n);
    *n = k < KIND_COUNT ? kinds[k].n : 0;
    return k < KIND_COUNT ? kinds[k].fields : NULL;
}

/* ------------------------------------------------------------------------ shared rules
 */

static struct place place_in(enum validate_kind kind, const char *path) {
    for (size_t i = 0; i < kinds[kind].n; i++)
        if (strcmp(kinds[kind].fields[i].path, path) == 0)
            return (struct place){&kinds[kind].fields[i], 0, -1};
    return (struct place){&kinds[kind].fields[0], 0, -1};
}

/* The fields of a row of this kind, without rules between them. */
static enum status build_row(struct build *b, enum validate_kind kind, const json_t *in) {
    const struct field *table = kinds[kind].fields;
    size_t n = kinds[kind].n;
    enum status s = build_open(b, in);
    if (s == STATUS_OK && validate_kind_of(in) != kind)
        s = build_fail(b, place_in(kind, "kind"), "应为 %s", kinds[kind].name);
    if (s == STATUS_OK && kind == KIND_APP_STATUS) {
        struct str scheme = str_trim(json_text(in, "scheme"));
        b->old_status = str_eq_z(scheme, "old");
        if (scheme.n && !b->old_status && !str_eq_z(scheme, "current"))
            s = build_fail(b, place_in(kind, "scheme"), "应为 current 或 old");
    }
    if (s == STATUS_OK) s = build_fields(b, table, n);
    return s == STATUS_OK ? build_unknown(b, table, n) : s;
}

/* The number in the form that records carry, back into the object. */
static enum status rule_number(struct build *b, json_t *object, struct place at) {
    char no[REGNO_BYTES];
    struct str raw = json_text(object, "regno");
    if (raw.n >= REGNO_BYTES)
        return build_fail(b, at, "长 %zu 字节，超过上限 %d 字节", raw.n, REGNO_BYTES - 1);
    size_t n = validate_regno(raw, no);
    return raw.n == 0 || str_eq(raw, str_slice(no, n))
               ? STATUS_OK
               : build_put(b, object, "regno", json_stringn(no, n));
}

/* uid or regno names the achievement. */
static enum status rule_target(struct build *b, enum validate_kind kind) {
    if (!json_object_get(b->out, "uid") && !json_object_get(b->out, "regno"))
        return build_fail(b, place_in(kind, "regno"),
                          "没有指明成果，请填批准登记号（regno）或来源标识（uid）");
    return rule_number(b, b->out, place_in(kind, "regno"));
}

/* Gives the row its JSON: the build lets go of it. */
static json_t *release(struct build *b) {
    json_t *json = b->out;
    b->out = NULL;
    return json;
}

/* -------------------------------------------------------------------------------- kinds
 */

enum status validate_event(const json_t *in, struct event_row *out, struct warnings *w,
                           struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    enum status s = build_row(&b, KIND_EVENT, in);
    if (s == STATUS_OK) s = rule_target(&b, KIND_EVENT);
    if (s == STATUS_OK && !json_object_get(b.out, "to") &&
        !json_object_get(b.out, "consent") && !json_object_get(b.out, "publicity"))
        s = build_fail(&b, place_in(KIND_EVENT, "to"),
                       "缺少必填项，应为 approved 等状态");
    int64_t at = 0;
    if (s == STATUS_OK) s = instant_parse(json_text(b.out, "at"), &at, err);
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct event_row){.json = j,
                                  .uid = json_text(j, "uid"),
                                  .regno = json_text(j, "regno"),
                                  .to = json_text(j, "to"),
                                  .consent = json_text(j, "consent"),
                                  .publicity = json_text(j, "publicity"),
                                  .at = at,
                                  .by = json_text(j, "by"),
                                  .opinion = json_text(j, "opinion")};
    }
    build_done(&b);
    return s;
}

/* "0.25" to units of 10^-9; 0 when it is no share. */
static int64_t share_of(struct str s) {
    int64_t v = 0;
    int decimals = -1;
    if (s.n == 0 || s.p[0] == '.' || s.p[s.n - 1] == '.') return 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (s.p[i] < '0' || s.p[i] > '9' || decimals == SHARE_DECIMALS || v > SHARE_ONE)
            return 0;
        v = v * 10 + (s.p[i] - '0');
        decimals += decimals >= 0;
    }
    for (int d = decimals < 0 ? 0 : decimals; d < SHARE_DECIMALS && v <= SHARE_ONE; d++)
        v *= 10;
    return v <= SHARE_ONE ? v : 0;
}

static enum status put_share(struct build *b, json_t *item, int64_t share) {
    char text[16];
    int n = snprintf(text, sizeof text, "%d.%09d", share == SHARE_ONE,
                     (int)(share % SHARE_ONE));
    while (n > 1 && text[n - 1] == '0') n--;
    if (text[n - 1] == '.') n--;
    return build_put(b, item, "share", json_stringn(text, (size_t)n));
}

/* Every achievement once, named, with a share; together exactly one. */
static enum status rule_shares(struct build *b, size_t *n_out,
                               struct contract_share out[VALIDATE_MAX_SHARES]) {
    struct place at = place_in(KIND_CONTRACT, "achievements[].share");
    json_t *list = json_object_get(b->out, "achievements");
    size_t n = json_array_size(list);
    int64_t sum = 0;
    *n_out = n;
    if (n > VALIDATE_MAX_SHARES)
        return build_fail(b, at, "一份合同最多对应 %d 项成果", VALIDATE_MAX_SHARES);
    for (size_t i = 0; i < n; i++) {
        json_t *item = json_array_get(list, i);
        at.i = (long)i;
        enum status s = rule_number(b, item, at);
        if (s != STATUS_OK) return s;
        struct str text = json_text(item, "share");
        int64_t share = n == 1 && text.n == 0 ? SHARE_ONE : share_of(text);
        if (share == 0)
            return build_fail(b, at,
                              "份额应为大于 0、不大于 1 的小数（字符串），如 \"0.5\"");
        s = put_share(b, item, share);
        if (s != STATUS_OK) return s;
        sum += share;
        out[i] = (struct contract_share){json_text(item, "uid"), json_text(item, "regno"),
                                         share};
        if (out[i].uid.n == 0 && out[i].regno.n == 0)
            return build_fail(b, at, "没有指明成果，请填批准登记号（regno）");
        for (size_t k = 0; k < i; k++)
            if (str_eq(out[k].uid, out[i].uid) && str_eq(out[k].regno, out[i].regno))
                return build_fail(b, at, "同一成果列了两次");
    }
    if (n > 0 && sum != SHARE_ONE) {
        at.i = 0;
        return build_fail(b, at, "各项份额之和应为 1，现为 %.9g",
                          (double)sum / (double)SHARE_ONE);
    }
    return STATUS_OK;
}

static enum status rule_contract_status(struct build *b, bool *voided) {
    struct str s = json_text(b->out, "status");
    *voided = str_eq_z(s, "void") || str_eq_z(s, "作废");
    if (!*voided && s.n && !str_eq_z(s, "valid") && !str_eq_z(s, "有效"))
        return build_fail(b, place_in(KIND_CONTRACT, "status"),
                          "应为 valid（有效）或 void（作废）");
    return build_put(b, b->out, "status", json_string(*voided ? "void" : "valid"));
}

static struct party party_of(const json_t *contract, const char *which) {
    const json_t *p = json_object_get(contract, which);
    return (struct party){json_text(p, "name"), json_text(p, "uscc"),
                          json_text(p, "type"), json_text(p, "size"),
                          json_text(p, "region")};
}

enum status validate_contract(const json_t *in, struct contract_row *out,
                              struct warnings *w, struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    struct contract_share share[VALIDATE_MAX_SHARES];
    size_t nshares = 0;
    bool voided = false;
    enum status s = build_row(&b, KIND_CONTRACT, in);
    if (s == STATUS_OK) s = rule_shares(&b, &nshares, share);
    if (s == STATUS_OK) s = rule_contract_status(&b, &voided);
    int64_t total = json_amount(b.out, "amount_total"),
            tech = json_amount(b.out, "amount_tech");
    if (s == STATUS_OK && tech != AMOUNT_NONE && tech > total)
        s = build_fail(&b, place_in(KIND_CONTRACT, "amount_tech"),
                       "技术交易额不应大于成交金额");
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct contract_row){.json = j,
                                     .contract_no = json_text(j, "contract_no"),
                                     .type = json_text(j, "type"),
                                     .ip_kind = json_text(j, "ip_kind"),
                                     .field = json_text(j, "field"),
                                     .supersedes = json_text(j, "supersedes"),
                                     .voided = voided,
                                     .signed_on = json_date(j, "signed_on"),
                                     .amount_total = total,
                                     .amount_tech = tech,
                                     .seller = party_of(j, "seller"),
                                     .buyer = party_of(j, "buyer"),
                                     .nshares = nshares};
        memcpy(out->share, share, nshares * sizeof share[0]);
    }
    build_done(&b);
    return s;
}

enum status validate_receipt(const json_t *in, struct receipt_row *out,
                             struct warnings *w, struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    enum status s = build_row(&b, KIND_RECEIPT, in);
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct receipt_row){.json = j,
                                    .contract_no = json_text(j, "contract_no"),
                                    .no = json_count(j, "no"),
                                    .received_on = json_date(j, "received_on"),
                                    .amount = json_amount(j, "amount")};
    }
    build_done(&b);
    return s;
}

enum status validate_reward(const json_t *in, struct reward_row *out, struct warnings *w,
                            struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    enum status s = build_row(&b, KIND_REWARD, in);
    struct str form = json_text(b.out, "form");
    if (s == STATUS_OK && form.n && !str_eq_z(form, "现金") && !str_eq_z(form, "股权") &&
        !str_eq_z(form, "其他"))
        s = build_fail(&b, place_in(KIND_REWARD, "form"), "应为现金、股权或其他");
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct reward_row){.json = j,
                                   .contract_no = json_text(j, "contract_no"),
                                   .form = json_text(j, "form"),
                                   .no = json_count(j, "no"),
                                   .paid_on = json_date(j, "paid_on"),
                                   .amount = json_amount(j, "amount"),
                                   .person_times = json_count(j, "person_times")};
    }
    build_done(&b);
    return s;
}

enum status validate_app_status(const json_t *in, struct app_status_row *out,
                                struct warnings *w, struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    enum status s = build_row(&b, KIND_APP_STATUS, in);
    if (s == STATUS_OK) s = rule_target(&b, KIND_APP_STATUS);
    if (s == STATUS_OK) {
        bool old = str_starts(json_text(b.out, "status"), str_of("old:"));
        s = build_put(&b, b.out, "scheme", json_string(old ? "old" : "current"));
    }
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct app_status_row){.json = j,
                                       .uid = json_text(j, "uid"),
                                       .regno = json_text(j, "regno"),
                                       .status = json_text(j, "status"),
                                       .reason = json_text(j, "reason"),
                                       .as_of = json_date(j, "as_of"),
                                       .units = json_count(j, "units")};
    }
    build_done(&b);
    return s;
}

enum status validate_benefit(const json_t *in, struct benefit_row *out,
                             struct warnings *w, struct err *err) {
    struct build b = {.category = FOR_ANY, .w = w, .err = err};
    enum status s = build_row(&b, KIND_BENEFIT, in);
    if (s == STATUS_OK) s = rule_target(&b, KIND_BENEFIT);
    bool any = false;
    for (size_t i = 0; i < BENEFIT_COUNT; i++)
        any |= json_object_get(b.out, benefit_keys[i]) != NULL;
    if (s == STATUS_OK && !any)
        s = build_fail(&b, place_in(KIND_BENEFIT, "self"), "没有任何效益金额");
    if (s == STATUS_OK) s = build_finish(&b);
    if (s == STATUS_OK) {
        json_t *j = release(&b);
        *out = (struct benefit_row){.json = j,
                                    .uid = json_text(j, "uid"),
                                    .regno = json_text(j, "regno"),
                                    .year = (int)json_count(j, "year")};
        for (size_t i = 0; i < BENEFIT_COUNT; i++)
            out->amount[i] = json_amount(j, benefit_keys[i]);
    }
    build_done(&b);
    return s;
}
