/* The near-duplicate index of a batch; declared in similar.h.
 *
 * entry     one a record: what the title filters need, and where its core form lies
 * node      an entry in the chain of one hash (unit, project, person, number); chains of
 *           different hashes may share a bucket, so that each node has 32 bits of its own
 */
#include "core/utf8.h"
#include "indexer/registry_sql.h"
#include "indexer/similar.h"

#include <stdlib.h>
#include <xxhash.h>

#define NONE UINT32_MAX
#define FIRST_BUCKETS 1024u
#define UNIT_CHARS 4u /* a name and every other that begins with it share these */
#define MAX_HASHES (3 + SIMILAR_MAX_PEOPLE + SIMILAR_MAX_NUMBERS)

struct entry {
    uint64_t bag, designators;
    size_t text;  /* of its core form in the arena */
    uint32_t key; /* 0: forgotten */
    uint16_t n, full;
};
struct node {
    uint32_t hash, entry, next;
};

struct similar {
    struct registry *r;
    bool loaded;
    struct entry *entry;
    size_t nentry, cap_entry;
    struct node *node;
    size_t nnode, cap_node;
    uint32_t *bucket;
    size_t nbucket;   /* power of two */
    uint32_t *of_key; /* entry of a key */
    size_t nkey;
    struct buf arena;        /* core forms as UTF-8 */
    struct likeness *theirs; /* scratch */
    struct similar_title form;
};

struct similar *similar_new(struct registry *r) {
    struct similar *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->r = r;
    s->arena = buf_init(SIZE_MAX - 1);
    s->theirs = likeness_new();
    if (!s->theirs) {
        similar_free(s);
        return NULL;
    }
    return s;
}

void similar_free(struct similar *s) {
    if (!s) return;
    free(s->entry);
    free(s->node);
    free(s->bucket);
    free(s->of_key);
    buf_done(&s->arena);
    likeness_free(s->theirs);
    free(s);
}

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "内存不足");
}

/* Room for one more; false: out of memory or more than 32 bits can count. */
static bool grow(void **v, size_t *cap, size_t n, size_t size) {
    if (n < *cap) return true;
    size_t more = *cap ? *cap * 2 : 1024;
    if (more >= NONE || more > SIZE_MAX / size) return false;
    void *p = realloc(*v, more * size);
    if (!p) return false;
    *v = p;
    *cap = more;
    return true;
}

static void hang(struct similar *s, uint32_t node) {
    uint32_t *b = &s->bucket[s->node[node].hash & (s->nbucket - 1)];
    s->node[node].next = *b;
    *b = node;
}

/* Twice the buckets as soon as there are more nodes than buckets. */
static bool more_buckets(struct similar *s) {
    if (s->nnode < s->nbucket) return true;
    size_t n = s->nbucket ? s->nbucket * 2 : FIRST_BUCKETS;
    uint32_t *b = malloc(n * sizeof *b);
    if (!b) return false;
    free(s->bucket);
    s->bucket = b;
    s->nbucket = n;
    memset(b, 0xFF, n * sizeof *b);
    for (size_t i = 0; i < s->nnode; i++) hang(s, (uint32_t)i);
    return true;
}

static uint32_t hash_of(char kind, bool collection, const void *p, size_t n) {
    uint64_t seed = (uint64_t)(unsigned char)kind << 1 | (collection ? 1u : 0u);
    return (uint32_t)XXH3_64bits_withSeed(p, n, seed);
}

/* All chains that a record belongs to. */
static size_t hashes_of(const struct likeness *l, uint32_t out[MAX_HASHES]) {
    size_t n = 0;
    struct str unit = buf_str(&l->unit);
    const char *p = unit.p, *end = unit.p + unit.n;
    for (unsigned i = 0; i < UNIT_CHARS && p < end; i++) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
    }
    if (unit.n) out[n++] = hash_of('u', l->collection, unit.p, (size_t)(p - unit.p));
    if (l->code) out[n++] = hash_of('c', l->collection, &l->code, sizeof l->code);
    if (l->project)
        out[n++] = hash_of('p', l->collection, &l->project, sizeof l->project);
    for (size_t i = 0; i < l->npeople; i++)
        out[n++] = hash_of('n', l->collection, &l->people[i], sizeof l->people[i]);
    for (size_t i = 0; i < l->nip; i++)
        out[n++] = hash_of('i', l->collection, &l->ip[i], sizeof l->ip[i]);
    return n;
}

static bool reach_key(struct similar *s, uint32_t key) {
    if (key < s->nkey) return true;
    size_t n = s->nkey ? s->nkey : 1024;
    while (n <= key) n *= 2;
    uint32_t *v = realloc(s->of_key, n * sizeof *v);
    if (!v) return false;
    memset(v + s->nkey, 0xFF, (n - s->nkey) * sizeof *v);
    s->of_key = v;
    s->nkey = n;
    return true;
}

static void drop(struct similar *s, uint32_t key) {
    if (key >= s->nkey || s->of_key[key] == NONE) return;
    s->entry[s->of_key[key]].key = 0;
    s->of_key[key] = NONE;
}

static bool add(struct similar *s, uint32_t key, const struct likeness *l) {
    uint32_t hash[MAX_HASHES];
    size_t n = hashes_of(l, hash);
    drop(s, key);
    if (!grow((void **)&s->entry, &s->cap_entry, s->nentry, sizeof *s->entry) ||
        !reach_key(s, key))
        return false;
    struct entry e = {.bag = l->form.bag,
                      .designators = l->form.designators,
                      .text = s->arena.n,
                      .key = key,
                      .n = l->form.n,
                      .full = l->form.full};
    for (size_t i = 0; i < l->form.n; i++) {
        char utf8[4];
        buf_add(&s->arena, utf8, utf8_put(l->form.core[i], utf8));
    }
    if (s->arena.failed) return false;
    s->of_key[key] = (uint32_t)s->nentry;
    s->entry[s->nentry++] = e;
    for (size_t i = 0; i < n; i++) {
        if (!grow((void **)&s->node, &s->cap_node, s->nnode, sizeof *s->node) ||
            !more_buckets(s))
            return false;
        s->node[s->nnode] = (struct node){hash[i], s->of_key[key], NONE};
        hang(s, (uint32_t)s->nnode++);
    }
    return true;
}

static size_t hashes_at(sqlite3_stmt *q, int column, int64_t *out, size_t max) {
    const void *p = sqlite3_column_blob(q, column);
    size_t n = (size_t)sqlite3_column_bytes(q, column) / sizeof *out;
    if (n > max) n = max;
    if (n) memcpy(out, p, n * sizeof *out);
    return n;
}

/* Columns kind, title, unit, code, project, people, ip from `at` on. */
static enum status row_of(sqlite3_stmt *q, int at, struct likeness *out,
                          struct err *err) {
    out->collection = sqlite3_column_int(q, at) != 0;
    buf_clear(&out->title);
    buf_add_str(&out->title, db_column(q, at + 1));
    buf_clear(&out->unit);
    buf_add_str(&out->unit, db_column(q, at + 2));
    out->code = sqlite3_column_int64(q, at + 3);
    out->project = sqlite3_column_int64(q, at + 4);
    out->npeople = hashes_at(q, at + 5, out->people, SIMILAR_MAX_PEOPLE);
    out->nip = hashes_at(q, at + 6, out->ip, SIMILAR_MAX_NUMBERS);
    enum status s = buf_check(&out->title, "成果名称", err);
    if (s == STATUS_OK) s = buf_check(&out->unit, "完成单位", err);
    if (s == STATUS_OK) similar_title_of(buf_str(&out->title), &out->form);
    return s;
}

static enum status load_one(struct similar *s, uint32_t key, struct likeness *out,
                            bool *found, struct err *err) {
    sqlite3_stmt *q = registry_sql(s->r, SQL_LIKENESS_GET, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    enum status st = db_step(&s->r->db, q, found, err);
    if (st == STATUS_OK && *found) st = row_of(q, 0, out, err);
    registry_reset(q);
    return st;
}

static enum status store(struct similar *s, uint32_t key, const struct likeness *l,
                         struct err *err) {
    sqlite3_stmt *q = registry_sql(s->r, SQL_LIKENESS_PUT, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    sqlite3_bind_int(q, 2, l->collection);
    db_bind(q, 3, buf_str(&l->title));
    db_bind(q, 4, str_slice(buf_z(&l->unit), l->unit.n));
    sqlite3_bind_int64(q, 5, l->code);
    sqlite3_bind_int64(q, 6, l->project);
    sqlite3_bind_blob64(q, 7, l->people, l->npeople * sizeof l->people[0], SQLITE_STATIC);
    sqlite3_bind_blob64(q, 8, l->ip, l->nip * sizeof l->ip[0], SQLITE_STATIC);
    return db_run(&s->r->db, q, err);
}

/* Rows for records that have none. */
static enum status fill(struct similar *s, struct err *err) {
    sqlite3_stmt *q = registry_sql(s->r, SQL_LIKENESS_MISSING, err);
    if (!q) return STATUS_INTERNAL;
    struct identity *id = identity_new();
    enum status st = id ? STATUS_OK : no_memory(err);
    bool row = false;
    while (st == STATUS_OK && (st = db_step(&s->r->db, q, &row, err)) == STATUS_OK &&
           row) {
        struct record rec;
        st = record_from_text(db_column(q, 1), &rec, err);
        if (st != STATUS_OK) break;
        bool collection = rec.kind == RECORD_COLLECTION;
        st = identity_of(rec.json, collection, id, err);
        if (st == STATUS_OK) st = likeness_of(rec.json, id, collection, s->theirs, err);
        if (st == STATUS_OK)
            st = store(s, (uint32_t)sqlite3_column_int64(q, 0), s->theirs, err);
        record_done(&rec);
    }
    registry_reset(q);
    identity_free(id);
    return st;
}

static enum status load(struct similar *s, struct err *err) {
    enum status st = fill(s, err);
    if (st != STATUS_OK) return st;
    sqlite3_stmt *q = registry_sql(s->r, SQL_LIKENESS_ALL, err);
    if (!q) return STATUS_INTERNAL;
    bool row = false;
    while ((st = db_step(&s->r->db, q, &row, err)) == STATUS_OK && row) {
        st = row_of(q, 1, s->theirs, err);
        if (st != STATUS_OK) break;
        if (!add(s, (uint32_t)sqlite3_column_int64(q, 0), s->theirs)) {
            st = no_memory(err);
            break;
        }
    }
    registry_reset(q);
    s->loaded = st == STATUS_OK;
    return st;
}

/* The titles of mine and the entry, alike? */
static bool alike(struct similar *s, const struct likeness *mine, const struct entry *e) {
    if (e->designators != mine->form.designators ||
        !similar_near(mine->form.n, mine->form.bag, e->n, e->bag,
                      similar_allowed(mine->form.n, e->n)))
        return false;
    const char *p = s->arena.p + e->text, *end = s->arena.p + s->arena.n;
    for (size_t i = 0; i < e->n; i++) p = utf8_next(p, end, &s->form.core[i]);
    s->form.n = e->n;
    s->form.full = e->full;
    s->form.bag = e->bag;
    s->form.designators = e->designators;
    return similar_titles(&mine->form, &s->form, NULL);
}

/* Puts a hit in its place by key; one that is there already is left. */
static void put_hit(struct similar_hits *hits, struct similar_hit h) {
    size_t at = 0;
    while (at < hits->n && hits->v[at].key < h.key) at++;
    if ((at < hits->n && hits->v[at].key == h.key) || at == SIMILAR_MAX_HITS) return;
    size_t last = hits->n < SIMILAR_MAX_HITS ? hits->n : SIMILAR_MAX_HITS - 1;
    memmove(&hits->v[at + 1], &hits->v[at], (last - at) * sizeof hits->v[0]);
    hits->v[at] = h;
    hits->n = last + 1;
}

static bool has_hit(const struct similar_hits *hits, uint32_t key) {
    for (size_t i = 0; i < hits->n; i++)
        if (hits->v[i].key == key) return true;
    return false;
}

/* The stored likeness decides what the entry is a candidate for. */
static enum status verify(struct similar *s, const struct likeness *mine, uint32_t key,
                          struct similar_hits *hits, struct err *err) {
    bool found = false;
    if (has_hit(hits, key)) return STATUS_OK;
    enum status st = load_one(s, key, s->theirs, &found, err);
    if (st != STATUS_OK || !found) return st;
    struct similar_hit h = {.key = key};
    h.by = similar_compare(mine, s->theirs, &h.percent);
    if (similar_is_near(h.by)) put_hit(hits, h);
    return STATUS_OK;
}

enum status similar_find(struct similar *s, const struct likeness *mine, uint32_t self,
                         struct similar_hits *out, struct err *err) {
    uint32_t hash[MAX_HASHES];
    struct similar_hits hits = {.n = 0};
    enum status st = s->loaded ? STATUS_OK : load(s, err);
    size_t n = hashes_of(mine, hash), numbers = n - mine->nip;
    for (size_t i = 0; i < n && s->nbucket && st == STATUS_OK; i++) {
        uint32_t at = s->bucket[hash[i] & (s->nbucket - 1)];
        for (; at != NONE && st == STATUS_OK; at = s->node[at].next) {
            if (s->node[at].hash != hash[i]) continue;
            const struct entry *e = &s->entry[s->node[at].entry];
            if (!e->key || e->key == self || (i < numbers && !alike(s, mine, e)))
                continue;
            st = verify(s, mine, e->key, &hits, err);
        }
    }
    if (st == STATUS_OK) *out = hits;
    return st;
}

enum status similar_stands(struct similar *s, uint32_t key, const struct likeness *mine,
                           bool *equal, struct err *err) {
    bool found = false;
    enum status st = load_one(s, key, s->theirs, &found, err);
    if (st == STATUS_OK && !found)
        st = err_set(err, STATUS_NOT_FOUND, NULL, "第 %u 号记录没有查重数据", key);
    if (st == STATUS_OK) *equal = likeness_equal(s->theirs, mine);
    return st;
}

enum status similar_put(struct similar *s, uint32_t key, const struct likeness *l,
                        struct err *err) {
    enum status st = store(s, key, l, err);
    if (st == STATUS_OK && s->loaded && !add(s, key, l)) st = no_memory(err);
    return st;
}

enum status similar_forget(struct similar *s, uint32_t key, struct err *err) {
    drop(s, key);
    sqlite3_stmt *q = registry_sql(s->r, SQL_LIKENESS_DROP, err);
    if (!q) return STATUS_INTERNAL;
    sqlite3_bind_int64(q, 1, key);
    return db_run(&s->r->db, q, err);
}
