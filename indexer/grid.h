/* grid.h - a table file as rows of JSON text: finds the header of each sheet, chooses
 * the profile, says what each row is.
 *
 * The header is looked for in the first GRID_MAX_ABOVE rows of each sheet: one line, or
 * two joined, that hold all that a profile needs. Of several profiles the one that knows
 * most columns is taken; a tie is an error that names them. What stands above are title
 * lines. Below, a row is data unless it is blank, a repeated header, a sum (合计 小计
 * 总计 …), dots (…), a number without anything, or a note (备注：, 填表人： …).
 *
 * A sheet whose header no profile knows: when it looks like a table the whole file is
 * refused, with what was found and what it resembles; a page of text (填写说明) is passed
 * over, row by row, with the reason.
 *
 * A classification marking in a title line, in the header, in a note or in the name of a
 * sheet speaks of the whole table: nothing of the file is taken.
 *
 * Threads: a table belongs to one thread; maps it handed out live until grid_close and
 * may be read by others.
 */
#ifndef INDEXER_GRID_H
#define INDEXER_GRID_H

#include "indexer/grid_map.h"

#define GRID_MAX_ABOVE 50
#define GRID_MAX_SHEETS 256
#define GRID_ROW_BYTES ((size_t)28 << 20) /* of a row as JSON text */

struct grid;

struct grid_row {
    struct str text; /* JSON, or the file's bytes of a row that is not readable;
                      * valid until the next call */
    const struct grid_map *map; /* NULL above the first header of a sheet */
    const char *sheet;          /* NULL in files without sheets; as long as the table */
    const char *ignored;        /* why this is no data row (Chinese), or NULL */
    int64_t row;
    enum sheet_fault fault;
    int64_t fault_at; /* column, 1-based */
    bool open;        /* of a faulty row: it says plainly that it is 非密 */
    bool doubtful;    /* as in sheet.h */
    unsigned char hash[16];
};

/* Takes the sheet over, whatever it returns; profiles are the caller's and must outlive
 * the table. chosen: the user named the profile (errors then say what it misses). Reads
 * up to the first header. STATUS_INVALID E_PROFILE: no profile, or several, fit;
 * E_CLASSIFIED: the table is marked; what sheet_next returns. */
MUST_CHECK enum status grid_open(struct sheet *sheet, const struct profile_set *profiles,
                                 bool chosen, const char *path, struct grid **out,
                                 struct err *err);
void grid_close(struct grid *t);
MUST_CHECK enum status grid_next(struct grid *t, struct grid_row *row, bool *more,
                                 struct err *err);
int64_t grid_at(const struct grid *t);

/* The profiles used so far, "a、b"; valid until grid_close. */
const char *grid_profiles(struct grid *t);
/* What a reader of the report should know (Chinese sentences): hidden rows and columns,
 * serial dates. Returns how many of at most max; each valid until grid_close. */
#define GRID_MAX_NOTES 8
#define GRID_NOTE 160
size_t grid_notes(struct grid *t, char out[GRID_MAX_NOTES][GRID_NOTE]);

/* Why a row below the header is no data; NULL: it is data. */
const char *grid_judge(const struct grid_map *m, const struct sheet_row *row);

/* Does a cell of the row hold a classification (秘密 …) or a marking? Then the row is no
 * header, and must not be quoted. */
bool grid_shows_secrecy(const struct sheet_row *row);

/* Does a row that is no data (title, header, note) carry a classification marking? What
 * it says holds for the whole table. */
bool grid_is_marked(const struct sheet_row *row);

/* Refuses a sheet for its header: STATUS_INVALID E_PROFILE, what was found, what it
 * resembles, and how to go on. sheet: its name or NULL. quiet: nothing of it may be
 * quoted. */
enum status grid_refuse(const struct profile_set *profiles, bool chosen,
                        const char *sheet, const struct grid_header *h, size_t n,
                        bool quiet, struct err *err);

/* The closest header name that any of the profiles knows (in normal form), whose it is
 * and where it leads (PROFILE_IGNORE too when it is known); NULL: none is near. */
const char *grid_resembles(const struct profile_set *profiles,
                           const struct grid_header *h, const struct profile **profile,
                           size_t *target);

#endif
