/* suggest_set.h - small sets for tests of suggestions: text-1, columns-N and suggest-N in
 * a temporary folder, from records given as plain structs. */
#ifndef TESTS_UNIT_SUGGEST_SET_H
#define TESTS_UNIT_SUGGEST_SET_H

#include "tests/unit/xset.h"

#define SSET_VALUES 4
#define SSET_TEXTS (1 + 3 * SSET_VALUES)

struct sset_doc {
    uint32_t docid; /* 0: none */
    const char *title;
    const char *keyword[SSET_VALUES], *unit[SSET_VALUES], *person[SSET_VALUES];
};

struct sset {
    char dir[PATH_MAX], path[PATH_MAX]; /* path: of the newest suggest-N */
    int64_t revision;
    struct columns columns;
    struct rectext text;
    struct suggest *s; /* NULL before the first publishing */
};

static inline void sset_open(struct sset *x) {
    memset(x, 0, sizeof *x);
    xset_make_dir(x->dir);
}

static inline void sset_unmap(struct sset *x) {
    if (!x->s) return;
    suggest_close(x->s);
    columns_close(&x->columns);
    rectext_close(&x->text);
    x->s = NULL;
}

static inline void sset_close(struct sset *x) {
    sset_unmap(x);
    xset_remove_dir(x->dir);
}

/* The values of a facet, as code and as text; norm: one buffer each. */
static inline void sset_value(struct xset_doc *d, enum facet f, char tag,
                              const char *const *value, struct buf *norm) {
    for (size_t i = 0; i < SSET_VALUES && value[i]; i++) {
        d->facet[f][d->nfacet[f]++] = str_of(value[i]);
        norm[i] = buf_init(0);
        if (strcmp(value[i], "none") == 0) continue;
        ok(text_normalise(str_of(value[i]), &norm[i], NULL, err));
        if (norm[i].n == 0) continue;
        d->value[d->nvalue].tag = tag;
        d->value[d->nvalue++].text = buf_str(&norm[i]);
    }
}

/* Puts the records, removes `gone` (both ascending), and writes suggest-N on top of the
 * file before; another one from nothing must be the same. */
static inline void sset_publish(struct sset *x, const struct sset_doc *doc, size_t n,
                                const uint32_t *gone, size_t ngone) {
    struct xset_doc *d = calloc(n + 1, sizeof *d);
    uint32_t *changed = calloc(n + ngone + 1, sizeof *changed);
    char(*uid)[32] = calloc(n + 1, sizeof *uid), path[PATH_MAX], name[32];
    struct buf(*norm)[SSET_TEXTS] = calloc(n + 1, sizeof *norm);
    struct columns columns;
    struct rectext text;
    struct suggest *s = NULL;
    assert_true(d && changed && uid && norm);
    for (size_t i = 0; i < n; i++) {
        norm[i][0] = buf_init(0);
        ok(text_normalise(str_of(doc[i].title), &norm[i][0], NULL, err));
        d[i].docid = changed[i] = doc[i].docid;
        snprintf(uid[i], sizeof uid[i], "U%u", doc[i].docid);
        d[i].uid = uid[i];
        if (norm[i][0].n) {
            d[i].value[0].tag = 1;
            d[i].value[0].text = buf_str(&norm[i][0]);
            d[i].nvalue = 1;
        }
        sset_value(&d[i], FACET_KEYWORD, 2, doc[i].keyword, &norm[i][1]);
        sset_value(&d[i], FACET_UNIT, 3, doc[i].unit, &norm[i][1 + SSET_VALUES]);
        sset_value(&d[i], FACET_PERSON, 4, doc[i].person, &norm[i][1 + 2 * SSET_VALUES]);
    }
    for (size_t i = 0; i < ngone; i++) changed[n + i] = gone[i];
    xset_publish(x->dir, ++x->revision, d, n, gone, ngone);
    snprintf(name, sizeof name, "columns-%lld", (long long)x->revision);
    ok(columns_open(xset_path(path, x->dir, name), &columns, err));
    ok(rectext_open(xset_path(path, x->dir, "text-1"), columns.text_end, &text, err));
    snprintf(name, sizeof name, "suggest-%lld", (long long)x->revision);
    xset_path(x->path, x->dir, name);
    ok(suggest_write(x->path, &columns, &text, x->s, changed, n + ngone, err));
    sset_unmap(x);
    x->columns = columns;
    x->text = text;
    ok(suggest_open(x->path, &x->columns, &x->text, &s, err));
    ok(suggest_verify(x->path, &x->columns, &x->text, err));
    x->s = s;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < SSET_TEXTS; k++) buf_done(&norm[i][k]);
    free(norm);
    free(uid);
    free(changed);
    free(d);
}

#endif
