#include "indexer/bulk.h"

#include "core/fs.h"
#include "indexer/pubset.h"
#include "indexer/shard.h"
#include "stats/aggregate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <talloc.h>
#include <unistd.h>

#define BUILD_FOLDER "build.tmp"
#define COPY_BUFFER (1 << 20)
#define RECORD_JSON_MAX ((size_t)16 << 20)

struct bulk {
    const struct store *store;
    char dir[PATH_MAX]; /* BUILD_FOLDER */
    size_t nranges;
    int64_t seq;
    const char *as_of;
};

/* One set being finished in its own process. */
struct finish {
    const struct bulk *bulk;
    enum audience audience;
    char dir[PATH_MAX]; /* SET.new */
    struct registry registry;
    struct docmap *docmap;
    struct columns_builder *columns;
    struct columns_han *han; /* of the shards that serve this set; nranges */
    size_t nhan;
    struct xindex_writer *writer;
    FILE *text;
    uint64_t at;
    struct db data;
    char *copy;
};

static FILE *open_part(const struct bulk *b, size_t n, const char *name,
                       struct err *err) {
    char path[PATH_MAX];
    shard_path(b->dir, n, name, path, sizeof path);
    FILE *f = fopen(path, "rbe");
    if (!f) err_errno(err, "不能读 %s", path);
    return f;
}

static enum status join_text(struct finish *f, size_t n, const char *part,
                             struct err *err) {
    char name[16];
    snprintf(name, sizeof name, "%s.text", part);
    FILE *in = open_part(f->bulk, n, name, err);
    if (!in) return STATUS_IO;
    enum status s = STATUS_OK;
    for (size_t k; s == STATUS_OK && (k = fread(f->copy, 1, COPY_BUFFER, in)) > 0;) {
        if (fwrite(f->copy, 1, k, f->text) != k) s = err_errno(err, "不能写 %s", f->dir);
        f->at += k;
    }
    fclose(in);
    return s;
}

static enum status join_rows(struct finish *f, size_t n, const char *part, uint64_t base,
                             struct err *err) {
    char name[16];
    snprintf(name, sizeof name, "%s.rows", part);
    FILE *in = open_part(f->bulk, n, name, err);
    if (!in) return STATUS_IO;
    struct buf all = buf_init(0);
    for (size_t k; (k = fread(f->copy, 1, COPY_BUFFER, in)) > 0;)
        buf_add(&all, f->copy, k);
    fclose(in);
    enum status s = buf_check(&all, "column rows", err);
    struct str rest = buf_str(&all);
    while (s == STATUS_OK && rest.n > 0) {
        void *ctx = talloc_new(NULL);
        struct columns_row row;
        s = columns_row_read(ctx, &rest, &row, err);
        if (s == STATUS_OK) {
            row.text_at += base;
            if (!audience_row(f->audience)->all_records) docmap_public_row(&row);
            s = columns_builder_put(f->columns, &row, err);
        }
        talloc_free(ctx);
    }
    buf_done(&all);
    return s;
}

static enum status join_han(struct finish *f, size_t n, const char *part,
                            struct err *err) {
    char name[16], path[PATH_MAX];
    snprintf(name, sizeof name, "%s.han", part);
    shard_path(f->bulk->dir, n, name, path, sizeof path);
    enum status s = columns_han_open(path, &f->han[f->nhan], err);
    return s == STATUS_OK ? columns_builder_add_han(f->columns, &f->han[f->nhan++], err)
                          : s;
}

static enum status join_private(struct finish *f, size_t n, struct err *err) {
    FILE *in = open_part(f->bulk, n, "private", err);
    if (!in) return STATUS_IO;
    struct buf json = buf_init(RECORD_JSON_MAX);
    sqlite3_stmt *st = NULL;
    enum status s =
        db_prepare(&f->data, "INSERT INTO private(key, json) VALUES(?, ?)", &st, err);
    for (uint32_t head[2]; s == STATUS_OK && fread(head, sizeof head, 1, in) == 1;) {
        buf_clear(&json);
        if (!buf_reserve(&json, head[1]) || fread(json.p, 1, head[1], in) != head[1])
            s = err_set(err, STATUS_IO, NULL, "重建的中间文件不完整；请重试");
        json.n = head[1];
        sqlite3_bind_int64(st, 1, head[0]);
        db_bind(st, 2, buf_str(&json));
        if (s == STATUS_OK) s = db_run(&f->data, st, err);
    }
    sqlite3_finalize(st);
    buf_done(&json);
    fclose(in);
    return s;
}

static enum status join(struct finish *f, char ***shards, size_t *nshards,
                        struct err *err) {
    enum status s = STATUS_OK;
    for (size_t n = 0; n < f->bulk->nranges && s == STATUS_OK; n++) {
        enum shard_part part;
        if (audience_row(f->audience)->tier == TIER_N) s = join_private(f, n, err);
        if (s != STATUS_OK || !shard_serves(f->bulk->dir, n, f->audience, &part))
            continue;
        const char *name = part == SHARD_COMMON ? "c" : "i";
        uint64_t base = f->at;
        s = join_text(f, n, name, err);
        if (s == STATUS_OK) s = join_rows(f, n, name, base, err);
        if (s == STATUS_OK) s = join_han(f, n, name, err);
        char path[PATH_MAX];
        shard_path(f->bulk->dir, n, name, path, sizeof path);
        (*shards)[(*nshards)++] = talloc_strdup(*shards, path);
    }
    return s;
}

static enum status put_left(struct finish *f, uint32_t key, struct err *err) {
    struct registry_row row;
    enum status s = registry_load(&f->registry, key, &row, err);
    if (s != STATUS_OK) return s;
    struct docmap_doc doc;
    if (docmap_holds(f->audience, &row.record)) {
        s = docmap_make(f->docmap, f->audience, &row.record, &doc, err);
        if (s == STATUS_OK) {
            doc.row.docid = key;
            doc.row.text_at = f->at;
            f->at += doc.text.n;
            if (fwrite(doc.text.p, 1, doc.text.n, f->text) != doc.text.n)
                s = err_errno(err, "不能写 %s", f->dir);
        }
        if (s == STATUS_OK) s = columns_builder_put(f->columns, &doc.row, err);
        if (s == STATUS_OK)
            s = xindex_writer_put(f->writer, key, doc.terms, doc.nterms, doc.data, err);
    }
    registry_row_done(&row);
    return s;
}

/* Documents that the shards do not serve: those that differ between the sets. */
static enum status put_lefts(struct finish *f, struct err *err) {
    enum status s = STATUS_OK;
    for (size_t n = 0; n < f->bulk->nranges && s == STATUS_OK; n++) {
        enum shard_part part = SHARD_COMMON;
        shard_serves(f->bulk->dir, n, f->audience, &part);
        if (part == SHARD_INTERNAL) continue;
        FILE *in = open_part(f->bulk, n, "left", err);
        if (!in) return STATUS_IO;
        for (uint32_t key; s == STATUS_OK && fread(&key, sizeof key, 1, in) == 1;)
            s = put_left(f, key, err);
        fclose(in);
    }
    return s;
}

static enum status open_text(struct finish *f, struct err *err) {
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/" PUBSET_TEXT, f->dir);
    enum status s = rectext_create(path, &f->at, err);
    if (s != STATUS_OK) return s;
    f->text = fopen(path, "r+be");
    if (!f->text || fseeko(f->text, (off_t)f->at, SEEK_SET) != 0)
        return err_errno(err, "不能写 %s", path);
    setvbuf(f->text, NULL, _IOFBF, COPY_BUFFER);
    return STATUS_OK;
}

static enum status make_index(struct finish *f, char **shards, size_t nshards,
                              struct err *err) {
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/index", f->dir);
    enum status s = STATUS_OK;
    if (nshards > 0) {
        s = xindex_compact((const char *const *)shards, nshards, path, err);
        if (s != STATUS_OK) return s;
    }
    return xindex_writer_open(path, false, &f->writer, err);
}

static enum status close_text(struct finish *f, struct err *err) {
    bool ok = fflush(f->text) == 0 && fsync(fileno(f->text)) == 0;
    ok = fclose(f->text) == 0 && ok;
    f->text = NULL;
    return ok ? STATUS_OK : err_errno(err, "不能写 %s", f->dir);
}

static enum status build_set(struct finish *f, struct err *err) {
    const struct bulk *b = f->bulk;
    char columns[COLUMNS_NAME_MAX], path[PATH_MAX + COLUMNS_NAME_MAX];
    snprintf(columns, sizeof columns, "columns-%lld", (long long)b->seq);
    char **shards = talloc_zero_array(NULL, char *, (unsigned)b->nranges + 1);
    if (!shards) return err_set(err, STATUS_NOMEM, NULL, "out of memory");
    size_t nshards = 0;
    f->copy = talloc_size(shards, COPY_BUFFER);
    enum status s =
        f->copy ? STATUS_OK : err_set(err, STATUS_NOMEM, NULL, "out of memory");
    if (s == STATUS_OK) s = open_text(f, err);
    if (s == STATUS_OK) s = db_exec(&f->data, "BEGIN IMMEDIATE", err);
    if (s == STATUS_OK) s = join(f, &shards, &nshards, err);
    if (s == STATUS_OK) s = make_index(f, shards, nshards, err);
    if (s == STATUS_OK) s = put_lefts(f, err);
    if (s == STATUS_OK) s = close_text(f, err);
    snprintf(path, sizeof path, "%s/%s", f->dir, columns);
    if (s == STATUS_OK)
        s = columns_builder_write(f->columns, path, b->seq, PUBSET_TEXT, f->at, err);
    if (s == STATUS_OK) s = pubset_write_suggest(f->dir, b->seq, NULL, NULL, 0, err);
    if (s == STATUS_OK)
        s = pubset_commit_index(f->writer, b->seq, b->as_of, columns, err);
    if (s == STATUS_OK)
        s = pubset_fill_data(&f->data, &f->registry, b->seq, b->as_of, err);
    if (s == STATUS_OK) s = db_exec(&f->data, "COMMIT", err);
    talloc_free(shards);
    return s;
}

/* Everything below the folder's file system, once: shards were made without fsync. */
static enum status sync_all(const char *dir, struct err *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return err_errno(err, "不能打开目录 %s", dir);
    int rc = syncfs(fd);
    close(fd);
    return rc == 0 ? STATUS_OK : err_errno(err, "不能把 %s 写到磁盘", dir);
}

static enum status new_dir(const struct store *s, enum audience a, char *out, size_t size,
                           struct err *err) {
    char sub[64];
    snprintf(sub, sizeof sub, "%s.new", audience_row(a)->folder);
    return store_path(s, sub, out, size, err);
}

static enum status finish_set(void *arg, size_t job, struct worker *w, struct err *err) {
    (void)w;
    const struct bulk *b = arg;
    struct finish f = {.bulk = b, .audience = (enum audience)job};
    enum status s = new_dir(b->store, f.audience, f.dir, sizeof f.dir, err);
    if (s == STATUS_OK && mkdir(f.dir, 0755) != 0)
        s = err_errno(err, "不能建立目录 %s", f.dir);
    if (s == STATUS_OK) s = registry_open(b->store, false, &f.registry, err);
    if (s != STATUS_OK) return s;
    s = docmap_new(&f.docmap, err);
    if (s == STATUS_OK) s = columns_builder_new(NULL, &f.columns, err);
    if (s == STATUS_OK) s = pubdata_create(f.dir, aggregate_schema(), &f.data, err);
    f.han = calloc(b->nranges + 1, sizeof *f.han);
    if (!f.han && s == STATUS_OK) s = err_set(err, STATUS_NOMEM, NULL, "out of memory");
    if (s == STATUS_OK) s = build_set(&f, err);
    xindex_writer_close(f.writer);
    if (f.text) fclose(f.text);
    if (f.data.h) db_close(&f.data);
    columns_builder_free(f.columns);
    for (size_t i = 0; i < f.nhan; i++) columns_han_close(&f.han[i]);
    free(f.han);
    docmap_free(f.docmap);
    registry_close(&f.registry);
    return s == STATUS_OK ? sync_all(f.dir, err) : s;
}

/* SET.new takes SET's place in one step; what was there is then removed. */
static enum status swap_in(const struct store *store, enum audience a, struct err *err) {
    char fresh[PATH_MAX], set[PATH_MAX];
    enum status s = new_dir(store, a, fresh, sizeof fresh, err);
    if (s == STATUS_OK) s = store_set_path(store, a, NULL, set, sizeof set, err);
    if (s != STATUS_OK) return s;
    unsigned how = access(set, F_OK) == 0 ? RENAME_EXCHANGE : RENAME_NOREPLACE;
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, set, how) != 0)
        return err_errno(err, "不能换上新的 %s", set);
    s = fs_sync_dir(store->dir, err);
    if (s == STATUS_OK) s = fs_remove_tree(fresh, err);
    return s;
}

enum status bulk_clean(const struct store *store, struct err *err) {
    char path[PATH_MAX];
    enum status s = store_path(store, BUILD_FOLDER, path, sizeof path, err);
    if (s == STATUS_OK) s = fs_remove_tree(path, err);
    for (int a = 0; a < AUDIENCE_COUNT && s == STATUS_OK; a++) {
        s = new_dir(store, (enum audience)a, path, sizeof path, err);
        if (s == STATUS_OK) s = fs_remove_tree(path, err);
    }
    return s;
}

struct progress {
    const struct publish_options *opt;
    int64_t total;
};

static void on_progress(void *arg, int64_t done) {
    struct progress *p = arg;
    if (p->opt->progress)
        p->opt->progress(p->opt->progress_arg, "建立索引", done, p->total);
}

enum status bulk_build(const struct store *store, struct registry *r,
                       const struct publish_options *opt, int64_t seq, const char *as_of,
                       struct err *err) {
    uint32_t end = 0, count = 0;
    struct bulk b = {.store = store, .seq = seq, .as_of = as_of};
    enum status s = store_path(store, BUILD_FOLDER, b.dir, sizeof b.dir, err);
    if (s == STATUS_OK) s = registry_extent(r, &end, &count, err);
    if (s == STATUS_OK) s = bulk_clean(store, err);
    if (s == STATUS_OK && mkdir(b.dir, 0755) != 0)
        s = err_errno(err, "不能建立目录 %s", b.dir);
    if (s != STATUS_OK) return s;
    b.nranges = end > 1 ? (end - 2) / BULK_RANGE + 1 : 0; /* keys are 1 .. end-1 */
    struct shard_plan plan = {store, b.dir, BULK_RANGE};
    struct progress progress = {opt, count};
    struct workers_options wo = {opt->processes, on_progress, &progress, opt->stop};
    s = workers_run(b.nranges, shard_make, &plan, &wo, err);
    wo.progress = NULL;
    if (s == STATUS_OK) s = workers_run(AUDIENCE_COUNT, finish_set, &b, &wo, err);
    for (int a = 0; a < AUDIENCE_COUNT && s == STATUS_OK; a++)
        s = swap_in(store, (enum audience)a, err);
    struct err ignored;
    enum status c = bulk_clean(store, s == STATUS_OK ? err : &ignored);
    return s != STATUS_OK ? s : c;
}
