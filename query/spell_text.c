/* spell_text.c - what stands beside a text in the records that hold it. */
#include "core/utf8.h"
#include "query/spell_edit.h"

#define PLACES 512    /* looked at, at most */
#define PIECE_LEAST 5 /* fewer places say nothing */
#define PIECE_PERCENT 70

static void add(struct spell_tally *t, uint32_t cp) {
    size_t i = 0;
    t->seen++;
    if (!text_is_han(cp)) return; /* the end of a value, punctuation, letters */
    while (i < t->n && t->cp[i] != cp) i++;
    if (i == SPELL_TALLY) return;
    if (i == t->n) {
        t->cp[i] = cp;
        t->count[i] = 0;
        t->n++;
    }
    t->count[i]++;
}

/* The code point before offset `at`, 0 at the start. */
static uint32_t before_of(struct str t, size_t at) {
    uint32_t cp = 0;
    size_t from = at;
    while (from > 0 && ((unsigned char)t.p[--from] & 0xC0) == 0x80) {
    }
    if (at > 0) (void)utf8_next(t.p + from, t.p + t.n, &cp);
    return cp;
}

void spell_around(const struct xindex_reader *r, const struct spell_found *found,
                  struct str needle, struct spell_tally *before,
                  struct spell_tally *after) {
    before->seen = after->seen = 0;
    before->n = after->n = 0;
    for (size_t i = 0; i < found->n && after->seen < PLACES; i++) {
        struct str t = xindex_reader_text(r, found->docid[i]);
        size_t at = 0;
        while (after->seen < PLACES && (at = text_find(t, needle, at)) != SIZE_MAX) {
            uint32_t cp = 0;
            add(before, before_of(t, at));
            at += needle.n;
            if (at < t.n) (void)utf8_next(t.p + at, t.p + t.n, &cp);
            add(after, cp);
        }
    }
}

static bool is_one(const struct spell_tally *t) {
    for (size_t i = 0; i < t->n; i++)
        if (t->count[i] * 100 >= t->seen * PIECE_PERCENT) return true;
    return false;
}

bool spell_is_piece(const struct xindex_reader *r, const struct spell_found *found,
                    struct str needle) {
    struct spell_tally before, after;
    spell_around(r, found, needle, &before, &after);
    return after.seen >= PIECE_LEAST && (is_one(&before) || is_one(&after));
}
