/* xindex.h - the thin C binding of Xapian: writer, reader, match.
 *
 * The only module that knows Xapian (writer.cc, reader.cc, match.cc behind this header).
 * Every exception is mapped to a status; none leaves. A query tree goes in, copied
 * results come out. The match is ours: posting lists are walked, literals verified in the
 * record text, filters and facets read from the columns in the same pass; so totals and
 * facet counts are exact and a deadline can end it at any block.
 *
 * Terms: those of analyse.h for searched fields, "X" + term for fields searched by name
 * only, "Q" + uid and "R" + regno (normalised) exactly one each. A query term of one Han
 * character is answered from the columns (columns_han.h), not from the index: which
 * records have it, not how often, so that such a term scores as if it stood there once.
 * Record text: holds every value of a text facet (unit, keyword, person) under the tag of
 * its field; the match may take a facet value for text.
 * Document data: the record as docmap writes it (indexer/docmap.h).
 * Metadata: "seq" (revision), "columns" (file name), "text" (file name), "format",
 * "as_of" (instant of the revision).
 *
 * Threads: a reader or writer belongs to one thread at a time; any number of readers may
 * be open on one set.
 */
#ifndef CORE_XINDEX_H
#define CORE_XINDEX_H

#include "core/analyse.h"
#include "core/columns.h"
#include "core/rectext.h"
#include "core/suggest.h"

C_API_BEGIN

#define XINDEX_FORMAT "3"   /* changes when an older program must not read the index */
#define XINDEX_TERM_MAX 245 /* bytes; Xapian's own limit */
#define XINDEX_DATA_MAX (4u << 20)
#define XINDEX_FLUSH_DOCS 250 /* design.md: the inverter falls out of the cache above */

/* ---- writer ---------------------------------------------------------------------- */

struct xindex_writer;

/* Opens or creates the database folder. fresh: anything there is overwritten, no fsync
 * (a shard that is compacted and thrown away). Sets XAPIAN_FLUSH_THRESHOLD in the
 * environment: not beside threads that read it. STATUS_BUSY when another process writes,
 * STATUS_CORRUPT, STATUS_IO. */
MUST_CHECK enum status xindex_writer_open(const char *dir, bool fresh,
                                          struct xindex_writer **out, struct err *err);
/* Closes without commit of what is pending. */
void xindex_writer_close(struct xindex_writer *w);
/* Adds or replaces document `docid`. Terms as terms_sorted gives them. */
MUST_CHECK enum status xindex_writer_put(struct xindex_writer *w, uint32_t docid,
                                         const struct term *terms, size_t nterms,
                                         struct str data, struct err *err);
/* Deletes; a docid that is not there is no error. */
MUST_CHECK enum status xindex_writer_delete(struct xindex_writer *w, uint32_t docid,
                                            struct err *err);
MUST_CHECK enum status xindex_writer_set_meta(struct xindex_writer *w, const char *key,
                                              struct str value, struct err *err);
/* Makes everything since the last commit visible at once, and durable unless `fresh`.
 * Between commits nothing is visible. */
MUST_CHECK enum status xindex_writer_commit(struct xindex_writer *w, struct err *err);

/* Compacts shards of disjoint docid ranges into dest (DBCOMPACT_NO_RENUMBER: docids
 * stay); metadata must be written afterwards. STATUS_CONFLICT when ranges overlap. */
MUST_CHECK enum status xindex_compact(const char *const *shards, size_t n,
                                      const char *dest, struct err *err);
/* Xapian's own check of the folder. STATUS_CORRUPT with what it said. */
MUST_CHECK enum status xindex_check(const char *dir, struct err *err);

/* ---- query tree ------------------------------------------------------------------ */

/* A condition on a column. Values of one condition are OR. Which ordinals match is
 * decided by the reader once per request from the dictionary. */
struct xindex_cond {
    int facet;               /* enum facet, or -1 for a date */
    int date;                /* enum date_column when facet is -1 */
    const struct str *value; /* canonical codes; hierarchies by codes_within */
    size_t nvalue;
    bool has_range; /* instead of, or besides (OR), values: lo <= x <= hi */
    int32_t lo, hi; /* dates: YYYYMMDD; FACET_YEAR: years; open ends INT32_MIN/MAX.
                       A date without day (YYYYMM00) lies in a range that holds any
                       of its days. Missing dates match no range. */
};

enum xindex_op {
    XINDEX_ALL, /* every document of the set */
    XINDEX_NONE,
    XINDEX_AND,     /* all children */
    XINDEX_OR,      /* any child */
    XINDEX_NOT,     /* not child[0]; complements within the set */
    XINDEX_LITERAL, /* needle, in one value whose tag is in tags */
    XINDEX_NEAR, /* child[0] and child[1] (literals) in one value, gap characters apart */
    XINDEX_ATLEAST, /* at least `need` of the distinct terms; with need 1 terms that are
                       in more than 1 / XINDEX_COMMON of the records do not count, unless
                       all that are in any are, though they score, and Han characters of
                       the needle that are in at most 1 / XINDEX_RARE count too */
    XINDEX_TERM,    /* one exact term ("Q…", "R…") */
    XINDEX_PREFIX, /* a word that starts with needle (Latin: a token prefix; Han: literal)
                    */
    XINDEX_COND    /* a column condition */
};

struct xindex_node {
    enum xindex_op op;
    struct xindex_node **child;
    size_t nchild;
    struct str needle; /* matching text; ATLEAST: its characters and tokens score besides,
                          where it is given */
    struct literal
        literal;   /* LITERAL: its terms; ATLEAST: literal.terms; TERM: terms[0] */
    uint32_t tags; /* LITERAL, NEAR, PREFIX: bit mask of field tags */
    uint32_t gap;  /* NEAR */
    uint32_t need; /* ATLEAST */
    float boost;   /* added to the score of a document that matches this node */
    float weight; /* LITERAL, NEAR, PREFIX, ATLEAST, TERM: multiplies its BM25; 0 = filter
                     only. AND and OR add up their matching children. */
    struct xindex_cond cond; /* COND */
};

/* Limits; a larger tree is STATUS_LIMIT before anything runs. */
#define XINDEX_MAX_NODES 256
#define XINDEX_MAX_TERMS 6000 /* a pasted text of 4 KB, as it stands and loosened */
#define XINDEX_MAX_DEPTH 24
#define XINDEX_MAX_WINDOW 100000 /* offset + limit */
#define XINDEX_COMMON 10
#define XINDEX_COMMON_LEAST 100 /* a term of so few records is never too common */
#define XINDEX_RARE 100
#define XINDEX_MAX_EXPAND                                                                \
    200 /* tokens that a PREFIX may stand for: else STATUS_LIMIT                         \
         */

/* ---- search ----------------------------------------------------------------------
 *
 * Score: BM25 (Robertson & Zaragoza 2009; k1 1.2, b 0.75) over bigrams and tokens, and
 * over Han characters as if each stood once, summed over the matching leaves, plus
 * boosts. The XINDEX_REFINED best by that are ranked again by their first values: a
 * literal in the title, a title, keyword, unit or person that is the literal, words near
 * each other. What each part is worth: docs/search-quality.md. */
#define XINDEX_REFINED 128

enum xindex_sort {
    XINDEX_BY_RELEVANCE, /* the score below, ties by uid */
    XINDEX_BY_APPROVED,  /* missing last in both directions, ties by uid */
    XINDEX_BY_ACHIEVED,
    XINDEX_BY_TITLE /* pinyin order */
};

/* Where a page starts: after the hit with this key. Not BY_RELEVANCE (STATUS_INVALID),
 * where pages are told by offset. */
struct xindex_after {
    bool set;
    int32_t date;   /* BY_APPROVED, BY_ACHIEVED */
    struct str key; /* BY_TITLE: collation key */
    struct str uid; /* always */
};

struct xindex_request {
    const struct xindex_node *query; /* NULL = every document */
    const struct xindex_cond *where; /* all must hold; one entry per filter parameter */
    size_t nwhere;
    enum xindex_sort sort;
    bool descending;
    uint32_t offset, limit; /* limit 0: total and facets only */
    struct xindex_after after;
    uint32_t facets;     /* bit mask 1 << enum facet to count */
    bool rollup;         /* count hierarchies at the level of codes_rollup */
    uint32_t facet_size; /* 0 = all values; else the first so many of each facet, and
                            besides those that a where entry names */
    bool docids_only;    /* hits without their data, which cost most to read */
    bool count_without;  /* also total without each where entry (relaxing, chips) */
    int64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = none: STATUS_DEADLINE */
};

struct xindex_hit {
    uint32_t docid;
    double score;
    struct str data; /* document data, copied */
};

struct xindex_count {
    struct str value; /* code; copied */
    uint32_t n;
};

struct xindex_facet_counts {
    int facet;
    size_t n; /* values with n > 0, by count descending, then code (see facet_size) */
    uint32_t values; /* how many values have n > 0, also those left out */
    uint64_t sum;    /* of all their counts */
    struct xindex_count *count;
};

struct xindex_result {
    int64_t revision;
    const char *as_of;
    uint32_t total; /* exact */
    size_t nhits;
    struct xindex_hit *hits;
    size_t nfacets;                     /* one entry per requested facet, in enum order */
    struct xindex_facet_counts *facets; /* disjunctive: a facet ignores the where entries
                                           on itself */
    uint32_t *without;                  /* count_without: nwhere totals */
};

struct xindex_reader;

/* Opens STORE/public or STORE/internal (index, text-G, columns-N). STATUS_NOT_FOUND (no
 * set yet), STATUS_CORRUPT (damaged, or another XINDEX_FORMAT), STATUS_IO. */
MUST_CHECK enum status xindex_reader_open(const char *set_dir, struct xindex_reader **out,
                                          struct err *err);
void xindex_reader_close(struct xindex_reader *r);
/* Sees the newest revision; also notices that the whole folder was swapped. Cheap when
 * nothing changed. Called by search itself at its start. */
MUST_CHECK enum status xindex_reader_refresh(struct xindex_reader *r, struct err *err);
int64_t xindex_reader_revision(const struct xindex_reader *r);
const char *xindex_reader_as_of(const struct xindex_reader *r);
const struct columns *xindex_reader_columns(const struct xindex_reader *r);
/* The suggestions of the loaded revision, opened when first asked for and kept with it;
 * valid until the next refresh or search. STATUS_NOT_FOUND (a set without them), and
 * those of suggest_open. */
MUST_CHECK enum status xindex_reader_suggest(struct xindex_reader *r,
                                             const struct suggest **out, struct err *err);
/* The record text of a live docid; valid until the next refresh or search. */
struct str xindex_reader_text(const struct xindex_reader *r, uint32_t docid);

/* Runs the request against one revision (retried inside when the index moved on under
 * it). Results hang off *out, a talloc child of ctx. STATUS_LIMIT, STATUS_DEADLINE,
 * STATUS_STALE (moved on again and again), STATUS_CORRUPT, STATUS_NOMEM. */
MUST_CHECK enum status xindex_search(struct xindex_reader *r, void *ctx,
                                     const struct xindex_request *req,
                                     struct xindex_result **out, struct err *err);

/* The one document with this exact term ("Q…", "R…"): docid and data (talloc on ctx).
 * STATUS_NOT_FOUND. */
MUST_CHECK enum status xindex_lookup(struct xindex_reader *r, void *ctx, struct str term,
                                     uint32_t *docid, struct str *data, struct err *err);
/* Number of documents that hold the term (0 when none); the empty term is in all. */
MUST_CHECK enum status xindex_term_count(struct xindex_reader *r, struct str term,
                                         uint32_t *out, struct err *err);
/* The same of many terms at once; ascending ones cost least. */
MUST_CHECK enum status xindex_terms_count(struct xindex_reader *r, const struct str *term,
                                          size_t n, uint32_t *out, struct err *err);

/* Calls fn for the terms of the index that begin with `prefix` (single characters are
 * none, see above), in bytewise order, each with its number of documents, until fn says
 * false or `max` were told. The text lasts for the call; fn asks the reader nothing. */
typedef bool (*xindex_term_fn)(void *arg, struct str term, uint32_t count);
MUST_CHECK enum status xindex_terms_from(struct xindex_reader *r, struct str prefix,
                                         size_t max, xindex_term_fn fn, void *arg,
                                         struct err *err);

C_API_END
#endif
