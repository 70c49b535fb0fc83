/* fuzz_query.c - any bytes as a query, of either audience, over a small store that is
 * brought in and published once: parsed, printed, expanded, planned; searched, relaxed,
 * spelled, highlighted, answered directly, written as JSON; completed as a suggestion,
 * looked at as a pasted text. Must never crash or hang; what is printed must parse to an
 * equal tree; nothing but a 4xx may come of it; marks are the only tags.
 * Corpus: tests/fuzz/corpus/query/; words: tests/fuzz/query.dict. */
#include "core/fs.h"
#include "core/synonym.h"
#include "core/utf8.h"
#include "indexer/ingest.h"
#include "indexer/publish.h"
#include "query/direct.h"
#include "query/highlight.h"
#include "query/plan.h"
#include "query/result_json.h"
#include "query/similar.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>
#include <unistd.h>

#define SAMPLE "data/sample/registrations.jsonl"
#define SAMPLE_LINES 400
#define HARD "tests/fuzz/query.jsonl" /* other scripts, planes, signs */
#define NOW 1767225600                /* 2026-01-01, so that every run sees the same */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char dir[PATH_MAX - 64];
static struct xindex_reader *reader[AUDIENCE_COUNT];
static struct db data_db[AUDIENCE_COUNT];

static void must(enum status s, const char *what, const struct err *err) {
    if (s == STATUS_OK) return;
    fprintf(stderr, "%s: %s: %s\n", what, status_name(s), err->text);
    abort();
}

/* ---- the store, once -------------------------------------------------------------- */

static void copy_lines(FILE *to, const char *path, size_t lines) {
    char *line = NULL;
    size_t room = 0;
    FILE *from = fopen(path, "r");
    if (!from) {
        fprintf(stderr, "%s cannot be read: run from the root of the repository\n", path);
        abort();
    }
    for (; lines && getline(&line, &room, from) > 0; lines--) fputs(line, to);
    free(line);
    fclose(from);
}

static void bring_in(struct registry *r) {
    struct ingest_options o = {.path = "fuzz.jsonl", .now = NOW, .actor = "fuzz"};
    struct ingest_report report;
    struct err err;
    FILE *lines = tmpfile();
    if (!lines) abort();
    copy_lines(lines, SAMPLE, SAMPLE_LINES);
    copy_lines(lines, HARD, SIZE_MAX);
    if (fflush(lines) != 0 || lseek(fileno(lines), 0, SEEK_SET) != 0) abort();
    o.fd = fileno(lines);
    must(ingest_file(r, &o, &report, &err), "ingest", &err);
    ingest_report_done(&report);
    fclose(lines);
}

static void remove_store(void) {
    struct err err;
    if (fs_remove_tree(dir, &err) != STATUS_OK) fprintf(stderr, "%s\n", err.text);
}

static void make_store(void) {
    const char *tmp = getenv("TMPDIR");
    struct publish_options publish = {0};
    struct store store;
    struct registry r;
    struct err err;
    snprintf(dir, sizeof dir, "%s/fuzz-query-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(dir) || atexit(remove_store) != 0) abort();
    must(codes_load(&err), "codes", &err);
    must(synonym_load(NULL, &err), "synonyms", &err);
    must(store_open(dir, true, &store, &err), "store", &err);
    must(registry_open(&store, true, &r, &err), "registry", &err);
    bring_in(&r);
    must(publish_update(&store, &r, &publish, &err), "publish", &err);
    registry_close(&r);
    for (size_t a = 0; a < AUDIENCE_COUNT; a++) {
        char set[PATH_MAX];
        must(store_set_path(&store, (enum audience)a, NULL, set, sizeof set, &err), "set",
             &err);
        must(xindex_reader_open(set, &reader[a], &err), "reader", &err);
        must(pubdata_open(set, &data_db[a], &err), "data.db", &err);
    }
    store_close(&store);
}

/* ---- parse, print, expand, plan, highlight ----------------------------------------- */

static void reads_back(void *ctx, const struct qlang_node *root, enum audience audience) {
    struct qlang_query *again;
    struct buf text = buf_init(0);
    qlang_print(root, &text);
    if (text.failed) abort();
    if (text.n <= QLANG_MAX_BYTES &&
        (qlang_parse(ctx, buf_str(&text), audience, &again, NULL) != STATUS_OK ||
         !qlang_equal(root, again->root)))
        abort();
    buf_done(&text);
}

static void check_tree(void *ctx, struct str q, enum audience audience) {
    struct qlang_query *query;
    struct expansion_list expanded = {0};
    struct xindex_node *plan;
    struct highlight_set set;
    struct highlight_work work = {0};
    struct buf html = buf_init(0);
    struct err err;
    if (qlang_parse(ctx, q, audience, &query, NULL) != STATUS_OK) return;
    reads_back(ctx, query->root, audience);
    enum status s = expand_query(query, &expanded, &err);
    if (s != STATUS_LIMIT) must(s, "expand", &err);
    if (s == STATUS_OK) reads_back(ctx, query->root, audience);
    must(plan_build(ctx, query->root, &plan, &err), "plan", &err);
    highlight_collect(query->root, &set);
    set.pieces = q.n % 2; /* relaxed or not */
    must(highlight_snippet(&set, field_by_path(str_of("title"))->tag, q, &work, &html,
                           &err),
         "highlight", &err);
    highlight_work_done(&work);
    buf_done(&html);
}

/* ---- search and what stands beside it ---------------------------------------------- */

/* Of the reader's query only this may come; anything else is a fault of the program. */
static bool is_refusal(enum status s, const struct err *err) {
    if (s == STATUS_OK) return false;
    if ((s == STATUS_LIMIT || s == STATUS_INVALID) && err->code[0]) return true;
    must(s, "search", err);
    return true;
}

static void check_marks(struct str html) {
    static const struct str open = {"<mark>", 6}, close = {"</mark>", 7};
    bool inside = false;
    for (size_t i = 0; i < html.n; i++) {
        struct str rest = str_slice(html.p + i, html.n - i);
        if (html.p[i] == '<' && !str_starts(rest, inside ? close : open)) abort();
        if (html.p[i] == '<') inside = !inside;
    }
    if (inside) abort();
}

static void check_result(const struct search_result *r) {
    struct buf json = buf_init(0);
    struct err err;
    json_error_t why;
    if (r->nhits > r->total || r->relaxed.strict_total > r->total) abort();
    if (r->suggestion.n && r->suggestion_total == 0) abort();
    for (size_t i = 0; i < r->nhits; i++) {
        check_marks(r->hit[i].title_html);
        check_marks(r->hit[i].snippet_html);
    }
    must(result_json(r, "/search.json", &json, &err), "json", &err);
    json_t *parsed = json_loadb(json.p, json.n, JSON_ALLOW_NUL, &why);
    if (!parsed) abort();
    json_decref(parsed);
    buf_done(&json);
}

static void check_search(void *ctx, struct str q, enum audience audience) {
    struct search_param p[] = {{str_of("q"), q},
                               {str_of("facets"), str_of("category,year")}};
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *req;
    struct search_result *r;
    struct err err;
    enum status s = request_parse(ctx, p, ARRAY_LEN(p), audience, &req, suggestion, &err);
    if (is_refusal(s, &err)) return;
    s = direct_search(ctx, reader[audience], &data_db[audience], req, 0, &r, &err);
    if (is_refusal(s, &err)) return;
    check_result(r);
}

static void check_beside(void *ctx, struct str q) {
    struct xindex_reader *public = reader[AUDIENCE_PUBLIC];
    const struct suggest *suggest;
    struct suggest_entry entry[SUGGEST_MAX];
    struct similar_result *similar;
    struct err err;
    if (utf8_bad_at(q) != q.n) return;
    (void)is_refusal(similar_to_text(ctx, public, q, SIMILAR_SIZE, 0, &similar, &err),
                     &err);
    must(xindex_reader_suggest(public, &suggest, &err), "suggestions", &err);
    size_t n = suggest_find(suggest, q, SUGGEST_MAX, entry);
    if (n > SUGGEST_MAX) abort();
    for (size_t i = 0; i < n; i++)
        if (suggest_text(suggest, &entry[i]).n == 0) abort();
}

/* Before the clock of the first input runs; replay.c does without. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    make_store();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!dir[0]) make_store();
    void *ctx = talloc_new(NULL);
    struct str q = str_slice(size ? (const char *)data : "", size);
    for (size_t a = 0; a < AUDIENCE_COUNT; a++) {
        check_tree(ctx, q, (enum audience)a);
        check_search(ctx, q, (enum audience)a);
    }
    check_beside(ctx, q);
    talloc_free(ctx);
    return 0;
}
