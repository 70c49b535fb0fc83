/* Routes, faces, problems, conditional requests, compression: everything of the daemon
 * but its socket, over a small published set. */
#include "query/http.h"
#include "query/route.h"
#include "stats/aggregate.h"
#include "tests/unit/xrecords.h"

#define NOW INT64_C(1768896000) /* 2026-01-20T08:00:00Z */

static const struct xrecord records[] = {
    {"煤矿瓦斯抽采钻孔封孔关键技术", "针对<松软>煤层瓦斯抽采浓度低的难题，研制封孔装备。",
     "太原理工大学", "140100", "A", "2025-11-03", NULL, 2025},
    {"镁合金挤压成形", "镁合金的组织与性能。", "中北大学", "140100", "A", "2024-05-06",
     NULL, 2024},
    {"资源型地区转型研究", "软科学研究。", "山西大学", "140200", "S", "2025-01-02", NULL,
     2025},
};

struct fixture {
    char dir[PATH_MAX];
    struct config config;
    struct store store;
    struct server server;
    struct context context;
    struct response r;
    char raw[32768]; /* the target, which the request points into */
    struct search_param param[ROUTE_MAX_PARAMS + 2];
};

static void fill_data(const char *set) {
    struct db db;
    struct aggregate *a;
    ok(pubdata_create(set, aggregate_schema(), &db, err));
    ok(db_exec(&db, "BEGIN", err));
    ok(aggregate_new(&a, err));
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        char *json = xrecord_json(&records[i], (unsigned)i + 1);
        struct record r;
        ok(record_from_text(str_of(json), &r, err));
        ok(aggregate_apply(a, NULL, &r, err));
        record_done(&r);
        free(json);
    }
    ok(aggregate_flush(a, &db, err));
    aggregate_free(a);
    ok(pubdata_add_loss(&db, str_of("OLD1"), str_of("9142025Y0001"), str_of(""), NOW,
                        err));
    ok(pubdata_add_loss(&db, str_of("GONE1"), str_of(""), str_of("withdrawn"), NOW, err));
    ok(pubdata_set_revision(&db, 7, "2026-01-20T08:00:00Z", err));
    ok(db_exec(&db, "COMMIT", err));
    db_close(&db);
}

static void publish(struct fixture *f, int64_t revision) {
    char set[PATH_MAX];
    assert_int_equal(mkdir(xset_path(set, f->dir, "public"), 0755), 0);
    xrecords_publish(set, AUDIENCE_PUBLIC, revision, records, ARRAY_LEN(records));
    fill_data(set);
}

static void open_server(struct fixture *f) {
    ok(config_load(NULL, &f->config, err));
    ok(store_open(f->dir, false, &f->store, err));
    ok(server_open(&f->config, &f->store, AUDIENCE_PUBLIC, "/nonexistent/chengguo-draw",
                   &f->server, err));
    ok(context_open(&f->server, &f->context, err));
}

static int setup_empty(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    ok(codes_load(err));
    xset_make_dir(f->dir);
    open_server(f);
    *state = f;
    return 0;
}

static int setup(void **state) {
    setup_empty(state);
    publish(*state, 7);
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    response_done(&f->r);
    context_close(&f->context);
    server_close(&f->server);
    store_close(&f->store);
    xset_remove_dir(f->dir);
    free(f);
    return 0;
}

/* Cuts "path?a=b&c" as the HTTP library does. */
static struct request request_of(struct fixture *f, const char *target) {
    struct request q = {.method = str_of("GET"), .param = f->param, .now = NOW};
    assert_true(strlen(target) < sizeof f->raw);
    memcpy(f->raw, target, strlen(target) + 1);
    char *mark = strchr(f->raw, '?');
    q.path = str_slice(f->raw, mark ? (size_t)(mark - f->raw) : strlen(f->raw));
    for (char *p = mark ? mark + 1 : NULL; p && q.nparam < ARRAY_LEN(f->param);) {
        size_t n = strcspn(p, "&");
        char *eq = memchr(p, '=', n);
        size_t name = eq ? (size_t)(eq - p) : n;
        f->param[q.nparam++] = (struct search_param){
            str_slice(p, name), str_slice(eq ? eq + 1 : p + n, eq ? n - name - 1 : 0)};
        p = p[n] ? p + n + 1 : NULL;
    }
    return q;
}

static unsigned answer(struct fixture *f, const struct request *q) {
    response_done(&f->r);
    route_answer(&f->context, q, &f->r);
    return f->r.status;
}

static unsigned get(struct fixture *f, const char *target) {
    struct request q = request_of(f, target);
    return answer(f, &q);
}

static bool body_has(const struct fixture *f, const char *text) {
    struct str b = response_body(&f->r);
    return b.n && memmem(b.p, b.n, text, strlen(text));
}

static json_t *body_json(const struct fixture *f) {
    struct str b = response_body(&f->r);
    json_error_t why;
    json_t *j = json_loadb(b.p, b.n, 0, &why);
    assert_non_null(j);
    return j;
}

/* The answer is a problem of this status, code and parameter, as JSON. */
static void is_problem(struct fixture *f, const char *target, unsigned status,
                       const char *code, const char *param, const char *suggestion) {
    assert_int_equal(get(f, target), status);
    assert_string_equal(f->r.type, "application/problem+json; charset=utf-8");
    json_t *j = body_json(f);
    assert_int_equal(json_integer_value(json_object_get(j, "status")), status);
    assert_string_equal(json_string_value(json_object_get(j, "code")), code);
    assert_non_null(json_object_get(j, "title"));
    assert_non_null(json_object_get(j, "detail"));
    if (param)
        assert_string_equal(json_string_value(json_object_get(j, "param")), param);
    else
        assert_null(json_object_get(j, "param"));
    if (suggestion)
        assert_string_equal(json_string_value(json_object_get(j, "suggestion")),
                            suggestion);
    json_decref(j);
    assert_string_equal(f->r.etag, "");
    assert_string_equal(f->r.cache_control, "no-store");
}

static void a_search_answers_json(void **state) {
    struct fixture *f = *state;
    assert_int_equal(get(f, "/search.json?q=%E7%93%A6%E6%96%AF&facets=category"), 200);
    assert_string_equal(f->r.type, "application/json; charset=utf-8");
    json_t *j = body_json(f);
    assert_int_equal(json_integer_value(json_object_get(j, "total")), 1);
    assert_int_equal(json_integer_value(json_object_get(j, "revision")), 7);
    json_decref(j);
}

static void pages_are_pages(void **state) {
    static const char *const page[] = {
        "/",
        "/search",
        "/search?q=%E7%93%A6%E6%96%AF&year=2025&sort=title",
        "/stats",
        "/charts",
        "/achievement/9142025Y0001",
        "/stats/T01",
        "/stats/T02?year=2025",
        "/charts/C01",
        "/search?q=zzz&year=2025"};
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(page); i++) {
        if (get(f, page[i]) != 200)
            fail_msg("%s: %u %s", page[i], f->r.status, buf_z(&f->r.body));
        assert_string_equal(f->r.type, "text/html; charset=utf-8");
        assert_true(f->r.page);
        assert_true(f->r.etag[0] == 'W');
        assert_true(body_has(f, "<!DOCTYPE html>") && body_has(f, "</html>"));
    }
}

static void a_page_escapes_what_it_shows(void **state) {
    struct fixture *f = *state;
    assert_int_equal(get(f, "/achievement/9142025Y0001"), 200);
    assert_true(body_has(f, "&lt;松软&gt;"));
    assert_false(body_has(f, "<松软>"));
    assert_int_equal(get(f, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"), 200);
    assert_false(body_has(f, "<script"));
    assert_int_equal(get(f, "/search?q=%E7%85%A4%E5%B1%82"), 200);
    assert_true(body_has(f, "&lt;松软&gt;<mark>煤层</mark>"));
}

static void faces_follow_the_extension(void **state) {
    static const struct {
        const char *target, *type;
    } face[] = {
        {"/stats.json", "application/json; charset=utf-8"},
        {"/stats/T01.json", "application/json; charset=utf-8"},
        {"/stats/T01.csv", "text/csv; charset=utf-8"},
        {"/charts.json", "application/json; charset=utf-8"},
        {"/charts/C01.json", "application/json; charset=utf-8"},
        {"/charts/C01.csv", "text/csv; charset=utf-8"},
        {"/achievement/9142025Y0002.json", "application/json; charset=utf-8"},
        {"/achievement/U-002.json", "application/json; charset=utf-8"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(face); i++) {
        if (get(f, face[i].target) != 200)
            fail_msg("%s: %u %s", face[i].target, f->r.status, buf_z(&f->r.body));
        assert_string_equal(f->r.type, face[i].type);
        assert_false(f->r.page);
    }
}

static void unknown_paths_are_404(void **state) {
    static const char *const path[] = {
        "/nope.json",      "/search.xml",      "/stats/T01/x.json", "/healthz.json",
        "/charts/C99.svg", "/assets/site.css", "/stats/T99.json"};
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(path); i++) {
        if (get(f, path[i]) != 404) fail_msg("%s: %u", path[i], f->r.status);
        assert_string_equal(f->r.type, "application/problem+json; charset=utf-8");
    }
    assert_int_equal(get(f, "/nope"), 404);
    assert_true(f->r.page);
    assert_true(body_has(f, "404"));
    assert_int_equal(get(f, "nope"), 404);
    assert_int_equal(get(f, "/stats/.json"), 404);
}

static void bad_parameters_are_named(void **state) {
    struct fixture *f = *state;
    is_problem(f, "/search.json?yaer=2025", 400, "unknown_parameter", "yaer", "year");
    is_problem(f, "/stats/T01.json?yera=2025", 400, "unknown_parameter", "yera", "year");
    is_problem(f, "/stats/T01.json?year=2025&year=2024", 400, "repeated_parameter",
               "year", NULL);
    is_problem(f, "/stats/T01.json?year=25", 400, "invalid_value", "year", NULL);
    is_problem(f, "/stats/T01.json?edition=1999", 404, "unknown_edition", "edition",
               NULL);
    is_problem(f, "/charts/C01.svg?width=10", 400, "invalid_value", "width", NULL);
    is_problem(f, "/charts/C01.svg?width=99999", 400, "invalid_value", "width", NULL);
    is_problem(f, "/search.json?category=zzz", 400, "invalid_value", "category", NULL);
    is_problem(f, "/search.json?year=2025..2020", 400, "invalid_range", "year", NULL);
    is_problem(f, "/search.json?page=1000&size=100", 400, "too_deep", "page", NULL);
    is_problem(f, "/search.json?q=%00", 400, "invalid_encoding", "q", NULL);
    is_problem(f, "/search.json?q=%e7%93", 400, "invalid_utf8", "q", NULL);
    is_problem(f, "/search.json?q=%zz", 400, "invalid_encoding", "q", NULL);
    is_problem(f, "/search.json?q=%4", 400, "invalid_encoding", "q", NULL);
    is_problem(f, "/search.json?%ff=1", 400, "invalid_utf8", NULL, NULL);
    is_problem(f, "/achievement/%ff.json", 400, "invalid_utf8", "path", NULL);
}

static void sizes_are_bounded(void **state) {
    struct fixture *f = *state;
    char target[16384] = "/search.json?q=";
    size_t n = strlen(target);
    memset(target + n, 'a', 5000);
    is_problem(f, target, 400, "query_too_long", "q", NULL);
    n = (size_t)snprintf(target, sizeof target, "/search.json?q=a");
    for (int i = 0; i < ROUTE_MAX_PARAMS; i++)
        n += (size_t)snprintf(target + n, sizeof target - n, "&year=2025");
    is_problem(f, target, 400, "too_many_parameters", NULL, NULL);
    memset(target, 'a', ROUTE_MAX_PATH + 10);
    memcpy(target, "/nope", 5);
    memcpy(target + ROUTE_MAX_PATH + 5, ".json", 6);
    is_problem(f, target, 414, "uri_too_long", NULL, NULL);
}

static void only_get_and_head(void **state) {
    static const char *const method[] = {"POST", "PUT", "DELETE", "OPTIONS", "get", ""};
    struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(method); i++) {
        struct request q = request_of(f, "/search.json");
        q.method = str_of(method[i]);
        assert_int_equal(answer(f, &q), 405);
        assert_string_equal(f->r.allow, "GET, HEAD");
    }
    struct request q = request_of(f, "/search.json");
    q.method = str_of("HEAD");
    assert_int_equal(answer(f, &q), 200);
}

static void lost_numbers_answer_301_410_404(void **state) {
    struct fixture *f = *state;
    assert_int_equal(get(f, "/achievement/OLD1"), 301);
    assert_string_equal(f->r.location, "/achievement/9142025Y0001");
    assert_int_equal(get(f, "/achievement/OLD1.json"), 301);
    assert_string_equal(f->r.location, "/achievement/9142025Y0001.json");
    is_problem(f, "/achievement/GONE1.json", 410, "gone", NULL, NULL);
    is_problem(f, "/achievement/NEVER.json", 404, "not_found", NULL, NULL);
    assert_int_equal(get(f, "/achievement/GONE1"), 410);
    assert_true(f->r.page);
}

static void etags_are_weak_and_compare(void **state) {
    static const char *const target[] = {"/search.json?q=%E7%93%A6%E6%96%AF",
                                         "/search",
                                         "/",
                                         "/stats/T01.csv",
                                         "/charts/C01.json",
                                         "/achievement/9142025Y0001",
                                         "/stats"};
    struct fixture *f = *state;
    char seen[ARRAY_LEN(target)][64];
    for (size_t i = 0; i < ARRAY_LEN(target); i++) {
        assert_int_equal(get(f, target[i]), 200);
        assert_memory_equal(f->r.etag, "W/\"", 3);
        snprintf(seen[i], sizeof seen[i], "%s", f->r.etag);
        for (size_t k = 0; k < i; k++) assert_string_not_equal(seen[i], seen[k]);
        char list[160];
        snprintf(list, sizeof list, "\"other\", %s", seen[i]);
        struct request q = request_of(f, target[i]);
        q.if_none_match = str_of(list);
        assert_int_equal(answer(f, &q), 304);
        assert_int_equal(response_body(&f->r).n, 0);
        assert_string_equal(f->r.etag, seen[i]);
        q = request_of(f, target[i]);
        q.if_none_match = str_of("W/\"7-0000000000000000\"");
        assert_int_equal(answer(f, &q), 200);
    }
    /* The same request written differently is the same request. */
    assert_int_equal(get(f, "/search.json?page=1&q=%E7%93%a6%E6%96%AF&size=20"), 200);
    assert_string_equal(f->r.etag, seen[0]);
}

static void probes_have_no_etag(void **state) {
    struct fixture *f = *state;
    assert_int_equal(get(f, "/healthz"), 200);
    assert_string_equal(f->r.etag, "");
    assert_int_equal(get(f, "/readyz"), 200);
    assert_true(body_has(f, "revision=7"));
    assert_string_equal(f->r.etag, "");
    metrics_enter(&f->server.metrics);
    metrics_end(&f->server.metrics, 2, 200, 3000000, 10);
    assert_int_equal(get(f, "/metrics"), 200);
    assert_string_equal(f->r.etag, "");
    assert_true(body_has(f, "chengguo_index_revision 7\n"));
    assert_true(body_has(f, "chengguo_index_documents 3\n"));
    assert_true(body_has(f, "chengguo_index_age_seconds 0\n"));
    assert_true(body_has(f, "chengguo_http_in_flight 1\n"));
    metrics_leave(&f->server.metrics);
    assert_true(body_has(
        f, "chengguo_http_requests_total{route=\"/search\",status=\"200\"} 1\n"));
    assert_true(body_has(f, "route=\"/search\",le=\"0.0025\"} 0\n"));
    assert_true(body_has(f, "route=\"/search\",le=\"0.005\"} 1\n"));
    atomic_store(&f->server.stopping, true);
    assert_int_equal(get(f, "/readyz"), 503);
    assert_int_equal(get(f, "/healthz"), 200);
}

static void bodies_are_gzipped_when_wanted(void **state) {
    struct fixture *f = *state;
    struct request q = request_of(f, "/search");
    q.accepts_gzip = true;
    assert_int_equal(answer(f, &q), 200);
    assert_true(f->r.gzipped && f->r.vary);
    struct buf plain = buf_init(0);
    assert_true(buf_reserve(&plain, 1 << 20));
    z_stream z = {.next_in = (Bytef *)f->r.body.p,
                  .avail_in = (uInt)f->r.body.n,
                  .next_out = (Bytef *)plain.p,
                  .avail_out = 1 << 20};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_memory_equal(plain.p, "<!DOCTYPE html>", 15);
    inflateEnd(&z);
    buf_done(&plain);
    q.accepts_gzip = false;
    assert_int_equal(answer(f, &q), 200);
    assert_true(!f->r.gzipped && f->r.vary);
    assert_int_equal(get(f, "/healthz"), 200);
    assert_false(f->r.vary);
}

static void accept_encoding_is_read(void **state) {
    (void)state;
    assert_true(route_accepts_gzip(str_of("gzip")));
    assert_true(route_accepts_gzip(str_of("deflate, gzip;q=0.5, br")));
    assert_false(route_accepts_gzip(str_of("br, gzip;q=0")));
    assert_false(route_accepts_gzip(str_of("gzip;q=0.000")));
    assert_false(route_accepts_gzip(str_of("br")));
    assert_false(route_accepts_gzip(str_slice(NULL, 0)));
}

static void a_chart_that_fails_is_503_alone(void **state) {
    struct fixture *f = *state;
    is_problem(f, "/charts/C01.svg", 503, "draw", NULL, NULL);
    assert_true(f->r.retry);
    assert_int_equal(get(f, "/charts/C01"), 200);
    assert_true(body_has(f, "/charts/C01.svg"));
}

static void a_deadline_is_503(void **state) {
    struct fixture *f = *state;
    struct request q = request_of(f, "/search.json?q=%E7%93%A6%E6%96%AF");
    q.deadline_ns = 1;
    assert_int_equal(answer(f, &q), 503);
    assert_true(body_has(f, "\"code\":\"deadline\""));
    assert_true(f->r.retry);
}

static void without_a_set_all_but_health_is_503(void **state) {
    struct fixture *f = *state;
    is_problem(f, "/search.json", 503, "not_ready", NULL, NULL);
    is_problem(f, "/achievement/x.json", 503, "not_ready", NULL, NULL);
    is_problem(f, "/stats/T01.json", 503, "not_ready", NULL, NULL);
    assert_int_equal(get(f, "/"), 503);
    assert_int_equal(get(f, "/readyz"), 503);
    assert_int_equal(get(f, "/healthz"), 200);
    assert_int_equal(get(f, "/metrics"), 200);
    assert_true(body_has(f, "chengguo_index_revision 0\n"));
    /* It comes: the next request finds it. */
    publish(f, 7);
    assert_int_equal(get(f, "/readyz"), 200);
    assert_int_equal(get(f, "/search.json"), 200);
    assert_int_equal(get(f, "/stats/T01.json"), 200);
}

static void a_swapped_set_is_seen(void **state) {
    struct fixture *f = *state;
    char old[PATH_MAX], set[PATH_MAX];
    assert_int_equal(get(f, "/search.json"), 200);
    assert_int_equal(get(f, "/stats/T01.json"), 200);
    assert_int_equal(
        rename(xset_path(set, f->dir, "public"), xset_path(old, f->dir, "old")), 0);
    /* Between the two there is nothing: not the client's fault. */
    is_problem(f, "/search.json", 503, "not_ready", NULL, NULL);
    assert_int_equal(get(f, "/search"), 503);
    publish(f, 8);
    assert_int_equal(get(f, "/search.json"), 200);
    assert_true(body_has(f, "\"revision\":8"));
    ino_t before = f->context.data_ino;
    assert_int_equal(get(f, "/stats/T01.json"), 200);
    assert_int_not_equal(before, f->context.data_ino);
}

static void a_damaged_index_is_503(void **state) {
    static const char *const files[] = {"public/index/postlist.glass",
                                        "public/index/docdata.glass"};
    struct fixture *f = *state;
    char path[PATH_MAX];
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        assert_int_equal(truncate(xset_path(path, f->dir, files[i]), 0), 0);
    is_problem(f, "/search.json", 503, "unavailable", NULL, NULL);
    assert_true(body_has(f, "数据正在维护"));
    assert_int_equal(get(f, "/healthz"), 200);
}

static void addresses_are_read(void **state) {
    static const char *const bad[] = {"8080",          "127.0.0.1",  ":8080",
                                      "127.0.0.1:x",   "127.0.0.1:", "127.0.0.1:123456",
                                      "example.org:80"};
    struct err why;
    bool loopback = false;
    (void)state;
    ok(http_is_loopback("127.0.0.1:0", &loopback, err));
    assert_true(loopback);
    ok(http_is_loopback("[::1]:80", &loopback, err));
    assert_true(loopback);
    ok(http_is_loopback("0.0.0.0:80", &loopback, err));
    assert_false(loopback);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(http_is_loopback(bad[i], &loopback, &why), STATUS_USAGE);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(a_search_answers_json),
        WITH(pages_are_pages),
        WITH(a_page_escapes_what_it_shows),
        WITH(faces_follow_the_extension),
        WITH(unknown_paths_are_404),
        WITH(bad_parameters_are_named),
        WITH(sizes_are_bounded),
        WITH(only_get_and_head),
        WITH(lost_numbers_answer_301_410_404),
        WITH(etags_are_weak_and_compare),
        WITH(probes_have_no_etag),
        WITH(bodies_are_gzipped_when_wanted),
        cmocka_unit_test(accept_encoding_is_read),
        WITH(a_chart_that_fails_is_503_alone),
        WITH(a_deadline_is_503),
        cmocka_unit_test_setup_teardown(without_a_set_all_but_health_is_503, setup_empty,
                                        teardown),
        WITH(a_swapped_set_is_seen),
        WITH(a_damaged_index_is_503),
        cmocka_unit_test(addresses_are_read),
    };
    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
