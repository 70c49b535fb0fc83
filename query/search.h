/* search.h - runs a request: parse, plan, search, relax, facets, highlighting.
 *
 * The answer stands on one revision: when the index moves on between the searches that
 * one request may need, the whole request is run again.
 *
 * Relaxing (interface.md): under relevance order, when fewer than SEARCH_RELAX_BELOW
 * records match a query of plain words without its filters, and relax is on, these steps
 * are taken, in this order:
 * - "drop_words": two or more words: the word is dropped without which the fewest, but at
 *   least SEARCH_RELAX_BELOW, records match (if none reaches that, the most; of equals
 *   the rarest word), and again while it is not reached; each dropped word is listed
 *   with the total without it;
 * - "associated": records with a keyword that goes with the words in the strict hits far
 *   more than by chance (associate.h);
 * - "loosen_words": still fewer (or one word only): records with half of the word's
 *   bigrams and tokens where that reaches SEARCH_RELAX_BELOW, else with any part of any
 *   word;
 * - "loosen_sentence": one sentence: records with any of its bigrams or tokens;
 * - "read_as_text": a pasted title with quotes or brackets in it (qlang_pasted): the same
 * of its whole text.
 *
 * A part that is in more than a tenth of the records does not make a record match
 * (XINDEX_ATLEAST), nor does one letter or a number of up to three digits; words of
 * asking never do (question.h). Strict hits stay first, then those of the earlier step;
 * of one sentence or pasted title literal hits stay first and all others are ranked
 * together. `step` names the first step that was taken. `total` counts all. A step that
 * finds nothing more is not taken.
 *
 * Threads: a reader belongs to one thread; the result to its talloc context.
 * Not: no output format; that is result_json.h and result_text.h.
 */
#ifndef QUERY_SEARCH_H
#define QUERY_SEARCH_H

#include "query/associate.h"
#include "query/expand.h"
#include "query/qlang.h"
#include "query/request.h"

#define SEARCH_RELAX_BELOW 10
#define SEARCH_RELAX_MAX_WORDS 8

struct direct_list; /* direct.h */

struct search_hit {
    uint32_t docid;
    double score;
    struct str hit;          /* JSON object, recdoc.h line 1 */
    struct str abstract;     /* JSON string or null, line 2 */
    struct str rest;         /* JSON object, line 3 */
    struct str title_html;   /* n = 0: highlight was off */
    struct str snippet_html; /* n = 0: highlight was off, or no abstract */
};

struct search_facet_value {
    struct str value, label;
    uint32_t count;
    bool selected;
};

struct search_facet {
    enum facet facet;
    size_t n;
    struct search_facet_value *value; /* by count, then code */
    uint32_t other_values;            /* left out by facet_size */
    uint64_t other_count;
};

struct search_dropped {
    struct str text;
    uint32_t total; /* without this word and those before it */
};

struct search_relaxed {
    const char *step; /* the first that was taken; NULL = not relaxed */
    bool loosened;    /* parts of words suffice */
    uint32_t strict_total;
    size_t n;
    struct search_dropped dropped[SEARCH_RELAX_MAX_WORDS];
    size_t nassociated; /* keywords that the registry uses with the query (associate.h) */
    struct association associated[ASSOCIATE_MAX];
};

struct search_result {
    const struct search_request *request;
    int64_t revision;
    const char *as_of;
    size_t nnotices;
    const char *notice[QLANG_MAX_NOTICES + 2];
    struct str understood; /* n = 0: no query */
    struct expansion_list expanded;
    struct search_relaxed relaxed;
    struct str suggestion; /* did you mean (spell.h); n = 0: nothing */
    uint32_t suggestion_total;
    uint32_t total;
    uint32_t rank; /* hits before the first of this page */
    int64_t took_ns;
    size_t nhits;
    struct search_hit *hit;
    size_t nfacets;
    struct search_facet *facet;
    bool more;              /* hits follow */
    struct str next_cursor; /* n = 0: no more, or order ends here */
    /* Totals without one filter each; only when nothing matches (for ways out). */
    size_t nwithout;
    size_t *without_filter;
    uint32_t *without;
    const struct direct_list *direct; /* set by direct_search; NULL: not looked for */
};

/* How a link to the suggestion must ask ("0", or NULL: as the request does), so that it
 * finds suggestion_total: so few would be relaxed. */
const char *search_promise(const struct search_result *r);

/* Runs the request; *out is a talloc child of ctx and borrows *req. deadline_ns:
 * CLOCK_MONOTONIC, 0 = none. Adds to the errors of qlang_parse and xindex_search:
 * STATUS_LIMIT "query_too_complex" with field "q" for a tree that is too large. */
MUST_CHECK enum status search_run(void *ctx, struct xindex_reader *reader,
                                  const struct search_request *req, int64_t deadline_ns,
                                  struct search_result **out, struct err *err);

#endif
