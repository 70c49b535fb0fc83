/* fuzz_query.c - any bytes as a query, of either audience: parsed, printed, planned,
 * collected for highlighting. Must never crash; what is printed must parse to an equal
 * tree. Corpus: tests/fuzz/corpus/query/. */
#include "query/highlight.h"
#include "query/plan.h"

#include <stdlib.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *ctx, struct str q, enum audience audience) {
    struct qlang_query *first, *second;
    struct xindex_node *plan;
    struct highlight_set set;
    struct highlight_work work = {0};
    struct buf text = buf_init(0), html = buf_init(0);
    if (qlang_parse(ctx, q, audience, &first, NULL) != STATUS_OK) return;
    qlang_print(first->root, &text);
    if (text.failed) abort();
    if (text.n <= QLANG_MAX_BYTES &&
        (qlang_parse(ctx, buf_str(&text), audience, &second, NULL) != STATUS_OK ||
         !qlang_equal(first->root, second->root)))
        abort();
    if (plan_build(ctx, first->root, PLAN_SENTENCE_HALF, &plan, NULL) != STATUS_OK)
        abort();
    highlight_collect(first->root, &set);
    if (highlight_snippet(&set, field_by_path(str_of("title"))->tag, q, &work, &html,
                          NULL) != STATUS_OK)
        abort();
    highlight_work_done(&work);
    buf_done(&text);
    buf_done(&html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (codes_load(NULL) != STATUS_OK) abort();
    void *ctx = talloc_new(NULL);
    struct str q = str_slice(size ? (const char *)data : "", size);
    check(ctx, q, AUDIENCE_PUBLIC);
    check(ctx, q, AUDIENCE_INTERNAL);
    talloc_free(ctx);
    return 0;
}
