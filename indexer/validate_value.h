/* validate_value.h - one value to its canonical form; inside of validate_engine.h. */
#ifndef INDEXER_VALIDATE_VALUE_H
#define INDEXER_VALIDATE_VALUE_H

#include "indexer/validate_engine.h"

/* The canonical form of v as the row's type wants it: a new reference, or NULL when the
 * value is missing (null, empty, none). E_FIELD, STATUS_NOMEM. */
MUST_CHECK enum status value_canonical(struct build *b, struct place at, const json_t *v,
                                       json_t **out);
/* Keeps a value of the input that has no place in the record under extra[path]. */
MUST_CHECK enum status value_keep(struct build *b, const char *path, const json_t *v);

/* A new reference to a node of the input: strings and numbers are never changed in
 * place, so input and record may share them. */
static inline json_t *value_share(const json_t *v) {
    return json_incref((json_t *)(uintptr_t)v);
}

#endif
