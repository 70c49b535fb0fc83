#include "core/recdoc.h"

#define RECDOC_URL_MAX 1024

/* The string members that a hit takes from the view as they stand. */
static json_t *copied(const json_t *view, const char *key) {
    json_t *v = json_object_get(view, key);
    return v ? json_incref(v) : json_null();
}

static json_t *member_of(const json_t *object, const char *key) {
    json_t *v = json_object_get(object, key);
    return json_is_string(v) ? json_incref(v) : json_null();
}

static struct str string_of(const json_t *v) {
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_slice(NULL, 0);
}

static json_t *text(struct str s) {
    return s.n ? json_stringn_nocheck(s.p, s.n) : json_null();
}

/* The label of the code at `value`, null where there is no code. */
static json_t *label(enum code_list list, const json_t *value) {
    struct str code = string_of(value);
    return code.n ? json_string_nocheck(codes_label(list, code)) : json_null();
}

static json_t *names_of_units(const json_t *units) {
    json_t *out = json_array(), *u;
    size_t i;
    json_array_foreach(units, i, u) {
        struct str name = string_of(json_object_get(u, "name"));
        if (out && name.n && json_array_append_new(out, text(name)) != 0) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

/* RFC 3986: everything but unreserved characters is percent-encoded. */
static json_t *url_of(const struct record *r) {
    static const char hex[] = "0123456789ABCDEF";
    struct str id = r->regno.n ? r->regno : r->uid;
    struct buf b = buf_init(RECDOC_URL_MAX);
    buf_add_z(&b, "/achievement/");
    for (size_t i = 0; i < id.n; i++) {
        unsigned char c = (unsigned char)id.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~' ||
                     (c == '.' && id.n > 2); /* "." and ".." would be path steps */
        if (plain) {
            buf_add_char(&b, (char)c);
        } else {
            char e[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_add(&b, e, sizeof e);
        }
    }
    json_t *url = b.failed ? json_null() : text(buf_str(&b));
    buf_done(&b);
    return url;
}

static json_t *hit_of(const struct record *r, const json_t *view) {
    const json_t *units = json_object_get(view, "units");
    const json_t *first = json_array_get(units, 0);
    const json_t *approver = json_object_get(view, "approver");
    const json_t *keywords = json_object_get(view, "keywords");
    const json_t *region = json_object_get(first, "region");
    const json_t *category = json_object_get(view, "category");
    json_t *hit = json_object();
    bool bad = !hit;
    const struct {
        const char *key;
        json_t *value;
    } members[] = {
        {"regno", text(r->regno)},
        {"uid", text(r->uid)},
        {"title", copied(view, "title")},
        {"year", r->stat_year ? json_integer(r->stat_year) : json_null()},
        {"approved_on", copied(view, "approved_on")},
        {"category", copied(view, "category")},
        {"category_label", label(CODES_CATEGORY, category)},
        {"unit", member_of(first, "name")},
        {"units", names_of_units(units)},
        {"region", member_of(first, "region")},
        {"region_label", label(CODES_REGION, region)},
        {"approver", member_of(approver, "name")},
        {"publicity", text(r->publicity)},
        {"keywords", json_is_array(keywords) ? copied(view, "keywords") : json_array()},
        {"url", url_of(r)},
    };
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (json_object_set_new(hit, members[i].key, members[i].value) != 0) bad = true;
    if (r->counted && !bad) {
        json_t *as = names_of_units(r->counted);
        bool same = json_equal(as, json_object_get(hit, "units"));
        if (same)
            json_decref(as);
        else
            bad = json_object_set_new(hit, "units_as", as) != 0;
    }
    if (bad) {
        json_decref(hit);
        return NULL;
    }
    return hit;
}

static int add_bytes(const char *p, size_t n, void *arg) {
    struct buf *out = arg;
    buf_add(out, p, n);
    return out->failed ? -1 : 0;
}

static void add_json(const json_t *v, struct buf *out) {
    int bad =
        v ? json_dump_callback(v, add_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY) : -1;
    if (bad && !out->failed) out->failed = BUF_NO_MEMORY;
}

/* Lines 1 and 2 hold these as the record has them. */
static const char *const said[] = {"abstract",    "title",    "regno",     "uid",
                                   "approved_on", "category", "publicity", "keywords"};

enum status recdoc_build(const struct record *r, enum tier tier, struct buf *out,
                         struct err *err) {
    size_t start = out->n;
    json_t *view = record_view(r, tier);
    json_t *hit = view ? hit_of(r, view) : NULL;
    if (!hit) {
        json_decref(view);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足：生成检索结果数据");
    }
    json_t *abstract = copied(view, "abstract");
    add_json(hit, out);
    buf_add_char(out, '\n');
    add_json(abstract, out);
    buf_add_char(out, '\n');
    for (size_t i = 0; i < ARRAY_LEN(said); i++)
        (void)json_object_del(view, said[i]); /* -1 only says that there was none */
    add_json(view, out);
    json_decref(abstract);
    json_decref(hit);
    json_decref(view);
    enum status s = buf_check(out, "检索结果数据", err);
    if (s != STATUS_OK) out->n = start;
    return s;
}

static bool is_object(struct str s) {
    return s.n >= 2 && s.p[0] == '{' && s.p[s.n - 1] == '}';
}

static bool is_string_or_null(struct str s) {
    return str_eq_z(s, "null") || (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"');
}

enum status recdoc_split(struct str data, struct str *hit, struct str *abstract,
                         struct str *rest, struct err *err) {
    struct str line[3];
    size_t n = 0, at = 0;
    while (n < 3) {
        const char *nl =
            at < data.n ? memchr(data.p + at, '\n', data.n - at) : (const char *)NULL;
        size_t end = nl ? (size_t)(nl - data.p) : data.n;
        line[n++] = str_slice(data.p + at, end - at);
        at = end + 1;
        if (!nl) break;
    }
    if (n != 3 || at != data.n + 1 || !is_object(line[0]) ||
        !is_string_or_null(line[1]) || !is_object(line[2]))
        return err_set(err, STATUS_CORRUPT, "document",
                       "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    *hit = line[0];
    *abstract = line[1];
    *rest = line[2];
    return STATUS_OK;
}
