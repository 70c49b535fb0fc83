/* validate_registration.c - registrations and collections: the rules that no single field
 * can state. See validate.h. */
#include "core/date.h"
#include "core/uscc.h"
#include "core/utf8.h"
#include "indexer/validate_engine.h"
#include "indexer/validate_value.h"

static struct place place_of(const char *path) {
    return (struct place){field_by_path(str_of(path)), 0, -1};
}

/* ------------------------------------------------------------------ registration number
 */

/* Removes blanks and hyphens, full-width to half-width, upper case. */
static size_t squeeze(struct str raw, char out[REGNO_BYTES]) {
    if (raw.n == 0) return 0; /* its pointer may be NULL */
    const char *p = raw.p, *end = raw.p + raw.n;
    size_t n = 0;
    while (p < end) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp <= ' ' || cp == 0xA0 || cp == 0x3000 || cp == '-' || cp == 0xAD ||
            (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
            continue;
        if (cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
        if (n + 5 > REGNO_BYTES) return 0;
        n += utf8_put(cp, out + n);
    }
    return n;
}

/* 3 digits, year 19xx or 20xx, Y J R, serial of 4..6 digits. */
static bool is_current_form(const char *z, size_t n) {
    if (n < 12 || n > 14 || (z[7] != 'Y' && z[7] != 'J' && z[7] != 'R')) return false;
    for (size_t i = 0; i < n; i++)
        if (i != 7 && (z[i] < '0' || z[i] > '9')) return false;
    return (z[3] == '1' && z[4] == '9') || (z[3] == '2' && z[4] == '0');
}

size_t validate_regno(struct str raw, char out[REGNO_BYTES]) {
    size_t n = squeeze(raw, out);
    if (!is_current_form(out, n)) {
        raw = str_trim(raw);
        n = utf8_clip(raw, REGNO_BYTES - 1);
        if (n) memmove(out, raw.p, n);
    }
    out[n] = 0;
    return n;
}

static enum status rule_regno(struct build *b) {
    char no[REGNO_BYTES] = "";
    struct str raw = json_text(b->out, "regno");
    if (raw.n == 0) return STATUS_OK;
    if (raw.n >= REGNO_BYTES)
        return build_fail(b, place_of("regno"), "长 %zu 字节，超过上限 %d 字节", raw.n,
                          REGNO_BYTES - 1);
    size_t n = validate_regno(raw, no);
    if (is_current_form(no, n) && b->category != FOR_C) {
        char want = b->category == FOR_A ? 'Y' : b->category == FOR_B ? 'J' : 'R';
        if (no[7] != want)
            warnings_add(b->w, W_REGNO_LETTER, "regno",
                         "%s 的字母与成果类别不符，应为 %c", no, want);
        if (n > 12) warnings_add(b->w, W_SERIAL, "regno", "%s 的流水号超过 4 位", no);
    }
    return str_eq(raw, str_slice(no, n))
               ? STATUS_OK
               : build_put(b, b->out, "regno", json_stringn(no, n));
}

/* --------------------------------------------------------------------------- other rules
 */

static enum status rule_uscc(struct build *b, json_t *unit, const char *path) {
    char code[REGNO_BYTES];
    struct str raw = json_text(unit, "uscc");
    if (raw.n == 0) return STATUS_OK;
    size_t n = squeeze(raw, code);
    struct str squeezed = n ? str_slice(code, n) : raw;
    if (!uscc_is_valid(squeezed))
        warnings_add(b->w, W_USCC, path, "统一社会信用代码的校验位不符");
    return str_eq(raw, squeezed)
               ? STATUS_OK
               : build_put(b, unit, "uscc", json_stringn(squeezed.p, squeezed.n));
}

static enum status rule_units(struct build *b) {
    char path[PLACE_BYTES];
    json_t *units = json_object_get(b->out, "units"), *item;
    size_t i, n = json_array_size(units);
    enum status s = STATUS_OK;
    json_array_foreach(units, i, item) {
        snprintf(path, sizeof path, "units[%zu].uscc", i);
        if (s == STATUS_OK) s = rule_uscc(b, item, path);
    }
    if (s == STATUS_OK) s = rule_uscc(b, json_object_get(b->out, "owner"), "owner.uscc");
    json_array_foreach(json_object_get(b->out, "people"), i, item) {
        int64_t unit = json_count(item, "unit");
        if (s == STATUS_OK && json_object_get(item, "unit") &&
            (unit < 1 || unit > (int64_t)n)) {
            struct place at = {field_by_path(str_of("people[].unit")), (long)i, -1};
            s = build_fail(b, at, "没有第 %lld 个完成单位，应为 1 到 %zu",
                           (long long)unit, n);
        }
    }
    return s;
}

/* The scheme that the application labels were read with. */
static enum status rule_scheme(struct build *b) {
    json_t *application = json_object_get(b->out, "application");
    struct str status = json_text(application, "status");
    if (status.n == 0) return STATUS_OK;
    bool old = str_starts(status, str_of("old:")) || b->old_status;
    return build_put(b, application, "scheme", json_string(old ? "old" : "current"));
}

/* Reads application.scheme before the labels are. */
static enum status read_scheme(struct build *b) {
    const json_t *application = json_object_get(b->in, "application");
    const json_t *scheme = json_object_get(application, "scheme");
    if (!scheme || json_is_null(scheme)) return STATUS_OK;
    struct str s = str_trim(json_text(application, "scheme"));
    b->old_status = str_eq_z(s, "old");
    if (s.n == 0 || b->old_status || str_eq_z(s, "current")) return STATUS_OK;
    return build_fail(b, place_of("application.scheme"), "应为 current 或 old");
}

static enum status default_text(struct build *b, const char *key, const char *value) {
    if (!value || json_object_get(b->out, key)) return STATUS_OK;
    return build_put(b, b->out, key, json_string(value));
}

static enum status rule_defaults(struct build *b, const struct validate_options *opt) {
    bool issued =
        json_object_get(b->out, "regno") &&
        (json_object_get(b->out, "approved_on") || json_object_get(b->out, "stat_year"));
    const char *state = opt->state ? opt->state : issued ? "approved" : "submitted";
    enum status s = default_text(b, "state", state);
    if (s == STATUS_OK)
        s = default_text(b, "consent", opt->consent ? opt->consent : "unknown");
    if (s == STATUS_OK) s = default_text(b, "publicity", "none");
    if (s == STATUS_OK) s = default_text(b, "registry", opt->registry);
    if (s == STATUS_OK && str_eq_z(json_text(b->out, "state"), "approved") &&
        !json_object_get(b->out, "approved_on") && !json_object_get(b->out, "stat_year"))
        s = build_fail(b, place_of("approved_on"),
                       "已批复的成果须有批准登记日期或统计年度");
    return s;
}

static enum status rule_year(struct build *b, const struct validate_options *opt) {
    int32_t achieved = json_date(b->out, "achieved_on"),
            approved = json_date(b->out, "approved_on");
    int64_t given = json_count(b->out, "stat_year");
    int window = 0;
    bool known =
        achieved && opt->window &&
        opt->window(opt->window_arg, json_text(b->out, "registry"), achieved, &window);
    if (given > 0) {
        if (known && window != given)
            warnings_add(b->w, W_WINDOW, "stat_year",
                         "统计年度 %lld 与取得日期所在的登记年度 %d 不符",
                         (long long)given, window);
        return STATUS_OK;
    }
    int year = known ? window : date_year(approved);
    return year ? build_put(b, b->out, "stat_year", json_integer(year)) : STATUS_OK;
}

/* Submitted (failing that, approved) later than the window or the registry's rule allows.
 */
static void rule_due(struct build *b, const struct validate_options *opt) {
    int32_t on = json_date(b->out, "submitted_on");
    const char *field = on ? "submitted_on" : "approved_on";
    if (!on) on = json_date(b->out, field);
    if (!on || !opt->due) return;
    int64_t year = json_count(b->out, "stat_year");
    int32_t due = opt->due(opt->window_arg, json_text(b->out, "registry"),
                           year > 0 ? (int)year : 0, json_date(b->out, "achieved_on"));
    if (!due || on <= due) return;
    char a[DATE_TEXT], z[DATE_TEXT];
    warnings_add(b->w, W_OVERDUE, field, "%s 晚于登记期限 %s", date_text(on, a),
                 date_text(due, z));
}

static void rule_dates(struct build *b) {
    int32_t from = json_date(b->out, "research_from"),
            to = json_date(b->out, "research_to");
    if (from && to && from > to && from / 100 != to / 100)
        warnings_add(b->w, W_DATES, "research_to", "研究终止日期早于起始日期");
}

/* ------------------------------------------------------------------------------ the
 * whole */

static enum status no_category(struct build *b, const char *text) {
    return build_fail(b, place_of("category"), "%s", text);
}

static enum status read_category(struct build *b, const struct validate_options *opt) {
    json_t *v = json_object_get(b->in, "category");
    struct str raw = json_is_string(v) ? str_trim(json_text(b->in, "category"))
                                       : str_of(opt->category);
    if (v && !json_is_null(v) && !json_is_string(v))
        return no_category(b, "应为代码或名称（字符串）");
    if (raw.n == 0) raw = str_of(opt->category);
    struct str code = codes_resolve(CODES_CATEGORY, raw);
    if (raw.n == 0)
        return no_category(
            b, "缺少必填项，应为 A 应用技术成果、B 基础理论成果或 S 软科学成果");
    if (!codes_has(CODES_CATEGORY, code))
        return no_category(b, "应为 A 应用技术成果、B 基础理论成果或 S 软科学成果");
    b->category = code.p[0] == 'A' ? FOR_A : code.p[0] == 'B' ? FOR_B : FOR_S;
    return STATUS_OK;
}

/* A collection's own lists stand apart: category, level, field (hitech) and period at the
 * top of the line move under `collection`, in a copy of the input that shares its values.
 */
static json_t *collection_input(const json_t *in) {
    static const struct {
        const char *from, *to;
    } moves[] = {{"category", "category"},
                 {"level", "level"},
                 {"field", "field"},
                 {"hitech", "field"},
                 {"period", "period"}};
    json_t *copy = json_copy((json_t *)(uintptr_t)in);
    json_t *have = json_object_get(in, "collection");
    if (!copy || (have && !json_is_object(have) && !json_is_null(have)))
        return copy; /* the engine names the fault */
    json_t *own = json_is_object(have) ? json_copy(have) : json_object();
    for (size_t i = 0; own && i < ARRAY_LEN(moves); i++) {
        json_t *v = json_object_get(copy, moves[i].from);
        if (!v || json_object_get(own, moves[i].to)) continue;
        if (json_object_set(own, moves[i].to, v) != 0 ||
            json_object_del(copy, moves[i].from) != 0) {
            json_decref(own);
            own = NULL;
        }
    }
    if (!own || json_object_set_new(copy, "collection", own) != 0) {
        json_decref(copy);
        return NULL;
    }
    return copy;
}

static enum status check_secrecy(struct build *b, const struct validate_options *opt) {
    const json_t *v = json_object_get(b->in, "secrecy");
    bool said = v && !json_is_null(v) &&
                !(json_is_string(v) && str_trim(json_text(b->in, "secrecy")).n == 0);
    if (said || opt->declared_open) /* what is said was found open by build_open */
        return STATUS_OK;
    err_set(b->err, STATUS_INVALID, "E_CLASSIFIED",
            "没有填写密级（secrecy），按涉密处理，未保存任何内容；请填“非密”，"
            "或使用声明了非密的样式");
    err_place(b->err, NULL, 0, "secrecy");
    return STATUS_INVALID;
}

static enum status build_record(struct build *b, const struct validate_options *opt) {
    size_t n;
    const struct field *table = field_table(&n);
    enum status s = check_secrecy(b, opt);
    if (s == STATUS_OK && b->category != FOR_C) s = read_category(b, opt);
    if (s == STATUS_OK) s = read_scheme(b);
    /* Required, and possibly declared by the source: present before the check. */
    if (s == STATUS_OK) s = build_put(b, b->out, "secrecy", json_string("非密"));
    if (s == STATUS_OK && b->category != FOR_C)
        s = build_put(b, b->out, "category",
                      json_string(b->category == FOR_A   ? "A"
                                  : b->category == FOR_B ? "B"
                                                         : "S"));
    if (s == STATUS_OK) s = build_fields(b, table, n);
    if (s == STATUS_OK) s = build_unknown(b, table, n);
    if (s == STATUS_OK) s = rule_regno(b);
    if (s == STATUS_OK) s = rule_units(b);
    if (s == STATUS_OK) s = rule_scheme(b);
    if (s == STATUS_OK) s = rule_defaults(b, opt);
    if (s == STATUS_OK) s = rule_year(b, opt);
    if (s == STATUS_OK) rule_due(b, opt);
    if (s == STATUS_OK) rule_dates(b);
    return s == STATUS_OK ? build_finish(b) : s;
}

enum status validate_registration(const json_t *in, const struct validate_options *opt,
                                  struct record *out, struct warnings *w,
                                  struct err *err) {
    static const struct validate_options nothing_declared = {0};
    struct build b = {.w = w, .err = err};
    json_t *own = NULL;
    enum validate_kind kind = validate_kind_of(in);
    enum status s = build_open(&b, in);
    if (s == STATUS_OK && kind != KIND_REGISTRATION && kind != KIND_COLLECTION)
        s = build_fail(&b, place_of("kind"), "应为 registration 或 collection");
    if (s == STATUS_OK) {
        b.category = kind == KIND_COLLECTION ? FOR_C : 0;
        if (kind == KIND_COLLECTION && !(own = collection_input(in)))
            s = build_nomem(&b);
        else if (own)
            b.in = own;
    }
    if (s == STATUS_OK) s = build_record(&b, opt ? opt : &nothing_declared);
    if (s == STATUS_OK) s = record_of(b.out, out, err);
    build_done(&b);
    json_decref(own);
    return s;
}
