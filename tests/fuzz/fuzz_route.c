/* fuzz_route.c - any bytes as a request: "METHOD target" on the first line, the value of
 * If-None-Match on the second. Answered without a set: paths, parameters, decoding, faces
 * and problems. Must never crash; every answer has a known status and a body that is what
 * its type says. Corpus: tests/fuzz/corpus/route/. */
#include "query/route.h"

#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_TARGET 16384

static struct str cut(struct str *rest, char end) {
    const char *stop = rest->n ? memchr(rest->p, end, rest->n) : NULL;
    struct str one = str_slice(rest->p, stop ? (size_t)(stop - rest->p) : rest->n);
    size_t gone = one.n + (stop != NULL);
    *rest = str_slice(rest->p + gone, rest->n - gone);
    return one;
}

static void check(const struct response *r) {
    static const unsigned known[] = {200, 304, 400, 404, 405, 413, 414, 503};
    struct str body = response_body(r);
    size_t i = 0;
    while (i < ARRAY_LEN(known) && known[i] != r->status) i++;
    if (i == ARRAY_LEN(known)) abort();
    if (r->status == 304) {
        if (body.n) abort();
        return;
    }
    if (!r->type || body.n == 0 || utf8_bad_at(body) != body.n) abort();
    if (strstr(r->type, "json")) {
        json_error_t why;
        json_t *j = json_loadb(body.p, body.n, 0, &why);
        if (!j) abort();
        json_decref(j);
    }
}

/* Opened once; the folder does not exist, so there is no set. */
struct fixture {
    struct config config;
    struct server server;
    struct context context;
};

static struct fixture *opened(void) {
    static struct fixture *f;
    struct store store = {.dir = "/nonexistent", .lock_fd = -1};
    if (f) return f;
    f = calloc(1, sizeof *f);
    if (!f || codes_load(NULL) != STATUS_OK ||
        config_load(NULL, &f->config, NULL) != STATUS_OK ||
        server_open(&f->config, &store, AUDIENCE_PUBLIC, "/nonexistent/draw", &f->server,
                    NULL) != STATUS_OK ||
        context_open(&f->server, &f->context, NULL) != STATUS_OK)
        abort();
    return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct search_param param[ROUTE_MAX_PARAMS + 1];
    struct fixture *f = opened();
    if (size > MAX_TARGET) return 0;
    struct str in = str_slice((const char *)data, size), line = cut(&in, '\n');
    struct request q = {.param = param, .if_none_match = in, .now = 1768896000};
    q.method = cut(&line, ' ');
    q.path = cut(&line, '?');
    while (line.n && q.nparam < ARRAY_LEN(param)) {
        struct str pair = cut(&line, '&');
        param[q.nparam].name = cut(&pair, '=');
        param[q.nparam++].value = pair;
    }
    for (int gzip = 0; gzip < 2; gzip++) {
        struct response r;
        q.accepts_gzip = gzip;
        route_answer(&f->context, &q, &r);
        if (!r.gzipped) check(&r);
        response_done(&r);
    }
    return 0;
}
