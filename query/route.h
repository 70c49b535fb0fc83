/* route.h - a request without its socket becomes a response: the route table.
 *
 *   struct request -> route_answer -> struct response
 *
 * A route is one row (route.c): its path, the faces it has (".json" and so on), what it
 * needs, the parameters it knows, its handler. Handlers are one page or endpoint a file
 * (page_*.c, api_*.c); each builds a body or returns an error, which becomes a problem
 * (problem.h) in the asked face.
 *
 * Headers that depend on more than the handler are made here: ETag and 304, gzip, Vary,
 * Cache-Control, Content-Security-Policy.
 *
 * Threads: pure but for the context (one thread) and the server's shared parts.
 * Not: no socket, no clock (the caller passes it), no log.
 */
#ifndef QUERY_ROUTE_H
#define QUERY_ROUTE_H

#include "query/context.h"
#include "query/request.h"

#define ROUTE_MAX_PATH ((size_t)2048)
#define ROUTE_MAX_PARAMS 200
#define ROUTE_MAX_BODY ((size_t)64 << 20)
#define ROUTE_GZIP_LEAST 1024 /* smaller bodies gain nothing */

enum face {
    FACE_HTML,
    FACE_JSON,
    FACE_CSV,
    FACE_SVG,
    FACE_PNG,
    FACE_ATOM,
    FACE_PLAIN,
    FACE_COUNT
};

struct request {
    struct str method;                /* "GET" */
    struct str path;                  /* as sent, percent-encoded, without the query */
    const struct search_param *param; /* as sent, percent-encoded */
    size_t nparam;
    struct str if_none_match; /* n = 0: none */
    bool accepts_gzip;
    int64_t now;         /* seconds since 1970 */
    int64_t deadline_ns; /* CLOCK_MONOTONIC, 0 = none */
};

struct response {
    unsigned status;
    const char *type; /* Content-Type; NULL: no body */
    struct buf body;  /* owned */
    struct str fixed; /* instead of body: bytes that live as long as the server */
    char etag[64];    /* empty: none */
    char location[ROUTE_MAX_PATH];
    const char *cache_control;
    const char *allow;
    const char *disposition;
    bool page;    /* HTML of our templates: gets its Content-Security-Policy */
    bool vary;    /* depends on Accept-Encoding */
    bool gzipped; /* body is */
    bool retry;   /* Retry-After: 1 */
    size_t route; /* index of the row, for metrics and log */
    enum face face;
};

/* What a handler gets. */
struct call {
    struct server *server;
    struct context *context;
    const struct request *request;
    void *mem; /* talloc: this request's memory */
    enum face face;
    struct str id;                    /* the {…} part of the path, decoded */
    const struct search_param *param; /* decoded */
    size_t nparam;
    char suggestion[FILTER_SUGGESTION_MAX]; /* a handler's error may set it */
};

/* Answers; never fails: what goes wrong is a response too. `out` is overwritten; the
 * caller frees it with response_done. */
void route_answer(struct context *context, const struct request *request,
                  struct response *out);
void response_done(struct response *r);
static inline struct str response_body(const struct response *r) {
    return r->fixed.p ? r->fixed : buf_str(&r->body);
}

/* Does the header Accept-Encoding allow gzip (RFC 9110 section 12.5.3)? */
bool route_accepts_gzip(struct str accept_encoding);

/* Paths of the table, for metrics, log and documents; row 0 is "other". */
size_t route_count(void);
const char *route_path(size_t i);
const char *face_name(enum face f); /* "html", "json" … */

/* ---- for handlers ---------------------------------------------------------------- */

/* Value of a parameter, n = 0 when it is not given. */
struct str call_param(const struct call *c, const char *name);
/* A parameter of one or two digits, 1 .. most (at most 99); `usual` when it is not given.
 * STATUS_INVALID "invalid_value" naming it. */
MUST_CHECK enum status call_number(const struct call *c, const char *name, uint32_t usual,
                                   uint32_t most, uint32_t *out, struct err *err);

/* data.db for what it tells of the numbers in a query; NULL without a query, and while it
 * cannot be read: a search does not fail for that. */
struct db *call_losses(const struct call *c, struct str q);

/* Sets the ETag of a canonical request on a revision. True when the client has it: the
 * response then is a finished 304. */
bool call_not_modified(const struct call *c, struct response *r, int64_t revision,
                       struct str canonical);

/* Is there anything to compare an ETag with? Saves looking at the revision early. */
static inline bool call_is_conditional(const struct call *c) {
    return c->request->if_none_match.n > 0;
}

#endif
