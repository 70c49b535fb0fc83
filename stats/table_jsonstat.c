#include "stats/table_jsonstat.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* json_pack's "s?" and "o" make the whole fail when a part does; so one check suffices.
 */

static const char *or_empty(const char *z) {
    return z ? z : "";
}

static bool has_number(const struct table_cell *c) {
    return c->status != TABLE_MISSING && c->status != TABLE_NOT_APPLICABLE &&
           c->status != TABLE_SUPPRESSED;
}

static json_t *category_json(const struct table *t, const struct table_dim *d) {
    json_t *index = json_array(), *label = json_object(), *unit = NULL;
    if (strcmp(or_empty(d->id), "measure") == 0) unit = json_object();
    for (size_t i = 0; i < d->n; i++) {
        const char *code = or_empty(d->cat[i].code);
        json_array_append_new(index, json_string(code));
        json_object_set_new(label, code, json_string(or_empty(d->cat[i].label)));
        if (unit) {
            bool whole = d->cat[i].unit == TABLE_COUNT || d->cat[i].unit == TABLE_DAYS;
            json_object_set_new(unit, code,
                                json_pack("{s:s, s:i}", "label",
                                          table_unit_words(t, d->cat[i].unit), "decimals",
                                          whole ? 0 : 2));
        }
    }
    return json_pack("{s:o, s:o, s:o*}", "index", index, "label", label, "unit", unit);
}

static json_t *number(const struct table_cell *c) {
    char text[40];
    if (!has_number(c)) return json_null();
    if (c->decimals == 0) return json_integer(c->units);
    /* The decimal's nearest double prints back to the same decimal (15 digits). */
    return json_real(strtod(table_cell_text(c, text, sizeof text), NULL));
}

/* The arrays that run along with the cells. */
struct columns {
    json_t *value, *status, *records, *visible, *links, *numerator, *denominator;
};

static void add_cell(struct columns *c, size_t i, const struct table_cell *cell) {
    char at[32];
    json_array_append_new(c->value, number(cell));
    if (cell->status != TABLE_VALUE) {
        snprintf(at, sizeof at, "%zu", i);
        json_object_set_new(c->status, at, json_string(table_status_mark(cell->status)));
    }
    json_array_append_new(c->records, json_integer(cell->records));
    json_array_append_new(c->visible, json_integer(cell->visible));
    json_array_append_new(c->links, cell->link ? json_string(cell->link) : json_null());
    json_array_append_new(c->numerator,
                          cell->has_ratio ? json_integer(cell->numerator) : json_null());
    json_array_append_new(
        c->denominator, cell->has_ratio ? json_integer(cell->denominator) : json_null());
}

static json_t *status_labels(const struct table *t) {
    json_t *label = json_object();
    for (size_t i = 0; i < t->ncell; i++)
        if (t->cell[i].status != TABLE_VALUE)
            json_object_set_new(label, table_status_mark(t->cell[i].status),
                                json_string(table_status_label(t->cell[i].status)));
    return json_pack("{s:o}", "label", label);
}

static json_t *extension_json(const struct table *t, const struct columns *c) {
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:o}",
        "records", c->records, "visible", c->visible, "links", c->links, "numerator",
        c->numerator, "denominator", c->denominator, "edition", or_empty(t->edition),
        "revision", (json_int_t)t->revision, "base", or_empty(t->base), "base_label",
        or_empty(t->base_label), "definition", or_empty(t->definition), "measure",
        or_empty(t->measure), "unit", or_empty(t->unit), "place", or_empty(t->place),
        "status", status_labels(t));
}

static json_t *dataset(const struct table *t) {
    struct columns c = {json_array(), json_object(), json_array(), json_array(),
                        json_array(), json_array(),  json_array()};
    json_t *id = json_array(), *size = json_array(), *dimension = json_object();
    json_t *role = json_object(), *note = json_array();
    for (size_t d = 0; d < t->ndim; d++) {
        const char *name = or_empty(t->dim[d].id);
        json_array_append_new(id, json_string(name));
        json_array_append_new(size, json_integer((json_int_t)t->dim[d].n));
        json_object_set_new(dimension, name,
                            json_pack("{s:s, s:o}", "label", or_empty(t->dim[d].label),
                                      "category", category_json(t, &t->dim[d])));
        if (strcmp(name, "year") == 0)
            json_object_set_new(role, "time", json_pack("[s]", name));
        else if (strcmp(name, "measure") == 0)
            json_object_set_new(role, "metric", json_pack("[s]", name));
    }
    for (size_t i = 0; i < t->ncell; i++) add_cell(&c, i, &t->cell[i]);
    for (size_t i = 0; i < t->nnotes; i++)
        json_array_append_new(note, json_string(or_empty(t->notes[i])));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "version", "2.0", "class", "dataset", "label", or_empty(t->title),
                     "updated", or_empty(t->as_of), "source", or_empty(t->source), "note",
                     note, "id", id, "size", size, "role", role, "dimension", dimension,
                     "value", c.value, "status", c.status, "extension",
                     extension_json(t, &c));
}

static int append(const char *p, size_t n, void *out) {
    buf_add(out, p, n);
    return ((struct buf *)out)->failed ? -1 : 0;
}

enum status table_jsonstat(const struct table *t, struct buf *out, struct err *err) {
    json_t *doc = dataset(t);
    /* A part that could not be made leaves its array too short, or the whole NULL. */
    bool whole = doc && json_array_size(json_object_get(doc, "value")) == t->ncell;
    int rc = whole ? json_dump_callback(doc, append, out,
                                        JSON_COMPACT | JSON_REAL_PRECISION(15))
                   : -1;
    json_decref(doc);
    if (out->failed) return buf_check(out, "table", err);
    if (rc != 0)
        return err_set(err, STATUS_NOMEM, NULL,
                       "统计表%s的文字不是有效的UTF-8，或内存不足", or_empty(t->id));
    return STATUS_OK;
}
