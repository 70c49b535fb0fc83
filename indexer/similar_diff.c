#include "indexer/similar_diff.h"
#include "core/utf8.h"

#include <stdlib.h>

#define OPEN "【"
#define CLOSE "】"

static size_t points_of(struct str s, uint32_t *out) {
    const char *p = s.p, *end = s.p + s.n;
    size_t n = 0;
    while (p < end && n < SIMILAR_DIFF_CHARS) p = utf8_next(p, end, &out[n++]);
    return n;
}

/* Length of the longest common subsequence of a[i..) and b[k..), for all i and k. */
struct table {
    uint16_t at[SIMILAR_DIFF_CHARS + 1][SIMILAR_DIFF_CHARS + 1];
};

static void fill(struct table *t, const uint32_t *a, size_t n, const uint32_t *b,
                 size_t m) {
    for (size_t k = 0; k <= m; k++) t->at[n][k] = 0;
    for (size_t i = n; i-- > 0;) {
        t->at[i][m] = 0;
        for (size_t k = m; k-- > 0;) {
            uint16_t down = t->at[i + 1][k], right = t->at[i][k + 1];
            t->at[i][k] = a[i] == b[k]   ? (uint16_t)(t->at[i + 1][k + 1] + 1)
                          : down > right ? down
                                         : right;
        }
    }
}

static void put(struct buf *out, uint32_t cp, bool differs, bool *open) {
    char utf8[4];
    if (differs != *open) buf_add_z(out, differs ? OPEN : CLOSE);
    *open = differs;
    buf_add(out, utf8, utf8_put(cp, utf8));
}

static void walk(const struct table *t, const uint32_t *a, size_t n, const uint32_t *b,
                 size_t m, struct buf *x, struct buf *y) {
    size_t i = 0, k = 0;
    bool in_x = false, in_y = false;
    while (i < n || k < m) {
        if (i < n && k < m && a[i] == b[k]) {
            put(x, a[i++], false, &in_x);
            put(y, b[k++], false, &in_y);
        } else if (k == m || (i < n && t->at[i + 1][k] >= t->at[i][k + 1])) {
            put(x, a[i++], true, &in_x);
        } else {
            put(y, b[k++], true, &in_y);
        }
    }
    if (in_x) buf_add_z(x, CLOSE);
    if (in_y) buf_add_z(y, CLOSE);
}

enum status similar_diff(struct str a, struct str b, struct buf *marked_a,
                         struct buf *marked_b, struct err *err) {
    if (utf8_length(a) > SIMILAR_DIFF_CHARS || utf8_length(b) > SIMILAR_DIFF_CHARS) {
        buf_add_str(marked_a, a);
        buf_add_str(marked_b, b);
    } else {
        uint32_t x[SIMILAR_DIFF_CHARS], y[SIMILAR_DIFF_CHARS];
        struct table *t = malloc(sizeof *t);
        if (!t) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        size_t n = points_of(a, x), m = points_of(b, y);
        fill(t, x, n, y, m);
        walk(t, x, n, y, m, marked_a, marked_b);
        free(t);
    }
    enum status s = buf_check(marked_a, "名称", err);
    return s == STATUS_OK ? buf_check(marked_b, "名称", err) : s;
}
