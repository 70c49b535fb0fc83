/* validate_engine.h - builds a canonical object from an input object by rows of a field
 * table; inside of validate.h. The table is core/field.h's for registrations, and a small
 * one of the same shape for each other kind of row (validate_row.c).
 *
 * Order of use: build_open, build_fields, build_unknown, rules of the kind, build_finish;
 * build_done in every case. The first error ends it.
 * Threads: a struct build belongs to one thread.
 */
#ifndef INDEXER_VALIDATE_ENGINE_H
#define INDEXER_VALIDATE_ENGINE_H

#include "indexer/validate.h"

struct build {
    const json_t *in;
    json_t *out, *other, *extra; /* owned; other and extra NULL while empty */
    size_t kept;                 /* entries of other and extra */
    unsigned category;           /* FOR_… bit of the record: which rows apply */
    bool old_status;             /* application labels are of the old scheme */
    struct warnings *w;
    struct err *err;
    struct buf text; /* scratch */
};

/* Where a value stands: a row of the table, the element of its list, the entry of its own
 * list; -1 = none. */
struct place {
    const struct field *f;
    long i, k;
};
#define PLACE_BYTES 64
/* "units[1].name", "keywords[2]"; returns out. */
const char *place_text(struct place at, char out[PLACE_BYTES]);

/* Refuses what is no object, too deep or too large (E_FIELD), and what a secrecy key at
 * any depth declares classified (E_CLASSIFIED). The caller has set w, err, category. */
MUST_CHECK enum status build_open(struct build *b, const json_t *in);
/* All rows of the table that the category has, to out. `required` is checked. */
MUST_CHECK enum status build_fields(struct build *b, const struct field *table, size_t n);
/* Keys of the input (top level) that no row knows, and fields that the category lacks, to
 * extra; carries over `other` and `extra` of an input that is canonical already. */
MUST_CHECK enum status build_unknown(struct build *b, const struct field *table,
                                     size_t n);
/* Attaches other and extra to out. */
MUST_CHECK enum status build_finish(struct build *b);
void build_done(struct build *b);

/* STATUS_INVALID, E_FIELD: "label（path）：sentence". */
enum status build_fail(struct build *b, struct place at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
enum status build_nomem(struct build *b);
/* Sets out[key] (takes the reference, NULL = out of memory). */
MUST_CHECK enum status build_put(struct build *b, json_t *object, const char *key,
                                 json_t *value);

/* Is the value accepted as 非密? Only strings are. */
bool build_is_open(const json_t *v);

/* Members of canonical objects: empty, 0, -1, AMOUNT_NONE when missing. */
struct str json_text(const json_t *object, const char *key);
int32_t json_date(const json_t *object, const char *key);
int64_t json_count(const json_t *object, const char *key);
int64_t json_amount(const json_t *object, const char *key);

#endif
