#include "indexer/grid_map.h"

#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define SAME_HEADER 8 /* fields that one column may feed */

/* ---------------------------------------------------------------------------- headers */

static struct str cell_text(const struct sheet_row *row, size_t column) {
    return column < row->n ? value_trim(row->cell[column].text) : str_slice("", 0);
}

static void set_header(struct grid_header *h, struct str upper, struct str lower) {
    char joined[2 * PROFILE_HEADER];
    size_t n = 0;
    upper.n = utf8_clip(upper, PROFILE_HEADER - 1);
    lower.n = utf8_clip(lower, PROFILE_HEADER - 1);
    if (upper.n) memcpy(joined, upper.p, n = upper.n);
    if (lower.n && !str_eq(upper, lower)) {
        if (n) joined[n++] = '/';
        memcpy(joined + n, lower.p, lower.n);
        n += lower.n;
    }
    struct str all = str_slice(joined, n);
    char unit[PROFILE_UNIT];
    size_t shown = 0;
    profile_norm(all, false, h->full, unit);
    profile_norm(all, true, h->bare, NULL);
    profile_norm(lower.n ? lower : upper, true, h->last, NULL);
    all.n = utf8_clip(all, PROFILE_HEADER - 1);
    for (size_t i = 0; i < all.n; i++)
        if ((unsigned char)all.p[i] > ' ') h->shown[shown++] = all.p[i];
    h->shown[shown] = 0;
    memcpy(h->unit, unit, sizeof unit);
}

void grid_header_join(struct grid_header *to, size_t *n, const struct sheet_row *line) {
    char left[PROFILE_HEADER] = "";
    size_t cells = line->n > SHEET_MAX_COLUMNS ? SHEET_MAX_COLUMNS : line->n;
    bool first = *n == 0;
    for (size_t i = *n; i < cells; i++) memset(&to[i], 0, sizeof to[i]);
    for (size_t i = 0; i < cells || i < *n; i++) {
        struct str lower = cell_text(line, i);
        char upper[PROFILE_HEADER];
        memcpy(upper, to[i].shown, sizeof upper);
        if (!first && upper[0] == 0 && lower.n) memcpy(upper, left, sizeof upper);
        if (to[i].shown[0]) memcpy(left, to[i].shown, sizeof left);
        set_header(&to[i], str_of(upper), lower);
        if (i < line->n) to[i].hidden |= line->cell[i].hidden;
    }
    if (cells > *n) *n = cells;
}

static size_t find_names(const struct profile *p, const char *norm, size_t *out,
                         size_t max) {
    size_t n = 0;
    if (norm[0] == 0) return 0;
    for (size_t i = 0; i < p->nnames; i++) {
        const struct profile_name *name = &p->names[i];
        if (!name->above && name->norm[0] == norm[0] && strcmp(name->norm, norm) == 0) {
            if (n < max) out[n] = name->target;
            n++;
        }
    }
    return n < max ? n : max;
}

/* "第一完成人/姓名" as "第一完成人姓名". */
static void without_slash(const char *z, char out[PROFILE_HEADER]) {
    size_t n = 0;
    for (; *z; z++)
        if (*z != '/') out[n++] = *z;
    out[n] = 0;
}

size_t grid_header_targets(const struct profile *p, const struct grid_header *h,
                           size_t *out, size_t max) {
    char plain[PROFILE_HEADER];
    size_t n = find_names(p, h->full, out, max);
    if (n == 0) n = find_names(p, h->bare, out, max);
    if (n == 0 && strchr(h->bare, '/')) {
        without_slash(h->bare, plain);
        n = find_names(p, plain, out, max);
        if (n == 0) n = find_names(p, h->last, out, max);
    }
    return n;
}

static bool need_is_met(const struct profile *p, const struct profile_need *need,
                        const struct grid_header *h, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t t[SAME_HEADER];
        if (need->norm) {
            if (strcmp(need->norm, h[i].full) == 0 || strcmp(need->norm, h[i].bare) == 0)
                return true;
            continue;
        }
        size_t found = grid_header_targets(p, &h[i], t, SAME_HEADER);
        for (size_t k = 0; k < found; k++)
            if (t[k] != PROFILE_IGNORE && p->target[t[k]].f == p->target[need->target].f)
                return true; /* of a list any element */
    }
    return false;
}

bool grid_header_fits(const struct profile *p, const struct grid_header *h, size_t n,
                      size_t *known) {
    size_t t[SAME_HEADER];
    *known = 0;
    for (size_t i = 0; i < n; i++)
        *known += h[i].shown[0] && grid_header_targets(p, &h[i], t, SAME_HEADER) > 0;
    for (size_t i = 0; i < p->nneeds; i++)
        if (!need_is_met(p, &p->need[i], h, n)) return false;
    return *known > 0;
}

/* ---------------------------------------------------------------------------- building
 */

struct building {
    struct grid_map *m;
    size_t cap;
    bool failed;
};

static char *json_key(const char *name) {
    struct buf b = buf_init(0);
    value_put_text(&b, str_of(name));
    buf_add_char(&b, ':');
    if (b.failed) buf_done(&b);
    return b.p;
}

static struct map_target *add(struct building *b, const char *key) {
    struct grid_map *m = b->m;
    if (m->n == b->cap) {
        size_t cap = b->cap ? 2 * b->cap : 64;
        struct map_target *t = realloc(m->t, cap * sizeof *t);
        if (!t) return b->failed = true, NULL;
        m->t = t;
        b->cap = cap;
    }
    struct map_target *t = &m->t[m->n];
    *t = (struct map_target){.index = TARGET_PLAIN, .column = MAP_NO_COLUMN};
    t->key = json_key(key);
    if (!t->key) return b->failed = true, NULL;
    m->n++;
    return t;
}

static bool taken(const struct grid_map *m, const struct profile_target *pt) {
    if (pt->index == TARGET_ALL) {
        size_t spread = 0;
        for (size_t i = 0; i < m->n; i++)
            spread += m->t[i].index == TARGET_ALL && m->t[i].rule.f &&
                      strcmp(m->t[i].outer, pt->f->outer) == 0;
        return spread >= MAP_MAX_SPREAD;
    }
    for (size_t i = 0; i < m->n; i++)
        if (m->t[i].rule.f == pt->f && m->t[i].index == pt->index &&
            (!pt->key || (strncmp(m->t[i].key + 1, pt->key, strlen(pt->key)) == 0 &&
                          m->t[i].key[1 + strlen(pt->key)] == '"')))
            return true;
    return false;
}

static const char *unit_of(const struct grid_map *m, size_t column) {
    return column != MAP_NO_COLUMN && m->header[column].unit[0] ? m->header[column].unit
                                                                : m->profile->unit;
}

static void add_field(struct building *b, const struct profile_target *pt, size_t column,
                      char *constant) {
    struct map_target *t = add(b, pt->key ? pt->key : pt->f->key);
    if (!t) {
        free(constant);
        return;
    }
    t->rule = (struct value_rule){pt->f, unit_of(b->m, column), b->m->profile->serial};
    t->outer = pt->key ? pt->f->key : pt->f->outer;
    t->index = pt->index;
    t->column = column;
    t->constant = constant;
    t->fallback = constant ? constant : pt->fallback;
}

/* Is the word a member that the format gives a meaning? */
static bool is_reserved(enum validate_kind kind, const char *word) {
    size_t n;
    const struct field *f = validate_fields(kind, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(f[i].outer ? f[i].outer : f[i].key, word) == 0) return true;
    return strcmp(word, "other") == 0 || strcmp(word, "extra") == 0 ||
           strcmp(word, "field") == 0 || strcmp(word, "period") == 0;
}

/* A column under its own header; where that is taken, with its number. */
static void add_unknown(struct building *b, size_t column) {
    struct grid_map *m = b->m;
    char name[PROFILE_HEADER + 40];
    const char *shown = m->header[column].shown;
    size_t n = utf8_clip(str_of(shown), 160);
    bool again = n == 0 || is_reserved(m->profile->kind, shown);
    for (size_t i = 0; i < column && !again; i++)
        again = strcmp(m->header[i].shown, shown) == 0;
    if (again)
        snprintf(name, sizeof name, "%.*s（第 %zu 列）", (int)n, shown, column + 1);
    else
        snprintf(name, sizeof name, "%.*s", (int)n, shown);
    struct map_target *t = add(b, name);
    if (t) t->column = column;
    m->unknown++;
}

static bool is_secrecy(const struct grid_header *h) {
    static const char *const parts[] = {"密级", "密級",     "涉密",     "密等",
                                        "秘级", "定密情况", "是否保密", "是否定密"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (strstr(h->full, parts[i])) return true;
    return strcmp(h->full, "secrecy") == 0 || strcmp(h->full, "保密") == 0 ||
           strcmp(h->full, "定密") == 0;
}

/* The first one is `secrecy`; of more, each its own object, which counts as much. */
static void add_secrecy(struct building *b, size_t column) {
    struct grid_map *m = b->m;
    int index;
    struct str key;
    const struct field *f =
        profile_field(m->profile->kind, str_of("secrecy"), &index, &key);
    char outer[32];
    struct map_target *t = add(b, "secrecy");
    if (!t) return;
    t->rule = (struct value_rule){f, "元", 0};
    t->column = column;
    t->yes_no = strstr(m->header[column].full, "涉密") != NULL ||
                strstr(m->header[column].full, "是否") != NULL;
    if (m->secrecies++ == 0) return;
    snprintf(outer, sizeof outer, "第 %zu 列", column + 1);
    t->constant = strdup(outer);
    t->outer = t->constant;
    if (!t->outer) b->failed = true;
}

static void add_column(struct building *b, size_t column) {
    struct grid_map *m = b->m;
    const struct grid_header *h = &m->header[column];
    size_t target[SAME_HEADER];
    if (is_secrecy(h)) {
        add_secrecy(b, column);
        return;
    }
    size_t n = grid_header_targets(m->profile, h, target, SAME_HEADER), used = 0;
    for (size_t i = 0; i < n; i++) {
        if (target[i] == PROFILE_IGNORE) {
            used++;
            if (strstr(h->full, "序号")) m->serial = column;
            continue;
        }
        const struct profile_target *pt = &m->profile->target[target[i]];
        if (taken(m, pt)) continue;
        used++;
        if (strcmp(pt->path, "regno") == 0) m->number = column;
        add_field(b, pt, column, NULL);
    }
    if (used == 0) add_unknown(b, column);
}

/* Output order: what stands at the top as it came, then lists and objects, each together,
 * [0] before []. */
static int by_group(const void *a, const void *b) {
    const struct map_target *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    int i = x->index == TARGET_ALL ? 1000 : x->index,
        k = y->index == TARGET_ALL ? 1000 : y->index;
    if (i != k) return i < k ? -1 : 1;
    if (i == 1000 && x->rule.f != y->rule.f) {
        bool named = strcmp(x->rule.f->key, "name") == 0,
             other = strcmp(y->rule.f->key, "name") == 0;
        if (named != other) return named ? -1 : 1;
        return x->rule.f < y->rule.f ? -1 : 1;
    }
    return x->column < y->column ? -1 : x->column > y->column;
}

static void order(struct grid_map *m) {
    for (size_t i = 0; i < m->n; i++) {
        struct map_target *t = &m->t[i];
        t->group = i;
        for (size_t k = 0; t->outer && k < i; k++)
            if (m->t[k].outer && strcmp(m->t[k].outer, t->outer) == 0) {
                t->group = m->t[k].group;
                break;
            }
    }
    if (m->n) qsort(m->t, m->n, sizeof *m->t, by_group);
}

static void add_rest(struct building *b, struct map_above *above, size_t nabove) {
    struct grid_map *m = b->m;
    const struct profile *p = m->profile;
    for (size_t i = 0; i < nabove; i++) {
        const struct profile_target *pt = &p->target[above[i].target];
        if (taken(m, pt))
            free(above[i].text);
        else
            add_field(b, pt, MAP_NO_COLUMN, above[i].text);
        above[i].text = NULL;
    }
    for (size_t i = 0; i < p->ntargets; i++) {
        const struct profile_target *pt = &p->target[i];
        if (!pt->fallback) continue;
        if (strcmp(pt->path, "secrecy") == 0) m->declared = true;
        bool have = false;
        for (size_t k = 0; k < m->n && !have; k++)
            if (m->t[k].rule.f == pt->f && m->t[k].index == pt->index) {
                have = true;
                if (!m->t[k].fallback && !m->t[k].constant)
                    m->t[k].fallback = pt->fallback;
            }
        if (!have) add_field(b, pt, MAP_NO_COLUMN, NULL);
    }
}

enum status grid_map_new(const struct profile *p, const char *sheet,
                         struct grid_header *header, size_t n, struct map_above *above,
                         size_t nabove, struct grid_map **out, struct err *err) {
    struct grid_map *m = calloc(1, sizeof *m);
    struct building b = {.m = m};
    if (!m) {
        free(header);
        for (size_t i = 0; i < nabove; i++) free(above[i].text);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    }
    m->profile = p;
    m->header = header;
    m->ncolumns = n;
    m->serial = m->number = MAP_NO_COLUMN;
    if (sheet && !(m->sheet = strdup(sheet))) b.failed = true;
    for (size_t i = 0; i < n; i++) {
        m->hidden += header[i].hidden;
        add_column(&b, i);
    }
    add_rest(&b, above, nabove);
    enum status s = STATUS_OK;
    if (b.failed)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    else if (m->unknown > MAP_MAX_UNKNOWN)
        s = err_set(err, STATUS_INVALID, "E_PROFILE",
                    "样式 %s 不认识的列超过 %d 个，请核对表头", p->name, MAP_MAX_UNKNOWN);
    if (s != STATUS_OK) {
        grid_map_free(m);
        return s;
    }
    order(m);
    *out = m;
    return STATUS_OK;
}

void grid_map_free(struct grid_map *m) {
    if (!m) return;
    for (size_t i = 0; i < m->n; i++) {
        free(m->t[i].key);
        free(m->t[i].constant);
    }
    free(m->t);
    free(m->header);
    free(m->sheet);
    free(m);
}

/* Does the path of an error, without the entry of a list of texts, name the target? */
static bool is_path_of(const struct map_target *t, const char *path) {
    const struct field *f = t->rule.f;
    size_t n = strlen(f->key);
    if (!t->outer)
        return strncmp(path, f->key, n) == 0 && (path[n] == 0 || path[n] == '[');
    size_t outer = strlen(t->outer);
    if (strncmp(path, t->outer, outer) != 0) return false;
    if (t->index == TARGET_PLAIN)
        return path[outer] == '.' && strcmp(path + outer + 1, f->key) == 0;
    const char *shut = strchr(path + outer, ']');
    return path[outer] == '[' && shut && shut[1] == '.' &&
           strcmp(shut + 2, f->key) == 0 &&
           (t->index == TARGET_ALL || path[outer + 1] == '0' + t->index);
}

const char *grid_map_header(const struct grid_map *m, const char *path) {
    if (!m || !path || !path[0]) return NULL;
    for (size_t i = 0; i < m->n; i++) {
        const struct map_target *t = &m->t[i];
        if (t->column == MAP_NO_COLUMN || !m->header[t->column].shown[0]) continue;
        if (t->rule.f ? is_path_of(t, path)
                      : strcmp(m->header[t->column].shown, path) == 0)
            return m->header[t->column].shown;
    }
    return NULL;
}
