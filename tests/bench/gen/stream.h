/* stream.h - the stream of rows: records, and between them everything else that an office
 * sends (revisions, events, contracts, repeats) or should not send (duplicates, malformed
 * lines …), each with the outcome that the record format decides for it.
 */
#ifndef GEN_STREAM_H
#define GEN_STREAM_H

#include "core/err.h"

#include <stdint.h>

/* Kinds of rows besides first lines of records. A share is per record. */
enum row_kind {
    ROW_REVISE,  /* same uid, higher rev, other content: updated (skipped if unregistered)
                  */
    ROW_CONSENT, /* a revision that changes the consent: updated */
    ROW_PUBLICITY,     /* a revision that changes the publicity: updated */
    ROW_RENUMBER,      /* a revision with another registration number: updated */
    ROW_STEP,          /* a revision paper_ok -> approved, or paper_pending ends: added */
    ROW_RETRACT,       /* a revision approved -> unapproved: withdrawn */
    ROW_REPEAT,        /* a line once more: unchanged */
    ROW_EVENT_STEP,    /* an event between unregistered states: skipped */
    ROW_EVENT_APPROVE, /* paper_ok or unapproved -> approved: added */
    ROW_EVENT_WITHDRAW, /* approved -> unapproved or cancelled: withdrawn */
    ROW_CONTRACT,       /* added */
    ROW_RECEIPT,
    ROW_REWARD,
    ROW_APP_STATUS,
    ROW_BENEFIT,
    ROW_CONTRACT_AGAIN,            /* the same line: unchanged */
    ROW_ERRORS,                    /* from here on: what should not be sent */
    ROW_OLD_REVISION = ROW_ERRORS, /* revision 1 after revision 2: unchanged */
    ROW_CONTRACT_VOID,             /* voided: updated */
    ROW_DUPLICATE,                 /* E_DUP */
    ROW_CLASSIFIED,                /* E_CLASSIFIED */
    ROW_SYNTAX,                    /* E_SYNTAX */
    ROW_ENCODING,                  /* E_ENCODING */
    ROW_FIELD,                     /* E_FIELD */
    ROW_NEGATIVE,                  /* E_EVAL */
    ROW_REGNO,                     /* E_REGNO */
    ROW_BAD_STATE,                 /* a revision with an illegal move: E_STATE */
    ROW_BAD_EVENT,                 /* an event with an illegal move: E_STATE */
    ROW_EVENT_ORPHAN,              /* H_ORPHAN */
    ROW_CONVERSION_ORPHAN,         /* receipt, reward … without target: H_ORPHAN */
    ROW_MARKING,                   /* H_MARKING */
    ROW_KIND_COUNT
};
extern const char *const row_kind_names[ROW_KIND_COUNT];
extern const double row_kind_shares[ROW_KIND_COUNT];

struct stream_options {
    uint64_t seed;
    long count;
    int year_from, year_to, registry;
    bool clean; /* no kinds from ROW_ERRORS on, no faulty check digits */
    double share[ROW_KIND_COUNT]; /* start from row_kind_shares */
    const char *out, *events, *contracts, *truth,
        *corpus;            /* paths; NULL where optional */
    const char *csv, *xlsx; /* first lines of records as tables, or NULL */
};

enum { STREAM_COUNT_MAX = 1400000 }; /* serials of IP numbers stay unique up to here */

/* Writes all files. STATUS_IO, STATUS_NOMEM, STATUS_INVALID (corpus). */
MUST_CHECK enum status stream_run(const struct stream_options *o, struct err *err);

#endif
