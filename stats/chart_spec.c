#include "stats/chart_spec.h"

#include "stats/chart.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

/* One reading; after the first failure the rest is passed over. */
struct reader {
    void *ctx;
    struct err *err;
    enum status status;
};

#define PATH_MAX_BYTES 64

static void fail(struct reader *r, const char *path, const char *what) {
    if (r->status == STATUS_OK)
        r->status = err_set(r->err, STATUS_INVALID, "description", "%s：%s", path, what);
}

static void *room(struct reader *r, size_t size, size_t n) {
    void *p =
        r->status == STATUS_OK ? talloc_zero_size(r->ctx, size * (n ? n : 1)) : NULL;
    if (!p && r->status == STATUS_OK)
        r->status = err_set(r->err, STATUS_NOMEM, NULL, "out of memory for a chart");
    return p;
}

static json_t *member(struct reader *r, json_t *o, const char *path, const char *key,
                      char *where) {
    snprintf(where, PATH_MAX_BYTES, "%s.%s", path, key);
    if (r->status != STATUS_OK) return NULL;
    json_t *v = json_object_get(o, key);
    if (!v) fail(r, where, "缺少这一项");
    return v;
}

static const char *text_at(struct reader *r, json_t *o, const char *path, const char *key,
                           size_t max) {
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, key, where);
    if (!v) return "";
    if (!json_is_string(v)) {
        fail(r, where, "应为字符串");
        return "";
    }
    if (json_string_length(v) > max) {
        fail(r, where, "文字过长");
        return "";
    }
    char *s = talloc_strndup(r->ctx, json_string_value(v), json_string_length(v));
    if (!s) r->status = err_set(r->err, STATUS_NOMEM, NULL, "out of memory for a chart");
    return s ? s : "";
}

static bool bool_at(struct reader *r, json_t *o, const char *path, const char *key) {
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, key, where);
    if (v && !json_is_boolean(v)) fail(r, where, "应为true或false");
    return v && json_is_true(v);
}

static long long int_at(struct reader *r, json_t *o, const char *path, const char *key,
                        long long min, long long max) {
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, key, where);
    if (!v) return min;
    if (!json_is_integer(v) || json_integer_value(v) < min ||
        json_integer_value(v) > max) {
        fail(r, where, "应为范围内的整数");
        return min;
    }
    return json_integer_value(v);
}

static json_t *array_at(struct reader *r, json_t *o, const char *path, const char *key,
                        size_t max, size_t *n) {
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, key, where);
    *n = 0;
    if (!v) return NULL;
    if (!json_is_array(v)) {
        fail(r, where, "应为数组");
        return NULL;
    }
    if (json_array_size(v) > max) {
        char what[64];
        snprintf(what, sizeof what, "有%zu项，最多%zu项", json_array_size(v), max);
        fail(r, where, what);
        return NULL;
    }
    *n = json_array_size(v);
    return v;
}

/* A typing mistake must not vanish: every key is one of these. */
static void only_keys(struct reader *r, json_t *o, const char *path,
                      const char *const *keys, size_t nkeys) {
    if (r->status != STATUS_OK) return;
    if (!json_is_object(o)) {
        fail(r, path, "应为对象");
        return;
    }
    const char *key;
    json_t *value;
    json_object_foreach(o, key, value) {
        bool known = false;
        for (size_t i = 0; i < nkeys; i++) known |= strcmp(keys[i], key) == 0;
        if (!known) {
            char what[96];
            snprintf(what, sizeof what, "有不认识的项“%.40s”", key);
            fail(r, path, what);
            return;
        }
    }
}

static const char *link_at(struct reader *r, json_t *o, const char *path) {
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, "link", where);
    if (!v || json_is_null(v)) return NULL;
    const char *link = text_at(r, o, path, "link", CHART_LINK_BYTES);
    if (r->status != STATUS_OK) return NULL;
    bool plain = link[0] == '/' && link[1] != '/' && link[1] != '\\';
    for (const char *c = link; *c; c++) plain &= (unsigned char)*c > 0x20 && *c != 0x7F;
    if (!plain) fail(r, where, "链接应为本站路径");
    return link;
}

static void read_point(struct reader *r, json_t *o, const char *path,
                       struct chart_point *out) {
    static const char *const keys[] = {"value", "mark", "tip", "link"};
    only_keys(r, o, path, keys, ARRAY_LEN(keys));
    char where[PATH_MAX_BYTES];
    json_t *v = member(r, o, path, "value", where);
    if (v && !json_is_null(v)) {
        if (!json_is_number(v) || !(fabs(json_number_value(v)) <= CHART_VALUE_MAX))
            fail(r, where, "应为绝对值不超过1e15的数或null");
        out->has_value = true;
        out->value = json_number_value(v);
    }
    out->mark = text_at(r, o, path, "mark", CHART_LABEL_BYTES);
    out->tip = text_at(r, o, path, "tip", CHART_TEXT_BYTES);
    out->link = link_at(r, o, path);
}

static uint32_t color_at(struct reader *r, json_t *o, const char *path) {
    const char *z = text_at(r, o, path, "color", 7);
    char where[PATH_MAX_BYTES];
    snprintf(where, sizeof where, "%s.color", path);
    if (r->status == STATUS_OK &&
        !(z[0] == '#' && strlen(z) == 7 && strspn(z + 1, "0123456789ABCDEFabcdef") == 6))
        fail(r, where, "颜色应写作#RRGGBB");
    return r->status == STATUS_OK ? (uint32_t)strtoul(z + 1, NULL, 16) : 0;
}

static void read_series(struct reader *r, json_t *o, const char *path, bool colored,
                        size_t nx, struct chart_series *out) {
    static const char *const keys[] = {"label", "points", "color"};
    only_keys(r, o, path, keys, colored ? 3 : 2);
    out->label = text_at(r, o, path, "label", CHART_LABEL_BYTES);
    out->color = colored ? color_at(r, o, path) : 0;
    size_t n;
    json_t *points = array_at(r, o, path, "points", CHART_SPEC_X, &n);
    char where[PATH_MAX_BYTES];
    snprintf(where, sizeof where, "%s.points", path);
    if (points && n != nx) fail(r, where, "项数应与x相同");
    out->point = room(r, sizeof *out->point, nx);
    for (size_t i = 0; i < n && r->status == STATUS_OK; i++) {
        snprintf(where, sizeof where, "%s.points[%zu]", path, i);
        read_point(r, json_array_get(points, i), where, &out->point[i]);
    }
}

static struct chart_series *optional_series(struct reader *r, json_t *root,
                                            const char *key, size_t nx) {
    json_t *o = json_object_get(root, key);
    struct chart_series *out = o ? room(r, sizeof *out, 1) : NULL;
    char path[PATH_MAX_BYTES];
    snprintf(path, sizeof path, "$.%s", key);
    if (out) read_series(r, o, path, false, nx, out);
    return out;
}

static void read_x(struct reader *r, json_t *root, struct chart_spec *c) {
    static const char *const keys[] = {"label", "note", "provisional", "break"};
    json_t *x = array_at(r, root, "$", "x", CHART_SPEC_X, &c->nx);
    c->x = room(r, sizeof *c->x, c->nx);
    for (size_t i = 0; i < c->nx && r->status == STATUS_OK; i++) {
        char path[PATH_MAX_BYTES];
        snprintf(path, sizeof path, "$.x[%zu]", i);
        json_t *o = json_array_get(x, i);
        only_keys(r, o, path, keys, ARRAY_LEN(keys));
        c->x[i].label = text_at(r, o, path, "label", CHART_LABEL_BYTES);
        c->x[i].note = text_at(r, o, path, "note", CHART_LABEL_BYTES);
        c->x[i].provisional = bool_at(r, o, path, "provisional");
        c->x[i].has_break = bool_at(r, o, path, "break");
    }
}

static void read_notes(struct reader *r, json_t *root, struct chart_spec *c) {
    json_t *notes = array_at(r, root, "$", "notes", CHART_SPEC_NOTES, &c->nnotes);
    c->notes = room(r, sizeof *c->notes, c->nnotes);
    for (size_t i = 0; i < c->nnotes && r->status == STATUS_OK; i++) {
        char path[PATH_MAX_BYTES];
        snprintf(path, sizeof path, "$.notes[%zu]", i);
        json_t *v = json_array_get(notes, i);
        if (!json_is_string(v) || json_string_length(v) > CHART_TEXT_BYTES)
            fail(r, path, "应为字符串，且不过长");
        else
            c->notes[i] = talloc_strdup(r->ctx, json_string_value(v));
    }
}

static void read_root(struct reader *r, json_t *root, struct chart_spec *c) {
    static const char *const keys[] = {
        "version", "id", "kind",   "width", "title", "subtitle", "desc",   "as_of",
        "unit",    "x",  "series", "total", "panel", "notes",    "footer", "integer"};
    only_keys(r, root, "$", keys, ARRAY_LEN(keys));
    int_at(r, root, "$", "version", CHART_VERSION, CHART_VERSION);
    c->id = text_at(r, root, "$", "id", 32);
    if (r->status == STATUS_OK &&
        (!c->id[0] ||
         c->id[strspn(c->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                             "wxyz0123456789.-")]))
        fail(r, "$.id", "只能有字母、数字、点和短横");
    c->kind = text_at(r, root, "$", "kind", 32);
    c->width = (int)int_at(r, root, "$", "width", CHART_WIDTH_MIN, CHART_WIDTH_MAX);
    c->title = text_at(r, root, "$", "title", CHART_LABEL_BYTES);
    c->subtitle = text_at(r, root, "$", "subtitle", CHART_TEXT_BYTES);
    c->desc = text_at(r, root, "$", "desc", CHART_TEXT_BYTES);
    c->as_of = text_at(r, root, "$", "as_of", 40);
    c->unit = text_at(r, root, "$", "unit", CHART_LABEL_BYTES);
    c->integer = bool_at(r, root, "$", "integer");
    c->footer = text_at(r, root, "$", "footer", CHART_TEXT_BYTES);
    read_x(r, root, c);
    json_t *series = array_at(r, root, "$", "series", CHART_SPEC_SERIES, &c->nseries);
    c->series = room(r, sizeof *c->series, c->nseries);
    for (size_t i = 0; i < c->nseries && r->status == STATUS_OK; i++) {
        char path[PATH_MAX_BYTES];
        snprintf(path, sizeof path, "$.series[%zu]", i);
        read_series(r, json_array_get(series, i), path, true, c->nx, &c->series[i]);
    }
    c->total = optional_series(r, root, "total", c->nx);
    c->panel = optional_series(r, root, "panel", c->nx);
    read_notes(r, root, c);
}

/* jansson allows 2048 levels; a description has CHART_SPEC_DEPTH. */
static bool too_deep(struct str text) {
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > CHART_SPEC_DEPTH) return true;
    }
    return false;
}

enum status chart_spec_read(const void *parent, struct str text, struct chart_spec **out,
                            struct err *err) {
    if (text.n > CHART_INPUT_BYTES)
        return err_set(err, STATUS_LIMIT, "limit", "$：图表描述超过%zu字节",
                       CHART_INPUT_BYTES);
    if (too_deep(text)) return err_set(err, STATUS_INVALID, "description", "$：嵌套过深");
    json_error_t bad;
    json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &bad);
    if (!root)
        return err_set(err, STATUS_INVALID, "description",
                       "$：不是JSON（第%d行第%d列）：%s", bad.line, bad.column, bad.text);
    struct chart_spec *c = talloc_zero(parent, struct chart_spec);
    struct reader r = {.ctx = c, .err = err, .status = STATUS_OK};
    if (!c)
        r.status = err_set(err, STATUS_NOMEM, NULL, "out of memory for a chart");
    else
        read_root(&r, root, c);
    json_decref(root);
    if (r.status != STATUS_OK) {
        talloc_free(c);
        return r.status;
    }
    *out = c;
    return STATUS_OK;
}
