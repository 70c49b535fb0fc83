/* fuzz_params.c - any bytes as decoded URL parameters, "name=value" lines: read as a
 * request, its URL written, cursors and conditions made. Must never crash; the canonical
 * URL of a request must read back to the same URL. Corpus: tests/fuzz/corpus/params/. */
#include "query/request.h"

#include <stdlib.h>
#include <talloc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_PAIRS 32

static size_t split(struct str in, char end, struct search_param *p) {
    size_t n = 0;
    for (size_t at = 0; at < in.n && n < MAX_PAIRS;) {
        const char *from = in.p + at;
        const char *stop = memchr(from, end, in.n - at);
        size_t len = stop ? (size_t)(stop - from) : in.n - at;
        const char *eq = memchr(from, '=', len);
        size_t name = eq ? (size_t)(eq - from) : len;
        p[n++] = (struct search_param){
            str_slice(from, name),
            str_slice(eq ? eq + 1 : from + len, eq ? len - name - 1 : 0)};
        at += len + 1;
    }
    return n;
}

static unsigned hex(char c) {
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

/* Undoes what html.h's query values do, in place. */
static struct str decoded(struct str s, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '%') {
            out[n++] = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
            i += 2;
        } else {
            out[n++] = s.p[i];
        }
    }
    return str_slice(out, n);
}

static void read_back(void *ctx, struct str url, enum audience audience) {
    struct search_param p[MAX_PAIRS];
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *r;
    struct buf again = buf_init(0);
    if (url.n == 0) return;
    size_t n = split(str_slice(url.p + 1, url.n - 1), '&', p);
    if (n == MAX_PAIRS) return;
    for (size_t i = 0; i < n; i++)
        p[i].value = decoded(p[i].value, talloc_array(ctx, char, (unsigned)url.n));
    if (request_parse(ctx, p, n, audience, &r, suggestion, NULL) != STATUS_OK) abort();
    request_url(r, "", NULL, &again);
    if (!str_eq(url, buf_str(&again))) abort();
    buf_done(&again);
}

static void check(void *ctx, struct str in, enum audience audience) {
    struct search_param p[MAX_PAIRS];
    char suggestion[FILTER_SUGGESTION_MAX];
    struct search_request *r;
    struct xindex_cond *where;
    struct xindex_node *extra;
    size_t *from, n = split(in, '\n', p);
    struct err err;
    struct buf url = buf_init(0);
    enum status s = request_parse(ctx, p, n, audience, &r, suggestion, &err);
    if (s != STATUS_OK) {
        if (status_http_code(s) != 400 || err.code[0] == 0) abort();
        return;
    }
    if (filter_conditions(ctx, &r->where, &where, &from, &n, &extra, &err) != STATUS_OK)
        abort();
    request_url(r, "", NULL, &url);
    read_back(ctx, buf_str(&url), audience);
    buf_done(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (codes_load(NULL) != STATUS_OK) abort();
    void *ctx = talloc_new(NULL);
    struct str in = str_slice(size ? (const char *)data : "", size);
    check(ctx, in, AUDIENCE_PUBLIC);
    check(ctx, in, AUDIENCE_INTERNAL);
    talloc_free(ctx);
    return 0;
}
