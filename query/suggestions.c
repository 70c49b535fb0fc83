#include "query/suggestions.h"

#include "core/recdoc.h"
#include "core/utf8.h"
#include "web/html.h"

#include <jansson.h>
#include <talloc.h>

#define TRIES 3
#define REGNO_MAX 128 /* bytes of what is typed (field.c) */

static const char *const kind_name[SUGGEST_KINDS] = {"title", "keyword", "unit",
                                                     "person"};

struct finding {
    void *ctx;
    struct xindex_reader *reader;
    size_t max;
    struct suggestions *out;
    bool failed; /* out of memory */
};

static struct str keep(struct finding *f, struct str s) {
    char *p = talloc_strndup(f->ctx, s.n ? s.p : "", s.n);
    if (!p) f->failed = true;
    return str_slice(p, p ? s.n : 0);
}

static struct str keep_buf(struct finding *f, struct buf *b) {
    if (b->failed) f->failed = true;
    struct str s = keep(f, buf_str(b));
    buf_done(b);
    return s;
}

static struct suggestion *add(struct finding *f, const char *kind, struct str text,
                              uint32_t count) {
    if (f->out->n == f->max) return NULL;
    for (size_t i = 0; i < f->out->n; i++)
        if (str_eq(f->out->v[i].text, text)) return NULL;
    struct suggestion *v = &f->out->v[f->out->n++];
    *v = (struct suggestion){.kind = kind, .count = count, .text = keep(f, text)};
    return v;
}

/* ---- registration numbers -----------------------------------------------------------
 */

static bool add_regno(void *arg, struct str term, uint32_t count) {
    struct finding *f = arg;
    struct suggestion *v = add(f, "regno", str_slice(term.p + 1, term.n - 1), count);
    struct buf url = buf_init(0);
    if (v) {
        buf_add_z(&url, "/achievement/");
        html_put_path_segment(&url, v->text);
        v->url = keep_buf(f, &url);
    }
    return f->out->n < f->max && !f->failed;
}

/* Capitals of half width, as numbers are printed. */
static void put_folded(struct str q, struct buf *out) {
    const char *p = q.p, *end = q.p + q.n;
    while (p < end) {
        char bytes[4];
        uint32_t cp;
        p = utf8_next(p, end, &cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
        buf_add(out, bytes, utf8_put(cp, bytes));
    }
}

static enum status find_regnos(struct finding *f, struct str q, struct err *err) {
    if (q.n > REGNO_MAX || utf8_length(q) < SUGGESTIONS_REGNO) return STATUS_OK;
    struct buf typed = buf_init(0), folded = buf_init(0);
    buf_add_char(&typed, 'R');
    buf_add_str(&typed, q);
    buf_add_char(&folded, 'R');
    put_folded(q, &folded);
    enum status s = buf_check(&typed, "登记号", err);
    if (s == STATUS_OK) s = buf_check(&folded, "登记号", err);
    if (s == STATUS_OK)
        s = xindex_terms_from(f->reader, buf_str(&typed), f->max, add_regno, f, err);
    if (s == STATUS_OK && !str_eq(buf_str(&typed), buf_str(&folded)))
        s = xindex_terms_from(f->reader, buf_str(&folded), f->max, add_regno, f, err);
    buf_done(&typed);
    buf_done(&folded);
    return s;
}

/* ---- entries --------------------------------------------------------------------------
 */

static struct str search_url(struct finding *f, const char *name, struct str value) {
    struct buf url = buf_init(0);
    buf_add_z(&url, "/search");
    html_put_query_param(&url, name, value);
    return keep_buf(f, &url);
}

static struct str quoted_url(struct finding *f, struct str title) {
    struct buf q = buf_init(0);
    buf_add_char(&q, '"');
    buf_add_str(&q, title);
    buf_add_char(&q, '"');
    struct str url = search_url(f, "q", buf_str(&q));
    if (q.failed) f->failed = true;
    buf_done(&q);
    return url;
}

static struct str member(struct finding *f, const json_t *o, const char *name) {
    const json_t *v = json_object_get(o, name);
    return keep(f, str_slice(json_string_value(v), json_string_length(v)));
}

/* The title as the record writes it, and its address. */
static enum status add_title(struct finding *f, uint32_t docid, uint32_t count,
                             struct err *err) {
    struct buf term = buf_init(0);
    struct str data, hit, abstract, rest;
    uint32_t found = 0;
    buf_add_char(&term, 'Q');
    buf_add_str(&term, columns_uid(xindex_reader_columns(f->reader), docid));
    enum status s = buf_check(&term, "uid", err);
    if (s == STATUS_OK)
        s = xindex_lookup(f->reader, f->ctx, buf_str(&term), &found, &data, err);
    buf_done(&term);
    if (s == STATUS_OK) s = recdoc_split(data, &hit, &abstract, &rest, err);
    if (s == STATUS_NOT_FOUND) return STATUS_OK; /* gone with an older revision */
    if (s != STATUS_OK) return s;
    json_t *o = json_loadb(hit.p, hit.n, 0, NULL);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足：输入提示");
    struct str title = member(f, o, "title"), url = member(f, o, "url");
    struct suggestion *v = add(f, "title", title, count);
    /* Either quote would end those around it. */
    bool quotable = title.n && !memchr(title.p, '"', title.n) &&
                    !memmem(title.p, title.n, "＂", strlen("＂"));
    bool several = count > 1 && quotable;
    if (v) v->url = several ? quoted_url(f, title) : url;
    json_decref(o);
    return STATUS_OK;
}

static enum status find_entries(struct finding *f, struct str q, struct err *err) {
    const struct suggest *suggest;
    struct suggest_entry e[SUGGEST_MAX];
    struct str text[SUGGEST_MAX];
    enum status s = xindex_reader_suggest(f->reader, &suggest, err);
    if (s == STATUS_NOT_FOUND) return STATUS_OK;
    if (s != STATUS_OK) return s;
    size_t n = suggest_find(suggest, q, f->max, e);
    /* Looking up a title may move the reader on: what the file says is copied first. */
    for (size_t i = 0; i < n; i++)
        text[i] = e[i].kind == SUGGEST_TITLE ? str_of("")
                                             : keep(f, suggest_text(suggest, &e[i]));
    for (size_t i = 0; i < n && s == STATUS_OK && !f->failed; i++) {
        if (e[i].kind == SUGGEST_TITLE) {
            s = add_title(f, e[i].id, e[i].count, err);
            continue;
        }
        struct suggestion *v = add(f, kind_name[e[i].kind], text[i], e[i].count);
        if (v) v->url = search_url(f, v->kind, v->text);
    }
    return s;
}

enum status suggestions_find(void *ctx, struct xindex_reader *reader, struct str q,
                             size_t max, struct suggestions *out, struct err *err) {
    struct suggestions found;
    struct finding f = {ctx, reader, max < SUGGEST_MAX ? max : SUGGEST_MAX, &found,
                        false};
    q = str_trim(q);
    for (int i = 0; i < TRIES; i++) {
        enum status s = xindex_reader_refresh(reader, err);
        if (s != STATUS_OK) return s;
        int64_t before = xindex_reader_revision(reader);
        found = (struct suggestions){.revision = before};
        if (q.n) s = find_regnos(&f, q, err);
        if (q.n && s == STATUS_OK && !f.failed) s = find_entries(&f, q, err);
        if (s == STATUS_OK && f.failed)
            s = err_set(err, STATUS_NOMEM, NULL, "内存不足：输入提示");
        if (xindex_reader_revision(reader) != before) continue;
        if (s != STATUS_OK) return s;
        found.as_of = xindex_reader_as_of(reader);
        *out = found;
        return STATUS_OK;
    }
    return err_set(err, STATUS_STALE, NULL, "索引正在不断更新；请稍后再试");
}
