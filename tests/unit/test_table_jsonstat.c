#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats_vectors.h"

#include "stats/table_jsonstat.h"

#include <math.h>

static json_t *read_back(const struct table *t) {
    struct err err = {0};
    struct buf out = buf_init(0);
    must(table_jsonstat(t, &out, &err), &err);
    json_error_t bad;
    json_t *doc = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, &bad);
    if (!doc) fail_msg("%s", bad.text);
    buf_done(&out);
    return doc;
}

static const char *text_at(const json_t *o, const char *key) {
    const char *z = json_string_value(json_object_get(o, key));
    if (!z) fail_msg("no text %s", key);
    return z ? z : "";
}

static void expect_shape(const json_t *doc, const struct table *t) {
    const json_t *id = json_object_get(doc, "id"), *size = json_object_get(doc, "size");
    assert_int_equal(json_array_size(id), t->ndim);
    assert_int_equal(json_array_size(size), t->ndim);
    json_int_t cells = 1;
    for (size_t d = 0; d < t->ndim; d++) {
        const char *name = json_string_value(json_array_get(id, d));
        const json_t *dim = json_object_get(json_object_get(doc, "dimension"), name);
        const json_t *category = json_object_get(dim, "category");
        const json_t *index = json_object_get(category, "index");
        json_int_t n = json_integer_value(json_array_get(size, d));
        assert_int_equal(json_array_size(index), n);
        assert_int_equal(json_object_size(json_object_get(category, "label")), n);
        for (size_t i = 0; i < t->dim[d].n; i++)
            assert_string_equal(json_string_value(json_array_get(index, i)),
                                t->dim[d].cat[i].code);
        cells *= n;
    }
    assert_int_equal(json_array_size(json_object_get(doc, "value")), cells);
    const json_t *extension = json_object_get(doc, "extension");
    static const char *const along[] = {"records", "visible", "links", "numerator",
                                        "denominator"};
    for (size_t i = 0; i < ARRAY_LEN(along); i++)
        assert_int_equal(json_array_size(json_object_get(extension, along[i])), cells);
}

/* Every member of every cell comes back as it went in. */
static void expect_cells(const json_t *doc, const struct table *t) {
    const json_t *x = json_object_get(doc, "extension");
    const json_t *status = json_object_get(doc, "status");
    for (size_t i = 0; i < t->ncell; i++) {
        const struct table_cell *c = &t->cell[i];
        const json_t *v = json_array_get(json_object_get(doc, "value"), i);
        const json_t *records = json_array_get(json_object_get(x, "records"), i);
        const json_t *link = json_array_get(json_object_get(x, "links"), i);
        const json_t *num = json_array_get(json_object_get(x, "numerator"), i);
        const json_t *den = json_array_get(json_object_get(x, "denominator"), i);
        char at[32];
        snprintf(at, sizeof at, "%zu", i);
        const char *mark = json_string_value(json_object_get(status, at));
        assert_string_equal(mark ? mark : "", table_status_mark(c->status));
        bool number = c->status == TABLE_VALUE || c->status == TABLE_PROVISIONAL;
        assert_int_equal(json_is_number(v), number);
        if (!number) assert_true(json_is_null(v));
        if (number && c->decimals == 0) {
            assert_int_equal(json_integer_value(v), c->units);
            assert_int_equal(json_integer_value(v), json_integer_value(records));
        } else if (number) {
            assert_int_equal(llround(json_real_value(v) * 100), c->units);
        }
        assert_int_equal(json_integer_value(records), c->records);
        assert_int_equal(
            json_integer_value(json_array_get(json_object_get(x, "visible"), i)),
            c->visible);
        if (c->link)
            assert_string_equal(json_string_value(link), c->link);
        else
            assert_true(json_is_null(link));
        assert_int_equal(json_is_integer(num), c->has_ratio);
        assert_int_equal(json_is_integer(den), c->has_ratio);
        assert_int_equal(json_integer_value(num), c->numerator);
        assert_int_equal(json_integer_value(den), c->denominator);
    }
}

static void a_table_reads_back(void **state) {
    (void)state;
    static const struct vector late[] = {{2021, "A", 3, 1}};
    static const char *const ids[] = {"T01", "T02"};
    struct db db;
    vectors_open(&db);
    vectors_add(&db, fujian, ARRAY_LEN(fujian));
    vectors_add(&db, late, ARRAY_LEN(late));
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct cube_options o = vectors_options();
        o.year = 2021;
        struct table *t = vectors_table(&db, ids[i], o);
        json_t *doc = read_back(t);
        expect_shape(doc, t);
        expect_cells(doc, t);
        assert_string_equal(text_at(doc, "version"), "2.0");
        assert_string_equal(text_at(doc, "class"), "dataset");
        assert_string_equal(text_at(doc, "label"), t->title);
        assert_string_equal(text_at(doc, "updated"), "2021-01-07T00:00:00Z");
        assert_string_equal(text_at(doc, "source"), "福建省科学技术厅");
        assert_int_equal(json_array_size(json_object_get(doc, "note")), t->nnotes);
        const json_t *role = json_object_get(doc, "role");
        assert_string_equal(
            json_string_value(json_array_get(json_object_get(role, "time"), 0)), "year");
        assert_string_equal(
            json_string_value(json_array_get(json_object_get(role, "metric"), 0)),
            "measure");
        const json_t *x = json_object_get(doc, "extension");
        assert_string_equal(text_at(x, "edition"), "live");
        assert_string_equal(text_at(x, "base"), "ALL");
        assert_string_equal(text_at(x, "definition"), t->definition);
        assert_int_equal(json_integer_value(json_object_get(x, "revision")), 7);
        const json_t *marks = json_object_get(json_object_get(x, "status"), "label");
        assert_true(json_is_string(json_object_get(marks, "p")));
        json_decref(doc);
        talloc_free(t);
    }
    db_close(&db);
}

/* A rate prints with its two decimals, without the noise of binary fractions. */
static void rates_are_short(void **state) {
    (void)state;
    struct db db;
    struct err err = {0};
    struct buf out = buf_init(0);
    vectors_open(&db);
    vectors_add(&db, fujian, ARRAY_LEN(fujian));
    struct table *t = vectors_table(&db, "T02", vectors_options());
    must(table_jsonstat(t, &out, &err), &err);
    assert_non_null(strstr(buf_z(&out), "\"value\":[297,78.78,null,289,86.27,-2.69,"));
    buf_done(&out);
    talloc_free(t);
    db_close(&db);
}

static void what_does_not_fit_is_an_error(void **state) {
    (void)state;
    struct table *t = NULL;
    struct err err = {0};
    struct buf out = buf_init(20);
    must(table_new(NULL, 1, (size_t[]){1}, &t, &err), &err);
    t->dim[0].id = "measure";
    t->dim[0].cat[0].code = "n";
    assert_int_equal(table_jsonstat(t, &out, &err), STATUS_LIMIT);
    buf_done(&out);
    out = buf_init(0);
    t->title = "\xFF";
    assert_int_equal(table_jsonstat(t, &out, &err), STATUS_NOMEM);
    assert_int_equal(out.n, 0);
    buf_done(&out);
    talloc_free(t);
}

int main(void) {
    struct err err = {0};
    if (codes_load(&err) != STATUS_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_reads_back),
        cmocka_unit_test(rates_are_short),
        cmocka_unit_test(what_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests_name("table_jsonstat", tests, NULL, NULL);
}
