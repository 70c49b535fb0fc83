/* Without conflicts between rows their order, and their split into files, does not
 * matter: random histories of a few records, events, contracts and payments are brought
 * in sorted, and again shuffled and cut into files; the store must hold the same. */
#include "tests/prop/draw.h"
#include "tests/unit/xstore.h"

#define ROUNDS 60
#define MAX_ROWS 400
#define RECORDS 12

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

static void line(struct rows *r, int i, int rev, int day, const char *state, int number,
                 bool consent, int version) {
    add(r,
        "{\"kind\":\"registration\",\"uid\":\"U%d\",\"rev\":%d,\"updated_at\":\"2025-%"
        "02d-"
        "%02dT08:00:00Z\",\"regno\":\"9142025Y%04d\",\"state\":\"%s\",\"consent\":\"%s\","
        "\"publicity\":\"closed\",\"title\":\"成果%d的第%d版\",\"category\":\"A\","
        "\"units\":"
        "[{\"name\":\"单位%d\"}],\"secrecy\":\"非密\",\"stat_year\":2025}",
        i, rev, 1 + day / 28, 1 + day % 28, number, state, consent ? "yes" : "no", i,
        version, i % 3);
}

/* One record's history on distinct days: lines (with growing rev) and explicit moves that
 * the life cycle allows in this order. The number may change once. */
static void history(struct rows *r, uint64_t *s, int i) {
    static const char *const path[] = {"approved",   "unapproved", "approved",
                                       "unapproved", "returned",   "submitted",
                                       "unit_review"};
    int day = draw_below(s, 20), rev = 1, number = 1000 + i, steps = draw_below(s, 8);
    size_t at = 0;
    line(r, i, rev, day, path[0], number, true, rev);
    for (int k = 0; k < steps; k++) {
        day += 1 + draw_below(s, 12);
        switch (draw_below(s, 4)) {
            case 0: /* a correction that repeats the state */
                if (draw_below(s, 3) == 0) number = 2000 + i;
                rev++;
                line(r, i, rev, day, path[at], number, draw_below(s, 4) != 0, rev);
                break;
            case 1: /* consent by an event */
                add(r,
                    "{\"kind\":\"event\",\"uid\":\"U%d\",\"consent\":\"%s\",\"at\":"
                    "\"2025-"
                    "%02d-%02d\"}",
                    i, draw_below(s, 2) ? "yes" : "no", 1 + day / 28, 1 + day % 28);
                break;
            default:
                if (at + 1 == ARRAY_LEN(path)) break;
                at++;
                add(r,
                    "{\"kind\":\"event\",\"uid\":\"U%d\",\"to\":\"%s\",\"at\":\"2025-%"
                    "02d-"
                    "%02d\"}",
                    i, path[at], 1 + day / 28, 1 + day % 28);
        }
    }
}

static void conversions(struct rows *r, uint64_t *s) {
    for (int c = 0; c < 4; c++) {
        int a = draw_below(s, RECORDS), b = (a + 1) % RECORDS;
        add(r,
            "{\"kind\":\"contract\",\"contract_no\":\"C%d\",\"type\":\"许可\",\"signed_"
            "on\":"
            "\"2025-12-01\",\"amount_total\":\"9.00\",\"seller\":{\"name\":\"甲\"},"
            "\"buyer\":{"
            "\"name\":\"乙\"},\"achievements\":[{\"uid\":\"U%d\",\"share\":\"0.4\"},{"
            "\"regno\":"
            "\"9142025Y%04d\",\"share\":\"0.6\"}],\"status\":\"valid\",\"supersedes\":%"
            "s}",
            c, a, 1000 + b, c == 3 ? "\"C0\"" : "null");
        add(r,
            "{\"kind\":\"receipt\",\"contract_no\":\"C%d\",\"no\":1,\"received_on\":"
            "\"2026-01-15\",\"amount\":\"5.00\"}",
            c);
        add(r,
            "{\"kind\":\"app_status\",\"uid\":\"U%d\",\"as_of\":\"2026-0%d-01\","
            "\"status\":"
            "\"试用\"}",
            a, c + 1);
    }
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
        if (i + 1 < r->n && !(shuffled && draw_below(s, 10) == 0)) continue;
        char name[32];
        snprintf(name, sizeof name, "file%d.jsonl", file++);
        struct ingest_report report = xstore_ingest(&x, name, b.p, b.n);
        ingest_report_done(&report);
        buf_clear(&b);
    }
    xstore_expect(&x, "SELECT count(*) FROM quarantine WHERE resolved_batch IS NULL",
                  "0\n");
    char *digest = xstore_digest(&x);
    buf_done(&b);
    xstore_close(&x);
    return digest;
}

static void order_does_not_matter(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        uint64_t s = seed;
        struct rows r = {.n = 0};
        for (int i = 0; i < RECORDS; i++) history(&r, &s, i);
        conversions(&r, &s);
        char *want = store_of(&r, &s, false), *got = store_of(&r, &s, true);
        if (strcmp(want, got) != 0) {
            size_t at = 0;
            while (want[at] == got[at]) at++;
            while (at > 0 && want[at - 1] != '\n') at--;
            fail_msg("seed %llu:\n%.300s\n---\n%.300s", (unsigned long long)seed,
                     want + at, got + at);
        }
        free(want);
        free(got);
        for (size_t i = 0; i < r.n; i++) free(r.v[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
    };
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
