#include "stats/cube.h"

#include "core/date.h"
#include "core/pubdata.h"
#include "core/utf8.h"
#include "stats/cube_data.h"
#include "stats/link.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#define CHINA_OFFSET_S (8 * 3600)
#define CAGR_YEARS 5 /* how far back the measures look, and the furthest any does */
#define MAX_NOTES 4
#define LINK_BYTES 65536

/* What one table is made from. */
struct job {
    const struct catalogue_row *row;
    const struct cube_options *opt;
    struct cube_data data;
    int first_data;                   /* first year with data */
    int year, count;                  /* last year shown, number of years */
    int current;                      /* the year that `now` lies in */
    int axis[CATALOGUE_MAX_DIMS + 1]; /* of table dim: -1 year, else data dim */
    size_t ndim, nmeasure;            /* table dims without "measure" */
    const struct catalogue_measure *measure[CATALOGUE_MAX_MEASURES];
    struct buf link;
};

static enum status no_memory(struct err *err) {
    return err_set(err, STATUS_NOMEM, NULL, "制表时内存不足");
}

enum status cube_parse_year(struct str text, int *out, struct err *err) {
    int year = 0;
    for (size_t i = 0; i < text.n && i < 5; i++)
        year =
            text.p[i] >= '0' && text.p[i] <= '9' ? year * 10 + (text.p[i] - '0') : 100000;
    if (text.n != 4 || year < DATE_YEAR_MIN || year > DATE_YEAR_MAX) {
        err_set(err, STATUS_INVALID, "invalid_value",
                "年度要写成 %d 到 %d 之间的四位数字，如 2025", DATE_YEAR_MIN,
                DATE_YEAR_MAX);
        err_place(err, NULL, 0, "year");
        return STATUS_INVALID;
    }
    *out = year;
    return STATUS_OK;
}

/* --- which years, which measures ------------------------------------------------------
 */

static enum status newest_before(struct db *db, const char *cube, int limit, int *out,
                                 struct err *err) {
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum status s = db_prepare(db,
                               "SELECT max(year) FROM aggregate WHERE cube = ?1"
                               " AND year <= ?2 AND records > 0",
                               &st, err);
    if (s == STATUS_OK) {
        db_bind(st, 1, str_of(cube));
        sqlite3_bind_int(st, 2, limit);
        s = db_step(db, st, &row, err);
    }
    if (s == STATUS_OK && row && sqlite3_column_int(st, 0) > 0)
        *out = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return s;
}

static enum status choose_years(struct db *db, struct job *j, struct err *err) {
    const struct cube_options *o = j->opt;
    struct catalogue_cube cube = catalogue_cube_of(j->row);
    int first = 0, last = 0;
    if (o->year && (o->year < DATE_YEAR_MIN || o->year > DATE_YEAR_MAX))
        return cube_parse_year(str_of(""), &first, err);
    if (o->years < 0 || o->years > CUBE_MAX_YEARS)
        return err_set(err, STATUS_INVALID, "invalid_value", "一张表最多 %d 年",
                       CUBE_MAX_YEARS);
    enum status s = cube_data_extent(db, cube.id, &first, &last, err);
    if (s != STATUS_OK) return s;
    if (first == 0)
        return err_set(err, STATUS_NOT_FOUND, "no_data", "还没有登记数据，不能制表");
    if (o->year && (o->year < first || o->year > last)) {
        err_set(err, STATUS_NOT_FOUND, "no_data",
                "没有 %d 年的登记数据；有数据的是 %d 到 %d 年", o->year, first, last);
        err_place(err, NULL, 0, "year");
        return STATUS_NOT_FOUND;
    }
    j->current = date_year(instant_date(o->now + CHINA_OFFSET_S));
    j->first_data = first;
    j->year = o->year ? o->year : last;
    if (!o->year && last >= j->current)
        s = newest_before(db, cube.id, j->current - 1, &j->year, err);
    int most = o->years ? o->years : j->row->years;
    int least = j->row->years_least < most ? j->row->years_least : most;
    j->count = j->year - first + 1;
    j->count = j->count > most ? most : j->count < least ? least : j->count;
    return s;
}

static enum status choose_measures(struct job *j, struct err *err) {
    const struct cube_options *o = j->opt;
    for (size_t i = 0; i < CATALOGUE_MAX_MEASURES && j->row->measures[i]; i++) {
        const char *id = j->row->measures[i];
        bool all = !o->measure && !o->measure2;
        if (all || (o->measure && strcmp(o->measure, id) == 0) ||
            (o->measure2 && strcmp(o->measure2, id) == 0))
            j->measure[j->nmeasure++] = catalogue_measure(id);
    }
    if (j->nmeasure == 0)
        return err_set(err, STATUS_INVALID, "invalid_value", "统计表 %s 没有这个指标",
                       j->row->id);
    for (size_t i = 0; i < ARRAY_LEN(j->row->dims) && j->row->dims[i]; i++) {
        j->axis[i] = -1;
        for (size_t d = 0; d < j->data.cube.ndim; d++)
            if (strcmp(j->row->dims[i], j->data.cube.dims[d]) == 0) j->axis[i] = (int)d;
        j->ndim++;
    }
    return STATUS_OK;
}

/* --- cells ----------------------------------------------------------------------------
 */

/* The values of one data dimension: the category, or all of them for the total. */
static void add_dimension(struct buf *b, const struct cube_dim *d, size_t at) {
    for (size_t i = 0; i < d->n; i++)
        if (at == d->n || at == i) link_add(b, d->field->name, d->code[i]);
}

static enum status make_link(struct job *j, const struct table *t, int year,
                             const size_t *at, const char **out, struct err *err) {
    struct buf *b = &j->link;
    char text[16];
    snprintf(text, sizeof text, "%d", year);
    buf_clear(b);
    link_begin(b);
    link_add(b, "year", str_of(text));
    bool has_category = false;
    for (size_t d = 0; d < j->data.cube.ndim && d < CATALOGUE_MAX_DIMS; d++) {
        bool category = strcmp(j->data.cube.dims[d], "category") == 0;
        has_category |= category;
        /* A total over another dimension needs no filter: every record is in it. */
        if (category || at[d] < j->data.dim[d].n)
            add_dimension(b, &j->data.dim[d], at[d]);
    }
    for (size_t i = 0; !has_category && i < codes_count(CODES_CATEGORY); i++) {
        const char *code = codes_at(CODES_CATEGORY, i);
        if (strcmp(j->row->base, "ALL") == 0 || strcmp(j->row->base, code) == 0)
            link_add(b, "category", str_of(code));
    }
    enum status s = buf_check(b, "link", err);
    if (s != STATUS_OK) return s;
    *out = talloc_strndup(t, b->p, b->n);
    return *out ? STATUS_OK : no_memory(err);
}

static void set_ratio(struct table_cell *c, int64_t num, int64_t den) {
    c->has_ratio = true;
    c->numerator = num;
    c->denominator = den;
    c->decimals = 2;
}

/* Counts of the same categories `back` years before, or NULL before the data begin. */
static const struct cube_count *before(const struct job *j, int year, int back,
                                       const size_t *at) {
    return year - back < j->first_data
               ? NULL
               : cube_data_at(&j->data, year - back, at[0], at[1]);
}

/* False where the measure does not apply. */
static bool compute(const struct job *j, const char *measure, int year, const size_t *at,
                    struct table_cell *c) {
    int64_t n = cube_data_at(&j->data, year, at[0], at[1])->records;
    if (strcmp(measure, "n") == 0) {
        c->units = n;
        return true;
    }
    if (strcmp(measure, "share") == 0) {
        int64_t all =
            cube_data_at(&j->data, year, j->data.dim[0].n, j->data.dim[1].n)->records;
        if (all == 0) return false;
        set_ratio(c, n, all);
        c->units = table_percent(n, all, 2);
        return true;
    }
    bool cagr = strcmp(measure, "cagr5") == 0;
    const struct cube_count *old = before(j, year, cagr ? CAGR_YEARS : 1, at);
    if (!old || old->records == 0) return false;
    if (cagr) {
        double root = pow((double)n / (double)old->records, 1.0 / CAGR_YEARS);
        set_ratio(c, n, old->records);
        c->units = llround((root - 1) * 10000);
    } else {
        set_ratio(c, n - old->records, old->records);
        c->units = table_percent(n - old->records, old->records, 2);
    }
    return true;
}

static enum status fill_cell(struct job *j, struct table *t, const size_t *index,
                             struct err *err) {
    struct table_cell *c = table_at(t, index);
    size_t at[CATALOGUE_MAX_DIMS] = {j->data.dim[0].n, j->data.dim[1].n};
    int year = j->year;
    for (size_t d = 0; d < j->ndim; d++) {
        if (j->axis[d] < 0)
            year = j->year - j->count + 1 + (int)index[d];
        else
            at[j->axis[d]] = index[d];
    }
    if (year < j->first_data) return STATUS_OK; /* stays "not available" */
    if (!compute(j, j->measure[index[j->ndim]]->id, year, at, c)) {
        c->status = TABLE_NOT_APPLICABLE;
        return STATUS_OK;
    }
    const struct cube_count *n = cube_data_at(&j->data, year, at[0], at[1]);
    c->status = year >= j->current ? TABLE_PROVISIONAL : TABLE_VALUE;
    c->records = n->records;
    c->visible = n->visible;
    return make_link(j, t, year, at, &c->link, err);
}

static enum status fill_cells(struct job *j, struct table *t, struct err *err) {
    size_t index[TABLE_MAX_DIMS] = {0};
    for (size_t i = 0; i < t->ncell; i++) {
        size_t rest = i;
        for (size_t d = t->ndim; d-- > 0;) {
            index[d] = rest % t->dim[d].n;
            rest /= t->dim[d].n;
        }
        enum status s = fill_cell(j, t, index, err);
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

/* --- words ----------------------------------------------------------------------------
 */

/* Copies under the table; failure is noticed at the end. */
static const char *own(const struct table *t, bool *whole, const char *z) {
    const char *copy = talloc_strdup(t, z ? z : "");
    *whole &= copy != NULL;
    return copy;
}

static void name_years(const struct job *j, struct table *t, struct table_dim *d,
                       bool *whole) {
    d->id = "year";
    d->label = "统计年度";
    for (size_t i = 0; i < d->n; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", j->year - j->count + 1 + (int)i);
        d->cat[i].code = d->cat[i].label = own(t, whole, text);
    }
}

static void name_categories(struct table *t, struct table_dim *d,
                            const struct cube_dim *from, bool *whole) {
    d->id = from->field->name;
    d->label = from->field->zh;
    for (size_t i = 0; i < from->n; i++) {
        struct str label = from->code[i];
        if (str_eq_z(label, "none"))
            label = str_of("未填");
        else if (from->field->list != CODES_NONE)
            label = codes_label_str(from->field->list, label);
        d->cat[i].code = own(t, whole, from->code[i].p);
        d->cat[i].label = talloc_strndup(t, label.p, label.n);
        *whole &= d->cat[i].label != NULL;
    }
    d->cat[from->n].code = "_T";
    d->cat[from->n].label = "合计";
}

static void name_measures(const struct job *j, struct table_dim *d) {
    d->id = "measure";
    d->label = "指标";
    for (size_t i = 0; i < d->n; i++) {
        d->cat[i].code = j->measure[i]->id;
        d->cat[i].label = j->measure[i]->label;
        d->cat[i].unit = j->measure[i]->unit;
    }
}

/* Do the printed shares of a year fail to add up to 100.00? */
static bool shares_are_off(const struct job *j, const struct table *t) {
    size_t m = table_find_category(&t->dim[t->ndim - 1], "share");
    if (m == SIZE_MAX || j->data.cube.ndim != 1 || j->ndim != 2 || j->axis[1] >= 0)
        return false;
    for (size_t y = 0; y < t->dim[1].n; y++) {
        int64_t sum = 0;
        for (size_t i = 0; i < j->data.dim[0].n; i++)
            sum += table_at(t, (size_t[]){i, y, m})->units;
        if (sum != 0 && sum != 10000) return true;
    }
    return false;
}

static void write_notes(const struct job *j, struct table *t, bool *whole) {
    t->notes = talloc_zero_array(t, const char *, MAX_NOTES);
    if (!t->notes) {
        *whole = false;
        return;
    }
    bool hidden = false;
    for (size_t i = 0; i < t->ncell; i++)
        hidden |= t->cell[i].visible < t->cell[i].records;
    if (hidden && j->opt->audience == AUDIENCE_PUBLIC)
        t->notes[t->nnotes++] =
            "成果数包括暂不公开的成果；链接列出其中可查的成果，所以可能少于表中的数。";
    if (shares_are_off(j, t))
        t->notes[t->nnotes++] =
            "构成由未四舍五入的数计算，各项印出的数相加可能不等于 100.00。";
    if (j->data.without_year > 0) {
        char text[160];
        snprintf(text, sizeof text, "另有 %" PRId64 " 项没有统计年度，不在任何一年内。",
                 j->data.without_year);
        t->notes[t->nnotes++] = own(t, whole, text);
    }
    if (strcmp(j->row->breaks, "无") != 0) t->notes[t->nnotes++] = j->row->breaks;
}

static enum status describe(struct db *db, const struct job *j, struct table *t,
                            struct err *err) {
    const struct cube_options *o = j->opt;
    char as_of[INSTANT_TEXT] = "";
    int64_t revision = o->revision;
    if (!o->as_of) {
        enum status s = pubdata_revision(db, &revision, as_of, err);
        if (s != STATUS_OK) return s;
    }
    bool whole = true;
    t->id = j->row->id;
    t->title = j->row->title;
    t->measure = j->row->measure;
    t->unit = j->row->unit;
    t->base = j->row->base;
    t->base_label = j->row->base_label;
    t->definition = j->row->definition;
    t->place = own(t, &whole, o->place);
    t->source = own(t, &whole, o->source);
    t->edition = "live";
    t->revision = revision;
    t->as_of = own(t, &whole, o->as_of ? o->as_of : as_of);
    for (size_t d = 0; d < j->ndim; d++) {
        if (j->axis[d] < 0)
            name_years(j, t, &t->dim[d], &whole);
        else
            name_categories(t, &t->dim[d], &j->data.dim[j->axis[d]], &whole);
    }
    name_measures(j, &t->dim[j->ndim]);
    write_notes(j, t, &whole);
    return whole ? STATUS_OK : no_memory(err);
}

/* --- the whole ------------------------------------------------------------------------
 */

static enum status build(struct db *db, struct job *j, void *scratch, struct table **out,
                         struct err *err) {
    enum status s = choose_years(db, j, err);
    if (s != STATUS_OK) return s;
    struct catalogue_cube cube = catalogue_cube_of(j->row);
    int shown = j->year - j->count + 1;
    s = cube_data_load(db, &cube, shown - CAGR_YEARS, j->count + CAGR_YEARS, shown,
                       CUBE_WHOLE_LIST, scratch, &j->data, err);
    if (s == STATUS_OK) s = choose_measures(j, err);
    if (s != STATUS_OK) return s;
    size_t size[TABLE_MAX_DIMS];
    for (size_t d = 0; d < j->ndim; d++)
        size[d] = j->axis[d] < 0 ? (size_t)j->count : j->data.dim[j->axis[d]].n + 1;
    size[j->ndim] = j->nmeasure;
    s = table_new(scratch, j->ndim + 1, size, out, err);
    if (s == STATUS_OK) s = fill_cells(j, *out, err);
    if (s == STATUS_OK) s = describe(db, j, *out, err);
    return s;
}

enum status cube_table(struct db *db, const struct catalogue_row *row,
                       const struct cube_options *options, void *ctx, struct table **out,
                       struct err *err) {
    if (options->edition && strcmp(options->edition, "live") != 0) {
        err_set(err, STATUS_NOT_FOUND, "unknown_edition",
                "没有版本 %.*s；现有的版本只有 live",
                (int)utf8_clip(str_of(options->edition), 60), options->edition);
        err_place(err, NULL, 0, "edition");
        return STATUS_NOT_FOUND;
    }
    void *scratch = talloc_new(NULL);
    if (!scratch) return no_memory(err);
    struct job j = {.row = row, .opt = options, .link = buf_init(LINK_BYTES)};
    struct table *t = NULL;
    /* One revision for all of the table's queries. */
    bool alone = sqlite3_get_autocommit(db->h) != 0;
    enum status s = alone ? db_exec(db, "BEGIN", err) : STATUS_OK;
    if (s == STATUS_OK) {
        s = build(db, &j, scratch, &t, err);
        if (alone) sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
    }
    if (s == STATUS_OK) *out = talloc_steal(ctx, t);
    buf_done(&j.link);
    talloc_free(scratch);
    return s;
}
