/* run.h - what the parts of the stream share: files, state of the records, truth. */
#ifndef GEN_RUN_H
#define GEN_RUN_H

#include "tests/bench/gen/corpus.h"
#include "tests/bench/gen/known.h"
#include "tests/bench/gen/stream.h"
#include "tests/bench/gen/table.h"

#include <stdio.h>

enum { RECENT_CONTRACTS = 256, POOL_SIZE = 1024 };

struct contract {
    uint32_t number; /* 0: none */
    uint32_t target[3];
    int targets;
    int signed_day, receipts, rewards;
    int64_t fen;
    bool voided;
};

struct run {
    const struct stream_options *o;
    struct reg_context c;
    struct words *words;
    struct corpus *corpus;
    struct known *known; /* one per record */
    uint32_t made;       /* records with a first line so far */
    uint32_t extra;      /* indices used by rows that never become records */
    struct title_set titles;
    struct title_shapes shapes;
    struct truth truth;
    uint32_t serial[TRUTH_YEARS][CATEGORY_COUNT];
    /* Records that are not registered by state (approved: paper_pending), the newest
     * POOL_SIZE of each; entries may be out of date. */
    uint32_t pool[STATE_COUNT][POOL_SIZE];
    uint32_t pool_n[STATE_COUNT];
    struct contract contracts[RECENT_CONTRACTS];
    uint32_t contract_n;
    struct gen_text text, text2;
    struct buf line, line2;
    FILE *file[FILE_COUNT];
    struct table_out *table; /* NULL: not asked for */
    struct rng pick;         /* which records the other rows concern */
    uint32_t turn[ROW_KIND_COUNT];
};

/* Facts, state and texts of record i as they stand now. */
void run_load(struct run *u, uint32_t i, struct reg *g, struct gen_text *t);
/* A record that will not be known: facts, fresh text, own number. */
MUST_CHECK enum status run_fresh(struct run *u, struct reg *g, struct gen_text *t,
                                 struct err *err);
/* First line of the next record, with its outcome. */
MUST_CHECK enum status run_record(struct run *u, struct err *err);
/* Writes u->line as a row of the file. */
MUST_CHECK enum status run_emit(struct run *u, enum out_file f, struct err *err);
/* Where rows of this file go when they have no file of their own. */
enum out_file run_target(const struct run *u, enum out_file f);
struct life known_life(const struct known *k);
void pool_add(struct run *u, enum gen_state s, uint32_t i);

/* A row of this kind; *done is false when no suitable record exists yet. */
MUST_CHECK enum status rows_revision(struct run *u, enum row_kind k, bool *done,
                                     struct err *err);
MUST_CHECK enum status rows_event(struct run *u, enum row_kind k, bool *done,
                                  struct err *err);
MUST_CHECK enum status rows_conversion(struct run *u, enum row_kind k, bool *done,
                                       struct err *err);
MUST_CHECK enum status rows_fault(struct run *u, enum row_kind k, bool *done,
                                  struct err *err);
/* A registered record without explicit events; `avoid`: flags that it must not have. */
bool run_pick_registered(struct run *u, unsigned avoid, uint32_t *out);
/* A record of the pool that is still in this state and has none of the flags. */
bool run_pick_pool(struct run *u, enum gen_state s, unsigned avoid, uint32_t *out);

#endif
