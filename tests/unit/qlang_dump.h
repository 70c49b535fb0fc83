/* qlang_dump.h - a query tree as an S-expression, for tests.
 *
 *   all | nothing | (and …) (or …) (not x) (near GAP a b)
 *   [field.]"phrase"  [field.]"prefix"*  ~"sentence"  (is field CODE) (in field LO HI)
 */
#ifndef TESTS_QLANG_DUMP_H
#define TESTS_QLANG_DUMP_H

#include "query/qlang.h"

static inline void qlang_dump(const struct qlang_node *n, struct buf *out) {
    static const char *const op[] = {[QLANG_AND] = "(and",
                                     [QLANG_OR] = "(or",
                                     [QLANG_NOT] = "(not",
                                     [QLANG_NEAR] = "(near"};
    if (!n) {
        buf_add_z(out, "all");
        return;
    }
    switch (n->kind) {
        case QLANG_NOTHING:
            buf_add_z(out, "nothing");
            return;
        case QLANG_CODE:
            buf_add_f(out, "(is %s %.*s)", n->field->name, (int)n->text.n, n->text.p);
            return;
        case QLANG_RANGE:
            buf_add_f(out, "(in %s", n->field->name);
            buf_add_f(out, n->lo == INT32_MIN ? " -" : " %d", n->lo);
            buf_add_f(out, n->hi == INT32_MAX ? " -)" : " %d)", n->hi);
            return;
        case QLANG_PHRASE:
        case QLANG_PREFIX:
        case QLANG_SENTENCE:
            if (n->field) buf_add_f(out, "%s.", n->field->name);
            buf_add_f(out, "%s\"%.*s\"%s", n->kind == QLANG_SENTENCE ? "~" : "",
                      (int)n->norm.n, n->norm.p, n->kind == QLANG_PREFIX ? "*" : "");
            return;
        case QLANG_AND:
        case QLANG_OR:
        case QLANG_NOT:
        case QLANG_NEAR:
            break;
    }
    buf_add_z(out, op[n->kind]);
    if (n->kind == QLANG_NEAR) buf_add_f(out, " %u", n->gap);
    for (size_t i = 0; i < n->n; i++) {
        buf_add_char(out, ' ');
        qlang_dump(n->child[i], out);
    }
    buf_add_char(out, ')');
}

#endif
