/* units_verify of units.h: the register against the records and against itself. */
#include "indexer/units_store.h"

#include "core/uscc.h"
#include "indexer/decide_identity.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct verify {
    struct registry *r;
    struct units *u;
    size_t n, max;
    units_finding_fn fn;
    void *arg;
    struct buf norm;
    sqlite3_stmt *add;
};

static void finding(struct verify *v, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void finding(struct verify *v, const char *fmt, ...) {
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (v->n++ < v->max) v->fn(v->arg, text);
}

static struct str text_at(const json_t *unit, const char *key) {
    const json_t *t = json_object_get(unit, key);
    return json_is_string(t) ? str_slice(json_string_value(t), json_string_length(t))
                             : str_slice("", 0);
}

/* Counts the record's units into the temporary table `unit_told`. */
static enum status tell(void *arg, const struct registry_row *row, struct err *err) {
    struct verify *v = arg;
    const json_t *units = json_object_get(row->record.json, "units");
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *unit = json_array_get(units, i);
        struct str name = text_at(unit, "name"), code = text_at(unit, "uscc");
        if (!name.n) continue;
        buf_clear(&v->norm);
        enum status s = identity_unit_name(name, &v->norm, err);
        if (s != STATUS_OK) return s;
        db_bind(v->add, 1, str_slice(buf_z(&v->norm), v->norm.n));
        db_bind(v->add, 2, uscc_is_valid(code) ? code : str_slice("", 0));
        db_bind(v->add, 3, units_shown(name));
        sqlite3_bind_int(v->add, 4, record_visibility(&row->record) != VISIBLE_NO);
        s = db_run(&v->r->db, v->add, err);
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

/* Every row of the query is a finding; it gives name, code and two numbers. */
static enum status each(struct verify *v, const char *sql, const char *what,
                        struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(&v->r->db, sql, &q, err);
    bool row = false;
    while (s == STATUS_OK && (s = db_step(&v->r->db, q, &row, err)) == STATUS_OK && row) {
        struct str name = db_column(q, 0), code = db_column(q, 1);
        finding(v, "单位 %.*s %.*s：%s（%lld，%lld）", (int)(name.n < 120 ? name.n : 120),
                name.p, (int)(code.n < 20 ? code.n : 20), code.n ? code.p : "", what,
                (long long)sqlite3_column_int64(q, 2),
                (long long)sqlite3_column_int64(q, 3));
    }
    sqlite3_finalize(q);
    return s;
}

static enum status compare_names(struct verify *v, struct err *err) {
    enum status s =
        each(v,
             "SELECT t.name, t.uscc, t.uses, coalesce(n.uses, 0) FROM temp.unit_told t"
             " LEFT JOIN unit u ON u.norm = t.norm AND u.uscc = t.uscc"
             " LEFT JOIN unit_name n ON n.unit = u.id AND n.name = t.name AND n.origin = "
             "'seen'"
             " WHERE n.uses IS NOT t.uses OR n.visible IS NOT t.visible",
             "登记记录中的次数与单位登记不符", err);
    if (s == STATUS_OK)
        s = each(v,
                 "SELECT n.name, u.uscc, 0, n.uses FROM unit_name n"
                 " JOIN unit u ON u.id = n.unit WHERE n.origin = 'seen' AND NOT EXISTS"
                 " (SELECT 1 FROM temp.unit_told t WHERE t.norm = u.norm"
                 "  AND t.uscc = u.uscc AND t.name = n.name)",
                 "没有登记记录使用，却在单位登记中", err);
    if (s == STATUS_OK)
        s = each(v,
                 "SELECT a.norm, a.uscc, a.id, b.id FROM unit a JOIN unit b"
                 " ON b.uscc = a.uscc AND b.id > a.id WHERE a.uscc <> ''"
                 " AND a.merged_into <> b.merged_into AND NOT EXISTS (SELECT 1 FROM"
                 " unit_merge m WHERE m.unit IN (a.id, b.id) AND m.reason = 'uscc'"
                 " AND m.undone_at > 0)",
                 "信用代码相同而没有合并", err);
    return s;
}

/* The stored answers of every joined unit against what its rows say. */
static enum status compare_joined(struct verify *v, struct err *err) {
    sqlite3_stmt *q = NULL;
    enum status s = db_prepare(&v->r->db,
                               "SELECT id, merged_into, as_name, as_type, as_region"
                               " FROM unit ORDER BY merged_into, id",
                               &q, err);
    struct units_list joined = {0};
    struct unit_view want = {0};
    bool row = false;
    while (s == STATUS_OK && (s = db_step(&v->r->db, q, &row, err)) == STATUS_OK && row) {
        int64_t id = sqlite3_column_int64(q, 0), root = sqlite3_column_int64(q, 1);
        if (!joined.n || want.id != root ||
            !bsearch(&id, joined.v, joined.n, sizeof id, units_by_id)) {
            free(joined.v);
            joined = (struct units_list){0};
            s = units_joined(v->u, id, &joined, err);
            if (s == STATUS_OK) s = units_work_out(v->u, &joined, &want, err);
            if (s != STATUS_OK) break;
        }
        if (want.id != root || !str_eq_z(db_column(q, 2), want.name) ||
            !str_eq_z(db_column(q, 3), want.type) ||
            !str_eq_z(db_column(q, 4), want.region))
            finding(v, "单位登记第 %lld 号应并入第 %lld 号，称 %.120s；存的是第 %lld 号",
                    (long long)id, (long long)want.id, want.name, (long long)root);
    }
    sqlite3_finalize(q);
    free(joined.v);
    unit_view_done(&want);
    return s;
}

enum status units_verify(struct registry *r, size_t max, units_finding_fn fn, void *arg,
                         struct err *err) {
    static const char told[] =
        "PRAGMA query_only = OFF; PRAGMA temp_store = MEMORY;"
        "DROP TABLE IF EXISTS temp.unit_told;"
        "CREATE TEMP TABLE unit_told(norm TEXT, uscc TEXT, name TEXT, uses INTEGER,"
        " visible INTEGER, PRIMARY KEY(norm, uscc, name)) WITHOUT ROWID;";
    struct verify v = {.r = r, .u = r->units, .max = max, .fn = fn, .arg = arg};
    int64_t filled = 0;
    uint32_t end = 0, count = 0;
    enum status s =
        db_int(&r->db, "SELECT value FROM meta WHERE name = 'units'", &filled, err);
    if (s != STATUS_OK || !filled) return s;
    v.norm = buf_init(0);
    s = db_exec(&r->db, told, err);
    if (s == STATUS_OK)
        s = db_prepare(&r->db,
                       "INSERT INTO temp.unit_told VALUES(?1, ?2, ?3, 1, ?4)"
                       " ON CONFLICT DO UPDATE SET uses = uses + 1,"
                       " visible = visible + ?4",
                       &v.add, err);
    if (s == STATUS_OK) s = registry_extent(r, &end, &count, err);
    if (s == STATUS_OK) s = registry_each(r, 1, end, tell, &v, err);
    sqlite3_finalize(v.add);
    if (s == STATUS_OK) s = compare_names(&v, err);
    if (s == STATUS_OK) s = compare_joined(&v, err);
    if (s == STATUS_OK) s = db_exec(&r->db, "DROP TABLE temp.unit_told", err);
    buf_done(&v.norm);
    return s;
}
