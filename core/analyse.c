/* analyse.c - the walk over normalised text, and what a literal needs. */
#include "core/analyse_walk.h"

#include <talloc.h>

static bool known(const struct str *terms, size_t n, struct str term) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(terms[i], term)) return true;
    return false;
}

/* The distinct terms as slices of `norm`; `slices` has room for one a character. */
static size_t literal_terms(struct str norm, struct str *slices, bool *exact) {
    struct analyse_walk w = analyse_walk_of(norm);
    struct analyse_unit u, last = {0};
    size_t n = 0;
    bool lone = false; /* `last` is Han and in no bigram yet */
    while (analyse_walk_next(&w, &u)) {
        bool pair = u.han && last.han && last.text.p + last.text.n == u.text.p;
        struct str term = u.text;
        if (pair)
            term = str_slice(last.text.p, last.text.n + u.text.n);
        else if (lone && !known(slices, n, last.text))
            slices[n++] = last.text;
        lone = u.han && !pair;
        last = u;
        if (!lone && !known(slices, n, term)) slices[n++] = term;
    }
    if (lone && !known(slices, n, last.text)) slices[n++] = last.text;
    *exact = n == 1 && slices[0].n == norm.n; /* a cut token is shorter */
    return n;
}

enum status analyse_literal(void *ctx, struct str norm, const char *prefix,
                            struct literal *out, struct err *err) {
    size_t prefix_n = strlen(prefix);
    if (norm.n > ANALYSE_MAX_LITERAL || prefix_n > ANALYSE_MAX_PREFIX)
        return err_set(err, STATUS_LIMIT, NULL, "检索词超过 %d 字节",
                       ANALYSE_MAX_LITERAL);
    struct str *terms = talloc_array(ctx, struct str, (unsigned)norm.n + 1);
    if (!terms) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    bool exact = false;
    size_t n = literal_terms(norm, terms, &exact), bytes = 0;
    if (n == 0) {
        talloc_free(terms);
        return err_set(err, STATUS_INVALID, NULL, "检索词中没有汉字、字母或数字");
    }
    for (size_t i = 0; i < n; i++) bytes += prefix_n + terms[i].n + 1;
    terms = talloc_realloc(ctx, terms, struct str, (unsigned)n);
    char *p = talloc_array(terms, char, (unsigned)bytes);
    if (!p) {
        talloc_free(terms);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(p, prefix, prefix_n);
        memcpy(p + prefix_n, terms[i].p, terms[i].n);
        terms[i] = str_slice(p, prefix_n + terms[i].n);
        p[terms[i].n] = 0;
        p += terms[i].n + 1;
    }
    *out = (struct literal){.terms = terms, .n = n, .exact = exact};
    return STATUS_OK;
}
