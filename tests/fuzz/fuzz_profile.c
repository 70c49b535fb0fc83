/* fuzz_profile.c - an INI text, then the lines of a table, through parsing, finding the
 * header and writing rows. What is taken must come out as JSON objects without repeated
 * keys; what a row says of its secrecy must not be lost. Corpus:
 * tests/fuzz/corpus/profile/: the INI, a line "%%", then cells separated by "|". */
#include "core/codes.h"
#include "core/utf8.h"
#include "indexer/grid.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool fine) {
    if (!fine) abort();
}

#define COLUMNS 40

struct lines {
    struct sheet sheet;
    const char *at, *end;
    int64_t row;
    struct sheet_cell cell[COLUMNS];
};

static enum status lines_next(struct sheet *s, struct sheet_row *row, bool *more,
                              struct err *err) {
    struct lines *l = (struct lines *)s;
    (void)err;
    *more = l->at < l->end;
    if (!*more) return STATUS_OK;
    *row = (struct sheet_row){.row = ++l->row, .cell = l->cell};
    const char *nl = memchr(l->at, '\n', (size_t)(l->end - l->at));
    const char *end = nl ? nl : l->end, *p = l->at;
    for (size_t n = 0; n < COLUMNS && p <= end; n++) {
        const char *bar = p < end ? memchr(p, '|', (size_t)(end - p)) : NULL;
        size_t len = (size_t)((bar ? bar : end) - p);
        l->cell[n] = (struct sheet_cell){.text = str_slice(p, len),
                                         .kind = len % 5 == 4 ? CELL_NUMBER : CELL_TEXT};
        if (len) row->n = n + 1;
        if (!bar) break;
        p = bar + 1;
    }
    l->at = nl ? nl + 1 : l->end;
    return STATUS_OK;
}
static int64_t lines_at(const struct sheet *s) {
    return ((const struct lines *)s)->row;
}
static void lines_close(struct sheet *s) {
    free(s);
}

static struct sheet *lines_open(const char *p, size_t n) {
    static const struct sheet_ops ops = {lines_next, lines_at, lines_close};
    struct lines *l = calloc(1, sizeof *l);
    must(l != NULL);
    l->sheet.ops = &ops;
    l->at = p;
    l->end = p + n;
    return &l->sheet;
}

/* Every cell under a header of secrecy stands in the object, as such. */
static void check_secrecy(const struct grid_map *m, const json_t *doc) {
    if (m->secrecies == 0 || m->declared) return;
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)doc, key, v) {
        if (strcmp(key, "secrecy") == 0) must(json_string_length(v) > 0);
    }
}

static void check_rows(struct grid *g) {
    for (;;) {
        struct grid_row row;
        struct err err;
        bool more = false;
        if (grid_next(g, &row, &more, &err) != STATUS_OK || !more) return;
        must((row.ignored != NULL) != (row.text.n > 0));
        if (row.ignored) continue;
        json_error_t at;
        json_t *doc = json_loadb(row.text.p, row.text.n, JSON_REJECT_DUPLICATES, &at);
        must(json_is_object(doc));
        must(json_is_string(json_object_get(doc, "kind")));
        check_secrecy(row.map, doc);
        grid_map_header(row.map, "units[0].name");
        json_decref(doc);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    must(codes_load(NULL) == STATUS_OK);
    const char *p = (const char *)data, *mark = size ? memmem(p, size, "%%\n", 3) : NULL;
    struct profile_set set = {.n = 0};
    struct err err;
    struct grid *g = NULL;
    size_t ini = mark ? (size_t)(mark - p) : size;
    if (utf8_bad_at(str_slice(p, size)) < size) return 0; /* readers give UTF-8 */
    if (profile_parse(str_slice(p, ini), "own.ini", &set.p[0], &err) != STATUS_OK) {
        must(err.text[0] != 0);
        return 0;
    }
    set.n = 1;
    const char *rows = mark ? mark + 3 : p + size;
    if (grid_open(lines_open(rows, (size_t)(p + size - rows)), &set, true, "t", &g,
                  &err) == STATUS_OK)
        check_rows(g);
    grid_close(g);
    profile_set_done(&set);
    return 0;
}
