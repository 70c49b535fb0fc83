#include "indexer/profile.h"

#include "core/cli.h"
#include "core/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ----------------------------------------------------------------------------- fields */

const struct field *profile_field(enum validate_kind kind, struct str path, int *index,
                                  struct str *key) {
    size_t n;
    const struct field *table = validate_fields(kind, &n);
    *index = TARGET_PLAIN;
    *key = str_slice(NULL, 0);
    const char *open = memchr(path.p, '[', path.n);
    if (open) {
        const char *p = open + 1, *end = path.p + path.n;
        *index = TARGET_ALL;
        if (p < end && *p >= '0' && *p <= '9') *index = *p++ - '0';
        if (end - p < 3 || p[0] != ']' || p[1] != '.') return NULL;
        struct str outer = str_slice(path.p, (size_t)(open - path.p)),
                   inner = str_slice(p + 2, (size_t)(end - p - 2));
        for (size_t i = 0; i < n; i++)
            if (table[i].shape == FIELD_EACH && str_eq_z(outer, table[i].outer) &&
                str_eq_z(inner, table[i].key))
                return &table[i];
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if ((table[i].shape == FIELD_PLAIN || table[i].shape == FIELD_MEMBER) &&
            str_eq_z(path, table[i].path))
            return &table[i];
    const char *dot = memchr(path.p, '.', path.n);
    for (size_t i = 0; i < n && dot; i++)
        if (table[i].type == FIELD_MONEY_MAP &&
            str_eq_z(str_slice(path.p, (size_t)(dot - path.p)), table[i].path)) {
            *key = str_slice(dot + 1, (size_t)(path.p + path.n - dot - 1));
            return key->n ? &table[i] : NULL;
        }
    return NULL;
}

/* ---------------------------------------------------------------------------- headers */

static bool is_money_word(const char *z) {
    size_t n = strlen(z);
    return n >= 3 && n < PROFILE_UNIT && strcmp(z + n - 3, "元") == 0;
}

/* "单位:万元" or "万元" in brackets. */
static void note_unit(const char *text, size_t n, char unit[PROFILE_UNIT]) {
    char z[64];
    static const char word[] = "单位:";
    if (n >= sizeof z || !unit) return;
    memcpy(z, text, n);
    z[n] = 0;
    const char *p = strncmp(z, word, sizeof word - 1) == 0 ? z + sizeof word - 1 : z;
    if (is_money_word(p)) memcpy(unit, p, strlen(p) + 1);
}

static size_t fold_header(struct str s, char out[PROFILE_HEADER]) {
    const char *p = s.p, *end = s.p + s.n;
    size_t n = 0;
    while (p < end && n + 5 < PROFILE_HEADER) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp <= ' ' || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF || cp == '*' ||
            cp == 0x203B || cp == 0x2605)
            continue;
        if (cp >= 'A' && cp <= 'Z') cp += 'a' - 'A';
        n += utf8_put(cp, out + n);
    }
    while (n && (out[n - 1] == ':' || out[n - 1] == '/')) n--;
    out[n] = 0;
    return n;
}

size_t profile_norm(struct str header, bool bare, char out[PROFILE_HEADER],
                    char unit[PROFILE_UNIT]) {
    char folded[PROFILE_HEADER];
    size_t n = fold_header(header, folded), w = 0;
    if (unit) unit[0] = 0;
    for (size_t i = 0; i < n; i++) {
        char *shut = folded[i] == '(' ? memchr(folded + i, ')', n - i) : NULL;
        if (!shut) {
            out[w++] = folded[i];
            continue;
        }
        size_t len = (size_t)(shut - (folded + i)) + 1;
        note_unit(folded + i + 1, len - 2, unit);
        if (!bare) memcpy(out + w, folded + i, len);
        w += bare ? 0 : len;
        i += len - 1;
    }
    out[w] = 0;
    char *slash = strrchr(out, '/');
    if (slash && slash > out && is_money_word(slash + 1)) {
        note_unit(slash + 1, strlen(slash + 1), unit);
        if (bare) *slash = 0;
    }
    return strlen(out);
}

/* ---------------------------------------------------------------------------- parsing */

struct parse {
    struct profile *p;
    struct err *err;
    const char *file, *at, *end;
    int line;
    bool labels;
    char section[32], name[200];
    char *needs;
    enum status status;
};

static enum status fail(struct parse *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
static enum status fail(struct parse *s, const char *fmt, ...) {
    char text[400];
    va_list ap;
    if (s->status != STATUS_OK) return s->status;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(s->err, STATUS_INVALID, "profile", "%s", text);
    err_place(s->err, s->file, s->line, NULL);
    return s->status = STATUS_INVALID;
}

static enum status nomem(struct parse *s) {
    return s->status = err_set(s->err, STATUS_NOMEM, NULL, "内存不足");
}

static char *copy(struct parse *s, struct str t) {
    char *z = str_dup(t);
    if (!z) nomem(s);
    return z;
}

/* The target of a path, made when it is new. */
static size_t target_of(struct parse *s, struct str path) {
    struct profile *p = s->p;
    for (size_t i = 0; i < p->ntargets; i++)
        if (str_eq_z(path, p->target[i].path)) return i;
    struct profile_target t = {.index = TARGET_PLAIN};
    struct str key;
    t.f = profile_field(p->kind, path, &t.index, &key);
    if (!t.f) {
        fail(s, "%s 没有字段“%.*s”，字段名见《登记数据格式》",
             validate_kind_name(p->kind), (int)utf8_clip(path, 80), path.p);
        return SIZE_MAX;
    }
    if (p->ntargets == PROFILE_MAX_TARGETS) {
        fail(s, "字段超过 %d 个", PROFILE_MAX_TARGETS);
        return SIZE_MAX;
    }
    t.path = copy(s, path);
    if (key.n) t.key = copy(s, key);
    if (s->status != STATUS_OK) {
        free(t.path);
        free(t.key);
        return SIZE_MAX;
    }
    p->target[p->ntargets] = t;
    return p->ntargets++;
}

static void add_name(struct parse *s, struct str header, size_t target, bool above) {
    char norm[PROFILE_HEADER];
    struct profile *p = s->p;
    size_t n = profile_norm(header, false, norm, NULL);
    if (n == 0 || s->status != STATUS_OK) return;
    if (p->nnames == PROFILE_MAX_NAMES) {
        fail(s, "表头名称超过 %d 个", PROFILE_MAX_NAMES);
        return;
    }
    char *z = copy(s, str_slice(norm, n));
    if (z) p->names[p->nnames++] = (struct profile_name){z, target, above};
}

/* The next name of "a | b | c", trimmed; false at the end. */
static bool next_name(struct str *rest, struct str *out) {
    while (rest->n) {
        const char *bar = memchr(rest->p, '|', rest->n);
        size_t n = bar ? (size_t)(bar - rest->p) : rest->n;
        *out = str_trim(str_slice(rest->p, n));
        rest->p += n + (bar != NULL);
        rest->n -= n + (bar != NULL);
        if (out->n) return true;
    }
    return false;
}

static void add_names(struct parse *s, size_t target, const char *value, bool above) {
    struct str rest = str_of(value), one;
    while (s->status == STATUS_OK && next_name(&rest, &one))
        add_name(s, one, target, above);
}

static bool read_yes(struct parse *s, const char *name, const char *v, const char *yes) {
    if (strcmp(v, yes) == 0) return true;
    if (strcmp(v, "no") != 0 && strcmp(v, "accept") != 0)
        fail(s, "%s 应为 %s 或 %s，不是“%.60s”", name, yes,
             strcmp(yes, "yes") == 0 ? "no" : "accept", v);
    return false;
}

static void set_unit(struct parse *s, const char *v) {
    static const char *const units[] = {"元", "万元", "亿元"};
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (strcmp(v, units[i]) == 0) {
            s->p->unit = units[i];
            return;
        }
    fail(s, "money_unit 应为元、万元或亿元，不是“%.60s”", v);
}

static void append(struct parse *s, char **text, const char *v) {
    size_t had = *text ? strlen(*text) : 0, n = strlen(v);
    char *z = realloc(*text, had + n + 2);
    if (!z) {
        nomem(s);
        return;
    }
    if (had) z[had++] = '|';
    memcpy(z + had, v, n + 1);
    *text = z;
}

static void set_name(struct parse *s, const char *v) {
    size_t n = strlen(v);
    if (n == 0 || n >= PROFILE_NAME ||
        strspn(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            n)
        fail(s, "name 应为 1 到 %d 个字母、数字、- 或 _", PROFILE_NAME - 1);
    else
        memcpy(s->p->name, v, n + 1);
}

static void set_kind(struct parse *s, const char *v) {
    if (s->p->ntargets > 0) {
        fail(s, "kind 应写在 [defaults] 和 [columns] 之前");
        return;
    }
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++)
        if (strcmp(v, validate_kind_name((enum validate_kind)k)) == 0) {
            s->p->kind = (enum validate_kind)k;
            return;
        }
    fail(s,
         "kind 应为 registration、collection、event、contract、receipt、reward、"
         "app_status 或 benefit，不是“%.60s”",
         v);
}

static void setting(struct parse *s, const char *name, const char *v) {
    struct profile *p = s->p;
    static const char *const names[] = {"name",
                                        "title",
                                        "kind",
                                        "needs",
                                        "labels",
                                        "header_lines",
                                        "sheets",
                                        "money_unit",
                                        "serial_dates",
                                        "out_of_area",
                                        "category_by_number"};
    if (strcmp(name, "name") == 0) {
        set_name(s, v);
    } else if (strcmp(name, "title") == 0) {
        append(s, &p->title, v);
    } else if (strcmp(name, "kind") == 0) {
        set_kind(s, v);
    } else if (strcmp(name, "needs") == 0) {
        append(s, &s->needs, v);
    } else if (strcmp(name, "labels") == 0) {
        s->labels = read_yes(s, name, v, "yes");
    } else if (strcmp(name, "header_lines") == 0) {
        if (v[0] < '1' || v[0] > '0' + PROFILE_MAX_LINES || v[1])
            fail(s, "header_lines 应为 1 到 %d", PROFILE_MAX_LINES);
        else
            p->header_lines = v[0] - '0';
    } else if (strcmp(name, "sheets") == 0) {
        append(s, &p->sheets, v);
    } else if (strcmp(name, "money_unit") == 0) {
        set_unit(s, v);
    } else if (strcmp(name, "serial_dates") == 0) {
        p->serial = strcmp(v, "1900") == 0 ? 1900 : strcmp(v, "1904") == 0 ? 1904 : 0;
        if (p->serial == 0 && strcmp(v, "no") != 0)
            fail(s, "serial_dates 应为 1900、1904 或 no");
    } else if (strcmp(name, "out_of_area") == 0) {
        p->out_of_area = read_yes(s, name, v, "reject");
    } else if (strcmp(name, "category_by_number") == 0) {
        p->by_number = read_yes(s, name, v, "yes");
    } else {
        const char *near = cli_closest(str_of(name), names, ARRAY_LEN(names));
        fail(s, "[profile] 没有设置项 %.60s%s%s%s", name, near ? "，是不是 " : "",
             near ? near : "", near ? "？" : "");
    }
}

static void set_default(struct parse *s, const char *path, const char *v) {
    size_t t = target_of(s, str_of(path));
    if (t == SIZE_MAX) return;
    if (strcmp(path, "secrecy") == 0 &&
        !str_eq_z(codes_resolve(CODES_SECRECY, str_of(v)), "非密"))
        fail(s, "secrecy 的缺省值只能是 非密");
    free(s->p->target[t].fallback);
    s->p->target[t].fallback = copy(s, str_of(v));
}

static int on_value(void *arg, const char *section, const char *name, const char *v) {
    struct parse *s = arg;
    if (s->status != STATUS_OK) return 0;
    if (utf8_bad_at(str_of(name)) < strlen(name) || utf8_bad_at(str_of(v)) < strlen(v)) {
        fail(s, "样式文件不是 UTF-8 编码");
    } else if (strcmp(section, "profile") == 0) {
        setting(s, name, v);
    } else if (strcmp(section, "defaults") == 0) {
        set_default(s, name, v);
    } else if (strcmp(section, "columns") == 0 && strcmp(name, "ignore") == 0) {
        add_names(s, PROFILE_IGNORE, v, false);
    } else if (strcmp(section, "columns") == 0 || strcmp(section, "above") == 0) {
        size_t t = target_of(s, str_of(name));
        if (t != SIZE_MAX) add_names(s, t, v, strcmp(section, "above") == 0);
    } else {
        fail(s, "没有 [%.40s] 一节，应为 [profile]、[defaults]、[columns] 或 [above]",
             section);
    }
    return s->status == STATUS_OK;
}

/* inih's buffer is small, and it would take the rest of a longer line for the next. */
static char *read_line(char *out, int size, void *arg) {
    struct parse *s = arg;
    if (s->status != STATUS_OK || s->at == s->end) return NULL;
    const char *nl = memchr(s->at, '\n', (size_t)(s->end - s->at));
    size_t n = (size_t)((nl ? nl + 1 : s->end) - s->at);
    s->line++;
    if (n + 1 > (size_t)size || memchr(s->at, 0, n)) {
        fail(s,
             "这一行太长（最多 %d 字节，后面的名称可另起一行、行首空格），"
             "或含有空字符",
             size - 2);
        return NULL;
    }
    memcpy(out, s->at, n);
    out[n] = 0;
    s->at += n;
    return out;
}

static bool has_name(const struct profile *p, const char *norm) {
    for (size_t i = 0; i < p->nnames; i++)
        if (!p->names[i].above && strcmp(p->names[i].norm, norm) == 0) return true;
    return false;
}

static void add_label(struct parse *s, const char *label, const char *path) {
    char norm[PROFILE_HEADER];
    if (!label || s->status != STATUS_OK) return;
    profile_norm(str_of(label), false, norm, NULL);
    if (has_name(s->p, norm)) return;
    size_t t = target_of(s, str_of(path));
    if (t != SIZE_MAX) add_name(s, str_of(label), t, false);
}

/* Paths and labels of all fields, behind the names that the profile gives itself. */
static void add_labels(struct parse *s) {
    size_t n;
    const struct field *table = validate_fields(s->p->kind, &n);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &table[i];
        if (f->type == FIELD_MONEY_MAP || strcmp(f->path, "schema") == 0) continue;
        add_label(s, f->path, f->path);
        add_label(s, f->zh, f->path);
        add_label(s, f->zh2, f->path);
    }
}

static void set_needs(struct parse *s) {
    struct str rest = str_of(s->needs ? s->needs : ""), one;
    struct profile *p = s->p;
    while (s->status == STATUS_OK && next_name(&rest, &one)) {
        struct profile_need need = {NULL, SIZE_MAX};
        char norm[PROFILE_HEADER];
        if (p->nneeds == PROFILE_MAX_NEEDS) {
            fail(s, "needs 超过 %d 项", PROFILE_MAX_NEEDS);
            return;
        }
        for (size_t i = 0; i < p->ntargets; i++)
            if (str_eq_z(one, p->target[i].path)) need.target = i;
        if (need.target == SIZE_MAX) {
            profile_norm(one, false, norm, NULL);
            need.norm = copy(s, str_of(norm));
        }
        p->need[p->nneeds++] = need;
    }
    if (p->nneeds == 0) fail(s, "缺少 needs：请写明凭哪些表头认出这种文件");
}

static enum status finish(struct parse *s) {
    struct profile *p = s->p;
    s->line = 0;
    if (p->name[0] == 0) fail(s, "缺少 [profile] name");
    if (p->kind == KIND_UNKNOWN) fail(s, "缺少 [profile] kind");
    if (s->labels) add_labels(s);
    if (s->status == STATUS_OK) set_needs(s);
    if (s->status == STATUS_OK && !p->title) append(s, &p->title, p->name);
    return s->status;
}

enum status profile_parse(struct str text, const char *file, struct profile **out,
                          struct err *err) {
    struct profile *p = calloc(1, sizeof *p);
    struct parse s = {.p = p, .err = err, .file = file, .at = text.p};
    s.end = text.n ? text.p + text.n : text.p;
    if (p) {
        p->unit = "元";
        p->serial = 1900;
        p->target = calloc(PROFILE_MAX_TARGETS, sizeof *p->target);
        p->names = calloc(PROFILE_MAX_NAMES, sizeof *p->names);
    }
    if (!p || !p->target || !p->names) {
        profile_free(p);
        return nomem(&s);
    }
    if (text.n > PROFILE_MAX_BYTES) fail(&s, "样式文件超过 256 KiB");
    int wrong = text.n && s.status == STATUS_OK
                    ? ini_parse_stream(read_line, &s, on_value, &s)
                    : 0;
    if (wrong > 0 && s.status == STATUS_OK) {
        s.line = wrong;
        fail(&s, "这一行不是 “名称 = 值”");
    }
    if (s.status == STATUS_OK) finish(&s);
    free(s.needs);
    if (s.status != STATUS_OK) {
        profile_free(p);
        return s.status;
    }
    *out = p;
    return STATUS_OK;
}

void profile_free(struct profile *p) {
    if (!p) return;
    for (size_t i = 0; i < p->ntargets; i++) {
        free(p->target[i].path);
        free(p->target[i].key);
        free(p->target[i].fallback);
    }
    for (size_t i = 0; i < p->nnames; i++) free(p->names[i].norm);
    for (size_t i = 0; i < p->nneeds; i++) free(p->need[i].norm);
    free(p->target);
    free(p->names);
    free(p->title);
    free(p->sheets);
    free(p);
}
