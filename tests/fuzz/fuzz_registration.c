/* fuzz_registration.c - any bytes as a line of a file: parsed as ingest parses them, then
 * validated as every kind. Must never crash; what is accepted must be a fixed point.
 * Corpus: tests/fuzz/corpus/registration/. */
#include "indexer/validate.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Accepted twice, the same bytes twice; anything else is a finding. */
static void check_record(const json_t *in) {
    static const struct validate_options open = {.declared_open = true, .category = "A"};
    struct warnings w;
    struct record first, second;
    struct err err = {0};
    warnings_init(&w);
    if (validate_registration(in, &open, &first, &w, &err) != STATUS_OK) return;
    struct buf a = buf_init(0), b = buf_init(0);
    if (validate_registration(first.json, &open, &second, NULL, &err) != STATUS_OK ||
        record_canonical_text(&first, &a, &err) != STATUS_OK ||
        record_canonical_text(&second, &b, &err) != STATUS_OK ||
        !str_eq(buf_str(&a), buf_str(&b)))
        abort();
    for (int tier = TIER_P0; tier <= TIER_N; tier++)
        json_decref(record_view(&first, (enum tier)tier));
    validate_has_marking(first.json);
    buf_done(&a);
    buf_done(&b);
    record_done(&first);
    record_done(&second);
}

static void check_rows(const json_t *in) {
    struct warnings w;
    struct event_row event;
    static struct contract_row contract;
    struct receipt_row receipt;
    struct reward_row reward;
    struct app_status_row app_status;
    struct benefit_row benefit;
    warnings_init(&w);
    if (validate_event(in, &event, &w, NULL) == STATUS_OK) json_decref(event.json);
    if (validate_contract(in, &contract, &w, NULL) == STATUS_OK)
        json_decref(contract.json);
    if (validate_receipt(in, &receipt, &w, NULL) == STATUS_OK) json_decref(receipt.json);
    if (validate_reward(in, &reward, &w, NULL) == STATUS_OK) json_decref(reward.json);
    if (validate_app_status(in, &app_status, &w, NULL) == STATUS_OK)
        json_decref(app_status.json);
    if (validate_benefit(in, &benefit, &w, NULL) == STATUS_OK) json_decref(benefit.json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (codes_load(NULL) != STATUS_OK) abort();
    json_t *in =
        json_loadb(size ? (const char *)data : "", size, JSON_REJECT_DUPLICATES, NULL);
    if (!in) return 0;
    check_record(in);
    check_rows(in);
    json_decref(in);
    return 0;
}
