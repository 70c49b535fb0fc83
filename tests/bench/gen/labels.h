/* labels.h - the code lists of the registration form by their printed labels, with the
 * shares at which the generator draws them. Lists and labels: the national form's lists
 * (CL01 … CL22) as the record format prints them. */
#ifndef GEN_LABELS_H
#define GEN_LABELS_H

#include "tests/bench/gen/rng.h"

struct label_list {
    const char *const *labels;
    const int *weights;
    int count;
};

extern const struct label_list labels_form_applied, labels_form_other, labels_attribute,
    labels_stage, labels_level, labels_evaluation, labels_source, labels_plan,
    labels_status, labels_reason, labels_conversion, labels_cooperation, labels_ip,
    labels_hitech, labels_degree, labels_title, labels_maturity, labels_research,
    labels_invest, labels_standard, labels_contract, labels_contract_field;

const char *label_draw(struct rng *r, const struct label_list *l);

#endif
