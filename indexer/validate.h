/* validate.h - one JSON object of a file to a canonical record or row.
 *
 * In: an object that the caller parsed with duplicate keys rejected (they are E_SYNTAX
 * there). Out: canonical JSON (core/record.h says what that is) with the members that
 * every stage asks for. Input that is already canonical comes out unchanged.
 *
 * What goes wrong is STATUS_INVALID with err.code, err.field (the JSON path) and a
 * Chinese sentence that names place and mend:
 * - E_CLASSIFIED: secrecy is anything but 非密, or missing without a declaring profile; a
 *   key 密级 or secrecy at any depth counts. The sentence never quotes input.
 * - E_FIELD: a required field is missing, or a value is malformed or too large.
 *
 * STATUS_NOMEM besides. Nothing else; what can be accepted with doubt is a warning.
 *
 * How values become canonical:
 * - Text: control characters become spaces (W_CONTROL unless they are line ends or tabs);
 *   long texts keep line ends, as LF; blanks at both ends go; empty text is missing.
 *   Above the form's printed limit W_LENGTH, above the field table's limit E_FIELD.
 * - Codes: by code or label. An unknown label becomes 其他, its raw text goes to `other`
 *   under the path of the value, W_LABEL. The closed lists (category, state, consent,
 *   publicity, and what rows need) refuse it. Registries outside the division codes
 *   stand as they are.
 * - Money: "1234.50" of a decimal string or {"value","unit"}; negative only for profit.
 * - Unknown keys, and fields that the category does not have: to `extra`, under their
 *   path (W_UNKNOWN_KEY, W_CATEGORY).
 * - regno: full-width to half-width, blanks and hyphens removed, upper case, when that
 *   makes a number of the current form (3 digits, year, Y J or R, serial of 4 to 6
 *   digits); any other number stays as it is.
 * - A collection's own category, level, field (or hitech) and period stand under
 *   `collection`, as text.
 *
 * Sources: record.md; regno form and credit code from the registration rules
 * (GB 32100-2015).
 * Threads: pure.
 * Not: no identity, no life cycle, no duplicates (decide.h); does not look for markings
 * by itself.
 */
#ifndef INDEXER_VALIDATE_H
#define INDEXER_VALIDATE_H

#include "core/record.h"
#include "indexer/warnings.h"

#define VALIDATE_MAX_DEPTH 8     /* of nested lists and objects */
#define VALIDATE_MAX_NODES 20000 /* values in one object, all levels */
#define VALIDATE_MAX_EXTRA 200   /* unknown keys, and raw labels */
#define VALIDATE_MAX_SHARES 200  /* achievements of one contract */

enum validate_kind {
    KIND_UNKNOWN, /* no kind, or none of these */
    KIND_REGISTRATION,
    KIND_COLLECTION,
    KIND_EVENT,
    KIND_CONTRACT,
    KIND_RECEIPT,
    KIND_REWARD,
    KIND_APP_STATUS,
    KIND_BENEFIT,
    KIND_COUNT
};
enum validate_kind validate_kind_of(const json_t *in);
const char *validate_kind_name(enum validate_kind k); /* "registration", "" */
/* The field table of a kind: core/field.h's for records; NULL for KIND_UNKNOWN. */
const struct field *validate_fields(enum validate_kind k, size_t *n);

/* What the source of the file declares. */
struct validate_options {
    bool declared_open;   /* every row is 非密 unless it says otherwise */
    const char *registry; /* of rows that name none, or NULL */
    const char *state;    /* of rows that give none; NULL: approved when the row carries
                           * regno and approved_on or stat_year, else submitted */
    const char *consent;  /* NULL: unknown */
    const char *category; /* NULL: required */
    /* The window that holds `achieved_on` (may be 0); false when there is none. NULL: no
     * window table. */
    bool (*window)(void *arg, struct str registry, int32_t achieved_on, int *stat_year);
    /* The last day to file (0: no rule), for W_OVERDUE. NULL: no window table. */
    int32_t (*due)(void *arg, struct str registry, int stat_year, int32_t achieved_on);
    void *window_arg;
};

/* Kinds registration and collection. opt and w may be NULL. The caller owns *out
 * (record_done). */
MUST_CHECK enum status validate_registration(const json_t *in,
                                             const struct validate_options *opt,
                                             struct record *out, struct warnings *w,
                                             struct err *err);

/* Rows: slices point into json, which the row owns (json_decref it when done). Exactly
 * one of uid and regno may be empty where a row names an achievement; dates 0 and ints -1
 * mean missing; amounts are fen, AMOUNT_NONE = missing. */
#define AMOUNT_NONE INT64_MIN
#define SHARE_ONE INT64_C(1000000000) /* shares are in units of 10^-9 */

struct event_row {
    json_t *json;
    struct str uid, regno;
    struct str to; /* code of CODES_STATE; empty when only consent or publicity changes */
    struct str consent, publicity; /* empty: no change */
    int64_t at;
    struct str by, opinion;
};
MUST_CHECK enum status validate_event(const json_t *in, struct event_row *out,
                                      struct warnings *w, struct err *err);

struct party {
    struct str name, uscc, type, size, region;
};
struct contract_share {
    struct str uid, regno;
    int64_t share; /* of SHARE_ONE; all of a contract add to it exactly */
};
struct contract_row {
    json_t *json;
    struct str contract_no, type, ip_kind, field, supersedes;
    bool voided; /* status void */
    int32_t signed_on;
    int64_t amount_total, amount_tech;
    struct party seller, buyer;
    size_t nshares; /* 0: unmatched */
    struct contract_share share[VALIDATE_MAX_SHARES];
};
MUST_CHECK enum status validate_contract(const json_t *in, struct contract_row *out,
                                         struct warnings *w, struct err *err);

struct receipt_row {
    json_t *json;
    struct str contract_no;
    int64_t no; /* -1: none given */
    int32_t received_on;
    int64_t amount;
};
MUST_CHECK enum status validate_receipt(const json_t *in, struct receipt_row *out,
                                        struct warnings *w, struct err *err);

struct reward_row {
    json_t *json;
    struct str contract_no, form; /* 现金, 股权, 其他 */
    int64_t no;                   /* -1: none given */
    int32_t paid_on;
    int64_t amount;
    int64_t person_times; /* -1: none given */
};
MUST_CHECK enum status validate_reward(const json_t *in, struct reward_row *out,
                                       struct warnings *w, struct err *err);

struct app_status_row {
    json_t *json;
    struct str uid, regno, status, reason;
    int32_t as_of;
    int64_t units; /* -1: none given */
};
MUST_CHECK enum status validate_app_status(const json_t *in, struct app_status_row *out,
                                           struct warnings *w, struct err *err);

enum benefit {
    BENEFIT_SELF,
    BENEFIT_COOP,
    BENEFIT_EQUITY,
    BENEFIT_TRANSFER,
    BENEFIT_IP_TRANSFER,
    BENEFIT_PROFIT,
    BENEFIT_TAX,
    BENEFIT_EXPORT,
    BENEFIT_SAVINGS,
    BENEFIT_COUNT
};
struct benefit_row {
    json_t *json;
    struct str uid, regno;
    int year;
    int64_t amount[BENEFIT_COUNT];
};
MUST_CHECK enum status validate_benefit(const json_t *in, struct benefit_row *out,
                                        struct warnings *w, struct err *err);

#define REGNO_BYTES 128
/* The number as validate stores it (terminated, at most REGNO_BYTES - 1 bytes); returns
 * its length. For looking numbers up as people type them. */
size_t validate_regno(struct str raw, char out[REGNO_BYTES]);

/* Is there a classification marking in the text, and where? That is 秘密, 机密 or 绝密
 * (blanks between the characters allowed, traditional forms too) in one of these places:
 * - next to ★ or ☆: 秘密★5年, ★绝密;
 * - after 密级 and a colon or bracket: 密级：秘密 (内部 counts here too);
 * - alone in 【】 〔〕 [] () or 〖〗, with 级 or without: 【机密】, （秘密级）;
 * - at the start of the text or of a line, before a colon: 机密：……
 *
 * A word in running text is no marking: 电机密封, 商业秘密保护, 保守国家秘密. Any bytes
 * are safe, but only UTF-8 is understood; *at (may be NULL) is the word's byte offset. */
bool validate_marking(struct str text, size_t *at);
/* The same over every string of a canonical record, `extra` and `other` included; there a
 * member that is nothing but such a word (机密, 秘密10年) is a marking too. */
bool validate_has_marking(const json_t *json);

#endif
