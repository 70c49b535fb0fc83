/* field.h - the field table: one row says everything about a field of a registration.
 *
 * The table drives validation, canonical form, tiers, text and terms, columns, facets,
 * filters, query-language names and labels. A new field is a row here (field.c), not new
 * code paths. Sources: record.md (JSON shape), research of the registration form
 * 《科技成果登记表》 (names, code lists, tiers P0/P1/N), interface.md (filters).
 *
 * Threads: constant data.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "core/codes.h"
#include "core/str.h"

C_API_BEGIN

/* Facet columns, in the order in which faces list them. */
enum facet {
    FACET_CATEGORY,
    FACET_YEAR,
    FACET_REGION,
    FACET_FIRST_UNIT,
    FACET_UNIT,
    FACET_UNIT_TYPE,
    FACET_HITECH,
    FACET_INDUSTRY,
    FACET_DISCIPLINE,
    FACET_STATUS,
    FACET_STAGE,
    FACET_MATURITY,
    FACET_LEVEL,
    FACET_FORM,
    FACET_ATTRIBUTE,
    FACET_EVALUATION,
    FACET_SOURCE,
    FACET_PLAN,
    FACET_SEI,
    FACET_IP,
    FACET_INTENT,
    FACET_COOPERATION,
    FACET_RECOMMENDER,
    FACET_PERSON,
    FACET_KEYWORD,
    FACET_STATE, /* internal audience only, like the two below */
    FACET_CONSENT,
    FACET_PUBLICITY,
    FACET_COUNT
};

/* Date columns (int32 of date.h), filters with ranges and sort keys. */
enum date_column { DATE_APPROVED, DATE_ACHIEVED, DATE_COLUMN_COUNT };

enum tier {
    TIER_P0, /* public once published, also while the publicity period runs */
    TIER_P1, /* public after the publicity period, with consent */
    TIER_N   /* never public */
};

enum field_type {
    FIELD_TEXT,      /* string */
    FIELD_TEXT_LIST, /* array of strings */
    FIELD_CODE,      /* code or label of `list` */
    FIELD_CODE_LIST, /* array of them */
    FIELD_DATE,      /* YYYY-MM-DD or YYYY-MM */
    FIELD_INSTANT,   /* RFC 3339 */
    FIELD_MONEY,     /* decimal string or {"value","unit"} */
    FIELD_BOOL,      /* true, false or null */
    FIELD_INT,       /* integer in [min, max] */
    FIELD_MONEY_MAP  /* object of kind -> money */
};

/* How a path leads to its values. */
enum field_shape {
    FIELD_PLAIN,  /* "key" */
    FIELD_MEMBER, /* "outer.key" */
    FIELD_EACH,   /* "outer[].key": of every object of a list */
    FIELD_FIRST   /* "outer[0].key": of the first; a second view of an EACH row */
};

enum field_flag {
    FIELD_REQUIRED = 1 << 0,
    FIELD_SEARCHED = 1 << 1,    /* its text answers a query without field name */
    FIELD_BY_NAME = 1 << 2,     /* its text answers `name:words` only */
    FIELD_IS_YEAR = 1 << 3,     /* FACET_YEAR: values are years, ranges allowed */
    FIELD_FIRST_ONLY = 1 << 4,  /* of a list of objects only the first counts */
    FIELD_NEGATIVE_OK = 1 << 5, /* money: may be below zero (profit) */
    FIELD_LOOSE = 1 << 6 /* code: a value that the list does not know stands as it is */
};

/* Categories of registrations; collections (record.md) are FOR_C. */
enum { FOR_A = 1, FOR_B = 2, FOR_S = 4, FOR_ALL = 7, FOR_C = 8, FOR_ANY = 15 };

struct field {
    const char *path;  /* where it stands: "title", "units[].name", "units[0].type" */
    const char *outer; /* "units", or NULL for a plain field */
    const char *key;   /* "name" */
    enum field_shape shape;
    const char *name; /* filter, facet and query-language name, or NULL */
    const char *zh;   /* Chinese label, also a query-language name */
    const char *zh2;  /* another Chinese query-language name, or NULL */
    enum field_type type;
    enum code_list list; /* of codes; CODES_YESNO for bools; else CODES_NONE */
    enum tier tier;
    unsigned categories; /* FOR_A | FOR_B | FOR_S: elsewhere it is no value at all */
    unsigned flags;      /* enum field_flag */
    int facet;           /* enum facet, or -1 */
    int date;            /* enum date_column, or -1 */
    char tag;            /* 1..31: marks its values in the record text; 0 = no text */
    uint32_t max;        /* text: bytes; list: entries x 1; int: largest value */
    uint32_t printed;    /* text: characters that the form allows; 0 = any */
};

/* The table and its length. */
const struct field *field_table(size_t *n);

/* By JSON path; by filter name or any query-language name (Chinese or English, exact,
 * ASCII case ignored; aliases in field.c) among the fields that a query can ask for, that
 * is, with a facet, a date column or a text tag; by facet; by date column; by text tag.
 * NULL when there is none. */
const struct field *field_by_path(struct str path);
const struct field *field_by_name(struct str name);
const struct field *field_of_facet(enum facet f);
const struct field *field_of_date(enum date_column d);
const struct field *field_of_tag(char tag);

/* Query-language name i of a field: its filter name, labels, then aliases; NULL past the
 * last. For help pages. */
const char *field_query_name(const struct field *f, size_t i);

/* Facet names as in interface.md ("category"); -1 when unknown. */
const char *facet_name(enum facet f);
int facet_by_name(struct str name);
/* Chinese label of the facet (成果类别). */
const char *facet_label(enum facet f);
/* May a record have several values? discipline, industry, ip, cooperation, keyword,
 * person, unit. */
bool facet_is_multi(enum facet f);
/* state, consent, publicity exist for the internal audience only. */
bool facet_is_internal(enum facet f);

/* Bit mask (1 << tag) of the tags that a query without field name searches. */
uint32_t field_searched_tags(void);

C_API_END
#endif
