/* expand.c - see expand.h. One walk over the tree; a word becomes an OR where it stands,
 * or its alternatives are put behind it when it stands in an OR. */
#include "query/expand.h"
#include "query/expand_number.h"

#include "core/synonym.h"
#include "core/text.h"

#include <talloc.h>

#define JOIN_MAX 4 /* words that one number was typed in: ZL 2023 1 0000000.0 */

struct work {
    struct qlang_query *query;
    struct expansion_list *out;
    struct err *err;
    size_t leaves; /* of the tree as it is now */
    size_t words;  /* that had alternatives */
    bool full;     /* nothing more is expanded */
    enum status status;
};

/* What is looked for besides one word. */
struct added {
    size_t n;
    struct qlang_node *node[EXPAND_MAX_ADDED];
    const char *kind;
};

static bool fail(struct work *w) {
    w->status = err_set(w->err, STATUS_NOMEM, NULL, "内存不足：同义词");
    return false;
}

static struct qlang_node *node_new(struct work *w, enum qlang_kind kind, size_t nchild) {
    struct qlang_node *n = talloc_zero(w->query, struct qlang_node);
    if (n && nchild)
        n->child = talloc_zero_array(n, struct qlang_node *, (unsigned)nchild);
    if (!n || (nchild && !n->child)) {
        (void)fail(w);
        return NULL;
    }
    n->kind = kind;
    n->n = nchild;
    return n;
}

static struct str copied(struct work *w, struct str s) {
    char *p = talloc_memdup(w->query, s.n ? s.p : "", s.n); /* it may hold NUL */
    if (!p) (void)fail(w);
    return str_slice(p, p ? s.n : 0);
}

static size_t count_leaves(const struct qlang_node *n) {
    size_t leaves = n->n == 0;
    for (size_t i = 0; i < n->n; i++) leaves += count_leaves(n->child[i]);
    return leaves;
}

/* ---- fields ---------------------------------------------------------------------- */

static bool is_one_of(const struct field *f, const char *const *path, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(f->path, path[i]) == 0) return true;
    return false;
}

static bool holds_units(const struct field *f) {
    static const char *const path[] = {"units[].name", "recommender.name",
                                       "approver.name", "owner.name", "evaluation.org"};
    return is_one_of(f, path, ARRAY_LEN(path));
}

/* Running text or names of units, no numbers and no people. */
static bool holds_words(const struct field *f) {
    static const char *const path[] = {
        "title",     "keywords",      "abstract",   "points",         "metrics",
        "prospects", "project_title", "ip[].title", "papers[].title", "collection.field"};
    return is_one_of(f, path, ARRAY_LEN(path)) || holds_units(f);
}

/* ---- alternatives ---------------------------------------------------------------- */

static bool is_same(const struct qlang_node *a, const struct qlang_node *b) {
    return a->kind == QLANG_PHRASE && b->kind == QLANG_PHRASE && a->field == b->field &&
           str_eq(a->norm, b->norm);
}

/* Adds text in a field unless it is the word itself or there already. */
static bool add(struct work *w, struct added *a, const struct qlang_node *word,
                const struct field *field, struct str text) {
    if (a->n == EXPAND_MAX_ADDED) return true;
    struct qlang_node *n = node_new(w, QLANG_PHRASE, 0);
    if (!n) return false;
    struct buf b = buf_init(QLANG_MAX_BYTES * 32);
    w->status = text_normalise(text, &b, NULL, w->err);
    if (w->status == STATUS_OK) n->norm = copied(w, buf_str(&b));
    buf_done(&b);
    if (w->status == STATUS_OK) n->text = copied(w, text);
    if (w->status != STATUS_OK) return false;
    n->field = field;
    n->quoted = true;
    bool useless =
        is_same(n, word) || !text_is_searchable(n->norm) || memchr(text.p, '"', text.n);
    for (size_t i = 0; i < a->n; i++) useless |= is_same(n, a->node[i]);
    if (!useless) a->node[a->n++] = n;
    return true;
}

static bool add_numbers(struct work *w, const struct qlang_node *word, struct str norm,
                        struct added *a) {
    struct expand_form form[EXPAND_NUMBER_FORMS];
    size_t n = expand_number(norm, form);
    for (size_t i = 0; i < n; i++) {
        const struct expand_form *x = &form[i];
        if (word->field && x->field != word->field) continue;
        if (!add(w, a, word, x->field, str_slice(x->text, x->n))) return false;
    }
    if (a->n) a->kind = "number";
    return true;
}

static bool add_synonyms(struct work *w, const struct qlang_node *word, struct added *a) {
    struct synonym *syn = NULL;
    size_t n;
    if (word->field && !holds_words(word->field)) return true;
    w->status = synonym_find(w->query, word->norm, &syn, &n, w->err);
    if (w->status != STATUS_OK) return false;
    for (size_t i = 0; i < n; i++) {
        const struct field *f = word->field;
        if (syn[i].unit_only && f && !holds_units(f)) continue;
        if (syn[i].unit_only && !f) f = field_by_path(str_of("units[].name"));
        if (!add(w, a, word, f, syn[i].alternative)) return false;
        if (a->n && !a->kind) a->kind = synonym_kind_name(syn[i].kind);
    }
    talloc_free(syn);
    return true;
}

static bool may_expand(const struct qlang_node *n) {
    return n->kind == QLANG_PHRASE && !n->quoted &&
           text_count_han(n->norm) <= QLANG_LITERAL_HAN;
}

/* ---- what is told about it ------------------------------------------------------- */

/* 液化天然气, or 单位:中国科学院 where the word asked for another field. */
static struct str told(struct work *w, const struct qlang_node *word,
                       const struct qlang_node *n) {
    if (n->field == word->field) return n->text;
    const struct field *f = n->field;
    const char *name = f->zh2 && strlen(f->zh2) < strlen(f->zh) ? f->zh2 : f->zh;
    char *p = talloc_asprintf(w->query, "%s:%.*s", name, (int)n->text.n, n->text.p);
    if (!p) (void)fail(w);
    return str_of(p);
}

static size_t offset_of(const struct work *w, struct str text) {
    return (size_t)(text.p - w->query->q.p);
}

/* The query with these words in quotes. */
static struct str without(struct work *w, struct qlang_node *const *word, size_t n) {
    struct str q = w->query->q;
    struct buf b = buf_init(QLANG_MAX_BYTES);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from = offset_of(w, word[i]->text);
        buf_add(&b, q.p + at, from - at);
        buf_add_char(&b, '"');
        buf_add_str(&b, word[i]->text);
        buf_add_char(&b, '"');
        at = from + word[i]->text.n;
    }
    buf_add(&b, q.p + at, q.n - at);
    /* A malformed query would be read in another way with more quotes in it. */
    struct str out = str_slice(NULL, 0);
    if (!w->query->literal && !b.failed) out = copied(w, buf_str(&b));
    buf_done(&b);
    return out;
}

/* The words with a space between them. */
static struct str typed(struct work *w, struct qlang_node *const *word, size_t n) {
    if (n == 1) return word[0]->text;
    char *p = talloc_strdup(w->query, "");
    for (size_t i = 0; p && i < n; i++)
        p = talloc_asprintf_append(p, "%s%.*s", i ? " " : "", (int)word[i]->text.n,
                                   word[i]->text.p);
    if (!p) (void)fail(w);
    return str_of(p);
}

/* Lists the expansion of n words in a row. */
static bool tell(struct work *w, struct qlang_node *const *word, size_t n,
                 const struct added *a) {
    struct expansion *e = &w->out->v[w->out->n++];
    *e = (struct expansion){.kind = a->kind, .n = a->n};
    e->text = typed(w, word, n);
    for (size_t i = 0; i < a->n; i++) {
        struct qlang_node bare = {.field = word[0]->field};
        e->added[i] = told(w, &bare, a->node[i]);
    }
    e->without = without(w, word, n);
    return w->status == STATUS_OK;
}

/* ---- the walk -------------------------------------------------------------------- */

/* The children of an OR or AND that is being rewritten. */
struct list {
    struct qlang_node **node;
    size_t n, max;
};

static bool put(struct work *w, struct list *l, struct qlang_node *n) {
    if (l->n == l->max) {
        l->max = l->max ? l->max * 2 : 8;
        l->node =
            talloc_realloc(w->query, l->node, struct qlang_node *, (unsigned)l->max);
        if (!l->node) return fail(w);
    }
    l->node[l->n++] = n;
    return true;
}

/* Takes out what the OR around has already. */
static void drop_known(struct added *a, const struct qlang_node *parent,
                       const struct list *l) {
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        bool known = false;
        for (size_t k = 0; k < parent->n; k++)
            known |= is_same(a->node[i], parent->child[k]);
        for (size_t k = 0; k < l->n; k++) known |= is_same(a->node[i], l->node[k]);
        if (!known) a->node[n++] = a->node[i];
    }
    a->n = n;
}

/* Counts the alternatives in; false when they are too many, or too deep in brackets. */
static bool admit(struct work *w, const struct added *a, size_t brackets) {
    if (w->words == EXPAND_MAX || w->leaves + a->n > QLANG_MAX_LEAVES ||
        brackets > QLANG_MAX_DEPTH)
        w->full = true;
    if (w->full) return false;
    w->words++;
    w->leaves += a->n;
    return true;
}

static struct qlang_node *any_of(struct work *w, struct qlang_node *first,
                                 struct str text, const struct added *a) {
    struct qlang_node *n = node_new(w, QLANG_OR, a->n + 1);
    if (!n) return NULL;
    n->text = text;
    n->child[0] = first;
    for (size_t i = 0; i < a->n; i++) n->child[i + 1] = a->node[i];
    return n;
}

static bool rewrite(struct work *w, struct qlang_node *n, size_t brackets,
                    const struct qlang_node *parent, struct list *into);

/* What stands in `into` for word[0 .. n), with its alternatives. `parent`: the OR around,
 * or NULL; `whole`: the words as one node. */
static bool put_expanded(struct work *w, struct qlang_node *whole,
                         struct qlang_node *const *word, size_t n, struct added *a,
                         size_t brackets, const struct qlang_node *parent,
                         struct list *into) {
    bool had = a->n > 0;
    if (parent) drop_known(a, parent, into);
    if (!had || !admit(w, a, parent ? brackets : brackets + 1) || a->n == 0)
        return put(w, into, whole);
    if (!tell(w, word, n, a)) return false;
    if (parent) {
        bool ok = put(w, into, whole);
        for (size_t i = 0; ok && i < a->n; i++) ok = put(w, into, a->node[i]);
        return ok;
    }
    struct qlang_node *any = any_of(w, whole, w->out->v[w->out->n - 1].text, a);
    return any && put(w, into, any);
}

static bool rewrite_word(struct work *w, struct qlang_node *n, size_t brackets,
                         const struct qlang_node *parent, struct list *into) {
    struct added a = {0};
    if (!may_expand(n)) return put(w, into, n);
    if (!add_numbers(w, n, n->norm, &a) || (a.n == 0 && !add_synonyms(w, n, &a)))
        return false;
    return put_expanded(w, n, &n, 1, &a, brackets, parent, into);
}

/* Are these words, run together, one number? Its forms into *a. */
static bool add_joined(struct work *w, struct qlang_node *const *word, size_t n,
                       struct added *a) {
    char joined[EXPAND_NUMBER_TEXT], spaced[EXPAND_NUMBER_TEXT];
    size_t nj = 0, ns = 0;
    for (size_t i = 0; i < n; i++) {
        struct str s = word[i]->norm;
        if (!may_expand(word[i]) || word[i]->field || s.n + 1 > sizeof spaced - ns)
            return true;
        if (i) spaced[ns++] = ' ';
        memcpy(joined + nj, s.p, s.n);
        memcpy(spaced + ns, s.p, s.n);
        nj += s.n;
        ns += s.n;
    }
    struct qlang_node all = {.kind = QLANG_PHRASE, .norm = {spaced, ns}};
    return add_numbers(w, &all, str_slice(joined, nj), a);
}

/* The words from child `at` on that are one number: how many; 0 none. */
static bool find_joined(struct work *w, const struct qlang_node *n, size_t at,
                        struct added *a, size_t *count) {
    size_t most = n->n - at < JOIN_MAX ? n->n - at : JOIN_MAX;
    *count = 0;
    for (size_t k = most; k > 1 && a->n == 0; k--) {
        if (!add_joined(w, n->child + at, k, a)) return false;
        if (a->n) *count = k;
    }
    return true;
}

/* `k` children from `at` on as one node: the AND itself when these are all. */
static struct qlang_node *group(struct work *w, struct qlang_node *n, size_t at,
                                size_t k) {
    if (k == n->n) return n;
    struct qlang_node *g = node_new(w, QLANG_AND, k);
    if (g) memcpy(g->child, n->child + at, k * sizeof(struct qlang_node *));
    return g;
}

static bool rewrite_and(struct work *w, struct qlang_node *n, size_t brackets,
                        const struct qlang_node *parent, struct list *into) {
    struct list l = {0};
    for (size_t i = 0, k; i < n->n; i += k ? k : 1) {
        struct added a = {0};
        struct qlang_node *c = n->child[i];
        bool ok = find_joined(w, n, i, &a, &k);
        if (ok && k) {
            struct qlang_node *g = group(w, n, i, k);
            bool all = g == n;
            ok = g && put_expanded(w, g, n->child + i, k, &a, brackets,
                                   all ? parent : NULL, all ? into : &l);
            if (!ok || all) return ok;
            /* Nothing more is expanded: the words stand as they were. */
            if (l.node[l.n - 1] == g) {
                l.n--;
                for (size_t j = 0; ok && j < k; j++) ok = put(w, &l, n->child[i + j]);
            }
        } else if (ok) {
            ok = rewrite(w, c, brackets + (c->kind == QLANG_OR), NULL, &l);
        }
        if (!ok) return false;
    }
    n->child = l.node;
    n->n = l.n;
    return put(w, into, n);
}

/* Recursion is as deep as the query tree, which its parser limits. */
static bool rewrite(struct work *w, struct qlang_node *n, size_t brackets,
                    const struct qlang_node *parent, struct list *into) {
    struct list l = {0};
    if (w->full) return put(w, into, n);
    if (n->kind == QLANG_PHRASE) return rewrite_word(w, n, brackets, parent, into);
    if (n->kind == QLANG_AND) return rewrite_and(w, n, brackets, parent, into);
    if (n->kind != QLANG_OR) return put(w, into, n);
    for (size_t i = 0; i < n->n; i++)
        if (!rewrite(w, n->child[i], brackets, n, &l)) return false;
    n->child = l.node;
    n->n = l.n;
    return put(w, into, n);
}

enum status expand_query(struct qlang_query *query, struct expansion_list *out,
                         struct err *err) {
    struct work w = {.query = query, .out = out, .err = err};
    struct list top = {0};
    out->n = 0;
    if (!query->root) return STATUS_OK;
    w.leaves = count_leaves(query->root);
    if (!rewrite(&w, query->root, 0, NULL, &top)) return w.status;
    query->root = top.node[0];
    return STATUS_OK;
}
