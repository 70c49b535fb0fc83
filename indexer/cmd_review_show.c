/* chengguo review show ID: the row and the record that it collides with, side by side. */
#include "indexer/cmd_review.h"
#include "indexer/ingest_prepare.h"
#include "indexer/similar.h"
#include "indexer/similar_diff.h"

#include <stdio.h>
#include <stdlib.h>

struct side {
    json_t *doc;
    struct identity *id;
    struct likeness *like;
    struct buf title; /* with what differs marked */
};

struct page {
    const struct cli *cli;
    struct registry *r;
    bool json;
    struct side mine, theirs; /* doc NULL: there is none */
    struct similar_hit by;
};

static struct str text_at(const json_t *doc, const char *key) {
    const json_t *v = json_object_get(doc, key);
    return json_is_string(v) ? str_slice(json_string_value(v), json_string_length(v))
                             : str_of("");
}

/* The canonical object of a row that could be read; NULL otherwise. */
static enum status row_doc(const struct page *p, const struct quarantine_view *v,
                           json_t **out, struct err *err) {
    const struct validate_options valid = {.registry = p->cli->config->registry};
    struct prepared_row row;
    row.src = (struct source_row){.text = v->raw, .line = v->line};
    memcpy(row.src.hash, v->row_hash, sizeof v->row_hash);
    enum status s = prepare_row(&row, &valid, err);
    if (s != STATUS_OK) return s;
    bool record = row.kind == KIND_REGISTRATION || row.kind == KIND_COLLECTION;
    if (row.fine && record) *out = json_incref(row.as.record.json);
    prepared_row_done(&row);
    return STATUS_OK;
}

static enum status weigh(struct side *x, struct err *err) {
    x->id = identity_new();
    x->like = likeness_new();
    if (!x->id || !x->like) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    bool collection = str_eq_z(text_at(x->doc, "kind"), "collection");
    enum status s = identity_of(x->doc, collection, x->id, err);
    return s == STATUS_OK ? likeness_of(x->doc, x->id, collection, x->like, err) : s;
}

static enum status compare(struct page *p, struct err *err) {
    enum status s = weigh(&p->mine, err);
    if (s == STATUS_OK) s = weigh(&p->theirs, err);
    if (s != STATUS_OK) return s;
    p->by.by = similar_compare(p->mine.like, p->theirs.like, &p->by.percent);
    return similar_diff(text_at(p->mine.doc, "title"), text_at(p->theirs.doc, "title"),
                        &p->mine.title, &p->theirs.title, err);
}

static struct str first_unit(const json_t *doc) {
    return text_at(json_array_get(json_object_get(doc, "units"), 0), "name");
}

/* Names of people, or core numbers. */
static json_t *names_of(const json_t *doc, const char *list, const char *key) {
    const json_t *item;
    size_t i;
    json_t *out = json_array();
    json_array_foreach(json_object_get(doc, list), i, item) {
        bool core =
            strcmp(list, "ip") != 0 || json_is_true(json_object_get(item, "core"));
        if (core && json_is_string(json_object_get(item, key)))
            json_array_append(out, json_object_get(item, key));
    }
    return out;
}

static void print_names(const json_t *names) {
    const json_t *name;
    size_t i;
    json_array_foreach(names, i, name)
        printf("%s%s", i ? "、" : "", json_string_value(name));
}

static void print_list(const char *label, bool same, const struct page *p,
                       const char *list, const char *key) {
    json_t *a = names_of(p->mine.doc, list, key), *b = names_of(p->theirs.doc, list, key);
    if (json_array_size(a) + json_array_size(b)) {
        printf("%s%s\n  本行  ", label, same ? "（相同）" : "");
        print_names(a);
        printf("\n  已有  ");
        print_names(b);
        putchar('\n');
    }
    json_decref(a);
    json_decref(b);
}

static void print_pair(const char *label, bool same, struct str a, struct str b) {
    if (a.n + b.n)
        printf("%s%s\n  本行  %.*s\n  已有  %.*s\n", label, same ? "（相同）" : "",
               (int)a.n, a.n ? a.p : "", (int)b.n, b.n ? b.p : "");
}

static void print_page(const struct page *p, const struct quarantine_view *v) {
    printf("编号    %lld\n来自    %.*s 第 %lld 行（第 %lld 批）\n代码    %.*s\n",
           (long long)v->id, (int)v->source.n, v->source.p, (long long)v->line,
           (long long)v->batch, (int)v->code.n, v->code.p);
    printf("原因    %.*s\n散列    %s\n", (int)v->message.n,
           v->message.n ? v->message.p : "", v->hash);
    if (!v->kept) {
        puts("内容    没有保存");
        return;
    }
    if (!p->theirs.doc) {
        printf("内容    %.*s\n", (int)v->raw.n, v->raw.p);
        return;
    }
    char words[128];
    unsigned by = p->by.by;
    similar_words(&p->by, words, sizeof words);
    if (similar_is_near(by)) printf("依据    %s\n", words);
    print_pair("名称", false, buf_str(&p->mine.title), buf_str(&p->theirs.title));
    print_pair("第一完成单位", (by & SIMILAR_UNIT) != 0, first_unit(p->mine.doc),
               first_unit(p->theirs.doc));
    print_pair("项目编号", (by & SIMILAR_PROJECT) != 0,
               text_at(p->mine.doc, "project_no"), text_at(p->theirs.doc, "project_no"));
    print_list("完成人", false, p, "people", "name");
    print_list("核心知识产权", (by & SIMILAR_IP) != 0, p, "ip", "no");
    print_pair("登记号", false, text_at(p->mine.doc, "regno"),
               text_at(p->theirs.doc, "regno"));
    print_pair("批准日期", false, text_at(p->mine.doc, "approved_on"),
               text_at(p->theirs.doc, "approved_on"));
    print_pair("来源标识", false, text_at(p->mine.doc, "uid"),
               text_at(p->theirs.doc, "uid"));
}

static enum status print_json(const struct page *p, const struct quarantine_view *v,
                              struct err *err) {
    json_t *o = review_json(v);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    unsigned by = p->by.by;
    json_object_set(o, "row", p->mine.doc);
    if (!p->theirs.doc) return opened_print(o, err);
    json_object_set(o, "record", p->theirs.doc);
    json_object_set_new(o, "marked",
                        json_pack("{s:s%,s:s%}", "row", buf_z(&p->mine.title),
                                  p->mine.title.n, "record", buf_z(&p->theirs.title),
                                  p->theirs.title.n));
    json_object_set_new(
        o, "alike",
        json_pack("{s:b,s:i,s:b,s:b,s:b,s:b}", "title", (by & SIMILAR_TITLE) != 0,
                  "percent", (int)p->by.percent, "unit", (by & SIMILAR_UNIT) != 0,
                  "project", (by & SIMILAR_PROJECT) != 0, "people",
                  (by & SIMILAR_PEOPLE) != 0, "ip", (by & SIMILAR_IP) != 0));
    return opened_print(o, err);
}

static enum status show_one(void *arg, const struct quarantine_view *v, struct err *err) {
    struct page *p = arg;
    struct registry_row row;
    enum status s = v->kept ? row_doc(p, v, &p->mine.doc, err) : STATUS_OK;
    if (s == STATUS_OK && p->mine.doc && v->other) {
        s = registry_load(p->r, v->other, &row, err);
        if (s == STATUS_OK) {
            p->theirs.doc = json_incref(row.record.json);
            registry_row_done(&row);
            s = compare(p, err);
        }
    }
    if (s != STATUS_OK) return s;
    if (p->json) return print_json(p, v, err);
    print_page(p, v);
    return STATUS_OK;
}

static void side_done(struct side *x) {
    json_decref(x->doc);
    identity_free(x->id);
    likeness_free(x->like);
    buf_done(&x->title);
}

enum status review_show(const struct cli *cli, struct opened *o, int64_t id, bool json,
                        struct err *err) {
    struct page p = {.cli = cli, .r = &o->registry, .json = json};
    p.mine.title = p.theirs.title = buf_init(0);
    enum status s = quarantine_one(&o->registry, id, show_one, &p, err);
    side_done(&p.mine);
    side_done(&p.theirs);
    return s;
}
