#include "indexer/pubset.h"

#include "stats/aggregate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum status pubset_marks(const char *set_dir, struct pubset_marks *out, struct err *err) {
    struct pubset_marks m = {-1, -1, "", false};
    const struct suggest *suggest;
    struct xindex_reader *reader = NULL;
    struct err local;
    enum status s = xindex_reader_open(set_dir, &reader, &local);
    if (s == STATUS_OK) {
        m.index_seq = xindex_reader_revision(reader);
        snprintf(m.columns, sizeof m.columns, "columns-%lld", (long long)m.index_seq);
        m.suggested = xindex_reader_suggest(reader, &suggest, &local) == STATUS_OK;
        xindex_reader_close(reader);
    } else if (s != STATUS_NOT_FOUND) {
        if (err) *err = local;
        return s;
    }
    struct db db;
    s = pubdata_open(set_dir, &db, &local);
    if (s == STATUS_OK) {
        char as_of[32];
        s = pubdata_revision(&db, &m.data_seq, as_of, &local);
        db_close(&db);
    } else if (s == STATUS_NOT_FOUND) {
        s = STATUS_OK;
    }
    if (s != STATUS_OK) {
        if (err) *err = local;
        return s;
    }
    *out = m;
    return STATUS_OK;
}

enum status pubset_commit_index(struct xindex_writer *w, int64_t seq, const char *as_of,
                                const char *columns, struct err *err) {
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)seq);
    const struct {
        const char *key, *value;
    } meta[] = {
        {"format", XINDEX_FORMAT}, {"seq", number},  {"columns", columns},
        {"text", PUBSET_TEXT},     {"as_of", as_of},
    };
    for (size_t i = 0; i < ARRAY_LEN(meta); i++) {
        enum status s =
            xindex_writer_set_meta(w, meta[i].key, str_of(meta[i].value), err);
        if (s != STATUS_OK) return s;
    }
    return xindex_writer_commit(w, err);
}

struct loss_pass {
    struct db *data;
};

static enum status copy_loss(void *arg, const struct registry_loss *loss,
                             struct err *err) {
    struct loss_pass *p = arg;
    return pubdata_add_loss(p->data, loss->regno, loss->to_regno, loss->reason, loss->at,
                            err);
}

enum status pubset_fill_data(struct db *data, struct registry *r, int64_t seq,
                             const char *as_of, struct err *err) {
    struct loss_pass pass = {data};
    enum status s = pubdata_clear_losses(data, err);
    if (s == STATUS_OK) s = registry_losses(r, copy_loss, &pass, err);
    if (s == STATUS_OK) s = aggregate_copy(&r->db, data, err);
    if (s == STATUS_OK) s = pubdata_set_revision(data, seq, as_of, err);
    return s;
}

enum status pubset_private_json(const struct record *r, struct buf *out,
                                struct err *err) {
    json_t *view = record_view(r, TIER_N);
    if (!view) return err_set(err, STATUS_NOMEM, NULL, "out of memory");
    size_t n = json_dumpb(view, NULL, 0, JSON_COMPACT | JSON_SORT_KEYS);
    enum status s = STATUS_OK;
    if (n > 0 && buf_reserve(out, n)) {
        json_dumpb(view, out->p + out->n, n, JSON_COMPACT | JSON_SORT_KEYS);
        out->n += n;
    } else {
        s = buf_check(out, "record", err);
    }
    json_decref(view);
    return s;
}

void pubset_sweep(const char *set_dir, const char *current_columns, int64_t now) {
    DIR *d = opendir(set_dir);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d));) {
        struct stat st;
        /* "columns-" and "suggest-" are equally long, and so named by one revision. */
        if ((strncmp(e->d_name, "columns-", 8) != 0 &&
             strncmp(e->d_name, "suggest-", 8) != 0) ||
            strcmp(e->d_name + 8, current_columns + 8) == 0)
            continue;
        if (fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
            now - (int64_t)st.st_mtime > PUBSET_GRACE_S)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    }
    closedir(d);
}
