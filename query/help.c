#include "query/help.h"

#include "help_embedded.h"

static const struct {
    const char *mark;
    enum help_kind kind;
    size_t cells; /* with the mark */
} forms[] = {
    {"@section", HELP_SECTION, 3},
    {"@text", HELP_TEXT, 2},
    {"@link", HELP_LINK, 4},
};

struct str help_text(void) {
    return str_slice(help_files[0].bytes, help_files[0].size);
}

static struct str take(struct str *rest, char end) {
    const char *at = memchr(rest->p, end, rest->n);
    size_t n = at ? (size_t)(at - rest->p) : rest->n;
    struct str s = str_slice(rest->p, n), empty = {"", 0};
    *rest = at ? str_slice(at + 1, rest->n - n - 1) : empty;
    return s;
}

static void split(struct str line, struct help_line *out) {
    struct str cell[HELP_CELLS], whole = line;
    size_t n = 0;
    while (line.n && n < HELP_CELLS) cell[n++] = take(&line, '\t');
    *out = (struct help_line){.kind = HELP_BAD, .cell = {whole}};
    if (line.n) return;
    for (size_t i = 0; i < n; i++)
        if (str_eq_z(cell[i], "-")) cell[i].n = 0;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (!str_eq_z(cell[0], forms[i].mark)) continue;
        if (n != forms[i].cells) return;
        memcpy(out->cell, cell + 1, sizeof cell[0] * (n - 1));
        out->kind = forms[i].kind;
        return;
    }
    if (n != HELP_CELLS || cell[3].n == 0 || str_starts(whole, str_of("@"))) return;
    memcpy(out->cell, cell, sizeof cell);
    out->kind = HELP_EXAMPLE;
}

bool help_next(struct str *rest, struct help_line *out) {
    while (rest->n) {
        struct str line = take(rest, '\n');
        if (line.n == 0 || line.p[0] == '#') continue;
        split(line, out);
        return true;
    }
    return false;
}
