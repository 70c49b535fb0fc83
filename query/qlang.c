#include "query/qlang.h"
#include "query/qlang_lex.h"

#include "core/date.h"
#include "core/text.h"

#define RANGE_TEXT_MAX 64

/* ---- ranges ---------------------------------------------------------------------- */

/* Digits, dots, hyphens and their full-width forms as ASCII; false for anything else. */
static bool fold_range(struct str s, char out[RANGE_TEXT_MAX], size_t *n) {
    *n = 0;
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0xEF && s.n - i >= 3) { /* U+FF01..FF5E: ASCII + 0xFEE0 */
            unsigned v = ((unsigned char)s.p[i + 1] & 0x3Fu) << 6 |
                         ((unsigned char)s.p[i + 2] & 0x3Fu);
            if (v <= 0xF00 || v >= 0xF5F) return false;
            c = (unsigned char)(v - 0xF00 + 0x20);
            i += 3;
        } else {
            i++;
        }
        bool ok = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ' ';
        if (!ok || *n == RANGE_TEXT_MAX) return false;
        out[(*n)++] = (char)c;
    }
    return true;
}

static bool read_year(struct str s, int32_t *year) {
    if (s.n != 4) return false;
    int32_t v = 0;
    for (size_t i = 0; i < 4; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        v = v * 10 + (s.p[i] - '0');
    }
    *year = v;
    return v >= DATE_YEAR_MIN && v <= DATE_YEAR_MAX;
}

/* First and last day of a year, month or day. */
static bool read_end(struct str s, bool year, int32_t *first, int32_t *last) {
    int32_t v;
    s = str_trim(s);
    if (read_year(s, &v)) {
        *first = year ? v : v * 10000 + 101;
        *last = year ? v : v * 10000 + 1231;
        return true;
    }
    if (year || date_parse(s, &v, NULL) != STATUS_OK) return false;
    bool month = date_day(v) == 0;
    *first = month ? v + 1 : v;
    *last = month ? v + date_days_in_month(date_year(v), date_month(v)) : v;
    return true;
}

bool qlang_range(struct str text, bool year, int32_t *lo, int32_t *hi,
                 bool *upside_down) {
    char folded[RANGE_TEXT_MAX];
    size_t n;
    *upside_down = false;
    if (!fold_range(text, folded, &n)) return false;
    struct str s = str_trim(str_slice(folded, n));
    const char *dots = s.n ? memmem(s.p, s.n, "..", 2) : NULL;
    int32_t first = 0, last = 0, other;
    if (!dots) {
        if (!read_end(s, year, &first, &last)) return false;
        *lo = first;
        *hi = last;
        return true;
    }
    struct str a = str_trim(str_slice(s.p, (size_t)(dots - s.p)));
    struct str b = str_trim(str_slice(dots + 2, (size_t)(s.p + s.n - dots) - 2));
    if (a.n == 0 && b.n == 0) return false;
    first = INT32_MIN;
    last = INT32_MAX;
    if ((a.n && !read_end(a, year, &first, &other)) ||
        (b.n && !read_end(b, year, &other, &last)))
        return false;
    if (first > last) {
        *upside_down = true;
        return false;
    }
    *lo = first;
    *hi = last;
    return true;
}

static void print_end(int32_t v, bool year, struct buf *out) {
    char text[DATE_TEXT];
    if (v == INT32_MIN || v == INT32_MAX) return;
    if (year)
        buf_add_f(out, "%d", v);
    else
        buf_add_z(out, date_text(v, text));
}

void qlang_range_print(int32_t lo, int32_t hi, bool year, struct buf *out) {
    print_end(lo, year, out);
    if (lo == hi) return;
    buf_add_z(out, "..");
    print_end(hi, year, out);
}

/* ---- printing -------------------------------------------------------------------- */

/* What binds tighter needs no parentheses around it. */
enum rank { RANK_OR, RANK_AND, RANK_NOT, RANK_NEAR, RANK_LEAF };

static enum rank rank_of(const struct qlang_node *n) {
    switch (n->kind) {
        case QLANG_OR:
            return RANK_OR;
        case QLANG_AND:
            return RANK_AND;
        case QLANG_NOT:
            return RANK_NOT;
        case QLANG_NEAR:
            return RANK_NEAR;
        case QLANG_NOTHING:
        case QLANG_PHRASE:
        case QLANG_SENTENCE:
        case QLANG_PREFIX:
        case QLANG_CODE:
        case QLANG_RANGE:
            break;
    }
    return RANK_LEAF;
}

static void print_text(struct str text, bool bare, struct buf *out) {
    /* The internal audience knows more fields: what is bare there is bare everywhere. */
    if (bare && qlang_lex_is_bare(text, AUDIENCE_INTERNAL)) {
        buf_add_str(out, text);
        return;
    }
    bool curly = (text.n && memchr(text.p, '"', text.n)) ||
                 (text.n && memmem(text.p, text.n, "\xEF\xBC\x82", 3));
    buf_add_z(out, curly ? "\xE2\x80\x9C" : "\"");
    buf_add_str(out, text);
    buf_add_z(out, curly ? "\xE2\x80\x9D" : "\"");
}

/* The shorter of the two Chinese names: 标题 rather than 成果名称. */
static void print_field(const struct field *f, struct buf *out) {
    const char *name = f->zh;
    if (f->zh2 && strlen(f->zh2) < strlen(name)) name = f->zh2;
    buf_add_z(out, name);
    buf_add_char(out, ':');
}

static bool is_year(const struct field *f) {
    return f && (f->flags & FIELD_IS_YEAR);
}

static void print_code(const struct qlang_node *n, struct buf *out) {
    enum code_list list = n->field ? n->field->list : CODES_NONE;
    struct str shown = n->text;
    if (list != CODES_NONE) {
        struct str label = str_of(codes_label(list, n->text));
        /* A label that another code owns as well (市辖区) would not lead back. */
        if (str_eq(codes_resolve(list, label), n->text)) shown = label;
    } else if (is_year(n->field) && str_eq_z(n->text, "none")) {
        shown = str_of("未填");
    }
    print_text(shown, true, out);
}

static void print_leaf(const struct qlang_node *n, struct buf *out) {
    if (n->field) print_field(n->field, out);
    switch (n->kind) {
        case QLANG_PHRASE:
            print_text(n->text, !n->quoted, out);
            break;
        case QLANG_SENTENCE:
            buf_add_str(out, n->text);
            break;
        case QLANG_PREFIX:
            buf_add_str(out, n->text);
            buf_add_char(out, '*');
            break;
        case QLANG_CODE:
            print_code(n, out);
            break;
        case QLANG_RANGE:
            qlang_range_print(n->lo, n->hi, is_year(n->field), out);
            break;
        case QLANG_NOTHING:
        case QLANG_AND:
        case QLANG_OR:
        case QLANG_NOT:
        case QLANG_NEAR:
            buf_add_z(out, "\"\"");
            break;
    }
}

static void print_node(const struct qlang_node *n, struct buf *out);

static void print_operand(const struct qlang_node *n, enum rank outer, struct buf *out) {
    bool wrap = rank_of(n) < outer;
    if (wrap) buf_add_char(out, '(');
    print_node(n, out);
    if (wrap) buf_add_char(out, ')');
}

/* "-" and an operand; one that begins with a minus of its own needs parentheses. */
static void print_not(const struct qlang_node *n, struct buf *out) {
    buf_add_char(out, '-');
    const struct qlang_node *c = n->child[0];
    struct buf inner = buf_init(out->max);
    print_operand(c, RANK_LEAF, &inner);
    struct str s = buf_str(&inner);
    bool minus = str_starts(s, str_of("-")) || str_starts(s, str_of("\xEF\xBC\x8D"));
    if (minus) buf_add_char(out, '(');
    buf_add_str(out, s);
    if (minus) buf_add_char(out, ')');
    if (!out->failed) out->failed = inner.failed;
    buf_done(&inner);
}

/* Recursion is as deep as the tree, which the parser limits. */
static void print_node(const struct qlang_node *n, struct buf *out) {
    enum rank own = rank_of(n);
    if (own == RANK_LEAF) {
        print_leaf(n, out);
    } else if (own == RANK_NOT) {
        print_not(n, out);
    } else {
        for (size_t i = 0; i < n->n; i++) {
            if (i && own == RANK_NEAR)
                buf_add_f(out, " NEAR/%u ", n->gap);
            else if (i)
                buf_add_z(out, own == RANK_OR ? " OR " : " AND ");
            print_operand(n->child[i], own, out);
        }
    }
}

void qlang_print(const struct qlang_node *root, struct buf *out) {
    if (root) print_node(root, out);
}

bool qlang_equal(const struct qlang_node *a, const struct qlang_node *b) {
    if (!a || !b) return a == b;
    bool range = a->kind == QLANG_RANGE;
    if (a->kind != b->kind || a->n != b->n || a->field != b->field ||
        (a->n == 0 && !str_eq(a->text, b->text)) || a->quoted != b->quoted ||
        a->gap != b->gap || (range && (a->lo != b->lo || a->hi != b->hi)))
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!qlang_equal(a->child[i], b->child[i])) return false;
    return true;
}
