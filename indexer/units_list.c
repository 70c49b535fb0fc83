#include "indexer/units_list.h"

#include "core/date.h"

/* The spelling by which a row is shown: the most used of its names, else its norm. */
#define NAME_OF(id)                                                                      \
    "coalesce((SELECT n.name FROM unit_name n WHERE n.unit = " id                        \
    " ORDER BY n.uses DESC, length(n.name), n.name LIMIT 1),"                            \
    " (SELECT norm FROM unit x WHERE x.id = " id "))"
#define CODES_OF(root)                                                                   \
    "(SELECT json_group_array(uscc) FROM (SELECT DISTINCT uscc FROM unit c"              \
    " WHERE c.merged_into = " root " AND c.uscc <> '' ORDER BY uscc))"
#define FROM_NAMES(root)                                                                 \
    " FROM unit_name n JOIN unit c ON c.id = n.unit WHERE c.merged_into = " root

static const char units_sql_text[] = "SELECT r.id, r.as_name, " CODES_OF(
    "r.id") ", r.as_type, r.as_region,"
            " (SELECT count(DISTINCT n.name)" FROM_NAMES(
                "r.id") ") AS names,"
                        " (SELECT coalesce(sum(n.uses), 0)" FROM_NAMES(
                            "r.id") ") AS uses"
                                    " FROM unit r WHERE r.id = r.merged_into AND (?1 <> "
                                    "'' OR ?3 > 0 OR names > 0)"
                                    " AND (?3 = 0 OR r.id = (SELECT merged_into FROM "
                                    "unit WHERE id = ?3))"
                                    " AND (?1 = '' OR EXISTS(SELECT 1" FROM_NAMES(
                                        "r.id") " AND instr(n.name, ?1)))"
                                                " ORDER BY uses DESC, r.as_name, r.id "
                                                "LIMIT ?2";

static const char names_sql[] =
    "SELECT n.unit, n.name, c.uscc, n.origin, n.uses, n.valid_from, "
    "n.valid_to" FROM_NAMES(
        "?1") " ORDER BY n.uses DESC, n.origin, n.name, c.uscc, n.merge";

static const char merges_sql[] = "SELECT m.id, " NAME_OF(
    "m.unit") ", (SELECT uscc FROM unit x WHERE x.id = "
              "m.unit), " NAME_OF("m.into_unit") ", (SELECT uscc FROM unit x "
                                                 "WHERE x.id = m.into_unit),"
                                                 " m.reason, m.at, m.actor, "
                                                 "m.undone_at, m.undone_by FROM "
                                                 "unit_merge m"
                                                 " WHERE ?1 = 0 OR m.unit IN "
                                                 "(SELECT id FROM unit WHERE "
                                                 "merged_into = ?1)"
                                                 " OR m.into_unit IN (SELECT id "
                                                 "FROM unit WHERE merged_into = "
                                                 "?1)"
                                                 " ORDER BY m.id DESC LIMIT ?2";

static json_t *text_or_null(struct str s) {
    return s.n ? json_stringn(s.p, s.n) : json_null();
}

static json_t *instant_or_null(int64_t at) {
    char text[INSTANT_TEXT];
    return at ? json_string(instant_text(at, text)) : json_null();
}

static json_t *date_or_null(int64_t date) {
    char text[DATE_TEXT];
    return date ? json_string(date_text((int32_t)date, text)) : json_null();
}

static json_t *unit_of(sqlite3_stmt *q) {
    struct str codes = db_column(q, 2);
    json_t *list = json_loadb(codes.p, codes.n, 0, NULL);
    return json_pack(
        "{s:I,s:o,s:o,s:o,s:o,s:I,s:I}", "id", (json_int_t)sqlite3_column_int64(q, 0),
        "name", text_or_null(db_column(q, 1)), "uscc", list ? list : json_array(), "type",
        text_or_null(db_column(q, 3)), "region", text_or_null(db_column(q, 4)), "names",
        (json_int_t)sqlite3_column_int64(q, 5), "uses",
        (json_int_t)sqlite3_column_int64(q, 6));
}

static json_t *name_of(sqlite3_stmt *q) {
    return json_pack("{s:I,s:o,s:o,s:o,s:I,s:o,s:o}", "unit",
                     (json_int_t)sqlite3_column_int64(q, 0), "name",
                     text_or_null(db_column(q, 1)), "uscc", text_or_null(db_column(q, 2)),
                     "origin", text_or_null(db_column(q, 3)), "uses",
                     (json_int_t)sqlite3_column_int64(q, 4), "from",
                     date_or_null(sqlite3_column_int64(q, 5)), "to",
                     date_or_null(sqlite3_column_int64(q, 6)));
}

static json_t *merge_of(sqlite3_stmt *q) {
    return json_pack(
        "{s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
        (json_int_t)sqlite3_column_int64(q, 0), "name", text_or_null(db_column(q, 1)),
        "uscc", text_or_null(db_column(q, 2)), "into", text_or_null(db_column(q, 3)),
        "into_uscc", text_or_null(db_column(q, 4)), "reason",
        text_or_null(db_column(q, 5)), "at", instant_or_null(sqlite3_column_int64(q, 6)),
        "actor", text_or_null(db_column(q, 7)), "undone_at",
        instant_or_null(sqlite3_column_int64(q, 8)), "undone_by",
        text_or_null(db_column(q, 9)));
}

struct asked {
    const char *sql;
    struct str word; /* NULL: parameter 1 is `id` */
    int64_t id, limit, row;
};

static enum status rows(struct registry *r, const struct asked *a,
                        json_t *(*make)(sqlite3_stmt *), json_t **out, struct err *err) {
    sqlite3_stmt *q = NULL;
    json_t *list = json_array();
    enum status s = db_prepare(&r->db, a->sql, &q, err);
    if (s != STATUS_OK) {
        json_decref(list);
        return s;
    }
    if (a->word.p)
        db_bind(q, 1, a->word);
    else
        sqlite3_bind_int64(q, 1, a->id);
    if (sqlite3_bind_parameter_count(q) > 1) sqlite3_bind_int64(q, 2, a->limit);
    if (sqlite3_bind_parameter_count(q) > 2) sqlite3_bind_int64(q, 3, a->row);
    bool row = false;
    while ((s = db_step(&r->db, q, &row, err)) == STATUS_OK && row)
        if (json_array_append_new(list, make(q)) != 0) {
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
            break;
        }
    sqlite3_finalize(q);
    if (s == STATUS_OK)
        *out = list;
    else
        json_decref(list);
    return s;
}

enum status units_list_units(struct registry *r, struct str word, int64_t limit,
                             json_t **out, struct err *err) {
    struct asked a = {.sql = units_sql_text, .word = word, .limit = limit};
    if (!a.word.p) a.word = str_of("");
    return rows(r, &a, unit_of, out, err);
}

enum status units_list_merges(struct registry *r, int64_t limit, json_t **out,
                              struct err *err) {
    struct asked a = {.sql = merges_sql, .limit = limit};
    return rows(r, &a, merge_of, out, err);
}

enum status units_show(struct registry *r, int64_t unit, json_t **out, struct err *err) {
    struct asked a = {.sql = units_sql_text, .word = str_of(""), .limit = 1, .row = unit};
    json_t *found = NULL, *names = NULL, *merges = NULL;
    enum status s = rows(r, &a, unit_of, &found, err);
    if (s != STATUS_OK) return s;
    json_t *one = json_incref(json_array_get(found, 0));
    json_decref(found);
    if (!one) return err_set(err, STATUS_NOT_FOUND, NULL, "单位登记中没有这个编号");
    int64_t root = json_integer_value(json_object_get(one, "id"));
    a = (struct asked){.sql = names_sql, .id = root};
    s = rows(r, &a, name_of, &names, err);
    a = (struct asked){.sql = merges_sql, .id = root, .limit = INT64_MAX};
    if (s == STATUS_OK) s = rows(r, &a, merge_of, &merges, err);
    if (s == STATUS_OK && (json_object_set(one, "names", names) != 0 ||
                           json_object_set(one, "merges", merges) != 0))
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    json_decref(names);
    json_decref(merges);
    if (s == STATUS_OK)
        *out = one;
    else
        json_decref(one);
    return s;
}
