/* Which achievement a contract is about: declared, by IP number, by title and seller, by
 * hand, none; and what becomes of that when achievements come and go. */
#include "indexer/conversion_match.h"
#include "tests/unit/xstore.h"

static void in(struct xstore *x, const char *fmt, ...)PRINTF_LIKE(2, 3);
static void in(struct xstore *x, const char *fmt, ...) {
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    assert_true(vasprintf(&text, fmt, ap) > 0);
    va_end(ap);
    struct ingest_report r = xstore_ingest(x, "file.jsonl", text, strlen(text));
    ingest_report_done(&r);
    free(text);
}

/* One registration: uid, title, first and second unit, IP number ("": none), state. */
#define RECORD(uid, title, unit, second, ip, state, more)                                \
    "{\"kind\":\"registration\",\"uid\":\"" uid "\",\"regno\":\"N-" uid                  \
    "\",\"title\":\"" title                                                              \
    "\",\"category\":\"A\",\"secrecy\":\"非密\",\"state\":\"" state                      \
    "\",\"stat_year\":2025,\"units\":[{\"name\":\"" unit "\"},{\"name\":\"" second       \
    "\"}],\"ip\":[{\"kind\":\"发明专利\",\"no\":\"" ip "\"}]" more "}\n"
#define OPEN(uid, title, unit, ip)                                                       \
    RECORD(uid, title, unit, "乙所", ip, "approved", ",\"consent\":\"yes\"")
#define CONTRACT(no, more)                                                               \
    "{\"kind\":\"contract\",\"contract_no\":\"" no                                       \
    "\",\"type\":\"许可\",\"signed_on\":\"2025-12-01\",\"amount_total\":\"9.00\"" more   \
    "}\n"
#define IP(no) ",\"ip_no\":\"" no "\""
#define SOLD(title, by)                                                                  \
    ",\"achievement_title\":\"" title "\",\"seller\":{\"name\":\"" by "\"}"
#define NAMED(uid) ",\"achievements\":[{\"uid\":\"" uid "\"}]"
#define EVENT(uid, to, at)                                                               \
    "{\"kind\":\"event\",\"uid\":\"" uid "\",\"to\":\"" to "\",\"at\":\"" at "\"}\n"

static void expect(struct xstore *x, const char *no, const char *want) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT c.match || ' ' || coalesce(group_concat(coalesce(r.uid, '?') || ' ' "
             "|| l.match), '') FROM conversion c LEFT JOIN conversion_link l USING "
             "(contract_no) LEFT JOIN record r ON r.key = l.key"
             " WHERE kind = 'contract' AND c.contract_no = '%s'",
             no);
    char line[128];
    snprintf(line, sizeof line, "%s\n", want);
    xstore_expect(x, sql, line);
    xstore_expect(x, "SELECT count(*) FROM conversion_dirty", "0\n");
}

static void complain(void *arg, const char *sentence) {
    (void)arg;
    fail_msg("%s", sentence);
}

static void count_one(void *arg, const char *sentence) {
    (void)sentence;
    ++*(int *)arg;
}

static void consistent(struct xstore *x) {
    struct err err = {0};
    must_(conversion_check(&x->reg, complain, NULL, &err), &err, "conversion_check");
}

static void finish(struct xstore *x) {
    consistent(x);
    xstore_close(x);
}

static void classes(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       OPEN("U1", "瓦斯抽采装置", "甲所", "ZL 2023 1 0000001.X")
           OPEN("U2", "《井筒》修复－技术", "丙厂", "") CONTRACT("D", NAMED("U1"))
               CONTRACT("L", NAMED("later")) CONTRACT("I", IP("ＣＮ202310000001.x"))
                   CONTRACT("T", SOLD("井筒修复技术", "丙厂（盖章）"))
                       CONTRACT("T2", SOLD("瓦斯抽采装置", "乙所")) /* its second unit */
       CONTRACT("W", SOLD("瓦斯抽采装置", "丁厂")) CONTRACT("N", ""));
    expect(&x, "D", "declared U1 declared");
    expect(&x, "L", "declared ? declared");
    expect(&x, "I", "ip U1 ip");
    expect(&x, "T", "title U2 title");
    expect(&x, "T2", "title U1 title");
    expect(&x, "W", "none ");
    expect(&x, "N", "none ");
    /* the number goes before the title */
    in(&x, "%s", CONTRACT("B", IP("202310000001X") SOLD("井筒修复技术", "丙厂")));
    expect(&x, "B", "ip U1 ip");
    in(&x, "%s", OPEN("later", "另一成果", "甲所", ""));
    expect(&x, "L", "declared later declared");
    finish(&x);
}

static void two_that_fit_are_none(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s", OPEN("U1", "甲法", "甲所", "ZL202310000001.1"));
    in(&x, "%s",
       CONTRACT("I", IP("202310000001.1；202310000002.2") SOLD("甲法", "甲所")));
    expect(&x, "I", "ip U1 ip");
    in(&x, "%s", OPEN("U2", "乙法", "甲所", "ZL202310000002.2"));
    expect(&x, "I", "none ");
    in(&x, "%s", EVENT("U1", "unapproved", "2026-01-05"));
    expect(&x, "I", "ip U2 ip");
    in(&x, "%s", EVENT("U1", "approved", "2026-01-06"));
    expect(&x, "I", "none ");
    in(&x, "%s", EVENT("U2", "unapproved", "2026-01-07"));
    expect(&x, "I", "ip U1 ip");
    /* a number that goes leaves the title */
    in(&x, "%s", OPEN("U1", "甲法", "甲所", "另文"));
    expect(&x, "I", "title U1 title");
    finish(&x);
}

static void only_registered_registrations(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       CONTRACT("I", IP("202310000001.1")) CONTRACT("T", SOLD("甲法", "甲所"))
           RECORD("U1", "甲法", "甲所", "乙所", "ZL202310000001.1", "draft", ""));
    in(&x, "%s",
       "{\"kind\":\"collection\",\"uid\":\"C1\",\"title\":\"甲法\",\"state\":\"approved\""
       ",\"secrecy\":\"非密\",\"units\":[{\"name\":\"甲所\"}],\"ip\":[{\"kind\":\"发明"
       "专利\",\"no\":\"ZL202310000001.1\"}]}\n");
    expect(&x, "I", "none ");
    expect(&x, "T", "none ");
    in(&x, "%s",
       RECORD("U1", "甲法", "甲所", "乙所", "ZL202310000001.1", "approved", ""));
    expect(&x, "I", "none "); /* draft to approved is no move */
    in(&x, "%s",
       RECORD("U2", "甲法二", "甲所", "乙所", "ZL202310000001.1", "approved",
              ",\"paper_pending\":true"));
    expect(&x, "I", "none ");
    in(&x, "%s",
       RECORD("U2", "甲法二", "甲所", "乙所", "ZL202310000001.1", "approved", ""));
    expect(&x, "I", "ip U2 ip"); /* registered, if not public */
    finish(&x);
}

static void corrections(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       OPEN("U1", "甲法", "甲所", "ZL202310000001.1") OPEN("U2", "乙法", "乙厂", "")
           CONTRACT("C", NAMED("U1")));
    expect(&x, "C", "declared U1 declared");
    in(&x, "%s", CONTRACT("C", SOLD("乙法", "乙厂")));
    expect(&x, "C", "title U2 title");
    in(&x, "%s", CONTRACT("C", SOLD("丙法", "乙厂")));
    expect(&x, "C", "none ");
    in(&x, "%s", CONTRACT("C", IP("ZL202310000001.1")));
    expect(&x, "C", "ip U1 ip");
    in(&x, "%s",
       CONTRACT("C", ",\"achievements\":[{\"uid\":\"U1\",\"share\":\"0.25\"},{\"regno\":"
                     "\"N-U2\",\"share\":\"0.75\"}]"));
    expect(&x, "C", "declared U1 declared,U2 declared");
    xstore_expect(&x, "SELECT share FROM conversion_link ORDER BY n",
                  "250000000\n750000000\n");
    finish(&x);
}

/* Numbers that say nothing, and the same number written in many ways. */
static void numbers(void **state) {
    (void)state;
    static const char *const ways[] = {
        "ZL202310000001.1",       "zl 202310000001.1",
        "CN202310000001.1",       "２０２３１００００００１．１",
        "2023-1-0000001 1",       "无；ZL202310000001.1",
        "申请中，202310000001.1", "202310000001.1、\\n",
    };
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s", OPEN("U1", "甲法", "甲所", "ZL202310000001.1"));
    in(&x, "%s", OPEN("U2", "乙法", "乙所", "无") OPEN("U3", "丙法", "丙所", "1"));
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        in(&x,
           "{\"kind\":\"contract\",\"contract_no\":\"C\",\"type\":\"许可\",\"signed_on\":"
           "\"2025-12-01\",\"amount_total\":\"%zu.00\",\"ip_no\":\"%s\"}\n",
           i, ways[i]);
        expect(&x, "C", "ip U1 ip");
    }
    in(&x, "%s",
       CONTRACT("A", IP("无")) CONTRACT("B", IP("1")) CONTRACT("E", IP("申请中的专利")));
    expect(&x, "A", "none ");
    expect(&x, "B", "none ");
    expect(&x, "E", "none ");
    finish(&x);
}

struct by_hand {
    struct xstore *x;
    struct registry_batch b;
};

static void begin(struct by_hand *h, struct xstore *x) {
    struct err err = {0};
    struct registry_source src = {
        .path = "conversion", .actor = "登记员", .now = XSTORE_NOW};
    h->x = x;
    must_(registry_batch_begin(&x->reg, &src, &h->b, &err), &err, "begin");
}

static void commit(struct by_hand *h) {
    struct err err = {0};
    int64_t revision = 0;
    must_(registry_batch_commit(&h->b, "{}", "conversion link", false, &revision, &err),
          &err, "commit");
}

static enum status link_by_hand(struct xstore *x, const char *no, const char *uid) {
    struct by_hand h;
    struct err err = {0};
    uint32_t key = 0;
    bool changed = false;
    if (uid) must_(registry_find(&x->reg, str_of(uid), &key, &err), &err, uid);
    begin(&h, x);
    enum status s = conversion_pin(&h.b, str_of(no), key, &changed, &err);
    if (s == STATUS_OK)
        commit(&h);
    else
        registry_batch_abort(&h.b);
    return s;
}

static void a_person_decides(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       OPEN("U1", "甲法", "甲所", "ZL202310000001.1") OPEN("U2", "乙法", "乙厂", "")
           CONTRACT("I", IP("ZL202310000001.1")) CONTRACT("D", NAMED("U1")));
    assert_int_equal(link_by_hand(&x, "I", "U2"), STATUS_OK);
    expect(&x, "I", "manual U2 manual");
    /* neither arrivals nor corrections that declare nothing change it */
    in(&x, "%s", OPEN("U3", "丙法", "甲所", "ZL202310000001.1"));
    in(&x, "%s", CONTRACT("I", IP("ZL202310000001.1") ",\"currency\":\"人民币\""));
    expect(&x, "I", "manual U2 manual");
    in(&x, "%s", EVENT("U2", "unapproved", "2026-01-05"));
    expect(&x, "I", "manual U2 manual");
    consistent(&x);
    /* linked to none, by hand */
    assert_int_equal(link_by_hand(&x, "I", NULL), STATUS_OK);
    expect(&x, "I", "manual ");
    in(&x, "%s", EVENT("U3", "unapproved", "2026-01-05"));
    expect(&x, "I", "manual ");
    /* and matched again */
    struct by_hand h;
    struct err err = {0};
    bool changed = false;
    begin(&h, &x);
    must_(conversion_unpin(&h.b, str_of("I"), &changed, &err), &err, "unpin");
    assert_true(changed);
    commit(&h);
    expect(&x, "I", "ip U1 ip");
    assert_int_equal(link_by_hand(&x, "D", "U2"), STATUS_CONFLICT);
    assert_int_equal(link_by_hand(&x, "no such", "U2"), STATUS_NOT_FOUND);
    /* what the contract declares later goes before what a person said */
    assert_int_equal(link_by_hand(&x, "I", "U2"), STATUS_OK);
    in(&x, "%s", CONTRACT("I", NAMED("U1")));
    expect(&x, "I", "declared U1 declared");
    finish(&x);
}

static void erased_with_its_words(void **state) {
    (void)state;
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       OPEN("U1", "密法甲", "甲所", "ZL209912345678.1")
           CONTRACT("T", SOLD("密法甲", "甲所") IP("ZL209912345678.1"))
               CONTRACT("D", NAMED("U1") ",\"achievement_title\":\"密法甲\""));
    in(&x, "%s",
       CONTRACT("T", SOLD("密法甲", "甲所") IP("209912345678.1") ",\"currency\":\"元\""));
    assert_int_equal(link_by_hand(&x, "T", "U1"), STATUS_OK);
    in(&x, "%s", CONTRACT("O", SOLD("密法甲", "甲所")));
    assert_int_equal(link_by_hand(&x, "O", NULL), STATUS_OK);
    assert_true(xstore_holds(&x, "密法甲"));
    in(&x, "%s",
       "{\"kind\":\"registration\",\"uid\":\"U1\",\"secrecy\":\"秘密\",\"title\":\"密法"
       "甲\"}\n");
    expect(&x, "D", "declared ? declared");
    expect(&x, "T", "manual ? manual");
    xstore_expect(&x, "SELECT count(*) FROM ip_number", "0\n");
    assert_false(xstore_holds(&x, "密法甲"));
    assert_false(xstore_holds(&x, "209912345678"));
    consistent(&x);
    /* it comes back open: what was linked by name is linked again */
    in(&x, "%s", OPEN("U1", "公开法", "甲所", ""));
    expect(&x, "D", "declared U1 declared");
    expect(&x, "T", "manual U1 manual");
    finish(&x);
}

static void check_finds_what_is_wrong(void **state) {
    (void)state;
    static const char *const wrongs[] = {
        "UPDATE conversion SET match = 'title' WHERE contract_no = 'I'",
        "UPDATE conversion_link SET key = (SELECT key FROM record WHERE uid = 'U2')"
        " WHERE contract_no = 'I'",
        "DELETE FROM conversion_link WHERE contract_no = 'I'",
        "DELETE FROM conversion_link WHERE contract_no = 'D'",
        "UPDATE conversion_link SET key = NULL WHERE contract_no = 'D'",
        "UPDATE conversion_link SET key = 4000 WHERE contract_no = 'D'",
        "DELETE FROM ip_number",
        "INSERT INTO ip_number(hash, key) VALUES(7, 7)",
        "DELETE FROM conversion_term",
        "DELETE FROM conversion_candidate",
    };
    struct xstore x;
    xstore_open(&x);
    in(&x, "%s",
       OPEN("U1", "甲法", "甲所", "ZL202310000001.1") OPEN("U2", "乙法", "乙厂", "")
           CONTRACT("I", IP("ZL202310000001.1")) CONTRACT("D", NAMED("U1")));
    consistent(&x);
    for (size_t i = 0; i < ARRAY_LEN(wrongs); i++) {
        struct err err = {0};
        int n = 0;
        must_(db_exec(&x.reg.db, "SAVEPOINT wrong", &err), &err, "savepoint");
        must_(db_exec(&x.reg.db, wrongs[i], &err), &err, wrongs[i]);
        must_(conversion_check(&x.reg, count_one, &n, &err), &err, "check");
        if (n == 0) fail_msg("not found: %s", wrongs[i]);
        must_(db_exec(&x.reg.db, "ROLLBACK TO wrong; RELEASE wrong", &err), &err, "back");
    }
    finish(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(two_that_fit_are_none),
        cmocka_unit_test(only_registered_registrations),
        cmocka_unit_test(corrections),
        cmocka_unit_test(numbers),
        cmocka_unit_test(a_person_decides),
        cmocka_unit_test(erased_with_its_words),
        cmocka_unit_test(check_finds_what_is_wrong),
    };
    return cmocka_run_group_tests_name("conversion", tests, NULL, NULL);
}
