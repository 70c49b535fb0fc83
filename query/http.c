#include "query/http.h"

#include "core/date.h"
#include "query/http_listen.h"
#include "query/json_out.h"
#include "query/route.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 256
#define LOG_LINE 512
#define HEADER_MAX 4096 /* of a header that is looked at */

struct http {
    struct MHD_Daemon *daemon;
    struct server *server;
    bool log;
    int fd;
    char address[HTTP_ADDRESS_TEXT];
    pthread_key_t key; /* struct context of a worker thread */
    pthread_mutex_t lock;
    size_t ncontext; /* guarded by lock */
    struct context *context[THREADS_MAX];
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- contexts --------------------------------------------------------------------- */

static struct context *context_of_thread(struct http *h) {
    struct context *c = pthread_getspecific(h->key);
    struct err err;
    if (c) return c;
    c = calloc(1, sizeof *c);
    if (!c) return NULL;
    bool good = context_open(h->server, c, &err) == STATUS_OK;
    pthread_mutex_lock(&h->lock);
    if (good && h->ncontext < THREADS_MAX && pthread_setspecific(h->key, c) == 0) {
        h->context[h->ncontext++] = c;
        pthread_mutex_unlock(&h->lock);
        return c;
    }
    pthread_mutex_unlock(&h->lock);
    if (good) context_close(c);
    free(c);
    return NULL;
}

/* ---- request ---------------------------------------------------------------------- */

/* Arguments stay percent-encoded: url.h decodes them, NUL and all. ('+' has become a
 * space before.) */
static size_t keep_encoded(void *cls, struct MHD_Connection *connection, char *s) {
    (void)cls, (void)connection;
    return strlen(s);
}

struct params {
    struct search_param list[ROUTE_MAX_PARAMS + 1];
    size_t n; /* one too many is enough to be refused */
};

static enum MHD_Result take_param(void *cls, enum MHD_ValueKind kind, const char *key,
                                  size_t key_n, const char *value, size_t value_n) {
    struct params *p = cls;
    (void)kind;
    if (p->n > ROUTE_MAX_PARAMS) return MHD_NO;
    p->list[p->n++] = (struct search_param){str_slice(key, key ? key_n : 0),
                                            str_slice(value, value ? value_n : 0)};
    return MHD_YES;
}

static struct str header(struct MHD_Connection *connection, const char *name) {
    const char *v = NULL;
    size_t n = 0;
    if (MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, name, strlen(name), &v,
                                      &n) != MHD_YES ||
        n > HEADER_MAX)
        return str_slice(NULL, 0);
    return str_slice(v, v ? n : 0);
}

static bool has_body(struct MHD_Connection *connection) {
    struct str length = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return (length.n && !str_eq_z(length, "0")) ||
           header(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING).n;
}

/* ---- response --------------------------------------------------------------------- */

static void put(struct MHD_Response *m, const char *name, const char *value) {
    if (value && value[0] && MHD_add_response_header(m, name, value) != MHD_YES)
        MHD_add_response_header(m, "X-Header-Lost", name);
}

static void put_headers(struct MHD_Response *m, const struct response *r) {
    put(m, "X-Content-Type-Options", "nosniff");
    put(m, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
    put(m, MHD_HTTP_HEADER_ETAG, r->etag);
    put(m, MHD_HTTP_HEADER_CACHE_CONTROL, r->cache_control);
    put(m, MHD_HTTP_HEADER_LOCATION, r->location);
    put(m, MHD_HTTP_HEADER_ALLOW, r->allow);
    put(m, "Content-Disposition", r->disposition);
    if (r->page) {
        put(m, "Content-Security-Policy", PAGE_CSP);
        put(m, "Referrer-Policy", "same-origin");
    }
    if (r->vary) put(m, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
    if (r->gzipped) put(m, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    if (r->retry) put(m, MHD_HTTP_HEADER_RETRY_AFTER, "1");
}

/* Hands the body over without a copy. */
static struct MHD_Response *response_of(struct response *r) {
    struct str fixed = r->fixed;
    if (fixed.p) {
        void *p;
        memcpy(&p, &fixed.p, sizeof p);
        return MHD_create_response_from_buffer(fixed.n, p, MHD_RESPMEM_PERSISTENT);
    }
    struct MHD_Response *m =
        MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_FREE);
    if (m) r->body = buf_init(0);
    return m;
}

static void write_log(const struct http *h, const char *method, const struct response *r,
                      size_t bytes, int64_t ns) {
    char line[LOG_LINE], at[INSTANT_TEXT];
    bool head = strcmp(method, "HEAD") == 0;
    int n = snprintf(line, sizeof line,
                     "{\"at\":\"%s\",\"method\":\"%s\",\"route\":\"%s\",\"face\":\"%s\","
                     "\"status\":%u,\"ms\":%.3f,\"bytes\":%zu}\n",
                     instant_text((int64_t)time(NULL), at),
                     head                         ? "HEAD"
                     : strcmp(method, "GET") == 0 ? "GET"
                                                  : "other",
                     route_path(r->route), face_name(r->face), r->status,
                     (double)ns / 1e6, head ? (size_t)0 : bytes);
    (void)h;
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0) return;
}

static enum MHD_Result finish(struct http *h, struct MHD_Connection *connection,
                              const char *method, struct response *r, int64_t start) {
    size_t bytes = response_body(r).n;
    struct MHD_Response *m = response_of(r);
    enum MHD_Result sent = MHD_NO;
    if (m) {
        put_headers(m, r);
        sent = MHD_queue_response(connection, r->status, m);
        MHD_destroy_response(m);
    }
    int64_t ns = now_ns() - start;
    metrics_end(&h->server->metrics, r->route, r->status, ns, bytes);
    if (h->log) write_log(h, method, r, bytes, ns);
    response_done(r);
    return sent;
}

static enum MHD_Result refuse_body(struct http *h, struct MHD_Connection *connection,
                                   const char *method, int64_t start) {
    struct response r = {.status = 413,
                         .type = "application/problem+json; charset=utf-8",
                         .body = buf_init(0),
                         .face = FACE_PLAIN};
    buf_add_z(&r.body, "{\"type\":\"about:blank\",\"title\":\"请求太大\",\"status\":413,"
                       "\"detail\":\"这里不接受请求体\",\"code\":\"content_too_large\"}"
                       "\n");
    return finish(h, connection, method, &r, start);
}

static enum MHD_Result answer(struct http *h, struct MHD_Connection *connection,
                              const char *url, const char *method, int64_t start) {
    struct context *context = context_of_thread(h);
    struct params params = {.n = 0};
    struct response r;
    if (!context) return MHD_NO;
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, take_param, &params);
    struct request q = {
        .method = str_of(method),
        .path = str_of(url),
        .param = params.list,
        .nparam = params.n,
        .if_none_match = header(connection, MHD_HTTP_HEADER_IF_NONE_MATCH),
        .accepts_gzip =
            route_accepts_gzip(header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING)),
        .now = (int64_t)time(NULL),
        .deadline_ns = start + h->server->config->deadline_ms * 1000000,
    };
    route_answer(context, &q, &r);
    return finish(h, connection, method, &r, start);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *upload,
                                  size_t *upload_bytes, void **state) {
    static const char seen;
    struct http *h = cls;
    (void)version, (void)upload;
    bool known = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (!*state) {
        memcpy(state, &(const void *){&seen}, sizeof *state);
        metrics_enter(&h->server->metrics);
        if (!has_body(connection)) return MHD_YES;
        int64_t start = now_ns();
        /* An answer before the body is read closes the connection after it. */
        return known ? refuse_body(h, connection, method, start)
                     : answer(h, connection, url, method, start);
    }
    if (*upload_bytes) {
        *upload_bytes = 0;
        return MHD_YES;
    }
    return answer(h, connection, url, method, now_ns());
}

/* Called once for every request that on_request saw, however it ended. */
static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why) {
    struct http *h = cls;
    (void)connection, (void)why;
    if (*state) metrics_leave(&h->server->metrics);
    *state = NULL;
}

static void on_message(void *cls, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static void on_message(void *cls, const char *fmt, va_list ap) {
    char text[LOG_LINE];
    (void)cls;
    vsnprintf(text, sizeof text, fmt, ap);
    text[strcspn(text, "\n")] = 0;
    fprintf(stderr, "chengguo: http: %s\n", text);
}

/* ---- start and stop --------------------------------------------------------------- */

const char *http_address(const struct http *h) {
    return h->address;
}

static unsigned thread_count(unsigned wanted) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = wanted ? wanted : cores > 0 ? (unsigned)cores : 1;
    return n > THREADS_MAX ? THREADS_MAX : n;
}

static void release(struct http *h) {
    for (size_t i = 0; i < h->ncontext; i++) {
        context_close(h->context[i]);
        free(h->context[i]);
    }
    if (h->fd >= 0) close(h->fd);
    pthread_key_delete(h->key);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

enum status http_start(struct server *server, const struct http_options *o,
                       struct http **out, struct err *err) {
    struct http *h = calloc(1, sizeof *h);
    if (!h) return err_set(err, STATUS_NOMEM, NULL, "内存不足：HTTP 服务");
    h->server = server;
    h->log = o->log;
    h->fd = -1;
    if (pthread_key_create(&h->key, NULL) != 0) {
        free(h);
        return err_set(err, STATUS_NOMEM, NULL, "内存不足：HTTP 服务");
    }
    pthread_mutex_init(&h->lock, NULL);
    enum status s = http_listen(o->listen, HTTP_BACKLOG, &h->fd, h->address, err);
    if (s != STATUS_OK) {
        release(h);
        return s;
    }
    unsigned threads = thread_count(o->threads);
    unsigned connections = o->connections < threads ? threads : o->connections;
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (threads < 2) pool[0] = pool[1];
    h->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL,
        MHD_OPTION_LISTEN_SOCKET, h->fd, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_CONNECTION_LIMIT,
        connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_TIMEOUT_S,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
    if (!h->daemon) {
        release(h);
        return err_set(err, STATUS_IO, NULL, "不能启动 HTTP 服务");
    }
    *out = h;
    return STATUS_OK;
}

void http_quiesce(struct http *h) {
    /* The socket is ours: it is closed after the threads have ended. */
    if (MHD_quiesce_daemon(h->daemon) == MHD_INVALID_SOCKET) return;
}

void http_stop(struct http *h) {
    MHD_stop_daemon(h->daemon);
    release(h);
}
