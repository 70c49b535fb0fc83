#include "indexer/ingest.h"
#include "core/utf8.h"
#include "indexer/conversion.h"
#include "indexer/ingest_pipe.h"
#include "indexer/ingest_row.h"
#include "indexer/quarantine.h"
#include "indexer/windows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_ROWS 500

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_ADDED] = "added",         [OUTCOME_UPDATED] = "updated",
    [OUTCOME_UNCHANGED] = "unchanged", [OUTCOME_WITHDRAWN] = "withdrawn",
    [OUTCOME_SKIPPED] = "skipped",     [OUTCOME_HELD] = "held",
    [OUTCOME_REJECTED] = "rejected",
};

const char *outcome_name(enum outcome o) {
    return (unsigned)o < OUTCOME_COUNT ? outcome_names[o] : "";
}

void ingest_report_done(struct ingest_report *r) {
    json_decref(r->ignored);
    json_decref(r->files);
    r->ignored = r->files = NULL;
}

static void tally(struct ingest_tally *t, size_t *n, const char *code, int64_t by) {
    size_t i = 0;
    while (i < *n && strcmp(t[i].code, code) != 0) i++;
    if (i == *n) {
        if (*n == INGEST_MAX_CODES) return;
        snprintf(t[i].code, sizeof t[i].code, "%s", code);
        t[i].n = 0;
        ++*n;
    }
    t[i].n += by;
}

static void extend(json_t **to, json_t *more) {
    if (more && !*to) *to = json_array();
    if (more && *to) json_array_extend(*to, more);
}

void ingest_report_add(struct ingest_report *to, const struct ingest_report *r) {
    to->read += r->read;
    for (int o = 0; o < OUTCOME_COUNT; o++) to->outcome[o] += r->outcome[o];
    for (size_t i = 0; i < r->ncodes; i++)
        tally(to->codes, &to->ncodes, r->codes[i].code, r->codes[i].n);
    for (size_t i = 0; i < r->nwarnings; i++)
        tally(to->warnings, &to->nwarnings, r->warnings[i].code, r->warnings[i].n);
    extend(&to->ignored, r->ignored);
    extend(&to->files, r->files);
    to->nignored += r->nignored;
    to->revision = r->revision;
    to->seconds += r->seconds;
}

static json_t *tallies(const struct ingest_tally *t, size_t n) {
    json_t *o = json_object();
    for (size_t i = 0; o && i < n; i++)
        json_object_set_new(o, t[i].code, json_integer(t[i].n));
    return o;
}

json_t *ingest_report_json(const struct ingest_report *r) {
    json_t *o = json_object();
    if (!o) return NULL;
    json_object_set_new(o, "read", json_integer(r->read));
    for (int k = 0; k < OUTCOME_COUNT; k++)
        json_object_set_new(o, outcome_names[k], json_integer(r->outcome[k]));
    json_object_set_new(o, "codes", tallies(r->codes, r->ncodes));
    json_object_set_new(o, "warnings", tallies(r->warnings, r->nwarnings));
    if (r->ignored)
        json_object_set(o, "ignored", r->ignored);
    else
        json_object_set_new(o, "ignored", json_array());
    if (r->files) json_object_set(o, "files", r->files);
    json_object_set_new(o, "revision", json_integer(r->revision));
    json_object_set_new(o, "seconds", json_real(round(r->seconds * 1000) / 1000));
    return o;
}

struct run {
    const struct ingest_options *opt;
    struct ingest_report report;
    struct ingest_rows rows;
    struct validate_options valid;
    FILE *rejects;
};

static void note_ignored(struct run *run, const struct source_row *row) {
    run->report.nignored++;
    if (!run->report.ignored) run->report.ignored = json_array();
    if (!run->report.ignored ||
        json_array_size(run->report.ignored) >= INGEST_MAX_IGNORED)
        return;
    json_t *o = json_object();
    if (!o) return;
    json_object_set_new(o, "file", json_string(run->opt->path));
    if (row->sheet) json_object_set_new(o, "sheet", json_string(row->sheet));
    json_object_set_new(o, "line", json_integer(row->line));
    json_object_set_new(o, "reason", json_string(row->ignored));
    json_array_append_new(run->report.ignored, o);
}

static json_t *place_json(const struct source_row *row, const struct decision *dec) {
    char hash[33];
    for (int i = 0; i < 16; i++) snprintf(hash + 2 * i, 3, "%02x", row->hash[i]);
    json_t *o = json_object();
    if (!o) return NULL;
    json_object_set_new(o, "file", json_string(dec->why.file));
    if (row->sheet) json_object_set_new(o, "sheet", json_string(row->sheet));
    json_object_set_new(o, "line", json_integer(row->line));
    json_object_set_new(o, "outcome", json_string(outcome_name(dec->outcome)));
    json_object_set_new(o, "code", json_string(dec->why.code));
    if (dec->secret) {
        json_object_set_new(o, "hash", json_string(hash));
        return o;
    }
    json_object_set_new(o, "field", json_string(dec->why.field));
    json_object_set_new(o, "text", json_string(dec->why.text));
    /* A row that is no UTF-8 cannot stand in JSON: its place and hash find it again. */
    json_t *raw = json_stringn(row->text.p, row->text.n);
    if (raw)
        json_object_set_new(o, "row", raw);
    else
        json_object_set_new(o, "hash", json_string(hash));
    return o;
}

static enum status write_reject(struct run *run, const struct source_row *row,
                                const struct decision *dec, struct err *err) {
    if (!run->rejects) return STATUS_OK;
    json_t *o = place_json(row, dec);
    if (!o) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    int bad = json_dumpf(o, run->rejects, JSON_COMPACT) | (fputc('\n', run->rejects) < 0);
    json_decref(o);
    return bad ? err_errno(err, "不能写 %s", run->opt->reject_file) : STATUS_OK;
}

static enum status one_row(struct run *run, struct prepared_row *row, struct err *err) {
    if (row->src.fault == SOURCE_BLANK) {
        note_ignored(run, &row->src);
        return STATUS_OK;
    }
    struct decision dec;
    enum status s = ingest_row(&run->rows, row, &dec, err);
    if (s != STATUS_OK) return s;
    struct ingest_report *r = &run->report;
    r->read++;
    r->outcome[dec.outcome]++;
    if (dec.outcome == OUTCOME_REJECTED || dec.outcome == OUTCOME_HELD) {
        tally(r->codes, &r->ncodes, dec.why.code, 1);
        if (run->opt->problem)
            run->opt->problem(run->opt->problem_arg, dec.outcome, &dec.why);
        return write_reject(run, &row->src, &dec, err);
    }
    for (int k = 0; k < W_COUNT; k++)
        if (row->w.count[k])
            tally(r->warnings, &r->nwarnings, warning_name((enum warning)k),
                  row->w.count[k]);
    return STATUS_OK;
}

static enum status all_rows(struct run *run, struct ingest_pipe *pipe, int64_t bytes,
                            struct err *err) {
    const struct ingest_options *opt = run->opt;
    for (;;) {
        struct prepared_row *row = NULL;
        if (opt->stop && *opt->stop)
            return err_set(err, STATUS_INTERRUPTED, NULL, "已中断，这个文件没有导入");
        enum status s = ingest_pipe_next(pipe, &row, err);
        if (s != STATUS_OK || !row) return s;
        s = one_row(run, row, err);
        if (s != STATUS_OK) return s;
        if (opt->progress && run->report.read % PROGRESS_ROWS == 0)
            opt->progress(opt->progress_arg, run->report.read, row->at, bytes);
    }
}

static enum status in_batch(struct run *run, struct source *src, struct registry_batch *b,
                            struct err *err) {
    run->valid.registry = run->opt->registry ? run->opt->registry : "140000";
    if (run->opt->windows) {
        run->valid.window = windows_year;
        run->valid.due = windows_due;
        run->valid.window_arg = run->opt->windows;
    }
    run->rows.b = b;
    run->rows.source = run->opt->path;
    run->rows.file = source_hash(src);
    run->rows.valid = &run->valid;
    struct ingest_pipe *pipe = NULL;
    enum status s = quarantine_any(b, &b->waiting, err);
    if (s == STATUS_OK) s = conversion_any_open(b, &b->open_links, err);
    if (s == STATUS_OK) s = decide_init(&run->rows.d, b, err);
    if (s != STATUS_OK) return s;
    s = ingest_pipe_open(src, &run->valid, &pipe, err);
    if (s == STATUS_OK) s = all_rows(run, pipe, source_bytes(src), err);
    ingest_pipe_close(pipe);
    decide_done(&run->rows.d);
    return s;
}

static enum status commit(struct run *run, struct registry_batch *b, struct err *err) {
    if (run->rejects && fflush(run->rejects) != 0)
        return err_errno(err, "不能写 %s", run->opt->reject_file);
    json_t *counts = ingest_report_json(&run->report);
    char *text = counts ? json_dumps(counts, JSON_COMPACT) : NULL;
    json_decref(counts);
    if (!text) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    enum status s = registry_batch_commit(b, text, "ingest", run->opt->dry_run,
                                          &run->report.revision, err);
    free(text);
    return s;
}

static void note_file(struct run *run, struct source *src) {
    struct source_info info;
    char separator[2] = "";
    source_info(src, &info);
    json_t *o = json_object(), *notes = json_array();
    separator[0] = info.separator;
    json_object_set_new(o, "path", json_string(run->opt->path));
    json_object_set_new(o, "kind", json_string(info.kind));
    json_object_set_new(o, "profile", json_string(info.profile));
    json_object_set_new(o, "encoding", json_string(info.encoding));
    if (separator[0]) json_object_set_new(o, "separator", json_string(separator));
    if (info.converter[0])
        json_object_set_new(o, "converter", json_string(info.converter));
    for (size_t i = 0; i < info.nnotes; i++)
        json_array_append_new(notes, json_string(info.note[i]));
    json_object_set_new(o, "notes", notes);
    run->report.files = json_array();
    if (json_array_append_new(run->report.files, o) != 0) {
        json_decref(run->report.files);
        run->report.files = NULL;
    }
}

/* Rows of a file that was not taken after all: their text must not stay. What is no plain
 * file (a pipe) cannot be taken back. */
static void drop_rejects(FILE *rejects, off_t kept) {
    bool gone =
        fflush(rejects) == 0 && kept >= 0 && ftruncate(fileno(rejects), kept) == 0;
    (void)gone;
}

static double seconds_since(const struct timespec *t) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->tv_sec) + (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

static enum status ingest_shown(struct registry *r, const struct ingest_options *opt,
                                struct ingest_report *out, struct err *err) {
    struct run run = {.opt = opt};
    struct source *src = NULL;
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct source_options how = {.path = opt->path,
                                 .profile = opt->profile,
                                 .encoding = opt->encoding,
                                 .profiles = opt->profiles,
                                 .stop = opt->stop};
    enum status s = source_open(opt->fd, &how, &src, err);
    if (s != STATUS_OK) return s;
    struct source_info info;
    source_info(src, &info);
    if (opt->reject_file && !(run.rejects = fopen(opt->reject_file, "ae")))
        s = err_errno(err, "不能写 %s", opt->reject_file);
    off_t kept = run.rejects ? lseek(fileno(run.rejects), 0, SEEK_END) : -1;
    struct registry_source from = {.path = opt->path,
                                   .bytes = source_bytes(src),
                                   .actor = opt->actor ? opt->actor : "",
                                   .now = opt->now,
                                   .kind = info.kind,
                                   .profile = info.profile,
                                   .encoding = info.encoding};
    memcpy(from.hash, source_hash(src), sizeof from.hash);
    struct registry_batch b;
    if (s == STATUS_OK) s = registry_batch_begin(r, &from, &b, err);
    if (s == STATUS_OK) {
        s = in_batch(&run, src, &b, err);
        if (s == STATUS_OK) {
            note_file(&run, src);
            s = commit(&run, &b, err);
        }
        registry_batch_abort(&b);
    }
    if (run.rejects && s != STATUS_OK) drop_rejects(run.rejects, kept);
    if (run.rejects && fclose(run.rejects) != 0 && s == STATUS_OK)
        s = err_errno(err, "不能写 %s", opt->reject_file);
    source_close(src);
    if (s != STATUS_OK) {
        ingest_report_done(&run.report);
        return s;
    }
    run.report.seconds = seconds_since(&start);
    *out = run.report;
    return STATUS_OK;
}

enum status ingest_file(struct registry *r, const struct ingest_options *opt,
                        struct ingest_report *out, struct err *err) {
    struct ingest_options shown = *opt;
    char *path = strdup(opt->path);
    if (!path) return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    utf8_make_shown(path);
    shown.path = path;
    enum status s = ingest_shown(r, &shown, out, err);
    free(path);
    return s;
}
