#include "query/route.h"

#include "core/cli.h"
#include "core/utf8.h"
#include "query/handlers.h"
#include "query/problem.h"
#include "query/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>
#include <xxhash.h>

#define HAS(face) (1u << (face))

enum route_flag {
    ROUTE_ID = 1 << 0,      /* "/first/{id}" */
    ROUTE_RAW = 1 << 1,     /* the handler sets caching itself; no ETag is expected */
    ROUTE_SEARCH = 1 << 2,  /* parameters are those of a search: request.h checks them */
    ROUTE_ANYTHING = 1 << 3 /* parameters are not looked at */
};

struct route {
    const char *first; /* first part of the path */
    const char *label; /* the whole, for metrics and documents */
    unsigned faces;
    unsigned flags;
    route_handler handle;
    const char *const *params; /* NULL-terminated; NULL: none */
};

static const char *const similar_params[] = {"size", NULL};
static const char *const similar_text_params[] = {"text", "size", NULL};
static const char *const suggest_params[] = {"q", "limit", NULL};
static const char *const table_params[] = {"year", "edition", NULL};
static const char *const chart_params[] = {"year", "edition", "width", NULL};

/* Row 0 stands for every path that no other row has. */
static const struct route table[] = {
    {"", "other", 0, 0, NULL, NULL},
    {"", "/", HAS(FACE_HTML), 0, handle_home, NULL},
    {"search", "/search", HAS(FACE_HTML) | HAS(FACE_JSON), ROUTE_SEARCH, handle_search,
     NULL},
    {"achievement", "/achievement/{id}", HAS(FACE_HTML) | HAS(FACE_JSON), ROUTE_ID,
     handle_record, NULL},
    {"similar", "/similar", HAS(FACE_JSON), 0, handle_similar_text, similar_text_params},
    {"similar", "/similar/{id}", HAS(FACE_JSON), ROUTE_ID, handle_similar,
     similar_params},
    {"suggest", "/suggest", HAS(FACE_JSON), 0, handle_suggest, suggest_params},
    {"withdrawals", "/withdrawals", HAS(FACE_JSON) | HAS(FACE_ATOM), 0,
     handle_withdrawals, NULL},
    {"stats", "/stats", HAS(FACE_HTML) | HAS(FACE_JSON), 0, handle_stats_list, NULL},
    {"stats", "/stats/{table}", HAS(FACE_HTML) | HAS(FACE_JSON) | HAS(FACE_CSV), ROUTE_ID,
     handle_stats_table, table_params},
    {"charts", "/charts", HAS(FACE_HTML) | HAS(FACE_JSON), 0, handle_charts_list, NULL},
    {"charts", "/charts/{chart}",
     HAS(FACE_HTML) | HAS(FACE_JSON) | HAS(FACE_SVG) | HAS(FACE_PNG) | HAS(FACE_CSV),
     ROUTE_ID, handle_chart, chart_params},
    {"help", "/help", HAS(FACE_HTML), 0, handle_help, NULL},
    {"assets", "/assets/{name}", HAS(FACE_PLAIN), ROUTE_ID | ROUTE_RAW | ROUTE_ANYTHING,
     handle_asset, NULL},
    {"healthz", "/healthz", HAS(FACE_PLAIN), ROUTE_RAW, handle_healthz, NULL},
    {"readyz", "/readyz", HAS(FACE_PLAIN), ROUTE_RAW, handle_readyz, NULL},
    {"metrics", "/metrics", HAS(FACE_PLAIN), ROUTE_RAW, handle_metrics, NULL},
};

static const char *const extension[FACE_COUNT] = {[FACE_JSON] = "json",
                                                  [FACE_CSV] = "csv",
                                                  [FACE_SVG] = "svg",
                                                  [FACE_PNG] = "png",
                                                  [FACE_ATOM] = "atom"};

size_t route_count(void) {
    _Static_assert(ARRAY_LEN(table) <= METRICS_ROUTES, "a row of metrics a route");
    return ARRAY_LEN(table);
}
const char *route_path(size_t i) {
    return table[i].label;
}
const char *face_name(enum face f) {
    if (f == FACE_HTML) return "html";
    return f < FACE_COUNT && extension[f] ? extension[f] : "plain";
}

/* ---- path ------------------------------------------------------------------------- */

struct place {
    struct str first, id;
    enum face face;
    bool has_face; /* an extension was there */
};

/* The row of a path. The extension belongs to the last part; only those of the row's
 * faces are one ("/achievement/9142025Y0123.5" has none). */
static const struct route *find(struct str path, struct place *p) {
    struct str first, id;
    if (!url_split_path(path, &first, &id)) return NULL;
    for (size_t i = 1; i < ARRAY_LEN(table); i++) {
        const struct route *r = &table[i];
        bool wants_id = r->flags & ROUTE_ID;
        if (wants_id != (id.p != NULL)) continue;
        const char *ext[FACE_COUNT] = {NULL};
        for (int f = 0; f < FACE_COUNT; f++)
            if (r->faces & HAS(f)) ext[f] = extension[f];
        struct str a = first, b = id;
        int f = url_take_extension(wants_id ? &b : &a, ext, FACE_COUNT);
        if (!str_eq_z(a, r->first) || (wants_id && b.n == 0)) continue;
        *p = (struct place){a, b, f >= 0 ? (enum face)f : FACE_PLAIN, f >= 0};
        if (f < 0 && r->faces & HAS(FACE_HTML)) p->face = FACE_HTML;
        return r;
    }
    return NULL;
}

/* What an unknown path should be answered in: pages for people, JSON for "….json". */
static enum face face_of_unknown(struct str path) {
    size_t slash = path.n, dot = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    while (dot > slash && path.p[dot - 1] != '.') dot--;
    return dot > slash ? FACE_JSON : FACE_HTML;
}

/* ---- parameters ------------------------------------------------------------------- */

static enum status decode(struct call *c, struct err *err) {
    const struct request *q = c->request;
    if (q->nparam > ROUTE_MAX_PARAMS)
        return err_set(err, STATUS_LIMIT, "too_many_parameters", "参数最多 %d 个",
                       ROUTE_MAX_PARAMS);
    struct search_param *p =
        talloc_zero_array(c->mem, struct search_param, (unsigned)q->nparam + 1);
    if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足：请求参数");
    for (size_t i = 0; i < q->nparam; i++) {
        enum status s = url_decode(c->mem, q->param[i].name, &p[i].name, err);
        if (s != STATUS_OK) return s;
        s = url_decode(c->mem, q->param[i].value, &p[i].value, err);
        if (s != STATUS_OK) {
            char name[64];
            snprintf(name, sizeof name, "%.*s",
                     (int)utf8_clip(p[i].name, sizeof name - 1),
                     p[i].name.n ? p[i].name.p : "");
            err_place(err, NULL, 0, name);
            return s;
        }
    }
    c->param = p;
    c->nparam = q->nparam;
    return STATUS_OK;
}

static size_t names_of(const struct route *r, const char **out, size_t max) {
    size_t n = 0;
    while (r->params && r->params[n] && n < max) {
        out[n] = r->params[n];
        n++;
    }
    return n;
}

static enum status check_param(struct call *c, const struct route *r, size_t i,
                               struct err *err) {
    const char *names[8];
    char name[64];
    size_t n = names_of(r, names, ARRAY_LEN(names));
    struct str given = c->param[i].name;
    for (size_t k = 0; k < n; k++) {
        if (!str_eq_z(given, names[k])) continue;
        for (size_t j = 0; j < i; j++)
            if (str_eq(c->param[j].name, given)) {
                err_set(err, STATUS_INVALID, "repeated_parameter", "这个参数只能给一次");
                err_place(err, NULL, 0, names[k]);
                return STATUS_INVALID;
            }
        return STATUS_OK;
    }
    const char *near = cli_closest(given, names, n);
    snprintf(c->suggestion, sizeof c->suggestion, "%s", near ? near : "");
    snprintf(name, sizeof name, "%.*s", (int)utf8_clip(given, sizeof name - 1),
             given.n ? given.p : "");
    err_set(err, STATUS_INVALID, "unknown_parameter", "没有参数 %s%s%s%s", name,
            near ? "，是不是 " : "", near ? near : "", near ? "？" : "");
    err_place(err, NULL, 0, name);
    return STATUS_INVALID;
}

static enum status check_params(struct call *c, const struct route *r, struct err *err) {
    if (r->flags & (ROUTE_SEARCH | ROUTE_ANYTHING)) return STATUS_OK;
    for (size_t i = 0; i < c->nparam; i++) {
        enum status s = check_param(c, r, i, err);
        if (s != STATUS_OK) return s;
    }
    return STATUS_OK;
}

struct str call_param(const struct call *c, const char *name) {
    for (size_t i = 0; i < c->nparam; i++)
        if (str_eq_z(c->param[i].name, name)) return c->param[i].value;
    return str_slice(NULL, 0);
}

enum status call_number(const struct call *c, const char *name, uint32_t usual,
                        uint32_t most, uint32_t *out, struct err *err) {
    struct str v = call_param(c, name);
    uint32_t n = v.n ? 0 : usual;
    bool bad = v.n > 2;
    for (size_t i = 0; i < v.n && !bad; i++) {
        bad = v.p[i] < '0' || v.p[i] > '9';
        n = n * 10 + (uint32_t)(v.p[i] - '0');
    }
    if (bad || n < 1 || n > most) {
        err_set(err, STATUS_INVALID, "invalid_value", "%s 应是 1–%u 的整数", name, most);
        err_place(err, NULL, 0, name);
        return STATUS_INVALID;
    }
    *out = n;
    return STATUS_OK;
}

struct db *call_losses(const struct call *c, struct str q) {
    struct db *data;
    struct err ignored;
    if (q.n == 0) return NULL;
    return context_data(c->context, &data, &ignored) == STATUS_OK ? data : NULL;
}

/* ---- conditional requests --------------------------------------------------------- */

/* Weak comparison (RFC 9110 section 8.8.3.2): "W/" does not count. */
static bool names_etag(struct str list, const char *etag) {
    const char *opaque = etag + 2;
    size_t n = strlen(opaque);
    if (str_eq_z(str_trim(list), "*")) return true;
    for (size_t i = 0; i + n <= list.n; i++)
        if (memcmp(list.p + i, opaque, n) == 0) return true;
    return false;
}

bool call_not_modified(const struct call *c, struct response *r, int64_t revision,
                       struct str canonical) {
    uint64_t seed = c->server->seed ^ ((uint64_t)r->route << 32 | (uint64_t)c->face);
    uint64_t h = XXH64(canonical.n ? canonical.p : "", canonical.n, seed);
    snprintf(r->etag, sizeof r->etag, "W/\"%llx-%016llx\"", (unsigned long long)revision,
             (unsigned long long)h);
    if (!call_is_conditional(c) || !names_etag(c->request->if_none_match, r->etag))
        return false;
    r->status = 304;
    return true;
}

/* A weight of zero ("q=0", "q=0.000") is a refusal. */
static bool is_refused(struct str coding) {
    const char *q = coding.n > 2 ? memmem(coding.p, coding.n, "q=", 2) : NULL;
    if (!q) return false;
    for (const char *p = q + 2; p < coding.p + coding.n; p++)
        if (*p >= '1' && *p <= '9') return false;
    return true;
}

bool route_accepts_gzip(struct str list) {
    for (size_t at = 0; at < list.n;) {
        const char *comma = memchr(list.p + at, ',', list.n - at);
        size_t end = comma ? (size_t)(comma - list.p) : list.n;
        struct str one = str_trim(str_slice(list.p + at, end - at));
        if (str_starts(one, str_of("gzip"))) return !is_refused(one);
        at = end + 1;
    }
    return false;
}

/* ---- answer ----------------------------------------------------------------------- */

static void pack_body(struct context *context, struct response *r, bool accepted) {
    bool text = r->type && strncmp(r->type, "image/png", 9) != 0;
    if (!text || r->fixed.p || r->body.n < ROUTE_GZIP_LEAST) return;
    r->vary = true;
    if (!accepted) return;
    struct buf packed = buf_init(ROUTE_MAX_BODY);
    if (context_gzip(context, buf_str(&r->body), &packed)) {
        buf_done(&r->body);
        r->body = packed;
        r->gzipped = true;
    } else {
        buf_done(&packed);
    }
}

static enum status answer(struct call *c, const struct route *row, struct response *r,
                          struct str id, struct err *err) {
    enum status s = url_decode(c->mem, id, &c->id, err);
    if (s != STATUS_OK) {
        err_place(err, NULL, 0, "path");
        return s;
    }
    s = decode(c, err);
    if (s == STATUS_OK) s = check_params(c, row, err);
    if (s == STATUS_OK) s = row->handle(c, r, err);
    if (s == STATUS_OK) s = buf_check(&r->body, "回答", err);
    return s;
}

static void route_one(struct call *c, struct response *r) {
    const struct request *q = c->request;
    struct place p = {.face = face_of_unknown(q->path)};
    struct err err;
    const struct route *row = q->path.n <= ROUTE_MAX_PATH ? find(q->path, &p) : NULL;
    r->face = c->face = p.face;
    r->route = row ? (size_t)(row - table) : 0;
    if (!str_eq_z(q->method, "GET") && !str_eq_z(q->method, "HEAD")) {
        err_set(&err, STATUS_INVALID, "method_not_allowed", "这里只接受 GET 和 HEAD");
        r->allow = "GET, HEAD";
        problem_set(c, r, &err, 405);
    } else if (q->path.n > ROUTE_MAX_PATH) {
        err_set(&err, STATUS_LIMIT, "uri_too_long", "地址太长");
        problem_set(c, r, &err, 414);
    } else if (!row || (!p.has_face && !(row->faces & HAS(p.face)))) {
        err_set(&err, STATUS_NOT_FOUND, "not_found", "这个地址下没有内容");
        problem_set(c, r, &err, 0);
    } else {
        if (!(row->flags & ROUTE_RAW))
            r->cache_control = c->server->audience == AUDIENCE_PUBLIC
                                   ? "public, no-cache"
                                   : "private, no-cache";
        enum status s = answer(c, row, r, p.id, &err);
        /* A request that lacks its set is not the client's fault. */
        bool not_ready = s == STATUS_NOT_FOUND && strcmp(err.code, "not_ready") == 0;
        if (s != STATUS_OK) problem_set(c, r, &err, not_ready ? 503 : 0);
    }
}

void route_answer(struct context *context, const struct request *request,
                  struct response *out) {
    struct call c = {.server = context->server,
                     .context = context,
                     .request = request,
                     .mem = talloc_new(context->arena)};
    *out = (struct response){.status = 200, .body = buf_init(ROUTE_MAX_BODY)};
    if (c.mem)
        route_one(&c, out);
    else
        out->status = 503;
    if (out->status == 304) {
        buf_clear(&out->body);
        out->type = NULL;
        out->vary = true;
    }
    pack_body(context, out, request->accepts_gzip);
    talloc_free(c.mem);
}

void response_done(struct response *r) {
    buf_done(&r->body);
    r->fixed = str_slice(NULL, 0);
}
