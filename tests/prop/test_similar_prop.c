/* The near-duplicate index gives what comparing all pairs gives, also when likenesses are
 * replaced and dropped and when it is loaded anew; and in whatever order rows come in, a
 * row is held exactly when it is like one that came and was stored before. */
#include "indexer/similar.h"
#include "tests/prop/draw.h"
#include "tests/unit/xstore.h"

#define RECORDS 160
#define ROUNDS 12

/* A record of a small world, so that much is nearly the same. */
static json_t *draw(uint64_t *s, int i) {
    static const char *const stems[] = {
        "煤矿井下瓦斯抽采钻孔封孔材料", "黄土高原水土保持综合治理模式",
        "特种不锈钢薄板连续轧制过程", "小麦条锈病绿色防控与监测预警"};
    static const char *const slips[] = {
        "",    "的",  "研究", "及其应用",     "二期",
        "2号", "Ⅱ型", "新",   "的推广与示范", "关键技术研究"};
    static const char *const units[] = {"太原理工大学",
                                        "太原理工大学矿业学院",
                                        "太原钢铁集团有限公司",
                                        "太原钢铁股份有限公司",
                                        "中国科学院煤化所",
                                        "中科院煤化所",
                                        "太钢",
                                        "太原理工"};
    const char *stem = stems[draw_below(s, ARRAY_LEN(stems))];
    struct buf title = buf_init(0);
    size_t drop = draw_below(s, 2) ? (size_t)draw_below(s, 12) * 3 : strlen(stem);
    for (size_t at = 0; at < strlen(stem); at += 3)
        if (at != drop) buf_add(&title, stem + at, 3);
    buf_add_z(&title, slips[draw_below(s, ARRAY_LEN(slips))]);
    if (draw_below(s, 4) == 0) buf_add_f(&title, "乙丙丁%c", 'a' + draw_below(s, 3));
    char uid[16], project[24], number[24];
    snprintf(uid, sizeof uid, "S-%04d", i);
    snprintf(project, sizeof project, "2015-%03d", draw_below(s, 6));
    snprintf(number, sizeof number, "ZL2015%06d.1", draw_below(s, 40));
    json_t *people = json_array();
    for (int n = draw_below(s, 4); n > 0; n--) {
        char name[16];
        snprintf(name, sizeof name, "某%c", 'a' + draw_below(s, 9));
        json_array_append_new(people, json_pack("{s:s,s:i}", "name", name, "unit", 1));
    }
    json_t *doc = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:[{s:s}],s:o,s:[{s:s,s:s,s:b}]}",
        "kind", "registration", "uid", uid, "registry", "140000", "secrecy", "非密",
        "state", "approved", "consent", "yes", "publicity", "closed", "category", "A",
        "title", buf_z(&title), "stat_year", 2015, "units", "name",
        units[draw_below(s, ARRAY_LEN(units))], "people", people, "ip", "kind",
        "发明专利", "no", number, "core", draw_below(s, 5) == 0);
    assert_non_null(doc);
    if (draw_below(s, 3) == 0)
        json_object_set_new(doc, "project_no", json_string(project));
    buf_done(&title);
    return doc;
}

static struct likeness *like_of(const json_t *doc, bool collection) {
    struct identity *id = identity_new();
    struct likeness *l = likeness_new();
    struct err err = {0};
    assert_true(id && l);
    must_(identity_of(doc, collection, id, &err), &err, "identity_of");
    must_(likeness_of(doc, id, collection, l, &err), &err, "likeness_of");
    identity_free(id);
    return l;
}

/* The earliest keys that are near, by looking at each. */
static struct similar_hits by_all(struct likeness *const *all, size_t n, uint32_t self,
                                  const struct likeness *mine) {
    struct similar_hits hits = {.n = 0};
    for (uint32_t k = 1; k < n && hits.n < SIMILAR_MAX_HITS; k++) {
        unsigned percent = 0;
        if (!all[k] || k == self) continue;
        unsigned by = similar_compare(mine, all[k], &percent);
        if (similar_is_near(by)) hits.v[hits.n++] = (struct similar_hit){k, by, percent};
    }
    return hits;
}

static size_t compare(struct similar *s, struct likeness *const *all, size_t n) {
    size_t found = 0;
    for (uint32_t k = 1; k < n; k++) {
        struct err err = {0};
        struct similar_hits got;
        if (!all[k]) continue;
        struct similar_hits want = by_all(all, n, k, all[k]);
        must_(similar_find(s, all[k], k, &got, &err), &err, "similar_find");
        assert_int_equal(got.n, want.n);
        for (size_t i = 0; i < want.n; i++) {
            assert_int_equal(got.v[i].key, want.v[i].key);
            assert_int_equal(got.v[i].by, want.v[i].by);
            assert_int_equal(got.v[i].percent, want.v[i].percent);
        }
        found += want.n;
    }
    return found;
}

static void index_is_all_pairs(void **state) {
    (void)state;
    struct xstore x;
    uint64_t s = 21;
    size_t found = 0;
    xstore_open(&x);
    for (int round = 0; round < ROUNDS; round++) {
        struct likeness *all[RECORDS + 1] = {NULL};
        struct err err = {0};
        must_(db_exec(&x.reg.db, "BEGIN", &err), &err, "begin");
        struct similar *ix = similar_new(&x.reg);
        assert_non_null(ix);
        /* Put, replaced and dropped, some before the first question and some after. */
        for (int step = 0; step < 3 * RECORDS; step++) {
            uint32_t key = 1 + (uint32_t)draw_below(&s, RECORDS);
            if (step == RECORDS) found += compare(ix, all, ARRAY_LEN(all));
            likeness_free(all[key]);
            all[key] = NULL;
            if (draw_below(&s, 5) == 0) {
                must_(similar_forget(ix, key, &err), &err, "similar_forget");
                continue;
            }
            json_t *doc = draw(&s, (int)key);
            all[key] = like_of(doc, draw_below(&s, 4) == 0);
            json_decref(doc);
            bool equal = false;
            must_(similar_put(ix, key, all[key], &err), &err, "similar_put");
            must_(similar_stands(ix, key, all[key], &equal, &err), &err, "stands");
            assert_true(equal);
        }
        found += compare(ix, all, ARRAY_LEN(all));
        similar_free(ix);
        ix = similar_new(&x.reg); /* loads what the other stored */
        assert_non_null(ix);
        compare(ix, all, ARRAY_LEN(all));
        similar_free(ix);
        for (size_t k = 0; k < ARRAY_LEN(all); k++) likeness_free(all[k]);
        must_(db_exec(&x.reg.db, "ROLLBACK", &err), &err, "rollback");
    }
    assert_true(found > 1000);
    xstore_close(&x);
}

/* Rows in an order, as files of a few rows each; the uids that are held in the end. */
static void held_are_like_an_earlier_one(void **state) {
    (void)state;
    enum { N = 40 };
    uint64_t s = 22;
    size_t held_total = 0;
    for (int round = 0; round < ROUNDS / 2; round++) {
        struct xstore x;
        json_t *doc[N];
        struct likeness *like[N];
        struct identity *id[N];
        int order[N];
        struct buf file = buf_init(0), want = buf_init(0);
        bool stored[N] = {false};
        xstore_open(&x);
        for (int i = 0; i < N; i++) {
            struct err err = {0};
            doc[i] = draw(&s, i);
            like[i] = like_of(doc[i], false);
            id[i] = identity_new();
            assert_non_null(id[i]);
            must_(identity_of(doc[i], false, id[i], &err), &err, "identity_of");
            order[i] = i;
        }
        for (int i = N - 1; i > 0; i--) {
            int k = draw_below(&s, i + 1), t = order[i];
            order[i] = order[k];
            order[k] = t;
        }
        for (int at = 0; at < N; at++) {
            int i = order[at];
            unsigned percent;
            bool dup = false, near = false;
            for (int b = 0; b < at; b++) {
                int k = order[b];
                if (!stored[k]) continue;
                dup = dup || identity_within(id[i], id[k]);
                near =
                    near || similar_is_near(similar_compare(like[i], like[k], &percent));
            }
            stored[i] = !dup && !near;
            buf_add_f(&want, "%s|%s\n", json_string_value(json_object_get(doc[i], "uid")),
                      stored[i] ? "stored"
                      : dup     ? "E_DUP"
                                : "H_SIMILAR");
            held_total += !dup && near;
            char *line = json_dumps(doc[i], JSON_COMPACT);
            buf_add_f(&file, "%s\n", line);
            free(line);
            if (at + 1 == N || draw_below(&s, 16) == 0) {
                char name[16];
                snprintf(name, sizeof name, "f%d", at);
                struct ingest_report r = xstore_ingest(&x, name, file.p, file.n);
                ingest_report_done(&r);
                buf_clear(&file);
            }
        }
        struct buf got = buf_init(0);
        for (int at = 0; at < N; at++) {
            char sql[320];
            const char *uid = json_string_value(json_object_get(doc[order[at]], "uid"));
            snprintf(sql, sizeof sql,
                     "SELECT '%s', 'stored' FROM record WHERE uid = '%s' UNION ALL"
                     " SELECT '%s', code FROM quarantine WHERE target = 'u:%s'",
                     uid, uid, uid, uid);
            char *rows = xstore_rows(&x, sql);
            buf_add_z(&got, rows);
            free(rows);
        }
        assert_string_equal(buf_z(&got), buf_z(&want));
        for (int i = 0; i < N; i++) {
            json_decref(doc[i]);
            likeness_free(like[i]);
            identity_free(id[i]);
        }
        buf_done(&file);
        buf_done(&want);
        buf_done(&got);
        xstore_close(&x);
    }
    assert_true(held_total > 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_is_all_pairs),
        cmocka_unit_test(held_are_like_an_earlier_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
