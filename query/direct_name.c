/* direct_name.c - names: of units and of records. */
#include "core/recdoc.h"
#include "core/synonym.h"
#include "query/direct_part.h"

#include <talloc.h>

/* A name in more records than this, even by its rarest pair of characters, is looked up
 * in the dictionary of units only. */
#define VERIFY_MAX 5000u
#define HITS_MAX 32 /* records with the text that are looked at for one with no more */

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：直接答案");
}

/* Does the record have `norm` as a whole value of the field? */
static bool has_value(struct str record, char tag, struct str norm) {
    size_t pos = 0;
    char t;
    struct str value;
    while (rectext_next(record, &pos, &t, &value)) {
        if (t > tag) return false; /* values stand in the order of tags */
        if (t == tag && str_eq(value, norm)) return true;
    }
    return false;
}

/* The records that have `norm` as a whole value of the field, at most DIRECT_MAX: their
 * hits (recdoc.h line 1) on tmp. */
static enum status whole_values(struct direct_work *w, const char *path,
                                struct str hit[DIRECT_MAX], size_t *n, struct err *err) {
    const struct field *field = field_by_path(str_of(path));
    bool may = false;
    *n = 0;
    enum status s = direct_may_occur(w, w->norm, field, VERIFY_MAX, &may, err);
    if (s != STATUS_OK || !may) return s;
    struct xindex_node node = {.op = XINDEX_LITERAL,
                               .needle = w->norm,
                               .tags = UINT32_C(1) << field->tag,
                               .weight = 1};
    s = analyse_literal(w->tmp, w->norm, "", &node.literal, err);
    struct xindex_request x = {.query = &node,
                               .sort = XINDEX_BY_RELEVANCE,
                               .limit = HITS_MAX,
                               .deadline_ns = w->deadline_ns};
    struct xindex_result *res;
    if (s == STATUS_OK) s = xindex_search(w->reader, w->tmp, &x, &res, err);
    for (size_t i = 0; s == STATUS_OK && *n < DIRECT_MAX && i < res->nhits; i++) {
        struct str abstract, rest;
        if (!has_value(xindex_reader_text(w->reader, res->hits[i].docid), field->tag,
                       w->norm))
            continue;
        s = recdoc_split(res->hits[i].data, &hit[*n], &abstract, &rest, err);
        ++*n;
    }
    return s;
}

static json_t *parse(struct str hit, struct err *err) {
    json_error_t why;
    json_t *j = json_loadb(hit.p, hit.n, 0, &why);
    if (!j)
        (void)err_set(err, STATUS_CORRUPT, "document",
                      "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    return j;
}

/* ---- units ------------------------------------------------------------------------- */

/* Appends `s` with its brackets full-width, as Chinese names have them. */
static void put_wide(struct str s, struct buf *out) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '(')
            buf_add_z(out, "（");
        else if (s.p[i] == ')')
            buf_add_z(out, "）");
        else
            buf_add_char(out, s.p[i]);
    }
}

/* The dictionary holds names as they are written: as typed, as matching text, and this
 * with full-width brackets are the usual ways. *out is on tmp, n = 0: none. */
static enum status in_dictionary(struct direct_work *w, struct str typed, struct str norm,
                                 struct str *out, struct err *err) {
    const struct columns_facet *f = &xindex_reader_columns(w->reader)->facet[FACET_UNIT];
    struct buf wide = buf_init(0);
    put_wide(norm, &wide);
    enum status s = buf_check(&wide, "单位", err);
    *out = str_slice("", 0);
    const struct str way[] = {typed, norm, buf_str(&wide)};
    for (size_t i = 0; s == STATUS_OK && out->n == 0 && i < ARRAY_LEN(way); i++) {
        uint32_t ord = columns_find(f, way[i]);
        if (!ord) continue;
        struct str v = columns_value(f, ord);
        char *copy = talloc_strndup(w->tmp, v.p, v.n);
        if (!copy) s = out_of_memory(err);
        if (copy) *out = str_slice(copy, v.n);
    }
    buf_done(&wide);
    return s;
}

/* The name under which a record counts the unit that it writes as the query does. */
static enum status counted_name(struct direct_work *w, struct str hit, struct str *out,
                                struct err *err) {
    json_t *j = parse(hit, err);
    if (!j) return STATUS_CORRUPT;
    struct buf norm = buf_init(0);
    enum status s = STATUS_OK;
    size_t i;
    json_t *unit;
    json_array_foreach(json_object_get(j, "units"), i, unit) {
        struct str counted = direct_unit_name(j, i);
        const struct str way[] = {str_of(json_string_value(unit)), counted};
        for (size_t k = 0; out->n == 0 && k < ARRAY_LEN(way); k++) {
            buf_clear(&norm);
            if (text_normalise(way[k], &norm, NULL, NULL) != STATUS_OK ||
                !str_eq(buf_str(&norm), w->norm))
                continue;
            char *copy = talloc_strndup(w->tmp, counted.p, counted.n);
            if (!copy) s = out_of_memory(err);
            if (copy) *out = str_slice(copy, counted.n);
        }
    }
    buf_done(&norm);
    json_decref(j);
    return s;
}

/* The one unit that the query is a short form of; n = 0 when it is none, or of several.
 */
static enum status by_short_form(struct direct_work *w, struct str *out,
                                 struct err *err) {
    struct synonym *a;
    struct str found, one = str_slice("", 0);
    size_t n = 0, units = 0;
    if (!w->req->expand) return STATUS_OK;
    enum status s = synonym_find(w->tmp, w->norm, &a, &n, err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) {
        if (a[i].kind != SYNONYM_UNIT) continue;
        s = in_dictionary(w, a[i].alternative, a[i].alternative, &found, err);
        if (s != STATUS_OK || found.n == 0 || str_eq(found, one)) continue;
        one = found;
        units++;
    }
    if (s == STATUS_OK && units == 1) *out = one;
    return s;
}

enum status direct_by_unit(struct direct_work *w, struct err *err) {
    struct str name, hit[DIRECT_MAX];
    size_t n = 0;
    enum status s = in_dictionary(w, w->typed, w->norm, &name, err);
    if (s == STATUS_OK && name.n == 0) s = whole_values(w, "units[].name", hit, &n, err);
    if (s == STATUS_OK && n) s = counted_name(w, hit[0], &name, err);
    if (s == STATUS_OK && name.n == 0) s = by_short_form(w, &name, err);
    if (s != STATUS_OK || name.n == 0) return s;
    return direct_add_unit(w, "unit", name, "完成单位", name, err);
}

/* ---- titles ------------------------------------------------------------------------ */

static enum status add_title(struct direct_work *w, struct str hit, struct err *err) {
    json_t *j = parse(hit, err);
    if (!j) return STATUS_CORRUPT;
    struct str title = direct_text(j, "title"), regno = direct_text(j, "regno");
    struct str unit = direct_text(j, "unit"), url = direct_text(j, "url");
    const char *note = talloc_asprintf(
        w->tmp, "有一项成果就叫“%.*s”（%.*s%s%.*s）。", (int)title.n, title.p,
        (int)unit.n, unit.p, unit.n && regno.n ? "，" : "", (int)regno.n, regno.p);
    const char *to = talloc_strndup(w->tmp, url.p, url.n);
    enum status s = direct_add(w, "title", title, note, to, 1, err);
    json_decref(j);
    return s;
}

enum status direct_by_title(struct direct_work *w, struct err *err) {
    struct str hit[DIRECT_MAX];
    size_t n = 0;
    enum status s = whole_values(w, "title", hit, &n, err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) s = add_title(w, hit[i], err);
    return s;
}
