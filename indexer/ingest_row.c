#include "indexer/ingest_row.h"
#include "core/utf8.h"
#include "indexer/conversion.h"
#include "indexer/quarantine.h"
#include "indexer/similar_verdict.h"

#include <stdio.h>
#include <stdlib.h>

#define PLACE_BYTES 1024 /* of a file and its sheet */

/* Rows that a retried row wakes, that wake rows …: a contract can wake receipts, an
 * achievement its events, and no longer chain exists. */
#define MAX_WAKE 4

/* A row that was not accepted by itself; a classified one takes its record with it. */
static enum status decide_refused(struct ingest_rows *in, const struct prepared_row *row,
                                  struct decision *out, struct err *err) {
    bool found = false;
    *out = (struct decision){
        .outcome = OUTCOME_REJECTED, .why = row->why, .secret = row->secret};
    if (row->stated)
        return decide_erase(&in->d, row->doc, in->valid->registry, &found, err);
    return row->doc && !row->secret ? decide_name(&in->d, row->doc, out->target, err)
                                    : STATUS_OK;
}

/* What a person decided of the row's marking. *settled: that it is classified. */
static enum status decide_marking(struct ingest_rows *in, struct prepared_row *row,
                                  struct decision *out, bool *settled, struct err *err) {
    enum verdict v = VERDICT_NONE;
    *settled = false;
    if (!row->marking) return STATUS_OK;
    enum status s = verdict_of_row(in->b->r, row->src.hash, &v, err);
    if (s != STATUS_OK) return s;
    if (v == VERDICT_DIFFERENT) row->marking = false;
    if (v != VERDICT_SAME) return STATUS_OK;
    decide_refuse(out, OUTCOME_REJECTED, "E_CLASSIFIED", "",
                  "审核认定涉密，未保存任何内容");
    out->secret = true;
    *settled = true;
    return STATUS_OK;
}

static enum status decide_row(struct ingest_rows *in, struct prepared_row *row,
                              const struct conversion_place *at, struct decision *out,
                              struct err *err) {
    if (!row->fine) return decide_refused(in, row, out, err);
    bool settled = false;
    enum status s = decide_marking(in, row, out, &settled, err);
    if (s != STATUS_OK || settled) return s;
    bool record = row->kind == KIND_REGISTRATION || row->kind == KIND_COLLECTION;
    if (row->marking && !record) {
        decide_hold_marking(out);
        return STATUS_OK;
    }
    switch (row->kind) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION:
            return decide_registration(&in->d, row->as.record.json, row->marking, out,
                                       err);
        case KIND_EVENT:
            return decide_event(&in->d, &row->as.event, out, err);
        case KIND_CONTRACT:
            return conversion_contract(&in->d, &row->as.contract, out, err);
        case KIND_RECEIPT:
            return conversion_receipt(&in->d, &row->as.receipt, at, out, err);
        case KIND_REWARD:
            return conversion_reward(&in->d, &row->as.reward, at, out, err);
        case KIND_APP_STATUS:
            return conversion_app_status(&in->d, &row->as.app_status, out, err);
        case KIND_BENEFIT:
            return conversion_benefit(&in->d, &row->as.benefit, out, err);
        case KIND_UNKNOWN:
        case KIND_COUNT:
        default:
            return err_set(err, STATUS_INTERNAL, NULL, "未知的行种类");
    }
}

static enum status wake(struct ingest_rows *in, const struct decision *by, int depth,
                        struct err *err);

/* Tries a row of the quarantine again. */
static enum status retry(struct ingest_rows *in, const struct quarantine_row *q,
                         int depth, bool *applied, struct err *err) {
    struct prepared_row row;
    row.src = (struct source_row){.text = str_slice(q->raw, q->nraw), .line = q->line};
    memcpy(row.src.hash, q->hash, sizeof q->hash);
    struct conversion_place at = {q->source, q->line, q->file, q->hash};
    struct decision now = {0};
    enum status s = prepare_row(&row, in->valid, err);
    if (s != STATUS_OK) return s;
    int64_t outer = in->b->row_batch;
    in->b->row_batch = q->batch == in->b->id ? 0 : q->batch;
    s = decide_row(in, &row, &at, &now, err);
    in->b->row_batch = outer;
    prepared_row_done(&row);
    if (s == STATUS_OK) s = quarantine_settle(in->b, q->id, &now, err);
    *applied = s == STATUS_OK && now.applied;
    if (s == STATUS_OK && now.applied && depth < MAX_WAKE)
        s = wake(in, &now, depth + 1, err);
    return s;
}

/* One page of waiting rows: *last is the newest id seen (unchanged: there was none). */
static enum status wake_page(struct ingest_rows *in, const char *target,
                             enum waiting kind, int depth, int64_t *last, bool *applied,
                             struct err *err) {
    struct quarantine_rows rows;
    enum status s = quarantine_waiting(in->b, target, kind, *last, &rows, err);
    if (s != STATUS_OK) return s;
    for (size_t i = 0; i < rows.n && s == STATUS_OK; i++) {
        bool one = false;
        s = retry(in, &rows.v[i], depth, &one, err);
        *applied = *applied || one;
        *last = rows.v[i].id;
    }
    quarantine_rows_done(&rows);
    return s;
}

static enum status wake_orphans(struct ingest_rows *in, const char *target, int depth,
                                struct err *err) {
    int64_t last = 0, before = -1;
    bool applied = false;
    enum status s = STATUS_OK;
    while (target[0] && s == STATUS_OK && last != before) {
        before = last;
        s = wake_page(in, target, WAITING_TARGET, depth, &last, &applied, err);
    }
    return s;
}

/* A move may open the way for the next: go round while one succeeds. */
static enum status wake_moves(struct ingest_rows *in, const char *target,
                              struct err *err) {
    bool applied = target[0] != 0;
    enum status s = STATUS_OK;
    for (int round = 0; applied && round < QUARANTINE_MAX_STATE && s == STATUS_OK;
         round++) {
        int64_t last = 0;
        applied = false;
        s = wake_page(in, target, WAITING_STATE, MAX_WAKE, &last, &applied, err);
    }
    return s;
}

/* Something new stands in the registry: rows that waited for it. */
static enum status wake(struct ingest_rows *in, const struct decision *by, int depth,
                        struct err *err) {
    enum status s = STATUS_OK;
    if (in->b->open_links && by->key) {
        s = conversion_link(in->b, by->target, by->key, err);
        if (s == STATUS_OK && by->number[0])
            s = conversion_link(in->b, by->number, by->key, err);
    }
    if (s != STATUS_OK || !in->b->waiting) return s;
    s = wake_orphans(in, by->target, depth, err);
    if (s == STATUS_OK) s = wake_orphans(in, by->number, depth, err);
    if (s == STATUS_OK) s = wake_moves(in, by->target, err);
    return s;
}

/* Rows of a workbook stand in a sheet: "汇总.xlsx#Sheet1". */
static const char *source_of(const struct ingest_rows *in, const struct source_row *row,
                             char out[PLACE_BYTES]) {
    if (!row->sheet) return in->source;
    snprintf(out, PLACE_BYTES, "%.*s#%.*s",
             (int)utf8_clip(str_of(in->source), PLACE_BYTES / 2), in->source,
             (int)utf8_clip(str_of(row->sheet), PLACE_BYTES / 2 - 2), row->sheet);
    return out;
}

/* Names the column that a refused value came from. */
static void name_column(struct err *why, const struct source_row *row) {
    const char *header = grid_map_header(row->map, why->field);
    if (header) err_prefix(why, "列“%s”", header);
}

enum status ingest_row(struct ingest_rows *in, struct prepared_row *row,
                       struct decision *out, struct err *err) {
    struct decision dec = {0};
    char place_text[PLACE_BYTES];
    const char *source = source_of(in, &row->src, place_text);
    in->d.home_only = row->src.map && row->src.map->profile->out_of_area;
    struct conversion_place at = {source, row->src.line, in->file, row->src.hash};
    enum status s = decide_row(in, row, &at, &dec, err);
    in->d.home_only = false;
    if (s != STATUS_OK) return s;
    if (dec.old_state)
        warnings_add(&row->w, W_STATE_OLD, "state", "早于已有的批复事件，状态不变");
    if (dec.outcome == OUTCOME_REJECTED || dec.outcome == OUTCOME_HELD) {
        name_column(&dec.why, &row->src);
        err_place(&dec.why, source, (long)row->src.line, NULL);
        struct quarantine_place place = {source, row->src.line, row->src.hash,
                                         row->src.text};
        s = quarantine_put(in->b, &place, &dec, err);
    } else if (dec.applied) {
        s = wake(in, &dec, 0, err);
    }
    if (s == STATUS_OK) *out = dec;
    return s;
}

enum status ingest_row_wake(struct ingest_rows *in, const struct decision *by,
                            struct err *err) {
    return wake(in, by, 0, err);
}

enum status ingest_row_retry(struct ingest_rows *in, int64_t id, struct err *err) {
    struct quarantine_rows rows;
    bool applied = false;
    enum status s = quarantine_row_by_id(in->b, id, &rows, err);
    if (s != STATUS_OK) return s;
    if (rows.n) s = retry(in, &rows.v[0], 0, &applied, err);
    quarantine_rows_done(&rows);
    return s;
}
