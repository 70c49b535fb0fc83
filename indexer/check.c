#include "indexer/check.h"

#include "indexer/conversion_match.h"
#include "indexer/docmap.h"
#include "indexer/pubset.h"
#include "indexer/similar.h"
#include "indexer/units.h"
#include "stats/aggregate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

struct check_set {
    enum audience audience;
    struct xindex_reader *reader;
    struct docmap *docmap;
    struct check_report *report;
    bool deep;    /* files are verified apart */
    int64_t held; /* records that the set must hold */
    uint64_t han; /* postings of single characters that it must have */
};

static void finding(struct check_report *rep, const char *file, const struct err *cause,
                    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void finding(struct check_report *rep, const char *file, const struct err *cause,
                    const char *fmt, ...) {
    size_t i = rep->nfindings++;
    if (i >= CHECK_MAX_FINDINGS) return;
    struct err *e = &rep->finding[i];
    if (cause) {
        *e = *cause;
    } else {
        char text[400];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        err_set(e, STATUS_CORRUPT, NULL, "%s", text);
    }
    err_place(e, file, 0, NULL);
}

/* ---- one record against one set ---------------------------------------------------- */

static bool row_equal(const struct columns *c, uint32_t docid,
                      const struct columns_row *want) {
    if (c->doclen[docid] != want->doclen || c->text_len[docid] != want->text_len ||
        !str_eq(columns_uid(c, docid), want->uid))
        return false;
    for (int d = 0; d < DATE_COLUMN_COUNT; d++)
        if (c->date[d][docid] != want->date[d]) return false;
    for (int f = 0; f < FACET_COUNT; f++) {
        const struct columns_facet *cf = &c->facet[f];
        uint32_t from = docid, to = docid + 1, found = 0;
        if (cf->multi) {
            from = cf->start[docid];
            to = cf->start[docid + 1];
        }
        for (uint32_t i = from; i < to; i++) {
            uint32_t ord = columns_ord(cf, i);
            if (ord == 0) continue;
            found++;
            bool in = false;
            for (uint32_t k = 0; k < want->facet[f].n && !in; k++)
                in = str_eq(columns_value(cf, ord), want->facet[f].value[k]);
            if (!in) return false;
        }
        /* A value given twice stands in the columns once. */
        uint32_t distinct = 0;
        for (uint32_t k = 0; k < want->facet[f].n; k++) {
            bool seen = false;
            for (uint32_t j = 0; j < k && !seen; j++)
                seen = str_eq(want->facet[f].value[k], want->facet[f].value[j]);
            distinct += !seen;
        }
        if (found != distinct) return false;
    }
    return true;
}

/* Is the record in the list of each of its characters? With the right number of postings
 * in all (deep_walk) it is then in no other. */
static bool han_holds(const struct columns *c, uint32_t docid,
                      const struct columns_row *want) {
    for (size_t i = 0; i < want->nhan; i++) {
        struct columns_han_list l = columns_han_find(&c->han, want->han[i]);
        if (columns_han_next(&l, docid) != docid) return false;
    }
    return true;
}

static enum status check_held(struct check_set *cs, const struct registry_row *row,
                              struct err *err) {
    struct docmap_doc doc;
    enum status s = docmap_make(cs->docmap, cs->audience, &row->record, &doc, err);
    if (s != STATUS_OK) return s;
    const struct columns *c = xindex_reader_columns(cs->reader);
    const char *name = audience_row(cs->audience)->folder;
    char uid[80];
    snprintf(uid, sizeof uid, "%.*s",
             (int)(row->record.uid.n < 79 ? row->record.uid.n : 79), row->record.uid.p);
    struct buf term = buf_init(0);
    buf_add_char(&term, 'Q');
    buf_add_str(&term, row->record.uid);
    void *ctx = talloc_new(NULL);
    uint32_t docid = 0;
    struct str data;
    struct err local;
    s = xindex_lookup(cs->reader, ctx, buf_str(&term), &docid, &data, &local);
    if (s == STATUS_NOT_FOUND)
        finding(cs->report, name, NULL, "%s 不在索引里", uid);
    else if (s != STATUS_OK)
        finding(cs->report, name, &local, " ");
    else if (docid != row->key)
        finding(cs->report, name, NULL, "%s 的文档号是 %u，应为 %u", uid, docid,
                row->key);
    else if (!columns_is_live(c, docid))
        finding(cs->report, name, NULL, "%s 不在列文件里", uid);
    else if (!str_eq(data, doc.data))
        finding(cs->report, name, NULL, "%s 的文档内容与登记库不符", uid);
    else if (!row_equal(c, docid, &doc.row))
        finding(cs->report, name, NULL, "%s 的列值与登记库不符", uid);
    else if (!str_eq(xindex_reader_text(cs->reader, docid), doc.text))
        finding(cs->report, name, NULL, "%s 的文本与登记库不符", uid);
    else if (!han_holds(c, docid, &doc.row))
        finding(cs->report, name, NULL, "%s 的单字与登记库不符", uid);
    cs->han += doc.row.nhan;
    buf_done(&term);
    talloc_free(ctx);
    return STATUS_OK;
}

/* ---- one set ------------------------------------------------------------------------
 */

static void check_counts(struct check_set *cs, int64_t seq) {
    const struct columns *c = xindex_reader_columns(cs->reader);
    const char *name = audience_row(cs->audience)->folder;
    int64_t have = xindex_reader_revision(cs->reader);
    if (have != seq)
        finding(cs->report, name, NULL,
                "索引停在修订 %lld，登记库是 %lld；运行 chengguo rebuild",
                (long long)have, (long long)seq);
    if (c->revision != have)
        finding(cs->report, name, NULL, "列文件的修订 %lld 与索引的 %lld 不同",
                (long long)c->revision, (long long)have);
    uint32_t documents = 0;
    struct err local;
    const struct suggest *suggest;
    if (!cs->deep && xindex_reader_suggest(cs->reader, &suggest, &local) != STATUS_OK)
        finding(cs->report, name, &local, " ");
    if (xindex_term_count(cs->reader, str_of(""), &documents, &local) != STATUS_OK)
        finding(cs->report, name, &local, " ");
    else if (documents != c->live_count)
        finding(cs->report, name, NULL, "索引有 %u 个文档，列文件有 %u 行", documents,
                c->live_count);
    cs->report->documents[cs->audience] = documents;
}

static void check_data(const struct store *s, enum audience a, int64_t seq,
                       struct aggregate *want, struct check_report *rep) {
    char dir[PATH_MAX], as_of[32];
    struct db data;
    struct err local;
    int64_t have = 0;
    const char *name = audience_row(a)->folder;
    enum status st = store_set_path(s, a, NULL, dir, sizeof dir, &local);
    if (st == STATUS_OK) st = pubdata_open(dir, &data, &local);
    if (st != STATUS_OK) {
        finding(rep, name, &local, " ");
        return;
    }
    st = pubdata_revision(&data, &have, as_of, &local);
    if (st == STATUS_OK && have != seq)
        finding(rep, name, NULL,
                "data.db 停在修订 %lld，登记库是 %lld；运行 chengguo rebuild",
                (long long)have, (long long)seq);
    if (st == STATUS_OK && want) st = aggregate_compare(want, &data, &local);
    if (st != STATUS_OK) finding(rep, name, &local, " ");
    db_close(&data);
}

/* The suggestions made anew from the columns and texts of the set. */
static enum status verify_suggest(const struct store *s, const struct check_set *cs,
                                  struct err *err) {
    char path[PATH_MAX], file[COLUMNS_NAME_MAX];
    const struct columns *c = xindex_reader_columns(cs->reader);
    struct rectext text;
    enum status st = store_set_path(s, cs->audience, PUBSET_TEXT, path, sizeof path, err);
    if (st == STATUS_OK) st = rectext_open(path, c->text_end, &text, err);
    if (st != STATUS_OK) return st;
    snprintf(file, sizeof file, "suggest-%lld", (long long)c->revision);
    st = store_set_path(s, cs->audience, file, path, sizeof path, err);
    if (st == STATUS_OK) st = suggest_verify(path, c, &text, err);
    rectext_close(&text);
    return st;
}

static void check_files(const struct store *s, const struct check_set *cs) {
    char path[PATH_MAX], file[COLUMNS_NAME_MAX];
    struct err local;
    const char *name = audience_row(cs->audience)->folder;
    snprintf(file, sizeof file, "columns-%lld",
             (long long)xindex_reader_revision(cs->reader));
    enum status st = store_set_path(s, cs->audience, file, path, sizeof path, &local);
    if (st == STATUS_OK) st = columns_verify(path, &local);
    if (st != STATUS_OK) finding(cs->report, name, &local, " ");
    st = verify_suggest(s, cs, &local);
    if (st != STATUS_OK) finding(cs->report, name, &local, " ");
    st = store_set_path(s, cs->audience, "index", path, sizeof path, &local);
    if (st == STATUS_OK) st = xindex_check(path, &local);
    if (st != STATUS_OK) finding(cs->report, name, &local, " ");
}

/* ---- the walk over the registry -----------------------------------------------------
 */

struct walk {
    struct check_set *set; /* AUDIENCE_COUNT; reader NULL where the set does not open */
    struct aggregate *aggregate;
    struct check_report *report;
};

static enum status visit(void *arg, const struct registry_row *row, struct err *err) {
    struct walk *w = arg;
    w->report->records++;
    enum status s = aggregate_apply(w->aggregate, NULL, &row->record, err);
    for (int a = 0; a < AUDIENCE_COUNT && s == STATUS_OK; a++) {
        if (!w->set[a].reader || !docmap_holds((enum audience)a, &row->record)) continue;
        w->set[a].held++;
        s = check_held(&w->set[a], row, err);
    }
    return s;
}

static void on_unit(void *arg, const char *text) {
    finding(arg, "registry.db", NULL, "%s", text);
}

static void on_likeness(void *arg, const char *sentence) {
    finding(arg, "registry.db", NULL, "%s", sentence);
}

static void on_conversion(void *arg, const char *sentence) {
    finding(arg, "registry.db", NULL, "%s", sentence);
}

static enum status deep_walk(const struct store *s, struct registry *r,
                             struct check_set *set, int64_t seq, struct check_report *rep,
                             struct err *err) {
    struct walk w = {set, NULL, rep};
    uint32_t end = 0, count = 0;
    struct err local;
    int64_t bad = 0;
    rep->records = 0;
    if (db_int(&r->db,
               "SELECT count(*) FROM pragma_integrity_check "
               "WHERE integrity_check <> 'ok'",
               &bad, &local) != STATUS_OK)
        finding(rep, "registry.db", &local, " ");
    else if (bad)
        finding(rep, "registry.db", NULL, "SQLite 的完整性检查发现 %lld 处问题",
                (long long)bad);
    enum status st = aggregate_new(&w.aggregate, err);
    if (st == STATUS_OK) st = registry_extent(r, &end, &count, err);
    if (st == STATUS_OK) st = registry_each(r, 1, end, visit, &w, err);
    if (st == STATUS_OK && aggregate_compare(w.aggregate, &r->db, &local) != STATUS_OK)
        finding(rep, "registry.db", &local, " ");
    if (st == STATUS_OK) st = units_verify(r, CHECK_MAX_FINDINGS, on_unit, rep, err);
    if (st == STATUS_OK) st = conversion_check(r, on_conversion, rep, err);
    if (st == STATUS_OK) st = similar_check(r, on_likeness, rep, err);
    for (int a = 0; a < AUDIENCE_COUNT && st == STATUS_OK; a++) {
        check_data(s, (enum audience)a, seq, w.aggregate, rep);
        if (!set[a].reader) continue;
        check_files(s, &set[a]);
        if (rep->documents[a] != set[a].held)
            finding(rep, audience_row((enum audience)a)->folder, NULL,
                    "索引有 %lld 个文档，按登记库应有 %lld 个",
                    (long long)rep->documents[a], (long long)set[a].held);
        uint64_t han = columns_han_total(&xindex_reader_columns(set[a].reader)->han);
        if (han != set[a].han)
            finding(rep, audience_row((enum audience)a)->folder, NULL,
                    "单字表有 %llu 项，按登记库应有 %llu 项", (unsigned long long)han,
                    (unsigned long long)set[a].han);
    }
    aggregate_free(w.aggregate);
    return st;
}

enum status check_store(const struct store *s, struct registry *r, bool deep,
                        struct check_report *rep, struct err *err) {
    memset(rep, 0, sizeof *rep);
    int64_t at = 0;
    uint32_t end = 0, count = 0;
    struct check_set set[AUDIENCE_COUNT];
    memset(set, 0, sizeof set);
    enum status st = registry_revision(r, &rep->revision, &at, err);
    if (st == STATUS_OK) st = registry_extent(r, &end, &count, err);
    rep->records = count;
    for (int a = 0; a < AUDIENCE_COUNT && st == STATUS_OK; a++) {
        char dir[PATH_MAX];
        struct err local;
        set[a].audience = (enum audience)a;
        set[a].report = rep;
        set[a].deep = deep;
        st = store_set_path(s, (enum audience)a, NULL, dir, sizeof dir, err);
        if (st == STATUS_OK) st = docmap_new(&set[a].docmap, err);
        if (st != STATUS_OK) break;
        if (xindex_reader_open(dir, &set[a].reader, &local) != STATUS_OK) {
            set[a].reader = NULL;
            finding(rep, audience_row((enum audience)a)->folder, &local, " ");
        } else {
            check_counts(&set[a], rep->revision);
        }
        if (!deep) check_data(s, (enum audience)a, rep->revision, NULL, rep);
    }
    if (st == STATUS_OK && deep) st = deep_walk(s, r, set, rep->revision, rep, err);
    for (int a = 0; a < AUDIENCE_COUNT; a++) {
        xindex_reader_close(set[a].reader);
        docmap_free(set[a].docmap);
    }
    return st;
}
