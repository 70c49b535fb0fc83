/* Embedded files: the same bytes as the sources, found only by their present address. */
#include "web/asset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static int open_embedded(void **state) {
    struct asset_set *set = NULL;
    struct err err;
    if (asset_set_open(NULL, &set, &err) != STATUS_OK) return -1;
    *state = set;
    return 0;
}

static int close_set(void **state) {
    asset_set_close(*state);
    return 0;
}

static const struct asset *by_name(const struct asset_set *set, const char *name) {
    const char *url = asset_url(set, name);
    assert_non_null(url);
    const struct asset *a = asset_find(set, str_of(url));
    assert_non_null(a);
    return a;
}

static void embedded_bytes_are_the_source(void **state) {
    const struct asset *a = by_name(*state, "site.css");
    struct buf b = buf_init(0);
    FILE *f = fopen("web/css/site.css", "rb");
    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF;) buf_add_char(&b, (char)c);
    fclose(f);
    assert_true(str_eq(a->body, buf_str(&b)));
    buf_done(&b);
    assert_string_equal(a->type, "text/css; charset=utf-8");
    assert_string_equal(by_name(*state, "favicon.svg")->type,
                        "image/svg+xml; charset=utf-8");
}

static void style_sheet_stays_small(void **state) {
    assert_in_range(by_name(*state, "site.css")->body.n, 1, 20 * 1024);
}

static void address_and_etag_carry_the_hash(void **state) {
    const struct asset *a = by_name(*state, "site.css");
    assert_int_equal(strncmp(a->url, "/assets/site.", 13), 0);
    assert_int_equal(strlen(a->url), strlen("/assets/site.0123456789abcdef.css"));
    char hash[32];
    snprintf(hash, sizeof hash, "\"%.16s\"", a->url + 13);
    assert_string_equal(a->etag, hash);
}

static void other_paths_find_nothing(void **state) {
    static const char *const paths[] = {"",
                                        "/",
                                        "/assets/",
                                        "/assets/site.css",
                                        "/assets/site.0123456789abcdef.css",
                                        "/assets/../web/css/site.css",
                                        "/assets/home.mustache",
                                        "/css/site.css"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        assert_null(asset_find(*state, str_of(paths[i])));
    assert_null(asset_url(*state, "home.mustache"));
    assert_null(asset_url(*state, "absent.css"));

    /* A longer path that begins with a good one is another path. */
    char longer[128];
    snprintf(longer, sizeof longer, "%s/", asset_url(*state, "site.css"));
    assert_null(asset_find(*state, str_of(longer)));
}

static void gzip_unpacks_to_the_body(void **state) {
    const struct asset *a = by_name(*state, "site.css");
    assert_true(a->gzip.n > 0 && a->gzip.n < a->body.n);
    unsigned char *out = malloc(a->body.n);
    assert_non_null(out);
    z_stream z = {0};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    unsigned char *in = malloc(a->gzip.n);
    assert_non_null(in);
    memcpy(in, a->gzip.p, a->gzip.n);
    z.next_in = in;
    z.avail_in = (uInt)a->gzip.n;
    z.next_out = out;
    z.avail_out = (uInt)a->body.n;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, a->body.n);
    assert_memory_equal(out, a->body.p, a->body.n);
    inflateEnd(&z);
    free(in);
    free(out);
}

static void templates_are_listed_by_name(void **state) {
    bool home = false;
    for (size_t i = 0; i < asset_template_count(*state); i++) {
        const char *name;
        struct str text = asset_template_at(*state, i, &name);
        assert_true(text.n > 0);
        assert_null(strchr(name, '/'));
        assert_null(strchr(name, '.'));
        home |= strcmp(name, "home") == 0;
    }
    assert_true(home);
}

static void the_source_folder_gives_the_same(void **state) {
    struct asset_set *dev = NULL;
    struct err err;
    assert_int_equal(asset_set_open("web", &dev, &err), STATUS_OK);
    assert_string_equal(asset_url(dev, "site.css"), asset_url(*state, "site.css"));
    assert_int_equal(asset_template_count(dev), asset_template_count(*state));
    asset_set_close(dev);
}

/* A folder that looks like web/, but whose css/site.css holds `n` times 'x'. */
static void make_dir(char *dir, size_t size, size_t n) {
    char cwd[4096], path[4400], target[4400];
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, size, "%s/chengguo-asset-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    assert_non_null(getcwd(cwd, sizeof cwd));
    static const char *const linked[] = {"templates", "icons"};
    for (size_t i = 0; i < ARRAY_LEN(linked); i++) {
        snprintf(target, sizeof target, "%s/web/%s", cwd, linked[i]);
        snprintf(path, sizeof path, "%s/%s", dir, linked[i]);
        assert_int_equal(symlink(target, path), 0);
    }
    snprintf(path, sizeof path, "%s/css", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/css/site.css", dir);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (size_t i = 0; i < n; i++) putc('x', f);
    assert_int_equal(fclose(f), 0);
}

static void drop_dir(const char *dir) {
    static const char *const parts[] = {"templates", "icons", "css/site.css", "css", ""};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char path[4400];
        snprintf(path, sizeof path, "%s/%s", dir, parts[i]);
        size_t n = strlen(path);
        if (path[n - 1] == '/') path[n - 1] = 0;
        assert_int_equal(remove(path), 0);
    }
}

static void a_changed_file_has_another_address(void **state) {
    char dir[256];
    make_dir(dir, sizeof dir, 3);
    struct asset_set *dev = NULL;
    struct err err;
    assert_int_equal(asset_set_open(dir, &dev, &err), STATUS_OK);
    assert_string_not_equal(asset_url(dev, "site.css"), asset_url(*state, "site.css"));
    const struct asset *a = by_name(dev, "site.css");
    assert_true(str_eq_z(a->body, "xxx"));
    assert_int_equal(a->gzip.n, 0);
    asset_set_close(dev);
    drop_dir(dir);
}

static void a_bad_folder_is_refused(void **state) {
    (void)state;
    struct asset_set *set = NULL;
    struct err err = {0};
    assert_int_equal(asset_set_open("/nonexistent-web", &set, &err), STATUS_IO);
    assert_non_null(strstr(err.text, "/nonexistent-web/"));
    assert_null(set);

    char dir[256];
    make_dir(dir, sizeof dir, ASSET_MAX_BYTES + 1);
    assert_int_equal(asset_set_open(dir, &set, &err), STATUS_LIMIT);
    assert_non_null(strstr(err.text, "site.css"));
    assert_null(set);
    drop_dir(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedded_bytes_are_the_source),
        cmocka_unit_test(style_sheet_stays_small),
        cmocka_unit_test(address_and_etag_carry_the_hash),
        cmocka_unit_test(other_paths_find_nothing),
        cmocka_unit_test(gzip_unpacks_to_the_body),
        cmocka_unit_test(templates_are_listed_by_name),
        cmocka_unit_test(the_source_folder_gives_the_same),
        cmocka_unit_test(a_changed_file_has_another_address),
        cmocka_unit_test(a_bad_folder_is_refused),
    };
    return cmocka_run_group_tests_name("asset", tests, open_embedded, close_set);
}
