/* question.h - words of asking in a pasted question (如何, 是否, 哪些 …): they say how it
 * is asked, not what about, and few records hold them, so that they would weigh as much
 * as what matters. They are left out where a long query is scored and loosened; what a
 * query matches as typed does not depend on them.
 *
 * Threads: constant.
 */
#ifndef QUERY_QUESTION_H
#define QUERY_QUESTION_H

#include "core/str.h"

/* Appends matching text with every word of asking replaced by one space; what is part of
 * another word (几何, 吗啡) stays. The caller checks out->failed. */
void question_strip(struct str norm, struct buf *out);

#endif
