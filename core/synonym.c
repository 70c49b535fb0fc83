/* synonym.c - see synonym.h. All terms stand in one array with a hash table over it; a
 * word is scanned once, each place hashed forward as far as the longest term that begins
 * with its character. */
#include "core/synonym.h"

#include "core/text.h"
#include "core/utf8.h"
#include "synonyms_embedded.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <talloc.h>

#define NO_ENTRY UINT32_MAX
#define FIRSTS 4096  /* classes of first characters */
#define MAX_PLACES 3 /* terms of one word that are exchanged */
#define MAX_SIDE 16  /* terms of one row on one side */
#define UNIT_PART 3  /* characters that may begin a name; one more: anywhere */
#define VERSION_MAX 24

static const char version_mark[] = "# version ";

static const struct kind_row {
    const char *name, *label;
} kinds[SYNONYM_KINDS + 1] = {
    [SYNONYM_ABBREVIATION] = {"abbreviation", "缩写"},
    [SYNONYM_OLD] = {"old", "新旧名称"},
    [SYNONYM_UNIT] = {"unit", "单位简称"},
    [SYNONYM_SIGN] = {"sign", "计量单位"},
    [SYNONYM_FORMULA] = {"formula", "化学式"},
    [SYNONYM_VARIANT] = {"variant", "异写"},
    [SYNONYM_KINDS] = {"none", "不互换"},
};

struct link {
    uint32_t to;
    uint8_t kind;
};

struct entry {
    struct str norm, shown;
    struct link link[SYNONYM_MAX_ALTERNATIVES];
    uint8_t n;
    bool whole; /* only as a whole word */
    bool part;  /* a single Han character that counts as a part */
};

struct table {
    struct entry *entry; /* talloc parent of all texts */
    uint32_t n, max;
    uint32_t *slot; /* entry or NO_ENTRY */
    size_t mask;
    uint8_t longest[FIRSTS]; /* bytes of the longest term by its first character */
    uint64_t fingerprint;
    char version[VERSION_MAX];
};

/* Written under the lock, once; constant from then on. */
static struct table loaded;
static bool is_loaded;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

/* ---- hashing --------------------------------------------------------------------- */

#define HASH_START UINT64_C(14695981039346656037)

static uint64_t hash_on(uint64_t h, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) /* FNV-1a: grows with the text, byte by byte */
        h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
    return h;
}

static size_t slot_at(const struct table *t, uint64_t hash, struct str key) {
    size_t i = (size_t)(hash ^ hash >> 32) & t->mask;
    while (t->slot[i] != NO_ENTRY && !str_eq(t->entry[t->slot[i]].norm, key))
        i = (i + 1) & t->mask;
    return i;
}

static uint32_t first_class(struct str s) {
    uint32_t cp;
    utf8_next(s.p, s.p + s.n, &cp);
    return cp % FIRSTS;
}

/* ---- loading --------------------------------------------------------------------- */

struct reading {
    struct table *table;
    struct err *err;
    const char *file;
    long line;
    bool own;        /* the administrator's file */
    struct buf norm; /* of the term at hand */
};

struct side {
    uint32_t term[MAX_SIDE];
    size_t n;
};

static enum status bad(struct reading *r, const char *why, struct str what) {
    enum status s =
        err_set(r->err, r->own ? STATUS_INVALID : STATUS_CORRUPT, "synonyms",
                "%s%s%.*s%s", why, what.n ? "：“" : "", (int)utf8_clip(what, 60),
                what.n ? what.p : "", what.n ? "”" : "");
    err_place(r->err, r->file, r->line, NULL);
    return s;
}

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足：同义词表");
}

/* Cuts the next field off *line, at `sep`. */
static struct str cut(struct str *line, char sep) {
    const char *at = line->n ? memchr(line->p, sep, line->n) : NULL;
    struct str head = str_slice(line->p, at ? (size_t)(at - line->p) : line->n);
    size_t used = head.n + (at ? 1 : 0);
    *line = str_slice(line->p + used, line->n - used);
    return head;
}

static struct str kept(struct table *t, struct str s) {
    char *p = talloc_memdup(t->entry, s.p, s.n);
    return str_slice(p, p ? s.n : 0);
}

/* The entry of a term, made when it is new. */
static enum status take_term(struct reading *r, struct str text, uint32_t *out) {
    struct table *t = r->table;
    text = str_trim(text);
    bool whole = text.n && text.p[0] == '=', part = text.n && text.p[0] == '+';
    if (whole || part) text = str_slice(text.p + 1, text.n - 1);
    buf_clear(&r->norm);
    enum status s = text_normalise(text, &r->norm, NULL, r->err);
    if (s == STATUS_NOMEM) return s;
    struct str norm = buf_str(&r->norm);
    if (s != STATUS_OK || norm.n > SYNONYM_MAX_TERM) return bad(r, "词太长", text);
    if (!text_is_searchable(norm) || memchr(norm.p, '"', norm.n))
        return bad(r, "这一行有空的词，或词里没有字母、数字或汉字", text);
    size_t slot = slot_at(t, hash_on(HASH_START, norm.p, norm.n), norm);
    if (t->slot[slot] == NO_ENTRY) {
        struct entry *e = &t->entry[t->n];
        *e = (struct entry){.norm = kept(t, norm), .shown = kept(t, text)};
        if (!e->norm.p || !e->shown.p) return no_memory(r->err);
        t->slot[slot] = t->n++;
        uint8_t *longest = &t->longest[first_class(norm)];
        if (norm.n > *longest) *longest = (uint8_t)norm.n;
    }
    *out = t->slot[slot];
    t->entry[*out].whole |= whole;
    t->entry[*out].part |= part;
    return STATUS_OK;
}

static enum status take_side(struct reading *r, struct str text, struct side *side) {
    side->n = 0;
    do {
        if (side->n == MAX_SIDE) return bad(r, "一行里的词太多", str_slice("", 0));
        struct str word = cut(&text, '|');
        enum status s = take_term(r, word, &side->term[side->n]);
        if (s != STATUS_OK) return s;
        for (size_t i = 0; i < side->n; i++)
            if (side->term[i] == side->term[side->n])
                return bad(r, "两个词检索起来没有分别", str_trim(word));
        side->n++;
    } while (text.n);
    return STATUS_OK;
}

static void unlink_term(struct entry *e, uint32_t to) {
    for (size_t i = 0; i < e->n; i++)
        if (e->link[i].to == to) {
            e->n--;
            memmove(&e->link[i], &e->link[i + 1], (e->n - i) * sizeof e->link[0]);
            return;
        }
}

static enum status link_term(struct reading *r, uint32_t from, uint32_t to, int kind) {
    struct entry *e = &r->table->entry[from];
    for (size_t i = 0; i < e->n; i++)
        if (e->link[i].to == to)
            return r->own ? STATUS_OK : bad(r, "这个关系前面已经有了", e->shown);
    if (e->n == SYNONYM_MAX_ALTERNATIVES)
        return bad(r, "这个词的同义词超过 6 个", e->shown);
    e->link[e->n++] = (struct link){to, (uint8_t)kind};
    return STATUS_OK;
}

/* Every term of a to every one of b; of one side, to the others. */
static enum status relate(struct reading *r, const struct side *a, const struct side *b,
                          int kind) {
    enum status s = STATUS_OK;
    for (size_t i = 0; i < a->n && s == STATUS_OK; i++)
        for (size_t k = 0; k < b->n && s == STATUS_OK; k++) {
            if (a->term[i] == b->term[k] && a != b)
                return bad(r, "两边有同一个词", r->table->entry[a->term[i]].shown);
            if (a->term[i] == b->term[k]) continue;
            if (kind == SYNONYM_KINDS)
                unlink_term(&r->table->entry[a->term[i]], b->term[k]);
            else
                s = link_term(r, a->term[i], b->term[k], kind);
        }
    return s;
}

/* "none" with one term: it has no alternatives from here on. */
static void silence(struct table *t, uint32_t term) {
    t->entry[term].n = 0;
    t->entry[term].whole = false;
    t->entry[term].part = true;
}

static int kind_of(struct str name) {
    for (int k = 0; k <= SYNONYM_KINDS; k++)
        if (str_eq_z(name, kinds[k].name) || str_eq_z(name, kinds[k].label)) return k;
    return -1;
}

static enum status take_row(struct reading *r, struct str line) {
    struct str kind = str_trim(cut(&line, '\t')), terms = cut(&line, '\t');
    struct side left, right;
    int k = kind_of(kind);
    if (k < 0) return bad(r, "没有这种类别", kind);
    if (str_trim(line).n == 0)
        return bad(r, "每行要有三栏，用制表符隔开：类别、词、来历", str_slice("", 0));
    struct str first = cut(&terms, '>');
    enum status s = take_side(r, first, &left);
    if (s != STATUS_OK) return s;
    if (terms.n) {
        s = take_side(r, terms, &right);
        return s == STATUS_OK ? relate(r, &left, &right, k) : s;
    }
    if (left.n == 1 && k != SYNONYM_KINDS)
        return bad(r, "一行至少要有两个词，用 | 或 > 隔开", str_trim(first));
    if (left.n == 1) silence(r->table, left.term[0]);
    return relate(r, &left, &left, k);
}

static enum status take_rows(struct reading *r, struct str text) {
    enum status s = STATUS_OK;
    if (str_starts(text, str_of("\xEF\xBB\xBF")))
        text = str_slice(text.p + 3, text.n - 3);
    for (r->line = 1; text.n && s == STATUS_OK; r->line++) {
        struct str line = cut(&text, '\n');
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (utf8_bad_at(line) != line.n)
            return bad(r, "这一行不是 UTF-8 文字；请另存为 UTF-8", str_slice("", 0));
        if (str_trim(line).n == 0 || line.p[0] == '#') continue;
        s = take_row(r, line);
    }
    return s;
}

/* The administrator's file, or nothing. */
static enum status read_own(const char *path, struct buf *out, struct err *err) {
    FILE *f = fopen(path, "re");
    if (!f) {
        enum status s = err_errno(err, "不能读同义词文件");
        err_place(err, path, 0, NULL);
        return s;
    }
    size_t got = 0;
    enum status s = STATUS_OK;
    do {
        if (!buf_reserve(out, 65536)) break;
        out->n += got = fread(out->p + out->n, 1, 65536, f);
        out->p[out->n] = 0;
    } while (got && out->n <= SYNONYM_MAX_FILE);
    if (ferror(f)) s = err_errno(err, "不能读同义词文件");
    fclose(f);
    if (s == STATUS_OK && out->n > SYNONYM_MAX_FILE)
        s = err_set(err, STATUS_LIMIT, "synonyms", "同义词文件超过 %zu 字节",
                    SYNONYM_MAX_FILE);
    if (s == STATUS_OK) s = buf_check(out, "同义词文件", err);
    if (s != STATUS_OK) err_place(err, path, 0, NULL);
    return s;
}

/* At least as many terms as the text has. */
static size_t count_terms(struct str s) {
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n' || s.p[i] == '|' || s.p[i] == '>';
    return n;
}

static enum status table_new(struct table *t, size_t terms, struct err *err) {
    size_t size = 64;
    while (size < terms * 2) size *= 2;
    t->max = (uint32_t)terms;
    t->entry = talloc_zero_array(NULL, struct entry, (unsigned)terms);
    t->slot = t->entry ? talloc_array(t->entry, uint32_t, (unsigned)size) : NULL;
    if (!t->slot) return no_memory(err);
    memset(t->slot, 0xFF, size * sizeof t->slot[0]);
    t->mask = size - 1;
    return STATUS_OK;
}

static void take_version(struct table *t, struct str text) {
    struct str line = cut(&text, '\n'), mark = str_of(version_mark);
    if (!str_starts(line, mark)) return;
    struct str v = str_trim(str_slice(line.p + mark.n, line.n - mark.n));
    snprintf(t->version, sizeof t->version, "%.*s", (int)v.n, v.p);
}

static enum status load(const char *extra, struct table *t, struct err *err) {
    struct str built_in = str_slice(synonyms_files[0].bytes, synonyms_files[0].size);
    struct buf own = buf_init(SYNONYM_MAX_FILE + 65536 + 1);
    struct reading r = {.table = t, .err = err, .file = "data/synonyms.tsv"};
    r.norm = buf_init(SYNONYM_MAX_TERM * 32);
    enum status s = STATUS_OK;
    if (extra && *extra) s = read_own(extra, &own, err);
    if (s == STATUS_OK)
        s = table_new(t, count_terms(built_in) + count_terms(buf_str(&own)), err);
    if (s == STATUS_OK) s = take_rows(&r, built_in);
    r.own = true;
    r.file = extra;
    if (s == STATUS_OK) s = take_rows(&r, buf_str(&own));
    if (s == STATUS_OK) {
        take_version(t, built_in);
        t->fingerprint = hash_on(HASH_START, built_in.p, built_in.n);
        t->fingerprint = hash_on(t->fingerprint, buf_z(&own), own.n);
    }
    buf_done(&r.norm);
    buf_done(&own);
    return s;
}

enum status synonym_load(const char *extra, struct err *err) {
    enum status s = STATUS_OK;
    pthread_mutex_lock(&loading);
    if (!__atomic_load_n(&is_loaded, __ATOMIC_RELAXED)) {
        memset(&loaded, 0, sizeof loaded);
        s = load(extra, &loaded, err);
        if (s != STATUS_OK) talloc_free(loaded.entry);
        __atomic_store_n(&is_loaded, s == STATUS_OK, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return s;
}

static const struct table *table_of(void) {
    return __atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE) ? &loaded : NULL;
}

const char *synonym_version(void) {
    const struct table *t = table_of();
    return t ? t->version : "";
}

uint64_t synonym_fingerprint(void) {
    const struct table *t = table_of();
    return t ? t->fingerprint : 0;
}

const char *synonym_kind_name(enum synonym_kind k) {
    return kinds[k].name;
}

const char *synonym_kind_label(enum synonym_kind k) {
    return kinds[k].label;
}

struct str synonym_term(size_t i, size_t *alternatives) {
    const struct table *t = table_of();
    if (!t || i >= t->n) return str_slice(NULL, 0);
    *alternatives = t->entry[i].n;
    return t->entry[i].norm;
}

/* ---- looking words up ------------------------------------------------------------ */

struct place {
    size_t at, n;
    const struct entry *entry;
    struct link link[SYNONYM_MAX_ALTERNATIVES]; /* those that hold at this place */
    size_t nlinks;
};

/* The code point before or at `at`; 0 beyond the ends. */
static uint32_t before(struct str s, size_t at) {
    uint32_t cp = 0;
    if (at == 0) return 0;
    do at--;
    while (at > 0 && ((unsigned char)s.p[at] & 0xC0) == 0x80);
    utf8_next(s.p + at, s.p + s.n, &cp);
    return cp;
}

static uint32_t behind(struct str s, size_t at) {
    uint32_t cp = 0;
    if (at < s.n) utf8_next(s.p + at, s.p + s.n, &cp);
    return cp;
}

static bool is_open(uint32_t cp) {
    return cp == 0 || text_is_han(cp);
}

/* Does a number end at `at`? The 4 of Fe3O4 is none. */
static bool is_number(struct str word, size_t at) {
    size_t from = at;
    while (from > 0 && ((word.p[from - 1] >= '0' && word.p[from - 1] <= '9') ||
                        word.p[from - 1] == '.'))
        from--;
    char left = from > 0 ? word.p[from - 1] : ' ';
    return from < at && word.p[at - 1] != '.' && !(left >= 'a' && left <= 'z');
}

/* May the relation be used where the term stands in the word? */
static bool holds(struct str word, const struct place *p, enum synonym_kind kind) {
    const struct entry *e = p->entry;
    size_t end = p->at + p->n;
    uint32_t first = behind(word, p->at), last = before(word, end);
    uint32_t left = before(word, p->at), right = behind(word, end);
    bool all = p->n == word.n;
    if (kind == SYNONYM_SIGN)
        return is_number(word, p->at) && (text_is_han(last) || is_open(right));
    if (all) return true;
    if (e->whole) return false;
    size_t chars = utf8_length(e->norm);
    if (kind == SYNONYM_UNIT && chars < UNIT_PART + (p->at > 0)) return false;
    if (chars == 1 && text_is_han(first) && !e->part) return false;
    return (text_is_han(first) || is_open(left)) && (text_is_han(last) || is_open(right));
}

/* A term without alternatives hides what is in it where it could stand. */
static bool hides(struct str word, const struct place *p) {
    return p->entry->n == 0 && holds(word, p, SYNONYM_VARIANT);
}

/* The longest term at `at` that is of use there; false when there is none. */
static bool place_at(const struct table *t, struct str word, size_t at,
                     struct place *out) {
    struct str rest = str_slice(word.p + at, word.n - at);
    size_t max = t->longest[first_class(rest)];
    uint64_t h = HASH_START;
    bool found = false;
    if (max > rest.n) max = rest.n;
    for (size_t n = 0, k; n < max; n = k) {
        uint32_t cp;
        k = (size_t)(utf8_next(rest.p + n, rest.p + rest.n, &cp) - rest.p);
        h = hash_on(h, rest.p + n, k - n);
        uint32_t i = t->slot[slot_at(t, h, str_slice(rest.p, k))];
        if (i == NO_ENTRY) continue;
        struct place p = {.at = at, .n = k, .entry = &t->entry[i]};
        for (size_t l = 0; l < p.entry->n; l++)
            if (holds(word, &p, (enum synonym_kind)p.entry->link[l].kind))
                p.link[p.nlinks++] = p.entry->link[l];
        if (p.nlinks == 0 && !hides(word, &p)) continue;
        *out = p;
        found = true;
    }
    return found;
}

static size_t find_places(const struct table *t, struct str word,
                          struct place place[MAX_PLACES]) {
    size_t n = 0;
    for (size_t at = 0; at < word.n && n < MAX_PLACES;) {
        uint32_t cp;
        if (place_at(t, word, at, &place[n])) {
            at += place[n].n;
            n += place[n].nlinks > 0;
        } else {
            at = (size_t)(utf8_next(word.p + at, word.p + word.n, &cp) - word.p);
        }
    }
    return n;
}

struct finding {
    const struct table *table;
    void *ctx;
    struct str word;
    struct place place[MAX_PLACES];
    size_t nplaces;
    struct synonym *out;
    size_t n;
    struct buf text;
};

/* The word with choice[i] - 1 of each place in it; 0 keeps the word's own. */
static enum status put(struct finding *f, const size_t choice[MAX_PLACES],
                       struct err *err) {
    size_t at = 0;
    struct synonym s = {.kind = SYNONYM_KINDS};
    buf_clear(&f->text);
    for (size_t i = 0; i < f->nplaces; i++) {
        const struct place *p = &f->place[i];
        if (choice[i] == 0) continue;
        const struct link *l = &p->link[choice[i] - 1];
        buf_add(&f->text, f->word.p + at, p->at - at);
        buf_add_str(&f->text, f->table->entry[l->to].shown);
        at = p->at + p->n;
        if (s.kind == SYNONYM_KINDS) s.kind = (enum synonym_kind)l->kind;
        s.unit_only |= l->kind == SYNONYM_UNIT;
    }
    buf_add(&f->text, f->word.p + at, f->word.n - at);
    char *p = f->text.failed ? NULL : talloc_memdup(f->out, f->text.p, f->text.n);
    if (!p) return no_memory(err);
    s.alternative = str_slice(p, f->text.n);
    f->out[f->n++] = s;
    return STATUS_OK;
}

/* All ways to exchange, those with fewer exchanged places first. */
static enum status put_all(struct finding *f, struct err *err) {
    enum status s = STATUS_OK;
    for (size_t want = 1; want <= f->nplaces; want++) {
        size_t choice[MAX_PLACES] = {0};
        for (bool more = true; more && s == STATUS_OK;) {
            size_t exchanged = 0;
            for (size_t k = 0; k < f->nplaces; k++) exchanged += choice[k] > 0;
            if (exchanged == want && f->n < SYNONYM_MAX_ALTERNATIVES)
                s = put(f, choice, err);
            more = false; /* count on, the first place first */
            for (size_t i = 0; i < f->nplaces && !more; i++) {
                more = choice[i] < f->place[i].nlinks;
                choice[i] = more ? choice[i] + 1 : 0;
            }
        }
    }
    return s;
}

enum status synonym_find(void *ctx, struct str norm, struct synonym **out, size_t *n,
                         struct err *err) {
    const struct table *t = table_of();
    struct finding f = {.table = t, .ctx = ctx, .word = norm};
    *n = 0;
    if (!t || norm.n > SYNONYM_MAX_WORD) return STATUS_OK;
    f.nplaces = find_places(t, norm, f.place);
    if (f.nplaces == 0) return STATUS_OK;
    f.out = talloc_array(ctx, struct synonym, SYNONYM_MAX_ALTERNATIVES);
    if (!f.out) return no_memory(err);
    f.text = buf_init(0);
    enum status s = put_all(&f, err);
    buf_done(&f.text);
    if (s != STATUS_OK) {
        talloc_free(f.out);
        return s;
    }
    *out = f.out;
    *n = f.n;
    return STATUS_OK;
}
