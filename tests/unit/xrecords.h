/* xrecords.h - a small published set of real records (docmap.h) for tests of query/. */
#ifndef TESTS_UNIT_XRECORDS_H
#define TESTS_UNIT_XRECORDS_H

#include "indexer/docmap.h"
#include "tests/unit/xset.h"

#include <talloc.h>

struct xrecord {
    const char *title, *abstract, *unit, *region, *category, *approved_on, *state;
    int year; /* 0 = missing */
};

/* Canonical JSON of record i: uid U-007, regno 9142025Y0007. */
static inline char *xrecord_json(const struct xrecord *x, unsigned i) {
    json_t *j = json_pack(
        "{s:s, s:s, s:i, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:[s,s],"
        " s:[{s:s, s:s, s:s}], s:{s:s}, s:s}",
        "kind", "registration", "secrecy", "非密", "rev", 1, "state",
        x->state ? x->state : "approved", "consent", "yes", "publicity", "closed",
        "paper_pending", 0, "category", x->category, "title", x->title, "abstract",
        x->abstract, "level", "国内领先", "keywords", "矿业", "安全", "units", "name",
        x->unit, "type", "企业", "region", x->region, "approver", "name",
        "山西省科学技术厅", "project_no", "KX-2024-8");
    assert_non_null(j);
    char id[32];
    snprintf(id, sizeof id, "U-%03u", i);
    json_object_set_new(j, "uid", json_string(id));
    snprintf(id, sizeof id, "9142025Y%04u", i);
    json_object_set_new(j, "regno", json_string(id));
    if (x->year) json_object_set_new(j, "stat_year", json_integer(x->year));
    if (x->approved_on)
        json_object_set_new(j, "approved_on", json_string(x->approved_on));
    char *text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    return text;
}

/* Publishes records 1..n, given as canonical JSON, as `revision` in an empty folder, for
 * the audience. */
static inline void xrecords_publish_json(const char *dir, enum audience a,
                                         int64_t revision, char *const *json, size_t n) {
    char path[PATH_MAX], name[32];
    struct columns_builder *b;
    struct xindex_writer *w;
    struct docmap *m;
    uint64_t at;
    snprintf(name, sizeof name, "columns-%lld", (long long)revision);
    ok(columns_builder_new(NULL, &b, err));
    ok(docmap_new(&m, err));
    ok(xindex_writer_open(xset_path(path, dir, "index"), false, &w, err));
    ok(rectext_create(xset_path(path, dir, "text-1"), &at, err));
    for (size_t i = 0; i < n; i++) {
        struct record r;
        struct docmap_doc d;
        ok(record_from_text(str_of(json[i]), &r, err));
        if (docmap_holds(a, &r)) {
            ok(docmap_make(m, a, &r, &d, err));
            d.row.docid = (uint32_t)i + 1;
            d.row.text_at = at;
            d.row.text_len = (uint32_t)d.text.n;
            ok(columns_builder_put(b, &d.row, err));
            ok(xindex_writer_put(w, d.row.docid, d.terms, d.nterms, d.data, err));
            ok(rectext_append(xset_path(path, dir, "text-1"), at, d.text, false, &at,
                              err));
        }
        record_done(&r);
    }
    ok(columns_builder_write(b, xset_path(path, dir, name), revision, "text-1", at, err));
    xset_meta(w, revision, name, "text-1");
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    columns_builder_free(b);
    docmap_free(m);
}

/* The same of records given as plain structs. */
static inline void xrecords_publish(const char *dir, enum audience a, int64_t revision,
                                    const struct xrecord *x, size_t n) {
    char **json = calloc(n + 1, sizeof *json);
    assert_non_null(json);
    for (size_t i = 0; i < n; i++) json[i] = xrecord_json(&x[i], (unsigned)i + 1);
    xrecords_publish_json(dir, a, revision, json, n);
    for (size_t i = 0; i < n; i++) free(json[i]);
    free(json);
}

#endif
