/* validate_value.c - see validate_value.h. */
#include "indexer/lifecycle.h"
#include "indexer/validate_value.h"

#include "core/date.h"
#include "core/money.h"
#include "core/text.h"
#include "core/utf8.h"

#define SHOWN_BYTES 60      /* of a refused value, in a sentence */
#define LINES_FROM 20000    /* texts that may be this long keep their line ends */
#define ENTRY_BYTES 600     /* of a text in a list, a raw label, a loose code */
#define MONEY_KEY_BYTES 60  /* of a kind in a money map */
#define NO_LIMIT UINT32_MAX /* of an integer field: any that JSON can hold */

static struct str text_of(const json_t *v) {
    return str_slice(json_string_value(v), json_string_length(v));
}

static int shown(struct str s) {
    return (int)utf8_clip(s, SHOWN_BYTES);
}

enum status value_keep(struct build *b, const char *path, const json_t *v) {
    if (++b->kept > VALIDATE_MAX_EXTRA) {
        err_set(b->err, STATUS_INVALID, "E_FIELD",
                "未知字段超过 %d 个，请对照格式说明检查字段名", VALIDATE_MAX_EXTRA);
        return STATUS_INVALID;
    }
    if (!b->extra && !(b->extra = json_object())) return build_nomem(b);
    return build_put(b, b->extra, path, json_deep_copy(v));
}

/* ---------------------------------------------------------------------------- text */

/* Is there nothing to clean? */
static bool is_clean(struct str s, bool lines) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < ' ' && !(lines && c == '\n')) return false;
        if (c == 0x7F || (c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0))
            return false;
    }
    return str_trim(s).n == s.n;
}

/* Cleans s into b->text; tells whether a control character was replaced. */
static bool clean(struct build *b, struct str s, bool lines) {
    bool replaced = false;
    const char *p = s.p, *end = s.p + s.n;
    buf_clear(&b->text);
    while (p < end) {
        uint32_t cp;
        const char *start = p;
        p = utf8_next(p, end, &cp);
        if (cp == '\r' && p < end && *p == '\n') continue;
        if (lines && (cp == '\r' || cp == '\n')) {
            buf_add_char(&b->text, '\n');
        } else if (cp < ' ' || (cp >= 0x7F && cp < 0xA0)) {
            replaced |= cp != '\t' && cp != '\n' && cp != '\r';
            buf_add_char(&b->text, ' ');
        } else {
            buf_add(&b->text, start, (size_t)(p - start));
        }
    }
    return replaced;
}

static enum status text_value(struct build *b, struct place at, const json_t *v,
                              size_t max, uint32_t printed, json_t **out) {
    char path[PLACE_BYTES];
    if (!json_is_string(v)) return build_fail(b, at, "应为字符串");
    struct str s = text_of(v);
    bool lines = max >= LINES_FROM;
    bool same = is_clean(s, lines);
    if (!same) {
        if (clean(b, s, lines))
            warnings_add(b->w, W_CONTROL, place_text(at, path),
                         "含有控制字符，已替换为空格");
        if (b->text.failed) return build_nomem(b);
        s = str_trim(buf_str(&b->text));
    }
    if (s.n > max)
        return build_fail(b, at, "长 %zu 字节，超过上限 %zu 字节，请删减", s.n, max);
    if (!text_is_bounded(s))
        return build_fail(b, at, "连续的组合字符超过 %d 个，像是乱码，请核对",
                          TEXT_MAX_CLUSTER);
    if (printed && s.n > printed && utf8_length(s) > printed)
        warnings_add(b->w, W_LENGTH, place_text(at, path), "共 %zu 字，登记表限 %u 字",
                     utf8_length(s), printed);
    if (s.n == 0) return *out = NULL, STATUS_OK;
    *out = same ? value_share(v) : json_stringn(s.p, s.n);
    return *out ? STATUS_OK : build_nomem(b);
}

/* ----------------------------------------------------------------------------- codes */

/* A value outside the list is refused: of life-cycle lists, and where rows need it. */
static bool is_closed(const struct field *f) {
    enum code_list list = f->list;
    return (f->flags & FIELD_REQUIRED) || list == CODES_CATEGORY || list == CODES_STATE ||
           list == CODES_CONSENT || list == CODES_PUBLICITY || list == CODES_SECRECY;
}

static enum status unknown_label(struct build *b, struct place at, struct str raw,
                                 json_t **out) {
    char path[PLACE_BYTES];
    enum code_list list = at.f->list;
    if (is_closed(at.f))
        return build_fail(b, at, "“%.*s”不是%s的代码或名称，应为“%s”等", shown(raw),
                          raw.p, at.f->zh, codes_label(list, str_of(codes_at(list, 0))));
    warnings_add(b->w, W_LABEL, place_text(at, path), "“%.*s”不在代码表中，按“其他”登记",
                 shown(raw), raw.p);
    if (++b->kept > VALIDATE_MAX_EXTRA)
        return build_fail(b, at, "代码表以外的取值超过 %d 个", VALIDATE_MAX_EXTRA);
    if (!b->other && !(b->other = json_object())) return build_nomem(b);
    enum status s =
        build_put(b, b->other, place_text(at, path), json_stringn(raw.p, raw.n));
    if (s != STATUS_OK) return s;
    struct str other = codes_resolve(list, str_of("其他"));
    *out = json_stringn(other.p, other.n);
    return *out ? STATUS_OK : build_nomem(b);
}

/* An industry without its letter that is not listed: "0610" is B0610. */
static struct str with_letter(struct str code, char out[8]) {
    struct str up = codes_parent(CODES_INDUSTRY, code);
    if (code.n < 1 || code.n > 4 || code.p[0] > '9' || up.n == 0) return code;
    out[0] = up.p[0];
    memcpy(out + 1, code.p, code.n);
    return str_slice(out, code.n + 1);
}

static enum status code_value(struct build *b, struct place at, const json_t *v,
                              json_t **out) {
    char number[24], letter[8], old[CODES_MAX_BYTES + 8];
    enum code_list list = at.f->list;
    struct str raw;
    if (json_is_string(v)) {
        raw = str_trim(text_of(v));
    } else if (json_is_integer(v)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        raw = str_of(number);
    } else {
        return build_fail(b, at, "应为代码或名称（字符串）");
    }
    if (!is_clean(raw, false)) {
        clean(b, raw, false);
        if (b->text.failed) return build_nomem(b);
        raw = str_trim(buf_str(&b->text));
    }
    if (raw.n > ENTRY_BYTES)
        return build_fail(b, at, "长 %zu 字节，超过上限 %d 字节", raw.n, ENTRY_BYTES);
    struct str code = {NULL, 0};
    if (list == CODES_STATUS && b->old_status && !str_starts(raw, str_of("old:")) &&
        raw.n > 0 && raw.n < CODES_MAX_BYTES) {
        int n = snprintf(old, sizeof old, "old:%.*s", (int)raw.n, raw.p);
        code = codes_resolve(list, str_slice(old, (size_t)n));
    } else {
        code = codes_resolve(list, raw);
        /* The facet's own value for a number whose paper is pending is no state to enter.
         */
        if (list == CODES_STATE && lifecycle_state(code) == LIFE_NONE) code.n = 0;
    }
    if (str_eq_z(code, "none") && (list == CODES_CONCLUSION || !codes_has(list, code)))
        return *out = NULL, STATUS_OK;
    if (code.n == 0 && (at.f->flags & FIELD_LOOSE)) code = raw;
    if (code.n == 0 || (is_closed(at.f) && !codes_has(list, code)))
        return unknown_label(b, at, raw, out);
    if (list == CODES_INDUSTRY) code = with_letter(code, letter);
    *out = json_is_string(v) && str_eq(code, text_of(v)) ? value_share(v)
                                                         : json_stringn(code.p, code.n);
    return *out ? STATUS_OK : build_nomem(b);
}

/* ------------------------------------------------------------------- dates and numbers
 */

static enum status date_value(struct build *b, struct place at, const json_t *v,
                              json_t **out) {
    int32_t d;
    struct err why = {0};
    if (!json_is_string(v))
        return build_fail(b, at, "应为日期字符串，如 2025-06-30 或 2025-06");
    struct str s = str_trim(text_of(v));
    if (s.n == 0) return *out = NULL, STATUS_OK;
    if (date_parse(s, &d, &why) != STATUS_OK) return build_fail(b, at, "%s", why.text);
    *out = s.n == json_string_length(v) ? value_share(v) : json_stringn(s.p, s.n);
    return *out ? STATUS_OK : build_nomem(b);
}

static enum status instant_value(struct build *b, struct place at, const json_t *v,
                                 json_t **out) {
    int64_t t;
    char text[INSTANT_TEXT];
    struct err why = {0};
    if (!json_is_string(v))
        return build_fail(b, at, "应为时间字符串，如 2025-11-03T10:12:00+08:00");
    struct str s = str_trim(text_of(v));
    if (s.n == 0) return *out = NULL, STATUS_OK;
    if (instant_parse(s, &t, &why) != STATUS_OK) return build_fail(b, at, "%s", why.text);
    *out = json_string(instant_text(t, text));
    return *out ? STATUS_OK : build_nomem(b);
}

static enum status money_value(struct build *b, struct place at, const json_t *v,
                               json_t **out) {
    char text[MONEY_TEXT], unit[16] = "元";
    int64_t fen;
    struct err why = {0};
    const json_t *amount = v;
    if (json_is_number(v))
        return build_fail(b, at, "金额不能写成 JSON 数字，应为字符串，如 \"2000000.00\"");
    if (json_is_object(v)) {
        amount = json_object_get(v, "value");
        struct str u = str_trim(json_text(v, "unit"));
        if (json_object_size(v) != 2 || !json_is_string(amount) || u.n == 0 ||
            u.n >= sizeof unit)
            return build_fail(
                b, at,
                "金额应写成 {\"value\":\"125\",\"unit\":\"万元\"}，两项都是字符串");
        memcpy(unit, u.p, u.n);
        unit[u.n] = 0;
    }
    if (!json_is_string(amount))
        return build_fail(b, at, "金额应为字符串，如 \"2000000.00\"");
    struct str s = str_trim(text_of(amount));
    if (s.n == 0) return *out = NULL, STATUS_OK;
    if (money_parse(s, unit, &fen, &why) != STATUS_OK)
        return build_fail(b, at, "%s", why.text);
    if (fen < 0 && !(at.f->flags & FIELD_NEGATIVE_OK))
        return build_fail(b, at, "不能为负数");
    money_text(fen, text);
    *out = str_eq_z(text_of(amount), text) && amount == v ? value_share(v)
                                                          : json_string(text);
    return *out ? STATUS_OK : build_nomem(b);
}

static enum status bool_value(struct build *b, struct place at, const json_t *v,
                              json_t **out) {
    if (json_is_boolean(v)) return *out = value_share(v), STATUS_OK;
    struct str code = {NULL, 0};
    if (json_is_string(v)) code = codes_resolve(CODES_YESNO, text_of(v));
    if (str_eq_z(code, "none")) return *out = NULL, STATUS_OK;
    if (!codes_has(CODES_YESNO, code))
        return build_fail(b, at, "应为 true、false 或 null");
    *out = json_boolean(str_eq_z(code, "yes"));
    return STATUS_OK;
}

static enum status int_value(struct build *b, struct place at, const json_t *v,
                             json_t **out) {
    if (json_is_string(v))
        return build_fail(b, at, "应为整数，不是“%.*s”", shown(text_of(v)),
                          json_string_value(v));
    if (!json_is_integer(v)) return build_fail(b, at, "应为整数");
    json_int_t n = json_integer_value(v),
               min = at.f->max == DATE_YEAR_MAX ? DATE_YEAR_MIN : 0;
    if (n < min || (at.f->max != NO_LIMIT && n > (json_int_t)at.f->max))
        return build_fail(
            b, at, "%" JSON_INTEGER_FORMAT " 不在 %" JSON_INTEGER_FORMAT " 到 %u 之间", n,
            min, at.f->max);
    *out = value_share(v);
    return STATUS_OK;
}

/* ----------------------------------------------------------------------------- lists */

static bool holds(const json_t *list, const json_t *v) {
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        if (json_equal(item, v)) return true;
    }
    return false;
}

static enum status list_value(struct build *b, struct place at, const json_t *v,
                              json_t **out) {
    if (!json_is_array(v)) return build_fail(b, at, "应为数组，如 [\"…\"]");
    size_t n = json_array_size(v);
    if (n > at.f->max)
        return build_fail(b, at, "共 %zu 项，超过上限 %u 项", n, at.f->max);
    json_t *made = json_array();
    enum status s = made ? STATUS_OK : build_nomem(b);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        const json_t *item = json_array_get(v, i);
        json_t *value = NULL;
        at.k = (long)i;
        if (json_is_null(item)) continue;
        s = at.f->type == FIELD_CODE_LIST
                ? code_value(b, at, item, &value)
                : text_value(b, at, item, ENTRY_BYTES, 0, &value);
        if (s != STATUS_OK || !value) continue;
        if (holds(made, value))
            json_decref(value);
        else if (json_array_append_new(made, value) != 0)
            s = build_nomem(b);
    }
    if (s != STATUS_OK || json_array_size(made) == 0) {
        json_decref(made);
        made = NULL;
    }
    if (s == STATUS_OK) *out = made;
    return s;
}

static enum status money_map_value(struct build *b, struct place at, const json_t *v,
                                   json_t **out) {
    const char *key;
    json_t *item;
    if (!json_is_object(v))
        return build_fail(b, at, "应为对象，如 {\"自有资金\":\"1500000.00\"}");
    if (json_object_size(v) > at.f->max)
        return build_fail(b, at, "共 %zu 项，超过上限 %u 项", json_object_size(v),
                          at.f->max);
    json_t *made = json_object();
    enum status s = made ? STATUS_OK : build_nomem(b);
    json_object_foreach((json_t *)(uintptr_t)v, key, item) {
        json_t *value = NULL;
        if (s != STATUS_OK || json_is_null(item)) continue;
        struct str k = str_of(key);
        if (k.n == 0 || k.n > MONEY_KEY_BYTES || !is_clean(k, false))
            s = build_fail(b, at, "资金种类“%.*s”应为 1 到 %d 字节的文字", shown(k), k.p,
                           MONEY_KEY_BYTES);
        else
            s = money_value(b, at, item, &value);
        if (s == STATUS_OK && value) s = build_put(b, made, key, value);
    }
    if (s != STATUS_OK || json_object_size(made) == 0) {
        json_decref(made);
        made = NULL;
    }
    if (s == STATUS_OK) *out = made;
    return s;
}

enum status value_canonical(struct build *b, struct place at, const json_t *v,
                            json_t **out) {
    if (json_is_null(v)) return *out = NULL, STATUS_OK;
    switch (at.f->type) {
        case FIELD_TEXT:
            return text_value(b, at, v, at.f->max, at.f->printed, out);
        case FIELD_CODE:
            return code_value(b, at, v, out);
        case FIELD_TEXT_LIST:
        case FIELD_CODE_LIST:
            return list_value(b, at, v, out);
        case FIELD_DATE:
            return date_value(b, at, v, out);
        case FIELD_INSTANT:
            return instant_value(b, at, v, out);
        case FIELD_MONEY:
            return money_value(b, at, v, out);
        case FIELD_BOOL:
            return bool_value(b, at, v, out);
        case FIELD_INT:
            return int_value(b, at, v, out);
        case FIELD_MONEY_MAP:
            return money_map_value(b, at, v, out);
    }
    return err_set(b->err, STATUS_INTERNAL, NULL, "字段 %s 没有类型", at.f->path);
}
