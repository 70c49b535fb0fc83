#include "indexer/units_edit.h"

#include "core/uscc.h"
#include "core/utf8.h"
#include "indexer/decide_identity.h"
#include "indexer/units_store.h"

#include <stdlib.h>

#define MAX_NUMBER_DIGITS 12

/* A statement of its own, run once. Values: integers, then texts. */
static enum status run_once(struct registry_batch *b, const char *sql, const int64_t *n,
                            size_t nn, const struct str *t, size_t nt, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(&b->r->db, sql, &q, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < nn; i++) sqlite3_bind_int64(q, (int)i + 1, n[i]);
    for (size_t i = 0; i < nt; i++)
        db_bind(q, (int)(nn + i) + 1, t[i].p ? t[i] : str_of(""));
    s = db_run(&b->r->db, q, err);
    sqlite3_finalize(q);
    return s;
}

/* ---- naming a unit ----------------------------------------------------------------- */

struct found {
    int64_t unit, root;
    bool several;    /* joined units */
    char codes[200]; /* of those, for the message */
};

/* Rows that the query gives: id, merged_into, uscc. */
static enum status find_rows(struct registry *r, const char *sql, struct str what,
                             struct found *out, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(&r->db, sql, &q, err);
    if (s != STATUS_OK) return s;
    struct found f = {0};
    bool row = false;
    db_bind(q, 1, what);
    while ((s = db_step(&r->db, q, &row, err)) == STATUS_OK && row) {
        int64_t root = sqlite3_column_int64(q, 1);
        size_t n = strlen(f.codes);
        struct str code = db_column(q, 2);
        if (f.unit && root != f.root) f.several = true;
        snprintf(f.codes + n, sizeof f.codes - n, "%s%.*s", n ? "、" : "", (int)code.n,
                 code.n ? code.p : "");
        if (!f.unit) f.unit = sqlite3_column_int64(q, 0), f.root = root;
    }
    sqlite3_finalize(q);
    if (s == STATUS_OK) *out = f;
    return s;
}

static bool is_number(struct str s) {
    if (s.n == 0 || s.n > MAX_NUMBER_DIGITS) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

enum status units_find(struct registry *r, struct str id, int64_t *unit,
                       struct err *err) {
    struct buf norm = buf_init(0);
    struct found f = {0};
    struct str what = str_trim(id);
    enum status s = STATUS_OK;
    if (is_number(what))
        s = find_rows(r, "SELECT id, merged_into, uscc FROM unit WHERE id = ?1 + 0", what,
                      &f, err);
    else if (uscc_is_valid(what))
        s = find_rows(
            r, "SELECT id, merged_into, uscc FROM unit WHERE uscc = ?1 ORDER BY id", what,
            &f, err);
    if (s == STATUS_OK && !f.unit) {
        s = identity_unit_name(what, &norm, err);
        what = str_slice(buf_z(&norm), norm.n);
        /* The row without code is the name itself. */
        if (s == STATUS_OK)
            s = find_rows(r,
                          "SELECT id, merged_into, uscc FROM unit WHERE norm = ?1"
                          " AND uscc = ''",
                          what, &f, err);
        if (s == STATUS_OK && !f.unit)
            s = find_rows(r,
                          "SELECT id, merged_into, uscc FROM unit WHERE norm = ?1"
                          " ORDER BY uscc",
                          what, &f, err);
    }
    buf_done(&norm);
    if (s != STATUS_OK) return s;
    int shown = (int)utf8_clip(id, 120);
    if (!f.unit)
        return err_set(
            err, STATUS_NOT_FOUND, NULL,
            "单位登记中没有 %.*s；可以给编号、信用代码或名称，见 chengguo unit list",
            shown, id.n ? id.p : "");
    if (f.several)
        return err_set(
            err, STATUS_CONFLICT, NULL,
            "%.*s 在单位登记中不止一个单位（%s）；请给编号或其中一个的名称，见 chengguo "
            "unit list",
            shown, id.p, f.codes);
    *unit = f.unit;
    return STATUS_OK;
}

/* ---- steps --------------------------------------------------------------------------
 */

static enum status root_of(struct registry_batch *b, int64_t unit, int64_t *root,
                           struct err *err) {
    struct units_list joined = {0};
    enum status s = units_joined(b->r->units, unit, &joined, err);
    if (s == STATUS_OK) *root = joined.v[0];
    free(joined.v);
    return s;
}

static enum status touch(struct registry_batch *b, int64_t unit, struct err *err) {
    b->changed = true;
    return units_list_add(&b->r->units->dirty, unit, err);
}

static enum status add_merge(struct registry_batch *b, int64_t unit, int64_t into,
                             const char *reason, const char *actor, int64_t *merge,
                             struct err *err) {
    int64_t n[] = {unit, into, b->now};
    struct str t[] = {str_of(reason), str_of(actor)};
    enum status s = run_once(b,
                             "INSERT INTO unit_merge(unit, into_unit, at, reason, actor)"
                             " VALUES(?1, ?2, ?3, ?4, ?5)",
                             n, 3, t, 2, err);
    *merge = sqlite3_last_insert_rowid(b->r->db.h);
    if (s == STATUS_OK) s = touch(b, unit, err);
    return s == STATUS_OK ? touch(b, into, err) : s;
}

static enum status add_name(struct registry_batch *b, int64_t unit, struct str name,
                            const char *origin, int64_t from, int64_t to, int64_t merge,
                            struct err *err) {
    int64_t n[] = {unit, from, to, merge};
    struct str t[] = {name, str_of(origin)};
    enum status s = run_once(b,
                             "UPDATE unit_name SET valid_from = ?2, valid_to = ?3"
                             " WHERE unit = ?1 AND name = ?5 AND origin = ?6"
                             " AND merge >= ?4",
                             n, 4, t, 2, err);
    if (s == STATUS_OK && sqlite3_changes(b->r->db.h) == 0)
        s = run_once(b,
                     "INSERT INTO unit_name(unit, valid_from, valid_to, merge, name,"
                     " origin) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                     n, 4, t, 2, err);
    return s == STATUS_OK ? touch(b, unit, err) : s;
}

/* Row of a name with a code or none, made when missing, with its automatic merges. */
static enum status row_for(struct registry_batch *b, struct str name, struct str uscc,
                           int64_t *unit, struct err *err) {
    struct buf norm = buf_init(0);
    enum status s = identity_unit_name(name, &norm, err);
    struct str what = str_slice(buf_z(&norm), norm.n);
    if (s == STATUS_OK && !what.n)
        s = err_set(err, STATUS_INVALID, NULL, "单位名称是空的");
    if (s == STATUS_OK && name.n > UNITS_NAME_BYTES)
        s = err_set(err, STATUS_LIMIT, NULL, "单位名称超过 %d 字节", UNITS_NAME_BYTES);
    if (s == STATUS_OK) s = units_row_make(b->r->units, what, uscc, unit, err);
    if (s == STATUS_OK) s = units_auto_code(b, uscc, err);
    if (s == STATUS_OK) s = units_auto_name(b, what, err);
    buf_done(&norm);
    return s;
}

/* The automatic merges of rows whose merges changed. */
static enum status auto_again(struct registry_batch *b, const int64_t *unit, size_t n,
                              struct err *err) {
    struct buf norm = buf_init(0), uscc = buf_init(0);
    enum status s = STATUS_OK;
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        sqlite3_stmt *q = units_sql(b->r->units, UQ_MEMBER, err);
        bool row = false;
        if (!q) s = STATUS_INTERNAL;
        if (s == STATUS_OK) sqlite3_bind_int64(q, 1, unit[i]);
        if (s == STATUS_OK) s = db_step(&b->r->db, q, &row, err);
        buf_clear(&norm);
        buf_clear(&uscc);
        if (s == STATUS_OK && row) {
            buf_add_str(&norm, db_column(q, 0));
            buf_add_str(&uscc, db_column(q, 1));
            s = buf_check(&norm, "单位名称", err);
        }
        if (q) sqlite3_reset(q);
        if (s != STATUS_OK || !row) continue;
        s = units_auto_code(b, str_slice(buf_z(&uscc), uscc.n), err);
        if (s == STATUS_OK) s = units_auto_name(b, str_slice(buf_z(&norm), norm.n), err);
    }
    buf_done(&norm);
    buf_done(&uscc);
    return s;
}

/* Is the row already joined with others, and not with `own`? */
static enum status belongs_elsewhere(struct registry_batch *b, int64_t row, int64_t own,
                                     bool *yes, struct err *err) {
    struct units_list joined = {0};
    int64_t root = 0;
    enum status s = root_of(b, own, &root, err);
    if (s == STATUS_OK) s = units_joined(b->r->units, row, &joined, err);
    if (s == STATUS_OK) *yes = joined.v[0] != root && joined.n > 1;
    free(joined.v);
    return s;
}

static enum status name_of(struct registry_batch *b, int64_t unit, struct unit_view *v,
                           struct units_list *joined, struct err *err) {
    enum status s = units_joined(b->r->units, unit, joined, err);
    return s == STATUS_OK ? units_work_out(b->r->units, joined, v, err) : s;
}

/* The row of a joined unit that has the name by which it counts. */
static enum status row_of_name(struct registry_batch *b, const struct units_list *joined,
                               const char *name, int64_t *row, struct err *err) {
    struct buf norm = buf_init(0);
    enum status s = identity_unit_name(str_of(name), &norm, err);
    *row = joined->v[0];
    for (size_t i = 0; i < joined->n && s == STATUS_OK; i++) {
        sqlite3_stmt *q = units_sql(b->r->units, UQ_MEMBER, err);
        bool there = false;
        if (!q) s = STATUS_INTERNAL;
        if (s == STATUS_OK) sqlite3_bind_int64(q, 1, joined->v[i]);
        if (s == STATUS_OK) s = db_step(&b->r->db, q, &there, err);
        bool hit = s == STATUS_OK && there && str_eq(db_column(q, 0), buf_str(&norm));
        if (q) sqlite3_reset(q);
        if (hit) {
            *row = joined->v[i];
            break;
        }
    }
    buf_done(&norm);
    return s;
}

/* ---- what a person says ------------------------------------------------------------ */

enum status units_merge(struct registry_batch *b, int64_t unit, int64_t into,
                        const char *actor, struct err *err) {
    int64_t mine = 0, theirs = 0, merge = 0;
    enum status s = root_of(b, unit, &mine, err);
    if (s == STATUS_OK) s = root_of(b, into, &theirs, err);
    if (s == STATUS_OK && mine == theirs)
        s = err_set(err, STATUS_CONFLICT, NULL, "两者已经是同一个单位，不必再合并");
    return s == STATUS_OK ? add_merge(b, unit, into, "merge", actor, &merge, err) : s;
}

enum status units_unmerge(struct registry_batch *b, int64_t merge, const char *actor,
                          struct err *err) {
    sqlite3_stmt *q = NULL;
    bool row = false, gone = false;
    enum status s = db_prepare(
        &b->r->db, "SELECT unit, into_unit, undone_at FROM unit_merge WHERE id = ?1", &q,
        err);
    if (s != STATUS_OK) return s;
    sqlite3_bind_int64(q, 1, merge);
    s = db_step(&b->r->db, q, &row, err);
    int64_t end[2] = {row ? sqlite3_column_int64(q, 0) : 0,
                      row ? sqlite3_column_int64(q, 1) : 0};
    bool undone = row && sqlite3_column_int64(q, 2) > 0;
    sqlite3_finalize(q);
    if (s == STATUS_OK && !row)
        s = err_set(err, STATUS_NOT_FOUND, NULL,
                    "没有第 %lld 号合并；见 chengguo unit list --merges",
                    (long long)merge);
    if (s == STATUS_OK && undone)
        s = err_set(err, STATUS_CONFLICT, NULL, "第 %lld 号合并已经撤销",
                    (long long)merge);
    if (s != STATUS_OK) return s;
    int64_t n[] = {merge, b->now ? b->now : 1};
    struct str t[] = {str_of(actor)};
    s = run_once(b, "UPDATE unit_merge SET undone_at = ?2, undone_by = ?3 WHERE id = ?1",
                 n, 2, t, 1, err);
    if (s == STATUS_OK)
        s = run_once(b, "DELETE FROM unit_name WHERE merge = ?1", n, 1, NULL, 0, err);
    for (int i = 0; i < 2 && s == STATUS_OK; i++) {
        s = units_row_sweep(b->r->units, end[i], false, &gone, err);
        if (s == STATUS_OK) s = touch(b, end[i], err);
    }
    return s == STATUS_OK ? auto_again(b, end, 2, err) : s;
}

enum status units_alias(struct registry_batch *b, int64_t unit, struct str name,
                        const char *actor, struct err *err) {
    int64_t row = 0, merge = 0, mine = 0, theirs = 0;
    bool elsewhere = false;
    struct str shown = units_shown(name);
    enum status s = row_for(b, shown, str_of(""), &row, err);
    if (s == STATUS_OK) s = root_of(b, unit, &mine, err);
    if (s == STATUS_OK) s = root_of(b, row, &theirs, err);
    if (s == STATUS_OK) s = belongs_elsewhere(b, row, unit, &elsewhere, err);
    if (s != STATUS_OK) return s;
    if (elsewhere)
        return err_set(
            err, STATUS_CONFLICT, NULL,
            "%.*s 是另一个单位的名称；确是同一单位的，请用 chengguo unit merge",
            (int)utf8_clip(shown, 120), shown.p);
    if (mine == theirs) return STATUS_OK;
    s = add_merge(b, row, unit, "alias", actor, &merge, err);
    if (s == STATUS_OK) s = add_name(b, row, shown, "alias", 0, 0, merge, err);
    return s == STATUS_OK ? auto_again(b, &row, 1, err) : s;
}

enum status units_rename(struct registry_batch *b, int64_t unit, struct str name,
                         int32_t on, const char *actor, struct err *err) {
    struct units_list joined = {0};
    struct unit_view v = {0};
    int64_t old = 0, now = 0, merge = 0;
    struct str shown = units_shown(name);
    enum status s = name_of(b, unit, &v, &joined, err);
    if (s == STATUS_OK && str_eq_z(shown, v.name))
        s = err_set(err, STATUS_CONFLICT, NULL, "该单位现在就叫这个名称");
    if (s == STATUS_OK) s = row_of_name(b, &joined, v.name, &old, err);
    if (s == STATUS_OK) s = row_for(b, shown, str_of(""), &now, err);
    if (s == STATUS_OK) s = add_merge(b, old, now, "rename", actor, &merge, err);
    if (s == STATUS_OK && old != now)
        s = add_name(b, old, str_of(v.name), "former", 0, on, merge, err);
    if (s == STATUS_OK) s = add_name(b, now, shown, "current", on, 0, merge, err);
    unit_view_done(&v);
    free(joined.v);
    return s;
}

static enum status put_former(struct registry_batch *b, int64_t unit,
                              const struct units_former *f, const char *actor,
                              struct err *err) {
    int64_t row = 0, mine = 0, theirs = 0, merge = 0;
    struct str shown = units_shown(f->name);
    enum status s = row_for(b, shown, str_of(""), &row, err);
    if (s == STATUS_OK) s = root_of(b, unit, &mine, err);
    if (s == STATUS_OK) s = root_of(b, row, &theirs, err);
    if (s == STATUS_OK && mine != theirs)
        s = add_merge(b, row, unit, "import", actor, &merge, err);
    int64_t n[] = {row};
    if (s == STATUS_OK) /* it is not the current one, whatever was said before */
        s = run_once(b, "DELETE FROM unit_name WHERE unit = ?1 AND origin = 'current'", n,
                     1, NULL, 0, err);
    return s == STATUS_OK ? add_name(b, row, shown, "former", 0, f->until, merge, err)
                          : s;
}

enum status units_declare(struct registry_batch *b, const struct units_declared *d,
                          const char *actor, struct err *err) {
    int64_t unit = 0, plain = 0;
    struct str shown = units_shown(d->name);
    enum status s = row_for(b, shown, d->uscc, &unit, err);
    if (s == STATUS_OK) s = row_for(b, shown, str_of(""), &plain, err);
    int64_t since = 0;
    for (size_t i = 0; i < d->nformer; i++)
        if (d->former[i].until > since) since = d->former[i].until;
    if (s == STATUS_OK) s = add_name(b, unit, shown, "current", since, 0, 0, err);
    int64_t n[] = {unit};
    struct str t[] = {d->type, d->region};
    if (s == STATUS_OK)
        s = run_once(b,
                     "UPDATE unit SET type = iif(?2 = '', type, ?2),"
                     " region = iif(?3 = '', region, ?3) WHERE id = ?1",
                     n, 1, t, 2, err);
    for (size_t i = 0; i < d->nalias && s == STATUS_OK; i++)
        s = units_alias(b, unit, d->alias[i], actor, err);
    for (size_t i = 0; i < d->nformer && s == STATUS_OK; i++)
        s = put_former(b, unit, &d->former[i], actor, err);
    return s;
}
