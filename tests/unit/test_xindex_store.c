/* xindex: a small set by hand: looked up, replaced, swapped, damaged. */
#include "tests/unit/xindex_set.h"

static void records_are_looked_up(void **unused) {
    (void)unused;
    uint32_t docid, n;
    struct str data;
    ok(xindex_lookup(fx.r, fx.ctx, str_of("QU3"), &docid, &data, err));
    assert_int_equal(docid, 3);
    assert_true(str_eq_z(data, "U3"));
    expect(STATUS_NOT_FOUND,
           xindex_lookup(fx.r, fx.ctx, str_of("QU33"), &docid, &data, err));
    expect(STATUS_NOT_FOUND, xindex_lookup(fx.r, fx.ctx, str_of(""), &docid, &data, err));
    ok(xindex_term_count(fx.r, str_of("瓦斯"), &n, err));
    assert_int_equal(n, 4);
    ok(xindex_term_count(fx.r, str_of("斯"), &n, err));
    assert_int_equal(n, 4);
    ok(xindex_term_count(fx.r, str_of("不在"), &n, err));
    assert_int_equal(n, 0);
    ok(xindex_term_count(fx.r, str_of(""), &n, err));
    assert_int_equal(n, 6);
    struct str text = xindex_reader_text(fx.r, 4);
    assert_int_equal(text.p[0], xset_tag(FIELD_SEARCHED, 0));
    assert_true(str_eq_z(str_slice(text.p + 1, 9), "co2 laser"));
    assert_int_equal(xindex_reader_text(fx.r, 0).n, 0);
    assert_int_equal(xindex_reader_text(fx.r, 4000).n, 0);
    assert_int_equal(xindex_reader_columns(fx.r)->live_count, 6);
}

static void every_search_sees_the_newest_revision(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xset_doc change = fx.doc[0];
    change.nvalue = 0;
    add_value(&change, xset_tag(FIELD_SEARCHED, 0), "改名");
    const uint32_t gone[] = {2, 4000};
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("斯")), "U1 U2 U3 U6");
    assert_string_equal(found(literal("改")), "");
    for (int64_t rev = 2; rev < 5; rev++) {
        xset_publish(fx.dir, rev, &change, 1, gone, 2);
        unlink(xset_path(path, fx.dir, rev == 2 ? "columns-1" : "columns-2"));
    }
    assert_int_equal(xindex_reader_revision(fx.r), 1);
    assert_string_equal(found(literal("瓦斯")), "U3 U6");
    assert_string_equal(found(literal("改名")), "U1");
    assert_string_equal(found(literal("斯")), "U3 U6");
    assert_string_equal(found(literal("改")), "U1");
    assert_int_equal(xindex_reader_revision(fx.r), 4);
    assert_string_equal(xindex_reader_as_of(fx.r), "2026-01-20T08:00:00Z");
    uint32_t docid;
    struct str data;
    expect(STATUS_NOT_FOUND,
           xindex_lookup(fx.r, fx.ctx, str_of("QU2"), &docid, &data, err));
}

static void nothing_shows_before_the_commit(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xindex_writer *w, *second;
    struct term t = {str_of("新词"), 1};
    uint32_t n;
    xset_path(path, fx.dir, "index");
    ok(xindex_writer_open(path, false, &w, err));
    expect(STATUS_BUSY, xindex_writer_open(path, false, &second, err));
    /* More than Xapian spills at. */
    for (uint32_t i = 50; i < 60 + XINDEX_FLUSH_DOCS; i++)
        ok(xindex_writer_put(w, i, &t, 1, str_of("x"), err));
    ok(xindex_term_count(fx.r, t.text, &n, err));
    assert_int_equal(n, 0);
    xindex_writer_close(w);
    ok(xindex_term_count(fx.r, t.text, &n, err));
    assert_int_equal(n, 0);
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    ok(xindex_check(path, err));
}

static void bad_documents_are_refused_before_they_spoil_a_commit(void **unused) {
    (void)unused;
    char path[PATH_MAX], text[XINDEX_TERM_MAX + 1];
    struct xindex_writer *w;
    memset(text, 'a', sizeof text);
    struct term lang = {str_slice(text, XINDEX_TERM_MAX + 1), 1};
    struct term fits = {str_slice(text, XINDEX_TERM_MAX), 1};
    struct term control = {str_of("a\1b"), 1}, empty = {str_of(""), 1};
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 50, &lang, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 50, &empty, 1, str_of(""), err));
    expect(STATUS_INVALID, xindex_writer_put(w, 50, &control, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_put(w, 0, &fits, 1, str_of(""), err));
    expect(STATUS_LIMIT, xindex_writer_delete(w, 0, err));
    ok(xindex_writer_put(w, 50, &fits, 1, str_of(""), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void make_shard(const char *dir, uint32_t from, uint32_t to) {
    struct xindex_writer *w;
    struct term t = {str_of("词语"), 2};
    ok(xindex_writer_open(dir, true, &w, err));
    for (uint32_t i = from; i < to; i++)
        ok(xindex_writer_put(w, i, &t, 1, str_of("x"), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void shards_keep_their_docids(void **unused) {
    (void)unused;
    char a[PATH_MAX], b[PATH_MAX], set[PATH_MAX], index[PATH_MAX], path[PATH_MAX];
    struct xindex_writer *w;
    struct xindex_reader *r;
    struct columns_builder *cols;
    uint64_t end;
    uint32_t n;
    make_shard(xset_path(a, fx.dir, "a"), 10, 400);
    make_shard(a, 5, 300); /* fresh: what was there is overwritten */
    make_shard(xset_path(b, fx.dir, "b"), 1000, 1010);
    xset_path(set, fx.dir, "set");
    assert_int_equal(mkdir(set, 0755), 0);
    xset_path(index, set, "index");
    const char *shards[] = {b, a}, *twice[] = {a, b, a};
    ok(xindex_compact(shards, 2, index, err));
    expect(STATUS_CONFLICT, xindex_compact(twice, 3, xset_path(path, fx.dir, "c"), err));
    expect(STATUS_INVALID, xindex_compact(shards, 0, xset_path(path, fx.dir, "c"), err));
    ok(rectext_create(xset_path(path, set, "text-1"), &end, err));
    ok(columns_builder_new(NULL, &cols, err));
    ok(columns_builder_write(cols, xset_path(path, set, "columns-1"), 1, "text-1", end,
                             err));
    columns_builder_free(cols);
    /* No metadata yet: a set that nobody may read. */
    expect(STATUS_CORRUPT, xindex_reader_open(set, &r, err));
    ok(xindex_writer_open(index, false, &w, err));
    xset_meta(w, 1, "columns-1", "text-1");
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    ok(xindex_reader_open(set, &r, err));
    ok(xindex_term_count(r, str_of("词语"), &n, err));
    assert_int_equal(n, 305);
    xindex_reader_close(r);
    ok(xindex_check(index, err));
    expect(STATUS_NOT_FOUND, xindex_check(xset_path(path, fx.dir, "nowhere"), err));
}

#define REVISIONS 60

/* Publishes as fast as it can and removes the files of older revisions at once. */
static void publish_on_and_on(void) {
    char path[PATH_MAX], name[32];
    for (uint32_t rev = 2; rev <= REVISIONS; rev++) {
        struct xset_doc more[2] = {{.docid = rev * 20}, {.docid = rev * 20 + 1}};
        more[0].uid = talloc_asprintf(fx.ctx, "N%u", rev);
        more[1].uid = talloc_asprintf(fx.ctx, "M%u", rev);
        for (int i = 0; i < 2; i++)
            add_value(&more[i], xset_tag(FIELD_SEARCHED, 0), "瓦斯抽采");
        xset_publish(fx.dir, rev, more, 2, NULL, 0);
        snprintf(name, sizeof name, "columns-%u", rev - 1);
        unlink(xset_path(path, fx.dir, name));
    }
    _exit(0);
}

static void a_search_answers_from_one_revision(void **unused) {
    (void)unused;
    struct xindex_request req = {.query = literal("瓦斯抽采"), .limit = 200};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) publish_on_and_on();
    int ended = 0, how = 0;
    for (int64_t last = 1; last < REVISIONS;) {
        if (!ended && waitpid(child, &how, WNOHANG) == child) ended = 1;
        void *ctx = talloc_new(fx.ctx);
        struct xindex_result *res = NULL;
        struct err err = {0};
        enum status s = xindex_search(fx.r, ctx, &req, &res, &err);
        /* Only a publisher that never rests may be too fast for every retry. */
        if (s != STATUS_OK && (s != STATUS_STALE || ended))
            fail_msg("%s: %s", status_name(s), err.text);
        if (s == STATUS_OK) {
            assert_true(res->revision >= last);
            last = res->revision;
            assert_int_equal(res->total, 2 * last);
            assert_int_equal(res->nhits, res->total);
            assert_int_equal(xindex_reader_columns(fx.r)->revision, last);
        }
        talloc_free(ctx);
        if (ended && last < REVISIONS) fail_msg("stuck at an old revision");
    }
    if (!ended) assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
}

static void join(char out[PATH_MAX], const char *suffix) {
    assert_true(snprintf(out, PATH_MAX, "%s%s", fx.dir, suffix) < PATH_MAX);
}

static void a_swapped_folder_is_noticed(void **unused) {
    (void)unused;
    char other[PATH_MAX], old[PATH_MAX];
    struct xset_doc doc = fx.doc[5];
    join(other, ".new");
    join(old, ".old");
    assert_int_equal(mkdir(other, 0755), 0);
    /* The same revision number as before: only the folder tells. */
    xset_publish(other, 1, &doc, 1, NULL, 0);
    assert_string_equal(found(literal("瓦斯")), "U1 U2 U3 U6");
    assert_int_equal(rename(fx.dir, old), 0);
    struct xindex_result *res;
    struct xindex_request req = {.limit = 1};
    expect(STATUS_NOT_FOUND, xindex_search(fx.r, fx.ctx, &req, &res, err));
    assert_int_equal(rename(other, fx.dir), 0);
    assert_string_equal(found(literal("瓦斯")), "U6");
    assert_string_equal(found(NULL), "U6");
    xset_remove_dir(old);
}

static void overwrite(const char *name, const char *text) {
    char path[PATH_MAX];
    FILE *f = fopen(xset_path(path, fx.dir, name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void republish_meta(const char *format, const char *seq, const char *columns) {
    char path[PATH_MAX];
    struct xindex_writer *w;
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    ok(xindex_writer_set_meta(w, "format", str_of(format), err));
    ok(xindex_writer_set_meta(w, "seq", str_of(seq), err));
    ok(xindex_writer_set_meta(w, "columns", str_of(columns), err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
}

static void damage_is_named(void **unused) {
    (void)unused;
    struct xindex_reader *r;
    char path[PATH_MAX];
    expect(STATUS_NOT_FOUND,
           xindex_reader_open(xset_path(path, fx.dir, "nowhere"), &r, err));
    republish_meta("0", "1", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "one", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "../columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "2", "columns-1");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "columns-9");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    republish_meta(XINDEX_FORMAT, "1", "columns-1");
    ok(xindex_reader_open(fx.dir, &r, err));
    xindex_reader_close(r);
    overwrite("text-1", "short");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    unlink(xset_path(path, fx.dir, "text-1"));
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    overwrite("columns-1", "no columns");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    overwrite("index/iamglass", "no index");
    expect(STATUS_CORRUPT, xindex_reader_open(fx.dir, &r, err));
    expect(STATUS_CORRUPT, xindex_check(xset_path(path, fx.dir, "index"), err));
    /* The reader that was open keeps answering nothing wrong: it says so too. */
    struct xindex_result *res;
    struct xindex_request req = {.limit = 1};
    expect(STATUS_CORRUPT, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

/* Columns that name a record the index does not hold must not be answered from. */
static void columns_and_index_must_agree(void **unused) {
    (void)unused;
    char path[PATH_MAX];
    struct xindex_writer *w;
    struct xindex_result *res;
    ok(xindex_writer_open(xset_path(path, fx.dir, "index"), false, &w, err));
    ok(xindex_writer_delete(w, 5, err));
    ok(xindex_writer_commit(w, err));
    xindex_writer_close(w);
    struct xindex_request req = {.sort = XINDEX_BY_APPROVED, .limit = 10};
    expect(STATUS_CORRUPT, xindex_search(fx.r, fx.ctx, &req, &res, err));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_set(records_are_looked_up),
        on_set(every_search_sees_the_newest_revision),
        on_set(nothing_shows_before_the_commit),
        on_set(bad_documents_are_refused_before_they_spoil_a_commit),
        on_set(shards_keep_their_docids),
        on_set(a_search_answers_from_one_revision),
        on_set(a_swapped_folder_is_noticed),
        on_set(damage_is_named),
        on_set(columns_and_index_must_agree),
    };
    return cmocka_run_group_tests_name("xindex store", tests, NULL, NULL);
}
