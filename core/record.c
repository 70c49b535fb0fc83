/* record.c - see record.h. */
#include "core/record.h"

#include "core/date.h"

#include <inttypes.h>
#include <stdio.h>

/* ------------------------------------------------------------------- from canonical */

static enum status not_canonical(struct err *err, const char *field) {
    err_set(err, STATUS_CORRUPT, NULL, "存储的登记记录不合规范：%s", field);
    err_place(err, NULL, 0, field);
    return STATUS_CORRUPT;
}

static struct str text_of(const json_t *v) {
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice(NULL, 0);
}

static struct str text_at(const json_t *object, const char *key) {
    return text_of(json_object_get(object, key));
}

static enum status date_at(const json_t *object, const char *key, int32_t *out,
                           struct err *err) {
    struct str s = text_at(object, key);
    *out = 0;
    if (s.n && date_parse(s, out, NULL) != STATUS_OK) return not_canonical(err, key);
    return STATUS_OK;
}

enum status record_of(json_t *canonical, struct record *out, struct err *err) {
    struct record r = {.json = canonical, .updated_at = INT64_MIN};
    struct str kind = text_at(canonical, "kind");
    if (str_eq_z(kind, "collection"))
        r.kind = RECORD_COLLECTION;
    else if (!str_eq_z(kind, "registration"))
        return not_canonical(err, "kind");
    r.uid = text_at(canonical, "uid");
    r.regno = text_at(canonical, "regno");
    r.registry = text_at(canonical, "registry");
    r.state = text_at(canonical, "state");
    r.consent = text_at(canonical, "consent");
    r.publicity = text_at(canonical, "publicity");
    r.category = r.kind == RECORD_COLLECTION
                     ? text_at(json_object_get(canonical, "collection"), "category")
                     : text_at(canonical, "category");
    if (r.kind == RECORD_REGISTRATION && !codes_has(CODES_CATEGORY, r.category))
        return not_canonical(err, "category");
    r.title = text_at(canonical, "title");
    if (r.title.n == 0) return not_canonical(err, "title");
    r.unit1 = text_at(json_array_get(json_object_get(canonical, "units"), 0), "name");
    if (r.unit1.n == 0) return not_canonical(err, "units[0].name");
    r.paper_pending = json_is_true(json_object_get(canonical, "paper_pending"));
    r.rev = json_integer_value(json_object_get(canonical, "rev"));
    json_int_t year = json_integer_value(json_object_get(canonical, "stat_year"));
    if (year != 0 && (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX))
        return not_canonical(err, "stat_year");
    r.stat_year = (int)year;
    struct str at = text_at(canonical, "updated_at");
    if (at.n && instant_parse(at, &r.updated_at, NULL) != STATUS_OK)
        return not_canonical(err, "updated_at");
    enum status s = date_at(canonical, "approved_on", &r.approved_on, err);
    if (s == STATUS_OK) s = date_at(canonical, "achieved_on", &r.achieved_on, err);
    if (s == STATUS_OK) s = date_at(canonical, "submitted_on", &r.submitted_on, err);
    if (s != STATUS_OK) return s;
    json_incref(canonical);
    *out = r;
    return STATUS_OK;
}

enum status record_from_text(struct str text, struct record *out, struct err *err) {
    json_error_t at;
    json_t *json = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &at);
    if (!json)
        return err_set(err, STATUS_CORRUPT, NULL, "存储的登记记录不是 JSON（第 %d 字节）",
                       at.position);
    enum status s = record_of(json, out, err);
    json_decref(json);
    return s;
}

void record_done(struct record *r) {
    json_decref(r->json);
    json_decref(r->counted);
    *r = (struct record){.updated_at = INT64_MIN};
}

static int append(const char *bytes, size_t n, void *buf) {
    buf_add(buf, bytes, n);
    return ((struct buf *)buf)->failed ? -1 : 0;
}

enum status record_canonical_text(const struct record *r, struct buf *out,
                                  struct err *err) {
    if (json_dump_callback(r->json, append, out, JSON_COMPACT | JSON_SORT_KEYS) != 0 &&
        !out->failed)
        return err_set(err, STATUS_NOMEM, NULL, "登记记录：内存不足");
    return buf_check(out, "登记记录", err);
}

/* ----------------------------------------------------------------- state, visibility */

bool record_is_registered(const struct record *r) {
    return str_eq_z(r->state, "approved") && !r->paper_pending;
}

enum visibility record_visibility(const struct record *r) {
    if (!record_is_registered(r) || str_eq_z(r->publicity, "objected") ||
        !str_eq_z(r->consent, "yes"))
        return VISIBLE_NO;
    bool running =
        str_eq_z(r->publicity, "unit_open") || str_eq_z(r->publicity, "site_open");
    return running ? VISIBLE_P0 : VISIBLE_FULL;
}

unsigned record_category_bit(const struct record *r) {
    if (r->kind == RECORD_COLLECTION) return FOR_C;
    return str_eq_z(r->category, "A")   ? FOR_A
           : str_eq_z(r->category, "B") ? FOR_B
                                        : FOR_S;
}

/* ------------------------------------------------------------------------ its values */

struct walk {
    record_value_fn fn;
    void *arg;
    bool any, stop;
};

static void emit_text(struct walk *w, struct str s) {
    w->any = true;
    w->stop = !w->fn(w->arg, s);
}

static void emit(struct walk *w, const json_t *v) {
    char number[24];
    size_t i;
    json_t *item;
    const char *key;
    switch (json_typeof(v)) {
        case JSON_STRING:
            emit_text(w, text_of(v));
            break;
        case JSON_TRUE:
            emit_text(w, str_of("yes"));
            break;
        case JSON_FALSE:
            emit_text(w, str_of("no"));
            break;
        case JSON_INTEGER:
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT,
                     json_integer_value(v));
            emit_text(w, str_of(number));
            break;
        case JSON_ARRAY:
            json_array_foreach(v, i, item) {
                if (json_is_string(item) && !w->stop) emit_text(w, text_of(item));
            }
            break;
        case JSON_OBJECT: /* a money map: its amounts */
            json_object_foreach((json_t *)(uintptr_t)v, key, item) {
                if (json_is_string(item) && !w->stop) emit_text(w, text_of(item));
            }
            break;
        case JSON_REAL:
        case JSON_NULL:
            break;
    }
}

static void values_in(const struct record *r, const struct field *f, const json_t *outer,
                      record_value_fn fn, void *arg) {
    if (!(f->categories & record_category_bit(r))) return;
    struct walk w = {fn, arg, false, false};
    if (f->shape == FIELD_FIRST) outer = json_array_get(outer, 0);
    if (f->shape == FIELD_EACH) {
        size_t n = json_array_size(outer);
        for (size_t i = 0; i < n && !w.stop; i++) {
            const json_t *v = json_object_get(json_array_get(outer, i), f->key);
            if (v) emit(&w, v);
        }
    } else {
        const json_t *v = json_object_get(outer, f->key);
        if (v) emit(&w, v);
    }
    if (!w.any && f->facet >= 0) fn(arg, str_of("none"));
}

void record_values_stated(const struct record *r, const struct field *f,
                          record_value_fn fn, void *arg) {
    const json_t *outer =
        f->shape == FIELD_PLAIN ? r->json : json_object_get(r->json, f->outer);
    values_in(r, f, outer, fn, arg);
}

void record_values(const struct record *r, const struct field *f, record_value_fn fn,
                   void *arg) {
    if (r->counted && f->outer && strcmp(f->outer, "units") == 0)
        values_in(r, f, r->counted, fn, arg);
    else
        record_values_stated(r, f, fn, arg);
}

/* --------------------------------------------------------------- what may be read of it
 */

static json_t *copy_of(json_t *v) {
    return json_is_object(v) || json_is_array(v) ? json_deep_copy(v) : json_incref(v);
}

/* The member `key` of view, made when missing: an object, or a list of n objects. */
static json_t *place_for(json_t *view, const char *key, bool list, size_t n) {
    json_t *have = json_object_get(view, key);
    if (have) return have;
    json_t *made = list ? json_array() : json_object();
    for (size_t i = 0; made && list && i < n; i++)
        if (json_array_append_new(made, json_object()) != 0) {
            json_decref(made);
            return NULL;
        }
    return made && json_object_set_new(view, key, made) == 0 ? made : NULL;
}

static bool view_field(const struct record *r, const struct field *f, json_t *view) {
    if (f->shape == FIELD_PLAIN) {
        json_t *v = json_object_get(r->json, f->key);
        return !v || json_object_set_new(view, f->key, copy_of(v)) == 0;
    }
    json_t *outer = json_object_get(r->json, f->outer);
    if (f->shape == FIELD_MEMBER) {
        json_t *v = json_object_get(outer, f->key);
        if (!v) return true;
        json_t *to = place_for(view, f->outer, false, 0);
        return to && json_object_set_new(to, f->key, copy_of(v)) == 0;
    }
    size_t n = json_array_size(outer);
    for (size_t i = 0; i < n; i++) {
        json_t *v = json_object_get(json_array_get(outer, i), f->key);
        if (!v) continue;
        json_t *to = place_for(view, f->outer, true, n);
        if (!to || json_object_set_new(json_array_get(to, i), f->key, copy_of(v)) != 0)
            return false;
    }
    return true;
}

json_t *record_view(const struct record *r, enum tier tier) {
    if (tier == TIER_N) return json_deep_copy(r->json);
    json_t *view = json_object();
    size_t n;
    const struct field *table = field_table(&n);
    for (size_t i = 0; view && i < n; i++) {
        if (table[i].tier > tier || table[i].shape == FIELD_FIRST) continue;
        if (!view_field(r, &table[i], view)) {
            json_decref(view);
            view = NULL;
        }
    }
    return view;
}
