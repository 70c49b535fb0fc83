/* api_withdrawals.c - /withdrawals: numbers that were public and are no longer, with when
 * and why (withdrawn, objected, consent), newest first; nothing else of the records.
 *
 * .json holds them all (WITHDRAWALS_MAX), .atom the newest WITHDRAWALS_FEED (RFC 4287).
 * An entry's id depends on number and instant alone, so that readers see each loss once.
 */
#include "core/date.h"
#include "query/handlers.h"
#include "web/html.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define WITHDRAWALS_MAX 200000
#define WITHDRAWALS_FEED 50

static const char *words(struct str reason) {
    if (str_eq_z(reason, "withdrawn")) return "已撤销登记";
    if (str_eq_z(reason, "objected")) return "因异议暂停公开";
    return "不再公开";
}

static enum status add_json(void *arg, struct str regno, struct str reason, int64_t at,
                            struct err *err) {
    char when[INSTANT_TEXT];
    json_t *o =
        json_pack("{s:s%,s:s,s:s%}", "regno", regno.n ? regno.p : "", regno.n, "at",
                  instant_text(at, when), "reason", reason.n ? reason.p : "", reason.n);
    return json_array_append_new(arg, o) == 0
               ? STATUS_OK
               : err_set(err, STATUS_NOMEM, NULL, "内存不足：撤下的登记号");
}

static enum status put_json(struct db *data, struct response *r, int64_t revision,
                            const char *as_of, struct err *err) {
    json_t *list = json_array();
    int64_t total = 0;
    enum status s =
        list ? pubdata_losses(data, WITHDRAWALS_MAX, add_json, list, &total, err)
             : err_set(err, STATUS_NOMEM, NULL, "内存不足：撤下的登记号");
    json_t *o = s == STATUS_OK
                    ? json_pack("{s:I,s:s,s:I,s:O}", "revision", revision, "as_of", as_of,
                                "total", total, "withdrawals", list)
                    : NULL;
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(list);
    json_decref(o);
    if (s == STATUS_OK && !text)
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足：撤下的登记号");
    if (s == STATUS_OK) buf_add_z(&r->body, text);
    free(text);
    r->type = "application/json; charset=utf-8";
    return s;
}

/* A UUID of the form that holds a hash of one's own (RFC 9562, version 8). */
static void put_id(struct buf *out, struct str about, int64_t at) {
    XXH128_canonical_t h;
    XXH128_canonicalFromHash(
        &h, XXH3_128bits_withSeed(about.n ? about.p : "", about.n, (XXH64_hash_t)at));
    unsigned char *d = h.digest;
    d[6] = (unsigned char)((d[6] & 0x0f) | 0x80);
    d[8] = (unsigned char)((d[8] & 0x3f) | 0x80);
    buf_add_z(out, "<id>urn:uuid:");
    for (int i = 0; i < 16; i++)
        buf_add_f(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d[i]);
    buf_add_z(out, "</id>");
}

struct feed {
    struct buf entries;
    int64_t newest;
};

static enum status add_entry(void *arg, struct str regno, struct str reason, int64_t at,
                             struct err *err) {
    struct feed *f = arg;
    char when[INSTANT_TEXT];
    (void)err;
    if (at > f->newest) f->newest = at;
    buf_add_z(&f->entries, "<entry>");
    put_id(&f->entries, regno, at);
    buf_add_z(&f->entries, "<title>登记号 ");
    html_put_text(&f->entries, regno);
    buf_add_f(&f->entries, " %s</title><updated>%s</updated><category term=\"",
              words(reason), instant_text(at, when));
    html_put_attribute(&f->entries, reason);
    buf_add_z(&f->entries, "\"/><content type=\"text\">登记号 ");
    html_put_text(&f->entries, regno);
    buf_add_f(&f->entries, " 的成果%s。</content></entry>\n", words(reason));
    return STATUS_OK;
}

static void put_head(const struct server *server, struct buf *out, const char *updated) {
    const struct config *c = server->config;
    struct str url = str_of(c->site_url);
    while (url.n && url.p[url.n - 1] == '/') url.n--;
    buf_add_z(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">");
    put_id(out, url.n ? url : str_of(c->site_name), 0);
    buf_add_z(out, "<title>");
    html_put_text(out, str_of(c->site_name));
    buf_add_f(out, "：不再公开的登记号</title><updated>%s</updated><author><name>",
              updated);
    html_put_text(out, str_of(c->site_owner[0] ? c->site_owner : c->site_name));
    buf_add_z(out, "</name></author>");
    if (url.n) {
        buf_add_z(out, "<link rel=\"self\" type=\"application/atom+xml\" href=\"");
        html_put_attribute(out, url);
        buf_add_z(out, "/withdrawals.atom\"/>");
    }
    buf_add_char(out, '\n');
}

static enum status put_atom(const struct call *c, struct db *data, struct response *r,
                            const char *as_of, struct err *err) {
    struct feed f = {.entries = buf_init(ROUTE_MAX_BODY), .newest = INT64_MIN};
    char newest[INSTANT_TEXT];
    int64_t total = 0;
    enum status s = pubdata_losses(data, WITHDRAWALS_FEED, add_entry, &f, &total, err);
    if (s == STATUS_OK) s = buf_check(&f.entries, "订阅", err);
    if (s == STATUS_OK) {
        put_head(c->server, &r->body, total ? instant_text(f.newest, newest) : as_of);
        buf_add_str(&r->body, buf_str(&f.entries));
        buf_add_z(&r->body, "</feed>\n");
        r->type = "application/atom+xml; charset=utf-8";
    }
    buf_done(&f.entries);
    return s;
}

enum status handle_withdrawals(struct call *c, struct response *r, struct err *err) {
    struct db *data;
    int64_t revision = 0;
    char as_of[32];
    enum status s = context_data(c->context, &data, err);
    if (s == STATUS_OK) s = pubdata_revision(data, &revision, as_of, err);
    if (s != STATUS_OK) return s;
    if (call_not_modified(c, r, revision, str_of("withdrawals"))) return STATUS_OK;
    return c->face == FACE_ATOM ? put_atom(c, data, r, as_of, err)
                                : put_json(data, r, revision, as_of, err);
}
