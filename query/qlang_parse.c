/* qlang_parse.c - recursive descent over qlang_lex.h's tokens; depth and size limited.
 *
 * A parse function returns false when it must stop (p->status, or p->broken for a
 * malformed query); a part that cannot be searched is a NULL node.
 */
#include "query/qlang.h"
#include "query/qlang_lex.h"

#include "core/analyse.h"
#include "core/utf8.h"

#include <talloc.h>

#define NOTICE_QUOTE_BYTES 60 /* of the user's text in a notice */

struct parser {
    struct qlang_query *query; /* talloc parent of everything */
    struct qlang_lexer lexer;
    struct qlang_token token;  /* the next one */
    const struct field *field; /* of the group around, or NULL */
    enum audience audience;
    size_t leaves;
    const char *broken; /* what is malformed, Chinese; NULL = nothing */
    enum status status;
    struct err *err;
};

static bool fail_memory(struct parser *p) {
    p->status = err_set(p->err, STATUS_NOMEM, NULL, "内存不足：解析检索式");
    return false;
}

static bool fail_complex(struct parser *p, const char *what) {
    p->status = err_set(p->err, STATUS_LIMIT, "query_too_complex",
                        "检索式过于复杂：%s；请减少检索词或括号", what);
    err_place(p->err, NULL, 0, "q");
    return false;
}

static bool fail_broken(struct parser *p, const char *what) {
    p->broken = what;
    return false;
}

static bool notice(struct parser *p, const char *before, struct str text,
                   const char *after) {
    struct qlang_query *q = p->query;
    if (q->nnotices == QLANG_MAX_NOTICES) return true;
    size_t n = utf8_clip(text, NOTICE_QUOTE_BYTES);
    char *s = talloc_asprintf(q, "%s%.*s%s%s", before, (int)n, text.p ? text.p : "",
                              n < text.n ? "…" : "", after);
    if (!s) return fail_memory(p);
    q->notice[q->nnotices++] = s;
    return true;
}

static void advance(struct parser *p) {
    p->token = qlang_lex_next(&p->lexer);
    if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_END)
        p->query->plain = false;
}

/* ---- nodes ----------------------------------------------------------------------- */

static struct qlang_node *node_new(struct parser *p, enum qlang_kind kind,
                                   size_t nchild) {
    struct qlang_node *n = talloc_zero(p->query, struct qlang_node);
    if (n && nchild)
        n->child = talloc_zero_array(n, struct qlang_node *, (unsigned)nchild);
    if (!n || (nchild && !n->child)) {
        (void)fail_memory(p);
        return NULL;
    }
    n->kind = kind;
    n->n = nchild;
    return n;
}

static struct qlang_node *leaf_new(struct parser *p, enum qlang_kind kind,
                                   const struct field *f) {
    if (++p->leaves > QLANG_MAX_LEAVES) {
        (void)fail_complex(p, "检索词太多");
        return NULL;
    }
    struct qlang_node *n = node_new(p, kind, 0);
    if (n) n->field = f;
    return n;
}

/* AND or OR of a and b, flat; a NULL operand leaves the other. */
static bool join(struct parser *p, enum qlang_kind kind, struct qlang_node *a,
                 struct qlang_node *b, struct qlang_node **out) {
    if (!a || !b) {
        *out = a ? a : b;
        return true;
    }
    size_t na = a->kind == kind ? a->n : 1, nb = b->kind == kind ? b->n : 1;
    struct qlang_node *n = node_new(p, kind, na + nb);
    if (!n) return false;
    for (size_t i = 0; i < na; i++) n->child[i] = a->kind == kind ? a->child[i] : a;
    for (size_t i = 0; i < nb; i++) n->child[na + i] = b->kind == kind ? b->child[i] : b;
    *out = n;
    return true;
}

/* ---- leaves ---------------------------------------------------------------------- */

static bool normalised(struct parser *p, struct str text, struct str *norm) {
    struct buf b = buf_init(ANALYSE_MAX_LITERAL);
    p->status = text_normalise(text, &b, NULL, p->err);
    if (p->status == STATUS_OK) p->status = buf_check(&b, "检索词", p->err);
    if (p->status == STATUS_LIMIT) {
        p->status = err_set(p->err, STATUS_LIMIT, "query_too_complex",
                            "检索词中的组合字符或合体字符太多；请删去一些");
        err_place(p->err, NULL, 0, "q");
    }
    if (p->status == STATUS_OK) {
        char *copy = talloc_memdup(p->query, buf_z(&b), (unsigned)b.n + 1);
        *norm = str_slice(copy, b.n);
        if (!copy) (void)fail_memory(p);
    }
    buf_done(&b);
    return p->status == STATUS_OK;
}

/* A text leaf; *out is NULL when there is nothing to search for. */
static bool text_leaf(struct parser *p, enum qlang_kind kind, const struct field *f,
                      struct str text, struct qlang_node **out) {
    struct str norm;
    text = str_trim(text);
    *out = NULL;
    if (!normalised(p, text, &norm)) return false;
    if (!text_is_searchable(norm))
        return notice(p, "已略去“", text, "”：其中没有字母、数字或汉字");
    bool quoted = kind == QLANG_PHRASE;
    bool bare = qlang_lex_is_bare(text, AUDIENCE_INTERNAL);
    if (kind == QLANG_SENTENCE &&
        (f || text_count_han(norm) <= QLANG_LITERAL_HAN || !bare))
        kind = QLANG_PHRASE;
    struct qlang_node *n = leaf_new(p, kind, f);
    if (!n) return false;
    n->text = text;
    n->norm = norm;
    n->quoted = quoted || (kind == QLANG_PHRASE && !bare);
    *out = n;
    return true;
}

static const char *name_of(const struct field *f) {
    return f->zh2 && strlen(f->zh2) < strlen(f->zh) ? f->zh2 : f->zh;
}

/* A value that the field does not know: the words are looked for as text. */
static bool unknown_value(struct parser *p, const struct field *f, struct str text,
                          bool prefix, struct qlang_node **out) {
    char *whole = talloc_asprintf(p->query, "%s:%.*s%s", name_of(f), (int)text.n, text.p,
                                  prefix ? "*" : "");
    return whole ? notice(p, "没有这样的取值，已按文字查找：“", str_of(whole), "”") &&
                       text_leaf(p, QLANG_PHRASE, NULL, str_of(whole), out)
                 : fail_memory(p);
}

static bool upside_down(struct parser *p, struct str text) {
    p->status = err_set(p->err, STATUS_INVALID, "invalid_range",
                        "范围“%.*s”的起点大于终点；请写成 起点..终点",
                        (int)utf8_clip(text, NOTICE_QUOTE_BYTES), text.p);
    err_place(p->err, NULL, 0, "q");
    return false;
}

static bool condition(struct parser *p, const struct field *f, struct str text,
                      struct qlang_node **out) {
    bool year = f->flags & FIELD_IS_YEAR, wrong = false;
    int32_t lo = 0, hi = 0;
    struct str code = {NULL, 0};
    enum qlang_kind kind = QLANG_CODE;
    if ((year || f->date >= 0) && qlang_range(text, year, &lo, &hi, &wrong))
        kind = QLANG_RANGE;
    else if (wrong)
        return upside_down(p, text);
    else if (year && (str_eq_z(text, "none") || str_eq_z(text, "未填")))
        code = str_of("none");
    else if (f->list != CODES_NONE)
        code = codes_resolve(f->list, text);
    else if (!year && f->facet >= 0)
        code = text; /* an open list: the value as it is stored */
    if (kind == QLANG_CODE && code.n == 0) return unknown_value(p, f, text, false, out);
    struct qlang_node *n = leaf_new(p, kind, f);
    if (!n) return false;
    n->lo = lo;
    n->hi = hi;
    if (code.n) {
        char *copy = talloc_memdup(n, code.p, (unsigned)code.n);
        if (!copy) return fail_memory(p);
        n->text = str_slice(copy, code.n);
    }
    *out = n;
    return true;
}

/* The leaf of a word, prefix or quoted string under field f (NULL: none). */
static bool value_leaf(struct parser *p, const struct field *f,
                       const struct qlang_token *t, struct qlang_node **out) {
    bool prefix = t->kind == TOKEN_PREFIX;
    enum qlang_kind kind = prefix                    ? QLANG_PREFIX
                           : t->kind == TOKEN_QUOTED ? QLANG_PHRASE
                                                     : QLANG_SENTENCE;
    struct str text = str_trim(t->text);
    if (!f || f->tag) return text_leaf(p, kind, f, text, out);
    if (text.n == 0) return fail_broken(p, "字段后面没有值");
    if (prefix) return unknown_value(p, f, text, true, out);
    return condition(p, f, text, out);
}

/* ---- grammar --------------------------------------------------------------------- */

static bool parse_or(struct parser *p, unsigned depth, struct qlang_node **out);

static bool parse_group(struct parser *p, unsigned depth, const struct field *f,
                        struct qlang_node **out) {
    if (depth == QLANG_MAX_DEPTH) return fail_complex(p, "括号嵌套太深");
    const struct field *around = p->field;
    p->field = f;
    advance(p);
    if (!parse_or(p, depth + 1, out)) return false;
    p->field = around;
    if (p->token.kind != TOKEN_CLOSE) return fail_broken(p, "括号不成对");
    advance(p);
    return true;
}

static bool parse_item(struct parser *p, unsigned depth, struct qlang_node **out) {
    const struct field *f = p->field;
    if (p->token.kind == TOKEN_FIELD) {
        f = p->token.field;
        advance(p);
    }
    switch (p->token.kind) {
        case TOKEN_OPEN:
            return parse_group(p, depth, f, out);
        case TOKEN_WORD:
        case TOKEN_PREFIX:
        case TOKEN_QUOTED:
            if (!value_leaf(p, f, &p->token, out)) return false;
            advance(p);
            return true;
        case TOKEN_BROKEN:
            return fail_broken(p, "引号不成对");
        case TOKEN_CLOSE:
            return fail_broken(p, "括号不成对，或括号内是空的");
        case TOKEN_END:
        case TOKEN_OR:
        case TOKEN_AND:
        case TOKEN_NOT:
        case TOKEN_NEAR:
        case TOKEN_FIELD:
            break;
    }
    return fail_broken(p, "运算符或字段后面没有检索词");
}

/* NEAR takes literals: a sentence is one here. */
static bool as_operand(struct qlang_node *n) {
    if (n && n->kind == QLANG_SENTENCE) {
        n->kind = QLANG_PHRASE;
        n->quoted = true;
    }
    return !n || n->kind == QLANG_PHRASE;
}

/* A NEAR B NEAR C is (A NEAR B) AND (B NEAR C). */
static bool parse_near(struct parser *p, unsigned depth, struct qlang_node **out) {
    struct qlang_node *left, *all = NULL;
    if (!parse_item(p, depth, &left)) return false;
    bool near = p->token.kind == TOKEN_NEAR;
    while (p->token.kind == TOKEN_NEAR) {
        uint32_t gap = p->token.gap;
        struct qlang_node *right, *pair = NULL;
        advance(p);
        if (!parse_item(p, depth, &right)) return false;
        if (!as_operand(left) || !as_operand(right))
            return fail_broken(p, "NEAR 两边须是词或引号中的短语");
        if (left && right) {
            if (!(pair = node_new(p, QLANG_NEAR, 2))) return false;
            pair->child[0] = left;
            pair->child[1] = right;
            pair->gap = gap;
        } else {
            pair = left ? left : right;
        }
        if (!join(p, QLANG_AND, all, pair, &all)) return false;
        left = right;
    }
    *out = near ? all : left;
    return true;
}

static bool parse_not(struct parser *p, unsigned depth, struct qlang_node **out) {
    if (p->token.kind != TOKEN_NOT) return parse_near(p, depth, out);
    struct qlang_node *inner;
    advance(p);
    if (!parse_near(p, depth, &inner)) return false;
    if (!inner || inner->kind == QLANG_NOT) {
        *out = inner ? inner->child[0] : NULL;
        return true;
    }
    struct qlang_node *n = node_new(p, QLANG_NOT, 1);
    if (!n) return false;
    n->child[0] = inner;
    *out = n;
    return true;
}

static bool starts_part(enum qlang_token_kind k) {
    return k == TOKEN_NOT || k == TOKEN_OPEN || k == TOKEN_FIELD || k == TOKEN_WORD ||
           k == TOKEN_PREFIX || k == TOKEN_QUOTED || k == TOKEN_BROKEN;
}

static bool parse_and(struct parser *p, unsigned depth, struct qlang_node **out) {
    struct qlang_node *all;
    if (!parse_not(p, depth, &all)) return false;
    while (p->token.kind == TOKEN_AND || starts_part(p->token.kind)) {
        struct qlang_node *next;
        if (p->token.kind == TOKEN_AND) advance(p);
        if (!parse_not(p, depth, &next) || !join(p, QLANG_AND, all, next, &all))
            return false;
    }
    *out = all;
    return true;
}

static bool parse_or(struct parser *p, unsigned depth, struct qlang_node **out) {
    struct qlang_node *all;
    if (!parse_and(p, depth, &all)) return false;
    while (p->token.kind == TOKEN_OR) {
        struct qlang_node *next;
        advance(p);
        if (!parse_and(p, depth, &next) || !join(p, QLANG_OR, all, next, &all))
            return false;
    }
    *out = all;
    return true;
}

static bool parse_whole(struct parser *p, struct qlang_node **out) {
    if (!parse_or(p, 0, out)) return false;
    if (p->token.kind == TOKEN_END) return true;
    return fail_broken(p, p->token.kind == TOKEN_CLOSE ? "括号不成对" : "运算符多余");
}

/* Operator characters separate, everything else is words side by side. */
static bool parse_literally(struct parser *p, struct str q, struct qlang_node **out) {
    struct qlang_lexer l = qlang_lex_start(q, p->audience);
    struct str piece;
    *out = NULL;
    p->leaves = 0;
    p->query->nnotices = 0;
    if (!notice(p, "检索式写法有误（", str_of(p->broken), "），已按文字原样理解"))
        return false;
    while ((piece = qlang_lex_piece(&l)).n) {
        struct qlang_node *n;
        if (!text_leaf(p, QLANG_SENTENCE, NULL, piece, &n) ||
            !join(p, QLANG_AND, *out, n, out))
            return false;
    }
    return true;
}

static enum status check_bytes(struct str q, struct err *err) {
    enum status s = STATUS_OK;
    size_t bad;
    if (q.n > QLANG_MAX_BYTES)
        s = err_set(err, STATUS_LIMIT, "query_too_long",
                    "检索式有 %zu 字节，最多 %zu 字节", q.n, QLANG_MAX_BYTES);
    else if ((bad = utf8_bad_at(q)) != q.n)
        s = err_set(err, STATUS_INVALID, "invalid_utf8",
                    "检索式第 %zu 个字节起不是合法的 UTF-8", bad + 1);
    if (s != STATUS_OK) err_place(err, NULL, 0, "q");
    return s;
}

enum status qlang_parse(void *ctx, struct str q, enum audience audience,
                        struct qlang_query **out, struct err *err) {
    enum status s = check_bytes(q, err);
    if (s != STATUS_OK) return s;
    struct qlang_query *query = talloc_zero(ctx, struct qlang_query);
    char *copy = query ? talloc_zero_array(query, char, (unsigned)q.n + 1) : NULL;
    if (!copy) {
        talloc_free(query);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足：解析检索式");
    }
    if (q.n) memcpy(copy, q.p, q.n);
    q = str_slice(copy, q.n);
    struct parser p = {.query = query,
                       .lexer = qlang_lex_start(q, audience),
                       .audience = audience,
                       .err = err};
    query->plain = true;
    query->q = q;
    advance(&p);
    if (p.token.kind != TOKEN_END) {
        struct qlang_node *root = NULL;
        bool ok = parse_whole(&p, &root);
        if (!ok && p.broken) ok = parse_literally(&p, q, &root);
        if (ok && !root) ok = (root = node_new(&p, QLANG_NOTHING, 0));
        if (!ok) {
            talloc_free(query);
            return p.status;
        }
        query->root = root;
        query->literal = p.broken != NULL;
        if (p.broken) query->plain = false;
    }
    *out = query;
    return STATUS_OK;
}
