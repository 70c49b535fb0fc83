#include "query/qlang_lex.h"

#include "core/utf8.h"

enum char_class { CHAR_TEXT, CHAR_SPACE, CHAR_OPEN, CHAR_CLOSE, CHAR_QUOTE, CHAR_BAR };

static enum char_class class_of(uint32_t cp) {
    switch (cp) {
        case '(':
        case 0xFF08:
            return CHAR_OPEN;
        case ')':
        case 0xFF09:
            return CHAR_CLOSE;
        case '"':
        case 0xFF02:
        case 0x201C:
        case 0x201D:
            return CHAR_QUOTE;
        case 0xFF5C:
            return CHAR_BAR;
        default:
            break;
    }
    bool space = cp <= ' ' || cp == 0x7F || (cp >= 0x80 && cp <= 0xA0) || cp == 0x1680 ||
                 (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
                 cp == 0x202F || cp == 0x205F || cp == 0x3000;
    return space ? CHAR_SPACE : CHAR_TEXT;
}

static bool is_minus(uint32_t cp) {
    return cp == '-' || cp == 0xFF0D;
}
static bool is_star(uint32_t cp) {
    return cp == '*' || cp == 0xFF0A;
}
static bool is_colon(uint32_t cp) {
    return cp == ':' || cp == 0xFF1A;
}

/* The code point at `at` (0 at the end) and the offset after it. */
static uint32_t peek(struct str q, size_t at, size_t *after) {
    uint32_t cp = 0;
    *after = at < q.n ? (size_t)(utf8_next(q.p + at, q.p + q.n, &cp) - q.p) : at;
    return cp;
}

struct qlang_lexer qlang_lex_start(struct str q, enum audience audience) {
    return (struct qlang_lexer){.q = q, .at = 0, .audience = audience, .value = false};
}

/* May the audience ask for this field, and is there anything to ask? */
static bool is_usable(const struct field *f, enum audience audience) {
    if (f->facet >= 0 && facet_is_internal((enum facet)f->facet) &&
        audience != AUDIENCE_INTERNAL)
        return false;
    if (f->tier > audience_row(audience)->tier) return false;
    return f->tag || f->facet >= 0 || f->date >= 0;
}

/* End of the text run that starts at `at`. */
static size_t run_end(struct str q, size_t at) {
    size_t after;
    while (at < q.n && class_of(peek(q, at, &after)) == CHAR_TEXT) at = after;
    return at;
}

/* Does `word` (full-width letters too) begin with the ASCII operator `op`? Returns the
 * bytes it takes, 0 for no. */
static size_t operator_length(struct str word, const char *op) {
    size_t at = 0;
    for (; *op; op++) {
        size_t after;
        uint32_t cp = peek(word, at, &after);
        if (at >= word.n ||
            (cp != (unsigned char)*op && cp != (unsigned char)*op + 0xFEE0u))
            return 0;
        at = after;
    }
    return at;
}

/* NEAR or NEAR/n with n in range. */
static bool is_near(struct str word, uint32_t *gap) {
    size_t at = operator_length(word, "NEAR");
    *gap = QLANG_NEAR_DEFAULT;
    if (at == 0 || at == word.n) return at > 0;
    size_t slash = operator_length(str_slice(word.p + at, word.n - at), "/");
    at += slash;
    if (slash == 0 || at == word.n) return false;
    uint32_t v = 0;
    while (at < word.n) {
        size_t after;
        uint32_t cp = peek(word, at, &after);
        uint32_t digit = cp >= 0xFF10 ? cp - 0xFF10 : cp - '0';
        if (digit > 9 || (v = v * 10 + digit) > QLANG_NEAR_MAX) return false;
        at = after;
    }
    *gap = v;
    return true;
}

static bool is_operator(struct str word, struct qlang_token *t) {
    if (operator_length(word, "OR") == word.n || str_eq_z(word, "|"))
        t->kind = TOKEN_OR;
    else if (operator_length(word, "AND") == word.n)
        t->kind = TOKEN_AND;
    else if (is_near(word, &t->gap))
        t->kind = TOKEN_NEAR;
    else
        return false;
    return true;
}

/* `name:` at the start of the run [at, end): the offset after the colon, or 0. */
static size_t field_end(const struct qlang_lexer *l, size_t end, const struct field **f) {
    size_t after;
    for (size_t i = l->at; i < end; i = after) {
        if (!is_colon(peek(l->q, i, &after))) continue;
        *f = field_by_name(str_slice(l->q.p + l->at, i - l->at));
        return *f && is_usable(*f, l->audience) ? after : 0;
    }
    return 0;
}

/* Quotes close at their own kind; “ and ” both open, because a keyboard's state decides
 * which one comes. */
static struct qlang_token quoted(struct qlang_lexer *l, uint32_t open, size_t start) {
    bool curly = open == 0x201C || open == 0x201D;
    size_t after;
    for (size_t i = start; i < l->q.n; i = after) {
        uint32_t cp = peek(l->q, i, &after);
        if (curly ? cp == 0x201D : cp == '"' || cp == 0xFF02) {
            l->at = after;
            return (struct qlang_token){.kind = TOKEN_QUOTED,
                                        .text = str_slice(l->q.p + start, i - start)};
        }
    }
    l->at = l->q.n;
    return (struct qlang_token){.kind = TOKEN_BROKEN};
}

/* Is there something to negate right after the minus at l->at? */
static bool negates(const struct qlang_lexer *l, size_t after) {
    size_t next;
    uint32_t cp = peek(l->q, after, &next);
    enum char_class c = class_of(cp);
    return after < l->q.n && !is_minus(cp) &&
           (c == CHAR_TEXT || c == CHAR_OPEN || c == CHAR_QUOTE);
}

static struct qlang_token word(struct qlang_lexer *l, bool value) {
    size_t start = l->at, end = run_end(l->q, start), after, last = start;
    struct qlang_token t = {.kind = TOKEN_WORD,
                            .text = str_slice(l->q.p + start, end - start)};
    if (!value) {
        if (is_minus(peek(l->q, start, &after)) && negates(l, after)) {
            l->at = after;
            return (struct qlang_token){.kind = TOKEN_NOT};
        }
        size_t colon = field_end(l, end, &t.field);
        if (colon) {
            l->at = colon;
            l->value = true;
            t.kind = TOKEN_FIELD;
            return t;
        }
        t.field = NULL;
    }
    l->at = end;
    if (!value && is_operator(t.text, &t)) return t;
    for (size_t i = start; i < end; i = after) {
        last = i;
        (void)peek(l->q, i, &after);
    }
    if (last > start && is_star(peek(l->q, last, &after))) {
        t.kind = TOKEN_PREFIX;
        t.text.n = last - start;
    }
    return t;
}

struct qlang_token qlang_lex_next(struct qlang_lexer *l) {
    bool value = l->value;
    l->value = false;
    while (l->at < l->q.n) {
        size_t after;
        uint32_t cp = peek(l->q, l->at, &after);
        switch (class_of(cp)) {
            case CHAR_SPACE:
                l->at = after;
                continue;
            case CHAR_OPEN:
            case CHAR_CLOSE:
                l->at = after;
                return (struct qlang_token){
                    .kind = class_of(cp) == CHAR_OPEN ? TOKEN_OPEN : TOKEN_CLOSE};
            case CHAR_BAR:
                l->at = after;
                return (struct qlang_token){.kind = TOKEN_OR};
            case CHAR_QUOTE:
                return quoted(l, cp, after);
            case CHAR_TEXT:
                return word(l, value);
        }
    }
    return (struct qlang_token){.kind = TOKEN_END};
}

struct str qlang_lex_piece(struct qlang_lexer *l) {
    size_t after;
    while (l->at < l->q.n && class_of(peek(l->q, l->at, &after)) != CHAR_TEXT)
        l->at = after;
    size_t start = l->at;
    l->at = run_end(l->q, start);
    return str_slice(l->q.p + start, l->at - start);
}

bool qlang_lex_is_bare(struct str text, enum audience audience) {
    struct qlang_lexer l = qlang_lex_start(text, audience);
    struct qlang_token t = qlang_lex_next(&l);
    return t.kind == TOKEN_WORD && t.text.n == text.n;
}
