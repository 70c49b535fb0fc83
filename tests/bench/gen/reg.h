/* reg.h - one synthetic registration: its facts, and its canonical JSON line.
 *
 * Everything follows from (seed, index): reg_facts and reg_write can be called again at
 * any time and give the same line, which is how repeats, duplicates and revisions of
 * earlier records are made without keeping the records.
 */
#ifndef GEN_REG_H
#define GEN_REG_H

#include "tests/bench/gen/json.h"
#include "tests/bench/gen/orgs.h"
#include "tests/bench/gen/words.h"

enum gen_state {
    STATE_DRAFT,
    STATE_SUBMITTED,
    STATE_UNIT_REVIEW,
    STATE_DESK_REVIEW,
    STATE_PAPER_WAIT,
    STATE_PAPER_OK,
    STATE_APPROVED,
    STATE_REJECTED,
    STATE_RETURNED,
    STATE_UNAPPROVED,
    STATE_CANCELLED,
    STATE_COUNT
};
enum gen_consent { CONSENT_YES, CONSENT_NO, CONSENT_UNKNOWN, CONSENT_COUNT };
enum gen_publicity {
    PUBLICITY_NONE,
    PUBLICITY_UNIT_OPEN,
    PUBLICITY_SITE_OPEN,
    PUBLICITY_CLOSED,
    PUBLICITY_OBJECTED,
    PUBLICITY_COUNT
};
extern const char *const gen_state_names[STATE_COUNT];
extern const char *const gen_consent_names[CONSENT_COUNT];
extern const char *const gen_publicity_names[PUBLICITY_COUNT];

/* What is wrong with a line on purpose; each makes exactly E_FIELD. */
enum flaw {
    FLAW_NONE,
    FLAW_NO_TITLE,
    FLAW_NO_CATEGORY,
    FLAW_NO_UNITS,
    FLAW_NO_KIND,
    FLAW_BAD_DATE,
    FLAW_MONEY_NUMBER,
    FLAW_MONEY_DECIMALS,
    FLAW_MONEY_NEGATIVE,
    FLAW_NO_YEAR,
    FLAW_COUNT
};

enum { REG_UNITS_MAX = 10, REG_PEOPLE_MAX = 12 };

struct reg {
    uint32_t index;  /* position among all records, the erroneous ones behind count */
    uint32_t serial; /* of the registration number; 0 = none */
    int serial_year; /* year in the number */
    bool has_uid, has_stat_year, paper_pending, odd_label, unknown_key;
    int rev, updated_day;
    enum gen_state state;
    enum gen_consent consent;
    enum gen_publicity publicity;
    enum category category;
    int field, stat_year;
    int approved, submitted, achieved; /* days since 1970, 0 = none */
    int units[REG_UNITS_MAX], unit_count;
    int people[REG_PEOPLE_MAX][2], people_count; /* position of the unit, staff number */
    const char *secrecy;                         /* NULL: the key is left out */
    const char *conclusion;                      /* NULL: drawn */
    const char *tail;                            /* appended to the abstract, or NULL */
    enum flaw flaw;
};

struct reg_context {
    uint64_t seed;
    int year_from, year_to, registry;
    double *year_cum;
    struct orgs orgs;
};

/* The year that the growth of 5 per cent gives to this index, and the other facts; state,
 * consent and publicity as drawn for a first line. */
void reg_facts(const struct reg_context *c, uint32_t index, struct reg *out);
/* True when a record in this state has a registration number. */
bool reg_state_has_number(enum gen_state s);
void reg_uid(const struct reg *r, char out[32]);
void reg_regno(const struct reg_context *c, const struct reg *r, char out[32]);
/* Appends one line without line end. */
void reg_write(const struct reg_context *c, const struct reg *r, const struct gen_text *t,
               struct buf *out);

#endif
