/* Which achievement a contract is about depends on contracts and achievements alone:
 * random histories are brought in sorted, and again shuffled, cut into files and partly
 * twice; the store must hold the same, and what it holds must be what a walk over
 * everything gives. */
#include "indexer/conversion_match.h"
#include "tests/prop/draw.h"
#include "tests/unit/xstore.h"

#define ROUNDS 25
#define MAX_ROWS 200
#define RECORDS 10
#define CONTRACTS 14
#define NUMBERS 6 /* IP numbers in play */
#define TITLES 4
#define UNITS 3 /* units that sell */

struct rows {
    char *v[MAX_ROWS];
    size_t n;
};

static void PRINTF_LIKE(2, 3) add(struct rows *r, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    assert_true(r->n < MAX_ROWS);
    assert_true(vasprintf(&r->v[r->n++], fmt, ap) > 0);
    va_end(ap);
}

/* The first unit is the record's own, so that no two are duplicates of each other. */
static void record(struct rows *r, uint64_t *s, int i) {
    int revisions = 1 + draw_below(s, 3), day = 1 + draw_below(s, 5);
    for (int rev = 1; rev <= revisions; rev++, day += 1 + draw_below(s, 4)) {
        char ip[128] = "";
        int n = draw_below(s, 3);
        for (int k = 0; k < n; k++) {
            size_t at = strlen(ip);
            snprintf(ip + at, sizeof ip - at,
                     "%s{\"kind\":\"发明专利\",\"no\":\"ZL20231000000%d.1\"}",
                     k ? "," : "", draw_below(s, NUMBERS));
        }
        add(r,
            "{\"kind\":\"registration\",\"uid\":\"U%d\",\"rev\":%d,\"updated_at\":\"2025-"
            "01-%02dT08:00:00Z\",\"regno\":\"9142025Y%04d\",\"state\":\"approved\","
            "\"consent\":\"yes\",\"title\":\"成果%d\",\"category\":\"A\",\"paper_"
            "pending\""
            ":%s,\"units\":[{\"name\":\"自有单位%d\"},{\"name\":\"售方%d\"}],\"secrecy\":"
            "\"非密\",\"stat_year\":2025,\"ip\":[%s]}",
            i, rev, day, i, draw_below(s, TITLES), draw_below(s, 5) ? "false" : "true", i,
            draw_below(s, UNITS), ip);
    }
    if (draw_below(s, 3) == 0)
        add(r,
            "{\"kind\":\"event\",\"uid\":\"U%d\",\"to\":\"unapproved\",\"at\":\"2025-02-%"
            "02d\"}",
            i, 1 + draw_below(s, 20));
}

static void contract(struct rows *r, uint64_t *s, int c) {
    char more[512] = "";
    int by = draw_below(s, 5);
    if (by == 0)
        snprintf(more, sizeof more, ",\"achievements\":[{\"uid\":\"U%d\"}]",
                 draw_below(s, RECORDS + 2));
    if (by == 1 || by == 3)
        snprintf(more, sizeof more, ",\"ip_no\":\"20231000000%d1，CN20231000000%d.1\"",
                 draw_below(s, NUMBERS), draw_below(s, NUMBERS));
    size_t at = strlen(more);
    if (by >= 2)
        snprintf(more + at, sizeof more - at,
                 ",\"achievement_title\":\"《成果%d》\",\"seller\":{\"name\":\"售方%d\"}",
                 draw_below(s, TITLES), draw_below(s, UNITS));
    add(r,
        "{\"kind\":\"contract\",\"contract_no\":\"C%02d\",\"type\":\"许可\",\"signed_"
        "on\":"
        "\"2025-12-01\",\"amount_total\":\"9.00\"%s}",
        c, more);
}

static void complain(void *arg, const char *sentence) {
    (void)arg;
    fail_msg("%s", sentence);
}

static void check(struct xstore *x) {
    struct err err = {0};
    must_(conversion_check(&x->reg, complain, NULL, &err), &err, "conversion_check");
}

static void bring(struct xstore *x, struct buf *b, int *file) {
    char name[32];
    snprintf(name, sizeof name, "file%d.jsonl", (*file)++);
    struct ingest_report report = xstore_ingest(x, name, b->p, b->n);
    ingest_report_done(&report);
}

static char *store_of(const struct rows *r, uint64_t *s, bool shuffled) {
    size_t order[MAX_ROWS];
    for (size_t i = 0; i < r->n; i++) order[i] = i;
    for (size_t i = r->n; shuffled && i > 1; i--) {
        size_t k = (size_t)draw_below(s, (int)i), t = order[i - 1];
        order[i - 1] = order[k];
        order[k] = t;
    }
    struct xstore x;
    xstore_open(&x);
    struct buf b = buf_init(0);
    int file = 0;
    for (size_t i = 0; i < r->n; i++) {
        buf_add_f(&b, "%s\n", r->v[order[i]]);
        if (i + 1 < r->n && !(shuffled && draw_below(s, 6) == 0)) continue;
        bring(&x, &b, &file);
        if (shuffled && draw_below(s, 3) == 0) bring(&x, &b, &file);
        check(&x);
        buf_clear(&b);
    }
    char *digest = xstore_rows(
        &x, "SELECT contract_no, '|' || c.match || '|', coalesce(uid, ''), l.target,"
            " l.match, share FROM conversion c LEFT JOIN conversion_link l"
            " USING(contract_no) LEFT JOIN record r ON r.key = l.key ORDER BY 1, l.n");
    buf_done(&b);
    xstore_close(&x);
    return digest;
}

static void order_does_not_matter(void **state) {
    (void)state;
    int classes[4] = {0};
    static const char *const names[] = {"|declared|", "|ip|", "|title|", "|none|"};
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        uint64_t s = seed;
        struct rows r = {.n = 0};
        for (int i = 0; i < RECORDS; i++) record(&r, &s, i);
        for (int c = 0; c < CONTRACTS; c++) contract(&r, &s, c);
        char *want = store_of(&r, &s, false), *got = store_of(&r, &s, true);
        if (strcmp(want, got) != 0) {
            size_t at = 0;
            while (want[at] == got[at]) at++;
            while (at > 0 && want[at - 1] != '\n') at--;
            fail_msg("seed %llu:\n%.300s\n---\n%.300s", (unsigned long long)seed,
                     want + at, got + at);
        }
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            for (const char *p = want; (p = strstr(p, names[k])); p++) classes[k]++;
        free(want);
        free(got);
        for (size_t i = 0; i < r.n; i++) free(r.v[i]);
    }
    /* the histories hold enough of every class */
    for (size_t k = 0; k < ARRAY_LEN(names); k++)
        if (classes[k] < ROUNDS) fail_msg("only %d of %s", classes[k], names[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
    };
    return cmocka_run_group_tests_name("conversion", tests, NULL, NULL);
}
