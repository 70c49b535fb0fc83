/* suggest-N built and put in its place. */
#include "core/fs.h"
#include "core/suggest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

static enum status write_all(int fd, const char *p, size_t n, const char *path,
                             struct err *err) {
    while (n > 0) {
        ssize_t k = write(fd, p, n);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0) return err_errno(err, "不能写 %s", path);
        p += k;
        n -= (size_t)k;
    }
    return fsync(fd) == 0 ? STATUS_OK : err_errno(err, "不能写 %s", path);
}

static enum status put_file(const char *path, const char *p, size_t n, struct err *err) {
    char tmp[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s.tmp", path) >= (int)sizeof tmp)
        return err_set(err, STATUS_LIMIT, NULL, "路径 %s 太长", path);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return err_errno(err, "不能写 %s", tmp);
    enum status s = write_all(fd, p, n, tmp, err);
    if (close(fd) != 0 && s == STATUS_OK) s = err_errno(err, "不能写 %s", tmp);
    if (s == STATUS_OK && rename(tmp, path) != 0)
        s = err_errno(err, "不能改名为 %s", path);
    if (s != STATUS_OK) {
        unlink(tmp);
        return s;
    }
    return fs_sync_parent(path, err);
}

/* Opening looks at what look-ups need; what is taken over must be right in every byte. */
static bool is_whole(const struct suggest *s) {
    uint64_t sum;
    size_t n = s->map_bytes - sizeof sum;
    memcpy(&sum, (const char *)s->map + n, sizeof sum);
    return XXH3_64bits(s->map, n) == sum;
}

enum status suggest_write(const char *path, const struct columns *columns,
                          const struct rectext *text, const struct suggest *base,
                          const uint32_t *changed, size_t nchanged, struct err *err) {
    char *image = NULL;
    size_t n = 0;
    if (base && !is_whole(base)) base = NULL;
    enum status s =
        suggest_build(columns, text, base, changed, nchanged, &image, &n, err);
    if (s != STATUS_OK) return s;
    s = put_file(path, image, n, err);
    free(image);
    return s;
}
