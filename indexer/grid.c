#include "indexer/grid.h"

#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define SAVED_BYTES ((size_t)16 << 20) /* rows kept while the header is looked for */
#define GRID_CELLS 3                   /* filled cells that make a row of a table */

/* A row kept in memory. */
struct saved {
    struct sheet_row row;
    struct sheet_cell *cell;
    char *bytes;
};

enum phase { LOOKING, REPLAY, DATA, TEXT_SHEET };

struct grid {
    struct sheet *sheet;
    const struct profile_set *profiles;
    bool chosen;
    char path[160];
    struct map_scratch *scratch;
    struct buf out;
    struct grid_map *map[GRID_MAX_SHEETS]; /* one a sheet with a header */
    size_t nmaps;
    char *sheets[GRID_MAX_SHEETS]; /* names seen */
    size_t nsheets;
    const char *now; /* name of the sheet at hand */
    enum phase phase;
    const char *passed; /* why the sheet at hand is passed over */
    struct saved *saved;
    size_t nsaved, at, first_header, after_header; /* replay: lines of the header */
    size_t saved_bytes;
    struct saved ahead; /* the first row of the next sheet */
    bool have_ahead, eof, any_row;
    int64_t hidden_rows, serials;
    struct buf names;
};

/* ---------------------------------------------------------------------------- saved rows
 */

static void saved_done(struct saved *s) {
    free(s->cell);
    free(s->bytes);
    *s = (struct saved){.cell = NULL};
}

static bool save(struct saved *out, const struct sheet_row *row) {
    size_t bytes = row->raw.n;
    for (size_t i = 0; i < row->n; i++) bytes += row->cell[i].text.n;
    *out = (struct saved){.row = *row};
    out->cell = calloc(row->n + 1, sizeof *out->cell);
    out->bytes = malloc(bytes + 1);
    if (!out->cell || !out->bytes) {
        saved_done(out);
        return false;
    }
    char *p = out->bytes;
    for (size_t i = 0; i < row->n; i++) {
        out->cell[i] = row->cell[i];
        if (row->cell[i].text.n) memcpy(p, row->cell[i].text.p, row->cell[i].text.n);
        out->cell[i].text.p = p;
        p += row->cell[i].text.n;
    }
    if (row->raw.n) memcpy(p, row->raw.p, row->raw.n);
    out->row.raw.p = p;
    out->row.cell = out->cell;
    return true;
}

static enum status nomem(struct err *err) {
    err_set(err, STATUS_NOMEM, NULL, "内存不足");
    return STATUS_NOMEM;
}

/* Keeps the name for as long as the table lives. */
static enum status intern(struct grid *t, const char *name, const char **out,
                          struct err *err) {
    *out = NULL;
    if (!name) return STATUS_OK;
    for (size_t i = 0; i < t->nsheets; i++)
        if (strcmp(t->sheets[i], name) == 0) return *out = t->sheets[i], STATUS_OK;
    if (t->nsheets == GRID_MAX_SHEETS)
        return err_set(err, STATUS_LIMIT, "limit", "工作表超过 %d 张", GRID_MAX_SHEETS);
    char *copy = strdup(name);
    if (!copy) return nomem(err);
    *out = t->sheets[t->nsheets++] = copy;
    return STATUS_OK;
}

/* ------------------------------------------------------------------ looking for a header
 */

struct candidate {
    const struct profile *p;
    const struct profile *rival; /* as good as p */
    size_t known;
    size_t first, n; /* lines of the header */
};

static enum status headers_of(const struct grid *t, size_t first, size_t n,
                              struct grid_header **out, size_t *columns,
                              struct err *err) {
    struct grid_header *h = calloc(SHEET_MAX_COLUMNS + 1, sizeof *h);
    if (!h) return nomem(err);
    *columns = 0;
    for (size_t i = first; i < first + n; i++)
        grid_header_join(h, columns, &t->saved[i].row);
    *out = h;
    return STATUS_OK;
}

static bool wants_sheet(const struct profile *p, const char *sheet) {
    if (!p->sheets || !sheet) return true;
    size_t n = strlen(sheet);
    for (const char *at = p->sheets; (at = strstr(at, sheet)) != NULL; at++) {
        char before = at == p->sheets ? '|' : at[-1], after = at[n];
        if ((before == '|' || before == ' ') && (after == '|' || after == ' ' || !after))
            return true;
    }
    return false;
}

/* Compares the lines [first, first + n) as a header with every profile. */
static enum status try_lines(struct grid *t, size_t first, size_t n,
                             struct candidate *best, struct err *err) {
    struct grid_header *h = NULL;
    size_t columns = 0, known = 0;
    enum status s = headers_of(t, first, n, &h, &columns, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < t->profiles->n; i++) {
        const struct profile *p = t->profiles->p[i];
        if ((p->header_lines && (size_t)p->header_lines != n) ||
            (!p->header_lines && n > 2) || !wants_sheet(p, t->now) ||
            !grid_header_fits(p, h, columns, &known))
            continue;
        bool better = !best->p || known > best->known ||
                      (known == best->known && p->nneeds > best->p->nneeds);
        bool same = best->p && known == best->known && p != best->p &&
                    p->nneeds == best->p->nneeds && best->first == first && best->n == n;
        if (better)
            *best = (struct candidate){p, NULL, known, first, n};
        else if (same)
            best->rival = p;
    }
    free(h);
    return STATUS_OK;
}

/* A cell that reaches from the line above into this one: the header goes on. */
static bool reaches_down(const struct saved *above, const struct saved *below) {
    for (size_t i = 0; i < above->row.n && i < below->row.n; i++)
        if (below->cell[i].merged && below->cell[i].text.n &&
            str_eq(above->cell[i].text, below->cell[i].text) &&
            (i == 0 || !str_eq(below->cell[i].text, below->cell[i - 1].text)))
            return true;
    return false;
}

/* The header that ends in the newest saved line, if any. */
static enum status try_newest(struct grid *t, struct candidate *best, struct err *err) {
    size_t last = t->nsaved;
    enum status s = STATUS_OK;
    *best = (struct candidate){.p = NULL};
    for (size_t n = 1; n <= PROFILE_MAX_LINES && n <= last && s == STATUS_OK; n++)
        s = try_lines(t, last - n, n, best, err);
    return s;
}

static void clear_saved(struct grid *t) {
    for (size_t i = 0; i < t->nsaved; i++) saved_done(&t->saved[i]);
    t->nsaved = t->at = t->first_header = t->after_header = t->saved_bytes = 0;
}

static enum status push(struct grid *t, struct saved *s, struct err *err) {
    if (!t->saved && !(t->saved = calloc(GRID_MAX_ABOVE + 2, sizeof *t->saved))) {
        saved_done(s);
        return nomem(err);
    }
    for (size_t i = 0; i < s->row.n; i++) t->saved_bytes += s->cell[i].text.n;
    t->saved[t->nsaved++] = *s;
    *s = (struct saved){.cell = NULL};
    return STATUS_OK;
}

/* The next row of this sheet, kept; *got = false at its end. */
static enum status pull(struct grid *t, bool *got, struct err *err) {
    struct saved s = {.cell = NULL};
    const char *name = NULL;
    enum status st = STATUS_OK;
    *got = false;
    if (t->have_ahead) {
        s = t->ahead;
        t->have_ahead = false;
    } else if (!t->eof) {
        struct sheet_row row;
        bool more = false;
        st = sheet_next(t->sheet, &row, &more, err);
        if (st != STATUS_OK) return st;
        t->eof = !more;
        if (more && !save(&s, &row)) return nomem(err);
    }
    if (!s.cell) return STATUS_OK;
    st = intern(t, s.row.sheet, &name, err);
    if (st != STATUS_OK) {
        saved_done(&s);
        return st;
    }
    s.row.sheet = name;
    if (t->nsaved == 0) t->now = name;
    if (name != t->now) {
        t->ahead = s;
        t->have_ahead = true;
        return STATUS_OK;
    }
    *got = true;
    return push(t, &s, err);
}

/* ------------------------------------------------------------------- refusing a sheet */

static size_t filled(const struct sheet_row *row) {
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) n += value_trim(row->cell[i].text).n > 0;
    return n;
}

/* The line that most resembles a header: the first with most filled cells. */
static size_t likely_header(const struct grid *t) {
    size_t best = 0;
    for (size_t i = 1; i < t->nsaved; i++)
        if (filled(&t->saved[i].row) > filled(&t->saved[best].row)) best = i;
    return best;
}

static enum status refuse_sheet(const struct grid *t, struct err *err) {
    struct grid_header *h = NULL;
    size_t n = 0, line = likely_header(t);
    enum status s = headers_of(t, line, 1, &h, &n, err);
    if (s != STATUS_OK) return s;
    bool quiet = false;
    for (size_t i = 0; i < t->nsaved && !quiet; i++)
        quiet = grid_shows_secrecy(&t->saved[i].row);
    s = grid_refuse(t->profiles, t->chosen, t->now, h, n, quiet, err);
    err_place(err, t->path, (long)t->saved[line].row.row, NULL);
    free(h);
    return s;
}

/* Without a header: is it a table that nobody knows, or a page of text? */
static enum status without_header(struct grid *t, struct err *err) {
    size_t rows = 0, words = 0;
    bool wanted = false;
    for (size_t i = 0; i < t->nsaved; i++) {
        size_t n = filled(&t->saved[i].row);
        rows += n >= GRID_CELLS;
        words += n > 0;
        t->any_row |= n > 0;
    }
    for (size_t i = 0; i < t->profiles->n; i++)
        wanted |= wants_sheet(t->profiles->p[i], t->now);
    t->phase = TEXT_SHEET;
    t->passed = wanted ? "这张工作表没有表头，不是数据表" : "样式不读这张工作表";
    if (!t->now) t->passed = "没有表头的文字";
    /* A file without sheets is its one table. */
    return wanted && (rows >= 2 || (!t->now && words > 0)) ? refuse_sheet(t, err)
                                                           : STATUS_OK;
}

/* --------------------------------------------------------------------- a header is found
 */

/* "推荐单位：某局", or the label in one cell and its value in the next. */
static bool above_value(const struct profile_name *name, const struct sheet_row *row,
                        size_t i, struct str *out) {
    char norm[PROFILE_HEADER];
    struct str s = value_trim(row->cell[i].text);
    const char *p = s.p, *end = s.p + s.n;
    while (p < end && *p != ':' &&
           !str_starts(str_slice(p, (size_t)(end - p)), str_of("："))) {
        uint32_t cp;
        p = utf8_next(p, end, &cp);
    }
    profile_norm(str_slice(s.p, (size_t)(p - s.p)), true, norm, NULL);
    if (s.n == 0 || strcmp(norm, name->norm) != 0) return false;
    if (p < end) p += *p == ':' ? 1 : 3;
    *out = value_trim(str_slice(p, (size_t)(end - p)));
    for (size_t k = i + 1; k < row->n && out->n == 0; k++) {
        *out = value_trim(row->cell[k].text);
        if (str_eq(*out, s)) out->n = 0; /* the label, merged */
    }
    return out->n > 0;
}

static enum status read_above(const struct grid *t, const struct candidate *c,
                              struct map_above *out, size_t *n, size_t max,
                              struct err *err) {
    *n = 0;
    for (size_t k = 0; k < c->p->nnames; k++) {
        const struct profile_name *name = &c->p->names[k];
        bool found = !name->above;
        for (size_t i = 0; i < *n; i++) found |= out[i].target == name->target;
        for (size_t r = 0; r < c->first && !found; r++)
            for (size_t i = 0; i < t->saved[r].row.n && !found; i++) {
                struct str v;
                if (!above_value(name, &t->saved[r].row, i, &v) || *n == max) continue;
                found = true;
                out[*n].target = name->target;
                out[*n].text = str_dup(str_slice(v.p, utf8_clip(v, 600)));
                if (!out[(*n)++].text) return nomem(err);
            }
    }
    return STATUS_OK;
}

/* The marking is not quoted: what stands around it is classified. */
static enum status refuse_marked(const struct grid *t, int64_t row, struct err *err) {
    err_set(err, STATUS_INVALID, "E_CLASSIFIED",
            "标题、表头、说明或工作表名中有密级标志，整个文件没有导入，未保存任何内容；"
            "请核实定密，确属非密的去掉标志后再导入");
    err_place(err, t->path, (long)row, NULL);
    return STATUS_INVALID;
}

static enum status use_header(struct grid *t, const struct candidate *c,
                              struct err *err) {
    struct map_above above[16];
    struct grid_header *h = NULL;
    size_t columns = 0, nabove = 0;
    for (size_t i = 0; i < c->first + c->n; i++)
        if (grid_is_marked(&t->saved[i].row) ||
            (t->now && validate_marking(str_of(t->now), NULL)))
            return refuse_marked(t, t->saved[i].row.row, err);
    if (c->rival) {
        err_set(err, STATUS_INVALID, "E_PROFILE",
                "表头与样式 %s 和 %s 同样相符，请用 --profile 指明", c->p->name,
                c->rival->name);
        err_place(err, t->path, (long)t->saved[c->first].row.row, NULL);
        return STATUS_INVALID;
    }
    enum status s = read_above(t, c, above, &nabove, ARRAY_LEN(above), err);
    if (s == STATUS_OK) s = headers_of(t, c->first, c->n, &h, &columns, err);
    if (s != STATUS_OK) {
        for (size_t i = 0; i < nabove; i++) free(above[i].text);
        return s;
    }
    struct grid_header *fit = realloc(h, (columns + 1) * sizeof *h);
    if (fit) h = fit;
    s = grid_map_new(c->p, t->now, h, columns, above, nabove, &t->map[t->nmaps], err);
    if (s != STATUS_OK) {
        err_place(err, t->path, (long)t->saved[c->first].row.row, NULL);
        return s;
    }
    if (!strstr(buf_z(&t->names), c->p->name))
        buf_add_f(&t->names, "%s%s", t->names.n ? "、" : "", c->p->name);
    t->nmaps++;
    t->first_header = c->first;
    t->after_header = c->first + c->n;
    t->phase = REPLAY;
    return STATUS_OK;
}

/* Reads the beginning of the next sheet: its header, or the finding that it has none. */
static enum status look(struct grid *t, struct err *err) {
    struct candidate best = {.p = NULL}, next;
    bool got = true;
    enum status s = STATUS_OK;
    clear_saved(t);
    t->now = NULL;
    while (s == STATUS_OK && !best.p && t->nsaved < GRID_MAX_ABOVE &&
           t->saved_bytes < SAVED_BYTES) {
        s = pull(t, &got, err);
        if (s != STATUS_OK || !got) break;
        s = try_newest(t, &best, err);
    }
    /* A second line may say more, or be part of merged cells. */
    if (s == STATUS_OK && best.p && got) {
        s = pull(t, &got, err);
        if (s == STATUS_OK && got) {
            s = try_newest(t, &next, err);
            bool down = reaches_down(&t->saved[t->nsaved - 2], &t->saved[t->nsaved - 1]);
            if (s == STATUS_OK && next.p && next.n > best.n && next.first <= best.first &&
                (next.known > best.known || (down && next.p == best.p)))
                best = next;
        }
    }
    if (s != STATUS_OK) return s;
    if (best.p && t->nmaps == GRID_MAX_SHEETS)
        return err_set(err, STATUS_LIMIT, "limit", "工作表超过 %d 张", GRID_MAX_SHEETS);
    return best.p ? use_header(t, &best, err) : without_header(t, err);
}

/* ------------------------------------------------------------------------------- rows */

static void fill(struct grid *t, const struct sheet_row *row, const char *ignored,
                 struct grid_row *out) {
    *out = (struct grid_row){.sheet = t->now, .ignored = ignored, .row = row->row};
    memcpy(out->hash, row->hash, sizeof out->hash);
    t->hidden_rows += row->hidden && !(ignored && strcmp(ignored, "空行") == 0);
}

static enum status data_row(struct grid *t, const struct sheet_row *row,
                            struct grid_row *out, struct err *err) {
    const struct grid_map *m = t->map[t->nmaps - 1];
    fill(t, row, row->fault == SHEET_FINE ? grid_judge(m, row) : NULL, out);
    out->map = m;
    if (out->ignored)
        return grid_is_marked(row) ? refuse_marked(t, row->row, err) : STATUS_OK;
    out->fault = row->fault;
    out->fault_at = row->fault_at;
    out->doubtful = row->doubtful;
    if (grid_map_write(m, t->scratch, row, &t->out) & VALUE_SERIAL) t->serials++;
    if (t->out.failed && out->fault == SHEET_FINE) out->fault = SHEET_TOO_LONG;
    out->text = t->out.failed ? str_slice("", 0) : buf_str(&t->out);
    if (out->fault == SHEET_FINE) return STATUS_OK;
    out->open = grid_map_is_open(m, row) && !validate_marking(out->text, NULL);
    if (row->raw.n) out->text = row->raw;
    return STATUS_OK;
}

static const char *above_reason(const struct grid *t, size_t i) {
    if (filled(&t->saved[i].row) == 0) return "空行";
    if (t->phase == TEXT_SHEET) return t->passed;
    return i < t->first_header ? "表头以上的标题行" : "表头";
}

/* The next of the rows that were kept. */
static enum status replay(struct grid *t, struct grid_row *out, struct err *err) {
    enum status s = STATUS_OK;
    const struct sheet_row *row = &t->saved[t->at].row;
    if (t->phase == REPLAY && t->at >= t->after_header)
        s = data_row(t, row, out, err);
    else
        fill(t, row, above_reason(t, t->at), out);
    t->at++;
    return s;
}

/* A row that comes right from the sheet; *sheet_ended: it belongs to the next one and was
 * kept. */
static enum status stream(struct grid *t, struct grid_row *out, bool *sheet_ended,
                          struct err *err) {
    struct sheet_row row;
    bool more = false;
    *sheet_ended = true;
    if (t->eof || t->have_ahead) return STATUS_OK;
    enum status s = sheet_next(t->sheet, &row, &more, err);
    if (s != STATUS_OK) return s;
    t->eof = !more;
    if (!more) return STATUS_OK;
    bool same =
        row.sheet == NULL ? t->now == NULL : t->now && strcmp(row.sheet, t->now) == 0;
    if (!same) {
        const char *name = NULL;
        s = intern(t, row.sheet, &name, err);
        if (s != STATUS_OK) return s;
        row.sheet = name;
        if (!save(&t->ahead, &row)) return nomem(err);
        t->have_ahead = true;
        return STATUS_OK;
    }
    *sheet_ended = false;
    if (t->phase == DATA) return data_row(t, &row, out, err);
    fill(t, &row, filled(&row) ? t->passed : "空行", out);
    return STATUS_OK;
}

enum status grid_next(struct grid *t, struct grid_row *row, bool *more, struct err *err) {
    for (;;) {
        *more = true;
        if (t->at < t->nsaved) return replay(t, row, err);
        if (t->phase == REPLAY) {
            clear_saved(t);
            t->phase = DATA;
        }
        bool ended = true;
        enum status s = stream(t, row, &ended, err);
        if (s != STATUS_OK || !ended) return s;
        if (t->eof && !t->have_ahead) {
            *more = false;
            return STATUS_OK;
        }
        s = look(t, err);
        if (s != STATUS_OK) return s;
    }
}

/* --------------------------------------------------------------------- opening, notes */

enum status grid_open(struct sheet *sheet, const struct profile_set *profiles,
                      bool chosen, const char *path, struct grid **out, struct err *err) {
    struct grid *t = calloc(1, sizeof *t);
    if (!t) {
        sheet_close(sheet);
        return nomem(err);
    }
    t->sheet = sheet;
    t->profiles = profiles;
    t->chosen = chosen;
    t->out = buf_init(GRID_ROW_BYTES);
    t->names = buf_init(0);
    memcpy(t->path, path, utf8_clip(str_of(path), sizeof t->path - 1));
    t->scratch = map_scratch_new();
    enum status s = t->scratch ? look(t, err) : nomem(err);
    if (s != STATUS_OK) {
        grid_close(t);
        return s;
    }
    *out = t;
    return STATUS_OK;
}

void grid_close(struct grid *t) {
    if (!t) return;
    clear_saved(t);
    if (t->have_ahead) saved_done(&t->ahead);
    free(t->saved);
    for (size_t i = 0; i < t->nmaps; i++) grid_map_free(t->map[i]);
    for (size_t i = 0; i < t->nsheets; i++) free(t->sheets[i]);
    map_scratch_free(t->scratch);
    buf_done(&t->out);
    buf_done(&t->names);
    sheet_close(t->sheet);
    free(t);
}

int64_t grid_at(const struct grid *t) {
    return sheet_at(t->sheet);
}

const char *grid_profiles(struct grid *t) {
    return buf_z(&t->names);
}

size_t grid_notes(struct grid *t, char out[GRID_MAX_NOTES][GRID_NOTE]) {
    size_t n = 0, columns = 0, unknown = 0;
    for (size_t i = 0; i < t->nmaps; i++) {
        columns += t->map[i]->hidden;
        unknown += t->map[i]->unknown;
    }
    if (t->hidden_rows)
        snprintf(out[n++], GRID_NOTE, "隐藏的行（含隐藏工作表中的）%lld 行，已照常读入",
                 (long long)t->hidden_rows);
    if (columns) snprintf(out[n++], GRID_NOTE, "隐藏的列 %zu 列，已照常读入", columns);
    if (unknown)
        snprintf(out[n++], GRID_NOTE, "样式不认识的列 %zu 列，内容已保留、不公开",
                 unknown);
    if (t->serials)
        snprintf(out[n++], GRID_NOTE,
                 "%lld 行的日期是 Excel 序列号，按样式的日期系统读取",
                 (long long)t->serials);
    return n;
}
