/* api_suggest.c - /suggest.json: suggestions for what stands in a search box. */
#include "query/handlers.h"
#include "query/json_out.h"
#include "query/suggestions.h"

#define Q_MAX 1024 /* bytes; more is no longer a beginning */

static enum status wrong(struct err *err, const char *param) {
    err_place(err, NULL, 0, param);
    return err->status;
}

static void put_list(const struct suggestions *s, struct buf *out) {
    buf_add_f(out, "{\"revision\":%lld,\"as_of\":", (long long)s->revision);
    json_out_string_or_null(out, str_of(s->as_of));
    buf_add_z(out, ",\"suggestions\":[");
    for (size_t i = 0; i < s->n; i++) {
        buf_add_z(out, i ? ",{\"text\":" : "{\"text\":");
        json_out_string(out, s->v[i].text);
        buf_add_f(out, ",\"kind\":\"%s\",\"count\":%u,\"url\":", s->v[i].kind,
                  s->v[i].count);
        json_out_string(out, s->v[i].url);
        buf_add_char(out, '}');
    }
    buf_add_z(out, "]}");
}

enum status handle_suggest(struct call *c, struct response *r, struct err *err) {
    struct xindex_reader *reader;
    struct suggestions found;
    struct str q = str_trim(call_param(c, "q"));
    uint32_t limit = 0;
    if (q.n > Q_MAX) {
        err_set(err, STATUS_LIMIT, "query_too_long", "q 最多 %d 字节", Q_MAX);
        return wrong(err, "q");
    }
    enum status s = call_number(c, "limit", SUGGESTIONS_SIZE, SUGGEST_MAX, &limit, err);
    if (s == STATUS_OK) s = context_reader(c->context, true, &reader, err);
    if (s != STATUS_OK) return s;
    struct buf canonical = buf_init(0);
    buf_add_f(&canonical, "%u ", limit);
    buf_add_str(&canonical, q);
    s = buf_check(&canonical, "请求", err);
    if (s == STATUS_OK &&
        !call_not_modified(c, r, xindex_reader_revision(reader), buf_str(&canonical))) {
        s = suggestions_find(c->mem, reader, q, limit, &found, err);
        if (s == STATUS_OK) {
            put_list(&found, &r->body);
            r->type = "application/json; charset=utf-8";
            if (call_not_modified(c, r, found.revision, buf_str(&canonical)))
                r->type = NULL;
        }
    }
    if (s == STATUS_STALE) metrics_add(&c->server->metrics.retries);
    buf_done(&canonical);
    return s;
}
