/* grid_write.c - a row of cells as JSON text, by a map; declared in grid_map.h. Runs
 * for every row of every office file: no allocation, no tree of values. */
#include "indexer/grid_map.h"

#include <stdlib.h>

#define MAX_ELEMENTS (PROFILE_MAX_INDEX + 1 + 2 * PROFILE_MAX_SPLIT)

/* The values of one field with [], and which element each belongs to. */
struct spread {
    const struct map_target *t;
    size_t n;
    struct str part[PROFILE_MAX_SPLIT];
    enum cell_kind kind[PROFILE_MAX_SPLIT];
    uint16_t at[MAX_ELEMENTS]; /* 1 + position of the element's value; 0: none */
};
struct map_scratch {
    struct spread spread[MAP_MAX_SPREAD];
};

struct map_scratch *map_scratch_new(void) {
    return malloc(sizeof(struct map_scratch));
}

void map_scratch_free(struct map_scratch *s) {
    free(s);
}

struct writing {
    const struct grid_map *m;
    struct map_scratch *scratch;
    const struct sheet_row *row;
    struct buf *out;
    unsigned did;
};

/* 是否涉密: 否 is 非密; anything else stands as it is. */
static struct str open_word(struct str s) {
    static const char *const no[] = {"否", "不涉密", "非涉密", "未涉密", "不涉及"};
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (str_eq_z(s, no[i])) return str_of("非密");
    return s;
}

/* The cell's text, or the default; n = 0: nothing. */
static struct str value_of(const struct writing *w, const struct map_target *t,
                           enum cell_kind *kind) {
    struct str s = {"", 0};
    *kind = CELL_TEXT;
    if (t->column < w->row->n) {
        const struct sheet_cell *c = &w->row->cell[t->column];
        s = value_trim(c->text);
        *kind = c->kind;
        if (s.n && t->yes_no) s = open_word(s);
        if (s.n && s.n <= 6 && value_is_nothing(&t->rule, s)) s.n = 0;
    }
    if (s.n == 0 && t->fallback) {
        *kind = CELL_TEXT;
        return str_of(t->fallback);
    }
    return s;
}

/* The category that the letter of the registration number stands for. */
static struct str category_of_number(const struct writing *w) {
    if (w->m->number >= w->row->n) return str_slice("", 0);
    char no[REGNO_BYTES];
    struct str raw = value_trim(w->row->cell[w->m->number].text);
    if (raw.n == 0 || raw.n >= REGNO_BYTES) return str_slice("", 0);
    size_t n = validate_regno(raw, no);
    if (n < 12 || n > 14) return str_slice("", 0);
    return str_of(no[7] == 'Y' ? "A" : no[7] == 'J' ? "B" : no[7] == 'R' ? "S" : "");
}

static struct str top_value(const struct writing *w, const struct map_target *t,
                            enum cell_kind *kind) {
    bool guessed =
        w->m->profile->by_number && t->rule.f && strcmp(t->rule.f->key, "category") == 0;
    if (guessed &&
        (t->column >= w->row->n || value_trim(w->row->cell[t->column].text).n == 0)) {
        struct str s = category_of_number(w);
        *kind = CELL_TEXT;
        if (s.n) return s;
    }
    return value_of(w, t, kind);
}

static void member(struct writing *w, const struct map_target *t, bool *first,
                   struct str s, enum cell_kind kind) {
    if (!*first) buf_add_char(w->out, ',');
    *first = false;
    buf_add_z(w->out, t->key);
    if (t->index == TARGET_ALL)
        w->did |= value_put(w->out, &t->rule, s, kind);
    else
        w->did |= value_put_list(w->out, &t->rule, s, kind);
}

static void open_member(struct writing *w, const char *outer, char bracket) {
    buf_add_char(w->out, ',');
    value_put_text(w->out, str_of(outer));
    buf_add_char(w->out, ':');
    buf_add_char(w->out, bracket);
}

/* [from, to): members of one object. */
static void put_object(struct writing *w, size_t from, size_t to) {
    bool first = true;
    for (size_t i = from; i < to; i++) {
        const struct map_target *t = &w->m->t[i];
        enum cell_kind kind;
        struct str s = value_of(w, t, &kind);
        if (s.n == 0) continue;
        if (first) open_member(w, t->outer, '{');
        member(w, t, &first, s, kind);
    }
    if (!first) buf_add_char(w->out, '}');
}

/* Collects the values of the fields with []: all columns of a field together. Returns how
 * many fields. */
static size_t gather(struct writing *w, size_t from, size_t to) {
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        const struct map_target *t = &w->m->t[i];
        struct spread *s = n ? &w->scratch->spread[n - 1] : NULL;
        if (!s || s->t->rule.f != t->rule.f) {
            s = &w->scratch->spread[n++];
            s->t = t;
            s->n = 0;
        }
        enum cell_kind kind;
        struct str v = value_of(w, t, &kind);
        if (v.n == 0) continue;
        size_t had = s->n;
        s->n += value_split(t->rule.f, v, s->part + had, PROFILE_MAX_SPLIT - had);
        for (size_t k = had; k < s->n; k++) s->kind[k] = kind;
    }
    return n;
}

/* The value of the field that a fixed element has already; n = 0: none. */
static struct str fixed_value(const struct writing *w, size_t from, size_t mid,
                              const struct spread *s, size_t element) {
    enum cell_kind kind;
    for (size_t i = from; i < mid; i++)
        if (w->m->t[i].rule.f == s->t->rule.f && (size_t)w->m->t[i].index == element)
            return value_of(w, &w->m->t[i], &kind);
    return str_slice("", 0);
}

/* Gives every value its element; returns the number of elements. The first field leads
 * and fills the elements that do not have it; the others follow it, value by value. */
static size_t assign(struct writing *w, size_t from, size_t mid, size_t nfields,
                     size_t fixed) {
    struct spread *lead = &w->scratch->spread[0];
    uint16_t element[PROFILE_MAX_SPLIT] = {0};
    struct str have[PROFILE_MAX_INDEX + 1];
    size_t next = 0;
    for (size_t e = 0; e < fixed; e++) have[e] = fixed_value(w, from, mid, lead, e);
    for (size_t f = 0; f < nfields; f++)
        memset(w->scratch->spread[f].at, 0, sizeof w->scratch->spread[f].at);
    for (size_t k = 0; k < lead->n; k++) {
        size_t e = 0;
        while (e < fixed && !(have[e].n && str_eq(have[e], lead->part[k]))) e++;
        if (e == fixed) {
            while (next < fixed && have[next].n) next++;
            e = next++;
            lead->at[e] = (uint16_t)(k + 1);
        }
        element[k] = (uint16_t)e;
    }
    size_t total = next > fixed ? next : fixed, own = total;
    for (size_t f = 1; f < nfields; f++) {
        struct spread *s = &w->scratch->spread[f];
        for (size_t k = 0; k < s->n; k++) {
            size_t e = k < lead->n ? element[k] : own + (k - lead->n);
            s->at[e] = (uint16_t)(k + 1);
            if (e >= total) total = e + 1;
        }
    }
    return total;
}

/* One element: its fixed members, then what was split. */
static bool put_element(struct writing *w, size_t from, size_t mid, size_t nfields,
                        size_t e) {
    bool first = true;
    size_t start = w->out->n;
    buf_add_char(w->out, '{');
    for (size_t i = from; i < mid; i++) {
        const struct map_target *t = &w->m->t[i];
        enum cell_kind kind;
        if ((size_t)t->index != e) continue;
        struct str s = value_of(w, t, &kind);
        if (s.n) member(w, t, &first, s, kind);
        for (size_t f = 0; f < nfields; f++) /* the fixed one holds */
            if (s.n && w->scratch->spread[f].t->rule.f == t->rule.f)
                w->scratch->spread[f].at[e] = 0;
    }
    for (size_t f = 0; f < nfields; f++) {
        struct spread *s = &w->scratch->spread[f];
        if (e < MAX_ELEMENTS && s->at[e])
            member(w, s->t, &first, s->part[s->at[e] - 1], s->kind[s->at[e] - 1]);
    }
    buf_add_char(w->out, '}');
    if (first && !w->out->failed) w->out->n = start;
    return !first;
}

static void put_list(struct writing *w, size_t from, size_t to) {
    size_t mid = from, fixed = 0;
    while (mid < to && w->m->t[mid].index >= 0) {
        enum cell_kind kind;
        if (value_of(w, &w->m->t[mid], &kind).n) fixed = (size_t)w->m->t[mid].index + 1;
        mid++;
    }
    size_t nfields = gather(w, mid, to);
    size_t total = nfields ? assign(w, from, mid, nfields, fixed) : fixed;
    const char *outer = w->m->t[from].outer;
    bool keep_places = strcmp(outer, "units") == 0; /* the first one counts */
    size_t start = w->out->n, written = 0;
    open_member(w, outer, '[');
    for (size_t e = 0; e < total && !w->out->failed; e++) {
        size_t before = w->out->n;
        if (written) buf_add_char(w->out, ',');
        if (put_element(w, from, mid, nfields, e)) {
            written++;
        } else if (keep_places) {
            buf_add_z(w->out, "{}");
            written++;
        } else {
            w->out->n = before;
        }
    }
    buf_add_char(w->out, ']');
    if (written == 0 && !w->out->failed) w->out->n = start;
}

static bool is_kind(const struct map_target *t) {
    return !t->outer && t->rule.f && strcmp(t->rule.f->key, "kind") == 0;
}

/* The row's own kind, or the profile's. */
static void put_kind(struct writing *w) {
    struct str kind = str_of(validate_kind_name(w->m->profile->kind));
    for (size_t i = 0; i < w->m->n; i++) {
        enum cell_kind cell;
        struct str s =
            is_kind(&w->m->t[i]) ? value_of(w, &w->m->t[i], &cell) : str_slice("", 0);
        if (s.n) kind = s;
    }
    buf_add_z(w->out, "{\"kind\":");
    value_put_text(w->out, kind);
}

unsigned grid_map_write(const struct grid_map *m, struct map_scratch *scratch,
                        const struct sheet_row *row, struct buf *out) {
    struct writing w = {m, scratch, row, out, 0};
    buf_clear(out);
    put_kind(&w);
    bool first = false;
    for (size_t i = 0, end; i < m->n; i = end) {
        const struct map_target *t = &m->t[i];
        for (end = i + 1; t->outer && end < m->n && m->t[end].group == t->group;) end++;
        if (!t->outer) {
            enum cell_kind kind;
            struct str s = top_value(&w, t, &kind);
            if (s.n && !is_kind(t)) member(&w, t, &first, s, kind);
        } else if (t->index == TARGET_PLAIN) {
            put_object(&w, i, end);
        } else {
            put_list(&w, i, end);
        }
    }
    buf_add_char(out, '}');
    return w.did;
}

bool grid_map_is_open(const struct grid_map *m, const struct sheet_row *row) {
    struct writing w = {.m = m, .row = row};
    bool open = m->declared;
    for (size_t i = 0; i < m->n; i++) {
        const struct map_target *t = &m->t[i];
        enum cell_kind kind;
        if (!t->rule.f || t->rule.f->list != CODES_SECRECY || t->column == MAP_NO_COLUMN)
            continue;
        struct str s = value_of(&w, t, &kind);
        if (t->column >= row->n && row->fault == SHEET_TOO_LONG) return false;
        if (s.n && !str_eq_z(codes_resolve(CODES_SECRECY, s), "非密")) return false;
        open = open || s.n > 0;
    }
    return open;
}
