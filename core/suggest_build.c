/* suggest_build.c - the members of a revision sorted into entries and orders.
 *
 * Members that a base file has keep their order; only fresh ones are read, sorted and put
 * in by binary search. Every key is a function of its text, so the same columns and texts
 * give the same bytes by either way.
 */
#include "core/suggest_file.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <xxhash.h>

#define POOL_BYTES ((size_t)1 << 20)
#define RADIX_BITS 11
#define RADIX (1u << RADIX_BITS)

/* A member that the base lacks, with its text. */
struct fresh {
    uint64_t prefix;
    const char *p;
    uint32_t n, code;
};

/* An entry that the base lacks, or reads otherwise, with a key of it. */
struct fresh_key {
    uint64_t prefix;
    const char *p;
    uint32_t n, group;
    struct str text;
};

struct pool {
    struct pool *next;
    size_t used, size;
    char bytes[];
};

struct build {
    const struct columns *columns;
    const struct rectext *text;
    const struct suggest *base;     /* or NULL */
    uint64_t *changed;              /* bit by docid; NULL without base */
    uint32_t *map[SUGGEST_KINDS];   /* old ordinal -> new, 0 = gone; NULL for titles */
    uint32_t *count[SUGGEST_KINDS]; /* records by ordinal; NULL for titles */
    struct fresh *fresh;
    size_t nfresh, cap_fresh;
    struct pool *pool;
    struct buf scratch;
    bool nomem;

    uint32_t *member;
    uint32_t nmembers;
    /* By group: an entry, numbered by its place in the order of texts. */
    uint32_t ngroups;
    uint32_t *first;  /* member; ngroups + 1 */
    uint32_t *source; /* its place in the base's order of texts, or SUGGEST_NONE */
    uint32_t *from;   /* a fresh member with its text, when it has no source */
    uint32_t *id, *uses, *rank;
    uint8_t *len;
    uint32_t *group_of; /* the base's place in the order of texts -> group; SUGGEST_NONE:
                           gone, or its keys are made anew */
    uint32_t *place_of; /* the base's entry -> that place */
    uint32_t *order[ORDER_COUNT];
    uint64_t *prefix[ORDER_COUNT];
};

static void *take(struct build *b, size_t n, size_t size) {
    void *p = n <= SIZE_MAX / 2 / size ? malloc(n * size + 1) : NULL;
    if (!p) b->nomem = true;
    return p;
}

static void *take_zero(struct build *b, size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (!p) b->nomem = true;
    return p;
}

static const char *keep(struct build *b, struct str s) {
    if (!b->pool || b->pool->size - b->pool->used < s.n) {
        size_t size = s.n > POOL_BYTES ? s.n : POOL_BYTES;
        struct pool *p = malloc(sizeof *p + size);
        if (!p) {
            b->nomem = true;
            return NULL;
        }
        *p = (struct pool){.next = b->pool, .size = size};
        b->pool = p;
    }
    char *at = b->pool->bytes + b->pool->used;
    memcpy(at, s.p, s.n);
    b->pool->used += s.n;
    return at;
}

static void build_done(struct build *b) {
    for (int k = 0; k < SUGGEST_KINDS; k++) {
        free(b->map[k]);
        free(b->count[k]);
    }
    for (int o = 0; o < ORDER_COUNT; o++) {
        free(b->order[o]);
        free(b->prefix[o]);
    }
    while (b->pool) {
        struct pool *next = b->pool->next;
        free(b->pool);
        b->pool = next;
    }
    free(b->changed);
    free(b->fresh);
    free(b->member);
    free(b->first);
    free(b->source);
    free(b->from);
    free(b->id);
    free(b->uses);
    free(b->rank);
    free(b->len);
    free(b->group_of);
    free(b->place_of);
    buf_done(&b->scratch);
}

/* ---- which members are fresh ---------------------------------------------------------
 */

static void add_fresh(struct build *b, enum suggest_kind kind, uint32_t id) {
    uint32_t code = suggest_code(kind, id);
    struct str s = suggest_member_text(b->columns, b->text, code, &b->scratch);
    if (s.n == 0 || b->nomem) return;
    if (b->nfresh == b->cap_fresh) {
        size_t cap = b->cap_fresh * 2 + 1024;
        struct fresh *more = realloc(b->fresh, cap * sizeof *more);
        if (!more) {
            b->nomem = true;
            return;
        }
        b->fresh = more;
        b->cap_fresh = cap;
    }
    const char *p = s.p == b->scratch.p ? keep(b, s) : s.p;
    b->fresh[b->nfresh++] = (struct fresh){suggest_prefix(s), p, (uint32_t)s.n, code};
}

/* Both dictionaries are sorted: one pass tells what stayed, what went, what is new. */
static void match_facet(struct build *b, enum suggest_kind kind) {
    const struct columns_facet *now = suggest_facet(b->columns, kind), *was = NULL;
    uint32_t old = 1, nold = 0;
    if (b->base) {
        was = suggest_facet(b->base->columns, kind);
        nold = was->nvalues;
        b->map[kind] = take_zero(b, (size_t)nold + 1, 4);
        if (b->nomem) return;
    }
    for (uint32_t v = 1; v <= now->nvalues; v++) {
        struct str value = columns_value(now, v);
        int c = 1;
        while (old <= nold && (c = str_cmp(columns_value(was, old), value)) < 0) old++;
        if (old <= nold && c == 0)
            b->map[kind][old++] = v;
        else
            add_fresh(b, kind, v);
    }
}

static void match_titles(struct build *b, const uint32_t *changed, size_t n) {
    uint32_t size = b->columns->size;
    if (!b->base) {
        for (uint32_t d = 1; d < size; d++) add_fresh(b, SUGGEST_TITLE, d);
        return;
    }
    uint32_t most = size > b->base->columns->size ? size : b->base->columns->size;
    b->changed = take_zero(b, (size_t)most / 64 + 1, 8);
    for (size_t i = 0; i < n && !b->nomem; i++) {
        if (changed[i] == 0 || changed[i] >= most) continue;
        if (b->changed[changed[i] / 64] >> (changed[i] % 64) & 1) continue;
        b->changed[changed[i] / 64] |= UINT64_C(1) << (changed[i] % 64);
        if (changed[i] < size) add_fresh(b, SUGGEST_TITLE, changed[i]);
    }
}

/* The code of a member of the base in these columns, or 0. */
static uint32_t carried(const struct build *b, uint32_t code) {
    enum suggest_kind kind = suggest_code_kind(code);
    uint32_t id = suggest_code_id(code);
    if (kind == SUGGEST_TITLE)
        id = (b->changed[id / 64] >> (id % 64) & 1) || !columns_is_live(b->columns, id)
                 ? 0
                 : id;
    else
        id = b->map[kind][id];
    return id ? suggest_code(kind, id) : 0;
}

static int cmp_fresh(const void *x, const void *y) {
    const struct fresh *a = x, *b = y;
    if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
    int c = str_cmp(str_slice(a->p, a->n), str_slice(b->p, b->n));
    return c != 0 ? c : (a->code > b->code) - (a->code < b->code);
}

/* ---- members and groups
 * ---------------------------------------------------------------- */

static bool same_text(const struct fresh *a, const struct fresh *b) {
    return a->prefix == b->prefix && str_eq(str_slice(a->p, a->n), str_slice(b->p, b->n));
}

/* Of the last member of a group: people come last. */
static bool is_name(uint32_t member) {
    return suggest_code_kind(member) == SUGGEST_PERSON;
}

/* The members of one text: those of the base at place `place` (SUGGEST_NONE: none) and
 * the fresh ones [f, f_end), merged by kind and id. */
static void put_group(struct build *b, uint32_t place, const uint32_t *old, uint32_t nold,
                      size_t f, size_t f_end) {
    uint32_t start = b->nmembers;
    size_t fresh = f;
    for (uint32_t i = 0; i < nold; i++) {
        uint32_t code = carried(b, old[i] & ~SUGGEST_SAME);
        if (!code) continue;
        while (f < f_end && b->fresh[f].code < code)
            b->member[b->nmembers++] = b->fresh[f++].code;
        b->member[b->nmembers++] = code;
    }
    while (f < f_end) b->member[b->nmembers++] = b->fresh[f++].code;
    if (b->nmembers == start) return;
    for (uint32_t i = start + 1; i < b->nmembers; i++) b->member[i] |= SUGGEST_SAME;
    b->first[b->ngroups] = start;
    b->source[b->ngroups] = place;
    b->from[b->ngroups] = (uint32_t)fresh;
    /* A text that becomes or ceases to be a person's name is read otherwise. */
    if (place != SUGGEST_NONE &&
        is_name(old[nold - 1]) == is_name(b->member[b->nmembers - 1]))
        b->group_of[place] = b->ngroups;
    b->ngroups++;
}

static size_t run_end(const struct build *b, size_t f) {
    size_t end = f + 1;
    while (end < b->nfresh && same_text(&b->fresh[f], &b->fresh[end])) end++;
    return end;
}

/* Is the text at this place of the base that of fresh member f? */
static bool stands_at(struct build *b, uint32_t place, size_t f) {
    const struct suggest *base = b->base;
    struct str text = str_slice(b->fresh[f].p, b->fresh[f].n);
    return place < base->n &&
           str_eq(suggest_entry_text(base, base->order[ORDER_TEXT][place], &b->scratch),
                  text);
}

static void merge_members(struct build *b) {
    const struct suggest *base = b->base;
    uint32_t nold = base ? base->nmembers : 0, n = base ? base->n : 0, at = 0, place = 0;
    size_t f = 0;
    while (f < b->nfresh || place < n) {
        size_t f_end = f < b->nfresh ? run_end(b, f) : f;
        uint32_t stop = n;
        bool joins = false;
        if (f < b->nfresh && base) {
            struct str text = str_slice(b->fresh[f].p, b->fresh[f].n);
            stop = suggest_place(base, ORDER_TEXT, text, text, &b->scratch);
            joins = stands_at(b, stop, f);
        }
        /* Entries of the base before it, then the fresh one, in its group or alone. */
        for (; place < stop || (joins && place == stop); place++) {
            uint32_t end = at + 1;
            while (end < nold && base->member[end] & SUGGEST_SAME) end++;
            bool mine = joins && place == stop;
            put_group(b, place, base->member + at, end - at, f, mine ? f_end : f);
            at = end < nold ? end : nold;
        }
        if (f < b->nfresh && !joins) put_group(b, SUGGEST_NONE, NULL, 0, f, f_end);
        f = f_end;
    }
    b->first[b->ngroups] = b->nmembers;
}

/* ---- use, length, rank ----------------------------------------------------------------
 */

static void count_uses(struct build *b) {
    const struct columns *c = b->columns;
    for (int k = 1; k < SUGGEST_KINDS; k++) {
        const struct columns_facet *f = suggest_facet(c, (enum suggest_kind)k);
        uint32_t *count = b->count[k] = take_zero(b, (size_t)f->nvalues + 1, 4);
        if (!count) return;
        for (uint32_t d = 1; d < c->size; d++) {
            if (!columns_is_live(c, d)) continue;
            uint32_t i = f->multi ? f->start[d] : d,
                     end = f->multi ? f->start[d + 1] : d + 1;
            for (; i < end; i++) count[columns_ord(f, i)]++;
        }
    }
}

/* The member that stands for a group, and its use. */
static void choose(struct build *b, uint32_t g) {
    uint32_t titles = 0, title = 0, best = 0, most = 0;
    for (uint32_t i = b->first[g]; i < b->first[g + 1]; i++) {
        uint32_t code = b->member[i] & ~SUGGEST_SAME;
        enum suggest_kind kind = suggest_code_kind(code);
        if (kind == SUGGEST_TITLE) {
            if (titles++ == 0) title = code;
            continue;
        }
        uint32_t n = b->count[kind][suggest_code_id(code)];
        if (!best || n > most) {
            best = code;
            most = n;
        }
    }
    bool is_title = !best || titles > most;
    b->id[g] = is_title ? title : best;
    if (is_name(b->member[b->first[g + 1] - 1])) b->id[g] |= SUGGEST_NAME;
    b->uses[g] = is_title ? titles : most;
}

static void measure(struct build *b) {
    for (uint32_t g = 0; g < b->ngroups; g++) {
        choose(b, g);
        uint32_t place = b->source[g];
        if (place != SUGGEST_NONE) {
            b->len[g] = b->base->len[b->base->order[ORDER_TEXT][place]];
            continue;
        }
        const struct fresh *f = &b->fresh[b->from[g]];
        size_t n = utf8_length(str_slice(f->p, f->n));
        b->len[g] = (uint8_t)(n < SUGGEST_LEN_MAX ? n : SUGGEST_LEN_MAX);
    }
}

/* Stable: sorts `in` by (value >> shift) & (RADIX - 1), descending or ascending. */
static void radix_pass(const uint32_t *in, uint32_t *out, uint32_t n,
                       const uint32_t *value, unsigned shift) {
    uint32_t at[RADIX + 1] = {0};
    for (uint32_t i = 0; i < n; i++)
        at[RADIX - 1 - (value[in[i]] >> shift & (RADIX - 1)) + 1]++;
    for (uint32_t i = 0; i < RADIX; i++) at[i + 1] += at[i];
    for (uint32_t i = 0; i < n; i++)
        out[at[RADIX - 1 - (value[in[i]] >> shift & (RADIX - 1))]++] = in[i];
}

static void length_pass(uint32_t *out, uint32_t n, const uint8_t *len) {
    uint32_t at[SUGGEST_LEN_MAX + 2] = {0};
    for (uint32_t g = 0; g < n; g++) at[len[g] + 1u]++;
    for (uint32_t i = 0; i <= SUGGEST_LEN_MAX; i++) at[i + 1] += at[i];
    for (uint32_t g = 0; g < n; g++) out[at[len[g]]++] = g;
}

/* Most used first, then shorter, then by text; groups come by text. */
static void rank(struct build *b) {
    uint32_t n = b->ngroups, most = 0;
    uint32_t *a = take(b, n, 4), *other = take(b, n, 4);
    if (a && other) {
        length_pass(a, n, b->len);
        for (uint32_t g = 0; g < n; g++) most = b->uses[g] > most ? b->uses[g] : most;
        for (unsigned shift = 0; shift < 32 && most >> shift; shift += RADIX_BITS) {
            radix_pass(a, other, n, b->uses, shift);
            uint32_t *swap = a;
            a = other;
            other = swap;
        }
        for (uint32_t e = 0; e < n; e++) b->rank[a[e]] = e;
    }
    free(a);
    free(other);
}

/* ---- orders by key
 * ----------------------------------------------------------------------- */

static int cmp_fresh_key(const void *x, const void *y) {
    const struct fresh_key *a = x, *b = y;
    if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
    int c = str_cmp(str_slice(a->p, a->n), str_slice(b->p, b->n));
    return c != 0 ? c : (a->group > b->group) - (a->group < b->group);
}

static bool has_fresh_key(const struct build *b, uint32_t g) {
    return b->source[g] == SUGGEST_NONE || b->group_of[b->source[g]] == SUGGEST_NONE;
}

/* The text of a group, where it stays. */
static struct str text_of(struct build *b, uint32_t g) {
    if (b->source[g] == SUGGEST_NONE) {
        const struct fresh *f = &b->fresh[b->from[g]];
        return str_slice(f->p, f->n);
    }
    uint32_t e = b->base->order[ORDER_TEXT][b->source[g]];
    struct str s = suggest_entry_text(b->base, e, &b->scratch);
    return s.p == b->scratch.p ? str_slice(keep(b, s), s.n) : s;
}

/* The base's order with the sorted fresh keys put in. */
static void merge_order(struct build *b, enum suggest_order o,
                        const struct fresh_key *key, size_t n) {
    const struct suggest *base = b->base;
    uint32_t old = 0, nold = base ? base->n : 0, at = 0;
    for (size_t i = 0; i <= n; i++) {
        uint32_t stop = nold;
        if (i < n && base)
            stop = suggest_place(base, o, str_slice(key[i].p, key[i].n), key[i].text,
                                 &b->scratch);
        for (; old < stop; old++) {
            uint32_t g = b->group_of[b->place_of[base->order[o][old]]];
            if (g == SUGGEST_NONE) continue;
            b->order[o][at] = g;
            b->prefix[o][at++] = base->prefix[o][old];
        }
        if (i == n) break;
        b->order[o][at] = key[i].group;
        b->prefix[o][at++] = key[i].prefix;
    }
}

static void order_by_keys(struct build *b) {
    size_t n = 0, k = 0;
    for (uint32_t g = 0; g < b->ngroups; g++) n += has_fresh_key(b, g);
    struct fresh_key *key[ORDER_COUNT] = {NULL};
    for (int o = ORDER_PINYIN; o < ORDER_COUNT; o++) key[o] = take(b, n, sizeof **key);
    for (uint32_t g = 0; g < b->ngroups && !b->nomem; g++) {
        struct suggest_key made;
        if (!has_fresh_key(b, g)) continue;
        struct str text = text_of(b, g);
        if (b->nomem) break;
        suggest_key_make(text, b->id[g] & SUGGEST_NAME, &made);
        for (enum suggest_order o = ORDER_PINYIN; o < ORDER_COUNT; o++) {
            struct str s = suggest_key_str(&made, o);
            key[o][k] =
                (struct fresh_key){suggest_prefix(s), keep(b, s), (uint32_t)s.n, g, text};
        }
        k++;
    }
    for (enum suggest_order o = ORDER_PINYIN; o < ORDER_COUNT; o++) {
        if (!b->nomem) {
            qsort(key[o], n, sizeof **key, cmp_fresh_key);
            merge_order(b, o, key[o], n);
        }
        free(key[o]);
    }
}

/* ---- all together
 * -------------------------------------------------------------------------- */

static void prepare(struct build *b) {
    size_t members = b->nfresh + (b->base ? b->base->nmembers : 0);
    size_t groups = b->nfresh + (b->base ? b->base->n : 0),
           old = b->base ? b->base->n : 0;
    if (groups >= SUGGEST_SAME || members >= SUGGEST_SAME) b->nomem = true;
    b->member = take(b, members, 4);
    b->first = take(b, groups + 1, 4);
    b->source = take(b, groups, 4);
    b->from = take(b, groups, 4);
    b->id = take(b, groups, 4);
    b->uses = take(b, groups, 4);
    b->rank = take(b, groups, 4);
    b->len = take(b, groups, 1);
    b->group_of = take(b, old, 4);
    b->place_of = take(b, old, 4);
    for (int o = ORDER_PINYIN; o < ORDER_COUNT; o++) {
        b->order[o] = take(b, groups, 4);
        b->prefix[o] = take(b, groups, 8);
    }
    for (size_t i = 0; i < old && !b->nomem; i++) {
        b->group_of[i] = SUGGEST_NONE;
        b->place_of[b->base->order[ORDER_TEXT][i]] = (uint32_t)i;
    }
}

static void work(struct build *b, const uint32_t *changed, size_t nchanged) {
    for (int k = 1; k < SUGGEST_KINDS; k++) match_facet(b, (enum suggest_kind)k);
    if (!b->nomem) match_titles(b, changed, nchanged);
    if (!b->nomem && b->nfresh) qsort(b->fresh, b->nfresh, sizeof *b->fresh, cmp_fresh);
    if (!b->nomem) prepare(b);
    if (!b->nomem) merge_members(b);
    if (!b->nomem) count_uses(b);
    if (!b->nomem) measure(b);
    if (!b->nomem) rank(b);
    if (!b->nomem) order_by_keys(b);
}

static void fill(const struct build *b, const struct suggest_layout *l, char *image) {
    const struct columns *c = b->columns;
    void *head = image, *member = image + l->member, *id = image + l->id,
         *count = image + l->count, *text = image + l->order[ORDER_TEXT];
    struct suggest_head *h = head;
    uint32_t n = b->ngroups;
    memcpy(h->magic, SUGGEST_MAGIC, sizeof h->magic);
    h->version = SUGGEST_VERSION;
    h->order = SUGGEST_ORDER;
    h->revision = c->revision;
    h->pinyin = pinyin_fingerprint();
    h->file_bytes = l->bytes;
    h->size = c->size;
    h->live_count = c->live_count;
    for (int k = 1; k < SUGGEST_KINDS; k++)
        h->nvalues[k] = suggest_facet(c, (enum suggest_kind)k)->nvalues;
    h->nmembers = b->nmembers;
    h->nentries = n;
    h->checksum = XXH3_64bits(h, offsetof(struct suggest_head, checksum));
    if (b->nmembers) memcpy(member, b->member, (size_t)b->nmembers * 4);
    for (uint32_t g = 0; g < n; g++) {
        uint32_t e = b->rank[g];
        ((uint32_t *)text)[g] = e;
        ((uint32_t *)id)[e] = b->id[g];
        ((uint32_t *)count)[e] = b->uses[g];
        ((uint8_t *)image + l->len)[e] = b->len[g];
    }
    for (int o = ORDER_PINYIN; o < ORDER_COUNT; o++) {
        void *order = image + l->order[o];
        for (uint32_t i = 0; i < n; i++) ((uint32_t *)order)[i] = b->rank[b->order[o][i]];
        if (n) memcpy(image + l->prefix[o], b->prefix[o], (size_t)n * 8);
    }
    uint64_t sum = XXH3_64bits(image, (size_t)l->checksum);
    memcpy(image + l->checksum, &sum, sizeof sum);
}

enum status suggest_build(const struct columns *columns, const struct rectext *text,
                          const struct suggest *base, const uint32_t *changed,
                          size_t nchanged, char **out, size_t *bytes, struct err *err) {
    for (int k = 1; k < SUGGEST_KINDS; k++)
        if (suggest_facet(columns, (enum suggest_kind)k)->nvalues >> SUGGEST_ID_BITS)
            return err_set(err, STATUS_LIMIT, NULL, "一个分面的值超过 %u 个",
                           1u << SUGGEST_ID_BITS);
    struct build b = {.columns = columns,
                      .text = text,
                      .base = base,
                      .scratch = buf_init(TEXT_MAX_BYTES * 4)};
    work(&b, changed, nchanged);
    struct suggest_layout l = suggest_lay_out(b.nmembers, b.ngroups);
    char *image = b.nomem ? NULL : calloc(1, (size_t)l.bytes);
    if (image) {
        fill(&b, &l, image);
        *out = image;
        *bytes = (size_t)l.bytes;
    }
    build_done(&b);
    return image ? STATUS_OK
                 : err_set(err, STATUS_NOMEM, NULL, "内存不足：输入提示的文件");
}
