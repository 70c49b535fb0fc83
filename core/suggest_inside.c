/* Units, keywords and titles that hold the input inside. No order of the file knows them;
 * they are taken from records that have all characters of the input. */
#include "core/suggest_find.h"

#include <stdlib.h>
#include <xxhash.h>

#define CHARS 8      /* characters that narrow the records */
#define RECORDS 1024 /* looked into; of more, an even sample */
#define TEXTS 512    /* different texts kept */
#define SLOT_BITS 10 /* of their hash table, twice as large */
#define SLOTS (1u << SLOT_BITS)
#define LOOKUPS 64 /* texts whose entry is looked up, those met most often */

/* Tags of the values that are looked at (field.c). */
#define TAG_KEYWORD 2
#define TAG_UNIT 3
#define TAGS (1u << SUGGEST_TITLE_TAG | 1u << TAG_KEYWORD | 1u << TAG_UNIT)

struct met {
    struct str text; /* in the text file */
    uint32_t times;
};

struct texts {
    size_t n;
    struct met met[TEXTS];
    uint16_t slot[SLOTS]; /* index into met + 1 */
};

struct inside {
    struct suggest_finder *f;
    struct columns_han_list list[CHARS];
    size_t nlists;
    uint64_t word[COLUMNS_HAN_WORDS], other[COLUMNS_HAN_WORDS];
    struct texts named, titles;
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

static void meet(struct texts *t, struct str text) {
    size_t i = XXH3_64bits(text.p, text.n) >> (64 - SLOT_BITS);
    for (; t->slot[i]; i = (i + 1) & (SLOTS - 1))
        if (str_eq(t->met[t->slot[i] - 1].text, text)) {
            t->met[t->slot[i] - 1].times++;
            return;
        }
    if (t->n == TEXTS) return;
    t->met[t->n++] = (struct met){text, 1};
    t->slot[i] = (uint16_t)t->n;
}

/* Every title, keyword and unit of the record that holds the input. */
static void look_into(struct inside *x, uint32_t docid) {
    const struct suggest *s = x->f->s;
    if (!columns_is_live(s->columns, docid)) return;
    struct str record =
        str_slice(s->text->p + s->columns->text_at[docid], s->columns->text_len[docid]);
    for (size_t at = 0;
         (at = rectext_find(record, x->f->in.norm, TAGS, at)) != SIZE_MAX;) {
        struct str value;
        char tag = rectext_value_at(record, at, &value);
        meet(tag == SUGGEST_TITLE_TAG ? &x->titles : &x->named, value);
        at = (size_t)(value.p - record.p) + value.n;
    }
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
                look_into(x, w * COLUMNS_HAN_WINDOW + i);
            }
    }
}

static int cmp_times(const void *a, const void *b) {
    const struct met *x = a, *y = b;
    if (x->times != y->times) return x->times > y->times ? -1 : 1;
    return str_cmp(x->text, y->text);
}

static int cmp_entry(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The entries of the texts met most often, best first. False when there is no room. A
 * unit's name that counts under another one is in the text, and no entry. */
static bool take_best(struct inside *x, struct texts *t) {
    const struct suggest *s = x->f->s;
    size_t found = 0;
    if (t->n) qsort(t->met, t->n, sizeof *t->met, cmp_times);
    for (size_t i = 0; i < t->n && i < LOOKUPS; i++) {
        struct str text = t->met[i].text;
        uint32_t at = suggest_place(s, ORDER_TEXT, text, text, &x->f->scratch);
        if (at == s->n) continue;
        uint32_t e = s->order[ORDER_TEXT][at];
        if (str_eq(suggest_entry_text(s, e, &x->f->scratch), text)) x->entry[found++] = e;
    }
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
        if (take_best(x, &x->named)) take_best(x, &x->titles);
    }
    free(x);
}
