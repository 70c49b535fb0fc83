/* profile_set.c - built-in profiles, a folder of own ones, and choosing among them;
 * declared in profile.h. */
#include "core/cli.h"
#include "indexer/profile.h"

#include "profiles_embedded.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH 4096

void profile_set_done(struct profile_set *s) {
    for (size_t i = 0; i < s->n; i++) profile_free(s->p[i]);
    s->n = 0;
}

/* Takes p; one of the same name goes. */
static enum status set_add(struct profile_set *s, struct profile *p, struct err *err) {
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->p[i]->name, p->name) == 0) {
            profile_free(s->p[i]);
            s->p[i] = p;
            return STATUS_OK;
        }
    if (s->n == PROFILE_MAX_SET) {
        profile_free(p);
        return err_set(err, STATUS_LIMIT, "profile", "样式超过 %d 个", PROFILE_MAX_SET);
    }
    s->p[s->n++] = p;
    return STATUS_OK;
}

enum status profile_builtins(struct profile_set *out, struct err *err) {
    struct profile_set s = {.n = 0};
    enum status st = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(profiles_files) && st == STATUS_OK; i++) {
        struct profile *p = NULL;
        st = profile_parse(str_slice(profiles_files[i].bytes, profiles_files[i].size),
                           profiles_files[i].name, &p, err);
        if (st == STATUS_OK) st = set_add(&s, p, err);
    }
    if (st != STATUS_OK) {
        profile_set_done(&s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}

static enum status read_profile(const char *path, struct profile **out, struct err *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *text = fd >= 0 ? malloc(PROFILE_MAX_BYTES + 2) : NULL;
    enum status s = STATUS_OK;
    size_t n = 0;
    if (fd >= 0 && !text) s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (fd < 0) s = err_errno(err, "不能读样式文件");
    while (s == STATUS_OK && n <= PROFILE_MAX_BYTES) {
        ssize_t got = read(fd, text + n, PROFILE_MAX_BYTES + 1 - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) s = err_errno(err, "不能读样式文件");
        if (got <= 0) break;
        n += (size_t)got;
    }
    if (fd >= 0) close(fd);
    if (s != STATUS_OK)
        err_place(err, path, 0, NULL);
    else
        s = profile_parse(str_slice(text, n), path, out, err);
    free(text);
    return s;
}

static bool ends_ini(const char *z) {
    size_t n = strlen(z);
    return n > 4 && strcmp(z + n - 4, ".ini") == 0;
}

static enum status add_folder(struct profile_set *s, const char *folder,
                              struct err *err) {
    struct dirent **list = NULL;
    int n = scandir(folder, &list, NULL, alphasort);
    enum status st = STATUS_OK;
    if (n < 0) {
        st = err_errno(err, "不能读样式目录");
        err_place(err, folder, 0, NULL);
        return st;
    }
    for (int i = 0; i < n; i++) {
        char path[PATH];
        struct profile *p = NULL;
        if (st == STATUS_OK && ends_ini(list[i]->d_name) && list[i]->d_name[0] != '.' &&
            snprintf(path, sizeof path, "%s/%s", folder, list[i]->d_name) <
                (int)sizeof path) {
            st = read_profile(path, &p, err);
            if (st == STATUS_OK) st = set_add(s, p, err);
        }
        free(list[i]);
    }
    free(list);
    return st;
}

/* Leaves only the profile of that name. */
static enum status keep_one(struct profile_set *s, const char *name, struct err *err) {
    const char *names[PROFILE_MAX_SET];
    struct buf all = buf_init(1024);
    for (size_t i = 0; i < s->n; i++) {
        names[i] = s->p[i]->name;
        if (strcmp(name, names[i]) == 0) {
            struct profile *p = s->p[i];
            s->p[i] = s->p[0];
            s->p[0] = p;
            while (s->n > 1) profile_free(s->p[--s->n]);
            buf_done(&all);
            return STATUS_OK;
        }
        buf_add_f(&all, "%s%s", i ? "、" : "", names[i]);
    }
    const char *near = cli_closest(str_of(name), names, s->n);
    err_set(err, STATUS_NOT_FOUND, "profile", "没有样式 %.60s%s%s%s；现有：%s", name,
            near ? "，是不是 " : "", near ? near : "", near ? "？" : "", buf_z(&all));
    buf_done(&all);
    return STATUS_NOT_FOUND;
}

enum status profile_choose(const char *name, const char *folder, struct profile_set *out,
                           struct err *err) {
    struct profile_set s = {.n = 0};
    enum status st = STATUS_OK;
    if (name && (strchr(name, '/') || ends_ini(name))) {
        st = read_profile(name, &s.p[0], err);
        s.n = st == STATUS_OK;
    } else {
        st = profile_builtins(&s, err);
        if (st == STATUS_OK && folder && folder[0]) st = add_folder(&s, folder, err);
        if (st == STATUS_OK && name) st = keep_one(&s, name, err);
    }
    if (st != STATUS_OK) {
        profile_set_done(&s);
        return st;
    }
    *out = s;
    return STATUS_OK;
}
