/* truth.h - what a fresh ingest of the generated files must answer, and the counts of
 * registered and of publicly findable records afterwards. Rules: "What every row becomes"
 * and "What the public sees" of the record format.
 */
#ifndef GEN_TRUTH_H
#define GEN_TRUTH_H

#include "tests/bench/gen/reg.h"

enum outcome {
    OUTCOME_ADDED,
    OUTCOME_UPDATED,
    OUTCOME_UNCHANGED,
    OUTCOME_WITHDRAWN,
    OUTCOME_SKIPPED,
    OUTCOME_HELD,
    OUTCOME_REJECTED,
    OUTCOME_COUNT
};
enum row_code {
    CODE_NONE,
    CODE_ENCODING,
    CODE_SYNTAX,
    CODE_CLASSIFIED,
    CODE_FIELD,
    CODE_STATE,
    CODE_EVAL,
    CODE_REGNO,
    CODE_DUP,
    CODE_MARKING,
    CODE_ORPHAN,
    CODE_COUNT
};
enum out_file { FILE_MAIN, FILE_EVENTS, FILE_CONTRACTS, FILE_COUNT };
enum { TRUTH_YEARS = 230, TRUTH_YEAR_BASE = 1970 };

struct truth_file {
    long read, outcome[OUTCOME_COUNT], code[CODE_COUNT];
};
/* Counts after the main file alone, and after all files. */
enum truth_view { VIEW_MAIN, VIEW_ALL, VIEW_COUNT };
struct truth_cell {
    long records, visible;
};
struct truth {
    struct truth_file file[FILE_COUNT];
    struct truth_cell cell[VIEW_COUNT][TRUTH_YEARS][CATEGORY_COUNT];
};

/* The part of a record's state that outcomes depend on. */
struct life {
    enum gen_state state;
    enum gen_consent consent;
    enum gen_publicity publicity;
    bool paper_pending;
};
bool life_registered(const struct life *l);
bool life_visible(const struct life *l);

/* One row of `file` with its outcome; code only for held and rejected rows. */
void truth_row(struct truth *t, enum out_file file, enum outcome o, enum row_code code);
/* One row that takes a record from `before` (NULL: not known yet) to `after`. */
void truth_change(struct truth *t, enum out_file file, int year, enum category c,
                  const struct life *before, const struct life *after);
/* The JSON document; `command` describes the options. */
void truth_write(const struct truth *t, const char *command, long count, struct buf *out);

#endif
