/* xstore.h - a store in a temporary folder, lines brought into it, and what stands there
 * afterwards as comparable text; for tests of ingest. */
#ifndef TESTS_UNIT_XSTORE_H
#define TESTS_UNIT_XSTORE_H

#include "core/codes.h"
#include "indexer/ingest.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define XSTORE_NOW INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

struct xstore {
    char dir[128];
    struct store store;
    struct registry reg;
};

static inline void must_(enum status s, const struct err *err, const char *what) {
    if (s != STATUS_OK) fail_msg("%s: %s: %s", what, status_name(s), err->text);
}

static inline void xstore_open(struct xstore *x) {
    struct err err = {0};
    const char *tmp = getenv("TMPDIR");
    must_(codes_load(&err), &err, "codes_load");
    snprintf(x->dir, sizeof x->dir, "%s/chengguo-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(x->dir));
    must_(store_open(x->dir, true, &x->store, &err), &err, "store_open");
    must_(registry_open(&x->store, true, &x->reg, &err), &err, "registry_open");
}

static inline int xstore_remove_(const char *path, const struct stat *st, int flag,
                                 struct FTW *ftw) {
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void xstore_close(struct xstore *x) {
    registry_close(&x->reg);
    store_close(&x->store);
    nftw(x->dir, xstore_remove_, 16, FTW_DEPTH | FTW_PHYS);
}

/* Brings bytes in as the file `name`. */
static inline enum status xstore_try(struct xstore *x, const char *name, const char *p,
                                     size_t n, struct ingest_options opt,
                                     struct ingest_report *out, struct err *err) {
    opt.path = name;
    opt.fd = memfd_create("input", MFD_CLOEXEC);
    opt.now = opt.now ? opt.now : XSTORE_NOW;
    assert_true(opt.fd >= 0);
    assert_true(write(opt.fd, p, n) == (ssize_t)n);
    enum status s = ingest_file(&x->reg, &opt, out, err);
    close(opt.fd);
    return s;
}

static inline struct ingest_report xstore_ingest(struct xstore *x, const char *name,
                                                 const char *p, size_t n) {
    struct ingest_report report = {0};
    struct err err = {0};
    struct ingest_options opt = {.actor = "test"};
    must_(xstore_try(x, name, p, n, opt, &report, &err), &err, "ingest_file");
    int64_t sum = 0;
    for (int o = 0; o < OUTCOME_COUNT; o++) sum += report.outcome[o];
    assert_int_equal(sum, report.read);
    return report;
}

/* The rows of a query as text: columns by '|', rows by newline; the caller frees. */
static inline char *xstore_rows(struct xstore *x, const char *sql) {
    sqlite3_stmt *q = NULL;
    struct err err = {0};
    struct buf out = buf_init(0);
    must_(db_prepare(&x->reg.db, sql, &q, &err), &err, sql);
    bool row = false;
    for (;;) {
        must_(db_step(&x->reg.db, q, &row, &err), &err, sql);
        if (!row) break;
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            buf_add_z(&out, i ? "|" : "");
            buf_add_str(&out, db_column(q, i));
        }
        buf_add_char(&out, '\n');
    }
    sqlite3_finalize(q);
    buf_add_z(&out, "");
    assert_false(out.failed);
    return out.p ? out.p : strdup("");
}

static inline void xstore_expect(struct xstore *x, const char *sql, const char *want) {
    char *got = xstore_rows(x, sql);
    if (strcmp(got, want) != 0) fail_msg("%s\ngives\n%swant\n%s", sql, got, want);
    free(got);
}

/* Everything that must not depend on the order of rows: records with their state and
 * text, what the public gets under numbers, contracts and what they link to. Keys and
 * arrival are left out, and when consent was lost: a revision that never came into force
 * here leaves no such time. */
static inline char *xstore_digest(struct xstore *x) {
    static const char *const parts[] = {
        "SELECT 'record', uid, regno, state, registered, visible, was_public,"
        " CASE WHEN state <> 7 THEN lost_at END, rev,"
        " json FROM record JOIN record_text USING(key) ORDER BY uid",
        "SELECT 'number', n.regno, uid, former_at > 0 FROM number n JOIN record r"
        " ON r.key = n.key ORDER BY 2, 3",
        "SELECT 'loss', l.regno, coalesce(uid, ''), reason,"
        " CASE WHEN reason = 'withdrawn' THEN at END FROM loss l"
        " LEFT JOIN record r ON r.key = l.key ORDER BY 2",
        "SELECT 'conversion', kind, coalesce(uid, ident), status, match, json FROM"
        " conversion c"
        " LEFT JOIN record r ON r.key = c.key ORDER BY 2, 3, 5",
        "SELECT 'link', contract_no, n, target, coalesce(uid, ''), share,"
        " match FROM conversion_link c LEFT JOIN record r ON r.key = c.key ORDER BY 2, 3",
        "SELECT 'event', uid, at, e.state, kind FROM event e JOIN record r ON r.key = "
        "e.key"
        " WHERE kind = 2 ORDER BY 2, 3, 4",
        "SELECT 'unit', norm, uscc, as_name, as_type, as_region, (SELECT group_concat(k)"
        "  FROM (SELECT norm || uscc AS k FROM unit m"
        "   WHERE m.merged_into = u.merged_into ORDER BY 1)),"
        " (SELECT group_concat(k) FROM (SELECT name || ' ' || uses || ' ' || visible AS k"
        "  FROM unit_name n WHERE n.unit = u.id ORDER BY 1)) FROM unit u ORDER BY 2, 3",
    };
    struct buf all = buf_init(0);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char *rows = xstore_rows(x, parts[i]);
        buf_add_z(&all, rows);
        free(rows);
    }
    assert_false(all.failed);
    return all.p ? all.p : strdup("");
}

/* Does any file of the store hold the bytes? */
static inline bool xstore_holds(struct xstore *x, const char *needle) {
    static const char *const files[] = {"registry.db", "registry.db-wal"};
    bool found = false;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", x->dir, files[i]);
        FILE *f = fopen(path, "rb");
        if (!f) continue;
        fseek(f, 0, SEEK_END);
        long n = ftell(f);
        rewind(f);
        char *p = malloc((size_t)n + 1);
        assert_non_null(p);
        assert_int_equal(fread(p, 1, (size_t)n, f), n);
        found = found || memmem(p, (size_t)n, needle, strlen(needle)) != NULL;
        free(p);
        fclose(f);
    }
    return found;
}

#endif
