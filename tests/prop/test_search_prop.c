/* Random queries and filters over a random set: total, hits and disjunctive facets equal
 * a linear scan over the records' own text and columns, which knows neither terms nor
 * plans. Seeded; CHENGGUO_SEED chooses another seed. */
#include "core/utf8.h"
#include "query/search.h"
#include "tests/unit/xrecords.h"

#define RECORDS 160
#define ROUNDS 700
#define TEXT_PIECES 14

static uint64_t state_ = 20260120;

static uint64_t next(uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ % n;
}

static const char *const piece[] = {"瓦",  "斯", "煤", "矿", "抽", "采",  "瓦斯", "煤矿",
                                    "GIS", "3D", "-",  "，", " ",  "gas", "α",    "12"};
static const char *const unit[] = {"太原理工大学", "中北大学", "山西大学"};
static const char *const region[] = {"140105", "140110", "140200", "140700", "110101"};
static const char *const category[] = {"A", "B", "S"};

static const char *random_text(void *ctx, size_t most) {
    char *s = talloc_strdup(ctx, "题");
    for (uint64_t n = 1 + next(most); n; n--)
        s = talloc_strdup_append(s, piece[next(ARRAY_LEN(piece))]);
    return s;
}

/* ---- the linear scan -------------------------------------------------------------- */

static const struct columns *columns;
static struct xindex_reader *reader;

static bool has_value(enum facet f, uint32_t docid, struct str root) {
    const struct columns_facet *c = &columns->facet[f];
    enum code_list list = field_of_facet(f)->list;
    uint32_t from = c->multi ? c->start[docid] : docid;
    uint32_t to = c->multi ? c->start[docid + 1] : docid + 1;
    for (; from < to; from++) {
        uint32_t ord = columns_ord(c, from);
        struct str v = ord ? columns_value(c, ord) : str_of("");
        if (ord && (list == CODES_NONE ? str_eq(v, root) : codes_within(list, v, root)))
            return true;
    }
    return false;
}

static bool in_range(const struct field *f, uint32_t docid, int32_t lo, int32_t hi) {
    int32_t v = 0;
    if (f->date >= 0) {
        v = columns->date[f->date][docid];
    } else {
        uint32_t ord = columns_ord(&columns->facet[FACET_YEAR], docid);
        struct str s = ord ? columns_value(&columns->facet[FACET_YEAR], ord) : str_of("");
        for (size_t i = 0; i < s.n; i++) {
            if (s.p[i] < '0' || s.p[i] > '9') return false;
            v = v * 10 + (s.p[i] - '0');
        }
    }
    return v != 0 && lo <= v && v <= hi;
}

static uint32_t tags_of(const struct qlang_node *n) {
    return n->field ? UINT32_C(1) << n->field->tag : field_searched_tags();
}

/* Distinct pairs of neighbouring Han characters; how many stand in the searched text. */
static bool half_of_bigrams(struct str text, struct str s) {
    struct str seen[64];
    size_t n = 0, held = 0;
    for (size_t at = 0; at + 6 <= s.n;) {
        uint32_t a, b;
        const char *mid = utf8_next(s.p + at, s.p + s.n, &a);
        const char *end = mid < s.p + s.n ? utf8_next(mid, s.p + s.n, &b) : mid;
        struct str two = str_slice(s.p + at, (size_t)(end - (s.p + at)));
        bool known = !text_is_han(a) || end == mid || !text_is_han(b);
        for (size_t i = 0; i < n && !known; i++) known = str_eq(seen[i], two);
        if (!known && n < ARRAY_LEN(seen)) {
            seen[n++] = two;
            held += rectext_find(text, two, field_searched_tags(), 0) != SIZE_MAX;
        }
        at = (size_t)(mid - s.p);
    }
    return n && held >= (n + 1) / 2;
}

/* A token of the text that starts with the needle. All prefixes here are Latin. */
static bool has_prefix(struct str text, struct str needle, uint32_t tags) {
    size_t pos = 0;
    char tag;
    struct str v;
    while (rectext_next(text, &pos, &tag, &v)) {
        bool before = false;
        if (!(tags >> tag & 1)) continue;
        for (size_t at = 0; at < v.n;) {
            uint32_t cp;
            if (!before && str_starts(str_slice(v.p + at, v.n - at), needle)) return true;
            at = (size_t)(utf8_next(v.p + at, v.p + v.n, &cp) - v.p);
            before = text_is_word(cp);
        }
    }
    return false;
}

static bool matches(const struct qlang_node *n, uint32_t docid) {
    struct str text = xindex_reader_text(reader, docid);
    switch (n->kind) {
        case QLANG_NOTHING:
            return false;
        case QLANG_AND:
            for (size_t i = 0; i < n->n; i++)
                if (!matches(n->child[i], docid)) return false;
            return true;
        case QLANG_OR:
            for (size_t i = 0; i < n->n; i++)
                if (matches(n->child[i], docid)) return true;
            return false;
        case QLANG_NOT:
            return !matches(n->child[0], docid);
        case QLANG_PHRASE:
            return rectext_find(text, n->norm, tags_of(n), 0) != SIZE_MAX;
        case QLANG_SENTENCE:
            return rectext_find(text, n->norm, tags_of(n), 0) != SIZE_MAX ||
                   half_of_bigrams(text, n->norm);
        case QLANG_PREFIX:
            return has_prefix(text, n->norm, tags_of(n));
        case QLANG_NEAR:
            return rectext_near(text, n->child[0]->norm, n->child[1]->norm, n->gap,
                                tags_of(n->child[0]) & tags_of(n->child[1]));
        case QLANG_CODE:
            return has_value((enum facet)n->field->facet, docid, n->text);
        case QLANG_RANGE:
            return in_range(n->field, docid, n->lo, n->hi);
    }
    return false;
}

static bool passes(const struct filter_set *set, size_t i, uint32_t docid) {
    const struct filter *f = set->filter[i];
    const struct field *date = field_by_name(str_of(filter_name(i)));
    for (size_t k = 0; f && k < f->n; k++)
        if (f->value[k].range
                ? in_range(date, docid, f->value[k].lo, f->value[k].hi)
                : has_value((enum facet)filter_facet(i), docid, f->value[k].text))
            return true;
    return !f;
}

/* ---- random requests -------------------------------------------------------------- */

static const char *random_query(void *ctx) {
    static const char *const part[] = {"瓦斯",
                                       "煤矿",
                                       "煤",
                                       "抽采瓦",
                                       "gis",
                                       "3d-",
                                       "12",
                                       "g*",
                                       "gi*",
                                       "\"瓦斯，\"",
                                       "标题:瓦斯",
                                       "摘要:煤矿",
                                       "单位:大学",
                                       "关键词:安全",
                                       "类别:B",
                                       "年度:2021..2023",
                                       "年度:未填",
                                       "地区:太原市",
                                       "登记日期:2022..",
                                       "瓦斯 NEAR/2 煤",
                                       "gas NEAR/5 gis",
                                       "-瓦斯",
                                       "-gis",
                                       "(煤 OR 斯)",
                                       "瓦斯煤矿瓦斯抽采煤矿",
                                       "项目编号:kx",
                                       "登记单位:山西",
                                       "标题:瓦 NEAR/1 采",
                                       "项目编号:KX-2024-8",
                                       "α",
                                       "-(煤 矿)"};
    char *q = talloc_strdup(ctx, "");
    for (uint64_t n = 1 + next(4); n; n--)
        q = talloc_asprintf_append(q, "%s%s%s", *q ? " " : "",
                                   *q && next(4) == 0 ? "OR " : "",
                                   part[next(ARRAY_LEN(part))]);
    return q;
}

static size_t random_filters(struct search_param *p) {
    static const char *const choice[][2] = {
        {"category", "A"},    {"category", "S"},      {"year", "2022"},
        {"year", "none"},     {"year", "2020..2021"}, {"year", "2023..2024"},
        {"region", "14"},     {"region", "太原市"},   {"unit", "中北大学"},
        {"unit", "山西大学"}, {"approved", "2022"},   {"approved", "2021-01..2021-06"},
        {"keyword", "矿业"}};
    size_t n = 0;
    for (uint64_t k = next(4); k; k--) {
        const char *const *c = choice[next(ARRAY_LEN(choice))];
        p[n++] = (struct search_param){str_of(c[0]), str_of(c[1])};
    }
    return n;
}

static void check_facet(const struct search_result *r, const struct search_facet *f,
                        const struct qlang_node *root) {
    size_t own = filter_of_facet(f->facet);
    uint64_t listed = 0, want_all = 0;
    for (size_t k = 0; k < f->n; k++) {
        uint32_t want = 0;
        for (uint32_t d = 1; d < columns->size; d++) {
            bool in = columns_is_live(columns, d) && (!root || matches(root, d));
            for (size_t i = 0; i < FILTER_COUNT && in; i++)
                in = i == own || passes(&r->request->where, i, d);
            want += in && has_value(f->facet, d, f->value[k].value);
        }
        if (want != f->value[k].count)
            fail_msg("%.*s: %s %.*s counts %u, the scan %u", (int)r->understood.n,
                     r->understood.p ? r->understood.p : "", facet_name(f->facet),
                     (int)f->value[k].value.n, f->value[k].value.p, f->value[k].count,
                     want);
        listed += f->value[k].count;
        want_all += want;
    }
    assert_int_equal(listed, want_all);
}

static void answers_equal_a_linear_scan(void **state) {
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        void *ctx = talloc_new(NULL);
        struct search_param p[8] = {
            {str_of("q"), str_of(random_query(ctx))},
            {str_of("relax"), str_of("0")},
            {str_of("facets"), str_of("category,year,unit,region")},
            {str_of("size"), str_of("100")}};
        char suggestion[FILTER_SUGGESTION_MAX];
        struct search_request *req = NULL;
        struct search_result *r = NULL;
        struct qlang_query *q = NULL;
        size_t n = 4 + random_filters(p + 4);
        ok(request_parse(ctx, p, n, AUDIENCE_PUBLIC, &req, suggestion, err));
        ok(search_run(ctx, reader, req, 0, &r, err));
        ok(qlang_parse(ctx, req->q, AUDIENCE_PUBLIC, &q, err));
        columns = xindex_reader_columns(reader);
        uint32_t want = 0;
        bool hit[RECORDS + 1] = {false};
        for (uint32_t d = 1; d < columns->size; d++) {
            bool in = columns_is_live(columns, d) && (!q->root || matches(q->root, d));
            for (size_t i = 0; i < FILTER_COUNT && in; i++)
                in = passes(&req->where, i, d);
            hit[d] = in;
            want += in;
        }
        if (r->total != want)
            fail_msg("%.*s: total %u, the scan finds %u", (int)req->q.n, req->q.p,
                     r->total, want);
        assert_int_equal(r->nhits, want < 100 ? want : 100);
        for (size_t i = 0; i < r->nhits; i++) assert_true(hit[r->hit[i].docid]);
        for (size_t i = 0; i < r->nfacets; i++) check_facet(r, &r->facet[i], q->root);
        talloc_free(ctx);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_equal_a_linear_scan)};
    const char *seed = getenv("CHENGGUO_SEED");
    if (seed && strtoull(seed, NULL, 10)) state_ = strtoull(seed, NULL, 10);
    if (codes_load(NULL) != STATUS_OK) return 1;
    void *ctx = talloc_new(NULL);
    static struct xrecord x[RECORDS];
    char dir[PATH_MAX];
    struct err err;
    for (size_t i = 0; i < RECORDS; i++) {
        int year = next(8) ? 2020 + (int)next(6) : 0;
        x[i] = (struct xrecord){
            .title = random_text(ctx, TEXT_PIECES),
            .abstract = random_text(ctx, TEXT_PIECES * 4),
            .unit = unit[next(ARRAY_LEN(unit))],
            .region = region[next(ARRAY_LEN(region))],
            .category = category[next(ARRAY_LEN(category))],
            .approved_on =
                year ? talloc_asprintf(ctx, "%d-%02d-15", year, 1 + (int)next(12)) : NULL,
            .year = year};
    }
    xset_make_dir(dir);
    xrecords_publish(dir, AUDIENCE_PUBLIC, 1, x, RECORDS);
    if (xindex_reader_open(dir, &reader, &err) != STATUS_OK) return 1;
    int failed = cmocka_run_group_tests_name("search_prop", tests, NULL, NULL);
    xindex_reader_close(reader);
    xset_remove_dir(dir);
    talloc_free(ctx);
    return failed;
}
