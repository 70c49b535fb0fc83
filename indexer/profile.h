/* profile.h - a profile: which column of an office file means which field.
 *
 * A profile is an INI file (UTF-8, lines up to 198 bytes; an indented line goes on with
 * the one before). Names are separated by "|".
 *
 *   [profile]
 *   name = shanxi-summary        letters, digits, "-" and "_"
 *   title = 山西省成果登记项目汇总表
 *   kind = registration          or collection, event, contract, receipt, …
 *   needs = 项目名称 | title      headers, or fields that some header must lead to: all
 *                                must be there for the profile to fit a file
 *   labels = yes                 fields answer to their paths and Chinese labels too
 *   header_lines = 2             1..4; without it one or two are found out
 *   sheets = 汇总表              only these sheets; without it all
 *   money_unit = 万元            of amounts without a unit in cell and header
 *   serial_dates = 1900          1900, 1904 or no: whole numbers in date columns
 *   out_of_area = reject         E_OUT_OF_AREA for units outside the registry's province
 *   category_by_number = yes     Y, J, R of the registration number give the category
 *   [defaults]                   FIELD = value, where the column is missing or empty;
 *   secrecy = 非密               this one declares every row open
 *   [columns]
 *   units[0].name = 第一完成单位  FIELD = headers; [0] is the first of a list, [] all of
 *   people[].name = 完成人       them, split; ignore = headers that carry nothing
 *   [above]
 *   recommender.name = 推荐单位  FIELD = labels in the lines above the header
 *
 * A header of two lines reads 上级/下级. Headers are compared without blanks, marks of
 * required fields and what stands in round brackets, full-width as half-width; brackets
 * may name the unit of money. A field may take one column, a column may feed several.
 *
 * Threads: a profile is constant once parsed.
 * Not: does not look at files (grid.h), does not judge values (validate.h).
 */
#ifndef INDEXER_PROFILE_H
#define INDEXER_PROFILE_H

#include "indexer/validate.h"

#define PROFILE_MAX_BYTES ((size_t)256 << 10) /* of an INI file */
#define PROFILE_MAX_TARGETS 400
#define PROFILE_MAX_NAMES 2000
#define PROFILE_MAX_NEEDS 16
#define PROFILE_MAX_INDEX 9 /* units[9].name */
#define PROFILE_MAX_LINES 4 /* of a header */
#define PROFILE_HEADER 240  /* bytes of a header in normal form */
#define PROFILE_NAME 40
#define PROFILE_MAX_SET 64 /* profiles that a file is compared with */

/* Where a value goes. */
enum { TARGET_PLAIN = -2, TARGET_ALL = -1 }; /* else the index in a list */
struct profile_target {
    const struct field *f;
    char *path;     /* as the profile writes it */
    char *key;      /* of a money map ("invest.自有资金"), else NULL */
    char *fallback; /* default, or NULL */
    int index;
};

#define PROFILE_IGNORE SIZE_MAX
struct profile_name {
    char *norm;    /* normal form of a header */
    size_t target; /* of profile.target, or PROFILE_IGNORE */
    bool above;    /* a label in the lines above */
};

struct profile_need {
    char *norm;    /* header in normal form, or NULL: */
    size_t target; /* any header of this field */
};

struct profile {
    char name[PROFILE_NAME];
    char *title;
    enum validate_kind kind;
    struct profile_target *target;
    size_t ntargets;
    struct profile_name *names;
    size_t nnames;
    struct profile_need need[PROFILE_MAX_NEEDS];
    size_t nneeds;
    char *sheets; /* "|" between names, or NULL */
    const char *unit;
    int serial, header_lines;
    bool out_of_area, by_number;
};

/* Parses INI text. `file` is for messages. The caller owns *out (profile_free).
 * STATUS_INVALID with file, line and a sentence. */
MUST_CHECK enum status profile_parse(struct str text, const char *file,
                                     struct profile **out, struct err *err);
void profile_free(struct profile *p);

/* Profiles to choose from; owned. */
struct profile_set {
    struct profile *p[PROFILE_MAX_SET];
    size_t n;
};
void profile_set_done(struct profile_set *s);
/* The built-in ones, in the order of their names. */
MUST_CHECK enum status profile_builtins(struct profile_set *out, struct err *err);
/* `name`: NULL = the built-in ones and those of `folder` (NULL or "": none; one of the
 * same name replaces a built-in one); a name among them; or a path (with "/" or ending
 * in ".ini"). STATUS_NOT_FOUND names the closest one and lists all. */
MUST_CHECK enum status profile_choose(const char *name, const char *folder,
                                      struct profile_set *out, struct err *err);

/* A header in normal form (terminated; longer ones are cut). *unit: what its brackets
 * say about money ("万元"; "" when nothing), NULL = not asked. `bare` leaves out what
 * stands in round brackets. Returns the length. */
#define PROFILE_UNIT 24
size_t profile_norm(struct str header, bool bare, char out[PROFILE_HEADER],
                    char unit[PROFILE_UNIT]);

/* The field of the profile's kind that a path means ("units[0].name", "title",
 * "invest.自有资金"); NULL: none. */
const struct field *profile_field(enum validate_kind kind, struct str path, int *index,
                                  struct str *key);

#endif
