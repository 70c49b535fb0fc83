/* test_docs.c - what the documents say in tables is what the program does: fields, code
 * lists, life cycle, codes, commands; their examples are accepted; their links lead
 * somewhere. Runs in the repository root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/field.h"
#include "indexer/ingest.h"
#include "indexer/lifecycle.h"
#include "indexer/validate.h"

#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMAT "docs/registration-format.md"
#define CELLS 8

static char *format; /* the text of FORMAT */

/* The whole file, terminated; the caller frees it. */
static char *slurp(const char *path) {
    FILE *f = fopen(path, "rbe");
    if (!f) fail_msg("cannot open %s", path);
    struct buf b = buf_init(0);
    char part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_add(&b, part, n);
    fclose(f);
    buf_add(&b, "", 1);
    assert_false(b.failed);
    return b.p;
}

static int load(void **state) {
    (void)state;
    if (codes_load(NULL) != STATUS_OK) return -1;
    format = slurp(FORMAT);
    return 0;
}
static int unload(void **state) {
    (void)state;
    free(format);
    return 0;
}

/* The row of a table in `text` whose first cell is `name` in backquotes, from `heading`
 * on: its cells. */
static size_t table_row(const char *text, const char *heading, const char *name,
                        struct str cell[CELLS]) {
    char start[160];
    const char *at = strstr(text, heading);
    if (!at) fail_msg("no heading %s", heading);
    snprintf(start, sizeof start, "\n| `%s` |", name);
    const char *row = at ? strstr(at, start) : NULL;
    if (!row) {
        fail_msg("no row for %s under %s", name, heading);
        return 0;
    }
    size_t n = 0;
    const char *p = row + 2, *end = strchr(p, '\n');
    for (const char *bar; n < CELLS && p < end && (bar = strchr(p, '|')); p = bar + 1) {
        if (bar > end) break;
        cell[n++] = str_trim(str_slice(p, (size_t)(bar - p)));
    }
    return n;
}

static bool holds(struct str s, const char *word) {
    return memmem(s.p, s.n, word, strlen(word)) != NULL;
}

static void every_field_stands_with_its_tier(void **state) {
    (void)state;
    static const char *const tiers[] = {"P0", "P1", "N"};
    static const char *const types[] = {
        [FIELD_TEXT] = "text",   [FIELD_TEXT_LIST] = "text list",
        [FIELD_CODE] = "code",   [FIELD_CODE_LIST] = "code list",
        [FIELD_DATE] = "date",   [FIELD_INSTANT] = "instant",
        [FIELD_MONEY] = "money", [FIELD_BOOL] = "bool",
        [FIELD_INT] = "int",     [FIELD_MONEY_MAP] = "money map",
    };
    size_t n;
    const struct field *t = field_table(&n);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = &t[i];
        struct str c[CELLS];
        char quoted[80], for_whom[32] = "";
        assert_int_equal(table_row(format, "## Fields of a registration", f->path, c),
                         CELLS);
        if (f->categories == FOR_ANY) {
            snprintf(for_whom, sizeof for_whom, "all");
        } else {
            static const char *const names[] = {"A", "B", "S"};
            for (unsigned k = 0; k < 3; k++)
                if (f->categories >> k & 1)
                    snprintf(for_whom + strlen(for_whom),
                             sizeof for_whom - strlen(for_whom), "%s%s",
                             for_whom[0] ? " " : "", names[k]);
            if (f->categories & FOR_C)
                snprintf(for_whom + strlen(for_whom), sizeof for_whom - strlen(for_whom),
                         "%scollection", for_whom[0] ? ", " : "");
        }
        bool good = holds(c[1], f->zh) && (!f->zh2 || holds(c[1], f->zh2));
        snprintf(quoted, sizeof quoted, "`%s`", f->name ? f->name : "");
        good = good && str_eq_z(c[2], f->name ? quoted : "");
        good = good && str_eq_z(c[3], types[f->type]);
        snprintf(quoted, sizeof quoted, "`%s`", codes_name(f->list));
        good = good && str_eq_z(c[4], f->list == CODES_NONE ? "" : quoted);
        good = good && str_eq_z(c[5], tiers[f->tier]) && str_eq_z(c[6], for_whom);
        good = good && holds(c[7], "**required**") == ((f->flags & FIELD_REQUIRED) != 0);
        if (!good) fail_msg("%s: %.*s", f->path, (int)(c[7].p - c[0].p), c[0].p);
    }
}

static void every_code_list_stands_with_its_codes(void **state) {
    (void)state;
    for (int list = CODES_NONE + 1; list < CODES_LIST_COUNT; list++) {
        struct str c[CELLS];
        if (list == CODES_REGION) continue; /* told in words: 3,000 places */
        const char *name = codes_name((enum code_list)list);
        assert_int_equal(table_row(format, "## Code lists", name, c), 3);
        size_t n = codes_count((enum code_list)list);
        if (list == CODES_INDUSTRY || list == CODES_DISCIPLINE) {
            char count[32];
            snprintf(count, sizeof count, "%zu entries", n);
            if (!str_eq_z(c[2], count)) fail_msg("%s has %s", name, count);
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            const char *code = codes_at((enum code_list)list, i);
            if (!holds(c[2], code)) fail_msg("%s lacks %s", name, code);
        }
    }
}

static void the_life_cycle_is_the_programs(void **state) {
    (void)state;
    for (int from = LIFE_DRAFT; from < LIFE_COUNT; from++) {
        struct str c[CELLS];
        enum life_state s = (enum life_state)from;
        assert_int_equal(table_row(format, "## Life cycle", lifecycle_name(s), c), 3);
        assert_true(str_eq_z(c[1], lifecycle_label(s)));
        for (int to = LIFE_DRAFT; to < LIFE_COUNT; to++) {
            char quoted[40];
            snprintf(quoted, sizeof quoted, "`%s`", lifecycle_name((enum life_state)to));
            bool may = to != from && lifecycle_allows(s, (enum life_state)to);
            if (holds(c[2], quoted) != may)
                fail_msg("%s to %s", lifecycle_name(s), quoted);
        }
    }
}

static void every_outcome_warning_and_kind_stands(void **state) {
    (void)state;
    struct str c[CELLS];
    for (int o = 0; o < OUTCOME_COUNT; o++)
        assert_int_equal(table_row(format, "## What becomes of a row",
                                   outcome_name((enum outcome)o), c),
                         3);
    for (int w = 0; w < W_COUNT; w++)
        assert_int_equal(table_row(format, "Warnings are counted apart",
                                   warning_name((enum warning)w), c),
                         2);
    for (int k = KIND_UNKNOWN + 1; k < KIND_COUNT; k++) {
        char quoted[40];
        snprintf(quoted, sizeof quoted, "`%s`",
                 validate_kind_name((enum validate_kind)k));
        if (!strstr(format, quoted)) fail_msg("no kind %s", quoted);
    }
}

/* Every "E_…" and "H_…" that the indexer writes has its row. */
static void every_code_stands(void **state) {
    (void)state;
    glob_t files;
    size_t found = 0;
    assert_int_equal(glob("indexer/*.c", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *text = slurp(files.gl_pathv[i]);
        for (const char *p = text; (p = strchr(p, '"')); p++) {
            if ((p[1] != 'E' && p[1] != 'H') || p[2] != '_') continue;
            size_t n = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
            struct str c[CELLS];
            char code[40];
            if (p[1 + n] != '"' || n >= sizeof code) continue;
            snprintf(code, sizeof code, "%.*s", (int)n, p + 1);
            assert_int_equal(
                table_row(format, "one code, the first that applies", code, c), 3);
            assert_true(str_eq_z(c[1], code[0] == 'E' ? "rejected" : "held"));
            found++;
        }
        free(text);
    }
    globfree(&files);
    assert_true(found >= 10);
}

static enum status accept(const json_t *line, struct err *err) {
    struct warnings w;
    struct record r;
    struct event_row event;
    static struct contract_row contract;
    struct receipt_row receipt;
    struct reward_row reward;
    struct app_status_row status;
    struct benefit_row benefit;
    enum status s = STATUS_INVALID;
    warnings_init(&w);
    switch (validate_kind_of(line)) {
        case KIND_REGISTRATION:
        case KIND_COLLECTION:
            s = validate_registration(line, NULL, &r, &w, err);
            if (s == STATUS_OK) record_done(&r);
            break;
        case KIND_EVENT:
            s = validate_event(line, &event, &w, err);
            if (s == STATUS_OK) json_decref(event.json);
            break;
        case KIND_CONTRACT:
            s = validate_contract(line, &contract, &w, err);
            if (s == STATUS_OK) json_decref(contract.json);
            break;
        case KIND_RECEIPT:
            s = validate_receipt(line, &receipt, &w, err);
            if (s == STATUS_OK) json_decref(receipt.json);
            break;
        case KIND_REWARD:
            s = validate_reward(line, &reward, &w, err);
            if (s == STATUS_OK) json_decref(reward.json);
            break;
        case KIND_APP_STATUS:
            s = validate_app_status(line, &status, &w, err);
            if (s == STATUS_OK) json_decref(status.json);
            break;
        case KIND_BENEFIT:
            s = validate_benefit(line, &benefit, &w, err);
            if (s == STATUS_OK) json_decref(benefit.json);
            break;
        case KIND_UNKNOWN:
        case KIND_COUNT:
        default:
            return err_set(err, STATUS_INVALID, NULL, "no kind");
    }
    for (int k = 0; s == STATUS_OK && k < W_COUNT; k++)
        if (w.count[k])
            return err_set(err, STATUS_INVALID, NULL, "%s %s", w.list[0].field,
                           w.list[0].text);
    return s;
}

static void every_example_is_accepted(void **state) {
    (void)state;
    static const char open[] = "```json\n";
    size_t seen = 0;
    for (const char *p = format; (p = strstr(p, open));) {
        p += sizeof open - 1;
        const char *end = strstr(p, "```");
        assert_non_null(end);
        while (p < end) {
            json_error_t at;
            struct err err = {0};
            json_t *line = json_loadb(p, (size_t)(end - p), JSON_DISABLE_EOF_CHECK, &at);
            if (!line) fail_msg("%s in %.60s", at.text, p);
            if (accept(line, &err) != STATUS_OK) fail_msg("%s in %.60s", err.text, p);
            json_decref(line);
            seen++;
            p += at.position;
            p += strspn(p, "\n ");
        }
    }
    assert_true(seen >= 7);
}

/* Every command of main.c is shown in the guide. */
static void every_command_is_shown(void **state) {
    (void)state;
    char *text = slurp("main.c"), *guide = slurp("docs/guide.md");
    size_t seen = 0;
    for (const char *p = text; (p = strstr(p, "\n    {\""));) {
        p += 7;
        const char *end = strchr(p, '"');
        assert_non_null(end);
        if (strncmp(end, "\", cmd_", 7) != 0) continue;
        char shown[64];
        snprintf(shown, sizeof shown, "chengguo %.*s", (int)(end - p), p);
        if (!strstr(guide, shown)) fail_msg("docs/guide.md does not show %s", shown);
        seen++;
    }
    assert_true(seen >= 9);
    free(text);
    free(guide);
}

/* Links to files beside a document: that the files are there. */
static void follow_links(const char *path) {
    char *text = slurp(path), dir[256];
    const char *slash = strrchr(path, '/');
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path + 1) : 0, path);
    for (const char *p = text; (p = strstr(p, "](")); p++) {
        size_t n = strcspn(p + 2, ")#\n");
        char to[512];
        if (n == 0 || strncmp(p + 2, "http", 4) == 0) continue;
        snprintf(to, sizeof to, "%s%.*s", dir, (int)n, p + 2);
        if (access(to, R_OK) != 0)
            fail_msg("%s links to %s, which is not there", path, to);
    }
    free(text);
}

static void every_link_leads_somewhere(void **state) {
    (void)state;
    glob_t files;
    assert_int_equal(glob("docs/*.md", 0, NULL, &files), 0);
    assert_int_equal(glob("docs/decisions/*.md", GLOB_APPEND, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) follow_links(files.gl_pathv[i]);
    follow_links("README.md");
    globfree(&files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_stands_with_its_tier),
        cmocka_unit_test(every_code_list_stands_with_its_codes),
        cmocka_unit_test(the_life_cycle_is_the_programs),
        cmocka_unit_test(every_outcome_warning_and_kind_stands),
        cmocka_unit_test(every_code_stands),
        cmocka_unit_test(every_example_is_accepted),
        cmocka_unit_test(every_command_is_shown),
        cmocka_unit_test(every_link_leads_somewhere),
    };
    return cmocka_run_group_tests_name("docs", tests, load, unload);
}
