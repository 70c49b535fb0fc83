/* decide.h - what becomes of a validated row: identity, revisions, life cycle,
 * duplicates.
 *
 * In: a canonical row (indexer/validate.h) and a batch. Out: exactly one outcome, and the
 * registry changed accordingly inside the batch's transaction. Codes judged here, in
 * record.md's order: E_STATE, E_EVAL, E_REGNO, E_DUP, H_MARKING, H_SIMILAR, H_ORPHAN;
 * warning W_STATE_OLD. Encoding, syntax, secrecy and fields were judged before.
 *
 * Decisions where record.md leaves room:
 *  - Implied events are recorded for every accepted line, also when the state stays, so
 *    that the fold is the same whatever the order of arrival. Without updated_at an
 *    implied event stands at the time of the batch, but never before a known event.
 *  - A line equal to the one last accepted is unchanged, even if an event moved the state
 *    since: bringing an old file in again never undoes a withdrawal.
 *  - E_REGNO holds for every line except of a record that has given its number back
 *    (unapproved, cancelled).
 *  - E_DUP and H_SIMILAR compare with every stored record of the same kind in any state.
 *    A revision whose likeness (similar.h) is as it was raises no new alarm, nor does a
 *    pair that a person found different; a new record that a person found the same as a
 *    stored one is E_DUP (similar_verdict.h).
 *  - An older revision changes nothing but what it proves about the past: a number that
 *    the record carried (301), and that the record was public once (410).
 *  - A line is erasing only when it states a secrecy other than 非密; one without secrecy
 *    is merely rejected.
 *
 * Threads: as the registry.
 */
#ifndef INDEXER_DECIDE_H
#define INDEXER_DECIDE_H

#include "indexer/decide_identity.h"
#include "indexer/ingest.h"
#include "indexer/registry_write.h"
#include "indexer/similar.h"
#include "indexer/validate.h"

/* What a row is about: "u:" and a uid, "r:" and a number, "c:" and a contract, "i:" and a
 * hash of title and unit; cut at this many bytes. */
#define DECIDE_TARGET 320

/* Events of one record that may follow a late one; more are refused as E_STATE. */
#define DECIDE_MAX_TAIL 2000

enum waiting {
    WAITING_NOT,
    WAITING_TARGET, /* H_ORPHAN: until the target arrives */
    WAITING_STATE   /* E_STATE: until another event of the record arrives */
};

struct decision {
    enum outcome outcome;
    struct err why;             /* code, field, text when held or rejected */
    bool old_state;             /* W_STATE_OLD */
    bool secret;                /* the raw text may not be kept anywhere */
    uint32_t other;             /* key of the record it collides with, 0 = none */
    uint32_t key;               /* of the record or 0 */
    char target[DECIDE_TARGET]; /* what the row is about, "" = unknown */
    char number[DECIDE_TARGET]; /* "r:" and the record's number, or "" */
    enum waiting waiting;
    bool applied; /* something new stands under target: rows may wait for it */
};

struct decide {
    struct registry_batch *b;
    struct identity *mine, *theirs; /* owned scratch */
    struct similar *similar;        /* owned: the near duplicates of this batch */
    struct likeness *like;          /* owned scratch */
    struct buf text;                /* canonical text of the row at hand */
    bool home_only; /* the row's profile asks for E_OUT_OF_AREA; a row that is tried
                     * again from the quarantine is not asked again */
};

MUST_CHECK enum status decide_init(struct decide *d, struct registry_batch *b,
                                   struct err *err);
void decide_done(struct decide *d);

/* A registration or collection. `doc` is canonical; uid and state in it are replaced by
 * those that the record has in the end. marking: the text carries a classification
 * marking. STATUS_OK for every outcome; others are failures of the system. */
MUST_CHECK enum status decide_registration(struct decide *d, json_t *doc, bool marking,
                                           struct decision *out, struct err *err);

/* An event: a move of the life cycle, a change of consent or of publicity, or several.
 * Consent and publicity hold from their instant until a later event or a line updated
 * later says otherwise. */
MUST_CHECK enum status decide_event(struct decide *d, const struct event_row *ev,
                                    struct decision *out, struct err *err);

/* A person's change of a known record that keeps its identity: its number, its date of
 * approval and the like. doc: the whole content, canonical, with the stored uid; the
 * replaced version goes into the history. after: the state that the record will be in
 * (for E_EVAL, E_REGNO); at: when a replaced number stopped to hold. STATUS_OK for every
 * outcome. */
MUST_CHECK enum status decide_amend(struct decide *d, uint32_t key, json_t *doc,
                                    enum life_state after, int64_t at,
                                    struct decision *out, struct err *err);

/* A line that is classified: withdraws and erases the known record that `doc` (a line as
 * it was read; any shape; `registry` stands in for a missing one) names. *found: there
 * was one. */
MUST_CHECK enum status decide_erase(struct decide *d, const json_t *doc,
                                    const char *registry, bool *found, struct err *err);

/* The record that a row about an achievement means: key 0 = unknown; the target is named
 * in either case. */
MUST_CHECK enum status decide_target(struct decide *d, struct str uid, struct str regno,
                                     uint32_t *key, char target[DECIDE_TARGET],
                                     struct err *err);

/* What a line that was not accepted is about, as far as it says: for the quarantine. */
MUST_CHECK enum status decide_name(struct decide *d, const json_t *doc,
                                   char target[DECIDE_TARGET], struct err *err);
void decide_name_uid(struct str uid, char target[DECIDE_TARGET]);
void decide_name_regno(struct str regno, char target[DECIDE_TARGET]);
void decide_name_contract(struct str contract_no, char target[DECIDE_TARGET]);
void decide_name_hash(int64_t hash, char target[DECIDE_TARGET]);

/* H_MARKING: held, and nothing of it kept. */
void decide_hold_marking(struct decision *out);

/* Fills a refusal. */
void decide_refuse(struct decision *out, enum outcome o, const char *code,
                   const char *field, const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
