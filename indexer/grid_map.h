/* grid_map.h - the header of one sheet under one profile, and its rows as JSON text.
 *
 * A row becomes one object, as a JSON Lines file would hold it: `kind` first, then what
 * the profile's columns give, its defaults where a column is missing or empty, and the
 * columns it does not know, under their headers. Two columns of the same field: the
 * second stands under its header (of a list with [] all are taken). A header that speaks
 * of 密级 always gives the secrecy, whatever the profile says; of 是否涉密, 否 is 非密.
 *
 * Threads: a map is constant once built; grid_map_write needs a scratch of its thread.
 */
#ifndef INDEXER_GRID_MAP_H
#define INDEXER_GRID_MAP_H

#include "indexer/profile.h"
#include "indexer/profile_value.h"

#define MAP_MAX_UNKNOWN 200 /* columns under their headers */
#define MAP_MAX_SPREAD 12   /* fields with [] of one list */
#define MAP_NO_COLUMN SIZE_MAX

/* A header, of one line or several, in the forms that are compared. */
struct grid_header {
    char shown[PROFILE_HEADER]; /* "第一完成人/姓名" */
    char full[PROFILE_HEADER], bare[PROFILE_HEADER];
    char last[PROFILE_HEADER]; /* the lowest line alone */
    char unit[PROFILE_UNIT];
    bool hidden;
};
/* Joins a line of headers below the n that stand in `to` (from 0: nothing yet); cells
 * above that are empty take the text to their left. Raises *n to the cells of the line.
 */
void grid_header_join(struct grid_header *to, size_t *n, const struct sheet_row *line);
/* The targets that a header leads to under a profile: how many (0: unknown), the first
 * `max` into out; PROFILE_IGNORE among them. */
size_t grid_header_targets(const struct profile *p, const struct grid_header *h,
                           size_t *out, size_t max);
/* How well the headers fit: *known counts columns that mean something; true when all that
 * the profile needs is there. */
bool grid_header_fits(const struct profile *p, const struct grid_header *h, size_t n,
                      size_t *known);

struct map_target {
    struct value_rule rule;
    const char *outer; /* NULL: at the top */
    char *key;         /* owned, JSON with quotes and colon: "name": */
    int index;
    size_t column;        /* MAP_NO_COLUMN: only a default */
    const char *fallback; /* the profile's, or a constant of the sheet */
    char *constant;       /* owned: from the lines above, or NULL */
    bool yes_no;          /* of secrecy: the header asks 是否涉密 */
    size_t group;         /* order of output */
};

struct grid_map {
    const struct profile *profile;
    char *sheet; /* owned; NULL in files without sheets */
    struct grid_header *header;
    size_t ncolumns, hidden; /* of these, hidden ones */
    struct map_target *t;
    size_t n;
    size_t serial;    /* column 序号, or MAP_NO_COLUMN */
    size_t number;    /* column of regno, for category_by_number */
    size_t unknown;   /* columns kept under their headers */
    size_t secrecies; /* columns that state the secrecy */
    bool declared;    /* the profile declares every row open */
};

/* Values of the lines above, as profile targets. */
struct map_above {
    size_t target;
    char *text; /* taken over by grid_map_new */
};

/* Takes header (of n columns, malloc'ed) and the texts of `above`, whatever it returns.
 */
MUST_CHECK enum status grid_map_new(const struct profile *p, const char *sheet,
                                    struct grid_header *header, size_t n,
                                    struct map_above *above, size_t nabove,
                                    struct grid_map **out, struct err *err);
void grid_map_free(struct grid_map *m);

struct map_scratch;                        /* room for splitting cells */
struct map_scratch *map_scratch_new(void); /* NULL: no memory */
void map_scratch_free(struct map_scratch *s);

/* The row as one JSON object into out (cleared first; out->failed when it is too long).
 * Returns VALUE_ bits. */
unsigned grid_map_write(const struct grid_map *m, struct map_scratch *scratch,
                        const struct sheet_row *row, struct buf *out);

/* Does the row, as far as it can be read, say plainly that it is open? */
bool grid_map_is_open(const struct grid_map *m, const struct sheet_row *row);

/* The header that a JSON path came from ("units[0].name", "keywords[2]"); NULL: none. */
const char *grid_map_header(const struct grid_map *m, const char *path);

#endif
