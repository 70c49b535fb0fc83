#include "indexer/quarantine_review.h"
#include "core/utf8.h"
#include "indexer/conversion.h"
#include "indexer/ingest_row.h"
#include "indexer/quarantine.h"
#include "indexer/similar_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

static const char *const action_names[] = {"accept", "reject", "retry"};

/* What a row is, kept over the change. */
struct subject {
    struct quarantine_view v; /* its strings are empty but for those below */
    char code[24], mine[DECIDE_TARGET], other[DECIDE_TARGET], regno[80];
    bool by_person; /* E_DUP because a person said so */
};

struct run {
    struct registry_batch b;
    struct ingest_rows rows;
    const struct review *what;
    struct verdict_by by;
    struct review_result n;
};

static void copy(struct str s, char *out, size_t size) {
    snprintf(out, size, "%.*s", (int)utf8_clip(s, size - 1), s.n ? s.p : "");
}

static enum status read_subject(void *arg, const struct quarantine_view *v,
                                struct err *err) {
    struct subject *x = arg;
    (void)err;
    x->v = *v;
    copy(v->code, x->code, sizeof x->code);
    if (str_starts(v->target, str_of("u:")))
        copy(str_slice(v->target.p + 2, v->target.n - 2), x->mine, sizeof x->mine);
    copy(v->other_uid, x->other, sizeof x->other);
    copy(v->other_regno, x->regno, sizeof x->regno);
    return STATUS_OK;
}

static enum status subject_of(struct run *run, int64_t id, struct subject *out,
                              struct err *err) {
    struct subject x = {.by_person = false};
    enum verdict v = VERDICT_NONE;
    enum status s = quarantine_one(run->b.r, id, read_subject, &x, err);
    /* Of all rows one may have been settled by what an earlier one woke. */
    if (s == STATUS_OK && x.v.resolved_batch && !run->what->all)
        s = err_set(err, STATUS_CONFLICT, NULL, "第 %lld 行已经处理过", (long long)id);
    if (s == STATUS_OK && strcmp(x.code, "E_DUP") == 0 && x.mine[0] && x.other[0]) {
        s = verdict_of(run->b.r, str_of(x.mine), str_of(x.other), &v, err);
        x.by_person = v == VERDICT_SAME;
    }
    if (s == STATUS_OK) *out = x;
    return s;
}

static enum status no_such(const struct subject *x, enum review_action action,
                           struct err *err) {
    const char *words = action == REVIEW_ACCEPT
                            ? "不能由审核接受：请更正后重报，或用 review retry 再试"
                            : "已经拒收，不必再拒收";
    return err_set(err, STATUS_CONFLICT, NULL, "第 %lld 行（%s）%s", (long long)x->v.id,
                   x->code, words);
}

/* The pair that the decision is about must still be known. */
static enum status check_pair(const struct subject *x, struct err *err) {
    if (x->mine[0] && x->other[0]) return STATUS_OK;
    return err_set(err, STATUS_CONFLICT, NULL,
                   "第 %lld 行所比对的成果已不在登记库；请用 review retry 再试",
                   (long long)x->v.id);
}

static enum status try_again(struct run *run, const struct subject *x, struct err *err) {
    if (x->v.kept) return ingest_row_retry(&run->rows, x->v.id, err);
    return err_set(err, STATUS_CONFLICT, NULL, "第 %lld 行的内容没有保存，请从原文件重报",
                   (long long)x->v.id);
}

static enum status accept(struct run *run, const struct subject *x, struct err *err) {
    enum status s;
    if (strcmp(x->code, "H_MARKING") == 0) {
        struct decision sent_again = {.outcome = OUTCOME_SKIPPED};
        s = verdict_put_row(&run->b, x->v.row_hash, VERDICT_DIFFERENT, &run->by, err);
        return s == STATUS_OK ? quarantine_settle(&run->b, x->v.id, &sent_again, err) : s;
    }
    if (strcmp(x->code, "H_SIMILAR") != 0 && !x->by_person)
        return no_such(x, REVIEW_ACCEPT, err);
    s = check_pair(x, err);
    if (s == STATUS_OK)
        s = verdict_put(&run->b, str_of(x->mine), str_of(x->other), VERDICT_DIFFERENT,
                        &run->by, err);
    return s == STATUS_OK ? try_again(run, x, err) : s;
}

static enum status reject(struct run *run, const struct subject *x, struct err *err) {
    struct decision no = {.other = x->v.other};
    enum status s = STATUS_OK;
    if (x->mine[0]) decide_name_uid(str_of(x->mine), no.target);
    if (strcmp(x->code, "H_SIMILAR") == 0) {
        s = check_pair(x, err);
        if (s == STATUS_OK)
            s = verdict_put(&run->b, str_of(x->mine), str_of(x->other), VERDICT_SAME,
                            &run->by, err);
        decide_refuse(&no, OUTCOME_REJECTED, "E_DUP", "title",
                      "与 %.80s%s%.64s 重复：审核认定是同一成果", x->other,
                      x->regno[0] ? " / " : "", x->regno);
    } else if (strcmp(x->code, "H_MARKING") == 0) {
        s = verdict_put_row(&run->b, x->v.row_hash, VERDICT_SAME, &run->by, err);
        decide_refuse(&no, OUTCOME_REJECTED, "E_CLASSIFIED", "",
                      "审核认定涉密，未保存任何内容");
        no.secret = true;
    } else if (x->v.outcome == OUTCOME_HELD) {
        decide_refuse(&no, OUTCOME_REJECTED, x->code, "", "审核决定不再等待");
    } else {
        return no_such(x, REVIEW_REJECT, err);
    }
    return s == STATUS_OK ? quarantine_settle(&run->b, x->v.id, &no, err) : s;
}

static enum status count(void *arg, const struct quarantine_view *v, struct err *err) {
    struct review_result *n = arg;
    (void)err;
    n->rows++;
    if (v->resolved_batch)
        n->stored++;
    else
        n->open++;
    return STATUS_OK;
}

static enum status one(struct run *run, int64_t id, struct err *err) {
    struct subject x;
    enum status s = subject_of(run, id, &x, err);
    if (s == STATUS_OK && !x.v.resolved_batch)
        s = run->what->action == REVIEW_ACCEPT   ? accept(run, &x, err)
            : run->what->action == REVIEW_REJECT ? reject(run, &x, err)
                                                 : try_again(run, &x, err);
    return s == STATUS_OK ? quarantine_one(run->b.r, id, count, &run->n, err) : s;
}

struct ids {
    int64_t *v;
    size_t n, cap;
};

static enum status add_id(void *arg, const struct quarantine_view *v, struct err *err) {
    struct ids *ids = arg;
    if (!v->kept) return STATUS_OK;
    if (ids->n == ids->cap) {
        size_t cap = ids->cap ? ids->cap * 2 : 64;
        int64_t *p = realloc(ids->v, cap * sizeof *p);
        if (!p) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        ids->v = p;
        ids->cap = cap;
    }
    ids->v[ids->n++] = v->id;
    return STATUS_OK;
}

static enum status all_rows(struct run *run, const struct ids *ids, struct err *err) {
    enum status s = quarantine_any(&run->b, &run->b.waiting, err);
    if (s == STATUS_OK) s = conversion_any_open(&run->b, &run->b.open_links, err);
    if (s == STATUS_OK) s = decide_init(&run->rows.d, &run->b, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < ids->n && s == STATUS_OK; i++) s = one(run, ids->v[i], err);
    decide_done(&run->rows.d);
    return s;
}

static enum status commit(struct run *run, struct err *err) {
    char counts[128], command[32];
    snprintf(counts, sizeof counts, "{\"reviewed\":%lld,\"settled\":%lld,\"open\":%lld}",
             (long long)run->n.rows, (long long)run->n.stored, (long long)run->n.open);
    snprintf(command, sizeof command, "review %s", action_names[run->what->action]);
    return registry_batch_commit(&run->b, counts, command, false, &run->n.revision, err);
}

/* "review accept 3 4：note", which the audit table shows. */
static void describe(const struct review *what, const struct ids *ids, struct buf *out) {
    buf_add_f(out, "review %s", action_names[what->action]);
    if (what->all) buf_add_z(out, " --all");
    for (size_t i = 0; i < ids->n && !what->all; i++)
        buf_add_f(out, " %lld", (long long)ids->v[i]);
    if (what->note && what->note[0]) buf_add_f(out, "：%.400s", what->note);
}

static enum status in_batch(struct registry *r, const struct review *what,
                            const struct ids *ids, struct review_result *out,
                            struct err *err) {
    struct buf path = buf_init(0);
    describe(what, ids, &path);
    struct registry_source src = {
        .path = buf_z(&path), .actor = what->actor, .now = what->now, .kind = "review"};
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(
        &hash, XXH3_128bits_withSeed(buf_z(&path), path.n, (XXH64_hash_t)what->now));
    memcpy(src.hash, hash.digest, sizeof src.hash);
    struct run run = {.what = what,
                      .by = {str_of(what->actor), str_of(what->note ? what->note : "")}};
    enum status s = buf_check(&path, "说明", err);
    if (s == STATUS_OK) s = registry_batch_begin(r, &src, &run.b, err);
    if (s == STATUS_OK) {
        run.b.repeat = false; /* rows that are tried again belong to other files */
        run.rows.b = &run.b;
        run.rows.source = buf_z(&path);
        run.rows.file = src.hash;
        run.rows.valid = what->valid;
        s = all_rows(&run, ids, err);
        if (s == STATUS_OK) s = commit(&run, err);
        registry_batch_abort(&run.b);
    }
    buf_done(&path);
    if (s == STATUS_OK) *out = run.n;
    return s;
}

enum status quarantine_review(struct registry *r, const struct review *what,
                              quarantine_view_fn fn, void *arg, struct review_result *out,
                              struct err *err) {
    struct ids ids = {0};
    enum status s = STATUS_OK;
    if (what->all) {
        s = quarantine_each(r, what->all, add_id, &ids, err);
    } else if (what->n) {
        ids.v = malloc(what->n * sizeof *ids.v);
        if (!ids.v) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
        memcpy(ids.v, what->ids, what->n * sizeof *ids.v);
        ids.n = what->n;
    }
    if (s == STATUS_OK) s = in_batch(r, what, &ids, out, err);
    for (size_t i = 0; i < ids.n && s == STATUS_OK; i++)
        s = quarantine_one(r, ids.v[i], fn, arg, err);
    free(ids.v);
    return s;
}
