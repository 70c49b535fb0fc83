#include "query/chart_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#define NAME_MAX_BYTES 48 /* 32 hex digits, '-', width, '.', format */

struct entry {
    char name[NAME_MAX_BYTES];
    int64_t bytes;
    uint64_t used; /* a counter, not a clock */
};

struct chart_cache {
    char dir[PATH_MAX];
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t freed;
    unsigned drawing;
    uint64_t clock;
    int64_t bytes;
    size_t n;
    struct entry entry[CHART_CACHE_FILES];
};

static bool path_of(const struct chart_cache *c, const char *name, char out[PATH_MAX]) {
    int n = snprintf(out, PATH_MAX, "%s/%s", c->dir, name);
    return n > 0 && n < PATH_MAX;
}

/* ---- the list; the lock is held --------------------------------------------------- */

static struct entry *find(struct chart_cache *c, const char *name) {
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->entry[i].name, name) == 0) return &c->entry[i];
    return NULL;
}

static void drop(struct chart_cache *c, struct entry *e) {
    char path[PATH_MAX];
    if (path_of(c, e->name, path)) unlink(path);
    c->bytes -= e->bytes;
    *e = c->entry[--c->n];
}

static void drop_oldest(struct chart_cache *c) {
    struct entry *oldest = &c->entry[0];
    for (size_t i = 1; i < c->n; i++)
        if (c->entry[i].used < oldest->used) oldest = &c->entry[i];
    drop(c, oldest);
}

static void take_in(struct chart_cache *c, const char *name, int64_t bytes) {
    if (find(c, name)) return;
    while (c->n > 0 &&
           (c->n == CHART_CACHE_FILES || c->bytes + bytes > CHART_CACHE_BYTES))
        drop_oldest(c);
    struct entry *e = &c->entry[c->n++];
    *e = (struct entry){.bytes = bytes, .used = ++c->clock};
    snprintf(e->name, sizeof e->name, "%s", name);
    c->bytes += bytes;
}

/* ---- open ------------------------------------------------------------------------- */

/* Is it a name that name_of makes? Anything else in the folder is left alone. */
static bool is_ours(const char *name) {
    size_t hex = strspn(name, "0123456789abcdef");
    return hex == 32 && name[32] == '-' && strlen(name) < NAME_MAX_BYTES;
}

static void take_over(struct chart_cache *c) {
    DIR *d = opendir(c->dir);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d));) {
        char path[PATH_MAX];
        struct stat st;
        if (is_ours(e->d_name) && path_of(c, e->d_name, path) && stat(path, &st) == 0 &&
            S_ISREG(st.st_mode))
            take_in(c, e->d_name, (int64_t)st.st_size);
    }
    closedir(d);
}

enum status chart_cache_open(const char *dir, struct chart_cache **out, struct err *err) {
    struct chart_cache *c = calloc(1, sizeof *c);
    if (!c) return err_set(err, STATUS_NOMEM, NULL, "内存不足：图表缓存");
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c->freed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&c->lock, NULL);
    snprintf(c->dir, sizeof c->dir, "%s", dir);
    take_over(c);
    *out = c;
    return STATUS_OK;
}

void chart_cache_close(struct chart_cache *c) {
    if (!c) return;
    pthread_cond_destroy(&c->freed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- one picture ------------------------------------------------------------------ */

static enum status name_of(const json_t *desc, enum chart_format format, int width,
                           char out[NAME_MAX_BYTES], struct err *err) {
    char *text = json_dumps(desc, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text) return err_set(err, STATUS_NOMEM, NULL, "内存不足：图表");
    XXH128_hash_t h = XXH3_128bits_withSeed(
        text, strlen(text), XXH64(CHENGGUO_VERSION, strlen(CHENGGUO_VERSION), 0));
    free(text);
    snprintf(out, NAME_MAX_BYTES, "%016llx%016llx-%d.%s", (unsigned long long)h.high64,
             (unsigned long long)h.low64, width, chart_format_name(format));
    return STATUS_OK;
}

static bool read_kept(struct chart_cache *c, const char *name, struct buf *out) {
    char path[PATH_MAX];
    pthread_mutex_lock(&c->lock);
    struct entry *e = find(c, name);
    if (e) e->used = ++c->clock;
    pthread_mutex_unlock(&c->lock);
    if (!e || !path_of(c, name, path)) return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    size_t before = out->n;
    bool good = fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 &&
                (uint64_t)st.st_size <= CHART_RUN_OUTPUT_BYTES &&
                buf_reserve(out, (size_t)st.st_size);
    while (good && out->n - before < (size_t)st.st_size) {
        ssize_t n = read(fd, out->p + out->n, (size_t)st.st_size - (out->n - before));
        if (n < 0 && errno == EINTR) continue;
        good = n > 0;
        if (good) out->n += (size_t)n;
    }
    if (fd >= 0) close(fd);
    if (good) {
        out->p[out->n] = 0;
        return true;
    }
    out->n = before;
    pthread_mutex_lock(&c->lock);
    if ((e = find(c, name))) drop(c, e);
    pthread_mutex_unlock(&c->lock);
    return false;
}

/* Best effort: a picture that cannot be kept is drawn again next time. */
static void keep(struct chart_cache *c, const char *name, struct str picture) {
    char path[PATH_MAX], temp[PATH_MAX];
    int n = snprintf(temp, sizeof temp, "%s/.%s.XXXXXX", c->dir, name);
    if (n <= 0 || n >= PATH_MAX || !path_of(c, name, path)) return;
    if (mkdir(c->dir, 0755) != 0 && errno != EEXIST) return;
    int fd = mkostemp(temp, O_CLOEXEC);
    if (fd < 0) return;
    size_t at = 0;
    bool good = fchmod(fd, 0644) == 0;
    while (good && at < picture.n) {
        ssize_t w = write(fd, picture.p + at, picture.n - at);
        if (w < 0 && errno == EINTR) continue;
        good = w > 0;
        if (good) at += (size_t)w;
    }
    good = close(fd) == 0 && good && rename(temp, path) == 0;
    if (!good) {
        unlink(temp);
        return;
    }
    pthread_mutex_lock(&c->lock);
    take_in(c, name, (int64_t)picture.n);
    pthread_mutex_unlock(&c->lock);
}

static bool wait_for_turn(struct chart_cache *c) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CHART_CACHE_WAIT_MS / 1000;
    int rc = 0;
    pthread_mutex_lock(&c->lock);
    while (c->drawing >= CHART_CACHE_DRAWING && rc == 0)
        rc = pthread_cond_timedwait(&c->freed, &c->lock, &until);
    bool mine = c->drawing < CHART_CACHE_DRAWING;
    if (mine) c->drawing++;
    pthread_mutex_unlock(&c->lock);
    return mine;
}

static void end_turn(struct chart_cache *c) {
    pthread_mutex_lock(&c->lock);
    c->drawing--;
    pthread_cond_signal(&c->freed);
    pthread_mutex_unlock(&c->lock);
}

enum status chart_cache_get(struct chart_cache *c, const char *program,
                            const json_t *desc, enum chart_format format, int width,
                            struct metrics *m, struct buf *out, struct err *err) {
    char name[NAME_MAX_BYTES];
    enum status s = name_of(desc, format, width, name, err);
    if (s != STATUS_OK) return s;
    if (read_kept(c, name, out)) {
        metrics_add(&m->charts_kept);
        return STATUS_OK;
    }
    if (!wait_for_turn(c))
        return err_set(err, STATUS_BUSY, "busy", "正在绘制的图表太多，请稍后再试");
    /* Another request may have drawn it while this one waited. */
    if (read_kept(c, name, out)) {
        end_turn(c);
        metrics_add(&m->charts_kept);
        return STATUS_OK;
    }
    size_t before = out->n;
    s = chart_run_draw(program, desc, format, width, 1, out, err);
    end_turn(c);
    if (s == STATUS_OK) {
        metrics_add(&m->charts_drawn);
        keep(c, name, str_slice(out->p + before, out->n - before));
        return s;
    }
    metrics_add(&m->charts_failed);
    if (s == STATUS_NOT_FOUND || s == STATUS_IO || s == STATUS_INTERNAL)
        s = err_set(err, STATUS_DEADLINE, "draw", "图表暂时画不出来，请稍后再试");
    return s;
}
