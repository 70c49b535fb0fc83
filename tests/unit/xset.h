/* xset.h - small published sets for tests of the index: index, text-G and columns-N in a
 * temporary folder, from records given as plain structs. */
#ifndef TESTS_UNIT_XSET_H
#define TESTS_UNIT_XSET_H

#include "core/xindex/xindex.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define XSET_VALUES 16
#define XSET_CODES 4

struct xset_doc {
    uint32_t docid;
    const char *uid;
    struct {
        char tag;
        struct str text; /* matching text */
    } value[XSET_VALUES];
    size_t nvalue;
    struct str facet[FACET_COUNT][XSET_CODES];
    uint32_t nfacet[FACET_COUNT];
    int32_t date[DATE_COLUMN_COUNT];
    struct str key; /* of the title */
};

#define ok(call)                                                                         \
    do {                                                                                 \
        struct err err_ = {0};                                                           \
        struct err *err = &err_;                                                         \
        enum status s_ = (call);                                                         \
        if (s_ != STATUS_OK) fail_msg("%s: %s: %s", #call, status_name(s_), err->text);  \
    } while (0)

static inline void xset_make_dir(char dir[PATH_MAX]) {
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, PATH_MAX, "%s/xset-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static inline int xset_remove_one(const char *path, const struct stat *st, int flag,
                                  struct FTW *ftw) {
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static inline void xset_remove_dir(const char *dir) {
    nftw(dir, xset_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline const char *xset_path(char out[PATH_MAX], const char *dir,
                                    const char *name) {
    assert_true(snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX);
    return out;
}

/* Tags of the field table that a test may use: searched ones, and by name only. */
static inline char xset_tag(unsigned flag, unsigned skip) {
    size_t n;
    const struct field *f = field_table(&n);
    for (size_t i = 0; i < n; i++)
        if (f[i].tag && f[i].flags & flag && skip-- == 0) return f[i].tag;
    fail_msg("the field table has too few tags");
    return 0;
}

static inline void xset_terms(struct terms *t, const struct xset_doc *d) {
    char q[64];
    terms_clear(t);
    for (size_t i = 0; i < d->nvalue; i++) {
        bool searched = field_searched_tags() >> d->value[i].tag & 1;
        ok(terms_add(t, d->value[i].text, searched ? "" : "X", 1, err));
    }
    snprintf(q, sizeof q, "Q%s", d->uid);
    ok(terms_add_one(t, str_of(q), 0, err));
}

/* Values in ascending order of tags, as rectext.h asks. */
static inline void xset_text(const struct xset_doc *d, struct buf *out) {
    for (char tag = 1; tag <= RECTEXT_MAX_TAG; tag++)
        for (size_t i = 0; i < d->nvalue; i++)
            if (d->value[i].tag == tag) {
                buf_add_char(out, tag);
                buf_add_str(out, d->value[i].text);
            }
}

static inline void xset_meta(struct xindex_writer *w, int64_t revision,
                             const char *columns, const char *text) {
    char seq[32];
    snprintf(seq, sizeof seq, "%lld", (long long)revision);
    ok(xindex_writer_set_meta(w, "format", str_of(XINDEX_FORMAT), err));
    ok(xindex_writer_set_meta(w, "seq", str_of(seq), err));
    ok(xindex_writer_set_meta(w, "columns", str_of(columns), err));
    ok(xindex_writer_set_meta(w, "text", str_of(text), err));
    ok(xindex_writer_set_meta(w, "as_of", str_of("2026-01-20T08:00:00Z"), err));
}

/* Adds or replaces the records and publishes them as `revision`, on top of what is there;
 * then removes the docids of `gone`. */
static inline void xset_publish(const char *dir, int64_t revision,
                                const struct xset_doc *doc, size_t n,
                                const uint32_t *gone, size_t ngone) {
    char path[PATH_MAX], name[32], old[32];
    struct xindex_writer *w;
    struct columns base, *on = NULL;
    struct columns_builder *b;
    struct terms *t;
    uint64_t at;
    snprintf(name, sizeof name, "columns-%lld", (long long)revision);
    snprintf(old, sizeof old, "columns-%lld", (long long)revision - 1);
    if (access(xset_path(path, dir, old), R_OK) == 0) {
        ok(columns_open(path, &base, err));
        on = &base;
    }
    ok(columns_builder_new(on, &b, err));
    ok(terms_new(&t, err));
    ok(xindex_writer_open(xset_path(path, dir, "index"), false, &w, err));
    ok(rectext_create(xset_path(path, dir, "text-1"), &at, err));
    struct buf text = buf_init(0);
    for (size_t i = 0; i < n; i++) {
        const struct term *term;
        size_t nterm, from = text.n;
        struct columns_row row = {.docid = doc[i].docid,
                                  .uid = str_of(doc[i].uid),
                                  .title_key = doc[i].key,
                                  .text_at = at + from};
        xset_terms(t, &doc[i]);
        xset_text(&doc[i], &text);
        row.text_len = (uint32_t)(text.n - from);
        row.doclen = terms_length(t);
        terms_chars(t, &row.han, &row.nhan);
        for (size_t k = 0; k < DATE_COLUMN_COUNT; k++) row.date[k] = doc[i].date[k];
        for (size_t f = 0; f < FACET_COUNT; f++) {
            row.facet[f].value = doc[i].facet[f];
            row.facet[f].n = doc[i].nfacet[f];
        }
        ok(columns_builder_put(b, &row, err));
        ok(terms_sorted(t, &term, &nterm, err));
        ok(xindex_writer_put(w, doc[i].docid, term, nterm, str_of(doc[i].uid), err));
    }
    for (size_t i = 0; i < ngone; i++) {
        ok(columns_builder_remove(b, gone[i], err));
        ok(xindex_writer_delete(w, gone[i], err));
    }
    ok(rectext_append(xset_path(path, dir, "text-1"), at, buf_str(&text), true, &at,
                      err));
    ok(columns_builder_write(b, xset_path(path, dir, name), revision, "text-1", at, err));
    xset_meta(w, revision, name, "text-1");
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    columns_builder_free(b);
    if (on) columns_close(on);
    terms_free(t);
    buf_done(&text);
}

#endif
