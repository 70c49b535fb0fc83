/* warnings.c - see warnings.h. */
#include "indexer/warnings.h"

#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[W_COUNT] = {
    [W_WINDOW] = "W_WINDOW",
    [W_USCC] = "W_USCC",
    [W_REGNO_LETTER] = "W_REGNO_LETTER",
    [W_SERIAL] = "W_SERIAL",
    [W_LABEL] = "W_LABEL",
    [W_STATE_OLD] = "W_STATE_OLD",
    [W_OVERDUE] = "W_OVERDUE",
    [W_UNKNOWN_KEY] = "W_UNKNOWN_KEY",
    [W_CATEGORY] = "W_CATEGORY",
    [W_LENGTH] = "W_LENGTH",
    [W_CONTROL] = "W_CONTROL",
    [W_DATES] = "W_DATES",
};

const char *warning_name(enum warning code) {
    return code < W_COUNT ? names[code] : "";
}

/* Formatted text may have been cut in the middle of a character. */
static void clip(char *z) {
    size_t n = strlen(z), bad = utf8_bad_at(str_slice(z, n));
    z[bad] = 0;
}

void warnings_add(struct warnings *w, enum warning code, const char *field,
                  const char *fmt, ...) {
    if (!w || code >= W_COUNT) return;
    w->count[code]++;
    if (w->n == WARNINGS_LISTED) return;
    struct warning_item *item = &w->list[w->n++];
    item->code = code;
    snprintf(item->field, sizeof item->field, "%s", field ? field : "");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(item->text, sizeof item->text, fmt, ap);
    va_end(ap);
    clip(item->field);
    clip(item->text);
}
