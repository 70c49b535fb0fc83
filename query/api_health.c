/* api_health.c - /healthz, /readyz, /metrics and /assets/…: what operators and browsers
 * ask for besides the pages. None of the first three has an ETag. */
#include "core/date.h"
#include "query/handlers.h"

#include <stdio.h>

static void plain(struct response *r, const char *text) {
    r->type = "text/plain; charset=utf-8";
    r->cache_control = "no-store";
    buf_add_z(&r->body, text);
}

enum status handle_healthz(struct call *c, struct response *r, struct err *err) {
    (void)c, (void)err;
    plain(r, "ok\n");
    return STATUS_OK;
}

enum status handle_readyz(struct call *c, struct response *r, struct err *err) {
    struct xindex_reader *reader;
    struct db *data;
    if (atomic_load(&c->server->stopping)) {
        r->status = 503;
        r->retry = true;
        plain(r, "stopping\n");
        return STATUS_OK;
    }
    enum status s = context_reader(c->context, true, &reader, err);
    if (s == STATUS_OK) s = context_data(c->context, &data, err);
    if (s != STATUS_OK) {
        r->status = 503;
        r->retry = true;
        plain(r, s == STATUS_NOT_FOUND ? "no published set yet\n"
                                       : "the published set cannot be read\n");
        return STATUS_OK;
    }
    char text[64];
    snprintf(text, sizeof text, "ready revision=%lld\n",
             (long long)xindex_reader_revision(reader));
    plain(r, text);
    return STATUS_OK;
}

enum status handle_metrics(struct call *c, struct response *r, struct err *err) {
    const char *name[METRICS_ROUTES];
    struct metrics_index index = {0};
    struct xindex_reader *reader;
    size_t n = route_count();
    for (size_t i = 0; i < n; i++) name[i] = route_path(i);
    if (context_reader(c->context, true, &reader, err) == STATUS_OK) {
        int64_t at = c->request->now;
        const char *as_of = xindex_reader_as_of(reader);
        if (as_of && instant_parse(str_of(as_of), &at, err) != STATUS_OK)
            at = c->request->now;
        index.revision = xindex_reader_revision(reader);
        index.docs = xindex_reader_columns(reader)->live_count;
        index.age_s = c->request->now > at ? c->request->now - at : 0;
    }
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    r->cache_control = "no-store";
    metrics_put(&c->server->metrics, name, n, &index, &r->body);
    return STATUS_OK;
}

enum status handle_asset(struct call *c, struct response *r, struct err *err) {
    const struct asset *a = asset_find(c->server->assets, c->request->path);
    if (!a) return err_set(err, STATUS_NOT_FOUND, "not_found", "没有这个文件");
    bool small = a->gzip.p && c->request->accepts_gzip;
    r->type = a->type;
    r->vary = a->gzip.p != NULL;
    r->cache_control = "public, max-age=31536000, immutable";
    snprintf(r->etag, sizeof r->etag, "%s", a->etag);
    struct str given = c->request->if_none_match;
    size_t n = strlen(a->etag);
    for (size_t i = 0; i + n <= given.n; i++)
        if (memcmp(given.p + i, a->etag, n) == 0) {
            r->status = 304;
            return STATUS_OK;
        }
    r->fixed = small ? a->gzip : a->body;
    r->gzipped = small;
    return STATUS_OK;
}
