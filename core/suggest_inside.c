/* Units, keywords and titles that hold the input inside. No order of the file knows them;
 * they are taken from records that have all characters of the input. */
#include "core/suggest_find.h"
#include "core/utf8.h"

#include <stdlib.h>

#define CHARS 8      /* characters that narrow the records */
#define RECORDS 1536 /* looked into; of more, an even sample */
#define CODES 512    /* different members kept */
#define SLOTS 1024   /* of their hash table; a power of two */
#define LOOKUPS 64   /* members whose entry is looked up, those met most often */

struct met {
    uint32_t code, times;
};

struct inside {
    struct suggest_finder *f;
    struct columns_han_list list[CHARS];
    size_t nlists;
    uint64_t word[COLUMNS_HAN_WORDS], other[COLUMNS_HAN_WORDS];
    struct met facet[CODES], title[CODES];
    size_t nfacet, ntitle;
    uint16_t slot[SLOTS]; /* index into facet + 1 */
    uint32_t entry[LOOKUPS];
};

/* Lists of the input's different Han characters; false when one is in no record. */
static bool open_lists(struct inside *x) {
    const struct suggest_input *in = &x->f->in;
    for (size_t i = 0; i < in->n && x->nlists < CHARS; i++) {
        bool seen = !text_is_han(in->unit[i]);
        for (size_t k = 0; k < i && !seen; k++) seen = in->unit[k] == in->unit[i];
        if (seen) continue;
        struct columns_han_list l = columns_han_find(&x->f->s->columns->han, in->unit[i]);
        if (l.n == 0) return false;
        x->list[x->nlists++] = l;
    }
    return x->nlists > 0;
}

/* Records of a window that have all characters, into x->word; returns how many. */
static uint32_t fill_window(struct inside *x, uint32_t window) {
    uint32_t n = 0;
    memset(x->word, 0, sizeof x->word);
    columns_han_add_window(&x->list[0], window, x->word);
    for (size_t i = 1; i < x->nlists; i++) {
        memset(x->other, 0, sizeof x->other);
        columns_han_add_window(&x->list[i], window, x->other);
        for (size_t k = 0; k < COLUMNS_HAN_WORDS; k++) x->word[k] &= x->other[k];
    }
    for (size_t k = 0; k < COLUMNS_HAN_WORDS; k++)
        n += (uint32_t)__builtin_popcountll(x->word[k]);
    return n;
}

static void meet_facet(struct inside *x, uint32_t code) {
    size_t i = (code * UINT32_C(2654435761)) >> 22; /* SLOTS = 1 << (32 - 22) */
    for (; x->slot[i]; i = (i + 1) & (SLOTS - 1))
        if (x->facet[x->slot[i] - 1].code == code) {
            x->facet[x->slot[i] - 1].times++;
            return;
        }
    if (x->nfacet == CODES) return;
    x->facet[x->nfacet++] = (struct met){code, 1};
    x->slot[i] = (uint16_t)x->nfacet;
}

static bool holds(struct inside *x, uint32_t code) {
    const struct suggest *s = x->f->s;
    struct str text = suggest_member_text(s->columns, s->text, code, &x->f->scratch);
    return text_find(text, x->f->in.norm, 0) != SIZE_MAX;
}

static void look_into(struct inside *x, uint32_t docid) {
    static const enum suggest_kind kinds[] = {SUGGEST_KEYWORD, SUGGEST_UNIT};
    const struct columns *c = x->f->s->columns;
    if (!columns_is_live(c, docid)) return;
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        const struct columns_facet *f = suggest_facet(c, kinds[k]);
        for (uint32_t i = f->start[docid]; i < f->start[docid + 1]; i++) {
            uint32_t code = suggest_code(kinds[k], columns_ord(f, i));
            if (holds(x, code)) meet_facet(x, code);
        }
    }
    uint32_t title = suggest_code(SUGGEST_TITLE, docid);
    if (x->ntitle < CODES && holds(x, title))
        x->title[x->ntitle++] = (struct met){title, 1};
}

static void look_into_records(struct inside *x) {
    uint32_t size = x->f->s->columns->size, windows = (size - 1) / COLUMNS_HAN_WINDOW + 1;
    uint64_t total = 0, at = 0;
    for (uint32_t w = 0; w < windows; w++) total += fill_window(x, w);
    uint64_t step = total / RECORDS + 1, next = 0;
    for (uint32_t w = 0; w < windows && at < total; w++) {
        fill_window(x, w);
        for (uint32_t k = 0; k < COLUMNS_HAN_WORDS; k++)
            for (uint64_t bits = x->word[k]; bits; bits &= bits - 1, at++) {
                if (at != next) continue;
                next += step;
                uint32_t i = k * 64 + (uint32_t)__builtin_ctzll(bits);
                uint32_t docid = w * COLUMNS_HAN_WINDOW + i;
                if (docid < size) look_into(x, docid);
            }
    }
}

static int cmp_times(const void *a, const void *b) {
    const struct met *x = a, *y = b;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

static int cmp_entry(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The entries of the members met most often, best first. False when there is no room. */
static bool take_best(struct inside *x, struct met *met, size_t n) {
    const struct suggest *s = x->f->s;
    struct buf text = buf_init(0);
    size_t found = 0;
    if (n) qsort(met, n, sizeof *met, cmp_times);
    for (size_t i = 0; i < n && i < LOOKUPS; i++) {
        buf_clear(&text);
        buf_add_str(
            &text, suggest_member_text(s->columns, s->text, met[i].code, &x->f->scratch));
        if (text.failed) break;
        uint32_t at =
            suggest_place(s, ORDER_TEXT, buf_str(&text), buf_str(&text), &x->f->scratch);
        if (at < s->n) x->entry[found++] = s->order[ORDER_TEXT][at];
    }
    buf_done(&text);
    if (found) qsort(x->entry, found, sizeof *x->entry, cmp_entry);
    for (size_t i = 0; i < found; i++)
        if (!suggest_take(x->f, x->entry[i])) return false;
    return true;
}

void suggest_find_inside(struct suggest_finder *f) {
    struct inside *x = calloc(1, sizeof *x);
    if (!x) return;
    x->f = f;
    if (open_lists(x)) {
        look_into_records(x);
        if (take_best(x, x->facet, x->nfacet)) take_best(x, x->title, x->ntitle);
    }
    free(x);
}
