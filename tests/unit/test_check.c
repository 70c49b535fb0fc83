/* check --deep: a set whose character lists do not fit its records is found out. */
#include "indexer/check.h"
#include "indexer/docmap.h"
#include "indexer/publish.h"
#include "tests/unit/xstore.h"

#define LINE                                                                                   \
    "{\"kind\":\"registration\",\"uid\":\"U1\",\"title\":\"煤矿瓦斯抽采\",\"category\":" \
    "\"A\",\"units\":[{\"name\":\"单位\"}],\"secrecy\":\"非密\","                          \
    "\"state\":\"approved\",\"stat_year\":2025}\n"

/* Writes the internal set's columns once more, the one record with the keys given. */
static void rewrite(const struct columns_row *row, const char *path,
                    const struct columns *base) {
    struct err err = {0};
    char name[COLUMNS_NAME_MAX];
    struct columns_builder *b;
    int64_t revision = base->revision;
    uint64_t end = base->text_end;
    snprintf(name, sizeof name, "%s", base->text_name);
    must_(columns_builder_new(base, &b, &err), &err, "columns_builder_new");
    must_(columns_builder_put(b, row, &err), &err, "columns_builder_put");
    must_(columns_builder_write(b, path, revision, name, end, &err), &err, "write");
    columns_builder_free(b);
}

static size_t findings(struct xstore *x, const char *about) {
    static struct check_report rep;
    struct err err = {0};
    size_t n = 0;
    must_(check_store(&x->store, &x->reg, true, &rep, &err), &err, "check_store");
    for (size_t i = 0; i < rep.nfindings; i++) {
        if (!strstr(rep.finding[i].text, about)) fail_msg("%s", rep.finding[i].text);
        n++;
    }
    return n;
}

static void character_lists_are_compared(void **unused) {
    (void)unused;
    struct xstore x;
    struct err err = {0};
    struct publish_options opt = {.processes = 1};
    xstore_open(&x);
    struct ingest_report r = xstore_ingest(&x, "one.jsonl", LINE, strlen(LINE));
    assert_int_equal(r.outcome[OUTCOME_ADDED], 1);
    ingest_report_done(&r);
    must_(publish_update(&x.store, &x.reg, &opt, &err), &err, "publish_update");
    assert_int_equal(findings(&x, ""), 0);

    char path[PATH_MAX];
    struct columns base;
    struct registry_row row;
    struct docmap *m;
    struct docmap_doc doc;
    int64_t seq = 0, at = 0;
    char file[COLUMNS_NAME_MAX];
    must_(registry_revision(&x.reg, &seq, &at, &err), &err, "registry_revision");
    snprintf(file, sizeof file, "columns-%lld", (long long)seq);
    must_(store_set_path(&x.store, AUDIENCE_INTERNAL, file, path, sizeof path, &err),
          &err, "store_set_path");
    must_(columns_open(path, &base, &err), &err, "columns_open");
    uint32_t key = base.size - 1;
    must_(registry_load(&x.reg, key, &row, &err), &err, "registry_load");
    must_(docmap_new(&m, &err), &err, "docmap_new");
    must_(docmap_make(m, AUDIENCE_INTERNAL, &row.record, &doc, &err), &err, "docmap");
    doc.row.docid = key;
    doc.row.text_at = base.text_at[key];
    assert_true(doc.row.nhan > 2);

    uint32_t keys[64];
    size_t n = doc.row.nhan;
    assert_in_range(n, 3, 63);
    memcpy(keys, doc.row.han, n * sizeof *keys);
    doc.row.han = keys;
    doc.row.nhan = n - 1; /* one missing: of the record, and in all */
    rewrite(&doc.row, path, &base);
    assert_int_equal(findings(&x, "单字"), 2);
    keys[n] = 0x4E00; /* one too many */
    doc.row.nhan = n + 1;
    rewrite(&doc.row, path, &base);
    assert_int_equal(findings(&x, "单字"), 1);
    doc.row.nhan = n;
    rewrite(&doc.row, path, &base);
    assert_int_equal(findings(&x, ""), 0);

    docmap_free(m);
    registry_row_done(&row);
    columns_close(&base);
    xstore_close(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(character_lists_are_compared)};
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
