/* corpus.h - texts spliced from a folder of real texts instead of the own vocabulary, for
 * benchmarks with the statistics of natural language; nothing of it is ever committed.
 *
 * The folder holds zstd-compressed JSON Lines: sci_abstracts (title, abstract, keywords,
 * discipline, category), sci_titles, patent_titles, nsfc_projects (title, keywords).
 * Read through the program zstdcat. Sentences are spliced within a discipline; rare words
 * are drawn so that distinct bigrams keep growing about as V = 15 T^0.67 (Heaps).
 *
 * Threads: constant after corpus_open.
 */
#ifndef GEN_CORPUS_H
#define GEN_CORPUS_H

#include "tests/bench/gen/words.h"

struct corpus;
/* STATUS_IO when a file cannot be read, STATUS_INVALID when the texts are too few or
 * zstdcat fails, STATUS_NOMEM. */
MUST_CHECK enum status corpus_open(const char *dir, struct corpus **out, struct err *err);
void corpus_close(struct corpus *c);
/* Fills *out; `index` (0-based) decides how many rare words the text needs. */
void corpus_make(const struct corpus *c, struct rng *r, uint32_t index, int field,
                 struct gen_text *out);

#endif
