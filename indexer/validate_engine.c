/* validate_engine.c - see validate_engine.h. */
#include "indexer/validate_engine.h"

#include "core/date.h"
#include "core/money.h"
#include "core/utf8.h"
#include "indexer/validate_value.h"

#include <stdarg.h>
#include <stdio.h>

#define KEY_BYTES 200    /* of a key that no field table knows */
#define PATH_BYTES 320   /* of such a key with its place */
#define LIST_OBJECTS 500 /* objects in one list: units, people, ip … */
#define TEXT_BYTES ((size_t)1 << 20)

static struct str text_of(const json_t *v) {
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice(NULL, 0);
}

/* --------------------------------------------------------------------------- errors */

const char *place_text(struct place at, char out[PLACE_BYTES]) {
    const struct field *f = at.f;
    char entry[24] = "";
    if (at.k >= 0) snprintf(entry, sizeof entry, "[%ld]", at.k);
    if (f->shape == FIELD_EACH && at.i >= 0)
        snprintf(out, PLACE_BYTES, "%s[%ld].%s%s", f->outer, at.i, f->key, entry);
    else
        snprintf(out, PLACE_BYTES, "%s%s", f->path, entry);
    return out;
}

enum status build_fail(struct build *b, struct place at, const char *fmt, ...) {
    char path[PLACE_BYTES], text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    text[utf8_bad_at(str_of(text))] = 0;
    place_text(at, path);
    err_set(b->err, STATUS_INVALID, "E_FIELD", "%s（%s）：%s", at.f->zh, path, text);
    err_place(b->err, NULL, 0, path);
    return STATUS_INVALID;
}

/* E_FIELD of something that is no field of the table. */
static enum status fail_at(struct build *b, const char *path, const char *text) {
    err_set(b->err, STATUS_INVALID, "E_FIELD", "%s：%s", path && path[0] ? path : "整行",
            text);
    err_place(b->err, NULL, 0, path);
    return STATUS_INVALID;
}

enum status build_nomem(struct build *b) {
    return err_set(b->err, STATUS_NOMEM, NULL, "校验：内存不足");
}

enum status build_put(struct build *b, json_t *object, const char *key, json_t *value) {
    return value && json_object_set_new_nocheck(object, key, value) == 0 ? STATUS_OK
                                                                         : build_nomem(b);
}

/* --------------------------------------------------------------------------- opening */

bool build_is_open(const json_t *v) {
    return json_is_string(v) &&
           str_eq_z(codes_resolve(CODES_SECRECY, text_of(v)), "非密");
}

/* Nothing said: not a declaration. */
static bool is_silent(const json_t *v) {
    return json_is_null(v) || (json_is_string(v) && str_trim(text_of(v)).n == 0);
}

static bool is_secrecy_key(const char *key) {
    return strcmp(key, "secrecy") == 0 || strcmp(key, "密级") == 0 ||
           strcmp(key, "成果密级") == 0;
}

/* One walk over the whole input: its depth, its size, and classified rows. */
struct survey {
    size_t nodes;
    bool deep, classified;
};

static void survey(const json_t *v, int depth, struct survey *s) {
    size_t i;
    json_t *item;
    const char *key;
    s->nodes++;
    if (!json_is_object(v) && !json_is_array(v)) return;
    if (depth > VALIDATE_MAX_DEPTH) {
        s->deep = true;
        return;
    }
    if (json_is_array(v)) {
        json_array_foreach(v, i, item) survey(item, depth + 1, s);
    } else {
        json_object_foreach((json_t *)(uintptr_t)v, key, item) {
            if (is_secrecy_key(key) && !is_silent(item) && !build_is_open(item))
                s->classified = true;
            survey(item, depth + 1, s);
        }
    }
}

enum status build_open(struct build *b, const json_t *in) {
    struct survey seen = {0};
    b->in = in;
    b->text = buf_init(TEXT_BYTES);
    if (!json_is_object(in)) return fail_at(b, "", "应为一个 JSON 对象");
    survey(in, 1, &seen);
    if (seen.classified) {
        err_set(b->err, STATUS_INVALID, "E_CLASSIFIED",
                "密级不是非密：涉密成果不得登记，未保存任何内容");
        err_place(b->err, NULL, 0, "secrecy");
        return STATUS_INVALID;
    }
    if (seen.deep) return fail_at(b, "", "嵌套过深，最多 8 层");
    if (seen.nodes > VALIDATE_MAX_NODES)
        return fail_at(b, "", "内容过多，一行最多 20000 个值");
    b->out = json_object();
    return b->out ? STATUS_OK : build_nomem(b);
}

void build_done(struct build *b) {
    json_decref(b->out);
    json_decref(b->other);
    json_decref(b->extra);
    b->out = b->other = b->extra = NULL;
    buf_done(&b->text);
}

/* ---------------------------------------------------------------------------- fields */

static bool applies(const struct build *b, const struct field *f) {
    return (f->categories & b->category) != 0;
}

/* One value of the input to `to`, or to extra when the category has no such field. */
static enum status take(struct build *b, struct place at, const json_t *v, json_t *to) {
    char path[PLACE_BYTES];
    json_t *value = NULL;
    if (!applies(b, at.f)) {
        if (is_silent(v)) return STATUS_OK;
        warnings_add(b->w, W_CATEGORY, place_text(at, path), "这一类成果没有“%s”",
                     at.f->zh);
        return value_keep(b, place_text(at, path), v);
    }
    enum status s = value_canonical(b, at, v, &value);
    if (s == STATUS_OK && value) s = build_put(b, to, at.f->key, value);
    return s;
}

static enum status keep_unknown(struct build *b, const char *before, const char *key,
                                const json_t *v) {
    char path[PATH_BYTES];
    if (strlen(key) > KEY_BYTES) return fail_at(b, before, "字段名超过 200 字节");
    snprintf(path, sizeof path, "%s%s", before, key);
    warnings_add(b->w, W_UNKNOWN_KEY, path, "没有这个字段，已原样保留，不公开");
    return value_keep(b, path, v);
}

/* An object's members by the rows [f, f + n) of one group, its other keys to extra. */
static enum status take_members(struct build *b, const struct field *f, size_t n, long i,
                                const json_t *in, json_t *to, const char *before) {
    size_t known = 0;
    const char *key;
    json_t *item;
    for (size_t k = 0; k < n; k++) {
        const json_t *v = json_object_get(in, f[k].key);
        if (!v) continue;
        known++;
        enum status s = take(b, (struct place){&f[k], i, -1}, v, to);
        if (s != STATUS_OK) return s;
    }
    if (known == json_object_size(in)) return STATUS_OK;
    json_object_foreach((json_t *)(uintptr_t)in, key, item) {
        bool found = false;
        for (size_t k = 0; k < n && !found; k++) found = strcmp(key, f[k].key) == 0;
        enum status s = found ? STATUS_OK : keep_unknown(b, before, key, item);
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

static enum status take_object(struct build *b, const struct field *f, size_t n,
                               const json_t *in) {
    char before[PLACE_BYTES];
    if (json_is_null(in)) return STATUS_OK;
    if (!json_is_object(in)) return fail_at(b, f->outer, "应为对象 {…}");
    snprintf(before, sizeof before, "%s.", f->outer);
    json_t *to = json_object();
    enum status s = to ? take_members(b, f, n, -1, in, to, before) : build_nomem(b);
    if (s == STATUS_OK && json_object_size(to) > 0)
        return build_put(b, b->out, f->outer, to);
    json_decref(to);
    return s;
}

static enum status take_list(struct build *b, const struct field *f, size_t n,
                             const json_t *in) {
    char before[PLACE_BYTES];
    if (json_is_null(in)) return STATUS_OK;
    if (!json_is_array(in)) return fail_at(b, f->outer, "应为数组 [{…}]");
    size_t count = json_array_size(in);
    if (count > LIST_OBJECTS) return fail_at(b, f->outer, "超过 500 项");
    json_t *list = json_array();
    enum status s = list ? STATUS_OK : build_nomem(b);
    for (size_t i = 0; i < count && s == STATUS_OK; i++) {
        const json_t *item = json_array_get(in, i);
        snprintf(before, sizeof before, "%s[%zu].", f->outer, i);
        if (!json_is_object(item)) {
            before[strlen(before) - 1] = 0;
            s = fail_at(b, before, "应为对象 {…}");
            break;
        }
        json_t *to = json_object();
        s = to ? take_members(b, f, n, (long)i, item, to, before) : build_nomem(b);
        if (json_array_append_new(list, to) != 0 && s == STATUS_OK) s = build_nomem(b);
    }
    if (s == STATUS_OK && json_array_size(list) > 0)
        return build_put(b, b->out, f->outer, list);
    json_decref(list);
    return s;
}

static const json_t *made_value(const struct build *b, const struct field *f) {
    const json_t *outer =
        f->shape == FIELD_PLAIN ? b->out : json_object_get(b->out, f->outer);
    if (f->shape == FIELD_FIRST || f->shape == FIELD_EACH)
        outer = json_array_get(outer, 0);
    return json_object_get(outer, f->key);
}

enum status build_fields(struct build *b, const struct field *table, size_t n) {
    enum status s = STATUS_OK;
    for (size_t i = 0, end; i < n && s == STATUS_OK; i = end) {
        const struct field *f = &table[i];
        for (end = i + 1; end < n && f->outer && table[end].outer &&
                          table[end].shape == f->shape &&
                          strcmp(table[end].outer, f->outer) == 0;)
            end++;
        const json_t *v = json_object_get(b->in, f->outer ? f->outer : f->key);
        if (!v || f->shape == FIELD_FIRST) continue;
        if (f->shape == FIELD_PLAIN)
            s = take(b, (struct place){f, -1, -1}, v, b->out);
        else if (f->shape == FIELD_MEMBER)
            s = take_object(b, f, end - i, v);
        else
            s = take_list(b, f, end - i, v);
    }
    for (size_t i = 0; i < n && s == STATUS_OK; i++)
        if ((table[i].flags & FIELD_REQUIRED) && applies(b, &table[i]) &&
            !made_value(b, &table[i]))
            s = build_fail(b, (struct place){&table[i], 0, -1}, "缺少必填项，请补填");
    return s;
}

/* ------------------------------------------------------------------- what is left over
 */

/* Carries over `other` (strings) or `extra` (anything) of canonical input. */
static enum status carry(struct build *b, const char *name, bool strings, json_t **into) {
    const json_t *from = json_object_get(b->in, name);
    const char *key;
    json_t *item;
    if (!from || json_is_null(from)) return STATUS_OK;
    if (!json_is_object(from)) return fail_at(b, name, "应为对象 {…}");
    if (!*into && !(*into = json_object())) return build_nomem(b);
    json_object_foreach((json_t *)(uintptr_t)from, key, item) {
        if (strings && !json_is_string(item)) return fail_at(b, name, "应为字符串");
        if (strlen(key) >= PATH_BYTES) return fail_at(b, name, "字段名过长");
        if (++b->kept > VALIDATE_MAX_EXTRA) return fail_at(b, name, "超过 200 项");
        if (!json_object_get(*into, key)) {
            enum status s = build_put(b, *into, key, json_deep_copy(item));
            if (s != STATUS_OK) return s;
        }
    }
    return STATUS_OK;
}

static bool is_known(const char *key, const struct field *table, size_t n) {
    if (strcmp(key, "other") == 0 || strcmp(key, "extra") == 0) return true;
    for (size_t i = 0; i < n; i++) {
        const char *have = table[i].outer ? table[i].outer : table[i].key;
        if (have[0] == key[0] && strcmp(have, key) == 0) return true;
    }
    return false;
}

enum status build_unknown(struct build *b, const struct field *table, size_t n) {
    const char *key;
    json_t *item;
    enum status s = carry(b, "other", true, &b->other);
    if (s == STATUS_OK) s = carry(b, "extra", false, &b->extra);
    json_object_foreach((json_t *)(uintptr_t)b->in, key, item) {
        if (s == STATUS_OK && !is_known(key, table, n))
            s = keep_unknown(b, "", key, item);
    }
    return s;
}

enum status build_finish(struct build *b) {
    enum status s = STATUS_OK;
    if (b->other && json_object_size(b->other) > 0)
        s = build_put(b, b->out, "other", json_incref(b->other));
    if (s == STATUS_OK && b->extra && json_object_size(b->extra) > 0)
        s = build_put(b, b->out, "extra", json_incref(b->extra));
    return s;
}

/* ------------------------------------------------------------------ canonical members */

struct str json_text(const json_t *object, const char *key) {
    return text_of(json_object_get(object, key));
}

int32_t json_date(const json_t *object, const char *key) {
    int32_t d = 0;
    struct str s = json_text(object, key);
    return s.n && date_parse(s, &d, NULL) == STATUS_OK ? d : 0;
}

int64_t json_count(const json_t *object, const char *key) {
    const json_t *v = json_object_get(object, key);
    return json_is_integer(v) ? json_integer_value(v) : -1;
}

int64_t json_amount(const json_t *object, const char *key) {
    int64_t fen = 0;
    struct str s = json_text(object, key);
    return s.n && money_parse(s, NULL, &fen, NULL) == STATUS_OK ? fen : AMOUNT_NONE;
}
