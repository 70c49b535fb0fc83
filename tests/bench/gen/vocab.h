/* vocab.h - the generator's own vocabulary: fields of knowledge, their topics, and the
 * sentence patterns. All text here was written for this project; it names no real
 * project.
 *
 * A topic is three lists of words separated by blanks: objects, actions that make sense
 * with any of these objects, devices. Object + action is a term ("煤矿瓦斯" + "抽采"),
 * so 80 topics give several thousand natural terms.
 *
 * Patterns hold slots in braces, filled by text.c:
 *   {t} object+action  {o} object  {a} {b} actions  {k} another term of the topic
 *   {q} a term of the field  {m} {n} methods  {d} device  {c} condition  {p} problem
 *   {i} {j} measured figures  {w} money in 万元  {z} small number  {s} share in per cent
 *   {r} place of the first unit  {x} a mixed Latin term  {v} serial of a variety
 */
#ifndef GEN_VOCAB_H
#define GEN_VOCAB_H

#include "core/base.h"

struct topic_src {
    const char *objects, *actions, *devices;
};

struct field_src {
    const char *name;
    int weight;              /* share of records, per thousand */
    const char *disciplines; /* GB/T 13745 codes, first the most usual */
    const char *industries;  /* GB/T 4754 letter + division */
    const char *hitech;      /* positions 1..12 in the list of high-tech fields */
    const char *sei;         /* strategic emerging industries, or "" */
    const char *clc;         /* Chinese library classification */
    const char *methods;     /* how it is done */
    const char *conditions;  /* begins a title */
    const char *problems;    /* noun phrases: what was wrong */
    const char *figures;     /* name|unit|low|high|decimals … */
    const char *mixed;       /* terms with Latin letters or figures */
};

enum { FIELD_COUNT = 9, FIELD_AGRICULTURE = 4, FIELD_MEDICINE = 5, FIELD_SOFT = 8 };
extern const struct field_src vocab_fields[FIELD_COUNT];

struct topic_table {
    const struct topic_src *rows;
    int count;
};
extern const struct topic_table vocab_industry_topics[4]; /* mining … machinery */
extern const struct topic_table vocab_life_topics[5]; /* agriculture … soft science */

struct pattern_list {
    const char *const *rows;
    int count;
};
extern const struct pattern_list vocab_title_applied, vocab_title_theory,
    vocab_title_soft, vocab_title_variety, vocab_title_clinic;
/* Sentences of an abstract by role, in the order in which they are told. */
enum role {
    ROLE_PROBLEM,
    ROLE_METHOD,
    ROLE_INNOVATION,
    ROLE_FIGURES,
    ROLE_USE,
    ROLE_GAIN,
    ROLE_COUNT
};
extern const struct pattern_list vocab_applied[ROLE_COUNT];
extern const struct pattern_list vocab_theory[ROLE_COUNT];
extern const struct pattern_list vocab_soft[ROLE_COUNT];
extern const struct pattern_list vocab_clinic[ROLE_COUNT]; /* applied medicine */
extern const struct pattern_list vocab_points, vocab_prospects;

#endif
