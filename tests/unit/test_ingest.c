/* Every folder of tests/cases/ingest is a case: input*.jsonl are brought in one after
 * another; expected.json says what each gives and what stands there in the end:
 *   "files"   per input: outcomes that are not 0, "codes", "warnings" (default {})
 *   "records" {uid: {column: value}} of the short rows, states by name; null: not there
 *   "losses"  [[regno, to, reason], …] as the public sees them, newest first
 *   "absent"  texts that no file of the store may hold
 *   "open"    rows in quarantine that are not settled
 *   "again"   false: a second round does change something (an erased record comes back
 *             and goes again)
 */
#include "indexer/lifecycle.h"
#include "tests/unit/xstore.h"

#include <dirent.h>
#include <limits.h>

#define CASES "tests/cases/ingest"

static char *read_file(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("cannot open %s", path);
    struct buf b = buf_init(0);
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, f)) > 0) buf_add(&b, chunk, got);
    buf_add_z(&b, "");
    fclose(f);
    *n = b.n;
    return b.p ? b.p : strdup("");
}

static int64_t want_int(const json_t *want, const char *key) {
    return json_integer_value(json_object_get(want, key));
}

static void check_tally(const char *name, const char *what, const json_t *want,
                        const struct ingest_tally *t, size_t n) {
    assert_true(!want || json_is_object(want));
    if (json_object_size(want) != n)
        fail_msg("%s: %zu %s, want %zu (first %s)", name, n, what, json_object_size(want),
                 n ? t[0].code : "-");
    for (size_t i = 0; i < n; i++)
        if (want_int(want, t[i].code) != t[i].n)
            fail_msg("%s: %s %s %lld, want %lld", name, what, t[i].code,
                     (long long)t[i].n, (long long)want_int(want, t[i].code));
}

static void check_report(const char *name, const json_t *want,
                         const struct ingest_report *r) {
    for (int o = 0; o < OUTCOME_COUNT; o++)
        if (want_int(want, outcome_name((enum outcome)o)) != r->outcome[o])
            fail_msg("%s: %s %lld, want %lld", name, outcome_name((enum outcome)o),
                     (long long)r->outcome[o],
                     (long long)want_int(want, outcome_name((enum outcome)o)));
    check_tally(name, "codes", json_object_get(want, "codes"), r->codes, r->ncodes);
    check_tally(name, "warnings", json_object_get(want, "warnings"), r->warnings,
                r->nwarnings);
}

static void check_record(struct xstore *x, const char *name, const char *uid,
                         const json_t *want) {
    char sql[512];
    const char *column;
    json_t *value;
    if (json_is_null(want)) {
        snprintf(sql, sizeof sql, "SELECT count(*) FROM record WHERE uid = '%s'", uid);
        xstore_expect(x, sql, "0\n");
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)want, column, value) {
        snprintf(sql, sizeof sql,
                 "SELECT %s%s FROM record JOIN record_text USING(key) WHERE uid = '%s'",
                 strcmp(column, "title") == 0 || strcmp(column, "consent") == 0
                     ? "json ->> "
                     : "",
                 strcmp(column, "title") == 0     ? "'title'"
                 : strcmp(column, "consent") == 0 ? "'consent'"
                                                  : column,
                 uid);
        char *got = xstore_rows(x, sql);
        got[strcspn(got, "\n")] = 0;
        const char *shown = strcmp(column, "state") == 0
                                ? lifecycle_name((enum life_state)strtol(got, NULL, 10))
                                : got;
        char number[32];
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        const char *w = json_is_string(value) ? json_string_value(value) : number;
        if (strcmp(shown, w) != 0)
            fail_msg("%s: %s.%s is %s, want %s", name, uid, column, shown, w);
        free(got);
    }
}

static enum status add_loss(void *arg, const struct registry_loss *l, struct err *err) {
    (void)err;
    json_array_append_new(arg, json_pack("[s%s%s%]", l->regno.p, l->regno.n,
                                         l->to_regno.p ? l->to_regno.p : "",
                                         l->to_regno.n, l->reason.p, l->reason.n));
    return STATUS_OK;
}

static void check_end(struct xstore *x, const char *name, const json_t *want) {
    const char *uid;
    json_t *value;
    size_t i;
    json_object_foreach(json_object_get(want, "records"), uid, value)
        check_record(x, name, uid, value);
    if (json_object_get(want, "losses")) {
        json_t *got = json_array();
        struct err err = {0};
        must_(registry_losses(&x->reg, add_loss, got, &err), &err, "registry_losses");
        char *text = json_dumps(got, 0);
        if (!json_equal(got, json_object_get(want, "losses")))
            fail_msg("%s: losses are %s", name, text);
        free(text);
        json_decref(got);
    }
    json_array_foreach(json_object_get(want, "absent"), i,
                       value) if (xstore_holds(x, json_string_value(value)))
        fail_msg("%s: the store holds %s", name, json_string_value(value));
    char open[24];
    snprintf(open, sizeof open, "%lld\n", (long long)want_int(want, "open"));
    xstore_expect(x, "SELECT count(*) FROM quarantine WHERE resolved_batch IS NULL",
                  open);
}

/* Bringing everything in again changes nothing and quarantines nothing anew. */
static void check_again(struct xstore *x, const char *name, char *const *path, size_t n) {
    char *before = xstore_digest(x);
    char *quarantine = xstore_rows(x, "SELECT id, code, waiting FROM quarantine");
    int64_t revision = 0, at = 0, after = 0;
    struct err err = {0};
    must_(registry_revision(&x->reg, &revision, &at, &err), &err, "revision");
    for (size_t i = 0; i < n; i++) {
        size_t size;
        char *text = read_file(path[i], &size);
        struct ingest_report r = xstore_ingest(x, path[i], text, size);
        int64_t same = r.outcome[OUTCOME_UNCHANGED] + r.outcome[OUTCOME_HELD] +
                       r.outcome[OUTCOME_REJECTED];
        if (same != r.read) fail_msg("%s: a second round is not all unchanged", name);
        ingest_report_done(&r);
        free(text);
    }
    must_(registry_revision(&x->reg, &after, &at, &err), &err, "revision");
    assert_int_equal(revision, after);
    char *again = xstore_digest(x);
    assert_string_equal(before, again);
    free(again);
    again = xstore_rows(x, "SELECT id, code, waiting FROM quarantine");
    assert_string_equal(quarantine, again);
    free(again);
    free(quarantine);
    free(before);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list(const char *dir, const char *prefix, char **out, size_t max) {
    DIR *d = opendir(dir);
    if (!d) fail_msg("cannot open %s", dir);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d)) && n < max;)
        if (e->d_name[0] != '.' && strncmp(e->d_name, prefix, strlen(prefix)) == 0 &&
            asprintf(&out[n], "%s/%s", dir, e->d_name) > 0)
            n++;
    closedir(d);
    qsort(out, n, sizeof out[0], by_name);
    return n;
}

static void run_case(const char *dir) {
    char *path[8], expected[PATH_MAX];
    size_t n = list(dir, "input", path, ARRAY_LEN(path)), size;
    snprintf(expected, sizeof expected, "%s/expected.json", dir);
    char *text = read_file(expected, &size);
    json_error_t at;
    json_t *want = json_loadb(text, size, JSON_REJECT_DUPLICATES, &at);
    if (!want) fail_msg("%s:%d: %s", expected, at.line, at.text);
    free(text);
    assert_int_equal(json_array_size(json_object_get(want, "files")), n);
    struct xstore x;
    xstore_open(&x);
    for (size_t i = 0; i < n; i++) {
        text = read_file(path[i], &size);
        struct ingest_report r = xstore_ingest(&x, path[i], text, size);
        check_report(path[i], json_array_get(json_object_get(want, "files"), i), &r);
        ingest_report_done(&r);
        free(text);
    }
    check_end(&x, dir, want);
    if (!json_is_false(json_object_get(want, "again"))) check_again(&x, dir, path, n);
    xstore_close(&x);
    json_decref(want);
    for (size_t i = 0; i < n; i++) free(path[i]);
}

static void every_case(void **state) {
    (void)state;
    char *dir[256];
    size_t n = list(CASES, "", dir, ARRAY_LEN(dir));
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        run_case(dir[i]);
        free(dir[i]);
    }
}

#define LINE                                                                             \
    "{\"kind\":\"registration\",\"uid\":\"U%d\",\"title\":\"成果%d\",\"category\":"    \
    "\"A\","                                                                             \
    "\"units\":[{\"name\":\"单位\"}],\"secrecy\":\"非密\",\"state\":\"approved\","   \
    "\"stat_year\":2025}\n"

static void ends_of_lines(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    char text[2048];
    int n = snprintf(text, sizeof text, "\xEF\xBB\xBF" LINE "\r\n  \t\r\n" LINE LINE, 1,
                     1, 2, 2, 3, 3);
    struct ingest_report r = xstore_ingest(&x, "a.jsonl", text, (size_t)n - 1);
    assert_int_equal(r.read, 3);
    assert_int_equal(r.outcome[OUTCOME_ADDED], 3);
    assert_int_equal(json_array_size(r.ignored), 2);
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(r.ignored, 0), "line")), 2);
    ingest_report_done(&r);
    r = xstore_ingest(&x, "empty.jsonl", "", 0);
    assert_int_equal(r.read, 0);
    assert_int_equal(r.revision, 1);
    ingest_report_done(&r);
    xstore_close(&x);
}

static void a_line_without_end_is_skipped(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    size_t big = (8u << 20) + 100;
    char *text = malloc(big + 4096);
    assert_non_null(text);
    memset(text, '[', big);
    text[big] = '\n';
    int n = snprintf(text + big + 1, 4000, LINE, 1, 1);
    struct ingest_report r = xstore_ingest(&x, "a.jsonl", text, big + 1 + (size_t)n);
    assert_int_equal(r.outcome[OUTCOME_REJECTED], 1);
    assert_int_equal(r.outcome[OUTCOME_ADDED], 1);
    assert_string_equal(r.codes[0].code, "E_SYNTAX");
    xstore_expect(&x, "SELECT line, raw IS NULL FROM quarantine", "1|1\n");
    ingest_report_done(&r);
    free(text);
    xstore_close(&x);
}

static void other_encodings_are_named(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    static const char utf16[] = "\xFF\xFE{\0\"\0k\0\"\0:\0\"\0x\0\"\0}\0\n\0{\0}\0\n";
    struct ingest_report r = xstore_ingest(&x, "a.jsonl", utf16, sizeof utf16);
    assert_int_equal(r.read, 2);
    assert_string_equal(r.codes[0].code, "E_ENCODING");
    assert_int_equal(r.codes[0].n, 2);
    ingest_report_done(&r);
    /* GB18030, classified: nothing of it may be kept. 密级 机密 */
    static const char gbk[] =
        "{\"title\":\"\xC3\xD8\",\"\xC3\xDC\xBC\xB6\":\"\xBB\xFA\xC3\xDC\"}\n"
        "{\"title\":\"\xC3\xD8\",\"\xC3\xDC\xBC\xB6\":\"\xB7\xC7\xC3\xDC\"}\n";
    r = xstore_ingest(&x, "b.jsonl", gbk, sizeof gbk - 1);
    assert_string_equal(r.codes[0].code, "E_ENCODING");
    xstore_expect(&x, "SELECT line, raw IS NULL FROM quarantine WHERE source = 'b.jsonl'",
                  "1|1\n2|0\n");
    ingest_report_done(&r);
    xstore_close(&x);
}

static int stop_flag;
static void raise_stop(void *arg, int64_t rows, int64_t bytes, int64_t total) {
    (void)arg;
    (void)rows;
    assert_true(bytes <= total);
    stop_flag = 1;
}

static void an_interrupted_file_leaves_nothing(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    struct buf b = buf_init(0);
    for (int i = 0; i < 3000; i++) buf_add_f(&b, LINE, i, i);
    struct ingest_options opt = {.stop = &stop_flag, .progress = raise_stop};
    struct ingest_report r = {.read = -7};
    struct err err;
    stop_flag = 0;
    assert_int_equal(xstore_try(&x, "a.jsonl", b.p, b.n, opt, &r, &err),
                     STATUS_INTERRUPTED);
    assert_int_equal(r.read, -7);
    xstore_expect(&x, "SELECT count(*) FROM record", "0\n");
    xstore_expect(&x, "SELECT count(*) FROM batch", "0\n");
    stop_flag = 0;
    opt = (struct ingest_options){.dry_run = true};
    must_(xstore_try(&x, "a.jsonl", b.p, b.n, opt, &r, &err), &err, "dry run");
    assert_int_equal(r.outcome[OUTCOME_ADDED], 3000);
    assert_int_equal(r.revision, 0);
    ingest_report_done(&r);
    xstore_expect(&x, "SELECT count(*) FROM record", "0\n");
    buf_done(&b);
    xstore_close(&x);
}

static void folders_and_full_disks_are_errors(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    struct ingest_report r;
    struct err err;
    struct ingest_options opt = {.path = "dir", .fd = open("tests", O_RDONLY)};
    assert_int_equal(ingest_file(&x.reg, &opt, &r, &err), STATUS_IO);
    assert_string_equal(err.file, "dir");
    close(opt.fd);
    /* A full disk, as far as SQLite sees it. */
    must_(db_exec(&x.reg.db, "PRAGMA max_page_count=200", &err), &err, "pragma");
    struct buf b = buf_init(0);
    for (int i = 0; i < 5000; i++) buf_add_f(&b, LINE, i, i);
    opt = (struct ingest_options){0};
    assert_int_equal(xstore_try(&x, "a.jsonl", b.p, b.n, opt, &r, &err), STATUS_IO);
    xstore_expect(&x, "SELECT count(*) FROM record", "0\n");
    buf_done(&b);
    xstore_close(&x);
}

static void rejects_are_written_without_secrets(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    char path[256];
    snprintf(path, sizeof path, "%s/rejects", x.dir);
    static const char lines[] =
        "{\"kind\":\"registration\",\"title\":\"不可见甲\",\"secrecy\":\"机密\"}\n"
        "{\"kind\":\"registration\",\"title\":\"可见乙\",\"secrecy\":\"非密\"}\n"
        "{\"title\":\"不可见丙\",\"secrecy\":\"绝密\"\n";
    struct ingest_options opt = {.reject_file = path};
    struct ingest_report r;
    struct err err;
    must_(xstore_try(&x, "a.jsonl", lines, sizeof lines - 1, opt, &r, &err), &err,
          "ingest");
    ingest_report_done(&r);
    size_t n;
    char *text = read_file(path, &n);
    assert_null(strstr(text, "不可见"));
    assert_non_null(strstr(text, "可见乙"));
    assert_non_null(strstr(text, "\"line\":3"));
    free(text);
    assert_false(xstore_holds(&x, "不可见"));
    xstore_close(&x);
}

/* A receipt without number is the same only at the same place of the same file. */
static void payments_without_number(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    static const char two[] =
        "{\"kind\":\"contract\",\"contract_no\":\"C\",\"type\":\"许可\",\"signed_on\":"
        "\"2025-01-01\",\"amount_total\":\"9.00\",\"seller\":{\"name\":\"甲\"},\"buyer\":"
        "{"
        "\"name\":\"乙\"},\"status\":\"valid\"}\n"
        "{\"kind\":\"receipt\",\"contract_no\":\"C\",\"received_on\":\"2026-01-15\","
        "\"amount\":\"5.00\"}\n"
        "{\"kind\":\"receipt\",\"contract_no\":\"C\",\"received_on\":\"2026-01-15\","
        "\"amount\":\"5.00\"}\n";
    struct ingest_report r = xstore_ingest(&x, "in/a.jsonl", two, sizeof two - 1);
    assert_int_equal(r.outcome[OUTCOME_ADDED], 3);
    ingest_report_done(&r);
    /* the same bytes under another name, and the same name grown by a line */
    r = xstore_ingest(&x, "b.jsonl", two, sizeof two - 1);
    assert_int_equal(r.outcome[OUTCOME_UNCHANGED], 3);
    ingest_report_done(&r);
    char grown[2048];
    int n = snprintf(grown, sizeof grown, "%s%s", two,
                     "{\"kind\":\"receipt\",\"contract_no\":\"C\",\"received_on\":"
                     "\"2026-01-15\",\"amount\":\"5.00\"}\n");
    r = xstore_ingest(&x, "elsewhere/a.jsonl", grown, (size_t)n);
    assert_int_equal(r.outcome[OUTCOME_UNCHANGED], 3);
    assert_int_equal(r.outcome[OUTCOME_ADDED], 1);
    ingest_report_done(&r);
    xstore_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(ends_of_lines),
        cmocka_unit_test(a_line_without_end_is_skipped),
        cmocka_unit_test(other_encodings_are_named),
        cmocka_unit_test(an_interrupted_file_leaves_nothing),
        cmocka_unit_test(folders_and_full_disks_are_errors),
        cmocka_unit_test(rejects_are_written_without_secrets),
        cmocka_unit_test(payments_without_number),
    };
    return cmocka_run_group_tests_name("ingest", tests, NULL, NULL);
}
