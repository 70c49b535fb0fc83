#include "indexer/pubset.h"

#include <stdio.h>

struct files {
    struct columns columns;
    struct rectext text;
    struct suggest *base; /* NULL: there is none to take over */
};

static enum status open_files(const char *dir, int64_t seq, struct files *f,
                              struct err *err) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/columns-%lld", dir, (long long)seq);
    enum status s = columns_open(path, &f->columns, err);
    if (s != STATUS_OK) return s;
    snprintf(path, sizeof path, "%s/" PUBSET_TEXT, dir);
    s = rectext_open(path, f->columns.text_end, &f->text, err);
    if (s != STATUS_OK) columns_close(&f->columns);
    return s;
}

enum status pubset_write_suggest(const char *set_dir, int64_t seq,
                                 const struct columns *base, const uint32_t *changed,
                                 size_t nchanged, struct err *err) {
    char path[PATH_MAX];
    struct files f = {.base = NULL};
    struct err ignored;
    enum status s = open_files(set_dir, seq, &f, err);
    if (s != STATUS_OK) return s;
    /* A file that cannot be read is derived: it is made anew. */
    if (base) {
        snprintf(path, sizeof path, "%s/suggest-%lld", set_dir,
                 (long long)base->revision);
        if (suggest_open(path, base, &f.text, &f.base, &ignored) != STATUS_OK)
            f.base = NULL;
    }
    snprintf(path, sizeof path, "%s/suggest-%lld", set_dir, (long long)seq);
    s = suggest_write(path, &f.columns, &f.text, f.base, changed, nchanged, err);
    suggest_close(f.base);
    rectext_close(&f.text);
    columns_close(&f.columns);
    return s;
}
