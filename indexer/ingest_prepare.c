#include "indexer/ingest_prepare.h"
#include "core/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static void refuse(struct prepared_row *row, const char *code, const char *sentence,
                   long long byte) {
    err_set(&row->why, STATUS_INVALID, code, "第 %lld 字节：%s", byte, sentence);
    row->secret = source_shows_secrecy(row->src.text);
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

/* A row of a table that could not be read as it stands. */
static void refuse_table_row(struct prepared_row *row) {
    const struct source_row *src = &row->src;
    char unnamed[40];
    snprintf(unnamed, sizeof unnamed, "第 %lld 列", (long long)src->fault_at);
    const char *header =
        src->map && src->fault_at > 0 && (size_t)src->fault_at <= src->map->ncolumns
            ? src->map->header[src->fault_at - 1].shown
            : "";
    if (!header[0]) header = unnamed;
    row->secret = true;
    if (src->fault == SOURCE_UNPARSED) {
        err_set(&row->why, STATUS_INVALID, "E_SYNTAX",
                "列“%s”：单元格或整行过长（单元格上限 %d MiB，整行 %d MiB）；"
                "内容未保存，请从原文件核对",
                header, (int)(SHEET_MAX_CELL >> 20), (int)(SHEET_MAX_ROW >> 20));
        return;
    }
    row->secret = src->doubtful || !src->open || source_shows_secrecy(src->text);
    if (src->fault == SOURCE_QUOTE) {
        err_set(&row->why, STATUS_INVALID, "E_SYNTAX",
                "列“%s”：引号不成对，或引号后面还有文字；单元格中的引号要写成两个，"
                "跨行的单元格要用引号括住%s",
                header, row->secret ? "；内容未保存，请从原文件核对" : "");
        return;
    }
    err_set(&row->why, STATUS_INVALID, "E_ENCODING",
            "列“%s”：有不能解码的字节，请核对原文件，或用 --encoding 指明编码", header);
}

/* NULL: refused, with why filled, or (status other than OK) out of memory. */
static enum status parse(struct prepared_row *row, json_t **out, struct err *err) {
    struct str text = row->src.text;
    *out = NULL;
    if (row->src.fault == SOURCE_TOO_LONG) {
        err_set(&row->why, STATUS_INVALID, "E_SYNTAX",
                "一行超过 %d MiB，已跳过；内容未保存，请从原文件核对",
                (int)(SOURCE_MAX_LINE >> 20));
        row->secret = true;
        return STATUS_OK;
    }
    if (row->src.fault == SOURCE_UNPARSED || row->src.fault == SOURCE_UNDECODED ||
        row->src.fault == SOURCE_QUOTE) {
        refuse_table_row(row);
        return STATUS_OK;
    }
    bool utf16 = row->src.fault == SOURCE_UTF16;
    size_t bad = utf16 ? 0 : utf8_bad_at(text);
    if (bad < text.n) {
        refuse(row, "E_ENCODING",
               utf16 ? "文件是 UTF-16 编码，请转存为 UTF-8"
                     : "不是 UTF-8 编码，请转存为 UTF-8",
               (long long)bad + 1);
        return STATUS_OK;
    }
    json_error_t at;
    json_t *doc = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &at);
    if (!doc && json_error_code(&at) == json_error_out_of_memory)
        return err_set(err, STATUS_NOMEM, NULL, "内存不足");
    if (!json_is_object(doc)) {
        refuse(row, "E_SYNTAX", doc ? "一行应是一个 JSON 对象" : syntax_words(&at),
               doc ? 1LL : at.position);
        row->secret = row->secret || validate_marking(text, NULL);
        json_decref(doc);
        return STATUS_OK;
    }
    *out = doc;
    return STATUS_OK;
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

static enum status unknown_kind(struct prepared_row *row) {
    if (source_shows_secrecy(row->src.text))
        return err_set(&row->why, STATUS_INVALID, "E_CLASSIFIED",
                       "密级不是非密，未保存任何内容");
    err_set(&row->why, STATUS_INVALID, "E_FIELD",
            "没有 kind，或不是 registration、collection、event、contract、receipt、"
            "reward、app_status、benefit 之一");
    err_place(&row->why, NULL, 0, "kind");
    return STATUS_INVALID;
}

static enum status validate(struct prepared_row *row, const json_t *doc,
                            const struct validate_options *valid) {
    struct warnings *w = &row->w;
    struct err *why = &row->why;
    switch (row->kind) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION:
            return validate_registration(doc, valid, &row->as.record, w, why);
        case KIND_EVENT:
            return validate_event(doc, &row->as.event, w, why);
        case KIND_CONTRACT:
            return validate_contract(doc, &row->as.contract, w, why);
        case KIND_RECEIPT:
            return validate_receipt(doc, &row->as.receipt, w, why);
        case KIND_REWARD:
            return validate_reward(doc, &row->as.reward, w, why);
        case KIND_APP_STATUS:
            return validate_app_status(doc, &row->as.app_status, w, why);
        case KIND_BENEFIT:
            return validate_benefit(doc, &row->as.benefit, w, why);
        case KIND_UNKNOWN:
        case KIND_COUNT:
        default:
            return unknown_kind(row);
    }
}

/* The row was read but not accepted: may its text be kept? */
static void judge_secret(struct prepared_row *row) {
    if (strcmp(row->why.code, "E_CLASSIFIED") == 0) {
        row->secret = true;
        row->stated = states_secrecy(row->doc, 0);
        return;
    }
    row->secret = row->src.doubtful;
    if (!validate_marking(row->src.text, NULL) && !validate_has_marking(row->doc)) return;
    row->secret = true;
    char code[sizeof row->why.code];
    memcpy(code, row->why.code, sizeof code);
    err_set(&row->why, STATUS_INVALID, code, "字段有误；文字中有密级标志，未保存内容");
}

enum status prepare_row(struct prepared_row *row, const struct validate_options *valid,
                        struct err *err) {
    row->fine = row->secret = row->marking = row->stated = false;
    row->why = (struct err){.status = STATUS_OK};
    row->doc = NULL;
    row->kind = KIND_UNKNOWN;
    warnings_init(&row->w);
    json_t *doc = NULL;
    if (row->src.fault == SOURCE_BLANK) return STATUS_OK;
    enum status s = parse(row, &doc, err);
    if (!doc) return s;
    row->kind = validate_kind_of(doc);
    s = validate(row, doc, valid);
    if (s == STATUS_OK) {
        row->fine = true;
        bool record = row->kind == KIND_REGISTRATION || row->kind == KIND_COLLECTION;
        row->marking = validate_has_marking(record ? row->as.record.json : doc);
        json_decref(doc);
        return STATUS_OK;
    }
    row->doc = doc;
    if (s == STATUS_INVALID) {
        judge_secret(row);
        return STATUS_OK;
    }
    if (err) *err = row->why;
    prepared_row_done(row);
    return s;
}

void prepared_row_done(struct prepared_row *row) {
    json_decref(row->doc);
    row->doc = NULL;
    if (!row->fine) return;
    row->fine = false;
    switch (row->kind) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION:
            record_done(&row->as.record);
            break;
        case KIND_EVENT:
            json_decref(row->as.event.json);
            break;
        case KIND_CONTRACT:
            json_decref(row->as.contract.json);
            break;
        case KIND_RECEIPT:
            json_decref(row->as.receipt.json);
            break;
        case KIND_REWARD:
            json_decref(row->as.reward.json);
            break;
        case KIND_APP_STATUS:
            json_decref(row->as.app_status.json);
            break;
        case KIND_BENEFIT:
            json_decref(row->as.benefit.json);
            break;
        case KIND_UNKNOWN:
        case KIND_COUNT:
        default:
            break;
    }
}
