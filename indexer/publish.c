#include "indexer/publish.h"

#include "core/date.h"
#include "indexer/bulk.h"
#include "indexer/pubset.h"
#include "stats/aggregate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BULK_DEFAULT 20000
/* A set that is at least this far behind its own size is cheaper to build anew. */
#define BULK_SHARE 2

struct update {
    enum audience audience;
    const char *dir;
    struct registry *registry;
    struct docmap *docmap;
    struct xindex_writer *writer;
    struct columns_builder *columns;
    struct buf text;     /* appended in one write at the end */
    uint64_t text_start; /* where it goes */
    const struct columns *base;
    struct buf changed; /* docids, uint32_t */
    struct db data;
    struct buf json;
};

static enum status drop(struct update *u, uint32_t key, struct err *err) {
    enum status s = xindex_writer_delete(u->writer, key, err);
    if (s == STATUS_OK) s = columns_builder_remove(u->columns, key, err);
    if (s == STATUS_OK && audience_row(u->audience)->tier == TIER_N)
        s = pubdata_set_private(&u->data, key, str_slice(NULL, 0), err);
    return s;
}

static enum status put(struct update *u, const struct registry_row *row,
                       struct err *err) {
    struct docmap_doc doc;
    enum status s = docmap_make(u->docmap, u->audience, &row->record, &doc, err);
    if (s != STATUS_OK) return s;
    doc.row.docid = row->key;
    doc.row.text_at = u->text_start + u->text.n;
    buf_add_str(&u->text, doc.text);
    s = buf_check(&u->text, "record texts", err);
    if (s == STATUS_OK)
        s = xindex_writer_put(u->writer, row->key, doc.terms, doc.nterms, doc.data, err);
    if (s == STATUS_OK) s = columns_builder_put(u->columns, &doc.row, err);
    if (s == STATUS_OK && audience_row(u->audience)->tier == TIER_N) {
        buf_clear(&u->json);
        s = pubset_private_json(&row->record, &u->json, err);
        if (s == STATUS_OK)
            s = pubdata_set_private(&u->data, row->key, buf_str(&u->json), err);
    }
    return s;
}

static enum status change(void *arg, uint32_t key, bool erased, struct err *err) {
    struct update *u = arg;
    buf_add(&u->changed, &key, sizeof key);
    if (erased) return drop(u, key, err);
    struct registry_row row;
    enum status s = registry_load(u->registry, key, &row, err);
    if (s == STATUS_NOT_FOUND) return drop(u, key, err);
    if (s != STATUS_OK) return s;
    s = docmap_holds(u->audience, &row.record) ? put(u, &row, err) : drop(u, key, err);
    registry_row_done(&row);
    return s;
}

static enum status write_suggest(struct update *u, int64_t seq, struct err *err) {
    enum status s = buf_check(&u->changed, "changed records", err);
    const void *docids = buf_z(&u->changed);
    return s == STATUS_OK ? pubset_write_suggest(u->dir, seq, u->base, docids,
                                                 u->changed.n / sizeof(uint32_t), err)
                          : s;
}

/* The steps in the order of design.md's revision protocol: text, columns and what belongs
 * to them, index, data. */
static enum status apply(struct update *u, const struct pubset_marks *marks, int64_t seq,
                         const char *as_of, struct err *err) {
    char columns[COLUMNS_NAME_MAX], path[PATH_MAX];
    snprintf(columns, sizeof columns, "columns-%lld", (long long)seq);
    /* From the older mark: what data.db missed is simply put into both again. */
    int64_t since =
        marks->index_seq < marks->data_seq ? marks->index_seq : marks->data_seq;
    enum status s = registry_changes(u->registry, since, seq, change, u, err);
    uint64_t end = 0;
    snprintf(path, sizeof path, "%s/" PUBSET_TEXT, u->dir);
    if (s == STATUS_OK)
        s = rectext_append(path, u->text_start, buf_str(&u->text), true, &end, err);
    snprintf(path, sizeof path, "%s/%s", u->dir, columns);
    if (s == STATUS_OK)
        s = columns_builder_write(u->columns, path, seq, PUBSET_TEXT, end, err);
    if (s == STATUS_OK) s = write_suggest(u, seq, err);
    if (s == STATUS_OK) s = pubset_commit_index(u->writer, seq, as_of, columns, err);
    if (s == STATUS_OK) s = pubset_fill_data(&u->data, u->registry, seq, as_of, err);
    if (s == STATUS_OK) s = db_exec(&u->data, "COMMIT", err);
    if (s == STATUS_OK) pubset_sweep(u->dir, columns, (int64_t)time(NULL));
    return s;
}

static enum status update_set(const struct store *store, enum audience a,
                              struct registry *r, const struct pubset_marks *marks,
                              int64_t seq, const char *as_of, struct err *err) {
    char dir[PATH_MAX], path[PATH_MAX + COLUMNS_NAME_MAX];
    enum status s = store_set_path(store, a, NULL, dir, sizeof dir, err);
    if (s != STATUS_OK) return s;
    struct update u = {.audience = a, .dir = dir, .registry = r};
    u.text = buf_init(0);
    u.json = buf_init(0);
    u.changed = buf_init(0);
    struct columns base;
    u.base = &base;
    snprintf(path, sizeof path, "%s/%s", dir, marks->columns);
    s = columns_open(path, &base, err);
    if (s != STATUS_OK) return s;
    u.text_start = base.text_end;
    s = columns_builder_new(&base, &u.columns, err);
    snprintf(path, sizeof path, "%s/index", dir);
    if (s == STATUS_OK) s = docmap_new(&u.docmap, err);
    if (s == STATUS_OK) s = xindex_writer_open(path, false, &u.writer, err);
    if (s == STATUS_OK) s = pubdata_create(dir, aggregate_schema(), &u.data, err);
    if (s == STATUS_OK) s = db_exec(&u.data, "BEGIN IMMEDIATE", err);
    if (s == STATUS_OK) s = apply(&u, marks, seq, as_of, err);
    if (u.data.h) db_close(&u.data); /* rolls back what was not committed */
    xindex_writer_close(u.writer);
    docmap_free(u.docmap);
    columns_builder_free(u.columns);
    columns_close(&base);
    buf_done(&u.text);
    buf_done(&u.json);
    buf_done(&u.changed);
    return s;
}

/* Changes since index and data may differ when the last run ended between their commits:
 * the index is then ahead, and only data.db is brought up (its private rows included). */
static enum status catch_up_data(const struct store *store, enum audience a,
                                 struct registry *r, const struct pubset_marks *marks,
                                 int64_t seq, const char *as_of, struct err *err);

/* An older program left the set without suggestions, or with those of another pinyin
 * table. */
static enum status add_suggest(const struct store *store, enum audience a, int64_t seq,
                               struct err *err) {
    char dir[PATH_MAX];
    enum status s = store_set_path(store, a, NULL, dir, sizeof dir, err);
    return s == STATUS_OK ? pubset_write_suggest(dir, seq, NULL, NULL, 0, err) : s;
}

static enum status count_record(void *arg, const struct registry_row *row,
                                struct err *err) {
    return aggregate_apply(arg, NULL, &row->record, err);
}

/* The aggregates are derived too: a rebuild counts them from the records, whatever they
 * were, and so gives a newer catalogue's cubes to an older store. */
static enum status recount(struct registry *r, uint32_t end, struct err *err) {
    struct aggregate *a = NULL;
    enum status s = aggregate_new(&a, err);
    if (s == STATUS_OK) s = registry_each(r, 1, end, count_record, a, err);
    if (s == STATUS_OK) s = db_exec(&r->db, "BEGIN IMMEDIATE", err);
    if (s == STATUS_OK) {
        s = aggregate_replace(a, &r->db, err);
        if (s == STATUS_OK) s = db_exec(&r->db, "COMMIT", err);
        if (s != STATUS_OK) sqlite3_exec(r->db.h, "ROLLBACK", NULL, NULL, NULL);
    }
    aggregate_free(a);
    return s;
}

enum status publish_update(const struct store *store, struct registry *r,
                           const struct publish_options *opt, struct err *err) {
    int64_t seq = 0, at = 0, most = 0;
    char as_of[32];
    uint32_t end = 0, count = 0;
    enum status s = registry_revision(r, &seq, &at, err);
    if (s == STATUS_OK) s = registry_extent(r, &end, &count, err);
    if (s == STATUS_OK && opt->rebuild) s = recount(r, end, err);
    if (s != STATUS_OK) return s;
    instant_text(at, as_of);
    struct pubset_marks marks[AUDIENCE_COUNT];
    bool anew = opt->rebuild;
    for (int a = 0; a < AUDIENCE_COUNT && !anew; a++) {
        char dir[PATH_MAX];
        int64_t changed = 0;
        s = store_set_path(store, (enum audience)a, NULL, dir, sizeof dir, err);
        if (s != STATUS_OK) return s;
        struct err ignored;
        /* A set that cannot be read is derived: it is built anew, not repaired. A set
         * ahead of the registry belongs to a registry that was put back. */
        if (pubset_marks(dir, &marks[a], &ignored) != STATUS_OK ||
            marks[a].index_seq < 0 || marks[a].data_seq < 0 || marks[a].index_seq > seq ||
            marks[a].data_seq > seq) {
            anew = true;
            break;
        }
        s = registry_change_count(r, marks[a].index_seq, &changed, err);
        if (s != STATUS_OK) return s;
        if (changed > most) most = changed;
    }
    int64_t bulk = opt->bulk > 0 ? opt->bulk : BULK_DEFAULT;
    if (anew || (most >= bulk && most * BULK_SHARE >= (int64_t)count))
        return bulk_build(store, r, opt, seq, as_of, err);
    s = bulk_clean(store, err);
    for (int a = 0; a < AUDIENCE_COUNT && s == STATUS_OK; a++) {
        if (marks[a].index_seq < seq)
            s = update_set(store, (enum audience)a, r, &marks[a], seq, as_of, err);
        else if (marks[a].data_seq < seq)
            s = catch_up_data(store, (enum audience)a, r, &marks[a], seq, as_of, err);
        if (s == STATUS_OK && marks[a].index_seq == seq && !marks[a].suggested)
            s = add_suggest(store, (enum audience)a, seq, err);
    }
    return s;
}

struct data_pass {
    struct registry *registry;
    struct db *data;
    struct buf json;
};

static enum status change_private(void *arg, uint32_t key, bool erased, struct err *err) {
    struct data_pass *p = arg;
    buf_clear(&p->json);
    struct registry_row row;
    enum status s =
        erased ? STATUS_NOT_FOUND : registry_load(p->registry, key, &row, err);
    if (s == STATUS_OK) {
        s = pubset_private_json(&row.record, &p->json, err);
        registry_row_done(&row);
    } else if (s == STATUS_NOT_FOUND) {
        s = STATUS_OK;
    }
    if (s == STATUS_OK) s = pubdata_set_private(p->data, key, buf_str(&p->json), err);
    return s;
}

static enum status catch_up_data(const struct store *store, enum audience a,
                                 struct registry *r, const struct pubset_marks *marks,
                                 int64_t seq, const char *as_of, struct err *err) {
    char dir[PATH_MAX];
    enum status s = store_set_path(store, a, NULL, dir, sizeof dir, err);
    if (s != STATUS_OK) return s;
    struct db data;
    s = pubdata_create(dir, aggregate_schema(), &data, err);
    if (s != STATUS_OK) return s;
    struct data_pass pass = {r, &data, buf_init(0)};
    s = db_exec(&data, "BEGIN IMMEDIATE", err);
    if (s == STATUS_OK && audience_row(a)->tier == TIER_N)
        s = registry_changes(r, marks->data_seq, seq, change_private, &pass, err);
    if (s == STATUS_OK) s = pubset_fill_data(&data, r, seq, as_of, err);
    if (s == STATUS_OK) s = db_exec(&data, "COMMIT", err);
    db_close(&data);
    buf_done(&pass.json);
    return s;
}
