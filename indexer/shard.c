#include "indexer/shard.h"

#include "core/xindex/xindex.h"
#include "indexer/docmap.h"
#include "indexer/pubset.h"
#include "indexer/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TICK 500
#define FILE_BUFFER (1 << 20)

void shard_path(const char *dir, size_t n, const char *name, char *out, size_t size) {
    snprintf(out, size, "%s/%05zu.%s", dir, n, name);
}

static bool exists(const char *dir, size_t n, const char *name) {
    char path[PATH_MAX];
    shard_path(dir, n, name, path, sizeof path);
    return access(path, F_OK) == 0;
}

bool shard_serves(const char *dir, size_t n, enum audience a, enum shard_part *out) {
    if (a == AUDIENCE_INTERNAL && exists(dir, n, "i")) return *out = SHARD_INTERNAL, true;
    if (exists(dir, n, "c")) return *out = SHARD_COMMON, true;
    return false;
}

/* One shard being written: index, text, rows. Opened at its first document. */
struct part {
    const char *dir;
    size_t n;
    const char *name; /* "c" or "i" */
    struct xindex_writer *writer;
    FILE *text, *rows;
    struct columns_han_builder *han;
    uint64_t at;
    struct buf row;
};

struct making {
    struct registry *registry;
    struct docmap *docmap;
    struct worker *worker;
    struct part common, internal;
    uint32_t *left;
    size_t nleft, nleft_cap;
    FILE *private_rows;
    int64_t done;
    const char *dir;
    size_t n;
};

static FILE *create(const char *dir, size_t n, const char *name, struct err *err) {
    char path[PATH_MAX];
    shard_path(dir, n, name, path, sizeof path);
    FILE *f = fopen(path, "wbe");
    if (f)
        setvbuf(f, NULL, _IOFBF, FILE_BUFFER);
    else
        err_errno(err, "不能建立 %s", path);
    return f;
}

static enum status part_open(struct part *p, struct err *err) {
    char path[PATH_MAX], name[16];
    shard_path(p->dir, p->n, p->name, path, sizeof path);
    p->row = buf_init(0);
    enum status s = xindex_writer_open(path, true, &p->writer, err);
    if (s != STATUS_OK) return s;
    snprintf(name, sizeof name, "%s.text", p->name);
    p->text = create(p->dir, p->n, name, err);
    snprintf(name, sizeof name, "%s.rows", p->name);
    p->rows = p->text ? create(p->dir, p->n, name, err) : NULL;
    return p->rows ? columns_han_builder_new(&p->han, err) : STATUS_IO;
}

static enum status put(struct making *m, struct part *p, const struct registry_row *row,
                       struct err *err) {
    struct docmap_doc doc;
    enum status s = p->writer ? STATUS_OK : part_open(p, err);
    /* The row of a common document is the internal one; the public set drops facets. */
    if (s == STATUS_OK)
        s = docmap_make(m->docmap, AUDIENCE_INTERNAL, &row->record, &doc, err);
    if (s != STATUS_OK) return s;
    doc.row.docid = row->key;
    doc.row.text_at = p->at;
    p->at += doc.text.n;
    buf_clear(&p->row);
    columns_row_write(&doc.row, &p->row);
    s = buf_check(&p->row, "column row", err);
    if (s == STATUS_OK && (fwrite(doc.text.p, 1, doc.text.n, p->text) != doc.text.n ||
                           fwrite(p->row.p, 1, p->row.n, p->rows) != p->row.n))
        s = err_errno(err, "不能写 %s", p->dir);
    if (s == STATUS_OK)
        s = columns_han_builder_put(p->han, row->key, doc.row.han, doc.row.nhan, err);
    if (s == STATUS_OK)
        s = xindex_writer_put(p->writer, row->key, doc.terms, doc.nterms, doc.data, err);
    return s;
}

static enum status part_close(struct part *p, enum status s, struct err *err) {
    if (s == STATUS_OK && p->writer) s = xindex_writer_commit(p->writer, err);
    xindex_writer_close(p->writer);
    if (p->text && fclose(p->text) != 0 && s == STATUS_OK)
        s = err_errno(err, "不能写 %s", p->dir);
    if (p->rows && fclose(p->rows) != 0 && s == STATUS_OK)
        s = err_errno(err, "不能写 %s", p->dir);
    if (s == STATUS_OK && p->han) {
        char path[PATH_MAX], name[16];
        snprintf(name, sizeof name, "%s.han", p->name);
        shard_path(p->dir, p->n, name, path, sizeof path);
        s = columns_han_write(p->han, path, err);
    }
    columns_han_builder_free(p->han);
    buf_done(&p->row);
    return s;
}

/* Every tier: that is the canonical JSON as it is stored. */
static enum status put_private(struct making *m, const struct registry_row *row,
                               struct err *err) {
    uint32_t head[2] = {row->key, (uint32_t)row->text.n};
    if (fwrite(head, sizeof head, 1, m->private_rows) != 1 ||
        fwrite(row->text.p, 1, row->text.n, m->private_rows) != row->text.n)
        return err_errno(err, "不能写 %s", m->dir);
    return STATUS_OK;
}

static enum status leave(struct making *m, uint32_t key, struct err *err) {
    if (m->nleft == m->nleft_cap) {
        size_t cap = m->nleft_cap ? m->nleft_cap * 2 : 256;
        uint32_t *p = realloc(m->left, cap * sizeof *p);
        if (!p) return err_set(err, STATUS_NOMEM, NULL, "out of memory");
        m->left = p;
        m->nleft_cap = cap;
    }
    m->left[m->nleft++] = key;
    return STATUS_OK;
}

/* First pass: common documents into their shard, the others noted. */
static enum status first(void *arg, const struct registry_row *row, struct err *err) {
    struct making *m = arg;
    enum status s = put_private(m, row, err);
    if (s != STATUS_OK) return s;
    if (++m->done % TICK == 0) worker_tick(m->worker, TICK);
    return docmap_is_common(&row->record) ? put(m, &m->common, row, err)
                                          : leave(m, row->key, err);
}

/* Second pass, where too many differ: every document of the internal set. */
static enum status second(void *arg, const struct registry_row *row, struct err *err) {
    struct making *m = arg;
    return put(m, &m->internal, row, err);
}

static enum status write_left(struct making *m, struct err *err) {
    FILE *f = create(m->dir, m->n, "left", err);
    if (!f) return STATUS_IO;
    bool ok = m->nleft == 0 || fwrite(m->left, sizeof *m->left, m->nleft, f) == m->nleft;
    ok = fclose(f) == 0 && ok;
    return ok ? STATUS_OK : err_errno(err, "不能写 %s", m->dir);
}

enum status shard_make(void *arg, size_t job, struct worker *w, struct err *err) {
    const struct shard_plan *plan = arg;
    uint32_t from = (uint32_t)job * plan->range + 1, to = from + plan->range;
    struct registry registry;
    struct making m = {.worker = w,
                       .dir = plan->dir,
                       .n = job,
                       .registry = &registry,
                       .common = {.dir = plan->dir, .n = job, .name = "c"},
                       .internal = {.dir = plan->dir, .n = job, .name = "i"}};
    enum status s = registry_open(plan->store, false, &registry, err);
    if (s != STATUS_OK) return s;
    s = docmap_new(&m.docmap, err);
    if (s == STATUS_OK) {
        m.private_rows = create(plan->dir, job, "private", err);
        s = m.private_rows ? registry_each(&registry, from, to, first, &m, err)
                           : STATUS_IO;
    }
    s = part_close(&m.common, s, err);
    if (s == STATUS_OK && m.nleft > SHARD_LEFT_MAX) {
        s = registry_each(&registry, from, to, second, &m, err);
        s = part_close(&m.internal, s, err);
    }
    if (s == STATUS_OK) s = write_left(&m, err);
    if (m.private_rows && fclose(m.private_rows) != 0 && s == STATUS_OK)
        s = err_errno(err, "不能写 %s", plan->dir);
    if (s == STATUS_OK) worker_tick(w, m.done % TICK);
    docmap_free(m.docmap);
    registry_close(&registry);
    free(m.left);
    return s;
}
