#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/codes.h"
#include "stats/aggregate.h"
#include "stats/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RECORDS 300
#define STEPS 6000

/* A small generator of its own, so that a failure repeats. */
static uint32_t draw(uint64_t *seed, uint32_t below) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % below;
}

static void open_db(struct db *db, char dir[64], const char *name) {
    const char *tmp = getenv("TMPDIR");
    char path[256];
    if (!dir[0]) {
        snprintf(dir, 64, "%.40s/aggregate-XXXXXX", tmp ? tmp : "/tmp");
        assert_non_null(mkdtemp(dir));
    }
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(db_open(path, DB_CREATE, false, 77, db, NULL), STATUS_OK);
    struct db_migration m = {1, aggregate_schema()};
    assert_int_equal(db_migrate(db, 77, &m, 1, NULL), STATUS_OK);
    assert_int_equal(db_exec(db, "PRAGMA synchronous=OFF", NULL), STATUS_OK);
}

static void close_db(struct db *db) {
    char path[512];
    snprintf(path, sizeof path, "%s", db->path);
    db_close(db);
    unlink(path);
}

static struct record make(const char *kind, int year, const char *category,
                          const char *state, bool pending, const char *consent,
                          const char *publicity) {
    json_t *doc = json_pack(
        "{s:s, s:i, s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:[{s:s}]}", "kind", kind,
        "schema", 1, "uid", "u", "category", category, "state", state, "paper_pending",
        pending, "consent", consent, "publicity", publicity, "title", "煤矿瓦斯抽采",
        "secrecy", "非密", "units", "name", "太原理工大学");
    assert_non_null(doc);
    if (year) json_object_set_new(doc, "stat_year", json_integer(year));
    struct record r;
    struct err err = {0};
    if (record_of(doc, &r, &err) != STATUS_OK) fail_msg("%s: %s", err.field, err.text);
    json_decref(doc);
    return r;
}

static int64_t count(struct db *db, const char *sql) {
    int64_t n = -1;
    assert_int_equal(db_int(db, sql, &n, NULL), STATUS_OK);
    return n;
}

static void feed(struct aggregate *a, struct record *r) {
    assert_int_equal(aggregate_apply(a, NULL, r, NULL), STATUS_OK);
    record_done(r);
}

static void only_registered_registrations_count(void **state) {
    (void)state;
    static const struct {
        const char *kind, *state;
        bool pending;
        const char *consent, *publicity;
        int records, visible;
    } rows[] = {
        {"registration", "approved", false, "yes", "closed", 1, 1},
        {"registration", "approved", false, "yes", "site_open", 1, 1},
        {"registration", "approved", false, "no", "closed", 1, 0},
        {"registration", "approved", false, "yes", "objected", 1, 0},
        {"registration", "approved", true, "yes", "closed", 0, 0},
        {"registration", "desk_review", false, "yes", "closed", 0, 0},
        {"registration", "unapproved", false, "yes", "closed", 0, 0},
        {"collection", "approved", false, "yes", "closed", 0, 0},
    };
    char dir[64] = "";
    struct db db;
    open_db(&db, dir, "a.db");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct aggregate *a = NULL;
        assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
        struct record r = make(rows[i].kind, 2020, "A", rows[i].state, rows[i].pending,
                               rows[i].consent, rows[i].publicity);
        feed(a, &r);
        assert_int_equal(aggregate_replace(a, &db, NULL), STATUS_OK);
        aggregate_free(a);
        if (count(&db, "SELECT ifnull(sum(records), 0) FROM stat_year WHERE year=2020") !=
                rows[i].records ||
            count(&db, "SELECT ifnull(sum(visible), 0) FROM stat_year_category"
                       " WHERE category='A'") != rows[i].visible)
            fail_msg("row %zu", i);
    }
    close_db(&db);
    rmdir(dir);
}

static void a_record_without_year_is_kept_apart(void **state) {
    (void)state;
    char dir[64] = "";
    struct db db;
    open_db(&db, dir, "a.db");
    struct aggregate *a = NULL;
    assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
    struct record r = make("registration", 0, "B", "approved", false, "yes", "closed");
    feed(a, &r);
    assert_int_equal(aggregate_flush(a, &db, NULL), STATUS_OK);
    assert_int_equal(count(&db, "SELECT records FROM stat_year WHERE year='none'"), 1);
    r = make("registration", 0, "B", "approved", false, "yes", "closed");
    assert_int_equal(aggregate_apply(a, &r, NULL, NULL), STATUS_OK);
    record_done(&r);
    assert_int_equal(aggregate_flush(a, &db, NULL), STATUS_OK);
    assert_int_equal(count(&db, "SELECT count(*) FROM aggregate"), 0);
    aggregate_free(a);
    close_db(&db);
    rmdir(dir);
}

static void taking_out_what_was_never_in_is_damage(void **state) {
    (void)state;
    char dir[64] = "";
    struct db db;
    open_db(&db, dir, "a.db");
    struct aggregate *a = NULL;
    struct err err = {0};
    assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
    struct record r = make("registration", 2020, "A", "approved", false, "yes", "closed");
    assert_int_equal(aggregate_apply(a, &r, NULL, NULL), STATUS_OK);
    record_done(&r);
    assert_int_equal(aggregate_flush(a, &db, &err), STATUS_CORRUPT);
    assert_string_equal(err.code, "aggregate");
    assert_int_equal(count(&db, "SELECT count(*) FROM aggregate"), 0);
    aggregate_free(a);
    close_db(&db);
    rmdir(dir);
}

/* Every difference between tables and records is found, and named. */
static void compare_finds_each_kind_of_difference(void **state) {
    (void)state;
    static const char *const damage[] = {
        "UPDATE aggregate SET records=records+1 WHERE cube='year'",
        "UPDATE aggregate SET visible=0 WHERE cube='year_category'",
        "DELETE FROM aggregate WHERE cube='year_category' AND d1='B'",
        "INSERT INTO aggregate VALUES('year', 1999, '', '', 1, 1)",
        "INSERT INTO aggregate VALUES('no_such_cube', 2020, '', '', 1, 1)",
    };
    char dir[64] = "";
    struct db db;
    struct err err = {0};
    open_db(&db, dir, "a.db");
    struct aggregate *a = NULL;
    assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
    for (size_t i = 0; i <= ARRAY_LEN(damage); i++) {
        for (int pass = 0; pass < 2; pass++) {
            struct record r =
                make("registration", 2020, "A", "approved", false, "yes", "closed");
            feed(a, &r);
            r = make("registration", 2021, "B", "approved", false, "no", "closed");
            feed(a, &r);
            if (pass == 0) assert_int_equal(aggregate_replace(a, &db, NULL), STATUS_OK);
        }
        if (i == ARRAY_LEN(damage)) {
            assert_int_equal(aggregate_compare(a, &db, &err), STATUS_OK);
        } else {
            assert_int_equal(db_exec(&db, damage[i], NULL), STATUS_OK);
            if (aggregate_compare(a, &db, &err) != STATUS_CORRUPT)
                fail_msg("not found: %s", damage[i]);
            assert_string_equal(err.code, "aggregate");
        }
        assert_int_equal(aggregate_replace(a, &db, NULL), STATUS_OK);
    }
    aggregate_free(a);
    close_db(&db);
    rmdir(dir);
}

static struct record random_record(uint64_t *seed) {
    static const char *const categories[] = {"A", "B", "S"};
    static const char *const states[] = {"approved",    "approved",   "approved",
                                         "desk_review", "unapproved", "cancelled"};
    static const char *const consents[] = {"yes", "yes", "no", "unknown"};
    static const char *const publicities[] = {"none",      "closed",   "unit_open",
                                              "site_open", "objected", "closed"};
    bool collection = draw(seed, 20) == 0;
    int year = draw(seed, 30) == 0 ? 0 : 2010 + (int)draw(seed, 16);
    return make(collection ? "collection" : "registration", year,
                categories[draw(seed, 3)], states[draw(seed, ARRAY_LEN(states))],
                draw(seed, 10) == 0, consents[draw(seed, ARRAY_LEN(consents))],
                publicities[draw(seed, ARRAY_LEN(publicities))]);
}

static void recompute_and_compare(struct record *const *now, struct db *db) {
    struct aggregate *want = NULL;
    struct err err = {0};
    assert_int_equal(aggregate_new(&want, NULL), STATUS_OK);
    for (size_t i = 0; i < RECORDS; i++)
        assert_int_equal(aggregate_apply(want, NULL, now[i], NULL), STATUS_OK);
    if (aggregate_compare(want, db, &err) != STATUS_OK) fail_msg("%s", err.text);
    aggregate_free(want);
}

/* Adds, revisions and withdrawals in any order, flushed at any moment: the tables are
 * those of the records that stand. */
static void incremental_equals_recomputed(void **state) {
    (void)state;
    char dir[64] = "";
    struct db db, copy;
    uint64_t seed = 20251231;
    struct record *now[RECORDS] = {NULL};
    struct aggregate *a = NULL;
    int compared = 0;
    open_db(&db, dir, "a.db");
    open_db(&copy, dir, "b.db");
    assert_int_equal(aggregate_new(&a, NULL), STATUS_OK);
    for (int step = 0; step < STEPS; step++) {
        size_t i = draw(&seed, RECORDS);
        struct record *after = NULL;
        if (draw(&seed, 4) > 0) {
            after = malloc(sizeof *after);
            assert_non_null(after);
            *after = random_record(&seed);
        }
        assert_int_equal(aggregate_apply(a, now[i], after, NULL), STATUS_OK);
        if (now[i]) record_done(now[i]);
        free(now[i]);
        now[i] = after;
        if (draw(&seed, 40) > 0) continue;
        assert_int_equal(db_exec(&db, "BEGIN", NULL), STATUS_OK);
        assert_int_equal(aggregate_flush(a, &db, NULL), STATUS_OK);
        assert_int_equal(db_exec(&db, "COMMIT", NULL), STATUS_OK);
        recompute_and_compare(now, &db);
        compared++;
    }
    assert_true(compared > 100);
    assert_int_equal(aggregate_flush(a, &db, NULL), STATUS_OK);
    aggregate_free(a);
    assert_int_equal(count(&db, "SELECT count(*) FROM aggregate WHERE records=0"), 0);
    assert_int_equal(count(&db, "SELECT count(*) FROM"
                                " (SELECT year, sum(records) r, sum(visible) v"
                                "  FROM stat_year_category GROUP BY year"
                                "  EXCEPT SELECT year, records, visible FROM stat_year)"),
                     0);
    assert_int_equal(db_exec(&copy, "BEGIN", NULL), STATUS_OK);
    assert_int_equal(aggregate_copy(&db, &copy, NULL), STATUS_OK);
    assert_int_equal(aggregate_copy(&db, &copy, NULL), STATUS_OK);
    assert_int_equal(db_exec(&copy, "COMMIT", NULL), STATUS_OK);
    recompute_and_compare(now, &copy);
    for (size_t i = 0; i < RECORDS; i++) {
        if (now[i]) record_done(now[i]);
        free(now[i]);
    }
    close_db(&db);
    close_db(&copy);
    rmdir(dir);
}

static void every_cube_has_its_view(void **state) {
    (void)state;
    char dir[64] = "";
    struct db db;
    struct catalogue_cube cube[64];
    open_db(&db, dir, "a.db");
    size_t n = catalogue_cubes(cube, ARRAY_LEN(cube));
    assert_in_range(n, 1, ARRAY_LEN(cube));
    for (size_t i = 0; i < n; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "SELECT year, %s%s%s%s records, visible FROM stat_%s",
                 cube[i].ndim > 0 ? cube[i].dims[0] : "", cube[i].ndim > 0 ? "," : "",
                 cube[i].ndim > 1 ? cube[i].dims[1] : "", cube[i].ndim > 1 ? "," : "",
                 cube[i].id);
        struct err err = {0};
        if (db_exec(&db, sql, &err) != STATUS_OK) fail_msg("%s: %s", sql, err.text);
    }
    close_db(&db);
    rmdir(dir);
}

int main(void) {
    struct err err = {0};
    if (codes_load(&err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_registered_registrations_count),
        cmocka_unit_test(a_record_without_year_is_kept_apart),
        cmocka_unit_test(taking_out_what_was_never_in_is_damage),
        cmocka_unit_test(compare_finds_each_kind_of_difference),
        cmocka_unit_test(incremental_equals_recomputed),
        cmocka_unit_test(every_cube_has_its_view),
    };
    return cmocka_run_group_tests_name("aggregate", tests, NULL, NULL);
}
