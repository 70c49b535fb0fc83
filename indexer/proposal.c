#include "indexer/proposal.h"

#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define FEEDS 8

/* The first rows of the first sheet that holds a table; copies of the cells. */
struct look {
    struct grid_header *header;
    size_t n;
    const struct profile *fits;
    bool two_lines;
    struct proposal *out;
    struct profile_set set;
    struct value_rule rule[SHEET_MAX_COLUMNS];
};

static size_t filled(const struct sheet_row *row) {
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) n += value_trim(row->cell[i].text).n > 0;
    return n;
}

static size_t known_to_any(const struct look *l, const struct grid_header *h, size_t n) {
    size_t best = 0, known;
    for (size_t i = 0; i < l->set.n; i++) {
        grid_header_fits(l->set.p[i], h, n, &known);
        if (known > best) best = known;
    }
    return best;
}

static const struct profile *fitting(const struct look *l, const struct grid_header *h,
                                     size_t n) {
    const struct profile *best = NULL;
    size_t most = 0, known;
    for (size_t i = 0; i < l->set.n; i++)
        if (grid_header_fits(l->set.p[i], h, n, &known) && known > most) {
            best = l->set.p[i];
            most = known;
        }
    return best;
}

static enum status nomem(struct err *err) {
    err_set(err, STATUS_NOMEM, NULL, "内存不足");
    return STATUS_NOMEM;
}

/* Is this line, alone or below the last one, the best header so far? */
static enum status weigh(struct look *l, const struct sheet_row *row,
                         struct grid_header *above, size_t *nabove, size_t *best,
                         struct err *err) {
    struct grid_header *one = calloc(SHEET_MAX_COLUMNS + 1, sizeof *one);
    struct grid_header *two = calloc(SHEET_MAX_COLUMNS + 1, sizeof *two);
    size_t n1 = 0, n2 = *nabove;
    enum status s = one && two ? STATUS_OK : nomem(err);
    if (s == STATUS_OK) {
        grid_header_join(one, &n1, row);
        memcpy(two, above, (SHEET_MAX_COLUMNS + 1) * sizeof *two);
        if (n2) grid_header_join(two, &n2, row);
        size_t k1 = known_to_any(l, one, n1) * 4 + (filled(row) > 2),
               k2 = n2 > *nabove || n2 ? known_to_any(l, two, n2) * 4 + 1 : 0;
        bool second = k2 > k1 && k2 > *best;
        if (second || k1 > *best) {
            *best = second ? k2 : k1;
            memcpy(l->header, second ? two : one,
                   (SHEET_MAX_COLUMNS + 1) * sizeof *l->header);
            l->n = second ? n2 : n1;
            l->two_lines = second;
            l->out->row = row->row;
        }
        memcpy(above, one, (SHEET_MAX_COLUMNS + 1) * sizeof *above);
        *nabove = n1;
    }
    free(one);
    free(two);
    return s;
}

/* First pass: where is the header? Looks at the first sheet that holds one. */
static enum status find_header(struct look *l, struct sheet *sheet, struct err *err) {
    struct grid_header *above = calloc(SHEET_MAX_COLUMNS + 1, sizeof *above);
    size_t nabove = 0, best = 0, seen = 0;
    enum status s = above ? STATUS_OK : nomem(err);
    bool more = true;
    while (s == STATUS_OK && more && seen < GRID_MAX_ABOVE) {
        struct sheet_row row;
        s = sheet_next(sheet, &row, &more, err);
        if (s != STATUS_OK || !more) break;
        bool same =
            !row.sheet || (l->out->sheet && strcmp(row.sheet, l->out->sheet) == 0);
        if (!same && best > 4) break;
        if (!same) {
            free(l->out->sheet);
            l->out->sheet = strdup(row.sheet);
            nabove = 0;
            if (!l->out->sheet) s = nomem(err);
        }
        if (best <= 4 && grid_is_marked(&row)) {
            s = err_set(err, STATUS_INVALID, "E_CLASSIFIED",
                        "有密级标志，不列出内容，也不起草样式；请核实定密，"
                        "确属非密的去掉标志后再试");
            err_place(err, NULL, (long)row.row, NULL);
        }
        /* A row with a classification is no header, and nothing of it is shown. */
        if (s == STATUS_OK && filled(&row) > 0 && !grid_shows_secrecy(&row)) {
            s = weigh(l, &row, above, &nabove, &best, err);
            seen++;
        }
    }
    free(above);
    if (s == STATUS_OK && l->n == 0)
        s = err_set(err, STATUS_INVALID, "E_PROFILE", "文件里没有表格");
    return s;
}

static void set_path(struct look *l, size_t i, const struct profile *p, size_t target) {
    struct proposed *c = &l->out->column[i];
    const struct profile_target *t = &p->target[target];
    snprintf(c->path, sizeof c->path, "%.*s", (int)utf8_clip(str_of(t->path), 79),
             t->path);
    snprintf(c->label, sizeof c->label, "%.*s", (int)utf8_clip(str_of(t->f->zh), 79),
             t->f->zh);
    memcpy(c->profile, p->name, sizeof c->profile);
    l->rule[i] = (struct value_rule){
        t->f, l->header[i].unit[0] ? l->header[i].unit : p->unit, p->serial};
}

static bool try_profile(struct look *l, size_t i, const struct profile *p) {
    size_t t[FEEDS];
    size_t n = grid_header_targets(p, &l->header[i], t, FEEDS);
    if (n == 0) return false;
    if (t[0] == PROFILE_IGNORE)
        l->out->column[i].ignored = true;
    else
        set_path(l, i, p, t[0]);
    return true;
}

/* How much of the header a profile knows: 3 a column, 1 for one that is near. */
static size_t acquaintance(const struct look *l, struct profile *p) {
    struct profile_set one = {.p = {p}, .n = 1};
    size_t score = 0, target;
    for (size_t i = 0; i < l->n; i++) {
        const struct profile *whose;
        const char *like = l->header[i].shown[0]
                               ? grid_resembles(&one, &l->header[i], &whose, &target)
                               : NULL;
        score += like == NULL ? 0 : like == l->header[i].shown ? 3 : 1;
    }
    return score;
}

/* The kind whose profile knows most of the headers; registrations when in doubt. */
static enum validate_kind likely_kind(const struct look *l) {
    size_t most = 0;
    enum validate_kind kind = KIND_REGISTRATION;
    for (size_t i = 0; i < l->set.n && l->set.p[i]; i++) {
        size_t score = acquaintance(l, l->set.p[i]);
        if (score > most || (score == most && l->set.p[i]->kind == KIND_REGISTRATION)) {
            most = score;
            kind = l->set.p[i]->kind;
        }
    }
    return kind;
}

static enum status map_columns(struct look *l, struct err *err) {
    struct proposal *out = l->out;
    out->column = calloc(l->n, sizeof *out->column);
    if (!out->column) return nomem(err);
    out->n = l->n;
    l->fits = fitting(l, l->header, l->n);
    if (l->fits && !(out->profile = strdup(l->fits->name))) return nomem(err);
    out->kind = l->fits ? l->fits->kind : likely_kind(l);
    struct profile_set same = {.n = 0}; /* those of the kind, not owned */
    for (size_t i = 0; i < l->set.n && l->set.p[i]; i++)
        if (l->set.p[i]->kind == out->kind) same.p[same.n++] = l->set.p[i];
    for (size_t i = 0; i < l->n; i++) {
        struct proposed *c = &out->column[i];
        memcpy(c->header, l->header[i].shown, sizeof c->header);
        bool done = l->fits && try_profile(l, i, l->fits);
        for (size_t k = 0; k < same.n && !done && !l->fits; k++)
            done = try_profile(l, i, same.p[k]);
        if (done || !c->header[0]) continue;
        const struct profile *whose = NULL;
        size_t target = PROFILE_IGNORE;
        const char *like = grid_resembles(&same, &l->header[i], &whose, &target);
        if (!like || target == PROFILE_IGNORE) continue;
        memcpy(c->like, like, utf8_clip(str_of(like), sizeof c->like - 1));
        const char *path = whose->target[target].path;
        memcpy(c->like_path, path, utf8_clip(str_of(path), sizeof c->like_path - 1));
    }
    return STATUS_OK;
}

/* Second pass: do the values fit? */
static enum status count_fits(struct look *l, struct sheet *sheet, struct err *err) {
    struct proposal *out = l->out;
    struct grid_map map = {.header = l->header,
                           .ncolumns = l->n,
                           .serial = MAP_NO_COLUMN,
                           .number = MAP_NO_COLUMN};
    for (size_t i = 0; i < l->n; i++)
        if (out->column[i].ignored && strstr(l->header[i].full, "序号")) map.serial = i;
    bool more = true;
    enum status s = STATUS_OK;
    while (s == STATUS_OK && out->rows < PROPOSAL_ROWS) {
        struct sheet_row row;
        s = sheet_next(sheet, &row, &more, err);
        if (s != STATUS_OK || !more) break;
        bool same = !row.sheet || (out->sheet && strcmp(row.sheet, out->sheet) == 0);
        if (!same || row.row <= out->row || grid_judge(&map, &row)) continue;
        out->rows++;
        for (size_t i = 0; i < out->n && i < row.n; i++) {
            struct str v = value_trim(row.cell[i].text);
            if (v.n == 0) continue;
            out->column[i].filled++;
            out->column[i].fits += value_fits(&l->rule[i], v, row.cell[i].kind);
        }
    }
    return s;
}

/* Opens the file and gives its sheet to `pass`. */
static enum status with_sheet(int fd, const struct source_options *opt, struct look *l,
                              enum status (*pass)(struct look *, struct sheet *,
                                                  struct err *),
                              struct err *err) {
    struct source *src = NULL;
    struct sheet *sheet = NULL;
    enum status s = source_open_sheet(fd, opt, &src, &sheet, err);
    if (s != STATUS_OK) return s;
    s = pass(l, sheet, err);
    sheet_close(sheet);
    source_close(src);
    return s;
}

enum status proposal_make(int fd, const struct source_options *opt, struct proposal *out,
                          struct err *err) {
    struct proposal p = {.kind = KIND_REGISTRATION};
    struct look *l = calloc(1, sizeof *l);
    enum status s =
        l ? profile_choose(opt->profile, opt->profiles, &l->set, err) : nomem(err);
    if (s == STATUS_OK) {
        l->out = &p;
        l->header = calloc(SHEET_MAX_COLUMNS + 1, sizeof *l->header);
        s = l->header ? with_sheet(fd, opt, l, find_header, err) : nomem(err);
    }
    if (s == STATUS_OK) s = map_columns(l, err);
    if (s == STATUS_OK) s = with_sheet(fd, opt, l, count_fits, err);
    if (l) {
        profile_set_done(&l->set);
        free(l->header);
    }
    free(l);
    if (s != STATUS_OK) {
        if (err && !err->file[0]) err_place(err, opt->path, 0, NULL);
        proposal_done(&p);
        return s;
    }
    *out = p;
    return STATUS_OK;
}

void proposal_done(struct proposal *p) {
    free(p->profile);
    free(p->sheet);
    free(p->column);
    *p = (struct proposal){.n = 0};
}

static void put_needs(const struct proposal *p, struct buf *out) {
    size_t n = 0;
    buf_add_z(out, "needs =");
    for (size_t i = 0; i < p->n && n < 4; i++)
        if (p->column[i].path[0] && p->column[i].filled)
            buf_add_f(out, "%s %s\n", n++ ? "   " : "", p->column[i].header);
    if (n == 0) buf_add_z(out, " 请填写\n");
}

void proposal_ini(const struct proposal *p, const char *file, struct buf *out) {
    bool record = p->kind == KIND_REGISTRATION || p->kind == KIND_COLLECTION;
    bool secrecy = false, category = false;
    buf_add_z(out, "# 由 chengguo profile 起草：");
    for (const char *c = file; *c; c++) buf_add_char(out, *c == '\n' ? ' ' : *c);
    buf_add_f(out,
              "\n# 请核对各列；没有写进来的列原样保留、不公开。\n[profile]\n"
              "name = own\ntitle = 自定义样式\nkind = %s\n",
              validate_kind_name(p->kind));
    put_needs(p, out);
    for (size_t i = 0; i < p->n; i++) {
        secrecy |= strcmp(p->column[i].path, "secrecy") == 0;
        category |= strcmp(p->column[i].path, "category") == 0;
    }
    buf_add_z(out, "[defaults]\n");
    if (record && !secrecy)
        buf_add_z(out, "# 文件没有密级一列。确认全部非密后，去掉下一行行首的 #：\n"
                       "# secrecy = 非密\n");
    if (p->kind == KIND_REGISTRATION && !category)
        buf_add_z(out, "# 文件没有成果类别一列：A 应用技术、B 基础理论、S 软科学\n"
                       "# category = A\n");
    buf_add_z(out, "[columns]\n");
    for (size_t i = 0; i < p->n; i++) {
        const struct proposed *c = &p->column[i];
        if (!c->header[0]) continue;
        if (c->ignored)
            buf_add_f(out, "ignore = %s\n", c->header);
        else if (c->path[0])
            buf_add_f(out, "%s = %s\n", c->path, c->header);
        else if (c->like[0])
            buf_add_f(out, "# 像“%s”，若是，去掉行首的 #：\n# ", c->like);
        else
            buf_add_z(out, "# 没有相近的：\n# ");
        if (!c->ignored && !c->path[0])
            buf_add_f(out, "%s = %s\n", c->like[0] ? c->like_path : "？", c->header);
    }
}
