/* uscc.h - unified social credit codes (统一社会信用代码), GB 32100-2015.
 *
 * 18 characters of a set of 31 (digits and capitals without I, O, S, V, Z), the last one
 * a check character over the others.
 *
 * Threads: pure.
 */
#ifndef CORE_USCC_H
#define CORE_USCC_H

#include "core/str.h"

C_API_BEGIN

#define USCC_BYTES 18

/* Has it the form: length and characters? The check character may be wrong. */
bool uscc_has_form(struct str code);
/* Form and check character. */
bool uscc_is_valid(struct str code);

C_API_END
#endif
