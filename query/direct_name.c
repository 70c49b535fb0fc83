/* direct_name.c - names: of units and of records.
 *
 * The suggestions hold every title and every counted name of a unit in the order of their
 * matching text: a name is found by binary search. A set without them is searched.
 */
#include "core/recdoc.h"
#include "core/synonym.h"
#include "query/direct_part.h"

#include <talloc.h>

/* A text is looked for in records only when its rarest pair of characters is in at most
 * so many, and among so many that have it. */
#define VERIFY_MAX 100u
#define VERIFY_HITS 4

static enum status out_of_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：直接答案");
}

static enum status keep(struct direct_work *w, struct str s, struct str *out,
                        struct err *err) {
    char *copy = talloc_strndup(w->tmp, s.p, s.n);
    if (!copy) return out_of_memory(err);
    *out = str_slice(copy, s.n);
    return STATUS_OK;
}

static json_t *parse(struct str hit, struct err *err) {
    json_error_t why;
    json_t *j = json_loadb(hit.p, hit.n, 0, &why);
    if (!j)
        (void)err_set(err, STATUS_CORRUPT, "document",
                      "索引中的一条记录不完整；请运行 chengguo rebuild 重建发布集");
    return j;
}

/* The suggestions, NULL where the set has none that can be read: a search does not fail
 * for that. */
static enum status suggestions(struct direct_work *w, const struct suggest **out,
                               struct err *err) {
    *out = NULL;
    enum status s = xindex_reader_suggest(w->reader, out, err);
    return s == STATUS_NOMEM ? s : STATUS_OK;
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

/* The records that have the query as a whole value of the field, as far as a search that
 * costs little finds them: their hits (recdoc.h line 1) on tmp. */
static enum status search_value(struct direct_work *w, const char *path,
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
                               .limit = VERIFY_HITS,
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

/* ---- units ------------------------------------------------------------------------- */

/* The name of a unit, as it is written, whose matching text is `norm`; n = 0: none. */
static enum status counted_unit(struct direct_work *w, struct str norm, struct str *out,
                                struct err *err) {
    const struct suggest *suggest;
    uint32_t ord = 0;
    *out = str_slice("", 0);
    enum status s = suggestions(w, &suggest, err);
    const struct columns_facet *f = &xindex_reader_columns(w->reader)->facet[FACET_UNIT];
    if (s == STATUS_OK && suggest)
        (void)suggest_exact(suggest, SUGGEST_UNIT, norm, 1, &ord);
    else if (s == STATUS_OK)
        ord = columns_find(f, norm);
    return ord ? keep(w, columns_value(f, ord), out, err) : s;
}

/* The name under which a record counts the unit that it writes as the query does. */
static enum status name_in_hit(struct direct_work *w, struct str hit, struct str *out,
                               struct err *err) {
    json_t *j = parse(hit, err), *unit;
    if (!j) return STATUS_CORRUPT;
    struct buf norm = buf_init(0);
    enum status s = STATUS_OK;
    size_t i;
    json_array_foreach(json_object_get(j, "units"), i, unit) {
        buf_clear(&norm);
        if (out->n == 0 &&
            text_normalise(str_of(json_string_value(unit)), &norm, NULL, NULL) ==
                STATUS_OK &&
            str_eq(buf_str(&norm), w->norm))
            s = keep(w, direct_unit_name(j, i), out, err);
    }
    buf_done(&norm);
    json_decref(j);
    return s;
}

/* An earlier name: no unit counts by it, but records write it. */
static enum status by_earlier_name(struct direct_work *w, struct str *out,
                                   struct err *err) {
    struct str hit[DIRECT_MAX];
    size_t n;
    enum status s = search_value(w, "units[].name", hit, &n, err);
    return s == STATUS_OK && n ? name_in_hit(w, hit[0], out, err) : s;
}

/* The one unit that the query is a short form of; n = 0 when it is none, or of several.
 */
static enum status by_short_form(struct direct_work *w, struct str *out,
                                 struct err *err) {
    struct synonym *a;
    struct str found, one = str_slice("", 0);
    struct buf norm = buf_init(0);
    size_t n = 0, units = 0;
    enum status s = STATUS_OK;
    if (w->req->expand) s = synonym_find(w->tmp, w->norm, &a, &n, err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) {
        if (a[i].kind != SYNONYM_UNIT) continue;
        buf_clear(&norm);
        s = text_normalise(a[i].alternative, &norm, NULL, err);
        if (s == STATUS_OK) s = counted_unit(w, buf_str(&norm), &found, err);
        if (s != STATUS_OK || found.n == 0 || str_eq(found, one)) continue;
        one = found;
        units++;
    }
    buf_done(&norm);
    if (s == STATUS_OK && units == 1) *out = one;
    return s;
}

enum status direct_by_unit(struct direct_work *w, struct err *err) {
    struct str name;
    enum status s = counted_unit(w, w->norm, &name, err);
    if (s == STATUS_OK && name.n == 0) s = by_earlier_name(w, &name, err);
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

/* The terms of the records, before a look-up can bring another revision. */
static enum status uid_terms(struct direct_work *w, const struct suggest *suggest,
                             struct str out[DIRECT_MAX], size_t *n, struct err *err) {
    const struct columns *c = xindex_reader_columns(w->reader);
    uint32_t docid[DIRECT_MAX];
    *n = suggest_exact(suggest, SUGGEST_TITLE, w->norm, DIRECT_MAX, docid);
    for (size_t i = 0; i < *n; i++) {
        struct str uid = columns_uid(c, docid[i]);
        char *term = talloc_asprintf(w->tmp, "Q%.*s", (int)uid.n, uid.p);
        if (!term) return out_of_memory(err);
        out[i] = str_of(term);
    }
    return STATUS_OK;
}

enum status direct_by_title(struct direct_work *w, struct err *err) {
    const struct suggest *suggest;
    struct str hit[DIRECT_MAX], term[DIRECT_MAX] = {{0}};
    size_t n = 0;
    enum status s = suggestions(w, &suggest, err);
    if (s == STATUS_OK && !suggest) {
        s = search_value(w, "title", hit, &n, err);
        for (size_t i = 0; s == STATUS_OK && i < n; i++) s = add_title(w, hit[i], err);
        return s;
    }
    if (s == STATUS_OK) s = uid_terms(w, suggest, term, &n, err);
    for (size_t i = 0; s == STATUS_OK && i < n; i++) {
        struct str data, one, abstract, rest;
        uint32_t found;
        s = xindex_lookup(w->reader, w->tmp, term[i], &found, &data, err);
        if (s == STATUS_NOT_FOUND) { /* withdrawn in a newer revision */
            s = STATUS_OK;
            continue;
        }
        if (s == STATUS_OK) s = recdoc_split(data, &one, &abstract, &rest, err);
        if (s == STATUS_OK) s = add_title(w, one, err);
    }
    return s;
}
