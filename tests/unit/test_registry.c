#include "indexer/registry_write.h"
#include "tests/unit/xstore.h"

#define LINE                                                                             \
    "{\"kind\":\"registration\",\"uid\":\"%s\",\"rev\":%d,\"title\":\"成果%s\","       \
    "\"category\":\"A\",\"units\":[{\"name\":\"单位\"}],\"secrecy\":\"非密\","       \
    "\"state\":\"%s\",\"consent\":\"%s\",\"publicity\":\"closed\",\"stat_year\":2025,"   \
    "\"regno\":\"%s\"}\n"

static void PRINTF_LIKE(2, 3) bring(struct xstore *x, const char *fmt, ...) {
    struct buf b = buf_init(0);
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_add(&b, text, (size_t)n);
    struct ingest_report r = xstore_ingest(x, "a.jsonl", b.p, b.n);
    ingest_report_done(&r);
    buf_done(&b);
}

struct seen {
    struct registry *reg;
    char text[512];
};

static enum status see_change(void *arg, uint32_t key, bool erased, struct err *err) {
    (void)err;
    struct seen *s = arg;
    size_t n = strlen(s->text);
    snprintf(s->text + n, sizeof s->text - n, "%u%s ", key, erased ? "!" : "");
    return STATUS_OK;
}

static enum status see_row(void *arg, const struct registry_row *row, struct err *err) {
    struct seen *s = arg;
    size_t n = strlen(s->text);
    uint32_t key = 0;
    snprintf(s->text + n, sizeof s->text - n, "%u=%.*s ", row->key,
             (int)row->record.uid.n, row->record.uid.p);
    /* the walk allows look-ups, and itself, inside */
    if (registry_find(s->reg, row->record.uid, &key, err) != STATUS_OK || key != row->key)
        return STATUS_CORRUPT;
    return n > 20 ? STATUS_INTERRUPTED : STATUS_OK;
}

static void keys_by_class(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, LINE LINE LINE, "A", 1, "A", "approved", "yes", "9142025Y0001", "B", 1, "B",
          "approved", "no", "9142025Y0002", "C", 1, "C", "approved", "yes",
          "9142025Y0003");
    xstore_expect(&x, "SELECT key, uid FROM record ORDER BY key", "1|A\n2|C\n10001|B\n");
    uint32_t end = 0, count = 0;
    struct err err = {0};
    must_(registry_extent(&x.reg, &end, &count, &err), &err, "extent");
    assert_int_equal(end, 10002);
    assert_int_equal(count, 3);
    xstore_close(&x);
}

static void a_full_block_is_followed_by_the_next_free_one(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    struct registry_batch b;
    struct registry_source src = {.path = "a", .actor = "t", .now = 1};
    struct err err = {0};
    must_(registry_batch_begin(&x.reg, &src, &b, &err), &err, "begin");
    uint32_t key = 0;
    for (int i = 0; i < REGISTRY_KEY_BLOCK; i++)
        must_(registry_key_new(&b, 0, &key, &err), &err, "key");
    assert_int_equal(key, REGISTRY_KEY_BLOCK);
    must_(registry_key_new(&b, 0, &key, &err), &err, "key");
    assert_int_equal(key, 2 * REGISTRY_KEY_BLOCK + 1);
    must_(registry_key_new(&b, 1, &key, &err), &err, "key");
    assert_int_equal(key, REGISTRY_KEY_BLOCK + 1);
    int64_t revision = -1;
    must_(registry_batch_commit(&b, "{}", "test", false, &revision, &err), &err,
          "commit");
    assert_int_equal(revision, 0);
    must_(registry_batch_begin(&x.reg, &src, &b, &err), &err, "begin");
    must_(registry_key_new(&b, 0, &key, &err), &err, "key");
    assert_int_equal(key, 2 * REGISTRY_KEY_BLOCK + 2);
    registry_batch_abort(&b);
    xstore_close(&x);
}

static void finds_by_uid_then_by_number(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, LINE LINE, "A", 1, "A", "unapproved", "yes", "9142025Y0001", "B", 1, "B",
          "approved", "yes", "9142025Y0001");
    uint32_t key = 0;
    struct err err = {0};
    must_(registry_find(&x.reg, str_of("A"), &key, &err), &err, "find");
    assert_int_equal(key, REGISTRY_KEY_BLOCK + 1);
    must_(registry_find(&x.reg, str_of("9142025Y0001"), &key, &err), &err, "find");
    assert_int_equal(key, 1);
    key = 77;
    assert_int_equal(registry_find(&x.reg, str_of("Z"), &key, &err), STATUS_NOT_FOUND);
    assert_int_equal(key, 77);
    struct registry_row row;
    must_(registry_load(&x.reg, 1, &row, &err), &err, "load");
    assert_true(str_eq_z(row.record.uid, "B"));
    assert_true(row.was_public);
    registry_row_done(&row);
    assert_int_equal(registry_load(&x.reg, 5, &row, &err), STATUS_NOT_FOUND);
    xstore_close(&x);
}

static void tells_changes_since_a_mark(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    bring(&x, LINE LINE, "A", 1, "A", "approved", "yes", "9142025Y0001", "B", 1, "B",
          "approved", "no", "9142025Y0002");
    bring(&x, LINE, "B", 2, "B2", "approved", "no", "9142025Y0002");
    bring(&x, LINE, "B", 2, "B2", "approved", "no", "9142025Y0002");
    bring(&x, "{\"kind\":\"registration\",\"uid\":\"A\",\"secrecy\":\"机密\"}\n");
    int64_t revision = 0, at = 0, n = 0;
    struct err err = {0};
    must_(registry_revision(&x.reg, &revision, &at, &err), &err, "revision");
    assert_int_equal(revision, 3);
    assert_int_equal(at, XSTORE_NOW);
    struct {
        int64_t since, upto, count;
        const char *want;
    } cases[] = {{0, 3, 2, "1! 10001 "},
                 {1, 3, 2, "1! 10001 "},
                 {2, 3, 1, "1! "},
                 {1, 2, 2, "10001 "},
                 {3, 3, 0, ""}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct seen seen = {&x.reg, ""};
        must_(registry_changes(&x.reg, cases[i].since, cases[i].upto, see_change, &seen,
                               &err),
              &err, "changes");
        assert_string_equal(seen.text, cases[i].want);
        must_(registry_change_count(&x.reg, cases[i].since, &n, &err), &err, "count");
        assert_int_equal(n, cases[i].count);
    }
    xstore_close(&x);
}

static void walks_ranges_and_stops_when_told(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    for (int i = 0; i < 9; i++) {
        char uid[16];
        snprintf(uid, sizeof uid, "U%d", i);
        bring(&x, LINE, uid, 1, uid, "approved", "yes", "");
    }
    struct seen seen = {&x.reg, ""};
    struct err err = {0};
    must_(registry_each(&x.reg, 3, 5, see_row, &seen, &err), &err, "each");
    assert_string_equal(seen.text, "3=U2 4=U3 ");
    seen.text[0] = 0;
    assert_int_equal(registry_each(&x.reg, 1, 100, see_row, &seen, &err),
                     STATUS_INTERRUPTED);
    xstore_close(&x);
}

static void refuses_foreign_newer_and_damaged_files(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    struct registry r;
    struct err err = {0};
    must_(db_exec(&x.reg.db, "PRAGMA user_version=99", &err), &err, "pragma");
    registry_close(&x.reg);
    assert_int_equal(registry_open(&x.store, true, &r, &err), STATUS_CORRUPT);
    assert_int_equal(registry_open(&x.store, false, &r, &err), STATUS_CORRUPT);
    char path[256];
    snprintf(path, sizeof path, "%s/registry.db", x.dir);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs("this is no database at all, whatever its name says; not one page of it", f);
    fclose(f);
    assert_int_equal(registry_open(&x.store, true, &r, &err), STATUS_CORRUPT);
    remove(path);
    assert_int_equal(registry_open(&x.store, false, &r, &err), STATUS_NOT_FOUND);
    must_(registry_open(&x.store, true, &x.reg, &err), &err, "open");
    xstore_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_by_class),
        cmocka_unit_test(a_full_block_is_followed_by_the_next_free_one),
        cmocka_unit_test(finds_by_uid_then_by_number),
        cmocka_unit_test(tells_changes_since_a_mark),
        cmocka_unit_test(walks_ranges_and_stops_when_told),
        cmocka_unit_test(refuses_foreign_newer_and_damaged_files),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
