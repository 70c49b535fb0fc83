/* spell_whole.c - whole words that are read alike: wrong picks of an input method. */
#include "core/utf8.h"
#include "query/qlang_lex.h"
#include "query/spell_edit.h"

#define WHOLE_MAX 4 /* words that are read alike, most used first */

/* One character apart: spell_han finds it too. */
static bool is_one_apart(const struct spell_word *w, struct str text) {
    const char *p = text.p, *end = text.p + text.n;
    size_t n = 0, apart = 0;
    for (; p < end; n++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        apart += n < w->n && w->c[n].cp != cp;
    }
    return n == w->n && apart <= 1;
}

enum status spell_whole(struct spell_list *l, const struct spell_word *w) {
    const struct suggest *s;
    struct suggest_entry e[WHOLE_MAX];
    enum status status = xindex_reader_suggest(l->reader, &s, l->err);
    if (status == STATUS_NOMEM) return status;
    if (status != STATUS_OK) return STATUS_OK; /* a set without them, or damaged */
    size_t n = suggest_homophones(s, w->norm, WHOLE_MAX, e);
    for (size_t i = 0; i < n; i++) {
        struct str text = suggest_text(s, &e[i]);
        if (text.n > SPELL_EDIT_BYTES || is_one_apart(w, text) ||
            !qlang_lex_is_bare(text, AUDIENCE_INTERNAL))
            continue;
        struct spell_edit edit = {.word = w,
                                  .a = 0,
                                  .b = w->n,
                                  .n = text.n,
                                  .kind = SPELL_SOUND,
                                  .bound = UINT32_MAX,
                                  .guess = (uint64_t)e[i].count * SPELL_GUESS};
        memcpy(edit.text, text.p, text.n);
        spell_keep(l, &edit);
    }
    return STATUS_OK;
}
