/* qlang_pasted.c - tells a pasted title from a query with operators. */
#include "query/qlang_lex.h"

#include "core/text.h"

#include <talloc.h>

static bool is_bracket(enum qlang_token_kind k) {
    return k == TOKEN_QUOTED || k == TOKEN_BROKEN || k == TOKEN_OPEN || k == TOKEN_CLOSE;
}

/* No operator but brackets, quotes and minus signs that touch other text:
 * 筑起"打防管控"四位 一体, 意义(下), "府报"--我国. */
static bool reads_as_title(struct str q, enum audience audience) {
    struct qlang_lexer l = qlang_lex_start(q, audience);
    enum qlang_token_kind before = TOKEN_END;
    bool glued = false;
    for (;;) {
        size_t at = l.at;
        struct qlang_token t = qlang_lex_next(&l);
        struct str skipped = str_slice(q.p + at, q.n - at);
        bool touches = at > 0 && at < q.n && str_trim(skipped).p == skipped.p;
        switch (t.kind) {
            case TOKEN_END:
                return glued;
            case TOKEN_OR:
            case TOKEN_AND:
            case TOKEN_NEAR:
            case TOKEN_FIELD:
            case TOKEN_PREFIX:
                return false;
            case TOKEN_NOT:
                if (!touches || !is_bracket(before)) return false;
                break;
            case TOKEN_BROKEN:
                return glued || touches;
            case TOKEN_OPEN:
            case TOKEN_CLOSE:
            case TOKEN_WORD:
            case TOKEN_QUOTED:
                glued = glued || (touches && is_bracket(t.kind) != is_bracket(before));
                break;
        }
        before = t.kind;
    }
}

enum status qlang_pasted(void *ctx, struct str q, enum audience audience,
                         struct qlang_node **out, struct err *err) {
    *out = NULL;
    if (!reads_as_title(q, audience)) return STATUS_OK;
    struct qlang_node *n = talloc_zero(ctx, struct qlang_node);
    char *text = n ? talloc_memdup(n, q.p, q.n) : NULL;
    struct buf norm = buf_init(QLANG_MAX_BYTES * 11);
    enum status s = text ? text_normalise(q, &norm, NULL, err)
                         : err_set(err, STATUS_NOMEM, NULL, "内存不足：解析检索式");
    if (s == STATUS_OK && text_is_searchable(buf_str(&norm))) {
        bool longer = text_count_han(buf_str(&norm)) > QLANG_LITERAL_HAN;
        char *copy = talloc_memdup(n, norm.p, norm.n);
        n->kind = longer ? QLANG_SENTENCE : QLANG_PHRASE;
        n->text = str_slice(text, q.n);
        n->norm = str_slice(copy, norm.n);
        if (copy)
            *out = n;
        else
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足：解析检索式");
    }
    buf_done(&norm);
    return s;
}
