#include "tests/bench/gen/truth.h"

static const char *const outcome_names[OUTCOME_COUNT] = {
    "added", "updated", "unchanged", "withdrawn", "skipped", "held", "rejected"};
static const char *const code_names[CODE_COUNT] = {
    "",       "E_ENCODING", "E_SYNTAX", "E_CLASSIFIED", "E_FIELD", "E_STATE",
    "E_EVAL", "E_REGNO",    "E_DUP",    "H_MARKING",    "H_ORPHAN"};
static const char *const category_codes[CATEGORY_COUNT] = {"A", "B", "S"};
static const char *const file_names[FILE_COUNT] = {"main", "events", "contracts"};

bool life_registered(const struct life *l) {
    return l->state == STATE_APPROVED && !l->paper_pending;
}
bool life_visible(const struct life *l) {
    return life_registered(l) && l->consent == CONSENT_YES &&
           l->publicity != PUBLICITY_OBJECTED;
}

void truth_row(struct truth *t, enum out_file file, enum outcome o, enum row_code code) {
    struct truth_file *f = &t->file[file];
    f->read++;
    f->outcome[o]++;
    f->code[code]++;
}

void truth_change(struct truth *t, enum out_file file, int year, enum category c,
                  const struct life *before, const struct life *after) {
    bool was = before && life_registered(before), is = life_registered(after);
    truth_row(t, file,
              was && is ? OUTCOME_UPDATED
              : was     ? OUTCOME_WITHDRAWN
              : is      ? OUTCOME_ADDED
                        : OUTCOME_SKIPPED,
              CODE_NONE);
    int records = is - was;
    int visible = life_visible(after) - (before && life_visible(before));
    for (int v = file == FILE_MAIN ? VIEW_MAIN : VIEW_ALL; v < VIEW_COUNT; v++) {
        struct truth_cell *cell = &t->cell[v][year - TRUTH_YEAR_BASE][c];
        cell->records += records;
        cell->visible += visible;
    }
}

static void write_file(const struct truth_file *f, struct json_out *j) {
    json_int(j, "read", f->read);
    for (int i = 0; i < OUTCOME_COUNT; i++) json_int(j, outcome_names[i], f->outcome[i]);
    json_open(j, "codes", '{');
    for (int i = CODE_NONE + 1; i < CODE_COUNT; i++)
        if (f->code[i]) json_int(j, code_names[i], f->code[i]);
    json_close(j, '}');
}

static void write_view(const struct truth_cell cell[TRUTH_YEARS][CATEGORY_COUNT],
                       struct json_out *j) {
    struct truth_cell all = {0};
    for (int y = 0; y < TRUTH_YEARS; y++)
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            all.records += cell[y][c].records;
            all.visible += cell[y][c].visible;
        }
    json_int(j, "registered", all.records);
    json_int(j, "visible", all.visible);
    json_open(j, "by_year", '[');
    for (int y = 0; y < TRUTH_YEARS; y++) {
        struct truth_cell s = {0};
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            s.records += cell[y][c].records;
            s.visible += cell[y][c].visible;
        }
        if (!s.records) continue;
        json_open(j, NULL, '{');
        json_int(j, "year", y + TRUTH_YEAR_BASE);
        json_int(j, "records", s.records);
        json_int(j, "visible", s.visible);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, "by_year_category", '[');
    for (int y = 0; y < TRUTH_YEARS; y++)
        for (int c = 0; c < CATEGORY_COUNT; c++) {
            if (!cell[y][c].records) continue;
            json_open(j, NULL, '{');
            json_int(j, "year", y + TRUTH_YEAR_BASE);
            json_z(j, "category", category_codes[c]);
            json_int(j, "records", cell[y][c].records);
            json_int(j, "visible", cell[y][c].visible);
            json_close(j, '}');
        }
    json_close(j, ']');
}

void truth_write(const struct truth *t, const char *command, long count,
                 struct buf *out) {
    struct json_out j = {out, false};
    json_open(&j, NULL, '{');
    json_z(&j, "made_by", command);
    json_int(&j, "count", count);
    write_file(&t->file[FILE_MAIN], &j);
    write_view(t->cell[VIEW_MAIN], &j);
    json_open(&j, "files", '{');
    for (int i = 0; i < FILE_COUNT; i++) {
        json_open(&j, file_names[i], '{');
        write_file(&t->file[i], &j);
        json_close(&j, '}');
    }
    json_close(&j, '}');
    json_open(&j, "after_all", '{');
    write_view(t->cell[VIEW_ALL], &j);
    json_close(&j, '}');
    json_close(&j, '}');
    buf_add_char(out, '\n');
}
