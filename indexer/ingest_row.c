#include "indexer/ingest_row.h"
#include "core/utf8.h"
#include "indexer/conversion.h"
#include "indexer/quarantine.h"

#include <stdlib.h>

/* Rows that a retried row wakes, that wake rows …: a contract can wake receipts, an
 * achievement its events, and no longer chain exists. */
#define MAX_WAKE 4

struct raw_row {
    struct str text;
    struct conversion_place at;
};

static void refuse_unreadable(struct decision *out, struct str text, const char *code,
                              const char *sentence, long long byte) {
    decide_refuse(out, OUTCOME_REJECTED, code, "", "第 %lld 字节：%s", byte, sentence);
    out->secret = source_shows_secrecy(text);
}

/* Position and plain words only: jansson's own text quotes the row. */
static const char *syntax_words(const json_error_t *at) {
    switch (json_error_code(at)) {
        case json_error_premature_end_of_input:
            return "JSON 不完整，行被截断";
        case json_error_duplicate_key:
            return "同一对象中有重复的键";
        case json_error_numeric_overflow:
            return "数字太大";
        case json_error_null_character:
        case json_error_null_byte_in_key:
            return "含有空字符（\\u0000）";
        case json_error_stack_overflow:
            return "嵌套太深";
        case json_error_end_of_input_expected:
            return "JSON 对象之后还有内容；每行只能有一个对象";
        case json_error_unknown:
        case json_error_out_of_memory:
        case json_error_cannot_open_file:
        case json_error_invalid_argument:
        case json_error_invalid_utf8:
        case json_error_invalid_syntax:
        case json_error_invalid_format:
        case json_error_wrong_type:
        case json_error_null_value:
        case json_error_item_not_found:
        case json_error_index_out_of_range:
        default:
            return "不是 JSON";
    }
}

/* NULL with *out filled when the row cannot be read; NULL without (out->why.status 0)
 * when memory ran out. */
static json_t *parse(const struct source_row *row, struct decision *out) {
    if (row->fault == SOURCE_TOO_LONG) {
        decide_refuse(out, OUTCOME_REJECTED, "E_SYNTAX", "",
                      "一行超过 %d MiB，已跳过；内容未保存，请从原文件核对",
                      (int)(SOURCE_MAX_LINE >> 20));
        out->secret = true;
        return NULL;
    }
    size_t bad = row->fault == SOURCE_UTF16 ? 0 : utf8_bad_at(row->text);
    if (bad < row->text.n) {
        refuse_unreadable(out, row->text, "E_ENCODING",
                          row->fault == SOURCE_UTF16
                              ? "文件是 UTF-16 编码，请转存为 UTF-8"
                              : "不是 UTF-8 编码，请转存为 UTF-8",
                          (long long)bad + 1);
        return NULL;
    }
    json_error_t at;
    json_t *doc = json_loadb(row->text.p, row->text.n, JSON_REJECT_DUPLICATES, &at);
    if (!doc && json_error_code(&at) == json_error_out_of_memory) return NULL;
    if (!json_is_object(doc)) {
        refuse_unreadable(out, row->text, "E_SYNTAX",
                          doc ? "一行应是一个 JSON 对象" : syntax_words(&at),
                          doc ? 1LL : at.position);
        out->secret = out->secret || validate_marking(row->text, NULL);
        json_decref(doc);
        return NULL;
    }
    return doc;
}

/* A key secrecy or 密级 with a value: the row states its secrecy itself. */
static bool states_secrecy(const json_t *v, int depth) {
    const char *key;
    json_t *item;
    size_t i;
    if (depth > VALIDATE_MAX_DEPTH) return true;
    if (json_is_array(v)) {
        json_array_foreach(v, i, item) {
            if (states_secrecy(item, depth + 1)) return true;
        }
    }
    json_object_foreach((json_t *)(uintptr_t)v, key, item) {
        bool names = strcmp(key, "secrecy") == 0 || strcmp(key, "密级") == 0;
        if (names && !json_is_null(item) &&
            !(json_is_string(item) &&
              str_trim(str_slice(json_string_value(item), json_string_length(item))).n ==
                  0))
            return true;
        if ((json_is_object(item) || json_is_array(item)) &&
            states_secrecy(item, depth + 1))
            return true;
    }
    return false;
}

static enum status refuse_invalid(struct ingest_rows *in, const json_t *doc,
                                  struct str text, enum status was, struct err *why,
                                  struct decision *out, struct err *err) {
    if (was != STATUS_INVALID) {
        if (err) *err = *why;
        return was;
    }
    *out = (struct decision){.outcome = OUTCOME_REJECTED, .why = *why};
    if (strcmp(why->code, "E_CLASSIFIED") == 0) {
        bool found = false;
        out->secret = true;
        return states_secrecy(doc, 0)
                   ? decide_erase(&in->d, doc, in->valid.registry, &found, err)
                   : STATUS_OK;
    }
    out->secret = validate_marking(text, NULL) || validate_has_marking(doc);
    if (out->secret)
        err_set(&out->why, STATUS_INVALID, why->code, "%s",
                "字段有误；文字中有密级标志，未保存内容");
    return decide_name(&in->d, doc, out->target, err);
}

#define DECIDE_ROW(type, validate, decide)                                               \
    do {                                                                                 \
        struct type row;                                                                 \
        s = validate(doc, &row, w, &why);                                                \
        if (s != STATUS_OK)                                                              \
            return refuse_invalid(in, doc, raw->text, s, &why, out, err);                \
        s = decide;                                                                      \
        json_decref(row.json);                                                           \
    } while (0)

static enum status decide_doc(struct ingest_rows *in, const json_t *doc,
                              const struct raw_row *raw, struct decision *out,
                              struct warnings *w, struct err *err) {
    struct err why;
    enum status s = STATUS_OK;
    switch (validate_kind_of(doc)) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION: {
            struct record rec;
            s = validate_registration(doc, &in->valid, &rec, w, &why);
            if (s != STATUS_OK)
                return refuse_invalid(in, doc, raw->text, s, &why, out, err);
            s = decide_registration(&in->d, rec.json, validate_has_marking(rec.json), out,
                                    err);
            record_done(&rec);
            break;
        }
        case KIND_EVENT:
            DECIDE_ROW(event_row, validate_event, decide_event(&in->d, &row, out, err));
            break;
        case KIND_CONTRACT:
            DECIDE_ROW(contract_row, validate_contract,
                       conversion_contract(&in->d, &row, out, err));
            break;
        case KIND_RECEIPT:
            DECIDE_ROW(receipt_row, validate_receipt,
                       conversion_receipt(&in->d, &row, &raw->at, out, err));
            break;
        case KIND_REWARD:
            DECIDE_ROW(reward_row, validate_reward,
                       conversion_reward(&in->d, &row, &raw->at, out, err));
            break;
        case KIND_APP_STATUS:
            DECIDE_ROW(app_status_row, validate_app_status,
                       conversion_app_status(&in->d, &row, out, err));
            break;
        case KIND_BENEFIT:
            DECIDE_ROW(benefit_row, validate_benefit,
                       conversion_benefit(&in->d, &row, out, err));
            break;
        case KIND_UNKNOWN:
        case KIND_COUNT:
        default:
            /* Validated as a registration it says whether it is classified. */
            if (!source_shows_secrecy(raw->text)) {
                err_set(&why, STATUS_INVALID, "E_FIELD",
                        "没有 kind，或不是 registration、collection、event、contract、"
                        "receipt、reward、app_status、benefit 之一");
                err_place(&why, NULL, 0, "kind");
            } else {
                err_set(&why, STATUS_INVALID, "E_CLASSIFIED",
                        "密级不是非密，未保存任何内容");
            }
            return refuse_invalid(in, doc, raw->text, STATUS_INVALID, &why, out, err);
    }
    return s;
}

static enum status wake(struct ingest_rows *in, const struct decision *by, int depth,
                        struct err *err);

/* Tries a row of the quarantine again. */
static enum status retry(struct ingest_rows *in, const struct quarantine_row *row,
                         int depth, bool *applied, struct err *err) {
    unsigned char hash[16] = {0};
    struct raw_row raw = {.text = str_slice(row->raw, row->nraw),
                          .at = {row->source, row->line, row->file, hash}};
    memcpy(hash, row->hash, sizeof hash);
    json_t *doc = json_loadb(row->raw, row->nraw, JSON_REJECT_DUPLICATES, NULL);
    if (!doc) return STATUS_OK;
    struct decision now = {0};
    struct warnings w;
    warnings_init(&w);
    enum status s = decide_doc(in, doc, &raw, &now, &w, err);
    json_decref(doc);
    if (s == STATUS_OK) s = quarantine_settle(in->b, row->id, &now, err);
    *applied = s == STATUS_OK && now.applied;
    if (s == STATUS_OK && now.applied && depth < MAX_WAKE)
        s = wake(in, &now, depth + 1, err);
    return s;
}

static enum status wake_target(struct ingest_rows *in, const char *target,
                               enum waiting kind, int depth, struct err *err) {
    bool again = target[0] != 0;
    enum status s = STATUS_OK;
    /* A move may open the way for the next: go round while one succeeds. */
    for (int round = 0; again && round <= QUARANTINE_MAX_STATE && s == STATUS_OK;
         round++) {
        struct quarantine_rows rows;
        again = false;
        s = quarantine_waiting(in->b, target, kind, &rows, err);
        if (s != STATUS_OK) return s;
        for (size_t i = 0; i < rows.n && s == STATUS_OK; i++) {
            bool applied = false;
            s = retry(in, &rows.v[i], kind == WAITING_STATE ? MAX_WAKE : depth, &applied,
                      err);
            again = again || (applied && kind == WAITING_STATE);
        }
        quarantine_rows_done(&rows);
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
    s = wake_target(in, by->target, WAITING_TARGET, depth, err);
    if (s == STATUS_OK) s = wake_target(in, by->number, WAITING_TARGET, depth, err);
    if (s == STATUS_OK) s = wake_target(in, by->target, WAITING_STATE, depth, err);
    return s;
}

enum status ingest_row(struct ingest_rows *in, const struct source_row *row,
                       struct decision *out, struct warnings *w, struct err *err) {
    struct decision dec = {0};
    struct raw_row raw = {.text = row->text,
                          .at = {in->source, row->line, in->file, row->hash}};
    enum status s = STATUS_OK;
    json_t *doc = parse(row, &dec);
    if (doc)
        s = decide_doc(in, doc, &raw, &dec, w, err);
    else if (!dec.why.code[0])
        s = err_set(err, STATUS_NOMEM, NULL, "内存不足");
    json_decref(doc);
    if (s != STATUS_OK) return s;
    if (dec.old_state)
        warnings_add(w, W_STATE_OLD, "state", "早于已有的批复事件，状态不变");
    if (dec.outcome == OUTCOME_REJECTED || dec.outcome == OUTCOME_HELD) {
        err_place(&dec.why, in->source, (long)row->line, NULL);
        struct quarantine_place at = {in->source, row->line, row->hash, row->text};
        s = quarantine_put(in->b, &at, &dec, err);
    } else if (dec.applied) {
        s = wake(in, &dec, 0, err);
    }
    if (s == STATUS_OK) *out = dec;
    return s;
}
